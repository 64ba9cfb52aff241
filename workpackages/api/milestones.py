"""Milestones in the API: how each is verified, its days, its evidence; reached by the verb of the page."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser

from efc.openapi import example
from efc.rest import ActsViewSet
from efc.rest_defaults import Parser
from members.api.decisions import DecisionField
from workpackages.models import SENTENCE, Deliverable, Milestone, MilestoneEvidence
from workpackages.services import milestones as services

LARGEST = 2**63 - 1
EVIDENCE = {
    "id": 3, "sentence": "The programme was agreed by all trainers.", "deliverable": "D4.1", "decision": None, "file": "programme.pdf",
    "sha256": "9f86d0…", "given_at": "2026-03-12T10:15:00+01:00",
}  # fmt: skip
EXAMPLE = {
    "id": 5, "programme": "2026", "work_package": 4, "number": 1, "code": "MS4.1", "title": "Programme of the course agreed",
    "verification": "The agreed programme is among the documents.", "status": "reached", "state": "reached", "baseline_month": 3,
    "baseline_on": "2026-03-31", "due_on": "2026-03-31", "reached_on": "2026-03-12", "evidence": [EVIDENCE],
    "updated_at": "2026-03-12T10:15:00+01:00", "url": "https://portal.example/workspace/programmes/2026/wp/4/milestones/1/",
}  # fmt: skip
STATES = [("planned", _("Planned")), ("late", _("Late")), ("reached", _("Reached"))]


class MilestoneFilter(filters.FilterSet):
    programme = filters.CharFilter("work_package__programme__slug", label=_("Address of the programme"))
    work_package = filters.NumberFilter(
        "work_package__number", label=_("Number of the work package"), min_value=1, max_value=LARGEST
    )

    class Meta:
        model = Milestone
        fields = ["status"]


class MilestoneEvidenceSerializer(serializers.ModelSerializer):
    deliverable = serializers.CharField(source="deliverable.code", allow_null=True, default=None)
    decision = DecisionField(read_only=True, allow_null=True)
    file = serializers.CharField(source="name", help_text=_("The name of the file, where there is one."))

    class Meta:
        model = MilestoneEvidence
        fields = list(EVIDENCE)


@extend_schema_serializer(examples=[example(EXAMPLE)])
class MilestoneSerializer(serializers.ModelSerializer):
    programme = serializers.CharField(source="work_package.programme.slug")
    work_package = serializers.IntegerField(source="work_package.number")
    code = serializers.CharField()
    state = serializers.SerializerMethodField()
    baseline_on = serializers.DateField()
    evidence = MilestoneEvidenceSerializer(many=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = Milestone
        fields = list(EXAMPLE)

    @extend_schema_field(serializers.ChoiceField(STATES))
    def get_state(self, milestone):
        return milestone.state()

    def get_url(self, milestone) -> str:
        return settings.SITE_URL + milestone.get_absolute_url()


@extend_schema_serializer(
    examples=[
        example(
            {"reached_on": "2026-03-12", "sentence": "The programme was agreed by all trainers.", "deliverable": 12}
        )
    ]
)
class ReachSerializer(serializers.Serializer):
    """The day, and the evidence where it was not given before: a sentence with a deliverable, a decision or a file."""

    reached_on = serializers.DateField(required=False, allow_null=True, default=None)
    sentence = serializers.CharField(max_length=SENTENCE, required=False, default="", allow_blank=True)
    deliverable = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=LARGEST, help_text=_("Its id.")
    )
    decision = DecisionField(required=False, allow_null=True, default=None, help_text=_("Its number in the register."))
    upload = serializers.FileField(
        required=False, allow_null=True, default=None, help_text=_("PDF, Word, Excel, PNG or JPEG, sent as a form.")
    )

    def validate_deliverable(self, key):
        if key is None:
            return None
        rows = Deliverable.objects.visible_to(self.context["request"].user).select_related("work_package")
        found = rows.filter(pk=key).first()
        if found is None:
            raise serializers.ValidationError(_("There is no deliverable of this id, or you may not see it."))
        return found


class MilestoneViewSet(ActsViewSet):
    """Milestones: all of them for the Steering Group and the Secretariat, else those of one's own work packages."""

    queryset = (
        Milestone.objects.select_related("work_package__programme")
        .prefetch_related(
            models.Prefetch(
                "evidence", MilestoneEvidence.objects.select_related("deliverable__work_package", "decision")
            )
        )
        .order_by("work_package__programme__slug", "work_package__number", "number")
    )
    serializer_class = MilestoneSerializer
    filterset_class = MilestoneFilter
    ordering_fields = ["due_on", "reached_on", "updated_at"]

    @extend_schema(
        request={"multipart/form-data": ReachSerializer, "application/json": ReachSerializer},
        summary="Record that it is reached, with its evidence",
    )
    @action(detail=True, methods=["post"], parser_classes=[Parser, MultiPartParser])
    def reach(self, request, pk):
        return self.answer(services.reach_milestone, ReachSerializer)

    @extend_schema(request=None, summary="Open it again; its evidence stays")
    @action(detail=True, methods=["post"])
    def reopen(self, request, pk):
        return self.answer(services.reopen_milestone)


def register(router):
    router.register("milestones", MilestoneViewSet, "milestone")
