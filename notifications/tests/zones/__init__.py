"""Which instant a nominal local time means, as Java's ``ZonedDateTime`` has it: an oracle that shares no code with us.

``expected.txt`` says so for every zone, on the three days around each change of its clocks from 2025 to 2035, for each
quarter of an hour; ``Expected.java`` made it and says how it is written. The table brings the rules it was made with
along, so what this machine knows of zones does not matter to the comparison.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

TABLE: Final = Path(__file__).with_name("expected.txt")
DAY, MINUTE = 24 * 60, 60


@dataclass(frozen=True, slots=True)
class Run:
    """From this minute of the day on, a local time means the instant ``behind`` minutes before it in UTC."""

    minute: int
    behind: int
    kind: str
    """``g`` in a gap of the clocks, ``f`` in a fold, else nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    at: int
    before: int
    after: int
    days: dict[date, tuple[Run, ...]]


@dataclass(slots=True)
class Zones:
    """Zones that say the same."""

    names: list[str]
    first: int = 0
    changes: list[Change] = field(default_factory=list)

    def zone(self) -> ZoneInfo:
        """As Python makes it of the table's own rules."""
        return ZoneInfo.from_file(io.BytesIO(_time_zone_file(self)), key=self.names[0])


def table() -> Iterator[Zones]:
    zones: Zones | None = None
    for line in TABLE.read_text().splitlines():
        mark, _, rest = line.partition(" ")
        if mark == "=":
            if zones is not None:
                yield zones
            zones = Zones(rest.split())
        elif zones is not None and mark == "@":
            zones.first = int(rest)
        elif zones is not None:
            zones.changes.append(_change(line))
    assert zones is not None
    yield zones


def _change(line: str) -> Change:
    at, before, after, rest = line.split(" ", 3)
    days = {}
    for day, runs in re.findall(r"(\d{4}-\d\d-\d\d)((?: \d{4}>-?\d+[gf]?)+)", rest):
        days[date.fromisoformat(day)] = tuple(
            Run(int(hour) * 60 + int(minute), int(behind), kind)
            for hour, minute, behind, kind in re.findall(r"(\d\d)(\d\d)>(-?\d+)([gf]?)", runs)
        )
    return Change(int(at), int(before), int(after), days)


def quarters(runs: tuple[Run, ...]) -> Iterator[tuple[time, Run]]:
    """Every quarter of an hour of a day, and the run it belongs to."""
    for run, end in zip(runs, [*(run.minute for run in runs[1:]), DAY], strict=True):
        for minute in range(run.minute, end, 15):
            yield time(minute // 60, minute % 60), run


def _time_zone_file(zones: Zones) -> bytes:
    """RFC 8536, version 1, which holds instants up to 2038."""
    offsets = list(dict.fromkeys([zones.first, *(change.after for change in zones.changes)]))  # the first holds first
    head = struct.pack(">4s16x6l", b"TZif", 0, 0, 0, len(zones.changes), len(offsets), 4)
    instants = struct.pack(f">{len(zones.changes)}l", *(change.at for change in zones.changes))
    which = bytes(offsets.index(change.after) for change in zones.changes)
    described = b"".join(struct.pack(">lbb", offset * MINUTE, 0, 0) for offset in offsets)
    return head + instants + which + described + b"ZZZ\0"
