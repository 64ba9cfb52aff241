"""The letters to an applicant, up to the decision: whom, which template, which facts."""

from django.conf import settings
from django.utils import translation

from efc import mail
from members.answers import answers


def _write(name, application, **context):
    """Queue one letter to the applicant, with the link to the application."""
    return mail.queue(
        f"members/{name}", application.email, application, language=application.language,
        link=settings.SITE_URL + application.get_applicant_url(), name=application.contact_name, application=application, **context,
    )  # fmt: skip


def application_link(application):
    """Send the link by which the applicant proves the address, writes, and comes back."""
    return _write("application_link", application, until=application.expires_at)


def application_already_open(application):
    """Lead somebody who starts again to the application that was sent."""
    return _write("application_already_open", application)


def application_same_organisation(application):
    """Tell the contact of an open application that somebody else wants to apply for the same organisation."""
    return _write("application_same_organisation", application)


def application_received(application):
    """Confirm that the application arrived: reference, what happens when, a copy of the answers."""
    with translation.override(application.language):
        return _write("application_received", application, answers=answers(application))


def application_information_requested(inquiry):
    application = inquiry.application
    return _write("application_information_requested", application, question=inquiry.question)


def application_reminder(application):
    questions = application.inquiries.filter(answered_at=None)
    return _write("application_reminder", application, questions=[inquiry.question for inquiry in questions])


def application_draft_warning(application):
    return _write("application_draft_warning", application, until=application.expires_at)


def application_withdrawn(application):
    return _write("application_withdrawn", application)
