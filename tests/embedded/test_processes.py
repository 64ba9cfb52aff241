"""Children live and end together, whichever way their parent ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from efc.embedded.processes import Processes

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
# Refuses to end when asked, and has a child of its own.
STUBBORN = """
import signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).wait()
"""
PARENT = """
import sys, time
from efc.embedded.processes import Processes
processes = Processes()
processes.remove_afterwards(sys.argv[1])
child = processes.start("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""


def gone(process: int) -> bool:
    """Tell whether a process has ended, if need be only waiting to be reaped."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def until(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


def group_of(leader: int) -> list[int]:
    processes = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    members = []
    for process in processes:
        try:
            if os.getpgid(process) == leader and not gone(process):
                members.append(process)
        except ProcessLookupError:
            continue
    return members


def test_stopping_ends_even_a_child_that_refuses_and_its_children(tmp_path):
    with Processes() as processes:
        child = processes.start("stubborn", [sys.executable, "-c", STUBBORN], log=tmp_path / "log", grace=0.3)
        until(lambda: len(group_of(child.pid)) == 2)
    until(lambda: group_of(child.pid) == [])
    assert child.returncode == -signal.SIGKILL


def test_a_child_that_ends_by_itself_is_named():
    with Processes() as processes:
        processes.start("sleeper", SLEEPER)
        assert processes.ended() is None
        processes.start("brief", [sys.executable, "-c", "raise SystemExit(3)"])
        assert processes.wait() == "brief"


def test_nothing_is_left_when_the_parent_is_killed(tmp_path):
    directory = tmp_path / "state"
    directory.mkdir()
    parent = subprocess.Popen([sys.executable, "-c", PARENT, directory], stdout=subprocess.PIPE, text=True)
    with parent:
        child = int(parent.stdout.readline())
        assert not gone(child)
        parent.kill()
    until(lambda: gone(child) and not directory.exists())


def test_each_line_is_shown_behind_the_name_of_its_process(capfd):
    with Processes() as processes:
        processes.start("sleeper", SLEEPER)
        shown = ""

        def has_shown():
            nonlocal shown
            shown += capfd.readouterr().out
            return shown

        until(has_shown)
    assert shown == "sleeper  | up\n"


def test_a_process_ended_on_purpose_is_not_missed():
    with Processes() as processes:
        child = processes.start("sleeper", SLEEPER)
        child.terminate()
        processes.forget("sleeper")
        assert processes.ended() is None
