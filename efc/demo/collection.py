"""Data collection: a template in two versions, two closed rounds and an open one. Every figure is made up; no organisation has given it."""

from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from efc.demo.rows import make
from efc.models import User
from members.models import Organisation, Strand
from workpackages.models import DataField, DataReturn, DataRound, DataTemplate, DataValue
from workpackages.services.collection import asked_by

NAME = "Template for collecting data"
GUIDANCE = (
    "Count what your own organisation opened, closed or passed on **in the period of the round**, whatever its date before. Count each "
    "case once, also where several services or countries take part in it.\n\nGive sums only. A return holds no case: no name, no "
    "address, no link, no reference number. Where a figure is not kept, leave the question empty if it may be empty, and say so in a "
    "comment.\n\nThe portal shows nobody but you and the keepers of the round what you gave. Others read what all returns add up to, "
    "with small figures hidden."
)
Kind = DataField.Kind
CASES, SERVICES, HABITS = "Cases", "Services and accounts", "How you work"
# key: (section, question, kind, more)
QUESTIONS = {
    "cases": (CASES, "Cases of commercial exploitation opened", Kind.COUNT, {"unit": "cases", "is_of_people": True, "ceiling": 5000}),
    "cases_paid": (CASES, "of them with a payment that was traced", Kind.COUNT, {"unit": "cases", "is_of_people": True, "part_of": "cases"}),
    "cases_virtual": (CASES, "of these with a payment in virtual currency", Kind.COUNT,
                      {"unit": "cases", "is_of_people": True, "part_of": "cases_paid"}),
    "accounts": (SERVICES, "Accounts or merchant contracts closed", Kind.COUNT, {"unit": "accounts", "ceiling": 20000, "is_required": False}),
    "reports": (SERVICES, "Reports passed on to police or to a hotline", Kind.COUNT, {"unit": "reports", "ceiling": 500000}),
    "share_cards": (SERVICES, "Share of payments made by card", Kind.PERCENTAGE, {"is_required": False}),
    "main_means": (SERVICES, "The means of payment seen most often", Kind.CHOICE,
                   {"choices": ["Cards", "Bank transfer", "Electronic money", "Virtual currency", "Vouchers"], "is_required": False}),
    "has_contact": (HABITS, "Is there one contact for requests of the police?", Kind.YES_NO, {}),
    "contact_since": (HABITS, "Since when?", Kind.MONTH, {"is_required": False, "help_text": "Leave it empty where there is none."}),
}  # fmt: skip
ADDED_LATER = "cases_virtual"  # by version 2
# strand: (most cases, most accounts, most reports)
SIZES = {Strand.LAW: (90, 40, 160), Strand.INDUSTRY: (5, 700, 900), Strand.CIVIL: (40, 12, 2400)}
SILENT = {"gsma": 1}  # who has missed which round: 1 is the first
UNTOUCHED = ("western-union", "visa-europe", "web-shield", "ceop")  # of the open round
BEGUN = ("google", "paypal")


def half_years(today):
    """Return the last three complete half-years, each as (first day, last day)."""
    ends = [date(year, *last) for year in (today.year - 2, today.year - 1, today.year) for last in ((6, 30), (12, 31))]
    last = [day for day in ends if day < today - timedelta(days=20)][-3:]
    return [(day.replace(month=1 if day.month == 6 else 7, day=1), day) for day in last]


def load(today, packages):
    """Make the template and its rounds where they are missing."""
    if DataTemplate.objects.filter(name=NAME).exists():
        return
    package = packages[str(today.year), 2]
    officer = User.objects.get(email="secretariat@coalition.example")
    first, second, third = half_years(today)
    old = version(package, 1, at(first[1]), [key for key in QUESTIONS if key != ADDED_LATER])
    for number, period in enumerate([first, second], 1):
        opened = period[1] + timedelta(days=12)
        round_ = prepared(package, old, period, opened, opened + timedelta(days=35), officer)
        for organisation in opened_on(round_, opened):
            if SILENT.get(organisation.slug) != number:
                send(round_, organisation, opened + timedelta(days=4 + len(organisation.slug)))
        DataRound.objects.filter(pk=round_.pk).update(status=DataRound.Status.CLOSED, closed_at=at(round_.due_on + timedelta(days=1)))  # fmt: skip
    opened = today - timedelta(days=18)
    spring = date(today.year, 4, 14)  # as the note on deliverable D2.1 says
    new = version(package, 2, at(min(spring, opened - timedelta(days=7))), list(QUESTIONS))
    round_ = prepared(package, new, third, opened, today + timedelta(days=13), officer)
    for organisation in opened_on(round_, opened):
        if organisation.slug in BEGUN:
            fill(round_, organisation, today - timedelta(days=3), DataReturn.Status.DRAFT)
        elif organisation.slug not in UNTOUCHED:
            send(round_, organisation, min(opened + timedelta(days=2 + len(organisation.slug) % 14), today))


def at(day):
    return timezone.make_aware(datetime.combine(day, time(10, 30)))


def version(package, number, since, keys):
    """Write down one version of the template, and put it in force."""
    template = DataTemplate.objects.create(work_package=package, name=NAME, version=number, guidance=GUIDANCE)
    made = {}
    for order, key in enumerate(keys, 1):
        section, label, kind, more = QUESTIONS[key]
        facts = {**more, "part_of": made.get(more.get("part_of"))}
        made[key] = DataField.objects.create(
            template=template, order=order, section=section, key=key, label=label, kind=kind, **facts
        )
    DataTemplate.objects.in_force().filter(name=NAME).update(status=DataTemplate.Status.REPLACED, replaced_at=since)
    DataTemplate.objects.filter(pk=template.pk).update(status=DataTemplate.Status.IN_FORCE, in_force_at=since)
    template.refresh_from_db()
    return template


def prepared(package, template, period, opens_on, due_on, officer):
    half = "first" if period[0].month == 1 else "second"
    round_, _made = make(
        DataRound, {"work_package": package, "title": f"Figures of the {half} half of {period[0].year}"}, template=template,
        starts_on=period[0], ends_on=period[1], opens_on=opens_on, due_on=due_on, created_by=officer, is_demo=True,
    )  # fmt: skip
    return round_


def opened_on(round_, day):
    """Open the round as it would have been on a day, without its letters. Returns: the organisations that were asked."""
    asked = asked_by(round_.audience, day)
    DataRound.objects.filter(pk=round_.pk).update(status=DataRound.Status.OPEN, opened_at=at(day))
    DataReturn.objects.bulk_create(
        DataReturn(round=round_, organisation=one, organisation_name=str(one), sector=one.sector, seat=seat)
        for one, seat in asked.items()
    )
    round_.refresh_from_db()
    return list(asked)


def fill(round_, organisation, day, status, **fields):
    """Write the made-up figures of an organisation."""
    row = DataReturn.objects.get(round=round_, organisation=organisation)
    answers = figures(organisation, round_)
    DataValue.objects.bulk_create(
        DataValue(data_return=row, field=field, **answers[field.key])
        for field in round_.template.fields.all()
        if field.key in answers
    )
    DataReturn.objects.filter(pk=row.pk).update(status=status, revision=1, saved_at=at(day), **fields)


def send(round_, organisation, day):
    fill(round_, organisation, day, DataReturn.Status.SUBMITTED, submitted_at=at(day))


def figures(organisation: Organisation, round_):
    """Return {key: column of the answer}, the same on every run."""
    chance = Random(f"{organisation.slug} {round_.starts_on}")  # noqa: S311  (figures for a demonstration, no secret)
    most_cases, most_accounts, most_reports = SIZES[organisation.strand]
    cases = chance.randint(most_cases // 6, most_cases)
    paid = chance.randint(cases // 4, cases)
    virtual = chance.randint(0, paid // 3)
    answers = {
        "cases": {"number": cases}, "cases_paid": {"number": paid}, "cases_virtual": {"number": virtual},
        "accounts": {"number": chance.randint(most_accounts // 8, most_accounts)},
        "reports": {"number": chance.randint(most_reports // 5, most_reports)},
        "share_cards": {"number": chance.randint(20, 85)},
        "main_means": {"choice": chance.choice(QUESTIONS["main_means"][3]["choices"][:4])},
        "has_contact": {"yes": chance.random() < 0.8},
    }  # fmt: skip
    if answers["has_contact"]["yes"]:
        answers["contact_since"] = {"day": date(chance.randint(2013, 2016), chance.randint(1, 12), 1)}
    return answers
