"""The Secretariat writes, checks and publishes in the desk."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfWriter

from efc import audit
from publications.models import NewsItem, Page, Publication
from tests.factories import EventFactory, NewsItemFactory, PageFactory, PublicationFactory

NEWS = "/admin/publications/newsitem/"


def fields_of(response):
    """Return what a browser would send for the form of this page, unchanged."""
    form = response.context["adminform"].form
    data = {}
    for bound in form:
        value = bound.value()
        if hasattr(value, "isoformat"):
            value = bound.field.widget.format_value(value)
        if value not in (None, False, "") and not bound.field.disabled:
            data[bound.html_name] = value
    for inline in response.context["inline_admin_formsets"]:
        prefix = inline.formset.prefix
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return data


def messages(response):
    return [str(message) for message in response.context["messages"]]


def test_a_news_item_is_written_checked_and_published(secretariat_client, secretariat):
    page = secretariat_client.get(f"{NEWS}add/")
    data = fields_of(page) | {
        "title_en": "Two courses", "slug": "two-courses", "dated_on": "2015-04-07", "body_en": "We met **hotlines**.", "kind": "news",
    }  # fmt: skip

    answer = secretariat_client.post(f"{NEWS}add/", data, follow=True)

    item = NewsItem.objects.get()
    assert answer.status_code == 200
    assert (item.title, item.status, item.created_by) == ("Two courses", "draft", secretariat)
    secretariat_client.post(f"{NEWS}{item.pk}/move/approve/")
    assert NewsItem.objects.published().get() == item


def test_an_open_wording_is_pointed_out_stands_in_the_way_and_can_be_answered(secretariat_client):
    item = NewsItemFactory(body="They spoke of indecent images.")
    address = f"{NEWS}{item.pk}/change/"

    warned = secretariat_client.post(address, fields_of(secretariat_client.get(address)), follow=True)
    assert "“indecent images”: write “child sexual abuse material”" in html.unescape("".join(messages(warned)))
    refused = secretariat_client.post(f"{NEWS}{item.pk}/move/approve/", follow=True)
    assert "indecent images" in "".join(messages(refused))
    assert NewsItem.objects.get().status == "draft"

    data = fields_of(secretariat_client.get(address)) | {"wordings_kept": ["indecent images"]}
    secretariat_client.post(address, data)
    secretariat_client.post(f"{NEWS}{item.pk}/move/approve/")

    assert NewsItem.objects.get().status == "approved"
    [entry] = audit.entries_about(item).filter(verb="publications.newsitem.keep_wordings")
    assert entry.data == {"wordings": ["indecent images"]}


def test_a_public_text_cannot_take_in_an_open_wording(secretariat_client):
    item = NewsItemFactory(published=True)
    address = f"{NEWS}{item.pk}/change/"
    data = fields_of(secretariat_client.get(address)) | {"body_en": "They spoke of indecent images."}

    refused = secretariat_client.post(address, data)
    assert "indecent images" in str(refused.context["adminform"].form.errors["wordings_kept"])
    assert NewsItem.objects.get().body == "What happened, in a paragraph."
    secretariat_client.post(address, data | {"wordings_kept": ["indecent images"]})

    assert NewsItem.objects.get().body == "They spoke of indecent images."


def test_the_address_of_what_was_public_stays(secretariat_client):
    item = NewsItemFactory(slug="first", published=True)
    item.move("withdraw", by=None)
    item.move("revise", by=None)
    address = f"{NEWS}{item.pk}/change/"

    data = fields_of(secretariat_client.get(address)) | {"slug": "second", "place": "Budapest"}
    assert secretariat_client.post(address, data).status_code == 302

    assert NewsItem.objects.get().place == "Budapest"
    assert NewsItem.objects.get().slug == "first"


def test_the_status_cannot_be_typed(secretariat_client):
    item = NewsItemFactory()
    address = f"{NEWS}{item.pk}/change/"

    data = fields_of(secretariat_client.get(address)) | {"status": "approved", "place": "Budapest"}
    assert secretariat_client.post(address, data).status_code == 302

    assert NewsItem.objects.get().place == "Budapest"
    assert NewsItem.objects.get().status == "draft"


def test_the_preview_shows_the_text_and_the_hints(secretariat_client):
    answer = secretariat_client.post(f"{NEWS}preview/", {"text": "**Bold** <script>x</script> and sextortion"})

    content = answer.content.decode()
    assert "<strong>Bold</strong> &lt;script&gt;x&lt;/script&gt; and sextortion" in content
    assert "“sextortion”: write “sexual extortion of children”" in content
    assert secretariat_client.get(f"{NEWS}preview/").status_code == 405


def test_others_get_no_preview(client, representative):
    client.force_login(representative, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.post(f"{NEWS}preview/", {"text": "x"}).status_code in (302, 403)


@pytest.fixture
def pdf(tmp_path):
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(tmp_path / "page.pdf")
    return (tmp_path / "page.pdf").read_bytes()


@pytest.mark.parametrize("is_real", [True, False])
def test_a_file_is_looked_into_when_it_comes(secretariat_client, pdf, is_real):
    publication = PublicationFactory(slug="guide")
    address = f"/admin/publications/publication/{publication.pk}/change/"
    data = fields_of(secretariat_client.get(address)) | {
        "renditions-TOTAL_FORMS": 1, "renditions-0-language": "fr", "renditions-0-order": 0,
        "renditions-0-publication": publication.pk,
        "renditions-0-file": SimpleUploadedFile("x.pdf", pdf if is_real else b"%PDF-nothing"),
    }  # fmt: skip

    answer = secretariat_client.post(address, data)

    names = list(Publication.objects.get().renditions.values_list("name", "media_type", "size_bytes"))
    assert names == ([("guide-fr.pdf", "application/pdf", len(pdf))] if is_real else [])
    assert (answer.status_code == 302) is is_real
    assert is_real or "save it again as PDF" in answer.content.decode()
    assert secretariat_client.get(address).status_code == 200


def test_a_row_for_a_file_may_stay_empty(secretariat_client):
    publication = PublicationFactory(slug="guide")
    address = f"/admin/publications/publication/{publication.pk}/change/"
    data = fields_of(secretariat_client.get(address)) | {
        "renditions-TOTAL_FORMS": 1, "renditions-0-title": "", "renditions-0-language": "en", "renditions-0-order": 0,
        "renditions-0-publication": publication.pk,
    }  # fmt: skip

    assert secretariat_client.post(address, data).status_code == 302


def test_every_screen_opens_and_finds(secretariat_client):
    records = [NewsItemFactory(title="Findable"), PublicationFactory(title="Findable"), EventFactory(title="Findable"), PageFactory(title="Findable", key="history")]  # fmt: skip
    for record in records:
        base = f"/admin/{record._meta.app_label}/{record._meta.model_name}/"
        listed = secretariat_client.get(f"{base}?q=findable").content.decode()
        changed = secretariat_client.get(f"{base}{record.pk}/change/").content.decode()
        assert "Findable" in re.search(r"<tbody>.*</tbody>", listed, re.DOTALL)[0]
        assert record.get_absolute_url() in changed
        assert 'data-preview="' in changed
        assert secretariat_client.get(f"{base}add/").status_code == 200


def test_a_page_without_an_address_of_its_own_opens_too(secretariat_client):
    page = Page.objects.create(key="nowhere", title_en="Nowhere", body_en="Text.")

    assert secretariat_client.get(f"/admin/publications/page/{page.pk}/change/").status_code == 200


def test_an_event_is_written_with_its_sectors(secretariat_client):
    event = EventFactory(title="Course")
    address = f"/admin/events/event/{event.pk}/change/"
    data = fields_of(secretariat_client.get(address)) | {
        "sectors": ["ngo", "payment"],
        "apply_until": "2015-03-20T18:00",
    }

    secretariat_client.post(address, data)

    event.refresh_from_db()
    assert event.sectors == ["ngo", "payment"]
    assert event.apply_until.isoformat() == "2015-03-20T17:00:00+00:00"
