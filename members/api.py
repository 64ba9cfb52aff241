"""The register in the API: what its public pages show, as of any day."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework import serializers

from efc.rest import PublicReadViewSet
from members.models import Organisation, Seat, Strand


class DayFilter(filters.DateFilter):
    """`?as_of=2015-03-17` through a method of the filter set."""

    def __init__(self, **kwargs):
        message = {"invalid": _("Write the day as year, month and day, for example 2015-03-17.")}
        super().__init__(input_formats=["%Y-%m-%d"], error_messages=message, **kwargs)


class OrganisationFilter(filters.FilterSet):
    as_of = DayFilter(method="members", label=_("Members on this day, as they were then"))
    q = filters.CharFilter(method="named", label=_("Words in the name"))

    class Meta:
        model = Organisation
        fields = ["sector", "kind", "country"]

    def members(self, rows, name, day):
        return rows.members(day).with_membership(day)

    def named(self, rows, name, words):
        return rows.named(words)


class OrganisationSerializer(serializers.ModelSerializer):
    country = serializers.CharField(source="country.code")
    strand = serializers.ChoiceField(Strand.choices)
    since = serializers.DateField()
    until = serializers.DateField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Organisation
        fields = [
            "slug", "name", "short_name", "sector", "strand", "kind", "country", "website", "contribution", "description",
            "since", "until", "url",
        ]  # fmt: skip

    def get_url(self, organisation) -> str:
        return settings.SITE_URL + organisation.get_absolute_url()


class OrganisationViewSet(PublicReadViewSet):
    """Organisations with a public profile; `since` and `until` are the days of the latest membership."""

    queryset = Organisation.objects.with_membership().defer("search_vector")
    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilter
    lookup_field = "slug"


class SeatFilter(filters.FilterSet):
    as_of = DayFilter(method="held", label=_("Held on this day"))

    class Meta:
        model = Seat
        fields = ["kind"]

    def held(self, rows, name, day):
        return rows.as_of(day)


class SeatSerializer(serializers.ModelSerializer):
    organisation = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = Seat
        fields = ["id", "organisation", "kind", "starts_on", "ends_on", "source"]


class SeatViewSet(PublicReadViewSet):
    """Seats over time; who holds them for an organisation is not public."""

    queryset = Seat.objects.select_related("organisation").order_by("organisation__name", "starts_on", "pk")
    serializer_class = SeatSerializer
    filterset_class = SeatFilter


def register(router):
    router.register("organisations", OrganisationViewSet, "organisation")
    router.register("seats", SeatViewSet, "seat")
