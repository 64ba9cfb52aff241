"""The work in the API: programmes with their objectives, work packages with their teams over time."""

from django.conf import settings
from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from efc.openapi import example
from efc.rest import PublicReadViewSet
from workpackages.models import UNREAD, Contributor, Lead, Objective, Programme, WorkPackage


class ObjectiveSerializer(serializers.ModelSerializer):
    class Meta:
        model = Objective
        fields = ["number", "title", "text"]


@extend_schema_serializer(examples=[example(
    {
        "slug": "2012-2015", "name": "The project of 2012 to 2015", "kind": "project", "starts_on": "2012-11-26",
        "ends_on": "2015-11-25", "summary": "", "funding": "", "objectives": [{"number": 1, "title": "Operations", "text": ""}],
        "url": "https://portal.example/en/work/2012-2015/",
    }
)])  # fmt: skip
class ProgrammeSerializer(serializers.ModelSerializer):
    objectives = ObjectiveSerializer(many=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = Programme
        fields = ["slug", "name", "kind", "starts_on", "ends_on", "summary", "funding", "objectives", "url"]

    def get_url(self, programme) -> str:
        return settings.SITE_URL + programme.get_absolute_url()


class ProgrammeViewSet(PublicReadViewSet):
    queryset = Programme.objects.prefetch_related("objectives")
    serializer_class = ProgrammeSerializer
    filterset_fields = ["kind"]
    lookup_field = "slug"


class TeamSerializer(serializers.Serializer):
    organisation = serializers.CharField(source="organisation.name")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()


@extend_schema_serializer(
    examples=[
        example(
            {
                "id": 4, "programme": "2012-2015", "code": "WP4", "name": "Training", "slug": "training",
                "aim": "Empower law enforcement and companies.", "description": "", "objectives": [4],
                "leads": [{"organisation": "MasterCard", "starts_on": "2012-11-26", "ends_on": None}], "contributors": [],
                "url": "https://portal.example/en/work/2012-2015/training/",
            }
        )
    ]
)  # fmt: skip
class WorkPackageSerializer(serializers.ModelSerializer):
    programme = serializers.SlugRelatedField("slug", read_only=True)
    objectives = serializers.SlugRelatedField("number", many=True, read_only=True)
    leads = TeamSerializer(many=True)
    contributors = TeamSerializer(many=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = WorkPackage
        fields = [
            "id", "programme", "code", "name", "slug", "aim", "description", "objectives", "leads", "contributors", "url"
        ]  # fmt: skip

    def get_url(self, package) -> str:
        return settings.SITE_URL + package.get_absolute_url()


def team(model):
    return (
        model.objects.published()
        .select_related("organisation")
        .defer(*UNREAD)
        .order_by("organisation__name", "starts_on")
    )


class WorkPackageViewSet(PublicReadViewSet):
    queryset = (
        WorkPackage.objects.select_related("programme")
        .prefetch_related("objectives", Prefetch("leads", team(Lead)), Prefetch("contributors", team(Contributor)))
        .defer("search_vector")
    )
    serializer_class = WorkPackageSerializer
    filterset_fields = {"programme__slug": ["exact"], "number": ["exact"]}


def register(router):
    router.register("programmes", ProgrammeViewSet, "programme")
    router.register("work-packages", WorkPackageViewSet, "work-package")
