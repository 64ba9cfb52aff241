"""The memorandum of understanding in the API: its versions, and who has signed, as far as one may see it."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from efc.openapi import example
from efc.permissions import granted
from efc.rest import ActsViewSet, OwnReadViewSet
from members.api.decisions import DecisionField
from members.models import MemorandumVersion, Organisation, Signature
from members.services import memorandum as services

SIGNATURE = {
    "id": 9, "version": "2.0", "organisation": "example-bank", "signed_on": "2026-04-02",
    "signatory_name": "Head of financial crime", "signatory_function": "Director", "method": "portal", "text_sha256": "9f86d0…",
}  # fmt: skip


@extend_schema_serializer(
    examples=[
        example(
            {
                "id": 2, "number": "2.0", "title": "Memorandum of Understanding", "text": "The members agree …",
                "status": "in_force", "in_force_on": "2026-01-15", "decision": "2026-1",
            }
        )
    ]
)  # fmt: skip
class MemorandumSerializer(serializers.ModelSerializer):
    decision = DecisionField(read_only=True, allow_null=True)

    class Meta:
        model = MemorandumVersion
        fields = ["id", "number", "title", "text", "status", "in_force_on", "decision"]


@extend_schema_serializer(examples=[example(SIGNATURE)])
class SignatureSerializer(serializers.ModelSerializer):
    """A signature; the name of a protected person stays with those who know it."""

    version = serializers.SlugRelatedField("number", read_only=True)
    organisation = serializers.SlugRelatedField("slug", read_only=True)
    signatory_name = serializers.SerializerMethodField()

    class Meta:
        model = Signature
        fields = [
            "id", "version", "organisation", "signed_on", "signatory_name", "signatory_function", "method", "text_sha256"
        ]  # fmt: skip

    def get_signatory_name(self, signature) -> str:
        is_protected = signature.signatory is not None and signature.signatory.is_protected
        if not is_protected or signature.organisation_id in self.context["knows"]:
            return signature.signatory_name
        return _("Officer")


@extend_schema_serializer(examples=[example({"organisation": "example-bank", "function": "Director"})])
class SignSerializer(serializers.Serializer):
    organisation = serializers.SlugField(max_length=80, help_text=_("The organisation for which you sign."))
    function = serializers.CharField(max_length=120)


class MemorandumViewSet(ActsViewSet):
    """Versions of the memorandum that are or were in force; drafts for those who write them."""

    queryset = MemorandumVersion.objects.select_related("decision")
    serializer_class = MemorandumSerializer
    filterset_fields = ["status"]
    ordering_fields = ["in_force_on"]

    @extend_schema(
        request=SignSerializer, responses={201: SignatureSerializer}, summary="Sign the version in force for your organisation"
    )  # fmt: skip
    @action(detail=True, methods=["post"])
    def sign(self, request, pk):
        version, said = self.get_object(), self.checked(SignSerializer)
        organisation = get_object_or_404(Organisation.objects.visible_to(request.user), slug=said["organisation"])
        signature = services.sign_memorandum(version, organisation, by=request.user, function=said["function"])
        shown = SignatureSerializer(signature, context={"knows": {organisation.pk}})
        return Response(shown.data, status.HTTP_201_CREATED)

    @extend_schema(request=None, summary="Put a draft in force and ask every member to sign it")
    @action(detail=True, methods=["post"])
    def put_in_force(self, request, pk):
        return self.answer(services.put_in_force)


class SignatureFilter(filters.FilterSet):
    organisation = filters.CharFilter("organisation__slug", label=_("Address of the organisation"))
    version = filters.CharFilter("version__number", label=_("Number of the version"))

    class Meta:
        model = Signature
        fields = ["method"]


class SignatureViewSet(OwnReadViewSet):
    """Who has signed: the whole ledger for those who keep or read it, else the signatures of one's own organisations."""

    queryset = Signature.objects.select_related("version", "organisation", "signatory")
    serializer_class = SignatureSerializer
    filterset_class = SignatureFilter
    ordering_fields = ["signed_on"]

    def get_serializer_context(self):
        """Add the organisations whose people the reader knows by name. Costs: one query."""
        own = granted(self.request.user, "members.change_organisation", Organisation.objects.order_by())
        return {**super().get_serializer_context(), "knows": set(own.values_list("pk", flat=True))}


def register(router):
    router.register("memorandum", MemorandumViewSet, "memorandum")
    router.register("signatures", SignatureViewSet, "signature")
