"""Small cells: which sums of a table are shown, so that nobody can work out what stands in a cell that is not.

A row is one question: a sum for each group of organisations, and the total at the end. Three rules, in words on every page that shows
such a table (`RULES`):

1. A count of people or cases from 1 to 4 is shown as “< 5”.
2. A sum of fewer than three returns is withheld: it would be one organisation's own figure.
3. Where what is shown would still give such a cell away, because the groups add up to the total or because a part cannot exceed its
   whole, the next smallest cells of the row are withheld too, until it does not.

The third rule is checked rather than assumed: a cell counts as hidden only while there is another table, with another number in that
cell, that would look the same to the reader.
"""

from dataclasses import dataclass, replace
from itertools import combinations

from django.utils.translation import gettext_lazy as _

from workpackages.models import FEWEST, SMALL

SHOWN, LITTLE, WITHHELD = "shown", "little", "withheld"
RULES = [
    _("Counts of people or cases from 1 to 4 are shown as “< 5”. None is shown as 0."),
    _("A figure of fewer than three returns is withheld, as it would be one organisation’s own."),
    _("Where a hidden figure could be worked out from the others in its row, or from the count it is part of, the next smallest is withheld as well."),
]  # fmt: skip
STEPS = (1, -1, 2, -2, 3, -3, 4, -4, 5, -5)


@dataclass(frozen=True)
class Sum:
    """One cell as it is: the sum, and how many returns it is made of. `mark` says how it is shown, `is_telling` that its number must not
    be known: few people, or few organisations."""

    value: int
    returns: int
    mark: str = SHOWN
    is_telling: bool = False


@dataclass(frozen=True)
class Row:
    """The sums of one question: its groups in order, the total last. `part_of` is the place of the row that is its whole."""

    cells: tuple
    is_of_people: bool = False
    part_of: int | None = None

    def marked(self, places, mark):
        return replace(self, cells=tuple(replace(c, mark=mark) if n in places else c for n, c in enumerate(self.cells)))

    def hidden(self):
        return [place for place, cell in enumerate(self.cells) if cell.mark != SHOWN]


def suppress(rows):
    """Mark each cell of these rows as shown, little or withheld. Returns: the rows with their marks, in the same order."""
    rows = [_primary(row) for row in rows]
    for number in range(len(rows)):
        if _gives_away(rows, number):  # what is hidden in one row never harms another: the reader knows less
            rows = _hide_more(rows, number)
    return rows


def _primary(row):
    cells = []
    for cell in row.cells:
        if 0 < cell.returns < FEWEST:
            cell = replace(cell, mark=WITHHELD, is_telling=True)
        elif row.is_of_people and 0 < cell.value < SMALL:
            cell = replace(cell, mark=LITTLE, is_telling=True)
        cells.append(cell)
    return replace(row, cells=tuple(cells))


def _gives_away(rows, number):
    """Say whether the number of a telling cell in this row could be worked out."""
    telling = [place for place, cell in enumerate(rows[number].cells) if cell.is_telling]
    return not all(_has_twin(rows, number, place) for place in telling)


def _hide_more(rows, number):
    """Withhold as little more as helps: groups before the total, few before many, small before large; at last the whole family."""
    row = rows[number]
    total = len(row.cells) - 1
    shown = [n for n, cell in enumerate(row.cells) if cell.mark == SHOWN and cell.returns]
    choices = [chosen for size in range(1, len(shown) + 1) for chosen in combinations(shown, size)]
    for chosen in sorted(choices, key=lambda c: (total in c, len(c), sum(row.cells[n].value for n in c))):
        trial = [*rows[:number], row.marked(chosen, WITHHELD), *rows[number + 1 :]]
        if not _gives_away(trial, number):
            return trial
    trial = [*rows[:number], _blank(row), *rows[number + 1 :]]
    if not _gives_away(trial, number):
        return trial
    family = {number, *_above(rows, number), *_below(rows, number)}
    return [_blank(one) if n in family else one for n, one in enumerate(rows)]


def _blank(row):
    """Withhold the whole row, and say of no cell that it is a little one."""
    return row.marked([n for n, cell in enumerate(row.cells) if cell.returns], WITHHELD)


# ── what a reader could think ────────────────────────────────────────────


def _has_twin(rows, number, place):
    """Say whether another table, with another number in this cell, would look the same: some units moved to another hidden cell of the row,
    and likewise in the rows that this one is part of, or that are part of it.
    """
    together = [{number}, {number, *_above(rows, number)}, {number, *_below(rows, number)}]
    together.append(together[1] | together[2])
    total = len(rows[number].cells) - 1
    for moved in together:
        for other in rows[number].hidden():
            if other == place or any({place, other} - set(rows[n].hidden()) for n in moved):
                continue
            for step in STEPS:
                back = step if total in (place, other) else -step  # the groups add up to the total
                if _looks_the_same(rows, moved, {place: step, other: back}):
                    return True
    return False


def _looks_the_same(rows, moved, changes):
    values = [
        [cell.value + (changes.get(place, 0) if number in moved else 0) for place, cell in enumerate(row.cells)]
        for number, row in enumerate(rows)
    ]
    for number in moved:
        for place in changes:
            if not _could_be(rows[number], place, values[number][place]):
                return False
    return not any(
        row.part_of is not None and values[number][place] > values[row.part_of][place]
        for number, row in enumerate(rows)
        for place in changes
    )


def _could_be(row, place, value):
    """Say whether a reader who knows the rules could think that this number stands in a hidden cell."""
    cell = row.cells[place]
    if cell.mark == LITTLE:
        return 0 < value < SMALL
    if value < 0:
        return False
    says_little = row.is_of_people and any(other.mark == LITTLE for other in row.cells)
    # Beside a “< 5”, what is withheld for its sake is none or large: a small one would say so itself.
    return value == 0 or value >= SMALL or not says_little or cell.returns < FEWEST


def _above(rows, number):
    found = []
    while (number := rows[number].part_of) is not None:
        found.append(number)
    return found


def _below(rows, number):
    return [n for n in range(len(rows)) if number in _above(rows, n)]
