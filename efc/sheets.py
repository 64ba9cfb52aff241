"""Records as tables: which columns a kind of file has, going out and coming in.

The names of columns and the values of lists are never translated, so that a file of one desk can be read at another.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

PROTECTED = "(protected)"  # stands for a protected identity in a file; coming in, it leaves the cell's value as it is
KEEP = object()
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Column:
    """One column: `of(row)` is the row's value, `text(value)` how a cell shows it, `parse(text, known)` what a cell means.

    `to` names what the value is written to; a column without it is shown and never changed by a file. `stands` is the sentence
    that refuses another value once the row is there. `lines` says that a cell may have several lines.
    """

    name: str
    of: Callable
    parse: Callable
    to: str = ""
    text: Callable = str
    hint: str = ""
    required: bool = False
    key: bool = False
    stands: str = ""
    lines: bool = False

    def cell(self, row):
        value = self.of(row)
        return "" if value is None or value == "" else self.text(value).replace("\r\n", "\n").strip()


@dataclass(frozen=True)
class Sheet:
    """A kind of file: its columns, and what two rows may not share on the same days (`alike`, by the names of columns).

    A room makes its own kind of Sheet where its rows need more than their columns: `rules` finds what a file may not say,
    `write` stores a line, `open_rows` and `open_cell` leave out what only `protects` may export.
    """

    name: str
    model: type
    columns: list
    alike: tuple = ()
    rows: Callable = field(default=lambda rows: rows)
    below: tuple = ()  # names of further models that reading such a file writes
    known: Callable = lambda: None  # what cells can point to, fetched once a file
    protects: str = ""  # the permission to export protected identities

    @property
    def keys(self):
        return [column for column in self.columns if column.key]

    def permissions(self):
        """Return the permissions that reading such a file needs."""
        app, names = self.model._meta.app_label, [self.model._meta.model_name, *self.below]
        return [f"{app}.{verb}_{name}" for name in names for verb in ("add", "change")]

    def target(self, column):
        """Return the model's field behind a column, for its own rules, or None."""
        return self.model._meta.get_field(column.to) if column.to else None

    def rules(self, lines, standing, known):
        """Yield (line, column, sentence) for what a file of this kind may not say."""
        return ()

    def write(self, line, known):
        """Store a line and return its record."""
        record = line.record or self.model()
        for column in self.written(line):
            setattr(record, column.to, line.value(column.name))
        record.save()
        return record

    def written(self, line):
        """Return the columns of a line that are written: all of a new record, those that changed of another."""
        changed = {name for name, _old, _new in line.changes}
        return [
            column
            for column in self.columns
            if column.to and (line.record is None or column.name in changed) and line.value(column.name) is not KEEP
        ]

    # ── going out ──

    def open_rows(self, rows):
        """Return the rows that may leave without `protects`."""
        return rows

    def open_cell(self, column, row):
        """Return a cell without what `protects` guards."""
        return column.cell(row)

    def hidden_in(self, rows):
        """Return of how many rows something is left out without `protects`."""
        return 0


# ── what a cell means ────────────────────────────────────────────────────


def words(text, known):
    return text


def one_of(choices, text, known):
    """Take the value of a list, or its English name."""
    for value, label in choices:
        if text.casefold() in (value.casefold(), str(label).casefold()):
            return value
    raise ValidationError(_("Write one of: %(values)s.") % {"values": ", ".join(value for value, _label in choices)})


def day(text, known):
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(_("Write the day as year, month and day, for example 2015-03-17.")) from error


def number(text, known, *, least=1, most, mark=""):
    """Take a whole number; `mark` is a letter before it that people write, the M of M12."""
    digits = text.upper().removeprefix(mark).strip()
    if not (digits.isdecimal() and digits.isascii() and len(digits) < 7 and least <= int(digits) <= most):
        raise ValidationError(_("Write a whole number from %(least)s to %(most)s.") % {"least": least, "most": most})
    return int(digits)


def yes_or_no(text, known):
    if text.casefold() not in (YES, NO):
        raise ValidationError(_("Write yes or no."))
    return text.casefold() == YES


def yes_no(value):
    return YES if value else NO


# ── columns that several kinds have ──────────────────────────────────────


def attribute(name):
    return lambda row: getattr(row, name)


def plain(name, to, **more):
    return Column(name, attribute(to), words, to, **more)


def choice(name, choices, **more):
    hint = ", ".join(value for value, _label in choices)
    return Column(name, attribute(name), partial(one_of, choices), name, hint=hint, required=True, **more)
