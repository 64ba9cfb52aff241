"""Documents in the API: read and downloaded by who may read them, kept by the leads of their work package."""

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.reverse import reverse

from efc import files
from efc.openapi import example
from efc.permissions import require
from efc.rest import ActsViewSet
from efc.rest_defaults import Parser
from workpackages.models import Document, DocumentVersion, WorkPackage
from workpackages.services import documents as services
from workpackages.services import shelf

CHANGES = "workpackages.change_document"
VERSION = {
    "version": 2, "name": "minutes-of-march.pdf", "note": "With the comments.", "media_type": "application/pdf", "size_bytes": 180224,
    "sha256": "9f86d0…", "uploaded_at": "2026-03-12T10:15:00+01:00",
}  # fmt: skip
EXAMPLE = {
    "id": 7, "programme": "2026", "work_package": 4, "title": "Minutes of March", "kind": "minutes", "about": "The third meeting.",
    "access": "members", "status": "current", "withdrawn_because": "", "added_at": "2026-03-10T09:00:00+01:00",
    "changed_at": "2026-03-12T10:15:00+01:00", "latest": VERSION, "file": "https://portal.example/api/v1/documents/7/file/",
    "url": "https://portal.example/workspace/documents/7/",
}  # fmt: skip


class DocumentFilter(filters.FilterSet):
    programme = filters.CharFilter("work_package__programme__slug", label=_("Address of the programme"))
    work_package = filters.NumberFilter(
        "work_package__number", label=_("Number of the work package"), min_value=0, max_value=32767
    )
    q = filters.CharFilter("title", lookup_expr="icontains", label=_("Words in the title"), max_length=100)

    class Meta:
        model = Document
        fields = ["kind", "access", "status"]


@extend_schema_serializer(examples=[example(VERSION)])
class VersionSerializer(serializers.ModelSerializer):
    class Meta:
        model = DocumentVersion
        fields = list(VERSION)


@extend_schema_serializer(examples=[example(EXAMPLE)])
class DocumentSerializer(serializers.ModelSerializer):
    programme = serializers.CharField(source="work_package.programme.slug")
    work_package = serializers.IntegerField(source="work_package.number", help_text=_("Its number in the programme."))
    latest = VersionSerializer(help_text=_("Its latest version."))
    file = serializers.SerializerMethodField(help_text=_("Where the latest version is downloaded, with your token."))
    url = serializers.SerializerMethodField()

    class Meta:
        model = Document
        fields = list(EXAMPLE)

    def get_file(self, document) -> str:
        return settings.SITE_URL + reverse("document-file", args=[document.pk])

    def get_url(self, document) -> str:
        return settings.SITE_URL + document.get_absolute_url()


# ── what the verbs take ──────────────────────────────────────────────────


@extend_schema_serializer(examples=[example({"access": "members"})])
class ChangeDocumentSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=200, required=False)
    kind = serializers.ChoiceField(Document.Kind.choices, required=False)
    access = serializers.ChoiceField(Document.Access.choices, required=False)
    about = serializers.CharField(max_length=300, allow_blank=True, required=False)


class NewDocumentSerializer(ChangeDocumentSerializer):
    package = serializers.PrimaryKeyRelatedField(
        queryset=WorkPackage.objects.select_related("programme"), help_text=_("The id of the work package.")
    )
    title = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(Document.Kind.choices)
    file = serializers.FileField(help_text=_("PDF, Word, Excel, PNG or JPEG."))


class UploadSerializer(serializers.Serializer):
    file = serializers.FileField(help_text=_("PDF, Word, Excel, PNG or JPEG."))
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


@extend_schema_serializer(examples=[example({"reason": "A figure was wrong."})])
class WithdrawSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


BINARY = {(200, media_type): OpenApiTypes.BINARY for media_type in sorted(set(files.ALLOWED.values()))}


class DocumentViewSet(ActsViewSet):
    """The documents that you may read: public ones, those shared with members, and all of your work packages."""

    queryset = Document.objects.for_lists()
    serializer_class = DocumentSerializer
    filterset_class = DocumentFilter
    ordering_fields = ["changed_at", "title"]
    needs = {"change": CHANGES}
    parser_classes = [Parser, MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": NewDocumentSerializer}, responses={201: DocumentSerializer}, summary="Add a document with its first file",
    )  # fmt: skip
    def create(self, request):
        said = self.checked(NewDocumentSerializer)
        document = services.add_document(said.pop("package"), by=request.user, **said)
        row = self.get_queryset().get(pk=document.pk)
        return Response(self.get_serializer(row).data, status.HTTP_201_CREATED)

    @extend_schema(request=ChangeDocumentSerializer, summary="Change what it is called and who may read it")
    @action(detail=True, methods=["post"], parser_classes=[Parser])
    def change(self, request, pk):
        return self.answer(services.change_document, ChangeDocumentSerializer)

    @extend_schema(request=WithdrawSerializer, summary="Withdraw it, with the reason")
    @action(detail=True, methods=["post"], parser_classes=[Parser])
    def withdraw(self, request, pk):
        return self.answer(services.withdraw_document, WithdrawSerializer)

    @extend_schema(request=None, summary="Put it back in use")
    @action(detail=True, methods=["post"], parser_classes=[Parser])
    def restore(self, request, pk):
        return self.answer(services.restore_document)

    @extend_schema(responses=BINARY, summary="Download its latest version")
    @action(detail=True, methods=["get"], filter_backends=[])
    def file(self, request, pk):
        return self.served(self.get_object().latest)

    @extend_schema(
        responses=VersionSerializer(many=True),
        summary="Its versions, the latest first; others than its team see the latest one",
    )
    @action(detail=True, methods=["get"], filter_backends=[])
    def versions(self, request, pk):
        rows = shelf.versions_of(self.get_object(), request.user)
        return self.get_paginated_response(VersionSerializer(self.paginate_queryset(rows), many=True).data)

    @extend_schema(
        request={"multipart/form-data": UploadSerializer},
        responses={201: VersionSerializer},
        summary="Add its next version",
    )
    @versions.mapping.post
    def add_version(self, request, pk):
        document = self.get_object()
        require(request.user, CHANGES, document)
        row = services.add_version(document, by=request.user, **self.checked(UploadSerializer))
        return Response(VersionSerializer(row).data, status.HTTP_201_CREATED)

    @extend_schema(responses=BINARY, summary="Download one version")
    @action(detail=True, methods=["get"], url_path="versions/(?P<version>[1-9][0-9]{0,3})", filter_backends=[])
    def version(self, request, pk, version):
        rows = shelf.versions_of(self.get_object(), request.user)
        return self.served(next((row for row in rows if row.version == int(version)), None))

    @staticmethod
    def served(row):
        if row is None:
            raise Http404
        return files.serve(row.file, row.name, media_type=row.media_type)


def register(router):
    router.register("documents", DocumentViewSet, "document")
