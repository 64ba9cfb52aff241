"""The one mark of a mailing's content: where each reader's own key stands in the personal links.

An issue is rendered once with `TOKEN` as the key. Sending puts the reader's key in its place: the mark is as long as every
key and made of the same letters, so that it passes unchanged through addresses, HTML and quoted-printable.
"""

from django.conf import settings

TOKEN = "READERS-KEY-GOES-HERE-0123456789-0123456789"  # noqa: S105  (no secret: a placeholder)


def unsubscribe_link(token=TOKEN):
    """Return the full address of the page where a reader leaves; a POST to it leaves at once (RFC 8058)."""
    return f"{settings.SITE_URL}/n/u/{token}/"


def preferences_link(token=TOKEN):
    return f"{settings.SITE_URL}/n/p/{token}/"
