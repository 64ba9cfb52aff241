"""The Steering Group sees what is owed and when, and what came about since it last met; each line is a record of some room."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from efc import meetings
from efc.changes import changes
from efc.obligations import obligations
from tests import factories
from tests.workpackages.conftest import client_of
from workpackages.models import Promise, Update

pytestmark = pytest.mark.django_db


@pytest.fixture
def coalition():
    """Stand on 17 March 2026 in a coalition that met on 5 February and has something of everything ahead and behind."""
    with time_machine.travel("2026-03-17 09:00+00:00", tick=False):
        plan = factories.ProgrammeFactory(
            name="Plan 2026", slug="2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)
        )
        Promise.objects.create(programme=plan, text="Three a year", planned=3, is_yearly=True, counter="newsletters")
        training = factories.WorkPackageFactory(programme=plan, number=4, name="Training")
        book = factories.DeliverableFactory(work_package=training, number=1, title="Training book", baseline_month=4)
        factories.DeliverableFactory(work_package=training, number=2, title="Trainers named", baseline_month=2)
        factories.DeliverableFactory(
            work_package=training, number=3, title="Room found", baseline_month=2, status="accepted",
            delivered_on=date(2026, 2, 20), accepted_on=date(2026, 3, 2),
        )  # fmt: skip
        before = factories.ProgrammeFactory(
            name="Plan 2025", slug="2025", starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31)
        )
        old = factories.WorkPackageFactory(programme=before, number=1)
        factories.DeliverableFactory(work_package=old, title="Of a closed plan", baseline_month=12)
        factories.SittingFactory(title="Fourth meeting", held_on=date(2026, 2, 5))
        yield training, book


def said(found):
    return [(str(one.on), one.what) for one in found]


def test_the_calendar_holds_what_each_room_owes_by_day(coalition, sg_member):
    training, _book = coalition
    factories.IssueFactory(number=8, archived=True, dated_on=date(2026, 1, 20))
    factories.MilestoneFactory(work_package=training, number=1, title="First course held", baseline_month=5)
    factories.ReportPeriodFactory(
        programme=training.programme, number=1, starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30)
    )
    ending = factories.MembershipTermFactory(organisation__name="Example bank", ends_on=date(2026, 9, 30))
    factories.MemorandumVersionFactory(status="in_force", in_force_on=date(2026, 3, 12))
    factories.AccessReviewFactory(due_on=date(2026, 4, 15))
    factories.EventFactory(
        published=True, kind="meeting", title="Fifth meeting", slug="fifth", starts_on=date(2026, 3, 26)
    )
    factories.EventFactory(kind="meeting", title="Not announced", starts_on=date(2026, 3, 27))
    assert ending.organisation.name == "Example bank"

    found = obligations(sg_member)

    assert said(found) == [
        ("2026-02-28", "D4.2 Trainers named"),
        ("2026-03-19", "Ask one member again to sign the memorandum"),
        ("2026-03-26", "Fifth meeting"),
        ("2026-04-15", "The organisations confirm who acts for them"),
        ("2026-04-30", "D4.1 Training book"),
        ("2026-05-31", "MS4.1 First course held"),
        ("2026-06-30", "Progress report 1 on the days until 30 June 2026"),
        ("2026-08-31", "Newsletter 2 of 2026"),
        ("2026-09-30", "The membership of Example bank ends"),
        ("2026-12-31", "Newsletter 3 of 2026"),
        ("2026-12-31", "Plan 2026 ends"),
    ]
    assert [one.what for one in found if one.is_late] == ["D4.2 Trainers named"]

    client = client_of(sg_member)
    page = client.get("/workspace/sg/calendar/").content.decode()
    assert "<b>11 things</b> are owed in the next 12 months, <b>one is late</b>." in " ".join(page.split())
    assert page.index('id="m2026-03"') < page.index("D4.2 Trainers named") < page.index('id="m2026-04"')
    file = Calendar.from_ical(client.get("/workspace/sg/calendar.ics").content)
    entries = {str(one["summary"]): one for one in file.walk("VEVENT")}
    assert len(entries) == 11
    assert entries["D4.1 Training book"].decoded("dtstart") == date(2026, 4, 30)
    assert str(entries["D4.1 Training book"]["url"]).endswith("/workspace/programmes/2026/wp/4/deliverables/1/")


def test_who_may_not_know_who_signed_is_not_told_to_ask(coalition, advisory_member):
    factories.MemberFactory()
    factories.MemorandumVersionFactory(status="in_force", in_force_on=date(2026, 3, 12))
    assert not [one for one in obligations(advisory_member) if "memorandum" in one.what]


def test_changes_are_counted_from_the_last_meeting(coalition, sg_member):
    _training, book = coalition
    for day, outlook, sentence in (
        (2, "on_track", "All well."),
        (8, "at_risk", "Two authors left."),
        (9, "at_risk", "Still."),
    ):
        Update.objects.create(
            deliverable=book, outlook=outlook, sentence=sentence, written_at=datetime(2026, 3 if day > 2 else 2, day, 9, tzinfo=UTC)
        )  # fmt: skip
    factories.ExtensionFactory(
        deliverable=book,
        status="granted",
        decided_at=datetime(2026, 3, 10, 9, tzinfo=UTC),
        proposed_on=date(2026, 6, 30),
    )
    factories.DecisionFactory(title="Of the meeting", procedure="meeting", decided_on=date(2026, 2, 5))
    factories.DecisionFactory(title="In writing", year=2026, procedure="written", decided_on=date(2026, 2, 24))
    factories.MembershipTermFactory(
        organisation__name="Hotline of Adria", starts_on=date(2026, 3, 1), organisation__is_public=True
    )
    factories.NewsItemFactory(published=True, kind="press_release", title="New members", dated_on=date(2026, 3, 3))
    factories.NewsItemFactory(published=True, kind="press_release", title="Before", dated_on=date(2026, 2, 1))

    assert meetings.last_meeting_on() == date(2026, 2, 5)
    assert said(changes(sg_member, date(2026, 2, 5))) == [
        ("2026-03-10", "More time was granted for D4.1 Training book"),
        ("2026-03-09", "D4.1 Training book: at risk. Still."),
        ("2026-03-03", "New members"),
        ("2026-03-02", "The Commission accepted D4.3 Room found"),
        ("2026-03-01", "Hotline of Adria joined"),
        ("2026-02-24", "In writing"),
        ("2026-02-20", "D4.3 Room found was handed in"),
    ]
    client = client_of(sg_member)
    assert "What changed since the meeting on 5 February 2026" in client.get("/workspace/sg/").content.decode()
    since_march = client.get("/workspace/sg/changes/?since=2026-03-05")
    assert [one.what[:4] for one in since_march.context["changes"]] == ["More", "D4.1"]
    for nonsense in ("soon", "2027-01-01"):
        assert client.get("/workspace/sg/changes/", {"since": nonsense}).status_code == 422


def test_the_next_meeting_is_the_groups_own(coalition, sg_member):
    training, _book = coalition
    own = {"published": True, "kind": "meeting", "place": "The Hague"}
    factories.EventFactory(title="Of a work package", starts_on=date(2026, 3, 20), work_package=training, **own)
    factories.EventFactory(title="Fifth meeting", starts_on=date(2026, 3, 26), **own)
    page = " ".join(client_of(sg_member).get("/workspace/sg/").content.decode().split())
    assert "You meet next <b>in 9 days</b>." in page
    card = page.partition('id="mt"')[2].partition("</section>")[0]
    assert "Fifth meeting" in card
    assert "Thu 26 March 2026" in card
    assert "Of a work package" not in card


def test_without_a_meeting_on_record_one_looks_back_ninety_days(sg_member):
    with time_machine.travel("2026-03-17 09:00+00:00", tick=False):
        page = client_of(sg_member).get("/workspace/sg/").content.decode()
    assert "What changed since 17 December 2025" in page
    assert "No meeting is in the calendar" in page


@pytest.mark.parametrize("address", ["/workspace/sg/calendar/", "/workspace/sg/calendar.ics", "/workspace/sg/changes/"])
def test_only_those_of_the_overview_read_it(address, representative):
    assert client_of(representative).get(address).status_code == 404
    assert Client().get(address).status_code == 302
