"""A file of rows, as it comes out of an HR system: which bytes, which separator, which row is which."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

SEPARATORS = (",", ";", "\t")
LARGEST_FILE = 64 * 1024 * 1024
"""In bytes; fifty thousand people take about eight million."""
LARGEST_UNPACKED = 512 * 1024 * 1024
"""In bytes, of all parts of a workbook; a small file can be made to unpack into far more than a machine has."""
MOST_ROWS = 200_000


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
    """A header and the rows beneath it, empty ones at the end left out.

    ``dated``: cells that hold a date, and not text that looks like one, stand here as yyyy-mm-dd.
    """

    header: Row
    rows: tuple[Row, ...]
    dated: bool = False


def read(content: bytes) -> Sheet:
    """A workbook or text, whichever the bytes are; what the file is called says nothing."""
    if len(content) > LARGEST_FILE:
        raise FileUnreadable(f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB.")
    return read_workbook(content) if content.startswith(b"PK\x03\x04") else read_csv(content)


def read_workbook(content: bytes) -> Sheet:
    """Read the first sheet of an XLSX workbook. Formulas are never run: a cell is what was last kept as its result."""
    _insist_small_when_unpacked(content)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            first = workbook.get_sheet_by_index(0)
            if first.total_height > MOST_ROWS:
                raise FileUnreadable(f"The first sheet has {first.total_height:,} rows; {MOST_ROWS:,} fit.")
            written: list[list[Any]] = first.to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError) as error:
        if isinstance(error, FileUnreadable):
            raise
        raise FileUnreadable("This workbook cannot be read. Save it again as XLSX, or as CSV UTF-8.") from None
    rows = (Row(number, tuple(_as_text(cell) for cell in cells)) for number, cells in enumerate(written, start=1))
    return _sheet(list(rows), dated=True)


def _insist_small_when_unpacked(content: bytes) -> None:
    """Unpack every part to nowhere. A part that is longer than it claims fails its checksum."""
    claimed, sound = 0, False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            claimed = sum(part.file_size for part in parts.infolist())
            sound = claimed <= LARGEST_UNPACKED and parts.testzip() is None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error):
        sound = False
    if claimed > LARGEST_UNPACKED:
        raise FileUnreadable(f"Unpacked, this workbook is larger than {LARGEST_UNPACKED // 1024 // 1024} MB.")
    if not sound:
        raise FileUnreadable("This workbook is damaged or locked with a password. Save it again as XLSX.")


def _as_text(cell: Any) -> str:
    """What a person sees in the cell: 1042 and not 1042.0, a day and not its number."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def _sheet(rows: Sequence[Row], *, dated: bool = False) -> Sheet:
    kept = list(rows)
    while kept and kept[-1].is_blank:
        kept.pop()
    filled = [place for place, row in enumerate(kept) if not row.is_blank]
    if not filled:
        raise FileUnreadable("The file is empty.")
    if len(kept) > MOST_ROWS:
        raise FileUnreadable(f"The file has {len(kept):,} rows; {MOST_ROWS:,} fit.")
    return Sheet(header=kept[filled[0]], rows=tuple(kept[filled[0] + 1 :]), dated=dated)


def read_csv(content: bytes) -> Sheet:
    """Read text separated by comma, semicolon or TAB, in UTF-8, UTF-16 or Windows-1252, byte order mark or not."""
    if len(content) > LARGEST_FILE:
        raise FileUnreadable(f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB.")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise FileUnreadable("This is a workbook of an old kind. Save it as XLSX or as CSV UTF-8 and try again.")
    text = decoded(content)
    return _sheet(list(_rows(text, _separator(text))))


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
