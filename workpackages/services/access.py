"""Who may do what in the work: grants that follow from the people who lead."""

from efc import permissions, roles
from efc.permissions import Due
from workpackages.models import Lead, LeadPerson, WorkPackage


@permissions.drawn_from(LeadPerson, reads=[Lead, WorkPackage])
def due_grants():
    """Return the grants that the people who lead call for. Costs: one query."""
    due = []
    rows = LeadPerson.objects.exclude(person__user=None).select_related("person", "lead__work_package")
    for row in rows:
        starts = [day for day in (row.starts_on, row.lead.starts_on) if day]
        ends = [day for day in (row.ends_on, row.lead.ends_on) if day]
        term = {"starts_on": max(starts, default=None), "ends_on": min(ends, default=None)}
        due.append(Due(row.person.user_id, roles.LEAD, row, **term))
        due.append(Due(row.person.user_id, "lead", row, target=row.work_package, **term))
    return due
