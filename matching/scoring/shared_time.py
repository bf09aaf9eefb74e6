"""Free half-days that two share, in real time zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from matching.scoring.criterion import Scored
from matching.scoring.measures import Best, Common
from matching.scoring.profile import Profile, offset
from matching.scoring.words import Facts, Names, Reader, Reason, against_it, for_it, listed, number
from participants.choices import HalfDay
from programs.choices import Criterion

QUARTERS_A_WEEK: Final = 7 * 24 * 4  # every time zone in use is a whole number of quarter hours from UTC
ENOUGH_QUARTERS: Final = 8 * 4  # two half-days shared each week: beyond that, more time makes no better pair
_HALF_DAY_STARTS: Final = {"am": time(9), "pm": time(13)}
_HALF_DAY_QUARTERS: Final = 16
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri")


@lru_cache(maxsize=65_536)
def free_quarters(half_days: frozenset[str], time_zone: str, week: date) -> frozenset[int]:
    """The quarter hours of the week, counted from Monday 00:00 UTC, that somebody is free in; the week wraps round.

    ``week`` is any day of the week that counts: half-days are local, so how two of them overlap depends on the season.
    """
    monday = week - timedelta(days=week.weekday())
    start_of_week = datetime.combine(monday, time(), UTC)
    free: set[int] = set()
    for half_day in half_days:
        weekday, part_of_day = half_day.split("_")
        day = monday + timedelta(days=_WEEKDAYS.index(weekday))
        begins = datetime.combine(day, _HALF_DAY_STARTS[part_of_day], ZoneInfo(time_zone))
        first = (begins - start_of_week) // timedelta(minutes=15)
        free.update((first + quarter) % QUARTERS_A_WEEK for quarter in range(_HALF_DAY_QUARTERS))
    return frozenset(free)


def free(profile: Profile, week: date) -> frozenset[int]:
    return free_quarters(profile.half_days, profile.time_zone, week)


def evidence(mentor: Profile, mentee: Profile, week: date) -> dict[str, Any]:
    alike = offset(mentor.time_zone, week) == offset(mentee.time_zone, week)
    half_days = [day for day in HalfDay.values if day in mentor.half_days & mentee.half_days] if alike else []
    return {"minutes": 15 * len(free(mentor, week) & free(mentee, week)), "half_days": half_days, "same_clock": alike}


def words(part: Facts, names: Names, reader: Reader) -> Reason | None:
    if not part["minutes"]:
        if reader == "desk":
            return against_it("No free half-day in common")
        return Reason(
            "Your free half-days do not meet", "The two of you would have to find another time.", "info", False
        )
    if part["half_days"]:
        named = listed((f"{HalfDay(day).label}s" for day in part["half_days"][:3]), quoted=False)
        more = len(part["half_days"]) - 3
        when = f"{named}, and {number(more)} more half-day{'s' if more > 1 else ''}" if more > 0 else named
        if reader == "desk":
            return for_it(f"Both free on {when}")
        return Reason("Your weeks fit", f"You are both free on {when}.", "calendar")
    shared = _duration(part["minutes"])
    where = "" if part["same_clock"] else " across time zones"
    if reader == "desk":
        return for_it(f"Free half-days share {shared} a week{where}")
    return Reason("Your weeks fit", f"Your free half-days share {shared} a week{where}.", "calendar")


def _duration(minutes: int) -> str:
    hours, quarters = divmod(minutes, 60)
    half = {0: "", 15: "¼", 30: "½", 45: "¾"}[quarters]
    if not hours:
        return f"{minutes} minutes"
    return f"{hours}{half} hour{'' if (hours, half) == (1, '') else 's'}"


SCORED = Scored(
    Criterion.TIME,
    Best((Common(free, ENOUGH_QUARTERS),)),
    evidence,
    words,
    asks_for="free time in common",
)
