"""Who has waited through earlier rounds, and how much more a search counts a pair with them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Final, Self
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from matching.models import MatchingRun
from matching.scoring import BEST
from pairings import queries as pairings
from participants.models import Participation
from programs.models import Program

MOST_ROUNDS: Final = 3
"""More earlier rounds than these do not count more."""

Rounds = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """Points on top of the fit for each earlier round that somebody waited through: mentors are rows, mentees columns.

    ``unit`` is what one round counts. It is more than all fits of an answer together, as far as the engine's numbers
    reach, so that whoever waited comes before any fit. The engine puts as many pairs as possible before both.
    """

    mentors: Rounds
    mentees: Rounds
    unit: int

    @classmethod
    def nobody(cls, mentors: int, mentees: int) -> Self:
        return cls(np.zeros(mentors, dtype=np.int64), np.zeros(mentees, dtype=np.int64), 0)

    @classmethod
    def of(cls, mentors: Sequence[int], mentees: Sequence[int], pairs: int) -> Self:
        """``pairs`` are as many as an answer can have at most. What all of one side waited decides nothing."""
        sides = [np.array(side, dtype=np.int64) for side in (mentors, mentees)]
        one, other = (side - side.min(initial=MOST_ROUNDS) for side in sides)
        return cls(one, other, _unit(pairs) if one.any() or other.any() else 0)

    @property
    def most(self) -> int:
        return int(self.unit * (self.mentors.max(initial=0) + self.mentees.max(initial=0)))

    def beside(self, rows: slice) -> NDArray[np.int32]:
        """Of some mentors, one below the other, with every mentee."""
        points: NDArray[np.int32] = (self.unit * (self.mentors[rows, None] + self.mentees)).astype(np.int32)
        return points

    def pairs(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.int32]:
        """Of single pairs."""
        points: NDArray[np.int32] = (self.unit * (self.mentors[rows] + self.mentees[columns])).astype(np.int32)
        return points

    def points(self, row: int, column: int) -> int:
        return int(self.unit * (self.mentors[row] + self.mentees[column]))

    def part(self, row: int, column: int) -> list[dict[str, Any]]:
        """Its line among the parts of a pair, as far as there is one."""
        rounds = [int(self.mentors[row]), int(self.mentees[column])]
        return [{"part": WAITED, "points": self.points(row, column), "rounds": rounds}] if any(rounds) else []


WAITED: Final = "waited"
_HIGHEST_SCORE: Final = 2**31 - 1
_HIGHEST_WEIGHT: Final = 2**58


def _unit(pairs: int) -> int:
    """Twice the fit of so many pairs and one, so that of a difference in points the rounds can be told from the fit.

    The engine's scores have 32 bits, and its weights 64: beyond 1,789 pairs a round counts as much as there is room.
    """
    highest = min(_HIGHEST_SCORE, _HIGHEST_WEIGHT // max(1, pairs) ** 2)
    return min(2 * BEST * pairs + 1, (highest - BEST) // (2 * MOST_ROUNDS))


def rounds_waited(
    program: Program, participations: Sequence[Participation], *, reserved: Collection[UUID], at: datetime
) -> list[int]:
    """How many rounds of proposals have gone by without a pair for each of these, up to :data:`MOST_ROUNDS`.

    Counted since they joined, or since their last pair; a pair that ended early counts as a round that came to nothing.
    Whose "not this one" it was, and who ended a pair, plays no part: it would show in who comes first. Whoever has a
    partner, or a proposal (``reserved``), does not wait.
    """
    sent = [run.published_at for run in MatchingRun.objects.filter(program=program).only("published_at")]
    if not any(sent):
        return [0] * len(participations)
    open_pairs, last_pairs = pairings.open_and_last_pairs(program, on=at.astimezone(UTC).date())
    rounds = []
    for one in participations:
        since, early = one.volunteered_at, 0
        if (last := last_pairs.get(one.pk)) is not None:
            ended_on, early = last
            since = max(since, datetime.combine(ended_on, time(), UTC))
        waits = one.pk not in open_pairs and one.pk not in reserved
        rounds.append(min(MOST_ROUNDS, early + sum(bool(each and each > since) for each in sent)) if waits else 0)
    return rounds
