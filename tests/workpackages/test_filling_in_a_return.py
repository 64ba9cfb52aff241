"""A member gives its figures: saved as a draft, checked, sent once; what cannot be is said and nothing is lost."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, transaction

from efc.models import AuditEntry, OutgoingMail
from tests.workpackages.collecting import answer, asked, home, of  # noqa: F401
from tests.workpackages.conftest import client_of
from workpackages.services.returns import values_of

pytestmark = pytest.mark.django_db


def test_a_round_asks_each_member_by_letter(figures):
    letters = OutgoingMail.objects.filter(template="workpackages/round_opened").order_by("address")
    assert [letter.address for letter in letters] == [
        "bank@member.example",
        "hotline@member.example",
        "police@member.example",
    ]
    assert letters[0].subject == "Second half of 2025: your figures by 16 April 2026"
    assert home(figures.round, "bank") in letters[0].text
    page = client_of(figures.bank).get("/workspace/data/").content.decode()
    assert "Second half of 2025" in page
    assert "Police" not in page


def test_a_draft_is_kept_checked_and_sent_once(figures):
    client, start = client_of(figures.bank), home(figures.round, "bank")
    draft = {"seen": 0, "cases": "1 200", "share": "12,5", "has_process": "yes", "source": "Police", "since": "2024-03"}
    assert client.post(start + "fill/", draft).status_code == 302
    row = of(figures.round, "bank")
    assert (row.status, row.revision, row.saved_by) == ("draft", 1, figures.bank)
    assert values_of(row) == {
        "cases": 1200,
        "share": Decimal("12.5"),
        "has_process": True,
        "source": "Police",
        "since": date(2024, 3, 1),
    }
    page = client.get(start + "fill/").content.decode()
    assert 'value="1200"' in page
    assert 'value="2024-03"' in page

    check = client.get(start + "check/").content.decode()
    assert "1 answer needs you before it can be sent." in check
    refused = client.post(start + "check/", {"seen": 1})
    assert refused.status_code == 422
    assert "of them with a payment: Write a number. If there were none, write 0." in refused.content.decode()

    client.post(start + "fill/", {**draft, "seen": 1, "cases_paid": "0", "check": "1"})
    assert client.post(start + "check/", {"seen": 2}).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.submitted_by) == ("submitted", figures.bank)
    again = client.post(start + "fill/", {**draft, "seen": 2})
    assert again.status_code == 409
    assert "is now: Sent" in again.content.decode()
    assert 'value="1 200"' in again.content.decode()
    with pytest.raises(DatabaseError, match="was sent and stands"), transaction.atomic():
        row.values.update(number=7)
    acts = AuditEntry.objects.filter(target_type="workpackages.datareturn", target_id=str(row.pk)).order_by("pk")
    assert [act.verb.rsplit(".", 1)[1] for act in acts] == ["begin", "save", "save", "submit"]
    assert "1200" not in str([act.data for act in acts])


NO_FIGURES = [
    ({"cases": "-3"}, "A count cannot be below 0. Write 0 or more."),
    ({"cases": "12.5"}, "Write a whole number in digits"),
    ({"cases": "1,200"}, "Write a whole number in digits"),
    ({"cases": "a dozen"}, "Write a whole number in digits"),
    ({"cases": "٣"}, "Write a whole number in digits"),
    ({"cases": "9" * 12}, "This number has 12 digits, and at most 9 are taken."),
    ({"share": "101"}, "A percentage lies between 0 and 100."),
    ({"share": "12.55"}, "Round it to one decimal"),
    ({"share": "most"}, "Write a number from 0 to 100"),
    ({"source": "Newspapers"}, "Choose one from the list."),
    ({"since": "spring"}, "Write the month as year and month"),
    ({"since": "0001-01"}, "Check the year."),
    ({"since": "2026-04"}, "This month has not come yet."),
    ({"has_process": "perhaps"}, "Choose one from the list."),
    ({"seen": "often"}, "Open the page again"),
]


def test_what_is_no_figure_is_explained_and_kept_on_the_page(figures):
    client, answers = client_of(figures.bank), {}
    for given, sentence in NO_FIGURES:
        reply = client.post(home(figures.round, "bank") + "fill/", {"seen": 0, "accounts": "77", **given})
        page = reply.content.decode()
        answers[str(given)] = (reply.status_code, sentence in page, 'value="77"' in page)
    assert answers == {str(given): (422, True, True) for given, _sentence in NO_FIGURES}
    assert of(figures.round, "bank").revision == 0


def test_a_part_is_no_more_than_its_whole(figures):
    client, start = client_of(figures.bank), home(figures.round, "bank")
    client.post(start + "fill/", {"seen": 0, "cases": "10", "cases_paid": "11"})
    reply = client.post(start + "check/", {"seen": 1})
    assert reply.status_code == 422
    assert "This is part of “Cases opened”, which is 10. Correct one of the two." in reply.content.decode()


def test_an_unusual_number_is_taken_once_it_is_confirmed(figures):
    client, start = client_of(figures.bank), home(figures.round, "bank")
    client.post(start + "fill/", {"seen": 0, "cases": "50000", "cases_paid": "1"})
    reply = client.post(start + "check/", {"seen": 1})
    assert reply.status_code == 422
    assert "These numbers are unusual</legend>" in reply.content.decode()
    assert "50000 is more than 5000. Correct it, or confirm below that it is right." in reply.content.decode()
    assert client.post(start + "check/", {"seen": 1, "sure": ["cases"]}).status_code == 302
    row = of(figures.round, "bank")
    assert row.status == "submitted"
    assert list(row.values.filter(is_confirmed=True).values_list("field__key", flat=True)) == ["cases"]


def test_nothing_to_report_takes_one_press(figures):
    client, start = client_of(figures.bank), home(figures.round, "bank")
    assert "Nothing to report" in client.get(start).content.decode()
    client.post(start + "nothing/", {"seen": 0})
    row = of(figures.round, "bank")
    assert (row.status, row.is_nothing, row.values.count()) == ("submitted", True, 0)
    assert "To correct it, ask in a comment below" in client.get(start).content.decode()


def test_nothing_to_report_replaces_figures_only_after_a_second_yes(figures):
    client, start = client_of(figures.bank), home(figures.round, "bank")
    client.post(start + "fill/", {"seen": 0, "cases": "10"})
    assert "Nothing to report" in client.get(start).content.decode()
    assert "This replaces the figures of your draft" in client.post(start + "nothing/", {"seen": 1}).content.decode()
    assert values_of(of(figures.round, "bank")) == {"cases": 10}
    client.post(start + "nothing/", {"seen": 1, "sure": "1"})
    row = of(figures.round, "bank")
    assert (row.status, row.is_nothing, row.values.count()) == ("submitted", True, 0)


def test_two_colleagues_at_once_see_each_others_figures(figures):
    start = home(figures.round, "bank") + "fill/"
    first, second = client_of(figures.bank), client_of(figures.bank)
    first.post(start, {"seen": 0, "cases": "10", "accounts": "3"})
    reply = second.post(start, {"seen": 0, "cases": "12", "accounts": "3"})
    page = reply.content.decode()
    assert reply.status_code == 409
    assert "Bank officer saved at 10:00, while you were writing." in page
    assert '<td class="r">10</td><td class="r">12</td>' in page
    assert page.count("Accounts closed") == 1  # both wrote the same: it stands in the form only
    assert values_of(of(figures.round, "bank")) == {"cases": 10, "accounts": 3}
    second.post(start, {"seen": 1, "cases": "12", "accounts": "3"})
    assert values_of(of(figures.round, "bank"))["cases"] == 12


def test_after_its_last_day_the_draft_is_kept_and_nothing_is_taken(figures):
    client, start = client_of(figures.bank), home(figures.round, "bank")
    client.post(start + "fill/", {"seen": 0, "cases": "10"})
    with time_machine.travel("2026-04-16 21:59+00:00", tick=False):  # a minute before midnight in Brussels
        assert client_of(figures.bank).post(start + "fill/", {"seen": 1, "cases": "11"}).status_code == 302
    with time_machine.travel("2026-04-16 22:00+00:00", tick=False):
        client = client_of(figures.bank)
        reply = client.post(start + "fill/", {"seen": 2, "cases": "12"})
        assert reply.status_code == 422
        assert (
            "This return was due on 16 April 2026, 23:59 CEST (Brussels). Your draft is kept." in reply.content.decode()
        )
        assert 'value="12"' in reply.content.decode()
        assert client.get(start + "fill/").status_code == 302
        assert "Missing" in client.get(start).content.decode()
    assert values_of(of(figures.round, "bank")) == {"cases": 11}


def test_others_find_no_return(figures, sg_member, secretariat):
    answer(figures, "bank")
    start = home(figures.round, "bank")
    assert client_of(figures.police).get(start).status_code == 404
    assert client_of(figures.police).post(start + "fill/", {"seen": 0}).status_code == 404
    assert client_of(sg_member).get(start).status_code == 404
    assert client_of(sg_member).get(f"/workspace/data/rounds/{figures.round.pk}/figures/").status_code == 200
    assert (
        "No figures to show now"
        in client_of(sg_member).get(f"/workspace/data/rounds/{figures.round.pk}/figures/").content.decode()
    )
    assert client_of(figures.keeper).get(start).status_code == 200
    assert client_of(secretariat).get(start).status_code == 200
    assert client_of(figures.keeper).get(start + "fill/").status_code == 404
