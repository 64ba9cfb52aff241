"""Rows of many tables as lines of one list, asked in one query: what waits, what is owed, what changed."""

from django.db.models import CharField, DateField, IntegerField, TextField, Value
from django.db.models.functions import Cast

# The columns of a line, alike for every kind; `line` fills what a kind does not have.
COLUMNS = {
    "day": DateField(),
    "title": TextField(),
    "note": TextField(),
    "state": CharField(),
    "slug": CharField(),
    "group": IntegerField(),
    "number": IntegerField(),
}


def line(kind, rows, **columns):
    """Return rows as lines of one kind: each column an expression, those left out empty."""
    shown = {f"of_{name}": Cast(columns.get(name, Value(None)), field) for name, field in COLUMNS.items()}
    return rows.order_by().annotate(of_kind=Value(kind), **shown).values("of_kind", *shown)


def ask(lines, limit=None):
    """Return the rows of these lines as dictionaries, by day (those without one last). Costs: one query, none without lines."""
    first, *others = [*lines] or [None]
    if first is None:
        return []
    rows = (first.union(*others, all=True) if others else first).order_by("of_day")
    return rows if limit is None else rows[:limit]
