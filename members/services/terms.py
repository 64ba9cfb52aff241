"""The terms of members: renewed, ended, suspended and lifted; and the notices before one ends."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from efc import audit
from efc.permissions import require
from efc.workflow import TooLate
from members.emails import memberships as emails
from members.models import MembershipTerm, Organisation, Representative, Seat, Suspension
from members.services.access import draw_grants

FIRST_NOTICE, SECOND_NOTICE = timedelta(days=90), timedelta(days=30)
ONE_DAY = timedelta(days=1)


@transaction.atomic
def renew_membership(term, *, by, ends_on, decision=None):
    """Add the term that follows this one without a gap. Writes: a term, an audit entry. Letters: membership_renewed.

    Returns: the new term. Raises: PermissionDenied, ValidationError when there is nothing to renew, TooLate when it is renewed already.
    """
    require(by, "members.add_membershipterm", term)
    term = _locked(term)
    if term.ends_on is None:
        raise ValidationError(_("This membership has no end, so there is nothing to renew."))
    if term.left_because:
        raise ValidationError(_("This member has left. A new application opens a new membership."))
    if MembershipTerm.objects.filter(organisation=term.organisation, starts_on__gt=term.ends_on).exists():
        raise TooLate(_("A later membership stands already. Look at it before you go on."))
    following = MembershipTerm(
        organisation=term.organisation, starts_on=term.ends_on + ONE_DAY, ends_on=ends_on, decision=decision
    )
    following.full_clean()
    following.save()
    audit.record("members.membershipterm.renew", following, by, until=str(ends_on) if ends_on else "")
    emails.membership_renewed(following)
    return following


@transaction.atomic
def end_membership(term, *, by, ends_on, because):
    """End a membership with its seats and the access of its people on one day. What would begin later does not begin.

    Writes: the term, seats, representatives, grants, an audit entry. Letters: membership_ended. Returns: the term.
    Raises: PermissionDenied, ValidationError; TooLate when it is over already.
    """
    require(by, "members.change_membershipterm", term)
    term = _locked(term)
    if term.ends_on is not None and term.ends_on < timezone.localdate():
        raise TooLate(_("This membership is over already."))
    organisation = term.organisation
    to = emails.contacts(organisation)  # read before their own rows end
    term.ends_on, term.left_because = ends_on, because.strip()[:240]
    if not term.left_because:
        raise ValidationError({"because": _("Say why the membership ends.")})
    term.full_clean()
    term.save()
    MembershipTerm.objects.filter(organisation=organisation, starts_on__gt=ends_on).delete()
    for model in (Seat, Representative):
        for row in model.objects.filter(organisation=organisation).exclude(ends_on__lte=ends_on):
            if row.starts_on is None or row.starts_on <= ends_on:
                row.ends_on = ends_on
                row.save(update_fields=["ends_on"])
            else:
                row.delete()
    audit.record("members.membershipterm.end", term, by, on=str(ends_on))
    draw_grants(by=by)
    emails.membership_ended(term, to)
    return term


@transaction.atomic
def suspend_organisation(organisation, *, by, reason, starts_on, ends_on=None, decision=None):
    """Let a member rest: its seats do not vote, its people have no access through it; its public entry stays as it is.

    Writes: the suspension, grants, an audit entry. Letters: membership_suspended. Returns: the suspension.
    Raises: PermissionDenied, ValidationError without a reason or while it is suspended.
    """
    require(by, "members.add_suspension", organisation)
    Organisation.objects.select_for_update().only("pk").get(
        pk=organisation.pk
    )  # of two at once, the second sees the first
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason; the organisation reads it.")})
    if organisation.suspensions.running().exists():
        raise ValidationError(_("This member is suspended already. Lift that suspension first."))
    suspension = Suspension(
        organisation=organisation, reason=reason.strip(), starts_on=starts_on, ends_on=ends_on, decision=decision
    )
    suspension.full_clean()
    suspension.save()
    audit.record("members.suspension.suspend", suspension, by, starts_on=str(starts_on), ends_on=str(ends_on or ""))
    draw_grants(by=by)
    emails.membership_suspended(suspension)
    return suspension


@transaction.atomic
def lift_suspension(suspension, *, by):
    """End a suspension at once; one that has not lasted a day is taken back, and its history keeps it.

    Writes: the suspension, grants, an audit entry. Letters: membership_suspension_lifted. Raises: PermissionDenied, TooLate when it is over.
    """
    require(by, "members.change_suspension", suspension)
    suspension = _locked(suspension)
    today = timezone.localdate()
    if suspension.ends_on is not None and suspension.ends_on < today:
        raise TooLate(_("This suspension is over already."))
    audit.record("members.suspension.lift", suspension, by)
    if suspension.starts_on is not None and suspension.starts_on >= today:
        suspension.delete()
    else:
        suspension.ends_on = today - ONE_DAY
        suspension.save(update_fields=["ends_on"])
    draw_grants(by=by)
    emails.membership_suspension_lifted(suspension)


def _locked(row):
    """Return a row as it stands now, locked. Raises: TooLate when it is gone."""
    found = type(row).objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=row.pk).first()
    if found is None:
        raise TooLate(_("Somebody has taken this back meanwhile. Look at the list again."))
    return found


# ── the clock ────────────────────────────────────────────────────────────


def ending(day):
    """Return the terms that end on this day or before and are not over, with no term after them and nobody leaving."""
    after = MembershipTerm.objects.filter(organisation=OuterRef("organisation"), starts_on__gt=OuterRef("ends_on"))
    return (
        MembershipTerm.objects.filter(
            ~Exists(after), ends_on__gte=timezone.localdate(), ends_on__lte=day, left_because=""
        )
        .select_related("organisation")
        .order_by("ends_on", "pk")
    )


@transaction.atomic
def notify_ends():
    """Tell contact persons and the Secretariat 90 and 30 days before a membership ends without a successor.

    Writes: the notices on the terms, audit entries. Letters: membership_ends, once each. Returns: how many terms.
    """
    today, now = timezone.localdate(), timezone.now()
    first = Q(first_notice_at=None)
    second = Q(second_notice_at=None, ends_on__lte=today + SECOND_NOTICE)
    terms = list(ending(today + FIRST_NOTICE).filter(first | second).select_for_update(of=("self",), skip_locked=True))
    for term in terms:
        term.first_notice_at = term.first_notice_at or now
        if term.ends_on <= today + SECOND_NOTICE:
            term.second_notice_at = now
        term.save(update_fields=["first_notice_at", "second_notice_at"])
        audit.record("members.membershipterm.notify_end", term, days=(term.ends_on - today).days)
        emails.membership_ends(term)
    return len(terms)
