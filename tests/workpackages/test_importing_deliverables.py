"""Deliverables come in from a file after a look at what it would do, and leave as one: at the desk and from the list."""

import csv
import io
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from efc.models import AuditEntry
from tests.factories import OrganisationFactory, ProgrammeFactory, WorkPackageFactory
from tests.workpackages.conftest import client_of
from workpackages.models import Deliverable
from workpackages.services import deliverables

IMPORT = "/admin/workpackages/deliverable/import/"
COLUMNS = "programme,work package,number,title,description,owner,dissemination,baseline month,public result"
BOOK = "2026,WP4,1,Training book,,,CO,M4,"


@pytest.fixture
def officer(secretariat):
    return client_of(secretariat)


def csv_file(*lines):
    return SimpleUploadedFile("deliverables.csv", "\r\n".join([COLUMNS, *lines]).encode())


def xlsx_file(*rows):
    book, out = Workbook(), io.BytesIO()
    for row in [COLUMNS.split(","), *rows]:
        book.active.append(row)
    book.save(out)
    return SimpleUploadedFile("deliverables.xlsx", out.getvalue())


def look(client, file):
    return client.post(IMPORT, {"file": file})


def confirm(client, page):
    return client.post(IMPORT, {"preview": re.search(r'name="preview" value="([^"]+)"', page.content.decode())[1]}, follow=True)  # fmt: skip


def problems(answer):
    assert answer.status_code == 422
    return [(one.line, one.column, one.sentence) for one in answer.context["plan"].problems]


def test_a_plan_comes_in_from_a_spreadsheet_and_twice_is_once(plan, officer):
    OrganisationFactory(slug="police", name="Police")
    file = lambda: xlsx_file(  # noqa: E731
        ["2026", 4, 1, "Training handbook", None, "police", "PU", 4, "yes"],
        ["2026", "WP4", 2, "Feedback session", "Two days.\nWith the banks.", None, "co", "M6", None],
    )
    seen = look(officer, file())
    assert seen.status_code == 200
    page = seen.content.decode()
    assert "1 new, 1 changed, 0 as they were" in page
    assert "<del>Training book</del>" in page
    assert Deliverable.objects.count() == 2

    done = confirm(officer, seen)
    assert "Imported: 1 new, 1 changed, 0 as they were." in done.content.decode()
    book, session = Deliverable.objects.filter(work_package=plan.training).order_by("number")
    assert (book.title, book.owner.slug, book.dissemination, book.is_public_result) == (
        "Training handbook",
        "police",
        "PU",
        True,
    )
    assert (session.code, session.due_on, session.status, session.description) == (
        "D4.2", date(2026, 6, 30), "pending", "Two days.\nWith the banks.",
    )  # fmt: skip
    assert [entry.verb for entry in AuditEntry.objects.filter(verb__contains="deliverable.").order_by("pk")] == [
        "workpackages.deliverable.change", "workpackages.deliverable.add", "workpackages.deliverable.import",
    ]  # fmt: skip
    again = look(officer, file())
    assert "0 new, 0 changed, 2 as they were" in again.content.decode()
    assert 'name="preview"' not in again.content.decode()


def test_every_fault_is_named_and_nothing_comes_in(plan, officer):
    WorkPackageFactory(number=1, programme=ProgrammeFactory(slug="undated", starts_on=None, ends_on=None))
    answer = look(
        officer,
        csv_file(
            "2027,WP4,2,Unknown programme,,,CO,M4,",
            "2026,WP9,2,Unknown work package,,,CO,M4,",
            "2026,WP4,2,Beyond the programme,,,CO,M13,",
            "2026,WP4,3,Once,,,CO,M4,",
            "2026,4,3,Twice,,,CO,4,",
            "2026,WP4,1,Training book,,,CO,M5,",
            '2026,WP4,4,"=HYPERLINK(""x"")",,,CO,M4,',
            "2026,WP4,5,Unknown owner,,nobody,CO,M4,",
            "2026,WP4,6,,,,secret,soon,maybe",
            "undated,WP1,1,No first day,,,CO,M1,",
        ),
    )
    assert problems(answer) == [
        (2, "programme", "No programme has the address “2027”. Write it as in the address of its page, for example 2012-2015."),
        (3, "work package", "The programme 2026 has no work package 9. Add it first, or correct the number."),
        (4, "baseline month", "The programme has 12 months. Give a month up to that."),
        (6, "programme", "This is the same row as line 5. Keep one of them."),
        (7, "baseline month", "M4 was promised and stands. Write it as it is; more time is asked for by the lead."),
        (8, "title", "This cell holds a formula. Put its value there as text."),
        (9, "owner", "No organisation has the address “nobody”. Add it first, or correct it."),
        (10, "title", "Fill in this cell."),
        (10, "dissemination", "Write one of: PU, PP, RE, CO."),
        (10, "baseline month", "Write a whole number from 1 to 120."),
        (10, "public result", "Write yes or no."),
        (11, "programme", "The programme has no first day yet, so its months cannot be counted. Give it one first."),
    ]  # fmt: skip
    assert 'name="preview"' not in answer.content.decode()
    assert Deliverable.objects.count() == 2
    wrong = look(
        officer, SimpleUploadedFile("a.csv", COLUMNS.replace("owner", "boss").encode() + b"\r\n" + BOOK.encode())
    )
    assert problems(wrong) == [
        (1, "owner", "This column is missing. Add it, even if its cells are empty."),
        (1, "boss", "This column is not known. Rename or remove it."),
    ]
    many = look(officer, csv_file(*[f"2026,WP4,{n},Number {n},,,CO,M4," for n in range(2, 10_002)]))
    assert (many.status_code, "The file has more than 2000 rows." in many.content.decode()) == (422, True)
    assert Deliverable.objects.count() == 2


def test_what_a_lead_reports_meanwhile_is_kept(plan, officer):
    seen = look(officer, csv_file(BOOK.replace("book", "handbook")))
    deliverables.report_deliverable(plan.book, by=plan.trainer, outlook="at_risk", sentence="No answer yet.")
    assert "Imported: 0 new, 1 changed" in confirm(officer, seen).content.decode()
    plan.book.refresh_from_db()
    assert (plan.book.title, plan.book.status, plan.book.outlook) == ("Training handbook", "draft", "at_risk")


def test_what_leaves_comes_back_without_a_change(plan, officer):
    deliverables.report_deliverable(plan.book, by=plan.trainer, outlook="on_track", sentence="=1+1 goes round.")
    for file_format in ("csv", "xlsx"):
        answer = officer.post("/admin/workpackages/deliverable/export/", {"file_format": file_format})
        found = look(officer, SimpleUploadedFile(f"a.{file_format}", answer.content)).context["plan"]
        assert (found.problems, found.new, found.changed, found.unchanged) == ([], [], [], 2)
    moved = SimpleUploadedFile("a.csv", f"{COLUMNS},status\r\n{BOOK},accepted".encode())
    assert problems(look(officer, moved)) == [
        (2, "status", "A file does not change this. It is now “draft”: write that, or remove the column.")
    ]
    template = officer.get(f"{IMPORT}template/")
    header = [cell.value for cell in load_workbook(io.BytesIO(template.content)).active[1]]
    assert header == COLUMNS.split(",")


def test_each_takes_along_from_the_list_what_they_see_there(plan, sg_member, representative):
    def codes(user, address="/workspace/deliverables/export/csv/"):
        answer = client_of(user).get(address)
        assert answer.status_code == 200
        return [row[3] for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))][1:]

    assert codes(sg_member) == ["Support mechanism", "Training book"]
    assert codes(sg_member, "/workspace/deliverables/export/csv/?state=late") == ["Support mechanism"]
    assert codes(plan.trainer) == ["Training book"]
    assert codes(representative) == []
    assert client_of(sg_member).get("/workspace/deliverables/export/xlsx/").content.startswith(b"PK")
    assert client_of(sg_member).get("/workspace/deliverables/export/docx/").status_code == 400
    assert client_of(sg_member).get("/workspace/deliverables/export/csv/?wp=99").status_code == 400
    assert AuditEntry.objects.filter(verb="workpackages.deliverable.export").count() == 5
    assert 'href="/workspace/deliverables/export/csv/?state=late"' in (
        client_of(sg_member).get("/workspace/deliverables/?state=late").content.decode()
    )
    assert client_of(plan.trainer).get(IMPORT).status_code == 302
