"""The pages of the work with what the rooms to the right know: publications, events, news."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Event
from publications.models import NewsItem, Publication
from workpackages.models import DeliverableFile
from workpackages.urls import patterns
from workpackages.views import work as views

UNSHOWN = (
    "deliverable__description", "deliverable__work_package__description", "deliverable__work_package__search_vector",
    "deliverable__work_package__programme__summary",
)  # fmt: skip
RELATED_ITEMS = 6  # newest first; the rest is found through the lists and the search


@dataclass
class Delivered:
    """A deliverable with its public file, in the list of results beside publications and events."""

    title: str
    dated_on: date
    work_package_id: int
    address: str
    text_language: str = "en"

    def get_kind_display(self):
        return _("Deliverable")

    def get_absolute_url(self):
        return self.address


class WorkPackagePage(views.WorkPackagePage):
    def related(self):
        """Return what is published about the work package. Costs: 3 queries."""
        return {
            name: model.objects.published().for_lists().filter(work_package=self.object)[:RELATED_ITEMS]
            for name, model in (("publications", Publication), ("events", Event), ("news", NewsItem))
        }


class Results(views.Results):
    def results(self):
        """Return the publications, the deliverables that none publishes yet, and the events that are over, newest first. Costs: 3 queries."""
        publications = Publication.objects.published().for_lists().exclude(work_package=None)
        events = Event.objects.published().past(timezone.localdate()).for_lists().exclude(work_package=None)
        found = [*((row.dated_on, row) for row in publications), *((row.starts_on, row) for row in events)]
        files = DeliverableFile.objects.public().exclude(deliverable__publication__in=Publication.objects.published())
        for file in files.select_related("deliverable__work_package__programme").defer(*UNSHOWN):
            one = file.deliverable
            found.append(
                (one.delivered_on, Delivered(one.title, one.delivered_on, one.work_package_id, file.get_public_url()))
            )
        return sorted(found, key=lambda result: result[0], reverse=True)


app_name = "workpackages"
urlpatterns = patterns(WorkPackagePage, Results)
