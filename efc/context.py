"""What every template knows besides what its view gives it."""

from django.conf import settings
from django.utils.translation import get_language

from efc import chrome


def site(request):
    """Offer the language and the display asked for. Costs: no query, and nothing that reads the session."""
    return {
        "LANGUAGE_CODE": get_language() or settings.LANGUAGE_CODE,
        "display_theme": chrome.theme(request),
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "SECRETARIAT_EMAIL": settings.SECRETARIAT_EMAIL,
    }
