"""Data collection at the desk: templates with their questions while they are drafts, rounds with who has sent, returns to read and to remind."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from efc.acts import Act, Bulk, ReadOnly
from efc.adminsite import MoveAdmin, VisibleAdmin
from efc.editor import MarkdownMixin
from members.forms.desk import DeskForm, SureForm
from workpackages.admin.deliverables import ReadOnlyInline
from workpackages.emails.collection import people_of
from workpackages.forms.collection import ExtendForm
from workpackages.forms.returns import ReopenForm
from workpackages.models import DataComment, DataField, DataReturn, DataRound, DataTemplate, DataValue
from workpackages.services import collection, returns
from workpackages.services.consolidated import count

KEEP = "workpackages.keep_dataround"


class FieldInline(admin.StackedInline):
    """The questions, written while the template is a draft and read afterwards."""

    model = DataField
    extra = 0
    fields = [
        ("section", "order"), ("label", "key"), "help_text", ("kind", "unit"), "choices", ("minimum", "ceiling"),
        ("is_required", "is_of_people"), "part_of",
    ]  # fmt: skip

    def formfield_for_foreignkey(self, field, request, **kwargs):
        if field.name == "part_of":
            template = request.resolver_match.kwargs.get("object_id")
            counts = DataField.objects.filter(kind=DataField.Kind.COUNT)
            kwargs["queryset"] = (
                counts.filter(template=template) if template and template.isdecimal() else counts.none()
            )
        return super().formfield_for_foreignkey(field, request, **kwargs)

    def has_add_permission(self, request, obj=None):
        return (obj is None or obj.is_draft) and super().has_add_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return (obj is None or obj.is_draft) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return (obj is None or obj.is_draft) and super().has_delete_permission(request, obj)


@admin.register(DataTemplate)
class DataTemplateAdmin(MarkdownMixin, MoveAdmin):
    markdown_fields = ("guidance",)
    verbs = {"put_in_force": collection.put_template_in_force}
    acts = {
        "copy": Act(_("Begin the next version"), SureForm, collection.copy_template, "workpackages.keep_datatemplate",
                    lambda template: not template.is_draft, note=_("It begins as a copy of this one. This one stays as it is."),
                    after=lambda copy: copy),
    }  # fmt: skip
    list_display = ["name", "version", "status", "work_package", "in_force_at"]
    list_filter = ["status", "name"]
    list_select_related = ["work_package__programme"]
    search_fields = ["name"]
    fields = ["work_package", "name", "version", "status", "guidance", "in_force_at", "replaced_at"]
    readonly_fields = ["version", "in_force_at", "replaced_at"]
    inlines = [FieldInline]

    def get_readonly_fields(self, request, obj=None):
        fixed = super().get_readonly_fields(request, obj)
        return [*fixed, "name", "work_package"] if obj and obj.version > 1 else fixed

    def has_change_permission(self, request, obj=None):
        return (obj is None or obj.is_draft) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return obj is not None and obj.is_draft and super().has_delete_permission(request, obj)


class ReturnInline(ReadOnlyInline):
    """Who was asked, and what came: the board of the round."""

    model = DataReturn
    fields = ["organisation_name", "sector", "state", "saved_at", "submitted_at", "reminded_at"]
    show_change_link = True
    view_on_site = False  # the link to its own screen says enough

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("round", "organisation").order_by("organisation_name")

    @admin.display(description=_("state"))
    def state(self, one):
        return state_of(one)


def state_of(one):
    """Say how a return stands, the dates winning over the status."""
    if one.is_missing:
        return gettext("Missing")
    return gettext("Sent late") if one.is_late else one.get_status_display()


class DeskExtendForm(DeskForm, ExtendForm):
    pass


class DeskReopenForm(DeskForm, ReopenForm):
    pass


def _opening(round_):
    names = [str(one) for one in collection.asked_by(round_.audience)]
    n = len(names)
    said = ngettext("This asks %(n)s organisation and mails its people.", "This asks %(n)s organisations and mails their people.", n)  # fmt: skip
    return {"consequence": said % {"n": n}, "facts": [(gettext("Asked"), names)]}


def _closing(round_):
    missing = [one.organisation_name for one in round_.returns.missing().order_by("organisation_name")]
    return {
        "consequence": gettext("Nothing is taken any more, and the figures can be read."),
        "facts": [(gettext("Has not sent"), missing)] if missing else [],
    }


def is_draft(round_):
    return round_.status == DataRound.Status.DRAFT


def is_open(round_):
    return round_.status == DataRound.Status.OPEN


@admin.register(DataRound)
class DataRoundAdmin(ReadOnly, VisibleAdmin):
    """Rounds with their board. They are prepared in the workspace, where their keepers do it too."""

    acts = {
        "open": Act(_("Open the round now"), SureForm, collection.open_round, KEEP, is_draft, about=_opening),
        "extend": Act(_("Give more time"), DeskExtendForm, collection.extend_round, KEEP, is_open),
        "close": Act(_("Close the round now"), SureForm, collection.close_round, KEEP, is_open, about=_closing),
    }
    list_display = ["title", "work_package", "status", "opens_on", "due_on", "sent"]
    list_filter = ["status", "work_package__programme"]
    list_select_related = ["work_package__programme", "template"]
    search_fields = ["title"]
    date_hierarchy = "due_on"
    fields = [
        "title", "work_package", "template", "status", ("starts_on", "ends_on"), ("opens_on", "due_on"), "audience", "sent", "opened_at",
        "closed_at", "created_by",
    ]  # fmt: skip
    readonly_fields = ["sent"]
    inlines = [ReturnInline]
    change_list_template = "admin/workpackages/dataround_list.html"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("returns")

    @admin.display(description=_("sent"))
    def sent(self, round_):
        counts = count(round_, list(round_.returns.all()))
        return gettext("%(sent)s of %(asked)s") % {"sent": counts["sent"], "asked": counts["asked"]} if counts["asked"] else "–"  # fmt: skip


class ValueInline(ReadOnlyInline):
    model = DataValue
    fields = ["question", "answer", "is_confirmed"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("field").order_by("field__order")

    @admin.display(description=_("question"))
    def question(self, row):
        return row.field.label

    @admin.display(description=_("answer"))
    def answer(self, row):
        return row.value

    def get_readonly_fields(self, request, obj=None):
        return self.fields


class CommentInline(ReadOnlyInline):
    model = DataComment
    fields = ["written_at", "text", "written_by"]


def _remind_look(one):
    if reason := collection.why_not_remind(one):
        raise ValidationError(reason)
    return ", ".join(address for address, _language, _name in people_of(one.organisation))


def _says_reminds(n):
    return ngettext("This mails %(n)s organisation.", "This mails %(n)s organisations.", n) % {"n": n}


@admin.register(DataReturn)
class DataReturnAdmin(ReadOnly, VisibleAdmin):
    """Single returns, read only: what an organisation has sent is the organisation's."""

    acts = {
        "reopen": Act(
            _("Open it again"), DeskReopenForm, returns.reopen_return, "workpackages.keep_datareturn",
            lambda one: one.status == DataReturn.Status.SUBMITTED or not one.is_open,
            note=_("The organisation is told. Its figures do not count until it sends them again."),
        ),
    }  # fmt: skip
    list_display = ["organisation_name", "round", "state", "saved_at", "submitted_at", "reminded_at"]
    list_filter = ["status", "round", "sector"]
    list_select_related = ["round", "organisation"]
    search_fields = ["organisation_name"]
    fields = [
        "organisation_name", "round", "sector", "seat", "state", "is_nothing", "saved_at", "saved_by", "submitted_at", "submitted_by",
        "reopened_because", "open_until", "reminded_at",
    ]  # fmt: skip
    readonly_fields = ["state"]
    inlines = [ValueInline, CommentInline]
    actions = [
        Bulk("remind", _("Remind who has not sent"), collection.remind_return, permission=KEEP, says=_says_reminds, look=_remind_look)
    ]  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("round__work_package")

    @admin.display(description=_("state"))
    def state(self, one):
        said = state_of(one)
        return f"{said}, {date_format(one.open_until)}" if one.status == DataReturn.Status.REOPENED else said
