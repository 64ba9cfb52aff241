"""The frame around every page: kept once for all, right for each."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.test import RequestFactory, override_settings
from django.urls import reverse
from django.utils import translation

from efc import chrome
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept():
    chrome._kept.clear()


def main_menu(html):
    """Return (label, address, aria-current) of the main navigation, as a browser reads it."""
    menu = html[html.index('id="nav"') : html.index("only-menu")]
    links = re.findall(r'<a href="([^"]*)"(?: aria-current="(\w+)")?>([^<]*)</a>', menu)
    return [(unescape(label), address, current) for address, current, label in links]


def language_links(html):
    panel = html[html.index("lang-panel") : html.index("</details>")]
    return dict(re.findall(r'<a href="([^"]*)" lang="(\w\w)"', panel))


def test_the_menu_has_seven_entries_and_marks_the_page_one_is_on(client):
    html = client.get("/en/news/").content.decode()
    assert main_menu(html) == [
        ("The coalition", "/en/coalition/", ""),
        ("Members", "/en/members/", ""),
        ("Our work", "/en/work/", ""),
        ("Training and events", "/en/training-and-events/", ""),
        ("News", "/en/news/", "page"),
        ("Publications", "/en/publications/", ""),
        ("Contact", "/en/contact/", ""),
    ]


@pytest.mark.parametrize(
    ("address", "section"),
    [
        ("/en/members/join/", "Members"),
        ("/en/publications/?page=1", "Publications"),
        ("/en/contact/sent/", None),
        ("/en/report/", None),
        ("/en/", None),
    ],
)
def test_a_page_below_marks_its_section(client, address, section):
    marked = [label for label, _address, current in main_menu(client.get(address).content.decode()) if current]
    assert marked == ([section] if section else [])


def test_language_links_lead_to_the_same_page_with_the_same_query(client):
    first = client.get("/en/search/", {"q": "a&b"}).content.decode()
    second = client.get("/de/words/").content.decode()
    assert language_links(first) == {f"/{code}/search/?q=a%26b": code for code in ("en", "fr", "de", "nl")}
    assert language_links(second) == {f"/{code}/words/": code for code in ("en", "fr", "de", "nl")}


def test_an_address_without_a_language_offers_the_home_pages(client):
    html = client.get(reverse("account_login")).content.decode()
    assert language_links(html) == {"/en/": "en", "/fr/": "fr", "/de/": "de", "/nl/": "nl"}
    assert "hreflang" not in html[: html.index("</head>")]


def test_head_names_the_page_in_every_language(client):
    with override_settings(SITE_URL="https://efc.example"):
        head = client.get("/nl/news/?page=2").content.decode().partition("</head>")[0]
    assert '<link rel="canonical" href="https://efc.example/nl/news/?page=2">' in head
    assert re.findall(r'rel="alternate" hreflang="([\w-]+)" href="([^"]+)"', head) == [
        ("en", "https://efc.example/en/news/"),
        ("fr", "https://efc.example/fr/news/"),
        ("de", "https://efc.example/de/news/"),
        ("nl", "https://efc.example/nl/news/"),
        ("x-default", "https://efc.example/en/news/"),
    ]
    assert head.count("<title>") == head.count('property="og:title"') == head.count('name="description"') == 1


def test_an_odd_address_is_shown_as_text(client):
    html = client.get('/en/"><script>alert(1)</script>/?x="><script>').content.decode()
    assert "<script>alert" not in html
    assert '"><script>' not in html
    assert language_links(html).keys() == {
        f"/{code}/%22%3E%3Cscript%3Ealert(1)%3C/script%3E/?x=&quot;&gt;&lt;script&gt;"
        for code in settings.LANGUAGE_NAMES
    }


def test_each_person_sees_their_own_name_and_a_visitor_none(client):
    for name in ("Chair of the Steering Group", "Press officer <b>"):
        client.force_login(make_user(f"{len(name)}@member.example", name))
        client.get("/en/display/")
    signed_in = client.get("/en/display/").content.decode()
    client.logout()
    visitor = client.get("/en/display/").content.decode()
    assert '<span class="name">Press officer &lt;b&gt;</span>' in signed_in
    assert "Chair of the Steering Group" not in signed_in
    assert "Sign in" not in signed_in
    assert visitor.count("Sign in") == 2  # in the tools and in the menu of small screens
    assert "Press officer" not in visitor


def test_the_frame_asks_nothing_of_the_session_of_a_visitor():
    class Request:
        COOKIES = {"display": "dark"}
        path = "/en/news/"
        GET = META = {}
        method = "GET"
        resolver_match = None

        @property
        def user(self):
            raise AssertionError("the frame opened the session of a visitor")

    with translation.override("en"):
        assert "Sign in" in chrome.header(Request())


def test_a_visitor_who_only_reads_gets_no_cookie(client):
    for address in ("/en/", "/en/news/", "/fr/report/", "/de/help/", "/nl/nowhere/"):
        assert not client.get(address).cookies, address


@pytest.mark.parametrize(
    ("cookie", "attributes"),
    [
        ("dark", 'lang="en" dir="ltr" data-theme="dark"'),
        ('"><script>', 'lang="en" dir="ltr"'),
        ("", 'lang="en" dir="ltr"'),
    ],
)
def test_the_display_asked_for_is_on_the_page_from_the_start(client, cookie, attributes):
    client.cookies["display"] = cookie
    assert f"<html {attributes}>" in client.get("/en/news/").content.decode()


@pytest.mark.parametrize("demo", [True, False])
def test_the_demonstration_says_so_on_every_page(client, demo):
    with override_settings(DEMO=demo):
        for address in ("/en/news/", "/fr/report/", reverse("account_login"), "/en/nowhere/"):
            assert ('class="demo"' in client.get(address).content.decode()) is demo


def test_a_message_is_shown_once_to_whom_it_concerns(rf):
    from django.contrib.messages import constants
    from django.contrib.messages.storage.fallback import FallbackStorage
    from django.template import Context, Template

    request = RequestFactory().get("/en/")
    request.session = {}
    request._messages = FallbackStorage(request)
    show = Template("{% site_messages %}")
    assert show.render(Context({"request": request})) == ""
    request._messages.add(constants.WARNING, "Nothing was sent <yet>.")
    shown = show.render(Context({"request": request}))
    assert "banner--warn" in shown
    assert "Nothing was sent &lt;yet&gt;." in shown
