"""An officer whose identity is protected appears to others as the role only, in lists, ballots and exports."""

from datetime import timedelta

import pytest
from django.utils import timezone

from efc import permissions, roles
from members.models import Ballot, Elector, Person, Seat
from members.services import ballots, people, votes
from tests import factories
from workpackages.models import LeadPerson

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NAME = "Quagga"


@pytest.fixture
def officer(db):
    """A protected officer who acts for EC3, is its contact person, holds its seat and leads a work package."""
    user = factories.UserFactory(full_name=NAME, email="quagga@ec3.example")
    officer = factories.PersonFactory(name=NAME, email=user.email, user=user, is_protected=True)
    ec3 = factories.MemberFactory(name="European Cybercrime Centre", short_name="EC3", slug="ec3")
    factories.RepresentativeFactory(organisation=ec3, person=officer, is_contact=True)
    factories.SeatFactory(organisation=ec3, kind=Seat.Kind.FULL, holder=officer)
    programme = factories.ProgrammeFactory(slug="plan", starts_on=timezone.localdate().replace(month=1, day=1))
    package = factories.WorkPackageFactory(programme=programme, number=1)
    LeadPerson.objects.create(lead=factories.LeadFactory(organisation=ec3, work_package=package), person=officer)
    return officer


@pytest.fixture
def colleague(officer):
    user = factories.UserFactory()
    factories.RepresentativeFactory(
        organisation=officer.represents.get().organisation, person=factories.PersonFactory(user=user)
    )
    permissions.redraw()
    return user


@pytest.fixture
def member(officer):
    """Somebody who acts for another member."""
    user = factories.UserFactory()
    factories.RepresentativeFactory(person=factories.PersonFactory(user=user))
    permissions.redraw()
    return user


def test_others_read_the_role_and_those_who_must_the_name(officer, colleague, member, sg_member, secretariat):
    for user in (member, sg_member, None):
        assert officer.name_for(user) == "Officer, EC3"
        assert officer.email_for(user) == ""
    for user in (officer.user, colleague, secretariat):
        assert officer.name_for(user) == NAME
        assert officer.email_for(user) == "quagga@ec3.example"


def test_no_page_for_others_shows_the_name(officer, member, sg_member, client):
    package = LeadPerson.objects.get().work_package
    pages = [
        "/workspace/members/",
        "/workspace/",
        "/en/members/",
        "/en/members/ec3/",
        f"/en/work/{package.path}/",
        "/api/v1/people/",
    ]
    pages += [
        f"/workspace/work/{package.programme.slug}/{package.number}/",
        "/workspace/sg/",
        "/en/search/?q=quagga+officer",
    ]
    shown = {}
    for user in (None, member, sg_member):
        client.logout()
        if user:
            client.force_login(user, backend=BACKEND)
        for page in pages:
            answer = client.get(page, follow=True)
            body = answer.content.decode()
            assert "quagga@ec3" not in body, page
            assert NAME not in body, page
            shown[page] = shown.get(page, 0) + ("Officer, EC3" in body)
    assert answer.status_code == 200


def test_a_ballot_keeps_the_role_instead_of_the_name(officer, secretariat, client):
    other = factories.PersonFactory(name="Another holder", user=factories.UserFactory())
    factories.SeatFactory(kind=Seat.Kind.FULL, holder=other)
    permissions.redraw()
    ballot = ballots.prepare_ballot(
        kind="written", title="A question", question="Shall we?", by=secretariat,
        closes_at=timezone.now() + timedelta(days=3),
    )  # fmt: skip
    ballots.open_ballot(ballot, by=secretariat)
    elector = Elector.objects.get(holder=officer)
    votes.cast_vote(elector, "agree", by=officer.user)
    votes.add_remark(elector, "A comment.", by=officer.user)

    elector.refresh_from_db()
    assert (elector.holder_name, elector.cast_by_name) == ("Officer, EC3", "Officer, EC3")
    votes.cast_vote(Elector.objects.get(holder=other), "agree", by=other.user)
    client.force_login(other.user, backend=BACKEND)
    page = client.get(f"/workspace/ballots/{Ballot.objects.get().pk}/").content.decode()
    assert "Officer, EC3" in page
    assert NAME not in page


def test_a_representative_elsewhere_does_not_learn_the_name_by_naming_the_address(officer, member):
    own = member.person.represents.get().organisation
    with pytest.raises(Exception, match="The Secretariat adds this person"):
        people.name_representative(own, name="X", email="quagga@ec3.example", function="", is_contact=False, by=member)
    assert officer.represents.count() == 1


def test_what_others_may_see_of_people_leaves_the_officer_out(officer, colleague, member, secretariat):
    assert officer not in Person.objects.visible_to(member)
    assert officer in Person.objects.visible_to(colleague)
    assert officer in Person.objects.visible_to(secretariat)
    assert officer not in Person.objects.unprotected()
    assert roles.REPRESENTATIVE in permissions.roles_of(officer.user)
