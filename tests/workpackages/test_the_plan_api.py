"""Milestones and risks in the API: read by the rule of the pages, moved by the same verbs."""

from tests.factories import MilestoneFactory, ReportPeriodFactory, RiskFactory
from tests.workpackages.conftest import client_of, pdf

API = "/api/v1/"


def test_a_milestone_is_reached(plan, secretariat):
    milestone = MilestoneFactory(work_package=plan.training, number=1)
    MilestoneFactory(work_package=plan.operations, number=1)
    trainer, one = client_of(plan.trainer), f"{API}milestones/{milestone.pk}/"
    listed = trainer.get(f"{API}milestones/").json()["results"]
    assert [(row["code"], row["state"], row["evidence"]) for row in listed] == [("MS4.1", "planned", [])]
    refused = trainer.post(one + "reach/", {"reached_on": "2026-03-16"}, "application/json")
    assert (refused.status_code, "Give the evidence first" in refused.json()["detail"][0]) == (400, True)
    foreign = {"sentence": "Held.", "deliverable": plan.mechanism.pk}
    assert trainer.post(one + "reach/", foreign, "application/json").status_code == 400
    said = {"reached_on": "2026-03-16", "sentence": "The book holds it.", "deliverable": plan.book.pk}
    answer = trainer.post(one + "reach/", said, "application/json").json()
    assert (answer["status"], answer["reached_on"], answer["evidence"][0]["deliverable"]) == (
        "reached",
        "2026-03-16",
        "D4.1",
    )
    assert trainer.post(one + "reach/", {"sentence": "Again.", "upload": pdf()}).status_code == 409
    assert trainer.post(one + "reopen/").status_code == 403
    assert client_of(secretariat).post(one + "reopen/").json()["status"] == "planned"
    assert (
        trainer.post(one + "reach/", {"sentence": "Again.", "upload": pdf()}).json()["evidence"][1]["file"]
        == "training-book.pdf"
    )


def test_a_state_of_play_is_written(plan, sg_member, representative):
    risk = RiskFactory(work_package=plan.training, number=1)
    ReportPeriodFactory(programme=plan.programme, number=1, starts_on="2026-01-01", ends_on="2026-03-16")
    state, said = (
        f"{API}risks/{risk.pk}/state/",
        {"report": 1, "occurred": True, "mitigated": False, "comment": "It happened."},
    )
    answer = client_of(plan.trainer).post(state, said, "application/json").json()
    assert [(one["report"], one["occurred"], one["mitigated"], one["comment"]) for one in answer["states"]] == [
        (1, True, False, "It happened.")
    ]
    unknown = client_of(plan.trainer).post(state, {**said, "report": 7}, "application/json")
    assert unknown.json() == {"report": ["This programme has no report of that number."]}
    people = {"operator": plan.operator, "seat": sg_member, "representative": representative}
    assert {who: client_of(user).post(state, said, "application/json").status_code for who, user in people.items()} == {
        "operator": 404, "seat": 403, "representative": 404,
    }  # fmt: skip
    counts = {who: client_of(user).get(f"{API}risks/").json()["count"] for who, user in people.items()}
    assert counts == {"operator": 0, "seat": 1, "representative": 0}
