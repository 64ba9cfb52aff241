"""Progress reports and promises through the API: the verbs of the pages, from opening a period to the approved documents."""

import hashlib

import pytest

from efc.pdf import PDFError
from tests.workpackages.conftest import client_of
from workpackages.models import Narrative, Promise, ReportPeriod

PERIODS = "/api/v1/report-periods/"
TEXTS = "/api/v1/report-texts/"
DAYS = {"programme": "2026", "starts_on": "2026-01-01", "ends_on": "2026-03-16"}


@pytest.fixture
def officer(secretariat):
    return client_of(secretariat)


@pytest.fixture
def period(plan, officer):
    answer = officer.post(PERIODS, DAYS, "application/json")
    assert (answer.status_code, answer.json()["number"], answer.json()["status"]) == (201, 1, "open")
    return f"{PERIODS}{answer.json()['id']}/"


def test_a_report_goes_its_way_to_its_documents(plan, period, officer, chair, sg_member, monkeypatch):
    assert client_of(chair).post(period + "approve/").status_code == 409  # it has no figures yet
    refused = officer.post(period + "freeze/")
    assert refused.status_code == 400
    assert refused.json()["detail"][0].startswith("These are late and lack a justification: D1.1 Support mechanism.")
    cause = {"deliverable": plan.mechanism.pk, "cause": "One provider joins in April.", "proposed_on": "2026-04-30"}
    client_of(plan.operator).post("/api/v1/extensions/", cause, "application/json")
    assert officer.get(period + "figures/").json()["is_frozen"] is False
    assert officer.post(period + "freeze/").json()["status"] == "frozen"
    figures = officer.get(period + "figures/").json()
    assert (figures["is_frozen"], figures["figures"]["summary"]["late"]) == (True, 1)
    assert officer.post(period + "freeze/").status_code == 409
    assert officer.post(period + "send/").json() == {
        "detail": ["No agreed text yet: WP1 Operations, WP4 Training. Ask the leads, then agree to their text."]
    }
    for text in officer.get(TEXTS).json()["results"]:
        one = f"{TEXTS}{text['id']}/"
        officer.patch(one, {"text": f"What work package {text['work_package']} did."}, "application/json")
        assert officer.post(one + "agree/").json()["status"] == "agreed"
    assert officer.post(period + "send/").json()["status"] == "with_chair"
    assert officer.post(period + "approve/").status_code == 403
    decides, reads = client_of(chair), client_of(sg_member)
    assert reads.get(period).status_code == 404
    assert decides.post(period + "return/").json()["status"] == "frozen"
    officer.post(period + "send/")

    def broken(*args, **kwargs):
        raise PDFError("No fonts.")

    with monkeypatch.context() as patched:
        patched.setattr("efc.pdf.render", broken)
        failed = decides.post(period + "approve/")
    assert failed.status_code == 400
    assert failed.json()["detail"][0].startswith("The document could not be made. The report stays where it was")
    assert (officer.get(period).json()["trouble"], decides.get(period).json()["trouble"]) == ("No fonts.", "")
    approved = decides.post(period + "approve/").json()
    assert (approved["status"], approved["decision"]) == ("approved", "2026-1")
    for kind, start in (
        ("pdf", b"%PDF-"),
        ("xlsx", b"PK"),
        ("csv", b"\xef\xbb\xbfNo."),
        ("risks_csv", b"\xef\xbb\xbfNo."),
    ):
        data = b"".join(reads.get(f"{period}documents/{kind}/").streaming_content)
        assert data.startswith(start)
        assert hashlib.sha256(data).hexdigest() == approved["digests"][kind]
    assert reads.get(period + "documents/docx/").status_code == 404
    assert decides.post(period + "return/").status_code == 409


def test_days_that_cannot_be_a_period_are_refused(plan, period, officer, sg_member):
    assert client_of(sg_member).post(PERIODS, DAYS, "application/json").status_code == 403
    overlap = officer.post(PERIODS, {**DAYS, "starts_on": "2026-03-01"}, "application/json")
    assert overlap.status_code == 400
    assert "These days overlap another report of the programme." in str(overlap.json())
    before = officer.post(PERIODS, {**DAYS, "starts_on": "2025-12-01", "ends_on": "2025-12-31"}, "application/json")
    assert "The programme begins later." in str(before.json()["starts_on"])
    assert ReportPeriod.objects.count() == 1


def test_a_lead_writes_the_own_text_and_overwrites_no_other(plan, period, officer, representative):
    officer.post(period + "ask/")
    first, second = client_of(plan.trainer), client_of(plan.second_trainer)
    assert [text["work_package"] for text in first.get(TEXTS).json()["results"]] == [4]
    assert client_of(representative).get(TEXTS).json()["count"] == 0
    own = f"{TEXTS}{Narrative.objects.get(work_package=plan.training).pk}/"
    other = f"{TEXTS}{Narrative.objects.get(work_package=plan.operations).pk}/"
    read = second.get(own)["ETag"]
    assert first.patch(own, {"text": "One course was held."}, "application/json").json()["status"] == "drafted"
    late = second.patch(own, {"text": "Two."}, "application/json", headers={"If-Match": read})
    assert (late.status_code, second.get(own).json()["text"]) == (412, "One course was held.")
    now = second.get(own)["ETag"]
    both = second.patch(own, {"text": "Two courses were held."}, "application/json", headers={"If-Match": now})
    assert (both.status_code, both.json()["written_by"]) == (200, "Second trainer")
    assert first.patch(own, {}, "application/json").status_code == 400
    assert first.patch(other, {"text": "Mine."}, "application/json").status_code == 404
    assert first.post(own + "agree/").status_code == 403
    assert first.get(period).status_code == 404


def test_promises_are_counted_for_who_reads_the_deliverables(plan, sg_member, representative):
    Promise.objects.create(
        programme=plan.programme, text="A training book", planned=1, counter="deliverable", deliverable=plan.book
    )
    (row,) = client_of(sg_member).get("/api/v1/promises/").json()["results"]
    assert (row["programme"], row["text"], row["planned"], row["counted"], row["is_kept"]) == (
        "2026", "A training book", 1, 0, False,
    )  # fmt: skip
    assert row["evidence"][0]["text"] == "D4.1 Training book"
    assert client_of(sg_member).get("/api/v1/promises/?programme=2026").json()["count"] == 1
    assert client_of(sg_member).get("/api/v1/promises/?programme=1999").status_code == 404
    assert client_of(representative).get("/api/v1/promises/").json()["count"] == 0
