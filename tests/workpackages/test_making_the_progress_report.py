"""The Secretariat makes the periodic progress report to the Commission (J8)."""

import csv
import hashlib
import io
from datetime import date

import openpyxl
import pytest
import time_machine
from django.db import DatabaseError, transaction
from pypdf import PdfReader

from efc.models import OutgoingMail
from members.models import Decision
from tests.factories import WorkPackageFactory
from tests.workpackages.conftest import client_of, pdf
from workpackages.models import Deliverable, Narrative, ReportPeriod
from workpackages.services import deliverables
from workpackages.services.awaiting import awaiting

ONE = "/workspace/reports/2026/1/"


@pytest.fixture
def officer(secretariat):
    return client_of(secretariat)


@pytest.fixture
def period(plan, officer):
    answer = officer.post("/workspace/reports/", {"starts_on": "2026-01-01", "ends_on": "2026-03-16"})
    assert answer["Location"] == ONE
    return ReportPeriod.objects.get()


def justify(plan):
    deliverables.request_extension(
        plan.mechanism, by=plan.operator, cause="One provider joins in April.", proposed_on=date(2026, 4, 30)
    )


def write_all(plan, officer):
    for number, lead in ((1, plan.operator), (4, plan.trainer)):
        client_of(lead).post(f"{ONE}texts/{number}/", {"text": f"What work package {number} did."})
        officer.post(f"{ONE}texts/{number}/", {"text": f"What work package {number} did.", "agree": "1"})


def test_the_next_period_is_proposed_from_the_last(plan, officer):
    page = officer.get("/workspace/reports/").content.decode()
    assert 'value="2026-01-01"' in page
    assert 'value="2026-03-16"' in page
    officer.post("/workspace/reports/", {"starts_on": "2026-01-01", "ends_on": "2026-02-28"})
    page = officer.get("/workspace/reports/").content.decode()
    assert 'value="2026-03-01"' in page


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (("2026-03-10", "2026-03-01"), "The last day lies before the first day."),
        (("2026-02-01", "2026-04-01"), "These days overlap another report of the programme."),
        (("2025-12-01", "2025-12-31"), "The programme begins later."),
        (("soon", "2026-12-31"), "Write the day as year, month and day"),
    ],
)
def test_days_that_cannot_be_a_period_are_explained(plan, officer, period, days, sentence):
    answer = officer.post("/workspace/reports/", dict(zip(("starts_on", "ends_on"), days, strict=True)))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert ReportPeriod.objects.count() == 1


def test_the_figures_do_not_freeze_while_a_late_deliverable_lacks_its_justification(plan, officer, period):
    answer = officer.post(ONE + "freeze/", follow=True)
    assert "These are late and lack a justification: D1.1 Support mechanism." in answer.content.decode()
    period.refresh_from_db()
    assert (period.status, period.figures) == ("open", None)

    justify(plan)
    officer.post(ONE + "freeze/")
    period.refresh_from_db()
    assert period.status == "frozen"
    assert period.figures["summary"] == {"total": 2, "delivered": 0, "late": 1, "planned": 1}
    [row] = [row for row in period.figures["deliverables"] if row["code"] == "D1.1"]
    assert (row["state"], row["justification"], row["baseline_month"]) == ("late", "One provider joins in April.", 1)


def test_what_changes_afterwards_is_listed_and_not_used(plan, officer, period):
    justify(plan)
    officer.post(ONE + "freeze/")
    deliverables.add_file(plan.book, pdf(), by=plan.trainer)
    deliverables.submit_deliverable(plan.book, by=plan.trainer, sentence="Done.", delivered_on=date(2026, 3, 16))

    page = officer.get(ONE).content.decode()
    assert "Changed since the figures were frozen" in page
    assert "D4.1 delivered on" in page
    period.refresh_from_db()
    assert period.figures["summary"]["delivered"] == 0

    officer.post(ONE + "thaw/")
    officer.post(ONE + "freeze/")
    period.refresh_from_db()
    assert period.figures["summary"]["delivered"] == 1
    assert "Changed since the figures were frozen" not in officer.get(ONE).content.decode()


def test_the_leads_are_asked_and_write_their_own_text(plan, officer, period):
    officer.post(ONE + "ask/")
    asked = OutgoingMail.objects.filter(template="workpackages/narrative_asked").values_list("address", "subject")
    assert sorted(asked) == [
        ("operator@member.example", "WP1: your text for the progress report"),
        ("second-trainer@member.example", "WP4: your text for the progress report"),
        ("trainer@member.example", "WP4: your text for the progress report"),
    ]
    assert [one.what for one in awaiting(plan.trainer)] == ["Write the text of WP4 for the progress report"]
    trainer = client_of(plan.trainer)
    assert trainer.get(ONE + "texts/4/").status_code == 200
    assert trainer.get(ONE + "texts/1/").status_code == 404
    assert trainer.post(ONE + "texts/1/", {"text": "Not mine."}).status_code == 404
    assert trainer.post(ONE + "texts/4/", {"text": " "}).status_code == 422
    trainer.post(ONE + "texts/4/", {"text": "One course was held."})
    row = Narrative.objects.get(work_package=plan.training)
    assert (row.text, row.status, row.written_by) == ("One course was held.", "drafted", plan.trainer)
    assert Narrative.objects.get(work_package=plan.operations).status == "empty"
    assert awaiting(plan.trainer) == []


def test_only_who_leads_can_be_asked(plan, officer, period):
    WorkPackageFactory(programme=plan.programme, number=5, name="Awareness", slug="awareness")
    Narrative.objects.create(period=period, work_package=plan.programme.work_packages.get(number=5))
    said = officer.post(ONE + "ask/", follow=True).content.decode()
    assert "3 people were asked for their text." in said
    nobody = "Nobody can write for WP5: name a person who leads it, or write the text yourself."
    assert said.count(nobody) == 2  # in the message and among the gaps
    asked = period.narratives.exclude(asked_at=None).values_list("work_package__number", flat=True)
    assert sorted(asked) == [1, 4]


def test_who_has_not_written_is_asked_again_on_another_day(officer, period):
    ask = lambda: officer.post(ONE + "ask/", follow=True).content.decode()  # noqa: E731
    assert "3 people were asked for their text." in ask()
    assert "Nobody was asked: the texts are agreed, or their leads were asked today already." in ask()
    assert OutgoingMail.objects.filter(template="workpackages/narrative_asked").count() == 3
    with time_machine.travel("2026-03-18 09:00+00:00", tick=False):
        assert "3 people were asked for their text." in ask()


def test_it_is_sent_when_every_text_is_agreed(plan, officer, period):
    justify(plan)
    officer.post(ONE + "freeze/")
    answer = officer.post(ONE + "send/", follow=True)
    assert "No agreed text yet: WP1 Operations, WP4 Training." in answer.content.decode()
    write_all(plan, officer)
    officer.post(ONE + "send/")
    period.refresh_from_db()
    assert period.status == "with_chair"
    late = client_of(plan.trainer).post(ONE + "texts/4/", {"text": "One more thing."})
    assert late.status_code == 422
    assert "The report is with the Chair or approved." in late.content.decode()


@pytest.fixture
def with_chair(plan, officer, period, chair):
    justify(plan)
    officer.post(ONE + "freeze/")
    write_all(plan, officer)
    officer.post(ONE + "send/")
    return period


def test_the_chair_approves_and_the_documents_are_final(plan, officer, with_chair, chair):
    assert OutgoingMail.objects.get(template="workpackages/report_ready").address == "chair@efc.example"
    assert [one.what for one in awaiting(chair)] == ["Approve Progress report 1", "D1.1 asks for more time"]
    assert officer.post(ONE + "approve/").status_code == officer.get(ONE + "approve/").status_code == 403

    assert 'href="approve/"' in client_of(chair).get(ONE).content.decode()
    assert "This cannot be undone." in client_of(chair).get(ONE + "approve/").content.decode()
    assert not Decision.objects.exists()
    client_of(chair).post(ONE + "approve/")
    assert client_of(chair).get(ONE + "approve/")["Location"] == ONE

    period = ReportPeriod.objects.get()
    assert (period.status, period.approved_by) == ("approved", chair)
    data = period.pdf.read()
    assert hashlib.sha256(data).hexdigest() == period.digests["pdf"]
    reader = PdfReader(io.BytesIO(data))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "0 of 2 deliverables are handed in; 1 were planned" in text
    assert "One provider joins in April." in text
    assert "What work package 4 did." in text
    assert "Draft" not in text
    assert len(reader.outline) > 0
    assert "/MarkInfo" in reader.trailer["/Root"]
    sheet = openpyxl.load_workbook(io.BytesIO(period.xlsx.read())).active
    assert [cell.value for cell in sheet[2]][:6] == ["D1.1", "Support mechanism", "WP1", plan_owner(plan), "CO", "M1"]
    rows = list(csv.reader(io.StringIO(period.csv.read().decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["No.", "D1.1", "D4.1"]
    decision = Decision.objects.get()
    assert decision.title == "Progress report 1 of Plan 2026 approved"
    assert period.digests["pdf"] in decision.text
    download = officer.get(ONE + "documents/xlsx/")
    assert b"".join(download.streaming_content)[:2] == b"PK"


def plan_owner(plan):
    return ", ".join(sorted(lead.organisation.name for lead in plan.operations.leads.all()))


def test_an_approved_report_stands(with_chair, chair):
    client_of(chair).post(ONE + "approve/")
    with pytest.raises(DatabaseError, match="is approved and stands"), transaction.atomic():
        ReportPeriod.objects.update(figures={})
    with pytest.raises(DatabaseError, match="is approved and stands"), transaction.atomic():
        ReportPeriod.objects.update(status="open")


def test_a_document_that_cannot_be_made_leaves_the_report_where_it_was(with_chair, chair, officer, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("no Pango")

    monkeypatch.setattr("weasyprint.HTML.write_pdf", broken)
    client = client_of(chair)
    answer = client.post(ONE + "approve/", follow=True)
    assert "The document could not be made. The report stays where it was" in answer.content.decode()
    period = ReportPeriod.objects.get()
    assert (period.status, period.trouble) == ("with_chair", "no Pango")
    assert not Decision.objects.exists()
    assert "no Pango" in officer.get(ONE).content.decode()
    today = officer.get("/admin/").content.decode()
    assert "The document of “Progress report 1” could not be made" in today
    assert "no Pango" in today
    at_the_desk = officer.get(f"/admin/workpackages/reportperiod/{period.pk}/change/").content.decode()
    assert "no Pango" in at_the_desk
    assert f'href="{ONE}"' in at_the_desk

    monkeypatch.undo()
    client.post(ONE + "approve/")
    period.refresh_from_db()
    assert (period.status, period.trouble) == ("approved", "")
    assert "could not be made" not in officer.get("/admin/").content.decode()


def test_the_chair_sends_it_back(with_chair, chair, secretariat):
    client_of(chair).post(ONE + "return/")
    with_chair.refresh_from_db()
    assert with_chair.status == "frozen"
    assert OutgoingMail.objects.get(template="workpackages/report_returned").address == secretariat.email


def test_who_may_read_a_report(with_chair, chair, sg_member, representative, plan):
    reader, outsider, lead = client_of(sg_member), client_of(representative), client_of(plan.trainer)
    assert [who.get(ONE).status_code for who in (reader, outsider, lead)] == [404, 404, 404]
    client_of(chair).post(ONE + "approve/")
    assert [who.get(ONE).status_code for who in (reader, outsider, lead)] == [200, 404, 404]
    assert reader.get(ONE + "documents/pdf/").status_code == 200
    assert outsider.get(ONE + "documents/pdf/").status_code == 404
    assert reader.get(ONE + "preview/").status_code == 404


def test_a_draft_can_be_looked_at_before(period, officer, plan):
    answer = officer.get(ONE + "preview/")
    assert answer["Content-Type"] == "application/pdf"
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert "Draft" in text
    assert Deliverable.objects.count() == 2
