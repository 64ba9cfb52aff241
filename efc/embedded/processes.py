"""Child processes that live and end together."""

import json
import os
import pwd
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

GUARD = Path(__file__).with_name("guard.py")


class Processes:
    """Start children in groups of their own, show their lines, and end them all at once.

    They end on `stop()`, on leaving the `with` block, and when this process is killed.
    """

    def __init__(self) -> None:
        self.children: dict[str, subprocess.Popen] = {}
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", GUARD],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            text=True,
        )

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | str | None = None,
        log: Path | None = None,
        account: pwd.struct_passwd | None = None,
        pass_fds: Sequence[int] = (),
        stop: signal.Signals = signal.SIGTERM,
        grace: float = 10,
    ) -> subprocess.Popen:
        """Start one child; its lines go to the log file, or to our own output behind its name."""
        output = log.open("ab") if log else subprocess.PIPE
        child = subprocess.Popen(
            [str(part) for part in command],
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=pass_fds,
            start_new_session=True,
            **as_account(account),
        )
        self._tell(group=child.pid, signal=stop, grace=grace)
        self.children[name] = child
        if log:
            output.close()
        else:
            threading.Thread(target=_show, args=(name, child), daemon=True).start()
        return child

    def forget(self, name: str) -> None:
        """Leave out of account a child that has been ended on purpose."""
        child = self.children.pop(name)
        child.wait()
        self._tell(forget=child.pid)

    def remove_afterwards(self, directory: Path | str) -> None:
        """Have a directory removed once everything has ended."""
        self._tell(remove=str(directory))

    def ended(self) -> str | None:
        """Return the name of a child that has ended by itself, if there is one."""
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def wait(self) -> str:
        """Wait until a child ends by itself; return its name."""
        while (name := self.ended()) is None:
            time.sleep(0.2)
        return name

    def stop(self) -> None:
        """End every child, the youngest first; return when all are gone."""
        if not self._guard.stdin.closed:
            self._guard.stdin.close()
        while self._guard.poll() is None:
            self._collect()
            time.sleep(0.02)
        self._collect()

    def _collect(self) -> None:
        # A child that has ended stays in its group until its parent has asked about it.
        for child in self.children.values():
            child.poll()

    def _tell(self, **order) -> None:
        self._guard.stdin.write(json.dumps(order) + "\n")
        self._guard.stdin.flush()


def as_account(account: pwd.struct_passwd | None) -> dict:
    """Return the arguments that make a child run as another account."""
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _show(name: str, child: subprocess.Popen) -> None:
    with child.stdout as lines:
        for line in lines:
            text = line.decode("utf-8", "replace").rstrip()
            os.write(1, f"{name:<9}| {text}\n".encode())
