from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people.spreadsheets import FileUnreadable, read_csv

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
        (b"PK\x03\x04rest", "This is a workbook, not a text file. Save it as CSV UTF-8 and try again."),
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


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=80).map(lambda text: text.encode("utf-16", "surrogatepass")))
def test_no_bytes_do_more_than_be_refused(content):
    try:
        sheet = read_csv(content)
    except FileUnreadable:
        return
    assert not sheet.header.is_blank
    assert not sheet.rows or not sheet.rows[-1].is_blank
