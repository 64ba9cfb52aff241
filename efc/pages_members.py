"""The pages of the members with what the rooms to their right know: the work, news, publications, the page on joining."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from members.answers import Work
from members.urls import patterns
from members.views import register as views
from publications.models import NewsItem, Page, Publication
from workpackages.models import Contributor, Lead, Programme, WorkPackage

RELATED_ITEMS = 6  # newest first; the rest is found through the lists and the search


class Directory(views.Directory):
    def work_on(self, day):
        """Return the work of the programme that ran on this day. Costs: 3 queries."""
        packages = WorkPackage.objects.filter(programme__in=Programme.objects.ran_on(day)).only("number", "name")
        work = {package.pk: views.Work(package.code, str(package)) for package in packages}
        for model, team in ((Lead, "leads"), (Contributor, "contributors")):
            rows = model.objects.as_of(day).filter(work_package__in=work).order_by()
            for package, organisation in rows.values_list("work_package", "organisation"):
                getattr(work[package], team).add(organisation)
        return list(work.values())


class Profile(views.Profile):
    def work(self):
        """Return what the organisation leads and takes part in, the latest programme first. Costs: 2 queries."""
        rows = [
            (row.work_package, what, row)
            for model, what in ((Lead, _("Leads")), (Contributor, _("Supports")))
            for row in model.objects.filter(organisation=self.object).for_lists()
        ]
        return sorted(rows, key=lambda row: (row[0].programme.starts_on or date.min, -row[0].number), reverse=True)

    def related(self):
        """Return published news and publications that name the organisation. Costs: 2 queries."""
        return {
            "news": NewsItem.objects.published().for_lists().filter(organisations=self.object)[:RELATED_ITEMS],
            "publications": Publication.objects.published()
            .for_lists()
            .filter(contributors=self.object)[:RELATED_ITEMS],
        }


class Join(views.Join):
    def page(self):
        return Page.objects.published().filter(key="join").first()


def work_packages():
    """Return (code, name) of the work packages of the programme that runs, for applicants to choose from. Costs: one query."""
    running = Programme.objects.ran_on(timezone.localdate())
    packages = WorkPackage.objects.filter(programme__in=running).only("number", "name")
    return [(package.code, package.name) for package in packages]


Work.packages = staticmethod(work_packages)
app_name = "members"
urlpatterns = patterns(Directory, Profile, Join)
