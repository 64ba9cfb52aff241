"""Returns: an organisation saves, checks and sends its figures; the keepers ask back and open again."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from efc import audit, wording
from efc.fields import refuse_links
from efc.permissions import holders, require
from efc.workflow import TooLate, WrongStatus
from members.rules import in_words
from workpackages.emails import collection as emails
from workpackages.models import COMMENT, DIGITS, DataComment, DataField, DataReturn, DataRound, DataValue

Kind = DataField.Kind
FILL = "workpackages.fill_datareturn"


class SavedMeanwhile(TooLate):
    """Somebody else of the organisation has saved since the page was opened. `data_return` is as they left it."""

    def __init__(self, data_return):
        self.data_return = data_return
        sentence = _("This return has changed since you opened it. Read what stands now, then choose.")
        if data_return.saved_at:
            at = date_format(timezone.localtime(data_return.saved_at), "H:i")
            sentence = _("%(name)s has saved this return at %(time)s. Read what stands now, then choose.")
            sentence %= {"name": data_return.saved_by or _("Somebody"), "time": at}
        super().__init__(sentence)


class Over(ValidationError):
    """The time of a return is over: the sentence gives it, and says that the draft is kept."""

    def __init__(self, data_return):
        facts = {"time": in_words(data_return.closes_at)}
        sentence = _(
            "This return was due on %(time)s. Your draft is kept. Ask for more time in a comment below the return."
        )
        if data_return.round.status == DataRound.Status.CLOSED and data_return.round.closed_at < data_return.closes_at:
            facts = {"time": in_words(data_return.round.closed_at)}
            sentence = _(
                "The round was closed on %(time)s. Your draft is kept. Ask for more time in a comment below the return."
            )
        super().__init__(sentence % facts, "over")


def _locked(data_return):
    rows = DataReturn.objects.select_for_update(of=("self",)).select_related("round__template", "organisation")
    return rows.get(pk=data_return.pk)


def _fillable(data_return, by):
    """Lock the return and see that it can be saved now. Raises: PermissionDenied, WrongStatus once it is sent, Over."""
    require(by, FILL, data_return)
    data_return = _locked(data_return)
    if data_return.status == DataReturn.Status.SUBMITTED:
        raise WrongStatus(data_return, "submit")
    if not data_return.is_open:
        raise Over(data_return)
    return data_return


# ── figures ──────────────────────────────────────────────────────────────


def values_of(data_return):
    """Return {key: answer} in their own types. Costs: one query."""
    return {row.field.key: row.value for row in data_return.values.select_related("field")}


def problems(fields, values, *, confirmed=(), whole=True):
    """Return {key: [sentence]} of what is wrong with these answers, {} for nothing.

    `whole` asks for what must be there before sending; without it a draft may have gaps. `confirmed` are the keys whose unusual number
    the person has confirmed.
    """
    found = {}
    by_pk = {field.pk: field for field in fields}
    for field in fields:
        value = values.get(field.key)
        if value is None:
            if whole and field.is_required:
                found.setdefault(field.key, []).append(_missing(field))
            continue
        if sentence := _wrong(field, value):
            found.setdefault(field.key, []).append(sentence)
            continue
        above = by_pk.get(field.part_of_id)
        if whole and above is not None and (sentence := _not_a_part(field, value, above, values.get(above.key))):
            found.setdefault(field.key, []).append(sentence)
        if whole and is_unusual(field, value) and field.key not in confirmed:
            found.setdefault(field.key, []).append(unusual(field, value))
    return found


def is_unusual(field, value):
    return field.ceiling is not None and value is not None and value > field.ceiling


def unusual(field, value):
    return _("%(value)s is more than %(ceiling)s. Correct it, or confirm below that it is right.") % {
        "value": value, "ceiling": field.ceiling,
    }  # fmt: skip


def _missing(field):
    if field.kind == Kind.COUNT:
        return _("Write a number. If there were none, write 0.")
    return _("Answer this question.")


def _not_a_part(field, value, above, whole):
    if whole is None:
        return _("This is part of “%(whole)s”. Answer that question too.") % {"whole": above.label}
    if value > whole:
        return _("This is part of “%(whole)s”, which is %(n)s. Correct one of the two.") % {"whole": above.label, "n": whole}  # fmt: skip
    return ""


def _wrong(field, value):
    """Say what is wrong with the type or the limits of one answer, or nothing."""
    kinds = {
        Kind.COUNT: int, Kind.PERCENTAGE: (int, Decimal), Kind.YES_NO: bool, Kind.CHOICE: str, Kind.MONTH: date, Kind.DATE: date,
    }  # fmt: skip
    is_number = field.kind in DataField.NUMBERS
    if not isinstance(value, kinds[field.kind]) or (is_number and isinstance(value, bool)):
        return _("This does not fit the question. Answer it again.")
    if is_number and value < 0:
        return _("Write 0 or more.")
    if field.kind == Kind.COUNT and value >= 10**DIGITS:
        return _("This number has more than %(n)s digits. Check it.") % {"n": DIGITS}
    if field.kind == Kind.PERCENTAGE and value > 100:
        return _("A percentage is at most 100.")
    if is_number and field.minimum is not None and value < field.minimum:
        return _("Write at least %(n)s.") % {"n": field.minimum}
    if field.kind == Kind.CHOICE and value not in field.choices:
        return _("Choose one from the list.")
    if field.kind in (Kind.MONTH, Kind.DATE):
        return _wrong_day(field, value)
    return ""


def _wrong_day(field, day):
    if day.year < 1990:
        return _("Check the year.")
    if day <= timezone.localdate():
        return ""
    if field.kind == Kind.MONTH:
        return _("This month has not come yet. Give one that has begun.")
    return _("This day has not come yet. Give today or an earlier day.")


@transaction.atomic
def save_return(data_return, values, *, by, seen, confirmed=()):
    """Keep answers as a draft, gaps and all. What is left out of `values` becomes empty.

    `seen` is the revision that the person has read. Writes: answers, who and when, an audit entry without figures. Returns: the return.
    Raises: PermissionDenied, WrongStatus, Over, SavedMeanwhile when a colleague has saved since; ValidationError by key.
    """
    data_return = _fillable(data_return, by)
    if data_return.revision != seen:
        raise SavedMeanwhile(data_return)
    _keep(data_return, values, by, confirmed)
    return data_return


def _keep(data_return, values, by, confirmed=(), is_nothing=False):
    fields = list(data_return.round.template.fields.all())
    if wrong := problems(fields, values, whole=False):
        raise ValidationError(wrong)
    if unknown := sorted(set(values) - {field.key for field in fields}):
        raise ValidationError(_("The template does not ask this: %(keys)s.") % {"keys": ", ".join(unknown)})
    if data_return.status == DataReturn.Status.AWAITED:
        data_return.move("begin", by=by)
    data_return.values.all().delete()
    DataValue.objects.bulk_create(
        DataValue(data_return=data_return, field=field, is_confirmed=field.key in confirmed and is_unusual(field, values[field.key]),
                  **_column(field, values[field.key]))
        for field in fields if values.get(field.key) is not None
    )  # fmt: skip
    data_return.revision += 1
    data_return.is_nothing = is_nothing
    data_return.saved_at, data_return.saved_by = timezone.now(), by
    data_return.save(update_fields=["revision", "is_nothing", "saved_at", "saved_by", "updated_at"])
    audit.record("workpackages.datareturn.save", data_return, by)


def _column(field, value):
    """Return the typed column of an answer."""
    if field.kind in DataField.NUMBERS:
        return {"number": value}
    if field.kind == Kind.YES_NO:
        return {"yes": value}
    if field.kind == Kind.CHOICE:
        return {"choice": value}
    return {"day": value.replace(day=1) if field.kind == Kind.MONTH else value}


@transaction.atomic
def submit_return(data_return, *, by, seen, confirmed=()):
    """Send what stands in the draft. It can be changed only after the keepers have opened it again.

    Writes: status, confirmations, an audit entry. Raises: PermissionDenied, WrongStatus, Over, SavedMeanwhile;
    ValidationError by key for gaps, parts that exceed their whole and unusual numbers that are not confirmed.
    """
    data_return = _fillable(data_return, by)
    if data_return.revision != seen:
        raise SavedMeanwhile(data_return)
    fields = list(data_return.round.template.fields.all())
    values = values_of(data_return)
    sure = {*confirmed, *data_return.values.filter(is_confirmed=True).values_list("field__key", flat=True)}
    if wrong := problems(fields, values, confirmed=sure):
        raise ValidationError(wrong)
    unusual_ones = [field.pk for field in fields if is_unusual(field, values.get(field.key))]
    data_return.values.filter(field__in=unusual_ones).update(is_confirmed=True)
    return data_return.move("submit", by=by, submitted_at=timezone.now(), submitted_by=by, is_nothing=False)


@transaction.atomic
def report_nothing(data_return, *, by, seen):
    """Send in one act that there is nothing to report: each count is then 0. A draft is dropped. Writes and raises as `submit_return`."""
    data_return = _fillable(data_return, by)
    if data_return.revision != seen:
        raise SavedMeanwhile(data_return)
    _keep(data_return, {}, by, is_nothing=True)
    return data_return.move("submit", by=by, submitted_at=timezone.now(), submitted_by=by)


# ── asking back ──────────────────────────────────────────────────────────


@transaction.atomic
def reopen_return(data_return, *, by, reason, open_until):
    """Let one organisation change its return, or send one that is missing, until a day. Its figures are kept, and not counted until it sends again.

    Writes: status, reason and day, an audit entry. Letters: return_reopened. Raises: PermissionDenied, ValidationError.
    """
    require(by, "workpackages.keep_datareturn", data_return)
    data_return = _locked(data_return)
    today = timezone.localdate()
    if data_return.status != DataReturn.Status.SUBMITTED and data_return.is_open and data_return.open_until is None:
        raise ValidationError(_("It is open: the organisation can fill it in until %(day)s.") % {"day": date_format(data_return.due_on)})  # fmt: skip
    if open_until <= today:
        raise ValidationError({"open_until": _("Give a day after today.")})
    data_return.move(
        "reopen", by=by, reopened_because=reason, open_until=open_until, first_notice_at=None, second_notice_at=None
    )
    emails.return_reopened(data_return)
    return data_return


def check_comment(text):
    """Return the comment as it is kept: one paragraph. Raises: ValidationError for a web address or a wording that describes abuse."""
    text = " ".join(text.split())
    if not text:
        raise ValidationError({"text": _("Write your comment first.")})
    if len(text) > COMMENT:
        raise ValidationError(
            {"text": _("This has %(n)s characters. Shorten it to %(most)s.") % {"n": len(text), "most": COMMENT}}
        )
    try:
        refuse_links(text)
    except ValidationError as error:
        raise ValidationError({"text": error.messages}) from error
    if "@" in text:
        raise ValidationError({"text": _("Take the address out: nobody is named here.")})
    if hits := wording.find(text):
        raise ValidationError({"text": [wording.sentence_about(hit) for hit in hits]})
    return text


@transaction.atomic
def add_comment(data_return, text, *, by):
    """Write a sentence on a return, as its organisation or as its keeper. Nothing about a case: see `check_comment`.

    Writes: a comment, an audit entry without its text. Letters: return_commented to the other side.
    Raises: PermissionDenied, ValidationError.
    """
    is_keeper = by.has_perm("workpackages.keep_datareturn", data_return)
    if not is_keeper:
        require(by, FILL, data_return)
    comment = DataComment.objects.create(data_return=data_return, text=check_comment(text), written_by=by)
    audit.record("workpackages.datareturn.comment", data_return, by)
    emails.return_commented(comment, None if is_keeper else keepers_of(data_return))
    return comment


def keepers_of(data_return):
    """Return the accounts of who leads the work package that collects; where nobody does, of the Secretariat."""
    leads = holders("workpackages.change_workpackage", data_return.round.work_package)
    return list(leads.order_by("pk")) or list(holders("workpackages.keep_dataround").order_by("pk"))
