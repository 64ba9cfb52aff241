"""The portal of `prove_ballots`: it pauses between looking and writing, and with BENCH_LOCKS="locks off" it locks nothing.

gunicorn tests.bench.paused:application
"""

import os
import time

from efc.wsgi import application  # noqa: F401
from members.models import Ballot
from members.services import ballots, decisions, votes

PAUSE_SECONDS = 0.02


def after(verb):
    """Pause after a verb's look, before what it writes."""

    def paused(*args, **kwargs):
        found = verb(*args, **kwargs)
        time.sleep(PAUSE_SECONDS)
        return found

    return paused


def look(ballot, verb):
    """Look at the ballot as `votes.shared` does, without sharing its row."""
    ballot = Ballot.objects.annotate(read_at=votes.Now()).get(pk=ballot.pk)
    if ballot.status != votes.Status.OPEN or (ballot.closes_at and ballot.closes_at <= ballot.read_at):
        raise votes.TooLate(ballot, verb)
    return ballot


def next_number(year):
    last = decisions.Decision.objects.filter(year=year).aggregate(last=decisions.Max("sequence"))["last"]
    return (last or 0) + 1


if os.environ.get("BENCH_LOCKS") == "locks off":
    votes.shared = look
    ballots.alone = lambda ballot: Ballot.objects.get(pk=ballot.pk)
    decisions._next_number = next_number
votes.shared = after(votes.shared)
ballots._check_may_close = after(ballots._check_may_close)
decisions._next_number = after(decisions._next_number)
