"""The Secretariat sees on one board which applications wait, how long, for what, and which letters did not arrive."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from efc.models import LedgerRow, OutgoingMail
from members.models import Application, Check
from members.services import applications, memberships
from tests.factories import ApplicationFactory, MemorandumVersionFactory

pytestmark = pytest.mark.django_db
BOARD = "/admin/members/application/"


@pytest.fixture(autouse=True)
def memorandum():
    MemorandumVersionFactory(status="in_force")


def sent(name, days=0, **fields):
    application = ApplicationFactory(
        organisation_name=name, website=f"https://{name.lower()}.example", sent=True, **fields
    )
    Application.objects.filter(pk=application.pk).update(submitted_at=timezone.now() - timedelta(days=days))
    application.refresh_from_db()
    return application


def checked(application, by, count=5):
    for check in application.checks.all()[:count]:
        applications.set_check(check, Check.Result.PASSED, "", by=by)
    return application


def columns(client):
    return {heading: [str(row) for row in rows] for _key, heading, rows in client.get(BOARD).context["columns"]}


def test_each_application_stands_in_the_column_of_its_status_the_oldest_first(secretariat_client, secretariat):
    ApplicationFactory(organisation_name="Draft")
    sent("Young", days=1)
    sent("Old", days=12)
    reviewed, asked, late, declined, long_ago = (
        sent(name) for name in ("Reviewed", "Asked", "Late", "Declined", "Forgotten")
    )
    for application in (reviewed, asked, late, declined, long_ago):
        applications.review_application(application, by=secretariat)
    applications.ask_applicant(asked, "Who supervises you?", by=secretariat)
    memberships.put_off_application(late, by=secretariat, reason="The next meeting decides.")
    memberships.decline_application(declined, by=secretariat, reason="Outside the aims.")
    memberships.decline_application(long_ago, by=secretariat, reason="Outside the aims.")
    Application.objects.filter(pk=long_ago.pk).update(decided_at=timezone.now() - timedelta(days=61))
    assert columns(secretariat_client) == {
        "Sent": ["Old", "Young"],
        "Under review": ["Reviewed"],
        "Information requested": ["Asked"],
        "Put off": ["Late"],
        "Decided in the last 60 days": ["Declined"],
    }


def test_a_card_says_the_age_the_checks_the_route_and_since_when_a_question_is_open(secretariat_client, secretariat):
    application = sent("Bank", days=12)
    applications.review_application(application, by=secretariat)
    checked(application, secretariat, 3)
    html = " ".join(secretariat_client.get(BOARD).content.decode().split())
    assert "<b>12 days</b> · checks 3/5" in html
    checked(application, secretariat)
    applications.choose_route(application, "meeting", by=secretariat, note="For the meeting.")
    inquiry = applications.ask_applicant(application, "Who supervises you?", by=secretariat)
    type(inquiry).objects.update(asked_at=timezone.now() - timedelta(days=3))
    html = " ".join(secretariat_client.get(BOARD).content.decode().split())
    assert "<b>12 days</b> · checks 5/5 · Meeting" in html
    assert "Question open: 3 days" in html
    assert "A letter did not arrive" not in html


def test_a_letter_that_failed_shows_on_the_board_the_record_the_list_and_today(secretariat_client):
    application, other = sent("Bank"), sent("Other")
    letter = OutgoingMail.objects.filter(about_type="members.application", about_id=str(application.pk)).last()
    OutgoingMail.objects.filter(pk=letter.pk).update(state=LedgerRow.State.FAILED, last_error="550 no such mailbox")
    assert secretariat_client.get(BOARD).content.decode().count("A letter did not arrive") == 1
    record = secretariat_client.get(f"{BOARD}{application.pk}/change/").content.decode()
    assert "550 no such mailbox" in record
    assert "send the letter again from the outbox" in record
    assert "550" not in secretariat_client.get(f"{BOARD}{other.pk}/change/").content.decode()
    listed = secretariat_client.get(f"{BOARD}?letters=failed").context["cl"].result_list
    assert [str(row) for row in listed] == ["Bank"]
    today = secretariat_client.get("/admin/").content.decode()
    assert today.count("550 no such mailbox") == 1
    assert "A letter did not reach the applicant: Bank" in today


def test_the_list_is_searched_and_filtered(secretariat_client, secretariat):
    applications.review_application(sent("Bank"), by=secretariat)
    sent("Hotline", sector="ngo")

    def listed(query):
        return [str(row) for row in secretariat_client.get(BOARD + query).context["cl"].result_list]

    assert sorted(listed("?q=")) == ["Bank", "Hotline"]
    assert listed("?q=hotl") == ["Hotline"]
    assert listed("?status__exact=under_review") == ["Bank"]
    assert listed("?sector__exact=ngo") == ["Hotline"]


def test_an_empty_board_says_so(secretariat_client):
    assert "No applications are waiting." in secretariat_client.get(BOARD).content.decode()


def test_board_and_list_ask_the_same_of_one_application_and_of_many(secretariat_client):
    def count(address):
        with CaptureQueriesContext(connection) as queries:
            assert secretariat_client.get(address).status_code == 200
        return len(queries)

    sent("First")
    secretariat_client.get(BOARD)  # content types are kept after the first page
    few = count(BOARD), count(f"{BOARD}?q=")
    for number in range(6):
        sent(f"Another{number}")
    assert (count(BOARD), count(f"{BOARD}?q=")) == few


def test_today_names_the_next_step_of_each_application(secretariat_client, secretariat):
    def lines():
        page = secretariat_client.get("/admin/")
        return [line.text for section in page.context["today"] for line in section.lines if "Bank" in line.text]

    application = sent("Bank")
    assert lines() == ["Take up the application: Bank"]
    applications.review_application(application, by=secretariat)
    assert lines() == ["Finish the checks: Bank"]
    checked(application, secretariat)
    assert lines() == ["Choose the route: Bank"]
    applications.choose_route(application, "meeting", by=secretariat, note="For the meeting.")
    assert lines() == ["Put before the next meeting: Bank"]
    applications.ask_applicant(application, "Who supervises you?", by=secretariat)
    assert lines() == ["Question not answered: Bank"]


def test_who_does_not_handle_applications_sees_no_board(client, representative):
    representative.is_staff = True
    representative.save()
    client.force_login(representative, backend="allauth.account.auth_backends.AuthenticationBackend")
    application = sent("Bank")
    assert client.get(f"{BOARD}{application.pk}/change/").status_code == 404
    assert "Bank" not in client.get(BOARD).content.decode()
