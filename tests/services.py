"""A pytest plugin that brings its own PostgreSQL and Valkey, unless DATABASE_URL or REDIS_URL name some.

They start before Django reads its settings, once for all workers of a run, and end with the run
even when it is killed. Each worker has a test database and a Redis database of its own. Tests
connect as the owner, who may make and empty databases; `SET ROLE efc_app` makes one the application.
"""

import os
import re
import tempfile
from pathlib import Path

import pytest

from efc.embedded.postgres import OWNER, Postgres
from efc.embedded.processes import Processes
from efc.embedded.valkey import DATABASES, Valkey

SERVICES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
SETTINGS = {
    "SECRET_KEY": "a-key-for-tests-that-protects-nothing-at-all-and-is-long-enough",
    "EMAIL_URL": "memorymail://",
    "EFC_READ_DOTENV": "false",
    "SECOND_FACTOR_REQUIRED": "false",  # the tests of the second factor switch it on
}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config):
    """Start what is missing; this wraps the hook in which the Django plugin reads the settings."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        os.environ["REDIS_URL"] = own_database(os.environ["REDIS_URL"], worker)
    else:
        early_config.add_cleanup(start_services())
    return (yield)


def start_services():
    """Start PostgreSQL and Valkey where none is named; return what stops them."""
    processes = Processes()
    directory = Path(tempfile.mkdtemp(prefix="efc-tests-"))
    directory.chmod(0o711)
    processes.remove_afterwards(directory)
    try:
        if not os.environ.get("DATABASE_URL"):
            postgres = Postgres(directory / "postgres", durable=False)
            postgres.start(processes)
            processes.remove_afterwards(postgres.directory)
            processes.remove_afterwards(postgres.sockets)
            os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"] = postgres.url(OWNER)
        if not os.environ.get("REDIS_URL"):
            valkey = Valkey(directory / "valkey")
            valkey.start(processes)
            processes.remove_afterwards(valkey.socket.parent)
            os.environ["REDIS_URL"] = valkey.url()
        for name, value in SETTINGS.items():
            os.environ.setdefault(name, value)
        os.environ.setdefault("EFC_STATE", str(directory / "state"))
        (Path(os.environ["EFC_STATE"]) / "static").mkdir(parents=True, exist_ok=True)
    except BaseException:
        processes.stop()
        raise
    return processes.stop


def own_database(url: str, worker: str) -> str:
    """Return the address of the Redis database that belongs to a worker, the first being gw0.

    >>> own_database("unix:///run/valkey.sock?db=0", "gw1")
    'unix:///run/valkey.sock?db=2'
    """
    number = (int(worker.removeprefix("gw")) + 1) % DATABASES
    if re.search(r"[?&]db=\d+", url):
        return re.sub(r"([?&]db=)\d+", rf"\g<1>{number}", url)
    return re.sub(r"/\d*$", "", url) + f"/{number}"


def outside_environment() -> dict[str, str]:
    """Return our environment without what stands in it for the tests, for programs that bring their own services."""
    ours = (*SERVICES, *SETTINGS, "EFC_STATE", "DJANGO_SETTINGS_MODULE")
    return {name: value for name, value in os.environ.items() if name not in ours}
