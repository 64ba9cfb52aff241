"""A round as files: what it adds up to, who has sent, what was asked. No cell can be taken for a formula."""

import csv
import io

import xlsxwriter
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from efc.exports import plain_cell
from workpackages.services.consolidated import period_in_words
from workpackages.suppression import RULES


def header(table):
    return [_("Section"), _("Key"), _("Question"), _("Unit"), _("Measure"), *(group.label for group in table.groups), _("All"), _("Returns")]  # fmt: skip


def lines(table):
    """Yield the rows of the consolidated table: numbers where they are shown, else the words that stand for them."""
    for line in table.lines:
        one = line.field
        cells = [cell.text if cell.number is None else cell.number for cell in line.cells]
        if one.kind == one.Kind.YES_NO:
            cells = [cell.text for cell in line.cells]
        yield [one.section, one.key, one.label, one.unit, line.measure, *cells, line.answers]


def as_csv(table):
    """Return the consolidated table as CSV in UTF-8 with a byte-order mark (bytes)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([plain_cell(name) for name in header(table)])
    writer.writerows([plain_cell(value) for value in row] for row in lines(table))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(table, returns=None):
    """Return an Excel workbook (bytes): Consolidated, Completeness, Template. `returns` names the organisations, for keepers only."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        plain = book.add_format({"text_wrap": True, "valign": "top"})

        def sheet(name, widths, rows):
            page = book.add_worksheet(name[:31])
            for place, width in enumerate(widths):
                page.set_column(place, place, width)
            for number, (row, style) in enumerate(rows):
                for place, value in enumerate(row):
                    write = page.write_number if isinstance(value, int) else page.write_string
                    write(number, place, value if isinstance(value, int) else str(value), style)

        about = [[str(table.round)], [period_in_words(table.round)], [str(table.round.template)]]
        if table.round.is_demo:
            about.append([_("The figures are made up for the demonstration.")])
        sheet(_("Consolidated"), [24, 22, 44, 12, 16, 18, 18, 18, 12, 10], [
            *((row, bold) for row in about), ([], plain), (header(table), bold), *((row, plain) for row in lines(table)),
            ([], plain), *(([rule], plain) for rule in map(str, RULES)),
        ])  # fmt: skip
        sheet(_("Completeness"), [36, 24, 18, 20], completeness(table, returns, bold, plain))
        sheet(_("Template"), [24, 22, 44, 50, 22, 12, 44], template(table, bold, plain))
    return out.getvalue()


def completeness(table, returns, bold, plain):
    counts = table.counts
    yield [_("Asked"), counts["asked"]], plain
    yield [_("Sent"), counts["sent"]], plain
    yield [_("of them late"), counts["late"]], plain
    yield [_("of them with nothing to report"), counts["nothing"]], plain
    yield [_("Missing"), counts["missing"]], plain
    if returns is not None:
        yield [], plain
        yield [_("Organisation"), _("Sector"), _("State"), _("Sent")], bold
        for one in returns:
            state = _("Missing") if one.is_missing else _("Sent late") if one.is_late else one.get_status_display()
            is_sent = one.status == one.Status.SUBMITTED
            sent = date_format(localtime(one.submitted_at), "Y-m-d H:i") if is_sent else ""
            yield [one.organisation_name, one.get_sector_display(), state, sent], plain


def template(table, bold, plain):
    yield [_("Section"), _("Key"), _("Question"), _("Help"), _("Kind of answer"), _("Unit"), _("List")], bold
    for line in table.lines:
        one = line.field
        row = [one.section, one.key, one.label, one.help_text, one.get_kind_display(), one.unit, "; ".join(one.choices)]
        yield row, plain
