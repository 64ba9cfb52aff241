"""Beside the overview of the Steering Group: what is owed month by month, as a page and as a calendar, and all that changed."""

import hashlib
from datetime import UTC, timedelta
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from icalendar import Calendar, Event

from efc.changes import changes
from efc.generic import WorkspaceMixin
from efc.meetings import WITHOUT_A_MEETING, last_meeting_on
from efc.obligations import by_month, obligations
from events.calendars import CONTENT_TYPE
from workpackages.forms.deliverables import day_field


class OfSteeringGroup:
    """A page for those who see the overview. Nobody else finds it (404)."""

    def get(self, request, *args, **kwargs):
        if not request.user.has_perm("members.view_ballot"):
            raise Http404
        return self.show(request)


class Obligations(OfSteeringGroup, WorkspaceMixin, TemplateView):
    """What the coalition owes in the next twelve months, by month. Costs: one query besides the side."""

    template_name = "workspace/obligations.html"
    heading = gettext_lazy("What we owe, and when")

    def show(self, request):
        today = timezone.localdate()
        duties = obligations(request.user, today)
        late = sum(duty.is_late for duty in duties)
        return self.render_to_response(self.get_context_data(duties=duties, months=by_month(duties, today), late=late))


class ObligationsFile(OfSteeringGroup, View):
    """The same as a file for a calendar program."""

    def show(self, request):
        disposition = 'attachment; filename="what-we-owe.ics"'
        headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
        return HttpResponse(as_calendar(obligations(request.user)), CONTENT_TYPE, headers=headers)


def as_calendar(duties):
    """Return the bytes of a calendar with these duties as whole days; each keeps its UID as long as it is the same."""
    result = Calendar()
    result.add("prodid", "-//European Financial Coalition//Portal//EN")
    result.add("version", "2.0")
    result.add("method", "PUBLISH")
    result.add("x-wr-calname", _("What the coalition owes"))
    host, now = urlsplit(settings.SITE_URL).hostname, timezone.now().astimezone(UTC)
    for duty in duties:
        entry = Event()
        key = hashlib.sha256(f"{duty.kind} {duty.url} {duty.what}".encode()).hexdigest()[:24]
        entry.add("uid", f"duty-{key}@{host}")
        entry.add("dtstamp", now)
        entry.add("summary", duty.what)
        entry.add("categories", [duty.kind])
        entry.add("dtstart", duty.on)
        entry.add("dtend", duty.on + timedelta(days=1))
        if duty.url:
            entry.add("url", settings.SITE_URL + duty.url)
        result.add_component(entry)
    return result.to_ical()


class SinceForm(forms.Form):
    since = day_field(label=gettext_lazy("Since"))

    def clean_since(self):
        since = self.cleaned_data["since"]
        if since > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet. Give an earlier one."))
        return since


class Changes(OfSteeringGroup, WorkspaceMixin, TemplateView):
    """All that changed since the last meeting, or since a day of one's choice. Costs: two queries besides the side."""

    template_name = "workspace/changes.html"

    def show(self, request):
        today = timezone.localdate()
        form = SinceForm(request.GET if "since" in request.GET else None)
        is_good = form.is_valid()
        since = form.cleaned_data["since"] if is_good else last_meeting_on() or today - WITHOUT_A_MEETING
        if not form.is_bound:
            form = SinceForm(initial={"since": since})
        context = self.get_context_data(
            heading=_("What changed"),
            form=form,
            since=since,
            changes=changes(request.user, since),
        )
        return self.render_to_response(context, status=200 if is_good or not form.is_bound else 422)


urlpatterns = [
    path("sg/calendar/", Obligations.as_view(), name="workspace_obligations"),
    path("sg/calendar.ics", ObligationsFile.as_view(), name="workspace_obligations_file"),
    path("sg/changes/", Changes.as_view(), name="workspace_changes"),
]
