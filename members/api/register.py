"""The register in the API: what its public pages show, as of any day; and one's own profile, to change."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.models import model_to_dict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from efc.openapi import example
from efc.permissions import granted
from efc.rest import PublicReadViewSet, VerbsMixin
from members.forms.memberships import TEXTS, ProfileForm
from members.models import Organisation, Seat, Strand
from members.services import memberships

PROFILE = {
    "website": "https://bank.example/", "contribution_en": "Traces payments.", "description_en": "Example Bank serves …",
    "contribution_fr": "", "description_fr": "", "is_public": False,
}  # fmt: skip


class DayFilter(filters.DateFilter):
    """`?as_of=2015-03-17` through a method of the filter set."""

    def __init__(self, method="as_of_day", **kwargs):
        message = {"invalid": _("Write the day as year, month and day, for example 2015-03-17.")}
        super().__init__(method=method, input_formats=["%Y-%m-%d"], error_messages=message, **kwargs)


class TermFilter(filters.FilterSet):
    """Rows with a term: those of an organisation, those that hold on a day."""

    as_of = DayFilter(label=_("Held on this day"))
    organisation = filters.CharFilter("organisation__slug", label=_("Address of the organisation"))

    def as_of_day(self, rows, name, day):
        return rows.as_of(day)


class OrganisationFilter(filters.FilterSet):
    as_of = DayFilter(label=_("Members on this day, with their seats then"))
    q = filters.CharFilter(method="named", label=_("Words in the name"), max_length=100)

    class Meta:
        model = Organisation
        fields = ["sector", "kind", "country"]

    def as_of_day(self, rows, name, day):
        return rows.members(day)

    def named(self, rows, name, words):
        return rows.named(words)

    def filter_queryset(self, rows):
        day = self.form.cleaned_data["as_of"]
        return super().filter_queryset(rows).with_membership(day).with_seats(day)


@extend_schema_serializer(
    examples=[
        example(
            {
                "slug": "example-bank", "name": "Example Bank", "short_name": "EB", "sector": "payment", "strand": "ind",
                "kind": "company", "country": "BE", "website": "https://bank.example/", "contribution": "Traces payments.",
                "description": "", "since": "2013-08-05", "until": None, "seats": ["full"],
                "url": "https://portal.example/en/members/example-bank/",
            }
        )
    ]
)  # fmt: skip
class OrganisationSerializer(serializers.ModelSerializer):
    country = serializers.CharField(source="country.code", help_text=_("Two letters; empty for international bodies."))
    strand = serializers.ChoiceField(Strand.choices)
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    seats = serializers.SerializerMethodField(help_text=_("Its seats in the Steering Group on that day."))
    url = serializers.SerializerMethodField()

    class Meta:
        model = Organisation
        fields = [
            "slug", "name", "short_name", "sector", "strand", "kind", "country", "website", "contribution", "description",
            "since", "until", "seats", "url",
        ]  # fmt: skip

    def get_seats(self, organisation) -> list[Seat.Kind]:
        return [seat.kind for seat in organisation.seats_then]

    def get_url(self, organisation) -> str:
        return settings.SITE_URL + organisation.get_absolute_url()


@extend_schema_serializer(examples=[example(PROFILE)])
class ProfileSerializer(serializers.ModelSerializer):
    """The public profile in every language of the site, as its own people write it."""

    class Meta:
        model = Organisation
        fields = ["website", *(name for pair in TEXTS for name in pair), "is_public"]
        read_only_fields = ["is_public"]
        extra_kwargs = {"contribution_en": {"help_text": _("Needed before the profile can be public.")}}


class OrganisationViewSet(VerbsMixin, PublicReadViewSet):
    """Organisations with a public profile; `since` and `until` are the days of the latest membership, or of that on a day."""

    queryset = Organisation.objects.defer("search_vector")
    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilter
    ordering_fields = ["name", "country", "sector"]
    lookup_field = "slug"

    def get_permissions(self):
        return super().get_permissions() if self.action in ("list", "retrieve", None) else [IsAuthenticated()]

    def own(self, **kwargs):
        """Return the organisation of the address, where the person acts for it or keeps the register."""
        rows = Organisation.objects.defer("search_vector").order_by()
        return get_object_or_404(granted(self.request.user, "members.change_organisation", rows), **kwargs)

    @extend_schema(responses=ProfileSerializer, summary="Read your profile in all languages")
    @action(detail=True, methods=["get"], serializer_class=ProfileSerializer, filter_backends=[])
    def profile(self, request, slug):
        return Response(self.get_serializer(self.own(slug=slug)).data)

    @extend_schema(
        request=ProfileSerializer, responses=ProfileSerializer,
        summary="Change your profile; what you leave out stays as it is",
    )  # fmt: skip
    @profile.mapping.patch
    @transaction.atomic
    def change_profile(self, request, slug):
        organisation = self.own(slug=slug)
        organisation = Organisation.objects.select_for_update().defer("search_vector").get(pk=organisation.pk)
        self.require_match(organisation)
        said = {name: request.data[name] for name in ProfileForm.Meta.fields if name in self.body()}
        form = ProfileForm({**model_to_dict(organisation, ProfileForm.Meta.fields), **said}, instance=organisation)
        if not form.is_valid():
            raise ValidationError(form.errors)
        memberships.change_profile(form, by=request.user)
        return Response(self.get_serializer(organisation).data)

    def body(self):
        """Return the body once its parts have the right kind. Raises: ValidationError."""
        checked = self.get_serializer(data=self.request.data, partial=True)
        checked.is_valid(raise_exception=True)
        return self.request.data

    @extend_schema(
        request=None, responses=ProfileSerializer, summary="Approve, for the organisation, that its profile is public"
    )
    @action(detail=True, methods=["post"], serializer_class=ProfileSerializer, filter_backends=[])
    def approve_profile(self, request, slug):
        return Response(self.get_serializer(memberships.approve_profile(self.own(slug=slug), by=request.user)).data)


class SeatFilter(TermFilter):
    class Meta:
        model = Seat
        fields = ["kind"]


@extend_schema_serializer(
    examples=[
        example(
            {
                "id": 7, "organisation": "example-bank", "organisation_name": "Example Bank", "kind": "full",
                "starts_on": "2012-11-26", "ends_on": None, "source": "Press text of March 2014",
            }
        )
    ]
)  # fmt: skip
class SeatSerializer(serializers.ModelSerializer):
    organisation = serializers.SlugRelatedField("slug", read_only=True)
    organisation_name = serializers.CharField(source="organisation.name")

    class Meta:
        model = Seat
        fields = ["id", "organisation", "organisation_name", "kind", "starts_on", "ends_on", "source"]


class SeatViewSet(PublicReadViewSet):
    """Seats over time; who holds them for an organisation is not public."""

    queryset = Seat.objects.select_related("organisation").order_by("organisation__name", "starts_on", "pk")
    serializer_class = SeatSerializer
    filterset_class = SeatFilter
    ordering_fields = ["starts_on", "ends_on", "kind"]


def register(router):
    router.register("organisations", OrganisationViewSet, "organisation")
    router.register("seats", SeatViewSet, "seat")
