"""No figure that is hidden can be worked out from those that are shown. The reference below counts every table a reader could think of."""

from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workpackages.suppression import LITTLE, SHOWN, WITHHELD, Row, Sum, suppress

FAR = 14  # the reference thinks of numbers up to this, which is more than the tables of these tests hold


def row(*values, returns=(5, 5, 5), people=True, part_of=None):
    """Return a row of group sums with its total at the end."""
    cells = [Sum(value, n) for value, n in zip(values, returns, strict=True)]
    return Row((*cells, Sum(sum(values), sum(returns))), people, part_of)


def shown(*rows):
    """Return the rows as a reader sees them."""
    words = {LITTLE: "<5", WITHHELD: "-"}
    return [
        [words.get(cell.mark, str(cell.value)) for cell in one.cells] if one else None for one in suppress(list(rows))
    ]


@pytest.mark.parametrize(
    ("values", "returns", "seen"),
    [
        ((12, 30, 8), (5, 5, 5), ["12", "30", "8", "50"]),
        ((0, 30, 8), (5, 5, 5), ["0", "30", "8", "38"]),
        ((3, 30, 8), (5, 5, 5), ["<5", "30", "-", "41"]),  # 41 − 30 − 8 would be 3: the next smallest goes too
        ((3, 2, 40), (5, 5, 5), ["<5", "<5", "40", "45"]),
        ((4, 4, 40), (5, 5, 5), ["<5", "<5", "-", "48"]),  # 8 in two such cells can only be 4 and 4
        ((1, 1, 0), (5, 5, 5), ["<5", "<5", "0", "<5"]),
        ((12, 30, 8), (5, 2, 5), ["12", "-", "-", "50"]),  # two organisations
        ((12, 30, 0), (1, 1, 0), ["-", "-", "0", "-"]),
        ((0, 3, 0), (5, 5, 5), ["0", "<5", "0", "<5"]),
    ],
)
def test_the_rules_by_hand(values, returns, seen):
    assert shown(row(*values, returns=returns)) == [seen]


def test_a_count_of_things_may_be_small():
    assert shown(row(1, 2, 3, people=False)) == [["1", "2", "3", "6"]]


def test_a_part_does_not_give_its_whole_away():
    whole, part = row(11, 1, 20), row(11, 0, 20, part_of=0)
    # 32 − 20 leaves 12 for the first two; were 11 of the part shown, the whole could only be 11 and 1
    first, second = shown(whole, part)
    assert first[1] == "<5"
    assert not (second[0] == "11" and first[2] == "20" and first[3] == "32")


# ── the reference ────────────────────────────────────────────────────────


def thinkable(rows):
    """Return every table of numbers up to FAR that fits what is shown: the groups add up, no part exceeds its whole."""

    def fits(one, place, value):
        cell = one.cells[place]
        if cell.mark == SHOWN:
            return value == cell.value
        if cell.mark == LITTLE:
            return 1 <= value <= 4
        beside_little = one.is_of_people and any(other.mark == LITTLE for other in one.cells)
        return cell.returns < 3 or not beside_little or value == 0 or value >= 5

    tables = [[]]
    for one in rows:
        groups = [[v for v in range(FAR + 1) if fits(one, place, v)] for place in range(len(one.cells) - 1)]
        lines = [(*values, sum(values)) for values in product(*groups) if fits(one, len(one.cells) - 1, sum(values))]
        tables = [
            [*table, line]
            for table in tables
            for line in lines
            if one.part_of is None or all(a <= b for a, b in zip(line, table[one.part_of], strict=True))
        ]
    return tables


def telling(one):
    """Return the places whose number must not be known, by the rules as they stand in words."""
    return [
        place
        for place, cell in enumerate(one.cells)
        if 0 < cell.returns < 3 or (one.is_of_people and 1 <= cell.value <= 4)
    ]


def worked_out(rows):
    """Return the (row, place) of each telling cell that only one number fits."""
    tables = thinkable(rows)
    assert tables
    return [
        (number, place)
        for number, one in enumerate(rows)
        for place in telling(one)
        if len({table[number][place] for table in tables}) == 1
    ]


returns = st.tuples(*[st.integers(0, 6)] * 3)


@st.composite
def one_row(draw):
    counted = draw(returns)
    values = [draw(st.integers(0, 9)) if n else 0 for n in counted]
    return row(*values, returns=counted, people=draw(st.booleans()))


@st.composite
def a_whole_and_its_part(draw):
    counted = draw(st.tuples(*[st.integers(1, 6)] * 2))
    whole = [draw(st.integers(0, 9)) for _n in counted]
    part = [draw(st.integers(0, value)) for value in whole]
    return [row(*whole, returns=counted), row(*part, returns=counted, part_of=0)]


@settings(max_examples=120, deadline=None)
@given(one_row())
def test_no_hidden_cell_of_a_row_can_be_worked_out(one):
    (hidden,) = suppress([one])
    assert all(hidden.cells[place].mark != SHOWN for place in telling(hidden))
    assert worked_out([hidden]) == []


@settings(max_examples=60, deadline=None)
@given(a_whole_and_its_part())
@example([row(8, 1, returns=(4, 4)), row(8, 0, returns=(4, 4), part_of=0)])
def test_no_hidden_cell_can_be_worked_out_from_a_part(rows):
    assert worked_out(suppress(rows)) == []


def test_the_reference_sees_a_leak():
    """Were only the small cell hidden, one number would fit."""
    naive = row(3, 6, 8)
    naive = Row((Sum(3, 5, LITTLE), *naive.cells[1:]), True)
    assert worked_out([naive]) == [(0, 0)]
