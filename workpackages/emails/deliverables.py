"""Letters about deliverables: more time asked for and decided, handed in, answered, commented, and how things stand."""

from django.conf import settings
from django.urls import reverse

from efc import mail, roles
from workpackages.emails.people import holders_of, leads_of, to_each


def extension_requested(extension):
    """Tell the Chair and the Secretariat that a lead asks for more time."""
    to_each(
        "extension_requested", holders_of(roles.CHAIR, roles.SECRETARIAT), extension,
        extension=extension, deliverable=extension.deliverable, link=settings.SITE_URL + extension.deliverable.get_absolute_url(),
    )  # fmt: skip


def extension_decided(extension):
    """Tell the leads what was decided on their request."""
    deliverable = extension.deliverable
    to_each(
        "extension_decided", leads_of(deliverable.work_package), extension,
        extension=extension, deliverable=deliverable, link=settings.SITE_URL + deliverable.get_absolute_url(),
    )  # fmt: skip


def deliverable_submitted(deliverable):
    to_each(
        "deliverable_submitted", holders_of(roles.SECRETARIAT), deliverable,
        deliverable=deliverable, link=settings.SITE_URL + deliverable.get_absolute_url(),
    )  # fmt: skip


def deliverable_answered(deliverable):
    """Tell the leads that the Commission accepted or rejected what they handed in."""
    to_each(
        "deliverable_answered", leads_of(deliverable.work_package), deliverable,
        deliverable=deliverable, link=settings.SITE_URL + deliverable.get_absolute_url(),
    )  # fmt: skip


def deliverable_commented(comment):
    deliverable = comment.deliverable
    people = [person for person in leads_of(deliverable.work_package) if person.pk != comment.written_by_id]
    to_each(
        "deliverable_commented", people, deliverable,
        comment=comment, deliverable=deliverable, link=settings.SITE_URL + deliverable.get_absolute_url(),
    )  # fmt: skip


def update_due(person, deliverables):
    """Ask a lead, once a month, how each open deliverable stands."""
    links = [
        (row, settings.SITE_URL + reverse("workspace_work:update", args=[row.work_package.programme.slug, row.work_package.number, row.number]))
        for row in deliverables
    ]  # fmt: skip
    mail.queue(
        "workpackages/update_due", person.email, deliverables[0].work_package, language=person.language, name=person.full_name,
        links=links, area=settings.SITE_URL + reverse("workspace_work:area", args=[deliverables[0].work_package.number]),
    )  # fmt: skip
