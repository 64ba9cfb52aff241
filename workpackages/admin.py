"""The programmes at the desk: objectives, work packages, and who leads them and takes part."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from efc.adminsite import VisibleAdmin
from workpackages.forms import WorkPackageForm
from workpackages.models import Contributor, Lead, Objective, Programme, WorkPackage


class ObjectiveInline(admin.TabularInline):
    model = Objective
    fields = ["number", "title", "text"]
    extra = 0


class WorkPackageInline(admin.TabularInline):
    """The work packages by name; each has its own screen."""

    model = WorkPackage
    fields = ["number", "name", "slug", "aim"]
    prepopulated_fields = {"slug": ["name"]}
    extra = 0
    show_change_link = True


@admin.register(Programme)
class ProgrammeAdmin(VisibleAdmin):
    list_display = ["name", "kind", "starts_on", "ends_on", "is_demo"]
    list_filter = ["kind", "is_demo"]
    search_fields = ["name"]
    fields = ["name", "slug", "kind", "starts_on", "ends_on", "summary", "funding"]
    inlines = [ObjectiveInline, WorkPackageInline]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}


class TeamInline(admin.TabularInline):
    autocomplete_fields = ["organisation"]
    extra = 0


class LeadInline(TeamInline):
    model = Lead
    fields = ["organisation", "starts_on", "ends_on", "source"]


class ContributorInline(TeamInline):
    model = Contributor
    fields = ["organisation", "starts_on", "ends_on", "note"]


@admin.register(WorkPackage)
class WorkPackageAdmin(VisibleAdmin):
    form = WorkPackageForm
    list_display = ["code", "name", "programme", "current_leads"]
    list_display_links = ["code", "name"]
    list_filter = ["programme"]
    list_select_related = ["programme"]
    search_fields = ["name", "aim"]
    filter_horizontal = ["objectives"]
    inlines = [LeadInline, ContributorInline]

    def get_queryset(self, request):
        return super().get_queryset(request).with_leads().defer("search_vector")

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    @admin.display(description=_("leads today"))
    def current_leads(self, package):
        return ", ".join(str(lead.organisation) for lead in package.leads_then) or "–"
