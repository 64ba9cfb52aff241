"""Acts of the desk that need an answer or a look before they happen: one record's form, and many records' preview."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from efc.generic import error_text
from efc.permissions import require
from efc.workflow import TooLate

REFUSALS = (TooLate, ValidationError)


class ReadOnly:
    """Rows that are read at the desk and written by verbs only."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ScreenMixin:
    """Screens of a record beside its form: `page(...)` draws one in the frame of the desk, from the folder `screens`."""

    screens = "admin"

    def page(self, request, template, record, title, **context):
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "original": record, "title": title, "media": self.media, **context,
        }  # fmt: skip
        status = context.pop("status", 200)
        return TemplateResponse(request, f"{self.screens}/{template}.html", context, status=status)

    def record_or_404(self, request, object_id):
        record = self.get_object(request, str(object_id))
        if record is None:
            raise Http404
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        return record

    def named(self, route, view, name):
        return path(
            route, self.admin_site.admin_view(view), name=f"{self.opts.app_label}_{self.opts.model_name}_{name}"
        )

    def url(self, name, record=None, query=""):
        args = [record.pk] if record is not None else []
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args) + query


# ── one record ───────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Act:
    """Something an officer does with a record after answering a form: `form(data, files, record=…)`, then `do(record, by=…, **answers)`.

    `applies` says whether the record can be acted on now; `about` gives the page more to show beside the form; `done` is what is said
    afterwards; `after` is the record whose page comes next (of what `do` returned), this one's when left out.
    """

    label: str
    form: type
    do: Callable
    permission: str
    applies: Callable = lambda record: True
    note: str = ""
    about: Callable[..., dict] = lambda *record: {}
    template: str = "act"
    done: str = ""
    after: Callable | None = None


class ActMixin(ScreenMixin):
    """A record with acts: `acts = {"renew": Act(…)}`, each with its own page and a button on the record; `new` adds one by a verb."""

    acts: dict = {}
    new: Act | None = None
    change_form_template = "admin/move_change_form.html"

    def get_urls(self):
        own = [self.named("<int:object_id>/act/<slug:name>/", self.act_view, "act")] if self.acts else []
        return [*own, *super().get_urls()]

    def act_url(self, name, record):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_act", args=[record.pk, name])

    def acts_for(self, user, record):
        """Return [(address, label)] of what this person may do with the record now: which buttons to draw."""
        return [
            (self.act_url(name, record), act.label)
            for name, act in self.acts.items()
            if act.applies(record) and user.has_perm(act.permission, record)
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        record = self.get_object(request, str(object_id))
        acts = self.acts_for(request.user, record) if record is not None else []
        return super().change_view(request, object_id, form_url, {"acts": acts, **(extra_context or {})})

    def add_view(self, request, form_url="", extra_context=None):
        if self.new is None:
            return super().add_view(request, form_url, extra_context)
        require(request.user, self.new.permission)
        return self._answer(request, self.new)

    def act_view(self, request, object_id, name):
        """Show the form of an act; do it on POST. A refusal stands on the page, with what was typed."""
        record = self.record_or_404(request, object_id)
        if name not in self.acts:
            raise Http404
        act = self.acts[name]
        require(request.user, act.permission, record)
        if not act.applies(record):
            text = _(
                "“%(act)s” does not apply to %(record)s any more. Somebody may have been faster; look at it again."
            )
            self.message_user(request, text % {"act": act.label, "record": record}, messages.WARNING)
            return HttpResponseRedirect(self.url("change", record))
        return self._answer(request, act, record)

    def _answer(self, request, act, record=None):
        data = (request.POST, request.FILES) if request.method == "POST" else ()
        form = act.form(*data, record=record)
        given = () if record is None else (record,)
        if data and form.is_valid():
            try:
                result = act.do(*given, by=request.user, **form.cleaned_data)
            except REFUSALS as error:
                refuse(form, error)
            else:
                text = act.done or _("Done: %(act)s, %(record)s.")
                after = act.after(result) if act.after else (record or result)
                self.message_user(request, text % {"act": act.label, "record": record or result}, messages.SUCCESS)
                name = f"admin:{after._meta.app_label}_{after._meta.model_name}_change"
                return HttpResponseRedirect(reverse(name, args=[after.pk]))
        title = f"{act.label}: {record}" if record is not None else act.label
        back = self.url("change", record) if record is not None else self.url("changelist")
        return self.page(
            request, act.template, record, title, act=act, form=form, back=back, status=422 if data else 200, **act.about(*given),
        )  # fmt: skip


def refuse(form, error):
    """Put a refusal on the form: at the fields that it names, else above all of them."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error_text(error))
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


# ── many records ─────────────────────────────────────────────────────────


class Bulk:
    """An act on many records of a list, as an action of the admin: first a page that says what it will do to each, then the verb for each.

    `do(record, by=…)` is the verb; `look(record)` returns what it will mean for a record, and raises ValidationError where it cannot
    be done; `says(count)` is the sentence with the count. `form` asks for answers that hold for all. One refusal stops none of the others.
    """

    def __init__(self, name, label, do, *, permission, says, look=None, verb="", form=None, note=""):
        self.__name__, self.short_description = name, label
        self.do, self.permission, self.says, self.form, self.note = do, permission, says, form, note
        self.look = look or (lambda record: _stands_for(record, verb))

    def __call__(self, model_admin, request, queryset):
        require(request.user, self.permission)
        confirmed = "confirm" in request.POST
        form = self.form(request.POST if confirmed else None) if self.form else None
        if confirmed and (form is None or form.is_valid()):
            return self._do(model_admin, request, queryset, form.cleaned_data if form else {})
        lines, refused = [], []
        for record in queryset:
            try:
                lines.append((record, self.look(record)))
            except REFUSALS as error:
                refused.append((record, error_text(error)))
        context = {
            **model_admin.admin_site.each_context(request), "opts": model_admin.opts, "title": capfirst(str(self.short_description)),
            "media": model_admin.media, "sentence": self.sentence([record for record, _look in lines]), "lines": lines, "refused": refused, "form": form, "note": self.note,
            "action": self.__name__, "checkbox": ACTION_CHECKBOX_NAME, "back": request.get_full_path(),
        }  # fmt: skip
        return TemplateResponse(request, "admin/bulk.html", context, status=422 if confirmed else 200)

    def sentence(self, records):
        """Say what doing it to these records means as a whole."""
        return self.says(len(records))

    def _do(self, model_admin, request, queryset, answers):
        done = []
        for record in queryset:
            name = str(record)
            try:
                with transaction.atomic():
                    self.look(record)
                    self.do(record, by=request.user, **answers)
            except REFUSALS as error:
                text = _("%(record)s was left as it is: %(why)s") % {"record": name, "why": error_text(error)}
                model_admin.message_user(request, text, messages.WARNING)
            else:
                done.append(name)
        if done:
            text = _("%(act)s: done for %(names)s.") % {"act": self.short_description, "names": ", ".join(done)}
            model_admin.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(request.get_full_path())


def _stands_for(record, verb):
    """Return the record's status where a move leads from it, else refuse."""
    if record.status not in [str(source) for source in record.MOVES[verb].sources]:
        raise ValidationError(_("It is now: %(status)s.") % {"status": record.get_status_display()})
    return record.get_status_display()


class BulkMixin:
    """Offer those of the list's actions that this person may do."""

    def get_actions(self, request):
        return {
            name: found
            for name, found in super().get_actions(request).items()
            if not isinstance(found[0], Bulk) or request.user.has_perm(found[0].permission)
        }
