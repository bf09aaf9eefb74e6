"""A file of rows, as it comes out of an HR system: which bytes, which separator, which row is which."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

SEPARATORS = (",", ";", "\t")
LARGEST_FILE = 64 * 1024 * 1024
"""In bytes; fifty thousand people take about eight million."""


class FileUnreadable(ValueError):
    """The file as a whole cannot be read; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Row:
    """``number`` is the row's number in a spreadsheet program: the header is usually row 1, empty rows count."""

    number: int
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A header and the rows beneath it, empty ones at the end left out."""

    header: Row
    rows: tuple[Row, ...]


def read_csv(content: bytes) -> Sheet:
    """Read text separated by comma, semicolon or TAB, in UTF-8, UTF-16 or Windows-1252, byte order mark or not."""
    if len(content) > LARGEST_FILE:
        raise FileUnreadable(f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB.")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise FileUnreadable("This is a workbook, not a text file. Save it as CSV UTF-8 and try again.")
    text = decoded(content)
    rows = list(_rows(text, _separator(text)))
    while rows and rows[-1].is_blank:
        rows.pop()
    filled = [place for place, row in enumerate(rows) if not row.is_blank]
    if not filled:
        raise FileUnreadable("The file is empty.")
    return Sheet(header=rows[filled[0]], rows=tuple(rows[filled[0] + 1 :]))


def decoded(content: bytes) -> str:
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return _decoded_as(content, encoding)
    even, odd = content[0:4096:2], content[1:4096:2]
    # Western text in UTF-16 is every other byte a NUL; other text has none.
    if odd.count(0) > len(odd) // 2:
        return _decoded_as(content, "utf-16-le")
    if even.count(0) > len(even) // 2:
        return _decoded_as(content, "utf-16-be")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded_as(content, "cp1252")


def _decoded_as(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise FileUnreadable(
            "The text of this file cannot be read. Save it as CSV UTF-8 and try again."
        ) from None  # fmt: skip


def _separator(text: str) -> str:
    """Whichever splits the first line with anything in it into the most cells."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(SEPARATORS, key=first.count)


def _rows(text: str, separator: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field larger" in str(error):
                reason = "one cell is far too long; a closing quotation mark may be missing"
            else:
                reason = "a quotation mark is missing or misplaced"
            raise FileUnreadable(f"The file cannot be read from row {number} on: {reason}.") from None
        yield Row(number, tuple(cells))
