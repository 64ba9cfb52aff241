"""Letters about a membership: the decision on an application, the profile, and how the membership goes on."""

from django.conf import settings
from django.urls import reverse

from efc import mail
from members.models import Representative


def contacts(organisation):
    """Return [(address, language, name)] of the contact persons, or of all who act for it where none is named."""
    return contacts_of([organisation])[organisation.pk]


def contacts_of(organisations):
    """Return {primary key: contacts} of these organisations. Costs: one query."""
    acting = {organisation.pk: [] for organisation in organisations}
    rows = Representative.objects.as_of().filter(organisation__in=acting).select_related("person__user").order_by("pk")
    for row in rows:
        acting[row.organisation_id].append(row)
    return {pk: _reached(rows) for pk, rows in acting.items()}


def _reached(rows):
    people = [row.person for row in rows if row.is_contact] or [row.person for row in rows]
    found = [
        (person.user.email if person.user else person.email, person.user.language if person.user else "en", person.name)
        for person in people
    ]
    return list({address: entry for entry in found if (address := entry[0])}.values())


def to_contacts(template, organisation, about, to=None, **context):
    """Write one letter to each contact person. Returns: the letters."""
    link = settings.SITE_URL + reverse("workspace_members:organisation", args=[organisation.slug])
    return [
        mail.queue(
            template, address, about, language=language, name=name, organisation=organisation, link=link, **context
        )
        for address, language, name in (contacts(organisation) if to is None else to)
    ]


# ── the decision ─────────────────────────────────────────────────────────


def _to_applicant(template, application, **context):
    return mail.queue(
        template, application.email, application, language=application.language, reply_to=settings.SECRETARIAT_EMAIL,
        application=application, name=application.contact_name, link=settings.SITE_URL + application.get_applicant_url(),
        **context,
    )  # fmt: skip


def application_approved(application, term):
    """Welcome the new member: from when, by which decision, where the letter is, what comes next."""
    return _to_applicant("members/application_approved", application, term=term)


def application_declined(application):
    """Say no in person: the reason, and from when a new application is welcome."""
    return _to_applicant("members/application_declined", application)


def application_put_off(application):
    return _to_applicant("members/application_put_off", application)


# ── the membership ───────────────────────────────────────────────────────


def profile_approved(organisation):
    """Tell the Secretariat that a profile is public."""
    link = settings.SITE_URL + organisation.get_absolute_url()
    return mail.queue(
        "members/profile_approved", settings.SECRETARIAT_EMAIL, organisation, organisation=organisation, link=link
    )


def membership_renewed(term):
    return to_contacts("members/membership_renewed", term.organisation, term, term=term)


def membership_ends(term):
    """Tell the contact persons and the Secretariat that a membership ends soon."""
    desk = settings.SITE_URL + reverse("admin:members_organisation_change", args=[term.organisation_id])
    mail.queue(
        "members/membership_ends_office",
        settings.SECRETARIAT_EMAIL,
        term,
        term=term,
        organisation=term.organisation,
        link=desk,
    )
    return to_contacts("members/membership_ends", term.organisation, term, term=term)


def membership_ended(term, to):
    """Say goodbye; `to` are the contact persons as they were before their own rows ended."""
    return to_contacts("members/membership_ended", term.organisation, term, to, term=term)


def membership_suspended(suspension):
    return to_contacts("members/membership_suspended", suspension.organisation, suspension, suspension=suspension)


def membership_suspension_lifted(suspension):
    return to_contacts("members/membership_suspension_lifted", suspension.organisation, suspension.organisation)
