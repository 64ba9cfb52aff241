"""The room's tables, one noun a module: organisations and terms, people and seats, decisions and votes, applications, the memorandum, access."""

from .access import AccessAnswer, AccessReview
from .applications import DRAFT_KEPT, NOTE_WORDS, Application, Check, Inquiry, Paper
from .decisions import Ballot, Decision, Elector, Remark, Sitting, Vote
from .memorandum import MemorandumVersion, Reminder, Signature
from .organisations import (
    STRAND_OF,
    MembershipTerm,
    Organisation,
    Sector,
    Strand,
    Suspension,
    composition,
    term_range,
)
from .people import Invitation, LiaisonContact, OrganisationPermission, Person, Representative, Seat

__all__ = [
    "DRAFT_KEPT", "NOTE_WORDS", "STRAND_OF", "AccessAnswer", "AccessReview", "Application", "Ballot", "Check", "Decision",
    "Elector", "Inquiry", "Invitation", "LiaisonContact", "MembershipTerm", "MemorandumVersion", "Organisation",
    "OrganisationPermission", "Paper", "Person", "Remark", "Reminder", "Representative", "Seat", "Sector", "Signature",
    "Sitting", "Strand", "Suspension", "Vote", "composition", "term_range",
]  # fmt: skip
