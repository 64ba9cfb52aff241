"""The room's documents: letters to applicants, and the memorandum."""

from django.conf import settings

from efc import pdf
from members.models import MemorandumVersion


def _letter(template, application, **context):
    context = {
        "application": application,
        "decision": application.decision,
        "secretariat_email": settings.SECRETARIAT_EMAIL,
        "site_url": settings.SITE_URL,
        "language": application.language,
        **context,
    }
    return pdf.render(f"members/pdf/{template}.html", context, application.language)


def letter_of_approval(application):
    """Return the letter that welcomes a member, as PDF bytes, in the language of the application."""
    term = application.organisation.memberships.order_by("-starts_on", "-pk").first()
    return _letter("letter_approved", application, term=term, memorandum=MemorandumVersion.objects.current())


def letter_of_decline(application):
    """Return the letter that declines an application with its reason, as PDF bytes."""
    return _letter("letter_declined", application)


def memorandum(version):
    """Return a version of the memorandum as PDF bytes, from its text."""
    return pdf.render("members/pdf/memorandum.html", {"version": version})


def signed_memorandum(signature):
    """Return the signed version: the text, who signed it when, and the digest of the text, as PDF bytes."""
    return pdf.render("members/pdf/memorandum.html", {"version": signature.version, "signature": signature})
