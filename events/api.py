"""Events in the API: what is public, and drafts for those who may edit them."""

from django.db.models import Prefetch
from rest_framework import serializers

from efc.rest import PublicReadViewSet
from events.models import Event
from members.models import Organisation


class EventSerializer(serializers.ModelSerializer):
    organisers = serializers.StringRelatedField(many=True)
    country = serializers.CharField(source="country.code")
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = Event
        fields = [
            "id", "kind", "title", "slug", "teaser", "description", "starts_on", "ends_on", "starts_time", "ends_time",
            "time_zone", "place", "city", "country", "sectors", "organisers", "places", "apply_until", "url",
        ]  # fmt: skip


class EventViewSet(PublicReadViewSet):
    queryset = (
        Event.objects.prefetch_related(Prefetch("organisers", Organisation.objects.visible_to(None)))
        .defer("search_vector")
        .order_by("-starts_on", "-pk")
    )
    serializer_class = EventSerializer
    filterset_fields = {"kind": ["exact"], "starts_on": ["exact", "gte", "lte", "year"], "ends_on": ["gte", "lte"]}


def register(router):
    router.register("events", EventViewSet, "event")
