"""How far an application has come, in four steps, as its applicant sees it."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from efc import audit
from members.models import Application, Ballot

Status = Application.Status
DECIDING = (Status.PUT_OFF, Status.APPROVED, Status.DECLINED)


@dataclass(frozen=True)
class Stage:
    """One step: its name, whether it is done or the one that runs, a day, and a sentence."""

    name: str
    state: str = ""  # done, now, or not begun
    day: date | None = None
    note: str = ""


def progress(application):
    """Return the four stages of an application that was sent. Costs: 2 queries."""
    decided = application.status in (Status.APPROVED, Status.DECLINED)
    deciding = not decided and (application.status == Status.PUT_OFF or bool(application.route))
    stages = [
        Stage(_("Received"), "done", _day(application.submitted_at)),
        Stage(
            _("Secretariat check"),
            "done" if decided or deciding else "now",
            _taken_up(application),
            "" if decided or deciding else _check_note(application),
        ),
        Stage(
            _("Steering Group decision"),
            "done" if decided else "now" if deciding else "",
            _day(application.decided_at),
            _decision_note(application, deciding),
        ),
    ]
    if application.status == Status.DECLINED:
        return stages
    return [
        *stages,
        Stage(_("Welcome"), "now" if decided else "", None, _("Membership letter, and invitations for your people")),
    ]


def _check_note(application):
    if application.status == Status.INFORMATION_REQUESTED:
        return _("We asked you something and wait for your answer.")
    if application.status == Status.SUBMITTED:
        return _("We look at it within ten working days.")
    return _("We check the details and write to you if something is unclear.")


def _decision_note(application, deciding):
    if application.status == Status.APPROVED:
        return _("Accepted")
    if application.status == Status.DECLINED:
        return _("Not accepted")
    if not deciding:
        return _("In a meeting, or in writing")
    ballot = application.ballots.filter(status=Ballot.Status.OPEN, kind=Ballot.Kind.SILENCE).first()
    if ballot is not None:
        return _("In writing; we expect the result soon.")
    return _("In a meeting of the Steering Group")


def _taken_up(application):
    """Return the day on which the Secretariat took the application up; the audit log knows it."""
    entry = audit.entries_about(application).filter(verb="members.application.review").order_by("at").first()
    return _day(entry.at) if entry else None


def _day(moment):
    return timezone.localtime(moment).date() if moment else None
