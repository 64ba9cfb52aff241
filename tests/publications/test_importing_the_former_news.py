"""`manage.py import_news`: what it takes, what it names and leaves, and what a second run does."""

import io
import json
import os
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from efc import wording
from publications.importing import import_news
from publications.models import NewsItem
from tests.factories import OrganisationFactory

DATA = Path(__file__).parent / "data"


def items(*names, **options):
    return import_news([DATA / name for name in names], **options)


def test_items_appear_under_their_dates_and_in_their_kind(db):
    report = items("news.json")

    assert [(item.dated_on, item.kind, item.title) for item in NewsItem.objects.published()] == [
        (date(2015, 4, 7), "news", "Welcome to three new members"),
        (date(2015, 4, 7), "press_release", "Second course begins in Budapest"),
        (date(2013, 12, 19), "news", "Newsletter of December"),
        (date(2013, 11, 19), "external", "How a hotline works"),
        (date(2013, 3, 19), "external", "From a newspaper about child pornography"),
    ]
    assert all(item.is_archive for item in NewsItem.objects.all())
    assert report.known == [("line 19", "Welcome to three new members")]
    assert report.problems == [
        ("line 24", "It has no title."),
        ("line 29", "“31.02.2014” is not a date. Give one like 24.06.2015 or 2015-06-24."),
    ]


def test_a_text_of_ours_stays_as_it_is_in_markdown(db):
    OrganisationFactory(name="Example Bank")
    items("news.json")

    item = NewsItem.objects.get(slug="second-course-begins-in-budapest")

    assert item.body == (
        "Budapest, 7 April 2015: The course begins today.\n\nTwo things are taught:\n\n"
        "- following payments;\n- working with hotlines.\n\n"
        "Director Ferenc Bánfi and MEP Gérard Example opened it. 3. is not a list, \\*this\\* is not emphasis.\n\n"
        "\\*\\*END\\*\\*\n\nAbout the EFC:\n\nThe coalition brings Example Bank and others together."
    )
    assert (item.summary, item.has_content_note) == ("", False)
    assert list(item.organisations.all()) == []  # named only in the lines that end every release
    assert [row.name for row in NewsItem.objects.get(slug="welcome-to-three-new-members").organisations.all()] == [
        "Example Bank"
    ]


def test_a_text_of_others_gets_a_line_of_ours_and_is_quoted_behind_a_note(db):
    items("news.json")
    named = NewsItem.objects.get(slug="how-a-hotline-works")
    unnamed = NewsItem.objects.get(slug="from-a-newspaper-about-child-pornography")

    assert named.source_name == "INHOPE"
    assert named.summary == "A text by INHOPE, published under its own name."
    assert named.body.startswith("> We, INHOPE and our friends, take reports.\n>\n> He said ‘never copy it'")
    assert (named.has_content_note, named.title_is_quotation) == (True, True)
    assert unnamed.source_name == ""
    assert unnamed.summary == "A text by others; our records do not name its source."
    assert unnamed.title_is_quotation is True


def test_repairs_and_doubts_are_reported(db):
    lines = list(items("news.json").lines())

    assert lines[:2] == [
        "8 read: 5 published, 1 already there, 2 not taken.",
        "2 of others, each with its source; 3 of our own.",
    ]
    assert "  'Bnfi' became 'Bánfi' (1 times)" in lines
    assert "  'vido' became 'vidéo' (1 times)" in lines
    doubts = [line for line in lines if "a quotation mark has no partner" in line]
    assert len(doubts) == 1
    assert "line 14 (How a hotline works)" in doubts[0]
    assert "they said' and left." in doubts[0]
    assert any("line 9 (Welcome to three new members): a link was here and is lost" in line for line in lines)
    assert any("line 34" in line and "the source is not on record" in line for line in lines)


def test_a_second_run_changes_nothing(db):
    items("news.json")
    before = list(NewsItem.objects.order_by("pk").values())

    report = items("news.json")

    assert (len(report.taken), len(report.known)) == (0, 6)
    assert list(NewsItem.objects.order_by("pk").values()) == before


def test_a_rehearsal_says_the_same_and_writes_nothing(db):
    rehearsal = items("news.json", rehearse=True)

    assert NewsItem.objects.count() == 0
    assert next(rehearsal.lines()) == "8 read: 5 would be published, 1 already there, 2 not taken."


def test_two_items_of_one_year_get_two_addresses(db, tmp_path):
    path = tmp_path / "twins.json"
    path.write_text(json.dumps([{"title": "Newsletter", "date": f"0{day}.03.2014"} for day in (1, 2)]))

    import_news([path])

    assert sorted(NewsItem.objects.values_list("slug", flat=True)) == ["newsletter", "newsletter-2"]


def test_a_table_is_read_with_its_lines(db):
    report = items("news.csv")

    conference = NewsItem.objects.get(slug="conference-at-the-parliament")
    assert conference.body == "The delegates met.\n\nThey spoke for a day."
    other = NewsItem.objects.get(slug="assessment-published")
    assert (other.kind, other.source_name, other.body) == ("external", "Example Watch", "> The Café paper was read.")
    assert report.problems == [
        ("line 5", "“soon” is not a date. Give one like 24.06.2015 or 2015-06-24."),
    ]


def test_a_feed_is_read_and_its_html_becomes_markdown(db):
    report = items("news.atom")

    item = NewsItem.objects.get()
    assert (item.title, item.dated_on) == ("Course in Paris", date(2014, 3, 26))
    assert item.body == "Police of **13** countries met.\n\n- law\n- [programme](https://course.example/a)"
    assert [where for where, _sentence in report.problems] == ["entry 2"]


def test_a_broken_item_is_named_by_its_line_and_the_rest_goes_on(db):
    report = items("broken.json")

    assert [item.title for item in report.taken] == ["Good one", "Good two"]
    assert [where for where, _sentence in report.problems] == ["line 3", "line 5"]
    assert report.problems[0][1].startswith("This is not JSON: ")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "It is empty."),
        (b"\x00\x01\x02", "It is not a text file. Give a JSON, CSV, Atom or RSS file in UTF-8."),
        (b'{"news": 1}', "It has no list of items. It should hold a list, or an object with a list under “items”."),
        (b"<html><p>Hello</p></html>", "It is XML, but no Atom or RSS feed with entries."),
        (b"a,b\n1,2\n", "Its first line does not name the columns. It needs at least “title” and “date”."),
    ],
)
def test_an_unreadable_file_is_named_and_the_next_one_is_read(db, tmp_path, content, sentence):
    path = tmp_path / "strange.json"
    path.write_bytes(content)

    report = import_news([path, DATA / "news.json"])

    assert ("strange.json, the file", sentence) in report.problems
    assert len(report.taken) == 5


@pytest.mark.parametrize(
    "odd",
    [
        '{"title": "Odd\\u0000 \\ud800title", "date": "01.03.2014", "body": "a\\u0000b\\udfff", "source": "W\\u0000"}',
        '{"title": ["a", 1], "date": "01.03.2014", "body": {"x": null}}',
        '{"title": "Odd", "date": "01.03.2014", "source": "W", "url": "javascript:alert(1)"}',
        '{"title": "Odd", "date": 20140301, "body": 1e999}',
        '{"title": "' + 300 * "long " + '", "date": "01.03.2014"}',
        '{"title": "Odd", "date": {}}',
        "[" * 5000,
        "9" * 5000,
    ],
)
def test_odd_items_stop_nothing(db, tmp_path, odd):
    path = tmp_path / "odd.json"
    path.write_text('[{"title": "Good", "date": "01.03.2014"},\n' + odd + "\n]")

    report = import_news([path])

    assert len(report.taken) + len(report.problems) == 2
    assert report.taken[0].title == "Good"
    assert [where for where, _sentence in report.problems] in ([], ["line 2"])


def test_a_file_that_is_not_there_is_named(db, tmp_path):
    [(where, sentence)] = import_news([tmp_path / "nothing.json"]).problems

    assert (where, sentence) == ("the file", "It cannot be read: No such file or directory.")


@pytest.mark.parametrize("day", ["01.01.2999", "01.01.1789"])
def test_a_date_that_cannot_be_is_refused(db, tmp_path, day):
    path = tmp_path / "odd.json"
    path.write_text(json.dumps([{"title": "Odd", "date": day}]))

    [(_where, sentence)] = import_news([path]).problems

    assert sentence == f"The date {day} lies in the future or before 1990. Correct it."


def test_the_command_shows_progress_and_says_what_it_left(db):
    out, err = io.StringIO(), io.StringIO()

    with pytest.raises(CommandError, match="2 not taken"):
        call_command("import_news", str(DATA / "news.json"), stdout=out, stderr=err)

    assert err.getvalue().endswith(f"\r[{'#' * 30}] 8 of 8\n")
    assert "Not taken (2):\n  line 24: It has no title." in out.getvalue()
    assert NewsItem.objects.count() == 5


def test_the_command_rehearses(db):
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_news", str(DATA / "news.json"), "--dry-run", stdout=out, stderr=io.StringIO())

    assert "5 would be published" in out.getvalue()
    assert NewsItem.objects.count() == 0


@pytest.mark.skipif("EFC_ARCHIVE" not in os.environ, reason="EFC_ARCHIVE names no file")
def test_the_whole_archive_appears_on_the_site(client, db):
    path = Path(os.environ["EFC_ARCHIVE"])
    wanted = sorted(
        date(*map(int, reversed(item["date"].split(".")))) for item in json.loads(path.read_text())["items"]
    )

    report = import_news([path])

    assert report.problems == []
    assert sorted(NewsItem.objects.published().values_list("dated_on", flat=True)) == wanted
    for year in {day.year for day in wanted}:
        listed = (
            client.get(f"/en/news/{year}/").content.decode() + client.get(f"/en/news/{year}/?page=2").content.decode()
        )
        for item in NewsItem.objects.in_year(year):
            assert item.get_absolute_url() in listed
            assert client.get(item.get_absolute_url()).status_code == 200
    text = "\n".join(f"{item.title}\n{item.body}" for item in NewsItem.objects.all())
    assert [word for word in ("Malmstrm", "Bnfi", "Grard", "%u20", "\xa0") if word in text] == []
    external = NewsItem.objects.filter(kind="external")
    assert {item.source_name for item in external} >= {"Google", "INHOPE", "Internet Watch Foundation (IWF)", "Europol"}
    assert all(item.has_content_note and (not item.body or item.body.startswith("> ")) for item in external)
    assert all(item.title_is_quotation for item in NewsItem.objects.all() if wording.find(item.title))
    assert import_news([path]).taken == []
