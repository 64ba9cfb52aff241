"""Pages kept for visitors are right at once after a change, and never early for an embargo."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from efc import cache
from publications.models import NewsItem
from tests import factories

HOME = "/en/"

pytestmark = pytest.mark.django_db(transaction=True)


def queries(client, path):
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200
    return len(captured), response.content.decode()


def test_a_kept_page_costs_one_query_and_shows_a_change_at_once(client):
    item = factories.NewsItemFactory(published=True, title="First title")
    client.get(HOME)
    count, html = queries(client, HOME)
    assert count == 1
    assert "First title" in html

    NewsItem.objects.filter(pk=item.pk).update(title="Second title", title_en="Second title")

    assert "Second title" in queries(client, HOME)[1]


def test_a_withdrawn_item_is_gone_at_once(client):
    item = factories.NewsItemFactory(published=True, title="Withdrawn soon")
    assert "Withdrawn soon" in queries(client, HOME)[1]
    NewsItem.objects.filter(pk=item.pk).update(status="withdrawn")
    assert "Withdrawn soon" not in queries(client, HOME)[1]


def test_an_embargo_ends_by_the_databases_clock_without_any_change(client):
    factories.NewsItemFactory(published=True, title="Under embargo", publish_at=timezone.now() + timedelta(seconds=1.2))
    assert "Under embargo" not in queries(client, HOME)[1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(1.3)")
    assert "Under embargo" in queries(client, HOME)[1]


def test_people_who_are_signed_in_are_not_given_kept_pages(client, secretariat):
    client.get(HOME)
    own = Client()
    own.force_login(secretariat, backend="allauth.account.auth_backends.AuthenticationBackend")

    response = own.get(HOME)

    assert "Secretariat officer" in response.content.decode()
    assert response["Cache-Control"] == "private, no-cache"
    assert "Secretariat officer" not in client.get(HOME).content.decode()


def test_many_changes_in_one_transaction_raise_the_version_once():
    before = cache.current_version()[0]
    from django.db import transaction

    with transaction.atomic():
        factories.NewsItemFactory.create_batch(5)
    assert cache.current_version()[0] == before + 1
