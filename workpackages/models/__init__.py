"""The room's tables, one noun a module: programmes and objectives, work packages and their teams, deliverables."""

from .deliverables import SENTENCE, Comment, Deliverable, DeliverableFile, Extension, Outlook, Update
from .programmes import RESERVED_SLUGS, Objective, Programme
from .promises import Promise
from .reports import Narrative, ReportPeriod
from .work import UNREAD, Contributor, Lead, LeadPerson, WorkPackage, WorkPackagePermission

__all__ = [
    "RESERVED_SLUGS", "SENTENCE", "UNREAD", "Comment", "Contributor", "Deliverable", "DeliverableFile", "Extension", "Lead", "LeadPerson", "Narrative", "Objective", "Outlook", "Programme", "Promise", "ReportPeriod", "Update", "WorkPackage", "WorkPackagePermission",
]  # fmt: skip
