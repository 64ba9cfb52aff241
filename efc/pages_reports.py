"""Progress reports to the Commission: the outline with its gaps, the texts of the leads, the documents. The figures come from every room."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View

from efc import figures, files
from efc.generic import CheckedFormView, WorkspaceMixin, error_text
from efc.pdf import PDFError
from efc.permissions import require
from efc.workflow import WrongStatus, moves_for
from workpackages import pdf
from workpackages.forms.deliverables import day_field
from workpackages.models import Narrative, Programme, ReportPeriod
from workpackages.services import reports

CSV = "text/csv; charset=utf-8"
TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": CSV,
    "milestones_csv": CSV,
    "risks_csv": CSV,
}
LABELS = {
    "pdf": "PDF",
    "xlsx": "XLSX",
    "csv": gettext_lazy("CSV: deliverables"),
    "milestones_csv": gettext_lazy("CSV: milestones"),
    "risks_csv": gettext_lazy("CSV: risks"),
}


class PeriodForm(forms.Form):
    """The days of a new report."""

    starts_on = day_field(label=gettext_lazy("First day"))
    ends_on = day_field(label=gettext_lazy("Last day"))


class NarrativeForm(forms.ModelForm):
    class Meta:
        model = Narrative
        fields = ["text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 16})}
        error_messages = {
            "text": {"max_length": gettext_lazy("This has %(show_value)d characters. Shorten it to 6,000.")}
        }


def gathered(period, user):
    return figures.gather(period.programme, period.starts_on, period.ends_on, user)


class OfReport:
    """Find the report of the address among those this person may see."""

    @cached_property
    def period(self):
        rows = ReportPeriod.objects.visible_to(self.request.user).select_related("programme", "decision", "approved_by")
        return get_object_or_404(rows, programme__slug=self.kwargs["programme"], number=self.kwargs["number"])

    def back(self):
        return HttpResponseRedirect(self.period.get_absolute_url())


class Reports(WorkspaceMixin, CheckedFormView):
    """All reports this person may read, and for the Secretariat the form that opens the next one, with its days proposed."""

    template_name = "workpackages/workspace/reports.html"
    form_class = PeriodForm

    @cached_property
    def programme(self):
        return Programme.objects.current()

    @property
    def may_open(self):
        return self.programme is not None and self.request.user.has_perm("workpackages.change_reportperiod")

    def dispatch(self, request, *args, **kwargs):
        if (
            request.user.is_authenticated
            and not request.user.has_perm("workpackages.view_reportperiod")
            and not self.may_open
        ):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self):
        if not self.may_open or self.programme.starts_on is None:
            return {}
        return dict(zip(("starts_on", "ends_on"), reports.proposed_period(self.programme), strict=True))

    def get_context_data(self, **kwargs):
        rows = ReportPeriod.objects.visible_to(self.request.user).select_related("programme")
        context = {
            "heading": _("Progress reports"),
            "reports": rows,
            "programme": self.programme,
            "may_open": self.may_open,
        }
        return super().get_context_data(**{**context, **kwargs})

    def post(self, request, *args, **kwargs):
        if not self.may_open:
            raise Http404
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        try:
            period = reports.open_report(self.programme, by=self.request.user, **form.cleaned_data)
        except ValidationError as error:
            for name, sentences in getattr(error, "error_dict", {None: [error]}).items():
                form.add_error(name if name in form.fields else None, sentences)
            return self.form_invalid(form)
        return HttpResponseRedirect(period.get_absolute_url())


class Report(WorkspaceMixin, OfReport, TemplateView):
    """The outline of a report: sections with their figures, what is missing, what changed since the freeze, what can be done now."""

    template_name = "workpackages/workspace/report.html"

    def get_context_data(self, **kwargs):
        user, period = self.request.user, self.period
        writes = user.has_perm("workpackages.change_reportperiod")
        now = gathered(period, user) if period.status != ReportPeriod.Status.APPROVED else None
        shown = period.figures or now
        kwargs |= {
            "heading": str(period),
            "period": period,
            "figures": shown,
            "narratives": list(
                period.narratives.select_related("work_package", "written_by").order_by("work_package__number")
            ),
            "unjustified": reports.unjustified(shown),
            "unstated": reports.unstated(shown),
            "nobody_writes": nobody_writes(period) if writes and period.status != ReportPeriod.Status.APPROVED else "",
            "changes": reports.changes(period.figures, now) if period.figures and now else [],
            "moves": [(verb, law.label) for verb, law in moves_for(period, user).items() if verb in VERBS],
            "may_write": writes,
            "documents": [
                (kind, label, period.digests.get(kind, "")) for kind, label in LABELS.items() if getattr(period, kind)
            ],
        }
        return super().get_context_data(**kwargs)


def nobody_writes(period):
    """Say for which work packages nobody can be asked; nothing where each has somebody."""
    codes = [package.code for package in reports.without_writers(period)]
    return codes and ngettext(
        "Nobody can write for %(codes)s: name a person who leads it, or write the text yourself.",
        "Nobody can write for %(codes)s: name a person who leads them, or write the text yourself.",
        len(codes),
    ) % {"codes": get_text_list(codes, _("and"))}


def freeze(period, by):
    return reports.freeze_report(period, gathered(period, by), by=by)


def approve(period, by):
    try:
        return reports.approve_report(period, by=by)
    except PDFError as error:
        reports.note_trouble(period, error)
        raise ValidationError(
            _("The document could not be made. The report stays where it was; try again or tell the administrator.")
        ) from error


VERBS = {
    "freeze": freeze,
    "thaw": lambda period, by: reports.thaw_report(period, by=by),
    "send": lambda period, by: reports.send_report(period, by=by),
    "return": lambda period, by: reports.return_report(period, by=by),
    "approve": approve,
}


class Act(OfReport, View):
    http_method_names = ["post"]

    def post(self, request, verb, **kwargs):
        try:
            if verb == "ask":
                self.ask(request)
                return self.back()
            if verb not in VERBS:
                raise Http404
            VERBS[verb](self.period, request.user)
            messages.success(
                request, _("Done. The report is now: %(status)s.") % {"status": self.fresh().get_status_display()}
            )
        except (WrongStatus, ValidationError) as error:
            messages.warning(request, error_text(error))
        return self.back()

    def fresh(self):
        return ReportPeriod.objects.get(pk=self.period.pk)

    def ask(self, request):
        asked = reports.ask_leads(self.period, by=request.user)
        if asked:
            text = ngettext("One person was asked for a text.", "%(n)s people were asked for their text.", asked)
            messages.success(request, text % {"n": asked})
        if missing := nobody_writes(self.period):
            messages.warning(request, missing)
        elif not asked:
            messages.warning(
                request, _("Nobody was asked: the texts are agreed, or their leads were asked today already.")
            )


class Approve(WorkspaceMixin, OfReport, TemplateView):
    """Ask the Chair once more, then approve: an approved report stands."""

    template_name = "workpackages/workspace/report_approve.html"

    def get(self, request, *args, **kwargs):
        require(request.user, "workpackages.approve_reportperiod", self.period)
        return (
            super().get(request, *args, **kwargs) if "approve" in moves_for(self.period, request.user) else self.back()
        )

    def get_context_data(self, **kwargs):
        heading = _("Approve progress report %(number)s?") % {"number": self.period.number}
        return super().get_context_data(**{"heading": heading, "period": self.period, **kwargs})

    def post(self, request, *args, **kwargs):
        return Act.as_view()(request, **{**self.kwargs, "verb": "approve"})


class Preview(OfReport, View):
    """The report as it would be printed now, marked as a draft."""

    def get(self, request, **kwargs):
        if not request.user.has_perm("workpackages.change_reportperiod") and not request.user.has_perm(
            "workpackages.approve_reportperiod"
        ):
            raise Http404
        try:
            data = pdf.preview(self.period, self.period.figures or gathered(self.period, request.user))
        except PDFError:
            messages.warning(request, _("The document could not be made. Try again or tell the administrator."))
            return self.back()
        headers = {"Content-Disposition": 'inline; filename="draft.pdf"', "Cache-Control": "private, no-store"}
        return HttpResponse(data, content_type="application/pdf", headers=headers)


def document(period, kind):
    """Return the answer with a document of an approved report. Raises: Http404 where there is none of this kind."""
    file = getattr(period, kind, None) if kind in TYPES else None
    if not file:
        raise Http404
    *about, ending = kind.split("_")
    name = "-".join(["progress-report", str(period.number), *about])
    return files.serve(file, f"{name}.{ending}", media_type=TYPES[kind])


class Document(OfReport, View):
    def get(self, request, kind, **kwargs):
        return document(self.period, kind)


class Text(WorkspaceMixin, CheckedFormView):
    """The text of one work package, for its leads and the Secretariat."""

    template_name = "workpackages/workspace/narrative.html"
    form_class = NarrativeForm

    @cached_property
    def narrative(self):
        programme, number, package = (self.kwargs[name] for name in ("programme", "number", "package"))
        rows = Narrative.objects.select_related("period__programme", "work_package__programme", "written_by")
        found = get_object_or_404(
            rows, period__programme__slug=programme, period__number=number, work_package__number=package
        )
        if not self.request.user.has_perm("workpackages.write_narrative", found):
            raise Http404
        return found

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "instance": self.narrative}

    def get_context_data(self, **kwargs):
        context = {
            "heading": str(self.narrative.work_package),
            "narrative": self.narrative,
            "period": self.narrative.period,
            "may_agree": self.request.user.has_perm("workpackages.change_reportperiod"),
        }
        return super().get_context_data(**{**context, **kwargs})

    def form_valid(self, form):
        try:
            narrative = Narrative.objects.select_related("period__programme", "work_package").get(pk=self.narrative.pk)
            reports.write_narrative(narrative, form.cleaned_data["text"], by=self.request.user)
            if "agree" in self.request.POST:
                reports.agree_narrative(narrative, by=self.request.user)
        except ValidationError as error:
            form.add_error("text", error.messages[0])
            return self.form_invalid(form)
        messages.success(self.request, _("The text is saved."))
        if self.request.user.has_perm("workpackages.change_reportperiod"):
            return HttpResponseRedirect(narrative.period.get_absolute_url())
        return HttpResponseRedirect(reverse("workspace_narrative", kwargs=self.kwargs))


ONE = "reports/<slug:programme>/<int:number>/"
urlpatterns = [
    path("reports/", Reports.as_view(), name="workspace_reports"),
    path(ONE, Report.as_view(), name="workspace_report"),
    path(ONE + "preview/", Preview.as_view(), name="workspace_report_preview"),
    path(ONE + "documents/<slug:kind>/", Document.as_view(), name="workspace_report_document"),
    path(ONE + "texts/<int:package>/", Text.as_view(), name="workspace_narrative"),
    path(ONE + "approve/", Approve.as_view(), name="workspace_report_approve"),
    path(ONE + "<slug:verb>/", Act.as_view(), name="workspace_report_act"),
]
