"""Public pages of the work. What only rooms to the right know comes through hooks, filled in by the roof (`efc.pages_workpackages`)."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, prefetch_related_objects
from django.db.models.functions import JSONObject
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, TemplateView

from efc.cache import public_page
from workpackages.forms.work import ResultsForm
from workpackages.models import DeliverableFile, Document, Objective, Programme, WorkPackage


def crumbs(*more):
    return [(_("Our work"), reverse("workpackages:list")), *more]


def furnish(programme):
    """Fetch the objectives of a programme and its work packages, each with its leads. Costs: 3 queries."""
    packages = WorkPackage.objects.for_lists().with_leads(programme.shown_day)
    prefetch_related_objects([programme], "objectives", Prefetch("work_packages", packages))


@method_decorator(public_page, name="dispatch")
class Work(TemplateView):
    """The running programme in full, the others by name. Costs: 5 queries."""

    template_name = "workpackages/work.html"
    extra_context = {"heading": gettext_lazy("Our work"), "crumbs": [(gettext_lazy("Our work"), None)]}

    def get_context_data(self, **kwargs):
        programme = Programme.objects.current()
        if programme:
            furnish(programme)
        others = Programme.objects.exclude(pk=programme and programme.pk).defer("summary")
        return super().get_context_data(programme=programme, others=others, **kwargs)


@method_decorator(public_page, name="dispatch")
class ProgrammePage(DetailView):
    """One programme, kept whole when it is closed. Costs: 4 queries."""

    model = Programme
    template_name = "workpackages/programme.html"

    def get(self, request, slug):
        """Answer with the programme; the address of a work package alone leads to the current programme's one."""
        self.object = Programme.objects.filter(slug=slug).first()
        if self.object is None:
            packages = WorkPackage.objects.for_lists().filter(programme__in=Programme.objects.ran_on())
            return redirect(get_object_or_404(packages, slug=slug))
        furnish(self.object)
        return self.render_to_response(
            self.get_context_data(crumbs=crumbs((self.object.name, None)), content_language="en")
        )


@method_decorator(public_page, name="dispatch")
class WorkPackagePage(DetailView):
    """One work package: aim, who leads it and takes part, its objectives, what it delivers and shares. Costs: 7 queries, and those of the hook."""

    template_name = "workpackages/work_package.html"
    context_object_name = "package"

    def get_queryset(self):
        objectives = Objective.objects.filter(work_packages=OuterRef("pk")).order_by("number")
        return (
            WorkPackage.objects.filter(programme__slug=self.kwargs["programme"])
            .select_related("programme")
            .defer("search_vector")
            .annotate(objective_list=ArraySubquery(objectives.values(json=JSONObject(number="number", title="title"))))
        )

    def deliverables(self):
        """Return what is delivered and in preparation, each with the `download` that visitors may have. Costs: 2 queries."""
        rows = list(
            self.object.deliverables.public().only("title", "number", "status", "work_package").order_by("number")
        )
        files = DeliverableFile.objects.public().filter(deliverable__in=[row.pk for row in rows])
        found = {file.deliverable_id: file for file in files.only("name", "media_type", "size_bytes", "deliverable")}
        for row in rows:
            row.work_package = self.object
            row.download = found.get(row.pk)
            if row.download:
                row.download.deliverable = row
        return rows

    def documents(self):
        """Return the public documents. Costs: 2 queries."""
        rows = list(Document.objects.public().filter(work_package=self.object).defer("search_vector").with_latest())
        for row in rows:
            row.work_package = self.object
        return rows

    def related(self):
        """Hook: return what came of the work package, as {"publications": …, "events": …, "news": …} for the template."""
        return {}

    def get_context_data(self, **kwargs):
        package = self.object
        by_name = ("organisation__name", "starts_on")
        return super().get_context_data(
            crumbs=crumbs((package.programme.name, package.programme.get_absolute_url()), (str(package), None)),
            content_language="en",
            leads=package.leads.published().select_related("organisation").order_by(*by_name),
            contributors=package.contributors.published().select_related("organisation").order_by(*by_name),
            deliverables=self.deliverables(),
            documents=self.documents(),
            **self.related(),
            **kwargs,
        )


@method_decorator(public_page, name="dispatch")
class Results(TemplateView):
    """What the work has delivered, by work package, filtered by a GET form. Costs: 1 query, and those of the hook."""

    template_name = "workpackages/results.html"
    extra_context = {"heading": gettext_lazy("Results")}

    def results(self):
        """Hook: return [(day, record)] of what was delivered, newest first; each record names its `work_package_id`."""
        return []

    def get(self, request):
        packages = list(WorkPackage.objects.for_lists().order_by("-programme__starts_on", "number"))
        results = self.results()
        years = sorted({day.year for day, _record in results}, reverse=True)
        form = ResultsForm(request.GET, packages=packages, years=years)
        status = 200 if form.is_valid() else 422
        wanted, year = form.cleaned_data.get("wp"), form.cleaned_data.get("year")
        for package in packages:
            package.results = [
                record
                for day, record in results
                if record.work_package_id == package.pk and year in ("", None, str(day.year))
            ]
        shown = [package for package in packages if package.results and wanted in ("", None, package.path)]
        context = self.get_context_data(
            form=form,
            packages=shown,
            count=sum(len(package.results) for package in shown),
            crumbs=crumbs((_("Results"), None)),
        )
        return self.render_to_response(context, status=status)
