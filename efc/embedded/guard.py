"""End process groups and remove directories when the standard input closes.

Runs beside a group of services, outside the terminal's foreground. The process that started the
services writes one JSON line for each thing to end; its end of the pipe closes when it is done
and also when it is killed, so there is one way of stopping and no orphan is left by either.
"""

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path


def alive(group: int) -> bool:
    """Tell whether a process group still runs; one whose leader waits to be reaped does not."""
    try:
        os.killpg(group, 0)
        status = Path(f"/proc/{group}/stat").read_text()
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return status.rpartition(")")[2].split()[0] != "Z"


def send(group: int, number: int) -> None:
    """Signal a process group that may be gone already."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        pass


def end(group: int, number: int, grace: float) -> None:
    """End a process group: first as it likes to be asked, after the grace by force."""
    send(group, number)
    wait(group, grace)
    send(group, signal.SIGKILL)
    wait(group, 5)


def wait(group: int, seconds: float) -> None:
    """Wait until a process group has ended, but no longer than this."""
    deadline = time.monotonic() + seconds
    while alive(group) and time.monotonic() < deadline:
        time.sleep(0.02)


def main() -> None:
    """Listen until the pipe closes, then end the groups, the youngest first."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups, directories = {}, []
    for line in sys.stdin:
        order = json.loads(line)
        if "remove" in order:
            directories.append(order["remove"])
        elif "forget" in order:
            groups.pop(order["forget"], None)
        else:
            groups[order["group"]] = (order["signal"], order["grace"])
    for group, (number, grace) in reversed(groups.items()):
        end(group, number, grace)
    for directory in directories:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
