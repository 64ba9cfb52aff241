"""Publications on the site, and their files under stable names."""

import hashlib
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pypdf import PdfWriter

from publications.models import Publication
from publications.services import add_rendition
from tests.factories import OrganisationFactory, PublicationFactory, RenditionFactory, UserFactory


@pytest.fixture
def pdf(tmp_path):
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(tmp_path / "page.pdf")
    return (tmp_path / "page.pdf").read_bytes()


def upload(content, name="Report final (2).pdf"):
    return SimpleUploadedFile(name, content)


def test_a_publication_shows_its_files_with_their_facts(client, secretariat, pdf):
    cepol = OrganisationFactory(name="CEPOL", slug="cepol")
    applicant = OrganisationFactory(name="Applicant", is_public=False)
    publication = PublicationFactory(
        title="Assessment", subtitle="Edition 2015", slug="assessment-2015", contributors=[cepol, applicant],
        body="## Key findings\n\n- One", summary="Two sentences.",
    )  # fmt: skip
    file = add_rendition(publication, upload(pdf), by=secretariat, is_accessible=True)
    publication.move("approve", by=None)

    text = client.get("/en/publications/assessment-2015/").content.decode()

    assert file.name == "assessment-2015-en.pdf"
    assert 'href="/en/publications/assessment-2015/assessment-2015-en.pdf"' in text
    assert f"PDF, {len(pdf)} bytes, English".replace(" bytes", "\xa0bytes") in text
    assert hashlib.sha256(pdf).hexdigest() in text
    assert "Accessible: tagged for screen readers." in text
    assert "<h2>Key findings</h2>" in text
    assert "(2015). <cite>Assessment: Edition 2015</cite>." in text
    assert 'href="/en/members/cepol/"' in text
    assert "Applicant" not in text
    assert '"@type": "Report"' in text
    assert 'href="/en/publications/assessment-2015/"' in client.get("/en/publications/").content.decode()


def test_a_public_file_is_served_as_it_is(client, secretariat, pdf):
    publication = PublicationFactory(slug="guide", published=True)
    add_rendition(publication, upload(pdf), by=secretariat)

    answer = client.get("/en/publications/guide/guide-en.pdf")

    assert b"".join(answer.streaming_content) == pdf
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"


def hide(status=None, **fields):
    publication = PublicationFactory(title="Canary", slug="canary", published=status == "embargo", **fields)
    if status and status != "embargo":
        Publication.objects.filter(pk=publication.pk).update(status=status)
    RenditionFactory(publication=publication, name="canary-en.pdf")


@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn", "embargo"])
def test_what_is_not_public_gives_no_page_and_no_file(client, db, status):
    hide(status, **({"publish_at": timezone.now() + timedelta(hours=1)} if status == "embargo" else {}))
    PublicationFactory(title="Public", published=True)

    assert client.get("/en/publications/canary/").status_code == 404
    assert client.get("/en/publications/canary/canary-en.pdf").status_code == 404
    listed = client.get("/en/publications/").content.decode()
    assert "Public" in listed
    assert "Canary" not in listed
    assert "Canary" not in client.get("/api/v1/publications/").content.decode()


def test_an_editor_reads_the_file_of_a_draft_and_nothing_keeps_it(secretariat_client, db):
    hide()

    answer = secretariat_client.get("/en/publications/canary/canary-en.pdf")

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"


def test_a_file_keeps_its_name_and_another_gets_the_next(secretariat, pdf):
    publication = PublicationFactory(slug="guide")

    names = [add_rendition(publication, upload(pdf), by=secretariat, language=code).name for code in ("en", "fr", "en")]

    assert names == ["guide-en.pdf", "guide-fr.pdf", "guide-en-2.pdf"]


def test_only_the_secretariat_adds_files_and_only_real_ones(secretariat, representative, pdf):
    publication = PublicationFactory()

    with pytest.raises(PermissionDenied):
        add_rendition(publication, upload(pdf), by=representative)
    with pytest.raises(ValidationError, match="save it again as PDF"):
        add_rendition(publication, upload(b"<html>"), by=secretariat)
    assert publication.renditions.count() == 0


def test_a_file_of_another_publication_is_not_found(client, db):
    RenditionFactory(publication=PublicationFactory(slug="one", published=True), name="one-en.pdf")
    PublicationFactory(slug="two", published=True)

    assert client.get("/en/publications/two/one-en.pdf").status_code == 404
    assert client.get("/en/publications/two/..%2Fone-en.pdf").status_code == 404


@pytest.mark.parametrize("count", [10, 500])
def test_the_pages_cost_the_same_for_ten_and_five_hundred(client, db, count, django_assert_num_queries):
    Publication.objects.bulk_create(
        PublicationFactory.build_batch(count, status="approved", dated_on=date(2015, 2, 24))
    )
    publication = Publication.objects.first()
    for _file in range(count // 10):
        RenditionFactory(publication=publication)

    with django_assert_num_queries(5):
        client.get("/en/publications/")
    with django_assert_num_queries(5):
        client.get(publication.get_absolute_url())


@pytest.mark.django_db
@pytest.mark.parametrize("more", [[], ["change_rendition"], ["change_publication", "add_rendition"]])
def test_who_does_not_keep_files_at_the_desk_sees_the_file_as_a_link(client, more):
    rendition = RenditionFactory(publication__published=True)
    reader = UserFactory(is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__in=["view_publication", "view_rendition", *more]))
    client.force_login(reader, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = client.get(f"/admin/publications/publication/{rendition.publication_id}/change/")

    assert rendition.get_absolute_url() in answer.content.decode()
