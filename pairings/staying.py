"""Who still works here a year after their pair began, as one figure.

Everybody can look up in the directory who left; who took part is what must not be told. So the figure speaks of the
pairs that the pages counted as formed a year before, no others, and grows by groups. While fewer than
``settings.SMALLEST_GROUP`` are gone it gives a lower bound, the same for nobody as for all but one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from disclosure import Figure, Hidden, Reason, Shown
from programs.rules import STILL_HERE_KNOWN_AFTER

STEP: Final = 5
"""Per cent to which the share is rounded: a finer one could tell how many people are in two pairs."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One person: when their first pair began and was first counted, and the first day on which they are gone."""

    person: int
    began_on: date
    counted_on: date
    left_on: date | None

    @property
    def is_gone(self) -> bool:
        return self.left_on is not None and self.left_on <= year_after(self.began_on)


def year_after(day: date) -> date:
    """The same day of the next year; 28 February after a 29th."""
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def still_here(stays: Iterable[Stay], as_of: date, *, k: int) -> Figure:
    """How many per cent were still here a year after their pair began, to the nearest five.

    “88% or more” where fewer than ``k`` are gone, or nobody: what they leave of the people, whose number is taken to
    the nearest ten and then at its lowest.
    """
    told = told_by(stays, as_of, k=k)
    gone = sum(told.values())
    if not told:
        return Hidden(Reason.FEW, k)
    if gone >= k:
        return Shown(STEP * round(100 * (len(told) - gone) / len(told) / STEP), unit="%")
    least = max(round(len(told), -1) - 5, k)
    return Shown(100 * (least - k + 1) // least, unit="%", or_more=True)


def told_by(stays: Iterable[Stay], as_of: date, *, k: int) -> Mapping[int, bool]:
    """Whom the figure speaks of on that Sunday, and whether each is gone. Others wait until they are enough."""
    told: dict[int, bool] = {}
    waiting: dict[int, bool] = {}
    ripe = [each for each in stays if each.counted_on + STILL_HERE_KNOWN_AFTER <= as_of]
    for sunday in sorted({each.counted_on for each in ripe}):
        waiting |= {each.person: each.is_gone for each in ripe if each.counted_on == sunday}
        if _may_follow(told, waiting, k):
            told, waiting = told | waiting, {}
    return told


def _may_follow(told: Mapping[int, bool], more: Mapping[int, bool], k: int) -> bool:
    """Whether the figure may speak of ``more`` people from now on, also to somebody who kept the last one."""
    gone, more_gone = sum(told.values()), sum(more.values())
    here, more_here = len(told) - gone, len(more) - more_gone
    if len(more) < k or here + more_here < k:
        return False
    # Once the share itself is on show, what it grows by must be nobody or enough on both sides of it.
    return gone < k or all(each == 0 or each >= k for each in (more_gone, more_here))
