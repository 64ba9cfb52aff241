"""What of data collection waits: returns that an organisation owes, and rounds that their keepers can move on."""

from datetime import datetime, time

from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from efc.generic import Waiting
from efc.lines import line
from members.services.awaiting import represented_by
from workpackages.models import DataReturn, DataRound, LeadPerson


def end_of(day):
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


class Returns:
    """The returns of one's own organisations that can be sent now."""

    @staticmethod
    def rows(user, led):
        if own := represented_by(user):
            due = DataReturn.objects.due_now().filter(organisation__in=own)
            yield line(
                "return", due, slug=F("organisation__slug"), number=F("round_id"), title=F("round__title"), note=F("organisation_name"),
                day=Coalesce(F("open_until"), F("round__due_on")),
            )  # fmt: skip

    @staticmethod
    def words(row):
        what = _("Give the figures: %(round)s") % {"round": row["of_title"]}
        address = reverse("workspace_data:return", args=[row["of_number"], row["of_slug"]])
        note = _("For %(organisation)s") % {"organisation": row["of_note"]}
        return Waiting(what, address, _("Fill in"), end_of(row["of_day"]), note)


class Rounds:
    """Rounds in which all have sent, and prepared ones that the clock could not open. They are their leads'; of a work package that nobody
    leads, the Secretariat's."""

    @staticmethod
    def rows(user, led):
        kept = DataRound.objects.filter(work_package__in=led)
        if user.has_perm("workpackages.keep_dataround"):
            somebody = LeadPerson.objects.as_of().filter(lead__work_package=OuterRef("work_package"))
            kept = DataRound.objects.filter(~Exists(somebody))
        elif not led:
            return
        owing = DataReturn.objects.missing().filter(round=OuterRef("pk"))
        columns = {"number": F("pk"), "title": F("title"), "day": F("due_on")}
        yield line("round", kept.open().filter(~Exists(owing)), **columns, note=Value("close"))
        stuck = kept.filter(status=DataRound.Status.DRAFT, opens_on__lt=timezone.localdate())
        yield line("round", stuck, **columns, note=Value("open"))

    @staticmethod
    def words(row):
        address = reverse("workspace_data:round", args=[row["of_number"]])
        if row["of_note"] == "open":
            what = _("Open the round: %(round)s") % {"round": row["of_title"]}
            return Waiting(what, address, _("Open"), end_of(row["of_day"]), _("Its day has come, and it is not open."))
        what = _("Close the round: %(round)s") % {"round": row["of_title"]}
        return Waiting(what, address, _("Close"), end_of(row["of_day"]), _("All have sent."))


KINDS = {"return": Returns, "round": Rounds}
