"""The Secretariat's desk: Django's admin in our colours, opening on Today, with verbs as buttons on the record."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from efc import audit, history, permissions
from efc.acts import ActMixin, BulkMixin
from efc.generic import error_text
from efc.workflow import WrongStatus, moves_for

METHODS = ["GET", "HEAD", "OPTIONS", "POST"]


class Desk(admin.AdminSite):
    """The admin site. `today` is set by the roof (`efc.desk`): it returns the sections of the first page for a person."""

    site_header = _("EFC desk")
    site_title = _("EFC desk")
    index_title = _("Today")
    index_template = "admin/today.html"
    enable_nav_sidebar = True
    today = staticmethod(lambda user: [])

    def index(self, request, extra_context=None):
        return super().index(request, {"today": self.today(request.user), **(extra_context or {})})

    def admin_view(self, view, cacheable=False):
        """Answer 405 to what no page of the desk is asked by; Django would show the page."""
        return super().admin_view(require_http_methods(METHODS)(view), cacheable)

    def login(self, request, extra_context=None):
        """Send to the one sign-in page of the portal."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(
            f"{reverse('account_login')}?next={request.GET.get('next') or reverse('admin:index')}"
        )


class VisibleAdmin(BulkMixin, ActMixin, admin.ModelAdmin):
    """Show rows through `visible_to` where the model has it, and leave an audit entry for every row added, changed or deleted.

    `acts` are what an officer does with a record after answering a form, `Bulk` actions what is done to many after a look;
    `history_below` names the relations whose changes the history of the record shows too.
    """

    list_per_page = 50
    save_on_top = False
    history_below: tuple = ()

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows

    def changelist_view(self, request, extra_context=None):
        """Head the list with what is in it."""
        title = capfirst(self.opts.verbose_name_plural)
        try:
            return super().changelist_view(request, {"title": title, **(extra_context or {})})
        except OverflowError as error:  # a year that no calendar has
            raise BadRequest from error

    def history_view(self, request, object_id, extra_context=None):
        """Show the acts from the audit log, and beside them what changed field by field."""
        record = self.get_object(request, unquote(str(object_id)))
        context = {}
        if record is not None and self.has_view_or_change_permission(request, record):
            context["steps"] = history.steps(record, self.history_below)
            if request.user.has_perm("efc.view_auditentry"):
                context["trail"] = trail(record)
        return super().history_view(request, object_id, {**context, **(extra_context or {})})

    def save_related(self, request, form, formsets, change):
        """Draw the grants again, in the same transaction, where a row was saved that gives roles."""
        super().save_related(request, form, formsets, change)
        if not permissions.WATCHED.isdisjoint({self.model, *(formset.model for formset in formsets)}):
            permissions.redraw(by=request.user)

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        if self.model in permissions.WATCHED:
            permissions.redraw(by=request.user)

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        super().delete_queryset(request, queryset)
        if self.model in permissions.WATCHED:
            permissions.redraw(by=request.user)

    def log_addition(self, request, obj, message):
        audit.record(f"{obj._meta.label_lower}.add", obj, request.user)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        """Record a change; saving a form as it stood, as pressing a verb does, is none."""
        if changed := what_changed(message):
            audit.record(f"{obj._meta.label_lower}.change", obj, request.user, changed=changed)
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        for obj in queryset:
            audit.record(f"{obj._meta.label_lower}.delete", obj, request.user)
        return super().log_deletions(request, queryset)


def trail(record, limit=200):
    """Return [(when, who, act, details)] from the audit log, the latest first. Costs: 2 queries."""
    entries = list(audit.entries_about(record)[:limit])
    names = audit.actor_names(entries)
    return [
        (
            entry.at,
            names.get(entry.actor, _("a person who was erased")) if entry.actor else _("the system"),
            capfirst(entry.verb.rsplit(".", 1)[-1].replace("_", " ")),
            "; ".join(_details(record, entry.data)),
        )
        for entry in entries
    ]


def _details(record, data):
    """Say what an entry holds; a move in the words of its statuses: `Sent → Under review`."""
    data, names = dict(data), dict(getattr(type(record), "Status", models.TextChoices).choices)
    if {"from", "to"} <= data.keys():
        before, after = data.pop("from"), data.pop("to")
        yield f"{names.get(before, before)} → {names.get(after, after)}"
    for key, value in data.items():
        yield f"{key}: {', '.join(map(str, value)) if isinstance(value, list) else value}"


def what_changed(message):
    """Return the admin's own account of a change without the names of rows: `["website", "seat: added"]`."""
    if isinstance(message, str):
        return [message]
    found = []
    for act, facts in ((act, facts) for entry in message for act, facts in entry.items()):
        kind = facts.get("name")
        found += [f"{kind}: {act}"] if kind else [str(field) for field in facts.get("fields", [act])]
    return found


class MoveAdmin(VisibleAdmin):
    """Show the status and move it by buttons: `verbs = {"approve": approve_thing}` names the services, as on every door."""

    verbs: dict = {}
    change_form_template = "admin/move_change_form.html"

    def get_readonly_fields(self, request, obj=None):
        return [
            *super().get_readonly_fields(request, obj),
            *(["status"] if "status" not in self.readonly_fields else []),
        ]

    def get_urls(self):
        opts = self.model._meta
        name = f"{opts.app_label}_{opts.model_name}_move"
        return [
            path("<path:object_id>/move/<slug:verb>/", self.admin_site.admin_view(self.move_view), name=name),
            *super().get_urls(),
        ]

    def move_view(self, request, object_id, verb):
        """POST one verb, then go back to the record and say what happened."""
        record = self.get_object(request, object_id)
        if record is None or verb not in self.verbs:
            raise Http404
        if request.method == "POST":
            self.do(request, record, verb)
        return self.back_to(request, record)

    def response_change(self, request, obj):
        """Do the verb whose button was pressed, after the form was saved, so that nothing typed is lost."""
        verb = request.POST.get("_move")
        if verb not in self.verbs:
            return super().response_change(request, obj)
        self.do(request, obj, verb)
        return self.back_to(request, obj)

    def do(self, request, record, verb):
        try:
            self.verbs[verb](record, by=request.user)
        except (WrongStatus, ValidationError) as error:
            self.message_user(request, error_text(error), messages.WARNING)
        else:
            record.refresh_from_db()  # some verbs work on a row of their own, under a lock
            text = _("%(record)s: %(status)s.") % {"record": record, "status": record.get_status_display()}
            self.message_user(request, text, messages.SUCCESS)

    def back_to(self, request, record):
        """Return to the record, or to the list where the verb took the record out of this person's sight."""
        if self.get_object(request, str(record.pk)) is None:
            return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))
        return HttpResponseRedirect(self.change_url(record))

    def change_url(self, record):
        opts = record._meta
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[record.pk])

    def change_view(self, request, object_id, form_url="", extra_context=None):
        record = self.get_object(request, object_id)
        buttons = []
        if record is not None:
            buttons = [
                {"verb": verb, "label": law.label}
                for verb, law in moves_for(record, request.user).items()
                if verb in self.verbs and law.label
            ]
        return super().change_view(request, object_id, form_url, {"move_buttons": buttons, **(extra_context or {})})
