"""A draft that is left lying: kept for 90 days after its last change, two warnings, then erased. And the papers of a draft."""

from datetime import timedelta
from html import unescape

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from time_machine import travel

from efc.models import AuditEntry, OutgoingMail
from members import tasks
from members.models import Application, Paper
from members.services import applications as services
from tests.factories import ApplicationFactory, OrganisationFactory
from tests.members.applying import STEPS, pdf

pytestmark = pytest.mark.django_db


def letters(name):
    return OutgoingMail.objects.filter(template=f"members/{name}")


def days_later(days):
    return travel(timezone.now() + timedelta(days=days, minutes=1), tick=False)


def upload(content=None, name="Statutes.pdf"):
    return {"file": SimpleUploadedFile(name, pdf() if content is None else content, "application/pdf")}


def stored_files():
    folder = settings.MEDIA_ROOT / "paper"
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def test_two_warnings_then_everything_is_erased(client, django_capture_on_commit_callbacks, monkeypatch):
    application = ApplicationFactory(website="https://bank.example")
    services.add_paper(application, upload()["file"])
    services.start_application(application.email, "en")
    warned, expired = [], []
    began = timezone.now()
    clock = "members.models.applications.Now"
    with django_capture_on_commit_callbacks(execute=True):
        for day in range(1, 100):
            now = began + timedelta(days=day, minutes=1)
            monkeypatch.setattr(clock, lambda now=now: now)  # the database's clock
            with travel(now, tick=False):
                warned += [day] * services.warn_drafts()
                expired += [day] * services.expire_drafts()
            if day == 84:
                assert letters("application_draft_warning").count() == 2
    assert (warned, expired) == ([60, 83], [90])
    application.refresh_from_db()
    assert application.status == "expired"
    kept = [
        application.email,
        application.organisation_name,
        application.website,
        application.contact_name,
        application.contribution,
    ]
    assert kept == [""] * 5
    assert Paper.objects.count() == 0
    assert stored_files() == []
    assert OutgoingMail.objects.count() == 0
    assert not AuditEntry.objects.filter(target_label__regex="Bank|Statutes").exists()
    gone = client.get(application.get_applicant_url())
    assert gone.status_code == 410
    assert "Apply again" in unescape(gone.content.decode())


def test_saving_a_step_keeps_the_draft_for_another_ninety_days(client):
    application = ApplicationFactory()
    with days_later(85):
        assert services.warn_drafts() == 1
        client.post(f"{application.get_applicant_url()}contact/", STEPS["contact"])
        application.refresh_from_db()
        assert application.expires_at == timezone.now() + timedelta(days=90)
        assert application.first_warning_at is None
        assert services.warn_drafts() == 0


def test_who_comes_late_to_the_worker_gets_one_warning_not_two():
    ApplicationFactory()
    with days_later(88):
        assert services.warn_drafts() == 1
        assert services.warn_drafts() == 0


def test_an_address_that_nobody_confirmed_is_erased_after_seven_days_without_a_warning():
    services.start_application("nobody@bank.example", "en")
    assert services.warn_drafts() == 0
    Application.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert tasks.keep_drafts() == {"warned": 0, "expired": 1, "erased": 0}
    assert Application.objects.get().email == ""
    until = services.start_application("nobody@bank.example", "en").expires_at
    assert timedelta(days=6, hours=23) < until - timezone.now() <= timedelta(days=7)


def test_what_was_sent_never_expires():
    application = ApplicationFactory(sent=True)
    assert application.expires_at is None
    with days_later(400):
        assert (services.warn_drafts(), services.expire_drafts()) == (0, 0)


# ── what is closed ───────────────────────────────────────────────────────


def test_people_and_papers_of_a_closed_application_are_erased_after_a_year(
    client, secretariat, secretariat_client, django_capture_on_commit_callbacks
):
    application, withdrawn, waits, admitted = (ApplicationFactory(conflicts="A quagga of ours.") for _each in range(4))
    services.add_paper(application, upload()["file"])
    for one in (application, withdrawn, waits, admitted):
        services.submit_application(one)
    services.review_application(application, by=secretariat)
    question = services.ask_applicant(application, "Which quagga?", by=secretariat)
    services.answer_inquiry(question, "Our quagga.")
    services.withdraw_application(withdrawn)
    a_year_ago = timezone.now() - timedelta(days=365, minutes=1)
    closed = {"reason": "Another field.", "decided_at": a_year_ago}
    Application.objects.filter(pk=application.pk).update(status="declined", **closed)
    Application.objects.filter(pk=admitted.pk).update(status="approved", organisation=OrganisationFactory(), **closed)
    in_a_month = timezone.localdate() + timedelta(days=30)
    Application.objects.filter(pk=waits.pk).update(status="declined", may_apply_again_on=in_a_month, **closed)

    desk = "/admin/members/application/{}/change/".format
    day = timezone.localdate() + timedelta(days=365)
    assert f"are erased on {day:%-d %B %Y}" in secretariat_client.get(desk(withdrawn.pk)).content.decode()
    assert f"are erased on {in_a_month:%-d %B %Y}" in secretariat_client.get(desk(waits.pk)).content.decode()
    assert "are erased" not in secretariat_client.get(desk(admitted.pk)).content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        assert [services.erase_closed(), services.erase_closed()] == [1, 0]
    application.refresh_from_db()
    assert (application.organisation_name != "", application.reason) == (True, "Another field.")
    assert stored_files() == []
    page = secretariat_client.get(desk(application.pk)).content.decode()
    assert "are erased: the time for which they were kept is over" in page
    for word in ("quagga", "@bank.example", "Head of compliance", "Statutes.pdf"):
        assert word not in page
    assert secretariat_client.get(f"/admin/members/application/{application.pk}/letter/").status_code == 404
    assert client.get(application.get_applicant_url()).status_code == 410
    assert AuditEntry.objects.filter(verb="members.application.erase").count() == 1

    Application.objects.filter(pk=withdrawn.pk).update(updated_at=a_year_ago)
    assert services.erase_closed() == 1
    assert set(Application.objects.exclude(email="").values_list("pk", flat=True)) == {waits.pk, admitted.pk}


# ── papers ───────────────────────────────────────────────────────────────


def test_a_paper_is_added_read_and_removed(client, django_capture_on_commit_callbacks):
    application = ApplicationFactory()
    url = f"{application.get_applicant_url()}papers/"
    assert client.post(url, upload(name="Statutes 2026.pdf"))["Location"] == url
    paper = application.papers.get()
    assert paper.name == "Statutes 2026.pdf"
    file = client.get(f"{url}{paper.pk}/")
    assert b"".join(file.streaming_content).startswith(b"%PDF-")
    assert file["Content-Disposition"].startswith("attachment")
    other = ApplicationFactory()
    assert client.get(f"{other.get_applicant_url()}papers/{paper.pk}/").status_code == 404
    assert client.post(f"{other.get_applicant_url()}papers/{paper.pk}/").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"{url}{paper.pk}/")["Location"] == url
    assert (Paper.objects.count(), stored_files()) == (0, [])


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Choose a PDF."),
        (upload(b"not a pdf"), "cannot be read as a PDF"),
        (upload(b""), "This file is empty."),
        (upload(b"\x89PNG", "picture.png"), "Choose a PDF."),
        (upload(b"MZ", "tool.exe"), "Choose a PDF."),
        (upload(pdf(attachment=True)), "active content"),
    ],
)
def test_what_is_no_plain_pdf_is_refused(client, given, sentence):
    application = ApplicationFactory()
    answer = client.post(f"{application.get_applicant_url()}papers/", given)
    assert answer.status_code == 422
    assert sentence in unescape(answer.content.decode())
    assert Paper.objects.count() == 0


def test_a_sixth_paper_is_refused_and_the_same_one_counts_once(client):
    application = ApplicationFactory()
    url = f"{application.get_applicant_url()}papers/"
    for number in (1, 1, 2, 3, 4, 5):
        assert client.post(url, upload(pdf(f"Paper {number}"))).status_code == 302
    assert client.post(url, upload(pdf("Paper 6"))).status_code == 422
    assert application.papers.count() == 5


def test_no_paper_before_the_address_is_proven(client):
    application = services.start_application("new@bank.example", "en")
    url = application.get_applicant_url()
    assert client.post(f"{url}papers/", upload())["Location"] == url
    assert Paper.objects.count() == 0
    assert stored_files() == []


def test_the_name_of_a_paper_has_no_signs_that_hide(client):
    application = ApplicationFactory()
    client.post(f"{application.get_applicant_url()}papers/", upload(name="a\u202efdp<b>\u200b.pdf"))
    assert application.papers.get().name == "afdp b.pdf"
