"""Events in the API: what is public, and drafts for those who may edit them."""

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from efc.openapi import example
from efc.rest import PublicReadViewSet
from events.models import Event
from members.models import Organisation


@extend_schema_field({"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?$", "nullable": True})
class LocalTime(serializers.TimeField):
    """A time of day at the place of the event; `time_zone` says which."""


@extend_schema_serializer(examples=[example(
    {
        "id": 4, "kind": "training", "title": "Training for investigators", "slug": "training-for-investigators",
        "teaser": "Three days on payments.", "description": "", "starts_on": "2015-04-07", "ends_on": "2015-04-10",
        "starts_time": "09:00:00", "ends_time": None, "time_zone": "Europe/Budapest", "place": "CEPOL, Budapest",
        "city": "Budapest", "country": "HU", "sectors": ["law_enforcement"], "organisers": ["CEPOL"], "places": 30,
        "apply_until": None, "url": "/en/training-and-events/2015/training-for-investigators/",
    }
)])  # fmt: skip
class EventSerializer(serializers.ModelSerializer):
    starts_time = LocalTime()
    ends_time = LocalTime()
    organisers = serializers.StringRelatedField(many=True)
    country = serializers.CharField(source="country.code")
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = Event
        fields = [
            "id", "kind", "title", "slug", "teaser", "description", "starts_on", "ends_on", "starts_time", "ends_time",
            "time_zone", "place", "city", "country", "sectors", "organisers", "places", "apply_until", "url",
        ]  # fmt: skip


class EventFilter(filters.FilterSet):
    starts_on__year = filters.NumberFilter("starts_on__year", min_value=1900, max_value=2999)

    class Meta:
        model = Event
        fields = {"kind": ["exact"], "starts_on": ["exact", "gte", "lte"], "ends_on": ["gte", "lte"]}


class EventViewSet(PublicReadViewSet):
    queryset = (
        Event.objects.prefetch_related(Prefetch("organisers", Organisation.objects.visible_to(None)))
        .defer("search_vector")
        .order_by("-starts_on", "-pk")
    )
    serializer_class = EventSerializer
    filterset_class = EventFilter


def register(router):
    router.register("events", EventViewSet, "event")
