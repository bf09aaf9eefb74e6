"""When somebody can be written to: on their working days, between two times of day, and never on a day off.

Only what may wait asks. Nothing is planned with these hours; they are looked at when a message comes due, so whoever
changes them is written to by the new ones from then on.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from notifications import rules

FARTHEST: Final = timedelta(days=184)
"""Nobody is without a working day for longer; should it be said all the same, a message leaves when it is due."""


@dataclass(frozen=True, slots=True)
class Hours:
    """One person's. ``weekdays`` count from Monday as 0; ``off`` are spans of days, their last ones included."""

    zone: ZoneInfo
    weekdays: tuple[int, ...]
    first: time
    last: time
    off: tuple[tuple[date, date], ...] = ()

    def today(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def next_opening(self, at: datetime, *, taken: AbstractSet[date] = frozenset()) -> datetime:
        """``at``, if they can be written to then, or the first instant after it at which they can.

        ``taken`` are days that have had their message.
        """
        today = self.today(at)
        for ahead in range(FARTHEST.days):
            day = today + timedelta(days=ahead)
            if day in taken or not self.works_on(day):
                continue
            opens, closes = (
                rules.due_at(day, zone=self.zone, not_before=at, time_of_day=edge) for edge in (self.first, self.last)
            )
            if closes > at:
                return opens
        return at

    def works_on(self, day: date) -> bool:
        return day.weekday() in self.weekdays and not any(first <= day <= last for first, last in self.off)
