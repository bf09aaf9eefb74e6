"""Somebody who keeps everything that is published and calculates. Shares no code with what it attacks.

Each published number is a linear equation over people: so many of these kinds. The attacker eliminates in exact
fractions, bounds what is left by linear programs, and looks for a group of 1 to k-1 people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, eye, kron, vstack

Kind = tuple


@dataclass
class Attacker:
    """``kinds`` are all combinations of attributes that exist for the attacker."""

    kinds: Sequence[Kind]
    rows: list[list[float]] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.place = {kind: number for number, kind in enumerate(self.kinds)}

    def row(self, kinds: Iterable[Kind]) -> list[float]:
        row = [0.0] * len(self.kinds)
        for kind in kinds:
            row[self.place[kind]] = 1.0
        return row

    def learns(self, kinds: Iterable[Kind], low: float, high: float | None = None) -> None:
        self.rows.append(self.row(kinds))
        self.low.append(low)
        self.high.append(low if high is None else high)

    def learns_sum(self, weights: Sequence[float], low: float, high: float) -> None:
        self.rows.append(list(weights))
        self.low.append(low)
        self.high.append(high)

    def intervals(self, groups: Iterable[Iterable[Kind]]) -> list[tuple[list[Kind], float, float]]:
        """The smallest and the greatest size of each group that agree with everything learnt.

        All questions are put to the solver at once, as blocks that share nothing: it is quicker than one by one.
        """
        asked = [list(group) for group in groups]
        if not asked:
            return []
        rows = csr_matrix(np.array(self.rows, dtype=float).reshape(-1, len(self.kinds)))
        low, high = np.array(self.low), np.array(self.high)
        exact, capped = low == high, (low != high) & np.isfinite(high)
        loose = vstack([rows[capped], -rows[low != high]])
        blocks = eye(2 * len(asked))
        aims = [direction * np.array(self.row(group)) for group in asked for direction in (1, -1)]
        solved = linprog(
            np.concatenate(aims),
            A_eq=kron(blocks, rows[exact]),
            b_eq=np.tile(low[exact], len(aims)),
            A_ub=kron(blocks, loose),
            b_ub=np.tile(np.concatenate([high[capped], -low[low != high]]), len(aims)),
            bounds=(0, 10_000),
            method="highs",
        )
        assert solved.status == 0
        values = [float(aim @ part) for aim, part in zip(aims, np.split(solved.x, len(aims)), strict=True)]
        return [(group, least, -most) for group, least, most in zip(asked, values[::2], values[1::2], strict=True)]

    def whole_intervals(self, groups: Iterable[Iterable[Kind]]) -> list[tuple[list[Kind], float, float]]:
        """The same for an attacker who knows that there are no half people: narrower, and slower to find."""
        known = LinearConstraint(np.array(self.rows), self.low, self.high)
        found = []
        for group in map(list, groups):
            aim = np.array(self.row(group))
            ends = [
                milp(way * aim, constraints=known, integrality=np.ones(len(aim)), bounds=Bounds(0, 10_000)).fun
                for way in (1, -1)
            ]
            found.append((group, ends[0], -ends[1]))
        return found

    def eliminated(self) -> list[tuple[list[Fraction], Fraction]]:
        """The exact equations in reduced row echelon form: what subtraction alone gives."""
        table = [
            [*map(Fraction, row), Fraction(low)]
            for row, low, high in zip(self.rows, self.low, self.high, strict=True)
            if low == high
        ]
        done = 0
        for column in range(len(self.kinds)):
            pivot = next((number for number in range(done, len(table)) if table[number][column]), None)
            if pivot is None:
                continue
            table[done], table[pivot] = table[pivot], table[done]
            scale = table[done][column]
            table[done] = [value / scale for value in table[done]]
            for number, row in enumerate(table):
                if number != done and row[column]:
                    factor = row[column]
                    table[number] = [value - factor * base for value, base in zip(row, table[done], strict=True)]
            done += 1
        return [(row[:-1], row[-1]) for row in table[:done]]

    def follow(self, groups: Iterable[Iterable[Kind]]) -> list[list[Kind]]:
        """Those of ``groups`` whose size follows exactly, whether or not elimination comes across them by itself."""
        table = [row for row, _ in self.eliminated()]
        pivots = [next(column for column, value in enumerate(row) if value) for row in table]
        found = []
        for group in map(list, groups):
            rest = [Fraction(value) for value in self.row(group)]
            for row, pivot in zip(table, pivots, strict=True):
                if factor := rest[pivot]:
                    rest = [value - factor * base for value, base in zip(rest, row, strict=True)]
            if not any(rest):
                found.append(group)
        return found

    def isolates_by_subtraction(self, k: int) -> list[tuple[list[Kind], int]]:
        """Groups of 1 to k-1 people whose size follows exactly."""
        found = []
        for row, value in self.eliminated():
            if 0 < value < k and set(row) <= {Fraction(0), Fraction(1)}:
                found.append(([kind for kind, here in zip(self.kinds, row, strict=True) if here], int(value)))
        return found

    def isolates(self, groups: Iterable[Iterable[Kind]], k: int) -> list[tuple[list[Kind], float, float]]:
        """Those of ``groups`` that must have somebody in them and must have fewer than ``k``."""
        return [found for found in self.intervals(groups) if found[1] > 1e-6 and found[2] < k - 1e-6]
