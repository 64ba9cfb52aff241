"""Show that every door answers each person as the table says, that no secret shows, and that every policy is guarded by a check.

    python -m tests.bench.prove_access [--only WORD] [--methods “GET POST”]

1. The matrix: every address of the URLconf × GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS × persona, against the tables written by
   hand: `tests/doors`, and finer `access_table`. Each door that asks for a policy is noted.
2. The canaries: a secret word in each restricted record, and who may read it (`access_world`).
3. The mutations (`access_policies`): each policy is opened, one at a time, and the doors that ask for it are asked again until an
   answer is wrong that is right once it is closed. A permission that opens nothing by itself is taken away instead. A policy whose
   mutation nobody notices survives and fails the run. The last line is JSON.

A new room is covered by its rows in `tests/doors`, a canary in each restricted field (`SECRETS`, `hide_secrets`), and a line in
`FINE` or `FOUND` where the groups are not fine enough. Its policies are found by themselves; one that survives wants a check of that
kind, or guards nothing and goes.
"""

import argparse
import os
import sys
from pathlib import Path

import pytest

MATRIX = Path(__file__).with_name("access_matrix.py")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--only",
        default="",
        help="open only the policies whose name holds this word, and ask near them by GET and POST",
    )
    parser.add_argument("--methods", default="", help="ask by these methods only, as “GET POST”")
    options = parser.parse_args()
    os.environ |= {"PROVE_ACCESS_ONLY": options.only, "PROVE_ACCESS_METHODS": options.methods, "LOG_LEVEL": "CRITICAL"}
    return pytest.main(
        [str(MATRIX), "-q", "-s", "-n", "0", "--no-header", "--tb=short", "-p", "no:logging", "-W", "ignore"]
    )


if __name__ == "__main__":
    sys.exit(main())
