"""News and publications in the API: what is public, and drafts for those who may edit them."""

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from efc.openapi import example
from efc.rest import PublicReadViewSet
from members.models import Organisation
from publications.models import NewsItem, Publication, Rendition


@extend_schema_serializer(examples=[example(
    {
        "id": 12, "kind": "news", "title": "Assessment published", "slug": "assessment-published", "dated_on": "2015-02-24",
        "place": "The Hague", "summary": "What it says, in one sentence.", "body": "A paragraph.", "source_name": "",
        "source_url": "", "is_archive": False, "has_content_note": False, "language": "en",
        "url": "/en/news/2015/assessment-published/",
    }
)])  # fmt: skip
class NewsItemSerializer(serializers.ModelSerializer):
    url = serializers.CharField(source="get_absolute_url")
    language = serializers.CharField(source="text_language")

    class Meta:
        model = NewsItem
        fields = [
            "id", "kind", "title", "slug", "dated_on", "place", "summary", "body", "source_name", "source_url",
            "is_archive", "has_content_note", "language", "url",
        ]  # fmt: skip


class RenditionSerializer(serializers.ModelSerializer):
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = Rendition
        fields = ["name", "title", "language", "media_type", "size_bytes", "sha256", "is_accessible", "url"]


@extend_schema_serializer(examples=[example(
    {
        "id": 3, "kind": "report", "title": "Strategic assessment", "subtitle": "", "slug": "strategic-assessment-2015",
        "dated_on": "2015-02-24", "summary": "What it says, in one sentence.", "body": "", "contributors": ["INHOPE"],
        "renditions": [], "language": "en", "url": "/en/publications/strategic-assessment-2015/",
    }
)])  # fmt: skip
class PublicationSerializer(serializers.ModelSerializer):
    renditions = RenditionSerializer(many=True)
    contributors = serializers.StringRelatedField(many=True)
    url = serializers.CharField(source="get_absolute_url")
    language = serializers.CharField(source="text_language")

    class Meta:
        model = Publication
        fields = [
            "id", "kind", "title", "subtitle", "slug", "dated_on", "summary", "body", "contributors", "renditions",
            "language", "url",
        ]  # fmt: skip


class DatedFilter(filters.FilterSet):
    dated_on__year = filters.NumberFilter("dated_on__year", min_value=1900, max_value=2999)


DATED = {"kind": ["exact"], "dated_on": ["exact", "gte", "lte"]}


class NewsItemFilter(DatedFilter):
    class Meta:
        model = NewsItem
        fields = DATED


class PublicationFilter(DatedFilter):
    class Meta:
        model = Publication
        fields = DATED


class NewsItemViewSet(PublicReadViewSet):
    queryset = NewsItem.objects.defer("search_vector").order_by("-dated_on", "-pk")
    serializer_class = NewsItemSerializer
    filterset_class = NewsItemFilter


class PublicationViewSet(PublicReadViewSet):
    queryset = (
        Publication.objects.prefetch_related(
            "renditions", Prefetch("contributors", Organisation.objects.visible_to(None))
        )
        .defer("search_vector")
        .order_by("-dated_on", "-pk")
    )
    serializer_class = PublicationSerializer
    filterset_class = PublicationFilter


def register(router):
    router.register("news", NewsItemViewSet, "newsitem")
    router.register("publications", PublicationViewSet, "publication")
