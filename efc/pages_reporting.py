"""Pages on the figures of a programme: what was promised and what the records say."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from efc import reporting
from efc.generic import WorkspaceMixin
from workpackages.models import Programme


class Promises(WorkspaceMixin, TemplateView):
    """The promise matrix of a programme; the running one where none is named."""

    template_name = "workpackages/workspace/promises.html"

    def get_context_data(self, **kwargs):
        if not self.request.user.has_perm("workpackages.view_deliverable"):
            raise Http404
        slug = kwargs.pop("programme", None)
        programme = get_object_or_404(Programme, slug=slug) if slug else Programme.objects.current()
        matrix = reporting.promise_matrix(programme) if programme else []
        lines = [line for _objective, lines in matrix for line in lines]
        kwargs |= {
            "heading": _("Promises and records"),
            "programme": programme,
            "matrix": matrix,
            "kept": sum(line.is_kept for line in lines),
            "total": len(lines),
            "others": Programme.objects.exclude(pk=programme.pk if programme else None)
            .exclude(promises=None)
            .distinct(),
        }
        return super().get_context_data(**kwargs)


promises = Promises.as_view()
