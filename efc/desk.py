"""What the desk's first page shows a person: what needs me, what goes out, what failed. Every room is asked."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from efc import desk_members, desk_work
from efc.adminsite import Desk
from efc.models import ContactMessage, Content, Hotline, LedgerRow, OutgoingMail
from events.models import Event
from members.admin.applications import ApplicationAdmin
from newsletter.models import Delivery, Issue, Mailing
from publications.models import NewsItem, Page, Publication
from workpackages.models import ReportPeriod
from workpackages.services.awaiting import awaiting as work_awaiting

RUNNING = (Mailing.Status.SENDING, Mailing.Status.PAUSED)


@dataclass
class Line:
    text: str
    url: str
    note: str = ""
    at: object = None


@dataclass
class Section:
    title: str
    empty: str
    lines: list = field(default_factory=list)

    def __post_init__(self):
        """Put what has a day first, the earliest at the top; what has none keeps its order below."""
        dated = sorted((line for line in self.lines if line.at), key=lambda line: line.at)
        self.lines = [*dated, *[line for line in self.lines if not line.at]]


def today(user):
    """Return the sections of *Today* for this person, each with its lines; what may not be seen is not counted."""
    unsent, mailings = desk_members.failed_letters(user), _mailings(user)
    return [
        Section(
            _("Needs you"),
            _("Nothing needs you now."),
            [
                *_messages(user),
                *_lines(desk_members.to_do(user)),
                *[Line(one.what, one.url, one.note, one.until) for one in work_awaiting(user)],
                *_reviews(user),
                *_welcomes(user),
                *_results(user),
                *_mailings_to_release(user, mailings),
                *_issues(user),
            ],
        ),
        Section(
            _("Waits for others"),
            _("Nobody owes us an answer."),
            _lines([*desk_members.waits_for_others(user), *desk_work.waits_for_others(user)]),
        ),
        Section(
            _("Goes out"), _("Nothing is planned to go out."), [*_scheduled(user), *_mailings_running(user, mailings)]
        ),
        Section(
            _("Failed"),
            _("Nothing failed."),
            [
                *_lines(desk_members.failed(*unsent)),
                *_documents(user),
                *_letters(user, *unsent),
                *_deliveries(user, mailings),
            ],
        ),
        Section(_("To check"), _("Everything is checked."), _hotlines(user)),
    ]


def _lines(found):
    return [Line(*facts) for facts in found]


def change_url(record):
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])


def list_url(model, query=""):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") + query


def _messages(user):
    if not user.has_perm("efc.handle_contactmessage"):
        return
    for message in (
        ContactMessage.objects.visible_to(user).waiting().select_related("assigned_to").order_by("received_at")[:10]
    ):
        who = (
            _("assigned to %(name)s") % {"name": message.assigned_to}
            if message.assigned_to
            else _("nobody has taken it")
        )
        yield Line(
            _("Message: %(topic)s") % {"topic": message.get_topic_display()},
            change_url(message),
            who,
            message.received_at,
        )


def _reviews(user):
    for model in (NewsItem, Publication, Page, Event):
        opts = model._meta
        if user.has_perm(f"{opts.app_label}.publish_{opts.model_name}"):
            for record in model.objects.filter(status=Content.Status.IN_REVIEW).defer("search_vector")[:10]:
                yield Line(
                    _("Approve: %(title)s") % {"title": record},
                    change_url(record),
                    str(opts.verbose_name),
                    record.updated_at,
                )


def _welcomes(user):
    """The welcomes of new members that were drafted from the register, until somebody has looked at them."""
    if user.has_perm("publications.publish_newsitem"):
        drafts = NewsItem.objects.filter(status=Content.Status.DRAFT, membership__isnull=False)
        for item in drafts.select_related("membership__organisation").defer("search_vector")[:10]:
            is_public = item.membership.organisation.is_public
            note = _("draft from the register") if is_public else _("waits until the member approves its profile")
            yield Line(str(item), change_url(item), note, item.created_at)


def _results(user):
    """The publications that were drafted from accepted deliverables, until somebody has looked at them."""
    if user.has_perm("publications.publish_publication"):
        drafts = Publication.objects.filter(status=Content.Status.DRAFT, deliverable__isnull=False)
        for item in drafts.defer("search_vector")[:10]:
            yield Line(str(item), change_url(item), _("draft from an accepted deliverable"), item.created_at)


def _mailings(user):
    """Return the mailings that are prepared or under way, those prepared last first. Costs: one query, none for who sees none."""
    if not any(user.has_perm(f"newsletter.{perm}") for perm in ("send_mailing", "view_mailing", "view_delivery")):
        return []
    now = [Mailing.Status.PREPARED, Mailing.Status.HELD, *RUNNING]
    return list(Mailing.objects.filter(status__in=now).select_related("issue", "prepared_by"))


def _mailings_to_release(user, mailings):
    if user.has_perm("newsletter.send_mailing"):
        for mailing in mailings:
            if mailing.status not in (Mailing.Status.PREPARED, Mailing.Status.HELD):
                continue
            note = mailing.held_reason or _("prepared by %(name)s") % {"name": mailing.prepared_by}
            yield Line(
                _("Release: %(subject)s") % {"subject": mailing.subject},
                change_url(mailing.issue),
                note,
                mailing.prepared_at,
            )


def _issues(user):
    if user.has_perm("newsletter.change_issue"):
        for issue in Issue.objects.filter(status=Issue.Status.DRAFT, mailing=None):
            yield Line(
                _("Draft of newsletter %(number)s") % {"number": issue.number},
                change_url(issue),
                issue.subject,
                issue.updated_at,
            )


def _scheduled(user):
    for model in (NewsItem, Publication, Page, Event):
        opts = model._meta
        if user.has_perm(f"{opts.app_label}.view_{opts.model_name}"):
            for record in model.objects.due_after_now().defer("search_vector").order_by("publish_at")[:10]:
                yield Line(str(record), change_url(record), str(opts.verbose_name), record.publish_at)


def _mailings_running(user, mailings):
    if user.has_perm("newsletter.view_mailing"):
        for mailing in mailings:
            if mailing.status not in RUNNING:
                continue
            counts = mailing.deliveries.counts()
            note = _("%(status)s: %(sent)s of %(total)s handed over") % {
                "status": mailing.get_status_display(), "sent": counts["sent"], "total": mailing.total,
            }  # fmt: skip
            yield Line(mailing.subject, change_url(mailing.issue), note, mailing.send_at or mailing.started_at)


def _documents(user):
    """The reports whose documents could not be made when the Chair approved them; approving again tries once more."""
    if user.has_perm("workpackages.change_reportperiod"):
        for period in ReportPeriod.objects.exclude(trouble="").defer("figures").select_related("programme"):
            text = _("The document of “%(report)s” could not be made") % {"report": period}
            yield Line(text, period.get_absolute_url(), period.trouble, period.updated_at)


def _letters(user, told, _applications):
    """The letters that failed, but for those `told` elsewhere: they have a line of their own."""
    bad = [LedgerRow.State.FAILED, LedgerRow.State.IN_DOUBT]
    if user.has_perm("efc.view_outgoingmail"):
        for letter in OutgoingMail.objects.filter(state__in=bad).exclude(pk__in=told.values("pk")).order_by("-pk")[:10]:
            yield Line(
                letter.subject,
                change_url(letter),
                f"{letter.get_state_display()}: {letter.last_error}",
                letter.queued_at,
            )


def _deliveries(user, mailings):
    if not user.has_perm("newsletter.view_delivery"):
        return
    for mailing in mailings:
        if mailing.status not in (*RUNNING, Mailing.Status.HELD):
            continue
        failed = Delivery.objects.filter(mailing=mailing, state=LedgerRow.State.FAILED).count()
        if failed:
            text = ngettext("%(n)s address failed", "%(n)s addresses failed", failed) % {"n": failed}
            yield Line(text, change_url(mailing.issue), mailing.subject)


def _hotlines(user):
    if not user.has_perm("efc.change_hotline"):
        return []
    unchecked = Hotline.objects.exclude(checked_on__gte=Now() - timedelta(days=90)).exclude(url="").count()
    if not unchecked:
        return []
    text = ngettext(
        "%(n)s hotline not checked by a person for 90 days",
        "%(n)s hotlines not checked by a person for 90 days",
        unchecked,
    )
    return [Line(text % {"n": unchecked}, list_url(Hotline))]


def _welcome(term):
    """Return the welcome news of a membership as (title and status, address), or nothing."""
    item = NewsItem.objects.filter(membership=term).defer("search_vector").first()
    return (f"{item}: {item.get_status_display()}", change_url(item)) if item else None


Desk.today = staticmethod(today)
ApplicationAdmin.news_of = staticmethod(_welcome)
