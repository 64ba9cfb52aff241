"""Pages that appear when something is wrong must not themselves need what is wrong."""

import pytest
from django.template.loader import get_template
from django.test import Client
from django.urls import path
from django.utils import translation


def boom(request):
    raise RuntimeError("a fault for the test")


boom.login_required = False
handler404 = "efc.views.not_found"
urlpatterns = [path("boom/", boom)]


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "500.html"])
def test_a_plain_page_needs_no_context_no_database_and_no_list_of_files(name, settings):
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "nowhere.Storage"}}
    with translation.override("fr"):
        html = get_template(name).render()
    assert '<html lang="fr" dir="ltr">' in html
    assert html.count("<h1>") == 1
    assert 'href="tel:112"' in html
    assert "Traceback" not in html


@pytest.mark.urls("tests.efc.test_error_pages")
def test_a_fault_answers_500_with_a_page_that_says_what_to_do():
    response = Client(raise_request_exception=False).get("/boom/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()
    assert "a fault for the test" not in response.content.decode()


@pytest.mark.django_db
def test_a_page_that_is_not_there_leads_on(client):
    response = client.get("/en/nowhere/")
    html = response.content.decode()
    assert response.status_code == 404
    for address in ("/en/search/", "/en/contact/", "/en/report/", "tel:112"):
        assert f'href="{address}"' in html
