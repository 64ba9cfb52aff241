"""What was promised and how it stands: the grant's list as it is on record, with states made up where they are not, and this year's plan."""

from datetime import date, timedelta

from django.utils import timezone

from efc.demo.rows import make
from efc.models import User
from workpackages.models import Deliverable, Extension, Outlook, Promise, Update

PU, CO = Deliverable.Dissemination.PUBLIC, Deliverable.Dissemination.CONFIDENTIAL
MADE_UP = "The month and the state are made up for the demonstration; the promise is on record."
ON_RECORD = "The day is on record."

# work package: [(title, baseline month, handed in, level, note)]; the grant's own promises
PROJECT = {
    1: [
        ("Memorandum of understanding among all members", 6, date(2013, 6, 12), CO, MADE_UP),
        ("Mechanism for test transactions", 18, date(2014, 8, 29), CO, MADE_UP),
        ("Use and evaluation of the mechanism", 34, date(2015, 10, 30), CO, MADE_UP),
    ],
    2: [
        ("Template for collecting data", 9, date(2013, 8, 23), CO, MADE_UP),
        ("First update of the strategic analysis", 11, date(2013, 10, 15), PU, ON_RECORD),
        ("Second update of the strategic analysis", 27, date(2015, 2, 24), PU, ON_RECORD),
        ("Figures from the members’ own cases", 30, date(2015, 6, 18), CO, MADE_UP),
    ],
    3: [("Template of contract terms for providers", 28, date(2015, 9, 18), PU, MADE_UP)],
    4: [
        ("First training session", 16, date(2014, 3, 26), CO, ON_RECORD),
        ("Training book for law enforcement", 30, date(2015, 5, 22), CO, MADE_UP),
        ("Second training session", 29, date(2015, 4, 10), CO, ON_RECORD),
        ("Best-practice guide for payment providers, update", 36, date(2016, 2, 9), PU, ON_RECORD),
        ("Feedback session on what came of the training", 35, date(2015, 10, 9), CO, MADE_UP),
    ],
    5: [
        ("Press conference at the launch", 1, date(2012, 11, 26), PU, ON_RECORD),
        ("Public website", 6, date(2013, 5, 17), PU, MADE_UP),
        ("Leaflets", 8, date(2013, 7, 19), PU, MADE_UP),
        ("Newsletter, three times a year", 36, date(2015, 10, 30), PU, "The day of the last issue is on record."),
        ("First awareness event", 12, date(2013, 11, 13), PU, MADE_UP),
        ("Second awareness event", 31, date(2015, 6, 24), PU, ON_RECORD),
        ("Press conference at the second awareness event", 31, date(2015, 6, 24), PU, MADE_UP),
        ("Meeting with other networks", 24, date(2014, 11, 13), CO, MADE_UP),
    ],
}
# work package: [(title, days from today until due, days since handed in or None, outlook, sentence, days since it was said)]
PLAN = {
    1: [
        ("Two rounds of test transactions", 40, None, Outlook.AT_RISK, "The second round waits for one payment provider to confirm.", 10),
        ("Figures on the first round", -20, None, Outlook.LATE, "One authority’s figures are missing; a new day is asked for.", 5),
    ],
    2: [
        ("Template for collecting data, revised", -150, 160, Outlook.ON_TRACK, "In use since the spring.", 160),
        ("Update of the strategic assessment", 75, None, Outlook.ON_TRACK, "Most members have sent their figures.", 12),
    ],
    3: [
        ("Template for terms of service", 14, None, Outlook.AT_RISK, "In review, comments are still coming in.", 4),
        ("Two working sessions with payment services", -60, 70, Outlook.ON_TRACK, "Both held, notes went to the members.", 70),
    ],
    4: [
        ("Course for thirty participants", 55, None, Outlook.ON_TRACK, "The programme stands and applications are open.", 18),
        ("Training book, new chapter on payments", 88, None, Outlook.NOT_STARTED, "", None),
    ],
    5: [
        ("Press pack, revised", -200, 205, Outlook.ON_TRACK, "It went to all members.", 205),
        ("Page on reporting in four languages", -80, 82, Outlook.ON_TRACK, "The page is online.", 82),
        ("Newsletters of the year", 30, None, Outlook.ON_TRACK, "The first one is being written.", 9),
        ("Conference with decision makers", 62, None, Outlook.ON_TRACK, "Speakers are invited.", 21),
    ],
}  # fmt: skip


# objective: [(what, how many, each year, people at each, counter, (work package, number) of its deliverable)]; the grant's own numbers
C = Promise.Counter
PROMISES = {
    1: [
        ("A mechanism for test transactions, in use and evaluated", 1, False, None, C.DELIVERABLE, (1, 3)),
        ("Memorandum of understanding among all members", 1, False, None, C.MEMORANDUM, None),
    ],
    2: [
        ("Common template for collecting data", 1, False, None, C.DELIVERABLE, (2, 1)),
        ("Updates of the strategic analysis", 2, False, None, C.ANALYSES, None),
    ],
    3: [("Template of contract terms for providers", 1, False, None, C.DELIVERABLE, (3, 1))],
    4: [
        ("Training book for law enforcement", 1, False, None, C.DELIVERABLE, (4, 2)),
        ("Best-practice guide for payment providers, update", 1, False, None, C.DELIVERABLE, (4, 4)),
        ("Training sessions", 2, False, 50, C.TRAININGS, None),
        ("Feedback session on what came of the training", 1, False, None, C.DELIVERABLE, (4, 5)),
    ],
    5: [
        ("Public website", 1, False, None, C.DELIVERABLE, (5, 2)),
        ("Leaflets", 1, False, None, C.DELIVERABLE, (5, 3)),
        ("Newsletters", 3, True, None, C.NEWSLETTERS, None),
        ("Awareness events", 2, False, 100, C.AWARENESS, None),
        ("Press conferences", 2, False, None, C.PRESS, None),
    ],
    6: [("Meeting of the Steering Group with other networks", 1, False, None, C.MEETINGS, None)],
}
PLAN_PROMISES = {
    1: [
        ("Rounds of test transactions", 1, False, None, C.DELIVERABLE, (1, 1)),
        ("A mechanism for test transactions, kept by two named people", 1, False, None, C.TEST_TRANSACTIONS, None),
    ],
    2: [
        ("Updates of the strategic assessment", 1, False, None, C.ANALYSES, None),
        ("Template for collecting data, in force", 1, False, None, C.DATA_TEMPLATES, None),
        ("Rounds of collecting data", 2, False, None, C.DATA_ROUNDS, None),
    ],
    3: [("Working sessions with payment services", 1, False, None, C.DELIVERABLE, (3, 2))],
    4: [("Course for thirty participants", 1, False, 30, C.TRAININGS, None)],
    5: [
        ("Newsletters", 3, True, None, C.NEWSLETTERS, None),
        ("Conferences with decision makers", 1, False, 100, C.AWARENESS, None),
    ],
}


def load(today, packages):
    """Write down the deliverables of the project and of this year's plan."""
    lead = User.objects.get(email="lead@coalition.example")
    for number, rows in PROJECT.items():
        package = packages["2012-2015", number]
        for place, facts in enumerate(rows, 1):
            past(package, place, *facts)
    for number, rows in PLAN.items():
        package = packages[str(today.year), number]
        for place, facts in enumerate(rows, 1):
            current(package, place, *facts, today=today, by=lead)
    promise(packages["2012-2015", 1].programme, PROMISES)
    promise(packages[str(today.year), 1].programme, PLAN_PROMISES)


def promise(programme, promises):
    """Write down what a programme has promised, each with what it is counted from."""
    objectives = {row.number: row for row in programme.objectives.all()}
    deliverables = {
        (row.work_package.number, row.number): row
        for row in Deliverable.objects.filter(work_package__programme=programme).select_related("work_package")
    }
    for number, rows in promises.items():
        for order, (text, planned, is_yearly, attendance, counter, code) in enumerate(rows, 1):
            make(
                Promise, {"programme": programme, "text": text}, objective=objectives[number], order=order, planned=planned,
                is_yearly=is_yearly, attendance=attendance, counter=counter, deliverable=deliverables.get(code),
            )  # fmt: skip


def past(package, number, title, month, handed_in, level, note):
    """Write down a deliverable of the closed project: accepted by the Commission."""
    due = package.programme.end_of_month(month)
    _row, made = make(
        Deliverable, {"work_package": package, "number": number}, title=title, description=note, baseline_month=month,
        due_on=max(due, handed_in), dissemination=level, status=Deliverable.Status.ACCEPTED, outlook=Outlook.ON_TRACK,
        delivered_on=handed_in, accepted_on=handed_in + timedelta(days=45), is_public_result=level == PU,
    )  # fmt: skip
    if made and handed_in > due:
        Extension.objects.create(
            deliverable=_row, due_before_on=due, proposed_on=handed_in, cause=MADE_UP, status=Extension.Status.GRANTED,
            decided_at=timezone.make_aware(timezone.datetime(due.year, due.month, due.day, 12)),
        )  # fmt: skip


def current(package, number, title, due_in, handed_in, outlook, sentence, said, *, today, by):
    """Write down a deliverable of this year's plan, as its lead sees it today."""
    programme = package.programme
    due = min(max(today + timedelta(days=due_in), programme.starts_on + timedelta(days=20)), programme.ends_on)
    done = today - timedelta(days=handed_in) if handed_in is not None else None
    done = max(done, programme.starts_on) if done else None
    status = (
        Deliverable.Status.ACCEPTED if done else Deliverable.Status.DRAFT if sentence else Deliverable.Status.PENDING
    )
    month = programme.month_of(due)
    if due_in < 0 and done is None:
        month = max(1, programme.month_of(today) - 1)  # late, once a month is over
    row, made = make(
        Deliverable, {"work_package": package, "number": number}, title=title, baseline_month=month,
        due_on=programme.end_of_month(month), dissemination=CO, status=status, outlook=outlook,
        delivered_on=done, accepted_on=done,
    )  # fmt: skip
    if made and sentence:
        at = timezone.now() - timedelta(days=min(said, (today - programme.starts_on).days))
        kind = Update.Kind.DELIVERED if done else Update.Kind.REPORT
        Update.objects.create(
            deliverable=row, kind=kind, outlook=outlook, sentence=sentence, written_at=at, written_by=by
        )
    if made and outlook == Outlook.LATE:
        Extension.objects.create(
            deliverable=row, due_before_on=row.due_on, proposed_on=max(today, row.due_on) + timedelta(days=30), requested_by=by,
            cause="One authority closes its figures at the end of the quarter only.",
        )  # fmt: skip
