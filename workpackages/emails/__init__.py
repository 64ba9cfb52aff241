"""The letters of the work, one noun a module: whom, which template, which facts."""

from .deliverables import (  # noqa: F401
    deliverable_answered,
    deliverable_commented,
    deliverable_submitted,
    extension_decided,
    extension_requested,
    update_due,
)
from .people import leads_of  # noqa: F401
from .reports import narrative_asked, report_approved, report_ready, report_returned, risk_states_asked  # noqa: F401
from .tasks import task_given  # noqa: F401
from .transactions import transactions_removed_soon  # noqa: F401
