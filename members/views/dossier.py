"""An application as those who decide read it: its answers, papers and checks, and what happened to it. Nothing is changed here."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy
from django.views.generic import View

from efc.files import serve
from efc.generic import VisibleDetail, VisibleList, WorkspaceMixin
from members.answers import NAMES_FOR_OTHERS, answers
from members.models import Application, Ballot


class Applications(WorkspaceMixin, VisibleList):
    """The applications: those that wait first, then those decided. Costs: 4 queries."""

    model = Application
    template_name = "members/applications/list.html"
    heading = gettext_lazy("Applications")

    def get_context_data(self, **kwargs):
        if not self.request.user.has_perm("members.view_application"):
            raise Http404
        rows = self.get_queryset().select_related("decision").order_by("-submitted_at", "-pk")
        return super().get_context_data(
            object_list=rows.exclude(status__in=Application.OPEN),
            waiting=rows.filter(status__in=Application.OPEN),
            **kwargs,
        )


class Dossier(WorkspaceMixin, VisibleDetail):
    """One application, with the Secretariat’s checks and note, its questions, its ballots and its decision."""

    model = Application
    template_name = "members/applications/detail.html"
    context_object_name = "application"
    slug_field = slug_url_kwarg = "reference"

    def get_context_data(self, **kwargs):
        application, user = self.object, self.request.user
        may_run = user.has_perm("members.run_ballot")
        may_handle = user.has_perm("members.handle_application")  # nobody else reads who the contact is
        ballots = list(Ballot.objects.visible_to(user).filter(application=application).order_by("pk"))
        is_running = any(ballot.status in (Ballot.Status.DRAFT, Ballot.Status.OPEN) for ballot in ballots)
        decidable = (
            application.status in (Application.Status.UNDER_REVIEW, Application.Status.PUT_OFF) and not is_running
        )
        return super().get_context_data(
            steps=[step for step in answers(application, NAMES_FOR_OTHERS) if step[0] != "contact" or may_handle],
            papers=application.papers.all(),
            checks=application.checks.select_related("checked_by") if user.has_perm("members.view_check") else [],
            inquiries=application.inquiries.all(),
            ballots=ballots,
            recused=application.recused.all(),
            can_vote=may_run and decidable and application.route == Application.Route.FAST_TRACK,
            can_sit=may_run and decidable,
            **{"heading": str(application), **kwargs},
        )


class PaperFile(View):
    """A paper of an application, for those who may read it."""

    def get(self, request, reference, pk):
        application = get_object_or_404(Application.objects.visible_to(request.user), reference=reference)
        paper = get_object_or_404(application.papers, pk=pk)
        return serve(paper.file, paper.name)
