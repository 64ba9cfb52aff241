"""Every address of the portal × every persona × reading and sending → the answer, from the tables of `tests/doors`, written by hand.

An address without a row fails. What a persona may not see must not be in any byte of what they get (the canaries).
"""

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Event
from publications.models import NewsItem, Publication
from tests.doors.answers import CANARY
from tests.doors.tables import CHAIR_SENDS, DESK_DOORS, DESK_RIGHTS, DOORS, PERSONAS, addresses, expected, split_desk
from tests.doors.world import address, client_of, content_of, world_of  # noqa: F401


def test_every_address_has_a_row():
    known = [name for name in addresses() if not name.startswith("admin:")]
    assert sorted(set(known) ^ set(DOORS)) == []
    desk = [split_desk(name) for name in addresses() if name.startswith("admin:")]
    assert sorted({act for model, act in desk if model is None} ^ set(DESK_DOORS)) == []
    assert {model for model, _act in desk if model} == set(DESK_RIGHTS)


@pytest.mark.parametrize("persona", PERSONAS)
def test_reading(persona, world, request):
    wrong = {}
    group = PERSONAS[persona]
    client = client_of(persona, request)
    for name in addresses():
        wanted = expected(name)[0][group]
        if wanted is None:
            continue
        if name in ("account_logout", "admin:logout"):
            client = client_of(persona, request)
        answer = client.get(address(name, world))
        if answer.status_code != wanted:
            wrong[name] = (answer.status_code, wanted)
        elif group < 2 and CANARY.encode() in content_of(answer):
            wrong[name] = "shows the canary"
    assert wrong == {}


@pytest.mark.parametrize("persona", PERSONAS)
def test_sending(persona, world, request, settings):
    settings.API_LIMITS = [(1_000_000, 60)]  # one person acts at every door
    wrong = {}
    for name in addresses():
        wanted = expected(name)[1][PERSONAS[persona]]
        if persona == "chair":
            wanted = CHAIR_SENDS.get(name, wanted)
        if wanted is not None:
            answer = client_of(persona, request).post(address(name, world), {})
            if answer.status_code != wanted:
                wrong[name] = (answer.status_code, wanted)
    assert wrong == {}


@pytest.mark.parametrize("persona", ["visitor", "sg_member"])
@pytest.mark.parametrize("words", [CANARY, "title", f"{CANARY} applicant"])
def test_searching_shows_no_canary(persona, words, world, request):
    """The page repeats the words that were searched; so the hits are what is looked at."""
    response = client_of(persona, request).get("/en/search/", {"q": words})

    assert response.status_code == 200
    hits = response.context.get("page_obj")
    assert all(CANARY not in f"{hit.title}{hit.headline}" for hit in hits or [])


@pytest.mark.parametrize(
    ("model", "path"),
    [
        (NewsItem, "/en/news/2015/{}/"),
        (Publication, "/en/publications/{}/"),
        (Event, "/en/training-and-events/2015/{}/"),
    ],
)
def test_what_is_not_public_answers_like_what_does_not_exist(model, path, world, client):
    hidden = model.objects.filter(title=f"{CANARY} title")
    assert len(hidden) == 3
    missing = client.get(path.format("never-existed"))
    for record in hidden:
        answer = client.get(path.format(record.slug))
        assert answer.status_code == 404
        assert answer.content == missing.content.replace(b"never-existed", record.slug.encode())


# What an officer reaches who has not set up the second factor that the role requires. All else answers as to a visitor, and leads
# to setting it up where a visitor is led to the sign-in page.
WITHOUT_SECOND_FACTOR = ("account_", "mfa_", "usersessions_", "workspace_account", "admin:logout")


@pytest.fixture
def officer_without_second_factor(secretariat, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    return secretariat


def test_without_the_second_factor_an_officer_reaches_public_pages_and_their_account(
    world, officer_without_second_factor, request
):
    wrong = {}
    for name in addresses():
        path = address(name, world)
        client = client_of("officer_without_second_factor", request)
        answer = client.get(path)
        got = "setup" if leads_to(answer, reverse("mfa_index")) else answer.status_code
        if name.startswith(WITHOUT_SECOND_FACTOR) and not name.startswith("workspace_account_token"):
            wanted = expected(name)[0][2]
        elif path.startswith("/api/"):
            wanted = 403
        else:
            visitor = Client().get(path)
            closed = leads_to(visitor, reverse("account_login")) or leads_to(visitor, reverse("admin:login"))
            wanted = "setup" if closed else visitor.status_code
        if wanted not in (None, got):
            wrong[name] = (got, wanted)
        elif CANARY.encode() in content_of(answer):
            wrong[name] = "shows the canary"
    assert wrong == {}


def leads_to(answer, path):
    return answer.status_code == 302 and answer["Location"].startswith(path)


def test_a_visitor_gets_no_cookie_from_reading(world):
    with_a_form = {"contact", "members:apply", "newsletter:home", "display"}
    cookies = {}
    for name, (reading, _sending) in DOORS.items():
        if (
            reading[0] == 200
            and name not in with_a_form
            and not name.startswith(("newsletter_links", "members_links", "account_"))
        ):
            answer = Client().get(address(name, world))
            if answer.cookies:
                cookies[name] = list(answer.cookies)
    assert cookies == {}
