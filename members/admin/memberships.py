"""Memberships at the desk: renew, end, suspend, lift; on the organisation’s page, and many at once from the list."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from efc.acts import Act, Bulk
from efc.adminsite import VisibleAdmin
from efc.sheetadmin import SheetMixin
from members.emails.memberships import contacts
from members.forms.desk import EndForm, RenewForm, SureForm, SuspendForm
from members.models import MembershipTerm, Suspension
from members.services import memberships
from members.sheets import MEMBERSHIPS


def latest(organisation):
    """Return the last term of an organisation, or None."""
    return organisation.memberships.order_by("starts_on").last()


def current(organisation):
    return organisation.memberships.as_of().first()


def suspension(organisation):
    """Return the suspension that runs or is to come, or None."""
    return organisation.suspensions.running().first()


def _renewable(organisation):
    term = latest(organisation)
    return term is not None and term.ends_on is not None and not term.left_because


def whom(organisation):
    """Say in a sentence whom a letter to the contact persons of an organisation reaches."""
    found = [address for address, _language, _name in contacts(organisation)]
    if not found:
        return gettext("Nobody is mailed: no contact person has an address.")
    return gettext("This mails %(addresses)s.") % {"addresses": ", ".join(found)}


def _renewing(organisation):
    term = latest(organisation)
    said = gettext("The membership runs until %(day)s now.") % {"day": date_format(term.ends_on, "j F Y")}
    return {"consequence": f"{said} {whom(organisation)}"}


def _ending(organisation):
    seats, people = (
        organisation.seats.running().select_related("organisation"),
        organisation.representatives.running().select_related("person"),
    )
    said = gettext("On the last day its seats end too, and its people lose their access.")
    return {
        "consequence": f"{said} {whom(organisation)}",
        "facts": [(gettext("Seats"), [str(seat) for seat in seats]), (gettext("People"), [str(row.person) for row in people])],
    }  # fmt: skip


def _suspending(organisation):
    said = gettext("Its seats do not vote and its people have no access while it rests; its public entry stays.")
    return {"consequence": f"{said} {whom(organisation)}"}


ACTS = {
    "renew": Act(_("Renew the membership"), RenewForm, lambda organisation, **given: memberships.renew_membership(latest(organisation), **given),
                 "members.add_membershipterm", _renewable, about=_renewing),
    "end": Act(_("End the membership"), EndForm, lambda organisation, **given: memberships.end_membership(current(organisation), **given),
               "members.change_membershipterm", lambda organisation: current(organisation) is not None, about=_ending),
    "suspend": Act(_("Suspend"), SuspendForm, memberships.suspend_organisation, "members.add_suspension",
                   lambda organisation: current(organisation) is not None and suspension(organisation) is None, about=_suspending),
    "lift": Act(_("Lift the suspension"), SureForm, lambda organisation, by: memberships.lift_suspension(suspension(organisation), by=by),
                "members.change_suspension", lambda organisation: suspension(organisation) is not None,
                about=lambda organisation: {"consequence": whom(organisation)}),
    "publish": Act(_("Make the profile public"), SureForm, memberships.approve_profile, "members.change_organisation",
                   lambda organisation: not organisation.is_public and current(organisation) is not None,
                   note=_("Only when the organisation has approved its profile in writing. Its own people do this in the workspace.")),
}  # fmt: skip


def _renew_look(term):
    if term.ends_on is None:
        raise ValidationError(gettext("It has no end, so there is nothing to renew."))
    if term.left_because:
        raise ValidationError(gettext("The member has left."))
    if latest(term.organisation) != term:
        raise ValidationError(gettext("A later membership stands already."))
    said = gettext("ends on %(day)s") % {"day": date_format(term.ends_on, "j F Y")}
    return f"{said}. {whom(term.organisation)}"


def _says_renews(count):
    return ngettext("This renews %(n)s membership and mails its contact persons.", "This renews %(n)s memberships and mails their contact persons.", count) % {"n": count}  # fmt: skip


class EndingFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("now", _("Holds today")), ("ending", _("Ends in 90 days, without a successor")), ("over", _("Over"))]

    def queryset(self, request, queryset):
        today = memberships.timezone.localdate()
        soon = memberships.ending(today + memberships.FIRST_NOTICE).order_by().values("pk")
        return {
            "now": queryset.filter(pk__in=MembershipTerm.objects.as_of().values("pk")),
            "ending": queryset.filter(pk__in=soon),
            "over": queryset.filter(ends_on__lt=today),
        }.get(self.value(), queryset)


@admin.register(MembershipTerm)
class MembershipTermAdmin(SheetMixin, VisibleAdmin):
    """All memberships in one list; yearly terms are renewed together from here."""

    sheet = MEMBERSHIPS
    list_display = ["organisation", "starts_on", "ends_on", "decision", "left_because"]
    list_filter = [EndingFilter]
    list_select_related = ["organisation", "decision"]
    search_fields = ["organisation__name", "organisation__short_name"]
    date_hierarchy = "starts_on"
    ordering = ["organisation__name", "-starts_on"]
    fields = ["organisation", ("starts_on", "ends_on"), "decision", "source", "left_because"]
    actions = [
        Bulk("renew", _("Renew"), memberships.renew_membership, permission="members.add_membershipterm", says=_says_renews, look=_renew_look, form=RenewForm)
    ]  # fmt: skip


@admin.register(Suspension)
class SuspensionAdmin(VisibleAdmin):
    """Suspensions as they stand; they begin and end from the organisation’s page, which writes to it."""

    list_display = ["organisation", "starts_on", "ends_on", "reason", "decision"]
    list_select_related = ["organisation", "decision"]
    search_fields = ["organisation__name", "organisation__short_name"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
