"""The register at the desk: organisations with their memberships, seats and people."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from efc.acts import Act
from efc.adminsite import VisibleAdmin
from efc.editor import MarkdownMixin
from efc.sheetadmin import SheetMixin
from members.admin import memberships, people
from members.admin.filters import MemberFilter, RunningFilter
from members.admin.memorandum import REMIND_TO_SIGN, SignedFilter
from members.forms.memberships import DeskLogoForm
from members.forms.register import TermForm, TermFormSet
from members.models import MembershipTerm, Organisation, Representative, Seat
from members.services.memberships import change_logo
from members.sheets import ORGANISATIONS, SEATS


class TermInline(admin.StackedInline):
    """Rows with a term, the latest first; those that may not overlap are checked together."""

    form, formset = TermForm, TermFormSet
    extra = 0
    ordering = ["-starts_on"]


class MembershipInline(TermInline):
    model = MembershipTerm
    fields = [("starts_on", "ends_on"), ("decision", "source")]


class SeatFormSet(TermFormSet):
    alike = "kind"


class SeatInline(TermInline):
    model, formset = Seat, SeatFormSet
    fields = ["kind", ("starts_on", "ends_on"), ("holder", "alternate"), ("decision", "source")]


class RepresentativeInline(admin.StackedInline):
    model = Representative
    fields = [("person", "function"), "is_contact", ("starts_on", "ends_on")]
    extra = 0


@admin.register(Organisation)
class OrganisationAdmin(SheetMixin, MarkdownMixin, VisibleAdmin):
    """An organisation with its memberships, seats and people below it, and what is done with a member as buttons."""

    sheet = ORGANISATIONS
    acts = {
        **memberships.ACTS, **people.ACTS,
        "logo": Act(_("Change the logo"), DeskLogoForm, change_logo, "members.change_organisation", template="members/logo"),
    }  # fmt: skip
    actions = [REMIND_TO_SIGN]
    history_below = ("memberships", "suspensions", "seats", "representatives")
    markdown_fields = ("description",)
    list_display = ["name", "sector", "country", "current_seat", "is_public"]
    list_filter = [MemberFilter, SignedFilter, "sector", "kind", "is_public", "is_demo"]
    search_fields = ["name", "short_name"]
    inlines = [MembershipInline, SeatInline, RepresentativeInline]
    fieldsets = [
        (None, {"fields": ["name", "short_name", "slug", "sector", "kind", "country"]}),
        (_("Profile"), {"fields": ["website", "contribution", "description", "is_public"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_seats().defer("search_vector")

    def get_readonly_fields(self, request, obj=None):
        # Asked of the table: a form that was refused has changed `obj` already.
        return ["slug"] if obj and Organisation.objects.filter(pk=obj.pk, is_public=True).exists() else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    @admin.display(description=_("seat today"))
    def current_seat(self, organisation):
        return ", ".join(seat.get_kind_display() for seat in organisation.seats_then) or "–"


@admin.register(Seat)
class SeatAdmin(SheetMixin, VisibleAdmin):
    """All seats in one list; the exclusion of two alike at once is checked by the record itself."""

    sheet = SEATS

    list_display = ["organisation", "kind", "starts_on", "ends_on", "holder", "alternate"]
    list_filter = [RunningFilter, "kind"]
    list_select_related = ["organisation", "holder", "alternate"]
    search_fields = ["organisation__name", "organisation__short_name", "holder__name", "alternate__name"]
    date_hierarchy = "starts_on"
    ordering = ["organisation__name", "-starts_on"]
