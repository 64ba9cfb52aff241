"""One idiom for every change of status: the model's `MOVES` table says who and when, `move` does it, once.

Look up the move → permission → compare-and-swap on the status → one audit line. `by=None` is the system.
"""

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from efc import audit
from efc.models import Move  # noqa: F401  (rooms import it from here)


class TooLate(Exception):
    """Somebody was faster: what was to be done no longer fits what stands. The API answers 409."""


class WrongStatus(TooLate):
    """The record is not, or no longer, in a status from which this move leads: usually somebody was faster."""

    def __init__(self, record, verb):
        self.record, self.verb = record, verb
        super().__init__(
            _("“%(record)s” is now: %(status)s. Somebody may have been faster; look at it again before you go on.")
            % {"record": record, "status": record.get_status_display()}
        )


def move(record, verb, *, by, note=None, **fields):
    """Move `record` by one row of its MOVES table and set `fields` in the same statement.

    Writes: the record's status and `fields`, one audit entry. Returns: the record, refreshed.
    Raises: PermissionDenied, WrongStatus. `by` is a User, or None for the system.
    """
    law = record.MOVES[verb]
    if by is not None and not by.has_perm(law.permission, record):
        raise PermissionDenied(law.permission)
    model = type(record)
    values = {"status": law.target, **fields}
    if any(field.name == "updated_at" for field in model._meta.concrete_fields):
        values["updated_at"] = timezone.now()  # QuerySet.update() passes by auto_now
    before = record.status
    swapped = model._base_manager.filter(pk=record.pk, status__in=[str(s) for s in law.sources]).update(**values)
    record.refresh_from_db()
    if not swapped:
        raise WrongStatus(record, verb)
    data = {"from": str(before), "to": str(law.target)} | ({"note": note} if note else {})
    audit.record(f"{model._meta.label_lower}.{verb}", record, by, **data)
    return record


def moves_for(record, user):
    """Return {verb: Move} that `user` may make now, in the table's order: which buttons to draw."""
    return {
        verb: law
        for verb, law in record.MOVES.items()
        if record.status in [str(s) for s in law.sources] and user.has_perm(law.permission, record)
    }


class Workflow(models.Model):
    """A model with a status and a MOVES table, moved by its verbs only."""

    MOVES: dict = {}

    class Meta:
        abstract = True

    def move(self, verb, *, by, **fields):
        return move(self, verb, by=by, **fields)

    def moves_for(self, user):
        return moves_for(self, user)
