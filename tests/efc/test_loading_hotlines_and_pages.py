"""Hotlines and first texts are loaded into a real portal too, and what a person has done there is left alone."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from efc.management.commands.load_pages import load as load_pages
from efc.models import Hotline
from publications.models import Page

AUSTRIA = {
    "country": "AT", "name": "Stopline", "url": "https://www.stopline.example", "phone": None, "languages": ["de"], "anonymous": True,
    "police_url": None, "source": "https://stopline.example", "as_of": "2026-11-22", "note": None,
}  # fmt: skip
BELGIUM = {
    **AUSTRIA,
    "country": "BE",
    "name": "Child Focus",
    "url": "https://focus.example",
    "languages": None,
    "anonymous": None,
}


def load(tmp_path, *entries):
    file, said = tmp_path / "hotlines.json", StringIO()
    file.write_text(json.dumps(entries), encoding="utf-8")
    call_command("load_hotlines", file, stdout=said)
    return said.getvalue().strip()


def test_hotlines_are_new_then_the_same_then_changed(db, tmp_path):
    assert load(tmp_path, AUSTRIA, BELGIUM).startswith("Hotlines: 2 new, 0 changed, 0 as they were, 0 checked")
    assert load(tmp_path, AUSTRIA, BELGIUM).startswith("Hotlines: 0 new, 0 changed, 2 as they were, 0 checked")
    said = load(tmp_path, {**AUSTRIA, "phone": "147"}, BELGIUM)
    assert said.startswith("Hotlines: 0 new, 1 changed, 1 as they were, 0 checked")
    austria, belgium = Hotline.objects.order_by("country")
    assert (austria.phone, austria.languages, austria.as_of) == ("147", ["de"], date(2026, 11, 22))
    assert (belgium.name, belgium.languages, belgium.anonymous) == ("Child Focus", [], None)


def test_what_a_person_has_checked_is_left_alone(db, tmp_path):
    load(tmp_path, AUSTRIA)
    Hotline.objects.update(phone="0800 1", checked_on=date(2026, 11, 23))
    assert "1 checked by a person and left alone" in load(tmp_path, {**AUSTRIA, "phone": "147"})
    assert Hotline.objects.get().phone == "0800 1"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({**BELGIUM, "url": "focus"}, "BE: "),
        ({**BELGIUM, "source": None}, "BE: An address needs its source"),
        ({"country": "BE"}, "Entry 2: "),
        ({**BELGIUM, "as_of": "yesterday"}, "Entry 2: "),
        (["BE"], "Entry 2: "),
    ],
)
def test_a_wrong_entry_is_named_and_nothing_is_loaded(db, tmp_path, wrong, named):
    with pytest.raises(CommandError, match=named):
        load(tmp_path, AUSTRIA, wrong)
    assert Hotline.objects.count() == 0


def test_a_file_that_is_no_list_is_named(db, tmp_path):
    (tmp_path / "broken.json").write_text("{")
    for name in ("broken.json", "missing.json"):
        with pytest.raises(CommandError, match=f"{name} cannot be read as a list of hotlines"):
            call_command("load_hotlines", tmp_path / name)


def write(path, title):
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        f"title: {title}\nlead: In short: {title}.\ndescription: About it.\n\n## Text\n\nOf {title}.\n",
        encoding="utf-8",
    )


def test_pages_are_made_with_their_translations_and_approved(db, tmp_path):
    write(tmp_path / "en" / "history.md", "History")
    write(tmp_path / "de" / "history.md", "Geschichte")
    assert load_pages(tmp_path) == ["history"]
    page = Page.objects.published().get(key="history")
    assert (page.title_en, page.lead_en, page.body_en) == ("History", "In short: History.", "## Text\n\nOf History.\n")
    assert (page.title_de, page.body_de) == ("Geschichte", "## Text\n\nOf Geschichte.\n")
    assert not page.title_fr


def test_a_page_that_is_there_keeps_its_text(db, tmp_path):
    write(tmp_path / "en" / "history.md", "History")
    load_pages(tmp_path)
    Page.objects.update(title_en="Our history")
    write(tmp_path / "en" / "legal.md", "Legal notice")
    assert load_pages(tmp_path) == ["legal"]
    assert sorted(Page.objects.values_list("key", "title_en")) == [
        ("history", "Our history"),
        ("legal", "Legal notice"),
    ]


@pytest.mark.parametrize("text", ["", "title: History\n\nNo lead.", "title: History\nlead: L\ndescription: D\n\n  \n"])
def test_a_text_without_its_head_or_body_is_named(db, tmp_path, text):
    write(tmp_path / "en" / "history.md", "History")
    write(tmp_path / "en" / "legal.md", "Legal notice")
    (tmp_path / "en" / "legal.md").write_text(text)
    with pytest.raises(CommandError, match="must begin with the lines title, lead and description"):
        load_pages(tmp_path)
    assert Page.objects.count() == 0
