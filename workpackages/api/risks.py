"""The risk register in the API: each risk with its states of play, report by report, written by the verb of the page."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from efc.openapi import example
from efc.rest import ActsViewSet
from workpackages.models import Level, ReportPeriod, Risk, RiskState
from workpackages.services import risks as services

LARGEST = 2**63 - 1
STATE = {
    "report": 1, "occurred": False, "mitigated": True, "comment": "A second trainer stands ready.",
    "written_at": "2026-03-12T10:15:00+01:00",
}  # fmt: skip
EXAMPLE = {
    "id": 7, "programme": "2026", "work_package": 4, "number": 1, "code": "R4.1", "is_foreseen": True,
    "title": "A trainer cannot come", "effect": "A day of the course would be given by somebody less prepared.", "likelihood": "medium",
    "impact": "medium", "gravity": "medium", "mitigation": "Two trainers prepare each day.", "owner": "Example Police",
    "raised_on": "2026-01-01", "closed_on": None, "states": [STATE], "updated_at": "2026-03-12T10:15:00+01:00",
    "url": "https://portal.example/workspace/programmes/2026/wp/4/risks/1/",
}  # fmt: skip


class RiskFilter(filters.FilterSet):
    programme = filters.CharFilter("work_package__programme__slug", label=_("Address of the programme"))
    work_package = filters.NumberFilter(
        "work_package__number", label=_("Number of the work package"), min_value=1, max_value=LARGEST
    )
    is_open = filters.BooleanFilter("closed_on", lookup_expr="isnull", label=_("Not closed"))

    class Meta:
        model = Risk
        fields = ["likelihood", "impact", "is_foreseen"]


class RiskStateSerializer(serializers.ModelSerializer):
    report = serializers.IntegerField(
        source="period.number", help_text=_("The number of the progress report of the programme.")
    )

    class Meta:
        model = RiskState
        fields = list(STATE)


@extend_schema_serializer(examples=[example(EXAMPLE)])
class RiskSerializer(serializers.ModelSerializer):
    programme = serializers.CharField(source="work_package.programme.slug")
    work_package = serializers.IntegerField(source="work_package.number")
    code = serializers.CharField()
    gravity = serializers.ChoiceField(Level.choices, help_text=_("Likelihood and impact together."))
    owner = serializers.CharField(source="owner.name", allow_null=True, default=None)
    states = RiskStateSerializer(many=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = Risk
        fields = list(EXAMPLE)

    def get_url(self, risk) -> str:
        return settings.SITE_URL + risk.get_absolute_url()


@extend_schema_serializer(
    examples=[example({name: STATE[name] for name in ("report", "occurred", "mitigated", "comment")})]
)
class StateSerializer(serializers.Serializer):
    report = serializers.IntegerField(
        min_value=1, max_value=LARGEST, help_text=_("The number of the progress report of the programme.")
    )
    occurred = serializers.BooleanField()
    mitigated = serializers.BooleanField()
    comment = serializers.CharField(max_length=RiskState._meta.get_field("comment").max_length)


class RiskViewSet(ActsViewSet):
    """Risks: all of them for the Steering Group and the Secretariat, else those of one's own work packages."""

    queryset = (
        Risk.objects.select_related("work_package__programme", "owner")
        .prefetch_related(Prefetch("states", RiskState.objects.select_related("period").order_by("-period__starts_on")))
        .order_by("work_package__programme__slug", "work_package__number", "number")
    )
    serializer_class = RiskSerializer
    filterset_class = RiskFilter
    ordering_fields = ["raised_on", "closed_on", "updated_at"]
    needs = {"state": "workpackages.change_risk"}

    @extend_schema(request=StateSerializer, summary="Say how it stands in the period of a progress report")
    @action(detail=True, methods=["post"])
    def state(self, request, pk):
        risk, said = self.acted_on(), self.checked(StateSerializer)
        periods = ReportPeriod.objects.filter(programme=risk.work_package.programme_id)
        period = periods.filter(number=said.pop("report")).first()
        if period is None:
            raise ValidationError({"report": _("This programme has no report of that number.")})
        services.state_risk(risk, by=request.user, period=period, **said)
        return Response(self.get_serializer(self.get_object()).data)


def register(router):
    router.register("risks", RiskViewSet, "risk")
