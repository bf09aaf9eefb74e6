"""One report, three files: CSV, a workbook and a PDF that say the same in the same words.

Figures come here released. A hidden one stands in every format as its reason, and a shown one as its number.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst
import xlsxwriter
from django.http import HttpResponse

from ui.components import Number, amount, is_lower_bound, spoken
from ui.csv_files import csv_file
from ui.lines import printable

LAYOUT: Final = Path(__file__).with_name("report.typ")
WIDTHS: Final = (46, 28, 16, 34, 26, 26)
"""Of a workbook’s columns, in characters; those beyond are as wide as the last."""


@dataclass(frozen=True, slots=True)
class Section:
    """A table under its title; ``says`` stands beneath."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Number, ...], ...]
    says: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """``name`` is that of the file, without its ending; ``notes`` say how to read it."""

    name: str
    title: str
    lead: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()


def as_csv(report: Report) -> HttpResponse:
    """Section after section, each with its title and its head; what would be a formula is words."""
    rows: list[list[str | int | float]] = []
    for section in report.sections:
        rows += [[], [section.title], [*section.head]]
        rows += [[_plain(cell) for cell in row] for row in section.rows]
    rows.append([])
    rows += [[note] for note in report.notes]
    return csv_file(f"{report.name}.csv", [report.title, report.lead], rows)


def as_workbook(report: Report) -> HttpResponse:
    """A sheet for each section. Words are words: no cell is a formula or becomes one when it is edited."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        look = {"text_wrap": True, "valign": "top", "quote_prefix": True}
        words, head = book.add_format(look), book.add_format({**look, "bold": True, "bottom": 1})
        for number, section in enumerate(report.sections, start=1):
            sheet = book.add_worksheet(_sheet_name(number, section.title))
            sheet.write_string(0, 0, section.title, head)
            for column, name in enumerate(section.head):
                sheet.set_column(column, column, WIDTHS[min(column, len(WIDTHS) - 1)])
                sheet.write_string(1, column, name, head)
            for place, row in enumerate(section.rows, start=2):
                for column, cell in enumerate(row):
                    told = _plain(cell)
                    if isinstance(told, str):
                        sheet.write_string(place, column, told, words)
                    else:
                        sheet.write_number(place, column, told)
            sheet.freeze_panes(2, 0)
        sheet = book.add_worksheet("How to read this")
        sheet.set_column(0, 0, 110)
        for place, sentence in enumerate((report.title, report.lead, *report.notes)):
            sheet.write_string(place, 0, sentence, words)
    return _download(
        f"{report.name}.xlsx", file.getvalue(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )


def as_pdf(report: Report) -> HttpResponse:
    """Set by typst as PDF/UA-1: with a language, headings and table heads that are read aloud."""
    told = {
        "title": printable(report.title),
        "lead": printable(report.lead),
        "notes": [printable(note) for note in report.notes],
        "sections": [
            {
                "title": printable(section.title), "says": printable(section.says),
                "head": [printable(name) for name in section.head],
                "rows": [[printable(spoken(cell)) for cell in row] for row in section.rows],
            }
            for section in report.sections
        ],
    }  # fmt: skip
    return _download(f"{report.name}.pdf", _set(json.dumps(told)), "application/pdf")


FORMATS: Final[Mapping[str, Callable[[Report], HttpResponse]]] = {"csv": as_csv, "xlsx": as_workbook, "pdf": as_pdf}


def _set(told: str) -> bytes:
    """The words reach the layout as data: no sign in them means anything to it.

    A sign that no font of this machine has keeps the standard from being met; then a box stands for it, and the PDF
    says nothing of the standard.
    """
    inputs = {"report": told}
    try:
        return bytes(typst.compile(_layout(), format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"]))
    except typst.TypstError:
        return bytes(typst.compile(_layout(), format="pdf", sys_inputs=inputs))


@cache
def _layout() -> bytes:
    return LAYOUT.read_bytes()


def _plain(cell: Number) -> str | int | float:
    """A number where there is one to calculate with, else words."""
    number: Any = amount(cell)
    if number is None or is_lower_bound(cell):
        return spoken(cell).replace("\x00", "")
    return int(number) if float(number).is_integer() else float(number)


def _sheet_name(number: int, title: str) -> str:
    """At most 31 characters, none of those a workbook refuses, and no two alike."""
    allowed = "".join(sign for sign in title if sign not in "[]:*?/\\'" and sign.isprintable())
    return f"{number} {allowed}"[:31].strip()


def _download(name: str, content: bytes, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
