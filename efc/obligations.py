"""What the coalition owes, and when: deliverables, milestones, reports, newsletters, events, ends of terms, deadlines of every room."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Exists, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from efc.lines import ask, line
from events.models import Event
from members.models import AccessReview, Ballot, MemorandumVersion, Organisation, Reminder, Signature
from members.services.memberships import ending
from members.services.memorandum import ASK_AGAIN_AFTER
from newsletter.models import Issue
from workpackages.models import DataRound, Deliverable, Milestone, Programme, Promise, ReportPeriod

MONTHS = 12
WORK = {
    "slug": F("work_package__programme__slug"), "group": F("work_package__number"), "title": F("title"), "day": F("due_on"),
}  # fmt: skip


@dataclass(order=True)
class Duty:
    """Something owed on a day, of a `kind` in words."""

    on: date
    what: str
    url: str = ""
    kind: str = field(default="", compare=False)
    is_late: bool = field(default=False, compare=False)


@dataclass
class Kind:
    """How a row of `owed` is said: its kind, its sentence, its page. Only work can be late."""

    label: str
    what: Callable
    url: Callable = lambda row: ""
    can_be_late: bool = False


def obligations(user, day=None, programme=...):
    """Return what is owed in twelve months from a day (today when left out), with the work that is late, as far as this person may
    see it. Who knows the programme that runs, or that none does, gives it.

    Costs: one query, two without the programme. Returns: [Duty] by day.
    """
    day = day or timezone.localdate()
    until = day + relativedelta(months=MONTHS)
    programme = Programme.objects.current(day) if programme is ... else programme
    rows, found = ask(owed(user, programme, day, until)), []
    issues = [row["of_day"] for row in rows if row["of_kind"] == "issue"]
    for row in rows:
        if row["of_kind"] == "promise":
            found += newsletters(row["of_number"], issues, day, until)
        elif kind := KINDS.get(row["of_kind"]):
            on = row["of_day"] if kind.can_be_late else max(row["of_day"], day)
            found.append(Duty(on, kind.what(row), kind.url(row), str(kind.label), on < day))
    return sorted(found)


def by_month(duties, day):
    """Return [(first day of a month, its duties)] for the months of the calendar, empty ones too; what is late stands in the first."""
    first = day.replace(day=1)
    months = {first + relativedelta(months=number): [] for number in range(MONTHS + 1)}
    for duty in duties:
        months[max(duty.on.replace(day=1), first)].append(duty)
    return list(months.items())


def owed(user, programme, day, until):
    """The rows from which the calendar is made, each kind as a line of one query."""
    if programme:
        yield from promised(user, programme, day, until)
    yield line("round", DataRound.objects.visible_to(user).open(), number=F("pk"), **WORK)
    ahead = Event.objects.published().filter(ends_on__gte=day, starts_on__lte=until)
    yield line("event", ahead, day=F("starts_on"), title=F("title"), slug=F("slug"), group=F("starts_on__year"))
    yield line("ballot", Ballot.objects.visible_to(user).open_now(), day=TruncDate("closes_at"), title=F("title"), number=F("pk"))  # fmt: skip
    yield line("membership", ending(until), day=F("ends_on"), title=F("organisation__name"))
    yield line("review", AccessReview.objects.filter(status=AccessReview.Status.OPEN), day=F("due_on"))
    if user.has_perm("members.view_signature"):
        yield unsigned(day)


def promised(user, programme, day, until):
    """The rows of a programme."""
    soon = {"work_package__programme": programme, "due_on__lte": until}
    yield line("deliverable", Deliverable.objects.visible_to(user).open().filter(**soon), number=F("number"), **WORK)
    yield line("milestone", Milestone.objects.visible_to(user).planned().filter(**soon), number=F("number"), **WORK)
    unfinished = programme.reports.exclude(status=ReportPeriod.Status.APPROVED).filter(ends_on__lte=until)
    yield line("report", unfinished, day=F("ends_on"), number=F("number"))
    yield line("programme", Programme.objects.filter(pk=programme.pk, ends_on__range=(day, until)), day=F("ends_on"), title=F("name"), slug=F("slug"))  # fmt: skip
    newsletters = programme.promises.filter(counter=Promise.Counter.NEWSLETTERS, is_yearly=True)
    yield line("promise", newsletters, day=Value(day), number=F("planned"))
    sent = Issue.objects.filter(status=Issue.Status.SENT, dated_on__range=(day.replace(month=1, day=1), day))
    yield line("issue", sent, day=F("dated_on"))


def unsigned(day):
    """Return the memorandum in force as a line, with how many members have not signed it, and the day on which they can be asked again."""
    signed = Signature.objects.filter(version=OuterRef(OuterRef("pk")), organisation=OuterRef("pk"))
    missing = Organisation.objects.members(day).filter(~Exists(signed)).order_by()
    number = missing.annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")
    last = Reminder.objects.filter(version=OuterRef("pk")).order_by("-sent_at").values("sent_at__date")
    rows = MemorandumVersion.objects.filter(status=MemorandumVersion.Status.IN_FORCE).annotate(missing=Subquery(number))
    asked = Coalesce(Subquery(last[:1]), F("in_force_on"))
    return line("memorandum", rows.filter(missing__gt=0), day=asked + ASK_AGAIN_AFTER, number=F("missing"))


def newsletters(a_year, sent, day, until):
    """Return the newsletters that are owed: so many a year at equal distances, less those `sent` in the year of `day`."""
    found = []
    for year in range(day.year, until.year + 1):
        done = len(sent) if year == day.year else 0
        for number in range(done + 1, a_year + 1):
            on = date(year, 1, 1) + relativedelta(months=12 * number // a_year) - timedelta(days=1)
            if on <= until:
                what = _("Newsletter %(number)s of %(year)s") % {"number": number, "year": year}
                found.append(Duty(on, what, "", _("Newsletter"), on < day))
    return found


def _title(prefix):
    return lambda row: f"{prefix}{row['of_group']}.{row['of_number']} {row['of_title']}"


def _work(name):
    return lambda row: reverse(name, args=[row["of_slug"], row["of_group"], row["of_number"]])


def _members_to_ask(row):
    n = row["of_number"]
    text = ngettext("Ask one member again to sign the memorandum", "Ask %(n)s members again to sign the memorandum", n)
    return text % {"n": n}


KINDS = {
    "deliverable": Kind(gettext_lazy("Deliverable"), _title("D"), _work("workspace_work:deliverable"), can_be_late=True),
    "milestone": Kind(gettext_lazy("Milestone"), _title("MS"), _work("workspace_work:milestone"), can_be_late=True),
    "round": Kind(
        gettext_lazy("Data collection"), lambda row: _("Returns are due: %(title)s") % {"title": row["of_title"]},
        lambda row: reverse("workspace_data:round", args=[row["of_number"]]),
    ),
    "report": Kind(
        gettext_lazy("Progress report"),
        lambda row: _("Progress report %(number)s on the days until %(day)s")
        % {"number": row["of_number"], "day": date_format(row["of_day"])},
        lambda row: reverse("workspace_reports"),
    ),
    "programme": Kind(
        gettext_lazy("Programme"), lambda row: _("%(programme)s ends") % {"programme": row["of_title"]},
        lambda row: reverse("workpackages:programme", args=[row["of_slug"]]),
    ),
    "event": Kind(
        gettext_lazy("Event"), lambda row: row["of_title"], lambda row: reverse("events:detail", args=[row["of_group"], row["of_slug"]])
    ),
    "ballot": Kind(
        gettext_lazy("Ballot"), lambda row: _("The ballot closes: %(title)s") % {"title": row["of_title"]},
        lambda row: reverse("workspace_members:ballot", args=[row["of_number"]]),
    ),
    "membership": Kind(
        gettext_lazy("Membership"), lambda row: _("The membership of %(organisation)s ends") % {"organisation": row["of_title"]}
    ),
    "review": Kind(gettext_lazy("Access review"), lambda row: _("The organisations confirm who acts for them")),
    "memorandum": Kind(gettext_lazy("Memorandum"), _members_to_ask),
}  # fmt: skip
