"""One's own data as a file: a page to read and the same as JSON, made in memory and kept nowhere."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.template.loader import render_to_string
from django.views.decorators.debug import sensitive_variables

from people import exports
from people.exports import Gathered, Record, Value
from people.models import Person

VERSION: Final = 1
"""Of the structure of the JSON, which docs/my-data.md describes."""

FOLDER: Final = "my-data"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is told, in words; or the records under it."""

    label: str
    words: str = field(default="", repr=False)
    records: tuple[tuple[Line, ...], ...] = field(default=(), repr=False)


@sensitive_variables()
def archive_of(person: Person, *, at: datetime) -> bytes:
    """A ZIP with everything the application may tell this person about themselves. Both files say the same."""
    gathered = exports.gathered_for(person, at=at)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            (f"{FOLDER}/my-data.html", _as_page(person, gathered, at=at)),
            (f"{FOLDER}/my-data.json", _as_json(person, gathered, at=at)),
        ):
            entry = zipfile.ZipInfo(name, at.astimezone(person.zone).timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return held.getvalue()


def name_of_archive(at: datetime, person: Person) -> str:
    """Nothing of a name: it would stand in lists of downloads."""
    return f"upwell-my-data-{at.astimezone(person.zone):%Y-%m-%d}.zip"


@sensitive_variables()
def _as_json(person: Person, gathered: Sequence[Gathered], *, at: datetime) -> str:
    document = {
        "version": VERSION,
        "person": person.name,
        "made_at": at,
        "time_zone": person.time_zone,
        "parts": [
            {
                "name": each.part.name,
                "title": each.part.title,
                "about": each.part.about,
                "records": each.records,
            }
            for each in gathered
        ],
        "left_out": [{"what": each.what, "why": each.why} for each in exports.all_left_out()],
    }

    def written(value: Any) -> str:
        if isinstance(value, datetime):
            return value.astimezone(person.zone).isoformat(timespec="seconds")
        if isinstance(value, date):
            return value.isoformat()
        raise TypeError(f"{type(value).__name__} has no place in an export.")

    return json.dumps(document, ensure_ascii=False, indent=2, default=written)


@sensitive_variables()
def _as_page(person: Person, gathered: Sequence[Gathered], *, at: datetime) -> str:
    context = {
        "person": person,
        "made_at": _in_words(at, person),
        "parts": [(each.part, _lines_of(each.records, person)) for each in gathered],
        "left_out": exports.all_left_out(),
    }
    return render_to_string("people/my_data_file.html", context)


@sensitive_variables()
def _lines_of(records: Sequence[Record], person: Person) -> tuple[tuple[Line, ...], ...]:
    return tuple(tuple(_line(name, value, person) for name, value in record.items()) for record in records)


@sensitive_variables()
def _line(name: str, value: Value, person: Person) -> Line:
    label = name.replace("_", " ").capitalize()
    if isinstance(value, list | tuple) and value and not isinstance(value[0], str):
        return Line(label, records=_lines_of(value, person))
    return Line(label, _in_words(value, person))


@sensitive_variables()
def _in_words(value: Value, person: Person) -> str:
    if value is None or value in ("", [], ()):
        return "Nothing"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return f"{value.astimezone(person.zone):%-d %B %Y, %H:%M} ({person.time_zone})"
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return str(value)
