"""Rows that the desk only reads stand in a plain table: no empty cell in its head, and a way to each record that has a page."""

import re

import pytest

from tests.factories import PersonFactory, RepresentativeFactory
from tests.workpackages.collecting import asked, of  # noqa: F401
from tests.workpackages.conftest import client_of

pytestmark = pytest.mark.django_db


def test_rows_that_are_read_stand_in_a_plain_table(figures, secretariat):
    desk = client_of(secretariat)
    page = desk.get(f"/admin/workpackages/dataround/{figures.round.pk}/change/").content.decode()
    assert f'href="/admin/workpackages/datareturn/{of(figures.round, "bank").pk}/change/">View</a>' in page
    assert not re.findall(r"<th[^>]*>\s*</th>", page)


def test_a_person_with_duties_is_saved_beside_the_table(secretariat):
    person = PersonFactory(name="Officer", email="officer@member.example")
    RepresentativeFactory(person=person)
    desk, address = client_of(secretariat), f"/admin/members/person/{person.pk}/change/"
    page = desk.get(address).content.decode()
    assert "Acts for" in page
    sent = dict(re.findall(r'<input type="hidden" name="(represents[^"]*)" value="([^"]*)"', page))
    assert sent["represents-TOTAL_FORMS"] == "1"
    assert desk.post(address, {**sent, "name": "Chief officer", "email": person.email}).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.represents.count()) == ("Chief officer", 1)
