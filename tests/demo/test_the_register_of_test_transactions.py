"""The demonstration's register of test transactions: made up, marked as such, and with somebody in each of its two roles."""

from collections import Counter

from django.db.models import F

from efc import roles
from efc.models import User
from efc.permissions import holders
from workpackages.models import TestTransaction as Transaction


def test_each_status_has_a_request_and_all_are_marked(demo):
    rows = Transaction.objects.all()
    assert Counter(rows.values_list("status", flat=True)) == {
        "closed": 9, "evaluated": 1, "withdrawn": 1, "declined": 1, "carried_out": 1, "accepted": 1, "requested": 1
    }  # fmt: skip
    assert not rows.exclude(is_demo=True).exists()
    assert not rows.exclude(year=F("requested_on__year")).exists()
    held = [holders(f"workpackages.{verb}_testtransaction") for verb in ("change", "evaluate")]
    assert [[user.email for user in people] for people in held] == [
        ["test-coordinator@coalition.example"], ["test-evaluator@coalition.example"]
    ]  # fmt: skip


def test_nobody_else_of_the_demonstration_reads_it(demo):
    readers = {user.email for user in User.objects.all() if user.has_perm("workpackages.view_testtransaction")}
    assert readers == {"test-coordinator@coalition.example", "test-evaluator@coalition.example"}
    assert {roles.COORDINATOR, roles.EVALUATOR} <= set(roles.BY_HAND)
