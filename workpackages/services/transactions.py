"""The register of test transactions: requests entered, moved and evaluated by the holders of its two roles.

The audit log keeps who did what on which day and nothing of a row (`AUDITED_APART`); the field history stands beside the row and goes
with it. What leaves the register as figures is in `transaction_counts`.
"""

from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from efc import audit
from efc.models import AuditEntry
from efc.permissions import require
from efc.workflow import WrongStatus
from members.models import Organisation, Sector
from workpackages.models import Outcome, TestTransaction, TestTransactionCount
from workpackages.models.transactions import AUTHORITY_SECTORS, DAYS, FIGURES, MOST

FIRST_DAY = date(2009, 1, 1)  # the coalition was first set up in 2009
NUMBERS_LOCK = 0x0EFC_7E57  # with the year, the key under which one transaction at a time takes a number
READING_LOCK = 0x0EFC_7EAD
READ = "workpackages.testtransaction.read"


# ── who reads ────────────────────────────────────────────────────────────


@transaction.atomic
def note_reading(user):
    """Write down, once for each person and day, that somebody read the register. Writes: an audit entry that names no row."""
    if _has_read(user):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [READING_LOCK, user.pk % 2**31])
    if not _has_read(user):
        audit.record(READ, None, user)


def _has_read(user):
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time()))
    return AuditEntry.objects.filter(verb=READ, actor=user.pseudonym, at__gte=midnight).exists()


# ── who asks whom ────────────────────────────────────────────────────────


def authorities():
    """Return the organisations that can ask: those of law enforcement and justice that are members or were."""
    return _ever_members(*AUTHORITY_SECTORS)


def providers():
    """Return the organisations that can be asked: those of the payment sector that are members or were."""
    return _ever_members(Sector.PAYMENT)


def _ever_members(*sectors):
    rows = Organisation.objects.filter(sector__in=sectors, memberships__isnull=False).distinct()
    return rows.defer("description", "search_vector").order_by("name")


def _was_member(organisation, sectors, day):
    return organisation.sector in sectors and Organisation.objects.members(day).filter(pk=organisation.pk).exists()


def _check_parties(authority, authority_country, provider, day):
    """Refuse who could not ask or be asked on that day. Raises: ValidationError by field."""
    wrong, words = {}, {"day": date_format(day)}
    if (authority is None) == (not authority_country):
        wrong["authority"] = _("Choose the authority that asks.")
    elif authority is not None and not _was_member(authority, AUTHORITY_SECTORS, day):
        wrong["authority"] = _("%(name)s was not a member on %(day)s. Choose who asked, or mend the day.") % {
            "name": authority, **words,
        }  # fmt: skip
    if provider is None:
        wrong["provider"] = _("Choose the payment provider that was asked.")
    elif not _was_member(provider, [Sector.PAYMENT], day):
        wrong["provider"] = _("%(name)s was not a member on %(day)s. A request goes to a member of that day.") % {
            "name": provider, **words,
        }  # fmt: skip
    if wrong:
        raise ValidationError(wrong)


def _check_days(days):
    """Refuse days that lie ahead, before the coalition, or out of order. Raises: ValidationError by field."""
    wrong, latest = {}, None
    for name in DAYS:
        day = days.get(name)
        if day is None:
            continue
        if day > timezone.localdate():
            wrong[name] = _("This day lies ahead. Give the day on which it happened.")
        elif day < FIRST_DAY:
            wrong[name] = _("The coalition was set up in 2009. Check the year.")
        elif latest and day < latest:
            wrong[name] = _("The step before it is of %(day)s. Give that day or a later one.") % {
                "day": date_format(latest)
            }
        latest = max(filter(None, (latest, day)))
    if wrong:
        raise ValidationError(wrong)


def _check_figures(figures):
    wrong = {
        name: _("Give a whole number from 0 to 10,000.")
        for name in FIGURES
        if not isinstance(figures.get(name), int) or not 0 <= figures[name] <= MOST
    }
    if wrong:
        raise ValidationError(wrong)


# ── verbs ────────────────────────────────────────────────────────────────


@transaction.atomic
def register_request(
    *, by, provider, requested_on, authority=None, authority_country="", is_another=False, is_demo=False
):
    """Enter a request under the next number of its year. `is_another` says that it is none of those of the same days.

    Writes: the request, its history, an audit entry. Returns: the request. Raises: PermissionDenied, ValidationError.
    Costs: whoever enters in the same year waits until this transaction ends, which keeps the numbers without a gap.
    """
    require(by, TestTransaction.KEEP)
    _check_days({"requested_on": requested_on})
    _check_parties(authority, authority_country, provider, requested_on)
    number = _next_number(requested_on.year)
    if not is_another:
        _refuse_twin(authority, authority_country, provider, requested_on)
    row = TestTransaction(
        year=requested_on.year, sequence=number, authority=authority, authority_country=authority_country, provider=provider,
        requested_on=requested_on, is_demo=is_demo,
    )  # fmt: skip
    row.full_clean()
    _remember(row, by, force_insert=True)
    audit.record("workpackages.testtransaction.register", row, by)
    return row


def _next_number(year):
    """Return the next number of a year: those whose time was over are counted, so that no number comes twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBERS_LOCK, year])
    removed = TestTransactionCount.objects.filter(year=year).aggregate(n=Sum("requests"))["n"] or 0
    return TestTransaction.objects.filter(year=year).count() + removed + 1


def _refuse_twin(authority, authority_country, provider, day):
    """Ask before a second request of the same authority to the same provider within a day. Raises: ValidationError."""
    rows = TestTransaction.objects.filter(
        authority=authority, authority_country=authority_country, provider=provider,
        requested_on__range=(date.fromordinal(day.toordinal() - 1), date.fromordinal(day.toordinal() + 1)),
    )  # fmt: skip
    if twin := rows.order_by("-sequence").first():
        sentence = _("%(reference)s of %(day)s is from the same authority to the same provider. Is this another one?")
        raise ValidationError(
            {"is_another": sentence % {"reference": twin, "day": date_format(twin.requested_on)}}, code="twin"
        )


def _remember(row, by, **kwargs):
    """Save a row with who did it in its history."""
    row._history_user = by
    row.save(**kwargs)


def _locked(row, verb, by):
    """Return the row as it stands, locked. Raises: PermissionDenied, WrongStatus."""
    law = TestTransaction.MOVES[verb]
    require(by, law.permission)
    row = TestTransaction.objects.select_for_update(of=("self",)).select_related("provider").get(pk=row.pk)
    if row.status not in law.sources:
        raise WrongStatus(row, verb)
    return row


def _moved(row, verb, *, by, **values):
    _check_days({name: values.get(name, getattr(row, name)) for name in DAYS})
    row = row.move(verb, by=by, **values)
    _remember(row, by)
    return row


def _require_provider(row, name, day):
    """Refuse a step of a provider that was not a member on its day. Raises: ValidationError."""
    if row.provider is None or not _was_member(row.provider, [Sector.PAYMENT], day):
        raise ValidationError(
            {
                name: _("%(name)s was not a member on %(day)s. Withdraw the request, or mend the day.")
                % {"name": row.asked, "day": date_format(day)}
            }
        )


@transaction.atomic
def accept_request(row, *, by, answered_on):
    """Write down that the provider accepted. Writes: status and day, history, an audit entry. Raises: PermissionDenied, WrongStatus, ValidationError."""
    row = _locked(row, "accept", by)
    _require_provider(row, "answered_on", answered_on)
    return _moved(row, "accept", by=by, answered_on=answered_on)


@transaction.atomic
def decline_request(row, *, by, answered_on):
    """Write down that the provider declined; with that the request ends."""
    row = _locked(row, "decline", by)
    return _moved(
        row, "decline", by=by, answered_on=answered_on, closed_on=answered_on, outcome=Outcome.NOT_CARRIED_OUT
    )


@transaction.atomic
def carry_out_request(row, *, by, carried_out_on):
    row = _locked(row, "carry_out", by)
    _require_provider(row, "carried_out_on", carried_out_on)
    return _moved(row, "carry_out", by=by, carried_out_on=carried_out_on)


@transaction.atomic
def evaluate_request(row, *, by, evaluated_on, outcome, **figures):
    """Enter what came of it; until the request is closed, that can be done again. `figures` are those of `FIGURES`, all of them.

    Raises: PermissionDenied, WrongStatus, ValidationError for an outcome or a number that cannot be.
    """
    row = _locked(row, "evaluate", by)
    if outcome not in set(Outcome.values) - {Outcome.NOT_CARRIED_OUT}:
        raise ValidationError({"outcome": _("Choose what came of it.")})
    _check_figures(figures)
    return _moved(row, "evaluate", by=by, evaluated_on=evaluated_on, outcome=outcome, **figures)


@transaction.atomic
def close_request(row, *, by, closed_on):
    """Close an evaluated request. From this day on its time runs (`KEPT_DAYS`)."""
    row = _locked(row, "close", by)
    return _moved(row, "close", by=by, closed_on=closed_on)


@transaction.atomic
def reopen_request(row, *, by):
    """Open a closed request again, so that its evaluation can be mended."""
    row = _locked(row, "reopen", by)
    return _moved(row, "reopen", by=by, closed_on=None, removal_notified_on=None)


@transaction.atomic
def withdraw_request(row, *, by, closed_on):
    """End a request that was taken back, or that could not be carried out."""
    row = _locked(row, "withdraw", by)
    return _moved(row, "withdraw", by=by, closed_on=closed_on, outcome=Outcome.NOT_CARRIED_OUT)


@transaction.atomic
def correct_request(row, *, by, authority, authority_country, provider, **days):
    """Mend who asked whom, and days that are entered already; the reference stays, so the request stays in its year.

    Writes: the request, history, an audit entry. Raises: PermissionDenied, ValidationError.
    """
    require(by, TestTransaction.KEEP)
    row = TestTransaction.objects.select_for_update(of=("self",)).get(pk=row.pk)
    days = {name: days.get(name) or getattr(row, name) for name in DAYS if getattr(row, name)}
    _check_days(days)
    if days["requested_on"].year != row.year:
        raise ValidationError(
            {"requested_on": _("The reference is of %(year)s. Give a day of that year.") % {"year": row.year}}
        )
    _check_parties(authority, authority_country, provider, days["requested_on"])
    row.authority, row.authority_country, row.provider = authority, authority_country, provider
    for name, day in days.items():
        setattr(row, name, day)
    row.full_clean()
    _remember(row, by)
    audit.record("workpackages.testtransaction.correct", row, by)
    return row
