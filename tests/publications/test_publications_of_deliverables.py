"""An accepted deliverable with a public file drafts its publication; an editor publishes it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from publications.models import Publication
from publications.services import approve_content, draft_publications
from tests import factories


def result(access="public", **fields):
    """Return the file of a deliverable that was accepted yesterday."""
    fields = {
        "title": "Training book", "status": "accepted", "delivered_on": date(2026, 1, 20), "is_public_result": True,
        "accepted_on": timezone.localdate() - timedelta(days=1), **fields,
    }  # fmt: skip
    package = factories.WorkPackageFactory(name="Training", slug="training", programme__slug="2026")
    deliverable = factories.DeliverableFactory(work_package=package, **fields)
    return factories.DeliverableFileFactory(deliverable=deliverable, access=access, sha256="1" * 64)


def test_an_accepted_deliverable_drafts_its_publication_once(db, secretariat, client):
    file = result(description="A book for **investigators**.")
    lead = factories.LeadFactory(work_package=file.deliverable.work_package, organisation__name="Trainers")

    assert draft_publications() == 1
    assert draft_publications() == 0

    publication = Publication.objects.get()
    assert (publication.status, publication.kind, publication.title, publication.summary, publication.dated_on) == (
        "draft", "report", "Training book", "A book for investigators.", date(2026, 1, 20),
    )  # fmt: skip
    assert list(publication.contributors.all()) == [lead.organisation]
    rendition = publication.renditions.get()
    assert (rendition.name, rendition.media_type, rendition.size_bytes) == (
        "training-book-en.pdf",
        "application/pdf",
        15,
    )
    assert rendition.file.read() == file.file.read()

    assert "Deliverable" in client.get("/en/work/results/").content.decode()
    approve_content(publication, by=secretariat)
    assert client.get("/en/publications/training-book/").status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"access": "members"},
        {"status": "submitted"},
        {"status": "rejected", "rejected_because": "A chapter is missing."},
        {"accepted_on": date(2015, 3, 1)},
    ],
)
def test_what_is_not_public_not_accepted_or_long_past_drafts_none(db, fields):
    result(**fields)
    assert draft_publications() == 0


def test_what_was_opened_again_is_not_published(db, secretariat):
    file = result()
    draft_publications()
    type(file.deliverable).objects.update(status="draft")
    with pytest.raises(ValidationError, match="was opened again and is not accepted now"):
        approve_content(Publication.objects.get(), by=secretariat)
