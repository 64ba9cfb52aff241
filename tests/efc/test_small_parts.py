"""The small parts pages are made of."""

import json
from types import SimpleNamespace

import pytest
from django.core.paginator import Paginator
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.utils import translation
from django.utils.html import strip_tags

from members.models import Strand


def draw(template, **context):
    return Template(template).render(RequestContext(context.get("request") or RequestFactory().get("/en/"), context))


def test_a_pager_keeps_the_query_and_says_where_one_is():
    request = RequestFactory().get("/en/news/", {"kind": "news", "page": "2"})
    html = draw("{% pager page %}", page=Paginator(range(100), 10).page(2), request=request)
    assert '<a href="?kind=news&amp;page=1" rel="prev">' in html
    assert '<a href="?kind=news&amp;page=3" rel="next">' in html
    assert " ".join(strip_tags(html).split()) == "Previous Page 1Page 2Page 3…Page 10 Next"
    assert html.count('aria-current="page"') == 1


def test_a_single_page_has_no_pager():
    assert draw("{% pager page %}", page=Paginator(range(3), 10).page(1)).strip() == ""


@pytest.mark.parametrize(
    ("language", "facts"),
    [("en", "PDF, 1.2\xa0MB, English"), ("fr", "PDF, 1,2\xa0Mio, Anglais"), ("de", "PDF, 1,2\xa0MB, Englisch")],
)
def test_a_download_says_what_it_is(language, facts):
    file = SimpleNamespace(media_type="application/pdf", size_bytes=1_258_291, language="en")
    with translation.override(language):
        assert draw("{% file_facts file %}", file=file) == facts


def test_a_sector_is_told_in_words_as_well_as_in_colour():
    assert (
        draw("{% sector_tag strand %}", strand=Strand.LAW)
        == '<span class="tag tag--law">Law enforcement and justice</span>'
    )


@pytest.mark.parametrize("kind", ["ok", "warn", "bad", "info", ""])
def test_a_status_is_told_in_shape_and_words_as_well_as_in_colour(kind):
    html = draw("{% pill kind label %}", kind=kind, label="On <track>")
    assert "<svg" in html
    assert strip_tags(html) == "On &lt;track&gt;"


def test_leads_are_named_in_one_phrase():
    rows = [SimpleNamespace(organisation=name) for name in ("EC3", "INHOPE", "PayPal")]
    assert [draw("{{ rows|organisations }}", rows=rows[:n]) for n in range(4)] == [
        "",
        "EC3",
        "EC3 and INHOPE",
        "EC3, INHOPE and PayPal",
    ]


def test_chapters_of_a_long_page_can_be_jumped_to():
    page = "## Who we are\n\nText.\n\n## Money & *means*\n\n### Below\n\n## Who we are"
    html = draw(
        "{% with_contents text as page %}{{ page.html }}|{% for a, t in page.chapters %}{{ a }}={{ t }};{% endfor %}",
        text=page,
    )
    assert html.endswith("|who-we-are-1=Who we are;money-means-2=Money &amp; means;who-we-are-3=Who we are;")
    assert '<h2 id="money-means-2">Money &amp; <em>means</em></h2>' in html
    assert "<h3>Below</h3>" in html


def test_facts_for_search_engines_cannot_close_their_script():
    html = draw("{% structured_data data %}", data={"name": "</script><b>&"})
    inside = html.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert "<" not in inside
    assert json.loads(inside) == {"name": "</script><b>&"}


def test_authored_text_in_a_letter_has_its_styles_on_each_element():
    html = draw(
        "{{ text|markdown_mail }}", text="Read [this](https://efc.example/).\n\n> Said.\n\n<script>alert(1)</script>"
    )
    assert '<p class="ink" style="' in html
    assert '<a class="lnk" style="color:#1A5A96;text-decoration:underline;" href="https://efc.example/"' in html
    assert '<blockquote class="ink rule" style="' in html
    assert "<script>" not in html


def test_the_same_page_in_another_language():
    request = RequestFactory().get("/fr/news/2015/")
    assert draw("{% translate_url 'nl' %}", request=request) == "/nl/news/2015/"
    assert draw("{% translate_url 'nl' %}", request=RequestFactory().get("/workspace/")) == "/nl/"
