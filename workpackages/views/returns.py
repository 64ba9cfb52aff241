"""A return in the workspace: an organisation fills it in, checks and sends it; its keepers ask back and open it again."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from efc.acts import refuse
from efc.generic import CheckedFormView, WorkspaceMixin, error_text
from efc.workflow import WrongStatus
from workpackages.forms.returns import CheckForm, DataCommentForm, ReopenForm, ReturnForm
from workpackages.models import DataReturn
from workpackages.services import returns
from workpackages.services.returns import Over, SavedMeanwhile


class OfReturn:
    """Find the return of the address among those this person may read: their organisation's own, and those of rounds they keep."""

    @cached_property
    def data_return(self):
        rows = DataReturn.objects.visible_to(self.request.user).select_related(
            "round__template", "round__work_package__programme", "organisation", "saved_by", "submitted_by"
        )
        return get_object_or_404(rows, round=self.kwargs["pk"], organisation__slug=self.kwargs["slug"])

    @cached_property
    def questions(self):
        return list(self.data_return.round.template.fields.all())

    @cached_property
    def may_fill(self):
        return self.request.user.has_perm(returns.FILL, self.data_return)

    @cached_property
    def is_keeper(self):
        return self.request.user.has_perm("workpackages.keep_datareturn", self.data_return)

    def back(self):
        return HttpResponseRedirect(self.data_return.get_absolute_url())

    def address(self, name):
        return reverse(f"workspace_data:{name}", args=[self.kwargs["pk"], self.kwargs["slug"]])

    def lines(self, values, wrong=None):
        """Return [(heading, [line])]: each question with its answer, that of the round before, and what is wrong with it."""
        before, wrong, found = self.before[1], wrong or {}, {}
        confirmed = set(self.data_return.values.filter(is_confirmed=True).values_list("field__key", flat=True))
        for question in self.questions:
            found.setdefault(question.section, []).append({
                "question": question, "value": values.get(question.key), "before": before.get(question.key),
                "wrong": wrong.get(question.key, []), "is_confirmed": question.key in confirmed,
            })  # fmt: skip
        return list(found.items())

    @cached_property
    def before(self):
        """Return (the organisation's return of the round before by the same template, its answers), or (None, {})."""
        one = self.data_return
        earlier = DataReturn.objects.sent().filter(
            organisation=one.organisation_id, round__template__name=one.round.template.name, round__ends_on__lt=one.round.starts_on
        )  # fmt: skip
        earlier = earlier.select_related("round").order_by("-round__ends_on").first()
        return (earlier, returns.values_of(earlier)) if earlier else (None, {})


class ReturnPage(OfReturn, WorkspaceMixin, TemplateView):
    """One return as it stands, and what was said about it. Costs: 10 queries beside the frame."""

    template_name = "workpackages/collection/return.html"

    def get_context_data(self, **kwargs):
        one = self.data_return
        context = {
            "heading": one.organisation_name,
            "data_return": one,
            "round": one.round,
            "sections": self.lines(returns.values_of(one)),
            "before": self.before[0],
            "comments": list(one.comments.select_related("written_by")),
            "may_fill": self.may_fill,
            "is_keeper": self.is_keeper,
            "may_reopen": self.is_keeper and (one.status == DataReturn.Status.SUBMITTED or not one.is_open),
            "may_comment": self.may_fill or self.is_keeper,
            "comment_form": DataCommentForm(),
            "reopen_form": ReopenForm(),
        }
        return super().get_context_data(**{**context, **kwargs})

    def refused(self, **forms):
        return self.render_to_response(self.get_context_data(**forms), status=422)


class AddDataComment(ReturnPage):
    http_method_names = ["post"]

    def post(self, request, **kwargs):
        form = DataCommentForm(request.POST)
        if not form.is_valid():
            return self.refused(comment_form=form)
        try:
            returns.add_comment(self.data_return, form.cleaned_data["text"], by=request.user)
        except ValidationError as error:
            refuse(form, error)
            return self.refused(comment_form=form)
        messages.success(request, _("Your comment is on record."))
        return self.back()


class Reopen(ReturnPage):
    """Open a return again, with the reason and the day."""

    http_method_names = ["post"]

    def post(self, request, **kwargs):
        if not self.is_keeper:
            raise Http404
        form = ReopenForm(request.POST)
        if not form.is_valid():
            return self.refused(reopen_form=form)
        try:
            returns.reopen_return(self.data_return, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
            return self.refused(reopen_form=form)
        messages.success(request, _("The return is open again, and the organisation was told."))
        return self.back()


class FillMixin(OfReturn, WorkspaceMixin):
    """A page for the people of the organisation; what cannot be filled in any more is shown as it stands."""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not self.may_fill:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        if not self.data_return.is_open:
            sentence = (
                Over(self.data_return)
                if self.data_return.status != DataReturn.Status.SUBMITTED
                else _("This return is sent.")
            )
            messages.warning(request, error_text(sentence) if isinstance(sentence, Over) else sentence)
            return self.back()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        one = self.data_return
        return super().get_context_data(
            **{
                "data_return": one,
                "round": one.round,
                "back": one.get_absolute_url(),
                "guidance": one.round.template.guidance,
                **kwargs,
            }
        )


class Fill(FillMixin, CheckedFormView):
    """The questions with what is kept of the answers. Who saves second sees the first one's figures and chooses."""

    template_name = "workpackages/collection/fill.html"
    form_class = ReturnForm

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "questions": self.questions}

    def get_initial(self):
        return {**returns.values_of(self.data_return), "seen": self.data_return.revision}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**{"heading": self.data_return.organisation_name, **kwargs})

    def form_valid(self, form):
        answers = form.answers()
        try:
            returns.save_return(self.data_return, answers, by=self.request.user, seen=form.cleaned_data["seen"])
        except SavedMeanwhile as error:
            return self.choose(form, answers, error.data_return)
        except (ValidationError, WrongStatus) as error:
            refuse(form, error)
            answer = self.form_invalid(form)
            answer.status_code = 409 if isinstance(error, WrongStatus) else 422
            return answer
        if "check" in self.request.POST:
            return HttpResponseRedirect(self.address("check"))
        messages.success(self.request, _("The draft is kept. You or a colleague can go on any time until it is due."))
        return self.back()

    def choose(self, form, answers, standing):
        """Show what a colleague has saved beside what was typed; saving again is the choice to let one's own figures stand."""
        theirs = returns.values_of(standing)
        differing = [
            (question, theirs.get(question.key), answers.get(question.key))
            for question in self.questions
            if theirs.get(question.key) != answers.get(question.key)
        ]
        form.data = form.data.copy()
        form.data["seen"] = str(standing.revision)
        context = self.get_context_data(form=form, meanwhile=standing, differing=differing)
        return self.render_to_response(context, status=409)


class Check(FillMixin, CheckedFormView):
    """What stands in the draft beside the round before, what is missing, and the act of sending."""

    template_name = "workpackages/collection/check.html"
    form_class = CheckForm
    heading = gettext_lazy("Check and send")

    @cached_property
    def answers(self):
        return returns.values_of(self.data_return)

    def unusual(self):
        return [
            (one.key, f"{one.label}: {self.answers[one.key]}")
            for one in self.questions
            if returns.is_unusual(one, self.answers.get(one.key))
        ]

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "unusual": self.unusual()}

    def get_initial(self):
        sure = self.data_return.values.filter(is_confirmed=True).values_list("field__key", flat=True)
        return {"seen": self.data_return.revision, "sure": list(sure)}

    def get_context_data(self, **kwargs):
        everything = [one.key for one in self.questions]
        wrong = returns.problems(self.questions, self.answers, confirmed=everything)
        context = {"sections": self.lines(self.answers, wrong), "before": self.before[0], "wrong": len(wrong)}
        return super().get_context_data(**{**context, **kwargs})

    def form_valid(self, form):
        asked = form.cleaned_data
        try:
            returns.submit_return(
                self.data_return, by=self.request.user, seen=asked["seen"], confirmed=asked.get("sure", ())
            )
        except SavedMeanwhile as error:
            messages.warning(self.request, error_text(error))
            return HttpResponseRedirect(self.address("check"))
        except (ValidationError, WrongStatus) as error:
            for name, sentence in self.sentences(error):
                form.add_error(name, sentence)
            answer = self.form_invalid(form)
            answer.status_code = 409 if isinstance(error, WrongStatus) else 422
            return answer
        messages.success(self.request, _("Sent. Thank you."))
        return self.back()

    def sentences(self, error):
        """Yield (field of the form, sentence) of a refusal: at the ticks what is to be confirmed, above all the rest with its question."""
        if not hasattr(error, "error_dict"):
            yield None, error_text(error)
            return
        asked = {key for key, _label in self.unusual()}
        for question in self.questions:
            for sentence in error.message_dict.get(question.key, []):
                is_unusual = question.key in asked and sentence == returns.unusual(question, self.answers[question.key])
                yield "sure" if is_unusual else None, f"{question.label}: {sentence}"


class Nothing(FillMixin, TemplateView):
    """Send in one press that there is nothing to report. Where figures would be lost, ask once more."""

    http_method_names = ["post"]
    template_name = "workpackages/collection/nothing.html"

    def post(self, request, **kwargs):
        seen = request.POST.get("seen", "")
        seen = int(seen) if seen.isdecimal() and len(seen) < 10 else -1
        one = self.data_return
        if "sure" not in request.POST and one.is_open and seen == one.revision and one.values.exists():
            return self.render_to_response(self.get_context_data(heading=_("Nothing to report?")))
        try:
            returns.report_nothing(one, by=request.user, seen=seen)
            messages.success(request, _("Sent: nothing to report. Thank you."))
        except (SavedMeanwhile, WrongStatus, ValidationError) as error:
            messages.warning(request, error_text(error))
        return self.back()
