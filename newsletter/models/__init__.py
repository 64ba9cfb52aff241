"""The room's tables, one noun a module: who reads, what is written, what is sent."""

from efc.models import new_token  # the first migration calls it by this name

from .issues import Issue, IssueItem
from .mailings import Delivery, Mailing
from .subscribers import Consent, Subscriber, Suppression, mask

__all__ = [
    "Consent", "Delivery", "Issue", "IssueItem", "Mailing", "Subscriber", "Suppression", "mask", "new_token",
]  # fmt: skip
