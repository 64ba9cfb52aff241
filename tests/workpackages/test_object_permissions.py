"""Who sees and writes what of two work packages: every kind of record × every door × each persona, against tables written by hand.

Each record carries a word of its own, the kind and the number of its work package before `quagga`; what a persona sees is the set
of those words in all bytes that a door answers.
"""

import re
from datetime import date
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client

from efc.permissions import redraw
from tests.conftest import make_user
from tests.factories import (
    ContributorFactory,
    DataRoundFactory,
    DeliverableFactory,
    DeliverableFileFactory,
    ExtensionFactory,
    LeadFactory,
    LeadPersonFactory,
    MemberFactory,
    MilestoneEvidenceFactory,
    MilestoneFactory,
    PersonFactory,
    ProgrammeFactory,
    ReportPeriodFactory,
    RepresentativeFactory,
    RiskFactory,
    WorkPackageFactory,
)
from tests.workpackages.conftest import client_of, pdf
from workpackages.models import Comment, DataReturn, Narrative, Update
from workpackages.services import collection, documents, tasks

WORD = re.compile(rb"([a-z]+[12ab])quagga")

# What is written of each work package. Tasks, the team's documents and files are also for the organisations of the team: A takes
# part in WP1, and reads the name of a deliverable beside its file. WP2 collects data: a return is for its organisation and the
# keepers of the round, and for nobody else, the Steering Group included.
OF_LEADS = "deliverable update cause comment file milestone evidence risk narrative"
OF_TEAM = "task team"
OF_MEMBERS = "members"


def words(kinds, *numbers):
    return {f"{kind}{number}" for kind in kinds.split() for number in numbers}


ALL = f"{OF_LEADS} {OF_TEAM} {OF_MEMBERS}"
RETURNS = {"returna", "returnb"}
SEEN = {
    # The pages of the workspace. Texts for a report that is not approved are read by who writes them and by the Secretariat.
    "pages": {
        "lead_1": words(ALL, 1) | words(OF_MEMBERS, 2),
        "lead_2": words(ALL, 2) | words(OF_MEMBERS, 1) | RETURNS,
        "representative_a": words(f"{OF_TEAM} deliverable file", 1) | words(OF_MEMBERS, 1, 2) | {"returna"},
        "representative_b": words(OF_MEMBERS, 1, 2) | {"returnb"},
        "sg_member": words(ALL, 1, 2) - words("narrative", 1, 2),
        "secretariat": words(ALL, 1, 2) | RETURNS,
    },
    # The same, without the name of a deliverable that one does not read. Comments on returns are not in the API.
    "api": {
        "lead_1": words(ALL, 1) | words(OF_MEMBERS, 2),
        "lead_2": words(ALL, 2) | words(OF_MEMBERS, 1),
        "representative_a": words(f"{OF_TEAM} file", 1) | words(OF_MEMBERS, 1, 2),
        "representative_b": words(OF_MEMBERS, 1, 2),
        "sg_member": words(ALL, 1, 2) - words("narrative", 1, 2),
        "secretariat": words(ALL, 1, 2),
    },
    "export": {
        "lead_1": words("deliverable update", 1),
        "lead_2": words("deliverable update", 2),
        "representative_a": set(),
        "sg_member": words("deliverable update", 1, 2),
    },
    "desk": {
        "lead_1": set(),
        "representative_a": set(),
        "sg_member": set(),
        "secretariat": words("deliverable update cause comment file milestone evidence risk", 1, 2),
    },
    # Of what is inside, documents alone are searched.
    "search": {
        "lead_2": words("team", 2) | words(OF_MEMBERS, 1, 2),
        "representative_a": words("team", 1) | words(OF_MEMBERS, 1, 2),
        "representative_b": words(OF_MEMBERS, 1, 2),
        "visitor": set(),
    },
}  # fmt: skip

# What the API answers to who reads the return of A and that of B.
RETURNS_READ = {
    "lead_1": (404, 404), "lead_2": (200, 200), "representative_a": (200, 404), "representative_b": (404, 200), "sg_member": (404, 404),
    "secretariat": (200, 200), "visitor": (401, 401),
}  # fmt: skip

# What an act answers at WP1 and at WP2. 404: it does not exist for this person; 403: they see it and may not.
WRITES = {
    "report": {
        "lead_1": (200, 404), "lead_2": (404, 200), "representative_a": (404, 404), "sg_member": (403, 403),
        "secretariat": (200, 200), "visitor": (401, 401),
    },
    "comment": {
        "lead_1": (201, 404), "lead_2": (404, 201), "representative_a": (404, 404), "sg_member": (201, 201),
        "secretariat": (201, 201), "visitor": (401, 401),
    },
    "ask for time": {  # 400: what is sent names a deliverable that does not exist for this person
        "lead_1": (201, 400), "lead_2": (400, 201), "representative_a": (400, 400), "sg_member": (403, 403),
        "secretariat": (201, 201), "visitor": (401, 401),
    },
    "grant": {
        "lead_1": (403, 404), "lead_2": (404, 403), "representative_a": (404, 404), "sg_member": (403, 403),
        "secretariat": (200, 200), "visitor": (401, 401),
    },
    "write a text": {
        "lead_1": (200, 404), "lead_2": (404, 200), "representative_a": (404, 404), "sg_member": (404, 404),
        "secretariat": (200, 200), "visitor": (401, 401),
    },
    "reach a milestone": {
        "lead_1": (400, 404), "lead_2": (404, 400), "representative_a": (404, 404), "sg_member": (403, 403),
        "secretariat": (400, 400), "visitor": (401, 401),
    },
    "change a risk": {
        "lead_1": (422, 404), "lead_2": (404, 422), "representative_a": (404, 404), "sg_member": (404, 404),
        "secretariat": (422, 422), "visitor": (302, 302),
    },
    "give a task": {
        "lead_1": (422, 404), "lead_2": (404, 422), "representative_a": (404, 404), "sg_member": (404, 404),
        "secretariat": (422, 422), "visitor": (302, 302),
    },
    "share a document": {
        "lead_1": (422, 404), "lead_2": (404, 422), "representative_a": (404, 404), "sg_member": (404, 404),
        "secretariat": (422, 422), "visitor": (302, 302),
    },
}  # fmt: skip


def account(name):
    user = make_user(f"{name}@member.example", name.replace("_", " ").capitalize())
    PersonFactory(name=user.full_name, user=user)
    return user


@pytest.fixture
def world(march, sg_member, secretariat):
    """Two work packages alike, each with a record of every kind and a lead; organisation A takes part in the first, B in none."""
    programme = ProgrammeFactory(name="Plan 2026", slug="2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    people = {name: account(name) for name in ("lead_1", "lead_2", "representative_a", "representative_b")}
    found = SimpleNamespace(one={}, two={}, **people, sg_member=sg_member, secretariat=secretariat)
    packages = [WorkPackageFactory(programme=programme, number=number, slug=f"wp{number}") for number in (1, 2)]
    for package in packages:
        lead = people[f"lead_{package.number}"]
        LeadPersonFactory(lead=LeadFactory(work_package=package), person=lead.person)
    for name in ("representative_a", "representative_b"):
        RepresentativeFactory(organisation=MemberFactory(name=name[-1].upper()), person=people[name].person)
    ContributorFactory(
        work_package=packages[0], organisation=people["representative_a"].person.represents.get().organisation
    )
    redraw()
    days = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 3, 16)}
    period = ReportPeriodFactory(programme=programme, number=1, pdf="", **days)
    data_round = DataRoundFactory(work_package=packages[1], template__work_package=packages[1])
    collection.open_round(data_round, by=None)
    found.returns = list(DataReturn.objects.filter(organisation__name__in="AB").order_by("organisation__name"))
    for row in found.returns:
        row.comments.create(text=f"return{row.organisation.name.lower()}quagga")
    found.packages = {
        package.number: records(package, people[f"lead_{package.number}"], period) for package in packages
    }
    return found


def records(package, lead, period):
    def word(kind):
        return f"{kind}{package.number}quagga"

    content = ContentFile(f"%PDF-1.7 {word('file')}".encode(), name="a.pdf")
    deliverable = DeliverableFactory(work_package=package, number=1, title=word("deliverable"), baseline_month=6)
    Update.objects.create(deliverable=deliverable, outlook="on_track", sentence=word("update"), written_by=lead)
    Comment.objects.create(deliverable=deliverable, text=word("comment"), written_by=lead)
    milestone = MilestoneFactory(work_package=package, number=1, title=word("milestone"), baseline_month=6)
    evidence = MilestoneEvidenceFactory(milestone=milestone, sentence=word("evidence"))
    text = Narrative.objects.get(period=period, work_package=package)
    Narrative.objects.filter(pk=text.pk).update(text=word("narrative"), status="drafted")
    shared = {
        access: documents.add_document(package, by=lead, file=pdf(), title=word(access), kind="paper", access=access)
        for access in ("team", "members")
    }
    return SimpleNamespace(
        number=package.number, deliverable=deliverable, milestone=milestone, evidence=evidence, text=text, shared=shared,
        extension=ExtensionFactory(deliverable=deliverable, cause=word("cause")), file=DeliverableFileFactory(deliverable=deliverable, name=f"{word('file')}.pdf", file=content),
        risk=RiskFactory(work_package=package, number=1, title=word("risk")), task=tasks.add_task(package, by=lead, title=word("task")), period=period,
    )  # fmt: skip


def pages(one):
    area = f"/workspace/programmes/2026/wp/{one.number}/"
    return [
        area, f"{area}deliverables/1/", f"{area}deliverables/1/update/", f"{area}deliverables/1/files/1/",
        f"{area}milestones/1/", f"{area}milestones/1/evidence/{one.evidence.pk}/", f"{area}risks/1/", f"{area}tasks/", f"{area}tasks/{one.task.pk}/",
        f"{area}documents/", *[document.get_absolute_url() for document in one.shared.values()], f"/workspace/reports/2026/1/texts/{one.number}/",
    ]  # fmt: skip


COMMON = [
    "/workspace/sg/", "/workspace/deliverables/", "/workspace/programmes/2026/milestones/", "/workspace/programmes/2026/risks/",
    "/workspace/documents/", "/workspace/tasks/", "/workspace/reports/2026/1/", "/workspace/promises/", "/en/work/2026/",
]  # fmt: skip
LISTS = [
    "deliverables", "extensions", "milestones", "risks", "tasks", "documents", "report-texts", "report-periods", "promises", "data-returns",
]  # fmt: skip


def api(one):
    address = f"/api/v1/deliverables/{one.deliverable.pk}/"
    return [
        address, f"{address}updates/", f"{address}comments/", f"{address}files/", f"{address}files/1/",
        f"/api/v1/extensions/{one.extension.pk}/", f"/api/v1/report-texts/{one.text.pk}/", f"/api/v1/milestones/{one.milestone.pk}/",
        f"/api/v1/risks/{one.risk.pk}/", f"/api/v1/tasks/{one.task.pk}/", *(f"/api/v1/documents/{row.pk}/" for row in one.shared.values()),
    ]  # fmt: skip


def desk(one):
    screens = {"deliverable": one.deliverable, "milestone": one.milestone, "risk": one.risk, "reportperiod": one.period}
    return [
        f"/admin/workpackages/{name}/{record.pk}/{page}/"
        for name, record in screens.items()
        for page in ("change", "history")
    ]


def addresses(world):
    """Return {door: addresses}."""
    both = world.packages.values()
    return {
        "pages": [*COMMON, *(page for one in both for page in pages(one)), *(row.get_absolute_url() for row in world.returns)],
        "api": [*(f"/api/v1/{name}/" for name in LISTS), *(page for one in both for page in api(one))],
        "export": ["/workspace/deliverables/export/csv/"],
        "desk": [*(f"/admin/workpackages/{name}/" for name in ("deliverable", "milestone", "risk")), *(page for one in both for page in desk(one))],
    }  # fmt: skip


def client(world, persona):
    return Client() if persona == "visitor" else client_of(getattr(world, persona))


def content(answer):
    if answer.status_code != 200:
        return b""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def seen_at(client, pages):
    return {word.decode() for page in pages for word in WORD.findall(content(client.get(page)))}


def found_by(client):
    """Return the records that the search shows; its page repeats the words that were asked, so the hits are looked at."""
    seen = set()
    for word in ("deliverable1", "task1", "team1", "team2", "members1", "members2"):
        answer = client.get("/en/search/", {"q": f"{word}quagga"})
        for hit in answer.context.get("page_obj") or []:
            seen |= {found.decode() for found in WORD.findall(f"{hit.title} {hit.headline}".encode())}
    return seen


def test_each_persona_sees_what_the_table_says(world):
    pages, wrong = addresses(world), {}
    for door, table in SEEN.items():
        for persona, expected in table.items():
            who = client(world, persona)
            seen = found_by(who) if door == "search" else seen_at(who, pages[door])
            if seen != expected:
                wrong[door, persona] = {"too much": seen - expected, "missing": expected - seen}
    assert wrong == {}


def test_a_return_is_read_by_its_organisation_and_the_keepers_of_the_round(world):
    got = {
        persona: tuple(
            client(world, persona).get(f"/api/v1/data-returns/{row.pk}/").status_code for row in world.returns
        )
        for persona in RETURNS_READ
    }
    assert got == RETURNS_READ


def send(client, one, act):
    """Do one act as the persona and return the status of the answer."""
    deliverable, area = f"/api/v1/deliverables/{one.deliverable.pk}/", f"/workspace/programmes/2026/wp/{one.number}/"
    seen = one.deliverable.updates.first().pk
    asked = {"deliverable": one.deliverable.pk, "cause": "In May.", "proposed_on": "2031-01-31"}
    json = "application/json"
    acts = {
        "report": lambda: client.post(f"{deliverable}report/", {"outlook": "on_track", "sentence": "Well.", "seen": seen}, json),
        "comment": lambda: client.post(f"{deliverable}comments/", {"text": "Well."}, json),
        "ask for time": lambda: client.post("/api/v1/extensions/", asked, json),
        "grant": lambda: client.post(f"/api/v1/extensions/{one.extension.pk}/grant/", {}, json),
        "write a text": lambda: client.patch(f"/api/v1/report-texts/{one.text.pk}/", {"text": "Well."}, json),
        "reach a milestone": lambda: client.post(f"/api/v1/milestones/{one.milestone.pk}/reach/", {"reached_on": "soon"}, json),
        "change a risk": lambda: client.post(f"{area}risks/1/change/", {}),
        "give a task": lambda: client.post(f"{area}tasks/", {}),
        "share a document": lambda: client.post(f"{area}documents/", {}),
    }  # fmt: skip
    return acts[act]().status_code


def test_each_persona_writes_what_the_table_says(world):
    got = {}
    for act, table in WRITES.items():
        for persona in table:
            with transaction.atomic():
                who = client(world, persona)
                got.setdefault(act, {})[persona] = tuple(send(who, one, act) for one in world.packages.values())
                transaction.set_rollback(True)
    assert got == WRITES
