"""People in the API, signed in: oneself and what one holds, contact persons of members, contacts of related networks."""

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from efc.models import Grant
from efc.openapi import example
from efc.rest import OwnReadViewSet, Tagged
from members.api.register import TermFilter
from members.models import LiaisonContact, Organisation, Person, Representative


class RepresentsSerializer(serializers.ModelSerializer):
    organisation = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = Representative
        fields = ["organisation", "function", "is_contact", "starts_on", "ends_on"]


@extend_schema_serializer(
    examples=[
        example(
            {
                "id": 12, "name": "Head of financial crime", "email": "contact@bank.example",
                "represents": [
                    {
                        "organisation": "example-bank", "function": "Head of financial crime", "is_contact": True,
                        "starts_on": "2013-08-05", "ends_on": None,
                    }
                ],
            }
        )
    ]
)  # fmt: skip
class PersonSerializer(serializers.ModelSerializer):
    represents = RepresentsSerializer(many=True, source="represents_now")

    class Meta:
        model = Person
        fields = ["id", "name", "email", "represents"]


class PersonFilter(filters.FilterSet):
    organisation = filters.CharFilter(method="of", label=_("Address of the organisation"))

    def of(self, rows, name, slug):
        return rows.filter(pk__in=Representative.objects.as_of().filter(organisation__slug=slug).values("person"))


class PersonViewSet(OwnReadViewSet):
    """Contact persons of the members, and the people of one's own organisations. Protected identities are nobody's contact."""

    queryset = Person.objects.order_by("name", "pk")
    serializer_class = PersonSerializer
    filterset_class = PersonFilter
    ordering_fields = ["name"]

    def get_queryset(self):
        shown = Organisation.objects.visible_to(self.request.user).order_by()
        rows = Representative.objects.as_of().filter(organisation__in=shown).select_related("organisation")
        return super().get_queryset().prefetch_related(Prefetch("represents", rows, to_attr="represents_now"))


@extend_schema_serializer(
    examples=[
        example(
            {
                "id": 2, "network": "example-network", "kept_by": "Liaison officer", "name": "Network coordinator",
                "email": "coordinator@network.example", "note": "Exchange of training material", "starts_on": "2014-01-01",
                "ends_on": None,
            }
        )
    ]
)  # fmt: skip
class LiaisonSerializer(serializers.ModelSerializer):
    network = serializers.SlugRelatedField("slug", read_only=True)
    kept_by = serializers.SerializerMethodField()

    class Meta:
        model = LiaisonContact
        fields = ["id", "network", "kept_by", "name", "email", "note", "starts_on", "ends_on"]

    def get_kept_by(self, contact) -> str:
        person, user = contact.kept_by, self.context["request"].user
        if person is None:
            return ""
        return person.name if not person.is_protected or user.has_perm("members.view_person") else _("Officer")


class LiaisonFilter(TermFilter):
    organisation = None
    network = filters.CharFilter("network__slug", label=_("Address of the network"))


class LiaisonViewSet(OwnReadViewSet):
    """Who keeps the contact with a related network, and the person there."""

    queryset = LiaisonContact.objects.select_related("network", "kept_by")
    serializer_class = LiaisonSerializer
    filterset_class = LiaisonFilter
    ordering_fields = ["starts_on", "name"]


# ── oneself ──────────────────────────────────────────────────────────────


class GrantSerializer(serializers.ModelSerializer):
    on = serializers.SerializerMethodField(help_text=_("The record it stands on; empty for the whole portal."))
    source = serializers.SerializerMethodField(
        help_text=_("The row that gives it; empty when an officer gave it by hand.")
    )

    class Meta:
        model = Grant
        fields = ["role", "on", "source", "reason", "starts_on", "ends_on"]

    def get_on(self, grant) -> str:
        return str(grant.target or "")

    def get_source(self, grant) -> str:
        return str(grant.source or "")


@extend_schema_serializer(
    examples=[
        example(
            {
                "email": "contact@bank.example", "full_name": "Head of financial crime", "organisations": ["example-bank"],
                "grants": [
                    {
                        "role": "representative", "on": "Example Bank", "source": "Head of financial crime, Example Bank",
                        "reason": "", "starts_on": "2013-08-05", "ends_on": None,
                    }
                ],
            }
        )
    ]
)  # fmt: skip
class OneselfSerializer(serializers.Serializer):
    email = serializers.EmailField(read_only=True)
    full_name = serializers.CharField(read_only=True)
    organisations = serializers.ListField(child=serializers.CharField(), read_only=True)
    grants = GrantSerializer(many=True, read_only=True)


class Oneself(Tagged, APIView):
    @extend_schema(responses=OneselfSerializer, summary="Read your own account, the roles you hold and what gives them")
    def get(self, request):
        held = Grant.objects.holding().filter(user=request.user).prefetch_related("target", "source")
        own = Organisation.objects.filter(
            representatives__in=Representative.objects.as_of().filter(person__user=request.user)
        )
        facts = {
            "email": request.user.email,
            "full_name": request.user.full_name,
            "organisations": list(own.order_by("name").values_list("slug", flat=True).distinct()),
            "grants": held,
        }
        return Response(OneselfSerializer(facts).data)


def register(router):
    router.register("people", PersonViewSet, "person")
    router.register("liaisons", LiaisonViewSet, "liaison")
