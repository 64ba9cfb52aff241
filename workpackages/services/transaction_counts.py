"""What leaves the register of test transactions: counts. And its end: rows whose time is over become counts of their year."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from efc import audit, roles
from efc.models import Grant
from members.models import Organisation
from workpackages import emails
from workpackages.models import FEWEST, SMALL, Outcome, TestTransaction, TestTransactionCount
from workpackages.models.transactions import FIGURES, KEPT_DAYS, WARNED_DAYS
from workpackages.suppression import LITTLE, SHOWN, WITHHELD, Row, Sum, suppress

ROLES = (roles.COORDINATOR, roles.EVALUATOR)


@dataclass
class Tally:
    """What is counted of a group of requests. `days` are those from request to answer, of the rows that are still kept."""

    name: object
    requests: int = 0
    answered: int = 0
    carried_out: int = 0
    outcomes: Counter = field(default_factory=Counter)
    figures: Counter = field(default_factory=Counter)
    days: list = field(default_factory=list)

    def add(self, row):
        self.requests += 1
        self.answered += row.answered_on is not None
        self.carried_out += row.carried_out_on is not None
        self.outcomes[row.outcome] += 1
        self.figures.update({name: getattr(row, name) or 0 for name in FIGURES})
        if row.answered_on:
            self.days.append(row.days_to_answer)

    def add_count(self, count):
        self.requests += count.requests
        self.answered += count.answered
        self.carried_out += count.carried_out
        self.outcomes[count.outcome] += count.requests
        self.figures.update({name: getattr(count, name) for name in FIGURES})

    @property
    def median_days(self):
        return median(self.days) if self.days else None

    @property
    def by_outcome(self):
        """Return how many there were of each outcome, in the order of the list."""
        return [self.outcomes[value] for value in Outcome.values]

    @property
    def by_figure(self):
        return [self.figures[name] for name in FIGURES]


def tallies(rows):
    """Return (by year, by provider, what was removed by kind of provider), each as Tallies; for the keepers alone. Costs: 2 queries.

    `rows` are those the reader may see.
    """
    years, providers, kinds = {}, {}, {}
    for row in rows.for_lists():
        years.setdefault(row.year, Tally(row.year)).add(row)
        providers.setdefault(row.provider_id, Tally(row.asked)).add(row)
    for count in TestTransactionCount.objects.all():
        years.setdefault(count.year, Tally(count.year)).add_count(count)
        kinds.setdefault(count.provider_kind, Tally(count.get_provider_kind_display())).add_count(count)
    return (
        sorted(years.values(), key=lambda tally: -tally.name),
        sorted(providers.values(), key=lambda tally: tally.name.lower()),
        list(kinds.values()),
    )


def between(starts_on, ends_on):
    """Count what happened in a period: requests received, carried out, and outcomes that became known in it.

    Requests whose time is over are known by their year alone; they count where all of their year lies in the period.
    Returns: {"received": n, "carried_out": n, outcome: n, …}. Costs: 2 queries.
    """
    known = Q(evaluated_on__range=(starts_on, ends_on)) | Q(evaluated_on=None, closed_on__range=(starts_on, ends_on))
    found = TestTransaction.objects.aggregate(
        received=Count("pk", filter=Q(requested_on__range=(starts_on, ends_on))),
        carried_out=Count("pk", filter=Q(carried_out_on__range=(starts_on, ends_on))),
        **{value: Count("pk", filter=known & Q(outcome=value)) for value in Outcome.values},
    )
    first = starts_on.year if starts_on == date(starts_on.year, 1, 1) else starts_on.year + 1
    last = ends_on.year if ends_on == date(ends_on.year, 12, 31) else ends_on.year - 1
    for count in TestTransactionCount.objects.filter(year__range=(first, last)):
        found["received"] += count.requests
        found["carried_out"] += count.carried_out
        found[count.outcome] += count.requests
    return found


def without_small(found):
    """Return the counts of `between` as they may be shown: small ones as `LITTLE`, those that would give one away as `WITHHELD`.

    The outcomes of what was carried out add up to what was carried out, at least when nothing is under way; a reader may know that.
    """
    carried_out = [value for value in Outcome.values if value != Outcome.NOT_CARRIED_OUT]
    total = sum(found[value] for value in carried_out)
    cells = tuple(Sum(number, FEWEST) for number in (*(found[value] for value in carried_out), total))
    (row,) = suppress([Row(cells, is_of_people=True)])
    marks = dict(zip((*carried_out, "carried_out"), (cell.mark for cell in row.cells), strict=True))
    shown = {}
    for name, number in found.items():
        mark = LITTLE if 0 < number < SMALL else marks.get(name, SHOWN)
        shown[name] = number if mark == SHOWN else mark
    return shown


def figures(starts_on, ends_on):
    """Return the counts of a period for a progress report, as they may be shown: {"received", "carried_out", "outcomes": [[name, count]]}."""
    shown = without_small(between(starts_on, ends_on))
    outcomes = [[str(outcome.label), shown[outcome.value]] for outcome in Outcome]
    return {"received": shown["received"], "carried_out": shown["carried_out"], "outcomes": outcomes}


def in_words(counted):
    """Return the figures of a period as [(name, count in words)], outcomes that never came left out."""
    totals = [(_("Requests received"), counted["received"]), (_("Carried out"), counted["carried_out"])]
    rows = [*totals, *((name, number) for name, number in counted["outcomes"] if number != 0)]
    return [(name, number_in_words(number)) for name, number in rows]


def number_in_words(number):
    """Say a count as it may be shown."""
    words = {LITTLE: _("fewer than %(n)s") % {"n": SMALL}, WITHHELD: _("not shown")}
    return words.get(number) or str(number)


def changes(before, after):
    """Compare the figures of two moments. Returns: [(what, then, now)], nothing where a report was frozen before there were any."""
    then, now = before.get("test_transactions"), after.get("test_transactions")
    if not then or not now or then == now:
        return []
    return [(_("Test transactions"), *("; ".join(f"{name}: {n}" for name, n in in_words(one)) for one in (then, now)))]


def named_since(day):
    """Return [(role, since when)] for each of the two roles that somebody held by name on a day. Costs: one query."""
    held = Grant.objects.site_wide().as_of(day).filter(role__in=ROLES, given_at__date__lte=day)
    held = held.filter(Q(withdrawn_at=None) | Q(withdrawn_at__date__gt=day))
    since = {}
    for grant in held:
        begun = max(filter(None, (timezone.localtime(grant.given_at).date(), grant.starts_on)))
        since[grant.role] = min(begun, since.get(grant.role, begun))
    return [(role, since[role]) for role in ROLES if role in since]


# ── the end ──────────────────────────────────────────────────────────────


@transaction.atomic
def announce_removal(today=None):
    """Tell the holders of the roles that rows will be removed. Letters: transactions_removed_soon, without content. Returns: how many rows."""
    today = today or timezone.localdate()
    due = TestTransaction.objects.filter(
        closed_on__lte=today - timedelta(days=KEPT_DAYS - WARNED_DAYS), removal_notified_on=None
    )
    announced = due.update(removal_notified_on=today)
    if announced:
        emails.transactions_removed_soon(today + timedelta(days=WARNED_DAYS))
    return announced


@transaction.atomic
def remove_old(today=None):
    """Count the rows whose time is over into their year and remove them with their history, a month after that was announced.

    Writes: counts; an audit entry with the number alone. Returns: how many rows.
    """
    today = today or timezone.localdate()
    rows = TestTransaction.objects.select_for_update(of=("self",)).filter(
        closed_on__lte=today - timedelta(days=KEPT_DAYS), removal_notified_on__lte=today - timedelta(days=WARNED_DAYS)
    )
    rows = list(rows.select_related("provider"))
    if not rows:
        return 0
    groups = defaultdict(lambda: Tally(""))
    for row in rows:
        kind = row.provider.kind if row.provider else Organisation.Kind.OTHER
        groups[row.year, row.outcome, kind].add(row)
    for (year, outcome, kind), tally in groups.items():
        count, _made = TestTransactionCount.objects.get_or_create(year=year, outcome=outcome, provider_kind=kind)
        sums = {"requests": tally.requests, "answered": tally.answered, "carried_out": tally.carried_out}
        sums |= tally.figures
        TestTransactionCount.objects.filter(pk=count.pk).update(**{name: F(name) + n for name, n in sums.items()})
    gone = [row.pk for row in rows]
    TestTransaction.objects.filter(pk__in=gone).delete()
    TestTransaction.history.filter(id__in=gone).delete()
    audit.record("workpackages.testtransaction.remove", None, None, removed=len(gone))
    return len(gone)
