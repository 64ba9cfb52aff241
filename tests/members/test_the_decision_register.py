"""The decision register: numbered without a gap, read by those who may, never changed, superseded by what comes later."""

import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from efc.workflow import WrongStatus
from members.models import Decision
from members.services import decisions
from tests.factories import DecisionFactory, PageFactory

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
REGISTER = "/workspace/decisions/"


def record(officer, title="Budget", day=date(2026, 2, 5), **fields):
    return decisions.record_decision(
        title=title, text="What was asked is adopted.", decided_on=day, procedure="meeting", by=officer, **fields
    )


def sign_in(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def said(response):
    return " ".join(response.content.decode().split())


@pytest.mark.django_db
def test_each_year_has_its_own_numbers_and_a_failed_one_leaves_no_gap(secretariat):
    numbers = [record(secretariat).number, record(secretariat, day=date(2015, 3, 10)).number]
    with transaction.atomic():
        record(secretariat)
        transaction.set_rollback(True)
    numbers.append(record(secretariat).number)

    assert numbers == ["2026-1", "2015-1", "2026-2"]


@pytest.mark.django_db(transaction=True)
def test_two_who_record_at_once_get_two_numbers(secretariat):
    """The second waits at the lock until the first has committed; without the lock both would take the same number."""
    first_has_a_number, second_began = threading.Event(), threading.Event()
    numbers = []

    def second():
        first_has_a_number.wait(10)
        second_began.set()
        numbers.append(record(secretariat).number)
        connection.close()

    other = threading.Thread(target=second)
    other.start()
    with transaction.atomic():
        numbers.append(record(secretariat).number)
        first_has_a_number.set()
        second_began.wait(10)
        other.join(0.5)
        assert other.is_alive()
    other.join(10)

    assert numbers == ["2026-1", "2026-2"]


@pytest.mark.django_db
def test_a_day_ahead_is_refused_and_so_is_who_may_not_record(secretariat, sg_member):
    with pytest.raises(ValidationError, match="lies ahead"):
        record(secretariat, day=timezone.localdate() + timedelta(days=1))
    with pytest.raises(PermissionDenied):
        record(sg_member)
    assert not Decision.objects.exists()


@pytest.mark.django_db
def test_a_later_decision_supersedes_an_earlier_one_once(secretariat):
    old, new = record(secretariat, "Old"), record(secretariat, "New", date(2026, 3, 5))
    for earlier in (old, record(secretariat, "Earlier", date(2026, 1, 5))):
        with pytest.raises(ValidationError, match="taken after it"):
            decisions.supersede_decision(old, earlier, by=secretariat)

    decisions.supersede_decision(old, new, by=secretariat)

    assert (old.status, old.superseded_by, old.text) == ("superseded", new, "What was asked is adopted.")
    with pytest.raises(WrongStatus):
        decisions.supersede_decision(old, record(secretariat, "Newer", date(2026, 4, 5)), by=secretariat)
    newest = record(secretariat, "Newest", date(2026, 5, 5))
    with pytest.raises(ValidationError, match="itself superseded"):
        decisions.supersede_decision(record(secretariat, "Other", date(2026, 1, 2)), old, by=secretariat)
    assert "superseded by" in said(sign_in(secretariat).get(old.get_absolute_url()))
    assert newest.status == "in_force"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Büdget", "Course", "Launch"]),
        ("?year=2026", ["Büdget", "Course"]),
        ("?status=implemented", ["Course"]),
        ("?q=budget", ["Büdget"]),
        ("?q=2013-1", ["Launch"]),
        ("?q=99999999-1", []),
    ],
)
def test_the_register_is_filtered_by_year_status_words_and_number(secretariat, query, titles):
    DecisionFactory(title="Launch", year=2013, sequence=1)
    course = record(secretariat, "Course")
    decisions.implement_decision(course, by=secretariat)
    record(secretariat, "Büdget")

    shown = sign_in(secretariat).get(f"{REGISTER}{query}").context["object_list"]

    assert sorted(row.title for row in shown) == titles


@pytest.mark.django_db
def test_a_filter_that_cannot_be_is_explained(secretariat):
    response = sign_in(secretariat).get(f"{REGISTER}?year=soon")
    assert response.status_code == 422
    assert "Choose one from the list." in said(response)


@pytest.mark.django_db
def test_members_read_what_is_published_and_the_steering_group_reads_all(secretariat, sg_member, representative):
    kept, shown = record(secretariat, "A quagga"), record(secretariat, "A zebra", is_public=True)
    found = {
        user.full_name: (
            "quagga" in said(sign_in(user).get(REGISTER)),
            [sign_in(user).get(row.get_absolute_url()).status_code for row in (kept, shown)],
        )
        for user in (sg_member, representative)
    }
    assert found == {"Steering Group member": (True, [200, 200]), "Member representative": (False, [404, 200])}


@pytest.mark.django_db(transaction=True)  # pages are kept until a change of content is committed
def test_published_decisions_stand_on_the_public_page_until_they_are_taken_from_it(secretariat, client):
    PageFactory(key="how-we-are-run", published=True)
    kept, shown = record(secretariat, "A quagga"), record(secretariat, "A zebra")
    desk = sign_in(secretariat)
    desk.post(f"{shown.get_absolute_url()}publish/")

    page = said(client.get("/en/coalition/how-we-are-run/"))
    assert "A zebra" in page
    assert "A quagga" not in page

    desk.post(f"{shown.get_absolute_url()}unpublish/")
    assert "A zebra" not in said(client.get("/en/coalition/how-we-are-run/"))
    assert kept.is_public is False


@pytest.mark.django_db
def test_the_chair_records_a_decision_by_hand_and_a_member_finds_no_such_page(chair, sg_member):
    sent = {
        "title": "Budget",
        "text": "Adopted.",
        "decided_on": "2026-02-05",
        "procedure": "record",
        "source": "Minutes of meeting 9",
    }
    response = sign_in(chair).post(f"{REGISTER}new/", sent)

    assert response.url == f"{REGISTER}2026-1/"
    assert "Minutes of meeting 9" in said(sign_in(chair).get(response.url))
    assert sign_in(chair).post(f"{REGISTER}new/", {**sent, "decided_on": "2999-01-01"}).status_code == 422
    assert sign_in(sg_member).post(f"{REGISTER}new/", sent).status_code == 404
    assert Decision.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["implement", "publish", "unpublish"])
def test_who_only_reads_the_register_changes_nothing_in_it(secretariat, sg_member, verb):
    decision = record(secretariat)
    assert sign_in(sg_member).post(f"{decision.get_absolute_url()}{verb}/").status_code == 403
    decision.refresh_from_db()
    assert (decision.status, decision.is_public) == ("in_force", False)
