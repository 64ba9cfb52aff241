import io
import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from efc.models import OutgoingMail
from members.services import memberships
from tests import factories
from tests.members.joining import acting, signed_in

PAGE = "/workspace/organisations/example-payments/profile/"
PUBLIC = "/en/members/example-payments/"
WRITTEN = {
    "contribution_en": "We know where payments leave traces.",
    "description_en": "An **example** of a payment company.",
    "contribution_fr": "Nous savons où les paiements laissent des traces.",
    "website": "payments.example",
}


@pytest.fixture
def member(db):
    return factories.MemberFactory(
        name="Example Payments", slug="example-payments", is_public=False, description_en="From the application."
    )


def picture(kind="PNG", size=(1200, 300)):
    out = io.BytesIO()
    Image.new("RGB", size, "#10304F").save(out, kind)
    return SimpleUploadedFile(f"logo.{kind.lower()}", out.getvalue(), f"image/{kind.lower()}")


def test_a_draft_is_written_looked_at_and_approved(client, member, settings):
    user = acting(member)
    client = signed_in(client, user)
    assert client.post(PAGE, WRITTEN).status_code == 302
    member.refresh_from_db()
    assert (member.contribution_en, member.website, member.is_public) == (
        "We know where payments leave traces.", "https://payments.example", False,
    )  # fmt: skip
    draft = client.get(PUBLIC).content.decode()
    assert "This is not public." in draft
    assert "We know where payments leave traces." in draft
    client.logout()
    assert client.get(PUBLIC).status_code == 404

    signed_in(client, user).post(PAGE, {**WRITTEN, "approve": "1"})

    member.refresh_from_db()
    assert (member.is_public, member.profile_approved_by) == (True, user)
    assert member.profile_approved_at is not None
    assert OutgoingMail.objects.get(template="members/profile_approved").address == settings.SECRETARIAT_EMAIL
    client.logout()
    public = client.get(PUBLIC).content.decode()
    assert "<strong>example</strong>" in public
    french = client.get("/fr/members/example-payments/").content.decode()
    assert '<p class="lead" lang="fr">Nous savons où' in french
    assert '<div class="prose" lang="en">' in french


def test_later_changes_are_public_at_once_and_stay_approved(client, member):
    user = acting(member)
    client = signed_in(client, user)
    client.post(PAGE, {**WRITTEN, "approve": "1"})
    client.post(PAGE, {**WRITTEN, "contribution_en": "We teach how payments run."})
    client.logout()
    assert "We teach how payments run." in client.get(PUBLIC).content.decode()


def test_a_member_without_approval_is_in_no_public_place(client, member):
    factories.SeatFactory(organisation=member)
    publication = factories.PublicationFactory(published=True, contributors=[member])
    factories.NewsItemFactory(published=True, organisations=[member], slug="item")
    factories.LeadFactory(organisation=member, work_package__programme__slug="plan", work_package__slug="wp")
    for key in ("coalition", "how-we-are-run", "partners", "press"):
        factories.PageFactory(key=key, published=True)
    factories.EventFactory(published=True, slug="event", organisers=[member])
    places = [
        "/en/members/", "/en/members/?as_of=2020-01-01", "/en/members/members.csv", "/en/search/?q=Payments", "/sitemap.xml",
        "/api/v1/organisations/?page_size=100", "/api/v1/organisations/?as_of=2020-01-01", "/api/v1/seats/", "/en/", "/en/work/",
        "/en/work/plan/", "/en/work/plan/wp/", "/en/coalition/", "/en/coalition/how-we-are-run/", "/en/coalition/partners/",
        "/en/press/", publication.get_absolute_url(), "/en/news/2015/item/", "/api/v1/work-packages/", "/api/v1/publications/",
        "/api/v1/news/", "/en/training-and-events/", "/en/training-and-events/2015/event/", "/api/v1/events/",
    ]  # fmt: skip
    answers = {place: client.get(place) for place in places}
    shown = [
        place for place, answer in answers.items()
        if "Example Payments" in answer.content.decode().replace("quot;", "") or "example-payments" in answer.content.decode()
    ]  # fmt: skip
    assert {place: answer.status_code for place, answer in answers.items() if answer.status_code != 200} == {}
    assert shown == []
    member.is_public = True
    member.save()
    assert "Example Payments" in client.get("/en/members/?q=Payments").content.decode()


def test_the_profile_becomes_public_with_the_membership_and_a_sentence_only(member):
    user = acting(member)
    with pytest.raises(ValidationError, match="in one English sentence"):
        memberships.approve_profile(member, by=user)
    member.contribution_en = "We know payments."
    member.save()
    member.memberships.update(ends_on="2014-01-01")
    with pytest.raises(ValidationError, match="which has not begun"):
        memberships.approve_profile(member, by=user)
    with pytest.raises(PermissionDenied):
        memberships.approve_profile(member, by=acting(factories.MemberFactory(), "other@bank.example"))
    member.refresh_from_db()
    assert member.is_public is False


def test_a_logo_is_drawn_anew_fitted_and_shown(client, member):
    client = signed_in(client, acting(member))
    assert client.post(PAGE, {**WRITTEN, "new_logo": picture(), "approve": "1"}).status_code == 302
    client.logout()

    answer = client.get("/en/members/example-payments/logo/")

    assert answer["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(b"".join(answer.streaming_content))) as logo:
        assert (logo.format, logo.size) == ("PNG", (640, 160))
    assert 'src="/en/members/example-payments/logo/"' in client.get(PUBLIC).content.decode()


def test_the_secretariat_changes_the_logo_at_the_desk(secretariat_client, member):
    page = f"/admin/members/organisation/{member.pk}/act/logo/"
    assert "It has no logo yet." in secretariat_client.get(page).content.decode()
    empty = secretariat_client.post(page, {})
    assert (empty.status_code, "Choose a picture first." in empty.content.decode()) == (422, True)
    wrong = secretariat_client.post(page, {"new_logo": SimpleUploadedFile("logo.png", b"no picture")})
    assert "cannot be read as a picture" in wrong.content.decode()

    assert secretariat_client.post(page, {"new_logo": picture()}).status_code == 302
    member.refresh_from_db()
    first = member.logo.name
    assert 'src="/en/members/example-payments/logo/"' in secretariat_client.get(page).content.decode()
    assert secretariat_client.get("/en/members/example-payments/logo/").status_code == 200
    secretariat_client.post(page, {"remove_logo": "on"})
    member.refresh_from_db()
    assert (first != "", member.logo.name) == (True, "")


def test_the_logo_of_a_draft_is_for_its_own_people(client, member):
    user = acting(member)
    signed_in(client, user).post(PAGE, {**WRITTEN, "new_logo": picture("JPEG")})
    assert client.get("/en/members/example-payments/logo/").status_code == 200
    client.logout()
    assert client.get("/en/members/example-payments/logo/").status_code == 404
    signed_in(client, user).post(PAGE, {**WRITTEN, "remove_logo": "on"})
    member.refresh_from_db()
    assert not member.logo


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"contribution_en": ""}, "Write this sentence in English"),
        ({"website": "ftp://payments.example"}, "like https://example.org"),
        ({"website": "not an address"}, "like https://example.org"),
        ({"description_en": "x" * 4001}, "Shorten it to 4,000"),
        ({"description_en": "We fight child pornography."}, "child sexual abuse material"),
        ({"new_logo": SimpleUploadedFile("logo.png", b"no picture")}, "cannot be read as a picture"),
        ({"new_logo": SimpleUploadedFile("logo.svg", b"<svg/>")}, "PNG"),
    ],
)
def test_what_cannot_stand_in_a_profile_is_refused_with_the_values_kept(client, member, changed, sentence):
    answer = signed_in(client, acting(member)).post(PAGE, {**WRITTEN, **changed})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in html
    assert "Nous savons où les paiements laissent des traces." in html
    member.refresh_from_db()
    assert not member.contribution_en


def test_facts_of_the_register_are_not_the_members_to_change(client, member):
    signed_in(client, acting(member)).post(PAGE, {**WRITTEN, "name": "Another", "sector": "ngo", "is_public": "on"})
    member.refresh_from_db()
    assert (member.name, member.sector, member.is_public) == ("Example Payments", "technology", False)


def test_the_public_page_tells_search_engines_no_more_than_it_shows(client, member):
    user = acting(member)
    signed_in(client, user).post(PAGE, {**WRITTEN, "approve": "1"})
    client.logout()
    html = client.get(PUBLIC).content.decode()
    facts = json.loads(html.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert "legal@payments.example" not in html
    assert facts["url"] == "https://payments.example"


def test_an_approval_while_somebody_writes_stays(client, member, monkeypatch):
    user = acting(member)
    changing = memberships.change_profile

    def approved_meanwhile(form, *, by):
        type(member).objects.filter(pk=member.pk).update(is_public=True)
        return changing(form, by=by)

    monkeypatch.setattr(memberships, "change_profile", approved_meanwhile)
    signed_in(client, user).post(PAGE, WRITTEN)

    member.refresh_from_db()
    assert (member.is_public, member.contribution_en) == (True, "We know where payments leave traces.")


def test_the_secretariat_writes_and_leaves_the_approval_to_the_organisation(client, member, secretariat):
    html = signed_in(client, secretariat).get(PAGE).content.decode()
    assert "Keep the draft" in html
    assert "Approve and make public" not in html
