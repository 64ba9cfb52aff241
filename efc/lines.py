"""Rows of many tables as lines of one list, asked in one query: what waits, what is owed, what changed."""

from django.db.models import CharField, DateField, Expression, IntegerField, TextField, Value
from django.db.models.functions import Cast


class Empty(Expression):
    """A column without a value, of the type of its field."""

    def as_sql(self, compiler, connection):
        return f"NULL::{self.output_field.db_type(connection)}", []


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
EMPTY = {name: Empty(output_field=field) for name, field in COLUMNS.items()}


def line(kind, rows, **columns):
    """Return rows as lines of one kind: each column an expression, those left out empty."""
    given = {name: Cast(column, COLUMNS[name]) for name, column in columns.items()}
    shown = {f"of_{name}": column for name, column in {**EMPTY, **given}.items()}
    return rows.order_by().annotate(of_kind=Value(kind), **shown).values("of_kind", *shown)


def ask(lines, limit=None):
    """Return the rows of these lines as dictionaries, by day (those without one last). Costs: one query, none without lines."""
    first, *others = [*lines] or [None]
    if first is None:
        return []
    rows = (first.union(*others, all=True) if others else first).order_by("of_day")
    return rows if limit is None else rows[:limit]
