"""Applying for membership: the public start, and the applicant's own pages over the signed link.

A GET shows, only a POST acts, since mail scanners follow links. The pages speak the language of the application.
"""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView, View

from efc.files import serve
from efc.generic import CheckedFormView, error_text, public
from efc.workflow import WrongStatus
from members.answers import STEP_NAMES, Work, answers
from members.forms.applications import STEP_FORMS, AnswerForm, PaperForm, StartForm
from members.models import Application, Inquiry, MemorandumVersion, Paper
from members.progress import progress
from members.services import applications as services
from members.services.memberships import store_letter

Status = Application.Status
GONE = (Status.EXPIRED, Status.WITHDRAWN)


# ── in public ────────────────────────────────────────────────────────────


@public
@method_decorator(never_cache, name="dispatch")
class Start(CheckedFormView):
    """Ask for an address and send the link there. The answer is the same whether or not the address was known."""

    form_class = StartForm
    template_name = "members/apply/start.html"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form):
        services.start_application(form.cleaned_data["email"], get_language())
        return redirect("members:apply_sent")

    def get_context_data(self, **kwargs):
        return super().get_context_data(crumbs=crumbs(_("Apply for membership")), **kwargs)


@public
class Sent(TemplateView):
    template_name = "members/apply/sent.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(crumbs=crumbs(_("Check your inbox")), **kwargs)


def crumbs(label):
    return [
        (_("Members"), reverse("members:list")),
        (_("Join the coalition"), reverse("members:join")),
        (label, None),
    ]


# ── over the signed link ─────────────────────────────────────────────────


class ApplicantPage:
    """A page of the applicant: the token is looked up, a link that is used up is told so, the rest speaks the applicant's language."""

    statuses = None  # in which the page is of use; in others it leads to the first page
    proven = True

    def dispatch(self, request, token, **kwargs):
        self.application = services.find_application(token)
        with translation.override(self.application.language if self.application else get_language()):
            response = self.respond(request, **kwargs)
            if hasattr(response, "render") and not response.is_rendered:
                response.render()  # in this language
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def respond(self, request, **kwargs):
        application = self.application
        if application is None or application.status in GONE or application.is_erased:
            status = 410 if application else 404
            return render(request, "members/apply/gone.html", {"application": application}, status=status)
        elsewhere = self.statuses is not None and application.status not in self.statuses
        if elsewhere or (self.proven and application.email_proven_at is None):
            return redirect(application.get_applicant_url())
        try:
            return super().dispatch(request, **kwargs)
        except WrongStatus as error:
            messages.warning(request, error_text(error))
            return redirect(application.get_applicant_url())

    def link(self, name, *args):
        return reverse(f"members_links:{name}", args=[self.application.token, *args])

    def get_context_data(self, **kwargs):
        return super().get_context_data(application=self.application, **kwargs)


def over_the_link(view):
    """Make a page of the applicant public and uncached."""
    return public(method_decorator(never_cache, name="dispatch")(view))


@over_the_link
class Home(ApplicantPage, TemplateView):
    """Where the link leads: the proof of the address, then the draft, then the status."""

    proven = False

    def get_template_names(self):
        if self.application.email_proven_at is None:
            return ["members/apply/prove.html"]
        return [f"members/apply/{'draft' if self.application.status == Status.DRAFT else 'status'}.html"]

    def post(self, request):
        services.prove_email(self.application)
        return redirect(self.link("application"))

    def get_context_data(self, **kwargs):
        application = self.application
        context = {"papers": application.papers.all()}
        if application.email_proven_at is None:
            return super().get_context_data(**kwargs)
        if application.status == Status.DRAFT:
            missing = services.missing_steps(application)
            steps = [(name, label, name not in missing) for name, label in STEP_NAMES.items()]
            context |= {"steps": steps, "is_complete": not missing, "next_step": (missing or ["check"])[0]}
        else:
            questions = application.inquiries.all()
            may_answer = application.status == Status.INFORMATION_REQUESTED
            for question in questions:
                question.form = AnswerForm(auto_id=f"id_{question.pk}_%s") if may_answer else None
            context |= {
                "progress": progress(application),
                "answers": answers(application),
                "questions": questions,
                "may_add_papers": services.may_add_papers(application),
                "may_withdraw": application.is_open,
            }
        return super().get_context_data(**context, **kwargs)


@over_the_link
class Step(ApplicantPage, CheckedFormView):
    """One of the four steps; each saves, and the draft can be left at any time."""

    template_name = "members/apply/step.html"
    statuses = (Status.DRAFT,)

    def respond(self, request, step):
        if self.application is not None and step not in STEP_FORMS:
            raise Http404
        return super().respond(request, step=step)

    def get_form_class(self):
        return STEP_FORMS[self.kwargs["step"]]

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        return {**kwargs, "instance": self.application, "work_packages": Work.packages()}

    def form_valid(self, form, **missing):
        step, order = self.kwargs["step"], [*STEP_FORMS, "check"]
        services.save_step(self.application, step, form.cleaned_data | missing)
        if "later" in self.request.POST:
            messages.info(self.request, _("Saved. The link in our letter brings you back here."))
            return redirect(self.link("application"))
        return redirect(self.link("step", order[order.index(step) + 1]))

    def form_invalid(self, form):
        """Keep what is there for an applicant who comes back later, where the only fault is that something is missing."""
        faults = form.errors.as_data()
        if "later" not in self.request.POST or any(e.code != "required" for found in faults.values() for e in found):
            return super().form_invalid(form)
        return self.form_valid(form, **{name: form.fields[name].to_python("") for name in faults})

    def get_context_data(self, **kwargs):
        step = self.kwargs["step"]
        stored = Application.objects.get(pk=self.application.pk)  # the form may hold answers that are not saved
        missing = services.missing_steps(stored)
        steps = [(name, label, name not in missing) for name, label in STEP_NAMES.items()]
        return super().get_context_data(
            step=step, step_name=STEP_NAMES[step], number=list(STEP_NAMES).index(step) + 1, steps=steps, **kwargs
        )


@over_the_link
class CheckAnswers(ApplicantPage, TemplateView):
    """Everything once more, with a way back to each step; then the button that sends."""

    template_name = "members/apply/check.html"
    statuses = (Status.DRAFT,)

    def post(self, request):
        try:
            services.submit_application(self.application)
        except ValidationError as error:
            return self.render_to_response(self.get_context_data(refusal=error_text(error)), status=422)
        return redirect(self.link("application"))

    def get_context_data(self, **kwargs):
        missing = services.missing_steps(self.application)
        return super().get_context_data(answers=answers(self.application), missing=missing, **kwargs)


@over_the_link
class Papers(ApplicantPage, CheckedFormView):
    """The papers: what is there, and a field for one more."""

    form_class = PaperForm
    template_name = "members/apply/papers.html"
    statuses = (Status.DRAFT, Status.INFORMATION_REQUESTED)

    def form_valid(self, form):
        try:
            paper = services.add_paper(self.application, form.cleaned_data["file"])
        except ValidationError as error:
            form.add_error("file", error)
            return self.form_invalid(form)
        messages.info(self.request, _("%(name)s is added.") % {"name": paper.name})
        return redirect(self.link("papers"))

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            papers=self.application.papers.all(), may_remove=self.application.status == Status.DRAFT, **kwargs
        )


@over_the_link
class PaperFile(ApplicantPage, View):
    """One paper: read it, or take it out of the draft."""

    def get(self, request, pk):
        paper = get_object_or_404(Paper, application=self.application, pk=pk)
        return serve(paper.file, paper.name)

    def post(self, request, pk):
        paper = get_object_or_404(Paper, application=self.application, pk=pk)
        services.remove_paper(paper)
        messages.info(request, _("%(name)s is removed.") % {"name": paper.name})
        return redirect(self.link("papers"))


@over_the_link
class Answer(ApplicantPage, CheckedFormView):
    """The answer to one question of the Secretariat."""

    form_class = AnswerForm
    template_name = "members/apply/answer.html"
    statuses = (Status.INFORMATION_REQUESTED,)

    def get_inquiry(self):
        return get_object_or_404(Inquiry, application=self.application, pk=self.kwargs["pk"])

    def form_valid(self, form):
        services.answer_inquiry(self.get_inquiry(), form.cleaned_data["answer"])
        messages.info(self.request, _("Thank you. The Secretariat has your answer."))
        return redirect(self.link("application"))

    def get_context_data(self, **kwargs):
        return super().get_context_data(question=self.get_inquiry(), papers=self.application.papers.all(), **kwargs)


@over_the_link
class Withdraw(ApplicantPage, TemplateView):
    """Ask once more, then withdraw."""

    template_name = "members/apply/withdraw.html"
    statuses = (Status.DRAFT, *Application.OPEN)

    def post(self, request):
        services.withdraw_application(self.application)
        return redirect(self.link("application"))


@over_the_link
class Letter(ApplicantPage, View):
    """The letter with the decision, as PDF."""

    def get(self, request):
        letter = store_letter(self.application)
        if letter is None:
            raise Http404
        return serve(letter, f"{self.application.reference}.pdf", media_type="application/pdf")


@over_the_link
class MemorandumFile(ApplicantPage, View):
    """The memorandum in force, as PDF."""

    def get(self, request):
        version = MemorandumVersion.objects.current()
        if version is None or not version.file:
            raise Http404
        return serve(version.file, f"{version.number}.pdf", media_type="application/pdf")
