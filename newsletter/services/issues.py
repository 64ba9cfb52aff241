"""Composing an issue: what can go in, what is still missing before it may go out, tests, and the archive."""

import re
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from efc import audit, wording
from efc.permissions import require
from efc.workflow import WrongStatus
from events.models import Event
from newsletter import emails, rendering
from newsletter.links_check import broken_paths
from newsletter.models import Issue, IssueItem, Subscriber
from newsletter.services import mailings
from publications.models import NewsItem, Publication

TEST_ADDRESSES = 6
UNFIT_FOR_SUBJECT = re.compile(r"sexual|abus|exploit|victim|porn|rape", re.IGNORECASE)


# ── composing ────────────────────────────────────────────────────────────


def next_number():
    return (Issue.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def since(issue=None):
    """Return the day of the issue before this one: what is newer is offered."""
    earlier = Issue.objects.all()
    if issue is not None and issue.pk:
        earlier = earlier.filter(number__lt=issue.number)
    last = earlier.order_by("-number").first()
    return last.dated_on if last else date(2000, 1, 1)


def offered(issue=None):
    """Return what this issue can take: published since the last one, dates ahead of us, and not in it yet.

    Returns: {"news_item": rows, "publication": rows, "event": rows}. Unpublished and embargoed things are never among them.
    """
    day = since(issue)
    rows = {
        "news_item": NewsItem.objects.published()
        .filter(_newer(day))
        .defer("body", "search_vector")
        .order_by("-dated_on", "-pk"),
        "publication": Publication.objects.published()
        .filter(_newer(day))
        .defer("body", "search_vector")
        .order_by("-dated_on", "-pk"),
        "event": Event.objects.published().upcoming().defer("description", "search_vector"),
    }
    if issue is not None and issue.pk:
        taken = issue.items.all()
        rows = {
            field: found.exclude(pk__in=taken.filter(**{f"{field}__isnull": False}).values(field))
            for field, found in rows.items()
        }
    return rows


def _newer(day):
    """Dated after the last issue, or made public after it under an earlier date."""
    return Q(dated_on__gt=day) | Q(publish_at__date__gt=day)


@transaction.atomic
def add_items(issue, things, *, by):
    """Put published things into a draft, behind what stands there. Raises: ValidationError for what the public may not see."""
    require(by, "newsletter.change_issue", issue)
    last = issue.items.aggregate(last=Max("order"))["last"] or 0
    fields = {NewsItem: "news_item", Publication: "publication", Event: "event"}
    for place, thing in enumerate(things, 1):
        if not type(thing).objects.published().filter(pk=thing.pk).exists():
            raise ValidationError(
                _("“%(title)s” is not public yet. Take it out, or wait until it is.") % {"title": thing}
            )
        IssueItem.objects.create(issue=issue, order=last + 10 * place, **{fields[type(thing)]: thing})


# ── what is still missing ────────────────────────────────────────────────


@dataclass(frozen=True)
class Check:
    """One line of the checklist: whether it holds, and a sentence that says so or says what to do."""

    holds: bool
    sentence: str


def checklist(issue, rendered=None):
    """Return the lines that must all hold before an issue may go out, read anew each time. Costs: each own link is opened once."""
    rendered = rendered or rendering.render_issue(issue)
    return [_content(issue), _subject(issue), _public(issue), _links(issue, rendered), _guard(issue), _text(rendered), _size(rendered), _web(rendered),
            _readers(), _tested(issue, rendered)]  # fmt: skip


def _content(issue):
    if issue.editorial or issue.items.exists():
        return Check(True, _("The issue has something to say."))
    return Check(False, _("The issue is empty: write an editorial or take in at least one item."))


def _subject(issue):
    """People read mail in public: the subject names no abuse."""
    if UNFIT_FOR_SUBJECT.search(issue.subject):
        return Check(
            False,
            _(
                "Write a subject that can be read over somebody’s shoulder: without sexual, abuse, exploitation or victim."
            ),
        )
    return Check(True, _("The subject can be read in public."))


def _public(issue):
    hidden = [str(item) for item in issue.hidden_items()]
    if not hidden:
        return Check(True, _("Everything in it is public."))
    return Check(
        False, _("Not public yet: %(titles)s. Take it out, or wait until it is.") % {"titles": "; ".join(hidden)}
    )


def _links(issue, rendered):
    paths, elsewhere = rendering.own_paths(rendered.html)
    paths = [path for path in paths if path != rendering.archive_path(issue)]  # opens with the sending
    broken = broken_paths(paths)
    if broken:
        return Check(False, _("These links do not answer: %(paths)s.") % {"paths": ", ".join(broken)})
    sentence = ngettext("The link to our site answers.", "All %(n)s links to our site answer.", len(paths)) % {
        "n": len(paths)
    }
    if elsewhere:
        sentence += " " + ngettext(
            "%(n)s link to another site was not tried.", "%(n)s links to other sites were not tried.", elsewhere
        ) % {"n": elsewhere}  # fmt: skip
    return Check(True, sentence)


def _guard(issue):
    if hits := issue.open_wordings():
        return Check(False, " ".join(wording.sentence_about(hit) for hit in hits))
    return Check(True, _("The language guard found nothing to change."))


def _text(rendered):
    return Check(bool(rendered.text.strip()), _("The plain-text part is written."))


def _size(rendered):
    size = {"kb": round(rendered.size_bytes / 1024)}
    if rendered.size_bytes > rendering.CLIPPED_AT:
        return Check(
            False,
            _("The mail has %(kb)s KB; some mailboxes cut it off. Shorten the editorial or take items out.") % size,
        )
    return Check(True, _("The mail has %(kb)s KB, small enough for every mailbox.") % size)


def _web(rendered):
    return Check(bool(rendered.web_html.strip()), _("The web version is ready; it appears when the issue goes out."))


def _readers():
    count = Subscriber.objects.eligible().count()
    if not count:
        return Check(False, _("Nobody has confirmed a subscription yet, so there is nobody to send it to."))
    return Check(True, ngettext("%(n)s confirmed subscriber.", "%(n)s confirmed subscribers.", count) % {"n": count})


def _tested(issue, rendered):
    if not issue.tested_at:
        return Check(False, _("Send a test to yourself and have a look at it."))
    when = {"time": date_format(timezone.localtime(issue.tested_at), "j F, H:i")}
    if issue.tested_digest != rendered.digest:
        return Check(False, _("The issue has changed since the test of %(time)s: send a test again.") % when)
    return Check(True, _("Tested on %(time)s, nothing changed since.") % when)


def readers_by_language():
    """Return [(language, confirmed subscribers who may be written to)], most first, and their sum."""
    rows = list(
        Subscriber.objects.eligible()
        .order_by()
        .values_list("language")
        .annotate(n=Count("pk"))
        .order_by("-n", "language")
    )
    return rows, sum(n for _language, n in rows)


# ── what happens to an issue ─────────────────────────────────────────────


@transaction.atomic
def send_test(issue, addresses, *, by):
    """Send the issue as it is now to a few addresses, through the outbox.

    Writes: when and for which content the test was, an audit entry. Letters: issue_test. Returns: when.
    """
    require(by, "newsletter.change_issue", issue)
    if not 0 < len(addresses) <= TEST_ADDRESSES:
        raise ValidationError(_("Give one to %(n)s addresses.") % {"n": TEST_ADDRESSES})
    rendered = rendering.render_issue(issue)
    for address in addresses:
        emails.issue_test(issue, rendered, address)
    now = timezone.now()
    Issue.objects.filter(pk=issue.pk).update(tested_at=now, tested_digest=rendered.digest)
    issue.tested_at, issue.tested_digest = now, rendered.digest
    audit.record("newsletter.issue.test", issue, by, recipients=len(addresses), digest=rendered.digest)
    return now


@transaction.atomic
def archive_issue(issue, *, by, sent_at=None):
    """Put an issue into the archive that went out by another way, as those before this portal did.

    Raises: ValidationError while something in it is not public.
    """
    if not (check := _public(issue)).holds:
        raise ValidationError(check.sentence)
    rendered = rendering.render_issue(issue)
    return issue.move("archive", by=by, sent_at=sent_at or timezone.now(), web_html=rendered.web_html)


def officers_besides(user):
    """Return the other people who may release what `user` prepared."""
    people = get_user_model().objects.filter(is_active=True, is_staff=True).exclude(pk=user.pk)
    return [person for person in people if person.has_perm("newsletter.send_mailing")]


@transaction.atomic
def send_issue(issue, *, by, send_at=None, count=None):
    """Freeze a tested issue with everybody it goes to; then ask another officer to release it, or, where one is enough, let it go.

    Writes: the mailing and its deliveries, audit entries. Letters: mailing_prepared to the other officers. Returns: the mailing.
    Raises: WrongStatus when somebody was faster, ValidationError when it is not what was tested or the number typed is wrong.
    """
    issue = Issue.objects.select_for_update().get(pk=issue.pk)
    if not issue.is_open:
        raise WrongStatus(issue, "send")
    mailing = mailings.prepare_mailing(issue, by=by, send_at=send_at)
    if mailing.digest != issue.tested_digest:
        raise ValidationError(_("The issue has changed since its test: send a test again."))
    if not settings.TWO_PERSONS_RELEASE:
        return mailings.release_mailing(mailing, by=by, count=count)
    for officer in officers_besides(by):
        emails.mailing_prepared(mailing, officer)
    return mailing
