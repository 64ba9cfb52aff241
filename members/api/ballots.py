"""Ballots in the API: the question, the seats, one's own vote; of the others’ votes what `may_see_votes` allows, the tally at the end."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from efc.openapi import example
from efc.permissions import require
from efc.rest import ActsViewSet
from members.api.decisions import DecisionField
from members.models import Application, Ballot, Elector, Remark
from members.services import ballots as services

OWN = {
    "id": 41, "organisation": "Example Bank", "kind": "full", "has_vote": True, "recused_because": "", "choice": "agree",
    "reason": "", "cast_at": "2026-03-12T10:15:00+01:00",
}  # fmt: skip
EXAMPLE = {
    "id": 7, "kind": "silence", "title": "Admission of Example Bank", "question": "Shall Example Bank be admitted?", "note": "",
    "application": "APP-2026-0007", "is_blind": True, "status": "open", "opens_at": "2026-03-06T09:00:00+01:00",
    "closes_at": "2026-03-20T18:00:00+01:00", "rule_name": "Silence procedure (fast track)", "rule_text": "The seats of …",
    "outcome": "", "tally": None, "decision": None, "own_seats": [OWN],
}  # fmt: skip


class ElectorSerializer(serializers.ModelSerializer):
    """A seat in the electorate; of others without choice, reason and time where they are not to be seen yet."""

    organisation = serializers.CharField(source="organisation_name")
    recused_because = serializers.CharField()
    choice = serializers.CharField()

    class Meta:
        model = Elector
        fields = ["id", "organisation", "kind", "has_vote", "recused_because", "choice", "reason", "cast_at"]

    def to_representation(self, elector):
        shown = super().to_representation(elector)
        if not self.context.get("sees_votes", True) and elector.pk not in self.context["own"]:
            shown |= {"choice": "", "reason": "", "cast_at": None}
            if shown["recused_because"] == Elector.Recusal.INTEREST:
                shown["recused_because"] = ""
        return shown


class RemarkSerializer(serializers.ModelSerializer):
    seat = serializers.CharField(source="elector.organisation_name")

    class Meta:
        model = Remark
        fields = ["seat", "text", "written_at"]


@extend_schema_serializer(examples=[example(EXAMPLE)])
class BallotSerializer(serializers.ModelSerializer):
    application = serializers.SlugRelatedField("reference", read_only=True, allow_null=True)
    outcome = serializers.ChoiceField(Ballot.Outcome.choices, allow_blank=True)
    decision = DecisionField(read_only=True, allow_null=True)
    tally = serializers.JSONField(
        read_only=True, allow_null=True, help_text=_("The arithmetic, once the ballot is closed.")
    )
    own_seats = ElectorSerializer(
        many=True, read_only=True, help_text=_("The seats for which you vote, with the vote as it stands.")
    )

    class Meta:
        model = Ballot
        fields = [
            "id", "kind", "title", "question", "note", "application", "is_blind", "status", "opens_at", "closes_at", "rule_name",
            "rule_text", "outcome", "tally", "decision", "own_seats",
        ]  # fmt: skip


@extend_schema_serializer(examples=[example({**EXAMPLE, "electorate": [OWN], "remarks": []})])
class BallotDetailSerializer(BallotSerializer):
    electorate = serializers.SerializerMethodField(help_text=_("The seats, frozen when the ballot opened."))
    remarks = serializers.SerializerMethodField()

    class Meta(BallotSerializer.Meta):
        fields = [*BallotSerializer.Meta.fields, "electorate", "remarks"]

    @extend_schema_field(ElectorSerializer(many=True))
    def get_electorate(self, ballot):
        own = {elector.pk for elector in ballot.own_seats}
        context = {"sees_votes": self.sees_votes(ballot), "own": own}
        return ElectorSerializer(ballot.electorate.all(), many=True, context=context).data

    @extend_schema_field(RemarkSerializer(many=True))
    def get_remarks(self, ballot):
        rows = ballot.remarks.select_related("elector") if self.sees_votes(ballot) else []
        return RemarkSerializer(rows, many=True).data

    def sees_votes(self, ballot):
        return services.may_see_votes(ballot, self.context["request"].user)


@extend_schema_serializer(
    examples=[
        example(
            {
                "kind": "written", "title": "Action plan of 2027", "question": "Shall the plan be adopted as circulated?",
                "is_blind": False, "closes_at": "2026-12-04T18:00:00+01:00",
            }
        )
    ]
)  # fmt: skip
class NewBallotSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(Ballot.Kind.choices)
    title = serializers.CharField(max_length=200)
    question = serializers.CharField(max_length=5000)
    note = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    application = serializers.SlugRelatedField(
        "reference", queryset=Application.objects.all(), required=False, allow_null=True, default=None
    )
    is_blind = serializers.BooleanField(required=False, default=False)
    opens_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    closes_at = serializers.DateTimeField(required=False, allow_null=True, default=None)

    def validate_application(self, application):
        if application and not Application.objects.visible_to(self.context["request"].user).contains(application):
            self.fields["application"].fail("does_not_exist", slug_name="reference", value=application.reference)
        return application


class SeatChoice(serializers.Serializer):
    seat = serializers.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, help_text=_("Which of your seats in this ballot, by its id; needed when you vote for several.")
    )  # fmt: skip


@extend_schema_serializer(examples=[example({"choice": "object", "reason": "The website belongs to somebody else."})])
class VoteSerializer(SeatChoice):
    choice = serializers.ChoiceField(Elector.Choice.choices)
    reason = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)


@extend_schema_serializer(examples=[example({"text": "We have worked with them on two cases."})])
class NewRemarkSerializer(SeatChoice):
    text = serializers.CharField(max_length=2000)


def one_of(own, seat):
    """Return the seat of this id among one's own, the only one when left out. Raises: PermissionDenied, ValidationError."""
    if seat is None and len(own) > 1:
        raise ValidationError({"seat": _("You vote for several seats in this ballot. Name one of them.")})
    for elector in own:
        if seat in (None, elector.pk):
            return elector
    raise PermissionDenied


class BallotViewSet(ActsViewSet):
    """Ballots one may follow; the tally is hidden from all until the end."""

    queryset = Ballot.objects.select_related("application", "decision")
    serializer_class = BallotDetailSerializer
    filterset_fields = ["status", "kind", "outcome"]
    ordering_fields = ["opens_at", "closes_at", "id"]

    def get_queryset(self):
        own = Elector.objects.of(self.request.user)
        return super().get_queryset().prefetch_related(Prefetch("electorate", own, to_attr="own_seats"))

    def get_serializer_class(self):
        return BallotSerializer if self.action == "list" else BallotDetailSerializer

    def own_seats(self):
        """Return the seats for which the person acts in this ballot. Raises: PermissionDenied where there is none."""
        own = self.get_object().own_seats
        if not own:
            raise PermissionDenied
        return own

    @extend_schema(
        request=NewBallotSerializer, responses={201: BallotDetailSerializer}, summary="Prepare a ballot"
    )  # fmt: skip
    def create(self, request):
        require(request.user, "members.run_ballot")
        ballot = services.prepare_ballot(by=request.user, **self.checked(NewBallotSerializer))
        return Response(self.get_serializer(self.get_queryset().get(pk=ballot.pk)).data, status.HTTP_201_CREATED)

    @extend_schema(request=VoteSerializer, summary="Cast or change your vote, until the end of the ballot")
    @action(detail=True, methods=["post"])
    def vote(self, request, pk):
        own, said = self.own_seats(), self.checked(VoteSerializer)
        elector = one_of(own, said.get("seat"))
        services.cast_vote(elector, said["choice"], by=request.user, reason=said["reason"])
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=NewRemarkSerializer, summary="Comment for your seat")
    @action(detail=True, methods=["post"])
    def remark(self, request, pk):
        own, said = self.own_seats(), self.checked(NewRemarkSerializer)
        services.add_remark(one_of(own, said.get("seat")), said["text"], by=request.user)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, summary="Open a prepared ballot: its rule and its seats are frozen")
    @action(detail=True, methods=["post"])
    def open(self, request, pk):
        return self.answer(services.open_ballot)

    @extend_schema(request=None, summary="Close a ballot in which everybody has voted, and count it")
    @action(detail=True, methods=["post"])
    def close(self, request, pk):
        return self.answer(services.close_ballot)

    @extend_schema(request=None, summary="Cancel a ballot")
    @action(detail=True, methods=["post"])
    def cancel(self, request, pk):
        return self.answer(services.cancel_ballot)

    @extend_schema(request=None, summary="Remind the seats that have not voted")
    @action(detail=True, methods=["post"])
    def remind(self, request, pk):
        return self.answer(services.remind_ballot)


def register(router):
    router.register("ballots", BallotViewSet, "ballot")
