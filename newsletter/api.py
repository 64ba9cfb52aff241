"""The newsletter's archive for other programs."""

from rest_framework import serializers

from efc.rest import PublicReadViewSet
from newsletter.models import Issue


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
        return super().get_queryset().published()


def register(router):
    router.register("issues", IssueViewSet, basename="issue")
