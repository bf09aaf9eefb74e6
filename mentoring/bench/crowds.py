"""Made-up people who wait for a partner: the same for the same number, without a database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import numpy as np

from matching.candidates import Candidates
from matching.scoring import Fit, Profile, weights_of
from participants.choices import HalfDay, Way
from programs.choices import DEFAULT_IMPORTANCE
from programs.facts import Facts, Pairs
from programs.models import Program

WEEK: Final = date(2026, 12, 7)
FUNCTIONS, LINES, SITES = 12, 8, 25
ZONES: Final = (
    "Europe/London", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Singapore", "America/Los_Angeles",
    "Australia/Sydney", "Asia/Tokyo",
)  # fmt: skip
LANGUAGES: Final = ("en", "de", "fr", "es", "it", "pl", "zh", "hi")
SKILLS: Final = tuple(f"skill {number}" for number in range(300))
HOBBIES: Final = tuple(f"hobby {number}" for number in range(64))
SAYS_A_LEVEL: Final = 0.7


def people(number: int, chance: np.random.Generator) -> list[Profile]:
    """Skills and hobbies are unevenly popular, as words are (Zipf, exponent 0.9); seven of ten skills have a level."""

    def some(things: Sequence[str], least: int, most: int, uneven: bool = False) -> list[str]:
        popularity = np.arange(1, len(things) + 1) ** -0.9 if uneven else np.ones(len(things))
        size = int(chance.integers(least, most + 1))
        return [str(each) for each in chance.choice(things, size, replace=False, p=popularity / popularity.sum())]

    def levels(skills: Sequence[str], lowest: int, highest: int) -> dict[str, int]:
        said = [skill for skill in skills if chance.random() < SAYS_A_LEVEL]
        return {skill: int(chance.integers(lowest, highest + 1)) for skill in said}

    def person(place: int) -> Profile:
        offers, wants = some(SKILLS, 4, 8, uneven=True), some(SKILLS, 2, 5, uneven=True)
        return Profile(
            id=UUID(int=place),
            offers=frozenset(offers),
            wants=tuple(wants),
            languages=frozenset(some(LANGUAGES, 1, 2)),
            ways=frozenset(some(Way.values, 1, 3)),
            half_days=frozenset(some(HalfDay.values, 1, 6)),
            time_zone=str(chance.choice(ZONES)),
            site=f"site {chance.integers(SITES)}",
            hobbies=frozenset(some(HOBBIES, 0, 4, uneven=True)),
            offered_levels=levels(offers, 2, 5),
            wanted_levels=levels(wants, 1, 3),
            areas={"line_of_business": f"line {chance.integers(LINES)}"},
        )

    return [person(place) for place in range(number)]


def candidates(mentors: Sequence[Profile], mentees: Sequence[Profile], chance: np.random.Generator) -> Candidates:
    """Half as many pairs met before as there are mentors, and a tenth as many conflicts are declared."""
    size = len(mentors)
    sides = np.array((size, len(mentees)))
    conflicts = (chance.random((size // 10, 2)) * sides).astype(np.int64) + np.array((0, size))
    before = (chance.random((size // 2, 2)) * sides).astype(int).tolist()
    return Candidates.of(
        Program(level_gap=2, different_function=True, different_line_of_business=False),
        _facts(range(size), (1, 6), conflicts, chance),
        _facts(range(size, size + len(mentees)), (4, 11), conflicts, chance),
        Fit(mentors, mentees, weights=weights_of(DEFAULT_IMPORTANCE), week=WEEK),
        {(mentor, mentee) for mentor, mentee in before},
    )


def _facts(numbers: range, levels: tuple[int, int], conflicts: Pairs, chance: np.random.Generator) -> Facts:
    """Everybody is in a line of their own: whom the reporting line keeps apart is looked at, and there is nobody."""
    person = np.array(numbers, dtype=np.int32)
    size = len(numbers)
    return Facts(
        person=person,
        level_rank=chance.integers(*levels, size, dtype=np.int32),
        function=chance.integers(0, FUNCTIONS, size, dtype=np.int32),
        line_of_business=chance.integers(0, LINES, size, dtype=np.int32),
        enter=2 * person,
        leave=2 * person + 1,
        conflicts=conflicts,
    )
