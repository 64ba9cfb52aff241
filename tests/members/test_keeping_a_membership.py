from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from efc.models import OutgoingMail
from efc.workflow import TooLate
from members.models import MembershipTerm, Organisation, Seat, Suspension
from members.services import memberships
from tests import factories
from tests.members.joining import acting, signed_in


@pytest.fixture
def member(db):
    return factories.OrganisationFactory(name="Example Payments", slug="example-payments")


def term(member, **fields):
    return factories.MembershipTermFactory(
        organisation=member, **{"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31), **fields}
    )


def letters(name):
    return list(OutgoingMail.objects.filter(template=f"members/{name}").order_by("pk"))


def test_contact_persons_and_secretariat_are_told_90_and_30_days_before_the_end(member, settings):
    term(member)
    with time_machine.travel("2026-10-01 08:00+02:00"):
        acting(member, is_contact=True)
        assert memberships.notify_ends() == 0
    with time_machine.travel("2026-10-02 08:00+02:00"):
        assert memberships.notify_ends() == 1
        assert memberships.notify_ends() == 0
    assert [letter.address for letter in letters("membership_ends")] == ["legal@payments.example"]
    assert [letter.address for letter in letters("membership_ends_office")] == [settings.SECRETARIAT_EMAIL]
    assert "ends on 31 December 2026" in letters("membership_ends")[0].text
    with time_machine.travel("2026-12-01 08:00+01:00"):
        assert memberships.notify_ends() == 1
        assert memberships.notify_ends() == 0
    assert len(letters("membership_ends")) == 2
    with time_machine.travel("2027-01-01 08:00+01:00"):
        assert memberships.notify_ends() == 0
        assert not Organisation.objects.members().exists()


def test_a_short_term_gets_one_notice_and_a_renewed_or_leaving_one_none(member, secretariat):
    with time_machine.travel("2026-12-20 08:00+01:00"):
        renewed = term(member)
        memberships.renew_membership(renewed, by=secretariat, ends_on=date(2027, 12, 31))
        term(factories.OrganisationFactory(), left_because="Left")
        assert memberships.notify_ends() == 0
        term(factories.OrganisationFactory())
        assert memberships.notify_ends() == 1
        assert memberships.notify_ends() == 0


def test_renewal_follows_without_a_gap_and_counts_as_one_membership(member, secretariat):
    with time_machine.travel("2026-11-02 08:00+01:00"):
        acting(member, is_contact=True)
        following = memberships.renew_membership(term(member), by=secretariat, ends_on=date(2027, 12, 31))
    assert (following.starts_on, following.ends_on) == (date(2027, 1, 1), date(2027, 12, 31))
    assert "from 1 January 2027 until 31 December 2027" in letters("membership_renewed")[0].text

    row = Organisation.objects.with_membership(date(2027, 5, 1)).get()
    assert (row.since, row.until) == (date(2026, 1, 1), date(2027, 12, 31))


def test_after_a_gap_a_membership_is_counted_anew(member):
    term(member)
    term(member, starts_on=date(2027, 2, 1), ends_on=None)
    assert Organisation.objects.with_membership(date(2027, 5, 1)).get().since == date(2027, 2, 1)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"ends_on": None}, "nothing to renew"), ({"left_because": "Merged"}, "has left")],
)
def test_what_cannot_be_renewed_is_said(member, secretariat, fields, sentence):
    with pytest.raises(ValidationError, match=sentence):
        memberships.renew_membership(term(member, **fields), by=secretariat, ends_on=date(2028, 1, 1))


def test_renewing_twice_adds_one_term(member, secretariat):
    first = term(member)
    memberships.renew_membership(first, by=secretariat, ends_on=date(2027, 12, 31))
    with pytest.raises(TooLate, match="A later membership stands already"):
        memberships.renew_membership(first, by=secretariat, ends_on=date(2027, 6, 30))
    assert member.memberships.count() == 2


def test_leaving_ends_seats_people_and_access_on_the_same_day(client, member, secretariat):
    today = timezone.localdate()
    held = term(member, starts_on=today - timedelta(days=100), ends_on=today + timedelta(days=100))
    memberships.renew_membership(held, by=secretariat, ends_on=today + timedelta(days=400))
    user = acting(member, is_contact=True)
    seat = factories.SeatFactory(organisation=member, holder=user.person)
    assert signed_in(client, user).get("/workspace/organisations/example-payments/").status_code == 200

    memberships.end_membership(held, by=secretariat, ends_on=today, because="Merged with another member")

    seat.refresh_from_db()
    assert (seat.ends_on, member.representatives.get().ends_on) == (today, today)
    assert member.memberships.get().left_because == "Merged with another member"
    assert letters("membership_ended")[0].address == user.email
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        signed_in(client, user)
        assert client.get("/workspace/organisations/example-payments/").status_code == 404
        assert not Organisation.objects.members().exists()
        assert not Seat.objects.voting().exists()


def test_leaving_needs_a_reason(member, secretariat):
    with pytest.raises(ValidationError, match="Say why"):
        memberships.end_membership(term(member), by=secretariat, ends_on=date(2026, 6, 30), because=" ")


def test_a_suspended_member_neither_votes_nor_enters_but_stays_listed(client, secretariat):
    member = factories.MemberFactory(name="Example Payments", slug="example-payments")
    user = acting(member, is_contact=True)
    factories.SeatFactory(organisation=member, holder=user.person)
    client = signed_in(client, user)

    suspension = memberships.suspend_organisation(
        member, by=secretariat, reason="Fees", starts_on=timezone.localdate() - timedelta(days=3)
    )

    assert client.get("/workspace/organisations/example-payments/").status_code == 404
    assert not Seat.objects.voting().exists()
    assert "Example Payments" in client.get("/en/members/").content.decode()
    assert "Fees" not in client.get("/en/members/example-payments/").content.decode()
    assert letters("membership_suspended")[0].address == user.email
    with pytest.raises(ValidationError, match="suspended already"):
        memberships.suspend_organisation(member, by=secretariat, reason="Again", starts_on=timezone.localdate())

    memberships.lift_suspension(suspension, by=secretariat)

    assert client.get("/workspace/organisations/example-payments/").status_code == 200
    assert Seat.objects.voting().count() == 1
    assert len(letters("membership_suspension_lifted")) == 1
    with pytest.raises(TooLate, match="over already"):
        memberships.lift_suspension(suspension, by=secretariat)


def test_a_suspension_of_today_is_taken_back_and_its_history_kept(secretariat):
    member = factories.MemberFactory()
    suspension = memberships.suspend_organisation(member, by=secretariat, reason="Fees", starts_on=timezone.localdate())
    memberships.lift_suspension(suspension, by=secretariat)
    assert Suspension.objects.count() == 0
    assert [row.history_type for row in Suspension.history.order_by("history_id")] == ["+", "-"]


def test_members_and_chair_do_not_keep_the_register(member, chair):
    held = term(member)
    suspension = Suspension.objects.create(organisation=member, reason="Fees", starts_on=date(2026, 1, 1))
    for act in (
        lambda by: memberships.renew_membership(held, by=by, ends_on=date(2027, 12, 31)),
        lambda by: memberships.end_membership(held, by=by, ends_on=date(2026, 12, 1), because="Left"),
        lambda by: memberships.suspend_organisation(member, by=by, reason="Fees", starts_on=date(2026, 12, 1)),
        lambda by: memberships.lift_suspension(suspension, by=by),
    ):
        for by in (chair, acting(member, f"p{factories.UserFactory().pk}@payments.example")):
            with pytest.raises(PermissionDenied):
                act(by)
    assert MembershipTerm.objects.count() == 1
