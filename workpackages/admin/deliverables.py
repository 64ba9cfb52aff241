"""Deliverables at the desk: what was promised, how it stands, what the Commission answered."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from efc.acts import ReadOnly
from efc.adminsite import MoveAdmin
from efc.editor import MarkdownMixin
from workpackages.forms.deliverables import DeliverableForm
from workpackages.models import Deliverable, DeliverableFile, Extension, Update
from workpackages.services import deliverables


class ReadOnlyInline(ReadOnly, admin.TabularInline):
    """Rows that are read here and written by their verbs."""

    extra = 0

    def get_readonly_fields(self, request, obj=None):
        return self.fields  # on the page for a new record too, where nothing is listed yet


class UpdateInline(ReadOnlyInline):
    model = Update
    fields = ["written_at", "outlook", "sentence", "written_by"]


class ExtensionInline(ReadOnlyInline):
    model = Extension
    fields = ["requested_at", "due_before_on", "proposed_on", "cause", "status"]


class FileInline(ReadOnlyInline):
    model = DeliverableFile
    fields = ["version", "name", "access", "uploaded_at"]


@admin.register(Deliverable)
class DeliverableAdmin(MarkdownMixin, MoveAdmin):
    markdown_fields = ("description",)
    form = DeliverableForm
    verbs = {"accept": deliverables.accept_deliverable, "reopen": deliverables.reopen_deliverable}
    list_display = ["code", "title", "work_package", "status", "outlook", "baseline_month", "due_on", "delivered_on"]
    list_display_links = ["code", "title"]
    list_filter = ["work_package__programme", "status", "outlook", "dissemination"]
    list_select_related = ["work_package__programme"]
    search_fields = ["title"]
    date_hierarchy = "due_on"
    fieldsets = [
        (None, {"fields": ["work_package", "number", "title", "description", "owner", "dissemination"]}),
        (_("Dates"), {"fields": ["baseline_month", "due_on", "delivered_on", "accepted_on"]}),
        (_("State"), {"fields": ["status", "outlook", "rejected_because", "is_public_result"]}),
    ]
    readonly_fields = ["due_on", "delivered_on", "accepted_on", "outlook", "rejected_because"]
    inlines = [UpdateInline, ExtensionInline, FileInline]

    def get_readonly_fields(self, request, obj=None):
        fixed = super().get_readonly_fields(request, obj)
        return [*fixed, "baseline_month", "work_package", "number"] if obj else fixed
