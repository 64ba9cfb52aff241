"""The matrix, the canaries and the mutations of `prove_access`, over the people and secrets of `access_world`."""

import json
import logging
import os
import re
import time
from contextlib import contextmanager
from http.cookies import SimpleCookie

from django.contrib import admin
from django.db import transaction
from django.urls import NoReverseMatch

from tests.bench.access_policies import OUTSIDERS, doors_of, policies
from tests.bench.access_world import GROUPS, LINKS, OFFICER, SECRETS, VISITOR, hide_secrets, hold_keys, people, sign_in
from tests.doors.tables import OWN_TESTS, PERSONAS, addresses, expected, split_desk
from tests.doors.world import address, content_of, world_of  # noqa: F401
from tests.test_doors import WITHOUT_SECOND_FACTOR

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
# Who acts for the organisation of the addresses (“shown”) gets what the officer gets in its area.
AREA = re.compile(
    "workspace_members:(organisation|profile|people|person|letter|sign|signature)$|organisation-(profile|approve-profile)$"
)
# Some pages ask for a permission that not every member has: (who has it, what the others get).
DECIDE = {"sg_member", "advisory_member", "chair"}
MEMBERS = [persona for persona, group in GROUPS.items() if group not in (VISITOR, OFFICER)]
FINE = {
    "workspace_members:directory": dict.fromkeys(
        ("observer", "former", "desk_without_role", "coordinator", "evaluator"), 404
    ),
    "workspace_narrative": {"lead_1": 200},
    "workspace_report": {"chair": 200, **dict.fromkeys(set(MEMBERS) - {"chair"}, 404)},  # it is a draft
    **{
        f"workspace_work:{name}": {"lead_1": 200}
        for name in (
            "update",
            "milestone_add",
            "milestone_change",
            "milestone_reschedule",
            "milestone_reach",
            "milestone_evidence",
            "risk_add",
            "risk_change",
            "risk_close",
            "risk_states",
        )
    },
    "workspace_members:review": dict.fromkeys(("representative_a", "representative_b"), 200),
    "liaison-detail": dict.fromkeys(("observer", "former", "desk_without_role", "coordinator", "evaluator"), 404),
    **{
        f"workspace_work:test_transaction{name}": {"coordinator": 200, "evaluator": 200}
        for name in ("s", "_figures", "_export", "")
    },
    **{f"workspace_work:test_transaction{name}": {"coordinator": 200} for name in ("_add", "_correct")},
    "workspace_work:test_transaction_move": {"evaluator": 200},
}
# At the desk, for whoever may open it.
OF_EVERYBODY = {"index", "login", "logout", "password_change", "password_change_done", "jsi18n", "view_on_site"}
# Pages that show the same to POST as to GET, and those of records that nobody changes by a form.
TO_READ = {"changelist", "export", "history", "app_list", "look", "mail", "receipt"}
ONLY_READ = {"admin:members_accessreview_change", "admin:members_application_change", "admin:newsletter_mailing_change"}
APPLICATION = re.compile("application-(detail|review|check|ask|remind|route|resume|approve|decline|put-off|withdraw)$")
# What the keys open: (GET, POST). The keys of another, and where no key is asked for, open nothing.
KEYS = {
    ("subscriber_link", "newsletter_links:confirm"): (200, 302),
    ("subscriber_link", "newsletter_links:unsubscribe"): (200, 302),
    ("subscriber_link", "newsletter_links:preferences"): (200, 422),
    ("applicant_link", "members_links:application"): (200, 302),
    ("applicant_link", "members_links:step"): (200, 422),
    ("applicant_link", "members_links:check"): (200, 302),
    ("applicant_link", "members_links:papers"): (200, 422),
    ("applicant_link", "members_links:withdraw"): (200, 302),
}
BALLOT = re.compile("ballot-(open|close|cancel|remind|vote|remark)$")  # of a prepared one


def wanted(name, persona, method):
    """Return the statuses that the tables allow, or None where the tests of the room say it."""
    group, (name, _mark, verb) = GROUPS[persona], name.partition("?")
    if name == "account_reset_password_from_key" and method in ("PATCH", "DELETE"):
        return (200,)  # says that the key does not fit, whatever one asks for
    if method == "HEAD":
        like = wanted(name, persona, "GET")
        return like and (*like, 302) if name in ("workspace_account_email", "workspace_account_tokens") else like
    if method == "OPTIONS":
        return None
    if method in ("PUT", "PATCH", "DELETE"):
        return None if (name, method) == ("organisation-profile", "PATCH") else range(300, 500)
    if persona == "desk_reader" and (method in ("GET", "HEAD") or not name.startswith("admin:")):
        return None  # holds every right to look
    if name.startswith("admin:") and persona == "desk_reader":
        if split_desk(name)[1] in OF_EVERYBODY | TO_READ or name in ONLY_READ or verb == "answer":
            return None
        return (403, 404, 405, 422)  # some forms say what is missing before the act is refused
    if name.startswith("admin:") and persona == "desk_without_role":
        act = split_desk(name)[1]
        if act in OF_EVERYBODY:
            return None
        return (302, 403, 404, 405) if act in OWN_TESTS and method == "GET" else (403, 404, 405)
    if AREA.search(name) and persona == "representative_a":
        group = OFFICER
    if method == "POST" and group not in (VISITOR, OFFICER):
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
    if method == "POST" and name in ("ballot-list", "decision-list") and (persona == "chair" or group == OFFICER):
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
        self.accounts |= dict.fromkeys(("visitor", *LINKS))
        sent, self.ballot, draft = hide_secrets(records, self.accounts, shown, other)
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
        self.paths |= verbs(self.paths)
        export = "admin:members_representative_export"
        self.paths[f"{export}?protected"] = self.paths[export]
        self.keyed = hold_keys(records)
        self.bodies = bodies()
        self.seen = set()  # (secret, persona)
        self.asked = 0

    def look(self, name, persona, method):
        """Return what is wrong with the answer, or nothing. Whatever the request wrote is undone."""
        self.asked += 1
        path, body = self.keyed.get(persona, {}).get(name, self.paths[name]), {}
        if method not in ("GET", "HEAD", "OPTIONS") and "api/" in path:
            body = {"data": self.bodies.get(name, {}), "content_type": "application/json"}
        elif name.endswith("?protected") and method == "POST":
            body = {"data": {"file_format": "csv", "protected": "on", "reason": "A question of the auditors"}}
        client = self.clients[persona]
        cookies = client.cookies.output()
        with undone():
            answer = getattr(client, method.lower())(path, **body)
            content = content_of(answer)
        if client.cookies.output() != cookies:  # who signed out, too, is there for the next door
            client.cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))
        allowed = wanted(name, persona, method)
        if name in self.keyed.get(persona, ()) and method in ("GET", "HEAD", "POST"):
            opens = KEYS.get((persona, name))
            allowed = (opens[method == "POST"],) if opens else (302, 401, 404, 405, 410)
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
                if persona not in readers and (
                    persona != "desk_reader" or (secret == "zqprotected" and name.endswith("?protected"))
                ):
                    return f"{persona} {method} {name}: shows {secret}"
        return None


def verbs(paths):
    """Return {name?verb: path} of every verb and act of the desk, beside the one that the table asks for."""
    found = {}
    for model, desk in admin.site._registry.items():
        for act in ("move", "act"):
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{act}"
            if name in paths:
                for verb in desk.verbs if act == "move" else desk.acts:
                    found[f"{name}?{verb}"] = re.sub("[^/]+/$", f"{verb}/", paths[name])
    return found


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


# ── the run ──────────────────────────────────────────────────────────────


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


def caught_by(doors, settings, policy, word, app, opened, *, faults):
    """Return the first answer that is wrong while the policy is open, and right again once it is closed; or nothing."""
    if policy == "the second factor":
        with opened():
            return without_second_factor(doors, settings)
    asked = doors_of(word, app, doors.paths)
    while True:
        with opened():
            found = next(((door, line) for door in asked if (line := doors.look(*door))), None)
        if found is None:
            return None
        door, line = found
        if re.search(": 5..$", line):  # a page that breaks for who has this permission alone shows no policy
            faults.append(f"{policy} opened: {line}")
        elif doors.look(*door) is None:
            return line


def test_every_door_and_every_policy(world, request, settings):
    logging.disable(logging.CRITICAL)  # thousands of refusals are the point
    began, only = time.monotonic(), os.environ.get("PROVE_ACCESS_ONLY", "")
    settings.ACCOUNT_RATE_LIMITS = False  # one machine asks as everybody
    methods = tuple(os.environ.get("PROVE_ACCESS_METHODS", "").split()) or METHODS
    doors = Doors(world, request)
    wrong = doors.without_row
    for method in methods:
        before = len(wrong)
        for name in doors.paths:
            if "?" not in name or method in ("GET", "POST"):  # the other methods reach the same page
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
    answers, survivors, faults, found, opened_at = doors.asked, [], [], policies(), time.monotonic()
    print(f"The matrix took {opened_at - began:.0f} s.")
    found = {policy: parts for policy, parts in found.items() if only in policy}
    for policy, parts in found.items():
        caught = caught_by(doors, settings, policy, *parts, faults=faults)
        print(f"{policy:48} {'caught by ' + caught if caught else 'SURVIVES'}", flush=True)
        survivors += [] if caught else [policy]
    for line in faults:
        print(f"  {line}")
    ok = not wrong and not survivors and not faults
    figures = {
        "target": "prove-access", "ok": ok, "seconds": round(time.monotonic() - began), "matrix_seconds": round(opened_at - began),
        "addresses": len(addresses()), "personas": len(GROUPS) + 1, "methods": len(methods), "answers": answers, "wrong": len(wrong),
        "secrets": len(SECRETS), "policies": len(found), "caught": len(found) - len(survivors), "survivors": survivors,
        "faults": len(faults), "requests": doors.asked,
    }  # fmt: skip
    print(
        "{requests} requests: {addresses} addresses, {personas} personas, {methods} methods, {wrong} wrong of {answers}; "
        "{policies} policies opened, {caught} caught; {seconds} s".format(**figures)
    )
    print(json.dumps(figures))
    assert ok
