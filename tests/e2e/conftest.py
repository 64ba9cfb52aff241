"""The whole portal as `make demo` starts it, with a state of its own, and a browser that looks at it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

PROJECT = Path(__file__).resolve().parents[2]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OURS = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "SECRET_KEY",
    "EFC_STATE",
    "DJANGO_SETTINGS_MODULE",
)
CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)


def pytest_collection_modifyitems(items):
    """Keep the walks in one worker, which starts the portal once."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("portal"))


class Portal:
    """A running demo: `site`, `inbox`, `accounts` {role: (e-mail, password)}, and the letters that were caught."""

    def __init__(self, facts):
        self.site, self.inbox = facts["site"], facts["inbox"]
        self.accounts = {role: (email, password) for role, email, password in facts["accounts"]}

    def letters(self, to):
        """Return the letters to an address, newest first."""
        with urlopen(f"{self.inbox}/messages.json?to={to}") as answer:
            keys = [letter["id"] for letter in json.load(answer)]
        return [self._letter(key) for key in keys]

    def _letter(self, key):
        with urlopen(f"{self.inbox}/messages/{key}.json") as answer:
            return json.load(answer)


@pytest.fixture(scope="session")
def portal():
    """Start the demo once; EFC_E2E names the state directory of one that runs already."""
    if running := os.environ.get("EFC_E2E"):
        yield Portal(json.loads((Path(running) / "demo.json").read_text()))
        return
    state = Path(tempfile.mkdtemp(prefix="efc-e2e-"))
    state.chmod(0o711)
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    demo = [sys.executable, "-m", "efc.embedded.demo", "--state", str(state)]
    with (state / "demo.log").open("w") as log:
        process = subprocess.Popen(
            [*demo, "start", "--port", "0", "--inbox-port", "0"], cwd=PROJECT, env=environment, stdout=log, stderr=log
        )
    facts, deadline = state / "demo.json", time.monotonic() + 240
    while not facts.exists():
        assert process.poll() is None and time.monotonic() < deadline, (state / "demo.log").read_text()[-3000:]  # noqa: PT018
        time.sleep(0.2)
    yield Portal(json.loads(facts.read_text()))
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(40)
    finally:
        subprocess.run([*demo, "reset"], cwd=PROJECT, env=environment, capture_output=True, check=False)
        shutil.rmtree(state, ignore_errors=True)


@pytest.fixture(scope="session")
def browser():
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install -y chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser, portal):
    """Open pages that note console errors, failed answers and every request that leaves the portal."""
    contexts, troubles = [], []

    def open_page(**options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: (
                troubles.append(f"{page.url}: {message.text}")
                if message.type == "error" and "status of 422" not in message.text  # a form that asks again
                else None
            ),
        )
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
        context.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((portal.site, portal.inbox))
                else troubles.append(f"{page.url} asked {request.url}")
            ),
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def wait_for(what, seconds=40):
    """Return what `what()` answers once that is true."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.3)
    return found


def sign_in(page, portal, role):
    email, password = portal.accounts[role]
    page.goto(f"{portal.site}/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", password)
    page.click("main button[type=submit]")
