"""Measure the overview of the Steering Group beside a bare view on the same server, at two sizes, and a progress report by the page.

    python -m tests.bench.dashboard [--seconds 3]

Brings its own PostgreSQL and Valkey and one gunicorn, and asks as one person does, on one connection. The person holds a seat, votes, leads a work package, acts for a
member and has a second factor. Small: one programme with 21 deliverables. Large: 20 programmes, 2,000 deliverables, 20,000 updates, a
hundred of each year's in the running one. Prints a row for each, then one line of JSON; ends non-zero when an aim is missed.
Units: milliseconds, and for the report seconds.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

from django.utils import timezone

from efc.embedded.postgres import Postgres
from efc.embedded.processes import Processes
from efc.embedded.valkey import Valkey
from tests.bench.pages import ask, count_queries, environment, row, serve, shown, side_by_side
from tests.bench.stage import cpu

OVERVIEW = "/workspace/sg/"
AIMS = {"queries": 25, "overview_ms": 150, "pdf_page_s": 0.25}
SMALL, YEARS, EACH, UPDATES = 21, 20, 100, 10
SENTENCE = "The draft went round to the leads and comes back with their comments at the end of the month."


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=3)
    options = parser.parse_args()
    processes, began = Processes(), time.monotonic()
    state = Path(tempfile.mkdtemp(prefix="efc-bench-"))
    state.chmod(0o711)
    processes.remove_afterwards(state)
    try:
        figures, problems = measure(processes, state, options)
    finally:
        processes.stop()
    seconds = round(time.monotonic() - began)
    print(
        json.dumps({"target": "bench-dashboard", "ok": not problems, "missed": problems, "seconds": seconds, **figures})
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
    figures, problems = {}, []
    cookie = f"efc_session={small()}"
    port = serve(processes)
    print(
        f"{'page':12} {'size':10} {'queries':>7} {'bytes':>7} {'per s':>7} {'p50 ms':>7} {'p99 ms':>7}  times a bare view"
    )
    for size, fill in {"small": None, "large": large}.items():
        if fill:
            fill()
        analyse()
        queries, length = count_queries(OVERVIEW, cookie)
        asked = {"bare": ("/bench/bare/", ""), "overview": (OVERVIEW, cookie)}
        found = side_by_side(port, asked, options.seconds, connections=1)
        busy = cpu_ms(processes.children["web"].pid, port, cookie, options.seconds)
        times = found["overview"]["p50_ms"] / found["bare"]["p50_ms"]
        row("bare view", size, "", "", found["bare"], "")
        row("overview", size, queries, length, found["overview"], f"{times:.0f}, {busy:.0f} ms of the server's CPU")
        figures[size] = {"queries": queries, "bytes": length, "cpu_ms": round(busy, 1), **shown(found["overview"])}
        figures[size] |= {"bare_ms": shown(found["bare"])["p50_ms"], "times_bare": round(times, 1)}
    counts = {figures[size]["queries"] for size in ("small", "large")}
    if len(counts) > 1:
        problems.append(f"The overview asks {sorted(counts)} times, by size")
    if max(counts) > AIMS["queries"]:
        problems.append(f"The overview asks {max(counts)} times, aim {AIMS['queries']}")
    if figures["large"]["p50_ms"] > AIMS["overview_ms"]:
        problems.append(f"The large overview takes {figures['large']['p50_ms']} ms, aim {AIMS['overview_ms']}")
    figures["report"] = report()
    if figures["report"]["seconds_a_page"] > AIMS["pdf_page_s"]:
        problems.append(f"The report takes {figures['report']['seconds_a_page']} s a page, aim {AIMS['pdf_page_s']}")
    return figures, problems


def cpu_ms(server, port, cookie, seconds):
    """Return how long the server's processes compute for one overview, without waiting for the database or for other programs."""
    before, began = cpu(server), time.perf_counter()
    run = ask(port, OVERVIEW, cookie, seconds, connections=1)
    return (cpu(server) - before) / (run["per_second"] * (time.perf_counter() - began)) * 1e3


def analyse():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


# ── the records ──────────────────────────────────────────────────────────


def small():
    """Make a coalition with everything in use, and a programme of this year. Returns: the session key of who holds a seat."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from efc.models import User
    from efc.permissions import redraw
    from members.models import Elector
    from tests import factories as make

    today = timezone.localdate()
    user = User.objects.create_user("seat@bench.example", None, full_name="Holder of a seat")
    person = make.PersonFactory(user=user)
    members = [term.organisation for term in make.MembershipTermFactory.create_batch(30, organisation__is_public=True)]
    home = members[0]
    seats = [
        make.SeatFactory(organisation=member, holder=person if member is home else None) for member in members[:11]
    ]
    make.RepresentativeFactory(organisation=home, person=person)
    version = make.MemorandumVersionFactory(status="in_force", in_force_on=date(2016, 1, 1))
    for member in members[1:20]:
        make.SignatureFactory(version=version, organisation=member)
    make.AccessReviewFactory()
    make.ApplicationFactory.create_batch(3, status="under_review", submitted_at=timezone.now())
    for number in range(1, 13):
        make.DecisionFactory(year=today.year, sequence=number, decided_on=today - timedelta(days=9 * number))
    running = {
        "status": "open",
        "rule_text": "Rule.",
        "opened_at": timezone.now(),
        "opens_at": timezone.now(),
        "closes_at": timezone.now() + timedelta(days=5),
    }
    for ballot in make.BallotFactory.create_batch(2, **running):
        for seat in seats:
            Elector.objects.create(
                ballot=ballot, seat=seat, organisation=seat.organisation, organisation_name=str(seat.organisation), kind="full", holder=seat.holder, has_vote=True
            )  # fmt: skip
    make.EventFactory(kind="meeting", published=True, starts_on=today + timedelta(days=9))
    make.SittingFactory(held_on=today - timedelta(days=80))
    packages = programme(today.year)
    make.LeadPersonFactory(lead=packages[3].leads.first(), person=person)
    redraw()
    deliverables(packages, SMALL)
    for number in range(1, 9):
        make.MilestoneFactory(work_package=packages[number % 5], number=number, baseline_month=number)
        make.RiskFactory(work_package=packages[number % 5], number=number)
    make.NewsItemFactory(published=True, kind="press_release", dated_on=today - timedelta(days=20))
    return session_of(user, SessionStore, (SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY))


def session_of(user, store, keys):
    """Sign a person in who has a second factor. Returns: the key of the session."""
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    session = store()
    values = (str(user.pk), "allauth.account.auth_backends.AuthenticationBackend", user.get_session_auth_hash())
    session.update(zip(keys, values, strict=True))
    session.create()
    return session.session_key


def programme(year):
    """Make the programme of a year with five work packages and their leads. Returns: the work packages."""
    from tests import factories as make

    plan = make.ProgrammeFactory(
        name=f"Action plan {year}", slug=str(year), starts_on=date(year, 1, 1), ends_on=date(year, 12, 31)
    )
    packages = [make.WorkPackageFactory(programme=plan, number=number) for number in range(1, 6)]
    for package in packages:
        make.LeadFactory.create_batch(2, work_package=package)
    return packages


def deliverables(packages, number, first=0):
    """Add deliverables to these work packages in turn, each with its updates; what was due before this month is handed in, but for a few."""
    from workpackages.models import Deliverable, Update

    plan, today = packages[0].programme, timezone.localdate()
    rows = []
    for n in range(first, number):
        month = 1 + n % 12
        due = plan.end_of_month(month)
        is_done = due < today and n % 7 != 3
        rows.append(
            Deliverable(
                work_package=packages[n % 5], number=n // 5 + 1, title=f"Report on the work of part {n + 1} of the year", baseline_month=month, due_on=due,
                status="accepted" if is_done else "pending", delivered_on=due if is_done else None, accepted_on=due if is_done else None,
            )
        )  # fmt: skip
    Deliverable.objects.bulk_create(rows)
    begin = min(today, plan.ends_on)
    Update.objects.bulk_create(
        (
            Update(
                deliverable=row, sentence=SENTENCE, outlook=("on_track", "at_risk", "on_track")[n % 3],
                written_at=timezone.now() - timedelta(days=(today - begin).days + 25 * n + row.number),
            )
            for row in rows for n in range(UPDATES)
        ),
        batch_size=2000,
    )  # fmt: skip


def large():
    """Add a programme for each of the years before, and fill the running one up."""
    from workpackages.models import WorkPackage

    year = timezone.localdate().year
    deliverables(
        list(WorkPackage.objects.filter(programme__slug=str(year)).select_related("programme").order_by("number")),
        EACH,
        SMALL,
    )
    for before in range(1, YEARS):
        deliverables(programme(year - before), EACH)


# ── the report ───────────────────────────────────────────────────────────


def report():
    """Draw a long progress report. Returns: its pages and the seconds, in all and for a page after the first."""
    from pypdf import PdfReader

    from efc import figures
    from efc.models import User
    from workpackages import pdf
    from workpackages.models import Programme, ReportPeriod

    plan = Programme.objects.current()
    period = ReportPeriod(
        programme=plan, number=1, starts_on=plan.starts_on, ends_on=min(plan.ends_on, timezone.localdate())
    )
    period.save()
    text = ("The group met and agreed on what comes next. " * 12 + "\n\n") * 9
    for package in plan.work_packages.all():
        period.narratives.create(work_package=package, text=text)
    gathered = figures.gather(plan, period.starts_on, period.ends_on, User.objects.get())
    short = gathered | {name: [] for name in ("packages", "deliverables", "promises", "decisions")} | {"chart": None}
    timed(pdf.preview, period, short)  # the fonts are loaded once in a process
    first = min(timed(pdf.preview, period, short)[0] for _again in range(3))
    found = [timed(pdf.preview, period, gathered) for _again in range(3)]
    seconds, document = sorted(found, key=lambda one: one[0])[1]
    pages = len(PdfReader(BytesIO(document)).pages)
    each = (seconds - first) / (pages - 1)
    print(f"report: {pages} pages in {seconds:.2f} s; {first:.2f} s the first page, {each:.3f} s each more")
    return {
        "pages": pages,
        "seconds": round(seconds, 2),
        "first_page_s": round(first, 2),
        "seconds_a_page": round(each, 3),
    }


def timed(call, *args):
    began = time.perf_counter()
    found = call(*args)
    return time.perf_counter() - began, found


if __name__ == "__main__":
    main()
