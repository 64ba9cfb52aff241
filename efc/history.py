"""What changed in a record, field by field: read from the rows that django-simple-history keeps."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

STEPS_SHOWN = 200
NOTHING = "–"


@dataclass
class Step:
    """One saving of one row: when, by whom, of which kind, and [(field, before, after)]."""

    at: datetime
    who: str
    what: str
    name: str
    fields: list


def steps(record, below=()):
    """Return the savings of a record and of the rows below it (names of its relations), the latest first, at most 200.

    What was written past `save()` (a verb's one UPDATE) is in the audit log only. Costs: one query a model, and one for each kind
    of record that a field points to.
    """
    found = []
    if hasattr(type(record), "history"):
        found += _of(type(record).history.filter(**{record._meta.pk.attname: record.pk}))
    for name in below:
        relation = record._meta.get_field(name)
        found += _of(relation.related_model.history.filter(**{relation.field.attname: record.pk}))
    return sorted(found, key=lambda step: step.at, reverse=True)[:STEPS_SHOWN]


def _of(rows):
    """Compare each row of a history with the one before it of the same record."""
    model = rows.model.instance_type
    key = model._meta.pk.attname
    fields = [field for field in rows.model.tracked_fields if not field.primary_key]
    rows = list(rows.select_related("history_user").order_by("history_date", "history_id"))
    names = _names(fields, rows)
    show, before, found = _display(names), {}, []
    for row in rows:
        last = before.get(getattr(row, key)) if row.history_type != "+" else None
        changed = [
            (capfirst(str(field.verbose_name)), show(field, last), show(field, row))
            for field in fields
            if row.history_type != "-"
            and getattr(row, field.attname) != (getattr(last, field.attname) if last else _empty(field))
        ]
        before[getattr(row, key)] = row
        kind = {"+": _("%(kind)s added"), "-": _("%(kind)s removed")}.get(row.history_type, "%(kind)s")
        if last is None and row.history_type == "~":
            kind = _("%(kind)s, as first on record")
        what = kind % {"kind": capfirst(str(model._meta.verbose_name))}
        if changed or row.history_type == "-":
            who = str(row.history_user) if row.history_user else _("the system")
            found.append(Step(row.history_date, who, what, _name(row, names), changed))
    return found


def _empty(field):
    """Return what a field holds before anything is said: it makes no line when a row is added."""
    if field.null:
        return None
    return False if field.get_internal_type() == "BooleanField" else ""


def _names(fields, rows):
    """Return {field: {key: record}} of the records that the rows point to. Costs: one query a field."""
    found = {}
    for field in fields:
        if field.is_relation:
            wanted = {value for row in rows if (value := getattr(row, field.attname)) is not None}
            found[field.name] = field.remote_field.model._base_manager.in_bulk(wanted) if wanted else {}
    return found


def _name(row, names):
    """Return what the row was called, without asking again for the records that it names."""
    instance = row.instance
    for name, records in names.items():
        key = getattr(row, type(instance)._meta.get_field(name).attname)
        if key is not None and key not in records:
            return ""  # what it belonged to is gone
        setattr(instance, name, records.get(key))
    return str(instance)


def _display(names):
    """Return a function that says a field's value in words."""

    def show(field, row):
        value = getattr(row, field.attname) if row is not None else None
        if value is None or value == "":
            return NOTHING
        if field.is_relation:
            return str(names[field.name].get(value) or _("a record that was removed"))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, datetime):
            return date_format(timezone.localtime(value), "j F Y, H:i")
        if isinstance(value, date):
            return date_format(value, "j F Y")
        return str(dict(field.flatchoices).get(value, value))

    return show
