"""Bring the production stack up healthy, look at it through its proxy, and take it down.

Needs root on Debian 12. Ends with one line of JSON.
"""

import argparse
import json
import os
import re
import secrets
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

from efc.embedded import ports
from efc.embedded.processes import Processes

from .engine import Engine, Failed, wait_for

NAME = "portal.efc.example"
SERVICES = ("postgres", "valkey", "web", "worker", "beat", "proxy")
UNPRIVILEGED = {"postgres": "999", "valkey": "999", "web": "10001", "worker": "10001", "beat": "10001", "proxy": "101"}

# Run inside: publish one file and print its address.
PUBLISH = """
from datetime import date
from django.core.files.base import ContentFile
from publications.models import Publication, Rendition
report = Publication.objects.create(kind="report", title="Stack", slug="stack", dated_on=date(2015, 10, 1), summary="One.",
    status="approved", publish_at="2015-10-01T12:00:00Z")
rendition = Rendition(publication=report, name="stack.pdf", media_type="application/pdf")
rendition.file.save("stack.pdf", ContentFile(b"%PDF-1.7 of the stack"), save=False)
rendition.measure()
rendition.save()
print(rendition.get_absolute_url())
"""


class Site:
    """The portal as a visitor reaches it, through the proxy."""

    def __init__(self, port: int, certificate: Path) -> None:
        self.port = port
        self.trust = ssl.create_default_context(cafile=str(certificate))

    def get(self, path: str):
        """Return status, headers and body of one page."""
        connection = HTTPSConnection("127.0.0.1", self.port, context=self.trust, timeout=30)
        try:
            connection.request("GET", path, headers={"Host": NAME, "Accept-Encoding": "identity"})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()


def prepare(directory: Path, http: int, https: int) -> None:
    """Write the environment and the certificate of a site that lives for some minutes."""
    values = {
        name: secrets.token_urlsafe(48)
        for name in ("SECRET_KEY", "AUDIT_KEY", "POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD", "REDIS_PASSWORD")
    }
    values |= {
        "SITE_URL": f"https://{NAME}",
        "ALLOWED_HOSTS": NAME,
        "EMAIL_URL": "smtp://127.0.0.1:25",
        "HTTP_PORT": f"127.0.0.1:{http}",
        "HTTPS_PORT": f"127.0.0.1:{https}",
        "CERTIFICATES": str(directory / "certificates"),
    }
    (directory / "env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    (directory / "certificates").mkdir()
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME},IP:127.0.0.1",
            "-keyout", directory / "certificates/privkey.pem", "-out", directory / "certificates/fullchain.pem",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    (directory / "certificates/privkey.pem").chmod(0o644)  # read inside by the proxy's account; the directory is ours


def expect(condition: bool, sentence: str) -> None:
    """Say what was found, or fail."""
    print(f"  {'yes' if condition else 'NO '}  {sentence}", flush=True)
    if not condition:
        raise Failed(f"It is not so that {sentence}.")


def look(engine: Engine, site: Site, http: int) -> None:
    """Check what the stack promises, from outside and inside."""
    status, headers, _ = site.get("/healthz/")
    expect(status == 200, "the health page answers through the proxy")
    expect("Strict-Transport-Security" in headers, "browsers are told to stay with HTTPS")
    status, _, body = site.get("/en/")
    expect(status == 200 and b"<h1" in body, "the home page answers")
    found = re.search(rb'(?:href|src)="(/static/[^"]+\.[0-9a-f]{12}\.css)"', body)
    expect(found is not None, "the home page names its style sheet by a digest")
    status, headers, _ = site.get(found[1].decode())
    expect(
        status == 200 and "immutable" in headers["Cache-Control"],
        "the proxy serves the style sheet, to be kept for ever",
    )
    connection = HTTPConnection("127.0.0.1", http, timeout=10)
    connection.request("GET", "/en/", headers={"Host": NAME})
    expect(connection.getresponse().getheader("Location") == f"https://{NAME}/en/", "plain HTTP is sent to HTTPS")
    connection.close()
    expect(site.get("/protected/secret.pdf")[0] == 404, "protected files have no address of their own")
    for service, uid in UNPRIVILEGED.items():
        expect(engine.inside(service, "id", "-u") == uid, f"{service} runs as {uid}")
        written = engine.inside(service, "sh", "-c", "touch /written 2>/dev/null || echo refused")
        expect(written == "refused", f"{service} cannot write to its root")


def look_at_files(engine: Engine, site: Site) -> None:
    """Check that a stored file comes from the proxy, and only by way of the portal."""
    path = engine.inside("web", "python", "manage.py", "shell", "--verbosity=0", "--command", PUBLISH).splitlines()[-1]
    status, headers, body = site.get(path)
    expect((status, body) == (200, b"%PDF-1.7 of the stack"), "a public file arrives whole")
    expect(headers["Server"] == "nginx" and "ETag" in headers, "the proxy itself sends it")
    expect(headers["X-Content-Type-Options"] == "nosniff", "browsers do not guess its type")
    expect(headers["Content-Security-Policy"].startswith("sandbox"), "it cannot act on the site")
    stored = engine.inside("proxy", "sh", "-c", "cd /srv/media && find . -type f").splitlines()[0]
    expect(site.get(f"/protected/{stored}")[0] == 404, "it has no other address")


def look_at_the_database(engine: Engine) -> None:
    """Check what the application's role may not do."""
    for statement in ("CREATE TABLE intruder ()", "DELETE FROM efc_auditentry", "TRUNCATE efc_auditentry"):
        said = engine.inside(
            "postgres", "psql", "-h", "/var/run/postgresql", "-U", "efc_app", "efc", "-c", statement, check=False
        )
        expect("permission denied" in said, f"the application may not {statement}")


def look_at_the_clock(engine: Engine) -> None:
    """Check that beat rings and the worker answers."""
    worker = engine.container("worker")
    wait_for(lambda: "succeeded" in engine.call("podman", "logs", worker, check=False), "task done by the worker", 60)
    expect(True, "the worker has done what the clock rang for")


def memory(engine: Engine) -> dict[str, str]:
    """Return what each container uses."""
    lines = engine.call("podman", "stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}").splitlines()
    used = dict(line.split(" ", 1) for line in lines)
    return {service: used[engine.container(service)].split(" / ")[0] for service in SERVICES}


def bring_up(engine: Engine, site: Site, http: int, figures: dict) -> None:
    """Build, start, look, and write down the figures."""
    began = time.monotonic()
    print("Installing the engine …", flush=True)
    engine.install()
    print("Building the images …", flush=True)
    engine.build()
    figures["build_seconds"] = round(time.monotonic() - began, 1)
    with Processes() as processes:
        engine.start(processes)
        try:
            began = time.monotonic()
            print("Starting the stack …", flush=True)
            engine.compose("up", "--detach", "--wait", "--wait-timeout", "240", "--no-build", "--pull", "never")
            figures["healthy_seconds"] = round(time.monotonic() - began, 1)
            figures["health"] = engine.health()
            look(engine, site, http)
            look_at_files(engine, site)
            look_at_the_database(engine)
            look_at_the_clock(engine)
            figures["memory"] = memory(engine)
        except Failed:
            for service in ("migrate", *SERVICES):
                said = engine.call("podman", "logs", "--tail", "12", engine.container(service), check=False)
                print(f"── {service} ──\n{said}", flush=True)
            raise
        finally:
            began = time.monotonic()
            engine.compose("down", "--volumes", "--timeout", "30")
            figures["stop_seconds"] = round(time.monotonic() - began, 1)


def main() -> int:
    """Run it all."""
    argparse.ArgumentParser(prog="make test-stack", description=__doc__).parse_args()
    figures = {"target": "test-stack", "ok": False}
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print("The stack is tried as root on Debian: the engine comes from Debian's packages.")
        print(json.dumps(figures | {"reason": "not root on Debian"}))
        return 1
    directory = Path(tempfile.mkdtemp(prefix="efc-stack-", dir="/var/tmp"))
    http, https = free_port(), free_port()
    prepare(directory, http, https)
    engine = Engine(directory, project="efc-stack-test")
    try:
        bring_up(engine, Site(https, directory / "certificates/fullchain.pem"), http, figures)
        figures["ok"] = True
    except (Failed, OSError) as failure:
        print(f"\n{failure}")
        figures["reason"] = str(failure).splitlines()[0]
    finally:
        engine.clear()
        shutil.rmtree(directory, ignore_errors=True)
    print(json.dumps(figures))
    return 0 if figures["ok"] else 1


def free_port() -> int:
    """Return a port that nobody listens on at the moment."""
    (listener,) = ports.take(0, "the proxy", ("127.0.0.1",))
    with listener:
        return listener.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main())
