"""The decision register: numbered without a gap, never changed, superseded by later decisions."""

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from efc import audit
from efc.permissions import require
from efc.workflow import WrongStatus
from members import rules
from members.models import Decision

NUMBERS_LOCK = 0x0EFC_DEC  # with the year, the key under which one transaction at a time takes a number


@transaction.atomic
def record_decision(*, title, text, decided_on, procedure, by, source="", is_public=False):
    """Enter a decision under the next number of its year.

    Writes: the decision, an audit entry. Returns: the decision. Raises: PermissionDenied, ValidationError for a day ahead.
    Costs: whoever records in the same year waits until this transaction ends, which keeps the numbers without a gap.
    """
    require(by, "members.add_decision")
    if decided_on > rules.brussels_day(timezone.now()):
        raise ValidationError({"decided_on": _("This day lies ahead. Give the day on which it was decided.")})
    decision = Decision(
        year=decided_on.year, decided_on=decided_on, title=title, text=text, procedure=procedure, source=source,
        is_public=is_public, recorded_by=by,
    )  # fmt: skip
    decision.sequence = _next_number(decision.year)
    decision.full_clean(exclude=["recorded_by", "superseded_by"])
    decision.save(force_insert=True)
    audit.record("members.decision.record", decision, by, number=decision.number)
    return decision


def _next_number(year):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBERS_LOCK, year])
    return (Decision.objects.filter(year=year).aggregate(last=Max("sequence"))["last"] or 0) + 1


def implement_decision(decision, *, by):
    """Say that what was decided has been done."""
    return decision.move("implement", by=by)


@transaction.atomic
def supersede_decision(decision, new, *, by):
    """Say that a later decision takes the place of this one, whose text stays as it is.

    Raises: ValidationError for itself, for an earlier one, and for one that is itself superseded.
    """
    if (new.decided_on, new.year, new.sequence) <= (decision.decided_on, decision.year, decision.sequence):
        raise ValidationError(_("A decision is superseded by a later one. Choose one that was taken after it."))
    if new.status == Decision.Status.SUPERSEDED:
        raise ValidationError(
            _("Decision %(number)s is itself superseded. Choose the one that holds.") % {"number": new.number}
        )
    return decision.move("supersede", by=by, superseded_by=new, note=new.number)


def publish_decision(decision, *, by):
    """Show a decision on the public page on how the coalition is run. Writes: an audit entry."""
    return _publish(decision, by, True)


def unpublish_decision(decision, *, by):
    """Take a decision from the public page; in the register it stays. Writes: an audit entry."""
    return _publish(decision, by, False)


@transaction.atomic
def _publish(decision, by, is_public):
    require(by, "members.change_decision", decision)
    if Decision.objects.filter(pk=decision.pk, is_public=not is_public).update(is_public=is_public):
        audit.record(f"members.decision.{'publish' if is_public else 'unpublish'}", decision, by)
    decision.refresh_from_db()
    return decision


class DecidedAlready(WrongStatus):
    """Somebody was faster: the sentence says who, and when."""

    def __init__(self, record, verb, *, who, when):
        super().__init__(record, verb)
        facts = {"record": record, "status": record.get_status_display(), "who": who, "when": rules.in_words(when)}
        self.args = (
            _("“%(record)s” is now: %(status)s, by %(who)s on %(when)s. Look at it again before you go on.") % facts,
        )


def decided_already(record, verb):
    """Return the refusal for a record that somebody moved before us; who and when come from the audit log."""
    last = audit.entries_about(record).filter(data__has_key="to").order_by("-id").first()
    if last is None:
        return WrongStatus(record, verb)
    who = audit.actor_names([last]).get(last.actor) or _("the portal itself")
    return DecidedAlready(record, verb, who=who, when=last.at)
