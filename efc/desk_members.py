"""What *Today* says about the members' room: applications to check and to decide, and what waits for others, with its age."""

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from efc.models import LedgerRow, OutgoingMail
from members.models import AccessReview, Application, Ballot, Check, Inquiry, Invitation, MemorandumVersion
from members.services.access import unanswered

Status = Application.Status
HANDLE = "members.handle_application"
BAD = [LedgerRow.State.FAILED, LedgerRow.State.IN_DOUBT]


def change_url(record):
    return reverse(f"admin:members_{record._meta.model_name}_change", args=[record.pk])


def list_url(model, query=""):
    return reverse(f"admin:members_{model}_changelist") + query


def days_ago(moment):
    days = (timezone.localdate() - timezone.localdate(moment)).days
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days} if days else _("today")


def to_do(user):
    """Return (text, address, note, moment) for each application whose next step is the Secretariat’s. Costs: one query."""
    if not user.has_perm(HANDLE):
        return
    running = Ballot.objects.filter(application=OuterRef("pk"), status__in=[Ballot.Status.DRAFT, Ballot.Status.OPEN])
    mine = Application.objects.visible_to(user).filter(
        status__in=[Status.SUBMITTED, Status.UNDER_REVIEW], submitted_at__isnull=False
    )
    rows = mine.filter(~Exists(running)).annotate(
        done=Count("checks", ~Q(checks__result=Check.Result.OPEN)), checks_all=Count("checks")
    )
    for application in rows.order_by("submitted_at")[:10]:
        yield next_step(application) % {"name": application}, change_url(application), _("waiting: %(age)s, checks %(done)s/%(all)s") % {
            "age": days_ago(application.submitted_at), "done": application.done, "all": application.checks_all,
        }, application.submitted_at  # fmt: skip


def next_step(application):
    if application.status == Status.SUBMITTED:
        return _("Take up the application: %(name)s")
    if application.done < application.checks_all:
        return _("Finish the checks: %(name)s")
    if not application.route:
        return _("Choose the route: %(name)s")
    if application.route == Application.Route.FAST_TRACK:
        return _("Prepare the ballot: %(name)s")
    return _("Put before the next meeting: %(name)s")


def waits_for_others(user):
    """Return (text, address, note, moment): questions unanswered, ballots that run, the memorandum, invitations, confirmations."""
    if user.has_perm(HANDLE):
        asked = Inquiry.objects.filter(answered_at=None, application__status=Status.INFORMATION_REQUESTED)
        for inquiry in asked.select_related("application").order_by("asked_at")[:10]:
            text = _("Question not answered: %(name)s") % {"name": inquiry.application}
            yield (
                text,
                change_url(inquiry.application),
                _("asked: %(age)s") % {"age": days_ago(inquiry.asked_at)},
                inquiry.asked_at,
            )
    if user.has_perm("members.run_ballot"):
        counting = Q(electorate__has_vote=True, electorate__recused_because="")
        rows = Ballot.objects.filter(status=Ballot.Status.OPEN).annotate(
            seats=Count("electorate", counting), replied=Count("electorate", counting & ~Q(electorate__choice=""))
        )
        for ballot in rows.order_by("closes_at")[:10]:
            facts = {"n": ballot.replied, "all": ballot.seats}
            yield (
                _("Ballot: %(title)s") % {"title": ballot},
                change_url(ballot),
                _("%(n)s of %(all)s replied") % facts,
                ballot.closes_at,
            )
    yield from _people(user)


def _people(user):
    version = MemorandumVersion.objects.current() if user.has_perm("members.change_memorandumversion") else None
    if version and (count := version.unsigned_by().count()):
        text = ngettext(
            "%(n)s member has not signed the memorandum", "%(n)s members have not signed the memorandum", count
        )
        yield text % {"n": count}, change_url(version), str(version), None
    if user.has_perm("members.add_invitation"):
        over = Invitation.objects.filter(
            accepted_at=None, withdrawn_at=None, person__user=None, expires_at__lte=timezone.now()
        )
        if count := over.count():
            text = ngettext(
                "%(n)s invitation expired without being used", "%(n)s invitations expired without being used", count
            )
            yield text % {"n": count}, list_url("invitation", "?link=over"), "", None
    if user.has_perm("members.change_accessreview"):
        for review in AccessReview.objects.filter(status=AccessReview.Status.OPEN):
            if count := unanswered(review).count():
                text = ngettext(
                    "%(n)s organisation has not confirmed its people",
                    "%(n)s organisations have not confirmed their people",
                    count,
                )
                yield (
                    text % {"n": count},
                    change_url(review),
                    _("until %(day)s") % {"day": date_format(review.due_on, "j F Y")},
                    None,
                )


def failed_letters(user):
    """Return the letters that did not reach an applicant whose application is open, and {key: application}."""
    if not user.has_perm(HANDLE):
        return OutgoingMail.objects.none(), {}
    waiting = {str(row.pk): row for row in Application.objects.visible_to(user).waiting()}
    label = Application._meta.label_lower
    return OutgoingMail.objects.filter(about_type=label, about_id__in=list(waiting), state__in=BAD), waiting


def failed(letters, waiting):
    """Return (text, address, note, moment) of those letters: the way on is the application, which says whom to call."""
    for letter in letters.order_by("-pk")[:10]:
        application = waiting[letter.about_id]
        text = _("A letter did not reach the applicant: %(name)s") % {"name": application}
        yield (
            text,
            change_url(application),
            f"{letter.subject} ({letter.last_error or letter.get_state_display()})",
            letter.queued_at,
        )
