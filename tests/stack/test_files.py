"""The files of production: they are what their tools ask for, and no service has more rights than it needs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
OF_THE_OWNER = ("OWNER_PASSWORD", "POSTGRES_PASSWORD")


def run(program, *arguments):
    """Run a program of the environment in the project; return what it says, and fail when it fails."""
    done = subprocess.run([PROGRAMS / program, *arguments], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def services():
    """Return the services as Compose understands them, with the values of the example."""
    return json.loads(run("docker-compose", "--env-file", ".env.example", "config", "--format", "json"))["services"]


def test_the_compose_file_keeps_to_its_schema():
    run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")


def test_the_dockerfile_has_no_known_fault():
    run("hadolint", "Dockerfile")


def test_every_service_has_as_few_rights_as_it_can(services):
    assert sorted(services) == ["beat", "migrate", "postgres", "proxy", "valkey", "web", "worker"]
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in service, name


def test_every_service_that_stays_is_asked_after_its_health(services):
    staying = {name for name, service in services.items() if service["restart"] == "unless-stopped"}
    assert staying == set(services) - {"migrate"}
    assert {name for name, service in services.items() if "healthcheck" in service} == staying


def test_only_the_proxy_is_reached_from_outside_and_only_the_worker_reaches_out(services):
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    networks = {name: sorted(service["networks"]) for name, service in services.items()}
    assert networks == {
        "postgres": ["inside"],
        "valkey": ["inside"],
        "migrate": ["inside"],
        "web": ["front", "inside"],
        "worker": ["inside", "outside"],
        "beat": ["inside"],
        "proxy": ["front"],
    }


def test_the_portal_runs_without_the_passwords_of_those_who_may_change_the_schema(services):
    example = dict(
        line.split("=", 1) for line in (PROJECT / ".env.example").read_text().splitlines() if re.match("[A-Z_]+=", line)
    )
    secrets = [example[name] for name in OF_THE_OWNER]
    holders = {name for name, service in services.items() for secret in secrets if secret in json.dumps(service)} - {
        "postgres"
    }
    assert holders == {"migrate"}


def test_what_the_compose_file_asks_for_stands_in_the_example_of_the_environment():
    asked = set(re.findall(r"\$\{([A-Z_]+):\?", (PROJECT / "docker-compose.yml").read_text()))
    given = set(re.findall(r"^([A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))
    assert asked - given == set()
    assert len(asked) == 9


def test_the_images_leave_the_services_of_development_out():
    ignored = (PROJECT / ".dockerignore").read_text().splitlines()
    kept = {line[1:] for line in ignored if line.startswith("!")}
    assert ignored.index("*") < ignored.index("!efc") < ignored.index("efc/embedded")
    assert not kept & {".env", ".git", "tests", "deploy", "requirements-dev.txt"}
    rooms = {path.parent.name for path in PROJECT.glob("*/apps.py")}
    assert rooms <= kept


def test_scripts_can_be_run():
    for script in [*PROJECT.glob("deploy/healthy/*"), PROJECT / "deploy/postgres/roles.sh"]:
        assert script.stat().st_mode & 0o111 == 0o111, script
        assert script.read_text().startswith("#!"), script
