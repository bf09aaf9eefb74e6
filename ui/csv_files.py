"""Tables as CSV files that a spreadsheet opens without running anything in them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from django.http import HttpResponse

STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, the wide forms of East Asian keyboards included."""


AFTER_A_SEPARATOR: Final = re.compile(r"([;\t]\s*)(?=[=+\-@＝＋－＠])")
"""Some spreadsheets take a semicolon or a tab for the end of a cell, and what follows for the beginning of the next."""


def harmless(cell: str | date | float) -> str:
    """The words of a cell, with an apostrophe before what would be a formula, and without NUL.

    A number stays one, also below zero: a spreadsheet is to calculate with it.
    """
    if isinstance(cell, int | float):
        return str(cell)
    words = cell.isoformat() if isinstance(cell, date) else str(cell).replace("\x00", "")
    words = AFTER_A_SEPARATOR.sub(r"\1'", words)
    return f"'{words}" if words.lstrip(" ").startswith(STARTS_A_FORMULA) else words


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[str | date | float]]) -> HttpResponse:
    """A download. The mark at its beginning tells spreadsheets that it is UTF-8."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(answer, quoting=csv.QUOTE_ALL)
    writer.writerow([harmless(cell) for cell in head])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return answer
