"""The programmes at the desk: objectives, work packages, and who leads them and takes part."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from efc.adminsite import VisibleAdmin
from efc.editor import MarkdownMixin
from workpackages.forms.work import WorkPackageForm
from workpackages.models import Contributor, Lead, Objective, Programme, Promise, WorkPackage


class ObjectiveInline(admin.StackedInline):
    model = Objective
    fields = [("number", "title"), "text"]
    extra = 0


class PromiseInline(admin.StackedInline):
    """What the programme has promised; how often it was kept is counted from records and never typed."""

    model = Promise
    fields = ["text", ("planned", "is_yearly", "attendance"), ("counter", "deliverable"), ("objective", "order")]
    raw_id_fields = ["deliverable"]
    extra = 0

    def formfield_for_foreignkey(self, field, request, **kwargs):
        if field.name == "objective":
            programme = request.resolver_match.kwargs.get("object_id")
            kwargs["queryset"] = (
                Objective.objects.filter(programme=programme) if programme else Objective.objects.none()
            )
        return super().formfield_for_foreignkey(field, request, **kwargs)


class WorkPackageInline(admin.StackedInline):
    """The work packages by name; each has its own screen."""

    model = WorkPackage
    fields = [("number", "name"), "slug", "aim"]
    prepopulated_fields = {"slug": ["name"]}
    extra = 0
    show_change_link = True
    view_on_site = False  # the link to its own screen says enough


@admin.register(Programme)
class ProgrammeAdmin(MarkdownMixin, VisibleAdmin):
    markdown_fields = ("summary",)
    list_display = ["name", "kind", "starts_on", "ends_on", "is_demo"]
    list_filter = ["kind", "is_demo"]
    search_fields = ["name"]
    fields = ["name", "slug", "kind", "starts_on", "ends_on", "summary", "funding"]
    inlines = [ObjectiveInline, PromiseInline, WorkPackageInline]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}


class LeadInline(admin.StackedInline):
    model = Lead
    extra = 0
    fields = ["organisation", ("starts_on", "ends_on"), "source"]


class ContributorInline(admin.StackedInline):
    model = Contributor
    extra = 0
    fields = ["organisation", ("starts_on", "ends_on"), "note"]


@admin.register(WorkPackage)
class WorkPackageAdmin(MarkdownMixin, VisibleAdmin):
    markdown_fields = ("description",)
    form = WorkPackageForm
    fields = ["programme", "number", "name", "slug", "aim", "description", "objectives"]
    list_display = ["code", "name", "programme", "current_leads"]
    list_display_links = ["code", "name"]
    list_filter = ["programme"]
    list_select_related = ["programme"]
    search_fields = ["name", "aim"]
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
