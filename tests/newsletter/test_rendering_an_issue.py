"""An issue as HTML, as text and as a page, from the same data."""

import re
from datetime import date

import pytest

from efc.models import TOKEN_LENGTH
from newsletter import marks
from newsletter.rendering import own_paths, readable, render_issue
from tests.factories import NewsItemFactory

pytestmark = pytest.mark.django_db
SITE = "http://localhost:8000"


def test_both_parts_hold_the_same_things_with_full_links(issue):
    rendered = render_issue(issue)
    for part in (rendered.html, rendered.text):
        for words in (
            "Training in Budapest",
            "Strategic assessment",
            "Second conference",
            "Course report" if part is rendered.html else "Newsletter, issue 8",
        ):
            assert words in part
        for path in ("/en/news/2026/budapest/", "/en/publications/assessment/", "/en/newsletter/8/", "/en/report/"):
            assert SITE + path in part
    assert rendered.subject == "EFC newsletter 8: what Budapest changed"
    assert re.findall(r'href="(?!http|mailto)', rendered.html) == []


def test_personal_links_hold_the_mark_and_nothing_else_does(issue):
    rendered = render_issue(issue)
    assert len(marks.TOKEN) == TOKEN_LENGTH == 43
    for part in (rendered.html, rendered.text):
        assert part.count(marks.TOKEN) == 2
        assert f"{SITE}/n/u/{marks.TOKEN}/" in part
        assert f"{SITE}/n/p/{marks.TOKEN}/" in part
    assert marks.TOKEN not in rendered.web_html


def test_the_mail_asks_nobody_for_anything(issue):
    """No picture, no style sheet, no script, no tracking: nothing is fetched when it is read."""
    html = render_issue(issue).html
    assert re.findall(r"<(?:img|link|script|iframe|object|embed|video)\b|url\(|@import|srcset|background=", html) == []
    assert len(html.encode()) < 30_000


def test_styles_stand_on_the_elements(issue):
    html = render_issue(issue).html
    without_style = [tag for tag in re.findall(r"<(?:p|h1|h2|h3|a|ul)\b[^>]*>", html) if "style=" not in tag]
    assert without_style == []


def test_the_text_part_spells_out_links_and_wraps_lines(issue):
    text = render_issue(issue).text
    assert "They met in Budapest." in text
    assert f"- The course ({SITE}/en/newsletter/)" in text
    assert "- Elsewhere (https://other.example/)" in text
    assert [line for line in text.splitlines() if len(line) > 76 and "http" not in line] == []
    assert "&" not in text.replace("&amp;", "")


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("One *word* & more.", "One word & more."),
        ("# Head\n\nText", "Head\nText"),
        ("a\n\nb", "a\n\nb"),
        ("[https://a.example/](https://a.example/)", "https://a.example/"),
        ("", ""),
    ],
)
def test_authored_text_reads_well_without_html(markdown, text):
    assert readable(markdown) == text


def test_without_an_editorial_the_first_story_leads(issue):
    issue.editorial = issue.editorial_title = ""
    rendered = render_issue(issue)
    assert re.search(r"<h1[^>]*>Training in Budapest</h1>", rendered.html)
    assert rendered.text.count("TRAINING IN BUDAPEST") == 1


def test_what_is_not_public_is_in_no_part(issue, news):
    news.move("withdraw", by=None)
    hidden = NewsItemFactory(title="Quagga", published=False)
    issue.items.create(news_item=hidden, order=5)
    rendered = render_issue(issue)
    for part in (rendered.html, rendered.text, rendered.web_html):
        assert "Training in Budapest" not in part
        assert "Quagga" not in part


def test_own_paths_leave_out_personal_links_and_count_others(issue):
    paths, elsewhere = own_paths(render_issue(issue).html)
    assert "/en/newsletter/8/" in paths
    assert "/en/news/2026/budapest/" in paths
    assert not any("/n/" in path for path in paths)
    assert elsewhere == 1


def test_the_digest_follows_the_content(issue):
    first = render_issue(issue).digest
    assert render_issue(issue).digest == first
    issue.preview_line = "Something else."
    assert render_issue(issue).digest != first


@pytest.mark.parametrize(
    ("ends_on", "text", "day", "month"),
    [
        (date(2027, 4, 7), "7 April 2027", ">7<", ">April 2027<"),
        (date(2027, 4, 10), "7–10 April 2027", ">7–10<", ">April 2027<"),
        (date(2027, 5, 2), "7 April – 2 May 2027", ">7<", ">April – 2 May 2027<"),
    ],
)
def test_dates_say_from_when_to_when(issue, conference, ends_on, text, day, month):
    conference.starts_on, conference.ends_on = date(2027, 4, 7), ends_on
    conference.save()
    rendered = render_issue(issue)
    assert f"{text}\nSecond conference" in rendered.text
    assert day in rendered.html
    assert month in rendered.html
