"""The deliverables of a report as tables, in the columns that the Commission asks for. Every cell is text: nothing becomes a formula."""

import csv
import io

import xlsxwriter
from django.utils.translation import gettext as _

from efc.exports import plain_cell


def columns():
    """Return [(heading, key of a row)]."""
    return [
        (_("No."), "code"), (_("Deliverable name"), "title"), (_("WP"), "wp"), (_("Lead beneficiary"), "owner"),
        (_("Dissemination level"), "dissemination"), (_("Delivery month (Annex I)"), "baseline_month"),
        (_("Delivery date (Annex I)"), "baseline_on"), (_("Forecast date"), "due_on"), (_("Status"), "status"),
        (_("Actual delivery date"), "delivered_on"), (_("Acceptance date"), "accepted_on"), (_("Justification of the delay"), "justification"),
        (_("Comments"), "note"),
    ]  # fmt: skip


def deliverables_xlsx(figures):
    """Return the table as an Excel workbook (bytes)."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("Deliverables")[:31])
    bold, wrap = (
        book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    for place, (heading, _key) in enumerate(columns()):
        sheet.write_string(0, place, heading, bold)
    for number, row in enumerate(figures["deliverables"], 1):
        for place, (_heading, key) in enumerate(columns()):
            sheet.write_string(number, place, _cell(row, key), wrap)
    sheet.freeze_panes(1, 2)
    sheet.set_column(0, 0, 7)
    sheet.set_column(1, 1, 45)
    sheet.set_column(2, 11, 15)
    sheet.set_column(11, 12, 50)
    book.close()
    return out.getvalue()


def deliverables_csv(figures):
    """Return the table as CSV in UTF-8 with a byte-order mark (bytes)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heading for heading, _key in columns())
    for row in figures["deliverables"]:
        writer.writerow(plain_cell(_cell(row, key)) for _heading, key in columns())
    return out.getvalue().encode("utf-8-sig")


def _cell(row, key):
    value = row[key]
    return f"M{value}" if key == "baseline_month" else "" if value is None else str(value)
