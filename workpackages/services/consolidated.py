"""What a round adds up to: each question over the organisations by group, small cells hidden, and over the rounds."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Strand
from workpackages.models import FEWEST, SMALL, DataField, DataReturn, DataRound, DataValue
from workpackages.suppression import LITTLE, SHOWN, WITHHELD, Row, Sum, suppress

Kind = DataField.Kind
LITTLE_WORDS = f"< {SMALL}"
WITHHELD_WORDS = gettext_lazy("withheld")
NOTHING = "–"  # nobody of this group was asked or has answered


@dataclass(frozen=True)
class Cell:
    """What a reader sees of one group: `text`, and the number itself only where it is shown."""

    text: str
    number: object = None
    mark: str = SHOWN


@dataclass(frozen=True)
class Line:
    """One question: a cell for each group, the total last; of how many returns, and what the numbers are (sum, median …)."""

    field: DataField
    cells: tuple
    answers: int
    measure: str

    @property
    def total(self):
        return self.cells[-1]


@dataclass
class Consolidated:
    """The table of a round. `counts` has how many returns were asked, sent and so on."""

    round: DataRound
    groups: list
    lines: list
    counts: Counter = field(default_factory=Counter)

    @cached_property
    def sections(self):
        found = {}
        for line in self.lines:
            found.setdefault(line.field.section, []).append(line)
        return list(found.items())

    def line(self, key):
        return next((line for line in self.lines if line.field.key == key), None)


def headings():
    """Return the groups in the order of the columns: the three strands."""
    return list(Strand)


def consolidated(round_):
    """Add up the returns that were sent. Returns: a Consolidated. Costs: 3 queries, however many returns."""
    return of_rounds([round_])[0]


def of_rounds(rounds):
    """Add up several rounds at once. Returns: [Consolidated] in the same order. Costs: 3 queries, however many rounds."""
    fields, returns, values = {}, {}, {}
    for one in DataField.objects.filter(template__in={r.template_id for r in rounds}).order_by("order", "pk"):
        fields.setdefault(one.template_id, []).append(one)
    for one in DataReturn.objects.filter(round__in=rounds).select_related("round"):
        returns.setdefault(one.round_id, []).append(one)
    sent = DataValue.objects.filter(data_return__round__in=rounds, data_return__status=DataReturn.Status.SUBMITTED)
    for one in sent.select_related("field"):
        values.setdefault((one.data_return_id, one.field_id), one.value)
    return [_table(one, fields.get(one.template_id, []), returns.get(one.pk, []), values) for one in rounds]


def _table(round_, fields, returns, values):
    sent = [one for one in returns if one.status == DataReturn.Status.SUBMITTED]
    answers = {
        one.pk: [
            (row.strand, 0 if row.is_nothing and one.kind == Kind.COUNT else values.get((row.pk, one.pk))) for row in sent
        ]
        for one in fields
    }  # fmt: skip
    sums = _sums([one for one in fields if one.kind == Kind.COUNT], answers)
    lines = [_line(one, answers[one.pk], sums.get(one.pk)) for one in fields]
    return Consolidated(round_, headings(), lines, count(round_, returns))


def count(round_, returns):
    """Return how many organisations of a round were asked, have sent, are late or missing, and have nothing to report."""
    sent = [one for one in returns if one.status == DataReturn.Status.SUBMITTED]
    for one in returns:
        one.round = round_
    return Counter(
        asked=len(returns),
        sent=len(sent),
        late=sum(one.is_late for one in sent),
        missing=sum(one.is_missing for one in returns),
        nothing=sum(one.is_nothing for one in sent),
        open_again=sum(one.status == DataReturn.Status.REOPENED for one in returns),
    )


def _sums(fields, answers):
    """Return {primary key of a count: its cells}, small cells hidden over all counts together."""
    places = {one.pk: number for number, one in enumerate(fields)}
    rows = []
    for one in fields:
        given = [(strand, value) for strand, value in answers[one.pk] if value is not None]
        cells = [_sum([value for strand, value in given if strand == group]) for group in headings()]
        cells.append(_sum([value for _strand, value in given]))
        rows.append(Row(tuple(cells), one.is_of_people, places.get(one.part_of_id)))
    return {one.pk: row.cells for one, row in zip(fields, suppress(rows), strict=True)}


def _sum(values):
    return Sum(sum(values), len(values))


def _line(one, answers, sums):
    given = [value for _strand, value in answers if value is not None]
    if one.kind == Kind.COUNT:
        return Line(one, tuple(_summed(cell) for cell in sums), len(given), _("sum"))
    grouped = [[value for strand, value in answers if strand == group and value is not None] for group in headings()]
    measure, describe = {
        Kind.PERCENTAGE: (_("median"), _median),
        Kind.YES_NO: (_("how many yes"), _yes),
        Kind.CHOICE: (_("how many each"), _choices(one)),
        Kind.MONTH: (_("earliest and latest"), _span("F Y")),
        Kind.DATE: (_("earliest and latest"), _span("j F Y")),
    }[one.kind]
    # What is no sum is not withheld by units; so where one group is too small, the groups are not told apart at all.
    too_small = any(0 < len(values) < FEWEST for values in grouped)
    cells = [_described(values, describe, too_small) for values in grouped]
    return Line(one, (*cells, _described(given, describe)), len(given), measure)


def _summed(cell):
    if not cell.returns:
        return Cell(NOTHING)
    if cell.mark == SHOWN:
        return Cell(f"{cell.value:,}".replace(",", "\u202f"), cell.value)
    return Cell(LITTLE_WORDS if cell.mark == LITTLE else str(WITHHELD_WORDS), None, cell.mark)


def _described(values, describe, withheld=False):
    """Describe the answers of a group; those of fewer than three organisations are withheld."""
    if not values:
        return Cell(NOTHING)
    if withheld or len(values) < FEWEST:
        return Cell(str(WITHHELD_WORDS), None, WITHHELD)
    return describe(values)


def _median(values):
    middle = int(Decimal(median(values)).quantize(Decimal(1), ROUND_HALF_UP))
    return Cell(f"{middle} %", middle)


def _yes(values):
    return Cell(_("%(yes)s of %(all)s") % {"yes": sum(values), "all": len(values)}, sum(values))


def _choices(one):
    def describe(values):
        found = Counter(values)
        return Cell("; ".join(f"{choice}: {found[choice]}" for choice in one.choices if found[choice]))

    return describe


def _span(form):
    def describe(values):
        first, last = date_format(min(values), form), date_format(max(values), form)
        return Cell(first if first == last else f"{first} – {last}")

    return describe


# ── who reads it, and over the rounds ────────────────────────────────────


def in_work(rounds):
    """Return the keys of the closed rounds of which a return is being corrected: their table rests, as it would show what changed."""
    again = DataReturn.objects.filter(
        round__in=rounds, status=DataReturn.Status.REOPENED, open_until__gte=timezone.localdate()
    )
    return set(again.values_list("round", flat=True))


def may_read(user, round_):
    """Say whether this person reads the table now: keepers always, others once the round is closed and nothing is being corrected."""
    if user.has_perm("workpackages.keep_dataround", round_):
        return True
    is_closed = round_.status == DataRound.Status.CLOSED
    return is_closed and user.has_perm("workpackages.view_dataround") and not in_work([round_])


def comparable(round_):
    """Return the closed rounds by any version of the same template whose figures stand, the earliest period first. Costs: 2 queries."""
    rows = DataRound.objects.closed().filter(template__name=round_.template.name).select_related("template")
    rows = list(rows.order_by("ends_on", "pk"))
    resting = in_work(rows)
    return [one for one in rows if one.pk not in resting]


def over_rounds(round_, key):
    """Return [(round, line of the question in its table, or None where it did not ask)], the earliest period first. Costs: 5 queries."""
    return [(table.round, table.line(key)) for table in of_rounds(comparable(round_))]


def period_in_words(round_):
    return capfirst(f"{date_format(round_.starts_on, 'j M Y')} – {date_format(round_.ends_on, 'j M Y')}")


def figures(programme, starts_on, ends_on):
    """Return, for a progress report, how many rounds of a programme were closed in a period, and how many of their returns came.

    A return counts as come when it was sent by the last day of the period. Costs: 1 query. Returns: {"rounds", "asked", "sent", "late"}.
    """
    period = (starts_on, ends_on)
    rows = DataReturn.objects.filter(round__work_package__programme=programme, round__closed_at__date__range=period)
    sent = Q(submitted_at__date__lte=ends_on) & ~Q(status=DataReturn.Status.REOPENED)
    return rows.aggregate(
        rounds=Count("round", distinct=True), asked=Count("pk"), sent=Count("pk", filter=sent),
        late=Count("pk", filter=sent & Q(submitted_at__date__gt=F("round__due_on"))),
    )  # fmt: skip
