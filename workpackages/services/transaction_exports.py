"""The register of test transactions as a file, for the holders of its roles, with a reason from a list: no text comes into the log."""

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from efc import audit
from efc.exports import file_answer
from efc.permissions import require
from workpackages.models import TestTransaction
from workpackages.models.transactions import DAYS, FIGURES


class Reason(models.TextChoices):
    EVALUATION = "evaluation", gettext_lazy("To evaluate the mechanism")
    CHECK = "check", gettext_lazy("To check the entries with an authority or a provider")
    AUDIT = "audit", gettext_lazy("For an audit of the programme")
    HANDOVER = "handover", gettext_lazy("To hand the register over to a successor")


def columns():
    """Return [(heading, function of a row)]."""

    def of(name):
        return TestTransaction._meta.get_field(name).verbose_name, lambda row: getattr(row, name)

    return [
        (_("Reference"), lambda row: row.reference), (_("Requesting authority"), lambda row: row.requested_by),
        (_("Payment provider"), lambda row: row.asked), (_("Status"), lambda row: row.get_status_display()),
        *(of(name) for name in DAYS), (_("Days to answer"), lambda row: row.days_to_answer),
        (_("Outcome"), lambda row: row.get_outcome_display()), *(of(name) for name in FIGURES),
    ]  # fmt: skip


@transaction.atomic
def export_requests(rows, *, by, file_format, reason, filtered=()):
    """Return the rows as a file. `filtered` names what the list was narrowed by, without the values.

    Writes: an audit entry with format, reason, filter and number of rows. Raises: PermissionDenied.
    """
    require(by, "workpackages.view_testtransaction")
    shown = columns()
    header = [str(heading).capitalize() for heading, _value in shown]
    table = [["" if (value := of(row)) is None else str(value) for _heading, of in shown] for row in rows]
    audit.record(
        "workpackages.testtransaction.export", None, by, format=file_format, reason=str(Reason(reason)),
        filter=", ".join(filtered), rows=len(table),
    )  # fmt: skip
    return file_answer(header, table, f"efc-test-transactions-{timezone.localdate():%Y-%m-%d}.{file_format}")
