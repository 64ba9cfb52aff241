"""What of the register of test transactions waits for the holders of its roles; and for who gives roles, that one of them is vacant."""

from datetime import datetime, time, timedelta

from django.db.models import Exists, F, Max, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from efc.generic import Waiting
from efc.lines import line
from efc.models import Grant
from workpackages.models import TestTransaction
from workpackages.models.transactions import ANSWER_DAYS, CARRY_OUT_DAYS, EVALUATION_DAYS
from workpackages.services.transaction_counts import ROLES

Status = TestTransaction.Status
# status: (who moves it on, since which day it waits, how many days it may, what to do, the button, which page)
STEPS = {
    Status.REQUESTED: (
        TestTransaction.KEEP, "requested_on", ANSWER_DAYS, gettext_lazy("Enter the provider’s answer to %(reference)s"),
        gettext_lazy("Answer"), "",
    ),
    Status.ACCEPTED: (
        TestTransaction.KEEP, "answered_on", CARRY_OUT_DAYS, gettext_lazy("Say whether %(reference)s was carried out"),
        gettext_lazy("Open"), "",
    ),
    Status.CARRIED_OUT: (
        TestTransaction.EVALUATE, "carried_out_on", EVALUATION_DAYS, gettext_lazy("Evaluate %(reference)s"),
        gettext_lazy("Evaluate"), "evaluate",
    ),
    Status.EVALUATED: (
        TestTransaction.KEEP, "evaluated_on", None, gettext_lazy("Close %(reference)s"), gettext_lazy("Close"), "close"
    ),
}  # fmt: skip


class Steps:
    """The next step of each request, for the role that takes it. A line names the reference alone."""

    @staticmethod
    def rows(user, led):
        for status, (perm, since, _days, _what, _button, _page) in STEPS.items():
            if user.has_perm(perm):
                rows = TestTransaction.objects.visible_to(user).filter(status=status)
                yield line(
                    "test_transaction", rows, day=F(since), state=F("status"), group=F("year"), number=F("sequence")
                )

    @staticmethod
    def words(row):
        _perm, _since, days, what, button, page = STEPS[row["of_state"]]
        one = TestTransaction(year=row["of_group"], sequence=row["of_number"])
        last = datetime.combine(row["of_day"] + timedelta(days=days), time(23, 59)) if days else None
        until = timezone.make_aware(last) if last else None
        return Waiting(what % {"reference": one}, f"{one.get_absolute_url()}{page and page + '/'}", str(button), until)


class Vacancies:
    """A role of the register that was given once and that nobody holds today: somebody must be named."""

    @staticmethod
    def rows(user, led):
        if user.has_perm("efc.give_grant"):
            holding = Grant.objects.holding().site_wide().filter(role=OuterRef("role"), user__is_active=True)
            given = Grant.objects.site_wide().filter(~Exists(holding), role__in=ROLES)
            last = given.order_by().values("role").annotate(last=Max("pk")).values("last")  # one line a role
            yield line("vacant_role", Grant.objects.filter(pk__in=last), title=F("role"))

    @staticmethod
    def words(row):
        what = _("Name somebody: %(role)s") % {"role": _(row["of_title"])}
        note = _("Nobody holds this role today, and the register needs both.")
        return Waiting(what, reverse("admin:efc_user_changelist"), _("Accounts"), None, note)


KINDS = {"test_transaction": Steps, "vacant_role": Vacancies}
