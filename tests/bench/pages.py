"""Measure public pages beside a bare view, a bare list page and a static file on the same server, in the same run.

    python -m tests.bench.pages [--seconds 3] [--rows 500]

Brings its own PostgreSQL and Valkey and one gunicorn with two processes, and asks over loopback on four connections. Prints a
row for each page and visitor, then one line of JSON; ends non-zero when an aim is missed. Units: requests per second, milliseconds.
"""

import argparse
import json
import os
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from efc.embedded.postgres import OWNER, Postgres
from efc.embedded.processes import Processes
from efc.embedded.valkey import Valkey

PAGES = {
    "home": "/en/",
    "members": "/en/members/",
    "news list": "/en/news/",
    "news item": "/en/news/2015/bench-item-1/",
    "search": "/en/search/?q=coalition",
}
AIMS = {"uncached of a bare list": 0.60, "kept of a bare view": 0.50, "p99 of p50": 2.0, "queries": 8}
CONNECTIONS = 4


def environment(state, postgres, valkey):
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "efc.settings",
        "ROOT_URLCONF": "tests.bench.pages_urls",
        "DATABASE_URL": postgres.url(OWNER),
        "DATABASE_OWNER_URL": postgres.url(OWNER),
        "REDIS_URL": valkey.url(),
        "EMAIL_URL": "memorymail://",
        "SECRET_KEY": "a-key-for-measuring-that-protects-nothing-at-all",
        "EFC_READ_DOTENV": "false",
        "EFC_STATE": str(state),
        "LOG_LEVEL": "WARNING",
    }


def fill(rows):
    """Make the demo's coalition and `rows` news items; return the session key of a signed-in member."""
    from datetime import date, timedelta

    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from efc.models import User
    from publications.models import NewsItem
    from tests import factories

    factories.MembershipTermFactory.create_batch(30, organisation__is_public=True)
    programme = factories.ProgrammeFactory()
    for package in factories.WorkPackageFactory.create_batch(5, programme=programme):
        factories.LeadFactory.create_batch(2, work_package=package)
    text = "The coalition met in Brussels and spoke about payment, training and what comes next. " * 30
    NewsItem.objects.bulk_create(
        NewsItem(
            title=f"Bench item {n}",
            title_en=f"Bench item {n}",
            slug=f"bench-item-{n}",
            dated_on=date(2015, 12, 31) - timedelta(days=n % 360),
            summary="What the coalition did, in one sentence of some length, so that a row has its usual size.",
            summary_en="What the coalition did, in one sentence of some length, so that a row has its usual size.",
            body=text,
            body_en=text,
            status="approved",
        )
        for n in range(rows)
    )
    member = User.objects.create_user("member@bench.example", None, full_name="Member representative")
    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.create()
    return session.session_key


def count_queries(path, cookie):
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="localhost", headers={"cookie": cookie} if cookie else {})
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return len(captured), len(response.content)


def ask(port, path, cookie="", seconds=3.0, connections=CONNECTIONS):
    """Ask for one page on so many connections at once. Returns: requests per second, p50 and p99 in milliseconds."""
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n" + (f"Cookie: {cookie}\r\n" if cookie else "")
    request = f"{head}Connection: close\r\n\r\n".encode()
    times, begun = [], time.perf_counter()
    with selectors.DefaultSelector() as waiting:

        def begin():
            connection = socket.create_connection(("127.0.0.1", port))
            connection.sendall(request)
            waiting.register(connection, selectors.EVENT_READ, [time.perf_counter(), b""])

        for _connection in range(connections):
            begin()
        while waiting.get_map():
            for key, _events in waiting.select():
                received = key.fileobj.recv(262144)
                if received:
                    key.data[1] = key.data[1] or received[:15]
                    continue
                if not key.data[1].startswith(b"HTTP/1.1 200"):
                    raise SystemExit(f"{path} answered {key.data[1]!r}")
                times.append(time.perf_counter() - key.data[0])
                waiting.unregister(key.fileobj)
                key.fileobj.close()
                if time.perf_counter() - begun < seconds:
                    begin()
    marks = statistics.quantiles(times, n=100)
    return {
        "per_second": len(times) / (time.perf_counter() - begun),
        "p50_ms": marks[49] * 1e3,
        "p99_ms": marks[98] * 1e3,
    }


def side_by_side(port, asked, seconds, rounds=3, connections=CONNECTIONS):
    """Ask for several pages in turns, so that a neighbour's burst falls on all of them alike.

    `asked` is {name: (path, cookie)}. Returns: {name: the round that is the median by speed}.
    """
    runs = {name: [] for name in asked}
    for _round in range(rounds):
        for name, (path, cookie) in asked.items():
            runs[name].append(ask(port, path, cookie, seconds, connections))
    return {name: sorted(found, key=lambda run: run["per_second"])[rounds // 2] for name, found in runs.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--rows", type=int, default=500)
    options = parser.parse_args()
    processes = Processes()
    state = Path(tempfile.mkdtemp(prefix="efc-bench-"))
    state.chmod(0o711)
    processes.remove_afterwards(state)
    began = time.monotonic()
    try:
        figures, problems = measure(processes, state, options)
    finally:
        processes.stop()
    print(
        json.dumps(
            {
                "target": "bench-pages",
                "ok": not problems,
                "missed": problems,
                "seconds": round(time.monotonic() - began),
                **figures,
            }
        )
    )
    sys.exit(bool(problems))


def measure(processes, state, options):
    postgres, valkey = Postgres(state / "postgres"), Valkey(state / "valkey")
    postgres.start(processes)
    valkey.start(processes)
    os.environ.update(environment(state, postgres, valkey))
    for command in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "--verbosity", "0"]):
        subprocess.run([sys.executable, "-W", "ignore", "manage.py", *command], check=True)
    import django

    django.setup()
    cookie = f"efc_session={fill(options.rows)}"
    from django.contrib.staticfiles.storage import staticfiles_storage
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    counted = {
        name: (count_queries(path, "display=light"), count_queries(path, cookie)) for name, path in PAGES.items()
    }
    connection.close()
    port = serve(processes)
    print(f"{'page':12} {'visitor':10} {'queries':>7} {'bytes':>7} {'per s':>7} {'p50 ms':>7} {'p99 ms':>7}  share")
    static = ask(port, staticfiles_storage.url("efc/efc.css"), "", options.seconds)
    row("static file", "", "", "", static, "")
    figures, problems = {"static_file": shown(static)}, []
    for name, path in PAGES.items():
        (queries, size), (member_queries, _size) = counted[name]
        for _warm in range(8):
            ask(port, path, "", 0.05)
        found = side_by_side(
            port,
            {
                "bare view": ("/bench/bare/", ""),
                "kept": (path, ""),
                "bare list": (f"/bench/list/{size}/", ""),
                "uncached": (path, "display=light"),
                "member": (path, cookie),
            },
            options.seconds,
        )
        bare, bare_list = found["bare view"], found["bare list"]
        row("bare view", "", "", "", bare, "")
        row("bare list", "", 1, size, bare_list, "")
        figures |= {f"{name}: bare view": shown(bare), f"{name}: bare list": shown(bare_list)}
        runs = {
            "kept": (found["kept"], 1, bare, "kept of a bare view"),
            "uncached": (found["uncached"], queries, bare_list, "uncached of a bare list"),
            "member": (found["member"], member_queries, bare_list, None),
        }
        for visitor, (run, number, beside, aim) in runs.items():
            share = run["per_second"] / beside["per_second"]
            row(name, visitor, number, size, run, f"{share:.2f}")
            figures[f"{name} {visitor}"] = shown(run) | {"queries": number, "share": round(share, 2)}
            if aim and share < AIMS[aim]:
                problems.append(f"{name} {visitor}: {share:.2f} {aim}, aim {AIMS[aim]}")
            if visitor != "member" and run["p99_ms"] > AIMS["p99 of p50"] * run["p50_ms"]:
                problems.append(f"{name} {visitor}: p99 {run['p99_ms']:.1f} ms, p50 {run['p50_ms']:.1f} ms")
        if queries > AIMS["queries"]:
            problems.append(f"{name}: {queries} queries, aim {AIMS['queries']}")
    return figures, problems


def serve(processes):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    processes.start(
        "web",
        [
            sys.executable,
            "-m",
            "gunicorn",
            "efc.wsgi",
            "--workers",
            "2",
            "--bind",
            f"127.0.0.1:{port}",
            "--log-level",
            "warning",
            "--no-control-socket",
        ],
        env=dict(os.environ),
    )
    for _attempt in range(200):
        try:
            ask(port, "/bench/bare/", "", 0.01)
            return port
        except OSError:
            time.sleep(0.05)
    raise SystemExit("The server did not start.")


def row(name, visitor, queries, size, run, share):
    print(
        f"{name:12} {visitor:10} {queries:>7} {size:>7} {run['per_second']:>7.0f} {run['p50_ms']:>7.1f} {run['p99_ms']:>7.1f}  {share}",
        flush=True,
    )


def shown(run):
    return {key: round(value, 1) for key, value in run.items()}


if __name__ == "__main__":
    main()
