"""Show that votes and decisions that come all at once are neither lost nor doubled, and that there is one decision.

    python -m tests.bench.prove_ballots [--requests 200] [--seats 25] [--rounds 3] [--seed 1]

A live server on a database of its own takes so many requests at the same time, over as many connections: seats vote and change
their votes, officers close the ballot again and again while its end passes, record the same sitting, and record decisions by hand. Afterwards the
database must hold: for every vote that was answered as recorded exactly one row and none besides, on each seat its last vote, a
result that equals a count by hand of those votes, no vote after the closing, one decision, numbers without a gap. The control runs
the same with the lock between voting and closing and the one of the numbers switched off, and must fail. In both, casting and
closing pause between looking and writing (`tests.bench.paused`), so that the races happen. The last line is JSON.
"""

import argparse
import http.client
import json
import random
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tests.bench.stage import HOME, Stage

CHOICES = ["agree", "agree", "object", "abstain", "interest"]
END_AFTER = 0.5  # of the votes are answered when the ballot's end comes


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--seats", type=int, default=25)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()
    with Stage(SECOND_FACTOR_REQUIRED="false", DEMO="false") as stage:
        stage.become()
        hall = Hall(stage, options.seats)
        rounds = [hall.run("locks on", options, seed) for seed in range(options.seed, options.seed + options.rounds)]
        controls = []
        for seed in range(options.seed, options.seed + 4):  # a race is a matter of luck: a few tries
            controls.append(hall.run("locks off", options, seed))
            if not holds(controls[-1]):
                break
    ok = all(map(holds, rounds)) and not holds(controls[-1])
    figures = {
        "seed": options.seed,
        "seconds": round(time.monotonic() - began),
        "rounds": rounds,
        "control": controls[-1],
    }
    print(json.dumps({"target": "prove-ballots", "ok": ok, "control_failed": not holds(controls[-1]), **figures}))
    return 0 if ok else 1


def holds(found):
    wrong = (
        "lost",
        "doubled",
        "kept_though_refused",
        "not_the_last",
        "after_closing",
        "uncounted",
        "gaps",
        "server_errors",
        "unanswered",
    )
    return not any(found[name] for name in wrong) and found["decisions"] == found["memberships"] == 1


@dataclass
class Pressed:
    """One vote as it was sent, and what the person was told."""

    seat: int
    choice: str
    reason: str
    status: int
    told: str
    began: float
    ended: float


class Hall:
    """The people who vote and decide, their signed-in sessions, and the server they all press on."""

    def __init__(self, stage, seats):
        from django.conf import settings
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.sessions.backends.db import SessionStore

        from efc import roles
        from efc.models import User
        from efc.permissions import grant
        from members.models import MembershipTerm, Organisation, Person, Seat

        self.stage, self.cookie = stage, settings.SESSION_COOKIE_NAME

        def account(name):
            user = User.objects.create_user(f"{name.lower().replace(' ', '-')}@efc.example", full_name=name)
            session = SessionStore()
            session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
            session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
            session.create()
            return user, session.session_key

        self.officers = []
        for number in range(6):
            user, key = account(f"Officer {number}")
            grant(user, roles.SECRETARIAT)
            self.officers.append((user, key))
        self.sessions = {}
        for number in range(seats):
            user, key = account(f"Seat {number}")
            organisation = Organisation.objects.create(
                name=f"Member {number}", slug=f"member-{number}", sector="payment", kind="company"
            )
            MembershipTerm.objects.create(organisation=organisation)
            seat = Seat.objects.create(
                organisation=organisation, kind="full", holder=Person.objects.create(name=f"Seat {number}", user=user)
            )
            self.sessions[seat.pk] = key

    # ── one round ────────────────────────────────────────────────────────

    def run(self, name, options, seed):
        chance = random.Random(seed)
        server = self.start(name)
        try:
            written = self.written_vote()
            votes, closings = self.press_on_the_ballot(written, options.requests, chance)
            asked = self.application(f"Applicant {name} {seed}")
            sittings = self.press_on_the_application(asked, options.requests // 4)
            recorded = self.press_on_the_register(f"Minute {name} {seed}", options.requests // 4)
        finally:
            server.terminate()
            self.stage.processes.forget("web")
        found = {"name": name, "seed": seed, **self.judge(written, votes, closings, sittings, recorded)}
        print(
            f"{name}, seed {seed}: {found['votes_sent']} votes sent, {found['recorded']} recorded, {found['refused']} refused after the"
            f" end; {found['lost']} lost, {found['doubled']} doubled, {found['after_closing']} after the closing;"
            f" {found['closings']} closings and {found['sittings']} sittings pressed, {found['decisions']} decision; {found['by_hand']} recorded by hand,"
            f" {found['gaps']} gaps, {found['server_errors']} server errors; {found['requests_per_second']} requests/s",
            flush=True,
        )
        return found

    def start(self, locks):
        from efc.embedded.ports import take

        listener = take(0, "the portal", ("127.0.0.1",))[0]
        self.port = listener.getsockname()[1]
        listener.close()
        command = [
            sys.executable, "-m", "gunicorn", "tests.bench.paused:application", "-b", f"127.0.0.1:{self.port}", "-w", "3", "-k", "gthread",
            "--threads", "12", "--timeout", "120", "--log-level", "error", "--backlog", "1024",
        ]  # fmt: skip
        env = self.stage.env | {
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "ALLOWED_HOSTS": "127.0.0.1",
            "BENCH_LOCKS": locks,
        }
        server = self.stage.processes.start("web", command, env=env, cwd=HOME, log=self.stage.directory / "web.log")
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if self.ask("GET", "/healthz/").status == 200:
                    return server
            except OSError:
                time.sleep(0.1)
        raise SystemExit("The server did not start: " + (self.stage.directory / "web.log").read_text()[-2000:])

    def ask(self, method, path, data=None, session=None, token="t" * 32):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Cookie": f"csrftoken={token}" + (f"; {self.cookie}={session}" if session else "")}
        body = None
        if data is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
            body = urlencode({**data, "csrfmiddlewaretoken": token}, doseq=True)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.text = answer.read().decode(errors="replace")
        answer.told = answered([value for key, value in answer.getheaders() if key.lower() == "set-cookie"])
        connection.close()
        return answer

    # ── what is pressed ──────────────────────────────────────────────────

    def written_vote(self):
        from django.utils import timezone

        from members.services import ballots

        officer = self.officers[0][0]
        ballot = ballots.prepare_ballot(
            kind="written", title="Action plan", question="Shall the plan be adopted?", by=officer,
            closes_at=timezone.now() + timedelta(minutes=10),
        )  # fmt: skip
        return ballots.open_ballot(ballot, by=officer)

    def press_on_the_ballot(self, ballot, requests, chance):
        """Let all seats vote several times at once, the end pass in the middle, and officers close again and again."""
        from django.db import transaction
        from django.db.models.functions import Now

        from members.models import Ballot

        seats = list(self.sessions)[1:]  # one never votes, so that the ballot closes by its end alone
        plan = [(seats[n % len(seats)], chance.choice(CHOICES), f"Reason {n}") for n in range(requests)]
        chance.shuffle(plan)
        path, gate = f"/workspace/ballots/{ballot.pk}/", threading.Barrier(requests + len(self.officers))
        over = threading.Event()

        def vote(seat, choice, reason):
            gate.wait()
            sent = time.time()
            answer = self.ask("POST", f"{path}vote/", {"choice": choice, "reason": reason}, self.sessions[seat])
            return Pressed(seat, choice, reason, answer.status, answer.told, sent, time.time())

        def close(session):
            gate.wait()
            answers = []
            while not over.is_set():
                answers.append(self.ask("POST", f"{path}close/", {}, session).status)
                time.sleep(0.05)
            return answers

        with ThreadPoolExecutor(requests + len(self.officers)) as pool:
            closing = [pool.submit(close, session) for _user, session in self.officers]
            pressed = [pool.submit(vote, *line) for line in plan]
            while sum(future.done() for future in pressed) < END_AFTER * requests:
                time.sleep(0.01)
            with transaction.atomic():  # the end is set once no vote is under way that was read before it
                Ballot.objects.select_for_update().get(pk=ballot.pk)
                Ballot.objects.filter(pk=ballot.pk).update(closes_at=Now() + timedelta(milliseconds=50))
            votes = [future.result() for future in pressed]
            until = time.monotonic() + 60
            while Ballot.objects.get(pk=ballot.pk).status == "open" and time.monotonic() < until:
                time.sleep(0.1)
            over.set()
            closings = [status for future in closing for status in future.result()]
        return votes, closings

    def application(self, name):
        from django.utils import timezone

        from members.models import Application

        return Application.objects.create(
            reference=name.replace(" ", "-")[:20], email="applicant@bank.example", organisation_name=name, status="under_review",
            submitted_at=timezone.now(), kind="company", sector="payment", contact_name="Head of compliance", route="meeting",
        )  # fmt: skip

    def press_on_the_application(self, application, requests):
        """Let officers record the same sitting at once."""
        from django.utils import timezone

        self.applied = application
        seats, gate = list(self.sessions), threading.Barrier(requests)
        told = {
            "title": "Meeting", "held_on": timezone.localdate().isoformat(), "present": seats, "applications": [application.pk],
            "record": "1", **{f"choice-{application.pk}-{seat}": "agree" for seat in seats},
        }  # fmt: skip

        def record(number):
            gate.wait()
            return self.ask(
                "POST", "/workspace/sittings/new/", told, self.officers[number % len(self.officers)][1]
            ).status

        with ThreadPoolExecutor(requests) as pool:
            return list(pool.map(record, range(requests)))

    def press_on_the_register(self, title, requests):
        """Let officers record decisions by hand at once, each under a number of its own."""
        from django.utils import timezone

        self.title, gate = title, threading.Barrier(requests)
        told = {"text": "Adopted.", "decided_on": timezone.localdate().isoformat(), "procedure": "record"}

        def record(number):
            gate.wait()
            session = self.officers[number % len(self.officers)][1]
            return self.ask("POST", "/workspace/decisions/new/", {**told, "title": f"{title} {number}"}, session).status

        with ThreadPoolExecutor(requests) as pool:
            return list(pool.map(record, range(requests)))

    # ── what stands afterwards ───────────────────────────────────────────

    def judge(self, ballot, votes, closings, sittings, recorded):
        """Compare what the people were told with what the tables hold, by plain queries and a count of its own."""
        ballot_id, sql = ballot.pk, self.stage.postgres.sql
        rows = json.loads(sql(
            "SELECT coalesce(json_agg(json_build_object('seat', e.seat_id, 'choice', v.choice, 'reason', v.reason, 'id', v.id)"
            f" ORDER BY v.id), '[]') FROM members_vote v JOIN members_elector e ON e.id = v.elector_id WHERE e.ballot_id = {ballot_id}"
        ))  # fmt: skip
        electors = json.loads(sql(
            "SELECT json_agg(json_build_object('seat', seat_id, 'choice', choice, 'recused', recused_because)) FROM members_elector"
            f" WHERE ballot_id = {ballot_id}"
        ))  # fmt: skip
        outcome, tally = sql(f"SELECT outcome || ' ' || tally FROM members_ballot WHERE id = {ballot_id}").split(" ", 1)
        tally = json.loads(tally)
        late = int(sql(
            "SELECT count(*) FROM members_vote v JOIN members_elector e ON e.id = v.elector_id JOIN members_ballot b ON b.id = e.ballot_id"
            f" WHERE b.id = {ballot_id} AND (v.cast_at >= b.closes_at OR v.cast_at >= b.closed_at)"
        ))  # fmt: skip
        # Each request's reason is its own mark.
        kept = Counter(row["reason"] for row in rows)
        sent = {vote.reason for vote in votes}
        last = {}
        for row in rows:
            last[row["seat"]] = row["choice"]
        counting = [row["choice"] for row in electors if not row["recused"]]
        said = {choice: counting.count(choice) for choice in ("agree", "object", "abstain")}
        by_hand = "no_quorum" if sum(said.values()) * 2 <= len(counting) else (
            "adopted" if said["agree"] > said["object"] else "not_adopted")  # fmt: skip
        uncounted = by_hand != outcome or any(tally[choice] != said[choice] for choice in said)
        numbers = [int(line) for line in sql("SELECT sequence FROM members_decision ORDER BY sequence").split()]
        statuses = Counter([*(vote.status for vote in votes), *closings, *sittings, *recorded])
        told = Counter(vote.told for vote in votes)
        seconds = max(vote.ended for vote in votes) - min(vote.began for vote in votes)
        return {
            "votes_sent": len(votes),
            "recorded": len(rows),
            "refused": told["refused"],
            "recused": sum(vote.status == 422 for vote in votes),
            "lost": sum(vote.told == "recorded" and not kept[vote.reason] for vote in votes),
            "doubled": sum(count - 1 for count in kept.values()) + sum(reason not in sent for reason in kept),
            "kept_though_refused": sum(vote.told != "recorded" and bool(kept[vote.reason]) for vote in votes),
            "not_the_last": sum(last.get(row["seat"], "") != row["choice"] for row in electors),
            "after_closing": late,
            "uncounted": int(uncounted),
            "outcome": outcome,
            "closings": len(closings),
            "sittings": len(sittings),
            "by_hand": recorded.count(302),
            "by_hand_lost": recorded.count(302) - int(sql(f"SELECT count(*) FROM members_decision WHERE title LIKE '{self.title} %'")),
            "decisions": int(sql(f"SELECT count(*) FROM members_decision WHERE title = 'Admission of {self.applied.organisation_name}'")),
            "memberships": int(sql(
                "SELECT count(*) FROM members_membershipterm t JOIN members_organisation o ON o.id = t.organisation_id"
                f" WHERE o.name = '{self.applied.organisation_name}'")),
            "gaps": (numbers[-1] - len(numbers) if numbers else 0) + len(numbers) - len(set(numbers)),
            "server_errors": sum(count for status, count in statuses.items() if status >= 500),
            "unanswered": sum(vote.status not in (302, 422) for vote in votes),
            "requests_per_second": round(len(votes) / seconds),
        }  # fmt: skip


def answered(cookies):
    """Return what the page will say next, read from the cookie of the answer: `recorded`, `refused`, or nothing."""
    from django.contrib.messages import SUCCESS
    from django.contrib.messages.storage.cookie import CookieStorage
    from django.http import HttpRequest

    for cookie in cookies:
        name, _equals, _value = cookie.partition("=")
        if name == "messages":
            told = CookieStorage(HttpRequest())._decode(SimpleCookie(cookie)["messages"].value)
            return "recorded" if told and told[-1].level == SUCCESS else "refused"
    return ""


if __name__ == "__main__":
    sys.exit(main())
