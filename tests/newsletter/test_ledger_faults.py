"""The short form of `make prove-mail`: real workers, killed while they send, with a broker and a database that go away."""

import json
import subprocess
import sys
from pathlib import Path


def test_nothing_is_lost_and_its_control_fails():
    proof = [sys.executable, "-m", "tests.bench.prove_mail", "--readers", "400", "--kills", "3", "--redis-away", "2"]
    done = subprocess.run([*proof, "--rate", "100"], cwd=Path(__file__).parents[2], capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else done.stderr
    assert done.returncode == 0, found
    assert (found["lost"], found["wrong"], found["untold"], found["faults"]["kills"]) == (0, 0, 0, 3)
    assert (
        found["sum"]
        == found["total"]
        == found["counts"]["sent"] + found["counts"]["skipped"] + found["counts"]["failed"]
    )
    assert found["duplicates"] <= found["in_doubt"] <= found["bound"] == 3 * 8 + 2 * 8
    assert found["control_failed"]
