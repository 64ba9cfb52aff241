"""The register as files: what a list at the desk shows, as XLSX or CSV, with nothing a spreadsheet would run."""

import io

from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from efc import audit
from efc.exports import csv_answer
from efc.files import XLSX
from efc.permissions import require
from members.models import Person, Representative, Seat
from members.sheets import PROTECTED

FORMATS = {"xlsx": gettext_lazy("Excel (XLSX)"), "csv": "CSV"}


@transaction.atomic
def export_rows(sheet, rows, *, by, file_format, filtered="", protected=False, reason=""):
    """Return (the file as an answer, how many rows it has) for what a list shows, `rows`.

    People whose identity is protected are left out, and stand as “(protected)” in the rows of others, unless they are asked for
    (`protected`) by who may, with a reason. Writes: an audit entry with the filter, the number of rows and the reason.
    Raises: PermissionDenied.
    """
    model = sheet.model._meta.model_name
    require(by, f"members.view_{model}")
    if protected:
        require(by, "members.export_protected")
    rows = sheet.rows(rows)
    if not protected and sheet.model is Representative:
        rows = rows.filter(person__is_protected=False)
    table = [[column.cell(row) if protected else _open(column, row) for column in sheet.columns] for row in rows]
    said = {"protected": "yes", "reason": reason} if protected else {}
    audit.record(f"members.{model}.export", None, by, format=file_format, filter=filtered, rows=len(table), **said)
    header = [column.name for column in sheet.columns]
    name = f"efc-{sheet.name}-{timezone.localdate():%Y-%m-%d}.{file_format}"
    answer = (
        csv_answer(header, table) if file_format == "csv" else HttpResponse(workbook(header, table), content_type=XLSX)
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer, len(table)


def _open(column, row):
    """Return a cell without what a protected person could be known by."""
    value = column.of(row)
    return PROTECTED if isinstance(value, Person) and value.is_protected else column.cell(row)


def hidden_in(sheet, rows):
    """Return how many rows would be left out or have a cell hidden because an identity is protected."""
    if sheet.model is Representative:
        return rows.filter(person__is_protected=True).count()
    if sheet.model is Seat:
        return rows.filter(Q(holder__is_protected=True) | Q(alternate__is_protected=True)).count()
    return 0


def workbook(header, table):
    """Return an XLSX file in which every cell is text: nothing in it is ever taken for a formula, a link or a number."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet, bold = book.add_worksheet("EFC"), book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for place, name in enumerate(header):
            sheet.write_string(0, place, name, bold)
            widest = max([len(name), *(len(row[place]) for row in table)])
            sheet.set_column(place, place, min(widest + 2, 60))
        for number, row in enumerate(table, start=1):
            for place, text in enumerate(row):
                sheet.write_string(number, place, text)
    return out.getvalue()


def describe(params):
    """Return the filters of a list as the audit log keeps them: `sector__exact=payment, q=bank`."""
    return ", ".join(f"{name}={value}" for name, value in sorted(params.items()) if value and name != "p")
