"""The house keeps its own rules."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from efc.models import Content

ROOMS = ["efc", "members", "workpackages", "events", "publications", "newsletter"]
TEMPLATES = Path(settings.BASE_DIR) / "templates"
# Statuses that have no verbs of an officer: a subscriber moves by their own buttons, under compare-and-swap.
WITHOUT_MOVES = {"newsletter.subscriber"}


def models():
    """Return the rooms' models; the history that stands beside some of them follows theirs."""
    return [m for m in apps.get_models() if m._meta.app_label in ROOMS and not hasattr(m, "instance_type")]


def test_no_migration_is_missing(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_letter_has_both_parts():
    letters = sorted(TEMPLATES.glob("*/email/*.*"))
    assert len(letters) >= 10
    names = {str(letter.relative_to(TEMPLATES).with_suffix("")) for letter in letters}
    missing = [
        f"{name}{ending}"
        for name in sorted(names)
        for ending in (".txt", ".html")
        if not (TEMPLATES / f"{name}{ending}").exists()
    ]
    assert missing == []


def test_every_model_with_a_status_has_its_moves():
    with_status = [model for model in models() if any(field.name == "status" for field in model._meta.fields)]
    assert len(with_status) >= 6
    assert [
        model._meta.label_lower
        for model in with_status
        if model._meta.label_lower not in WITHOUT_MOVES and not getattr(model, "MOVES", None)
    ] == []


def test_moves_name_real_statuses_and_declared_permissions(db):
    from django.contrib.auth.models import Permission

    declared = {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")}
    wrong = []
    for model in models():
        for verb, law in (getattr(model, "MOVES", None) or {}).items():
            statuses = {str(status) for status in (*law.sources, law.target)}
            if not statuses <= set(model.Status.values) or law.permission not in declared:
                wrong.append(f"{model._meta.label_lower}.{verb}")
    assert wrong == []


def test_every_table_with_public_content_raises_the_content_version(db):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'efc_content_version'")
        watched = {row[0] for row in cursor.fetchall()}
    expected = {model._meta.db_table for model in models() if issubclass(model, Content)}
    assert expected <= watched
    assert {
        "members_organisation",
        "members_seat",
        "workpackages_lead",
        "publications_rendition",
        "newsletter_issue",
    } <= watched


@pytest.mark.parametrize(
    "template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_pages_carry_no_inline_style_or_script(template):
    """The content security policy would refuse them; letters and printed documents have their own rules."""
    if {"email", "mailing", "pdf"} & set(template.relative_to(TEMPLATES).parts):
        return
    html = re.sub(r"{% comment %}.*?{% endcomment %}", "", template.read_text(), flags=re.DOTALL)
    assert (
        re.findall(r"<style|\sstyle=|<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)|\son\w+=\"|javascript:", html)
        == []
    )


@pytest.mark.parametrize("language", ["fr", "de", "nl"])
def test_the_interface_is_complete_in_every_language(language):
    import polib

    place = Path(settings.BASE_DIR) / "efc" / "locale" / language / "LC_MESSAGES" / "django"
    catalogue = polib.pofile(f"{place}.po")
    assert len(catalogue) > 1000
    assert [entry.msgid for entry in catalogue if not entry.obsolete and (entry.fuzzy or not entry.translated())] == []
    compiled = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in polib.mofile(f"{place}.mo")}
    written = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in catalogue if not entry.obsolete}
    assert compiled == written


def test_no_file_names_a_machine_or_a_registry():
    import subprocess

    pattern = r"(^|[^A-Za-z0-9_.-])/(wor[k]|far[m])/[a-z.]|https?://[^ /]*(py[p]i|pythonhoste[d]|npm[j]s|deb\.debia[n])"
    found = subprocess.run(
        ["git", "grep", "-nIE", pattern], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    assert found.stdout == ""
