"""Show that a mailing survives what can happen to it: nothing lost, nobody wrong, no more duplicates than promised.

    python -m tests.bench.prove_mail [--readers 10000] [--kills 20] [--redis-away 30] [--rate 250] [--seed 1]

Two real workers send while they are killed, the broker is emptied and taken away, PostgreSQL is restarted as after a crash and
the mail server defers 1 % and refuses 0.2 %. Then an officer sends again what is in doubt. The control runs the same with the
ledger's commits held back by an outer transaction, and must fail. The last line is JSON.
"""

import argparse
import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.bench.stage import Stage, family, fill

WORKERS = ("one", "two")
LATE_SECONDS = 2  # an acceptance so long after an unsubscription was committed is wrong
LIMIT_SECONDS = 150


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--readers", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--redis-away", type=float, default=30)
    parser.add_argument("--risk", type=int, default=1)
    parser.add_argument(
        "--rate", type=int, default=250, help="messages per second: slow enough for all troubles to meet it"
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()
    chance = random.Random(options.seed)
    sink = ["--defer", "0.01", "--refuse", "0.002", "--seed", str(options.seed)]
    # Clocks of the portal run faster here than in production, so that a killed worker's rows come back in seconds.
    settings = {"MAILING_LEASE_SECONDS": 3, "MAILING_RISK": options.risk}
    with Stage(sink=sink, **settings) as stage:
        stage.become()
        control = Proof(stage, chance, "tests.bench.careless", max(400, options.readers // 10), kills=4, rate=0).run()
        print()
        proof = Proof(
            stage,
            chance,
            "efc",
            options.readers,
            kills=options.kills,
            rate=options.rate,
            redis_away=options.redis_away,
            crash=True,
        ).run()
    ok = holds(proof) and not holds(control)
    figures = {"seed": options.seed, "seconds": round(time.monotonic() - began), **proof, "control": control}
    print(json.dumps({"target": "prove-mail", "ok": ok, "control_failed": not holds(control), **figures}))
    return 0 if ok else 1


def holds(found):
    """Tell whether a run kept the promise: a second copy only where an officer sent again what was in doubt, and few in doubt."""
    nothing_wrong = found["lost"] == found["wrong"] == found["untold"] == 0 and found["sum"] == found["total"]
    return nothing_wrong and found["duplicates"] <= found["in_doubt"] <= found["bound"]


@dataclass
class Truth:
    """What a hand-kept list says about the readers, beside the ledger."""

    never: set = field(default_factory=set)  # must not get it
    left_at: dict = field(default_factory=dict)  # left during the run: when that was committed
    readers: set = field(default_factory=set)


class Proof:
    def __init__(self, stage, chance, app, readers, *, kills, rate, redis_away=0.0, crash=False):
        self.stage, self.chance, self.app, self.n = stage, chance, app, readers
        self.settings = {"MAILING_RATE_PER_SECOND": rate}
        self.kills, self.redis_away, self.crash = kills, redis_away, crash
        self.truth = Truth()
        self.ringing = threading.Event()
        self.faults = Counter()

    def run(self):
        self.record = self.stage.directory / "record"
        self.prepare()
        self.until = time.monotonic() + LIMIT_SECONDS + self.redis_away
        print(f"{self.app}: {self.mailing.total} recipients, {self.kills} kills", flush=True)
        self.stage.figures(reset=True)
        os.truncate(self.record, 0)
        for name in WORKERS:
            self.stage.start_worker(name, app=self.app, **self.settings)
        bell = threading.Thread(target=self.ring, daemon=True)
        bell.start()
        began = time.monotonic()
        self.trouble()
        self.settle()
        doubtful = self.counts()["in_doubt"]
        if doubtful:
            self.send_again()
        seconds = round(time.monotonic() - began, 1)
        self.ringing.set()
        bell.join()
        for name in WORKERS:
            self.stage.stop_worker(name, signal.SIGKILL)
        return self.verdict() | {"in_doubt": doubtful, "run_seconds": seconds}

    # ── the readers ──────────────────────────────────────────────────────

    def prepare(self):
        """Make the readers; a few leave, are suppressed or never confirmed: before the freeze and after it."""
        from django.db import connection

        from newsletter.models import Consent, Delivery, Issue, Mailing, Subscriber, Suppression
        from newsletter.services import mailings

        with connection.cursor() as cursor:
            for model in (Delivery, Mailing, Consent, Suppression, Subscriber, Issue):
                cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608
            cursor.execute("DELETE FROM efc_grant")
            cursor.execute("DELETE FROM efc_user")
        self.issue, by, other = fill(self.n)
        addresses = list(Subscriber.objects.values_list("email", flat=True))
        self.truth.readers = set(addresses)
        self.chance.shuffle(addresses)
        share = max(2, self.n // 100)
        left, suppressed, pending = (addresses[i * share : (i + 1) * share] for i in range(3))
        pending, self.leavers = pending[: share // 2], share // 2
        self.truth.never = {*left, *suppressed, *pending}
        Subscriber.objects.filter(email__in=pending).update(status="pending")
        self.leave_quietly(left[: share // 2], suppressed[: share // 2])
        self.officer = by
        self.mailing = mailings.prepare_mailing(self.issue, by=by)
        self.leave_quietly(left[share // 2 :], suppressed[share // 2 :])
        mailings.release_mailing(self.mailing, by=other)

    def leave_quietly(self, left, suppressed):
        from newsletter.models import Subscriber, Suppression

        Subscriber.objects.filter(email__in=left).update(status="unsubscribed")
        Suppression.objects.bulk_create(Suppression(address=address, reason="bounced") for address in suppressed)

    # ── the troubles ─────────────────────────────────────────────────────

    def ring(self):
        """Be the clock: ring every half second, whether the broker is there or not."""
        from efc import mail

        while not self.ringing.wait(0.5):
            mail.ring("newsletter.tasks.run_mailings")
            mail.ring("newsletter.tasks.run_mailings")

    def trouble(self):
        """Do each trouble when so many messages were taken."""
        share = self.mailing.total
        plan = [(self.chance.uniform(0.02, 0.95), self.kill) for _each in range(self.kills)]
        plan += [(self.chance.uniform(0.02, 0.9), self.unsubscribe) for _each in range(self.leavers)]
        if self.crash:
            plan += [(0.2, self.flush), (0.4, self.take_redis_away), (0.6, self.crash_postgres)]
        plan.sort(key=lambda act: act[0])
        for when, act in plan:
            while self.taken() < when * share and not self.finished() and time.monotonic() < self.until:
                time.sleep(0.005)
            act()

    def kill(self):
        """Kill the process that sends; now and then the whole worker."""
        name = self.chance.choice(WORKERS)
        worker = self.stage.processes.children[name]
        if self.chance.random() < 0.25:
            self.stage.stop_worker(name, signal.SIGKILL)
            self.stage.start_worker(name, app=self.app, **self.settings)
        else:
            for child in family(worker.pid).keys() - {worker.pid}:
                os.kill(child, signal.SIGKILL)
        self.faults["kills"] += 1

    def flush(self):
        import redis

        redis.Redis.from_url(self.stage.env["REDIS_URL"]).flushall()
        self.faults["flushes"] += 1

    def take_redis_away(self):
        self.stage.valkey.stop(self.stage.processes)
        threading.Timer(self.redis_away, lambda: self.stage.valkey.start(self.stage.processes)).start()
        self.faults["redis_away_seconds"] = self.redis_away

    def crash_postgres(self):
        self.stage.postgres.stop(self.stage.processes, signal.SIGQUIT)
        self.stage.postgres.start(self.stage.processes)
        self.faults["database_crashes"] += 1

    def unsubscribe(self):
        """Let a reader leave who is still waiting."""
        from newsletter.models import Delivery
        from newsletter.services import subscribers

        def leave():
            waiting = Delivery.objects.filter(state__in=["queued", "claimed"], subscriber__status="confirmed")
            row = waiting.exclude(address__in=self.truth.never).order_by("?").select_related("subscriber").first()
            if row:
                subscribers.unsubscribe(row.subscriber)
                self.truth.left_at[row.address] = time.time()

        persist(leave)

    def settle(self):
        """Wait until nothing is left to do, letting the waits after deferrals pass at once."""
        from django.db.models.functions import Now

        from newsletter.models import Delivery

        while not self.finished() and time.monotonic() < self.until:
            persist(lambda: Delivery.objects.filter(state="retry").update(not_before=Now()))
            time.sleep(0.5)

    def send_again(self):
        from newsletter.models import Mailing
        from newsletter.services import mailings

        persist(lambda: mailings.resend_mailing(Mailing.objects.get(pk=self.mailing.pk), by=self.officer))
        self.settle()

    # ── looking ──────────────────────────────────────────────────────────

    def taken(self):
        return self.stage.figures()["messages"]

    def finished(self):
        from newsletter.models import Mailing

        return persist(lambda: Mailing.objects.get(pk=self.mailing.pk).status != "sending")

    def counts(self):
        return persist(lambda: self.mailing.deliveries.counts())

    def verdict(self):
        """Compare what the mail server took with what the lists say, and the ledger with both."""
        from django.conf import settings

        taken = Counter()
        late = 0
        for line in self.record.read_text().splitlines():
            at, address, _message_id = line.split()
            taken[address] += 1
            late += address in self.truth.left_at and float(at) > self.truth.left_at[address] + LATE_SECONDS
        rows = dict(self.mailing.deliveries.values_list("address", "state"))
        refused = {address for address, state in rows.items() if state == "failed"}
        due = self.truth.readers - self.truth.never - set(self.truth.left_at) - refused
        counts = self.counts()
        at_once = settings.MAILING_CONNECTIONS * settings.MAILING_RISK
        bound = at_once * (self.faults["kills"] + len(WORKERS) * self.faults["database_crashes"])
        found = {
            "total": self.mailing.total,
            "sum": sum(counts.values()),
            "lost": len(due - set(taken)),
            "wrong": sum(taken[address] for address in self.truth.never) + late,
            "untold": sum(1 for address, state in rows.items() if (state == "sent") != (address in taken)),
            "duplicates": sum(taken.values()) - len(taken),
            "bound": bound,
            "left_during_the_run": len(self.truth.left_at),
            "counts": counts,
            "faults": dict(self.faults),
            "deferred": self.stage.figures()["deferred"],
            "status": self.mailing.__class__.objects.get(pk=self.mailing.pk).status,
        }
        for name, value in found.items():
            print(f"  {name.replace('_', ' '):24} {value}")
        return found


def persist(act):
    """Do something with the database, again and again while it is away."""
    from django.db import DatabaseError, InterfaceError, connection

    from efc.ledger import database_is_away

    end = time.monotonic() + 60
    while True:
        try:
            return act()
        except (DatabaseError, InterfaceError) as error:
            if time.monotonic() > end or not database_is_away(error):
                raise
            connection.close()
            time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
