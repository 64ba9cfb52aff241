"""The pages of the work with what the rooms to the right know: publications, events, news."""

from django.utils import timezone

from events.models import Event
from publications.models import NewsItem, Publication
from workpackages.urls import patterns
from workpackages.views import work as views

RELATED_ITEMS = 6  # newest first; the rest is found through the lists and the search


class WorkPackagePage(views.WorkPackagePage):
    def related(self):
        """Return what is published about the work package. Costs: 3 queries."""
        return {
            name: model.objects.published().for_lists().filter(work_package=self.object)[:RELATED_ITEMS]
            for name, model in (("publications", Publication), ("events", Event), ("news", NewsItem))
        }


class Results(views.Results):
    def results(self):
        """Return the publications, and the events that are over, newest first. Costs: 2 queries."""
        publications = Publication.objects.published().for_lists().exclude(work_package=None)
        events = Event.objects.published().past(timezone.localdate()).for_lists().exclude(work_package=None)
        found = [*((row.dated_on, row) for row in publications), *((row.starts_on, row) for row in events)]
        return sorted(found, key=lambda result: result[0], reverse=True)


app_name = "workpackages"
urlpatterns = patterns(WorkPackagePage, Results)
