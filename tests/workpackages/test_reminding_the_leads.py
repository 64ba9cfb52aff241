"""On the first of a month each lead is asked, once, how their deliverables stand."""

from datetime import date

from efc.models import OutgoingMail
from workpackages.services.reminders import remind_leads


def letters():
    return sorted(OutgoingMail.objects.values_list("address", "subject"))


def test_each_lead_gets_one_letter_on_the_first(plan):
    assert remind_leads(date(2026, 3, 31)) == 0
    assert letters() == []

    assert remind_leads(date(2026, 4, 1)) == 3
    assert letters() == [
        ("operator@member.example", "D1.1 Support mechanism: still on track?"),
        ("second-trainer@member.example", "D4.1 Training book: still on track?"),
        ("trainer@member.example", "D4.1 Training book: still on track?"),
    ]
    text = OutgoingMail.objects.get(address="trainer@member.example").text
    assert "/workspace/programmes/2026/wp/4/deliverables/1/update/" in text
    assert "due on 30 April 2026" in text


def test_the_clock_may_ask_twice(plan, settings):
    from django.utils import timezone

    first = timezone.localdate().replace(day=1)
    assert remind_leads(first) == 3
    assert remind_leads(first) == 0


def test_who_has_nothing_open_is_not_asked(plan):
    plan.book.move("submit", by=None, delivered_on=date(2026, 3, 17))
    assert remind_leads(date(2026, 4, 1)) == 1
