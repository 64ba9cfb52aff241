"""The demo: the whole portal as real processes on services of our own, started and stopped by one command."""

import argparse
import fcntl
import importlib
import json
import os
import secrets
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from . import ports
from .directories import UnsafeDirectory
from .postgres import OWNER, Postgres, PostgresFailed, tail
from .processes import Processes
from .smtp_catcher import CatcherFailed, SmtpCatcher
from .valkey import Valkey, ValkeyFailed

PROJECT = Path(__file__).resolve().parents[2]
MADE_BY_THE_DEMO = (
    "valkey",
    "mail",
    "media",
    "static",
    "static.made-from",
    "secret-key",
    "loaded",
    "load_demo.log",
    "beat",
    "demo.json",
)


class DemoFailed(Exception):
    """The demo cannot start; the message says why and what to do."""


class Demo:
    """The portal's processes and where their state lies."""

    def __init__(self, state: Path, *, port: int, inbox_port: int) -> None:
        self.state = state
        self.port, self.inbox_port = port, inbox_port
        self.facts_file = state / "demo.json"
        self.environment = {
            **os.environ,
            "EFC_DEMO": "1",
            "EFC_STATE": str(state),
            "EFC_READ_DOTENV": "false",
            "SECOND_FACTOR_REQUIRED": os.environ.get("SECOND_FACTOR_REQUIRED", "false"),  # its sign-ins are printed
            "PYTHONUNBUFFERED": "1",
            # The worker advises against root; the demo may be all there is on a machine.
            "PYTHONWARNINGS": "ignore:You're running the worker",
        }

    def start(self, processes: Processes) -> dict:
        """Start everything; return the addresses and the demo's sign-ins once the site answers."""
        began = time.monotonic()
        self.environment["SECRET_KEY"] = self._secret_key()
        listeners = ports.take(self.port, "the portal")
        self.port = listeners[0].getsockname()[1]
        self.environment["SITE_URL"] = f"http://localhost:{self.port}"
        self._start_services(processes)
        self._prepare(processes)
        self._start_portal(processes, listeners)
        self._wait_until_it_answers(processes)
        facts = self._facts() | {"seconds": round(time.monotonic() - began, 1)}
        write_private(self.facts_file, json.dumps(facts, indent=1))
        return facts

    def _start_services(self, processes: Processes) -> None:
        if self.environment.get("DATABASE_URL"):
            print("Using the PostgreSQL that DATABASE_URL names.")
        else:
            postgres = Postgres(self.state / "postgres")
            postgres.start(processes)
            self.environment |= {"DATABASE_URL": postgres.url(), "DATABASE_OWNER_URL": postgres.url(OWNER)}
        if self.environment.get("REDIS_URL"):
            print("Using the Redis that REDIS_URL names.")
        else:
            valkey = Valkey(self.state / "valkey")
            valkey.start(processes)
            self.environment["REDIS_URL"] = valkey.url()
        self.inbox = ""
        if self.environment.get("EMAIL_URL"):
            print("Handing letters to the server that EMAIL_URL names.")
        else:
            catcher = SmtpCatcher(self.state / "mail")
            catcher.start(processes, inbox_port=self.inbox_port)
            self.environment["EMAIL_URL"], self.inbox = catcher.url, catcher.inbox

    def _prepare(self, processes: Processes) -> None:
        owner = self.environment.get("DATABASE_OWNER_URL") or self.environment["DATABASE_URL"]
        print("Preparing the database …", flush=True)
        self._manage(processes, "migrate", "-v", "0", "--noinput", DATABASE_URL=owner)
        made_from = self.state / "static.made-from"
        if (now := fingerprint_of_static_files()) != (made_from.read_text() if made_from.exists() else ""):
            print("Collecting static files …", flush=True)
            self._manage(processes, "collectstatic", "-v", "0", "--noinput")
            made_from.write_text(now)
        loaded = self.state / "loaded"
        if not loaded.exists() and (PROJECT / "efc/management/commands/load_demo.py").exists():
            print("Loading the coalition …", flush=True)
            self._manage(processes, "load_demo", log=self.state / "load_demo.log")
            loaded.touch()

    def _start_portal(self, processes: Processes, listeners: list[socket.socket]) -> None:
        binds = [part for listener in listeners for part in ("--bind", f"fd://{listener.fileno()}")]
        # Threads, because browsers open connections in advance and a plain worker would wait on them.
        self._run(
            processes, "web", "gunicorn", "efc.wsgi:application", *binds, "--workers", "2", "--threads", "4",
            "--no-control-socket", "--log-level", "warning", "--graceful-timeout", "5",
            "--preload", pass_fds=[listener.fileno() for listener in listeners],
        )  # fmt: skip
        for listener in listeners:
            listener.close()
        celery = ("celery", "--quiet", "--app", "efc.celery:app")
        self._run(
            processes, "worker", *celery, "worker", "--loglevel", "WARNING", "--concurrency", "2",
            "--hostname", "demo@%h", "--without-gossip", "--without-mingle",
        )  # fmt: skip
        (self.state / "beat").mkdir(exist_ok=True)
        self._run(
            processes, "beat", *celery, "beat", "--loglevel", "WARNING", "--pidfile=",
            "--schedule", self.state / "beat" / "schedule",
        )  # fmt: skip

    def _wait_until_it_answers(self, processes: Processes, timeout: float = 90) -> None:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if ended := processes.ended():
                raise DemoFailed(f"The {ended} process has ended; what it said stands above.")
            if answers(f"http://127.0.0.1:{self.port}/healthz/"):
                return
            time.sleep(0.1)
        raise DemoFailed(f"The portal does not answer on port {self.port} after {timeout:.0f} seconds.")

    def _facts(self) -> dict:
        names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL", "SECRET_KEY")
        ours = {name: self.environment[name] for name in (*names, "EFC_DEMO", "EFC_STATE") if name in self.environment}
        return {
            "site": self.environment["SITE_URL"],
            "inbox": self.inbox,
            "process": os.getpid(),
            "accounts": [list(account) for account in accounts()],
            "environment": ours,
        }

    def _manage(self, processes: Processes, *arguments: str, log: Path | None = None, **environment: str) -> None:
        name = arguments[0]
        command = [sys.executable, "manage.py", *arguments]
        child = processes.start(name, command, env=self.environment | environment, cwd=PROJECT, log=log)
        if status := child.wait():
            said = f" it says:\n{tail(log, 15)}" if log else " what it said stands above."
            raise DemoFailed(f"`manage.py {name}` ended with {status};{said}")
        processes.forget(name)

    def _run(self, processes: Processes, name: str, *command, pass_fds: Iterable[int] = ()) -> None:
        processes.start(
            name, [sys.executable, "-m", *command], env=self.environment, cwd=PROJECT, pass_fds=tuple(pass_fds)
        )

    def _secret_key(self) -> str:
        file = self.state / "secret-key"
        if not file.exists():
            write_private(file, secrets.token_urlsafe(48))
        return file.read_text()


def write_private(path: Path, text: str) -> None:
    """Write a file that only this account may read; it appears whole or not at all."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    unfinished.rename(path)


def fingerprint_of_static_files() -> str:
    """Return a digest of names, sizes and times of everything that is collected."""
    places = [PROJECT / "requirements.txt", *sorted(PROJECT.glob("*/static/**/*"))]
    facts = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in places if path.is_file()]
    return sha256(repr(facts).encode()).hexdigest()


def answers(url: str) -> bool:
    """Tell whether a page is there."""
    try:
        with urlopen(Request(url, headers={"Host": "localhost"}), timeout=10):
            return True
    except HTTPError as error:
        return error.code == 404  # the site is up, whatever its health
    except (URLError, OSError):
        return False


def accounts() -> list[tuple[str, str, str]]:
    """Return the demo's sign-ins: role, e-mail address, password."""
    try:
        return importlib.import_module("efc.demo.accounts").ACCOUNTS
    except ModuleNotFoundError:
        return []


@contextmanager
def alone_in(state: Path):
    """Hold the state directory, so that two demos never share one."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            facts = running(state)
            where = f" at {facts['site']} (process {facts['process']})" if facts else ""
            raise DemoFailed(f"The demo runs already{where}. Stop it with Ctrl-C where it was started.") from None
        yield


def running(state: Path) -> Mapping:
    """Return what a running demo wrote about itself, or nothing."""
    try:
        facts = json.loads((state / "demo.json").read_text())
        os.kill(facts["process"], 0)
    except (OSError, ValueError):
        return {}
    return facts


def announce(facts: Mapping) -> None:
    """Print where to look and as whom to sign in."""
    lines = ["", f"The portal     {facts['site']}", f"Administration {facts['site']}/admin/"]
    if facts["inbox"]:
        lines.append(f"Its letters    {facts['inbox']}")
    if facts["accounts"]:
        width = max(len(role) for role, _, _ in facts["accounts"])
        wider = max(len(email) for _, email, _ in facts["accounts"])
        lines += ["", "Sign in as"]
        lines += [f"  {role:<{width}}  {email:<{wider}}  {password}" for role, email, password in facts["accounts"]]
    print("\n".join([*lines, "", f"Started in {facts['seconds']} s. Ctrl-C stops everything.", ""]), flush=True)


def run(options: argparse.Namespace) -> int:
    """Run the demo until it is stopped, or until one of its processes ends."""
    with alone_in(options.state):
        demo = Demo(options.state, port=options.port, inbox_port=options.inbox_port)
        demo.facts_file.unlink(missing_ok=True)  # of a demo that was killed
        ended = None
        try:
            with Processes() as processes:
                facts = demo.start(processes)
                announce(facts)
                if not options.once:
                    ended = processes.wait()
                signal.signal(signal.SIGINT, signal.SIG_IGN)
        except KeyboardInterrupt:
            pass
        finally:
            demo.facts_file.unlink(missing_ok=True)
    if ended:
        raise DemoFailed(f"The {ended} process has ended, so the demo has stopped; what it said stands above.")
    print("\nThe demo has stopped. Its data stay; `make demo` goes on with them, `make demo-reset` begins again.")
    return 0


def reset(options: argparse.Namespace) -> int:
    """Remove what the demo has made, and nothing else that may lie beside it."""
    with alone_in(options.state):
        Postgres(options.state / "postgres").remove()
        for name in MADE_BY_THE_DEMO:
            path = options.state / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    print("The demo's data are gone; `make demo` begins again.")
    return 0


def manage(options: argparse.Namespace) -> int:
    """Run a management command on the running demo."""
    facts = running(options.state)
    if not facts:
        raise DemoFailed("The demo does not run. Start it with `make demo` first.")
    os.chdir(PROJECT)
    environment = os.environ | facts["environment"] | {"EFC_READ_DOTENV": "false"}
    os.execve(sys.executable, [sys.executable, "manage.py", *options.command], environment)  # noqa: S606


def main() -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--state", type=Path, default=os.environ.get("EFC_STATE") or PROJECT / ".run", help="directory")
    verbs = parser.add_subparsers(required=True)
    start = verbs.add_parser("start", help="start everything and stop it on Ctrl-C")
    start.add_argument("--port", type=int, default=8000, help="for the portal; 0 takes any that is free")
    start.add_argument("--inbox-port", type=int, default=8025, help="for the inbox; 0 takes any that is free")
    start.add_argument("--once", action="store_true", help="stop again as soon as the portal answers")
    start.set_defaults(act=run)
    verbs.add_parser("reset", help="remove the data").set_defaults(act=reset)
    command = verbs.add_parser("manage", help="run a management command on the running demo")
    command.add_argument("command", nargs=argparse.REMAINDER)
    command.set_defaults(act=manage)
    options = parser.parse_args()
    options.state = options.state.resolve()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # SIGINT too: a shell's background job ignores it
        signal.signal(number, signal.default_int_handler)
    try:
        return options.act(options)
    except (DemoFailed, PostgresFailed, ValkeyFailed, CatcherFailed, UnsafeDirectory, OSError) as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
