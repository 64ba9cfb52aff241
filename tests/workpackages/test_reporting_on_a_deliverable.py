"""A lead says in two minutes how a deliverable stands (J7)."""

from datetime import date

import pytest
import time_machine

from efc.models import AuditEntry, OutgoingMail
from tests.workpackages.conftest import client_of, pdf
from workpackages.models import Extension, Outlook, Update
from workpackages.services import deliverables
from workpackages.services.overview import overview

HOME = "/workspace/programmes/2026/wp/4/deliverables/1/"
UPDATE = HOME + "update/"


def latest(deliverable):
    return deliverable.updates.values_list("kind", "outlook", "sentence", "written_by__full_name").first()


def test_a_lead_says_that_it_is_on_track(plan):
    client = client_of(plan.trainer)
    page = client.get("/workspace/wp/4/")
    assert page.status_code == 200
    assert UPDATE in page.content.decode()

    answer = client.post(UPDATE, {"state": "on_track", "sentence": "The first draft   goes round on Monday."})

    assert answer.status_code == 302
    assert answer["Location"] == HOME
    assert latest(plan.book) == ("report", "on_track", "The first draft goes round on Monday.", "Trainer")
    plan.book.refresh_from_db()
    assert (plan.book.status, plan.book.outlook) == ("draft", "on_track")
    assert "The first draft goes round on Monday." in client.get(HOME).content.decode()


def test_nothing_has_changed_in_one_press(plan):
    client = client_of(plan.trainer)
    client.post(UPDATE, {"state": "on_track", "sentence": "The first draft goes round."})
    first = Update.objects.get()
    assert 'name="seen"' in client.get(UPDATE).content.decode()

    client.post(HOME + "no-change/", {"seen": first.pk})

    assert latest(plan.book) == ("no_change", "on_track", "The first draft goes round.", "Trainer")
    assert Update.objects.count() == 2


def test_what_stands_in_the_way_is_said_with_it(plan):
    answer = client_of(plan.trainer).post(UPDATE, {"state": "at_risk", "sentence": ""})

    assert answer.status_code == 422
    assert "Say in one sentence what stands in the way." in answer.content.decode()
    assert not Update.objects.exists()


def test_a_sentence_is_a_sentence(plan):
    answer = client_of(plan.trainer).post(UPDATE, {"state": "on_track", "sentence": "x" * 241})

    assert answer.status_code == 422
    assert "This has 241 characters. Shorten it to 240." in answer.content.decode()
    assert "x" * 241 in answer.content.decode()


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2026-03-17", "Propose a day after today."),
        ("2026-03-01", "Propose a day after today."),
        ("2026-04-30", "It is due on that day or later already. Propose a later day."),
        ("30 April", "Write the day as year, month and day, for example 2015-04-30."),
    ],
)
def test_a_new_day_lies_after_today_and_after_the_planned_one(plan, day, sentence):
    answer = client_of(plan.trainer).post(
        UPDATE,
        {"state": "at_risk", "sentence": "The printer is late.", "cause": "The printer is late.", "proposed_on": day},
    )

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Update.objects.exists()
    assert not Extension.objects.exists()


def test_a_request_is_taken_back_by_the_leads_alone(plan, sg_member):
    lead = client_of(plan.trainer)
    request = {"state": "at_risk", "sentence": "Not yet.", "cause": "Two authors left.", "proposed_on": "2026-06-30"}
    lead.post(UPDATE, request)
    withdraw = f"{HOME}extensions/{Extension.objects.get().pk}/withdraw/"
    short = withdraw.removeprefix(HOME)
    assert f'action="{short}"' in lead.get(HOME).content.decode()
    assert short not in client_of(sg_member).get(HOME).content.decode()
    assert client_of(sg_member).post(withdraw).status_code == 403
    assert lead.post(withdraw).status_code == 302
    assert Extension.objects.get().status == "withdrawn"
    assert "Somebody may have been faster" in lead.post(withdraw, follow=True).content.decode()


def test_more_time_is_asked_of_the_steering_group_and_the_baseline_stays(plan, chair):
    client = client_of(plan.trainer)
    client.post(
        UPDATE,
        {
            "state": "at_risk",
            "sentence": "Two chapters are missing.",
            "cause": "Two authors left.",
            "proposed_on": "2026-06-30",
        },
    )

    extension = Extension.objects.get()
    assert (extension.status, extension.due_before_on, extension.proposed_on) == (
        "requested",
        date(2026, 4, 30),
        date(2026, 6, 30),
    )
    plan.book.refresh_from_db()
    assert plan.book.due_on == date(2026, 4, 30)
    letter = OutgoingMail.objects.get(address="chair@efc.example")
    assert letter.subject == "D4.1: the lead asks for more time"
    assert "from 30 April 2026 to 30 June 2026" in letter.text

    answer = client_of(chair).post(f"{HOME}extensions/{extension.pk}/grant/")

    assert answer.status_code == 302
    plan.book.refresh_from_db()
    assert (plan.book.due_on, plan.book.baseline_month, plan.book.baseline_on) == (
        date(2026, 6, 30),
        4,
        date(2026, 4, 30),
    )
    assert OutgoingMail.objects.get(address="trainer@member.example").subject == "D4.1: decision on your request"
    assert list(AuditEntry.objects.filter(verb="workpackages.deliverable.extend").values_list("data", flat=True)) == [
        {"before": "2026-04-30", "after": "2026-06-30"}
    ]
    page = client.get(HOME).content.decode()
    assert "M4, 30 April 2026" in page
    assert "M6, 30 June 2026" in page


def test_a_request_is_decided_once(plan, chair, secretariat):
    client_of(plan.trainer).post(
        UPDATE, {"state": "late", "sentence": "Later.", "cause": "Two authors left.", "proposed_on": "2026-06-30"}
    )
    extension = Extension.objects.get()
    refuse = f"{HOME}extensions/{extension.pk}/refuse/"
    silent = client_of(chair).post(refuse, {"reason": " "})
    assert (silent.status_code, "Say in one sentence why." in silent.content.decode()) == (422, True)
    extension.refresh_from_db()
    assert extension.status == "requested"
    said = client_of(chair).post(refuse, {"reason": "The course  needs it in May."}, follow=True).content.decode()
    assert "More time is refused. The leads are told by letter, with your reason." in said
    assert "Refused, Chair of the Steering Group, 17 Mar 2026" in said
    assert "asked by Trainer" in said
    assert '<span>More time refused <span class="muted">Chair of the Steering Group</span>' in said
    assert "The course needs it in May." in client_of(plan.trainer).get(HOME).content.decode()
    letter = OutgoingMail.objects.get(template="workpackages/extension_decided", address="trainer@member.example")
    assert "It stays due on 30 April 2026. The reason: The course needs it in May." in letter.text
    answer = client_of(secretariat).post(f"{HOME}extensions/{extension.pk}/grant/", follow=True)

    assert "is now: Refused" in answer.content.decode()
    plan.book.refresh_from_db()
    assert plan.book.due_on == date(2026, 4, 30)


def test_what_was_late_is_on_track_again_once_more_time_is_granted(plan, chair):
    client_of(plan.operator).post(
        "/workspace/programmes/2026/wp/1/deliverables/1/update/",
        {"state": "late", "sentence": "Later.", "cause": "Two banks sign in May.", "proposed_on": "2026-05-31"},
    )
    row = Extension.objects.get()
    deliverables.grant_extension(row, by=chair)
    plan.mechanism.refresh_from_db()
    assert (plan.mechanism.outlook, plan.mechanism.state()) == ("on_track", "on_track")
    assert latest(plan.mechanism) == ("report", "on_track", "More time granted until 31 May 2026.", str(chair))
    [operations, _training] = overview(plan.programme, chair).packages
    assert operations.state == "on_track"


def test_a_lead_does_not_grant_their_own_request(plan):
    client = client_of(plan.trainer)
    client.post(
        UPDATE, {"state": "late", "sentence": "Later.", "cause": "Two authors left.", "proposed_on": "2026-06-30"}
    )
    extension = Extension.objects.get()

    assert client.post(f"{HOME}extensions/{extension.pk}/grant/").status_code == 403
    extension.refresh_from_db()
    assert extension.status == "requested"


def test_two_leads_at_once_see_each_others_text(plan):
    first, second = client_of(plan.trainer), client_of(plan.second_trainer)
    first.post(UPDATE, {"state": "on_track", "sentence": "Chapter one is done."})

    answer = second.post(UPDATE, {"state": "at_risk", "sentence": "Chapter two is late."})

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Chapter one is done." in page
    assert "Chapter two is late." in page
    assert latest(plan.book)[2] == "Chapter one is done."
    seen = Update.objects.get().pk
    assert f'value="{seen}"' in page

    second.post(UPDATE, {"state": "at_risk", "sentence": "Chapter two is late.", "seen": seen})
    assert latest(plan.book)[1:3] == ("at_risk", "Chapter two is late.")


def test_handing_in_needs_a_file(plan, secretariat):
    client = client_of(plan.trainer)
    answer = client.post(UPDATE, {"state": "delivered", "sentence": "Done."})
    assert answer.status_code == 422
    assert "Upload the file that is handed in." in answer.content.decode()

    answer = client.post(UPDATE, {"state": "delivered", "sentence": "Done.", "upload": pdf(), "access": "members"})

    assert answer.status_code == 302
    plan.book.refresh_from_db()
    assert (plan.book.status, plan.book.delivered_on) == ("submitted", date(2026, 3, 17))
    row = plan.book.files.get()
    assert (row.version, row.name, row.access) == (1, "training-book.pdf", "members")
    download = client.get(f"{HOME}files/1/")
    assert download["Content-Disposition"].startswith("attachment")
    assert b"".join(download.streaming_content).startswith(b"%PDF")
    assert OutgoingMail.objects.get(address="officer@efc.example").subject == "D4.1 is handed in"
    again = client.post(UPDATE, {"state": "on_track", "sentence": "More."})
    assert again.status_code == 422
    assert "handed in already" in again.content.decode()


def test_a_file_of_another_kind_is_refused_and_nothing_is_handed_in(plan):
    upload = pdf("training-book.exe")
    answer = client_of(plan.trainer).post(UPDATE, {"state": "delivered", "sentence": "Done.", "upload": upload})

    assert answer.status_code == 422
    assert "Choose a PDF, Word (docx), Excel (xlsx), PNG or JPEG file." in answer.content.decode()
    plan.book.refresh_from_db()
    assert plan.book.status == "pending"
    assert not plan.book.files.exists()


def test_the_commissions_answer_is_recorded_by_the_secretariat(plan, secretariat):
    lead, officer = client_of(plan.trainer), client_of(secretariat)
    lead.post(UPDATE, {"state": "delivered", "upload": pdf()})
    assert lead.post(HOME + "answer/accept/").status_code == 403

    assert officer.post(HOME + "answer/reject/", {"reason": ""}).status_code == 422
    officer.post(HOME + "answer/reject/", {"reason": "The annex is missing."})
    plan.book.refresh_from_db()
    assert (plan.book.status, plan.book.rejected_because) == ("rejected", "The annex is missing.")
    assert "The annex is missing." in OutgoingMail.objects.get(address="trainer@member.example").text

    lead.post(UPDATE, {"state": "delivered", "upload": pdf(), "seen": Update.objects.first().pk})
    officer.post(HOME + "answer/accept/")
    plan.book.refresh_from_db()
    assert (plan.book.status, plan.book.accepted_on, plan.book.files.count()) == ("accepted", date(2026, 3, 17), 2)


def test_late_is_what_the_dates_say(plan):
    assert plan.mechanism.due_on == date(2026, 1, 31)
    assert plan.mechanism.state() == Outlook.LATE
    assert plan.mechanism.state(date(2026, 1, 31)) == Outlook.NOT_STARTED
    page = client_of(plan.operator).get("/workspace/wp/1/").content.decode()
    assert "pill--bad" in page


def test_an_old_update_says_its_age(plan):
    client = client_of(plan.trainer)
    client.post(UPDATE, {"state": "on_track", "sentence": "All well."})
    with time_machine.travel("2026-03-31 09:00+00:00", tick=False):
        assert "Updated" not in client_of(plan.trainer).get(UPDATE).content.decode()
    with time_machine.travel("2026-05-08 09:00+00:00", tick=False):
        assert "Updated 52 days ago" in client_of(plan.trainer).get(UPDATE).content.decode()


def test_a_comment_reaches_the_leads(plan, sg_member):
    answer = client_of(sg_member).post(HOME + "comments/", {"text": "Please add a chapter on payments."})
    assert answer.status_code == 302
    assert "Please add a chapter on payments." in client_of(plan.trainer).get(HOME).content.decode()
    addresses = set(
        OutgoingMail.objects.filter(template="workpackages/deliverable_commented").values_list("address", flat=True)
    )
    assert addresses == {"trainer@member.example", "second-trainer@member.example"}
    empty = client_of(sg_member).post(HOME + "comments/", {"text": " "})
    assert empty.status_code == 422
    assert "Write your comment first." in empty.content.decode()


def test_today_names_what_the_secretariat_can_move(plan, secretariat):
    lead = client_of(plan.trainer)
    lead.post(
        UPDATE, {"state": "late", "sentence": "Later.", "cause": "Two authors left.", "proposed_on": "2026-06-30"}
    )
    today = client_of(secretariat).get("/admin/").content.decode()
    assert "D4.1 asks for more time" in today
    assert "Two authors left." in today
    lead.post(UPDATE, {"state": "delivered", "upload": pdf(), "seen": Update.objects.first().pk})
    today = client_of(secretariat).get("/admin/").content.decode()
    assert "Record the Commission’s answer on D4.1 Training book" in today
    assert "asks for more time" not in today


def test_the_secretariat_opens_again_what_was_handed_in_too_early(plan, secretariat):
    lead, move = client_of(plan.trainer), f"/admin/workpackages/deliverable/{plan.book.pk}/move/reopen/"
    lead.post(UPDATE, {"state": "delivered", "upload": pdf()})
    client_of(secretariat).post(move)
    plan.book.refresh_from_db()
    assert (plan.book.status, plan.book.delivered_on, plan.book.files.count()) == ("draft", None, 1)
    again = {"state": "on_track", "sentence": "One chapter more.", "seen": Update.objects.first().pk}
    assert lead.post(UPDATE, again).status_code == 302
