"""Requests for more time in the API: asked for by leads, decided by the Steering Group."""

from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from efc.openapi import example
from efc.rest import ActsViewSet
from members.api.decisions import DecisionField
from workpackages.models import SENTENCE, Deliverable, Extension
from workpackages.services import deliverables as services

LARGEST = 2**63 - 1
EXAMPLE = {
    "id": 3, "deliverable": 12, "code": "D4.1", "due_before_on": "2026-04-30", "proposed_on": "2026-06-30",
    "cause": "The contribution of the national police comes in May.", "status": "requested",
    "requested_at": "2026-03-12T10:15:00+01:00", "requested_by": "Lead of work package 4", "decision": None, "decided_at": None,
    "refused_because": "",
}  # fmt: skip


class ExtensionFilter(filters.FilterSet):
    deliverable = filters.NumberFilter(label=_("Id of the deliverable"), min_value=1, max_value=LARGEST)
    programme = filters.CharFilter("deliverable__work_package__programme__slug", label=_("Address of the programme"))

    class Meta:
        model = Extension
        fields = ["status"]


@extend_schema_serializer(examples=[example(EXAMPLE)])
class ExtensionSerializer(serializers.ModelSerializer):
    deliverable = serializers.PrimaryKeyRelatedField(read_only=True)
    code = serializers.CharField(source="deliverable.code")
    requested_by = serializers.StringRelatedField(read_only=True, allow_null=True)
    decision = DecisionField(read_only=True, allow_null=True)

    class Meta:
        model = Extension
        fields = list(EXAMPLE)


@extend_schema_serializer(examples=[example({name: EXAMPLE[name] for name in ("deliverable", "cause", "proposed_on")})])
class NewExtensionSerializer(serializers.Serializer):
    deliverable = serializers.IntegerField(min_value=1, max_value=LARGEST, help_text=_("Its id."))
    cause = serializers.CharField(max_length=600)
    proposed_on = serializers.DateField()

    def validate_deliverable(self, key):
        """Return the deliverable, where this person may see it."""
        rows = Deliverable.objects.visible_to(self.context["request"].user).select_related("work_package__programme")
        found = rows.filter(pk=key).first()
        if found is None:
            raise serializers.ValidationError(_("There is no deliverable of this id."))
        return found


@extend_schema_serializer(examples=[example({"decision": "2026-3"})])
class DecideSerializer(serializers.Serializer):
    decision = DecisionField(required=False, allow_null=True, default=None, help_text=_("Its number in the register."))


@extend_schema_serializer(examples=[example({"reason": "The Commission waits for it.", "decision": "2026-3"})])
class RefuseSerializer(DecideSerializer):
    reason = serializers.CharField(max_length=SENTENCE, help_text=_("One sentence. The leads read it in their letter."))


class ExtensionViewSet(ActsViewSet):
    """Requests for more time; the month that was promised stands beside the day that was granted."""

    queryset = Extension.objects.select_related("deliverable__work_package", "requested_by", "decision")
    serializer_class = ExtensionSerializer
    filterset_class = ExtensionFilter
    ordering_fields = ["requested_at", "proposed_on"]

    @extend_schema(
        request=NewExtensionSerializer, responses={201: ExtensionSerializer}, summary="Ask for more time; a request that still waits is replaced"
    )  # fmt: skip
    def create(self, request):
        said = self.checked(NewExtensionSerializer)
        deliverable = said.pop("deliverable")
        extension = services.request_extension(deliverable, by=request.user, **said)
        return Response(self.get_serializer(extension).data, status.HTTP_201_CREATED)

    @extend_schema(request=DecideSerializer, summary="Grant it: the day that counts moves, the promised month stays")
    @action(detail=True, methods=["post"])
    def grant(self, request, pk):
        return self.answer(services.grant_extension, DecideSerializer)

    @extend_schema(request=RefuseSerializer, summary="Refuse it and say why: the day stays")
    @action(detail=True, methods=["post"])
    def refuse(self, request, pk):
        return self.answer(services.refuse_extension, RefuseSerializer)

    @extend_schema(request=None, summary="Take it back")
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        return self.answer(services.withdraw_extension)


def register(router):
    router.register("extensions", ExtensionViewSet, "extension")
