"""The ground floor's tables. They import no other module of the portal."""

from .api_token import ApiToken
from .audit import AuditEntry, AuditSeal
from .contact import ContactMessage
from .content import Content, ContentQuerySet, ContentVersion
from .grant import Grant, GrantQuerySet, ObjectPermission
from .hotline import Hotline
from .ledger import LedgerQuerySet, LedgerRow
from .mail import OutgoingMail
from .moves import Move
from .rates import RateLimit
from .search import search_column, search_index
from .term import Term, TermQuerySet
from .tokens import TOKEN_LENGTH, new_token
from .user import User

__all__ = [
    "TOKEN_LENGTH",
    "ApiToken",
    "AuditEntry",
    "AuditSeal",
    "ContactMessage",
    "Content",
    "ContentQuerySet",
    "ContentVersion",
    "Grant",
    "GrantQuerySet",
    "Hotline",
    "LedgerQuerySet",
    "LedgerRow",
    "Move",
    "ObjectPermission",
    "OutgoingMail",
    "RateLimit",
    "Term",
    "TermQuerySet",
    "User",
    "new_token",
    "search_column",
    "search_index",
]
