"""Leads share documents with the team, with all members or with everybody; who may not read one does not find it."""

import hashlib
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from efc import cache
from efc.models import AuditEntry
from efc.permissions import redraw
from tests.conftest import make_user
from tests.factories import (
    ContributorFactory,
    DeliverableFileFactory,
    DocumentVersionFactory,
    OrganisationFactory,
    PersonFactory,
    RepresentativeFactory,
)
from tests.workpackages.conftest import client_of, pdf
from workpackages.models import DeliverableFile, Document
from workpackages.services import deliverables, documents

OF_WP4 = "/workspace/programmes/2026/wp/4/documents/"
SHELF = "/workspace/documents/"


def acting(name, organisation=None):
    """Return an account that acts for an organisation, for a member where none is given."""
    user = make_user(f"{name}@bank.example", name.capitalize())
    fields = {"organisation": organisation} if organisation else {}
    RepresentativeFactory(person=PersonFactory(name=name.capitalize(), user=user), **fields)
    return user


@pytest.fixture
def readers(plan, sg_member, secretariat):
    """Who may read what: a visitor, and people near the work package and far from it."""
    helper = acting("helper")
    ContributorFactory(work_package=plan.training, organisation=helper.person.represents.get().organisation)
    found = {
        "lead": plan.trainer, "helper": helper, "steering group": sg_member, "officer": secretariat,
        "other lead": plan.operator, "member": acting("member"), "no member": acting("network", OrganisationFactory()),
    }  # fmt: skip
    redraw()
    return {"visitor": Client()} | {name: client_of(user) for name, user in found.items()}


@pytest.fixture
def shared(plan):
    """One document of each access level."""
    found = {
        level: documents.add_document(
            plan.training,
            by=plan.trainer,
            file=pdf(f"{level}.pdf"),
            title=f"Paper for {level}",
            kind="paper",
            access=level,
        )
        for level in ("team", "members", "public")
    }
    return SimpleNamespace(**found)


def public_page(readers):
    """Return the page of the work package as it is made now: the tests never commit, so a kept one would stand."""
    cache._pages.clear()
    return readers["visitor"].get("/en/work/2026/training/").content.decode()


TEAM = {"lead", "helper", "steering group", "officer"}
MEMBERS = TEAM | {"other lead", "member"}


def test_each_level_has_its_readers_through_page_file_list_and_search(shared, readers):
    lists = {name: client.get(SHELF).content.decode() for name, client in readers.items()}
    for level, expected in (("team", TEAM), ("members", MEMBERS), ("public", MEMBERS | {"no member"})):
        document = getattr(shared, level)
        found = {
            what: {name for name, client in readers.items() if client.get(address).status_code == 200}
            for what, address in (("page", f"{SHELF}{document.pk}/"), ("file", f"{SHELF}{document.pk}/files/1/"))
        }
        found["list"] = {name for name, page in lists.items() if document.title in page}
        assert found == dict.fromkeys(("page", "file", "list"), expected), level
    public = shared.public.get_public_url()
    hits = {
        name: {
            hit.partition("<")[0]
            for hit in client.get("/en/search/", {"q": "paper"}).content.decode().split("Paper for ")[1:]
        }
        for name, client in readers.items()
    }
    assert hits == {
        name: {"public"} | ({"members"} if name in MEMBERS else set()) | ({"team"} if name in TEAM else set())
        for name in readers
    }
    answer = readers["visitor"].get(public)
    assert (answer.status_code, answer["Content-Disposition"]) == (200, "inline; filename*=UTF-8''public.pdf")
    page = public_page(readers)
    assert public in page
    assert "Paper for members" not in page
    for hidden in (shared.team, shared.members):
        assert readers["visitor"].get(hidden.get_public_url()).status_code == 404


def test_a_lead_adds_a_document_and_its_next_version(plan, readers):
    client = readers["lead"]
    answer = client.post(
        OF_WP4, {"title": "Minutes of March", "kind": "minutes", "access": "team", "file": pdf("minutes.pdf")}
    )
    document = Document.objects.get()
    assert answer["Location"] == f"{SHELF}{document.pk}/"

    assert (
        client.post(
            f"{SHELF}{document.pk}/versions/", {"file": pdf("minutes-2.pdf"), "note": "With the comments."}
        ).status_code
        == 302
    )

    _first, second = document.versions.order_by("version")
    assert (second.version, second.name, second.note, second.uploaded_by) == (
        2,
        "minutes-2.pdf",
        "With the comments.",
        plan.trainer,
    )
    assert second.sha256 == hashlib.sha256(second.file.read()).hexdigest()
    assert second.size_bytes == second.file.size
    same = client.post(f"{SHELF}{document.pk}/versions/", {"file": pdf("minutes-2.pdf")})
    assert same.status_code == 422
    assert "This is the same file as version 2. Choose the new one." in same.content.decode()
    assert document.versions.count() == 2
    # The team opens earlier versions; who reads as a member opens the latest one.
    client.post(f"{SHELF}{document.pk}/change/", {"title": "Minutes", "kind": "minutes", "access": "members"})
    found = {
        name: [readers[name].get(f"{SHELF}{document.pk}/files/{n}/").status_code for n in (1, 2)]
        for name in ("helper", "member")
    }
    assert found == {"helper": [200, 200], "member": [404, 200]}
    entry = AuditEntry.objects.get(verb="workpackages.document.change")
    assert entry.data == {"fields": ["title", "access"], "before": "team", "after": "members"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": ""}, "Give the document a title."),
        ({"access": "world"}, "Choose one."),
        ({"file": None}, "Choose the file of the document."),
        ({"file": "tool.exe"}, "Choose a PDF, Word (docx), Excel (xlsx), PNG or JPEG file."),
        ({"file": "text.pdf"}, "This file cannot be read as a PDF."),
    ],
)
def test_what_cannot_stand_is_said_and_nothing_is_stored(plan, fields, sentence):
    files = {"tool.exe": b"MZ", "text.pdf": b"plain text"}
    sent = {
        "title": "Minutes",
        "kind": "minutes",
        "access": "team",
        "file": pdf(),
        "about": "The third meeting.",
        **fields,
    }
    if sent["file"] in files:
        sent["file"] = SimpleUploadedFile(sent["file"], files[sent["file"]])
    answer = client_of(plan.trainer).post(OF_WP4, {name: value for name, value in sent.items() if value is not None})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "The third meeting." in answer.content.decode()
    assert not Document.objects.exists()


def test_a_withdrawn_document_is_gone_for_readers_and_stays_for_the_team_with_its_reason(shared, readers):
    one, public = f"{SHELF}{shared.public.pk}/", shared.public.get_public_url()
    assert public in public_page(readers)
    answer = readers["lead"].post(one + "withdraw/", {"reason": ""})
    assert (answer.status_code, "Say in one sentence why" in answer.content.decode()) == (422, True)

    readers["lead"].post(one + "withdraw/", {"reason": "A figure was wrong."})

    assert {name for name, client in readers.items() if client.get(one).status_code == 200} == TEAM
    assert readers["visitor"].get(public).status_code == 404
    assert public not in public_page(readers)
    assert "A figure was wrong." in readers["helper"].get(OF_WP4).content.decode()
    assert "A figure was wrong." in readers["helper"].get(one).content.decode()
    assert readers["lead"].post(one + "versions/", {"file": pdf()}, follow=True).status_code == 200
    assert shared.public.versions.count() == 1
    readers["lead"].post(one + "restore/")
    assert readers["visitor"].get(public).status_code == 200


def test_only_leads_and_the_secretariat_keep_documents(shared, readers):
    one = f"{SHELF}{shared.public.pk}/"
    sent = {
        OF_WP4: {"title": "Mine", "kind": "paper", "access": "public", "file": pdf()},
        one + "versions/": {"file": pdf()},
        one + "change/": {"title": "Mine", "kind": "paper", "access": "public"},
        one + "withdraw/": {"reason": "Mine"},
        one + "restore/": {},
    }
    for name in ("helper", "steering group", "other lead", "member", "no member"):
        assert {readers[name].post(path, fields).status_code for path, fields in sent.items()} <= {404}, name
    assert Document.objects.get(pk=shared.public.pk).title == "Paper for public"
    assert readers["officer"].post(one + "withdraw/", {"reason": "By the Secretariat."}).status_code == 302


# ── files of deliverables ────────────────────────────────────────────────


@pytest.fixture
def handed_in(plan, march):
    """D4.1, handed in with a file for everybody and then the full one for the team."""
    files = [
        DeliverableFileFactory(deliverable=plan.book, version=number, name=f"{level}.pdf", access=level)
        for number, level in ((1, "public"), (2, "members"), (3, "team"))
    ]
    plan.book.is_public_result = True
    plan.book.save()
    deliverables.submit_deliverable(plan.book, by=plan.trainer)
    plan.book.refresh_from_db()
    return files


def opened(readers, plan):
    files = "/workspace/programmes/2026/wp/4/deliverables/1/files/"
    found = [
        {name for name, client in readers.items() if client.get(f"{files}{n}/").status_code == 200} for n in (1, 2, 3)
    ]
    public = readers["visitor"].get("/en/work/2026/training/deliverables/1/public.pdf").status_code
    return [*found, public]


def test_a_file_of_a_deliverable_opens_by_its_level_while_it_is_handed_in(plan, handed_in, readers, secretariat):
    assert opened(readers, plan) == [MEMBERS | {"no member"}, MEMBERS, TEAM, 200]
    page = public_page(readers)
    assert "/en/work/2026/training/deliverables/1/public.pdf" in page
    listed = readers["member"].get(SHELF).content.decode()
    assert "D4.1 Training book" in listed
    assert "/files/2/" in listed
    assert "/files/3/" not in listed

    deliverables.reject_deliverable(plan.book, by=secretariat, reason="A chapter is missing.")
    assert opened(readers, plan) == [TEAM, TEAM, TEAM, 404]
    assert "public.pdf" not in public_page(readers)
    deliverables.submit_deliverable(plan.book, by=plan.trainer, seen=plan.book.updates.first().pk)
    plan.book.refresh_from_db()
    deliverables.accept_deliverable(plan.book, by=secretariat)
    assert opened(readers, plan)[-1] == 200
    deliverables.reopen_deliverable(plan.book, by=secretariat)
    assert opened(readers, plan) == [TEAM, TEAM, TEAM, 404]


def test_a_result_that_is_not_shown_has_no_public_file(plan, handed_in, readers):
    type(plan.book).objects.filter(pk=plan.book.pk).update(is_public_result=False)
    assert opened(readers, plan) == [MEMBERS - {"no member"} - (MEMBERS - TEAM), MEMBERS, TEAM, 404]


def test_a_lead_changes_who_reads_a_file(plan, handed_in, readers):
    address = "/workspace/programmes/2026/wp/4/deliverables/1/files/3/access/"
    assert [
        readers[name].post(address, {"access": "public"}).status_code for name in ("helper", "steering group", "member")
    ] == [404] * 3
    assert readers["lead"].post(address, {"access": "nobody"}).status_code == 422
    assert readers["lead"].post(address, {"access": "members"}).status_code == 302
    assert DeliverableFile.objects.get(version=3).access == "members"
    assert AuditEntry.objects.get(verb="workpackages.deliverable.share").data == {
        "version": 3,
        "before": "team",
        "after": "members",
    }


def test_the_list_is_narrowed_and_costs_the_same_for_many(plan, shared, handed_in, readers, django_assert_num_queries):
    client = readers["member"]

    def titles(**asked):
        page = client.get(SHELF, asked).content.decode()
        return {title for title in ("Paper for members", "Paper for public", "Training book") if title in page}

    assert titles() == {"Paper for members", "Paper for public", "Training book"}
    assert titles(q="public") == {"Paper for public"}
    assert titles(kind="deliverable") == {"Training book"}
    assert titles(kind="paper", wp="2026/training") == {"Paper for members", "Paper for public"}
    assert titles(wp="2026/operations") == set()
    assert client.get(SHELF, {"kind": "nonsense"}).status_code == 422
    for number in (1, 40):
        DocumentVersionFactory.create_batch(number, document__work_package=plan.training, document__access="members")
        client.get(SHELF)
        with django_assert_num_queries(14):
            client.get(SHELF, {"kind": "paper"})


def test_the_page_of_the_organisation_names_what_is_shared_with_members(shared, readers):
    page = readers["member"].get("/workspace/", follow=True).content.decode()
    assert "Documents for members" in page
    assert "Paper for members" in page
    assert "Paper for team" not in page
