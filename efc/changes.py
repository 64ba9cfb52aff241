"""What changed between two days, from the records of every room: each line dated, with its page."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from efc.lines import ask, line
from members.models import Decision, MembershipTerm, Organisation
from newsletter.models import Issue
from publications.models import NewsItem, Publication
from workpackages.models import Deliverable, Extension, Milestone, Outlook, Programme, Update

DECIDED = (Extension.Status.GRANTED, Extension.Status.REFUSED)
WORK_OF = {
    "slug": F("work_package__programme__slug"), "group": F("work_package__number"), "number": F("number"), "title": F("title"),
}  # fmt: skip


@dataclass(order=True)
class Change:
    """Something that came about on a day."""

    on: date
    what: str = field(compare=False)
    url: str = field(default="", compare=False)
    kind: str = field(default="", compare=False)


@dataclass
class Kind:
    """How a row of `records` is said: its kind, its sentence, its page."""

    label: str
    what: Callable
    url: Callable = lambda row: ""


def changes(user, since, day=None, programme=...):
    """Return what came about after `since`, up to a day (today when left out), as far as this person may see it, the latest first.
    Who knows the programme that runs, or that none does, gives it.

    Costs: one query, two without the programme. Returns: [Change].
    """
    day = day or timezone.localdate()
    programme, found = Programme.objects.current(day) if programme is ... else programme, []
    for row in ask([*(of_work(user, programme, since, day) if programme else []), *of_coalition(user, since, day)]):
        kind = KINDS[row["of_kind"]]
        found.append(Change(row["of_day"], kind.what(row), kind.url(row), str(kind.label)))
    return sorted(found, reverse=True)


def between(name, since, day):
    return {f"{name}__gt": since, f"{name}__lte": day}


def of_work(user, programme, since, day):
    """The rows of a programme from which the list is made, each kind as a line of one query."""
    deliverables = Deliverable.objects.visible_to(user).filter(work_package__programme=programme)
    handed_in = deliverables.filter(status__in=Deliverable.HANDED_IN, **between("delivered_on", since, day))
    yield line("handed in", handed_in, day=F("delivered_on"), **WORK_OF)
    yield line("accepted", deliverables.filter(**between("accepted_on", since, day)), day=F("accepted_on"), **WORK_OF)
    yield outlooks(deliverables, since, day)
    reached = Milestone.objects.visible_to(user).filter(work_package__programme=programme, status="reached")
    yield line("reached", reached.filter(**between("reached_on", since, day)), day=F("reached_on"), **WORK_OF)
    decided = Extension.objects.filter(status__in=DECIDED, deliverable__in=deliverables.order_by().values("pk"))
    of = {name: F(f"deliverable__{column.name}") for name, column in WORK_OF.items()}
    decided = decided.filter(**between("decided_at__date", since, day))
    yield line("extension", decided, day=TruncDate("decided_at"), state=F("status"), **of)


def outlooks(deliverables, since, day):
    """What the leads of open deliverables see otherwise now than at the beginning, each with the latest sentence."""
    begin, end = (timezone.make_aware(datetime.combine(moment, time.max)) for moment in (since, day))
    said = Update.objects.filter(deliverable=OuterRef("pk"), written_at__lte=end).order_by("-written_at", "-pk")
    rows = deliverables.open().annotate(
        said=Subquery(said.values("outlook")[:1]),
        said_at=Subquery(said.values("written_at")[:1]),
        sentence=Subquery(said.values("sentence")[:1]),
        said_before=Subquery(said.filter(written_at__lte=begin).values("outlook")[:1]),
    )
    rows = rows.filter(Q(said_before=None) | ~Q(said=F("said_before")), said_at__gt=begin)
    return line("outlook", rows, day=TruncDate("said_at"), state=F("said"), note=F("sentence"), **WORK_OF)


def of_coalition(user, since, day):
    """The other rows: members, decisions, what was published."""
    terms = MembershipTerm.objects.filter(
        organisation__in=Organisation.objects.visible_to(user).order_by().values("pk")
    )
    other = MembershipTerm.objects.filter(organisation=OuterRef("organisation"))
    before = other.filter(Q(starts_on=None) | Q(starts_on__lt=OuterRef("starts_on")))
    joined = terms.filter(~Exists(before), **between("starts_on", since, day))
    yield line("joined", joined, day=F("starts_on"), title=F("organisation__name"))
    left = terms.filter(~Exists(other.filter(starts_on__gt=OuterRef("ends_on"))), ends_on__gte=since, ends_on__lt=day)
    yield line("left", left, day=F("ends_on"), title=F("organisation__name"))
    decided = Decision.objects.visible_to(user).filter(**between("decided_on", since, day))
    yield line("decision", decided, day=F("decided_on"), title=F("title"), group=F("year"), number=F("sequence"))
    # Titles in the language in which they were written, which every one has.
    news, publications = (model.objects.published().rewrite(False) for model in (NewsItem, Publication))
    public = {"slug": F("slug"), "title": F("title"), "day": F("dated_on")}
    released = news.filter(kind=NewsItem.Kind.PRESS_RELEASE, **between("dated_on", since, day))
    yield line("press release", released, group=F("dated_on__year"), **public)
    yield line("publication", publications.filter(**between("dated_on", since, day)), **public)
    sent = Issue.objects.filter(status=Issue.Status.SENT, **between("dated_on", since, day))
    yield line("newsletter", sent, day=F("dated_on"), number=F("number"))


def _name(row, letters="D"):
    return f"{letters}{row['of_group']}.{row['of_number']} {row['of_title']}"


def _outlook(row):
    what = _("%(name)s: %(state)s") % {"name": _name(row), "state": Outlook(row["of_state"]).label.lower()}
    return f"{what}. {row['of_note']}" if row["of_note"] else what


def _extension(row):
    if row["of_state"] == Extension.Status.GRANTED:
        return _("More time was granted for %(name)s") % {"name": _name(row)}
    return _("More time was refused for %(name)s") % {"name": _name(row)}


def _work(name):
    return lambda row: reverse(name, args=[row["of_slug"], row["of_group"], row["of_number"]])


WORK = ""  # the code of the deliverable says it
MEMBERS = gettext_lazy("Members")
deliverable = _work("workspace_work:deliverable")
directory = lambda row: reverse("workspace_members:directory")  # noqa: E731

KINDS = {
    "handed in": Kind(WORK, lambda row: _("%(name)s was handed in") % {"name": _name(row)}, deliverable),
    "accepted": Kind(WORK, lambda row: _("The Commission accepted %(name)s") % {"name": _name(row)}, deliverable),
    "outlook": Kind(WORK, _outlook, deliverable),
    "reached": Kind(WORK, lambda row: _("%(name)s was reached") % {"name": _name(row, "MS")}, _work("workspace_work:milestone")),
    "extension": Kind(WORK, _extension, deliverable),
    "joined": Kind(MEMBERS, lambda row: _("%(name)s joined") % {"name": row["of_title"]}, directory),
    "left": Kind(MEMBERS, lambda row: _("The membership of %(name)s ended") % {"name": row["of_title"]}, directory),
    "decision": Kind(
        gettext_lazy("Decision"), lambda row: row["of_title"],
        lambda row: reverse("workspace_members:decision", args=[row["of_group"], row["of_number"]]),
    ),
    "press release": Kind(
        gettext_lazy("Press release"), lambda row: row["of_title"],
        lambda row: reverse("publications:news_detail", args=[row["of_group"], row["of_slug"]]),
    ),
    "publication": Kind(
        gettext_lazy("Publication"), lambda row: row["of_title"], lambda row: reverse("publications:detail", args=[row["of_slug"]])
    ),
    "newsletter": Kind(
        gettext_lazy("Newsletter"), lambda row: _("Issue %(number)s was sent") % {"number": row["of_number"]},
        lambda row: reverse("newsletter:issue", args=[row["of_number"]]),
    ),
}  # fmt: skip
