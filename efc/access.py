"""Who can see a record, and why somebody may: in words, counted from the grants that hold today.

A restricted model is read through one permission, `view_<model>` unless `SEEN_WITH` names another. Whoever else may see one of its
records it says itself: `seen_by()` returns [(who, accounts)], for example those who vote in a ballot. What it says agrees with
`visible_to`; a test compares them account by account.
"""

from collections import Counter

from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.utils.translation import gettext as _

from efc import permissions, roles
from efc.models import Grant, User


def seen_with(record):
    opts = record._meta
    return getattr(record, "SEEN_WITH", f"{opts.app_label}.view_{opts.model_name}")


def circles(record):
    """Return [(who, accounts)] of those who can see a record: the holders of each role, then whom the record itself names."""
    perm = seen_with(record)
    found = []
    for role, perms in roles.ROLES.items():
        if perm in perms:
            held = Grant.objects.holding().site_wide().filter(role=role)
            found.append((_(role), User.objects.filter(is_active=True, pk__in=held.values("user"))))
    return found + (record.seen_by() if hasattr(record, "seen_by") else [])


def who_can_see(record):
    """Return [(who, how many people)], without names. Costs: one query for all roles, one for each circle of the record's own."""
    perm = seen_with(record)
    named = [role for role, perms in roles.ROLES.items() if perm in perms]
    held = Grant.objects.holding().site_wide().filter(role__in=named, user__is_active=True)
    count = Counter(role for role, _user in set(held.values_list("role", "user")))
    own = record.seen_by() if hasattr(record, "seen_by") else []
    return [(_(role), count[role]) for role in named if count[role]] + [
        (who, number) for who, accounts in own if (number := accounts.count())
    ]


def why(user, record):
    """Return the reasons, as sentences, for which `user` can see a record. Costs: one query, and one for each circle of its own."""
    if not user.is_active:
        return []
    perm = seen_with(record)
    named = [role for role, perms in roles.ROLES.items() if perm in perms]
    grants = with_rows(Grant.objects.holding().site_wide().filter(user=user, role__in=named))
    own = record.seen_by() if hasattr(record, "seen_by") else []
    return [f"{_(grant.role)}: {source_in_words(grant)}" for grant in grants] + [
        str(who) for who, accounts in own if accounts.filter(pk=user.pk).exists()
    ]


def with_rows(grants):
    """Add what gives each grant and on what it stands, with what their names are made of. Costs: one query a kind of record."""
    models = {model for _due_grants, models in permissions.SOURCES for model in models}
    named = [model._default_manager.select_related() for model in models]  # with the records it cannot be without
    return grants.prefetch_related(GenericPrefetch("source", named), "target")


def source_in_words(grant):
    """Say what gives a grant: the seat, the representation or the lead; else who gave it by hand and why."""
    if grant.source is not None:
        return f"{grant.source._meta.verbose_name}: {getattr(grant.source, 'what', grant.source)}"
    if grant.source_type_id is not None:
        return _("the row that gave it is gone")
    if grant.given_by is not None:
        return _("given by %(name)s: %(reason)s") % {"name": grant.given_by, "reason": grant.reason}
    return grant.reason or _("given by hand")


def name_in_words(grant):
    """Name a role as its holder reads it: `Steering Group`, or `Representative, Example Payments`."""
    if grant.target_type_id is None:
        return _(grant.role)
    return f"{roles.ON_RECORD.get(grant.role, grant.role)}, {grant.target}" if grant.target else grant.role


def held_by(user):
    """Return the grants of a person, those that hold or will first, then those that are over. Costs: 1 query and 1 a kind of record."""
    rows = with_rows(Grant.objects.filter(user=user).select_related("given_by"))
    return (
        list(rows.running().filter(withdrawn_at=None).order_by("target_type", "role", "pk")),
        list(
            rows.exclude(pk__in=Grant.objects.running().filter(withdrawn_at=None).values("pk")).order_by(
                "-withdrawn_at", "-ends_on"
            )[:20]
        ),
    )
