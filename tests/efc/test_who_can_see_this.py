"""What a record says about who can see it agrees, account by account, with who can."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from efc import access, permissions, roles
from efc.models import Grant, User
from members.models import Ballot, Decision, Elector, MemorandumVersion, Seat, Signature
from tests import factories
from tests.conftest import make_user


@pytest.fixture
def world(db, secretariat, chair, sg_member, advisory_member, deactivated):
    """One account of each kind, and one record of each restricted kind."""
    observer = make_user("observer@ec.example", "Observer", roles.OBSERVER)
    owner = User.objects.create_user("owner@bank.example", full_name="Representative of the bank")
    other = User.objects.create_user("other@shop.example", full_name="Representative of a shop")
    former = User.objects.create_user("former@shop.example", full_name="Former member of the Steering Group")
    Grant.objects.create(user=former, role=roles.STEERING_GROUP, ends_on=timezone.localdate().replace(year=2020, day=1))
    bank = factories.MemberFactory(name="Bank", is_public=False)
    contact = factories.RepresentativeFactory(
        organisation=bank, person=factories.PersonFactory(user=owner), is_contact=True
    )
    factories.RepresentativeFactory(person=factories.PersonFactory(user=other))
    holder = User.objects.create_user("holder@seat.example", full_name="Holder of a seat")
    seat = factories.SeatFactory(kind=Seat.Kind.FULL, holder=factories.PersonFactory(user=holder))
    team = factories.ContributorFactory(organisation=bank).work_package
    permissions.redraw()
    fields = {"kind": "written", "question": "Shall we?"}
    draft = Ballot.objects.create(title="Draft", **fields)
    opened = Ballot.objects.create(title="Open", status="open", rule_text="The rule.", **fields)
    Elector.objects.create(
        ballot=opened, seat=seat, organisation=seat.organisation, organisation_name="X", kind="full", holder=seat.holder, has_vote=True
    )  # fmt: skip
    decision = {"text": "Agreed.", "procedure": "meeting", "decided_on": timezone.localdate(), "year": 2026}
    return {
        "organisation": bank,
        "application": factories.ApplicationFactory(status="submitted", submitted_at=timezone.now()),
        "draft ballot": draft,
        "open ballot": opened,
        "decision": Decision.objects.create(title="Decision", sequence=1, **decision),
        "signature": Signature.objects.create(
            version=MemorandumVersion.objects.create(number="1", title="Memorandum", status="in_force"),
            organisation=bank,
            signed_on=timezone.localdate(),
            signatory_name="Director",
            method="paper",
        ),
        "task": factories.TaskFactory(work_package=team),
        "document of a team": factories.DocumentFactory(work_package=team),
        "document for members": factories.DocumentFactory(work_package=team, access="members"),
        "contact person": contact.person,
        "protected person": factories.PersonFactory(name="Officer", is_protected=True),
        "observer": observer,
    }


def test_the_circles_are_those_who_can_see(world):
    world.pop("observer")
    people = list(User.objects.all())
    for name, record in world.items():
        named = {user.pk for _who, accounts in access.circles(record) for user in accounts}
        can = {user.pk for user in people if type(record).objects.visible_to(user).filter(pk=record.pk).exists()}
        assert named == can, (name, User.objects.filter(pk__in=named ^ can))
        for user in people:
            assert bool(access.why(user, record)) is (user.pk in can), (name, user)


def test_the_disclosure_counts_people_and_names_none(world, sg_member):
    request = RequestFactory().get("/")
    request.user = User.objects.get(pk=sg_member.pk)
    text = Template("{% who_can_see record %}").render(Context({"request": request, "record": world["application"]}))

    assert "Who can see this? Why can I?" in text
    assert "Secretariat" in text
    assert "Steering Group: given by hand" in text
    for name in ("Secretariat officer", "Chair of the Steering Group", "Observer", "Holder of a seat"):
        assert name not in text


def test_what_i_may_do_lists_roles_with_their_source_and_days(client, db):
    user = factories.UserFactory()
    person = factories.PersonFactory(user=user)
    bank = factories.MemberFactory(name="Example Bank")
    factories.RepresentativeFactory(
        organisation=bank, person=person, starts_on=timezone.localdate().replace(year=2024, day=1)
    )
    factories.SeatFactory(organisation=bank, kind=Seat.Kind.FULL, holder=person)
    permissions.redraw()
    permissions.withdraw(
        Grant.objects.get(user=user, role=roles.STEERING_GROUP), because="The organisation asked for it."
    )
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    page = client.get("/workspace/access/").content.decode()

    assert "Representative, Example Bank" in page
    assert "Keep its profile and its list of people" in page
    assert "since 1 " in page
    assert "The organisation asked for it." in page
    assert "Steering Group" in page[page.index("Over") :]


@pytest.mark.parametrize("count", [1, 40])
def test_the_disclosure_costs_the_same_with_many_people(count, world, sg_member, django_assert_num_queries):
    for number in range(count):
        make_user(f"sg-{number}@member.example", "Member", roles.STEERING_GROUP)
    with django_assert_num_queries(2):
        access.who_can_see(world["application"])
        access.why(sg_member, world["application"])
