"""The verbs of pages, news and publications: one implementation on their common MOVES table."""

import re

from django.core.files import File
from django.db import transaction

from efc import audit, files
from efc.permissions import require
from publications.models import Rendition


@transaction.atomic
def submit_content(item, *, by):
    """Ask for approval. Raises: PermissionDenied, WrongStatus."""
    return item.move("submit", by=by)


@transaction.atomic
def revise_content(item, *, by):
    """Take it back to a draft. Raises: PermissionDenied, WrongStatus."""
    return item.move("revise", by=by)


@transaction.atomic
def approve_content(item, *, by):
    """Approve it; it is public from `publish_at`, at once where that is empty.

    Raises: PermissionDenied, WrongStatus, ValidationError while a wording is open.
    """
    item.require_wordings()
    return item.move("approve", by=by, note=", ".join(item.wordings_kept))


@transaction.atomic
def withdraw_content(item, *, by):
    """Take it off the site. Raises: PermissionDenied, WrongStatus."""
    return item.move("withdraw", by=by)


VERBS = {
    "submit": submit_content,
    "approve": approve_content,
    "withdraw": withdraw_content,
    "revise": revise_content,
}


@transaction.atomic
def add_rendition(publication, upload, *, by, language="en", title="", is_accessible=False, order=0):
    """Check a file, store it under a stable name and measure it.

    Writes: one Rendition, its file, one audit entry. Returns: the rendition.
    Raises: PermissionDenied, ValidationError for a file that is not what it says.
    """
    require(by, "publications.add_rendition", publication)
    rendition = Rendition(
        publication=publication, language=language, title=title, is_accessible=is_accessible, order=order
    )
    receive_file(rendition, upload.name, *files.check_upload(upload))
    rendition.save()
    audit.record("publications.publication.add_file", publication, by, name=rendition.name, sha256=rendition.sha256)
    return rendition


def receive_file(rendition, filename, media_type, checked):
    """Take a file that `files.check_upload` has passed: format, size, SHA-256, and a name that stays once given."""
    rendition.media_type = media_type
    rendition.file = File(checked, name=filename)
    rendition.name = rendition.name or free_name(rendition, filename)
    rendition.measure()


def free_name(rendition, filename):
    """Return a name for the address that no other file of the publication has: `slug-en.pdf`, then `slug-en-2.pdf`."""
    extension = filename.rsplit(".", 1)[-1].lower()
    stem = re.sub(r"[^a-z0-9-]", "", f"{rendition.publication.slug}-{rendition.language}")[:90]
    taken = set(rendition.publication.renditions.exclude(pk=rendition.pk).values_list("name", flat=True))
    name, number = f"{stem}.{extension}", 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}.{extension}"
    return name
