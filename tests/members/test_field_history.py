"""Every record of the register shows what changed in it, field by field, beside what was done with it."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.services import memberships
from tests.factories import MemberFactory, OrganisationFactory, PersonFactory, SeatFactory
from tests.members.test_keeping_the_register import form_data, rows

pytestmark = pytest.mark.django_db


def history(client, record):
    return client.get(reverse(f"admin:members_{record._meta.model_name}_history", args=[record.pk]))


def shown(client, record):
    return [(step.what, step.who, step.fields) for step in history(client, record).context["steps"]]


def test_a_change_shows_each_field_from_what_to_what_and_who(secretariat_client):
    organisation = OrganisationFactory(name="Old name", slug="example-bank", country="BE", is_public=False)
    change = reverse("admin:members_organisation_change", args=[organisation.pk])
    secretariat_client.post(change, form_data(name="New name", country="FR", website="https://bank.example"))
    latest = shown(secretariat_client, organisation)[0]
    assert latest == (
        "Organisation",
        "Secretariat officer",
        [
            ("Name", "Old name", "New name"),
            ("Sector", "Internet and technology", "Payment and financial services"),
            ("Country", "Belgium", "France"),
            ("Website", "–", "https://bank.example"),
        ],
    )
    page = history(secretariat_client, organisation).content.decode()
    assert "<td>Old name</td><td>New name</td>" in page
    assert "changed: Name, Sector, Country, Website" in page


def test_the_rows_below_are_shown_with_the_organisation(secretariat_client):
    organisation = OrganisationFactory(slug="example-bank", is_public=False)
    old, new = PersonFactory(name="Head of unit"), PersonFactory(name="Deputy head")
    seat = SeatFactory(organisation=organisation, holder=old)
    change = reverse("admin:members_organisation_change", args=[organisation.pk])
    row = {"id": seat.pk, "organisation": organisation.pk, "kind": "full", "starts_on": "2012-11-26", "holder": new.pk}
    secretariat_client.post(change, form_data(**rows("seats", row, initial=1)))
    assert ("Seat", "Secretariat officer", [("Holder", "Head of unit", "Deputy head")]) in shown(
        secretariat_client, organisation
    )


def test_a_verb_that_saves_leaves_both_a_line_of_the_field_and_an_entry(secretariat_client, secretariat):
    member = MemberFactory(membership__starts_on=date(2020, 1, 1), membership__ends_on=date(2099, 12, 31))
    term = member.memberships.get()
    memberships.end_membership(term, by=secretariat, ends_on=date(2099, 6, 30), because="Left by its own wish.")
    steps = shown(secretariat_client, term)
    assert steps[0][2] == [
        ("To", "31 December 2099", "30 June 2099"),
        ("Reason for leaving", "–", "Left by its own wish."),
    ]
    assert [step[2] for step in history(secretariat_client, term).context["trail"]] == ["End"]


def test_what_was_removed_keeps_its_line(secretariat_client):
    seat = SeatFactory()
    organisation = seat.organisation
    seat.delete()
    assert shown(secretariat_client, organisation)[0][0] == "Seat removed"


def test_the_history_costs_the_same_with_many_steps(secretariat_client):
    organisation = MemberFactory()
    seat = SeatFactory(organisation=organisation, holder=PersonFactory())

    def count():
        with CaptureQueriesContext(connection) as queries:
            history(secretariat_client, organisation)
        return len(queries)

    few = count()
    for number in range(10):
        seat.source = f"Source {number}"
        seat.save()
    assert count() == few
