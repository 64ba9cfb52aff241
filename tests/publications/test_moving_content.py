"""From draft to public and back: who may, when, and what the language guard says to it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from efc import audit
from efc.workflow import WrongStatus
from publications.models import NewsItem, Page, Publication
from publications.services import approve_content, revise_content, submit_content, withdraw_content
from tests.factories import NewsItemFactory, PageFactory, PublicationFactory


@pytest.mark.parametrize("factory", [NewsItemFactory, PageFactory, PublicationFactory])
def test_the_secretariat_brings_content_to_the_public_and_back(secretariat, factory):
    item = factory()
    published = type(item).objects.published()

    submit_content(item, by=secretariat)
    assert (item.status, published.count()) == ("in_review", 0)
    approve_content(item, by=secretariat)
    assert (item.status, published.count()) == ("approved", 1)
    withdraw_content(item, by=secretariat)
    assert (item.status, published.count()) == ("withdrawn", 0)
    revise_content(item, by=secretariat)
    assert item.status == "draft"
    name = type(item).__name__.lower()
    assert [entry.verb for entry in audit.entries_about(item).order_by("id")] == [
        f"publications.{name}.{verb}" for verb in ("submit", "approve", "withdraw", "revise")
    ]


@pytest.mark.parametrize("verb", [submit_content, approve_content])
def test_others_may_not(representative, chair, verb):
    item = NewsItemFactory()

    for person in (representative, chair):
        with pytest.raises(PermissionDenied):
            verb(item, by=person)
    assert NewsItem.objects.get(pk=item.pk).status == "draft"


def test_what_is_not_public_cannot_be_withdrawn(secretariat):
    with pytest.raises(WrongStatus):
        withdraw_content(NewsItemFactory(), by=secretariat)


def test_an_open_wording_stands_in_the_way_until_it_is_answered(secretariat):
    item = NewsItemFactory(body="The report speaks of indecent images.")

    with pytest.raises(ValidationError, match="“indecent images”: write “child sexual abuse material”"):
        approve_content(item, by=secretariat)
    assert NewsItem.objects.get().status == "draft"
    item.wordings_kept = ["indecent images"]
    item.save()
    approve_content(item, by=secretariat)

    assert NewsItem.objects.get().status == "approved"
    assert audit.entries_about(item).get(verb="publications.newsitem.approve").data["note"] == "indecent images"


def test_a_title_marked_as_official_is_answered_and_the_text_is_not(secretariat):
    item = NewsItemFactory(
        title="Child predators arrested", title_is_quotation=True, body="We warn of child predators."
    )

    with pytest.raises(ValidationError, match="child predators"):
        approve_content(item, by=secretariat)
    item.body = "We warn."
    item.save()
    approve_content(item, by=secretariat)


def test_translations_pass_the_guard_too(secretariat):
    page = Page.objects.create(
        key="history", title_en="History", body_en="Text.", body_de="Kinderpornografie ist strafbar."
    )

    with pytest.raises(ValidationError, match="Darstellungen sexuellen Missbrauchs von Kindern"):
        approve_content(page, by=secretariat)


def test_each_model_has_the_same_four_moves():
    assert [list(model.MOVES) for model in (Page, NewsItem, Publication)] == [
        ["submit", "revise", "approve", "withdraw"]
    ] * 3
