"""From a time on somebody's wall clock to an instant, where clocks are moved.

A time the clocks skip does not exist and is refused. A time they show twice is two instants: somebody has to say which.
Nothing is guessed, because the two would stand at a different hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pairings.rules import Refused, in_words

FIRST, SECOND = 0, 1
"""Of a time that comes twice: the one before the clocks go back, and the one after (``datetime.fold``)."""


class TimeSkipped(Refused):
    field = "time"

    def __init__(self, day: date, wall: time, zone: ZoneInfo) -> None:
        super().__init__(
            f"{wall:%H:%M} does not exist on {in_words(day)} in {zone.key}: the clocks go forward then. "
            "Choose another time."
        )


class TimeComesTwice(Refused):
    field = "which"

    def __init__(self, day: date, wall: time, zone: ZoneInfo) -> None:
        super().__init__(
            f"{wall:%H:%M} comes twice on {in_words(day)} in {zone.key}: the clocks go back then. "
            "Say which of the two you mean."
        )


def is_skipped(day: date, wall: time, zone: ZoneInfo) -> bool:
    there = datetime.combine(day, wall, tzinfo=zone)
    return there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != there.replace(tzinfo=None)


def comes_twice(day: date, wall: time, zone: ZoneInfo) -> bool:
    first, second = (datetime.combine(day, wall.replace(fold=fold), tzinfo=zone) for fold in (FIRST, SECOND))
    return first.utcoffset() != second.utcoffset() and not is_skipped(day, wall, zone)


def instant(day: date, wall: time, zone: ZoneInfo, *, which: int | None = None) -> datetime:
    """The instant in UTC. ``which`` is asked only of a time that comes twice, and refused as missing only there."""
    if is_skipped(day, wall, zone):
        raise TimeSkipped(day, wall, zone)
    if comes_twice(day, wall, zone):
        if which is None:
            raise TimeComesTwice(day, wall, zone)
        wall = wall.replace(fold=which)
    return datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)


def offset_in_words(at: datetime) -> str:
    """UTC+10:30 for an aware time."""
    minutes = int((at.utcoffset() or timedelta(0)).total_seconds()) // 60
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


@dataclass(frozen=True, slots=True)
class WallTime:
    """A span as somebody reads it where they are."""

    starts: datetime
    ends: datetime

    @property
    def zone(self) -> str:
        return str(self.starts.tzinfo)

    @property
    def day(self) -> str:
        """Tuesday 2 March 2027."""
        return f"{self.starts:%A} {in_words(self.starts.date())}"

    @property
    def hours(self) -> str:
        """14:00 to 15:00, with the offset where the clocks make the hours alone ambiguous."""
        zone = self.starts.tzinfo
        hours = f"{self.starts:%H:%M} to {self.ends:%H:%M}"
        if isinstance(zone, ZoneInfo) and comes_twice(self.starts.date(), self.starts.time(), zone):
            return f"{hours} ({offset_in_words(self.starts)})"
        return hours

    @property
    def words(self) -> str:
        return f"{self.day}, {self.hours} ({self.zone})"


def on_the_wall(starts_at: datetime, minutes: int, zone: ZoneInfo) -> WallTime:
    """The end is counted in UTC: an hour stays an hour while the clocks move."""
    ends_at = starts_at + timedelta(minutes=minutes)
    return WallTime(starts_at.astimezone(zone), ends_at.astimezone(zone))
