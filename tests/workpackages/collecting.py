"""The people and the template of the tests on collecting data: a keeper, and organisations with somebody who fills in."""

from datetime import date
from types import SimpleNamespace

import pytest

from efc.permissions import redraw
from members.models import Sector
from tests.conftest import make_user
from tests.factories import (
    DataRoundFactory,
    DataTemplateFactory,
    LeadFactory,
    LeadPersonFactory,
    MemberFactory,
    OrganisationFactory,
    PersonFactory,
    RepresentativeFactory,
    WorkPackageFactory,
)
from tests.workpackages.conftest import client_of
from workpackages.models import DataReturn
from workpackages.services import collection

QUESTIONS = [
    {"key": "cases", "section": "Cases", "label": "Cases opened", "unit": "cases", "is_of_people": True, "ceiling": 5000},
    {"key": "cases_paid", "section": "Cases", "label": "of them with a payment", "is_of_people": True, "part_of": "cases"},
    {"key": "accounts", "label": "Accounts closed", "is_required": False},
    {"key": "share", "label": "Share of virtual currency", "kind": "percentage", "is_required": False},
    {"key": "has_process", "label": "Is there a process?", "kind": "yes_no", "is_required": False},
    {"key": "source", "label": "Main source", "kind": "choice", "choices": ["Hotlines", "Police"], "is_required": False},
    {"key": "since", "label": "Since when", "kind": "month", "is_required": False},
]  # fmt: skip
NAMES = {"bank": Sector.PAYMENT, "police": Sector.LAW_ENFORCEMENT, "hotline": Sector.NGO}


@pytest.fixture(name="figures")
def asked(march):
    """Stand on 17 March 2026 with a round that is due on 16 April: a bank, a police and a hotline are asked."""
    package = WorkPackageFactory(number=2, name="Strategic analysis", programme__slug="figures")
    keeper = make_user("analyst@member.example", "Analyst")
    lead = LeadFactory(work_package=package, organisation=OrganisationFactory(name="Institute"))
    LeadPersonFactory(lead=lead, person=PersonFactory(name="Analyst", user=keeper))
    people = {}
    for name, sector in NAMES.items():
        member = MemberFactory(name=name.capitalize(), slug=name, sector=sector)
        people[name] = make_user(f"{name}@member.example", f"{name.capitalize()} officer")
        RepresentativeFactory(organisation=member, person__user=people[name], person__name=f"{name} officer")
    redraw()
    template = DataTemplateFactory(
        work_package=package, name="Unified template", fields=[dict(one) for one in QUESTIONS], in_force=True
    )
    round_ = DataRoundFactory(
        work_package=package, template=template, title="Second half of 2025", starts_on=date(2025, 7, 1), ends_on=date(2025, 12, 31)
    )  # fmt: skip
    collection.open_round(round_, by=None)
    round_.refresh_from_db()
    return SimpleNamespace(package=package, keeper=keeper, template=template, round=round_, **people)


def of(round_, slug):
    return DataReturn.objects.get(round=round_, organisation__slug=slug)


def home(round_, slug):
    return f"/workspace/data/rounds/{round_.pk}/returns/{slug}/"


def answer(figures, slug, *, send=True, **values):
    """Fill in a return through its pages, and send it."""
    client, row = client_of(getattr(figures, slug)), of(figures.round, slug)
    given = {"seen": row.revision, "check": "1", "cases": "10", "cases_paid": "5", **values}
    assert client.post(home(figures.round, slug) + "fill/", given).status_code == 302
    if send:
        row.refresh_from_db()
        reply = client.post(home(figures.round, slug) + "check/", {"seen": row.revision})
        assert reply.status_code == 302, reply.content.decode()
    return of(figures.round, slug)
