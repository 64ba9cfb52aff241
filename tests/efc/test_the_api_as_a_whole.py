"""What the API does everywhere alike: tags, refusals in JSON, limits, tokens, its schema and its page."""

import json

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS

from efc.tokens import create_token
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LIST = "/api/v1/organisations/"


def test_who_has_it_already_gets_304_until_it_changes(client):
    bank = MemberFactory(slug="bank")
    for path in (LIST, f"{LIST}bank/"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        bank.contribution_en = f"Changed for {path}"
        bank.save()
        changed = client.get(path, headers={"If-None-Match": first["ETag"]})
        assert (changed.status_code, changed["ETag"] != first["ETag"]) == (200, True)


def test_a_tag_is_good_for_its_reader_alone(client, sg_member, representative):
    tags = {client.get(LIST)["ETag"]}
    for user in (sg_member, representative):
        client.force_login(user, backend=BACKEND)
        answer = client.get(LIST)
        tags.add(answer["ETag"])
        assert answer["Cache-Control"] == "private, no-cache"
    assert len(tags) == 3
    assert {"Cookie", "Authorization"} <= set(answer["Vary"].split(", "))


def test_head_has_the_tag_and_no_body(client):
    answer = client.head(LIST)
    assert (answer.status_code, answer.content, answer["ETag"]) == (200, b"", client.get(LIST)["ETag"])


def test_a_token_speaks_for_its_person(sg_member):
    from django.utils import timezone

    _token, text = create_token(sg_member, name="A program", expires_on=timezone.localdate())
    client = Client(headers={"Authorization": f"Token {text}"})
    assert client.get("/api/v1/me/").json()["email"] == sg_member.email
    type(sg_member).objects.filter(pk=sg_member.pk).update(is_active=False)
    assert client.get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize(
    "token", ["Token", "Token unknown", "Token two parts", "Token \xff\xfe", "Token " + "9" * 5000]
)
def test_a_token_that_is_none_is_answered_with_401(token):
    answer = Client(headers={"Authorization": token}).get(LIST)
    assert (answer.status_code, answer["WWW-Authenticate"], list(answer.json())) == (401, "Token", ["detail"])


def test_too_many_acts_wait(client, sg_member, settings):
    settings.API_LIMITS = [(2, 60)]
    client.force_login(sg_member, backend=BACKEND)
    answers = [client.post("/api/v1/decisions/2026-1/implement/") for _each in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert answers[2]["Retry-After"] == "60"
    assert client.get("/api/v1/me/").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 100_000, 400),
        (b'{"a":' * 100_000, 400),
        (b'{"title": "\\u0000"}', 400),
        (b'{"title": "\\ud800"}', 400),
        (b'{"title": ' + b"9" * 5000 + b"}", 400),
        (b"\xff\xfe", 400),
        (b"[]", 400),
        (b'"' + b"x" * 2_200_000 + b'"', 413),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(secretariat, client, body, status):
    client.force_login(secretariat, backend=BACKEND)
    assert client.generic("POST", "/api/v1/decisions/", body, "application/json").status_code == status


@pytest.mark.parametrize("path", ["/api/v1/%00/", "/api/v1/organisations/?q=%00", "/api/v1/nothing/"])
def test_programs_are_answered_in_json(client, path):
    answer = client.get(path)
    assert answer["Content-Type"] == "application/json"
    assert list(json.loads(answer.content)) == ["detail"]


def test_every_operation_of_the_schema_has_an_example_and_its_refusals(client):
    GENERATOR_STATS.reset()
    schema = json.loads(client.get("/api/v1/schema/?format=json", headers={"Accept": "application/json"}).content)
    operations = [(path, method, one) for path, methods in schema["paths"].items() for method, one in methods.items()]
    assert len(operations) > 50
    lacking = []
    for path, method, one in operations:
        good = [answer["content"] for code, answer in one["responses"].items() if code in ("200", "201")]
        bodies = [content["application/json"] for content in good if "application/json" in content]  # else a file
        bodies += [
            part for kind, part in one.get("requestBody", {}).get("content", {}).items() if kind == "application/json"
        ]
        if not all("examples" in body for body in bodies) or not {"401", "403"} <= set(one["responses"]):
            lacking.append((method, path))
    assert lacking == []
    assert not GENERATOR_STATS  # no two things of one name, nothing that had to be guessed


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_shows_every_operation(client, language):
    answer = client.get("/api/v1/docs/", headers={"Accept-Language": language})
    assert answer.status_code == 200
    for operation in (
        "GET /api/v1/organisations/",
        "POST /api/v1/ballots/{id}/vote/",
        "PATCH /api/v1/organisations/{slug}/profile/",
    ):
        assert operation in answer.content.decode()
