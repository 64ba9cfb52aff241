"""The people and the work of these tests: a programme of 2026, two work packages, a lead for each."""

from datetime import date
from io import BytesIO
from types import SimpleNamespace

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfWriter

from efc import roles
from efc.permissions import redraw
from tests.conftest import make_user
from tests.factories import (
    DeliverableFactory,
    LeadFactory,
    LeadPersonFactory,
    PersonFactory,
    ProgrammeFactory,
    WorkPackageFactory,
)

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def client_of(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def pdf(name="training-book.pdf"):
    writer, data = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": name})  # files of different names differ
    writer.write(data)
    return SimpleUploadedFile(name, data.getvalue(), "application/pdf")


@pytest.fixture
def observer(db):
    return make_user("observer@member.example", "Observer", roles.OBSERVER)


@pytest.fixture
def march(db):
    """Stand on 17 March 2026, at ten in Brussels."""
    with time_machine.travel("2026-03-17 09:00+00:00", tick=False):
        yield


@pytest.fixture
def plan(march):
    """The plan of 2026: D4.1 is due at the end of April, D1.1 was due at the end of January and is late."""
    programme = ProgrammeFactory(name="Plan 2026", slug="2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    training = WorkPackageFactory(programme=programme, number=4, name="Training", slug="training")
    operations = WorkPackageFactory(programme=programme, number=1, name="Operations", slug="operations")
    book = DeliverableFactory(work_package=training, number=1, title="Training book", baseline_month=4)
    mechanism = DeliverableFactory(work_package=operations, number=1, title="Support mechanism", baseline_month=1)
    people = {}
    for name, package in (("trainer", training), ("second_trainer", training), ("operator", operations)):
        people[name] = make_user(f"{name.replace('_', '-')}@member.example", name.replace("_", " ").capitalize())
        person = PersonFactory(name=people[name].full_name, user=people[name])
        LeadPersonFactory(lead=LeadFactory(work_package=package), person=person)
    redraw()
    return SimpleNamespace(
        programme=programme, training=training, operations=operations, book=book, mechanism=mechanism, **people
    )
