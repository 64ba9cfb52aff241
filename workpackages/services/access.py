"""Who may do what in the work: grants that follow from the people who lead, and from the organisations of a team."""

from collections import defaultdict
from datetime import date

from efc import permissions, roles
from efc.permissions import Due
from members.models import Organisation, Person, Representative, Suspension
from workpackages.models import Contributor, Lead, LeadPerson, WorkPackage


@permissions.drawn_from(
    LeadPerson, Lead, Contributor, reads=[WorkPackage, Organisation, Person, Representative, Suspension]
)
def due_grants():
    """Return the grants that the people who lead and the organisations of the teams call for. Costs: 5 queries."""
    return [*_of_leads(), *_of_teams()]


def _of_leads():
    rows = LeadPerson.objects.exclude(person__user=None).select_related("person", "lead__work_package")
    for row in rows:
        if term := _both(row, row.lead):
            yield Due(row.person.user_id, roles.LEAD, row, **term)
            yield Due(row.person.user_id, "lead", row, target=row.work_package, **term)


def _of_teams():
    """Let who acts for an organisation that leads, or takes part, read with the team; suspended organisations give none.

    Of several terms of one person the first that is not over counts; the clock draws again every hour.
    """
    suspended = set(Suspension.objects.as_of().values_list("organisation", flat=True))
    acting = defaultdict(list)
    for row in Representative.objects.running().exclude(person__user=None).select_related("person"):
        if row.organisation_id not in suspended:
            acting[row.organisation_id].append(row)
    for model, role in ((Lead, "team"), (Contributor, "contributor")):
        for team in model.objects.running().select_related("work_package"):
            terms = defaultdict(list)
            for row in acting[team.organisation_id]:
                if term := _both(row, team):
                    terms[row.person.user_id].append(term)
            for user, found in terms.items():
                term = min(found, key=lambda term: term["starts_on"] or date.min)
                yield Due(user, role, team, target=team.work_package, **term)


def _both(*rows):
    """Return the days on which all of these terms hold; None where there is none."""
    first = max((row.starts_on for row in rows if row.starts_on), default=None)
    last = min((row.ends_on for row in rows if row.ends_on), default=None)
    return {"starts_on": first, "ends_on": last} if first is None or last is None or first <= last else None
