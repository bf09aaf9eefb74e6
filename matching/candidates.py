"""Every pair a search may make: its score, and what keeps the two apart. Nothing is kept but what is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from matching.engine import FORBIDDEN
from matching.rounds import Ahead
from matching.scoring import BEST, Fit, Points
from programs.choices import Criterion
from programs.facts import Facts, declared_between
from programs.models import Program
from programs.rules import DECLARED_CONFLICT, PAIR_RULES, Forbidden

Places = NDArray[np.intp]

MET_BEFORE: Final = "met_before"
"""Not a rule of the program: the two were a pair before, or were proposed to one another and it came to nothing.

Pairs with a declared conflict are kept under this name too, so that no count of a search tells the one from the other.
"""
PAIRS_AT_A_TIME: Final = 2**16
"""What is worked out about them then stays in the processor's cache."""
RULES: Final = tuple(rule for rule in PAIR_RULES if rule.name != DECLARED_CONFLICT)
"""Those that are asked of every pair. Who must not meet for a reason of their own are few, and looked up."""


def must(criterion: Criterion) -> str:
    """The name under which a search counts pairs that lack what the program asks of every pair."""
    return f"must_{criterion}"


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Mentors are rows and mentees columns. Blocks and single pairs say the same, from the same rules."""

    program: Program
    mentors: Facts
    mentees: Facts
    fit: Fit
    kept_apart: Places
    """Rows of two, mentor and mentee: those who met before or have a conflict declared, in the order of mentors."""
    ahead: Ahead
    """What counts on top of the fit."""

    @classmethod
    def of(
        cls,
        program: Program,
        mentors: Facts,
        mentees: Facts,
        fit: Fit,
        before: Iterable[tuple[int, int]],
        ahead: Ahead | None = None,
    ) -> Candidates:
        apart = sorted({*before, *declared_between(mentors, mentees)})
        kept_apart = np.array(apart, dtype=np.intp).reshape(-1, 2)
        return cls(program, mentors, mentees, fit, kept_apart, ahead or Ahead.nobody(*fit.shape))

    @property
    def ceiling(self) -> int:
        return BEST + self.ahead.most

    @property
    def shape(self) -> tuple[int, int]:
        return self.fit.shape

    def block(self, start: int, stop: int) -> Points:
        """Scores of some mentors with every mentee; ``FORBIDDEN`` where the two may not be paired."""
        found = np.empty((stop - start, self.shape[1]), dtype=np.int32)
        height = max(1, PAIRS_AT_A_TIME // max(1, self.shape[1]))
        for first in range(start, stop, height):
            rows = slice(first, min(first + height, stop))
            found[first - start : rows.stop - start] = self._some_rows(rows)
        mentors, mentees = self._met(start, stop)
        found[mentors - start, mentees] = FORBIDDEN
        return found

    def _some_rows(self, rows: slice) -> Points:
        found = self.fit.block(rows)
        if self.ahead.unit:
            found += self.ahead.beside(rows)
        apart = np.zeros(found.shape, dtype=np.bool_)
        for some in (*self._rules(rows), *self.fit.block_lacking(rows).values()):
            apart |= some
        found |= np.negative(apart.view(np.int8))  # -1, which is FORBIDDEN, has every bit: many times as fast as copyto
        return found

    def pairs(self, rows: Places, columns: Places) -> Points:
        """The same of single pairs: each mentor in ``rows`` with the mentee at the same place of ``columns``."""
        found = np.empty(len(rows), dtype=np.int32)
        for start in range(0, len(rows), PAIRS_AT_A_TIME):
            some = slice(start, start + PAIRS_AT_A_TIME)
            found[some] = self._some_pairs(rows[some], columns[some])
        return found

    def _some_pairs(self, rows: Places, columns: Places) -> Points:
        found = self.fit.pairs(rows, columns) + self.ahead.pairs(rows, columns)
        for apart in self.apart(rows, columns).values():
            found[apart] = FORBIDDEN
        return found

    def parts(self, row: int, column: int) -> list[dict[str, Any]]:
        """What the score of one pair is made of: its points add up to it."""
        return [*self.fit.parts(row, column), *self.ahead.part(row, column)]

    def apart(self, rows: Places, columns: Places) -> dict[str, Forbidden]:
        """Which rule forbids which of these single pairs, by name."""
        mentors, mentees = self.mentors.part(rows), self.mentees.part(columns)
        by_rule = {rule.name: rule.forbids(self.program, mentors, mentees) for rule in RULES}
        lacking = {must(criterion): apart for criterion, apart in self.fit.pairs_lacking(rows, columns).items()}
        return {**by_rule, **lacking, MET_BEFORE: self._are_kept_apart(rows, columns)}

    def _are_kept_apart(self, rows: Places, columns: Places) -> Forbidden:
        codes = self.kept_apart @ np.array((self.shape[1], 1))
        if not len(codes):
            return np.zeros(len(rows), dtype=np.bool_)
        asked = rows * self.shape[1] + columns
        found: Forbidden = codes[np.minimum(np.searchsorted(codes, asked), len(codes) - 1)] == asked
        return found

    def apart_from(self, side: Literal["mentor", "mentee"], person: int) -> dict[str, Forbidden]:
        """Which rule keeps one person from each of the other side, by name: why there is nobody for them."""
        others = np.arange(self.shape[1 if side == "mentor" else 0])
        same = np.full(len(others), person)
        return self.apart(same, others) if side == "mentor" else self.apart(others, same)

    def _rules(self, rows: slice) -> list[Forbidden]:
        mentors = self.mentors.part(rows).as_rows()
        return [rule.forbids(self.program, mentors, self.mentees) for rule in RULES]

    def _met(self, start: int, stop: int) -> tuple[Places, Places]:
        first, last = np.searchsorted(self.kept_apart[:, 0], (start, stop))
        return self.kept_apart[first:last, 0], self.kept_apart[first:last, 1]
