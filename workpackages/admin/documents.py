"""Documents at the desk: what each work package shares with whom, version by version."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from efc.acts import Act
from efc.adminsite import MoveAdmin
from workpackages.admin.deliverables import ReadOnlyInline
from workpackages.forms.documents import DeskVersionForm, DeskWithdrawForm, NewDocumentForm
from workpackages.models import Document, DocumentVersion
from workpackages.services import documents

CHANGE = "workpackages.change_document"


def add_document(*, package, by, **fields):
    return documents.add_document(package, by=by, **fields)


def _in_use(document):
    return document.status == Document.Status.CURRENT


class VersionInline(ReadOnlyInline):
    model = DocumentVersion
    fields = ["version", "kept_file", "note", "size_bytes", "uploaded_at", "uploaded_by", "sha256"]

    @admin.display(description=_("file"))
    def kept_file(self, row):
        address = reverse("workspace_work:document_file", args=[row.document_id, row.version])
        return format_html('<a href="{}">{}</a>', address, row.name)


@admin.register(Document)
class DocumentAdmin(MoveAdmin):
    verbs = {"restore": documents.restore_document}
    new = Act(_("Add a document"), NewDocumentForm, add_document, "workpackages.add_document",
              note=_("What is public stands on the page of the work package at once."))  # fmt: skip
    acts = {
        "version": Act(_("Add a version"), DeskVersionForm, documents.add_version, CHANGE, _in_use, after=lambda row: row.document),
        "withdraw": Act(_("Withdraw"), DeskWithdrawForm, documents.withdraw_document, CHANGE, _in_use),
    }  # fmt: skip
    inlines = [VersionInline]
    list_display = ["title", "work_package", "kind", "access", "status", "changed_at"]
    list_filter = ["access", "kind", "status", "work_package__programme"]
    list_select_related = ["work_package"]
    search_fields = ["title", "about"]
    date_hierarchy = "changed_at"
    fields = [
        "work_package",
        "title",
        "kind",
        "about",
        "access",
        "status",
        "withdrawn_because",
        "added_by",
        "added_at",
        "changed_at",
    ]
    readonly_fields = ["work_package", "status", "withdrawn_because", "added_by", "added_at", "changed_at"]
