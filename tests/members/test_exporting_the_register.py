"""The register leaves the desk as a file: what the list shows, with nothing a spreadsheet would run, and on record."""

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook

from efc import roles
from efc.models import AuditEntry
from members.models import Sector
from tests.conftest import make_user
from tests.factories import DecisionFactory, MemberFactory, PersonFactory, RepresentativeFactory, SeatFactory

pytestmark = pytest.mark.django_db


def url(model, query=""):
    return f"/admin/members/{model}/export/{query}"


def rows(answer):
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def cells(answer):
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    return [[(cell.value or "", cell.data_type) for cell in row] for row in sheet.iter_rows()]


def exported():
    return list(AuditEntry.objects.filter(verb__endswith=".export").order_by("id").values_list("verb", "data"))


def test_the_filtered_list_leaves_as_it_is_shown(secretariat_client):
    MemberFactory(slug="bank", name="Bank", sector=Sector.PAYMENT, country="BE", website="https://bank.example")
    MemberFactory(slug="police", name="Police", sector=Sector.LAW_ENFORCEMENT)
    query = "?sector__exact=payment&q=ban"
    page = secretariat_client.get(f"/admin/members/organisation/{query}").content.decode()
    assert 'href="/admin/members/organisation/export/?sector__exact=payment&amp;q=ban"' in page
    assert "1 row" in secretariat_client.get(url("organisation", query)).content.decode()
    answer = secretariat_client.post(url("organisation", query), {"file_format": "csv"})
    assert rows(answer) == [
        ["address", "name", "short name", "sector", "kind", "country", "website", "contribution", "description", "profile public"],
        ["bank", "Bank", "", "payment", "company", "BE", "https://bank.example", "", "", "yes"],
    ]  # fmt: skip
    assert answer["Cache-Control"].startswith("private, no-store")
    assert exported() == [
        ("members.organisation.export", {"format": "csv", "filter": "q=ban, sector__exact=payment", "rows": 1})
    ]


def test_no_cell_is_a_formula_in_either_format(secretariat_client):
    MemberFactory(slug="bank", name='=HYPERLINK("http://x")', short_name="+1", contribution_en="@SUM(1)")
    table = rows(secretariat_client.post(url("organisation"), {"file_format": "csv"}))
    assert (table[1][1], table[1][2], table[1][7]) == ('\'=HYPERLINK("http://x")', "'+1", "'@SUM(1)")
    sheet = cells(secretariat_client.post(url("organisation"), {"file_format": "xlsx"}))
    assert sheet[1][1] == ('=HYPERLINK("http://x")', "s")
    assert {kind for row in sheet for value, kind in row if value} == {"s"}


def test_memberships_and_seats_leave_with_their_days_people_and_decisions(secretariat_client):
    member = MemberFactory(slug="bank", membership=None)
    decision = DecisionFactory(year=2013, sequence=2)
    member.memberships.create(starts_on=date(2013, 8, 5), ends_on=date(2014, 8, 4), decision=decision, source="Minutes")
    SeatFactory(organisation=member, holder=PersonFactory(email="head@bank.example"))
    assert rows(secretariat_client.post(url("membershipterm"), {"file_format": "csv"}))[1:] == [
        ["bank", "2013-08-05", "2014-08-04", "2013-2", "Minutes", ""]
    ]
    assert rows(secretariat_client.post(url("seat"), {"file_format": "csv"}))[1:] == [
        ["bank", "full", "2012-11-26", "", "head@bank.example", "", "", ""]
    ]


@pytest.fixture
def protected():
    member = MemberFactory(slug="police")
    officer = PersonFactory(name="Protected officer", email="officer@police.example", is_protected=True)
    RepresentativeFactory(organisation=member, person=officer)
    RepresentativeFactory(organisation=member, person=PersonFactory(name="Press officer", email="press@police.example"))
    SeatFactory(organisation=member, holder=officer)


def test_protected_identities_stay_out(secretariat_client, protected):
    table = rows(secretariat_client.post(url("representative"), {"file_format": "csv"}))
    assert [row[2] for row in table] == ["name", "Press officer"]
    seats = secretariat_client.post(url("seat"), {"file_format": "csv"})
    assert rows(seats)[1][4] == "(protected)"
    assert b"officer@police.example" not in seats.content
    assert [data["rows"] for _verb, data in exported()] == [1, 1]


def test_protected_identities_leave_with_a_reason_only_and_on_record(secretariat_client, protected):
    asked = {"file_format": "csv", "protected": "on"}
    refused = secretariat_client.post(url("representative"), {**asked, "reason": "  "})
    assert refused.status_code == 422
    assert "Say why the protected identities are needed" in refused.content.decode()
    assert exported() == []
    table = rows(secretariat_client.post(url("representative"), {**asked, "reason": "Badges for the host's guards."}))
    assert sorted(row[2] for row in table[1:]) == ["Press officer", "Protected officer"]
    assert exported() == [
        ("members.representative.export", {
            "format": "csv", "filter": "", "rows": 2, "protected": "yes", "reason": "Badges for the host's guards.",
        })
    ]  # fmt: skip


def test_who_may_not_export_protected_identities_is_not_offered_it(client, protected, monkeypatch):
    without = [name for name in roles.ROLES[roles.SECRETARIAT] if name != "members.export_protected"]
    monkeypatch.setitem(roles.ROLES, roles.SECRETARIAT, without)
    roles.match_groups(None)
    officer = make_user("o@efc.example", "Officer", roles.SECRETARIAT, is_staff=True)
    client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert 'name="protected"' not in client.get(url("representative")).content.decode()
    asked = {"file_format": "csv", "protected": "on", "reason": "I want to."}
    assert [row[2] for row in rows(client.post(url("representative"), asked))] == ["name", "Press officer"]


def test_who_may_not_see_the_register_does_not_export_it(client, representative):
    representative.is_staff = True
    representative.save()
    client.force_login(representative, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(url("organisation"), {"file_format": "csv"}).status_code == 403
    assert exported() == []
