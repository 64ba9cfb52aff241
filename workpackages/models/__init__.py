"""The room's tables, one noun a module: programmes and objectives, work packages and their teams, deliverables, documents, tasks, milestones, risks, test transactions, data collection and its returns."""

from .collection import DIGITS, FEWEST, SMALL, DataField, DataRound, DataTemplate
from .deliverables import SENTENCE, Comment, Deliverable, Extension, Outlook, Update
from .documents import Document, DocumentVersion
from .files import DeliverableFile
from .milestones import Milestone, MilestoneEvidence, Rescheduling
from .programmes import RESERVED_SLUGS, Objective, Programme
from .promises import Promise
from .reports import Narrative, ReportPeriod
from .returns import COMMENT, COMMENTS_KEPT_YEARS, RETURNS_KEPT_YEARS, DataComment, DataReturn, DataValue
from .risks import GRAVITY, Level, Risk, RiskState
from .tasks import Task, takes_part, team_of
from .transactions import Outcome, TestTransaction, TestTransactionCount
from .work import UNREAD, Contributor, Lead, LeadPerson, WorkPackage, WorkPackagePermission

__all__ = [
    "COMMENT",
    "COMMENTS_KEPT_YEARS",
    "DIGITS",
    "FEWEST",
    "GRAVITY",
    "RESERVED_SLUGS",
    "RETURNS_KEPT_YEARS",
    "SENTENCE",
    "SMALL",
    "UNREAD",
    "Comment",
    "Contributor",
    "DataComment",
    "DataField",
    "DataReturn",
    "DataRound",
    "DataTemplate",
    "DataValue",
    "Deliverable",
    "DeliverableFile",
    "Document",
    "DocumentVersion",
    "Extension",
    "Lead",
    "LeadPerson",
    "Level",
    "Milestone",
    "MilestoneEvidence",
    "Narrative",
    "Objective",
    "Outcome",
    "Outlook",
    "Programme",
    "Promise",
    "ReportPeriod",
    "Rescheduling",
    "Risk",
    "RiskState",
    "Task",
    "TestTransaction",
    "TestTransactionCount",
    "Update",
    "WorkPackage",
    "WorkPackagePermission",
    "takes_part",
    "team_of",
]  # fmt: skip
