"""How the Steering Group decides: the named rules with their text and their numbers, and Brussels working days.

The numbers are settings (`STEERING_GROUP_RULES`). A ballot keeps the rule it was opened under: name, text and numbers.
"""

from datetime import datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from django.conf import settings
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from members.models import Ballot

BRUSSELS = ZoneInfo("Europe/Brussels")
SATURDAY = 5


# ── days and times ───────────────────────────────────────────────────────


@lru_cache(maxsize=32)
def _holidays(year):
    return frozenset(holidays.country_holidays("BE", years=[year]))


def is_working_day(day):
    """Say whether Brussels works on this day: no Saturday, no Sunday, no Belgian public holiday."""
    return day.weekday() < SATURDAY and day not in _holidays(day.year)


def working_days_after(day, count):
    """Return the day that is `count` working days after `day`, which itself does not count; before it when negative."""
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def brussels_day(moment):
    return timezone.localtime(moment, BRUSSELS).date()


def at_hour(day, hour):
    """Return the moment at which it is `hour` o’clock in Brussels on this day, summer or winter."""
    return datetime.combine(day, time(hour), tzinfo=BRUSSELS)


def in_words(moment):
    """Write a moment with its zone: `20 March 2026, 18:00 CET (Brussels)`. The hour that an autumn has twice is named too."""
    local = timezone.localtime(moment, BRUSSELS)
    return _("%(time)s (Brussels)") % {"time": f"{date_format(local, 'j F Y, H:i')} {local.tzname()}"}


def first_end(opened_at, numbers=None):
    """Return the earliest end of a silence procedure that opens then: the last of its working days, at the closing hour."""
    numbers = numbers or settings.STEERING_GROUP_RULES
    day = working_days_after(brussels_day(opened_at), numbers["silence_working_days"])
    return at_hour(day, numbers["closing_hour"])


def reminders(opens_at, closes_at):
    """Return the moments at which those who have not voted are reminded: half-way, and some working days before the end."""
    last = working_days_after(brussels_day(closes_at), -settings.STEERING_GROUP_RULES["reminder_working_days"])
    last = at_hour(last, settings.STEERING_GROUP_RULES["reminder_hour"])
    return sorted(moment for moment in {opens_at + (closes_at - opens_at) / 2, last} if opens_at < moment < closes_at)


# ── the rules ────────────────────────────────────────────────────────────

NAMES = {
    Ballot.Kind.MEETING: "Vote in a meeting",
    Ballot.Kind.SILENCE: "Silence procedure (fast track)",
    Ballot.Kind.WRITTEN: "Written vote",
}


def rule(kind):
    """Return (name, text, numbers) of the rule for ballots of this kind, in English, as it is stored with the ballot."""
    numbers = dict(settings.STEERING_GROUP_RULES)
    share = Fraction(numbers["quorum_above"])
    above = "half" if share == Fraction(1, 2) else f"{share.numerator}/{share.denominator}"
    seats = (
        "The seats of the chair and of full members vote; an organisation has one vote. Advisory members comment and do not vote."
        " A seat whose organisation is concerned, or that declares an interest, is recused and counts nowhere."
    )
    majority = "The matter is adopted when more seats agree than object."
    days = numbers["silence_working_days"]
    how = {
        Ballot.Kind.MEETING: f"There is a quorum when more than {above} of the voting seats that are not recused are present. {majority}",
        Ballot.Kind.WRITTEN: f"There is a quorum when more than {above} of the voting seats that are not recused have voted; abstaining"
        f" counts. {majority}",
        Ballot.Kind.SILENCE: f"The procedure runs {days} working days in Brussels (without Saturdays, Sundays and Belgian holidays) and ends"
        f" at {numbers['closing_hour']}:00. No reply counts as agreement. One objection sends the matter to the next meeting. {majority}",
    }[Ballot.Kind(kind)]
    return NAMES[Ballot.Kind(kind)], f"{seats} {how}", numbers


def english():
    """Return the language of what is stored: the register and its arithmetic are kept in English."""
    return override("en")
