"""Coming to the workspace: each main role is led to its page, and sees what waits, what is open and what was decided."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from efc import roles
from efc.permissions import redraw
from members.models import Application, Decision, MemorandumVersion, Seat
from members.services import ballots as ballot_verbs
from members.services.access import draw_grants
from tests import factories
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
QUERIES = 19


def signed_in(user):
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def home_of(user):
    answer = signed_in(user).get("/workspace/")
    return answer["Location"] if answer.status_code == 302 else answer.templates[0].name


def acting_for(*organisations):
    """Return an account that acts for these organisations."""
    user = factories.UserFactory()
    person = factories.PersonFactory(user=user)
    for organisation in organisations:
        factories.RepresentativeFactory(organisation=organisation, person=person)
    draw_grants()
    return user


def seat_of(slug, user=None, kind=Seat.Kind.FULL):
    """Return a seat of a new member, held by an account where one is given."""
    person = factories.PersonFactory(user=user) if user else None
    return factories.SeatFactory(organisation__slug=slug, organisation__name=slug, kind=kind, holder=person)


def sent(name, status=Application.Status.UNDER_REVIEW, days=5):
    return Application.objects.create(
        reference=f"EFC-A-2026-{name}", email=f"{name}@applicant.example", organisation_name=name, status=status,
        submitted_at=timezone.now() - timedelta(days=days), sector="payment", country="NO",
    )  # fmt: skip


def written_ballot(title, officer):
    prepared = ballot_verbs.prepare_ballot(
        kind="written", title=title, question="Shall it be?", closes_at=timezone.now() + timedelta(days=5), by=officer
    )
    return ballot_verbs.open_ballot(prepared, by=officer)


# ── where one is led ─────────────────────────────────────────────────────


def test_each_role_is_led_to_its_page(secretariat, chair, sg_member, advisory_member):
    observer = make_user("observer@commission.example", "Observer", roles.OBSERVER)
    assert home_of(secretariat) == "workspace/secretariat.html"
    assert [home_of(user) for user in (chair, sg_member, advisory_member)] == ["/workspace/sg/"] * 3
    assert home_of(observer) == "/workspace/decisions/"


def test_a_representative_comes_to_the_organisation_and_chooses_among_several():
    one, other = factories.MemberFactory(slug="bank"), factories.MemberFactory(name="Hotline", slug="hotline")
    assert home_of(acting_for(one)) == "/workspace/organisations/bank/"
    both = acting_for(one, other)
    assert home_of(both) == "workspace/organisations.html"
    page = signed_in(both).get("/workspace/").content.decode()
    assert "/workspace/organisations/bank/" in page
    assert "/workspace/organisations/hotline/" in page


def test_a_lead_comes_to_what_is_due_in_the_own_work_packages():
    today = timezone.localdate()
    plan = factories.ProgrammeFactory(starts_on=today.replace(month=1, day=1), ends_on=today.replace(month=12, day=31))
    own, other = (
        factories.WorkPackageFactory(programme=plan, number=n, name=name)
        for n, name in ((4, "Training"), (5, "Awareness"))
    )
    for package, title in ((own, "Training book"), (other, "Leaflet")):
        factories.DeliverableFactory(work_package=package, number=1, title=title, due_on=today + timedelta(days=5))
    lead = factories.UserFactory()
    factories.LeadPersonFactory(lead__work_package=own, person=factories.PersonFactory(user=lead))
    redraw()
    answer = signed_in(lead).get("/workspace/")
    assert answer.templates[0].name == "workspace/leading.html"
    assert [one.what for one in answer.context["waiting"]] == ["Say how D4.1 Training book stands"]
    page = " ".join(answer.content.decode().split())
    assert "<b>0 of 1</b> deliverables are delivered. <b>One thing</b> waits for you." in page
    assert "WP4 Training" in page
    assert "Leaflet" not in page


def test_who_has_no_role_reads_whom_to_ask_and_sees_no_overview(representative):
    nobody = factories.UserFactory()
    assert "Your account has no role yet" in signed_in(nobody).get("/workspace/").content.decode()
    for user in (nobody, representative):
        assert signed_in(user).get("/workspace/sg/").status_code == 404


def test_a_role_that_was_withdrawn_leads_nowhere_on_the_next_request(sg_member):
    client = signed_in(sg_member)
    assert client.get("/workspace/sg/").status_code == 200
    sg_member.grants.update(withdrawn_at=timezone.now())
    assert client.get("/workspace/sg/").status_code == 404


# ── the overview of the Steering Group ───────────────────────────────────


def test_the_overview_says_in_words_what_waits(secretariat, sg_member):
    seat_of("bank", sg_member)
    seat_of("hotline")
    draw_grants()
    for name in ("one", "two", "three"):
        sent(name)
    sent("decided", status=Application.Status.WITHDRAWN)
    written_ballot("Budget of the conference", secretariat)
    version = MemorandumVersion.objects.create(
        number="1", title="Memorandum", text="Text.", status="in_force", in_force_on=date(2026, 1, 1)
    )
    version.signatures.create(
        organisation=Seat.objects.get(organisation__slug="bank").organisation,
        signed_on=date(2026, 2, 1),
        signatory_name="Director",
        method="record",
    )
    answer = signed_in(sg_member).get("/workspace/sg/")
    lead = " ".join(answer.content.decode().partition("<h1>")[2].partition("</p>")[0].split())
    assert "<b>Three applications</b> wait for a decision." in lead
    assert "<b>One ballot</b> is open, and <b>one</b> waits for your vote." in lead
    assert "<b>1 of 2 members</b> have signed the memorandum." in lead
    assert [str(one) for one in answer.context["unsigned"]] == ["hotline"]


def test_open_ballots_show_how_many_replied_and_not_what(secretariat, sg_member):
    own = seat_of("bank", sg_member)
    other = factories.UserFactory()
    seat_of("hotline", other)
    seat_of("network")
    draw_grants()
    ballot = written_ballot("Budget of the conference", secretariat)
    ballot_verbs.cast_vote(ballot.electorate.of(other).get(), "object", by=other, reason="Far too dear for us.")
    page = signed_in(sg_member).get("/workspace/sg/").content.decode()
    assert "1 of 3" in page
    assert "not yet" in page
    assert "Far too dear" not in page
    ballot_verbs.cast_vote(ballot.electorate.get(seat=own), "agree", by=sg_member)
    page = signed_in(sg_member).get("/workspace/sg/").content.decode()
    assert "2 of 3" in page
    assert "not yet" not in page


def test_what_waits_is_sorted_by_date_and_only_the_nearest_stands_out(secretariat, sg_member):
    seat_of("bank", sg_member)
    draw_grants()
    sooner = written_ballot("Sooner", secretariat)
    later = written_ballot("Later", secretariat)
    type(later).objects.filter(pk=later.pk).update(closes_at=timezone.now() + timedelta(days=9))
    answer = signed_in(sg_member).get("/workspace/sg/")
    found = [one.url for one in answer.context["waiting"] if "/ballots/" in one.url]
    assert found == [sooner.get_absolute_url(), later.get_absolute_url()]
    todo = answer.content.decode().partition('class="todo"')[2].partition("</ul>")[0]
    assert todo.count("btn btn--s") == len(answer.context["waiting"])
    assert todo.count("btn--quiet") == len(answer.context["waiting"]) - 1


def test_an_empty_overview_says_what_will_appear(sg_member):
    page = signed_in(sg_member).get("/workspace/sg/").content.decode()
    for sentence in (
        "Nothing waits for you", "No ballot is open", "No applications are waiting", "No decision is on record yet", "No memorandum is in force",
    ):  # fmt: skip
        assert sentence in page


def test_an_advisory_member_sees_the_share_and_not_who_has_not_signed(advisory_member):
    factories.MemberFactory(name="Quagga bank")
    MemorandumVersion.objects.create(
        number="1", title="Memorandum", text="Text.", status="in_force", in_force_on=date(2026, 1, 1)
    )
    page = signed_in(advisory_member).get("/workspace/sg/").content.decode()
    assert "0 of 1" in page
    assert "Quagga bank" not in page


def test_the_overview_asks_as_often_for_many_as_for_few(secretariat, sg_member, django_assert_num_queries):
    """Hold the same number however many members, applications, ballots and decisions there are."""
    seat_of("bank", sg_member)
    draw_grants()

    def grow(first, last):
        for number in range(first, last):
            seat_of(f"member-{number}")
            sent(f"a{number}")
            written_ballot(f"Ballot {number}", secretariat)
            Decision.objects.create(
                year=2020,
                sequence=number + 1,
                decided_on=date(2020, 1, 1),
                title=f"Decision {number}",
                text="Text.",
                procedure="record",
            )

    MemorandumVersion.objects.create(
        number="1", title="Memorandum", text="Text.", status="in_force", in_force_on=date(2026, 1, 1)
    )
    client = signed_in(sg_member)
    grow(0, 1)
    client.get("/workspace/sg/")
    with django_assert_num_queries(QUERIES):
        client.get("/workspace/sg/")
    grow(1, 12)
    with django_assert_num_queries(QUERIES):
        client.get("/workspace/sg/")


# ── the side ─────────────────────────────────────────────────────────────


def links(user, path):
    answer = signed_in(user).get(path)
    return {label: count for _heading, rows in answer.context["workspace_nav"] for label, _url, count in rows}


def test_the_side_shows_what_the_role_may_open_and_how_much_waits(secretariat, sg_member):
    seat_of("bank", sg_member)
    draw_grants()
    sent("one")
    written_ballot("Budget of the conference", secretariat)
    assert links(sg_member, "/workspace/sg/") == {
        "Overview": None, "Ballots": 1, "Applications": 1, "Decisions": None, "Calendar": None, "Deliverables": None, "Promises": None, "Progress reports": None, "Members and people": None,
        "Documents": None, "Data collection": None, "Waiting for you": None, "Account and sign-in": None, "What you may do": None,
    }  # fmt: skip
    representative = acting_for(factories.MemberFactory(name="Small bank", slug="small-bank"))
    assert "Small bank" in links(representative, "/workspace/organisations/small-bank/")
    assert "Applications" not in links(representative, "/workspace/organisations/small-bank/")
