"""Memberships in the API: public as terms over time; renewed and ended by those who keep the register. Suspensions, which are not public."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from efc.openapi import example
from efc.permissions import require
from efc.rest import ActsViewSet, PublicReadViewSet, VerbsMixin
from members.api.decisions import DecisionField
from members.api.register import TermFilter
from members.models import MembershipTerm, Organisation, Suspension
from members.services import terms

SUSPENSION = {
    "id": 4, "organisation": "example-bank", "reason": "No contribution for two years.", "starts_on": "2026-03-01",
    "ends_on": None, "decision": "2026-3",
}  # fmt: skip


class OrganisationField(serializers.SlugRelatedField):
    """An organisation by its address, as far as the person may see it."""

    default_error_messages = {
        "does_not_exist": _("There is no such organisation. Write its address, like example-bank.")
    }

    def __init__(self, **kwargs):
        given = {} if kwargs.get("read_only") else {"queryset": Organisation.objects.none()}
        super().__init__("slug", **given, **kwargs)

    def get_queryset(self):
        return Organisation.objects.visible_to(self.context["request"].user).defer("search_vector")


@extend_schema_serializer(
    examples=[
        example(
            {
                "id": 3, "organisation": "example-bank", "organisation_name": "Example Bank", "starts_on": "2013-08-05",
                "ends_on": None, "source": "News of August 2013",
            }
        )
    ]
)  # fmt: skip
class MembershipSerializer(serializers.ModelSerializer):
    organisation = serializers.SlugRelatedField("slug", read_only=True)
    organisation_name = serializers.CharField(source="organisation.name")

    class Meta:
        model = MembershipTerm
        fields = ["id", "organisation", "organisation_name", "starts_on", "ends_on", "source"]


@extend_schema_serializer(examples=[example({"ends_on": "2027-12-31", "decision": "2026-3"})])
class RenewSerializer(serializers.Serializer):
    ends_on = serializers.DateField(
        help_text=_("The new last day. The new term begins on the day after the old one ends.")
    )
    decision = DecisionField(required=False, allow_null=True)


@extend_schema_serializer(examples=[example({"ends_on": "2026-12-31", "because": "It merged with another member."})])
class EndSerializer(serializers.Serializer):
    ends_on = serializers.DateField(help_text=_("The last day: seats and the access of its people end with it."))
    because = serializers.CharField(max_length=240)


class MembershipViewSet(VerbsMixin, PublicReadViewSet):
    """Memberships over time: a yearly term each, or from one day until further notice."""

    queryset = MembershipTerm.objects.select_related("organisation").order_by("organisation__name", "starts_on", "pk")
    serializer_class = MembershipSerializer
    filterset_class = TermFilter
    ordering_fields = ["starts_on", "ends_on"]
    needs = {"renew": "members.add_membershipterm", "end": "members.change_membershipterm"}

    def get_permissions(self):
        return super().get_permissions() if self.action in ("list", "retrieve", None) else [IsAuthenticated()]

    @extend_schema(
        request=RenewSerializer, responses={201: MembershipSerializer}, summary="Renew a membership: add the term that follows it"
    )  # fmt: skip
    @action(detail=True, methods=["post"])
    def renew(self, request, pk):
        term = self.acted_on()
        following = terms.renew_membership(term, by=request.user, **self.checked(RenewSerializer))
        return Response(self.get_serializer(following).data, status.HTTP_201_CREATED)

    @extend_schema(request=EndSerializer, summary="End a membership, with its seats and the access of its people")
    @action(detail=True, methods=["post"])
    def end(self, request, pk):
        return self.answer(terms.end_membership, EndSerializer)


@extend_schema_serializer(examples=[example(SUSPENSION)])
class SuspensionSerializer(serializers.ModelSerializer):
    organisation = serializers.SlugRelatedField("slug", read_only=True)
    decision = DecisionField(read_only=True, allow_null=True)

    class Meta:
        model = Suspension
        fields = ["id", "organisation", "reason", "starts_on", "ends_on", "decision"]


@extend_schema_serializer(examples=[example({name: SUSPENSION[name] for name in SUSPENSION if name != "id"})])
class NewSuspensionSerializer(serializers.Serializer):
    organisation = OrganisationField()
    reason = serializers.CharField(max_length=240, help_text=_("The organisation reads it; it is not public."))
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(
        required=False, allow_null=True, help_text=_("The last day. Empty: until it is lifted.")
    )
    decision = DecisionField(required=False, allow_null=True)


class SuspensionViewSet(ActsViewSet):
    """Suspensions of members, which are not public: all for those who keep the register, else those of one's own organisations."""

    queryset = Suspension.objects.select_related("organisation", "decision").order_by("-starts_on", "pk")
    serializer_class = SuspensionSerializer
    filterset_class = TermFilter
    ordering_fields = ["starts_on", "ends_on"]
    needs = {"lift": "members.change_suspension"}

    @extend_schema(
        request=NewSuspensionSerializer, responses={201: SuspensionSerializer}, summary="Suspend a member; its contact persons are told"
    )  # fmt: skip
    def create(self, request):
        require(request.user, "members.add_suspension")
        given = dict(self.checked(NewSuspensionSerializer))
        suspension = terms.suspend_organisation(given.pop("organisation"), by=request.user, **given)
        return Response(self.get_serializer(suspension).data, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None}, summary="Lift a suspension at once; one of today is taken back")
    @action(detail=True, methods=["post"])
    def lift(self, request, pk):
        terms.lift_suspension(self.acted_on(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def register(router):
    router.register("memberships", MembershipViewSet, "membership")
    router.register("suspensions", SuspensionViewSet, "suspension")
