"""The policies that `prove_access` opens one at a time, and the doors that can show it."""

from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace

from tests.bench.access_world import GROUPS


def policies():
    """Return {name: (a word of the addresses it guards, its app, function that returns what opens it)}."""
    return visibilities() | permissions() | guards() | links()


def visibilities():
    """Each `visible_to`, which then returns every row."""
    from django.apps import apps

    found = {}
    for model in apps.get_models():
        for cls in type(model._default_manager.all()).__mro__:
            if "visible_to" in vars(cls) and not hides_nothing(cls):
                opened = replaced(cls, "visible_to", lambda rows, user: rows)
                found.setdefault(
                    f"visible_to of {cls.__name__}", (model._meta.model_name, model._meta.app_label, opened)
                )
    return found


def hides_nothing(cls):
    """Say whether a `visible_to` returns all rows as it stands: what it reads is public, and nothing can be opened."""
    rows = object()
    try:
        return cls.visible_to(rows, None) is rows
    except AttributeError:
        return False


def permissions():
    """Each permission that a role or a move names, which then everybody with an open account holds."""
    from django.apps import apps

    from efc import roles
    from efc.models import User

    named = {name for names in roles.ROLES.values() for name in names}
    named |= {
        f"{label.split('.')[0]}.{one}"
        for label, held in roles.OBJECT_ROLES.items()
        for ones in held.values()
        for one in ones
    }
    named |= {law.permission for model in apps.get_models() for law in (getattr(model, "MOVES", None) or {}).values()}
    plain, found = User.has_perm, {}
    for permission in sorted(named):

        def has_perm(user, perm, obj=None, *, permission=permission):
            return (perm == permission and user.is_active) or plain(user, perm, obj)

        app, word = permission.split(".")[0], permission.rpartition("_")[2]
        found[f"permission {permission}"] = (word, app, replaced(User, "has_perm", has_perm))
    return found


def guards():
    """The functions and classes that ask: each then lets everybody through."""
    from django.contrib.auth.middleware import LoginRequiredMiddleware
    from rest_framework.permissions import IsAuthenticated

    from efc import permissions, second_factor
    from efc.adminsite import Desk
    from efc.models import Grant
    from members.models import Elector
    from members.services import ballots

    yes = lambda *args, **kwargs: True  # noqa: E731
    return {
        "require": ("ballot", "members", code(permissions.require, lambda user, perm, obj=None: None)),
        "granted": ("organisation", "members", code(permissions.granted, lambda user, perm, queryset: queryset)),
        "may_see_votes": ("ballot", "members", code(ballots.may_see_votes, lambda ballot, user: True)),
        "seats one votes for": (
            "ballot",
            "members",
            replaced(type(Elector.objects.all()), "of", lambda rows, user: rows),
        ),
        "the term of grants": (
            "members",
            "members",
            replaced(type(Grant.objects.all()), "holding", lambda rows, day=None: rows),
        ),
        "sign-in is needed": (
            "workspace",
            "workspace",
            replaced(LoginRequiredMiddleware, "process_view", lambda *args: None),
        ),
        "sign-in is needed at the API": ("me", "me", replaced(IsAuthenticated, "has_permission", yes)),
        "who may open the desk": ("admin", "admin", replaced(Desk, "has_permission", yes)),
        "who is deactivated is out": ("workspace", "workspace", opened_accounts),
        "the second factor": ("no door", "workspace", code(second_factor.is_missing, lambda user: False)),
    }


def links():
    """The keys in letters: each link then opens the first record for whatever key it holds."""
    import newsletter.views
    from members.models import Invitation
    from members.services import applications
    from members.views import applications as pages
    from members.views import people
    from newsletter.models import Subscriber

    def any_application(token):
        from members.models import Application

        return Application.objects.order_by("pk").first()

    def of_anybody(plain):
        return lambda model, application=None, **given: plain(model, **given)

    def first(model, **more):
        rows = SimpleNamespace(
            filter=lambda **given: model.objects.order_by("pk"),
            select_related=lambda *names: rows,
            get=model.objects.get,
        )
        return SimpleNamespace(objects=rows, **more)

    return {
        "the key of an application": (
            "memberslinks",
            "members_links",
            code(applications.find_application, any_application),
        ),
        "whose papers and questions": (
            "memberslinks",
            "members_links",
            replaced(pages, "get_object_or_404", of_anybody(pages.get_object_or_404)),
        ),
        "the key of an invitation": (
            "memberslinks",
            "members_links",
            replaced(people, "Invitation", first(Invitation)),
        ),
        "the key of a subscriber": (
            "newsletterlinks",
            "newsletter_links",
            replaced(newsletter.views, "Subscriber", first(Subscriber, Leaving=Subscriber.Leaving)),
        ),
    }


def opening(function):
    """Let a call return what opens the policy each time it is called."""
    manager = contextmanager(function)
    return lambda *given: partial(manager, *given)


@opening
def replaced(owner, name, function):
    plain = getattr(owner, name)
    setattr(owner, name, function)
    try:
        yield
    finally:
        setattr(owner, name, plain)


@opening
def code(function, other):
    """Let a function do what another does, for all who have imported it."""
    plain = function.__code__
    function.__code__ = other.__code__
    try:
        yield
    finally:
        function.__code__ = plain


@contextmanager
def opened_accounts():
    from django.contrib.auth.backends import ModelBackend

    from efc.models import User

    with replaced(ModelBackend, "user_can_authenticate", lambda self, user: True)():
        active = User.is_active
        User.is_active = property(lambda user: True, lambda user, value: None)
        try:
            yield
        finally:
            User.is_active = active


# ── where an opened policy can show ──────────────────────────────────────

OUTSIDERS = ("desk_without_role", "former", "observer", "representative_b", "sg_member", "visitor")
AT_DESK = ("desk_without_role", "secretariat", "desk_reader")


def doors_of(word, app, paths):
    """Yield (name, persona, method): first the doors of the record the policy is about, then those of its app, last the other rooms."""
    near = [name for name in paths if word in name.replace("-", "").replace("_", "")]
    desk = [name for name in near if name.startswith("admin:")]
    rooms = [name for name in near if name not in desk]
    app_desk = [name for name in paths if name.startswith(f"admin:{app}_") and name not in near]
    others = [name for name in paths if not name.startswith("admin:") and name not in near]
    for method in ("GET", "POST"):
        yield from ((name, persona, method) for name in desk for persona in AT_DESK)
        yield from ((name, persona, method) for name in rooms for persona in GROUPS)
    for method in ("GET", "POST"):
        yield from ((name, persona, method) for name in app_desk for persona in ("desk_without_role", "desk_reader"))
    for method in ("GET", "POST"):
        yield from ((name, persona, method) for name in others for persona in OUTSIDERS)
    yield from ((name, "desk_without_role", "GET") for name in ("admin:index", "admin:app_list"))
