"""Risks at the desk: the register, and what was said of each in every report."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from efc.adminsite import VisibleAdmin
from workpackages.admin.deliverables import ReadOnlyInline
from workpackages.models import Risk, RiskState


class RiskStateInline(ReadOnlyInline):
    model = RiskState
    fields = ["period", "occurred", "mitigated", "comment", "written_by"]


@admin.register(Risk)
class RiskAdmin(VisibleAdmin):
    list_display = ["code", "title", "work_package", "is_foreseen", "likelihood", "impact", "closed_on"]
    list_display_links = ["code", "title"]
    list_filter = ["work_package__programme", "is_foreseen", "likelihood", "impact"]
    list_select_related = ["work_package__programme"]
    search_fields = ["title", "mitigation"]
    fieldsets = [
        (None, {"fields": ["work_package", "number", "is_foreseen", "title", "effect"]}),
        (_("How grave"), {"fields": ["likelihood", "impact"]}),
        (_("What is done"), {"fields": ["mitigation", "owner"]}),
        (_("Dates"), {"fields": ["raised_on", "closed_on"]}),
    ]
    inlines = [RiskStateInline]

    def get_readonly_fields(self, request, obj=None):
        fixed = super().get_readonly_fields(request, obj)
        return [*fixed, "work_package", "number", "is_foreseen"] if obj else fixed
