"""Deliverables through the API: the same rows and the same verbs as the pages, and the same refusals."""

from datetime import date

import pytest

from tests.factories import DeliverableFactory
from tests.workpackages.conftest import client_of, pdf
from workpackages.models import Extension


def act(client, record, verb, **body):
    return client.post(f"/api/v1/deliverables/{record.pk}/{verb}/", body, "application/json")


def test_each_reads_what_the_pages_show_them(plan, sg_member, representative, client):
    def codes(user, query=""):
        return [row["code"] for row in client_of(user).get(f"/api/v1/deliverables/{query}").json()["results"]]

    assert codes(sg_member) == ["D1.1", "D4.1"]
    assert codes(plan.trainer) == ["D4.1"]
    assert codes(representative) == []
    assert client_of(plan.trainer).get(f"/api/v1/deliverables/{plan.mechanism.pk}/").status_code == 404
    assert act(client_of(plan.trainer), plan.mechanism, "report", outlook="on_track").status_code == 404
    assert client.get("/api/v1/deliverables/").status_code == 401
    assert [
        codes(sg_member, query)
        for query in (
            "?state=late", "?state=not_started", "?state=delivered", "?work_package=4", "?due_to=2026-02-01", "?due_from=2026-04-30",
            "?programme=2012", "?q=book",
        )
    ] == [["D1.1"], ["D4.1"], [], ["D4.1"], ["D1.1"], ["D4.1"], [], ["D4.1"]]  # fmt: skip
    book = client_of(sg_member).get(f"/api/v1/deliverables/{plan.book.pk}/").json()
    assert (book["baseline_on"], book["due_month"], book["state"], book["latest_update"]) == (
        "2026-04-30", 4, "not_started", None,
    )  # fmt: skip
    assert client_of(sg_member).get("/api/v1/deliverables/?state=soon").status_code == 400


def test_a_lead_reports_and_the_second_one_reads_the_first(plan):
    first, second = client_of(plan.trainer), client_of(plan.second_trainer)
    said = act(first, plan.book, "report", outlook="on_track", sentence="The first draft goes round on Monday.")
    assert (said.json()["status"], said.json()["note"]) == ("draft", "The first draft goes round on Monday.")
    refused = act(second, plan.book, "report", outlook="at_risk", sentence="No answer yet.")
    assert refused.status_code == 409
    assert refused.json() == {"detail": "Trainer has reported meanwhile. Read it, then choose what stands."}
    seen = second.get(f"/api/v1/deliverables/{plan.book.pk}/").json()["latest_update"]
    assert act(second, plan.book, "no_change", seen=seen).json()["note"] == "The first draft goes round on Monday."
    updates = second.get(f"/api/v1/deliverables/{plan.book.pk}/updates/").json()["results"]
    assert [(row["kind"], row["written_by"]) for row in updates] == [
        ("no_change", "Second trainer"), ("report", "Trainer"),
    ]  # fmt: skip
    bare = act(first, plan.book, "report", outlook="late", seen=updates[0]["id"])
    assert (bare.status_code, bare.json()) == (400, {"sentence": ["Say in one sentence what stands in the way."]})
    no_day = act(first, plan.book, "report", outlook="late", sentence="Late.", cause="The police answers in May.")
    assert no_day.json() == {"proposed_on": ["Propose a day, or leave the cause empty if no more time is needed."]}


def test_more_time_is_asked_for_and_decided(plan, chair, sg_member):
    lead, decides = client_of(plan.operator), client_of(chair)
    request = {"deliverable": plan.mechanism.pk, "cause": "The banks sign in May.", "proposed_on": "2026-05-31"}
    ask = "/api/v1/extensions/"
    unseen = client_of(plan.trainer).post(ask, request, "application/json")
    assert (unseen.status_code, unseen.json()) == (400, {"deliverable": ["There is no deliverable of this id."]})
    assert client_of(sg_member).post(ask, request, "application/json").status_code == 403
    past = lead.post(ask, {**request, "proposed_on": "2026-03-01"}, "application/json")
    assert (past.status_code, past.json()) == (400, {"proposed_on": ["Propose a day after today."]})
    asked = lead.post(ask, request, "application/json")
    assert (asked.status_code, asked.json()["due_before_on"]) == (201, "2026-01-31")
    assert client_of(plan.trainer).get(ask).json()["count"] == 0
    one = f"{ask}{asked.json()['id']}/"
    assert lead.post(one + "grant/").status_code == 403
    assert client_of(sg_member).post(one + "grant/").status_code == 403
    assert lead.post(one + "withdraw/").json()["status"] == "withdrawn"
    late = decides.post(one + "grant/")
    assert late.status_code == 409
    assert "Somebody may have been faster" in late.json()["detail"]


def test_a_request_is_granted_and_the_promise_stands(plan, secretariat):
    act(client_of(plan.trainer), plan.book, "report", outlook="at_risk", sentence="No answer yet.", cause="It comes in May.", proposed_on="2026-06-30")  # fmt: skip
    officer, extension = client_of(secretariat), Extension.objects.get()
    unknown = officer.post(f"/api/v1/extensions/{extension.pk}/grant/", {"decision": "2026-9"}, "application/json")
    assert unknown.json() == {"decision": ["There is no decision of this number. Write it as 2026-3."]}
    assert officer.post(f"/api/v1/extensions/{extension.pk}/grant/").json()["status"] == "granted"
    refuse = f"/api/v1/extensions/{extension.pk}/refuse/"
    assert officer.post(refuse).json() == {"reason": ["This field is required."]}
    assert officer.post(refuse, {"reason": "It is needed in May."}, "application/json").status_code == 409
    book = officer.get(f"/api/v1/deliverables/{plan.book.pk}/").json()
    assert (book["baseline_month"], book["due_month"], book["due_on"]) == (4, 6, "2026-06-30")


def test_it_is_handed_in_with_its_file_and_answered(plan, secretariat, sg_member, representative):
    lead, officer = client_of(plan.trainer), client_of(secretariat)
    address = f"/api/v1/deliverables/{plan.book.pk}/"
    bare = lead.post(address + "submit/", {"sentence": "Done."})
    assert bare.status_code == 400
    assert bare.json() == {
        "file": ["Upload the file that is handed in. It needs one before it can count as delivered."]
    }
    assert lead.post(address + "submit/", {"file": pdf("book.exe")}).json() == {
        "detail": ["Choose a PDF, Word (docx), Excel (xlsx), PNG or JPEG file."]
    }
    assert client_of(sg_member).post(address + "submit/", {"file": pdf()}).status_code == 403
    assert lead.post(address + "files/", {"file": pdf("draft.pdf")}).json()["version"] == 1
    done = lead.post(address + "submit/", {"file": pdf(), "sentence": "Handed in.", "delivered_on": "2026-03-16"})
    assert (done.status_code, done.json()["status"], done.json()["delivered_on"]) == (200, "submitted", "2026-03-16")
    assert lead.post(address + "submit/", {"file": pdf(), "seen": done.json()["latest_update"]}).status_code == 409
    assert act(lead, plan.book, "report", outlook="on_track", seen=done.json()["latest_update"]).status_code == 409
    files = client_of(sg_member).get(address + "files/").json()["results"]
    assert [(row["version"], row["name"]) for row in files] == [(2, "training-book.pdf"), (1, "draft.pdf")]
    download = client_of(sg_member).get(address + "files/2/")
    assert b"".join(download.streaming_content).startswith(b"%PDF-")
    assert download["Cache-Control"] == "private, no-store"
    assert client_of(representative).get(address + "files/2/").status_code == 404
    assert officer.get(address + "files/3/").status_code == 404

    assert act(lead, plan.book, "accept").status_code == 403
    assert act(officer, plan.book, "accept", accepted_on="2026-03-15").json() == {
        "accepted_on": ["It was handed in on 2026-03-16. Give that day or a later one."]
    }
    assert act(officer, plan.book, "accept", accepted_on="2026-03-17").json()["status"] == "accepted"
    assert act(officer, plan.book, "reject", reason="The annex is missing.").status_code == 409
    assert act(officer, plan.book, "reopen").json()["status"] == "draft"
    plan.book.refresh_from_db()
    assert (plan.book.delivered_on, plan.book.accepted_on) == (None, None)


def test_comments_are_read_and_written_by_who_sees_it(plan, sg_member):
    address = f"/api/v1/deliverables/{plan.book.pk}/comments/"
    said = client_of(sg_member).post(address, {"text": "Please name the annex."}, "application/json")
    assert (said.status_code, said.json()["written_by"]) == (201, str(sg_member))
    assert client_of(sg_member).post(address, {"text": " "}, "application/json").status_code == 400
    assert [row["text"] for row in client_of(plan.trainer).get(address).json()["results"]] == ["Please name the annex."]
    assert client_of(plan.operator).get(address).status_code == 404


def test_what_stands_is_not_sent_again(plan):
    client, address = client_of(plan.trainer), f"/api/v1/deliverables/{plan.book.pk}/"
    etag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    act(client, plan.book, "report", outlook="on_track", sentence="It goes well.")
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("count", [1, 60])
def test_the_list_costs_the_same_for_one_and_sixty(plan, sg_member, count, django_assert_num_queries):
    DeliverableFactory.create_batch(count, work_package=plan.training, due_on=date(2026, 6, 30))
    client = client_of(sg_member)
    client.get("/api/v1/deliverables/")
    with django_assert_num_queries(6):
        client.get("/api/v1/deliverables/?page_size=200&state=not_started")
