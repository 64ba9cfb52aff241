"""From the sent application to the ballot, without leaving the desk: checks, questions, route, ballot, decision."""

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from efc.models import AuditEntry, OutgoingMail
from members.models import Application, Ballot, Check
from members.services import applications, ballots
from tests.factories import (
    ApplicationFactory,
    DecisionFactory,
    MemberFactory,
    MemorandumVersionFactory,
    PaperFactory,
    PersonFactory,
    SeatFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
WORDS = "word " * 150


@pytest.fixture
def application():
    MemorandumVersionFactory(status="in_force")
    return ApplicationFactory(
        organisation_name="Bank", email="head@bank.example", contact_phone="+32 2 555 01 00", sent=True
    )


@pytest.fixture
def reviewed(application, secretariat):
    applications.review_application(application, by=secretariat)
    for check in application.checks.all():
        applications.set_check(check, Check.Result.PASSED, "", by=secretariat)
    return application


def at(application, what="change", *args):
    return reverse(f"admin:members_application_{what}", args=[application.pk, *args])


def act(client, application, name, **answers):
    return client.post(at(application, "act", name), answers)


def offered(client, application):
    return [label for _url, label in client.get(at(application)).context["acts"]]


def results(application, **given):
    """Return what the form of the checks posts: all as they stand, and what is given."""
    data = {}
    for check in application.checks.all():
        result, note = given.get(check.kind, (check.result, check.note))
        data |= {f"{check.kind}-result": result, f"{check.kind}-note": note}
    return data


def last_letter():
    letter = OutgoingMail.objects.order_by("pk").last()
    return letter.template, letter.address


# ── reading ──


def test_the_record_shows_the_answers_in_groups_and_hands_out_the_papers(secretariat_client, application):
    paper = PaperFactory(
        application=application, name="Statutes.pdf", file=ContentFile(b"%PDF-1.7 statutes", name="a.pdf")
    )
    other = PaperFactory(name="Of another.pdf")
    html = secretariat_client.get(at(application)).content.decode()
    assert "Two analysts, and what we know of payment patterns." in html
    assert "head@bank.example" in html
    answer = secretariat_client.get(at(application, "paper", paper.pk))
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 statutes"
    assert answer["Content-Disposition"].startswith("attachment")
    assert secretariat_client.get(at(application, "paper", other.pk)).status_code == 404


def test_a_draft_is_nobodys_business(secretariat_client):
    draft = ApplicationFactory()
    assert secretariat_client.get(at(draft)).status_code == 404
    assert act(secretariat_client, draft, "decline", reason="No.").status_code == 404


# ── checks and questions ──


def test_checks_are_saved_with_who_and_when_and_only_those_that_changed(secretariat_client, secretariat, application):
    secretariat_client.post(
        at(application, "checks"), results(application, identity=("passed", "Seen in the register of companies."))
    )
    check = application.checks.get(kind="identity")
    assert (check.result, check.note, check.checked_by) == ("passed", "Seen in the register of companies.", secretariat)
    assert timezone.now() - check.checked_at < timedelta(minutes=1)
    assert application.checks.exclude(checked_at=None).count() == 1
    assert AuditEntry.objects.filter(verb="members.check.set").count() == 1


def test_a_check_that_is_not_in_order_needs_a_note(secretariat_client, application):
    data = results(application, identity=("failed", ""), website=("failed", "It belongs to somebody else."))
    answer = secretariat_client.post(at(application, "checks"), data)
    assert answer.status_code == 422
    assert "Say what is not in order." in answer.content.decode()
    assert list(application.checks.exclude(result="open").values_list("kind", flat=True)) == ["website"]


def test_a_question_goes_to_the_applicant_and_the_answer_comes_back(secretariat_client, application):
    assert secretariat_client.post(at(application, "ask"), {"question": " "}).status_code == 422
    secretariat_client.post(at(application, "ask"), {"question": "Who supervises you?"})
    application.refresh_from_db()
    assert application.status == Application.Status.INFORMATION_REQUESTED
    assert last_letter() == ("members/application_information_requested", "head@bank.example")
    html = secretariat_client.get(at(application)).content.decode()
    assert "Who supervises you?" in html
    assert "Not answered yet." in html
    assert offered(secretariat_client, application) == ["Remind the applicant"]
    assert act(secretariat_client, application, "remind").status_code == 302
    assert last_letter() == ("members/application_reminder", "head@bank.example")
    again = act(secretariat_client, application, "remind")
    assert again.status_code == 422
    assert "Wait a day." in again.content.decode()
    applications.answer_inquiry(application.inquiries.get(), "The central bank.")
    assert "The central bank." in secretariat_client.get(at(application)).content.decode()


# ── the route ──


def test_the_route_waits_for_the_checks_and_the_note_has_150_words(secretariat_client, secretariat, application):
    applications.review_application(application, by=secretariat)
    early = act(secretariat_client, application, "route", route="meeting", note=WORDS)
    assert "Finish the checks first; then choose the route." in early.content.decode()
    for check in application.checks.all():
        applications.set_check(check, Check.Result.PASSED, "", by=secretariat)
    long = act(secretariat_client, application, "route", route="meeting", note=WORDS + "more")
    assert long.status_code == 422
    assert "The note has 151 words. Shorten it to 150." in long.content.decode()
    assert "At most 150 words; it has 151 now." in long.content.decode()
    assert act(secretariat_client, application, "route", route="meeting", note=WORDS).status_code == 302
    application.refresh_from_db()
    assert (application.route, len(application.route_note.split())) == ("meeting", 150)


def test_fast_track_names_its_decision(secretariat_client, reviewed):
    decision = DecisionFactory()
    refused = act(secretariat_client, reviewed, "route", route="fast_track", note="Named.")
    assert refused.status_code == 422
    assert "Choose the decision." in refused.content.decode()
    act(secretariat_client, reviewed, "route", route="fast_track", note="Named.", named_by=decision.pk)
    reviewed.refresh_from_db()
    assert (reviewed.route, reviewed.named_by) == ("fast_track", decision)


# ── the ballot ──


@pytest.fixture
def fast(reviewed, secretariat):
    applications.choose_route(reviewed, "fast_track", by=secretariat, note="Named before.", named_by=DecisionFactory())
    for name in ("Police", "Payments", "Rival"):
        SeatFactory(organisation=MemberFactory(name=name), holder=PersonFactory(user=UserFactory()))
    return reviewed


def test_a_silence_procedure_is_proposed_with_the_first_end_the_rule_allows(secretariat_client, fast):
    page = secretariat_client.get(at(fast, "act", "ballot"))
    initial = page.context["form"].initial
    assert (initial["kind"], initial["title"], initial["note"]) == ("silence", "Admission of Bank", "Named before.")
    assert initial["closes_at"].strftime("%H:%M") == "18:00"
    assert "3 seats would vote" in page.content.decode()


def test_a_ballot_is_prepared_looked_at_opened_reminded_and_cancelled(secretariat_client, fast):
    rival = MemberFactory._meta.model.objects.get(name="Rival")
    act(secretariat_client, fast, "recusal", recused=[rival.pk])
    answer = act(
        secretariat_client,
        fast,
        "ballot",
        kind="silence",
        title="Admission of Bank",
        question="Shall Bank be admitted?",
    )
    assert answer.status_code == 302, answer.context["form"].errors
    ballot = Ballot.objects.get()
    assert answer["Location"] == f"/admin/members/ballot/{ballot.pk}/change/"
    assert (ballot.application, ballot.status, ballot.kind) == (fast, "draft", "silence")
    assert "Prepare a ballot" not in offered(secretariat_client, fast)
    opening = secretariat_client.get(f"/admin/members/ballot/{ballot.pk}/act/open/")
    assert opening.context["facts"][0][0] == "2 seats would vote"
    assert opening.context["facts"][1] == ("Recused", ["Rival"])
    assert Ballot.objects.get().status == "draft"

    secretariat_client.post(f"/admin/members/ballot/{ballot.pk}/act/open/")
    ballot.refresh_from_db()
    assert (ballot.status, ballot.electorate.counting().count()) == ("open", 2)
    elector = ballot.electorate.get(organisation_name="Police")
    ballots.cast_vote(elector, "object", reason="A hidden reason.", by=elector.holder.user)
    page = secretariat_client.get(f"/admin/members/ballot/{ballot.pk}/change/").content.decode()
    assert "Has replied" in page
    assert "Recused:" in page
    assert "A hidden reason." not in page
    assert "<b>Object</b>" not in page
    reminding = secretariat_client.get(f"/admin/members/ballot/{ballot.pk}/act/remind/")
    assert reminding.context["facts"] == [("Not replied", ["Payments"])]
    secretariat_client.post(f"/admin/members/ballot/{ballot.pk}/act/remind/")
    assert last_letter()[0] == "members/ballot_reminder"

    secretariat_client.post(f"/admin/members/ballot/{ballot.pk}/act/cancel/")
    ballot.refresh_from_db()
    assert ballot.status == "cancelled"
    assert "Prepare a ballot" in offered(secretariat_client, fast)


def test_what_is_offered_follows_the_status(secretariat_client, application, secretariat):
    assert offered(secretariat_client, application) == []
    assert secretariat_client.get(at(application)).context["buttons"] == [("review", "Take up")]
    secretariat_client.post(at(application, "move", "review"))
    assert offered(secretariat_client, application) == [
        "Choose the route",
        "Recuse organisations",
        "Put off",
        "Approve",
        "Decline",
    ]


# ── the decision ──


def test_an_application_is_declined_with_its_reason(secretariat_client, reviewed):
    refused = act(secretariat_client, reviewed, "decline", reason="")
    assert refused.status_code == 422
    assert "Give the reason; the applicant reads it." in refused.content.decode()
    act(secretariat_client, reviewed, "decline", reason="Outside the aims.", may_apply_again_on="2030-01-01")
    reviewed.refresh_from_db()
    assert (reviewed.status, reviewed.reason, reviewed.may_apply_again_on) == (
        "declined",
        "Outside the aims.",
        date(2030, 1, 1),
    )
    assert last_letter() == ("members/application_declined", "head@bank.example")


def test_who_comes_second_is_told(secretariat_client, reviewed, second_officer):
    from members.services import memberships

    memberships.decline_application(reviewed, by=second_officer, reason="Outside the aims.")
    late = act(secretariat_client, reviewed, "put_off", reason="Next meeting.")
    assert late.status_code == 302
    page = secretariat_client.get(late["Location"]).content.decode()
    assert "does not apply to Bank any more. Somebody may have been faster" in page
    reviewed.refresh_from_db()
    assert reviewed.status == "declined"


def test_the_chain_leads_from_the_application_to_the_welcome_news(secretariat_client, reviewed):
    decision = DecisionFactory(title="Admission of Bank")
    act(secretariat_client, reviewed, "approve", decision=decision.pk, starts_on="2026-02-01")
    reviewed.refresh_from_db()
    chain = [what for what, _words, _url in secretariat_client.get(at(reviewed)).context["chain"]]
    assert chain == ["Decision", "Membership", "Memorandum"]
    term = reviewed.organisation.memberships.get()
    assert term.starts_on == date(2026, 2, 1)
    from tests.factories import NewsItemFactory

    NewsItemFactory(membership=term, title="Welcome, Bank")
    chain = secretariat_client.get(at(reviewed)).context["chain"]
    assert chain[-1][:2] == ("Welcome news", "Welcome, Bank: Draft")
