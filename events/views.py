"""Public pages of trainings and events. They show everybody the same: what is published, by the database's clock."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django.views.generic import ListView

from efc.cache import public_page
from efc.generic import PublishedDetail, PublishedMixin, public
from events import calendars
from events.models import Event
from members.models import Organisation


@public
class EventList(PublishedMixin, ListView):
    """Coming events first, then past ones by year. Costs: three queries."""

    model = Event
    template_name = "events/event_list.html"
    paginate_by = 30
    extra_context = {"heading": gettext_lazy("Training and events")}

    def get_queryset(self):
        self.kind = self.request.GET.get("kind", "")
        rows = super().get_queryset().for_lists()
        if self.kind:
            if self.kind not in Event.Kind.values:
                raise Http404(_("There is no such kind of event."))
            rows = rows.filter(kind=self.kind)
        self.upcoming = rows.upcoming()
        return rows.past()

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            upcoming=self.upcoming, kind=self.kind, kinds=Event.Kind.choices, crumbs=[(_("Training and events"), None)],
            **kwargs,
        )  # fmt: skip


@public
class EventDetail(PublishedDetail):
    model = Event
    template_name = "events/event_detail.html"
    context_object_name = "event"

    def get_queryset(self):
        organisers = Prefetch("organisers", Organisation.objects.visible_to(None))
        rows = Event.objects.select_related("work_package__programme").prefetch_related(organisers)
        return rows.defer("search_vector", "work_package__search_vector").filter(starts_on__year=self.kwargs["year"])

    def get_context_data(self, **kwargs):
        event = self.object
        return super().get_context_data(
            crumbs=[(_("Training and events"), reverse("events:list")), (event.title, None)],
            content_language=event.text_language,
            where=calendars.where(event),
            organisers=list(event.organisers.all()),
            days_left=(timezone.localdate(event.apply_until) - timezone.localdate()).days
            if event.apply_until
            else None,
            structured=structured(event),
            **kwargs,
        )


def structured(event):
    """Return what search engines read about an event (schema.org)."""
    facts = {
        "@context": "https://schema.org",
        "@type": "EducationEvent" if event.kind == Event.Kind.TRAINING else "Event",
        "name": event.title,
        "startDate": (event.starts_at or event.starts_on).isoformat(),
        "endDate": (event.ends_at or event.ends_on).isoformat(),
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {"@type": "Place", "name": event.place, "address": calendars.where(event)},
        "organizer": [{"@type": "Organization", "name": row.name} for row in event.organisers.all()],
        "url": settings.SITE_URL + event.get_absolute_url(),
        "inLanguage": "en",
    }
    return facts | ({"description": event.teaser} if event.teaser else {})


def _calendar_answer(content, filename):
    disposition = f'attachment; filename="{filename}"'
    return HttpResponse(content, calendars.CONTENT_TYPE, headers={"Content-Disposition": disposition})


@login_not_required
@require_safe
def ics(request, year, slug):
    """Answer with the calendar file of one published event."""
    event = get_object_or_404(Event.objects.published(), starts_on__year=year, slug=slug)
    return _calendar_answer(calendars.calendar([event]), f"{event.slug}.ics")


@login_not_required
@public_page
def calendar(request):
    """Answer with the feed of all published events."""
    events = Event.objects.published().for_lists().order_by("starts_on", "pk")
    return HttpResponse(calendars.calendar(events, name="European Financial Coalition"), calendars.CONTENT_TYPE)


event_list = public_page(EventList.as_view())
event_detail = public_page(EventDetail.as_view())
