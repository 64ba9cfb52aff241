"""Handing over, in every room at once: what a leaver holds, and one act that moves all of it to a successor.

A room offers `held_by(person)`, [(what, names)], and `hand_over(person, to, by=…)`, sentences on what moved.
"""

from django.db import transaction

import members.services.people
import workpackages.services.people
from efc.permissions import redraw
from members.admin.people import PersonAdmin
from members.emails import people as emails

ROOMS = [members.services.people, workpackages.services.people]


def held_by(person):
    """Return [(what, names)] of every room, for the page that asks before it happens."""
    return [held for room in ROOMS for held in room.held_by(person)]


@transaction.atomic
def hand_over(person, to, *, by):
    """Move what a leaver holds in every room to a successor. Letters: handover, to the successor. Returns: sentences on what moved."""
    moved = [sentence for room in ROOMS for sentence in room.hand_over(person, to, by=by)]
    redraw(by=by)
    if moved:
        emails.handover_done(person, to, moved)
    return moved


PersonAdmin.held_by = staticmethod(held_by)
PersonAdmin.hand_over = staticmethod(hand_over)
