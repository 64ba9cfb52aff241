"""Show that the API keeps the word of its schema: whatever is asked, no failure of the server and no answer that is not documented.

    python -m tests.bench.prove_api [--examples 6] [--seed 1]

Schemathesis makes requests from the schema, some as it says and some against it, half of them for records that exist, and asks a
live server with the demonstration's data as a visitor, a representative and an officer. Every answer must have a documented
status, content type and shape, and none may be a 5xx. The control reads the same answers by a schema with two lies in it, and
must fail. The last line is JSON.
"""

import argparse
import json
import socket
import sys
import time
from collections import Counter, defaultdict
from datetime import timedelta
from unittest import SkipTest

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.bench.stage import HOME, Stage

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance
]  # fmt: skip
PERSONAS = {"visitor": None, "representative": "member@coalition.example", "officer": "secretariat@coalition.example"}
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
LIMIT_SECONDS = 420
SETTINGS = {"EFC_DEMO": 1, "SECOND_FACTOR_REQUIRED": "false", "API_ACTS_A_MINUTE": 1_000_000, "LOG_LEVEL": "ERROR"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--examples", type=int, default=6, help="requests of each kind for an operation and persona")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()
    with Stage(**SETTINGS) as stage:
        stage.become()
        port = serve(stage)
        print("Loading the demonstration …", flush=True)
        tokens, known = prepare()
        schema = requests.get(f"http://127.0.0.1:{port}/api/v1/schema/?format=json", timeout=60).json()
        proof = Proof(schema, port, tokens, known, options)
        figures = {persona: proof.run(persona) for persona in PERSONAS}
        control = Proof(with_lies(schema), port, tokens, known, options, only=["/api/v1/me/", "/api/v1/organisations/"])
        control.run("visitor")
    ok = not proof.problems and not proof.is_late and len(control.problems) >= 2
    for problem, requested in sorted(proof.problems.items()):
        print(f"\n{problem}\n  {requested[0]}\n  ({len(requested)} times)")
    found = {
        "target": "prove-api", "ok": ok, "seed": options.seed, "seconds": round(time.monotonic() - began),
        "operations": len(proof.operations()), "requests": sum(one["requests"] for one in figures.values()),
        "problems": len(proof.problems), "control_failed": len(control.problems) >= 2, "personas": figures,
    }  # fmt: skip
    print(json.dumps(found))
    return 0 if ok else 1


class Proof:
    """Requests made from one schema, and what was wrong with their answers: {sentence: [requests]}."""

    def __init__(self, schema, port, tokens, known, options, only=()):
        self.schema = schemathesis.openapi.from_dict(schema)
        self.base, self.tokens, self.known, self.options, self.only = (
            f"http://127.0.0.1:{port}",
            tokens,
            known,
            options,
            only,
        )
        self.problems = defaultdict(list)
        self.until = time.monotonic() + LIMIT_SECONDS
        self.is_late = False

    def operations(self):
        found = [result.ok() for result in self.schema.get_all_operations()]
        return [operation for operation in found if not self.only or operation.path in self.only]

    def run(self, persona):
        """Ask everything as one persona. Returns: its figures."""
        session = requests.Session()
        session.headers.update({"Authorization": f"Token {self.tokens[persona]}"} if persona in self.tokens else {})
        statuses = Counter()
        for operation in self.operations():
            for mode in MODES:
                if time.monotonic() < self.until:
                    self.ask(operation, mode, session, statuses)
                else:
                    self.is_late = True
        print(f"{persona:16} {sum(statuses.values()):>6} requests  {dict(sorted(statuses.items()))}", flush=True)
        return {"requests": sum(statuses.values()), "statuses": dict(sorted(statuses.items()))}

    def ask(self, operation, mode, session, statuses):
        cases = operation.as_strategy(mode)
        keys = [found for name, found in self.known.items() if operation.path.startswith(f"/api/v1/{name}/{{")]
        if keys:
            there = st.sampled_from(keys[0])
            cases = st.one_of(cases, there.flatmap(lambda found: operation.as_strategy(mode, path_parameters=found)))

        @seed(self.options.seed)
        @settings(
            max_examples=self.options.examples, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(cases)
        def each(case):
            answer = case.call(base_url=self.base, session=session)
            statuses[answer.status_code] += 1
            try:
                case.validate_response(answer, checks=CHECKS)
            except BaseExceptionGroup as found:
                for one in found.exceptions:
                    said = f"{operation.method.upper()} {operation.path}: {one.title}, {' '.join(one.message.split())[:300]}"
                    self.problems[f"{said} ({answer.status_code})"].append(case.as_curl_command()[:600])

        try:
            each()
        except (Unsatisfiable, SkipTest):
            if mode is GenerationMode.POSITIVE:  # against an operation that takes nothing, nothing can be sent
                raise


def with_lies(schema):
    """Return a schema that leaves out one status and gives one field another type."""
    false = json.loads(json.dumps(schema))
    del false["paths"]["/api/v1/me/"]["get"]["responses"]["401"]
    false["components"]["schemas"]["Organisation"]["properties"]["slug"] = {"type": "integer"}
    return false


def prepare():
    """Load the demonstration, open a ballot, make tokens. Returns: ({persona: token}, {first part of an address: its keys})."""
    from django.core.management import call_command
    from django.utils import timezone

    from efc.models import User
    from efc.tokens import create_token
    from members import models as members
    from members.models import Application, Ballot, Decision, MemorandumVersion, Organisation, Person, Seat
    from members.services import access, ballots
    from workpackages import models as work

    call_command("load_demo", stdout=open("/dev/null", "w"))  # noqa: SIM115
    officer = User.objects.get(email=PERSONAS["officer"])
    ballot = ballots.prepare_ballot(kind="written", title="Action plan", question="Shall it be adopted?", by=officer)
    ballots.open_ballot(ballot, by=officer)
    if not members.AccessReview.objects.exists():
        access.open_review(title="Autumn", due_on=timezone.localdate() + timedelta(days=30), by=officer)
    end = timezone.localdate() + timedelta(days=7)
    accounts = {name: User.objects.get(email=email) for name, email in PERSONAS.items() if email}
    tokens = {name: create_token(user, name="Proof", expires_on=end)[1] for name, user in accounts.items()}

    def keys(parameter, rows, field="pk"):
        return [{parameter: value} for value in list(rows.values_list(field, flat=True))[:4]]

    own = Organisation.objects.filter(representatives__person__user=accounts["representative"])
    known = {
        "organisations": keys("slug", own, "slug") + keys("slug", Organisation.objects.published(), "slug"),
        "seats": keys("id", Seat.objects.all()),
        "memberships": keys("id", members.MembershipTerm.objects.running()),
        "suspensions": keys("id", members.Suspension.objects.all()),
        "access-reviews": keys("id", members.AccessReview.objects.all()),
        "invitations": keys("id", members.Invitation.objects.all()),
        "applications": keys("reference", Application.objects.sent(), "reference"),
        "ballots": keys("id", Ballot.objects.order_by("-pk")),
        "decisions": [{"number": decision.number} for decision in Decision.objects.all()[:4]],
        "memorandum": keys("id", MemorandumVersion.objects.all()),
        "people": keys("id", Person.objects.visible_to(accounts["representative"])),
        "programmes": keys("slug", work.Programme.objects.all(), "slug"),
        "work-packages": keys("id", work.WorkPackage.objects.all()),
        "deliverables": keys("id", work.Deliverable.objects.exclude(files=None))
        + keys("id", work.Deliverable.objects.open()),
        "extensions": keys("id", work.Extension.objects.all()),
        "report-periods": keys("id", work.ReportPeriod.objects.all()),
        "report-texts": keys("id", work.Narrative.objects.all()),
        "milestones": keys("id", work.Milestone.objects.all()),
        "risks": keys("id", work.Risk.objects.all()),
        "tasks": keys("id", work.Task.objects.all()),
        "documents": keys("id", work.Document.objects.all()),
        "data-templates": keys("id", work.DataTemplate.objects.all()),
        "data-rounds": keys("id", work.DataRound.objects.all()),
        "data-returns": keys("id", work.DataReturn.objects.all()),
    }
    return tokens, {name: found for name, found in known.items() if found}


def serve(stage):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "efc.wsgi", "--workers", "2", "--bind", f"127.0.0.1:{port}"]
    stage.processes.start(
        "web", [*command, "--log-level", "warning", "--no-control-socket"], env=stage.env, cwd=HOME,
        log=stage.directory / "web.log",
    )  # fmt: skip
    for _attempt in range(200):
        try:
            requests.get(f"http://127.0.0.1:{port}/healthz/", timeout=60)
            return port
        except requests.ConnectionError:
            time.sleep(0.1)
    raise SystemExit("The server did not start.")


if __name__ == "__main__":
    sys.exit(main())
