"""The same report as CSV, workbook and PDF: the same words, and nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from disclosure import Hidden, Reason, Shown
from ui.reports import FORMATS, Report, Section

DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", '=HYPERLINK("http://x")')
FIGURES = (Shown(1234), Shown(45, unit="%"), Shown(3.5, decimals=1), Shown(88, unit="%", or_more=True))
REASONS = tuple(Hidden(reason) for reason in Reason)
REPORT = Report(
    "results", "Results of the “survey”", "Two-Way, 5 people",
    (
        Section("Figures: all/of [them]?", ("What", "Number"), tuple((str(n), each) for n, each in enumerate(FIGURES))),
        Section("Reasons", ("What", "Number"), tuple((str(n), each) for n, each in enumerate(REASONS)), "Why."),
        Section("Words", ("What",), tuple((words,) for words in DANGEROUS)),
        Section("Nothing", ("What",), ()),
    ),
    ("Fewer than five are not shown.",),
)  # fmt: skip


def lines() -> list[list[str]]:
    return list(csv.reader(io.StringIO(FORMATS["csv"](REPORT).content.decode("utf-8-sig"), newline="")))


def sheets() -> dict[str, Any]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(FORMATS["xlsx"](REPORT).content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_a_shown_figure_is_a_number_and_a_hidden_one_its_reason_in_every_format():
    numbers = [row[1] for row in lines() if row and row[0] in "0123" and len(row) == 2]
    assert numbers[:4] == ["1234", "45", "3.5", "88% or more"]
    assert numbers[4:] == [each.words for each in REASONS][:4]
    first, second, *_ = sheets().values()
    assert [row[1] for row in first[2:]] == [1234, 45, 3.5, "88% or more"]
    assert [row[1] for row in second[2:]] == [each.words for each in REASONS]


def test_no_cell_of_the_csv_begins_a_formula():
    cells = [cell for row in lines() for cell in row]
    assert [cell for cell in cells if cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "＝"))] == []
    assert "'=1+1" in cells


def test_no_cell_of_the_workbook_is_a_formula_or_becomes_one():
    answer = FORMATS["xlsx"](REPORT)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")}
    assert not any("<f>" in text or "<hyperlink" in text for text in parts.values())
    assert 'quotePrefix="1"' in parts["xl/styles.xml"]
    words = [row[0] for row in sheets()["3 Words"][2:]]
    assert words[:4] == list(DANGEROUS[:4])


def test_the_pdf_is_made_to_be_read_aloud():
    content = FORMATS["pdf"](replace(REPORT, sections=REPORT.sections[:2])).content
    assert content.startswith(b"%PDF")
    assert b"pdfuaid" in content
    assert re.search(rb"/Lang ?\(en\)", content)
    assert b"/StructTreeRoot" in content


@pytest.mark.parametrize(
    "words", ["#panic()", "*bold* _it_ $x$ `raw` <label> @ref \\", "// no comment", '"', "日本語", "\x00"]
)
def test_words_mean_nothing_to_the_layout(words):
    report = Report("results", words, words, (Section(words, (words,), ((words,),), words),), (words,))
    for made in FORMATS.values():
        assert made(report).status_code == 200


@pytest.mark.parametrize("ending", FORMATS)
def test_a_file_is_downloaded_under_its_name(ending):
    assert FORMATS[ending](REPORT)["Content-Disposition"] == f'attachment; filename="results.{ending}"'
