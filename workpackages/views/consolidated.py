"""What a round adds up to: the table with its rules in words, the chart over the rounds, the files."""

from django.http import Http404, HttpResponse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from efc import audit
from efc.files import XLSX
from efc.generic import WorkspaceMixin
from workpackages import charts, collection_tables
from workpackages.forms.collection import QuestionForm
from workpackages.models import DataField
from workpackages.services import consolidated
from workpackages.suppression import RULES
from workpackages.views.collection import OfRound

TYPES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}


class OfFigures(OfRound):
    @cached_property
    def may_read(self):
        return consolidated.may_read(self.request.user, self.round)

    def require_sight(self):
        """Answer 404 to who neither keeps the round nor follows the work: the organisations that were asked read their own return."""
        user = self.request.user
        if not (self.may(user) or user.has_perm("workpackages.view_dataround")):
            raise Http404


class Figures(OfFigures, WorkspaceMixin, TemplateView):
    """The consolidated table, and one question over the rounds (`?question=`). Costs: 13 queries beside the frame, however many returns."""

    template_name = "workpackages/collection/figures.html"

    def get(self, request, *args, **kwargs):
        self.require_sight()
        context = self.get_context_data()
        return self.render_to_response(context, status=422 if context["form"] and context["form"].errors else 200)

    def get_context_data(self, **kwargs):
        context = {
            "heading": str(self.round),
            "round": self.round,
            "form": None,
            "rules": RULES,
            "is_keeper": self.may(self.request.user),
        }
        if self.may_read:
            table = consolidated.consolidated(self.round)
            context |= {"table": table, "counts": table.counts, **self.over_rounds(table)}
        return super().get_context_data(**context, **kwargs)

    def over_rounds(self, table):
        """Return the form that chooses a question, and its chart."""
        questions = [line.field for line in table.lines if line.field.kind in DataField.NUMBERS]
        if not questions:
            return {}
        form = QuestionForm(self.request.GET, questions=questions)
        key = (form.cleaned_data.get("question") if form.is_valid() else "") or questions[0].key
        question = next(one for one in questions if one.key == key)
        form.fields["question"].initial = key
        rounds = consolidated.over_rounds(self.round, key)
        return {"form": form, "question": question, "chart": charts.over_rounds(question, rounds)}


class Download(OfFigures, View):
    """The same figures as a file."""

    def get(self, request, pk, kind):
        self.require_sight()
        if kind not in TYPES or not self.may_read:
            raise Http404
        table, returns = consolidated.consolidated(self.round), self.returns() if self.may(request.user) else None
        data = collection_tables.as_xlsx(table, returns) if kind == "xlsx" else collection_tables.as_csv(table)
        audit.record("workpackages.dataround.export", self.round, request.user, format=kind)
        answer = HttpResponse(data, content_type=TYPES[kind])
        answer["Content-Disposition"] = f'attachment; filename="data-collection-{self.round.ends_on}.{kind}"'
        answer["Cache-Control"] = "private, no-store"
        return answer
