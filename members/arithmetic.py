"""Counting a ballot: seats in, numbers and an outcome out. No database, no clock.

A seat that votes and is not recused *counts*. Quorum: more than the named share of the counting seats have voted (abstaining
counts) or, in a meeting, are present. Adopted: more agree than object. In a silence procedure no reply counts as agreement and
one objection sends the matter to the next meeting.
"""

from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import Ballot, Elector

Choice, Kind, Outcome = Elector.Choice, Ballot.Kind, Ballot.Outcome


def count(electors, kind, quorum_above="1/2"):
    """Count the electorate of a ballot. Returns: (tally, outcome); the tally is a dictionary of plain numbers."""
    voting = [elector for elector in electors if elector.has_vote]
    counting = [elector for elector in voting if not elector.recused_because]
    cast = {choice: sum(elector.choice == choice for elector in counting) for choice in Choice}
    voted = cast[Choice.AGREE] + cast[Choice.OBJECT] + cast[Choice.ABSTAIN]
    present = sum(bool(elector.is_present) for elector in counting)
    silent = len(counting) - voted
    agreeing = cast[Choice.AGREE] + (silent if kind == Kind.SILENCE else 0)
    needed = int(len(counting) * Fraction(quorum_above)) + 1
    there = {Kind.SILENCE: len(counting), Kind.WRITTEN: voted, Kind.MEETING: present}[kind]
    has_quorum = there >= needed
    tally = {
        "kind": str(kind),
        "seats": len(voting),
        "recused": len(voting) - len(counting),
        "counting": len(counting),
        "present": present,
        "voted": voted,
        "agree": cast[Choice.AGREE],
        "object": cast[Choice.OBJECT],
        "abstain": cast[Choice.ABSTAIN],
        "silent": silent,
        "agreeing": agreeing,
        "needed": needed,
        "has_quorum": has_quorum,
    }
    if kind == Kind.SILENCE and cast[Choice.OBJECT]:
        return tally, Outcome.TO_MEETING
    if not has_quorum:
        return tally, Outcome.NO_QUORUM
    return tally, Outcome.ADOPTED if agreeing > cast[Choice.OBJECT] else Outcome.NOT_ADOPTED


def in_words(tally, outcome):
    """Return the arithmetic as sentences, one for each step, in the active language."""
    n = tally["seats"]
    steps = [
        ngettext("There is %(n)s voting seat.", "There are %(n)s voting seats.", n) % {"n": n},
        ngettext("%(n)s is recused, so %(counting)s count.", "%(n)s are recused, so %(counting)s count.", tally["recused"])
        % {"n": tally["recused"], "counting": tally["counting"]}
        if tally["recused"]
        else _("Nobody is recused, so all of them count."),
        _quorum(tally),
        _("%(agree)s agree, %(object)s object, %(abstain)s abstain.") % tally,
    ]  # fmt: skip
    if tally["kind"] == Kind.SILENCE and tally["silent"]:
        steps.append(
            ngettext(
                "%(n)s did not reply, which counts as agreement.",
                "%(n)s did not reply, which counts as agreement.",
                tally["silent"],
            )
            % {"n": tally["silent"]}
        )
    return [*steps, _result(tally, outcome)]


def _quorum(tally):
    if not tally["counting"]:
        return _("No seat is left that could decide.")
    if tally["kind"] == Kind.SILENCE:
        return _("In a silence procedure every seat that counts takes part.")
    there = tally["present"] if tally["kind"] == Kind.MEETING else tally["voted"]
    facts = {"needed": tally["needed"], "there": there}
    if tally["kind"] == Kind.MEETING:
        return _("The quorum is %(needed)s, %(there)s were present.") % facts
    return _("The quorum is %(needed)s, %(there)s voted.") % facts


def _result(tally, outcome):
    facts = {"agreeing": tally["agreeing"], "object": tally["object"]}
    return {
        Outcome.ADOPTED: _("%(agreeing)s against %(object)s: adopted."),
        Outcome.NOT_ADOPTED: _("%(agreeing)s against %(object)s: not adopted, as agreement must outweigh objection."),
        Outcome.TO_MEETING: _("One objection is enough: the matter goes to the next meeting."),
        Outcome.NO_QUORUM: _("There was no quorum: nothing is decided."),
    }[Outcome(outcome)] % facts  # fmt: skip
