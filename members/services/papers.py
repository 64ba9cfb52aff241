"""The papers of an applicant: PDFs over the signed link, after the address is proven, while writing or when asked."""

import hashlib
import os
import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from efc import audit, rates
from efc.files import check_upload
from members.models import Application, Paper
from members.services.drafts import drop, keep_longer, locked

PAPERS = 5
PAPERS_WHEN_ASKED = 10
UPLOADS = [(40, 3600)]
Status = Application.Status


def may_add_papers(application):
    return application.email_proven_at is not None and application.status in (
        Status.DRAFT,
        Status.INFORMATION_REQUESTED,
    )


@audit.acting("applicant")
@transaction.atomic
def add_paper(application, upload):
    """Take in a PDF of the applicant, while writing or when asked. Returns: the paper; the one that is there when it came before.

    Files: one, under an unguessable path. Raises: WrongStatus, ValidationError with what to do.
    """
    row = locked(application, Status.DRAFT, Status.INFORMATION_REQUESTED, verb="add_paper", proven=True)
    most = PAPERS if row.status == Status.DRAFT else PAPERS_WHEN_ASKED
    if not upload.name.lower().endswith(".pdf"):
        raise ValidationError(_("Choose a PDF. Other kinds of files can be saved or printed as PDF."))
    if not rates.allow("members.apply.papers", row.pk, UPLOADS):
        raise ValidationError(_("Many files came in the last hour. Wait an hour, then add this one."))
    _media_type, file = check_upload(upload)
    file.seek(0)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    if there := row.papers.filter(sha256=sha256).first():
        return there
    if row.papers.count() >= most:
        raise ValidationError(
            _("You have added %(most)s papers. Remove one first, or put several into one PDF.") % {"most": most}
        )
    name = _plain_name(upload.name)
    paper = Paper(application=row, name=name, size_bytes=upload.size, sha256=sha256)
    paper.file.save("paper.pdf", file, save=False)
    paper.save()
    if row.status == Status.DRAFT:
        keep_longer(row)
        row.save(update_fields=["expires_at", "first_warning_at", "second_warning_at", "updated_at"])
    else:  # the audit log never forgets, so it holds nothing of a draft
        audit.record("members.paper.add", paper, application=row.pk)
    return paper


def _plain_name(name):
    """Return the file's name without signs that cannot be seen, at most 150 long."""
    stem, _dot, _pdf = os.path.basename(name).rpartition(".")
    stem = " ".join(re.sub(r"[^\w .,()&+-]", " ", stem).split())
    return f"{stem[:146] or 'paper'}.pdf"


@transaction.atomic
def remove_paper(paper):
    """Take a paper out of a draft. Raises: WrongStatus when the application was sent."""
    locked(paper.application, Status.DRAFT, verb="remove_paper")
    drop(paper)
