"""Files of rows, read as text: XLSX and CSV within limits, with formulas told apart from what they show."""

import csv
import hashlib
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from efc.exports import FORMULA_SIGNS

ROWS = 2000
SIZE_BYTES = 1024 * 1024
UNPACKED_BYTES = 30 * 1024 * 1024  # of an XLSX file
TEXT_LIMIT = 1_500_000  # characters in all cells
COLUMNS = 40


@dataclass
class Table:
    """A file as text: its digest, the names of its columns, and its lines, `(number, [cells])`. A formula is a cell `None`."""

    sha256: str
    header: list
    lines: list


def read(upload):
    """Read an uploaded XLSX or CSV file. Returns: a Table. Raises: ValidationError with what to do, before anything large is kept."""
    extension = upload.name.rsplit(".", 1)[-1].lower() if "." in upload.name else ""
    if extension not in ("xlsx", "csv"):
        raise ValidationError(_("Choose an XLSX or a CSV file."))
    if upload.size > SIZE_BYTES:
        raise ValidationError(
            _("The file is larger than 1 MB. Split it into files of at most %(rows)s rows.") % {"rows": ROWS}
        )
    data = upload.read()
    lines = _read_csv(data) if extension == "csv" else _read_xlsx(data)
    kept, size = [], 0
    for number, cells in lines:
        if any(cell is None or cell for cell in cells):
            kept.append((number, cells))
            size += sum(len(cell or "") for cell in cells)
        if len(kept) > ROWS + 1 or size > TEXT_LIMIT:
            raise ValidationError(
                _("The file has more than %(rows)s rows. Split it and import one part after the other.")
                % {"rows": ROWS}
            )
    if not kept:
        raise ValidationError(_("The file is empty. The first line names the columns, each further line is one row."))
    header = [(cell or "").casefold() for cell in kept[0][1]]
    while header and not header[-1]:
        header.pop()
    return Table(hashlib.sha256(data).hexdigest(), header, kept[1:])


def _read_csv(data):
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(_("The file is not in UTF-8. Save it again as “CSV UTF-8”, or as XLSX.")) from error
    if "\0" in text:
        raise ValidationError(_("This file cannot be read as CSV. Save it again as “CSV UTF-8”, or as XLSX."))
    separator = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        begins = 1  # a cell may run over several lines
        for cells in reader:
            yield begins, [_csv_cell(cell.replace("\r\n", "\n").strip()) for cell in cells[:COLUMNS]]
            begins = reader.line_num + 1
    except csv.Error as error:
        raise ValidationError(
            _("This file cannot be read as CSV. Save it again as “CSV UTF-8”, or as XLSX.")
        ) from error


def _csv_cell(text):
    """Return None for a formula. Our own files put an apostrophe before text that looks like one; it is taken off again."""
    if text.startswith("'") and text[1:].startswith(FORMULA_SIGNS):
        return text[1:]
    return None if text.startswith(FORMULA_SIGNS) else text


def _read_xlsx(data):
    from openpyxl import load_workbook

    broken = ValidationError(_("This file cannot be read as XLSX. Open it, save it again as XLSX and upload that."))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > UNPACKED_BYTES:
                raise broken
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says about its own size is not believed
        for number, row in enumerate(sheet.iter_rows(max_col=COLUMNS), start=1):
            yield number, [_xlsx_cell(cell) for cell in row]
    except ValidationError:
        raise
    except Exception as error:  # whatever the library trips over, the file cannot be read
        raise broken from error


def _xlsx_cell(cell):
    if cell.data_type == "f":
        return None
    value = cell.value
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()
