"""Page classes for visible, movable things: what cannot be seen does not exist, and one view serves all verbs of a model."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.urls import register_converter
from django.utils.decorators import method_decorator
from django.views.generic import DetailView, FormView, ListView, View
from django.views.generic.detail import SingleObjectMixin

from efc.workflow import WrongStatus

public = method_decorator(login_not_required, name="dispatch")


@dataclass(order=True)
class Waiting:
    """Something that waits for a person: what, until when, and where the one act is. Sorted by date, what has none comes last."""

    sort_key: tuple = field(init=False, repr=False)
    what: str
    url: str
    action: str
    until: datetime | None = None
    note: str = ""

    def __post_init__(self):
        self.sort_key = (self.until is None, self.until.timestamp() if self.until else 0, self.what)


def once(ask):
    """Let a function of a person ask once while a page of the workspace is shown: side, list and sentence need the same rows.

    Elsewhere (tasks, verbs, tests) it asks each time.
    """

    @wraps(ask)
    def asked(user):
        kept = getattr(user, "asked_for_this_page", None)
        if kept is None:
            return ask(user)
        if ask not in kept:
            kept[ask] = ask(user)
        return kept[ask]

    return asked


class WorkspaceMixin:
    """A page of the workspace (`portal.html`). `nav` is set by the roof (`efc.workspace`): it returns the side's links for a person."""

    nav = staticmethod(lambda user: [])
    heading = ""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if request.method in ("GET", "HEAD"):
            request.user.asked_for_this_page = {}

    def get_context_data(self, **kwargs):
        context = {"heading": self.heading}
        if "workspace_nav" not in kwargs:
            context["workspace_nav"] = WorkspaceMixin.nav(self.request.user)
        return super().get_context_data(**{**context, **kwargs})


class VisibleMixin:
    """Take rows through `visible_to` only."""

    def get_queryset(self):
        return super().get_queryset().visible_to(self.request.user)


class VisibleList(VisibleMixin, ListView):
    paginate_by = 20


class VisibleDetail(VisibleMixin, DetailView):
    pass


class PublishedMixin:
    """Take rows that are public now, whoever asks: public pages show everybody the same."""

    def get_queryset(self):
        return super().get_queryset().published()


class PublishedDetail(DetailView):
    """Show what is public to everybody, and a draft (`is_draft` in the template) to those who may see it (`visible_to`)."""

    is_draft = False

    def get_object(self, queryset=None):
        rows = self.get_queryset()
        try:
            return super().get_object(rows.published())
        except Http404:
            self.is_draft = True
            return super().get_object(rows.visible_to(self.request.user))

    def get_context_data(self, **kwargs):
        return super().get_context_data(is_draft=self.is_draft, **kwargs)


class Year:
    """A year in an address: four digits that a date can have."""

    regex = "(?:19|20)[0-9]{2}"
    to_python = staticmethod(int)
    to_url = staticmethod(str)


register_converter(Year, "year")


class CheckedFormView(FormView):
    """A form page whose errors answer 422, with the values kept. A form is sent by POST alone."""

    http_method_names = ["get", "head", "options", "post"]

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)


class MoveView(VisibleMixin, SingleObjectMixin, View):
    """POST one verb of a record: `verbs = {"approve": approve_thing, …}`, the URL gives `verb`."""

    http_method_names = ["post"]
    verbs: dict = {}

    def post(self, request, verb, **kwargs):
        record = self.get_object()
        try:
            self.verbs[verb](record, by=request.user)
        except (WrongStatus, ValidationError) as error:
            messages.warning(request, error_text(error))
        except KeyError as error:
            raise PermissionDenied from error
        return HttpResponseRedirect(self.get_success_url(record))

    def get_success_url(self, record):
        return record.get_absolute_url()


def error_text(error):
    """Return the sentence of a refusal."""
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
