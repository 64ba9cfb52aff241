"""Counting, as properties: the result agrees with the rules as a few lines here say them, and nothing moves it once the ballot closed."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from efc import roles
from members import arithmetic
from members.models import Ballot, Elector, Seat
from members.services import ballots, people
from members.services.votes import TooLate
from tests.conftest import make_user
from tests.members.voting import begin, person, seat_of

CHOICES = ["", "agree", "object", "abstain", "interest"]


@dataclass
class Row:
    """A seat as the counting sees it."""

    choice: str = ""
    has_vote: bool = True
    recused_because: str = ""
    is_present: bool | None = None


def by_the_rules(rows, kind):
    """Decide as the rules say: who counts, quorum, majority; in silence no reply agrees and one objection goes to the meeting."""
    rows = [row for row in rows if row.has_vote and not row.recused_because]
    said = [row.choice for row in rows]
    if kind == "silence" and "object" in said:
        return "to_meeting"
    agree = said.count("agree") + (said.count("") if kind == "silence" else 0)
    there = {
        "silence": len(rows),
        "written": len(rows) - said.count(""),
        "meeting": sum(row.is_present is True for row in rows),
    }
    if not 2 * there[kind] > len(rows):
        return "no_quorum"
    return "adopted" if agree > said.count("object") else "not_adopted"


rows = st.builds(
    lambda choice, has_vote, recused, is_present: Row(
        choice=choice if has_vote or choice == "interest" else "",
        has_vote=has_vote,
        recused_because="interest" if choice == "interest" else recused,
        is_present=is_present,
    ),
    st.sampled_from(CHOICES), st.booleans(), st.sampled_from(["", "", "", "own"]), st.sampled_from([None, True, False]),
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.lists(rows, max_size=14), st.sampled_from(Ballot.Kind.values))
def test_quorum_and_majority_agree_with_the_rules(electors, kind):
    tally, outcome = arithmetic.count(electors, kind)

    assert outcome == by_the_rules(electors, kind)
    assert tally["seats"] == tally["recused"] + tally["counting"]
    assert tally["counting"] == tally["agree"] + tally["object"] + tally["abstain"] + tally["silent"]
    assert all(sentence.strip() for sentence in arithmetic.in_words(tally, outcome))


@pytest.mark.parametrize(
    ("choices", "kind", "outcome", "needed"),
    [
        (["agree"] * 3 + [""] * 3, "written", "no_quorum", 4),  # half is not more than half
        (["agree"] * 2 + ["object"] + [""] * 2, "written", "adopted", 3),
        (["agree", "object", "abstain"], "written", "not_adopted", 2),  # as many as object is not more
        (["abstain"] * 3, "written", "not_adopted", 2),
        ([""] * 9, "silence", "adopted", 5),
        (["agree"] * 8 + ["object"], "silence", "to_meeting", 5),
        (["abstain"] * 4, "silence", "not_adopted", 3),
        ([], "silence", "no_quorum", 1),
        ([], "written", "no_quorum", 1),
        ([], "meeting", "no_quorum", 1),
    ],
)
def test_the_edges_by_hand(choices, kind, outcome, needed):
    tally, found = arithmetic.count([Row(choice) for choice in choices], kind)
    assert (found, tally["needed"]) == (outcome, needed)


def test_the_arithmetic_is_said_in_words_and_numbers():
    electors = [*(Row("agree") for _n in range(6)), Row("abstain"), Row(), Row(), Row(recused_because="own")]
    assert arithmetic.in_words(*arithmetic.count(electors, "silence")) == [
        "There are 10 voting seats.",
        "1 is recused, so 9 count.",
        "In a silence procedure every seat that counts takes part.",
        "6 agree, 0 object, 1 abstain.",
        "2 did not reply, which counts as agreement.",
        "8 against 0: adopted.",
    ]


# ── a whole ballot ───────────────────────────────────────────────────────

SEATS = ["Chair", "Full 1", "Full 2", "Full 3", "Full 4", "Adviser"]
acts = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["agree", "object", "abstain", "interest"]), st.integers(0, 5)),
        st.tuples(st.just("hand over"), st.integers(0, 5)),
    ),
    max_size=12,
)  # fmt: skip


def stored(ballot):
    """Return all that is kept of a ballot, seats and votes included, but for who holds a seat today."""
    electors = list(
        ballot.electorate.order_by("pk").values(
            *[field.name for field in Elector._meta.fields if field.name not in ("holder", "alternate")]
        )
    )
    votes = list(Elector.objects.filter(ballot=ballot).order_by("votes__pk").values_list("votes__pk", "votes__choice"))
    return Ballot.objects.filter(pk=ballot.pk).values().get(), electors, votes


class TestWholeBallots(TestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.sampled_from(["written", "silence"]), acts, acts)
    def test_after_closing_neither_electorate_nor_result_ever_changes(self, kind, before, after):
        officer = self.officer = make_user(
            "officer@efc.example", "Secretariat officer", roles.SECRETARIAT, is_staff=True
        )
        kinds = {"Chair": Seat.Kind.CHAIR, "Adviser": Seat.Kind.ADVISORY}
        seats = [seat_of(name, kinds.get(name, Seat.Kind.FULL)) for name in SEATS]
        ballot = begin(officer, kind=kind)
        expected = {name: Row(has_vote=name != "Adviser") for name in SEATS}
        for act, place in before:
            if self.do(ballot, seats, act, place) and act != "hand over":
                row = expected[SEATS[place]]
                row.choice = act
                row.recused_because = "interest" if act == "interest" else ""
        Ballot.objects.filter(pk=ballot.pk).update(
            opens_at=F("opens_at") - timedelta(days=60), closes_at=F("opens_at") - timedelta(days=1)
        )
        closed = ballots.close_ballot(ballot)
        kept = stored(closed)

        for act, place in after:
            assert not self.do(closed, seats, act, place) or act == "hand over"
            with pytest.raises(DatabaseError), transaction.atomic():
                Elector.objects.filter(ballot=closed).update(recused_because="own")

        assert stored(closed) == kept
        assert closed.outcome == by_the_rules(expected.values(), kind)

    def do(self, ballot, seats, act, place):
        """Try an act of a seat. Returns: whether it was accepted."""
        seat = seats[place]
        seat.refresh_from_db()
        if act == "hand over":
            successor = person("Successor")
            people.hand_over(seat.holder, successor, by=self.officer)
            return True
        row = ballot.electorate.get(seat=seat)
        try:
            ballots.cast_vote(row, act, by=row.holder.user, reason="A reason.")
        except (TooLate, ballots.ValidationError):
            return False
        return True
