"""What both criteria of wishes share: how much each wish counts, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from matching.scoring.measures import FULL, Thing
from matching.scoring.profile import Profile
from matching.scoring.words import listed

NO_LEVEL: Final = 0
LEVELS: Final = (1, 2, 3, 4, 5)
SET_BACK: Final = -1
"""Stands where a level would, for a skill that is to count as little as one somebody knows less of."""
CLEARLY_MORE: Final = 2
"""Whoever knows a thing by so many levels better can show it in full."""
QUARTERS: Final = {1: 3, 0: 2}
"""Of four, for whoever knows it one level better, or as well; one for whoever knows less."""

_RANKS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@cache
def wish_points(wishes: int) -> tuple[int, ...]:
    """Points of the first, second, … of so many wishes. Ranks count n, n-1, … 1; what division leaves over goes to the
    first, so that the points of all wishes are always :data:`FULL`."""
    ranks = range(wishes, 0, -1)
    points = [FULL * rank // sum(ranks) for rank in ranks]
    return (points[0] + FULL - sum(points), *points[1:]) if points else ()


def quarters(shown: int, own: int) -> int:
    """Of four: how much of a wish somebody at level ``shown`` meets of one at level ``own``. Who gives no level is
    taken to know enough."""
    if SET_BACK in (shown, own):
        return 1
    gap = shown - own
    return 4 if NO_LEVEL in (shown, own) or gap >= CLEARLY_MORE else QUARTERS.get(gap, 1)


def offered(profile: Profile) -> dict[Thing, int]:
    levels: Mapping[str, int] = {**profile.offered_levels, **dict.fromkeys(profile.set_back, SET_BACK)}
    return {(skill, levels.get(skill, NO_LEVEL)): 1 for skill in profile.offers}


def wished(profile: Profile) -> dict[Thing, int]:
    """Points for each skill at each level that somebody may offer it at."""
    shares = zip(profile.wants, wish_points(len(profile.wants)), strict=True)
    return {
        (skill, shown): points
        for skill, share in shares
        for shown, points in _at_each_level(
            share, SET_BACK if skill in profile.set_back else profile.wanted_levels.get(skill, NO_LEVEL)
        )
    }


@cache
def _at_each_level(share: int, own: int) -> tuple[tuple[int, int], ...]:
    return tuple((shown, share * quarters(shown, own) // 4) for shown in (SET_BACK, NO_LEVEL, *LEVELS))


def met(wants: Sequence[str], offers: frozenset[str]) -> list[list[Any]]:
    """Those wishes that are met: name and rank, from one."""
    return [[skill, rank] for rank, skill in enumerate(wants, start=1) if skill in offers]


def near(profile: Profile, other: Profile) -> list[str]:
    """Skills that ``profile`` wants of ``other``, who by their levels does not know clearly more of them."""
    levels: Mapping[str, int] = profile.wanted_levels
    return [
        skill
        for skill in profile.wants
        if skill in other.offers
        and quarters(other.offered_levels.get(skill, NO_LEVEL), levels.get(skill, NO_LEVEL)) < 4
    ]


def ranked(skills: Sequence[Sequence[Any]], wishes: int) -> str:
    """“Data and dashboards” (first wish) and “AI tools” (second wish). A single wish needs no rank."""
    if wishes == 1:
        return f"“{skills[0][0]}”"
    return listed((f"“{skill}” ({_rank(rank)} wish)" for skill, rank in skills), quoted=False)


def _rank(rank: int) -> str:
    return _RANKS[rank - 1] if 0 < rank <= len(_RANKS) else f"number {rank}"


def it(skills: Sequence[Sequence[Any]]) -> str:
    return {1: "it", 2: "both"}.get(len(skills), "all of these")
