"""How well a mentor and a mentee fit: a sum of weighted parts, in integers.

Each part answers 0 to 1,000 points for every mentor (rows) and mentee (columns) at once; its weight says how many of
100 hundredths it counts, so that a fit lies between 0 and 100,000 and equals, exactly, the sum of the parts that are
shown. What is not in :class:`Profile` cannot count: there is no age, sex, origin, health or performance in it.

A part is added by writing one function of points, one of evidence for a single pair, and its row in :data:`PARTS`;
its words stand in ``matching.explanations``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from participants.choices import HalfDay, Way

Points = NDArray[np.int32]  # mentors x mentees

FULL: Final = 1_000  # points of a part that fits perfectly
QUARTERS_A_WEEK: Final = 7 * 24 * 4  # every time zone in use is a whole number of quarter hours from UTC
ENOUGH_QUARTERS: Final = 8 * 4  # two half-days shared each week: beyond that, more time makes no better pair
ENOUGH_HOBBIES: Final = 2
WITH_TRAVEL: Final = 400  # both would rather meet in person, and work at different sites
MEETS_IN_PERSON: Final = frozenset({Way.IN_PERSON.value, Way.WALK.value})
_HALF_DAY_STARTS: Final = {"am": time(9), "pm": time(13)}
_HALF_DAY_QUARTERS: Final = 16
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri")


@dataclass(frozen=True, slots=True)
class Profile:
    """What one participation says, as far as fit may use it. Wishes stand dearest first."""

    id: UUID
    offers: frozenset[str]
    wants: tuple[str, ...]
    languages: frozenset[str]
    ways: frozenset[str]
    half_days: frozenset[str]
    time_zone: str
    site: str
    hobbies: frozenset[str]


@dataclass(frozen=True, slots=True)
class Crowd:
    """Profiles of one side as arrays, one row a person. Both crowds of a search share one set of columns."""

    offers: NDArray[np.float32]  # 0 or 1 for each skill
    wants: NDArray[np.float32]  # points for each skill; they add up to FULL for everybody who wants something
    languages: NDArray[np.float32]
    ways: NDArray[np.float32]
    at_a_distance: NDArray[np.float32]  # the ways that need no common place
    quarters: NDArray[np.float32]  # free quarter hours of the week, in UTC
    site: NDArray[np.int32]  # -1 where we do not know
    hobbies: NDArray[np.float32]


Judge = Callable[[Crowd, Crowd], Points]
Evidence = Callable[[Profile, Profile, date], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that counts. The weights of all parts add up to 100."""

    name: str
    weight: int
    points: Judge
    evidence: Evidence


# -- what each part says ------------------------------------------------------------------------------------------


def _wishes_met(mentors: Crowd, mentees: Crowd) -> Points:
    """The share of the mentee's wishes, the dearest counting most, that the mentor offers."""
    return _product(mentors.offers, mentees.wants)


def _wishes_returned(mentors: Crowd, mentees: Crowd) -> Points:
    """The same the other way round: what the mentor wants and the mentee offers."""
    return _product(mentors.wants, mentees.offers)


def _common_language(mentors: Crowd, mentees: Crowd) -> Points:
    """All or nothing: two people without a common language are not forbidden, but they miss all of this part."""
    return _any(mentors.languages, mentees.languages)


def _shared_time(mentors: Crowd, mentees: Crowd) -> Points:
    shared = np.minimum(_product(mentors.quarters, mentees.quarters), ENOUGH_QUARTERS)
    return (shared * FULL // ENOUGH_QUARTERS).astype(np.int32)


def _way_of_meeting(mentors: Crowd, mentees: Crowd) -> Points:
    """A way both like that works from where they are; fewer points where it would take a journey."""
    common = _any(mentors.ways, mentees.ways)
    without_travel = np.minimum(common, _same_site(mentors, mentees))
    works = np.maximum(_any(mentors.at_a_distance, mentees.at_a_distance), without_travel)
    return np.maximum(works, common * WITH_TRAVEL // FULL).astype(np.int32)


def _same_site(mentors: Crowd, mentees: Crowd) -> Points:
    same = (mentors.site[:, None] == mentees.site[None, :]) & (mentors.site[:, None] >= 0)
    return np.where(same, FULL, 0).astype(np.int32)


def _common_hobbies(mentors: Crowd, mentees: Crowd) -> Points:
    shared = np.minimum(_product(mentors.hobbies, mentees.hobbies), ENOUGH_HOBBIES)
    return (shared * FULL // ENOUGH_HOBBIES).astype(np.int32)


# -- and what it rests on, for one pair ---------------------------------------------------------------------------


def _wishes_met_by(mentor: Profile, mentee: Profile, week: date) -> dict[str, Any]:
    return {"skills": _wishes(mentee.wants, mentor.offers), "wished": len(mentee.wants)}


def _wishes_returned_by(mentor: Profile, mentee: Profile, week: date) -> dict[str, Any]:
    return {"skills": _wishes(mentor.wants, mentee.offers), "wished": len(mentor.wants)}


def _languages_of(mentor: Profile, mentee: Profile, week: date) -> dict[str, Any]:
    return {"languages": sorted(mentor.languages & mentee.languages)}


def _time_of(mentor: Profile, mentee: Profile, week: date) -> dict[str, Any]:
    shared = free_quarters(mentor.half_days, mentor.time_zone, week) & free_quarters(
        mentee.half_days, mentee.time_zone, week
    )
    alike = _offset(mentor.time_zone, week) == _offset(mentee.time_zone, week)
    half_days = [day for day in HalfDay.values if day in mentor.half_days & mentee.half_days] if alike else []
    return {"minutes": 15 * len(shared), "half_days": half_days, "same_clock": alike}


def _ways_of(mentor: Profile, mentee: Profile, week: date) -> dict[str, Any]:
    common = mentor.ways & mentee.ways
    travel = bool(common) and common <= MEETS_IN_PERSON and not (mentor.site and mentor.site == mentee.site)
    return {"ways": [way for way in Way.values if way in common], "travel": travel}


def _site_of(mentor: Profile, mentee: Profile, week: date) -> dict[str, Any]:
    return {"site": mentor.site if mentor.site == mentee.site else ""}


def _hobbies_of(mentor: Profile, mentee: Profile, week: date) -> dict[str, Any]:
    return {"hobbies": sorted(mentor.hobbies & mentee.hobbies)}


# Content decides: what the mentee asked for weighs most, what comes back to the mentor next. A missing language costs
# more than anything but those, because nothing else helps a pair that cannot talk.
PARTS: Final = (
    Part("wishes_met", 40, _wishes_met, _wishes_met_by),
    Part("wishes_returned", 18, _wishes_returned, _wishes_returned_by),
    Part("language", 14, _common_language, _languages_of),
    Part("time", 12, _shared_time, _time_of),
    Part("way", 6, _way_of_meeting, _ways_of),
    Part("site", 5, _same_site, _site_of),
    Part("hobbies", 5, _common_hobbies, _hobbies_of),
)
BEST: Final = FULL * sum(part.weight for part in PARTS)


# -- all pairs at once --------------------------------------------------------------------------------------------


def crowds(mentors: Sequence[Profile], mentees: Sequence[Profile], week: date) -> tuple[Crowd, Crowd]:
    """Both sides as arrays over the same columns, which stand in alphabetical order. ``week`` is any day of the
    reference week: half-days are local, so how two of them overlap depends on the season."""
    everybody = [*mentors, *mentees]
    skills = _columns(skill for profile in everybody for skill in {*profile.offers, *profile.wants})
    languages = _columns(language for profile in everybody for language in profile.languages)
    ways = _columns(way for profile in everybody for way in profile.ways)
    hobbies = _columns(hobby for profile in everybody for hobby in profile.hobbies)
    sites = _columns(profile.site for profile in everybody if profile.site)

    def crowd(profiles: Sequence[Profile]) -> Crowd:
        return Crowd(
            offers=_marks([profile.offers for profile in profiles], skills),
            wants=_wish_points([profile.wants for profile in profiles], skills),
            languages=_marks([profile.languages for profile in profiles], languages),
            ways=_marks([profile.ways for profile in profiles], ways),
            at_a_distance=_marks([profile.ways - MEETS_IN_PERSON for profile in profiles], ways),
            quarters=_marks(
                [free_quarters(profile.half_days, profile.time_zone, week) for profile in profiles],
                {quarter: quarter for quarter in range(QUARTERS_A_WEEK)},
            ),
            site=np.array([sites.get(profile.site, -1) for profile in profiles], dtype=np.int32),
            hobbies=_marks([profile.hobbies for profile in profiles], hobbies),
        )

    return crowd(mentors), crowd(mentees)


def fit(mentors: Crowd, mentees: Crowd) -> Points:
    """The fit of every pair, 0 to :data:`BEST`."""
    total = np.zeros((len(mentors.site), len(mentees.site)), dtype=np.int32)
    for part in PARTS:
        total += part.weight * part.points(mentors, mentees)
    return total


def parts_of(mentor: Profile, mentee: Profile, week: date) -> list[dict[str, Any]]:
    """The parts of one pair's fit, in the order of :data:`PARTS`, with what each rests on. Their ``points`` add up to
    the pair's entry in :func:`fit`: they come from the same functions."""
    one, other = crowds([mentor], [mentee], week)
    return [
        {
            "part": part.name,
            "points": part.weight * int(part.points(one, other)[0, 0]),
            "of": part.weight * FULL,
            **part.evidence(mentor, mentee, week),
        }
        for part in PARTS
    ]


def wish_points(wishes: int) -> list[int]:
    """Points of the first, second, … of so many wishes. Ranks count n, n-1, … 1; what division leaves over goes to the
    first, so that the points of all wishes are always :data:`FULL`."""
    ranks = list(range(wishes, 0, -1))
    points = [FULL * rank // sum(ranks) for rank in ranks]
    if points:
        points[0] += FULL - sum(points)
    return points


@lru_cache(maxsize=4096)
def free_quarters(half_days: frozenset[str], time_zone: str, week: date) -> frozenset[int]:
    """The quarter hours of the week, counted from Monday 00:00 UTC, that somebody is free in; the week wraps round."""
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


def _offset(time_zone: str, week: date) -> timedelta | None:
    return datetime.combine(week - timedelta(days=week.weekday()), time(12), ZoneInfo(time_zone)).utcoffset()


def _wishes(wants: Sequence[str], offers: frozenset[str]) -> list[list[Any]]:
    """Those wishes that are met: name and rank, from one."""
    return [[skill, rank] for rank, skill in enumerate(wants, start=1) if skill in offers]


def _columns(names: Iterable[str]) -> dict[str, int]:
    return {name: column for column, name in enumerate(sorted(set(names)))}


def _marks(rows: Sequence[frozenset[Any]], columns: dict[Any, int]) -> NDArray[np.float32]:
    marks = np.zeros((len(rows), len(columns)), dtype=np.float32)
    for row, names in enumerate(rows):
        marks[row, [columns[name] for name in names]] = 1
    return marks


def _wish_points(rows: Sequence[tuple[str, ...]], columns: dict[str, int]) -> NDArray[np.float32]:
    points = np.zeros((len(rows), len(columns)), dtype=np.float32)
    for row, wants in enumerate(rows):
        points[row, [columns[name] for name in wants]] = wish_points(len(wants))
    return points


def _product(one: NDArray[np.float32], other: NDArray[np.float32]) -> Points:
    """Sums of products. Every entry and sum is a whole number below 2**24, so single precision is exact."""
    product: Points = (one @ other.T).astype(np.int32)
    return product


def _any(one: NDArray[np.float32], other: NDArray[np.float32]) -> Points:
    return np.where(_product(one, other) > 0, FULL, 0).astype(np.int32)
