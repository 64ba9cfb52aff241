"""The matrix, the canaries and the mutations of `prove_access`, over the people and secrets of `access_world`."""

import json
import logging
import os
import re
import time
from collections import defaultdict
from contextlib import contextmanager, nullcontext
from http.cookies import SimpleCookie

from django.contrib import admin
from django.db import transaction
from django.urls import NoReverseMatch

from efc import cache
from tests.bench.access_policies import OUTSIDERS, doors_of, is_near, nearest_first, noted, policies
from tests.bench.access_table import APPLICATION, BALLOT, FOUND, KEYS, METHODS, wanted
from tests.bench.access_world import GROUPS, LINKS, SECRETS, hide_secrets, hold_keys, people, sign_in
from tests.doors.tables import PERSONAS, addresses
from tests.doors.world import address, content_of, world_of  # noqa: F401
from tests.test_doors import WITHOUT_SECOND_FACTOR

ASKING = ("GET", "POST")  # what the doors ask for is learnt by these


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
        self.names = [*self.paths]  # of the doors that are asked
        self.keyed = hold_keys(records)
        self.bodies = bodies()
        self.seen = set()  # (secret, persona)
        self.asked = 0
        self.asking = defaultdict(list)  # (policy, what it answered) → [(name, persona, method)]

    def ask_all(self, method):
        """Ask every door as everybody and note which policies it asks for. Returns: what is wrong, in lines."""
        wrong, heard = [], set()
        with noted(lambda *policy: heard.add(policy)) if method in ASKING else nullcontext():
            for name in self.names:
                if "?" not in name or method in ASKING:  # the other methods reach the same page
                    for persona in GROUPS:
                        heard.clear()
                        wrong.append(self.look(name, persona, method))
                        for policy in heard:
                            self.asking[policy].append((name, persona, method))
        return [*filter(None, wrong)]

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
                if persona not in readers:
                    return f"{persona} {method} {name}: shows {secret}"
        for word, finders in FOUND.get(f"{method} {name}", {}).items():
            if (word.encode() in content) != (persona in finders):
                return f"{persona} {method} {name}: {'hides' if persona in finders else 'shows'} {word}"
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


def forget():
    """Forget the pages kept for visitors, which would show what was public before."""
    cache._pages.clear()
    cache._asked.clear()


def bodies():
    """Return {name of an address: the example that the schema gives for its POST}."""
    from django.urls import resolve
    from drf_spectacular.drainage import GENERATOR_STATS
    from drf_spectacular.generators import SchemaGenerator

    found = {}
    with GENERATOR_STATS.silence():
        schema = SchemaGenerator().get_schema(request=None, public=True)
    for path, methods in schema["paths"].items():
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


def caught(doors, settings, policy, faults):
    """Return by which wrong answer an open policy is noticed, or nothing: at the doors that ask for it, the nearest first."""
    if policy.name == "the second factor":
        with policy.opened():
            return without_second_factor(doors, settings)
    asked = doors.asking.get((policy.name, False), []) if policy.noted else doors_of(policy, doors.paths)
    found = wrong_at(doors, policy, policy.opened, nearest_first(policy, asked, METHODS), faults)
    if found is None and policy.mirror:
        asked = nearest_first(policy, doors.asking.get((policy.name, True), []), METHODS)
        found = wrong_at(doors, policy, policy.mirror, asked, faults)
        return found and f"{found} (taken away)"
    return found


def wrong_at(doors, policy, opened, asked, faults):
    """Return the first answer that is wrong while a policy is open and right again once it is closed, or nothing."""
    rest = iter(asked)
    while True:
        with opened():
            forget()
            found = next(((door, line) for door in rest if (line := doors.look(*door))), None)
        forget()
        if found is None:
            return None
        door, line = found
        if re.search(": 5..$", line):  # a page that breaks shows no policy; for who has one right alone it should not
            faults += [f"{policy.name} opened: {line}"] if policy.mirror else []
        elif doors.look(*door) is None:
            return line


def test_every_door_and_every_policy(world, request, settings):
    logging.disable(logging.CRITICAL)  # thousands of refusals are the point
    began, only = time.monotonic(), os.environ.get("PROVE_ACCESS_ONLY", "")
    settings.ACCOUNT_RATE_LIMITS = False  # one machine asks as everybody
    found = [policy for policy in policies() if re.search(only, policy.name)]
    methods = tuple(os.environ.get("PROVE_ACCESS_METHODS", "").split()) or (ASKING if only else METHODS)
    doors = Doors(world, request)
    if only:  # a quick look: the doors of the room
        rooms = {policy.app for policy in found if policy.noted}
        doors.names = [
            name
            for name in doors.paths
            if any(is_near(one, name) for one in found) or rooms & set(re.split(r"\W|_", name))
        ]
    wrong = doors.without_row
    for method in methods:
        before, lines = doors.asked, doors.ask_all(method)
        wrong += lines
        print(f"{method:8} {doors.asked - before:>6} answers, {len(lines)} wrong", flush=True)
    wrong += filter(None, [without_second_factor(doors, settings), read_in_rows(doors)])
    wrong += [
        f"no {persona} reads {secret}, so it guards nothing"
        for secret, readers in SECRETS.items()
        for persona in readers
        if not only and set(ASKING) <= set(methods) and (secret, persona) not in doors.seen and secret != "quagga"
    ]
    for line in wrong:
        print(f"  {line}")
    answers, survivors, faults, opened_at = doors.asked, [], [], time.monotonic()
    print(f"The matrix took {opened_at - began:.0f} s.", flush=True)
    for number, policy in enumerate(found, 1):
        line = caught(doors, settings, policy, faults)
        print(f"{number:>4}/{len(found)} {policy.name:45} {'caught by ' + line if line else 'SURVIVES'}", flush=True)
        survivors += [] if line else [policy.name]
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
