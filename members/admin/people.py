"""People at the desk: who acts for whom, invitations, handing over, protected identity, and contacts with related networks."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from efc.acts import Act, Bulk, ReadOnly
from efc.adminsite import VisibleAdmin
from efc.sheetadmin import SheetMixin
from members.admin.filters import RunningFilter
from members.forms.desk import SureForm
from members.forms.people import EndRepresentativeForm, HandOverForm, InviteForm, RepresentativeForm
from members.models import Invitation, LiaisonContact, Organisation, Person, Representative
from members.services import people
from members.sheets import PEOPLE

INVITE = "members.add_invitation"


def _moving(person):
    """Say what a hand-over moves, from every room that keeps something for a person."""
    held = PersonAdmin.held_by(person)
    count = sum(len(names) for _what, names in held)
    said = ngettext("This moves %(n)s thing.", "This moves %(n)s things.", count) % {"n": count}
    return {"consequence": said, "facts": [(what, names) for what, names in held if names]}


def _held_here(person):
    return people.held_by(person)


def _first_organisation(person):
    return (
        Organisation.objects.filter(representatives__in=Representative.objects.running().filter(person=person))
        .defer("search_vector")
        .first()
    )


def _invite_look(person):
    if person.user_id:
        raise ValidationError(gettext("Has an account already."))
    if not person.email:
        raise ValidationError(gettext("Has no e-mail address. Add it first."))
    waiting = person.invitations.usable().first()
    if waiting:
        return gettext("mails %(address)s; the link sent on %(day)s stops working") % {
            "address": person.email, "day": date_format(localtime(waiting.sent_at), "j F Y"),
        }  # fmt: skip
    return gettext("mails %(address)s") % {"address": person.email}


def _says_invites(count):
    return ngettext("This mails an invitation to %(n)s person.", "This mails an invitation to %(n)s people.", count) % {
        "n": count
    }


class AccountFilter(admin.SimpleListFilter):
    title = _("account")
    parameter_name = "account"

    def lookups(self, request, model_admin):
        return [
            ("yes", _("Has an account")),
            ("invited", _("Invited, link not used")),
            ("no", _("No account, no link that works")),
        ]

    def queryset(self, request, queryset):
        waiting = Invitation.objects.usable().values("person")
        return {
            "yes": queryset.exclude(user=None),
            "invited": queryset.filter(user=None, pk__in=waiting),
            "no": queryset.filter(user=None).exclude(pk__in=waiting),
        }.get(self.value(), queryset)


class HistoryOfDuties(ReadOnly, admin.TabularInline):
    """For whom a person acts and acted; changed on the organisation’s page."""

    model = Representative
    template = "admin/read_table.html"
    fields = ["organisation", "function", "is_contact", "starts_on", "ends_on"]
    extra = 0
    verbose_name_plural = _("Acts for")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("organisation", "person")


@admin.register(Person)
class PersonAdmin(VisibleAdmin):
    acts = {
        "invite": Act(_("Invite"), InviteForm, lambda person, *, organisation, email, by: people.invite_person(person, organisation, by=by, email=email),
                      INVITE, lambda person: person.user_id is None, note=_("A letter with a single-use link goes to this address. An earlier link stops working.")),
        "hand-over": Act(_("Hand over to a successor"), HandOverForm, lambda person, **given: PersonAdmin.hand_over(person, **given),
                         "members.handover_person", about=_moving),
    }  # fmt: skip
    list_display = ["name", "email", "acts_for_names", "has_account", "is_protected"]
    list_filter = [AccountFilter, "is_protected"]
    list_select_related = ["user"]
    search_fields = ["name", "email", "user__email"]
    fields = ["name", "email", "user", "is_protected"]
    inlines = [HistoryOfDuties]
    history_below = ("represents",)
    actions = [
        Bulk("invite", _("Invite"), lambda person, by: people.invite_person(person, _first_organisation(person), by=by), permission=INVITE,
             says=_says_invites, look=_invite_look)
    ]  # fmt: skip

    # Hooks of the roof, which asks every room: what a person holds, as [(what, names)], and the hand-over of all of it.
    held_by = staticmethod(_held_here)
    hand_over = staticmethod(people.hand_over)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("represents__organisation")

    @admin.display(description=_("account"), boolean=True, ordering="user")
    def has_account(self, person):
        return person.user_id is not None

    @admin.display(description=_("acts for"))
    def acts_for_names(self, person):
        today = localdate()
        return ", ".join(str(row.organisation) for row in person.represents.all() if row.holds_on(today)) or "–"


@admin.register(Representative)
class RepresentativeAdmin(SheetMixin, VisibleAdmin):
    """Who acts for which organisation, as one list that leaves and comes in as a file."""

    sheet = PEOPLE
    list_display = ["person", "organisation", "function", "is_contact", "starts_on", "ends_on"]
    list_filter = [RunningFilter, "is_contact", "person__is_protected"]
    list_select_related = ["person", "organisation"]
    search_fields = ["person__name", "person__email", "organisation__name", "organisation__short_name"]
    autocomplete_fields = ["person", "organisation"]
    fields = ["organisation", "person", ("function", "is_contact"), ("starts_on", "ends_on")]


ACTS = {
    "name-person": Act(_("Name a person"), RepresentativeForm, people.name_representative, "members.add_representative",
                       note=_("The person acts for the organisation from today and is invited by letter.")),
    "end-person": Act(_("End a person’s part"), EndRepresentativeForm, lambda organisation, *, row, by: people.end_representative(row, by=by),
                      "members.change_representative", lambda organisation: organisation.representatives.running().exists(),
                      note=_("At once. A seat that the person holds stays; hand it over first.")),
}  # fmt: skip


def _withdraw_look(invitation):
    if invitation.status != "open":
        raise ValidationError(gettext("The link is %(status)s.") % {"status": invitation.get_status_display()})
    return gettext("the link sent to %(address)s stops working") % {"address": invitation.email}


def _says_withdraws(count):
    return ngettext(
        "This withdraws %(n)s invitation. Nobody is mailed.",
        "This withdraws %(n)s invitations. Nobody is mailed.",
        count,
    ) % {"n": count}


def _again_look(invitation):
    if invitation.status == "used":
        raise ValidationError(gettext("It was used already."))
    return _invite_look(invitation.person)


class LinkFilter(admin.SimpleListFilter):
    title = _("link")
    parameter_name = "link"

    def lookups(self, request, model_admin):
        return [("open", _("Open")), ("used", _("Used")), ("over", _("Expired or withdrawn"))]

    def queryset(self, request, queryset):
        usable = Invitation.objects.usable().values("pk")
        return {
            "open": queryset.filter(pk__in=usable),
            "used": queryset.exclude(accepted_at=None),
            "over": queryset.filter(accepted_at=None).exclude(pk__in=usable),
        }.get(self.value(), queryset)


@admin.register(Invitation)
class InvitationAdmin(ReadOnly, VisibleAdmin):
    """Each link that was sent and how it stands. The link itself is shown to nobody but the invited person."""

    acts = {
        "withdraw": Act(_("Withdraw"), SureForm, people.withdraw_invitation, INVITE, lambda invitation: invitation.status == "open",
                        note=_("The link stops working at once.")),
        "again": Act(_("Send a new link"), SureForm, lambda invitation, by: people.invite_person(invitation.person, invitation.organisation, by=by, email=invitation.email),
                     INVITE, lambda invitation: invitation.status != "used" and invitation.person.user_id is None,
                     note=_("A letter with a new link goes to the same address; the earlier one stops working.")),
    }  # fmt: skip
    list_display = ["person", "organisation", "email", "state", "sent_at", "expires_at", "invited_by"]
    list_filter = [LinkFilter]
    list_select_related = ["person", "organisation", "invited_by"]
    search_fields = ["person__name", "email", "organisation__name"]
    date_hierarchy = "sent_at"
    fields = [
        "person",
        "organisation",
        "email",
        "state",
        "sent_at",
        "expires_at",
        "accepted_at",
        "withdrawn_at",
        "invited_by",
    ]
    actions = [
        Bulk("withdraw", _("Withdraw"), people.withdraw_invitation, permission=INVITE, says=_says_withdraws, look=_withdraw_look),
        Bulk("again", _("Send a new link"), lambda invitation, by: people.invite_person(invitation.person, invitation.organisation, by=by, email=invitation.email),
             permission=INVITE, says=_says_invites, look=_again_look),
    ]  # fmt: skip

    @admin.display(description=_("state"))
    def state(self, invitation):
        return invitation.get_status_display()


@admin.register(LiaisonContact)
class LiaisonContactAdmin(VisibleAdmin):
    """Who keeps the contact with related networks (objective 6)."""

    list_display = ["network", "name", "email", "kept_by", "starts_on", "ends_on"]
    list_filter = [RunningFilter, "network"]
    list_select_related = ["network", "kept_by"]
    search_fields = ["network__name", "name", "note"]
    autocomplete_fields = ["kept_by"]
