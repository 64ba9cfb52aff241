"""The first texts of the public pages can be read, hold in their columns, and keep to our words."""

import re
from pathlib import Path

import pytest

from efc import richtext

TEXTS = Path(__file__).parents[2] / "efc" / "content" / "en"
KEYS = [
    "accessibility", "coalition", "cookies", "history", "how-we-are-run", "join", "legal", "partners", "press", "privacy",
]  # fmt: skip


def read(key):
    head, body = (TEXTS / f"{key}.md").read_text(encoding="utf-8").split("\n\n", 1)
    return dict(line.split(": ", 1) for line in head.split("\n")), body


def test_there_is_a_text_for_every_page_and_no_other():
    assert sorted(path.stem for path in TEXTS.glob("*.md")) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_the_head_has_three_lines_that_fit(key):
    from publications.models import Page

    head, body = read(key)
    assert list(head) == ["title", "lead", "description"]
    assert [name for name in head if not 0 < len(head[name]) <= Page._meta.get_field(name).max_length] == []
    assert body.strip()


@pytest.mark.parametrize("key", KEYS)
def test_links_stay_in_the_language_of_the_reader(key):
    targets = re.findall(r"\]\(([^)]+)\)", read(key)[1])
    assert [target for target in targets if not re.fullmatch(r"(\.\./)*([a-z0-9-]+/)+", target)] == []


@pytest.mark.parametrize("key", KEYS)
def test_nothing_is_lost_when_the_text_is_rendered(key):
    body = read(key)[1]
    assert "<" not in body
    assert richtext.render(body).count("<h2>") == len(re.findall(r"^## ", body, re.MULTILINE))


@pytest.mark.parametrize("key", KEYS)
def test_our_own_voice_keeps_to_our_words(key):
    assert re.findall(r"(?i)porn|prostitut|paedophil|sextort|sex tourism|kiddie|invalid", read(key)[1]) == []
