"""The meetings of the Steering Group as far as the records know them: votes in a sitting, decisions of a meeting, events in the calendar."""

from datetime import timedelta

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from efc.lines import ask, line
from events.models import Event
from members.models import Decision, MembershipTerm, Organisation, Sitting

WITHOUT_A_MEETING = timedelta(days=90)  # how far back one looks when none is on record


def of_steering_group():
    """Return the published meetings that belong to no work package and were not held with another network."""
    rows = Event.objects.published().filter(kind=Event.Kind.MEETING, work_package=None)
    return rows.exclude(Exists(other_network())).for_lists()


def with_networks():
    """Return the published meetings that a network outside the coalition helped to organise."""
    return Event.objects.published().filter(Exists(other_network()), kind=Event.Kind.MEETING).for_lists()


def other_network():
    joined = MembershipTerm.objects.filter(organisation=OuterRef("organisation"))
    organisers = Event.organisers.through.objects.filter(event=OuterRef("pk"))
    return organisers.filter(~Exists(joined), organisation__kind=Organisation.Kind.NETWORK)


def next_meeting(day=None):
    """Return the meeting that is held on this day (today when left out) or next, or None."""
    return of_steering_group().upcoming(day).first()


def last_meeting_on(day=None):
    """Return the day of the last meeting before this day (today when left out), or None. Costs: one query."""
    day = day or timezone.localdate()
    met = Decision.objects.filter(procedure=Decision.Procedure.MEETING, decided_on__lt=day)
    found = ask(
        latest.order_by("-of_day")[:1]
        for latest in (
            line("sitting", Sitting.objects.filter(held_on__lt=day), day=F("held_on")),
            line("decision", met, day=F("decided_on")),
            line("event", of_steering_group().filter(ends_on__lt=day), day=F("ends_on")),
        )
    )
    return max((row["of_day"] for row in found), default=None)
