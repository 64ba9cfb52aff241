"""The figures of a programme, gathered from every room: each promise with what was counted, from which records, by which rule."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from efc.meetings import with_networks
from events.models import Event
from members.models import MemorandumVersion, Organisation, Signature
from newsletter.models import Issue
from publications.models import NewsItem, Publication
from workpackages.models import DataRound, DataTemplate, Promise
from workpackages.services import transaction_counts, transactions

C = Promise.Counter


@dataclass
class Evidence:
    """One record that was counted, or that shows how far it is."""

    text: str
    url: str = ""
    on: date | None = None


@dataclass
class Count:
    """What was counted for a promise: how many, the rule in words, the records. `note` says what the rooms do not hold yet."""

    number: int
    formula: str
    evidence: list = field(default_factory=list)
    note: str = ""


@dataclass
class Line:
    promise: Promise
    count: Count

    @property
    def planned(self):
        return self.promise.planned_in_all

    @property
    def is_kept(self):
        return self.count.number >= self.planned

    @property
    def shown_done(self):
        """Return the filled segments of the bar: never more than were planned."""
        return min(self.count.number, self.planned)


def promise_matrix(programme, day=None):
    """Count every promise of a programme up to a day (today when left out). Costs: one query a counter used, however many records.

    Returns: [(objective or None, [Line])] in the order of the objectives.
    """
    day = min(day or timezone.localdate(), programme.ends_on or date.max)
    rows = programme.promises.select_related("objective", "deliverable__work_package__programme", "programme").order_by(
        "objective__number", "order", "pk"
    )
    counted, matrix = {}, {}
    for promise in rows:
        if promise.counter == C.DELIVERABLE:
            count = handed_in(promise.deliverable, day)
        else:
            if promise.counter not in counted:
                counted[promise.counter] = COUNTERS[promise.counter](programme, day)
            count = counted[promise.counter]
        matrix.setdefault(promise.objective, []).append(Line(promise, count))
    return list(matrix.items())


def within(programme, day, name):
    """Return the condition that a date lies in the programme and not after `day`."""
    until = Q(**{f"{name}__lte": day})
    return until & Q(**{f"{name}__gte": programme.starts_on}) if programme.starts_on else until


def handed_in(deliverable, day):
    formula = _("1 once the deliverable is handed in and was not rejected since.")
    done = deliverable.is_handed_in and deliverable.delivered_on <= day
    return Count(
        int(done), formula, [Evidence(str(deliverable), deliverable.get_absolute_url(), deliverable.delivered_on)]
    )


def events_held(kind):
    def count(programme, day):
        rows = (
            Event.objects.published()
            .filter(within(programme, day, "ends_on"), kind=kind)
            .for_lists()
            .order_by("starts_on")
        )
        found = [Evidence(row.title, row.get_absolute_url(), row.starts_on) for row in rows]
        return Count(
            len(found),
            _("Published events of the kind “%(kind)s” that ended in the programme, up to %(day)s.")
            % {"kind": kind.label, "day": date_format(day)},
            found,
            _("Attendance is counted once the records of participants are kept here."),
        )

    return count


def publications_of(kind):
    def count(programme, day):
        rows = (
            Publication.objects.published()
            .filter(within(programme, day, "dated_on"), kind=kind)
            .for_lists()
            .order_by("dated_on")
        )
        found = [Evidence(row.title, row.get_absolute_url(), row.dated_on) for row in rows]
        formula = _("Publications of the kind “%(kind)s” that are public and dated in the programme, up to %(day)s.")
        return Count(len(found), formula % {"kind": kind.label, "day": date_format(day)}, found)

    return count


def newsletters(programme, day):
    rows = Issue.objects.filter(within(programme, day, "dated_on"), status=Issue.Status.SENT).order_by("dated_on")
    found = [
        Evidence(
            _("Newsletter %(number)s") % {"number": row.number},
            reverse("newsletter:issue", args=[row.number]),
            row.dated_on,
        )
        for row in rows.only("number", "dated_on")
    ]
    return Count(
        len(found),
        _("Issues that were sent, dated in the programme, up to %(day)s.") % {"day": date_format(day)},
        found,
    )


def press_releases(programme, day):
    rows = (
        NewsItem.objects.published()
        .filter(within(programme, day, "dated_on"), kind=NewsItem.Kind.PRESS_RELEASE)
        .for_lists()
        .order_by("dated_on")
    )
    found = [Evidence(row.title, row.get_absolute_url(), row.dated_on) for row in rows]
    return Count(
        len(found), _("Press releases published in the programme, up to %(day)s.") % {"day": date_format(day)}, found
    )


def memoranda(programme, day):
    """Count the versions in force by a day that every member of that day had signed by then."""
    members = set(Organisation.objects.members(day).values_list("pk", flat=True))
    versions = (
        MemorandumVersion.objects.exclude(in_force_on=None)
        .filter(within(programme, day, "in_force_on"))
        .order_by("in_force_on")
    )
    signed = {}
    for version, organisation in Signature.objects.filter(signed_on__lte=day).values_list("version", "organisation"):
        signed.setdefault(version, set()).add(organisation)
    found, whole = [], 0
    for version in versions:
        by = members & signed.get(version.pk, set())
        whole += bool(members) and by == members
        text = _("%(version)s: %(signed)s of %(members)s members have signed") % {
            "version": version, "signed": len(by), "members": len(members),
        }  # fmt: skip
        found.append(Evidence(text, "", version.in_force_on))
    return Count(
        whole,
        _("Versions in force that every member of %(day)s had signed by then.") % {"day": date_format(day)},
        found,
    )


def meetings(programme, day):
    rows = with_networks().filter(within(programme, day, "ends_on")).order_by("starts_on")
    found = [Evidence(row.title, row.get_absolute_url(), row.starts_on) for row in rows]
    formula = _(
        "Published meetings that ended in the programme, with a network from outside the coalition among the organisers, up to %(day)s."
    )
    return Count(len(found), formula % {"day": date_format(day)}, found)


def test_transactions(programme, day):
    """Count 1 once both roles of the register are held by name. The register itself gives counts alone, and no small ones."""
    found = [
        Evidence(_("%(role)s named") % {"role": _(role)}, "", since)
        for role, since in transaction_counts.named_since(day)
    ]
    counted = transaction_counts.figures(programme.starts_on or transactions.FIRST_DAY, day)
    found += [Evidence(f"{name}: {number}") for name, number in transaction_counts.in_words(counted)]
    return Count(
        int(sum(one.on is not None for one in found) == len(transaction_counts.ROLES)),
        _("1 once a coordinator and an evaluator of the register of test transactions are named, up to %(day)s.")
        % {"day": date_format(day)},
        found,
        _("Of the register only counts are shown, and none below 5."),
    )


def data_templates(programme, day):
    """Count the templates of the programme, one for all their versions, of which a version was in force by a day."""
    rows = DataTemplate.objects.filter(
        within(programme, day, "in_force_at__date"), work_package__programme=programme
    ).order_by("name", "version")
    found = [Evidence(str(row), row.get_absolute_url(), timezone.localdate(row.in_force_at)) for row in rows]
    return Count(
        len({row.name for row in rows}),
        _("Templates for collecting data of which a version was put in force in the programme, up to %(day)s.")
        % {"day": date_format(day)},
        found,
    )


def data_rounds(programme, day):
    rows = (
        DataRound.objects.closed()
        .filter(within(programme, day, "closed_at__date"), work_package__programme=programme)
        .order_by("closed_at")
    )
    found = [Evidence(row.title, row.get_absolute_url(), timezone.localdate(row.closed_at)) for row in rows]
    formula = _("Rounds of collecting data that were closed in the programme, up to %(day)s.")
    return Count(len(found), formula % {"day": date_format(day)}, found)


COUNTERS = {
    C.MEMORANDUM: memoranda,
    C.TRAININGS: events_held(Event.Kind.TRAINING),
    C.AWARENESS: events_held(Event.Kind.AWARENESS),
    C.PRESS: events_held(Event.Kind.PRESS),
    C.PRESS_RELEASES: press_releases,
    C.NEWSLETTERS: newsletters,
    C.ANALYSES: publications_of(Publication.Kind.ASSESSMENT),
    C.LEAFLETS: publications_of(Publication.Kind.LEAFLET),
    C.MEETINGS: meetings,
    C.TEST_TRANSACTIONS: test_transactions,
    C.DATA_TEMPLATES: data_templates,
    C.DATA_ROUNDS: data_rounds,
}
