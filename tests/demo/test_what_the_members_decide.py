"""What the demonstration makes up of the members: decisions, the memorandum, applications, ballots, networks, an access review."""

from datetime import datetime

import pytest
from django.db import models

from members.models import (
    AccessReview,
    Application,
    Ballot,
    Decision,
    LiaisonContact,
    MemorandumVersion,
    Organisation,
    Seat,
)
from members.services.access import unanswered
from tests.demo.conftest import BRUSSELS, FOUNDERS, TODAY

pytestmark = pytest.mark.django_db


def test_the_decisions_of_the_record_and_of_this_year_are_numbered(demo):
    rows = Decision.objects.order_by("year", "sequence").values_list(
        "year", "sequence", "decided_on", "procedure", "is_public"
    )
    assert [(f"{year}-{sequence}", str(day), how, public) for year, sequence, day, how, public in rows] == [
        ("2012-1", "2012-11-26", "record", True),
        ("2013-1", "2013-02-28", "record", True),
        ("2013-2", "2013-06-12", "record", True),
        ("2013-3", "2013-08-05", "record", True),
        ("2016-1", "2016-02-09", "record", True),
        ("2026-1", "2026-02-05", "meeting", False),
        ("2026-2", "2026-06-15", "meeting", False),
        ("2026-3", "2026-10-08", "meeting", False),
    ]
    assert not Decision.objects.filter(source="").exists()


def test_seats_and_memberships_name_the_decision_that_gave_them(demo):
    welcomed = Organisation.objects.filter(memberships__decision__year=2013).values_list("slug", flat=True)
    assert set(welcomed) == {"cepol", "western-union", "web-shield"}
    seated = set(Seat.objects.filter(decision__year=2012).values_list("organisation__slug", flat=True))
    assert seated == FOUNDERS | {"dutch-national-police", "ec3", "icmec"}


def test_fifteen_of_eighteen_members_have_signed_the_memorandum_in_force(demo):
    version = MemorandumVersion.objects.current()
    assert (version.number, str(version.in_force_on), version.decision.number) == ("2.0", "2026-06-15", "2026-2")
    assert (version.signatures.count(), Organisation.objects.members(TODAY).count()) == (15, 18)
    assert {one.slug for one in version.unsigned_by(TODAY)} == {"gsma", "g2-web-services", "visa-europe"}
    assert dict(version.signatures.order_by().values_list("method").annotate(models.Count("pk"))) == {
        "portal": 7,
        "paper": 8,
    }
    assert version.signatures.filter(signed_on__gt=TODAY).count() == 0
    assert "test transaction" in version.text
    first = MemorandumVersion.objects.get(number="1.0")
    assert (first.status, first.signatures.count()) == ("replaced", 18)
    with version.file.open("rb") as file:
        assert file.read(5) == b"%PDF-"


def test_four_applications_stand_at_four_points_of_the_way(demo):
    rows = Application.objects.order_by("submitted_at")
    assert [(str(row), row.status, row.route, str(row.submitted_at.date()), row.is_demo) for row in rows] == [
        ("Hostingverbund e. G.", "put_off", "meeting", "2026-09-13", True),
        ("Nordvik Betaling AS", "under_review", "fast_track", "2026-10-29", True),
        ("Hotline Adria", "information_requested", "", "2026-11-10", True),
        ("Institute for Payment Safety", "submitted", "", "2026-11-20", True),
    ]
    assert rows[0].named_by.number == rows[1].named_by.number == "2026-3"
    assert rows[2].inquiries.get().answered_at is None


def test_one_silence_procedure_runs_and_one_ended_with_an_objection(demo):
    over, runs = Ballot.objects.order_by("closes_at")
    assert (over.status, over.outcome) == ("closed", "to_meeting")
    assert over.tally | {"agree": 2, "object": 1, "abstain": 1, "silent": 6, "recused": 0} == over.tally
    assert (runs.status, runs.closes_at) == (
        "open",
        datetime(2026, 12, 2, 18, tzinfo=BRUSSELS),
    )  # ten working days from 18 November
    seats = runs.electorate.filter(has_vote=True)
    assert (seats.count(), seats.filter(choice="agree").count(), seats.filter(choice="").count()) == (10, 3, 6)
    assert seats.get(recused_because="interest").organisation.slug == "paypal"
    assert runs.remarks.get().elector.organisation.slug == "icmec"


def test_each_related_network_has_a_contact_that_somebody_keeps(demo):
    networks = Organisation.objects.filter(kind="network")
    assert networks.count() == 12  # INHOPE among them
    assert LiaisonContact.objects.as_of(TODAY).values("network").distinct().count() == 12
    assert not LiaisonContact.objects.filter(kept_by=None).exists()


def test_the_access_review_runs_and_some_have_answered(demo):
    review = AccessReview.objects.get(status="open")
    assert set(review.answers.values_list("organisation__slug", flat=True)) == {
        "eurojust",
        "google",
        "microsoft",
        "paypal",
    }
    assert {one.slug for one in unanswered(review)} >= {"western-union", "inhope"}
