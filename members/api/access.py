"""Access in the API: the rounds in which organisations confirm who acts for them, and the invitations to open an account."""

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from efc.openapi import example
from efc.rest import ActsViewSet
from members.api.memberships import OrganisationField
from members.models import AccessAnswer, AccessReview, Invitation, Organisation, Person, Representative
from members.services import access, people

# ── rounds of confirmation ───────────────────────────────────────────────

REVIEW = {
    "id": 5, "title": "Spring 2026", "opened_on": "2026-03-01", "due_on": "2026-03-31", "status": "open",
    "answers": [{"organisation": "example-bank", "answered_at": "2026-03-04T10:12:00+01:00"}], "unanswered": ["example-police"],
}  # fmt: skip


class AnswerSerializer(serializers.ModelSerializer):
    organisation = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = AccessAnswer
        fields = ["organisation", "answered_at"]


@extend_schema_serializer(examples=[example(REVIEW)])
class ReviewSerializer(serializers.ModelSerializer):
    answers = AnswerSerializer(many=True, source="answers_shown", read_only=True)
    unanswered = serializers.SerializerMethodField(
        help_text=gettext_lazy("Of a round that is open: the organisations that have not confirmed yet.")
    )

    class Meta:
        model = AccessReview
        fields = ["id", "title", "opened_on", "due_on", "status", "answers", "unanswered"]

    def get_unanswered(self, review) -> list[str]:
        return self.context["unanswered"] if review.status == AccessReview.Status.OPEN else []


@extend_schema_serializer(examples=[example({"organisation": "example-bank", "ended": [12]})])
class ConfirmSerializer(serializers.Serializer):
    organisation = OrganisationField()
    ended = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), required=False, default=list, max_length=200,
        help_text=gettext_lazy("People (by their id under /people/) who act for it no longer."),
    )  # fmt: skip

    def validate(self, said):
        organisation, wanted = said["organisation"], set(said["ended"])
        rows = Representative.objects.running().filter(organisation=organisation, person__in=wanted)
        said["ended"] = list(rows.select_related("person", "organisation"))
        if wanted - {row.person_id for row in said["ended"]}:
            raise serializers.ValidationError({"ended": [_("Name people who act for this organisation.")]})
        return said


class ReviewViewSet(ActsViewSet):
    """Rounds in which each organisation confirms its people. Who answers for an organisation sees the answer of that one."""

    queryset = AccessReview.objects.all()
    serializer_class = ReviewSerializer
    filterset_fields = ["status"]
    ordering_fields = ["opened_on", "due_on"]

    def shown(self):
        return Organisation.objects.kept_by(self.request.user)

    def get_queryset(self):
        answers = AccessAnswer.objects.filter(organisation__in=self.shown()).select_related("organisation")
        answers = answers.order_by("organisation__name").defer("organisation__search_vector")
        return super().get_queryset().prefetch_related(Prefetch("answers", answers, to_attr="answers_shown"))

    def get_serializer_context(self):
        """Add the organisations that the open round still waits for. Costs: one query."""
        silent = access.unanswered_now().filter(pk__in=self.shown().values("pk")).order_by("name")
        return {**super().get_serializer_context(), "unanswered": list(silent.values_list("slug", flat=True))}

    @extend_schema(
        request=ConfirmSerializer, summary="Confirm the people of an organisation, and end who acts for it no longer"
    )
    @action(detail=True, methods=["post"])
    def confirm(self, request, pk):
        review, said = self.acted_on(), self.checked(ConfirmSerializer)
        access.confirm_people(review, said["organisation"], by=request.user, ended=said["ended"])
        return Response(self.get_serializer(self.get_object()).data)


# ── invitations ──────────────────────────────────────────────────────────

INVITATION = {
    "id": 8, "person": 12, "name": "Head of financial crime", "organisation": "example-bank", "email": "contact@bank.example",
    "status": "open", "sent_at": "2026-03-02T09:30:00+01:00", "expires_at": "2026-03-16T09:30:00+01:00",
    "accepted_at": None, "withdrawn_at": None,
}  # fmt: skip


class PersonField(serializers.PrimaryKeyRelatedField):
    """A person by the id under /people/, as far as one may see them."""

    default_error_messages = {"does_not_exist": gettext_lazy("There is no such person. Look under /people/.")}

    def get_queryset(self):
        return Person.objects.visible_to(self.context["request"].user)


@extend_schema_serializer(examples=[example(INVITATION)])
class InvitationSerializer(serializers.ModelSerializer):
    """An invitation; the link itself stands in the letter alone."""

    organisation = serializers.SlugRelatedField("slug", read_only=True, allow_null=True)
    name = serializers.CharField(source="person.name", read_only=True)
    status = serializers.ChoiceField(["open", "used", "withdrawn", "expired"], read_only=True)

    class Meta:
        model = Invitation
        fields = [
            "id", "person", "name", "organisation", "email", "status", "sent_at", "expires_at", "accepted_at", "withdrawn_at"
        ]  # fmt: skip


@extend_schema_serializer(examples=[example({"person": 12, "organisation": "example-bank"})])
class NewInvitationSerializer(serializers.Serializer):
    person = PersonField(queryset=Person.objects.none())
    organisation = OrganisationField(
        required=False, allow_null=True, default=None, help_text=gettext_lazy("The one for which the person acts.")
    )
    email = serializers.EmailField(
        required=False, max_length=254, help_text=gettext_lazy("Left out: the address of the person.")
    )

    def validate(self, said):
        person, organisation = said["person"], said["organisation"]
        acting = Representative.objects.running().filter(person=person, organisation=organisation)
        if organisation is not None and not acting.exists():
            text = _("%(person)s does not act for %(organisation)s. Name the person there first.")
            raise serializers.ValidationError(
                {"organisation": [text % {"person": person, "organisation": organisation}]}
            )
        if person.user_id is not None:
            raise serializers.ValidationError({"person": [_("Has an account already.")]})
        if not said.get("email") and not person.email:
            raise serializers.ValidationError({"email": [_("This person has no e-mail address. Give one.")]})
        return said


class InvitationFilter(filters.FilterSet):
    organisation = filters.CharFilter("organisation__slug", label=gettext_lazy("Address of the organisation"))
    usable = filters.BooleanFilter(method="can_be_used", label=gettext_lazy("The link works now"))

    def can_be_used(self, rows, name, wanted):
        usable = Invitation.objects.usable().values("pk")
        return rows.filter(pk__in=usable) if wanted else rows.exclude(pk__in=usable)


class InvitationViewSet(ActsViewSet):
    """Invitations to open an account: all for those who keep the register, else those of one's own organisations."""

    queryset = Invitation.objects.select_related("person", "organisation").defer("organisation__search_vector")
    serializer_class = InvitationSerializer
    filterset_class = InvitationFilter
    ordering_fields = ["sent_at", "expires_at"]

    @extend_schema(
        request=NewInvitationSerializer, responses={201: InvitationSerializer, 204: None},
        summary="Invite a person; an earlier link stops working. 204: they have an account, and a letter says what is new",
    )  # fmt: skip
    def create(self, request):
        if (
            not request.user.has_perm("members.add_invitation")
            and not Organisation.objects.kept_by(request.user).exists()
        ):
            raise PermissionDenied("members.add_invitation")
        invitation = people.invite_person(by=request.user, **self.checked(NewInvitationSerializer))
        if invitation is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(self.get_serializer(invitation).data, status.HTTP_201_CREATED)

    @extend_schema(request=None, summary="Withdraw an invitation: its link stops working")
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        return self.answer(people.withdraw_invitation)


def register(router):
    router.register("access-reviews", ReviewViewSet, "access-review")
    router.register("invitations", InvitationViewSet, "invitation")
