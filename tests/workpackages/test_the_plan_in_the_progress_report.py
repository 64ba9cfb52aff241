"""Milestones and risks with their states of play go into the progress report, and stay there as they were frozen."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from pypdf import PdfReader

from efc.figures import gather
from tests.factories import MilestoneEvidenceFactory, MilestoneFactory, ReportPeriodFactory, RiskFactory
from tests.workpackages.conftest import client_of
from workpackages import exports, pdf
from workpackages.services import milestones, reports, risks
from workpackages.services.standing import milestones_and_risks
from workpackages.templatetags.standing_tags import milestone_counts

ONE = "/workspace/reports/2026/1/"


@pytest.fixture
def period(plan):
    """The first report of 2026: one milestone reached, one late; one risk that occurred, one of which nothing is said."""
    first = MilestoneFactory(work_package=plan.training, number=1, title="Programme agreed", baseline_month=1)
    MilestoneEvidenceFactory(milestone=first, sentence="All trainers agreed in writing.")
    milestones.reach_milestone(first, by=plan.trainer, reached_on=plan.programme.starts_on.replace(month=2, day=10))
    late = MilestoneFactory(work_package=plan.operations, number=1, title="First round begun", baseline_month=2)
    late.reschedulings.create(due_before_on="2026-01-31", due_on=late.due_on, reason="One bank joins later.")
    period = ReportPeriodFactory(
        programme=plan.programme, number=1, starts_on="2026-01-01", ends_on="2026-03-16", pdf=""
    )
    period.refresh_from_db()
    risk = RiskFactory(
        work_package=plan.training, number=1, title="A trainer cannot come", mitigation="=Two trainers prepare."
    )
    RiskFactory(work_package=plan.operations, number=1, title="A bank leaves", is_foreseen=True)
    risks.state_risk(
        risk, by=plan.trainer, period=period, occurred=True, mitigated=True, comment="A second trainer stepped in."
    )
    plan.mechanism.extensions.create(
        due_before_on="2026-01-31", proposed_on="2026-04-30", cause="One provider joins in April."
    )
    return period


def test_a_risk_of_which_nothing_is_said_is_a_gap_and_holds_up_nothing(period, secretariat):
    officer = client_of(secretariat)
    page = officer.get(ONE).content.decode()
    gaps = page[page.index('id="gaps"') : page.index('id="sum"')]
    assert "R1.1 A bank leaves" in gaps
    assert 'href="/workspace/programmes/2026/wp/1/risks/states/1/"' in gaps
    assert "R4.1" not in gaps
    officer.post(ONE + "freeze/")
    period.refresh_from_db()
    assert period.status == "frozen"
    [risk] = [row for row in period.figures["risks"] if row["code"] == "R4.1"]
    assert risk["state"] == {"occurred": True, "mitigated": True, "comment": "A second trainer stepped in."}
    assert [(row["code"], row["state"], row["reached_on"]) for row in period.figures["milestones"]] == [
        ("MS1.1", "late", None), ("MS4.1", "reached", "2026-02-10"),
    ]  # fmt: skip


def test_what_is_said_after_the_freeze_is_listed_and_not_used(period, secretariat, plan):
    officer, operator = client_of(secretariat), client_of(plan.operator)
    officer.post(ONE + "freeze/")
    said = {"r1-occurred": "no", "r1-mitigated": "yes", "r1-comment": "All banks stayed."}
    answer = operator.post("/workspace/programmes/2026/wp/1/risks/states/1/", said, follow=True).content.decode()
    assert "The figures of the report are frozen: ask the Secretariat to read them again." in answer
    period.refresh_from_db()
    now = gather(plan.programme, period.starts_on, period.ends_on, secretariat)
    assert reports.changes(period.figures, now) == [("R1.1 state of play", "–", "All banks stayed.")]
    assert "All banks stayed." in officer.get(ONE).content.decode()
    period.status = "with_chair"
    period.save()
    late = operator.post("/workspace/programmes/2026/wp/1/risks/states/1/", {**said, "r1-comment": "One left."})
    assert "The report is with the Chair or approved." in late.content.decode()
    assert risks.due_in(period)[0].stated[0].comment == "All banks stayed."


def test_the_documents_hold_both_with_the_commission_s_columns(period, plan, secretariat):
    figures = gather(plan.programme, period.starts_on, period.ends_on, secretariat)
    text = " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.preview(period, figures))).pages).split()
    )
    for part in (
        "5. Milestones",
        "All trainers agreed in writing. (minutes.pdf)",
        "One bank joins later.",
        "6. Risks",
        "A second trainer stepped in.",
    ):
        assert part in text
    book = openpyxl.load_workbook(io.BytesIO(exports.workbook(figures)))
    assert book.sheetnames == ["Deliverables", "Milestones", "Risks"]
    rows = [[cell.value or None for cell in row] for row in book["Milestones"].iter_rows()]
    assert rows[0] == [
        "No.", "Milestone name", "WP", "Lead beneficiary", "Due month (Annex I)", "Due date (Annex I)", "Means of verification", "Achieved",
        "Actual achievement date", "Forecast achievement date", "Evidence", "Comments",
    ]  # fmt: skip
    assert rows[1][7:] == ["No", None, "2026-02-28", None, "One bank joins later."]
    assert rows[2][7:9] == ["Yes", "2026-02-10"]
    rows = [[cell.value or None for cell in row] for row in book["Risks"].iter_rows()]
    assert rows[1][0:7] == [
        "R1.1",
        "A bank leaves",
        "WP1",
        "Yes",
        "The course would take place a quarter later.",
        "Medium",
        "High",
    ]
    assert rows[1][9:12] == [None, None, None]
    assert rows[2][7] == "=Two trainers prepare."
    assert rows[2][9:12] == ["Yes", "Yes", "A second trainer stepped in."]
    lines = list(csv.reader(io.StringIO(exports.risks_csv(figures).decode("utf-8-sig"))))
    assert [line[0] for line in lines] == ["No.", "R1.1", "R4.1"]
    assert lines[2][7] == "'=Two trainers prepare."
    lines = list(csv.reader(io.StringIO(exports.milestones_csv(figures).decode("utf-8-sig"))))
    assert [line[0] for line in lines] == ["No.", "MS1.1", "MS4.1"]


@pytest.mark.parametrize(
    ("day", "milestones_counted", "risks_counted"),
    [
        (date(2026, 1, 31), (0, 1, 2), (2, 2)),
        (date(2026, 2, 28), (1, 2, 2), (2, 2)),
        (date(2026, 3, 16), (1, 2, 2), (1, 1)),
    ],
)
def test_the_report_counts_as_the_overview_does(period, plan, secretariat, day, milestones_counted, risks_counted):
    plan.training.risks.update(closed_on="2026-03-01")
    figures, now = gather(plan.programme, date(2026, 1, 1), day, secretariat), milestones_and_risks(plan.programme, day)
    assert tuple(milestone_counts(figures).values()) == (now.reached, now.planned, now.total) == milestones_counted
    left = [row for row in figures["risks"] if row["closed_on"] is None]
    high = [row for row in left if row["gravity"] == "high"]
    assert (len(left), len(high)) == (len(now.risks), len(now.high)) == risks_counted


def test_figures_frozen_before_still_make_their_documents(period, plan, secretariat):
    officer = client_of(secretariat)
    officer.post(ONE + "freeze/")
    period.refresh_from_db()
    period.figures = {key: value for key, value in period.figures.items() if key not in ("milestones", "risks")}
    period.save()
    assert officer.get(ONE).status_code == 200
    text = " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.progress_report(period))).pages).split()
    )
    assert "These figures were read before milestones were kept here." in text
    assert len(exports.milestones_csv(period.figures).splitlines()) == 1
    now = gather(plan.programme, period.starts_on, period.ends_on, secretariat)
    assert reports.changes(period.figures, now) == []
