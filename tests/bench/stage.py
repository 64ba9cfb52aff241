"""What a bench of the mail needs around it: PostgreSQL with all its safety on, Valkey, a sink, workers; and how to measure them."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from efc.embedded.ports import take
from efc.embedded.postgres import OWNER, Postgres
from efc.embedded.processes import Processes
from efc.embedded.valkey import Valkey

TICK = os.sysconf("SC_CLK_TCK")
HOME = Path(__file__).resolve().parents[2]


class Stage:
    """Everything on sockets of its own, gone when the `with` block ends."""

    def __init__(self, *, sink=(), **settings):
        self.sink_options, self.settings = sink, settings

    def __enter__(self):
        self.processes = Processes()
        try:
            self._start()
        except BaseException:
            self.processes.stop()
            raise
        return self

    def __exit__(self, *_):
        self.processes.stop()

    def _start(self):
        self.directory = Path(tempfile.mkdtemp(prefix="efc-bench-"))
        self.directory.chmod(0o711)
        self.processes.remove_afterwards(self.directory)
        self.postgres = Postgres(self.directory / "postgres", durable=True)
        self.postgres.start(self.processes)
        self.processes.remove_afterwards(self.postgres.directory)
        self.processes.remove_afterwards(self.postgres.sockets)
        self.valkey = Valkey(self.directory / "valkey")
        self.valkey.start(self.processes)
        self.processes.remove_afterwards(self.valkey.socket.parent)
        mail, control = (take(0, "the sink", ("127.0.0.1",))[0] for _each in range(2))
        self.port, self.control = mail.getsockname()[1], control.getsockname()
        fds = [str(listener.fileno()) for listener in (mail, control)]
        self.sink = self.processes.start(
            "sink",
            [
                sys.executable,
                "-m",
                "tests.bench.sink",
                "--mail-fd",
                fds[0],
                "--control-fd",
                fds[1],
                *self.sink_options,
                *(["--record", self.directory / "record"] if self.sink_options else []),
            ],
            cwd=HOME,
            log=self.directory / "sink.log",
            pass_fds=[mail.fileno(), control.fileno()],
        )
        mail.close()
        control.close()
        self.env = {
            **os.environ,
            "DATABASE_URL": self.postgres.url(),
            "DATABASE_OWNER_URL": self.postgres.url(OWNER),
            "REDIS_URL": self.valkey.url(),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.port}",
            "SECRET_KEY": "a-key-for-benches-that-protects-nothing-at-all-and-is-long-enough",
            "EFC_READ_DOTENV": "false",
            "EFC_STATE": str(self.directory / "state"),
            "LOG_LEVEL": "WARNING",
            "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
            **{name: str(value) for name, value in self.settings.items()},
        }
        for name in ("BROKER_URL", "CACHE_URL", "SITE_URL"):
            self.env.pop(name, None)
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            env=self.env | {"DATABASE_URL": self.postgres.url(OWNER)},
            cwd=HOME,
            check=True,
        )

    def become(self):
        """Make this process one of the portal's, with the stage's settings."""
        os.environ.update(self.env)
        os.environ["DJANGO_SETTINGS_MODULE"] = "efc.settings"
        import django

        django.setup()

    def start_worker(self, name, *, app="efc", children=1, **settings):
        env = self.env | {key: str(value) for key, value in settings.items()}
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            app,
            "worker",
            "-c",
            str(children),
            "-n",
            f"{name}@bench",
            "-l",
            "WARNING",
        ]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        return self.processes.start(name, [*command, *quiet], env=env, cwd=HOME, log=self.directory / f"{name}.log")

    def stop_worker(self, name, how=signal.SIGTERM):
        """End a worker and its children; SIGKILL takes them all at once."""
        worker = self.processes.children[name]
        os.killpg(worker.pid, how) if how == signal.SIGKILL else worker.send_signal(how)
        self.processes.forget(name)

    def figures(self, *, reset=False):
        """Ask the sink what it took."""
        with socket.create_connection(self.control, 5) as connection:
            connection.sendall(b"R" if reset else b"S")
            return json.loads(connection.makefile().readline())

    def wait_for(self, messages, seconds=300):
        """Wait until the sink has taken so many messages; return its figures."""
        end = time.monotonic() + seconds
        while (found := self.figures())["messages"] < messages and time.monotonic() < end:
            time.sleep(0.05)
        return found

    def commits(self):
        """Return how many transactions were committed in the portal's database so far (figures lag half a second)."""
        time.sleep(1.2)
        return int(self.postgres.sql("SELECT xact_commit FROM pg_stat_database WHERE datname = 'efc'"))


def family(pid):
    """Return the processes that descend from one, itself included: {pid: seconds of CPU used, its ended children included}."""
    found, parents = {}, {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry)] = (int(fields[1]), sum(map(int, fields[11:15])) / TICK)
    todo = [pid]
    while todo:
        one = todo.pop()
        if one in parents:
            found[one] = parents[one][1]
            todo += [child for child, (parent, _cpu) in parents.items() if parent == one]
    return found


def cpu(*pids):
    return sum(sum(family(pid).values()) for pid in pids)


def peak_memory(pid):
    """Return the largest peak of resident memory among a worker's children, in MiB."""
    peaks = []
    for one in family(pid).keys() - {pid}:
        try:
            status = Path(f"/proc/{one}/status").read_text()
        except OSError:
            continue
        peaks += [int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")]
    return max(peaks, default=0)


def forget_peaks(pid):
    """Let the peaks of memory be measured anew from now on."""
    for one in family(pid):
        Path(f"/proc/{one}/clear_refs").write_text("5")


def fill(count, **extra):
    """Make `count` confirmed subscribers and one issue of a usual size; return the issue and two officers."""
    from datetime import date

    from efc import roles
    from efc.models import User
    from efc.permissions import grant
    from newsletter.models import Issue, Subscriber

    officers = []

    for number in (1, 2):
        officer = User.objects.create_user(
            f"officer-{number}@efc.example", full_name=f"Officer {number}", is_staff=True
        )
        grant(officer, roles.SECRETARIAT)
        officers.append(officer)
    Subscriber.objects.bulk_create(
        (Subscriber(email=f"reader-{n}@post.example", status=Subscriber.Status.CONFIRMED) for n in range(count)),
        batch_size=1000,
    )
    paragraph = (
        "The coalition met with payment companies, hotlines and law enforcement to agree how reports are passed on. "
    )
    editorial = "\n\n".join([paragraph * 6] * 8)
    issue = Issue.objects.create(
        number=8,
        subject="Newsletter of the coalition",
        dated_on=date(2026, 11, 2),
        editorial_title="What we did",
        editorial=editorial,
    )
    return issue, *officers
