"""When somebody can be written to: on their working days, between two times of day, and never on a day off.

Only what may wait asks. Nothing is planned with these hours; they are looked at when a message comes due, so whoever
changes them is written to by the new ones from then on.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import Final
from zoneinfo import ZoneInfo

from notifications import rules

FARTHEST: Final = timedelta(days=184)
"""Nobody is without a working day for longer; should it be said all the same, a message leaves when it is due, on the
first day that has had none."""


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
        if today not in taken:
            return at
        untaken = next(day for day in _days_from(today, 1) if day not in taken)
        return rules.due_at(untaken, zone=self.zone, not_before=at, time_of_day=self.first)

    def days_closed_around(self, day: date, *, since: date) -> int:
        """How many days in a row, this one among them and none before ``since``, they are not to be written to.

        No more than ``FARTHEST`` are counted on either side.
        """
        if self.works_on(day):
            return 0
        before, after = (list(islice(_days_from(day, step), FARTHEST.days)) for step in (-1, 1))
        closed_before = takewhile(lambda each: each >= since and not self.works_on(each), before)
        return 1 + len(list(closed_before)) + len(list(takewhile(lambda each: not self.works_on(each), after)))

    def works_on(self, day: date) -> bool:
        return day.weekday() in self.weekdays and not any(first <= day <= last for first, last in self.off)


def _days_from(day: date, step: int) -> Iterator[date]:
    """The days after it, or before it, as far as the calendar goes."""
    last = date.max if step > 0 else date.min
    while day != last:
        day += timedelta(days=step)
        yield day
