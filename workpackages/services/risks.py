"""Risks: raised and watched by the leads of a work package; for each report they say whether one occurred and what was done."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from efc import audit
from efc.permissions import require
from workpackages.models import ReportPeriod, Risk, RiskState
from workpackages.services.milestones import next_number

WORDS = ("title", "effect", "likelihood", "impact", "mitigation", "owner")


@transaction.atomic
def add_risk(package, *, by, is_foreseen=False, number=None, **words):
    """Put a risk on the register: with the contract's number where it is foreseen there, else under the next.

    Writes: the risk, an audit entry. Returns: it. Raises: PermissionDenied, ValidationError.
    """
    require(by, "workpackages.change_workpackage", package)
    if is_foreseen:
        require(by, "workpackages.add_risk")
    if is_foreseen and number is None:
        raise ValidationError({"number": _("Give the number that the risk has in the contract.")})
    risk = Risk(work_package=package, is_foreseen=is_foreseen, **words)
    risk.number = number if is_foreseen else next_number(package, Risk)
    if is_foreseen:
        risk.raised_on = package.programme.starts_on or timezone.localdate()
    risk.full_clean()
    risk.save()
    audit.record("workpackages.risk.add", risk, by, foreseen=is_foreseen)
    return risk


@transaction.atomic
def change_risk(risk, *, by, **words):
    """Change what is said of a risk; its number stays. Writes: the risk, an audit entry. Raises: PermissionDenied, ValidationError."""
    require(by, "workpackages.change_risk", risk)
    risk = Risk.objects.select_for_update(of=("self",)).select_related("work_package__programme").get(pk=risk.pk)
    changed = [name for name in WORDS if name in words and getattr(risk, name) != words[name]]
    if risk.is_foreseen and "title" in changed:
        raise ValidationError({"title": _("The contract names this risk, so its title stands.")})
    for name in changed:
        setattr(risk, name, words[name])
    if changed:
        risk.full_clean()
        risk.save()
        audit.record("workpackages.risk.change", risk, by, changed=changed)
    return risk


@transaction.atomic
def close_risk(risk, *, by, closed_on=None):
    """Take a risk off the register from a day on; it stays readable. Writes: the day, an audit entry.

    Raises: PermissionDenied, ValidationError.
    """
    require(by, "workpackages.change_risk", risk)
    risk = Risk.objects.select_for_update(of=("self",)).select_related("work_package__programme").get(pk=risk.pk)
    closed_on = closed_on or timezone.localdate()
    if risk.closed_on is not None:
        raise ValidationError(_("It was closed on %(day)s already.") % {"day": date_format(risk.closed_on)})
    if closed_on > timezone.localdate():
        raise ValidationError({"closed_on": _("The day lies in the future. Close it when it is over.")})
    if closed_on < risk.raised_on:
        day = date_format(risk.raised_on)
        raise ValidationError({"closed_on": _("It was raised on %(day)s. Give a later day.") % {"day": day}})
    risk.closed_on = closed_on
    risk.save(update_fields=["closed_on", "updated_at"])
    audit.record("workpackages.risk.close", risk, by, on=str(closed_on))
    return risk


@transaction.atomic
def reopen_risk(risk, *, by):
    """Put a closed risk back on the register. Writes: the day, an audit entry. Raises: PermissionDenied."""
    require(by, "workpackages.change_risk", risk)
    risk = Risk.objects.select_for_update(of=("self",)).select_related("work_package__programme").get(pk=risk.pk)
    if risk.closed_on is not None:
        risk.closed_on = None
        risk.save(update_fields=["closed_on", "updated_at"])
        audit.record("workpackages.risk.reopen", risk, by)
    return risk


# ── the state of play in a period ────────────────────────────────────────


def due_in(period, packages=None):
    """Return the risks that were on the register in a report's period, with `stated`: their state of play in it, or an empty list."""
    rows = Risk.objects.within(period.starts_on, period.ends_on).filter(work_package__programme=period.programme_id)
    if packages is not None:
        rows = rows.filter(work_package__in=packages)
    states = RiskState.objects.filter(period=period).select_related("written_by")
    return rows.prefetch_related(Prefetch("states", states, to_attr="stated")).order_by(
        "work_package__number", "number"
    )


def unstated(period):
    """Return {pk of a work package: how many of its risks lack their state of play in a period}. Costs: one query."""
    rows = Risk.objects.within(period.starts_on, period.ends_on).filter(work_package__programme=period.programme_id)
    found = {}
    for package in rows.exclude(states__period=period).values_list("work_package", flat=True):
        found[package] = found.get(package, 0) + 1
    return found


def periods_asking(risk):
    """Return the reports being written that still want the state of play of a risk. Costs: one query."""
    written = [ReportPeriod.Status.OPEN, ReportPeriod.Status.FROZEN]
    rows = ReportPeriod.objects.filter(programme=risk.work_package.programme_id, status__in=written)
    if risk.closed_on:
        rows = rows.filter(starts_on__lte=risk.closed_on)
    return rows.filter(ends_on__gte=risk.raised_on).exclude(risk_states__risk=risk)


@transaction.atomic
def state_risk(risk, *, by, period, occurred, mitigated, comment):
    """Say how a risk stands in the period of a report: the first time, or anew until the report goes to the Chair.

    Writes: the state of play, an audit entry. Returns: it. Raises: PermissionDenied, ValidationError.
    """
    require(by, "workpackages.change_risk", risk)
    period = ReportPeriod.objects.select_for_update().get(pk=period.pk)
    if period.programme_id != risk.work_package.programme_id:
        raise ValidationError({"period": _("Choose a report of the programme of this risk.")})
    if period.status in (ReportPeriod.Status.WITH_CHAIR, ReportPeriod.Status.APPROVED):
        raise ValidationError(
            _("The report is with the Chair or approved. Ask the Secretariat if something must change.")
        )
    if not Risk.objects.within(period.starts_on, period.ends_on).filter(pk=risk.pk).exists():
        raise ValidationError(
            _("%(risk)s was not on the register in the period of this report, so there is nothing to say of it.") % {"risk": risk.code}
        )  # fmt: skip
    if not comment.strip():
        raise ValidationError({"comment": _("Say in one to three sentences how it stands.")})
    said = {"occurred": occurred, "mitigated": mitigated, "comment": " ".join(comment.split()), "written_by": by}
    state, _made = RiskState.objects.update_or_create(risk=risk, period=period, defaults=said)
    audit.record("workpackages.risk.state", risk, by, report=period.number, occurred=occurred, mitigated=mitigated)
    return state


# ── in the figures of a report ───────────────────────────────────────────


def report_rows(stands, starts_on, by):
    """Return the risks that were on the register from a day to that of `stands` (an Overview), with their states of play, as plain rows.

    Costs: 2 queries.
    """
    packages = {one.package.pk: one.package for one in stands.packages}
    rows = Risk.objects.visible_to(by).filter(work_package__in=packages).within(starts_on, stands.day)
    states = RiskState.objects.filter(period__starts_on=starts_on, period__ends_on=stands.day)
    rows = rows.select_related("owner").prefetch_related(Prefetch("states", states, to_attr="stated"))
    found = []
    for row in rows.order_by("work_package__number", "number"):
        row.work_package = package = packages[row.work_package_id]
        [state] = row.stated or [None]
        leads = ", ".join(str(lead.organisation) for lead in package.leads_then)
        is_closed = row.closed_on is not None and row.closed_on <= stands.day
        found.append({
            "code": row.code, "title": row.title, "wp": package.code, "package": package.number, "is_foreseen": row.is_foreseen,
            "effect": row.effect, "likelihood": row.likelihood, "impact": row.impact, "gravity": str(row.gravity),
            "mitigation": row.mitigation, "owner": str(row.owner) if row.owner else leads,
            "closed_on": str(row.closed_on) if is_closed else None,
            "state": {"occurred": state.occurred, "mitigated": state.mitigated, "comment": state.comment} if state else None,
        })  # fmt: skip
    return found
