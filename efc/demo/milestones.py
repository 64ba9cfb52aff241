"""Milestones with their evidence and the risk register: of the closed project by what is on record, of this year's plan made up around today,
with a progress report of the first half-year that waits for its last texts and states of play.
"""

from datetime import date, timedelta

from django.utils import timezone

from efc.demo.deliverables import MADE_UP, ON_RECORD
from efc.demo.rows import at, make
from efc.models import User
from workpackages.models import (
    Level,
    Milestone,
    MilestoneEvidence,
    Narrative,
    ReportPeriod,
    Rescheduling,
    Risk,
    RiskState,
)

LOW, MEDIUM, HIGH = Level

# work package: [(title, means of verification, baseline month, reached, number of the deliverable that shows it, note)]
PROJECT = {
    1: [
        ("Memorandum agreed among the founding members", "The agreed text is handed in.", 6, date(2013, 6, 12), 1, MADE_UP),
        ("Test transactions used and evaluated", "An evaluation with figures is handed in.", 34, date(2015, 10, 30), 3, MADE_UP),
    ],
    2: [
        ("First update of the analysis published", "The update is on the public website.", 11, date(2013, 10, 15), 2, ON_RECORD),
        ("Second update of the analysis published", "The update is on the public website.", 27, date(2015, 2, 24), 3, ON_RECORD),
    ],
    3: [("Contract terms agreed", "The agreed template is handed in.", 28, date(2015, 9, 18), 1, MADE_UP)],
    4: [
        ("First course held", "Programme and list of participants are handed in.", 16, date(2014, 3, 26), 1, ON_RECORD),
        ("Second course held", "Programme and list of participants are handed in.", 29, date(2015, 4, 10), 3, ON_RECORD),
    ],
    5: [
        ("Public website online", "The website answers at its address.", 6, date(2013, 5, 17), 2, MADE_UP),
        ("Second awareness event held", "Programme and list of participants are handed in.", 31, date(2015, 6, 24), 6, ON_RECORD),
    ],
}  # fmt: skip
# work package: [(title, effect, likelihood, impact, mitigation measure)]; all foreseen, closed with the project
PROJECT_RISKS = {
    1: [("Payment providers may not support test transactions", "The mechanism could not be tried.", MEDIUM, HIGH, "The memorandum names what each member does; talks begin in the first month.")],
    2: [("Members cannot share figures from their own cases", "The analysis would rest on open sources alone.", MEDIUM, MEDIUM, "One template asks for counts only, so that no case can be recognised.")],
    3: [("Companies do not agree on common contract terms", "Each company would keep its own terms.", MEDIUM, MEDIUM, "Lawyers of three companies write the first draft together.")],
    4: [("Too few participants from private companies", "The courses would train police only.", LOW, MEDIUM, "Half of the places are kept for companies until a month before.")],
    5: [("The public does not notice the coalition", "Fewer people would know where to report.", MEDIUM, LOW, "Events are held where decision makers meet anyway.")],
}  # fmt: skip
# work package: [(title, means of verification, days until due, days since it was reached or None, deliverable, sentence)]
PLAN = {
    1: [
        ("Providers of the second round named", "The list of providers is among the documents.", -95, 100, 1, "Three providers take part; the report on the round names them."),
        ("Second round begun", "The first request of the round is in the register.", 25, None, None, ""),
    ],
    2: [("Figures of all members received", "A return of each member is in.", -12, None, None, "")],
    3: [("Draft terms sent to the members", "The draft and its letter are among the documents.", -30, 33, 1, "The draft went to all members for comment.")],
    4: [
        ("Programme of the course agreed", "The agreed programme is among the documents.", -70, 74, 1, "All trainers agreed to the programme in writing."),
        ("Thirty participants registered", "The list of participants has thirty names.", 20, None, None, ""),
    ],
    5: [
        ("Speakers of the conference confirmed", "A confirmation of each speaker is kept.", -20, 18, 4, "Six speakers have confirmed."),
        ("Registration for the conference open", "The form is on the public website.", 33, None, None, ""),
    ],
}  # fmt: skip
# work package: [(title, effect, likelihood, impact, mitigation, foreseen, days since it was closed or None, (occurred, mitigated, comment) or None)]
PLAN_RISKS = {
    1: [
        ("A provider cannot take part in a round", "The round would cover fewer services.", MEDIUM, HIGH, "A second provider is asked before each round begins.", True, None, (True, True, "One provider stepped back in the spring. The second one took its place.")),
        ("Answers of authorities take longer than planned", "The evaluation would come a month later.", LOW, MEDIUM, "The leads call each authority two weeks before its answer is due.", False, None, None),
    ],
    2: [
        ("Members cannot count all that is asked for", "The picture would have gaps for some countries.", HIGH, MEDIUM, "The template says what to count first; the leads help by telephone.", True, None, (True, False, "Two members could not count by country. The template is being made simpler.")),
        ("New rules change what may be counted", "Years could not be compared.", LOW, HIGH, "The leads follow the change and describe it in the analysis.", False, None, None),
    ],
    3: [("Companies do not agree on common terms", "Each company would keep its own terms.", MEDIUM, MEDIUM, "Open points go to the Steering Group one by one.", True, None, (False, True, "All open points but one are settled."))],
    4: [
        ("A trainer cannot come", "A day of the course would be given by somebody less prepared.", MEDIUM, LOW, "Two trainers prepare each day.", True, None, (False, True, "Two trainers stood ready for each day.")),
        ("Fewer investigators can travel than planned", "Places would stay empty.", MEDIUM, MEDIUM, "A waiting list is kept, and one module can be joined from afar.", True, None, None),
        ("The venue is not free in the planned week", "The course would move by a month.", LOW, MEDIUM, "A second venue is held until the contract is signed.", False, 40, None),
    ],
    5: [("The conference falls on days with little attention", "Fewer decision makers would come.", LOW, LOW, "The day was agreed with the host before it was announced.", True, None, (False, True, "The day is agreed with the host."))],
}  # fmt: skip
TEXTS = {
    1: "The first round of test transactions was held with three providers. Its figures are being brought together.",
    5: "The revised press pack went to all members. The conference has a date and a place.",
}


def load(today, packages):
    """Write down the milestones and risks of the project and of this year's plan, and the report that asks for states of play."""
    lead = User.objects.get(email="lead@coalition.example")
    for number, rows in PROJECT.items():
        for place, facts in enumerate(rows, 1):
            past(packages["2012-2015", number], place, *facts)
        for place, facts in enumerate(PROJECT_RISKS[number], 1):
            package = packages["2012-2015", number]
            raise_risk(
                package, place, *facts, closed_on=package.programme.ends_on, raised_on=package.programme.starts_on
            )
    year = str(today.year)
    period = first_report(packages[year, 1].programme, today)
    for number, rows in PLAN.items():
        for place, facts in enumerate(rows, 1):
            current(packages[year, number], place, *facts, today=today, by=lead)
        for place, (*facts, is_foreseen, closed, state) in enumerate(PLAN_RISKS[number], 1):
            package = packages[year, number]
            starts_on = package.programme.starts_on
            raised_on = starts_on if is_foreseen else max(starts_on, today - timedelta(days=160))
            closed_on = max(raised_on, today - timedelta(days=closed)) if closed is not None else None
            risk = raise_risk(package, place, *facts, is_foreseen=is_foreseen, raised_on=raised_on, closed_on=closed_on)
            if state and period:
                said = dict(zip(("occurred", "mitigated", "comment"), state, strict=True))
                make(RiskState, {"risk": risk, "period": period}, **said, written_by=lead)


def past(package, number, title, verification, month, reached_on, deliverable, note):
    """Write down a milestone of the closed project, shown by a deliverable that is on record."""
    due = package.programme.end_of_month(month)
    row, made = make(
        Milestone, {"work_package": package, "number": number}, title=title, verification=verification, baseline_month=month,
        due_on=max(due, reached_on), status=Milestone.Status.REACHED, reached_on=reached_on,
    )  # fmt: skip
    if made:
        MilestoneEvidence.objects.create(
            milestone=row, sentence=note, deliverable=package.deliverables.get(number=deliverable)
        )
        if reached_on > due:
            Rescheduling.objects.create(milestone=row, due_before_on=due, due_on=reached_on, reason=MADE_UP)


def current(package, number, title, verification, due_in, reached, deliverable, sentence, *, today, by):
    """Write down a milestone of this year's plan, as its lead sees it today."""
    programme = package.programme
    due = min(max(today + timedelta(days=due_in), programme.starts_on + timedelta(days=20)), programme.ends_on)
    done = max(today - timedelta(days=reached), programme.starts_on) if reached is not None else None
    month = programme.month_of(due)
    if due_in < 0 and done is None:
        month = max(1, programme.month_of(today) - 1)  # late, once a month is over
    row, made = make(
        Milestone, {"work_package": package, "number": number}, title=title, verification=verification, baseline_month=month,
        due_on=programme.end_of_month(month), reached_on=done,
        status=Milestone.Status.REACHED if done else Milestone.Status.PLANNED,
    )  # fmt: skip
    if made and done:
        shown = MilestoneEvidence.objects.create(
            milestone=row, sentence=sentence, deliverable=package.deliverables.get(number=deliverable), given_by=by
        )
        MilestoneEvidence.objects.filter(pk=shown.pk).update(given_at=at(done))


def raise_risk(package, number, title, effect, likelihood, impact, mitigation, *, is_foreseen=True, **days):
    risk, _made = make(
        Risk, {"work_package": package, "number": number}, title=title, effect=effect, likelihood=likelihood, impact=impact,
        mitigation=mitigation, is_foreseen=is_foreseen, **days,
    )  # fmt: skip
    return risk


def first_report(programme, today):
    """Open the report of the year's first months once they are over, its leads asked. Returns: it, or None early in the year."""
    ends_on = max(
        (day for day in (date(today.year, 3, 31), date(today.year, 6, 30)) if day + timedelta(days=14) <= today),
        default=None,
    )
    if ends_on is None:
        return None
    period, made = make(
        ReportPeriod, {"programme": programme, "number": 1}, starts_on=programme.starts_on, ends_on=ends_on
    )
    if made:
        asked_at = min(at(ends_on + timedelta(days=12)), timezone.now())
        for package in programme.work_packages.order_by("number"):
            text = TEXTS.get(package.number, "")
            Narrative.objects.create(
                period=period, work_package=package, text=text, asked_at=asked_at, written_at=asked_at if text else None,
                status=Narrative.Status.DRAFTED if text else Narrative.Status.EMPTY,
            )  # fmt: skip
    return period
