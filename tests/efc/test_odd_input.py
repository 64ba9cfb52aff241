"""Input that no page can mean is answered politely: never a 500, never a byte of it in the database."""

import json
import re

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

ODD = [
    "%00",
    "%ff%fe",
    "%ED%A0%80",
    "%EF%BF%BE",
    "%0d%0aSet-Cookie:%20a=b",
    "..%2f..%2fetc%2fpasswd",
    "%F0%9F%98%80",
    "9" * 400,
    "99999999999999999999",
    "-1",
    "0000-99-99",
]
QUERIES = [
    "as_of={0}&page={0}&q={0}&sector={0}&wp={0}&kind={0}&ordering={0}&page_size={0}&o={0}&p={0}&e={0}",
    "as_of=0000-99-99",
    "as_of=9999-12-31",
    "as_of=0001-01-01",
    "page=99999999999999999999&page_size=99999999999999999999",
    "starts_on__year=99999999999999999999&dated_on__year=0&year=99999999999999999999&number=1e400&opens_at=9999-99-99",
    "q=" + "x" * 5000,
    "next=//elsewhere.example/&token=%00&format=%00",
]
DEEP = b"[" * 100_000
BODIES = [
    DEEP,
    b'{"title": "\\u0000", "choice": "\\ud800", "seat": ' + b"9" * 400 + b"}",
    b'{"seat": 1e999, "starts_on": "0000-99-99", "closes_at": "9999-99-99T99:99:99Z", "organisation": ["x"], "new": {}}',
    b"\xff\xfe",
    b"null",
    b'"' + b"x" * 3_000_000 + b'"',
]
PART = re.compile(r"<\w+:\w+>|<\w+>|\(\?P<\w+>(?:[^()]|\([^()]*\))*\)")


def routes():
    """Return every route of the URLconf as a path with `{}` where an address has a part of its own."""

    def walk(resolver, before=""):
        for entry in resolver.url_patterns:
            route = before + PART.sub("{}", str(entry.pattern)).lstrip("^").removesuffix("$").removesuffix(
                r"\Z"
            ).replace("\\", "")
            if isinstance(entry, URLResolver):
                yield from walk(entry, route)
            else:
                yield f"/{route}"

    return sorted({path for path in walk(get_resolver()) if "(?" not in path})


def failures(client, asked):
    """Return {what was asked: status} of those answered with a failure of the server."""
    found = {}
    for method, path, body, kind in asked:
        status = client.generic(method, path, body, content_type=kind).status_code
        if status >= 500:
            found[f"{method} {path[:120]} {body[:60]!r}"] = status
    return found


@pytest.fixture
def officer(secretariat):
    client = Client(raise_request_exception=False)
    client.force_login(secretariat, backend=BACKEND)
    return client


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


def test_the_routes_are_found():
    found = routes()
    assert {"/en/members/{}/", "/api/v1/ballots/{}/vote/", "/admin/members/seat/{}/change/", "/n/u/{}/"} <= set(found)
    assert len(found) > 200


@pytest.mark.parametrize("odd", ODD)
def test_odd_addresses_are_answered(visitor, odd):
    asked = [
        ("GET", path.replace("{}", odd), b"", "text/plain")
        for path in routes()
        if "{}" in path and "/admin/" not in path
    ]
    assert failures(visitor, asked) == {}
    assert visitor.get("/en/members/%00/").status_code == 400


@pytest.mark.parametrize("odd", ["%00", "%F0%9F%98%80", "99999999999999999999"])
def test_odd_addresses_are_answered_to_an_officer(officer, odd):
    assert (
        failures(officer, [("GET", path.replace("{}", odd), b"", "text/plain") for path in routes() if "{}" in path])
        == {}
    )


@pytest.mark.parametrize(
    "query", [*(QUERIES[0].replace("{0}", odd) for odd in ("%00", "%ED%A0%80", "-1", "0000-99-99")), *QUERIES[1:]]
)
def test_odd_questions_are_answered(visitor, officer, query):
    paths = [path for path in routes() if "{}" not in path and "logout" not in path]
    public = [
        ("GET", f"{path}?{query}", b"", "text/plain")
        for path in paths
        if not path.startswith(("/admin/", "/workspace/"))
    ]
    own = [
        ("GET", f"{path}?{query}", b"", "text/plain")
        for path in paths
        if path.startswith(("/admin/", "/workspace/", "/api/"))
    ]
    assert failures(visitor, public) == {}
    assert failures(officer, own) == {}


@pytest.mark.parametrize("body", BODIES, ids=["deep", "signs", "numbers and days", "bytes", "null", "large"])
def test_odd_bodies_are_answered(officer, settings, body):
    settings.API_LIMITS = [(1_000_000, 60)]
    paths = [path.replace("{}", "1") for path in routes() if path.startswith("/api/")]
    asked = [(method, path, body, "application/json") for path in paths for method in ("POST", "PATCH")]
    assert failures(officer, asked) == {}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"name=a%00b&email=a%00@b.example&login=a%00&body=x", "application/x-www-form-urlencoded"),
        (b"name=%ED%A0%80&email=%ff&login=%ED%A0%80&body=%ff", "application/x-www-form-urlencoded"),
        (b'--x\r\nContent-Disposition: form-data; name="name"', "multipart/form-data; boundary=x"),
        (b"zz", "multipart/form-data"),
        ("&".join(f"k{n}=1" for n in range(3000)).encode(), "application/x-www-form-urlencoded"),
        (b"{" * 1000, "application/json"),
    ],
)
def test_odd_forms_are_answered(visitor, body, kind):
    paths = [path.replace("{}", "x") for path in routes() if not path.startswith(("/admin/", "/api/", "/workspace/"))]
    paths.append("/en/contact/?topic=press")
    assert failures(visitor, [("POST", path, body, kind) for path in paths]) == {}


@pytest.mark.parametrize(
    ("path", "status"), [("/", 302), ("/en/", 200), ("/healthz/", 200), ("/robots.txt", 200), ("/sitemap.xml", 200)]
)
def test_head_is_answered_like_get_without_a_body(client, path, status):
    read, asked = client.get(path), client.head(path)

    assert (read.status_code, asked.status_code) == (status, status)
    assert asked.content == b""
    assert asked.get("Location") == read.get("Location")


def test_a_lone_surrogate_is_not_stored(officer):
    from members.models import Decision

    body = {"title": "x\ud800", "text": "x", "decided_on": "2026-01-05", "procedure": "meeting"}
    answer = officer.generic("POST", "/api/v1/decisions/", json.dumps(body).encode(), content_type="application/json")
    assert (answer.status_code, Decision.objects.count()) == (400, 0)
