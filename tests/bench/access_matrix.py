"""The matrix, the canaries and the mutations of `prove_access`, over the people and secrets of `access_world`."""

import json
import logging
import os
import re
import time
from contextlib import contextmanager
from http.cookies import SimpleCookie
from itertools import chain

from django.db import transaction
from django.urls import NoReverseMatch

from tests.bench.access_world import SECRETS, hide_secrets, people, sign_in
from tests.test_doors import (  # noqa: F401
    OWN_TESTS,
    PERSONAS,
    WITHOUT_SECOND_FACTOR,
    address,
    addresses,
    content_of,
    expected,
    split_desk,
    world,
)

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
VISITOR, MEMBER, OFFICER = range(3)
GROUPS = PERSONAS | dict.fromkeys(
    ("representative_a", "representative_b", "lead_1", "lead_2", "observer", "former", "desk_without_role"), MEMBER
)
# Who acts for the organisation of the addresses (“shown”) gets what the officer gets in its area.
AREA = re.compile(
    "workspace_members:(organisation|profile|people|person|letter|sign|signature)$|organisation-(profile|approve-profile)$"
)
# Some pages ask for a permission that not every member has: (who has it, what the others get).
DECIDE = {"sg_member", "advisory_member", "chair"}
FINE = {
    "workspace_members:directory": dict.fromkeys(("observer", "former", "desk_without_role"), 404),
    "workspace_narrative": {"lead_1": 200},
    "workspace_work:update": {"lead_1": 200},
    "workspace_members:review": dict.fromkeys(("representative_a", "representative_b"), 200),
    "liaison-detail": dict.fromkeys(("observer", "former", "desk_without_role"), 404),
}
# At the desk, for whoever may open it.
OF_EVERYBODY = {"index", "login", "logout", "password_change", "password_change_done", "jsi18n", "view_on_site"}
APPLICATION = re.compile("application-(detail|review|check|ask|remind|route|resume|approve|decline|put-off|withdraw)$")
BALLOT = re.compile("ballot-(open|close|cancel|remind|vote|remark)$")  # of a prepared one


def wanted(name, persona, method):
    """Return the statuses that the tables allow, or None where the tests of the room say it."""
    group = GROUPS[persona]
    if method == "HEAD":
        like = wanted(name, persona, "GET")
        return like and (*like, 302) if name in ("workspace_account_email", "workspace_account_tokens") else like
    if method == "OPTIONS":
        return None
    if method in ("PUT", "PATCH", "DELETE"):
        return None if (name, method) == ("organisation-profile", "PATCH") else range(300, 500)
    if name.startswith("admin:") and persona == "desk_without_role":
        act = split_desk(name)[1]
        if act in OF_EVERYBODY:
            return None
        return (302, 403, 404, 405) if act in OWN_TESTS and method == "GET" else (403, 404, 405)
    if AREA.search(name) and persona == "representative_a":
        group = OFFICER
    if method == "POST" and persona not in ("visitor", "deactivated", "secretariat"):
        if APPLICATION.search(name) and not name.endswith("detail"):
            if persona not in DECIDE:
                return (404,)
            if persona != "chair" or not name.endswith(("approve", "decline", "put-off")):
                return (403,)
        if BALLOT.search(name) and persona != "chair":
            return (404,)
        if re.search("decision-(implement|supersede|publish|unpublish)$|memorandum-put-in-force$", name):
            return (403, 404)
    if name == "memorandum-sign" and method == "POST" and group != VISITOR:
        return (404,)  # the organisation of the example is not there
    if method == "POST" and name in ("ballot-list", "decision-list") and persona in ("chair", "secretariat"):
        return (201,)
    if name in FINE and persona in FINE[name]:
        return (FINE[name][persona],) if method == "GET" else range(300, 500)
    one = expected(name)[METHODS.index(method) > 0][group]
    return None if one is None else (one,)


class Doors:
    """The records, the people and their clients; `look` asks one door and says what is wrong with the answer."""

    def __init__(self, records, request):
        self.world = records
        self.accounts, shown, other = people(records)
        self.accounts |= {name: request.getfixturevalue(name) for name in PERSONAS if name != "visitor"}
        self.accounts["visitor"] = None
        sent, self.ballot, draft = hide_secrets(self.accounts, shown, other, self.accounts["secretariat"])
        for name in addresses():
            if APPLICATION.search(name):
                records[1][name] = [sent.reference]
            if BALLOT.search(name) or name == "ballot-detail":
                records[1][name] = [(self.ballot if name == "ballot-detail" else draft).pk]
        self.clients = {name: sign_in(self.accounts[name]) for name in GROUPS}
        self.paths, self.without_row = {}, []
        for name in addresses():
            try:
                wanted(name, "visitor", "GET")
                self.paths[name] = address(name, records)
            except (KeyError, NoReverseMatch):
                self.without_row.append(f"{name}: no row in the tables")
        self.bodies = bodies()
        self.seen = set()  # (secret, persona)
        self.asked = 0

    def look(self, name, persona, method):
        """Return what is wrong with the answer, or nothing. Whatever the request wrote is undone."""
        self.asked += 1
        body = (
            {"data": self.bodies.get(name, {}), "content_type": "application/json"}
            if "api/" in self.paths[name]
            else {}
        )
        if method in ("GET", "HEAD", "OPTIONS"):
            body = {}
        elif not body:
            body = {"data": {}} if method == "POST" else {"data": "{}", "content_type": "application/json"}
        client = self.clients[persona]
        cookies = client.cookies.output()
        with undone():
            answer = getattr(client, method.lower())(self.paths[name], **body)
            content = content_of(answer)
        if client.cookies.output() != cookies:  # who signed out, too, is there for the next door
            client.cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))
        allowed = wanted(name, persona, method)
        if answer.status_code >= 500:
            return f"{persona} {method} {name}: {answer.status_code}"
        status = (
            404 if answer.status_code == 302 and answer["Location"] == "/admin/" else answer.status_code
        )  # as the desk says it
        if allowed is not None and status not in allowed and answer.status_code not in allowed:
            return f"{persona} {method} {name}: {answer.status_code}, not {tuple(allowed)[:3]}"
        for secret, readers in SECRETS.items():
            if secret.encode() in content:
                self.seen.add((secret, persona))
                if persona not in readers:
                    return f"{persona} {method} {name}: shows {secret}"
        return None


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def bodies():
    """Return {name of an address: the example that the schema gives for its POST}."""
    from django.urls import resolve
    from drf_spectacular.generators import SchemaGenerator

    found = {}
    for path, methods in SchemaGenerator().get_schema(request=None, public=True)["paths"].items():
        content = methods.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json", {})
        for one in content.get("examples", {}).values():
            filled = path.replace("{number}", "2026-1").replace("{id}", "1")
            found[resolve(re.sub(r"\{\w+\}", "x", filled)).url_name] = one["value"]
    return found


# ── the policies, and how each is opened ─────────────────────────────────


def policies():
    """Return {name: (a word of the addresses it guards, context manager that opens it)}."""
    from django.apps import apps
    from django.contrib.auth.middleware import LoginRequiredMiddleware
    from rest_framework.permissions import IsAuthenticated

    from efc import permissions, roles, second_factor
    from efc.adminsite import Desk
    from efc.models import Grant, User
    from members.models import Elector
    from members.services import ballots

    found = {}
    for model in apps.get_models():
        queryset = type(model._default_manager.all())
        for cls in queryset.__mro__:
            if "visible_to" in vars(cls):
                word = model._meta.model_name
                found.setdefault(
                    f"visible_to of {cls.__name__}", (word, replaced(cls, "visible_to", lambda rows, user: rows))
                )
    named = {name for names in roles.ROLES.values() for name in names}
    named |= {
        f"{label.split('.')[0]}.{one}"
        for label, held in roles.OBJECT_ROLES.items()
        for ones in held.values()
        for one in ones
    }
    named |= {law.permission for model in apps.get_models() for law in (getattr(model, "MOVES", None) or {}).values()}
    plain = User.has_perm
    for permission in sorted(named):

        def has_perm(user, perm, obj=None, *, permission=permission):
            return (perm == permission and user.is_active) or plain(user, perm, obj)

        found[f"permission {permission}"] = (permission.rpartition("_")[2], replaced(User, "has_perm", has_perm))
    yes = lambda *args, **kwargs: True  # noqa: E731
    found |= {
        "require": ("members", code(permissions.require, lambda user, perm, obj=None: None)),
        "granted": ("members", code(permissions.granted, lambda user, perm, queryset: queryset)),
        "may_see_votes": ("ballot", code(ballots.may_see_votes, lambda ballot, user: True)),
        "seats one votes for": ("ballot", replaced(type(Elector.objects.all()), "of", lambda rows, user: rows)),
        "the term of grants": ("members", replaced(type(Grant.objects.all()), "holding", lambda rows, day=None: rows)),
        "sign-in is needed": ("workspace", replaced(LoginRequiredMiddleware, "process_view", lambda *args: None)),
        "sign-in is needed at the API": ("me", replaced(IsAuthenticated, "has_permission", yes)),
        "who may open the desk": ("admin", replaced(Desk, "has_permission", yes)),
        "who is deactivated is out": ("workspace", opened_accounts()),
        "the second factor": ("workspace", code(second_factor.is_missing, lambda user: False)),
    }
    return found


@contextmanager
def replaced(owner, name, function):
    plain = getattr(owner, name)
    setattr(owner, name, function)
    try:
        yield
    finally:
        setattr(owner, name, plain)


@contextmanager
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

    with replaced(ModelBackend, "user_can_authenticate", lambda self, user: True):
        active = User.is_active
        User.is_active = property(lambda user: True, lambda user, value: None)
        try:
            yield
        finally:
            User.is_active = active


# ── the run ──────────────────────────────────────────────────────────────


OUTSIDERS = ("former", "desk_without_role", "observer", "representative_b", "sg_member", "visitor")


def in_order(word, paths):
    """Yield (name, persona, method): first what a policy of this word is likely to guard, then the rest as outsiders."""
    names = sorted(paths, key=lambda name: (name.startswith("admin:"), name))
    near = [name for name in names if word in name.replace("-", "").replace("_", "")]
    for method in ("GET", "POST"):
        yield from ((name, persona, method) for name in near for persona in GROUPS)
    for method in ("GET", "POST"):
        yield from ((name, persona, method) for name in names if name not in near for persona in OUTSIDERS)


def read_in_rows(doors):
    """Return the first secret that `visible_to` itself hands to somebody who may not read it, or nothing."""
    from django.apps import apps
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import CharField, TextField

    for model in apps.get_models():
        rows = model._default_manager.all()
        if hasattr(rows, "visible_to"):
            names = [field.name for field in model._meta.concrete_fields if isinstance(field, CharField | TextField)]
            for persona in set(OUTSIDERS) - {"sg_member"}:  # who reads rows of which the doors hide a part
                user = doors.accounts[persona] or AnonymousUser()
                text = " ".join(str(values) for values in rows.visible_to(user).values_list(*names))
                for secret, readers in SECRETS.items():
                    if secret in text and persona not in readers:
                        return f"{persona} reads {secret} in the rows of {model._meta.label}"
    return None


def without_second_factor(doors, settings):
    """Return the first door that an officer without the second factor passes and should not."""
    settings.SECOND_FACTOR_REQUIRED = True
    try:
        client = sign_in(doors.accounts["secretariat"])
        for name, path in doors.paths.items():
            if name.startswith(WITHOUT_SECOND_FACTOR):
                continue
            with undone():
                answer = client.get(path)
            if path.startswith(("/admin/", "/workspace/", "/api/")) and answer.status_code == 200:
                return f"an officer without the second factor GET {name}: 200"
    finally:
        settings.SECOND_FACTOR_REQUIRED = False
    return None


def test_every_door_and_every_policy(world, request, settings):  # noqa: F811
    logging.disable(logging.CRITICAL)  # thousands of refusals are the point
    began, only = time.monotonic(), os.environ.get("PROVE_ACCESS_ONLY", "")
    methods = tuple(os.environ.get("PROVE_ACCESS_METHODS", "").split()) or METHODS
    doors = Doors(world, request)
    wrong = doors.without_row
    for method in methods:
        before = len(wrong)
        for name in doors.paths:
            wrong += filter(None, (doors.look(name, persona, method) for persona in GROUPS))
        print(f"{method:8} {len(doors.paths) * len(GROUPS):>6} answers, {len(wrong) - before} wrong", flush=True)
    wrong += filter(None, [without_second_factor(doors, settings), read_in_rows(doors)])
    wrong += [
        f"no {persona} reads {secret}, so it guards nothing"
        for secret, readers in SECRETS.items()
        for persona in readers
        if methods == METHODS and (secret, persona) not in doors.seen and secret != "quagga"
    ]
    for line in wrong:
        print(f"  {line}")
    matrix, survivors, found = doors.asked, [], policies()
    known = set(wrong)
    for policy, (word, opened) in found.items():
        if only not in policy:
            continue
        with opened:
            asked = (doors.look(*door) for door in in_order(word, doors.paths))
            first = (read_in_rows(doors),) if policy.startswith("visible_to") else ()
            caught = next((line for line in chain(first, asked) if line and line not in known), None)
            caught = caught or without_second_factor(doors, settings)
        print(f"{policy:48} {'caught by ' + caught if caught else 'SURVIVES'}", flush=True)
        survivors += [] if caught else [policy]
    ok = not wrong and not survivors
    print(
        json.dumps(
            {
                "target": "prove-access", "ok": ok, "seconds": round(time.monotonic() - began), "addresses": len(addresses()),
                "personas": len(GROUPS) + 1, "answers": matrix, "wrong": len(wrong), "secrets": len(SECRETS),
                "policies": len(found), "survivors": survivors,
            }
        )
    )  # fmt: skip
    assert ok
