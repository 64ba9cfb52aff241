"""The tables of a report, in the columns that the Commission asks for. Every cell is text: nothing becomes a formula."""

import csv
import io

import xlsxwriter
from django.utils.translation import gettext as _

from efc.exports import plain_cell
from workpackages.models import Level

WIDE = 45  # characters of a column that holds sentences
NARROW = 15


def columns():
    """Return [(heading, key of a row)] of the deliverables."""
    return [
        (_("No."), "code"), (_("Deliverable name"), "title"), (_("WP"), "wp"), (_("Lead beneficiary"), "owner"),
        (_("Dissemination level"), "dissemination"), (_("Delivery month (Annex I)"), "baseline_month"),
        (_("Delivery date (Annex I)"), "baseline_on"), (_("Forecast date"), "due_on"), (_("Status"), "status"),
        (_("Actual delivery date"), "delivered_on"), (_("Acceptance date"), "accepted_on"), (_("Justification of the delay"), "justification"),
        (_("Comments"), "note"),
    ]  # fmt: skip


def milestone_columns():
    return [
        (_("No."), "code"), (_("Milestone name"), "title"), (_("WP"), "wp"), (_("Lead beneficiary"), "owner"),
        (_("Due month (Annex I)"), "baseline_month"), (_("Due date (Annex I)"), "baseline_on"), (_("Means of verification"), "verification"),
        (_("Achieved"), "reached"), (_("Actual achievement date"), "reached_on"), (_("Forecast achievement date"), "due_on"),
        (_("Evidence"), "evidence"), (_("Comments"), "reason"),
    ]  # fmt: skip


def risk_columns():
    return [
        (_("No."), "code"), (_("Description of the risk"), "title"), (_("WP"), "wp"), (_("Foreseen"), "is_foreseen"), (_("Effect"), "effect"),
        (_("Likelihood"), "likelihood"), (_("Impact"), "impact"), (_("Proposed mitigation measures"), "mitigation"), (_("Owner"), "owner"),
        (_("Did the risk materialise?"), "occurred"), (_("Were the mitigation measures applied?"), "mitigated"),
        (_("Comments (state of play)"), "comment"), (_("Closed"), "closed_on"),
    ]  # fmt: skip


SENTENCES = {"title", "justification", "note", "verification", "evidence", "reason", "effect", "mitigation", "comment"}


def tables(figures):
    """Return [(name, columns, rows of texts)] of a report. Figures frozen before a register was kept have no rows of it."""
    return [
        (_("Deliverables"), columns(), _rows(columns(), figures["deliverables"])),
        (_("Milestones"), milestone_columns(), _rows(milestone_columns(), map(_milestone, figures.get("milestones", [])))),
        (_("Risks"), risk_columns(), _rows(risk_columns(), map(_risk, figures.get("risks", [])))),
    ]  # fmt: skip


def _rows(head, rows):
    return [[_cell(row, key) for _name, key in head] for row in rows]


def _milestone(row):
    return {**row, "reached": bool(row["reached_on"]), "evidence": "; ".join(row["evidence"])}


def _risk(row):
    levels = {name: str(Level(row[name]).label) for name in ("likelihood", "impact")}
    state = row["state"] or dict.fromkeys(("occurred", "mitigated", "comment"))
    return {**row, **levels, **state}


def workbook(figures):
    """Return the tables as an Excel workbook (bytes), a sheet each."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, wrap = (book.add_format({"text_wrap": True, "valign": "top", **more}) for more in ({"bold": True}, {}))
    for name, head, rows in tables(figures):
        sheet = book.add_worksheet(name[:31])
        for place, (heading, key) in enumerate(head):
            sheet.write_string(0, place, heading, bold)
            sheet.set_column(place, place, WIDE if key in SENTENCES else NARROW if place else 7)
        for number, cells in enumerate(rows, 1):
            for place, cell in enumerate(cells):
                sheet.write_string(number, place, cell, wrap)
        sheet.freeze_panes(1, 2)
    book.close()
    return out.getvalue()


def deliverables_csv(figures):
    return _csv(tables(figures)[0])


def milestones_csv(figures):
    return _csv(tables(figures)[1])


def risks_csv(figures):
    return _csv(tables(figures)[2])


def _csv(table):
    """Return a table as CSV in UTF-8 with a byte-order mark (bytes)."""
    _name, head, rows = table
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heading for heading, _key in head)
    writer.writerows([plain_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _cell(row, key):
    value = row[key]
    if key == "baseline_month":
        return f"M{value}"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "" if value is None else str(value)
