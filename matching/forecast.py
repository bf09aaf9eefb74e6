"""How many pairs a program's rules would allow if so many people took part: a count, made before anybody volunteers.

Who would take part is not known, for interest is asked anonymously. So as many people as said yes are drawn at random
from all who may take each side, the most pairs among them are counted, and this is done over and over. Declared
conflicts are left out, as wherever people are only counted: a number that moved would give one away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from programs import queries as programs
from programs.choices import Side
from programs.facts import Facts, sides_without_conflicts
from programs.models import Program
from programs.rules import PAIR_RULES

DRAWS: Final = 20
MOST_DRAWN: Final = 1000
"""People of one side in one draw. Where both sides are larger a part is drawn from both alike, and stands for the
whole; of the larger one alone no more are drawn than this."""
MORE: Final = 10


@dataclass(frozen=True, slots=True)
class Interested:
    """How many said they would take part, by side."""

    mentors: int
    mentees: int
    either: int

    @property
    def sides(self) -> tuple[int, int]:
        """With those who would do either put where they are missing."""
        to_mentors = min(max((self.mentees + self.either - self.mentors + 1) // 2, 0), self.either)
        return self.mentors + to_mentors, self.mentees + self.either - to_mentors


@dataclass(frozen=True, slots=True)
class Forecast:
    """Pairs in the middle of all draws, and what nine in ten of them reach; ``changes`` say what would change that."""

    middle: int
    nearly_always: int
    changes: tuple[tuple[str, int], ...]


def forecast(program: Program, interested: Interested, *, on: date, seed: int) -> Forecast:
    """The same people, rules and seed give the same forecast."""
    sides = _eligible(program, on)
    pairs = _pairs(program, interested, sides, seed=seed)
    middle = int(np.median(pairs))
    changes = [
        (words, int(np.median(_pairs(other, people, sides, seed=seed))))
        for words, other, people in _what_if(program, interested)
    ]
    return Forecast(middle, int(np.quantile(pairs, 0.1)), tuple(each for each in changes if each[1] > middle))


def _eligible(program: Program, on: date) -> tuple[Facts, Facts]:
    """Who may take each side, read once: a rule for pairs that is changed lets in nobody else."""
    mentors, mentees = (programs.eligible_rows(program, side, on) for side in (Side.MENTOR, Side.MENTEE))
    return sides_without_conflicts(mentors, mentees)


def _what_if(program: Program, interested: Interested) -> Iterator[tuple[str, Program, Interested]]:
    def changed(**rules: object) -> Program:
        tried = copy(program)
        for name, value in rules.items():
            setattr(tried, name, value)
        return tried

    mentors, mentees = interested.sides
    more = (MORE, 0) if mentors <= mentees else (0, MORE)
    side = program.word(Side.MENTOR if mentors <= mentees else Side.MENTEE, plural=True)
    yield f"{MORE} more {side}", program, Interested(
        interested.mentors + more[0], interested.mentees + more[1], interested.either
    )  # fmt: skip
    if program.level_gap > 1:
        yield "a level less between the two", changed(level_gap=program.level_gap - 1), interested
    if program.different_function:
        yield "partners of the same function", changed(different_function=False), interested
    if program.different_line_of_business:
        yield "partners of the same line of business", changed(different_line_of_business=False), interested


def _pairs(program: Program, interested: Interested, sides: tuple[Facts, Facts], *, seed: int) -> list[int]:
    """How many pairs each draw allows."""
    chance = np.random.default_rng(seed)
    wanted = [min(number, len(side)) for number, side in zip(interested.sides, sides, strict=True)]
    fewest = min(wanted)
    shrunk = max(wanted) / MOST_DRAWN if fewest > MOST_DRAWN else 1
    drawn = [min(round(number / shrunk), MOST_DRAWN) for number in wanted]
    stands_for = fewest / max(min(drawn), 1)
    return [round(stands_for * _most_pairs(program, *_drawn(*sides, drawn, chance))) for _ in range(DRAWS)]


def _drawn(mentors: Facts, mentees: Facts, wanted: Sequence[int], chance: np.random.Generator) -> tuple[Facts, Facts]:
    """Nobody on both sides."""
    chosen = mentors.part(_some(np.arange(len(mentors)), wanted[0], chance))
    free = np.flatnonzero(~np.isin(mentees.person, chosen.person))
    return chosen, mentees.part(_some(free, wanted[1], chance))


def _some(places: NDArray[np.intp], number: int, chance: np.random.Generator) -> NDArray[np.intp]:
    return places[chance.permutation(len(places))[:number]]


def _most_pairs(program: Program, mentors: Facts, mentees: Facts) -> int:
    apart = np.zeros((len(mentors), len(mentees)), dtype=np.bool_)
    for rule in PAIR_RULES:
        if rule.counted:
            apart |= rule.forbids(program, mentors.as_rows(), mentees)
    return int(np.count_nonzero(maximum_bipartite_matching(csr_matrix(~apart)) >= 0))
