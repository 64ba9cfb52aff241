"""The register at the desk: organisations with their memberships, seats and people."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from efc.adminsite import VisibleAdmin
from efc.editor import MarkdownMixin
from members.forms.register import TermForm, TermFormSet
from members.models import MembershipTerm, Organisation, Person, Representative, Seat


class TermInline(admin.StackedInline):
    """Rows with a term, the latest first; those that may not overlap are checked together."""

    form, formset = TermForm, TermFormSet
    extra = 0
    ordering = ["-starts_on"]


class MembershipInline(TermInline):
    model = MembershipTerm
    fields = [("starts_on", "ends_on"), "source"]


class SeatFormSet(TermFormSet):
    alike = "kind"


class SeatInline(TermInline):
    model, formset = Seat, SeatFormSet
    fields = ["kind", ("starts_on", "ends_on"), ("holder", "alternate"), "source"]


class RepresentativeInline(admin.StackedInline):
    model = Representative
    fields = [("person", "function"), ("starts_on", "ends_on")]
    extra = 0


class MemberFilter(admin.SimpleListFilter):
    """Narrow the list to members, or to the others, as of today."""

    title = _("membership")
    parameter_name = "member"

    def lookups(self, request, model_admin):
        return [("yes", _("Member today")), ("no", _("Not a member today"))]

    def queryset(self, request, queryset):
        members = Organisation.objects.members().values("pk")
        return {"yes": queryset.filter(pk__in=members), "no": queryset.exclude(pk__in=members)}.get(
            self.value(), queryset
        )


@admin.register(Organisation)
class OrganisationAdmin(MarkdownMixin, VisibleAdmin):
    markdown_fields = ("description",)
    list_display = ["name", "sector", "country", "current_seat", "is_public"]
    list_filter = [MemberFilter, "sector", "kind", "is_public", "is_demo"]
    search_fields = ["name", "short_name"]
    inlines = [MembershipInline, SeatInline, RepresentativeInline]
    fieldsets = [
        (None, {"fields": ["name", "short_name", "slug", "sector", "kind", "country"]}),
        (_("Profile"), {"fields": ["website", "contribution", "description", "is_public"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_seats().defer("search_vector")

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj and obj.is_public else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    @admin.display(description=_("seat today"))
    def current_seat(self, organisation):
        return ", ".join(seat.get_kind_display() for seat in organisation.seats_then) or "–"


@admin.register(Person)
class PersonAdmin(VisibleAdmin):
    list_display = ["name", "email", "user"]
    list_select_related = ["user"]
    search_fields = ["name", "email"]


class RunningFilter(admin.SimpleListFilter):
    """Narrow rows with a term to those that hold today."""

    title = _("term")
    parameter_name = "term"

    def lookups(self, request, model_admin):
        return [("now", _("Holds today")), ("not", _("Over or still to come"))]

    def queryset(self, request, queryset):
        holding = queryset.model.objects.as_of().values("pk")
        return {"now": queryset.filter(pk__in=holding), "not": queryset.exclude(pk__in=holding)}.get(
            self.value(), queryset
        )


@admin.register(Seat)
class SeatAdmin(VisibleAdmin):
    """All seats in one list; the exclusion of two alike at once is checked by the record itself."""

    list_display = ["organisation", "kind", "starts_on", "ends_on", "holder", "alternate"]
    list_filter = [RunningFilter, "kind"]
    list_select_related = ["organisation", "holder", "alternate"]
    search_fields = ["organisation__name", "organisation__short_name", "holder__name", "alternate__name"]
    date_hierarchy = "starts_on"
    ordering = ["organisation__name", "-starts_on"]
