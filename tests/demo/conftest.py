"""The demonstration, loaded once for this package, on 22 November 2026, in a transaction that is rolled back.

Each test has a savepoint in it, and all of them run in one worker.
"""

from datetime import date
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as live_settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings

TODAY = date(2026, 11, 22)  # a Sunday
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]
BRUSSELS = ZoneInfo("Europe/Brussels")
FOUNDERS = {
    "eurojust",
    "google",
    "inhope",
    "mastercard",
    "microsoft",
    "missing-children-europe",
    "paypal",
    "visa-europe",
}


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("demo"))


@pytest.fixture(scope="package")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    media = tmp_path_factory.mktemp("demo")
    finders_only = {
        **live_settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with django_db_blocker.unblock(), transaction.atomic():
        said = StringIO()
        with override_settings(DEMO=True, MEDIA_ROOT=media, STORAGES=finders_only, PASSWORD_HASHERS=QUICK):
            call_command("load_demo", today=TODAY, stdout=said)
        yield SimpleNamespace(said=said.getvalue(), media=media)
        connection.check_constraints()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _in_the_demo(demo, settings):
    settings.DEMO, settings.MEDIA_ROOT, settings.PASSWORD_HASHERS = True, demo.media, QUICK
