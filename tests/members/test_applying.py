"""An organisation applies: the start, the link, four steps, the check, the reference, the status page."""

from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from efc.adminsite import trail
from efc.gate import signer
from efc.models import AuditEntry, OutgoingMail
from efc.workflow import WrongStatus
from members.models import Application, Check
from members.services import applications as services
from tests.factories import ApplicationFactory, WorkPackageFactory
from tests.members.applying import STEPS, began, fill, pdf, start

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reading_takes_no_time(monkeypatch):
    monkeypatch.setattr("efc.gate.QUICKEST", timedelta(0))


def text_of(answer):
    return " ".join(unescape(answer.content.decode()).split())


def test_the_page_on_joining_leads_to_the_start(client):
    html = client.get("/en/members/join/").content.decode()
    assert 'href="/en/members/join/apply/"' in html
    assert "ten working days" in html
    assert client.get("/en/members/join/apply/").status_code == 200


def test_an_applicant_goes_from_the_address_to_the_status_page(client):
    WorkPackageFactory(number=2, name="Training")
    assert start(client)["Location"] == "/en/members/join/apply/sent/"
    application = Application.objects.get()
    url = application.get_applicant_url()
    assert url == f"/a/{application.token}/"
    letter = OutgoingMail.objects.get()
    assert (letter.address, letter.template) == ("director@fundacion.example", "members/application_link")
    assert f"http://localhost:8000{url}" in letter.text

    # the link itself proves nothing; the button does
    assert "One press confirms" in text_of(client.get(url))
    assert client.get(f"{url}organisation/")["Location"] == url
    assert Application.objects.get().email_proven_at is None
    assert client.post(url)["Location"] == url
    assert Application.objects.get().email_proven_at is not None
    assert "Four short steps" in text_of(client.get(url))

    # each step saves and leads to the next
    assert "WP2 Training" in text_of(client.get(f"{url}contribution/"))
    STEPS["contribution"] |= {"interests": ["WP2"]}
    places = [answer["Location"] for answer in fill(client, application)]
    STEPS["contribution"].pop("interests")
    assert places == [f"{url}contact/", f"{url}contribution/", f"{url}declarations/", f"{url}check/"]
    page = text_of(client.get(f"{url}check/"))
    for shown in (
        "Fundación Ejemplo",
        "https://www.fundacion.example/about",
        "Spain",
        "WP2 Training",
        "eight analysts",
        "None known",
    ):
        assert shown in page

    # sent: a reference, the list of checks, a copy by letter, the status
    assert client.post(f"{url}check/")["Location"] == url
    application.refresh_from_db()
    assert application.status == "submitted"
    assert application.reference == f"EFC-A-{application.submitted_at.year}-0001"
    assert set(Check.objects.values_list("kind", "result")) == {(kind, "open") for kind in Check.Kind.values}
    copy = OutgoingMail.objects.order_by("-pk").first()
    assert copy.template == "members/application_received"
    assert application.reference in copy.subject
    assert "What you would bring: A hotline with eight analysts" in copy.text
    status = client.get(url)
    assert "We have your application" in text_of(status)
    assert status["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in status["Cache-Control"]
    verbs = (
        AuditEntry.objects.filter(verb__startswith="members.application").values_list("verb", flat=True).order_by("pk")
    )
    assert list(verbs) == [f"members.application.{verb}" for verb in ("start", "prove", "submit")]
    assert {who for _at, who, *_act in trail(application)} == {"the applicant"}


def test_what_was_sent_cannot_be_changed_over_the_link(client):
    application = ApplicationFactory(sent=True)
    url = application.get_applicant_url()
    for page in ("organisation/", "check/", "papers/"):
        assert client.get(url + page)["Location"] == url
        assert client.post(url + page, STEPS["organisation"])["Location"] == url
    application.refresh_from_db()
    assert application.organisation_name.startswith("Example Bank")


def test_a_known_address_gets_the_same_page_and_the_link_to_what_is_open(client):
    first = start(client)
    again = start(client)
    assert (first.status_code, first["Location"]) == (again.status_code, again["Location"])
    assert Application.objects.count() == 1
    start(client, language="fr")
    assert OutgoingMail.objects.order_by("-pk").first().language == "fr"
    sent = ApplicationFactory(email="sent@bank.example", sent=True)
    assert start(client, email="Sent@bank.example")["Location"] == first["Location"]
    letter = OutgoingMail.objects.order_by("-pk").first()
    assert letter.template == "members/application_already_open"
    assert sent.get_applicant_url() in letter.text
    assert Application.objects.count() == 2


def test_the_fourth_letter_to_one_address_on_a_day_is_kept_back(client, settings):
    settings.APPLY_LIMITS = [(100, 60)]
    assert {start(client)["Location"] for _time in range(4)} == {"/en/members/join/apply/sent/"}
    assert list(OutgoingMail.objects.order_by("pk").values_list("state", flat=True)) == ["queued"] * 3 + ["skipped"]


@pytest.mark.parametrize("changes", [{"homepage": "mine"}, {"gate_time": "changed"}])
def test_a_program_meets_the_gate(client, changes):
    assert start(client, **changes).status_code == 422
    assert Application.objects.count() == OutgoingMail.objects.count() == 0


@pytest.mark.parametrize("email", ["", "nobody", "a@b.example,c@d.example", "x" * 250 + "@b.example"])
def test_an_address_that_is_none_is_asked_for_again(client, email):
    answer = client.post("/en/members/join/apply/", {"email": email, "gate_time": signer.sign("open")})
    assert answer.status_code == 422
    assert Application.objects.count() == 0


@pytest.mark.parametrize(
    ("step", "changes", "sentence"),
    [
        ("organisation", {"organisation_name": ""}, "Write the legal name of your organisation."),
        ("organisation", {"organisation_name": "Visit hxxp://quagga.example"}, "Write the name without a web address."),
        ("organisation", {"legal_form": "see quagga.com"}, "Leave out web addresses here"),
        ("organisation", {"kind": ""}, "Choose the kind of your organisation."),
        ("organisation", {"kind": "circus"}, "Choose one from the list."),
        ("organisation", {"country": "XX"}, "Choose one from the list."),
        ("organisation", {"website": "ftp://quagga.example"}, "Give the address of your own website"),
        ("organisation", {"website": "https://user@quagga.example"}, "Give the address of your own website"),
        ("organisation", {"website": "https://quagga.onion/"}, "Give the address of your own website"),
        ("organisation", {"website": "https://127.0.0.1/"}, "Give the address of your own website"),
        ("organisation", {"website": "https://[quagga"}, "Give the address of your own website"),
        ("organisation", {"website": "javascript:quagga"}, "Give the address of your own website"),
        ("contact", {"contact_name": "A\nB"}, "Write this on one line."),
        ("contact", {"contact_role": "quagga.net"}, "Leave out web addresses here"),
        ("contact", {"contact_phone": "call me"}, "Write the number in figures"),
        ("contribution", {"contribution": ""}, "Write what you would bring"),
        ("contribution", {"contribution": "x" * 1201}, "Shorten it to 1,200 characters; it has 1201."),
        ("contribution", {"contribution": "look at www.quagga.example"}, "Leave out web addresses here"),
        ("contribution", {"interests": ["WP9"]}, "Choose one from the list."),
        ("declarations", {"has_authority": ""}, "Confirm that you may apply"),
        ("declarations", {"accepts_memorandum": ""}, "Accept the memorandum"),
        ("declarations", {"conflicts": "https://quagga.example"}, "Leave out web addresses here"),
    ],
)
def test_a_step_says_what_to_do_and_keeps_what_was_typed(client, step, changes, sentence):
    WorkPackageFactory(number=2)
    application = began(client)
    url = f"{application.get_applicant_url()}{step}/"
    sent = {**STEPS[step], **changes}
    answer = client.post(url, {name: value for name, value in sent.items() if value != ""})

    assert answer.status_code == 422
    page = text_of(answer)
    assert sentence in page
    assert "<title>Error: " in page
    kept = [
        value
        for name, value in STEPS[step].items()
        if name not in changes and value not in ("", "on") and len(value) > 3
    ]
    assert all(value in page for value in kept)
    application.refresh_from_db()
    assert (application.organisation_name, application.contribution, application.contact_name) == ("", "", "")


def test_a_name_may_hold_the_organisations_own_website(client):
    application = began(client)
    answers = {**STEPS["organisation"], "organisation_name": "Travel.com Ltd", "website": "https://www.travel.com"}
    assert client.post(f"{application.get_applicant_url()}organisation/", answers).status_code == 302


def test_a_draft_waits_for_the_applicant_in_any_browser(client):
    application = began(client)
    url = application.get_applicant_url()
    later = client.post(f"{url}contact/", {**STEPS["contact"], "later": "1"})
    assert later["Location"] == url
    elsewhere = Client()
    page = elsewhere.get(f"{url}contact/")
    assert 'value="Director of the foundation"' in page.content.decode()
    assert "Complete" in text_of(elsewhere.get(url))


def test_a_step_with_answers_missing_is_kept_for_who_comes_back_later(client):
    application = began(client)
    url = application.get_applicant_url()
    half = {"organisation_name": "Half a foundation", "legal_form": "", "kind": "", "later": "1"}
    assert client.post(f"{url}organisation/", half)["Location"] == url
    assert 'value="Half a foundation"' in client.get(f"{url}organisation/").content.decode()
    assert "Complete" not in text_of(client.get(url))

    faulty = client.post(f"{url}contact/", {**STEPS["contact"], "contact_phone": "abc", "later": "1"})
    assert faulty.status_code == 422  # what is there but cannot be kept is said


def test_sending_says_which_steps_are_missing(client):
    application = began(client)
    url = application.get_applicant_url()
    client.post(f"{url}contact/", STEPS["contact"])
    answer = client.post(f"{url}check/")
    assert answer.status_code == 422
    assert "Some answers are missing" in text_of(answer)
    assert text_of(answer).count("Answers are missing in this step.") == 3
    assert Application.objects.get().status == "draft"


def test_the_verbs_themselves_refuse_before_the_address_is_proven():
    application = ApplicationFactory(email_proven_at=None)
    for verb, given in [
        (services.save_step, ("contact", STEPS["contact"])),
        (services.submit_application, ()),
        (services.add_paper, (SimpleUploadedFile("a.pdf", pdf()),)),
    ]:
        with pytest.raises(WrongStatus):
            verb(application, *given)


def test_references_count_through_the_year_and_open_nothing(client):
    first, second = ApplicationFactory(sent=True), ApplicationFactory(sent=True)
    year = first.submitted_at.year
    assert [first.reference, second.reference] == [f"EFC-A-{year}-0001", f"EFC-A-{year}-0002"]
    assert client.get(f"/a/{first.reference}/").status_code == 404


def test_the_pages_speak_the_language_in_which_the_applicant_began(client):
    application = began(client, language="fr")
    assert application.language == "fr"
    assert '<html lang="fr"' in client.get(application.get_applicant_url()).content.decode()


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 44])
def test_an_unknown_link_says_what_to_do(client, token):
    for page in ("", "organisation/", "nonsense/", "papers/1/", "withdraw/"):
        for answer in (client.get(f"/a/{token}/{page}"), client.post(f"/a/{token}/{page}")):
            assert answer.status_code == 404
            assert "copy the whole link from our letter" in text_of(answer)


def test_a_step_that_does_not_exist_is_not_found(client):
    assert client.get(f"{began(client).get_applicant_url()}nonsense/").status_code == 404
