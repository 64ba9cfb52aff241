"""What a mailing to 10,000 subscribers costs, beside what the mail server, a sender without a ledger and a task per reader reach.

    python -m tests.bench.mail [--readers 10000] [--workers 2] [--repeat 1]

Everything runs in processes of its own on the loopback; PostgreSQL has all its safety on. The last line is JSON.
"""

import argparse
import json
import smtplib
import socket
import sys
import threading
import time

from tests.bench.stage import Stage, cpu, fill, forget_peaks, peak_memory

SHARE_AT_RISK_1, SHARE_AT_RISK_20, TIMES_A_TASK = 0.35, 0.70, 5
BATCH = 500


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--readers", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=1, help="take the best of so many runs of each")
    options = parser.parse_args()
    began = time.monotonic()
    with Stage() as stage:
        stage.become()
        bench = Bench(stage, options)
        figures = bench.run()
    figures |= {"readers": options.readers, "workers": options.workers, "seconds": round(time.monotonic() - began)}
    ok = (
        figures["risk_1_share_of_ledgerless"] >= SHARE_AT_RISK_1
        and figures["risk_20_share_of_ledgerless"] >= SHARE_AT_RISK_20
        and figures["risk_1_times_a_task_per_reader"] >= TIMES_A_TASK
        and figures["memory_growth_mib"] <= 4
        and bench.complete
    )
    print(json.dumps({"target": "bench-mail", "ok": ok, **figures}))
    return 0 if ok else 1


class Bench:
    def __init__(self, stage, options):
        from newsletter.services import mailings

        self.stage, self.options, self.n = stage, options, options.readers
        self.issue, self.by, self.other = fill(self.n)
        self.mailing = mailings.prepare_mailing(self.issue, by=self.by)
        mailings.release_mailing(self.mailing, by=self.other)
        self.complete = True
        self.rates = {}

    def run(self):
        print(f"{self.n} messages of {len(self.sample()) / 1024:.1f} KB\n")
        print(f"{'':44}{'messages/s':>12}{'CPU ms each':>13}")
        self.limit("the sink: pipelined bytes, 2 connections", raw, 2)
        self.limit("the sink: smtplib, 1 connection reused", lib, 1)
        with self.worker("rivals", app="tests.bench.rivals"):
            self.measure("no ledger, bytes built once, smtplib", self.ring_batches("send_batch"))
            self.measure("no ledger, bytes built once, our connections", self.ring_batches("send_batch_pipelined"))
            self.measure("a Celery task per reader", self.ring_each, self.n // 5)
        figures = {}
        for risk in (1, 20):
            with self.worker(f"risk{risk}", MAILING_RISK=risk) as worker:
                small = self.memory(worker, 1000)
                commits = self.stage.commits()
                self.measure(f"our ledger, {risk} at risk per connection", self.ring_ledger)
                commits = self.stage.commits() - commits
                large = peak_memory(worker.pid)
                self.check()
            figures |= {
                f"risk_{risk}_commits_per_message": round(commits / (self.n * self.options.repeat), 3),
                f"risk_{risk}_statements_per_message": self.statements(risk),
                f"risk_{risk}_peak_mib_at_1000": round(small, 1),
                f"risk_{risk}_peak_mib_at_{self.n}": round(large, 1),
            }
            figures["memory_growth_mib"] = round(max(figures.get("memory_growth_mib", 0), large - small), 1)
        rate = {name: found[0] for name, found in self.rates.items()}
        ledgerless, ours = rate["no ledger, bytes built once, smtplib"], "no ledger, bytes built once, our connections"
        one, twenty = (rate[f"our ledger, {risk} at risk per connection"] for risk in (1, 20))
        figures |= {
            "risk_1_share_of_ledgerless": round(one / ledgerless, 3),
            "risk_20_share_of_ledgerless": round(twenty / ledgerless, 3),
            "risk_1_share_of_our_connections_without_ledger": round(one / rate[ours], 3),
            "risk_20_share_of_our_connections_without_ledger": round(twenty / rate[ours], 3),
            "risk_1_times_a_task_per_reader": round(one / rate["a Celery task per reader"], 1),
            "per_second": {name: round(found[0]) for name, found in self.rates.items()},
            "cpu_ms_per_message": {name: round(found[1], 3) for name, found in self.rates.items()},
        }
        print()
        for name, value in figures.items():
            if not isinstance(value, dict):
                print(f"{name.replace('_', ' '):60}{value:>10}")
        return figures

    # ── measuring ────────────────────────────────────────────────────────

    def worker(self, name, **options):
        return Worker(self, name, options)

    def limit(self, name, sender, connections):
        """Send the same bytes as often as there are readers, from threads of this process."""
        data, share = self.sample(), self.n // connections
        self.stage.figures(reset=True)
        before, began = time.process_time(), time.monotonic()
        threads = [threading.Thread(target=sender, args=(self.stage.port, data, share)) for _each in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.note(name, share * connections / (time.monotonic() - began), (time.process_time() - before) / self.n)

    def measure(self, name, ring, count=None):
        """Let the workers send to everybody; keep the best of the runs."""
        count = count or self.n
        ours = [self.stage.processes.children[name].pid for name in ("postgres", "valkey", self.worker_name)]
        for _run in range(self.options.repeat):
            self.fresh()
            self.stage.figures(reset=True)
            used, began = cpu(*ours), time.monotonic()
            ring(count)
            found = self.stage.wait_for(count)
            wall = time.monotonic() - began
            self.complete = self.complete and found["messages"] == count
            time.sleep(0.3)  # the last commit
            self.note(name, count / wall, (cpu(*ours) - used) / count)

    def note(self, name, rate, seconds_of_cpu):
        print(f"{name:44}{rate:>12.0f}{seconds_of_cpu * 1000:>13.3f}", flush=True)
        if rate > self.rates.get(name, (0,))[0]:
            self.rates[name] = (rate, seconds_of_cpu * 1000)

    def memory(self, worker, count):
        """Return the peak of a worker that sends to so many."""
        self.fresh(count)
        self.stage.figures(reset=True)
        forget_peaks(worker.pid)
        self.ring_ledger(count)
        self.stage.wait_for(count)
        time.sleep(0.5)
        return peak_memory(worker.pid)

    def statements(self, risk, count=200):
        """Count the statements of a run in this process."""
        from django.conf import settings
        from django.db import connection

        from newsletter import sending

        settings.MAILING_RISK = risk
        self.fresh(count)
        said = []
        with connection.execute_wrapper(lambda execute, sql, *rest: (said.append(sql), execute(sql, *rest))[1]):
            sending.run()
        return round(len(said) / count, 3)

    def check(self):
        """See that the ledger says what the sink says."""
        counts = self.mailing.deliveries.counts()
        self.complete = self.complete and counts["sent"] == self.n

    def fresh(self, count=None):
        """Let the mailing wait for its readers again, all or the first so many, on tables without the traces of the last run."""
        from newsletter.models import Delivery, Issue, Mailing

        for _try in range(200):
            if (
                not Mailing.objects.filter(status="sending").exists()
                or not Delivery.objects.filter(state__in=["sent", "claimed"]).exists()
            ):
                break
            time.sleep(0.05)
        rows = self.mailing.deliveries.order_by("pk")
        rows.update(
            state="queued", attempts=0, worker="", sent_at=None, answered_at=None, not_before="2026-01-01T00:00Z"
        )
        if count:
            rows.filter(pk__gte=rows.values_list("pk", flat=True)[count]).update(state="skipped")
        for tidy in ("VACUUM FULL newsletter_delivery", "CHECKPOINT"):
            self.stage.postgres.sql(tidy)
        Issue.objects.update(status="sending")
        Mailing.objects.update(status="sending", finished_at=None)

    def sample(self):
        from newsletter import sending

        deliveries = sending.Deliveries(self.mailing)
        self.mailing.refresh_from_db()
        deliveries.write()
        return deliveries.compose(self.mailing.deliveries.first()).data

    # ── ringing ──────────────────────────────────────────────────────────

    def ring_batches(self, task):
        def ring(count):
            from tests.bench import rivals

            first = self.mailing.deliveries.order_by("pk").first().pk
            for start in range(first, first + count, BATCH):
                getattr(rivals, task).delay(self.mailing.pk, start, min(start + BATCH, first + count))

        return ring

    def ring_each(self, count):
        from tests.bench import rivals

        for pk in self.mailing.deliveries.order_by("pk").values_list("pk", flat=True)[:count]:
            rivals.send_one.delay(pk)

    def ring_ledger(self, count):
        from newsletter.tasks import run_mailings

        for _each in range(self.options.workers):
            run_mailings.delay()


class Worker:
    """A Celery worker for the length of a block."""

    def __init__(self, bench, name, options):
        self.bench, self.name, self.options = bench, name, options

    def __enter__(self):
        from efc.celery import app

        stage = self.bench.stage
        self.bench.worker_name = self.name
        worker = stage.start_worker(self.name, children=self.bench.options.workers, **self.options)
        end = time.monotonic() + 30
        while not app.control.ping(timeout=0.5) and time.monotonic() < end:
            pass
        return worker

    def __exit__(self, *_):
        self.bench.stage.stop_worker(self.name)


def raw(port, data, count):
    """Send bytes as fast as they go: each message travels with the envelope of the next."""
    envelope = b"MAIL FROM:<a@efc.example>\r\nRCPT TO:<b@post.example>\r\nDATA\r\n"
    with socket.create_connection(("127.0.0.1", port)) as connection:
        answers = connection.makefile("rb")
        answers.readline()
        connection.sendall(b"EHLO bench\r\n")
        while answers.readline()[3:4] == b"-":
            pass
        connection.sendall(envelope)
        for left in range(count, 0, -1):
            for _each in range(3):
                answers.readline()
            connection.sendall(data + b".\r\n" + (envelope if left > 1 else b"QUIT\r\n"))
            answers.readline()


def lib(port, data, count):
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for _each in range(count):
            connection.sendmail("a@efc.example", ["b@post.example"], data)


if __name__ == "__main__":
    sys.exit(main())
