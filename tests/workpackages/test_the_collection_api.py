"""Data collection through the API: the template, the own return read, filled in and sent, what a round adds up to."""

import json

import pytest

from tests.workpackages.collecting import answer, asked, of  # noqa: F401
from tests.workpackages.conftest import client_of
from workpackages.services import collection

pytestmark = pytest.mark.django_db
JSON = "application/json"


def send(client, method, address, **body):
    return getattr(client, method)(address, json.dumps(body), content_type=JSON)


def test_a_program_fills_in_and_sends_a_return(figures):
    client = client_of(figures.bank)
    (listed,) = client.get("/api/v1/data-returns/").json()["results"]
    assert (listed["organisation"], listed["status"], listed["revision"], listed["values"]) == (
        "bank",
        "awaited",
        0,
        {},
    )
    template = client.get(f"/api/v1/data-templates/{figures.template.pk}/").json()
    assert [one["key"] for one in template["questions"]][:2] == ["cases", "cases_paid"]
    one = f"/api/v1/data-returns/{listed['id']}/"

    wrong = send(client, "put", one + "values/", seen=0, values={"cases": -3, "share": "much"})
    assert wrong.status_code == 400
    assert wrong.json()["cases"] == ["A count cannot be below 0. Write 0 or more."]
    unknown = send(client, "put", one + "values/", seen=0, values={"victims": 3})
    assert unknown.status_code == 400
    assert "The template does not ask this: victims." in unknown.content.decode()
    assert send(client, "put", one + "values/", values={}).status_code == 400

    values = {"cases": 50000, "cases_paid": 5, "share": "12.5", "has_process": True, "since": "2024-03"}
    kept = send(client, "put", one + "values/", seen=0, values=values)
    assert kept.status_code == 200
    assert kept.json()["values"] == values
    stale = send(client, "put", one + "values/", seen=0, values=values)
    assert (stale.status_code, "Bank officer has saved this return at 10:00." in stale.json()["detail"]) == (409, True)
    unsure = send(client, "post", one + "submit/", seen=1)
    assert unsure.status_code == 400
    assert "50000 is more than 5000." in unsure.json()["cases"][0]
    assert send(client, "post", one + "submit/", seen=1, confirmed=["cases"]).json()["status"] == "submitted"
    assert send(client, "post", one + "submit/", seen=1).status_code == 409


def test_others_neither_read_nor_write_a_return(figures, sg_member):
    one = f"/api/v1/data-returns/{of(figures.round, 'bank').pk}/"
    for stranger in (figures.police, sg_member):
        client = client_of(stranger)
        assert client.get(one).status_code == 404
        assert send(client, "put", one + "values/", seen=0, values={}).status_code == 404
        assert send(client, "post", one + "reopen/", reason="figure", open_until="2026-04-01").status_code == 404
    keeper = client_of(figures.keeper)
    assert keeper.get(one).status_code == 200
    assert send(keeper, "put", one + "values/", seen=0, values={"cases": 1}).status_code == 403
    assert (
        send(client_of(figures.bank), "post", one + "reopen/", reason="figure", open_until="2026-04-01").status_code
        == 403
    )


def test_keepers_open_again_and_comment(figures):
    row = answer(figures, "bank")
    one, keeper = f"/api/v1/data-returns/{row.pk}/", client_of(figures.keeper)
    assert send(keeper, "post", one + "comment/", text="See www.shop.example").status_code == 400
    assert send(keeper, "post", one + "comment/", text="In thousands?").status_code == 200
    again = send(keeper, "post", one + "reopen/", reason="figure", open_until="2026-04-01").json()
    assert (again["status"], again["due_on"], again["is_open"]) == ("reopened", "2026-04-01", True)
    nothing = send(client_of(figures.bank), "post", one + "nothing/", seen=again["revision"]).json()
    assert (nothing["status"], nothing["is_nothing"], nothing["values"]) == ("submitted", True, {})


def test_a_closed_round_is_read_as_sums(figures, sg_member):
    for slug, cases in (("bank", "12"), ("police", "30"), ("hotline", "8")):
        answer(figures, slug, cases=cases)
    address = f"/api/v1/data-rounds/{figures.round.pk}/consolidated/"
    client = client_of(sg_member)
    assert client.get(address).status_code == 404
    collection.close_round(figures.round, by=None)
    shown = client.get(address).json()
    assert (shown["asked"], shown["sent"], shown["missing"]) == (3, 3, 0)
    assert shown["lines"][0]["cells"] == [
        {"group": "law", "shown": "withheld", "number": None},
        {"group": "ind", "shown": "withheld", "number": None},
        {"group": "civ", "shown": "withheld", "number": None},
        {"group": "all", "shown": "50", "number": 50},
    ]
    assert client_of(figures.bank).get(address).status_code == 404
