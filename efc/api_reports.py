"""Progress reports and the promise matrix in the API. They stand on the roof, as their figures come from every room."""

from django.conf import settings
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from efc.openapi import example
from efc.pages_reports import TYPES, VERBS, document, gathered
from efc.permissions import require
from efc.reporting import promise_matrix
from efc.rest import ActsViewSet, OwnViewSet, Pages
from members.api.decisions import DecisionField
from workpackages.models import Narrative, Programme, Promise, ReportPeriod
from workpackages.services import reports

LARGEST = 2**63 - 1
WRITES = "workpackages.change_reportperiod"
PERIOD = {
    "id": 2, "programme": "2026", "number": 1, "starts_on": "2026-01-01", "ends_on": "2026-06-30", "status": "approved",
    "frozen_at": "2026-07-03T10:15:00+02:00", "approved_at": "2026-07-10T16:00:00+02:00", "decision": "2026-3",
    "digests": {"pdf": "9f86d0…", "xlsx": "60303a…", "csv": "fd61a0…"}, "trouble": "",
    "url": "https://portal.example/workspace/reports/2026/1/",
}  # fmt: skip
TEXT = {
    "id": 4, "period": 2, "programme": "2026", "work_package": 4, "text": "Two courses were held.", "status": "drafted",
    "asked_at": "2026-07-01T09:00:00+02:00", "written_at": "2026-07-02T11:30:00+02:00", "written_by": "Lead of work package 4",
}  # fmt: skip


@extend_schema_serializer(examples=[example(PERIOD)])
class ReportPeriodSerializer(serializers.ModelSerializer):
    programme = serializers.SlugRelatedField("slug", read_only=True)
    decision = DecisionField(read_only=True, allow_null=True)
    digests = serializers.DictField(
        child=serializers.CharField(), help_text=_("SHA-256 of each document, once approved.")
    )
    trouble = serializers.SerializerMethodField(
        help_text=_("Why its documents could not be made, for those who write it.")
    )
    url = serializers.SerializerMethodField()

    class Meta:
        model = ReportPeriod
        fields = list(PERIOD)

    def get_trouble(self, period) -> str:
        return period.trouble if self.context["request"].user.has_perm(WRITES) else ""

    def get_url(self, period) -> str:
        return settings.SITE_URL + period.get_absolute_url()


@extend_schema_serializer(examples=[example({"programme": "2026", "starts_on": "2026-01-01", "ends_on": "2026-06-30"})])
class NewReportPeriodSerializer(serializers.Serializer):
    programme = serializers.SlugRelatedField("slug", queryset=Programme.objects.all())
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()


@extend_schema_serializer(
    examples=[
        example({"is_frozen": True, "figures": {"summary": {"total": 21, "delivered": 9, "late": 1, "planned": 10}}})
    ]
)
class FiguresSerializer(serializers.Serializer):
    is_frozen = serializers.BooleanField(help_text=_("Otherwise they are read now and may change."))
    figures = serializers.JSONField(help_text=_("What the report shows, section by section; days as ISO text."))


class ReportPeriodViewSet(ActsViewSet):
    """Progress reports: approved ones for who follows the work, all for those who write and approve them."""

    queryset = ReportPeriod.objects.select_related("programme", "decision").defer("figures", "programme__summary")
    serializer_class = ReportPeriodSerializer
    filterset_fields = {"status": ["exact"], "programme__slug": ["exact"]}
    ordering_fields = ["starts_on", "approved_at"]
    needs = {"ask": WRITES, "send_back": "workpackages.approve_reportperiod"}

    @extend_schema(
        request=NewReportPeriodSerializer, responses={201: ReportPeriodSerializer}, summary="Open a report for a period"
    )
    def create(self, request):
        require(request.user, WRITES)
        period = reports.open_report(by=request.user, **self.checked(NewReportPeriodSerializer))
        return Response(self.get_serializer(period).data, status.HTTP_201_CREATED)

    @extend_schema(responses=FiguresSerializer, summary="Its figures: frozen ones, or as they are now")
    @action(detail=True, methods=["get"], filter_backends=[])
    def figures(self, request, pk):
        period = self.get_object()
        shown = period.figures or gathered(period, request.user)
        return Response(FiguresSerializer({"is_frozen": period.figures is not None, "figures": shown}).data)

    @extend_schema(
        parameters=[OpenApiParameter("kind", OpenApiTypes.STR, OpenApiParameter.PATH, enum=sorted(TYPES))],
        responses={(200, media_type.partition(";")[0]): OpenApiTypes.BINARY for media_type in TYPES.values()},
        summary="Download a document of an approved report",
    )
    @action(detail=True, methods=["get"], url_path="documents/(?P<kind>[a-z_]+)", filter_backends=[])
    def document(self, request, pk, kind):
        return document(self.get_object(), kind)

    @extend_schema(request=None, summary="Ask the leads for the texts that are not agreed yet")
    @action(detail=True, methods=["post"])
    def ask(self, request, pk):
        return self.answer(reports.ask_leads)

    @extend_schema(request=None, summary="Freeze its figures; refused while a late deliverable lacks its justification")
    @action(detail=True, methods=["post"])
    def freeze(self, request, pk):
        return self.answer(VERBS["freeze"])

    @extend_schema(request=None, summary="Give the frozen figures up, to read them again")
    @action(detail=True, methods=["post"])
    def thaw(self, request, pk):
        return self.answer(VERBS["thaw"])

    @extend_schema(request=None, summary="Send it to the Chair, once every text is agreed")
    @action(detail=True, methods=["post"])
    def send(self, request, pk):
        return self.answer(VERBS["send"])

    @extend_schema(request=None, summary="Send it back to the Secretariat")
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request, pk):
        return self.answer(VERBS["return"])

    @extend_schema(request=None, summary="Approve it: its documents are made once, and it is locked")
    @action(detail=True, methods=["post"])
    def approve(self, request, pk):
        return self.answer(VERBS["approve"])


class NarrativeFilter(filters.FilterSet):
    period = filters.NumberFilter(label=_("Id of the report"), min_value=1, max_value=LARGEST)
    work_package = filters.NumberFilter(
        "work_package__number", label=_("Number of the work package"), min_value=0, max_value=32767
    )

    class Meta:
        model = Narrative
        fields = ["status"]


@extend_schema_serializer(examples=[example(TEXT), example({"text": TEXT["text"]}, "Request", request_only=True)])
class NarrativeSerializer(serializers.ModelSerializer):
    period = serializers.PrimaryKeyRelatedField(read_only=True)
    programme = serializers.CharField(source="period.programme.slug", read_only=True)
    work_package = serializers.IntegerField(source="work_package.number", read_only=True)
    written_by = serializers.StringRelatedField(read_only=True, allow_null=True)

    class Meta:
        model = Narrative
        fields = list(TEXT)
        read_only_fields = ["asked_at", "written_at"]


class NarrativeViewSet(ActsViewSet):
    """What each work package says in a report: one's own to write, those of the reports that one may read."""

    queryset = Narrative.objects.select_related("period__programme", "work_package__programme", "written_by").order_by(
        "-period", "work_package__number"
    )
    serializer_class = NarrativeSerializer
    filterset_class = NarrativeFilter
    ordering_fields = ["written_at"]

    @extend_schema(summary="Write the text; what stands is replaced")
    @transaction.atomic
    def partial_update(self, request, pk):
        narrative = self.get_object()
        require(request.user, "workpackages.write_narrative", narrative)
        Narrative.objects.select_for_update().get(pk=narrative.pk)  # so that two writers are told apart
        narrative.refresh_from_db()
        self.require_match(narrative)
        said = self.get_serializer(data=request.data)
        said.is_valid(raise_exception=True)
        written = reports.write_narrative(narrative, said.validated_data.get("text", ""), by=request.user)
        return Response(self.get_serializer(written).data)

    @extend_schema(request=None, summary="Agree to the text as it stands")
    @action(detail=True, methods=["post"])
    def agree(self, request, pk):
        return self.answer(reports.agree_narrative)


class PromiseEvidenceSerializer(serializers.Serializer):
    text = serializers.CharField()
    url = serializers.CharField()
    on = serializers.DateField(allow_null=True)


@extend_schema_serializer(
    examples=[
        example(
            {
                "programme": "2026", "objective": 4, "text": "Training sessions", "planned": 2, "counted": 1, "is_kept": False,
                "formula": "Published events of the kind “Training” that ended in the programme, up to 17 March 2026.", "note": "",
                "evidence": [{"text": "Course in Vienna", "url": "/en/training-and-events/2026/course/", "on": "2026-02-12"}],
            }
        )
    ]
)  # fmt: skip
class PromiseSerializer(serializers.Serializer):
    programme = serializers.CharField(source="promise.programme.slug")
    objective = serializers.IntegerField(source="promise.objective.number", allow_null=True, default=None)
    text = serializers.CharField(source="promise.text")
    planned = serializers.IntegerField(help_text=_("In the whole programme."))
    counted = serializers.IntegerField(source="count.number", help_text=_("From records; never typed."))
    is_kept = serializers.BooleanField()
    formula = serializers.CharField(source="count.formula", help_text=_("The rule of the count in words."))
    note = serializers.CharField(source="count.note")
    evidence = serializers.SerializerMethodField()

    @extend_schema_field(PromiseEvidenceSerializer(many=True))
    def get_evidence(self, line):
        return PromiseEvidenceSerializer(line.count.evidence, many=True).data


class PromiseViewSet(OwnViewSet):
    """What a programme has promised and how often it was kept, for those who read its deliverables."""

    queryset = Promise.objects.all()
    serializer_class = PromiseSerializer
    pagination_class = Pages
    filter_backends = []

    @extend_schema(
        parameters=[
            OpenApiParameter("programme", OpenApiTypes.STR, description=_("Address of the programme; the running one when left out."))
        ],
        summary="The promise matrix of a programme",
    )  # fmt: skip
    def list(self, request):
        asked, lines = request.query_params.get("programme"), []
        if request.user.has_perm("workpackages.view_deliverable"):
            programme = get_object_or_404(Programme, slug=asked) if asked else Programme.objects.current()
            matrix = promise_matrix(programme) if programme else []
            lines = [line for _objective, found in matrix for line in found]
        return self.get_paginated_response(self.get_serializer(self.paginate_queryset(lines), many=True).data)


def register(router):
    router.register("report-periods", ReportPeriodViewSet, "report-period")
    router.register("report-texts", NarrativeViewSet, "report-text")
    router.register("promises", PromiseViewSet, "promise")
