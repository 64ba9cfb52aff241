"""The desk's first page: what has a day stands first, the earliest at the top; and what of the work others owe."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from efc.desk import Line, Section, today
from tests.factories import DeliverableFactory
from tests.workpackages.collecting import answer, asked  # noqa: F401
from workpackages.models import DataRound, ReportPeriod

pytestmark = pytest.mark.django_db


def test_what_has_a_day_stands_first():
    now = timezone.now()
    lines = [
        Line("b", ""),
        Line("later", "", at=now),
        Line("a", ""),
        Line("sooner", "", at=now - timedelta(days=1)),
    ]
    assert [line.text for line in Section("", "", lines).lines] == ["sooner", "later", "b", "a"]


def owed(user):
    return [(line.text, line.url, line.note) for line in today(user)[1].lines]


def test_what_others_owe_the_work(figures, secretariat):
    assert owed(secretariat) == []  # of the round's month, no day has passed
    answer(figures, "bank")
    DataRound.objects.update(opens_on=date(2026, 3, 17))
    DeliverableFactory(work_package=figures.package, number=2, due_on=date(2026, 2, 28))
    DeliverableFactory(work_package=figures.package, number=1, due_on=date(2026, 1, 31))
    ReportPeriod.objects.create(
        programme=figures.package.programme, number=1, starts_on=date(2025, 9, 1), ends_on=date(2026, 2, 28), status="with_chair", figures={}
    )  # fmt: skip
    late = ("2 deliverables are late", "/workspace/deliverables/?state=late", "D2.1, D2.2")
    report = ("Progress report 1 is with the Chair", "/workspace/reports/figures/1/", figures.package.programme.name)
    assert owed(secretariat) == [late, report]
    with time_machine.travel(date(2026, 4, 2), tick=False):
        board = f"/workspace/data/rounds/{figures.round.pk}/"
        line = ("Second half of 2025: 2 of 3 have not sent", board, "until 16 April 2026")
        assert owed(secretariat) == [late, line, report]
    assert owed(figures.keeper) == []
