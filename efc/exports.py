"""Lists that leave the portal as files which a spreadsheet can open without running anything."""

import csv

from django.http import HttpResponse

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")


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
