"""Who may do what in the coalition: grants that follow from seats and representatives."""

from efc import permissions, roles
from efc.permissions import Due
from members.models import Representative, Seat, Suspension

# What a seat gives its holder and its alternate. The Secretariat's seat gives nothing: officers are named one by one.
ROLES_OF_SEAT = {
    Seat.Kind.CHAIR: [roles.CHAIR, roles.STEERING_GROUP],
    Seat.Kind.FULL: [roles.STEERING_GROUP],
    Seat.Kind.ADVISORY: [roles.ADVISORY_MEMBER],
    Seat.Kind.OBSERVER: [roles.OBSERVER],
    Seat.Kind.SECRETARIAT: [],
}


@permissions.drawn_from(Seat, Representative)
def due_grants():
    """Return the grants that seats and representatives call for, now and later; suspended organisations give none. Costs: 3 queries."""
    suspended = set(Suspension.objects.as_of().values_list("organisation", flat=True))
    due = []
    for seat in Seat.objects.select_related("holder", "alternate"):
        people = {person.user_id for person in (seat.holder, seat.alternate) if person is not None and person.user_id}
        if seat.organisation_id not in suspended:
            term = {"starts_on": seat.starts_on, "ends_on": seat.ends_on}
            due += [Due(user, role, seat, **term) for user in people for role in ROLES_OF_SEAT[seat.kind]]
    for row in Representative.objects.exclude(person__user=None).select_related("person", "organisation"):
        if row.organisation_id not in suspended:
            term = {"starts_on": row.starts_on, "ends_on": row.ends_on}
            due.append(Due(row.person.user_id, roles.REPRESENTATIVE, row, **term))
            due.append(Due(row.person.user_id, "representative", row, target=row.organisation, **term))
    return due


def draw_grants(*, by=None, user=None):
    """Make the grants equal to the rows of every room, for one account or for all. Returns: how many changed."""
    return permissions.redraw(by=by, user=user)
