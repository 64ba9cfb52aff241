"""Files that come in: compared line by line with what stands, and written all at once or not at all."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from efc import audit, permissions
from efc.permissions import require
from efc.sheets import KEEP, NO, Sheet, yes_or_no

# ── comparing ────────────────────────────────────────────────────────────


@dataclass
class Problem:
    line: int
    column: str
    sentence: str


@dataclass
class Line:
    """A line of the file and what it would do: to which record (none: a new one), with [(column, old, new)]."""

    number: int
    name: str
    record: object
    changes: list
    values: dict = field(repr=False)  # column → (what is written, how it shows)

    @property
    def identity(self):
        return self.record.pk if self.record is not None else f"line {self.number}"

    def value(self, column):
        return self.values[column][0]

    def text(self, column):
        return self.values[column][1]


@dataclass
class Plan:
    """What a file would do. `fingerprint` is the same only for the same file over the same records."""

    sheet: Sheet
    sha256: str
    new: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    unchanged: int = 0
    problems: list = field(default_factory=list)
    known: object = None

    @property
    def fingerprint(self):
        facts = [[line.number, line.record.pk if line.record else 0, line.changes] for line in self.new + self.changed]
        return hashlib.sha256(json.dumps([self.sha256, self.unchanged, facts]).encode()).hexdigest()


def compare(sheet, table):
    """Return the Plan of a table. Nothing is written. Costs: one query, and those of what is `known`, whatever the number of lines."""
    plan = Plan(sheet, table.sha256)
    if not _columns_are_right(plan, table.header):
        return plan
    plan.known = known = sheet.known()
    standing = {
        tuple(column.cell(row).casefold() for column in sheet.keys): row
        for row in sheet.rows(sheet.model.objects.all())
    }
    lines = []
    for number, cells in table.lines:
        line, problems = _line(sheet, table.header, number, cells, known, standing)
        plan.problems += problems
        lines += [line] if line is not None else []
    plan.problems += [*_doubled(sheet, lines), *_overlaps(sheet, lines, standing)]
    plan.problems += [Problem(line.number, *found) for line, *found in sheet.rules(lines, standing, known)]
    plan.problems.sort(key=lambda problem: problem.line)
    wrong = {problem.line for problem in plan.problems}
    for line in lines:
        if line.number in wrong:
            continue
        if line.record is None:
            plan.new.append(line)
        elif line.changes:
            plan.changed.append(line)
        else:
            plan.unchanged += 1
    return plan


def _columns_are_right(plan, header):
    wanted = [column.name for column in plan.sheet.columns if column.to]
    allowed = [column.name for column in plan.sheet.columns]
    for name in [name for name in wanted if name not in header]:
        plan.problems.append(Problem(1, name, _("This column is missing. Add it, even if its cells are empty.")))
    for name in [name for name in header if name not in allowed]:
        plan.problems.append(Problem(1, name or "–", _("This column is not known. Rename or remove it.")))
    for name in sorted({name for name in header if header.count(name) > 1}):
        plan.problems.append(Problem(1, name, _("This column stands there twice. Keep one of them.")))
    return not plan.problems


def _line(sheet, header, number, cells, known, standing):
    """Understand one line. Returns: (Line or None, problems)."""
    problems, values = [], {}
    cells = dict(zip(header, [*cells, *[""] * len(header)], strict=False))
    for column in sheet.columns:
        if column.name not in cells:
            continue
        try:
            values[column.name] = _value(sheet, column, cells[column.name], known)
        except ValidationError as error:
            problems.append(Problem(number, column.name, " ".join(error.messages)))
    if problems:
        return None, problems
    record = standing.get(tuple(values[column.name][1].casefold() for column in sheet.keys))
    changes = []
    for column in sheet.columns:
        if column.name not in values or values[column.name][0] is KEEP:
            continue
        old, new = column.cell(record) if record is not None else "", values[column.name][1]
        if not column.to:
            if old != new and (record is not None or new not in ("", NO)):
                sentence = _("A file does not change this. It is now “%(now)s”: write that, or remove the column.")
                problems.append(Problem(number, column.name, sentence % {"now": old or "–"}))
        elif old != new and not (column.key and old.casefold() == new.casefold()) and (old, new) != ("", NO):
            if column.stands and record is not None:
                problems.append(Problem(number, column.name, str(column.stands) % {"old": old, "new": new}))
            changes.append((column.name, old, new))
    name = " · ".join(values[column.name][1] or "…" for column in sheet.keys)
    return Line(number, name, record, changes, values), problems


def _value(sheet, column, text, known):
    """Return (the value of a cell, how it shows)."""
    if text is None:
        raise ValidationError(_("This cell holds a formula. Put its value there as text."))
    if any(ord(sign) < 32 and not (sign == "\n" and column.lines) for sign in text):
        raise ValidationError(_("Write this on one line, without control characters."))
    if not text:
        if column.required:
            raise ValidationError(_("Fill in this cell."))
        target = sheet.target(column)
        if target is not None and target.null:
            return None, ""
        return (False, NO) if column.parse is yes_or_no else ("", "")
    value = column.parse(text, known)
    if value is KEEP:
        return KEEP, text
    target = sheet.target(column)
    if target is not None and isinstance(value, str):
        value = target.clean(value, None)
    return value, column.text(value)


def _doubled(sheet, lines):
    """Find lines that speak of the same row."""
    first = {}
    for line in lines:
        key = tuple(line.text(column.name).casefold() for column in sheet.keys)
        if key in first:
            yield Problem(
                line.number,
                sheet.keys[0].name,
                _("This is the same row as line %(line)s. Keep one of them.") % {"line": first[key]},
            )
        first.setdefault(key, line.number)


def _overlaps(sheet, lines, standing):
    """Find rows alike whose days overlap, as they would stand after the import."""
    if not sheet.alike:
        return
    columns, days = [column for column in sheet.columns if column.name in sheet.alike], {}
    for row in standing.values():
        key = tuple(column.cell(row).casefold() for column in columns)
        days.setdefault(key, {})[row.pk] = (row.starts_on, row.ends_on)
    keyed = [(line, tuple(line.text(name).casefold() for name in sheet.alike)) for line in lines]
    for line, key in keyed:
        days.setdefault(key, {})[line.identity] = (line.value("from"), line.value("to"))
    for line, key in keyed:
        starts_on, ends_on = line.value("from"), line.value("to")
        if starts_on and ends_on and ends_on < starts_on:
            yield Problem(line.number, "to", _("The last day lies before the first day. Give a later last day."))
        elif any(
            (starts_on or date.min) <= (ends or date.max) and (begins or date.min) <= (ends_on or date.max)
            for other, (begins, ends) in days[key].items()
            if other != line.identity
        ):
            sentence = _("These days overlap another row of the same kind. End one on the day before the other begins.")
            yield Problem(line.number, "from", sentence)


# ── writing ──────────────────────────────────────────────────────────────


@transaction.atomic
def import_table(sheet, table, *, by, fingerprint):
    """Write what was previewed. Nobody is written to.

    Writes: the rows, their history, an audit entry for each and one for the file, grants. Returns: the Plan.
    Raises: PermissionDenied; ValidationError when there are problems, or when what stands has changed since the preview.
    """
    for permission in sheet.permissions():
        require(by, permission)
    plan = compare(sheet, table)
    if plan.problems:
        raise ValidationError(_("Nothing was imported: the file has problems. Correct them and choose it again."))
    if plan.fingerprint != fingerprint:
        raise ValidationError(
            _("Nothing was imported: what stands has changed since this preview. Look at the new one.")
        )
    try:
        with transaction.atomic():
            for line in plan.changed + plan.new:
                _write(sheet, line, plan.known, by)
    except IntegrityError as error:
        raise ValidationError(
            _("Nothing was imported: something was changed at the same moment. Look again.")
        ) from error
    audit.record(
        f"{sheet.model._meta.label_lower}.import", None, by, sha256=plan.sha256, new=len(plan.new), changed=len(plan.changed),
        unchanged=plan.unchanged,
    )  # fmt: skip
    if sheet.model in permissions.WATCHED:
        permissions.redraw(by=by)
    return plan


def _write(sheet, line, known, by):
    record = sheet.write(line, known)
    changed = {"changed": sorted(name for name, _old, _new in line.changes)} if line.record else {}
    verb = f"{record._meta.label_lower}.{'change' if line.record else 'add'}"
    audit.record(verb, record, by, **changed, imported=f"line {line.number}")


def summary(plan):
    """Return what an import did, or would do, in one sentence."""
    new = ngettext("%(n)s new", "%(n)s new", len(plan.new)) % {"n": len(plan.new)}
    changed = ngettext("%(n)s changed", "%(n)s changed", len(plan.changed)) % {"n": len(plan.changed)}
    return f"{new}, {changed}, " + _("%(n)s as they were") % {"n": plan.unchanged}
