"""Deliverables in the workspace: a work package's area, the list, one deliverable, and the two minutes in which a lead reports."""

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, ListView, TemplateView, View

from efc import files
from efc.audit import actor_names, entries_about
from efc.exports import FORMATS, describe, export_rows
from efc.generic import CheckedFormView, WorkspaceMixin, error_text
from efc.workflow import WrongStatus
from workpackages.forms.deliverables import DELIVERED, CommentForm, FilterForm, ReasonForm, RefuseForm, UpdateForm
from workpackages.models import Deliverable, DeliverableFile, Extension, LeadPerson, Programme, WorkPackage
from workpackages.services import deliverables, standing
from workpackages.services.deliverables import WrittenMeanwhile
from workpackages.sheets import DELIVERABLES
from workpackages.views.tasks import of_area

DUE_SOON_DAYS = 90
# The acts of the audit log in words.
ACTS = {
    "add": gettext_lazy("Entered"),
    "change": gettext_lazy("Changed at the desk"),
    "draft": gettext_lazy("Begun"),
    "report": gettext_lazy("Reported"),
    "extend": gettext_lazy("Moved to a later day"),
    "refuse": gettext_lazy("More time refused"),
    "file": gettext_lazy("File added"),
    "submit": gettext_lazy("Handed in"),
    "accept": gettext_lazy("Accepted by the Commission"),
    "reject": gettext_lazy("Rejected by the Commission"),
    "reopen": gettext_lazy("Opened again"),
    "comment": gettext_lazy("Commented"),
    "share": gettext_lazy("Readers of a file changed"),
}


class OfDeliverable:
    """Find the deliverable of the address among those this person may see; what they may not see does not exist."""

    @cached_property
    def deliverable(self):
        rows = Deliverable.objects.visible_to(self.request.user).select_related("work_package__programme", "owner")
        programme, package, number = (self.kwargs[name] for name in ("programme", "package", "number"))
        return get_object_or_404(
            rows, work_package__programme__slug=programme, work_package__number=package, number=number
        )

    def may(self, verb):
        return self.request.user.has_perm(f"workpackages.{verb}_deliverable", self.deliverable)

    def back(self):
        return HttpResponseRedirect(self.deliverable.get_absolute_url())


class Area(WorkspaceMixin, TemplateView):
    """The area of a work package for its leads: what is due next, everything promised, people. Costs: 6 queries beside the frame."""

    template_name = "workpackages/workspace/area.html"

    def get_context_data(self, **kwargs):
        slug, user = self.kwargs.get("programme"), self.request.user
        programmes = Programme.objects.filter(slug=slug) if slug else Programme.objects.ran_on()
        package = get_object_or_404(
            WorkPackage.objects.for_lists().with_leads().filter(programme__in=programmes), number=self.kwargs["package"]
        )
        rows = list(
            Deliverable.objects.visible_to(user)
            .filter(work_package=package)
            .for_lists()
            .with_latest_update()
            .order_by("due_on", "number")
        )
        reads_work = (
            bool(rows)
            or user.has_perm("workpackages.change_workpackage", package)
            or user.has_perm("workpackages.view_deliverable")
        )
        shared = of_area(package, user)
        if not reads_work and not shared["is_of_team"]:
            raise Http404
        for row in rows:
            row.shown_state = row.state()
        people = (
            LeadPerson.objects.as_of().filter(lead__work_package=package).select_related("person", "lead__organisation")
        )
        kwargs |= {
            "heading": str(package),
            "package": package,
            "deliverables": rows,
            "next_due": next((row for row in rows if not row.is_handed_in), None),
            "people": people.order_by("lead__organisation__name", "person__name"),
            "may_report": user.has_perm("workpackages.update_deliverable")
            or user.has_perm("workpackages.change_workpackage", package),
            **(standing.of_package(package) if reads_work else {}),
            "reads_work": reads_work,
            **shared,
        }
        return super().get_context_data(**kwargs)


class Deliverables(WorkspaceMixin, ListView):
    """All deliverables of the running programme that this person may see, filtered by a GET form. Costs: 4 queries beside the frame."""

    template_name = "workpackages/workspace/deliverables.html"

    def read_filters(self):
        self.programme = Programme.objects.current()
        packages = list(WorkPackage.objects.for_lists().filter(programme=self.programme).order_by("number"))
        self.form = FilterForm(self.request.GET, packages=packages)

    def get(self, request, *args, **kwargs):
        self.read_filters()
        status = 200 if self.form.is_valid() else 422
        response = super().get(request, *args, **kwargs)
        response.status_code = status
        return response

    def get_queryset(self):
        asked = self.form.cleaned_data
        rows = Deliverable.objects.visible_to(self.request.user).filter(work_package__programme=self.programme)
        narrowed = {
            "open": rows.open,
            "late": rows.late,
            "soon": lambda: rows.due_within(DUE_SOON_DAYS),
            "delivered": rows.delivered,
        }
        rows = narrowed.get(asked.get("state"), lambda: rows)()
        if asked.get("wp"):
            rows = rows.filter(work_package__number=asked["wp"])
        return rows.for_lists().with_latest_update().order_by("work_package__number", "number")

    def get_context_data(self, **kwargs):
        rows = list(self.object_list)
        for row in rows:
            row.shown_state = row.state()
        return super().get_context_data(
            heading=_("Deliverables"), deliverables=rows, programme=self.programme, form=self.form,
            is_filtered=bool(self.form.errors) or any(self.form.cleaned_data.values()),
            query=f"?{self.request.GET.urlencode()}" if self.request.GET else "", **kwargs,
        )  # fmt: skip


class Export(Deliverables):
    """The rows of the list as a file, under the same filters."""

    def get(self, request, file_format, **kwargs):
        self.read_filters()
        if not self.form.is_valid() or file_format not in FORMATS:
            raise BadRequest
        rows = Deliverable.objects.filter(pk__in=self.get_queryset().order_by().values("pk"))
        answer, _count = export_rows(
            DELIVERABLES, rows, by=request.user, file_format=file_format, filtered=describe(request.GET.dict())
        )
        return answer


class DeliverablePage(WorkspaceMixin, OfDeliverable, DetailView):
    """One deliverable: dates side by side, updates, requests for more time, files, comments, what was done when. Costs: 8 queries beside the frame."""

    template_name = "workpackages/workspace/deliverable.html"
    context_object_name = "deliverable"

    def get_object(self, queryset=None):
        return self.deliverable

    def get_context_data(self, **kwargs):
        one, user = self.deliverable, self.request.user
        acts = list(entries_about(one)[:20])
        names = actor_names(acts)
        extensions = list(one.extensions.select_related("requested_by", "decided_by", "decision", "ballot"))
        context = {
            "heading": str(one),
            "state": one.state(),
            "updates": list(one.updates.select_related("written_by")[:24]),
            "extensions": extensions,
            "waiting": next((row for row in extensions if row.status == Extension.Status.REQUESTED), None),
            "files": list(one.files.select_related("uploaded_by")),
            "comments": list(one.comments.select_related("written_by")),
            "acts": [(act, ACTS.get(act.verb.rsplit(".", 1)[1], act.verb), names.get(act.actor, "")) for act in acts],
            "may_report": self.may("update") and not one.is_handed_in,
            "may_share": self.may("update"),
            "may_answer": self.may("accept"),
            "may_decide": user.has_perm("workpackages.decide_extension"),
            "comment_form": CommentForm(),
            "reason_form": ReasonForm(),
            "refuse_form": RefuseForm(),
        }
        return super().get_context_data(**{**context, **kwargs})

    def refused(self, **forms):
        """Show the page again with a form whose answers cannot stand."""
        self.object = self.deliverable
        return self.render_to_response(self.get_context_data(**forms), status=422)


class AddComment(DeliverablePage):
    http_method_names = ["post"]

    def post(self, request, **kwargs):
        form = CommentForm(request.POST)
        if not form.is_valid():
            return self.refused(comment_form=form)
        deliverables.add_comment(self.deliverable, form.cleaned_data["text"], by=request.user)
        messages.success(request, _("Your comment is on record."))
        return self.back()


class Answer(DeliverablePage):
    """The Commission’s answer, recorded by the Secretariat."""

    http_method_names = ["post"]

    def post(self, request, verb, **kwargs):
        try:
            if verb == "accept":
                deliverables.accept_deliverable(self.deliverable, by=request.user)
            elif verb == "reject":
                form = ReasonForm(request.POST)
                if not form.is_valid():
                    return self.refused(reason_form=form)
                deliverables.reject_deliverable(self.deliverable, by=request.user, reason=form.cleaned_data["reason"])
            else:
                raise Http404
        except (WrongStatus, ValidationError) as error:
            messages.warning(request, error_text(error))
        return self.back()


class DecideExtension(DeliverablePage):
    """More time granted or refused by who decides, or the request taken back by a lead."""

    http_method_names = ["post"]
    verbs = {
        "grant": (deliverables.grant_extension, gettext_lazy("More time is granted. The leads are told by letter.")),
        "refuse": (
            deliverables.refuse_extension,
            gettext_lazy("More time is refused. The leads are told by letter, with your reason."),
        ),
        "withdraw": (deliverables.withdraw_extension, gettext_lazy("The request is withdrawn.")),
    }

    def post(self, request, extension, verb, **kwargs):
        row = get_object_or_404(
            Extension.objects.select_related("deliverable__work_package__programme"),
            pk=extension,
            deliverable=self.deliverable,
        )
        if verb not in self.verbs:
            raise Http404
        decide, done = self.verbs[verb]
        form = RefuseForm(request.POST) if verb == "refuse" else None
        if form and request.user.has_perm("workpackages.decide_extension", row) and not form.is_valid():
            return self.refused(refuse_form=form)
        try:
            decide(row, by=request.user, **({"reason": form.data.get("reason", "")} if form else {}))
            messages.success(request, done)
        except (WrongStatus, ValidationError) as error:
            messages.warning(request, error_text(error))
        return self.back()


class File(View):
    """A file of a deliverable, for whoever may read it by its access (`DeliverableFile.visible_to`)."""

    def get(self, request, programme, package, number, version):
        row = get_object_or_404(
            DeliverableFile.objects.visible_to(request.user), version=version, deliverable__number=number,
            deliverable__work_package__number=package, deliverable__work_package__programme__slug=programme,
        )  # fmt: skip
        return files.serve(row.file, row.name, media_type=row.media_type)


class NoChange(OfDeliverable, View):
    http_method_names = ["post"]

    def post(self, request, **kwargs):
        try:
            seen = request.POST.get("seen", "")
            deliverables.confirm_deliverable(
                self.deliverable, by=request.user, seen=int(seen) if seen.isdecimal() and len(seen) < 18 else None
            )
            messages.success(request, _("Noted: nothing has changed."))
        except (WrittenMeanwhile, ValidationError) as error:
            messages.warning(request, error_text(error))
        return self.back()


class Report(WorkspaceMixin, OfDeliverable, CheckedFormView):
    """The lead’s update, with last month’s answers in the form. Who writes second sees the first one’s text and chooses."""

    template_name = "workpackages/workspace/update.html"
    form_class = UpdateForm

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not self.may("update"):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def latest(self):
        return deliverables.latest_update(self.deliverable)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "deliverable": self.deliverable}

    def get_initial(self):
        if self.latest is None:
            return {}
        return {"state": self.latest.outlook, "sentence": self.latest.sentence, "seen": self.latest.pk}

    def get_context_data(self, **kwargs):
        one = self.deliverable
        return super().get_context_data(
            **{
                "heading": _("Update %(code)s") % {"code": one.code},
                "lead": one.title,
                "deliverable": one,
                "latest": self.latest,
                "age": deliverables.age_in_words(self.latest) if self.latest else "",
                "waiting": one.extensions.filter(status=Extension.Status.REQUESTED).first(),
                "today": timezone.localdate(),
                **kwargs,
            }
        )

    def form_valid(self, form):
        asked = form.cleaned_data
        try:
            self.save(asked)
        except WrittenMeanwhile as error:
            form.data = form.data.copy()
            form.data["seen"] = str(error.update.pk)  # saving again is the choice to let one's own text stand
            return self.render_to_response(self.get_context_data(form=form, meanwhile=error.update), status=409)
        except ValidationError as error:
            form.add_error(
                None if not hasattr(error, "error_dict") else next(iter(error.error_dict), None), error.messages[0]
            )
            return self.form_invalid(form)
        messages.success(self.request, _("Saved. This is how the Steering Group sees it."))
        return self.back()

    @transaction.atomic
    def save(self, asked):
        one, by, seen = self.deliverable, self.request.user, asked["seen"]
        if asked["state"] != DELIVERED:
            return deliverables.report_deliverable(
                one,
                by=by,
                outlook=asked["state"],
                sentence=asked["sentence"],
                seen=seen,
                cause=asked["cause"],
                proposed_on=asked["proposed_on"],
            )
        if asked["upload"]:
            deliverables.add_file(one, asked["upload"], by=by, access=asked["access"] or DeliverableFile.Access.TEAM)
        return deliverables.submit_deliverable(one, by=by, sentence=asked["sentence"], seen=seen)
