"""Deliverables at the desk: what was promised, how it stands, what the Commission answered."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from efc.acts import REFUSALS, Act, Bulk, ReadOnly
from efc.adminsite import MoveAdmin
from efc.editor import MarkdownMixin
from efc.generic import error_text
from efc.sheetadmin import SheetMixin
from workpackages import emails
from workpackages.forms.deliverables import AcceptForm, DeliverableForm, RejectForm
from workpackages.models import Comment, Deliverable, DeliverableFile, Extension, Update, WorkPackage
from workpackages.services import deliverables, reminders
from workpackages.sheets import DELIVERABLES


class ReadOnlyInline(ReadOnly, admin.TabularInline):
    """Rows that are read here and written by their verbs."""

    template = "admin/read_table.html"
    extra = 0

    def get_readonly_fields(self, request, obj=None):
        return self.fields  # on the page for a new record too, where nothing is listed yet


class UpdateInline(ReadOnlyInline):
    model = Update
    fields = ["written_at", "outlook", "sentence", "written_by"]


class ExtensionInline(ReadOnlyInline):
    model = Extension
    fields = [
        "requested_at",
        "due_before_on",
        "proposed_on",
        "cause",
        "status",
        "decided_by",
        "refused_because",
        "decision",
    ]


class FileInline(ReadOnlyInline):
    model = DeliverableFile
    fields = ["version", "name", "access", "uploaded_at", "uploaded_by"]


class CommentInline(ReadOnlyInline):
    model = Comment
    fields = ["written_at", "text", "written_by"]


# ── acts ─────────────────────────────────────────────────────────────────


def whom(package):
    """Say in a sentence whom a letter to the leads of a work package reaches."""
    return mails([person.email for person in emails.leads_of(package)])


def mails(addresses):
    if not addresses:
        return gettext("Nobody is mailed: no person with an account leads the work package today.")
    return gettext("This mails %(addresses)s.") % {"addresses": ", ".join(addresses)}


def _handed_in(deliverable):
    day = date_format(deliverable.delivered_on, "j F Y")
    return f"{gettext('Handed in on %(day)s.') % {'day': day}} {whom(deliverable.work_package)}"


def _answerable(deliverable):
    return deliverable.status == Deliverable.Status.SUBMITTED


def _consequence(deliverable):
    return {"consequence": _handed_in(deliverable)}


ANSWERS = "workpackages.accept_deliverable"
ACTS = {
    "accept": Act(_("Accepted by the Commission"), AcceptForm, deliverables.accept_deliverable, ANSWERS, _answerable, about=_consequence),
    "reject": Act(_("Rejected by the Commission"), RejectForm, deliverables.reject_deliverable, ANSWERS, _answerable, about=_consequence),
}  # fmt: skip


def _accept_look(deliverable):
    if not _answerable(deliverable):
        raise ValidationError(gettext("It is now: %(status)s.") % {"status": deliverable.get_status_display()})
    return _handed_in(deliverable)


def _says_accepts(count):
    return ngettext(
        "This records that the Commission accepted %(n)s deliverable.",
        "This records that the Commission accepted %(n)s deliverables.",
        count,
    ) % {"n": count}


def _remind_look(deliverable):
    if deliverable.is_handed_in:
        raise ValidationError(gettext("It is handed in."))
    return mails([person.email for person in reminders.reminded(deliverable.work_package)])


class Remind(Bulk):
    """Ask the leads of many deliverables: each person gets one letter for all those of a work package."""

    def sentence(self, records):
        packages = {record.work_package for record in records}
        people = {person.pk for package in packages for person in reminders.to_remind(package)}
        return ngettext("This mails %(n)s person.", "This mails %(n)s people.", len(people)) % {"n": len(people)}

    def _do(self, model_admin, request, queryset, answers):
        rows = {}
        for record in queryset.order_by("due_on"):
            if not record.is_handed_in:
                rows.setdefault(record.work_package, []).append(record)
        written = 0
        for package, records in rows.items():
            try:
                written += reminders.remind_about(package, records, by=request.user)
            except REFUSALS as error:
                text = gettext("%(record)s was left as it is: %(why)s") % {"record": package, "why": error_text(error)}
                model_admin.message_user(request, text, messages.WARNING)
        if written:
            text = ngettext("One letter is on its way.", "%(n)s letters are on their way.", written) % {"n": written}
            model_admin.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(request.get_full_path())


class StateFilter(admin.SimpleListFilter):
    """How it stands today, the dates winning over the word of the lead, as in the workspace."""

    title = _("state today")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("late", _("Late")),
            ("at_risk", _("At risk")),
            ("on_track", _("On track")),
            ("not_started", _("Not started")),
            ("delivered", _("Delivered")),
        ]

    def queryset(self, request, queryset):
        return queryset.in_state(self.value()) if self.value() in dict(self.lookup_choices) else queryset


class WaitingFilter(admin.SimpleListFilter):
    title = _("waits for")
    parameter_name = "waits"

    def lookups(self, request, model_admin):
        return [("decision", _("A decision on more time")), ("answer", _("The Commission’s answer"))]

    def queryset(self, request, queryset):
        return {
            "decision": queryset.filter(extensions__status=Extension.Status.REQUESTED),  # at most one waits
            "answer": queryset.filter(status=Deliverable.Status.SUBMITTED),
        }.get(self.value(), queryset)


class PackageFilter(admin.SimpleListFilter):
    """The work packages by their number, whatever the programme: WP4 has been Training all along."""

    title = _("work package")
    parameter_name = "wp"

    def lookups(self, request, model_admin):
        numbers = WorkPackage.objects.order_by("number").values_list("number", flat=True).distinct()
        return [(str(number), f"WP{number}") for number in numbers]

    def queryset(self, request, queryset):
        chosen = self.value() in dict(self.lookup_choices)
        return queryset.filter(work_package__number=self.value()) if chosen else queryset


@admin.register(Deliverable)
class DeliverableAdmin(SheetMixin, MarkdownMixin, MoveAdmin):
    """What was promised is entered or imported here; how it stands is reported by its leads."""

    sheet = DELIVERABLES
    markdown_fields = ("description",)
    form = DeliverableForm
    acts = ACTS
    verbs = {"reopen": deliverables.reopen_deliverable}
    actions = [
        Remind("remind", _("Remind the leads"), reminders.remind_about, permission="workpackages.change_deliverable", says=str, look=_remind_look),
        Bulk("accept", _("Accepted by the Commission"), deliverables.accept_deliverable, permission=ANSWERS, says=_says_accepts, look=_accept_look, form=AcceptForm),
    ]  # fmt: skip
    list_display = ["code", "title", "plan", "status", "state_today", "due"]
    list_display_links = ["code", "title"]
    list_filter = [StateFilter, WaitingFilter, "work_package__programme", PackageFilter, "status", "dissemination"]
    list_select_related = ["work_package__programme"]
    search_fields = ["title", "work_package__name"]
    ordering = ["-work_package__programme__starts_on", "work_package__number", "number"]
    date_hierarchy = "due_on"
    fieldsets = [
        (None, {"fields": ["work_package", "number", "title", "description", "owner", "dissemination"]}),
        (_("Dates"), {"fields": ["baseline_month", "due_on", "delivered_on", "accepted_on"]}),
        (_("State"), {"fields": ["status", "outlook", "rejected_because", "is_public_result"]}),
    ]
    readonly_fields = ["due_on", "delivered_on", "accepted_on", "outlook", "rejected_because"]
    inlines = [UpdateInline, ExtensionInline, FileInline, CommentInline]

    def get_readonly_fields(self, request, obj=None):
        fixed = super().get_readonly_fields(request, obj)
        return [*fixed, "baseline_month", "work_package", "number"] if obj else fixed

    @admin.display(description=_("no."), ordering="work_package__number")
    def code(self, deliverable):
        return deliverable.code

    @admin.display(description=_("programme"), ordering="work_package__programme__starts_on")
    def plan(self, deliverable):
        return deliverable.work_package.programme.slug

    @admin.display(description=_("state"))
    def state_today(self, deliverable):
        state = deliverable.state()
        if state != "delivered":
            return state.label
        return gettext("Delivered on %(day)s") % {"day": date_format(deliverable.delivered_on, "j M Y")}

    @admin.display(description=_("due"), ordering="due_on")
    def due(self, deliverable):
        day = date_format(deliverable.due_on, "j M Y")
        if not deliverable.is_moved:
            return day
        return gettext("%(day)s, promised for M%(month)s") % {"day": day, "month": deliverable.baseline_month}
