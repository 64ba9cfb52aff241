"""One act moves what a leaver holds to a successor, in every room: seats, organisations, open votes, liaisons, work packages."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from efc import handover, permissions, roles
from efc.models import OutgoingMail, User
from members.models import Ballot, Elector, Invitation, LiaisonContact, Organisation, Person, Representative, Seat
from members.services import people
from tests import factories
from workpackages.models import LeadPerson, Task

YESTERDAY = timedelta(days=-1)


def person(name, **fields):
    user = factories.UserFactory(full_name=name)
    return factories.PersonFactory(name=name, email=user.email, user=user, **fields)


@pytest.fixture
def leaver(db):
    """Somebody who holds one of everything."""
    leaver, member = person("Leaver"), factories.MemberFactory(name="Example Payments")
    factories.RepresentativeFactory(organisation=member, person=leaver, is_contact=True, function="Compliance")
    seat = factories.SeatFactory(organisation=member, kind=Seat.Kind.FULL, holder=leaver)
    network = factories.OrganisationFactory(kind=Organisation.Kind.NETWORK)
    LiaisonContact.objects.create(network=network, kept_by=leaver, name="Coordinator there")
    lead = factories.LeadFactory(organisation=member)
    LeadPerson.objects.create(lead=lead, person=leaver)
    Task.objects.create(work_package=lead.work_package, title="Ask the printer", assignee=leaver)
    Task.objects.create(
        work_package=lead.work_package, title="Book the room", assignee=leaver, status="done", done_at=timezone.now()
    )
    ballot = Ballot.objects.create(
        kind="written", title="Open question", question="Shall we?", rule_text="The rule.", status="open",
        opens_at=timezone.now() - timedelta(days=1), closes_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    Elector.objects.create(
        ballot=ballot, seat=seat, organisation=member, organisation_name="Example Payments", kind="full",
        holder=leaver, holder_name="Leaver", has_vote=True,
    )  # fmt: skip
    permissions.redraw()
    return leaver


def test_everything_moves_and_the_former_days_stay_on_record(leaver, secretariat):
    successor = person("Successor")
    moved = handover.hand_over(leaver, successor, by=secretariat)

    today = timezone.localdate()
    assert len(moved) == 6
    assert dict(Task.objects.values_list("title", "assignee__name")) == {
        "Ask the printer": "Successor", "Book the room": "Leaver",
    }  # fmt: skip
    assert Seat.objects.get().holder == successor
    assert LiaisonContact.objects.get().kept_by == successor
    assert (Elector.objects.get().holder, Elector.objects.get().holder_name) == (successor, "Leaver")
    for rows in (Representative.objects.order_by("pk"), LeadPerson.objects.order_by("pk")):
        before, after = rows
        assert (before.person, before.starts_on, before.ends_on) == (leaver, None, today + YESTERDAY)
        assert (after.person, after.starts_on, after.ends_on) == (successor, today, None)
    assert Representative.objects.get(person=successor).is_contact
    assert Representative.objects.get(person=successor).function == "Compliance"
    assert permissions.roles_of(leaver.user) == set()
    assert permissions.roles_of(successor.user) == {
        roles.STEERING_GROUP, roles.REPRESENTATIVE, "representative", roles.LEAD, "lead", "team",
    }  # fmt: skip


def test_the_successor_gets_one_letter_that_says_what_came(leaver, secretariat):
    successor = person("Successor")
    handover.hand_over(leaver, successor, by=secretariat)

    letter = OutgoingMail.objects.get(template="members/handover")
    assert letter.address == successor.email
    assert "You act for Example Payments." in letter.text
    assert "You lead WP" in letter.text
    assert "Open question" in letter.text


def test_a_successor_without_account_is_invited(leaver, secretariat):
    successor = factories.PersonFactory(email="successor@payments.example")
    handover.hand_over(leaver, successor, by=secretariat)

    assert Invitation.objects.get().email == "successor@payments.example"


def test_an_alternate_who_succeeds_holds_the_seat_alone(leaver, secretariat):
    alternate = person("Alternate")
    Seat.objects.update(alternate=alternate)
    Elector.objects.update(alternate=alternate)
    handover.hand_over(leaver, alternate, by=secretariat)

    for place in (Seat.objects.get(), Elector.objects.get()):
        assert (place.holder, place.alternate) == (alternate, None)


def test_who_acts_for_the_organisation_already_does_so_once(leaver, secretariat):
    colleague = person("Colleague")
    factories.RepresentativeFactory(organisation=Organisation.objects.get(name="Example Payments"), person=colleague)
    handover.hand_over(leaver, colleague, by=secretariat)

    row = Representative.objects.as_of().get()
    assert (row.person, row.is_contact) == (colleague, True)


def test_what_is_over_stays_with_who_held_it(leaver, secretariat):
    Ballot.objects.update(status="closed", outcome="adopted", tally={})
    former = factories.SeatFactory(holder=leaver, ends_on=timezone.localdate() + YESTERDAY)
    handover.hand_over(leaver, person("Successor"), by=secretariat)

    assert Elector.objects.get().holder == leaver
    assert Seat.objects.get(pk=former.pk).holder == leaver


def test_open_links_of_the_leaver_stop_working(secretariat):
    member = factories.MemberFactory()
    row = people.name_representative(
        member, name="Leaver", email="leaver@bank.example", function="", is_contact=False, by=secretariat
    )
    people.hand_over(row.person, person("Successor"), by=secretariat)

    assert Invitation.objects.get(person=row.person).status == "withdrawn"


def test_only_the_secretariat_hands_over_and_not_to_the_same_person(leaver, sg_member, secretariat):
    with pytest.raises(PermissionDenied):
        handover.hand_over(leaver, person("Successor"), by=sg_member)
    with pytest.raises(ValidationError):
        handover.hand_over(leaver, Person.objects.get(pk=leaver.pk), by=secretariat)
    assert Seat.objects.get().holder == leaver


def test_the_desk_says_what_will_move_before_it_does(leaver, secretariat_client):
    successor, address = person("Successor"), f"/admin/members/person/{leaver.pk}/act/hand-over/"
    page = secretariat_client.get(address).content.decode()
    assert "This moves 6 things." in page
    assert "Example Payments: Full member" in page

    assert secretariat_client.post(address, {"to": successor.pk}).status_code == 302
    assert LeadPerson.objects.as_of().get().person == successor
    assert User.objects.get(pk=leaver.user_id).is_active


def test_colleagues_stand_first_and_each_is_named_with_its_organisation(leaver, secretariat_client):
    elsewhere, colleague = person("Alternate"), person("Head of compliance")
    factories.RepresentativeFactory(person=elsewhere, organisation__name="Another member", organisation__slug="another")
    factories.RepresentativeFactory(person=colleague, organisation=leaver.represents.first().organisation)
    page = secretariat_client.get(f"/admin/members/person/{leaver.pk}/act/hand-over/").content.decode()
    own = leaver.represents.first().organisation
    assert page.index(f"Head of compliance ({own})") < page.index("Alternate (Another member)")


def test_a_successor_of_another_organisation_is_asked_about_once_more(leaver, secretariat_client):
    stranger, address = person("Stranger"), f"/admin/members/person/{leaver.pk}/act/hand-over/"
    factories.RepresentativeFactory(person=stranger, organisation__name="Another member", organisation__slug="another")
    assert "Yes, to somebody of another organisation" not in secretariat_client.get(address).content.decode()

    asked = secretariat_client.post(address, {"to": stranger.pk})
    assert asked.status_code == 422
    page = " ".join(asked.content.decode().split())
    assert "Stranger acts for Another member and not for Example Payments." in page
    assert "Yes, to somebody of another organisation" in page
    assert Seat.objects.get().holder == leaver

    assert secretariat_client.post(address, {"to": stranger.pk, "is_meant": "on"}).status_code == 302
    assert Seat.objects.get().holder == stranger
