"""What *Today* says about the work that others owe: figures, an approval, deliverables. What the Secretariat can move itself,
`workpackages.services.awaiting` says.
"""

from datetime import datetime, time

from django.db.models import Count, DateField, F, Q, Value
from django.db.models.fields import TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from efc.lines import ask, line
from workpackages.models import DataReturn, DataRound, Deliverable, Programme, ReportPeriod


def waits_for_others(user):
    """Return (text, address, note, moment): rounds with returns missing after half of their time, reports with the Chair, one line for
    all late deliverables. Costs: one query.
    """
    late = []
    for row in ask(_lines(user)):
        if row["of_kind"] == "late":
            late.append(row)
        else:
            yield WORDS[row["of_kind"]](row)
    if late:
        text = ngettext("%(n)s deliverable is late", "%(n)s deliverables are late", len(late)) % {"n": len(late)}
        codes = ", ".join(f"D{row['of_group']}.{row['of_number']}" for row in late[:5])
        yield text, f"{reverse('workspace_work:deliverables')}?state=late", codes, _end_of(late[0]["of_day"])


def _lines(user):
    if user.has_perm("workpackages.keep_dataround"):
        yield line(
            "round", _half_over(), day=F("due_on"), number=F("pk"), title=F("title"), group=F("missing"),
            note=Cast("asked", TextField()),
        )  # fmt: skip
    if user.has_perm("workpackages.change_reportperiod"):
        given = ReportPeriod.objects.filter(status=ReportPeriod.Status.WITH_CHAIR)
        yield line("chair", given, slug=F("programme__slug"), number=F("number"), note=F("programme__name"))
    if user.has_perm("workpackages.change_deliverable"):
        late = Deliverable.objects.late().filter(work_package__programme__in=Programme.objects.ran_on())
        yield line("late", late, day=F("due_on"), group=F("work_package__number"), number=F("number"))


def _half_over():
    """Return the open rounds with returns missing of which less time is left than has passed, with `asked` and `missing`."""
    today = Value(timezone.localdate(), DateField())
    owing = ~Q(returns__status=DataReturn.Status.SUBMITTED)
    rounds = DataRound.objects.open().alias(passed=today - F("opens_on"), left=F("due_on") - today)
    counted = rounds.filter(passed__gte=F("left")).annotate(
        asked=Count("returns"), missing=Count("returns", filter=owing)
    )
    return counted.filter(missing__gt=0)


def _round(row):
    text = ngettext(
        "%(round)s: %(n)s of %(all)s has not sent", "%(round)s: %(n)s of %(all)s have not sent", row["of_group"]
    )
    return (
        text % {"round": row["of_title"], "n": row["of_group"], "all": row["of_note"]},
        reverse("workspace_data:round", args=[row["of_number"]]),
        _("until %(day)s") % {"day": date_format(row["of_day"], "j F Y")},
        _end_of(row["of_day"]),
    )


def _report(row):
    text = _("%(report)s is with the Chair") % {"report": ReportPeriod(number=row["of_number"])}
    return text, reverse("workspace_report", args=[row["of_slug"], row["of_number"]]), row["of_note"], None


WORDS = {"round": _round, "chair": _report}


def _end_of(day):
    return timezone.make_aware(datetime.combine(day, time(23, 59)))
