"""The policies that `prove_access` opens one at a time, and how it learns which doors ask for them.

They are found: each `visible_to` and `published` of a queryset, each permission in the two tables of `efc.roles` or in a MOVES
table. A new model or right is covered as soon as it is there. A guard that is neither has its line in `guards`, a key that
letters hold in `links`.
"""

import re
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace

from tests.bench.access_world import GROUPS


@dataclass(frozen=True)
class Policy:
    """What is opened by `opened()`: `word` stands in the addresses nearest to it, `app` in those of its room.

    `mirror` takes a permission away from everybody. Some open nothing by themselves, as the right to change rows that stand on
    the page of another record, which only its holders can write: taking it away must show to them.
    """

    name: str
    word: str
    app: str
    opened: Callable
    mirror: Callable | None = None
    noted: bool = False  # the doors that ask for it are noted, so no others are tried


def policies():
    return [*visibilities(), *permissions(), *guards(), *links()]


def visibilities():
    """Each `visible_to` and `published`, which then returns every row."""
    return [
        Policy(
            f"{name} of {cls.__name__}",
            model._meta.model_name,
            model._meta.app_label,
            replaced(cls, name, _all_rows),
            noted=True,
        )
        for cls, name, model in _reading()
    ]


def _all_rows(rows, *given):
    return rows


def _reading():
    """Return [(queryset, name, a model that it reads)] of what chooses rows by who asks."""
    from django.apps import apps

    found = {}
    for model in apps.get_models():
        for cls in type(model._default_manager.all()).__mro__:
            for name in ("visible_to", "published"):
                if name in vars(cls) and not _hides_nothing(cls, name):
                    found.setdefault((cls, name), model)
    return [(*key, model) for key, model in found.items()]


def _hides_nothing(cls, name):
    """Say whether a method returns all rows as it stands: what it reads is public, and nothing can be opened."""
    rows = object()
    try:
        return vars(cls)[name](rows, *[None] * (name == "visible_to")) is rows
    except AttributeError:
        return False


def permissions():
    """Each permission that a role or a move names, which then everybody with an open account holds; in its mirror, nobody."""
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
    plain = User.has_perm

    def answering(permission, answer):
        def has_perm(user, perm, obj=None):
            return answer and user.is_active if perm == permission else plain(user, perm, obj)

        return replaced(User, "has_perm", has_perm)

    return [
        Policy(
            f"permission {permission}",
            permission.rpartition("_")[2],
            permission.split(".")[0],
            answering(permission, answer=True),
            answering(permission, answer=False),
            noted=True,
        )
        for permission in sorted(named)
    ]


def guards():
    """The functions and classes that ask: each then lets everybody through."""
    from django.contrib.auth.middleware import LoginRequiredMiddleware
    from rest_framework.permissions import IsAuthenticated

    from efc import permissions, second_factor
    from efc.adminsite import Desk
    from efc.models import Grant, User
    from members.models import Elector
    from members.services import ballots

    yes = lambda *args, **kwargs: True  # noqa: E731
    return [
        Policy("require", "ballot", "members", code(permissions.require, lambda user, perm, obj=None: None)),
        Policy("granted", "organisation", "members", code(permissions.granted, lambda user, perm, queryset: queryset)),
        Policy("may_see_votes", "ballot", "members", code(ballots.may_see_votes, lambda ballot, user: True)),
        Policy("seats one votes for", "ballot", "members", replaced(type(Elector.objects.all()), "of", _all_rows)),
        Policy("the term of grants", "members", "members", replaced(type(Grant.objects.all()), "holding", lambda rows, day=None: rows)),
        Policy("sign-in is needed", "workspace", "workspace", code(LoginRequiredMiddleware.process_view, lambda self, request, view, args, kwargs: None)),
        Policy("sign-in is needed at the API", "me", "me", replaced(IsAuthenticated, "has_permission", yes)),
        Policy("who may open the desk", "admin", "admin", replaced(Desk, "has_permission", yes)),
        Policy("who is deactivated is out", "workspace", "workspace", opened_accounts),
        Policy("what only a grant gives", "testtransaction", "workspace_work", replaced(User, "RESERVED", frozenset())),
        Policy("the second factor", "no door", "workspace", code(second_factor.is_missing, lambda user: False)),
    ]  # fmt: skip


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

    subscriber = first(Subscriber, Leaving=Subscriber.Leaving)
    return [
        Policy("the key of an application", "memberslinks", "members_links", code(applications.find_application, any_application)),
        Policy("whose papers and questions", "memberslinks", "members_links", replaced(pages, "get_object_or_404", of_anybody(pages.get_object_or_404))),
        Policy("the key of an invitation", "memberslinks", "members_links", replaced(people, "Invitation", first(Invitation))),
        Policy("the key of a subscriber", "newsletterlinks", "newsletter_links", replaced(newsletter.views, "Subscriber", subscriber)),
    ]  # fmt: skip


# ── opening ──────────────────────────────────────────────────────────────


def opening(function):
    """Let a call return what opens the policy each time it is called."""
    manager = contextmanager(function)
    return lambda *given: partial(manager, *given)


@opening
def replaced(owner, name, function):
    plain = vars(owner).get(name)
    setattr(owner, name, function)
    try:
        yield
    finally:
        if plain is None:
            delattr(owner, name)
        else:
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


@contextmanager
def noted(note):
    """Call `note(name of the policy, what it answers)` whenever somebody asks for a right or rows are chosen by who reads them."""
    from efc.models import User

    plain = User.has_perm

    def has_perm(user, perm, obj=None):
        answer = plain(user, perm, obj)
        note(f"permission {perm}", bool(answer))
        return answer

    def choosing(cls, name):
        chosen = vars(cls)[name]

        def choose(rows, *given):
            note(f"{name} of {cls.__name__}", False)
            return chosen(rows, *given)

        return choose

    with ExitStack() as stack:
        stack.enter_context(replaced(User, "has_perm", has_perm)())
        for cls, name, _model in _reading():
            stack.enter_context(replaced(cls, name, choosing(cls, name))())
        yield


OUTSIDERS = ("desk_without_role", "former", "observer", "representative_b", "sg_member", "visitor")
AT_DESK = ("representative", "desk_without_role", "secretariat", "desk_reader")


def is_near(policy, name):
    """Say whether an address is named after what the policy guards: `workspace_report` after a report period."""
    parts = re.split("[^a-z]+", name)
    return policy.word in "".join(parts) or any(len(part) > 3 and part in policy.word for part in parts)


def nearest_first(policy, asked, methods):
    """Sort doors that ask for a policy: those of its record first, then those of its room; reading before sending; each door once before any twice."""
    times = {}

    def rank(door):
        name, _persona, method = door
        times[name] = turn = times.get(name, 0) + 1
        far = 0 if is_near(policy, name) else 1 if policy.app in name else 2
        return far, turn > 1, methods.index(method), turn

    return sorted(asked, key=rank)


def doors_of(policy, paths):
    """Yield (name, persona, method) where nobody noted who asks: the doors of the record, those of its room, the other rooms."""
    near = [name for name in paths if is_near(policy, name)]
    desk = [name for name in near if name.startswith("admin:")]
    rooms = [name for name in near if name not in desk]
    others = [name for name in paths if not name.startswith("admin:") and name not in near]
    for method in ("GET", "POST"):
        yield from ((name, persona, method) for name in desk for persona in AT_DESK)
        yield from ((name, persona, method) for name in rooms for persona in GROUPS)
    for method in ("GET", "POST"):
        yield from ((name, persona, method) for name in others for persona in OUTSIDERS)
