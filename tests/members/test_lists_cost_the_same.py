"""Every list of the room asks the database as often for a hundred organisations as for one, and the number stands here.

The world is built once for each number of organisations, in a transaction that is rolled back.
"""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from efc import cache, permissions, roles
from efc.models import Grant, OutgoingMail
from members.models import (
    AccessAnswer,
    AccessReview,
    Ballot,
    Check,
    Elector,
    Inquiry,
    Organisation,
    Remark,
    Reminder,
    Representative,
)
from tests import factories
from tests.conftest import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("lists_cost_the_same")]

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def add(factory, number, **values):
    """Add so many rows by a factory or of a model in one statement; a list among the values gives each row its own. Returns: the rows."""
    model = factory._meta.model if hasattr(factory, "build") else factory
    make = getattr(factory, "build", factory)
    return model.objects.bulk_create(
        make(**{name: value[n] if isinstance(value, list) else value for name, value in values.items()})
        for n in range(number)
    )


def add_register(world, number):
    """Add members with memberships, seats and people. The first, `home`, has as many of each more: old terms and seats, people."""
    today, old = timezone.localdate(), range(1800, 1800 + number)
    each = {"starts_on": [date(year, 1, 1) for year in old], "ends_on": [date(year, 12, 31) for year in old]}
    world.users = add(factories.UserFactory, number)
    world.members = members = add(factories.OrganisationFactory, number)
    world.networks = networks = add(factories.OrganisationFactory, number, kind=Organisation.Kind.NETWORK)
    world.home = home = members[0]
    later = factories.DecisionFactory(year=2014)
    world.decisions = decisions = add(
        factories.DecisionFactory, number, is_public=True, status="superseded", superseded_by=later
    )
    world.holders = add(factories.PersonFactory, number, user=[world.voter, *world.users[1:]])
    world.alternates = add(factories.PersonFactory, number, is_protected=True)
    held = {"holder": world.holders, "alternate": world.alternates, "decision": decisions}
    soon = today + timedelta(days=30)

    add(factories.MembershipTermFactory, number, organisation=members, ends_on=soon, decision=decisions)
    add(factories.MembershipTermFactory, number, organisation=home, decision=decisions, **each)
    add(factories.SuspensionFactory, number, organisation=members, ends_on=date(2020, 2, 1), decision=decisions)
    world.seats = add(factories.SeatFactory, number, organisation=members, **held)
    add(factories.SeatFactory, number, organisation=home, **held, **each)

    world.chosen = factories.PersonFactory(user=world.delegate)
    former = add(factories.PersonFactory, number, is_protected=True)
    add(Representative, number, organisation=members, person=world.holders, is_contact=True)
    add(Representative, 2 * number, organisation=members + networks, person=world.chosen)
    add(Representative, number, organisation=home, person=world.alternates)
    add(Representative, number, organisation=home, person=former, ends_on=date(2021, 1, 1))
    add(factories.LiaisonContactFactory, number, network=networks, kept_by=world.alternates)
    emails = [f"invited-{n}@member.example" for n in range(number)]
    add(
        factories.InvitationFactory, number, person=world.alternates, organisation=members, email=emails, invited_by=world.users
    )  # fmt: skip


def add_memorandum(world, number):
    """Add versions that `home` signed, an old one that all signed, and one in force that no member has signed."""
    world.version = current = factories.MemorandumVersionFactory(status="in_force", in_force_on=date(2026, 1, 1))
    replaced = {"status": "replaced", "in_force_on": date(2013, 1, 1), "decision": world.decisions}
    versions, others = add(factories.MemorandumVersionFactory, number, **replaced), world.members[1:]
    add(factories.SignatureFactory, number, organisation=world.home, version=versions, signatory=world.holders)
    add(factories.SignatureFactory, number - 1, organisation=others, version=versions[0], signatory=world.holders)
    add(factories.SignatureFactory, number, organisation=world.networks, version=current, signatory=world.holders)
    add(Reminder, number, organisation=world.members, version=current, address="contact@member.example")


def add_applications(world, number):
    """Add applications in every status, each with checks, a question and a letter that did not arrive."""
    now, decided = (
        timezone.now(),
        {"decision": world.decisions, "decided_at": timezone.now(), "decided_by": world.officer},
    )
    world.applications = {
        status: add(
            factories.ApplicationFactory, number, status=status, reference=[f"{status[:10]}-{n}" for n in range(number)],
            submitted_at=now, memorandum=world.version, **more,
        )
        for status, more in {
            "submitted": {},
            "under_review": {"route": "meeting"},
            "information_requested": {},
            "put_off": {"route": "fast_track", "named_by": world.decisions},
            "approved": {"organisation": world.home, **decided},
            "declined": {"reason": "Reason.", **decided},
        }.items()
    }  # fmt: skip
    sent = [application for group in world.applications.values() for application in group]
    for kind in (Check.Kind.IDENTITY, Check.Kind.WEBSITE):
        add(Check, len(sent), application=sent, kind=kind, checked_by=world.officer)
    add(Inquiry, len(sent), application=sent, question="Who supervises you?", asked_by=world.officer)
    about = {"about_type": "members.application", "about_id": [str(application.pk) for application in sent]}
    add(OutgoingMail, len(sent), address="a@bank.example", template="members/received", state="failed", **about)


def add_ballots(world, number):
    """Add ballots in every status in which `home` votes, and one in which all do."""
    now = timezone.now()
    running = {
        "status": "open", "rule_text": "Rule.", "opened_at": now, "opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=1),
    }  # fmt: skip
    sittings = add(factories.SittingFactory, number)
    sittings[-1].present.set(world.seats)
    opened = add(factories.BallotFactory, number, **running)
    silent = add(factories.BallotFactory, number, kind="silence", application=world.applications["put_off"], **running)
    met = {"sitting": sittings, "application": world.applications["approved"], "decision": world.decisions}
    closed = add(factories.BallotFactory, number, kind="meeting", **met, **running)
    add(factories.BallotFactory, number, title="Prepared")
    world.ballot = opened[0]

    ballots = [*opened, *silent, *closed, *opened[:1] * (number - 1)]
    places = [0] * 3 * number + list(range(1, number))
    electors = add(
        Elector, len(ballots), ballot=ballots, seat=[world.seats[n] for n in places], organisation=[world.members[n] for n in places],
        organisation_name=[str(world.members[n]) for n in places], kind="full", holder=[world.holders[n] for n in places],
        holder_name="Holder", alternate=[world.alternates[n] for n in places], alternate_name="Officer", has_vote=True,
    )  # fmt: skip
    add(Remark, len(ballots), ballot=ballots, elector=electors, text="Comment.")
    Ballot.objects.filter(pk__in=[ballot.pk for ballot in closed]).update(
        status="closed", outcome="adopted", closed_at=now, tally={}
    )


def add_work(world, number):
    package = factories.WorkPackageFactory(programme__slug="plan", number=1)
    leads = add(factories.LeadFactory, number, organisation=world.members, work_package=package)
    add(factories.ContributorFactory, number, organisation=world.members, work_package=package)
    add(factories.LeadPersonFactory, number, lead=leads, person=world.holders)


def add_access(world, number):
    """Add the grants that the rows call for and as many by hand, some withdrawn; reviews that are over, and an open one."""
    today = timezone.localdate()
    for due_grants, _models in permissions.SOURCES:
        due = due_grants()
        names = ("user_id", "role", "target", "source", "starts_on", "ends_on")
        add(Grant, len(due), **{name: [getattr(one, name) for one in due] for name in names})
    for user in (world.voter, world.delegate):
        permissions.shadow(user)
    by_hand = {"role": roles.OBSERVER, "reason": "Decision 1"}
    add(Grant, number, user=world.users, given_by=world.officer, **by_hand)
    add(Grant, number, user=world.delegate, given_by=world.users, withdrawn_at=timezone.now(), **by_hand)
    world.past = add(AccessReview, number, title="Round", opened_on=today, due_on=today, status="closed")[0]
    world.review = factories.AccessReviewFactory()
    add(AccessAnswer, number, review=world.past, organisation=world.members, answered_by=world.officer)


@pytest.fixture(scope="module", params=[1, 100], ids=lambda number: f"{number} organisations")
def world(request, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        world = SimpleNamespace(
            officer=make_user("officer@efc.example", "Secretariat officer", roles.SECRETARIAT, is_staff=True),
            voter=make_user("voter@member.example", "Holder of a seat"),
            delegate=make_user("delegate@member.example", "Representative of all"),
        )
        for part in (add_register, add_memorandum, add_applications, add_ballots, add_work, add_access):
            part(world, request.param)
        for key in ("coalition", "how-we-are-run"):
            factories.PageFactory(key=key, published=True)
        yield world
        transaction.set_rollback(True)


PUBLIC = {
    "/en/": 7,
    "/en/members/": 7,
    "/en/members/?sector=ind&wp=WP1&q=o": 8,
    "/en/members/?as_of=2015-03-17": 5,
    "/en/members/members.csv": 7,
    "/en/members/{home.slug}/": 8,
    "/en/coalition/": 4,
    "/en/coalition/how-we-are-run/": 5,
    "/sitemap.xml": 9,
}
WORKSPACE = {
    "/workspace/sg/": 24,
    "/workspace/members/": 11,
    "/workspace/ballots/": 12,
    "/workspace/ballots/{ballot.pk}/": 20,
    "/workspace/applications/": 11,
    "/workspace/applications/approved-0/": 21,
    "/workspace/decisions/": 11,
    "/workspace/decisions/?q=decision&year=2013": 11,
    "/workspace/organisations/{home.slug}/": 26,
    "/workspace/organisations/{home.slug}/people/": 12,
    "/workspace/organisations/{home.slug}/memorandum/": 12,
    "/workspace/access/": 18,
}
OWN = {
    "/workspace/": 11,
    "/workspace/access/": 13,
    "/workspace/access/review/{review.pk}/": 10,
    "/workspace/access/review/{past.pk}/": 9,
    "/workspace/members/": 9,
    "/workspace/ballots/": 9,
    "/workspace/decisions/": 9,
    "/workspace/organisations/{home.slug}/": 27,
    "/workspace/organisations/{home.slug}/people/": 10,
}
DESK = {
    "/workspace/": 11,
    "/admin/members/memorandumversion/{version.pk}/change/": 16,
    "/admin/members/person/{chosen.pk}/change/": 12,
    "/admin/": 33,
    "/admin/members/organisation/": 9,
    "/admin/members/organisation/?member=yes&memorandum=unsigned&q=o": 9,
    "/admin/members/person/": 9,
    "/admin/members/seat/": 9,
    "/admin/members/representative/": 7,
    "/admin/members/membershipterm/": 9,
    "/admin/members/membershipterm/?state=ending": 9,
    "/admin/members/suspension/": 7,
    "/admin/members/application/": 6,
    "/admin/members/application/?q=": 11,
    "/admin/members/ballot/": 8,
    "/admin/members/sitting/": 13,
    "/admin/members/decision/": 10,
    "/admin/members/memorandumversion/": 8,
    "/admin/members/signature/": 10,
    "/admin/members/invitation/": 9,
    "/admin/members/liaisoncontact/": 8,
    "/admin/members/accessreview/": 7,
    "/admin/members/accessreview/{review.pk}/change/": 12,
    "/admin/members/accessreview/{past.pk}/change/": 12,
    "/admin/efc/grant/": 15,
    "/workspace/sittings/new/": 10,
    "/workspace/sg/": 22,
    "/workspace/ballots/": 11,
    "/workspace/organisations/{home.slug}/people/": 11,
}
FILES = {"organisation": 12, "membershipterm": 10, "seat": 11, "representative": 11}
LISTS = [
    (address, persona, queries)
    for persona, lists in {"visitor": PUBLIC, "voter": WORKSPACE, "delegate": OWN, "officer": DESK}.items()
    for address, queries in lists.items()
]


def client_of(world, persona):
    client = Client()
    if persona != "visitor":
        client.force_login(getattr(world, persona), backend=BACKEND)
    return client


@pytest.mark.parametrize(("address", "persona", "queries"), LISTS)
def test_any_number_of_organisations_costs_the_same(world, django_assert_num_queries, address, persona, queries):
    client, path = client_of(world, persona), address.format(**vars(world))
    client.get(path)  # what a process keeps, as content types, it has asked before
    cache._pages.clear()
    cache._asked.clear()
    with django_assert_num_queries(queries):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(("model", "queries"), FILES.items())
def test_any_number_of_organisations_leaves_with_the_same(world, django_assert_num_queries, model, queries):
    client = client_of(world, "officer")
    client.post(f"/admin/members/{model}/export/", {"file_format": "csv"})
    with django_assert_num_queries(queries):
        assert client.post(f"/admin/members/{model}/export/", {"file_format": "csv"}).status_code == 200
