"""The register of decisions in the API: published ones for everybody, all for who may read the register; and its verbs."""

import re

from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from efc.openapi import example
from efc.permissions import require
from efc.rest import PublicReadViewSet, VerbsMixin
from members.models import Decision
from members.services import decisions as services

NUMBER = "[12][0-9]{3}-[1-9][0-9]{0,3}"


def by_number(rows, number):
    year, _dash, sequence = number.partition("-")
    return rows.filter(year=year, sequence=sequence)


@extend_schema_field({"type": "string", "pattern": f"^{NUMBER}$"})
class DecisionField(serializers.CharField):
    """A decision by its number, as far as the person may see it."""

    default_error_messages = {"unknown": _("There is no decision of this number. Write it as 2026-3.")}

    def to_internal_value(self, data):
        number = super().to_internal_value(data)
        rows = Decision.objects.visible_to(self.context["request"].user)
        found = by_number(rows, number).first() if re.fullmatch(NUMBER, number) else None
        if found is None:
            self.fail("unknown")
        return found

    def to_representation(self, value):
        return value.number


class DecisionFilter(filters.FilterSet):
    year = filters.NumberFilter(min_value=1900, max_value=2999)
    decided_from = filters.DateFilter("decided_on", lookup_expr="gte")
    decided_to = filters.DateFilter("decided_on", lookup_expr="lte")

    class Meta:
        model = Decision
        fields = ["status", "procedure"]


EXAMPLE = {
    "number": "2026-3", "decided_on": "2026-03-12", "title": "Admission of Example Bank",
    "text": "Example Bank is admitted for the action plan of 2026.", "procedure": "silence", "status": "in_force",
    "superseded_by": None, "source": "", "is_public": True,
}  # fmt: skip


@extend_schema_serializer(examples=[example(EXAMPLE)])
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


@extend_schema_serializer(
    examples=[
        example({name: EXAMPLE[name] for name in ("title", "text", "decided_on", "procedure", "source", "is_public")})
    ]
)
class NewDecisionSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=20_000, help_text=_("Markdown."))
    decided_on = serializers.DateField()
    procedure = serializers.ChoiceField(Decision.Procedure.choices)
    source = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    is_public = serializers.BooleanField(required=False, default=False)


@extend_schema_serializer(examples=[example({"new": "2026-4"})])
class SupersedeSerializer(serializers.Serializer):
    new = DecisionField(help_text=_("The number of the decision that takes its place."))


class DecisionViewSet(VerbsMixin, PublicReadViewSet):
    """Decisions of the Steering Group by their number, 2026-3 for the third of 2026."""

    queryset = Decision.objects.select_related("superseded_by")
    serializer_class = DecisionSerializer
    filterset_class = DecisionFilter
    ordering_fields = ["decided_on", "status"]
    lookup_field = lookup_url_kwarg = "number"
    lookup_value_regex = NUMBER

    def get_object(self):
        return get_object_or_404(by_number(self.get_queryset(), self.kwargs["number"]))

    def get_permissions(self):
        return super().get_permissions() if self.action in ("list", "retrieve", None) else [IsAuthenticated()]

    @extend_schema(
        request=NewDecisionSerializer, responses={201: DecisionSerializer}, summary="Record a decision; its number is given here"
    )  # fmt: skip
    def create(self, request):
        require(request.user, "members.add_decision")
        decision = services.record_decision(by=request.user, **self.checked(NewDecisionSerializer))
        return Response(self.get_serializer(decision).data, status.HTTP_201_CREATED)

    @extend_schema(request=None, summary="Mark a decision as implemented")
    @action(detail=True, methods=["post"])
    def implement(self, request, number):
        return self.answer(services.implement_decision)

    @extend_schema(request=SupersedeSerializer, summary="Say which later decision takes the place of this one")
    @action(detail=True, methods=["post"])
    def supersede(self, request, number):
        return self.answer(services.supersede_decision, SupersedeSerializer)

    @extend_schema(request=None, summary="Show a decision on the public page")
    @action(detail=True, methods=["post"])
    def publish(self, request, number):
        return self.answer(services.publish_decision)

    @extend_schema(request=None, summary="Take a decision from the public page")
    @action(detail=True, methods=["post"])
    def unpublish(self, request, number):
        return self.answer(services.unpublish_decision)


def register(router):
    router.register("decisions", DecisionViewSet, "decision")
