"""The newsletter's archive for other programs."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from efc.openapi import example
from efc.rest import PublicReadViewSet
from newsletter.models import Issue


@extend_schema_serializer(examples=[example(
    {
        "number": 7, "subject": "Newsletter of October 2015", "preview_line": "What we did this year", "dated_on": "2015-10-30",
        "sent_at": "2015-10-30T10:00:00+01:00", "headlines": ["Assessment published"], "url": "/en/newsletter/7/",
    }
)])  # fmt: skip
class IssueSerializer(serializers.ModelSerializer):
    headlines = serializers.SerializerMethodField()
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Issue
        fields = ["number", "subject", "preview_line", "dated_on", "sent_at", "headlines", "url"]

    def get_headlines(self, issue) -> list[str]:
        return issue.headlines(20)


class IssueViewSet(PublicReadViewSet):
    """Issues that were sent, newest first."""

    queryset = Issue.objects.prefetch_related("items__news_item", "items__publication", "items__event").defer(
        "web_html"
    )
    serializer_class = IssueSerializer
    lookup_field = "number"
    lookup_value_regex = "[0-9]{1,4}"
    filterset_fields = {"dated_on": ["gte", "lte"]}

    def get_queryset(self):
        """Return the archive, for officers too: what is not sent yet is written at the desk."""
        return self.queryset.published()


def register(router):
    router.register("issues", IssueViewSet, basename="issue")
