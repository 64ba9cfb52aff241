"""How to join: the Secretariat's page, how it works, and the way to write."""

import pytest

from tests.factories import PageFactory

pytestmark = pytest.mark.django_db


def test_the_page_shows_the_secretariats_text_and_leads_to_the_contact_form(client):
    PageFactory(key="join", title="Become a member", lead="We look for you.", body="Who *may* join.", published=True)
    html = client.get("/en/members/join/").content.decode()
    assert "<h1>Become a member</h1>" in html
    assert "We look for you." in html
    assert "Who <em>may</em> join." in html
    assert 'href="/en/contact/?topic=membership"' in html


def test_without_a_published_text_the_page_still_says_how(client):
    PageFactory(key="join", title="Draft title", body="Draft text")
    html = client.get("/en/members/join/").content.decode()
    assert "<h1>Join the coalition</h1>" in html
    assert "Draft text" not in html
    assert 'href="/en/contact/?topic=membership"' in html


def test_in_another_language_the_page_says_that_the_text_is_english(client):
    PageFactory(key="join", title="Become a member", body="Who may join.", published=True)
    assert '<div class="prose" lang="en">' in client.get("/fr/members/join/").content.decode()
