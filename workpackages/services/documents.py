"""Documents of a work package: its leads share them with the team, with all members or with everybody, in versions."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from efc import audit
from efc.files import take_in
from efc.permissions import require
from efc.workflow import WrongStatus
from workpackages.models import DeliverableFile, Document, DocumentVersion

FIELDS = ("title", "kind", "access", "about")


@transaction.atomic
def add_document(package, *, by, file, title, kind, access=Document.Access.TEAM, about=""):
    """Take in a document with its first file. What is public stands on the page of the work package at once.

    Writes: the document, its first version, an audit entry. Files: the upload, checked and under a private path.
    Returns: the document. Raises: PermissionDenied, ValidationError.
    """
    require(by, "workpackages.change_workpackage", package)
    stored = take_in(file)
    document = Document.objects.create(
        work_package=package, title=title.strip(), kind=kind, access=access, about=about.strip(), added_by=by,
        changed_at=timezone.now(),
    )  # fmt: skip
    row = DocumentVersion.objects.create(document=document, version=1, uploaded_by=by, **stored)
    audit.record("workpackages.document.add", document, by, access=str(access), sha256=row.sha256)
    return document


@transaction.atomic
def add_version(document, *, by, file, note=""):
    """Take in the next version; the earlier ones stay on record. Its address for readers stays the same.

    Writes: the version, an audit entry. Files: the upload. Returns: the version. Raises: PermissionDenied, ValidationError,
    WrongStatus when the document was withdrawn.
    """
    require(by, "workpackages.change_document", document)
    document = _current(document, "add_version")
    stored, latest = take_in(file), document.versions.first()
    if stored["sha256"] == latest.sha256:
        raise ValidationError(_("This is the same file as version %(n)s. Choose the new one.") % {"n": latest.version})
    number = latest.version + 1
    row = DocumentVersion.objects.create(document=document, version=number, note=note.strip(), uploaded_by=by, **stored)
    document.changed_at = row.uploaded_at
    document.save(update_fields=["changed_at"])
    audit.record("workpackages.document.add_version", document, by, version=number, sha256=row.sha256)
    return row


@transaction.atomic
def change_document(document, *, by, **fields):
    """Change what a document is called and who may read it, at once.

    Writes: the document, an audit entry with what changed. Returns: the document. Raises: PermissionDenied, WrongStatus when it was withdrawn.
    """
    require(by, "workpackages.change_document", document)
    document = _current(document, "change")
    changed = {
        name: str(getattr(document, name))
        for name in FIELDS
        if name in fields and getattr(document, name) != fields[name]
    }
    for name in changed:
        setattr(document, name, fields[name])
    if changed:
        document.save(update_fields=list(changed))
        said = {"before": changed["access"], "after": str(document.access)} if "access" in changed else {}
        audit.record("workpackages.document.change", document, by, fields=list(changed), **said)
    return document


@transaction.atomic
def withdraw_document(document, *, by, reason):
    """Take a document away from its readers, with the reason; its files stay for the work package. Writes: status and reason, an audit entry."""
    require(by, "workpackages.change_document", document)
    if not reason.strip():
        raise ValidationError(
            {"reason": _("Say in one sentence why it is withdrawn: those who have used it will ask.")}
        )
    return document.move("withdraw", by=by, withdrawn_at=timezone.now(), withdrawn_because=reason.strip())


@transaction.atomic
def restore_document(document, *, by):
    """Put a withdrawn document back in use, for the readers it had. Writes: status, an audit entry. Raises: PermissionDenied, WrongStatus."""
    return document.move("restore", by=by, withdrawn_at=None, withdrawn_because="")


@transaction.atomic
def share_file(file, *, by, access):
    """Change who may read a file of a deliverable; it opens to others while the deliverable is handed in.

    Writes: the file's access, an audit entry. Returns: the file. Raises: PermissionDenied.
    """
    require(by, "workpackages.update_deliverable", file.deliverable)
    file = (
        DeliverableFile.objects.select_for_update(of=("self",))
        .select_related("deliverable__work_package")
        .get(pk=file.pk)
    )
    before, file.access = file.access, access
    if before != access:
        file.save(update_fields=["access"])
        audit.record(
            "workpackages.deliverable.share",
            file.deliverable,
            by,
            version=file.version,
            before=str(before),
            after=str(access),
        )
    return file


def _current(document, verb):
    row = Document.objects.select_for_update(of=("self",)).select_related("work_package__programme").get(pk=document.pk)
    if row.status != Document.Status.CURRENT:
        raise WrongStatus(row, verb)
    return row
