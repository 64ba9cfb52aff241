"""What happens to an application that was sent, up to the decision: checks, questions and answers, the route, withdrawing."""

from datetime import timedelta
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from time_machine import travel

from efc.models import OutgoingMail
from efc.workflow import WrongStatus
from members.models import Application, Ballot, Check, Decision, Inquiry, MemorandumVersion
from members.services import applications as services
from members.services.decisions import record_decision
from tests.factories import ApplicationFactory, MembershipTermFactory, OrganisationFactory
from tests.members.applying import pdf

pytestmark = pytest.mark.django_db


def text_of(answer):
    return " ".join(unescape(answer.content.decode()).split())


@pytest.fixture
def application(secretariat):
    return services.review_application(ApplicationFactory(sent=True), by=secretariat)


def letters(name):
    return OutgoingMail.objects.filter(template=f"members/{name}")


def pass_checks(application, by):
    for check in application.checks.all():
        services.set_check(check, Check.Result.PASSED, "", by=by)


# ── checks ───────────────────────────────────────────────────────────────


def test_a_check_keeps_its_result_and_who_gave_it(application, secretariat, sg_member):
    check = application.checks.get(kind="identity")
    with pytest.raises(PermissionDenied):
        services.set_check(check, "passed", "", by=sg_member)
    with pytest.raises(ValidationError, match="Say what is not in order"):
        services.set_check(check, "failed", " ", by=secretariat)
    services.set_check(check, "failed", "Not in the register of the seat.", by=secretariat)
    check.refresh_from_db()
    assert (check.result, check.checked_by, check.checked_at is not None) == ("failed", secretariat, True)
    services.set_check(check, "open", "", by=secretariat)
    check.refresh_from_db()
    assert (check.checked_by, check.checked_at) == (None, None)


# ── questions and answers ────────────────────────────────────────────────


def test_the_applicant_answers_a_question_over_the_link(client, application, secretariat):
    inquiry = services.ask_applicant(application, "Who supervises you?", by=secretariat)
    letter = letters("application_information_requested").get()
    assert "Who supervises you?" in letter.text
    assert application.token in letter.text
    url = application.get_applicant_url()
    page = text_of(client.get(url))
    assert "Who supervises you?" in page
    assert "We asked you something" in page

    answer_url = f"{url}questions/{inquiry.pk}/"
    assert client.post(answer_url, {"answer": " "}).status_code == 422
    refused = client.post(answer_url, {"answer": "See hxxp://quagga.example"})
    assert refused.status_code == 422
    assert "quagga" in text_of(refused)
    assert client.post(answer_url, {"answer": "The national bank."})["Location"] == url
    application.refresh_from_db()
    inquiry.refresh_from_db()
    assert (application.status, inquiry.answer) == ("under_review", "The national bank.")
    assert "The national bank." in text_of(client.get(url))

    # an answer stands: the second press changes nothing
    assert client.post(answer_url, {"answer": "Nobody."})["Location"] == url
    assert Inquiry.objects.get().answer == "The national bank."


def test_after_the_last_of_two_questions_the_review_goes_on(application, secretariat):
    first = services.ask_applicant(application, "One?", by=secretariat)
    second = services.ask_applicant(application, "Two?", by=secretariat)
    services.answer_inquiry(first, "One.")
    application.refresh_from_db()
    assert application.status == "information_requested"
    services.answer_inquiry(second, "Two.")
    application.refresh_from_db()
    assert application.status == "under_review"


def test_nothing_is_asked_while_the_steering_group_votes(application, secretariat):
    Ballot.objects.create(
        kind="silence", title="On it", question="Admit?", application=application, status="open", rule_text="The rule."
    )
    with pytest.raises(ValidationError, match="A ballot on this application is open"):
        services.ask_applicant(application, "Who supervises you?", by=secretariat)


def test_a_question_of_another_application_is_not_found(client, application, secretariat):
    inquiry = services.ask_applicant(application, "Who?", by=secretariat)
    other = ApplicationFactory(sent=True)
    services.ask_applicant(other, "Where?", by=secretariat)
    url = f"{other.get_applicant_url()}questions/{inquiry.pk}/"
    assert client.get(url).status_code == 404
    assert client.post(url, {"answer": "Me."}).status_code == 404
    assert set(Inquiry.objects.values_list("answer", flat=True)) == {""}


def test_papers_can_be_added_when_asked_and_stay(client, application, secretariat):
    from django.core.files.uploadedfile import SimpleUploadedFile

    url = application.get_applicant_url()
    upload = {"file": SimpleUploadedFile("Statutes.pdf", pdf(), "application/pdf")}
    assert client.post(f"{url}papers/", upload)["Location"] == url
    assert application.papers.count() == 0
    services.ask_applicant(application, "Your statutes, please.", by=secretariat)
    upload["file"].seek(0)
    assert client.post(f"{url}papers/", upload)["Location"] == f"{url}papers/"
    paper = application.papers.get()
    assert client.post(f"{url}papers/{paper.pk}/")["Location"] == url
    assert application.papers.count() == 1


def test_reminding_once_a_day_and_only_while_a_question_is_open(application, secretariat):
    with pytest.raises(WrongStatus):
        services.remind_applicant(application, by=secretariat)
    services.ask_applicant(application, "Who supervises you?", by=secretariat)
    services.remind_applicant(application, by=secretariat)
    with pytest.raises(ValidationError, match="Wait a day"):
        services.remind_applicant(application, by=secretariat)
    assert "Who supervises you?" in letters("application_reminder").get().text


def test_the_clock_reminds_every_ten_days_for_two_months(application, secretariat):
    services.ask_applicant(application, "Who supervises you?", by=secretariat)
    asked = timezone.now()
    sent = []
    for day in range(1, 100):
        with travel(asked + timedelta(days=day, minutes=day), tick=False):
            sent += [day] * services.remind_unanswered()
    assert sent == [10, 20, 30, 40, 50]


# ── the route ────────────────────────────────────────────────────────────


def test_the_route_waits_for_the_checks(application, secretariat, sg_member):
    with pytest.raises(ValidationError, match="Finish the checks first"):
        services.choose_route(application, "meeting", by=secretariat, note="")
    pass_checks(application, secretariat)
    with pytest.raises(PermissionDenied):
        services.choose_route(application, "meeting", by=sg_member, note="")
    with pytest.raises(ValidationError, match="has 151 words"):
        services.choose_route(application, "meeting", by=secretariat, note="word " * 151)
    services.choose_route(application, "meeting", by=secretariat, note="word " * 150)
    application.refresh_from_db()
    assert (application.route, len(application.route_note.split())) == ("meeting", 150)


def test_fast_track_is_for_those_a_decision_has_named(application, secretariat):
    pass_checks(application, secretariat)
    with pytest.raises(ValidationError, match="Choose the decision"):
        services.choose_route(application, "fast_track", by=secretariat, note="")
    named = record_decision(
        title="Organisations to invite", text="We invite them.", decided_on=timezone.localdate(),
        procedure=Decision.Procedure.MEETING, by=secretariat,
    )  # fmt: skip
    services.choose_route(application, "fast_track", by=secretariat, note="Invited.", named_by=named)
    application.refresh_from_db()
    assert (application.route, application.named_by) == ("fast_track", named)
    services.choose_route(application, "meeting", by=secretariat, note="", named_by=named)
    application.refresh_from_db()
    assert application.named_by is None


def test_a_check_that_is_not_in_order_leads_to_the_meeting(application, secretariat):
    pass_checks(application, secretariat)
    services.set_check(
        application.checks.get(kind="conflicts"), "failed", "A competitor sits in the group.", by=secretariat
    )
    named = record_decision(
        title="Organisations to invite", text="We invite them.", decided_on=timezone.localdate(),
        procedure=Decision.Procedure.MEETING, by=secretariat,
    )  # fmt: skip
    with pytest.raises(ValidationError, match="Choose the meeting"):
        services.choose_route(application, "fast_track", by=secretariat, note="", named_by=named)
    services.choose_route(application, "meeting", by=secretariat, note="")


# ── withdrawing ──────────────────────────────────────────────────────────


def test_the_applicant_withdraws_after_one_more_question(client, application, secretariat):
    pass_checks(application, secretariat)
    ballot = Ballot.objects.create(kind="meeting", title="On it", question="Admit?", application=application)
    url = application.get_applicant_url()
    assert "Withdraw the application?" in text_of(client.get(f"{url}withdraw/"))
    assert Application.objects.get().status == "under_review"
    client.post(f"{url}withdraw/")
    application.refresh_from_db()
    ballot.refresh_from_db()
    assert (application.status, ballot.status) == ("withdrawn", "cancelled")
    assert application.reference in letters("application_withdrawn").get().subject
    for page in ("", "withdraw/", "check/"):
        answer = client.get(url + page)
        assert answer.status_code == 410
        assert "Apply again" in text_of(answer)


def test_withdrawing_a_draft_erases_it(client):
    application = ApplicationFactory(website="https://bank.example")
    client.post(f"{application.get_applicant_url()}withdraw/")
    application.refresh_from_db()
    assert (application.status, application.email, application.organisation_name) == ("withdrawn", "", "")
    assert client.get(application.get_applicant_url()).status_code == 410


def test_a_decided_application_cannot_be_withdrawn(client):
    application = ApplicationFactory(sent=True)
    Application.objects.filter(pk=application.pk).update(status="declined", reason="No.", decided_at=timezone.now())
    url = application.get_applicant_url()
    assert client.post(f"{url}withdraw/")["Location"] == url
    assert "did not accept the application" in text_of(client.get(url))
    assert Application.objects.get().status == "declined"


# ── the same organisation twice ──────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "website"),
    [("FUNDACION  ejemplo", ""), ("Another name", "http://fundacion.example/other")],
)
def test_a_second_application_of_an_organisation_stays_a_draft_and_the_first_hears_of_it(client, name, website):
    first = ApplicationFactory(
        organisation_name="Fundación Ejemplo", website="https://www.fundacion.example", sent=True
    )
    second = ApplicationFactory(organisation_name=name, website=website)
    for _press in range(2):
        answer = client.post(f"{second.get_applicant_url()}check/")
        assert answer.status_code == 422
        assert "is open already" in text_of(answer)
    second.refresh_from_db()
    assert second.status == "draft"
    assert {letter.address for letter in letters("application_same_organisation")} == {first.email}
    assert second.email not in letters("application_same_organisation")[0].text


@pytest.mark.parametrize(
    "fields", [{"name": "Example Bank"}, {"short_name": "Example Bank"}, {"website": "https://bank.example/x"}]
)
def test_a_member_cannot_apply_and_learns_nothing_that_is_not_public(client, fields):
    MembershipTermFactory(organisation=OrganisationFactory(is_public=False, **fields))
    application = ApplicationFactory(organisation_name="example bank", website="https://www.bank.example")
    answer = client.post(f"{application.get_applicant_url()}check/")
    assert answer.status_code == 422
    assert "Write to the Secretariat" in text_of(answer)
    assert Application.objects.get().status == "draft"


def test_pages_on_a_shared_site_are_not_the_same_organisation():
    ApplicationFactory(website="https://www.facebook.com/one", sent=True)
    assert ApplicationFactory(website="https://facebook.com/two", sent=True).status == "submitted"


def test_who_was_declined_can_apply_again_from_the_day_that_was_said(client):
    declined = ApplicationFactory(email="a@bank.example", organisation_name="Example Bank", sent=True)
    day = timezone.localdate() + timedelta(days=30)
    Application.objects.filter(pk=declined.pk).update(status="declined", reason="No.", may_apply_again_on=day)
    again = ApplicationFactory(email="a@bank.example", organisation_name="Example Bank")
    assert "can apply again from" in text_of(client.post(f"{again.get_applicant_url()}check/"))
    stranger = ApplicationFactory(email="b@bank.example", organisation_name="Example Bank", sent=True)
    assert stranger.status == "submitted"


# ── the memorandum ───────────────────────────────────────────────────────


def test_what_is_accepted_is_the_version_that_was_read(client):
    old = MemorandumVersion.objects.create(number="1", title="Memorandum", text="We *share*.", status="in_force")
    application = ApplicationFactory(accepts_memorandum=False)
    url = f"{application.get_applicant_url()}declarations/"
    assert "We <em>share</em>." in client.get(url).content.decode()
    answers = {"accepts_memorandum": "on", "has_authority": "on", "accepts_privacy": "on"}
    assert client.post(url, {**answers, "shown": str(old.pk)}).status_code == 302
    application.refresh_from_db()
    assert application.memorandum == old

    MemorandumVersion.objects.filter(pk=old.pk).update(status="replaced")
    new = MemorandumVersion.objects.create(number="2", title="Memorandum", text="We share more.", status="in_force")
    assert "accept it again" in text_of(client.post(f"{application.get_applicant_url()}check/"))
    late = client.post(url, {**answers, "shown": str(old.pk)})
    assert late.status_code == 422
    assert "Read it and accept it again." in text_of(late)
    assert client.post(url, {**answers, "shown": str(new.pk)}).status_code == 302
    assert client.post(f"{application.get_applicant_url()}check/").status_code == 302
    application.refresh_from_db()
    assert (application.status, application.memorandum) == ("submitted", new)


def test_a_letter_that_failed_shows_among_those_about_the_application(application):
    letters("application_received").update(state="failed", last_error="550 no such mailbox")
    about = services.letters_about(application)
    assert list(about.filter(state="failed").values_list("last_error", flat=True)) == ["550 no such mailbox"]


@pytest.mark.parametrize(("status", "shown"), [("under_review", False), ("approved", True), ("declined", True)])
def test_the_letter_is_offered_once_it_is_decided(client, application, status, shown):
    Application.objects.filter(pk=application.pk).update(
        status=status, reason="No.", decided_at=timezone.now(), organisation=OrganisationFactory()
    )
    assert (
        f'href="{application.get_applicant_url()}letter/"'
        in client.get(application.get_applicant_url()).content.decode()
    ) is shown
