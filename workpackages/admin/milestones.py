"""Milestones at the desk: what was promised, how it is verified, the evidence; reached and moved by the verbs of the pages."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from efc.acts import Act
from efc.adminsite import MoveAdmin
from workpackages.admin.deliverables import ReadOnlyInline
from workpackages.forms.milestones import MilestoneForm, ReachForm, RescheduleForm
from workpackages.models import Milestone, MilestoneEvidence, Rescheduling
from workpackages.services import milestones


class EvidenceInline(ReadOnlyInline):
    model = MilestoneEvidence
    fields = ["given_at", "sentence", "deliverable", "decision", "name", "given_by"]


class ReschedulingInline(ReadOnlyInline):
    model = Rescheduling
    fields = ["moved_at", "due_before_on", "due_on", "reason", "moved_by"]


def is_planned(milestone):
    return not milestone.is_reached


@admin.register(Milestone)
class MilestoneAdmin(MoveAdmin):
    form = MilestoneForm
    verbs = {"reopen": milestones.reopen_milestone}
    acts = {
        "reach": Act(
            _("Reached"), ReachForm, milestones.reach_milestone, "workpackages.change_milestone", applies=is_planned,
            note=_("It counts as reached with evidence: a sentence with a deliverable, a decision or a file."),
        ),
        "reschedule": Act(
            _("Move the day"), RescheduleForm, milestones.reschedule_milestone, "workpackages.change_milestone", applies=is_planned
        ),
    }  # fmt: skip
    list_display = ["code", "title", "work_package", "status", "baseline_month", "due_on", "reached_on"]
    list_display_links = ["code", "title"]
    list_filter = ["work_package__programme", "status"]
    list_select_related = ["work_package__programme"]
    search_fields = ["title"]
    date_hierarchy = "due_on"
    fieldsets = [
        (None, {"fields": ["work_package", "number", "title", "verification"]}),
        (_("Dates"), {"fields": ["baseline_month", "due_on", "reached_on"]}),
        (_("State"), {"fields": ["status"]}),
    ]
    readonly_fields = ["due_on", "reached_on"]
    inlines = [EvidenceInline, ReschedulingInline]

    def get_readonly_fields(self, request, obj=None):
        fixed = super().get_readonly_fields(request, obj)
        return [*fixed, "baseline_month", "work_package", "number"] if obj else fixed
