"""The shelf: every document and every file of a deliverable that a person may read, in one list, the newest first."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.search import SearchQuery
from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from efc.models.search import SEARCH_CONFIG
from workpackages.models import DeliverableFile, Document, DocumentVersion

DOCUMENT, DELIVERABLE = "document", "deliverable"


@dataclass
class Line:
    """A document, or a file of a deliverable, as a list shows it."""

    title: str
    url: str
    download: str
    kind: str
    access: str
    package: object
    file: object
    at: datetime
    about: str = ""


def shelf(user, *, programme="", package="", kind="", words="", shared=False):
    """Return what a person may read as rows of (of, key, at), the newest first; `lines` furnishes them.

    `programme` is a slug, `package` the path of a work package (`2026/training`), `kind` a kind of document or "deliverable";
    `shared` leaves out what is for the team alone. What was withdrawn is left out. Costs: one query for a page of it, beside those of permissions.
    """
    documents = Document.objects.visible_to(user).current()
    later = DeliverableFile.objects.visible_to(user).filter(
        deliverable=OuterRef("deliverable"), version__gt=OuterRef("version")
    )
    files = DeliverableFile.objects.visible_to(user).filter(~Exists(later))
    if shared:
        documents, files = documents.exclude(access=Document.Access.TEAM), files.exclude(access=Document.Access.TEAM)
    if programme:
        documents = documents.filter(work_package__programme__slug=programme)
        files = files.filter(deliverable__work_package__programme__slug=programme)
    if package:
        slug, _slash, own = package.partition("/")
        documents = documents.filter(work_package__programme__slug=slug, work_package__slug=own)
        files = files.filter(deliverable__work_package__programme__slug=slug, deliverable__work_package__slug=own)
    if words:
        query = SearchQuery(words, config=SEARCH_CONFIG, search_type="websearch")
        named = Q(title__unaccent__icontains=words) | Q(about__unaccent__icontains=words)
        documents = documents.filter(Q(search_vector=query) | named)
        files = files.filter(Q(deliverable__title__unaccent__icontains=words) | Q(name__unaccent__icontains=words))
    if kind == DELIVERABLE:
        documents = documents.none()
    elif kind:
        documents, files = documents.filter(kind=kind), files.none()
    parts = [
        rows.order_by().values(of=Value(of, CharField()), key=F("pk"), at=F(at))
        for of, rows, at in ((DOCUMENT, documents, "changed_at"), (DELIVERABLE, files, "uploaded_at"))
    ]
    return parts[0].union(parts[1], all=True).order_by("-at", "-key")


def lines(rows):
    """Return the rows of `shelf` as [Line]. Costs: 3 queries."""
    rows = list(rows)
    wanted = {of: [row["key"] for row in rows if row["of"] == of] for of in (DOCUMENT, DELIVERABLE)}
    found = {
        (DOCUMENT, one.pk): _of_document(one) for one in Document.objects.filter(pk__in=wanted[DOCUMENT]).for_lists()
    }
    files = DeliverableFile.objects.filter(pk__in=wanted[DELIVERABLE])
    files = files.select_related("deliverable__work_package__programme").defer(
        "deliverable__description", "deliverable__work_package__description", "deliverable__work_package__search_vector"
    )
    found |= {(DELIVERABLE, one.pk): _of_file(one) for one in files}
    return [found[row["of"], row["key"]] for row in rows if (row["of"], row["key"]) in found]


def _of_document(one):
    return Line(
        title=one.title,
        url=one.get_absolute_url(),
        download=reverse("workspace_work:document_file", args=[one.pk, one.latest.version]),
        kind=one.get_kind_display(),
        access=one.get_access_display(),
        package=one.work_package,
        file=one.latest,
        at=one.changed_at,
        about=one.about,
    )


def _of_file(one):
    deliverable, package = one.deliverable, one.deliverable.work_package
    where = [package.programme.slug, package.number, deliverable.number, one.version]
    address = reverse("workspace_work:file", args=where)
    return Line(
        title=str(deliverable),
        url=address,
        download=address,
        kind=_("Deliverable"),
        access=one.get_access_display(),
        package=package,
        file=one,
        at=one.uploaded_at,
    )


def versions_of(document, user):
    """Return the versions that a person may open: all for who keeps the work package or reads with its team, else the latest one."""
    rows = DocumentVersion.objects.filter(document=document).select_related("uploaded_by")
    reads_all = user.is_authenticated and user.has_perm("workpackages.view_document", document)
    return rows if reads_all else rows[:1]
