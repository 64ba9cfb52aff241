"""Site-wide roles, and roles on one object. The only module that imports guardian.

A grant stands on a parent (work package, organisation, event). A child names its parent once::

    permission_parent = "work_package"      # and, where the names differ, PARENT_PERMISSIONS = {"child_perm": "parent_perm"}

and `user.has_perm(perm, child)` asks for the permission site-wide, then for the mapped one on the parent.
"""

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from guardian.shortcuts import assign_perm, get_objects_for_user, remove_perm

from efc import roles


class RoleBackend(ModelBackend):
    """Make a permission held site-wide hold for each object, and a permission on a parent for its children."""

    def authenticate(self, request, **credentials):
        return None  # allauth's backend signs people in; this one only answers what they may do

    def has_perm(self, user, perm, obj=None):
        if not user.is_active or user.is_anonymous:
            return False
        if super().has_perm(user, perm):
            return True
        parent = permission_parent(obj)
        return parent is not None and user.has_perm(_on_parent(perm, obj), parent)


def permission_parent(obj):
    name = getattr(obj, "permission_parent", None)
    return getattr(obj, name) if name else None


def _on_parent(perm, obj):
    codename = perm.split(".", 1)[1]
    mapped = getattr(obj, "PARENT_PERMISSIONS", {}).get(codename)
    if mapped:
        return mapped
    parent = permission_parent(obj)._meta
    return f"{parent.app_label}.{codename.split('_', 1)[0]}_{parent.model_name}"


def require(user, perm, obj=None):
    """Refuse with PermissionDenied unless `user` holds `perm` (on `obj`). None is the system and may."""
    if user is not None and not user.has_perm(perm, obj):
        raise PermissionDenied(perm)


def grant(user, role, obj):
    """Give `user` the permissions of an object role. Called by services only, beside the row that states the fact."""
    for codename in roles.OBJECT_ROLES[obj._meta.label_lower][role]:
        assign_perm(codename, user, obj)


def revoke(user, role, obj):
    """Take the permissions of an object role away again."""
    for codename in roles.OBJECT_ROLES[obj._meta.label_lower][role]:
        remove_perm(codename, user, obj)


def granted(user, perm, queryset):
    """Return the rows of `queryset` on which `user` holds `perm`: all when held site-wide, else those granted one by one.

    Costs: one subquery, no loop.
    """
    return get_objects_for_user(user, perm, klass=queryset, with_superuser=True, accept_global_perms=True)
