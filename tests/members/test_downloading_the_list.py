"""The public list as a file: what the page shows, and nothing a spreadsheet would run."""

import csv
from datetime import date

import pytest

from efc.exports import plain_cell
from members.models import Seat, Sector
from tests.factories import LeadFactory, MemberFactory, SeatFactory, WorkPackageFactory

pytestmark = pytest.mark.django_db


def read(response):
    return list(csv.reader(response.content.decode("utf-8-sig").splitlines()))


def test_the_file_holds_what_the_page_shows(client):
    chair = MemberFactory(
        name="European Cybercrime Centre", short_name="EC3", sector=Sector.LAW_ENFORCEMENT, country="NL",
        website="https://ec3.example", membership__starts_on=date(2012, 11, 26),
    )  # fmt: skip
    SeatFactory(organisation=chair, kind=Seat.Kind.CHAIR)
    LeadFactory(organisation=chair, work_package=WorkPackageFactory(number=1))
    MemberFactory(name='=HYPERLINK("x")', sector=Sector.PAYMENT)
    MemberFactory(name="Not yet approved", is_public=False)
    response = client.get("/en/members/members.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert read(response) == [
        ["Name", "Sector", "Seat", "Member since", "Country", "Work", "Website"],
        [
            "European Cybercrime Centre (EC3)", "Law enforcement", "Chair", "2012-11-26", "Netherlands", "Leads WP1",
            "https://ec3.example",
        ],
        ["'=HYPERLINK(\"x\")", "Payment and financial services", "", "2013-08-05", "", "", ""],
    ]  # fmt: skip


def test_the_file_follows_the_filters_of_the_page(client):
    MemberFactory(name="Bank", sector=Sector.PAYMENT)
    MemberFactory(name="Police", sector=Sector.LAW_ENFORCEMENT)
    assert 'href="/en/members/members.csv?sector=law"' in client.get("/en/members/?sector=law").content.decode()
    assert [row[0] for row in read(client.get("/en/members/members.csv?sector=law"))] == ["Name", "Police"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_begins_like_a_formula(sign):
    assert plain_cell(f"{sign}1+1") == f"'{sign}1+1"


def test_plain_cells_stay_as_they_are():
    assert [plain_cell(value) for value in ("a=b", None, date(2015, 3, 17), 7)] == ["a=b", "", "2015-03-17", "7"]
