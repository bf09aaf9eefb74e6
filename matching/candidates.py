"""Every pair a search may make: how well the two fit, and what keeps them apart. Nothing is kept but what is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.engine import FORBIDDEN
from matching.scoring import BEST, CELLS, Fit, Points
from programs.choices import Criterion
from programs.facts import Facts
from programs.models import Program
from programs.rules import DECLARED_CONFLICT, PAIR_RULES, Forbidden

Places = NDArray[np.intp]

MET_BEFORE: Final = "met_before"
"""Not a rule of the program: the two were a pair before, or were proposed to one another and it came to nothing.

Pairs with a declared conflict are kept under this name too, so that no count of a search tells the one from the other.
"""
MOST_ROWS: Final = 64
_PAIRS_AT_A_TIME: Final = CELLS // 4


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
    before: Places
    """Rows of two, mentor and mentee: those who met before, in the order of mentors."""

    ceiling: int = BEST

    @classmethod
    def of(
        cls, program: Program, mentors: Facts, mentees: Facts, fit: Fit, before: Iterable[tuple[int, int]]
    ) -> Candidates:
        return cls(program, mentors, mentees, fit, np.array(sorted(before), dtype=np.intp).reshape(-1, 2))

    @property
    def shape(self) -> tuple[int, int]:
        return self.fit.shape

    def block(self, start: int, stop: int) -> Points:
        """Fits of some mentors with every mentee; ``FORBIDDEN`` where the two may not be paired."""
        found = np.empty((stop - start, self.shape[1]), dtype=np.int32)
        for rows, columns in _tiles(start, stop, self.shape[1]):
            tile = self.fit.block(rows, columns)
            for apart in self._apart(rows, columns):
                tile[apart] = FORBIDDEN
            found[rows.start - start : rows.stop - start, columns] = tile
        mentors, mentees = self._met(start, stop)
        found[mentors - start, mentees] = FORBIDDEN
        return found

    def pairs(self, rows: Places, columns: Places) -> Points:
        """The same of single pairs: each mentor in ``rows`` with the mentee at the same place of ``columns``."""
        found = np.empty(len(rows), dtype=np.int32)
        for start in range(0, len(rows), _PAIRS_AT_A_TIME):
            some = slice(start, start + _PAIRS_AT_A_TIME)
            found[some] = self._some_pairs(rows[some], columns[some])
        return found

    def _some_pairs(self, rows: Places, columns: Places) -> Points:
        found = self.fit.pairs(rows, columns)
        for apart in self.apart(rows, columns).values():
            found[apart] = FORBIDDEN
        return found

    def apart(self, rows: Places, columns: Places) -> dict[str, Forbidden]:
        """Which rule forbids which of these single pairs, by name."""
        mentors, mentees = self.mentors.part(rows), self.mentees.part(columns)
        by_rule = {rule.name: rule.forbids(self.program, mentors, mentees) for rule in PAIR_RULES}
        lacking = {must(criterion): apart for criterion, apart in self.fit.pairs_lacking(rows, columns).items()}
        code = self.shape[1]
        met = np.isin(rows * code + columns, self.before[:, 0] * code + self.before[:, 1])
        met |= by_rule.pop(DECLARED_CONFLICT)
        return {**by_rule, **lacking, MET_BEFORE: met}

    def forbidden_by(self, start: int, stop: int) -> dict[str, Forbidden]:
        """Which rule forbids which of these pairs, by name: why there is nobody for somebody rests on it."""
        everybody = slice(0, self.shape[1])
        rows = slice(start, stop)
        by_rule = dict(self._rules(rows, everybody))
        before = by_rule.pop(DECLARED_CONFLICT)
        mentors, mentees = self._met(start, stop)
        before[mentors - start, mentees] = True
        lacking = {must(criterion): apart for criterion, apart in self.fit.lacking(rows, everybody).items()}
        return {**by_rule, **lacking, MET_BEFORE: before}

    def _apart(self, rows: slice, columns: slice) -> Iterator[Forbidden]:
        yield from (apart for _, apart in self._rules(rows, columns))
        yield from self.fit.lacking(rows, columns).values()

    def _rules(self, rows: slice, columns: slice) -> Iterator[tuple[str, Forbidden]]:
        mentors, mentees = self.mentors.part(rows).as_rows(), self.mentees.part(columns)
        return ((rule.name, rule.forbids(self.program, mentors, mentees)) for rule in PAIR_RULES)

    def _met(self, start: int, stop: int) -> tuple[Places, Places]:
        first, last = np.searchsorted(self.before[:, 0], (start, stop))
        return self.before[first:last, 0], self.before[first:last, 1]


def _tiles(start: int, stop: int, columns: int) -> Iterator[tuple[slice, slice]]:
    width = CELLS // MOST_ROWS
    for row in range(start, stop, MOST_ROWS):
        for column in range(0, columns, width):
            yield slice(row, min(row + MOST_ROWS, stop)), slice(column, min(column + width, columns))
