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
    Decision,
    Elector,
    Inquiry,
    Organisation,
    Remark,
    Reminder,
    Sitting,
)
from tests import factories
from tests.conftest import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("lists_cost_the_same")]

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def rows_of(factory, organisations, **values):
    """Add one row for each organisation, in one statement; a list among the values gives each row its own."""
    own = [
        {name: value[place] if isinstance(value, list) else value for name, value in values.items()}
        for place in range(len(organisations))
    ]
    return add(factory, ({"organisation": one, **more} for one, more in zip(organisations, own, strict=True)))


def add(factory, given):
    make = getattr(factory, "build", factory)
    model = factory._meta.model if hasattr(factory, "build") else factory
    return model.objects.bulk_create(make(**values) for values in given)


def build(number):
    """Write the world for so many organisations. Returns: its people by role, and what stands in addresses."""
    at, now, today = range(number), timezone.now(), timezone.localdate()
    officer = make_user("officer@efc.example", "Secretariat officer", roles.SECRETARIAT, is_staff=True)
    voter = make_user("voter@member.example", "Holder of a seat")
    delegate = make_user("delegate@member.example", "Representative of all")
    users = add(factories.UserFactory, ({} for _n in at))
    members = add(factories.OrganisationFactory, ({"is_public": True} for _n in at))
    home = members[0]
    networks = add(factories.OrganisationFactory, ({"kind": Organisation.Kind.NETWORK} for _n in at))
    decisions = add(factories.DecisionFactory, ({"is_public": True} for _n in at))
    later = add(factories.DecisionFactory, ({"superseded_by": None, "year": 2014} for _n in at))
    Decision.objects.filter(pk__in=[one.pk for one in decisions]).update(status="superseded", superseded_by=later[0])
    first = add(factories.PersonFactory, ({"user": user} for user in [voter, *users[1:]]))
    second = add(factories.PersonFactory, ({"is_protected": True} for _n in at))
    colleagues = add(factories.PersonFactory, ({"is_protected": True} for _n in at))
    chosen = factories.PersonFactory(user=delegate)

    rows_of(
        factories.MembershipTermFactory,
        members,
        starts_on=date(2020, 1, 1),
        ends_on=today + timedelta(days=30),
        decision=decisions,
    )
    rows_of(
        factories.MembershipTermFactory,
        [home] * number,
        starts_on=[date(1800 + n, 1, 1) for n in at],
        ends_on=[date(1800 + n, 12, 31) for n in at],
        decision=decisions,
    )
    seats = rows_of(factories.SeatFactory, members, holder=first, alternate=second, decision=decisions)
    rows_of(
        factories.SeatFactory,
        [home] * number,
        starts_on=[date(1800 + n, 1, 1) for n in at],
        ends_on=[date(1800 + n, 12, 31) for n in at],
        holder=first,
        alternate=second,
        decision=decisions,
    )
    rows_of(factories.SuspensionFactory, members, ends_on=date(2020, 2, 1), decision=decisions)
    rows_of(factories.RepresentativeFactory, members, person=first, is_contact=True)
    rows_of(factories.RepresentativeFactory, members + networks, person=chosen)
    rows_of(factories.RepresentativeFactory, [home] * number, person=second)
    rows_of(factories.RepresentativeFactory, [home] * number, person=colleagues, ends_on=date(2021, 1, 1))
    add(
        factories.InvitationFactory,
        (
            {
                "person": person,
                "email": f"invited-{n}@member.example",
                "organisation": members[n],
                "invited_by": users[n],
            }
            for n, person in enumerate(second)
        ),
    )
    add(
        factories.LiaisonContactFactory,
        ({"network": network, "kept_by": second[n]} for n, network in enumerate(networks)),
    )

    versions = add(
        factories.MemorandumVersionFactory,
        ({"status": "replaced", "in_force_on": date(2013, 1, 1), "decision": one} for one in decisions),
    )
    current = factories.MemorandumVersionFactory(status="in_force", in_force_on=date(2026, 1, 1))
    rows_of(factories.SignatureFactory, [home] * number, version=versions, signatory=first)
    rows_of(factories.SignatureFactory, members[1:], version=versions[0], signatory=first[1:])
    rows_of(factories.SignatureFactory, networks, version=current, signatory=first)
    rows_of(Reminder, members, version=current, address="contact@member.example")

    applications = {
        status: add(
            factories.ApplicationFactory,
            ({"status": status, "reference": f"{status[:10]}-{n}", "submitted_at": now, "memorandum": current, "decided_by": officer, **more(n)} for n in at),
        )
        for status, more in {
            "submitted": lambda n: {},
            "under_review": lambda n: {"route": "meeting"},
            "information_requested": lambda n: {},
            "put_off": lambda n: {"route": "fast_track", "named_by": decisions[n], "reason": "Later."},
            "approved": lambda n: {"organisation": home, "decision": decisions[n], "decided_at": now},
            "declined": lambda n: {"reason": "Reason.", "decision": decisions[n], "decided_at": now},
        }.items()
    }  # fmt: skip
    sent = [one for group in applications.values() for one in group]
    add(
        Check,
        ({"application": one, "kind": kind, "checked_by": officer} for one in sent for kind in ("identity", "website")),
    )
    add(Inquiry, ({"application": one, "question": "Who supervises you?", "asked_by": officer} for one in sent))
    OutgoingMail.objects.bulk_create(
        OutgoingMail(
            address="a@bank.example",
            template="members/received",
            subject="Subject",
            text="Text",
            state="failed",
            about_type="members.application",
            about_id=str(one.pk),
        )
        for one in sent
    )

    sittings = add(factories.SittingFactory, ({} for _n in at))
    Sitting.present.through.objects.bulk_create(
        Sitting.present.through(sitting=sitting, seat=seat) for sitting in sittings[-1:] for seat in seats
    )
    open_one = {
        "status": "open",
        "rule_text": "Rule.",
        "opened_at": now,
        "opens_at": now - timedelta(days=1),
        "closes_at": now + timedelta(days=1),
    }
    opened = add(factories.BallotFactory, (open_one for _n in at))
    asked = add(
        factories.BallotFactory,
        ({**open_one, "kind": "silence", "application": one} for one in applications["put_off"]),
    )
    closing = add(
        factories.BallotFactory,
        (
            {
                **open_one,
                "kind": "meeting",
                "sitting": sittings[n],
                "application": applications["approved"][n],
                "decision": decisions[n],
            }
            for n in at
        ),
    )
    add(factories.BallotFactory, ({"title": "Prepared"} for _n in at))
    electors = [(ballot, 0) for ballot in (*opened, *asked, *closing)] + [(opened[0], n) for n in at[1:]]
    added = add(
        Elector,
        (
            {"ballot": ballot, "seat": seats[n], "organisation": members[n], "organisation_name": str(members[n]), "kind": "full",
             "holder": first[n], "holder_name": first[n].name, "alternate": second[n], "alternate_name": "Officer", "has_vote": True}
            for ballot, n in electors
        ),
    )  # fmt: skip
    add(Remark, ({"ballot": one.ballot, "elector": one, "text": "Comment."} for one in added))
    Ballot.objects.filter(pk__in=[one.pk for one in closing]).update(
        status="closed", outcome="adopted", closed_at=now, tally={}
    )

    package = factories.WorkPackageFactory(programme__slug="plan", number=1)
    leads = rows_of(factories.LeadFactory, members, work_package=package)
    rows_of(factories.ContributorFactory, members, work_package=package)
    add(
        factories.LeadPersonFactory,
        ({"lead": lead, "person": person} for lead, person in zip(leads, first, strict=True)),
    )

    factories.PageFactory(key="coalition", published=True)
    factories.PageFactory(key="how-we-are-run", published=True)

    for due_grants, _models in permissions.SOURCES:
        Grant.objects.bulk_create(
            Grant(user_id=due.user_id, role=due.role, target=due.target, source=due.source, starts_on=due.starts_on, ends_on=due.ends_on)
            for due in due_grants()
        )  # fmt: skip
    for user in (voter, delegate):
        permissions.shadow(user)
    Grant.objects.bulk_create(
        Grant(user=user, role=roles.OBSERVER, reason="Decision 1", given_by=officer) for user in users
    )
    Grant.objects.bulk_create(
        Grant(user=delegate, role=roles.OBSERVER, reason=f"Decision {n}", given_by=users[n], withdrawn_at=now)
        for n in at
    )
    past = add(
        AccessReview, ({"title": f"Round {n}", "opened_on": today, "due_on": today, "status": "closed"} for n in at)
    )
    review = factories.AccessReviewFactory()
    add(AccessAnswer, ({"review": past[0], "organisation": one, "answered_by": officer} for one in members))
    return SimpleNamespace(
        people={"officer": officer, "voter": voter, "delegate": delegate},
        named={
            "home": home.slug,
            "ballot": opened[0].pk,
            "review": review.pk,
            "past": past[0].pk,
            "version": current.pk,
            "someone": chosen.pk,
        },
    )


@pytest.fixture(scope="module", params=[1, 100], ids=lambda number: f"{number} organisations")
def world(request, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield build(request.param)
        transaction.set_rollback(True)


PUBLIC = {
    "/en/": 7,
    "/en/members/": 7,
    "/en/members/?sector=ind&wp=WP1&q=o": 8,
    "/en/members/?as_of=2015-03-17": 4,
    "/en/members/members.csv": 7,
    "/en/members/{home}/": 8,
    "/en/coalition/": 4,
    "/en/coalition/how-we-are-run/": 5,
    "/sitemap.xml": 9,
}
WORKSPACE = {
    "/workspace/sg/": 31,
    "/workspace/members/": 11,
    "/workspace/ballots/": 12,
    "/workspace/ballots/{ballot}/": 20,
    "/workspace/applications/": 11,
    "/workspace/applications/approved-0/": 21,
    "/workspace/decisions/": 11,
    "/workspace/decisions/?q=decision&year=2013": 11,
    "/workspace/organisations/{home}/": 28,
    "/workspace/organisations/{home}/people/": 12,
    "/workspace/organisations/{home}/memorandum/": 12,
    "/workspace/access/": 16,
}
OWN = {
    "/workspace/": 16,
    "/workspace/access/": 10,
    "/workspace/access/review/{review}/": 11,
    "/workspace/access/review/{past}/": 10,
    "/workspace/members/": 9,
    "/workspace/ballots/": 9,
    "/workspace/decisions/": 9,
    "/workspace/organisations/{home}/": 26,
    "/workspace/organisations/{home}/people/": 10,
}
DESK = {
    "/workspace/": 14,
    "/admin/members/memorandumversion/{version}/change/": 16,
    "/admin/members/person/{someone}/change/": 12,
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
    "/admin/members/accessreview/{review}/change/": 12,
    "/admin/members/accessreview/{past}/change/": 12,
    "/admin/efc/grant/": 13,
    "/workspace/sittings/new/": 10,
    "/workspace/sg/": 26,
    "/workspace/ballots/": 11,
    "/workspace/organisations/{home}/people/": 11,
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
        client.force_login(world.people[persona], backend=BACKEND)
    return client


@pytest.mark.parametrize(("address", "persona", "queries"), LISTS)
def test_any_number_of_organisations_costs_the_same(world, django_assert_num_queries, address, persona, queries):
    client, path = client_of(world, persona), address.format(**world.named)
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
