"""The leads keep the risk register of their work package, and say for each report how every risk stands."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from efc.models import OutgoingMail
from tests.factories import MilestoneFactory, ReportPeriodFactory, RiskFactory
from tests.workpackages.conftest import client_of
from workpackages.models import GRAVITY, Risk, RiskState
from workpackages.services import reports, risks
from workpackages.services.awaiting import awaiting
from workpackages.services.standing import milestones_and_risks

AREA = "/workspace/programmes/2026/wp/4/"
STATES = AREA + "risks/states/1/"
SAID = {
    "title": "A trainer cannot come", "effect": "A day would be given by somebody less prepared.", "likelihood": "medium",
    "impact": "low", "mitigation": "Two trainers prepare each day.",
}  # fmt: skip


@pytest.fixture
def trainer(plan):
    return client_of(plan.trainer)


@pytest.fixture
def period(plan):
    return ReportPeriodFactory(programme=plan.programme, number=1, starts_on="2026-01-01", ends_on="2026-03-16")


def test_how_grave_a_risk_is():
    assert {(str(a), str(b)): str(level) for (a, b), level in GRAVITY.items()} == {
        ("low", "low"): "low", ("low", "medium"): "low", ("low", "high"): "medium",
        ("medium", "low"): "low", ("medium", "medium"): "medium", ("medium", "high"): "high",
        ("high", "low"): "medium", ("high", "medium"): "high", ("high", "high"): "high",
    }  # fmt: skip


def test_a_lead_adds_what_was_not_foreseen_and_the_contract_keeps_its_numbers(plan, trainer, secretariat):
    answer = trainer.post(AREA + "risks/add/", {**SAID, "is_foreseen": "on", "number": "9"})
    assert answer["Location"] == AREA + "risks/1/"
    assert "Choose one." in trainer.post(AREA + "risks/add/", {**SAID, "impact": ""}).content.decode()
    foreseen = {**SAID, "title": "A partner leaves", "impact": "high", "is_foreseen": "on"}
    missing = client_of(secretariat).post(AREA + "risks/add/", foreseen)
    assert "Give the number that the risk has in the contract." in missing.content.decode()
    taken = client_of(secretariat).post(AREA + "risks/add/", {**foreseen, "number": "1"})
    assert "already has a risk of that number" in taken.content.decode()
    client_of(secretariat).post(AREA + "risks/add/", {**foreseen, "number": "5"})
    trainer.post(AREA + "risks/add/", {**SAID, "title": "The hall is closed"})
    rows = [
        (row.code, row.title, row.is_foreseen, row.raised_on, row.gravity) for row in Risk.objects.order_by("number")
    ]
    assert rows == [
        ("R4.1", "A trainer cannot come", False, date(2026, 3, 17), "low"), ("R4.5", "A partner leaves", True, date(2026, 1, 1), "high"),
        ("R4.6", "The hall is closed", False, date(2026, 3, 17), "low"),
    ]  # fmt: skip
    page = trainer.get("/workspace/wp/4/").content.decode()
    assert '<td class="matrix--high"><small>High</small><a href="/workspace/programmes/2026/wp/4/risks/5/"' in page


def test_the_contract_s_words_stand_and_the_measures_follow_the_work(plan, trainer):
    risk = RiskFactory(work_package=plan.training, number=2, title="A partner leaves", is_foreseen=True)
    address = AREA + "risks/2/change/"
    assert 'name="title"' not in trainer.get(address).content.decode()
    trainer.post(address, {**SAID, "title": "Something else", "mitigation": "Three partners share each task."})
    risk.refresh_from_db()
    assert (risk.title, risk.impact, risk.mitigation) == ("A partner leaves", "low", "Three partners share each task.")
    with pytest.raises(ValidationError, match="its title stands"):
        risks.change_risk(risk, by=plan.trainer, title="Something else")
    with pytest.raises(DatabaseError, match="keeps its number"), transaction.atomic():
        Risk.objects.update(number=3)
    assert risk.history.count() == 2


def test_a_risk_is_closed_and_opened_again(plan, trainer):
    risk = RiskFactory(work_package=plan.training, number=1)
    assert trainer.post(AREA + "risks/1/close/", {"closed_on": "2026-03-18"}).status_code == 422
    trainer.post(AREA + "risks/1/close/", {"closed_on": "2026-03-16"})
    risk.refresh_from_db()
    assert [risk.is_open_on(date(2026, 3, day)) for day in (15, 16)] == [True, False]
    assert "It was closed on 16 March 2026 already." in trainer.post(
        AREA + "risks/1/close/", {"closed_on": "2026-03-17"}
    ).content.decode()  # fmt: skip
    trainer.post(AREA + "risks/1/reopen/")
    risk.refresh_from_db()
    assert risk.closed_on is None


def test_who_reads_and_who_writes(plan, sg_member, observer, representative, period):
    RiskFactory(work_package=plan.training, number=1)
    pages = (AREA + "risks/1/", "/workspace/programmes/2026/risks/", AREA + "risks/1/change/", STATES)
    people = {"trainer": plan.trainer, "operator": plan.operator, "seat": sg_member, "observer": observer, "representative": representative}  # fmt: skip
    statuses = {who: [client_of(user).get(page).status_code for page in pages] for who, user in people.items()}
    assert statuses == {
        "trainer": [200, 200, 200, 200], "operator": [404, 404, 404, 404], "seat": [200, 200, 404, 404], "observer": [200, 200, 404, 404],
        "representative": [404, 404, 404, 404],
    }  # fmt: skip


def test_the_leads_are_asked_with_the_texts_and_answer_on_one_page(plan, trainer, period, secretariat):
    for number in (1, 2):
        RiskFactory(work_package=plan.training, number=number)
    RiskFactory(work_package=plan.training, number=3, closed_on="2026-01-01", raised_on="2026-01-01")
    RiskFactory(work_package=plan.training, number=4, raised_on="2026-03-17")  # after the period
    assert awaiting(plan.trainer) == []
    reports.ask_leads(period, by=secretariat)
    letter = OutgoingMail.objects.get(address="trainer@member.example")
    assert "how 3 risks of your work package stand" in letter.text
    assert "/workspace/programmes/2026/wp/4/risks/states/1/" in letter.text
    assert [one.what for one in awaiting(plan.trainer)] == [
        "Say how the risks of WP4 stand, for the progress report", "Write the text of WP4 for the progress report",
    ]  # fmt: skip

    said = {"r1-occurred": "no", "r1-mitigated": "yes", "r1-comment": "A second trainer stands ready."}
    half = trainer.post(STATES, {**said, "r2-comment": "It rained."})
    assert (half.status_code, half.content.decode().count("It rained.")) == (422, 1)
    assert RiskState.objects.count() == 0
    trainer.post(STATES, said)
    state = RiskState.objects.get()
    assert (state.risk.number, state.occurred, state.mitigated, state.comment) == (
        1,
        False,
        True,
        "A second trainer stands ready.",
    )
    assert "2 risks have none yet." in trainer.get("/workspace/wp/4/").content.decode()
    for number in (2, 3):
        said |= {f"r{number}-occurred": "yes", f"r{number}-mitigated": "no", f"r{number}-comment": "It happened."}
    trainer.post(STATES, said)
    assert RiskState.objects.count() == 3
    assert [one.what for one in awaiting(plan.trainer)] == ["Write the text of WP4 for the progress report"]


def test_with_an_agreed_text_only_the_risks_are_asked_for(plan, period, secretariat):
    period.narratives.update(status="agreed", text="Done.")
    risk = RiskFactory(work_package=plan.training)
    assert reports.ask_leads(period, by=secretariat) == 2
    assert set(OutgoingMail.objects.values_list("template", flat=True)) == {"workpackages/risk_states_asked"}
    for person in (plan.trainer, secretariat):
        risks.state_risk(risk, by=person, period=period, occurred=False, mitigated=True, comment="Quiet.")
    assert reports.ask_leads(period, by=secretariat) == 0


def test_the_overview_counts_both_on_any_day(plan, django_assert_num_queries):
    for number, month, reached in ((1, 1, "2026-02-10"), (2, 2, None), (3, 3, None), (4, 9, None)):
        MilestoneFactory(
            work_package=plan.training, number=number, baseline_month=month, status="reached" if reached else "planned", reached_on=reached
        )  # fmt: skip
    RiskFactory(work_package=plan.training, number=1, likelihood="high", impact="high")
    RiskFactory(work_package=plan.operations, number=1, likelihood="low", impact="low", raised_on="2026-03-10")
    RiskFactory(work_package=plan.operations, number=2, likelihood="high", impact="high", closed_on="2026-02-01")
    counted = {}
    for day in (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 17)):
        with django_assert_num_queries(2):
            now = milestones_and_risks(plan.programme, day)
        counted[day.month] = (now.reached, now.planned, now.total, len(now.late), len(now.high), len(now.risks))
    assert counted == {1: (0, 1, 4, 0, 2, 2), 2: (1, 2, 4, 0, 1, 1), 3: (1, 2, 4, 1, 1, 2)}
