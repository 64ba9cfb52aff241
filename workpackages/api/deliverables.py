"""Deliverables in the API: read by the Steering Group and their leads, reported on, handed in and answered by the verbs of the pages."""

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from efc.files import ALLOWED, serve
from efc.openapi import example
from efc.permissions import require
from efc.rest import ActsViewSet
from efc.rest_defaults import Parser
from workpackages.models import SENTENCE, Comment, Deliverable, DeliverableFile, Outlook, Update
from workpackages.services import deliverables as services

STATES = [*Outlook.choices, ("delivered", _("Delivered"))]
LARGEST = 2**63 - 1
REPORTS = "workpackages.update_deliverable"
EXAMPLE = {
    "id": 12, "programme": "2026", "work_package": 4, "code": "D4.1", "number": 1, "title": "Training book", "description": "",
    "owner": "example-bank", "dissemination": "PU", "baseline_month": 4, "baseline_on": "2026-04-30", "due_month": 5,
    "due_on": "2026-05-31", "status": "draft", "state": "on_track", "outlook": "on_track", "delivered_on": None,
    "accepted_on": None, "rejected_because": "", "is_public_result": False, "latest_update": 88,
    "note": "The first draft goes round on Monday.", "noted_at": "2026-03-12T10:15:00+01:00", "asks_for": None,
    "updated_at": "2026-03-12T10:15:00+01:00", "url": "https://portal.example/workspace/programmes/2026/wp/4/deliverables/1/",
}  # fmt: skip


class DeliverableFilter(filters.FilterSet):
    programme = filters.CharFilter("work_package__programme__slug", label=_("Address of the programme"))
    work_package = filters.NumberFilter(
        "work_package__number", label=_("Number of the work package"), min_value=0, max_value=32767
    )
    state = filters.ChoiceFilter(
        choices=STATES, method="in_state", label=_("How it stands today, the dates winning over the word of the lead")
    )
    due_from = filters.DateFilter("due_on", lookup_expr="gte", label=_("Due on this day or later"))
    due_to = filters.DateFilter("due_on", lookup_expr="lte", label=_("Due on this day or earlier"))
    q = filters.CharFilter("title", lookup_expr="icontains", label=_("Words in the title"), max_length=100)

    class Meta:
        model = Deliverable
        fields = ["status", "dissemination"]

    def in_state(self, rows, name, state):
        return rows.in_state(state)


@extend_schema_serializer(examples=[example(EXAMPLE)])
class DeliverableSerializer(serializers.ModelSerializer):
    programme = serializers.CharField(source="work_package.programme.slug")
    work_package = serializers.IntegerField(source="work_package.number", help_text=_("Its number in the programme."))
    code = serializers.CharField()
    owner = serializers.SlugRelatedField("slug", read_only=True, allow_null=True)
    baseline_on = serializers.DateField(help_text=_("The last day of the month that was promised; it never changes."))
    due_month = serializers.IntegerField(allow_null=True)
    state = serializers.SerializerMethodField(help_text=_("How it stands today: late once its day has passed."))
    latest_update = serializers.IntegerField(
        allow_null=True, help_text=_("The id of the latest update; send it as “seen” when you report.")
    )
    note = serializers.CharField(allow_null=True, help_text=_("The latest sentence of the lead."))
    noted_at = serializers.DateTimeField(allow_null=True)
    asks_for = serializers.DateField(allow_null=True, help_text=_("The later day that was asked for, while it waits."))
    url = serializers.SerializerMethodField()

    class Meta:
        model = Deliverable
        fields = list(EXAMPLE)

    @extend_schema_field(serializers.ChoiceField(STATES))
    def get_state(self, deliverable):
        return str(deliverable.state())

    def get_url(self, deliverable) -> str:
        return settings.SITE_URL + deliverable.get_absolute_url()


@extend_schema_serializer(
    examples=[
        example(
            {
                "id": 88, "kind": "report", "outlook": "on_track", "sentence": "The first draft goes round on Monday.",
                "written_at": "2026-03-12T10:15:00+01:00", "written_by": "Lead of work package 4",
            }
        )
    ]
)  # fmt: skip
class UpdateSerializer(serializers.ModelSerializer):
    written_by = serializers.StringRelatedField(read_only=True, allow_null=True)

    class Meta:
        model = Update
        fields = ["id", "kind", "outlook", "sentence", "written_at", "written_by"]


@extend_schema_serializer(
    examples=[
        example(
            {
                "id": 5, "text": "The annex is missing.", "written_at": "2026-03-12T10:15:00+01:00",
                "written_by": "Steering Group member",
            }
        )
    ]
)  # fmt: skip
class CommentSerializer(serializers.ModelSerializer):
    written_by = serializers.StringRelatedField(read_only=True, allow_null=True)

    class Meta:
        model = Comment
        fields = ["id", "text", "written_at", "written_by"]
        read_only_fields = ["written_at"]


@extend_schema_serializer(
    examples=[
        example(
            {
                "version": 2, "name": "training-book.pdf", "access": "team", "media_type": "application/pdf",
                "size_bytes": 180224, "sha256": "9f86d0…", "uploaded_at": "2026-03-12T10:15:00+01:00",
            }
        )
    ]
)  # fmt: skip
class FileSerializer(serializers.ModelSerializer):
    class Meta:
        model = DeliverableFile
        fields = ["version", "name", "access", "media_type", "size_bytes", "sha256", "uploaded_at"]


# ── what the verbs take ──────────────────────────────────────────────────


@extend_schema_serializer(examples=[example({"seen": 88})])
class LatestSeenSerializer(serializers.Serializer):
    """Two leads at once: who writes second must have read what the first one wrote."""

    seen = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=LARGEST,
        help_text=_("The id of the latest update that you have read (“latest_update”); 409 when there is a later one."),
    )  # fmt: skip


@extend_schema_serializer(
    examples=[
        example(
            {
                "outlook": "at_risk", "sentence": "The national police has not answered yet.", "seen": 88,
                "cause": "The contribution of the national police comes in May.", "proposed_on": "2026-06-30",
            }
        )
    ]
)  # fmt: skip
class ReportSerializer(LatestSeenSerializer):
    outlook = serializers.ChoiceField(Outlook.choices)
    sentence = serializers.CharField(max_length=SENTENCE, required=False, default="", allow_blank=True)
    cause = serializers.CharField(max_length=600, required=False, default="", allow_blank=True)
    proposed_on = serializers.DateField(required=False, allow_null=True, default=None)

    def validate(self, said):
        """Refuse a cause without a day, which nobody would decide on."""
        if said["cause"].strip() and said["proposed_on"] is None:
            sentence = _("Propose a day, or leave the cause empty if no more time is needed.")
            raise serializers.ValidationError({"proposed_on": [sentence]})
        return said


class NewFileSerializer(serializers.Serializer):
    file = serializers.FileField(help_text=_("PDF, Word, Excel, PNG or JPEG; a new one is the next version."))
    access = serializers.ChoiceField(
        DeliverableFile.Access.choices, required=False, default=DeliverableFile.Access.TEAM
    )


@extend_schema_serializer(examples=[example({"sentence": "Handed in with the annex.", "seen": 88})])
class SubmitSerializer(LatestSeenSerializer, NewFileSerializer):
    file = serializers.FileField(required=False, allow_null=True, default=None)
    sentence = serializers.CharField(max_length=SENTENCE, required=False, default="", allow_blank=True)
    delivered_on = serializers.DateField(required=False, allow_null=True, default=None)


@extend_schema_serializer(examples=[example({"accepted_on": "2026-05-20"})])
class AcceptSerializer(serializers.Serializer):
    accepted_on = serializers.DateField(required=False, allow_null=True, default=None)


@extend_schema_serializer(examples=[example({"reason": "The annex is missing."})])
class RejectSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


class DeliverableViewSet(ActsViewSet):
    """Deliverables: all of them for the Steering Group and the Secretariat, else those of one's own work packages."""

    queryset = Deliverable.objects.select_related("work_package__programme", "owner").order_by(
        "work_package__programme__slug", "work_package__number", "number"
    )
    serializer_class = DeliverableSerializer
    filterset_class = DeliverableFilter
    ordering_fields = ["due_on", "delivered_on", "updated_at"]
    needs = dict.fromkeys(["report", "no_change", "files"], REPORTS)

    def get_queryset(self):
        latest = Update.objects.filter(deliverable=OuterRef("pk")).order_by("-written_at", "-pk")
        return super().get_queryset().with_latest_update().annotate(latest_update=Subquery(latest.values("pk")[:1]))

    def listed(self, rows, serializer):
        """Answer with rows below the deliverable, page by page."""
        return self.get_paginated_response(serializer(self.paginate_queryset(rows), many=True).data)

    @extend_schema(responses=UpdateSerializer(many=True), summary="What its leads have said, the latest first")
    @action(detail=True, methods=["get"], filter_backends=[])
    def updates(self, request, pk):
        return self.listed(self.get_object().updates.select_related("written_by"), UpdateSerializer)

    @extend_schema(
        request=ReportSerializer, summary="Say how it stands; with a cause and a later day, ask for more time"
    )
    @action(detail=True, methods=["post"])
    def report(self, request, pk):
        return self.answer(services.report_deliverable, ReportSerializer)

    @extend_schema(request=LatestSeenSerializer, summary="Say that nothing has changed")
    @action(detail=True, methods=["post"])
    def no_change(self, request, pk):
        return self.answer(services.confirm_deliverable, LatestSeenSerializer)

    @extend_schema(
        request={"multipart/form-data": SubmitSerializer, "application/json": SubmitSerializer},
        summary="Hand it in, with its file",
    )
    @action(detail=True, methods=["post"], parser_classes=[Parser, MultiPartParser])
    @transaction.atomic
    def submit(self, request, pk):
        deliverable, said = self.acted_on(), self.checked(SubmitSerializer)
        upload, access = said.pop("file"), said.pop("access")
        if upload:
            services.add_file(deliverable, upload, by=request.user, access=access)
        services.submit_deliverable(deliverable, by=request.user, **said)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=AcceptSerializer, summary="Record that the Commission accepted it")
    @action(detail=True, methods=["post"])
    def accept(self, request, pk):
        return self.answer(services.accept_deliverable, AcceptSerializer)

    @extend_schema(request=RejectSerializer, summary="Record that the Commission rejected it, and why")
    @action(detail=True, methods=["post"])
    def reject(self, request, pk):
        return self.answer(services.reject_deliverable, RejectSerializer)

    @extend_schema(request=None, summary="Open it again, so that its leads can hand it in once more")
    @action(detail=True, methods=["post"])
    def reopen(self, request, pk):
        return self.answer(services.reopen_deliverable)

    @extend_schema(responses=CommentSerializer(many=True), summary="The comments on it")
    @action(detail=True, methods=["get"], filter_backends=[])
    def comments(self, request, pk):
        return self.listed(self.get_object().comments.select_related("written_by"), CommentSerializer)

    @extend_schema(request=CommentSerializer, responses={201: CommentSerializer}, summary="Comment on it")
    @comments.mapping.post
    def comment(self, request, pk):
        deliverable = self.get_object()
        comment = services.add_comment(deliverable, self.checked(CommentSerializer)["text"], by=request.user)
        return Response(CommentSerializer(comment).data, status.HTTP_201_CREATED)

    @extend_schema(responses=FileSerializer(many=True), summary="Its files, the latest version first")
    @action(detail=True, methods=["get"], filter_backends=[], parser_classes=[MultiPartParser])
    def files(self, request, pk):
        return self.listed(self.get_object().files.visible_to(request.user), FileSerializer)

    @extend_schema(
        request={"multipart/form-data": NewFileSerializer}, responses={201: FileSerializer}, summary="Add the next version of its file"
    )  # fmt: skip
    @files.mapping.post
    def add_file(self, request, pk):
        deliverable = self.get_object()
        require(request.user, REPORTS, deliverable)
        said = self.checked(NewFileSerializer)
        row = services.add_file(deliverable, said["file"], by=request.user, access=said["access"])
        return Response(FileSerializer(row).data, status.HTTP_201_CREATED)

    @extend_schema(
        responses={(200, media_type): OpenApiTypes.BINARY for media_type in sorted(set(ALLOWED.values()))},
        summary="Download one version of its file",
    )
    @action(detail=True, methods=["get"], url_path="files/(?P<version>[1-9][0-9]{0,3})", filter_backends=[])
    def file(self, request, pk, version):
        row = get_object_or_404(DeliverableFile.objects.visible_to(request.user), deliverable=pk, version=version)
        return serve(row.file, row.name, media_type=row.media_type)


def register(router):
    router.register("deliverables", DeliverableViewSet, "deliverable")
