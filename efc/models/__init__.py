"""The ground floor's tables. They import no other module of the portal."""

from .audit import AuditEntry, AuditSeal
from .contact import ContactMessage
from .content import Content, ContentQuerySet, ContentVersion
from .hotline import Hotline
from .ledger import LedgerQuerySet, LedgerRow
from .mail import OutgoingMail
from .moves import Move
from .rates import RateLimit
from .search import search_column, search_index
from .term import Term, TermQuerySet
from .user import User

__all__ = [
    "AuditEntry",
    "AuditSeal",
    "ContactMessage",
    "Content",
    "ContentQuerySet",
    "ContentVersion",
    "Hotline",
    "LedgerQuerySet",
    "LedgerRow",
    "Move",
    "OutgoingMail",
    "RateLimit",
    "Term",
    "TermQuerySet",
    "User",
    "search_column",
    "search_index",
]
