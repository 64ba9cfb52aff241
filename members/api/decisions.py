"""The register of decisions in the API: published ones for everybody, all for who may read the register."""

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers
from rest_framework.generics import get_object_or_404

from efc.openapi import example
from efc.rest import PublicReadViewSet
from members.models import Decision


class DecisionFilter(filters.FilterSet):
    year = filters.NumberFilter(min_value=1900, max_value=2999)
    decided_from = filters.DateFilter("decided_on", lookup_expr="gte")
    decided_to = filters.DateFilter("decided_on", lookup_expr="lte")

    class Meta:
        model = Decision
        fields = ["status", "procedure"]


@extend_schema_serializer(
    examples=[
        example(
            {
                "number": "2026-3", "decided_on": "2026-03-12", "title": "Admission of Example Bank",
                "text": "Example Bank is admitted for the action plan of 2026.", "procedure": "silence", "status": "in_force",
                "superseded_by": None, "source": "", "is_public": True,
            }
        )
    ]
)  # fmt: skip
class DecisionSerializer(serializers.ModelSerializer):
    number = serializers.CharField(read_only=True)
    superseded_by = serializers.SerializerMethodField()

    class Meta:
        model = Decision
        fields = [
            "number", "decided_on", "title", "text", "procedure", "status", "superseded_by", "source", "is_public"
        ]  # fmt: skip

    def get_superseded_by(self, decision) -> str | None:
        later = decision.superseded_by
        if later is None or not (later.is_public or self.context["request"].user.has_perm("members.view_decision")):
            return None
        return later.number


class DecisionViewSet(PublicReadViewSet):
    """Decisions of the Steering Group by their number, `2026-3` for the third of 2026."""

    queryset = Decision.objects.select_related("superseded_by")
    serializer_class = DecisionSerializer
    filterset_class = DecisionFilter
    ordering_fields = ["decided_on", "status"]
    lookup_field = lookup_url_kwarg = "number"
    lookup_value_regex = "[12][0-9]{3}-[1-9][0-9]{0,3}"

    def get_object(self):
        year, _dash, sequence = self.kwargs["number"].partition("-")
        return get_object_or_404(self.get_queryset(), year=year, sequence=sequence)


def register(router):
    router.register("decisions", DecisionViewSet, "decision")
