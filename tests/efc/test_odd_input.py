"""Input that no page can mean is answered politely: never a 500, never a byte of it in the database."""

import pytest

pytestmark = pytest.mark.django_db

ODD = [
    "%00",
    "%ff%fe",
    "%ED%A0%80",
    "%EF%BF%BE",
    "%0d%0aSet-Cookie:%20a=b",
    "..%2f..%2fetc%2fpasswd",
    "%F0%9F%98%80",
    "9" * 400,
]
PLACES = [
    "/{}/",
    "/en/{}/",
    "/en/members/{}/",
    "/en/work/{}/",
    "/en/news/{}/",
    "/en/news/2015/{}/",
    "/en/publications/{}/",
    "/en/publications/x/{}",
    "/en/training-and-events/2015/{}/",
    "/en/newsletter/{}/",
    "/en/report/{}/",
    "/n/u/{}/",
    "/n/c/{}/",
    "/n/p/{}/",
    "/c/{}/",
    "/en/search/?q={}",
    "/en/members/?as_of={}",
    "/en/members/?sector={}&wp={}",
    "/en/news/?page={}&kind={}",
    "/api/v1/news/?page={}",
    "/api/v1/seats/?as_of={}",
    "/api/v1/organisations/{}/",
    "/accounts/password/reset/key/1-{}/",
]


@pytest.mark.parametrize("place", PLACES)
def test_odd_addresses_are_answered(client, place):
    client.raise_request_exception = False
    answers = {odd: client.get(place.replace("{}", odd)).status_code for odd in ODD}
    assert {odd: status for odd, status in answers.items() if status >= 500} == {}
    assert answers["%00"] in (400, 404)


@pytest.mark.parametrize(
    "path", ["/en/contact/?topic=press", "/en/newsletter/", "/accounts/login/", "/accounts/password/reset/"]
)
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
def test_odd_forms_are_answered(client, path, body, kind):
    client.raise_request_exception = False
    assert client.generic("POST", path, body, content_type=kind).status_code < 500


@pytest.mark.parametrize(
    ("path", "status"), [("/", 302), ("/en/", 200), ("/healthz/", 200), ("/robots.txt", 200), ("/sitemap.xml", 200)]
)
def test_head_is_answered_like_get_without_a_body(client, path, status):
    read, asked = client.get(path), client.head(path)

    assert (read.status_code, asked.status_code) == (status, status)
    assert asked.content == b""
    assert asked.get("Location") == read.get("Location")
