"""Show that every door answers each person as the table says, that no secret shows, and that every policy is guarded by a check.

    python -m tests.bench.prove_access [--only WORD] [--methods “GET POST”]

1. The matrix: every address of the URLconf × GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS × persona, against the hand-written table
   of `tests/doors` and the finer one below. 2. The canaries: a secret word in each restricted record, and who may read it.
3. The mutations: each policy is opened, one at a time (each `visible_to`, each permission, each guard); the first check that
   notices is named, and a policy whose opening nobody notices fails the run. The last line is JSON.
"""

import argparse
import os
import sys
from pathlib import Path

import pytest

MATRIX = Path(__file__).with_name("access_matrix.py")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="open only the policies whose name holds this word")
    parser.add_argument("--methods", default="", help="ask by these methods only, as “GET POST”")
    options = parser.parse_args()
    os.environ |= {"PROVE_ACCESS_ONLY": options.only, "PROVE_ACCESS_METHODS": options.methods, "LOG_LEVEL": "CRITICAL"}
    return pytest.main(
        [str(MATRIX), "-q", "-s", "-n", "0", "--no-header", "--tb=short", "-p", "no:logging", "-W", "ignore"]
    )


if __name__ == "__main__":
    sys.exit(main())
