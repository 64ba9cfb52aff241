"""Site-wide roles, and roles on one object, each held from one day to another. The only module that imports guardian.

A `Grant` says who holds which role, on what, from when to when, and which row gives it. Site-wide grants are read as they are;
grants on a record have a shadow in guardian's tables, and a shadow counts only while its grant holds.

A grant stands on a parent (work package, organisation, event). A child names its parent once::

    permission_parent = "work_package"      # and, where the names differ, PARENT_PERMISSIONS = {"child_perm": "parent_perm"}

and `user.has_perm(perm, child)` asks for the permission site-wide, then for the mapped one on the parent. A child of two parents
says which of its permissions belongs to which: `permission_parent = {"fill_return": "organisation", "keep_return": "round"}`.
"""

from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from guardian.backends import ObjectPermissionBackend
from guardian.shortcuts import assign_perm, get_objects_for_user, remove_perm
from guardian.utils import get_user_obj_perms_model

from efc import audit, roles
from efc.models import Grant, User


class RoleBackend(ModelBackend):
    """Answer from the site-wide grants that hold today, for each object too, and from a parent for its children."""

    def authenticate(self, request, **credentials):
        return None  # allauth's backend signs people in; this one only answers what they may do

    def _get_group_permissions(self, user):
        return Permission.objects.filter(
            group__name__in=Grant.objects.holding().site_wide().filter(user=user).values("role")
        )

    def has_perm(self, user, perm, obj=None):
        if not user.is_active or user.is_anonymous:
            return False
        if super().has_perm(user, perm):
            return True
        parent = permission_parent(obj, perm)
        return parent is not None and user.has_perm(_on_parent(perm, obj, parent), parent)


class GrantBackend(ObjectPermissionBackend):
    """Let guardian answer for one object, and believe it only while a grant holds that gives the permission."""

    def has_perm(self, user, perm, obj=None):
        if obj is None or not user.is_active or user.is_anonymous or obj._meta.label_lower not in roles.OBJECT_ROLES:
            return False
        held = Grant.objects.holding().on(obj).filter(user=user, role__in=_roles_giving(perm, obj._meta.label_lower))
        return super().has_perm(user, perm, obj) and held.exists()


def _roles_giving(perm, label):
    """Return the roles on a kind of record that include this permission."""
    codename = perm.split(".", 1)[-1]
    return [role for role, codenames in roles.OBJECT_ROLES.get(label, {}).items() if codename in codenames]


def permission_parent(obj, perm):
    """Return the record on which a permission on `obj` is asked for, or None."""
    name = getattr(obj, "permission_parent", None)
    if isinstance(name, dict):
        name = name.get(perm.split(".", 1)[-1])
    return getattr(obj, name) if name else None


def _on_parent(perm, obj, parent):
    codename = perm.split(".", 1)[1]
    mapped = getattr(obj, "PARENT_PERMISSIONS", {}).get(codename)
    if mapped:
        return mapped
    return f"{parent._meta.app_label}.{codename.split('_', 1)[0]}_{parent._meta.model_name}"


def require(user, perm, obj=None):
    """Refuse with PermissionDenied unless `user` holds `perm` (on `obj`). None is the system and may."""
    if user is not None and not user.has_perm(perm, obj):
        raise PermissionDenied(perm)


def granted(user, perm, queryset):
    """Return the rows of `queryset` on which `user` holds `perm` today: all when held site-wide, else those granted one by one.

    Costs: one subquery, no loop.
    """
    if user.is_anonymous or not user.is_active:
        return queryset.none()
    if user.has_perm(perm):
        return queryset
    label = queryset.model._meta.label_lower
    held = Grant.objects.holding().filter(
        user=user, role__in=_roles_giving(perm, label), target_type=ContentType.objects.get_for_model(queryset.model)
    )
    return get_objects_for_user(user, perm, klass=queryset, accept_global_perms=False).filter(
        pk__in=held.values("target_id")
    )


def holders(perm, obj=None):
    """Return the open accounts that hold `perm` today: site-wide, or on this record with `obj`. Costs: one query when asked."""
    if obj is None:
        held = (
            Grant.objects.holding()
            .site_wide()
            .filter(role__in=[r for r, perms in roles.ROLES.items() if perm in perms])
        )
    else:
        held = Grant.objects.holding().on(obj).filter(role__in=_roles_giving(perm, obj._meta.label_lower))
    return User.objects.filter(is_active=True, pk__in=held.values("user"))


def roles_of(user):
    """Return the names of the roles this person holds today, site-wide or on a record."""
    return set(Grant.objects.holding().filter(user=user).values_list("role", flat=True))


# ── giving and withdrawing ───────────────────────────────────────────────


@transaction.atomic
def grant(user, role, obj=None, *, by=None, source=None, reason="", starts_on=None, ends_on=None):
    """Give `user` a role, site-wide or on one record. Called by services only.

    Writes: the grant, its shadow, an audit entry. Returns: the grant.
    """
    held = Grant.objects.create(
        user=user,
        role=role,
        target=obj,
        source=source,
        reason=reason,
        given_by=by,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    shadow(user)
    audit.record("efc.grant.give", held, by, role=role, user=user.pseudonym, on=_name(obj), source=_name(source))
    return held


@transaction.atomic
def withdraw(held, *, by=None, because=""):
    """End a grant at once. Doing so twice changes nothing. Writes: the grant, its shadow, an audit entry."""
    if Grant.objects.filter(pk=held.pk, withdrawn_at=None).update(
        withdrawn_at=timezone.now(), withdrawn_because=because[:200]
    ):
        shadow(held.user)
        audit.record("efc.grant.withdraw", held, by, role=held.role, user=held.user.pseudonym, because=because)
    held.refresh_from_db()
    return held


@transaction.atomic
def restore(held, *, by=None):
    """Let a withdrawn grant hold again, confirmed now. Writes: the grant, its shadow, an audit entry."""
    if (
        Grant.objects.filter(pk=held.pk)
        .exclude(withdrawn_at=None)
        .update(withdrawn_at=None, withdrawn_because="", confirmed_at=timezone.now())
    ):
        shadow(held.user)
        audit.record("efc.grant.restore", held, by, role=held.role, user=held.user.pseudonym)
    held.refresh_from_db()
    return held


def revoke(user, role, obj=None, *, by=None, because=""):
    """Withdraw every grant of a role that `user` holds, site-wide or on one record."""
    rows = Grant.objects.filter(user=user, role=role, withdrawn_at=None)
    for held in rows.on(obj) if obj is not None else rows.site_wide():
        withdraw(held, by=by, because=because)


@dataclass(frozen=True)
class Due:
    """A grant that a row calls for: what `draw` compares the grants with."""

    user_id: int
    role: str
    source: Model
    target: Model | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def key(self):
        return (self.user_id, self.role, *_reference(self.target), *_reference(self.source))


def _reference(record):
    return (ContentType.objects.get_for_model(record).pk, record.pk) if record is not None else (None, None)


def _name(record):
    return f"{record._meta.label_lower}:{record.pk}" if record is not None else ""


# What the rooms call for: (function that returns the Dues, models whose rows give them), and all models it reads; see `drawn_from`.
SOURCES = []
WATCHED = set()
DRAWING_LOCK = 0x0EFC_64A7
ROW_GONE = (
    "The row that gave it is gone or changed."  # such a grant comes back with its row; what people withdrew stays away
)


def drawn_from(*models, reads=()):
    """Mark a room's function that returns what the rows of these models call for; its module is imported when apps are ready.

    `reads` are further models it looks at. The desk draws again whenever it saves or deletes a row of any of them.
    """

    def mark(due_grants):
        SOURCES.append((due_grants, models))
        WATCHED.update(models, reads)
        return due_grants

    return mark


@transaction.atomic
def redraw(*, by=None, user=None):
    """Make the grants of all rooms equal to their rows, for one account or for all; two at once wait for each other.

    Called last in every transaction that changes such a row or whose account a person has. Returns: how many changed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [DRAWING_LOCK])
    return sum(draw(due_grants(), models, by=by, user=user) for due_grants, models in SOURCES)


@transaction.atomic
def draw(due, sources, *, by=None, user=None):
    """Make the grants given by rows of the models `sources` equal to `due`, for one account or for all.

    A grant that people withdrew, or that nobody confirmed, is not given again while its row is the same. Writes: grants, their
    shadow, an audit entry for each change. Returns: how many grants were given, changed or withdrawn.
    """
    types = [ContentType.objects.get_for_model(model).pk for model in sources]
    rows = (
        Grant.objects.select_for_update(of=("self",)).filter(source_type__in=types).exclude(withdrawn_because=ROW_GONE)
    )
    if user is not None:
        rows = rows.filter(user=user)
    kept = {}
    for held in rows.order_by("withdrawn_at", "pk"):  # those in force first: NULL sorts last, so they overwrite
        kept[held.user_id, held.role, held.target_type_id, held.target_id, held.source_type_id, held.source_id] = held
    wanted = {one.key: one for one in due if user is None or one.user_id == user.pk}
    changed, touched = 0, set()
    for key, one in wanted.items():
        held = kept.pop(key, None)
        if held is None:
            held = Grant.objects.create(
                user_id=one.user_id, role=one.role, target=one.target, source=one.source, given_by=by,
                starts_on=one.starts_on, ends_on=one.ends_on,
            )  # fmt: skip
            audit.record(
                "efc.grant.give",
                held,
                by,
                role=held.role,
                user=held.user.pseudonym,
                on=_name(one.target),
                source=_name(one.source),
            )
        elif held.withdrawn_at is None and (held.starts_on, held.ends_on) != (one.starts_on, one.ends_on):
            held.starts_on, held.ends_on = one.starts_on, one.ends_on
            held.save(update_fields=["starts_on", "ends_on"])
        else:
            continue
        changed += 1
        touched.add(held.user_id)
    for held in kept.values():
        if held.withdrawn_at is None:
            withdraw(held, by=by, because=ROW_GONE)
            changed += 1
    for account in User.objects.filter(pk__in=touched):
        shadow(account)
    return changed


def redraw_all():
    """Draw every grant again and mend the shadow of every account. Returns: (grants changed, shadows mended)."""
    return redraw(), sum(shadow(user) for user in User.objects.all())


def shadow(user):
    """Make guardian's rows of one account, and whether it may open the desk, equal to its grants that hold today.

    Returns: whether anything changed.
    """
    wanted = set()
    for held in Grant.objects.holding().filter(user=user).exclude(target_type=None).prefetch_related("target"):
        if held.target is not None:
            label = held.target._meta.label_lower
            wanted |= {(codename, held.target) for codename in roles.OBJECT_ROLES.get(label, {}).get(held.role, [])}
    present = set()
    for label in roles.OBJECT_ROLES:
        present |= {
            (row.permission.codename, row.content_object)
            for row in _shadow_rows(label).filter(user=user).select_related("permission", "content_object")
        }
    for codename, record in wanted - present:
        assign_perm(codename, user, record)
    for codename, record in present - wanted:
        remove_perm(codename, user, record)
    at_desk = user.is_superuser or Grant.objects.holding().site_wide().filter(user=user, role__in=roles.DESK).exists()
    moved = User.objects.filter(pk=user.pk).exclude(is_staff=at_desk).update(is_staff=at_desk)
    user.is_staff = at_desk
    return wanted != present or bool(moved)


def _shadow_rows(label):
    return get_user_obj_perms_model(apps.get_model(label)).objects
