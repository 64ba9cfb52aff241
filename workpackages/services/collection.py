"""Templates and rounds of collecting data: a version in force stands, a round freezes whom it asks, the clock opens, reminds and closes."""

import logging
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from efc import audit
from efc.permissions import require
from efc.workflow import WrongStatus
from members.models import Organisation, Seat, Suspension
from workpackages.emails import collection as emails
from workpackages.models import (
    COMMENTS_KEPT_YEARS,
    RETURNS_KEPT_YEARS,
    DataComment,
    DataField,
    DataReturn,
    DataRound,
    DataTemplate,
    DataValue,
)

logger = logging.getLogger(__name__)

FIRST_NOTICE, SECOND_NOTICE = timedelta(days=7), timedelta(days=1)
REMINDED_AGAIN = timedelta(days=1)
# In this order where an organisation has several seats.
SEATS = [Seat.Kind.CHAIR, Seat.Kind.FULL, Seat.Kind.SECRETARIAT, Seat.Kind.ADVISORY]


def locked(record):
    """Return the row as it stands now, so that two people come one after the other."""
    return type(record)._base_manager.select_for_update(of=("self",)).get(pk=record.pk)


# ── templates ────────────────────────────────────────────────────────────


@transaction.atomic
def prepare_template(work_package, *, by, name, guidance=""):
    """Begin a template of a new name. Writes: a draft, an audit entry. Returns: it. Raises: PermissionDenied, ValidationError."""
    template = DataTemplate(work_package=work_package, name=" ".join(name.split()), guidance=guidance)
    require(by, "workpackages.keep_datatemplate", template)
    if DataTemplate.objects.filter(name__iexact=template.name).exists():
        raise ValidationError(
            {"name": _("There is a template of this name. Begin its next version, or choose another name.")}
        )
    template.full_clean()
    template.save()
    audit.record("workpackages.datatemplate.prepare", template, by)
    return template


@transaction.atomic
def change_template(template, *, by, name, guidance):
    """Change the name and the guidance of a draft; a later version keeps the name. Writes: it, an audit entry. Raises: PermissionDenied, WrongStatus."""
    template = _draft(template, by)
    if template.version == 1:
        template.name = " ".join(name.split())
    template.guidance = guidance
    template.full_clean()
    template.save()
    audit.record("workpackages.datatemplate.change", template, by)
    return template


def _draft(template, by):
    require(by, "workpackages.keep_datatemplate", template)
    template = locked(template)
    if not template.is_draft:
        raise WrongStatus(template, "change")
    return template


@transaction.atomic
def save_field(field, *, by):
    """Add or change a question of a draft. Writes: it, an audit entry. Raises: PermissionDenied, WrongStatus, ValidationError."""
    field.template = _draft(field.template, by)
    field.full_clean()
    verb = "change" if field.pk else "add"
    field.save()
    audit.record(f"workpackages.datafield.{verb}", field, by)
    return field


@transaction.atomic
def remove_field(field, *, by):
    """Take a question out of a draft. Writes: an audit entry. Raises: PermissionDenied, WrongStatus."""
    _draft(field.template, by)
    audit.record("workpackages.datafield.remove", field, by)
    field.delete()


@transaction.atomic
def copy_template(template, *, by, work_package=None):
    """Begin the next version of a template as a copy of this one. Writes: a draft with its questions, an audit entry. Returns: it.

    Raises: PermissionDenied; ValidationError while another draft of that name is being written.
    """
    copy = DataTemplate(
        work_package=work_package or template.work_package, name=template.name, guidance=template.guidance
    )
    require(by, "workpackages.keep_datatemplate", copy)
    versions = DataTemplate.objects.select_for_update().filter(name=template.name)
    if draft := versions.filter(status=DataTemplate.Status.DRAFT).first():
        raise ValidationError(_("%(draft)s is being prepared already. Change that one.") % {"draft": draft})
    copy.version = max(version.version for version in versions) + 1
    copy.save()
    fields = {}
    for field in template.fields.order_by("order", "pk"):
        before = field.pk
        field.pk, field._state.adding, field.template = None, True, copy
        fields[before] = field
    whole_of = {before: field.part_of_id for before, field in fields.items()}
    for field in fields.values():
        field.part_of = None
        field.save(force_insert=True)
    for before, whole in whole_of.items():
        if whole is not None:
            DataField.objects.filter(pk=fields[before].pk).update(part_of=fields[whole])
    audit.record("workpackages.datatemplate.copy", copy, by, of=template.version)
    return copy


@transaction.atomic
def put_template_in_force(template, *, by):
    """Put a draft in force; the version in force before is replaced, and rounds that run on it go on. It never changes from now on.

    Writes: both, audit entries. Raises: PermissionDenied, WrongStatus, ValidationError where it asks nothing.
    """
    template = locked(template)
    if template.is_draft and not template.fields.exists():
        raise ValidationError(_("This template asks nothing yet. Add a question first."))
    now = timezone.now()
    for before in DataTemplate.objects.in_force().select_for_update().filter(name=template.name):
        before.move("replace", by=None, replaced_at=now)
    return template.move("put_in_force", by=by, in_force_at=now)


# ── rounds ───────────────────────────────────────────────────────────────


@transaction.atomic
def prepare_round(*, by, **facts):
    """Prepare a round; the clock opens it on its day. Writes: it, an audit entry. Returns: it. Raises: PermissionDenied, ValidationError."""
    round_ = DataRound(created_by=by, **facts)
    require(by, "workpackages.keep_dataround", round_)
    _check(round_)
    round_.save()
    audit.record("workpackages.dataround.prepare", round_, by)
    return round_


def what_follows(rounds):
    """Return what a round after the last of these would ask: the next period of that length, by the version in force, of the same ones."""
    last = rounds.select_related("template").order_by("-ends_on", "-pk").first()
    if last is None:
        return {}
    version = DataTemplate.objects.in_force().filter(name=last.template.name).first()
    starts_on = last.ends_on + timedelta(days=1)
    months = relativedelta(starts_on, last.starts_on).months + 12 * relativedelta(starts_on, last.starts_on).years
    return {
        "work_package": last.work_package_id, "template": version.pk if version else None, "audience": last.audience,
        "starts_on": starts_on, "ends_on": starts_on + relativedelta(months=max(months, 1)) - timedelta(days=1),
    }  # fmt: skip


@transaction.atomic
def change_round(round_, *, by, **facts):
    """Change a round that is not open yet. Writes: it, an audit entry. Raises: PermissionDenied, WrongStatus, ValidationError."""
    require(by, "workpackages.keep_dataround", round_)
    round_ = locked(round_)
    if round_.status != DataRound.Status.DRAFT:
        raise WrongStatus(round_, "change")
    for name, value in facts.items():
        setattr(round_, name, value)
    require(by, "workpackages.keep_dataround", round_)
    _check(round_)
    round_.save()
    audit.record("workpackages.dataround.change", round_, by)
    return round_


def _check(round_):
    """Refuse what cannot be asked, naming all faults together."""
    errors = {}
    if round_.template.status != DataTemplate.Status.IN_FORCE:
        errors["template"] = [_("Choose a version that is in force.")]
    if round_.due_on and round_.due_on < timezone.localdate():
        errors["due_on"] = [_("This day has passed. Give a later one.")]
    try:
        round_.full_clean(exclude=["created_by"])
    except ValidationError as error:
        error.update_error_dict(errors)
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def remove_round(round_, *, by):
    """Give up a round that was never opened. Writes: an audit entry. Raises: PermissionDenied, WrongStatus."""
    require(by, "workpackages.keep_dataround", round_)
    round_ = locked(round_)
    if round_.status != DataRound.Status.DRAFT:
        raise WrongStatus(round_, "remove")
    audit.record("workpackages.dataround.remove", round_, by)
    round_.delete()


def asked_by(audience, day=None):
    """Return {organisation: kind of its first seat or ""} of whom a round of this audience would ask on a day; who is suspended rests.

    Costs: 3 queries.
    """
    seats = Seat.objects.voting(day) if audience == DataRound.Audience.FULL else Seat.objects.steering_group(day)
    seated = {}
    for seat in seats.select_related("organisation"):
        seated.setdefault(seat.organisation, []).append(seat.kind)
    if audience == DataRound.Audience.MEMBERS:
        found = Organisation.objects.members(day).defer("description", "search_vector")
    else:
        found = sorted(seated, key=lambda organisation: organisation.name)
    resting = set(Suspension.objects.as_of(day).values_list("organisation", flat=True))
    return {
        one: next((kind for kind in SEATS if kind in seated.get(one, [])), "") for one in found if one.pk not in resting
    }


@transaction.atomic
def open_round(round_, *, by):
    """Open a round: who is asked is frozen, one return for each.

    Writes: the round, its returns, audit entries. Letters: round_opened to the people of each organisation.
    Raises: PermissionDenied, WrongStatus; ValidationError where its last day has passed, nobody would be asked or the template is replaced.
    """
    require(by, "workpackages.keep_dataround", round_)
    round_ = locked(round_)
    if round_.status == DataRound.Status.DRAFT:
        if round_.due_on < timezone.localdate():
            raise ValidationError(
                _("It was due on %(day)s. Give a later day first.") % {"day": date_format(round_.due_on)}
            )
        if round_.template.status != DataTemplate.Status.IN_FORCE:
            raise ValidationError(
                _("%(template)s was replaced. Choose the version in force first.") % {"template": round_.template}
            )
    asked = asked_by(round_.audience)
    if not asked:
        raise ValidationError(_("Nobody would be asked. Choose others to ask, or enter the members first."))
    round_.move("open", by=by, opened_at=timezone.now())
    DataReturn.objects.bulk_create(
        DataReturn(round=round_, organisation=one, organisation_name=str(one), sector=one.sector, seat=seat)
        for one, seat in asked.items()
    )
    emails.round_opened(round_)
    return round_


@transaction.atomic
def close_round(round_, *, by):
    """Close a round: what was sent can be added up; who has not sent stays visible. Writes: it, an audit entry. Raises: PermissionDenied, WrongStatus."""
    require(by, "workpackages.keep_dataround", round_)
    return locked(round_).move("close", by=by, closed_at=timezone.now())


@transaction.atomic
def extend_round(round_, *, by, due_on):
    """Give all organisations of an open round more time. Writes: it, an audit entry. Raises: PermissionDenied, WrongStatus, ValidationError."""
    require(by, "workpackages.keep_dataround", round_)
    round_ = locked(round_)
    if round_.status != DataRound.Status.OPEN:
        raise WrongStatus(round_, "extend")
    if due_on <= max(round_.due_on, timezone.localdate()):
        raise ValidationError({"due_on": _("Give a day after today and after the day on which it is due now.")})
    before, round_.due_on = round_.due_on, due_on
    round_.save(update_fields=["due_on", "updated_at"])
    round_.returns.update(first_notice_at=None, second_notice_at=None)
    audit.record("workpackages.dataround.extend", round_, by, before=str(before), after=str(due_on))
    return round_


# ── reminding ────────────────────────────────────────────────────────────


def why_not_remind(data_return):
    """Say why this organisation is not reminded now, or nothing."""
    if data_return.status == DataReturn.Status.SUBMITTED:
        return _("It has sent its return.")
    if not data_return.is_open:
        return _("Its time is over. Open the return again first.")
    if data_return.reminded_at and timezone.now() - data_return.reminded_at < REMINDED_AGAIN:
        return _("It was reminded on %(time)s.") % {"time": date_format(timezone.localtime(data_return.reminded_at), "j F, H:i")}  # fmt: skip
    if not emails.people_of(data_return.organisation):
        return _("Nobody acts for it and no contact person has an address.")
    return ""


@transaction.atomic
def remind_return(data_return, *, by):
    """Ask an organisation for its return again. Writes: when, an audit entry. Letters: return_due. Returns: how many people.

    Raises: PermissionDenied; ValidationError where it has sent it, is too late or was reminded in the last 24 hours.
    """
    require(by, "workpackages.keep_datareturn", data_return)
    data_return = locked(data_return)
    if reason := why_not_remind(data_return):
        raise ValidationError(reason)
    return _remind(data_return, by)


def _remind(data_return, by, **stamps):
    now = timezone.now()
    DataReturn.objects.filter(pk=data_return.pk).update(reminded_at=now, **dict.fromkeys(stamps, now))
    audit.record("workpackages.datareturn.remind", data_return, by)
    return emails.return_due(data_return)


# ── the clock ────────────────────────────────────────────────────────────


def open_due():
    """Open the rounds whose day has come. Returns: how many. One that cannot open waits for its keepers, who see why.

    What was prepared or changed today waits for tomorrow: somebody looks first whom it asks, as letters cannot be called back.
    """
    today = timezone.localdate()
    rows = DataRound.objects.filter(status=DataRound.Status.DRAFT, opens_on__lte=today, updated_at__date__lt=today)
    return sum(_try(open_round, row) for row in rows)


def close_due():
    """Close the rounds whose last day is over. Returns: how many."""
    return sum(_try(close_round, row) for row in DataRound.objects.open().filter(due_on__lt=timezone.localdate()))


def _try(verb, row):
    try:
        with override("en"):
            verb(row, by=None)
    except (ValidationError, WrongStatus) as error:
        logger.warning("%s of %s: %s", verb.__name__, row.pk, error)
        return 0
    return 1


def remind_due():
    """Remind who has not sent, a week and a day before the end, once each; who gets the last one late is spared the first. Returns: how many."""
    today, reminded = timezone.localdate(), 0
    rows = DataReturn.objects.due_now().filter(second_notice_at=None)
    for pk in rows.values_list("pk", flat=True):
        with transaction.atomic():
            row = (
                DataReturn.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("round")
                .get(pk=pk)
            )  # fmt: skip
            since = timezone.localdate(row.round.opened_at)
            for name, before in (("second_notice_at", SECOND_NOTICE), ("first_notice_at", FIRST_NOTICE)):
                if getattr(row, name) is None and row.due_on - before <= today and since < row.due_on - before:
                    names = ["first_notice_at", name]
                    reminded += bool(_remind(row, None, **dict.fromkeys(names)))
                    break
    return reminded


@transaction.atomic
def forget_old(now=None):
    """Erase what is no longer kept: comments a year after their round closed, single returns after ten. What was added up stands in reports.

    Writes: an audit entry for each round whose returns went. Returns: (comments, rounds).
    """
    now = now or timezone.now()
    comments = DataComment.objects.filter(
        data_return__round__closed_at__lt=now - relativedelta(years=COMMENTS_KEPT_YEARS)
    )
    erased, _kinds = comments.delete()
    old = DataRound.objects.closed().filter(closed_at__lt=now - relativedelta(years=RETURNS_KEPT_YEARS))
    rounds = list(old.filter(returns__isnull=False).distinct())
    for round_ in rounds:
        DataValue.objects.filter(data_return__round=round_).delete()
        DataReturn.objects.filter(round=round_).delete()
        audit.record("workpackages.dataround.forget", round_, None)
    return erased, len(rounds)
