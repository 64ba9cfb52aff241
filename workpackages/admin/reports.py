"""Progress reports at the desk: how each stands. They are written, frozen and approved in the workspace, where each has its link."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from efc.acts import ReadOnly
from efc.adminsite import VisibleAdmin
from workpackages.models import Narrative, ReportPeriod


class NarrativeInline(ReadOnly, admin.TabularInline):
    model = Narrative
    template = "admin/read_table.html"
    fields = readonly_fields = ["work_package", "status", "asked_at", "written_at", "written_by"]
    extra = 0


@admin.register(ReportPeriod)
class ReportPeriodAdmin(ReadOnly, VisibleAdmin):
    change_list_template = "admin/workpackages/report_list.html"
    list_display = [
        "report",
        "programme",
        "starts_on",
        "ends_on",
        "status",
        "approved_at",
        "trouble",
        "in_the_workspace",
    ]
    list_filter = ["status", "programme"]
    list_select_related = ["programme"]
    date_hierarchy = "ends_on"
    fields = [
        "in_the_workspace", ("programme", "number"), ("starts_on", "ends_on"), "status", "frozen_at", ("approved_at", "approved_by"),
        "decision", "trouble",
    ]  # fmt: skip
    inlines = [NarrativeInline]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("figures")

    @admin.display(description=_("report"), ordering="number")
    def report(self, period):
        return str(period)

    @admin.display(description=_("write it"))
    def in_the_workspace(self, period):
        return format_html('<a href="{}">{}</a>', period.get_absolute_url(), _("Open in the workspace"))
