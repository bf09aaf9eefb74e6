"""How many pairs a program's rules would allow if so many people took part: a count, made before anybody volunteers.

Who would take part is not known, for interest is asked anonymously. So as many people as said yes are drawn at random
from all who may take each side, the engine finds the most pairs among them, and this is done over and over. Declared
conflicts are left out, as wherever people are only counted: a number that moved would give one away.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.engine import FORBIDDEN, solve
from programs import queries as programs
from programs.choices import Side
from programs.facts import Row, sides_without_conflicts
from programs.models import Program
from programs.rules import PAIR_RULES

DRAWS: Final = 20
MOST_DRAWN: Final = 400
"""People of one side in one draw. Beyond, no forecast is needed: so many find partners, or the rules let nobody."""
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
    pairs = _pairs(program, interested, on=on, seed=seed)
    middle = int(np.median(pairs))
    changes = [
        (words, int(np.median(_pairs(other, people, on=on, seed=seed))))
        for words, other, people in _what_if(program, interested)
    ]
    return Forecast(middle, int(np.quantile(pairs, 0.1)), tuple(each for each in changes if each[1] > middle))


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


def _pairs(program: Program, interested: Interested, *, on: date, seed: int) -> list[int]:
    chance = np.random.default_rng(seed)
    mentors, mentees = (programs.eligible_rows(program, side, on) for side in (Side.MENTOR, Side.MENTEE))
    return [_most_pairs(program, *_drawn(mentors, mentees, interested, chance)) for _ in range(DRAWS)]


def _drawn(
    mentors: list[Row], mentees: list[Row], interested: Interested, chance: np.random.Generator
) -> tuple[list[Row], list[Row]]:
    """Nobody on both sides."""
    wanted = [min(number, MOST_DRAWN) for number in interested.sides]
    chosen = _some(mentors, wanted[0], chance)
    taken = {row[0] for row in chosen}
    return chosen, _some([row for row in mentees if row[0] not in taken], wanted[1], chance)


def _some(rows: list[Row], number: int, chance: np.random.Generator) -> list[Row]:
    places: NDArray[np.int64] = chance.permutation(len(rows))[:number]
    return [rows[place] for place in places]


def _most_pairs(program: Program, mentors: list[Row], mentees: list[Row]) -> int:
    if not mentors or not mentees:
        return 0
    rows, columns = sides_without_conflicts(mentors, mentees)
    apart = np.zeros((len(mentors), len(mentees)), dtype=np.bool_)
    for rule in PAIR_RULES:
        if rule.counted:
            apart |= rule.forbids(program, rows.as_rows(), columns)
    return solve(np.where(apart, FORBIDDEN, 1)).size
