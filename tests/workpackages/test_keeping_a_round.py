"""Who leads the work package prepares templates and rounds, sees who has sent, reminds, asks back and opens again."""

from datetime import date

import pytest
import time_machine
from django.db import DatabaseError, transaction

from efc.models import OutgoingMail
from tests.factories import MemberFactory, SeatFactory, SuspensionFactory
from tests.workpackages.collecting import answer, asked, home, of  # noqa: F401
from tests.workpackages.conftest import client_of
from workpackages.models import DataField, DataRound, DataTemplate
from workpackages.services import collection
from workpackages.services.awaiting import awaiting

pytestmark = pytest.mark.django_db


def letters(name):
    return list(
        OutgoingMail.objects.filter(template=f"workpackages/{name}").order_by("pk").values_list("address", flat=True)
    )


def test_a_template_is_written_put_in_force_and_then_stands(figures):
    client = client_of(figures.keeper)
    made = client.post(
        "/workspace/data/templates/new/",
        {"work_package": figures.package.pk, "name": "Payments  seen", "guidance": "Count each once."},
    )
    home = made["Location"]
    assert DataTemplate.objects.get(name="Payments seen").version == 1
    client.post(home + "put_in_force/")
    assert "This template asks nothing yet." in client.get(home).content.decode()
    question = {"order": 1, "key": "cases", "label": "Cases", "kind": "count", "is_required": "on"}
    for given, sentence in [
        ({"key": "Cases 1"}, "Write small letters, digits and _"),
        ({"kind": "choice"}, "Write at least two different entries"),
        ({"kind": "yes_no", "is_of_people": "on"}, "Only a count can be one of people or cases."),
        ({"minimum": 9, "ceiling": 3}, "lies below the least one"),
        ({"ceiling": "many"}, "Write a whole number."),
    ]:
        reply = client.post(home + "questions/new/", {**question, **given})
        assert (reply.status_code, sentence in reply.content.decode()) == (422, True), given
    assert client.post(home + "questions/new/", question).status_code == 302
    twice = client.post(home + "questions/new/", question)
    assert twice.status_code == 422
    assert "a question of that key already" in twice.content.decode()
    client.post(home + "put_in_force/")

    template = DataTemplate.objects.get(name="Payments seen")
    assert template.status == "in_force"
    assert client.get(home + "edit/").status_code == 404
    for change in (
        lambda: DataField.objects.filter(template=template).update(label="Other"),
        lambda: DataField.objects.create(template=template, key="more", label="More"),
        lambda: DataTemplate.objects.filter(pk=template.pk).update(guidance="Other"),
    ):
        with pytest.raises(DatabaseError, match="in force and stands"), transaction.atomic():
            change()


def test_the_next_version_is_a_copy_and_replaces_the_one_before(figures):
    client = client_of(figures.keeper)
    copy = client.post(f"/workspace/data/templates/{figures.template.pk}/copy/")["Location"]
    draft = DataTemplate.objects.get(name="Unified template", version=2)
    assert [(one.key, one.part_of and one.part_of.key) for one in draft.fields.all()][:2] == [
        ("cases", None),
        ("cases_paid", "cases"),
    ]
    assert draft.fields.get(key="cases_paid").part_of.template == draft
    again = client.post(f"/workspace/data/templates/{figures.template.pk}/copy/", follow=True)
    assert "Unified template, version 2 is being prepared already." in again.content.decode()
    gone = draft.fields.get(key="share")
    client.post(f"{copy}questions/{gone.pk}/remove/")
    client.post(copy + "put_in_force/")
    figures.template.refresh_from_db()
    assert (figures.template.status, draft.fields.count()) == ("replaced", 6)
    assert "Unified template, version 1" in client.get(f"/workspace/data/rounds/{figures.round.pk}/").content.decode()


def test_a_round_is_prepared_opened_by_the_clock_and_asks_who_was_chosen(figures):
    SeatFactory(organisation=MemberFactory(name="Chair"), kind="chair")
    SeatFactory(organisation=MemberFactory(name="Advisers"), kind="advisory")
    SeatFactory(organisation=SuspensionFactory(organisation=MemberFactory(name="Resting")).organisation, kind="full")
    client = client_of(figures.keeper)
    facts = {
        "work_package": figures.package.pk, "template": figures.template.pk, "title": "First quarter", "starts_on": "2026-01-01",
        "ends_on": "2026-03-31", "opens_on": "2026-04-02", "due_on": "2026-04-30", "audience": "steering_group",
    }  # fmt: skip
    for given, sentence in [
        ({"ends_on": "2025-12-31"}, "The last day lies before the first day."),
        ({"due_on": "2026-04-01"}, "It would be due before it opens."),
        ({"opens_on": "2026-03-18", "due_on": "2026-03-30"}, "It would be due before its period is over."),
        ({"ends_on": "2025-12-31", "due_on": "2026-04-01"}, "It would be due before it opens."),
        ({"ends_on": "2025-12-31", "due_on": "2026-04-01"}, "The last day lies before the first day."),
        ({"due_on": "2026-03-01", "opens_on": "2026-02-01"}, "This day has passed."),
        ({"template": 999999}, "Choose one from the list."),
        ({"due_on": "soon"}, "Write the day as year, month and day"),
    ]:
        reply = client.post("/workspace/data/rounds/new/", {**facts, **given})
        assert (reply.status_code, sentence in reply.content.decode()) == (422, True), given
    made = client.post("/workspace/data/rounds/new/", facts)["Location"]
    assert "It would ask 2 organisations" in client.get(made).content.decode()
    assert collection.open_due() == 0
    with time_machine.travel("2026-04-02 05:00+00:00", tick=False):
        assert collection.open_due() == 1
    row = DataRound.objects.get(title="First quarter")
    assert list(row.returns.values_list("organisation_name", "seat", "status")) == [
        ("Advisers", "advisory", "awaited"), ("Chair", "chair", "awaited")
    ]  # fmt: skip
    assert client_of(figures.keeper).get(made + "edit/").status_code == 404
    with pytest.raises(DatabaseError, match="asks what it asked"), transaction.atomic():
        DataRound.objects.filter(pk=row.pk).update(audience="full")


def test_the_clock_leaves_a_day_to_look_at_what_was_prepared_today(figures):
    facts = {
        "work_package": figures.package.pk, "template": figures.template.pk, "title": "At once", "starts_on": "2026-01-01",
        "ends_on": "2026-02-28", "opens_on": "2026-03-17", "due_on": "2026-04-30", "audience": "members",
    }  # fmt: skip
    reply = client_of(figures.keeper).post("/workspace/data/rounds/new/", facts, follow=True)
    assert "If nobody does, it opens tomorrow morning." in reply.content.decode()
    assert collection.open_due() == 0
    with time_machine.travel("2026-03-17 23:01+00:00", tick=False):  # a minute after midnight in Brussels
        assert collection.open_due() == 1


def test_a_close_that_shuts_somebody_out_is_asked_once_more(figures):
    answer(figures, "bank")
    client, close = client_of(figures.keeper), f"/workspace/data/rounds/{figures.round.pk}/close/"
    page = client.post(close).content.decode()
    assert "2 of 3 have not sent; they can send nothing afterwards" in page
    figures.round.refresh_from_db()
    assert figures.round.status == "open"
    client.post(close, {"sure": "1"})
    figures.round.refresh_from_db()
    assert figures.round.status == "closed"


def test_the_board_shows_who_is_late_and_missing(figures):
    answer(figures, "bank")
    answer(figures, "police", send=False)
    board = f"/workspace/data/rounds/{figures.round.pk}/"
    page = client_of(figures.keeper).get(board).content.decode()
    assert "1 of 3 have sent" in page
    assert [words for words in ("Sent", "Begun", "Not begun") if words not in page] == []
    with time_machine.travel("2026-04-17 05:00+00:00", tick=False):
        assert collection.close_due() == 1
        page = client_of(figures.keeper).get(board).content.decode()
        assert "2 are missing." in page
        reply = client_of(figures.keeper).post(
            home(figures.round, "police") + "reopen/", {"reason": "time", "open_until": "2026-04-20"}
        )
        assert reply.status_code == 302
        answer(figures, "police")
        page = client_of(figures.keeper).get(board).content.decode()
        assert "1 is missing." in page
        assert "1 came late." in page
        assert "Sent late" in page


def test_the_silent_are_reminded_after_a_look(figures):
    answer(figures, "bank")
    OutgoingMail.objects.all().delete()
    page = f"/workspace/data/rounds/{figures.round.pk}/remind/"
    client = client_of(figures.keeper)
    look = client.get(page).content.decode()
    assert "This mails 2 organisations." in look
    assert "hotline@member.example" in look
    assert letters("return_due") == []
    assert client.post(page, {}).status_code == 422
    client.post(page, {"returns": [of(figures.round, "police").pk, of(figures.round, "bank").pk]})
    assert letters("return_due") == ["police@member.example"]
    look = client.get(page).content.decode()
    assert "This mails 1 organisation." in look
    assert "It was reminded on 17 March, 10:00." in look


def test_the_clock_reminds_a_week_and_a_day_before(figures):
    answer(figures, "bank")
    OutgoingMail.objects.all().delete()
    wrote = {}
    for day in (8, 9, 10, 15, 16, 17):
        with time_machine.travel(f"2026-04-{day:02} 05:10+00:00", tick=False):
            collection.remind_due()
            collection.remind_due()
        wrote[day] = len(letters("return_due"))
    assert wrote == {8: 0, 9: 2, 10: 2, 15: 4, 16: 4, 17: 4}


def test_a_return_is_opened_again_with_a_reason_and_a_day(figures):
    row = answer(figures, "bank")
    client, start = client_of(figures.keeper), home(figures.round, "bank")
    assert client.post(start + "reopen/", {"reason": "because", "open_until": "2026-04-01"}).status_code == 422
    late = client.post(start + "reopen/", {"reason": "figure", "open_until": "2026-03-17"})
    assert "Give a day after today." in late.content.decode()
    client.post(start + "reopen/", {"reason": "figure", "open_until": "2026-04-01"})
    row.refresh_from_db()
    assert (row.status, row.reopened_because, row.open_until) == ("reopened", "figure", date(2026, 4, 1))
    assert "A figure needs a second look" in OutgoingMail.objects.get(template="workpackages/return_reopened").text
    answer(figures, "bank", cases="12")
    assert of(figures.round, "bank").status == "submitted"
    assert (
        client_of(figures.police).post(start + "reopen/", {"reason": "figure", "open_until": "2026-04-01"}).status_code
        == 404
    )


def test_comments_are_on_figures_and_go_to_the_other_side(figures):
    start = home(figures.round, "bank")
    keeper, bank = client_of(figures.keeper), client_of(figures.bank)
    for text, sentence in [
        ("", "Write your comment first."),
        ("x" * 301, "This has 301 characters. Shorten it to 300."),
        ("See www.shop.example for it", "Please take the web address or code out"),
        ("Ask a.person@bank.example", "Take the address out: nobody is named here."),
        ("It was about child porn", "child sexual abuse material"),
    ]:
        reply = keeper.post(start + "comments/", {"text": text})
        assert (reply.status_code, sentence in reply.content.decode()) == (422, True), text
    assert keeper.post(start + "comments/", {"text": "Is the second figure in thousands?"}).status_code == 302
    assert bank.post(start + "comments/", {"text": "No, it is in units."}).status_code == 302
    assert letters("return_commented") == ["bank@member.example", "analyst@member.example"]
    page = bank.get(start).content.decode()
    assert "Is the second figure in thousands?" in page
    assert "No case, no name of a person, no address and no link belongs here." in page
    assert client_of(figures.police).post(start + "comments/", {"text": "?"}).status_code == 404


def test_comments_go_after_a_year_and_returns_after_ten(figures):
    answer(figures, "bank")
    client_of(figures.keeper).post(home(figures.round, "bank") + "comments/", {"text": "Thank you."})
    collection.close_round(figures.round, by=None)
    with time_machine.travel("2027-03-18 05:00+00:00", tick=False):
        assert collection.forget_old() == (1, 0)
        assert of(figures.round, "bank").values.count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        of(figures.round, "bank").values.all().delete()


def test_more_time_for_all(figures):
    client = client_of(figures.keeper)
    page = f"/workspace/data/rounds/{figures.round.pk}/extend/"
    assert client.post(page, {"due_on": "2026-04-16"}).status_code == 422
    assert client.post(page, {"due_on": "2026-04-30"}).status_code == 302
    assert of(figures.round, "bank").due_on == date(2026, 4, 30)


def test_keeping_belongs_to_the_leads_of_the_work_package(plan, figures):
    operator = client_of(plan.operator)
    assert operator.get(f"/workspace/data/rounds/{figures.round.pk}/").status_code == 404
    assert operator.post(f"/workspace/data/rounds/{figures.round.pk}/close/").status_code == 404
    own = operator.get("/workspace/data/rounds/new/").content.decode()
    assert "WP1 Operations" in own
    assert "WP2" not in own
    bank = client_of(figures.bank)
    assert bank.get("/workspace/data/rounds/new/").status_code == 404
    assert bank.post(f"/workspace/data/rounds/{figures.round.pk}/close/").status_code == 403
    assert bank.get(f"/workspace/data/rounds/{figures.round.pk}/")["Location"] == home(figures.round, "bank")


def test_the_next_round_is_proposed(figures):
    page = client_of(figures.keeper).get("/workspace/data/rounds/new/").content.decode()
    assert 'name="starts_on" value="2026-01-01"' in page
    assert 'name="ends_on" value="2026-06-30"' in page
    assert f'<option value="{figures.template.pk}" selected>Unified template, version 1</option>' in page


def test_what_waits_is_named_to_who_can_move_it(figures):
    assert (
        "Give the figures: Second half of 2025"
        in client_of(figures.bank).get("/workspace/organisations/bank/").content.decode()
    )
    for slug in ("bank", "police", "hotline"):
        assert [one.what for one in awaiting(figures.keeper)] == []
        answer(figures, slug)
    assert [one.what for one in awaiting(figures.keeper)] == ["Close the round: Second half of 2025"]
    assert awaiting(figures.bank) == []


def test_the_desk_reads_returns_and_reminds_many_at_once(figures, secretariat):
    answer(figures, "bank")
    OutgoingMail.objects.all().delete()
    client = client_of(secretariat)
    assert "1 of 3" in client.get(f"/admin/workpackages/dataround/{figures.round.pk}/change/").content.decode()
    sent = client.get(f"/admin/workpackages/datareturn/{of(figures.round, 'bank').pk}/change/").content.decode()
    assert "Cases opened" in sent
    assert 'name="_save"' not in sent
    rows = [of(figures.round, slug).pk for slug in ("bank", "police")]
    chosen = {"action": "remind", "_selected_action": rows}
    look = client.post("/admin/workpackages/datareturn/", chosen).content.decode()
    assert "This mails 1 organisation." in look
    assert "It has sent its return." in look
    client.post("/admin/workpackages/datareturn/", {**chosen, "confirm": "1"})
    assert letters("return_due") == ["police@member.example"]
    template = client.get(f"/admin/workpackages/datatemplate/{figures.template.pk}/change/").content.decode()
    assert 'name="guidance"' not in template
    assert 'name="fields-0-label"' not in template
