"""How a membership begins, and the profile that the organisation approves itself; its terms are in `terms`."""

import logging
from datetime import datetime, time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from efc import audit
from efc.generic import Waiting
from efc.pdf import PDFError
from efc.permissions import require
from members import pdf
from members.emails import memberships as emails
from members.models import (
    Application,
    MembershipTerm,
    Organisation,
    Representative,
)
from members.models.organisations import RESERVED_SLUGS
from members.services import awaiting, people
from members.services.access import draw_grants
from members.services.decisions import decided_already
from members.services.terms import (  # noqa: F401
    FIRST_NOTICE,
    end_membership,
    ending,
    lift_suspension,
    notify_ends,
    renew_membership,
    suspend_organisation,
)

log = logging.getLogger(__name__)


# ── the decision on an application ───────────────────────────────────────


@transaction.atomic
def approve_application(application, *, by, decision=None, starts_on=None, ends_on=None):
    """Make the applicant a member. The profile stays a draft until the organisation approves it.

    Writes: the application, the organisation where new, its term, the contact as a representative, grants, audit entries.
    Letters: application_approved, and the invitation of the contact. Files: the letter as PDF. Returns: the term.
    Raises: PermissionDenied, WrongStatus, ValidationError when the organisation is a member in these days.
    """
    application = _to_decide(application, "approve", by)
    starts_on = starts_on or (decision.decided_on if decision else timezone.localdate())
    organisation = application.organisation or _registered(application)
    term = MembershipTerm(organisation=organisation, starts_on=starts_on, ends_on=ends_on, decision=decision)
    term.full_clean()
    term.save()
    application.move("approve", by=by, organisation=organisation, **_decided(by, decision))
    row = _contact(application, organisation, starts_on)
    store_letter(application)
    emails.application_approved(application, term)
    people.invite_person(row.person, organisation, email=application.email)
    draw_grants(by=by, user=row.person.user)
    return term


@transaction.atomic
def decline_application(application, *, by, reason, decision=None, may_apply_again_on=None):
    """Decline, with a reason and the day from which a new application is welcome (at any time when left out).

    Writes: the application, an audit entry. Letters: application_declined. Files: the letter as PDF. Returns: the application.
    Raises: PermissionDenied, WrongStatus, ValidationError without a reason.
    """
    application = _to_decide(application, "decline", by)
    result = _decided(by, decision) | {"reason": _reason(reason), "may_apply_again_on": may_apply_again_on}
    application.move("decline", by=by, **result)
    store_letter(application)
    emails.application_declined(application)
    return application


@transaction.atomic
def put_off_application(application, *, by, reason, decision=None):
    """Leave the application open for a later meeting and say why.

    Writes: the application, an audit entry. Letters: application_put_off. Returns: the application.
    Raises: PermissionDenied, WrongStatus, ValidationError without a reason.
    """
    application = _to_decide(application, "put_off", by)
    application.move("put_off", by=by, reason=_reason(reason), decision=decision)
    emails.application_put_off(application)
    return application


def _to_decide(application, verb, by):
    """Lock the application, so that of two who decide at once one wins and the other is told who and when."""
    law = Application.MOVES[verb]
    require(by, law.permission, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.status not in law.sources:
        raise decided_already(application, verb)
    return application


def _decided(by, decision):
    return {"decision": decision, "decided_at": timezone.now(), "decided_by": by}


def _reason(reason):
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason; the applicant reads it.")})
    return reason.strip()


def _registered(application):
    """Return the organisation of this name in the register, or a new one with a draft of its profile."""
    known = Organisation.objects.filter(name__iexact=application.organisation_name).first()
    return known or Organisation.objects.create(
        name=application.organisation_name,
        slug=free_slug(application.organisation_name),
        sector=application.sector,
        kind=application.kind,
        country=application.country,
        website=application.website,
        description_en=application.contribution,
        is_demo=application.is_demo,
    )


def free_slug(name):
    """Return an address that no organisation and no other page has: `web-shield`, then `web-shield-2`."""
    stem = slugify(name)[:70].strip("-") or "member"
    taken = set(Organisation.objects.filter(slug__startswith=stem).values_list("slug", flat=True)) | RESERVED_SLUGS
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _contact(application, organisation, starts_on):
    """Let the contact of the application act for the organisation; one who does already stays as they are."""
    person = people.person_of(name=application.contact_name, email=application.email)
    acting = Representative.objects.running().filter(organisation=organisation, person=person).first()
    return acting or Representative.objects.create(
        organisation=organisation,
        person=person,
        function=application.contact_role,
        is_contact=True,
        starts_on=starts_on,
    )


def store_letter(application):
    """Store the letter of an approved or declined application as PDF, once. Files: the letter. Returns: its file, or None.

    A machine that cannot make PDFs does not hold up a decision: the letter is made when somebody asks for it.
    """
    letters = {"approved": pdf.letter_of_approval, "declined": pdf.letter_of_decline}
    if not application.letter and application.status in letters and not application.is_erased:
        try:
            content = letters[application.status](application)
        except PDFError:
            log.exception("The letter of application %s was not made", application.reference)
            return None
        application.letter.save("letter.pdf", ContentFile(content), save=False)
        Application.objects.filter(pk=application.pk).update(letter=application.letter.name)
    return application.letter or None


# ── the profile ──────────────────────────────────────────────────────────


@transaction.atomic
def change_profile(form, *, by):
    """Keep what an organisation's own people have written in its profile (`forms.ProfileForm`); public ones change at once.

    Writes: the organisation, an audit entry. Files: the logo. Raises: PermissionDenied.
    """
    organisation = form.instance
    require(by, "members.change_organisation", organisation)
    if form.changed_data:
        form.save()
        audit.record("members.organisation.change", organisation, by, changed=form.changed_data)
    return organisation


@transaction.atomic
def change_logo(organisation, *, by, new_logo=None, remove_logo=False):
    """Put another logo in the place of an organisation's, or take it away. Writes: the organisation, an audit entry. Files: the logo."""
    require(by, "members.change_organisation", organisation)
    before = organisation.logo.name
    organisation.logo = new_logo or ("" if remove_logo else before)
    organisation.save(update_fields=["logo"])
    audit.record("members.organisation.change", organisation, by, changed=["logo"])
    if before and before != organisation.logo.name:
        transaction.on_commit(lambda: organisation.logo.storage.delete(before))
    return organisation


@transaction.atomic
def approve_profile(organisation, *, by):
    """Make the profile public, in the organisation's own name. Approving twice changes nothing.

    Writes: the organisation, an audit entry. Letters: profile_approved to the Secretariat, unless it acts itself. Returns: the organisation.
    Raises: PermissionDenied, ValidationError for who is no member or while the sentence on the contribution is missing.
    """
    require(by, "members.change_organisation", organisation)
    organisation = Organisation.objects.select_for_update().defer("search_vector").get(pk=organisation.pk)
    if organisation.is_public:
        return organisation
    if not Organisation.objects.members().filter(pk=organisation.pk).exists():
        raise ValidationError(_("The profile becomes public with the membership, which has not begun."))
    if not organisation.contribution_en:
        raise ValidationError(_("Write in one English sentence what you bring to the coalition, then approve."))
    organisation.is_public = True
    organisation.profile_approved_at, organisation.profile_approved_by = timezone.now(), by
    organisation.save(update_fields=["is_public", "profile_approved_at", "profile_approved_by"])
    audit.record("members.organisation.approve_profile", organisation, by)
    if by is not None and organisation.representatives.as_of().filter(person__user=by).exists():
        emails.profile_approved(organisation)
    return organisation


@transaction.atomic
def change_representative(form, *, by):
    """Change what a person does for the organisation (`forms.PersonForm`). Writes: the row, an audit entry. Raises: PermissionDenied."""
    row = form.instance
    if not by.has_perm("members.change_representative"):
        require(by, "members.change_organisation", row.organisation)
    if form.changed_data:
        form.save()
        audit.record("members.representative.change", row, by, changed=form.changed_data)
    return row


def expected(organisation):
    """Return what the coalition expects of an organisation now, as [Waiting], the nearest date first. Costs: 3 queries."""
    here, found = [organisation.slug], [*awaiting.owed([organisation])]
    if organisation.representatives.as_of().count() == 1:
        found.append(
            Waiting(
                _("Name a second person for %(organisation)s") % {"organisation": organisation},
                reverse("workspace_members:people", args=here),
                _("Name somebody"),
                note=_("Then nothing waits while one of you is away."),
            )
        )
    found += [
        Waiting(
            _("The membership of %(organisation)s ends") % {"organisation": organisation},
            f"mailto:{settings.SECRETARIAT_EMAIL}",
            _("Write to us"),
            until=timezone.make_aware(datetime.combine(term.ends_on, time(23, 59))),
            note=_("Tell the Secretariat if you wish to stay; it prepares the renewal."),
        )
        for term in ending(timezone.localdate() + FIRST_NOTICE).filter(organisation=organisation)
    ]
    return sorted(found)
