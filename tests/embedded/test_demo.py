"""The demo as one starts it: real processes, stopped by Ctrl-C, its data kept until they are removed."""

import json
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.request import urlopen

import pytest

from efc.embedded.demo import fingerprint_of_static_files
from efc.embedded.postgres import Postgres
from tests.services import outside_environment

PLAIN_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """Return a state directory in which nothing is left to load or to collect, to be quick."""
    directory = tmp_path_factory.mktemp("demo")
    (directory / "loaded").touch()
    (directory / "static.made-from").write_text(fingerprint_of_static_files())
    yield directory
    Postgres(directory / "postgres").remove()


def demo(state, *arguments):
    command = [sys.executable, "-m", "efc.embedded.demo", "--state", state, *arguments]
    environment = outside_environment() | {"STATICFILES_STORAGE": PLAIN_FILES}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@contextmanager
def running(state):
    """Run the demo on free ports; yield what it writes about itself, then press Ctrl-C."""
    with demo(state, "start", "--port", "0", "--inbox-port", "0") as process:
        try:
            deadline = time.monotonic() + 90
            while not (state / "demo.json").exists():
                assert process.poll() is None, process.stdout.read()
                assert time.monotonic() < deadline, "the demo did not start"
                time.sleep(0.1)
            yield json.loads((state / "demo.json").read_text())
            process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=60)[0]
            assert "The demo has stopped. Its data stay" in said
            assert process.returncode == 0
        finally:
            process.kill()


def test_the_demo_runs_stops_goes_on_and_begins_again(state):
    postgres = Postgres(state / "postgres")

    with running(state) as facts:
        with urlopen(f"{facts['site']}/healthz/", timeout=20) as answer:
            assert answer.status == 200
        with urlopen(facts["inbox"], timeout=20) as answer:
            assert "No letter yet" in answer.read().decode()
        assert facts["accounts"][0] == ["Secretariat officer", "secretariat@coalition.example", "demo-secretariat-2026"]
        assert (state / "demo.json").stat().st_mode & 0o077 == 0
        postgres.sql("CREATE TABLE kept (); ALTER TABLE kept OWNER TO efc_owner")
        with demo(state, "start") as second:
            said = second.communicate(timeout=30)[0]
        assert said.strip() == (
            f"The demo runs already at {facts['site']} (process {facts['process']}). "
            "Stop it with Ctrl-C where it was started."
        )
        assert second.returncode == 1
    assert not (state / "demo.json").exists()
    assert not (postgres.data / "postmaster.pid").exists()

    with running(state):
        assert postgres.sql("SELECT to_regclass('kept')", role="efc_app") == "kept"

    (state / "of-somebody-else").touch()
    with demo(state, "reset") as process:
        assert process.communicate(timeout=30)[0] == "The demo's data are gone; `make demo` begins again.\n"
    assert sorted(path.name for path in state.iterdir()) == ["lock", "of-somebody-else"]
