"""Lists that leave the portal as files which a spreadsheet can open without running anything."""

import csv
import io

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from efc import audit
from efc.files import XLSX
from efc.permissions import require

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
FORMATS = {"xlsx": gettext_lazy("Excel (XLSX)"), "csv": "CSV"}


def plain_cell(value):
    """Return the text of a cell; what a spreadsheet would take for a formula gets an apostrophe in front."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def csv_answer(header, rows):
    """Answer with a CSV file in UTF-8, with the mark by which spreadsheets know it."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    writer = csv.writer(answer)
    writer.writerow(header)
    writer.writerows([plain_cell(value) for value in row] for row in rows)
    return answer


@transaction.atomic
def export_rows(sheet, rows, *, by, file_format, filtered="", protected=False, reason=""):
    """Return (the file as an answer, how many rows it has) for rows that this person may read.

    What `sheet.protects` guards is left out, unless it is asked for (`protected`) by who may, with a reason.
    Writes: an audit entry with the filter, the number of rows and the reason. Raises: PermissionDenied.
    """
    if protected:
        require(by, sheet.protects)
    rows = sheet.rows(rows if protected else sheet.open_rows(rows))
    cell = (lambda column, row: column.cell(row)) if protected else sheet.open_cell
    table = [[cell(column, row) for column in sheet.columns] for row in rows]
    said = {"protected": "yes", "reason": reason} if protected else {}
    verb = f"{sheet.model._meta.label_lower}.export"
    audit.record(verb, None, by, format=file_format, filter=filtered, rows=len(table), **said)
    name = f"efc-{sheet.name}-{timezone.localdate():%Y-%m-%d}.{file_format}"
    return file_answer([column.name for column in sheet.columns], table, name), len(table)


def file_answer(header, table, name):
    """Answer with a table as the file that the ending of its name says, XLSX or CSV."""
    if name.endswith(".csv"):
        answer = csv_answer(header, table)
    else:
        answer = HttpResponse(workbook(header, table), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


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
