from __future__ import annotations

import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from io import BytesIO

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure.tests.proofs import LONG
from people.spreadsheets import LARGEST_FILE, LARGEST_UNPACKED, FileUnreadable, read, read_csv

TEXT = "number;name\n1;Zoë\n2;René\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_is_read_whatever_wrote_it(encoding, separator, end):
    content = TEXT.replace(";", separator).replace("\n", end).encode(encoding)
    sheet = read_csv(content)
    assert sheet.header.cells == ("number", "name")
    assert [row.cells for row in sheet.rows] == [("1", "Zoë"), ("2", "René")]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them():
    sheet = read_csv(b'\nnumber,name\n1,"two\nlines"\n\n2,Ada\n\n,\n')
    assert sheet.header.number == 2
    assert [(row.number, row.is_blank) for row in sheet.rows] == [(3, False), (4, True), (5, False)]


def test_quotation_marks_protect_separators():
    assert read_csv(b'number,name\n1,"King, Steven ""Steve"""\n').rows[0].cells == ("1", 'King, Steven "Steve"')


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b" \n,,\n", "The file is empty."),
        (b"PK\x03\x04rest", "This is a workbook of an old kind. Save it as XLSX or as CSV UTF-8 and try again."),
        (b"name\n\x81\x8d", "The text of this file cannot be read. Save it as CSV UTF-8 and try again."),
        (b'a,b\n1,"two\n3,4\n', "The file cannot be read from row 2 on: a quotation mark is missing or misplaced."),
        (
            b'a,b\n1,2\n3,"' + b"x" * 200_000 + b'"\n',
            "The file cannot be read from row 3 on: one cell is far too long; a closing quotation mark may be missing.",
        ),
    ],
    ids=["empty", "blank", "workbook", "no text", "quote", "huge"],
)
def test_what_cannot_be_read_is_said_in_a_sentence(content, sentence):
    with pytest.raises(FileUnreadable) as refusal:
        read_csv(content)
    assert str(refusal.value) == sentence


def test_a_file_too_large_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr("people.spreadsheets.LARGEST_FILE", 10)
    with pytest.raises(FileUnreadable):
        read_csv(b"number,name\n")


@settings(max_examples=150 if LONG else 40, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=80).map(lambda text: text.encode("utf-16", "surrogatepass")))
def test_no_bytes_do_more_than_be_refused(content):
    try:
        sheet = read_csv(content)
    except FileUnreadable:
        return
    assert not sheet.header.is_blank
    assert not sheet.rows or not sheet.rows[-1].is_blank


# Workbooks


def workbook(*sheets: Sequence[Sequence[object]], **options: object) -> bytes:
    written = BytesIO()
    with xlsxwriter.Workbook(written, {"default_date_format": "d mmm yy", **options}) as made:
        for rows in sheets:
            sheet = made.add_worksheet()
            for place, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    sheet.write(place, column, cell)
    return written.getvalue()


def test_a_workbook_is_read_as_a_person_sees_it():
    day = datetime(2026, 1, 5)  # noqa: DTZ001 - a date has no zone
    rows: list[list[object]] = [[], ["number", "name", "hired", "share"], [1042, "Zoë", day, 0.5], [], ["7", "=1+1"]]
    sheet = read(workbook(rows))
    assert sheet.header.number == 2
    assert [row.cells for row in sheet.rows] == [
        ("1042", "Zoë", "2026-01-05", "0.5"),
        ("", "", "", ""),
        ("7", "0", "", ""),  # a formula that nothing has calculated yet holds no text of its own
    ]
    assert sheet.dated


def test_only_the_first_sheet_counts():
    assert read(workbook([["a"], ["1"]], [["b"], ["2"]])).rows[0].cells == ("1",)


def packed(**parts: bytes) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return written.getvalue()


def test_a_small_file_that_unpacks_into_more_than_the_machine_has_is_refused():
    bomb = packed(sheet=b"0" * (LARGEST_UNPACKED + 1))
    assert len(bomb) < 1024 * 1024
    with pytest.raises(FileUnreadable, match=r"^Unpacked, this workbook is larger than 512 MB\.$"):
        read(bomb)


def test_a_part_that_claims_to_be_smaller_than_it_is_is_refused():
    honest = packed(sheet=b"0" * 5_000_000)
    lying = honest.replace((5_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != honest
    with pytest.raises(FileUnreadable, match="damaged"):
        read(lying)


def test_a_file_larger_than_anything_sensible_is_refused_unread():
    with pytest.raises(FileUnreadable, match="larger than 64 MB"):
        read(b"a" * (LARGEST_FILE + 1))


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 4000), junk=st.binary(max_size=40), where=st.integers(0, 4000))
def test_a_damaged_workbook_is_read_or_refused_and_nothing_else(cut, junk, where):
    whole = workbook([["number", "name"], [1, "Ada"]])
    damaged = whole[: where % len(whole)] + junk + whole[(where + cut) % len(whole) :]
    with suppress(FileUnreadable):
        read(damaged)


@settings(max_examples=100 if LONG else 30, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_and_nothing_else(content):
    for start in (b"", b"PK\x03\x04"):
        with suppress(FileUnreadable):
            read(start + content)
