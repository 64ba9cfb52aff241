"""The verbs of pages, news and publications: one implementation on their common MOVES table."""

import re
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from efc import audit, files, richtext
from efc.permissions import require
from members.models import Decision, MembershipTerm
from publications.models import NewsItem, Publication, Rendition
from workpackages.models import Deliverable, DeliverableFile

WELCOMED_WITHIN = timedelta(days=90)  # an older membership is no news
PUBLISHED_WITHIN = timedelta(days=365)  # since it was accepted; what is older was published elsewhere


@transaction.atomic
def submit_content(item, *, by):
    """Ask for approval. Raises: PermissionDenied, WrongStatus."""
    return item.move("submit", by=by)


@transaction.atomic
def revise_content(item, *, by):
    """Take it back to a draft. Raises: PermissionDenied, WrongStatus."""
    return item.move("revise", by=by)


@transaction.atomic
def approve_content(item, *, by):
    """Approve it; it is public from `publish_at`, at once where that is empty.

    Raises: PermissionDenied, WrongStatus, ValidationError while a wording is open, a new member has not approved its profile, or the
    deliverable that it publishes is not accepted any more.
    """
    item.require_wordings()
    membership = getattr(item, "membership", None)
    if membership is not None and not membership.organisation.is_public:
        raise ValidationError(
            _("%(organisation)s has not approved its profile yet, so it is named nowhere in public. Ask it first.")
            % {"organisation": membership.organisation}
        )
    deliverable = getattr(item, "deliverable", None)
    if deliverable is not None and deliverable.status != Deliverable.Status.ACCEPTED:
        raise ValidationError(
            _(
                "%(deliverable)s was opened again and is not accepted now. Publish it once the Commission has accepted it."
            )
            % {"deliverable": deliverable}
        )
    return item.move("approve", by=by, note=", ".join(item.wordings_kept))


@transaction.atomic
def withdraw_content(item, *, by):
    """Take it off the site. Raises: PermissionDenied, WrongStatus."""
    return item.move("withdraw", by=by)


VERBS = {
    "submit": submit_content,
    "approve": approve_content,
    "withdraw": withdraw_content,
    "revise": revise_content,
}


@transaction.atomic
def add_rendition(publication, upload, *, by, language="en", title="", is_accessible=False, order=0):
    """Check a file, store it under a stable name and measure it.

    Writes: one Rendition, its file, one audit entry. Returns: the rendition.
    Raises: PermissionDenied, ValidationError for a file that is not what it says.
    """
    require(by, "publications.add_rendition", publication)
    rendition = Rendition(
        publication=publication, language=language, title=title, is_accessible=is_accessible, order=order
    )
    receive_file(rendition, upload.name, *files.check_upload(upload))
    rendition.save()
    audit.record("publications.publication.add_file", publication, by, name=rendition.name, sha256=rendition.sha256)
    return rendition


def receive_file(rendition, filename, media_type, checked):
    """Take a file that `files.check_upload` has passed: format, size, SHA-256, and a name that stays once given."""
    rendition.media_type = media_type
    rendition.file = File(checked, name=filename)
    rendition.name = rendition.name or free_name(rendition, filename)
    rendition.measure()


def free_name(rendition, filename):
    """Return a name for the address that no other file of the publication has: `slug-en.pdf`, then `slug-en-2.pdf`."""
    extension = filename.rsplit(".", 1)[-1].lower()
    stem = re.sub(r"[^a-z0-9-]", "", f"{rendition.publication.slug}-{rendition.language}")[:90]
    taken = set(rendition.publication.renditions.exclude(pk=rendition.pk).values_list("name", flat=True))
    name, number = f"{stem}.{extension}", 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}.{extension}"
    return name


# ── the clock ────────────────────────────────────────────────────────────


def memberships_to_welcome():
    """Return the memberships that began by a decision in the last months and have no news yet; renewals are no news."""
    today = timezone.localdate()
    return (
        MembershipTerm.objects.openings()
        .filter(news=None, decision__isnull=False, starts_on__lte=today, starts_on__gt=today - WELCOMED_WITHIN)
        .exclude(decision__procedure=Decision.Procedure.RECORD)
        .select_related("organisation")
        .order_by("starts_on", "pk")
    )


@transaction.atomic
def draft_welcomes():
    """Draft the welcome of each new member from what the register knows, for the Secretariat to look at.

    Writes: a draft in every language of the site, an audit entry, each. Returns: how many.
    """
    terms = memberships_to_welcome().select_for_update(of=("self",), skip_locked=True)
    return len([draft_welcome(term) for term in terms])


def draft_welcome(term):
    """Write the draft for one membership. Returns: the item."""
    organisation, slug = term.organisation, f"welcome-{term.organisation.slug}"
    if NewsItem.objects.filter(slug=slug, dated_on__year=term.starts_on.year).exists():
        slug = f"{slug}-{term.pk}"
    item = NewsItem(membership=term, slug=slug, dated_on=term.starts_on, place="Brussels", is_demo=organisation.is_demo)
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            facts = {
                "name": organisation.full_name,
                "day": date_format(term.starts_on),
                "sector": organisation.get_sector_display(),
                "contribution": getattr(organisation, f"contribution_{code}") or organisation.contribution_en or "",
            }
            setattr(item, f"title_{code}", _("We welcome %(name)s") % facts)
            setattr(item, f"summary_{code}", _("%(name)s joined the coalition on %(day)s.") % facts)
            setattr(item, f"body_{code}", welcome_text(organisation, facts))
    item.save(force_insert=True)
    item.organisations.add(organisation)
    audit.record("publications.newsitem.draft_welcome", item, membership=term.pk)
    return item


def welcome_text(organisation, facts):
    """Return the text of a welcome in the active language, from the facts of the register (Markdown)."""
    if organisation.country:
        facts = {**facts, "country": organisation.country.name}
        opening = _("On %(day)s **%(name)s** joined the coalition. Its sector: %(sector)s. Its country: %(country)s.")
    else:
        opening = _("On %(day)s **%(name)s** joined the coalition. Its sector: %(sector)s.")
    paragraphs = [opening % facts]
    if facts["contribution"]:
        paragraphs.append(_("What it brings: %(contribution)s") % facts)
    if organisation.website:
        paragraphs.append(f"[{organisation.website_name}]({organisation.website})")
    return "\n\n".join(paragraphs)


def results_to_publish():
    """Return the latest public file of each deliverable that was accepted in the last year and has no publication yet."""
    return (
        DeliverableFile.objects.for_members()
        .filter(
            access=DeliverableFile.Access.PUBLIC,
            deliverable__status=Deliverable.Status.ACCEPTED,
            deliverable__publication=None,
            deliverable__accepted_on__gt=timezone.localdate() - PUBLISHED_WITHIN,
        )
        .select_related("deliverable__work_package__programme")
        .order_by("pk")
    )


@transaction.atomic
def draft_publications():
    """Draft the publication of each accepted deliverable from its public file, for an editor to look at and publish.

    Writes: a draft, its file, an audit entry, each. Files: a copy of the public file. Returns: how many.
    """
    files = results_to_publish().select_for_update(of=("self",), skip_locked=True)
    return len([draft_publication(file) for file in files])


def draft_publication(file):
    """Write the draft for one file of a deliverable. Returns: the publication."""
    deliverable, package = file.deliverable, file.deliverable.work_package
    slug = slugify(deliverable.title)[:60] or f"deliverable-{deliverable.pk}"
    if Publication.objects.filter(slug=slug).exists():
        slug = f"{slug}-{deliverable.pk}"
    facts = {"package": package.name, "programme": package.programme.name}
    with translation.override("en"):
        summary = (
            richtext.plain(deliverable.description)[:800]
            or _("A result of the work package %(package)s, %(programme)s.") % facts
        )
    publication = Publication.objects.create(
        deliverable=deliverable, kind=Publication.Kind.REPORT, title_en=deliverable.title, summary_en=summary, slug=slug,
        dated_on=deliverable.delivered_on, work_package=package, is_demo=package.programme.is_demo,
    )  # fmt: skip
    leads = package.leads.published().as_of(deliverable.delivered_on)
    publication.contributors.set(leads.values_list("organisation", flat=True))
    with file.file.open("rb") as stored:
        copy = ContentFile(stored.read(), name=file.name)
    rendition = Rendition(publication=publication)
    receive_file(rendition, file.name, file.media_type, copy)
    rendition.save()
    audit.record(
        "publications.publication.draft_result", publication, deliverable=deliverable.pk, sha256=rendition.sha256
    )
    return publication
