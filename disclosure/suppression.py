"""Which figures must be hidden so that those left cannot be turned into the ones that were.

Everything that may be published about one set of people is a linear function of how many of them are of each kind
("atoms": one for each combination of the attributes). A reader who knows all that is published knows a system of
linear equations over the atoms, with every atom at least zero; what they can find out about a group is the interval
between the smallest and the greatest size it has in any solution. This module chooses what to hide, with the least
loss, such that those intervals are wide enough.

Method: the cell suppression problem as an integer program with attacker subproblems, solved by cutting planes:
M. Fischetti, J. J. Salazar, "Solving the cell suppression problem on tabular data with linear constraints",
Management Science 47 (2001) 1008-1027. A master program picks what to hide; for every need that an attacker's linear
program shows to be violated, its dual solution gives an inequality ("hide enough of these"), which is added to the
master. When no need is violated the choice is proven optimal. Large problems add to the choice greedily along the
same inequalities, which is safe in the same way but not optimal. For the terms and the rules of thumb see
A. Hundepool et al., "Statistical Disclosure Control", Wiley 2012, chapter 4.

Two readers are kept out: one who reads only the numbers, and one who also reads the words in the hidden cells ("fewer
than 5" says between 1 and 4, and "hidden to protect others" says that the cell is not small).

The attacker's programs are relaxed to real numbers. For one table and for tables that share one dimension the
extreme solutions are whole numbers anyway; for more entangled families a reader who reasons about whole people could
in theory learn a little more than is checked here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

Vector = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

EXACT_UP_TO: Final = 150
"""Hideable figures up to which the optimal choice is searched for; beyond it the greedy one."""

EXACT_ROUNDS: Final = 60
SLACK: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Need:
    """What no reader may find out about ``group`` (coefficients over the atoms).

    ``reach``: a size of at least this must stay possible. ``fall``: a size of at most this must stay possible.
    With ``either`` one of the two is enough. ``width``: for the reader of words, the interval must be this wide.
    """

    group: Vector
    reach: float | None = None
    fall: float | None = None
    either: bool = False
    width: float | None = None


@dataclass
class Problem:
    """Figures (rows of ``figures`` over the atoms) with their true values, and what must be kept.

    A figure on show tells its value, or, if it was rounded, that it lies within ``[shown_low, shown_high]``; a hidden
    one tells, through its words, that it lies within ``[word_low, word_high]``. No figure is ever below zero.
    """

    atoms: Vector
    figures: sparse.csr_matrix
    weights: Vector
    must_hide: Mask
    may_hide: Mask
    word_low: Vector
    word_high: Vector
    needs: Sequence[Need]
    shown_low: Vector | None = None
    shown_high: Vector | None = None

    @property
    def values(self) -> Vector:
        return np.asarray(self.figures @ self.atoms, dtype=np.float64)

    @property
    def shown(self) -> tuple[Vector, Vector]:
        values = self.values
        return (
            values if self.shown_low is None else self.shown_low,
            values if self.shown_high is None else self.shown_high,
        )

    @property
    def ceiling(self) -> float:
        """More people than any reader needs to imagine in one atom."""
        return 2.0 * float(self.atoms.sum()) + 100.0


@dataclass(frozen=True, slots=True)
class Extreme:
    """The greatest value of a group a reader can believe in, a solution that has it, and why it is not greater."""

    value: float
    solution: Vector
    duals_up: Vector
    duals_down: Vector
    constant: float


@dataclass(frozen=True, slots=True)
class Cut:
    """``coefficients @ hidden >= least`` holds for every choice that satisfies the need it came from."""

    coefficients: Vector
    least: float


class Reader:
    """Somebody who knows all that is on show, and, if ``words``, what the hidden figures say about themselves."""

    def __init__(self, problem: Problem, hidden: Mask, *, words: bool) -> None:
        self.problem, self.hidden, self.words = problem, hidden, words
        shown_low, shown_high = problem.shown
        low = np.where(hidden, problem.word_low if words else -np.inf, shown_low)
        high = np.where(hidden, problem.word_high if words else np.inf, shown_high)
        self.exact = np.flatnonzero(low == high)
        self.below = np.flatnonzero((low != high) & np.isfinite(high))
        self.above = np.flatnonzero((low != high) & np.isfinite(low))
        self.low, self.high = low, high
        figures = problem.figures
        self.equal_to = figures[self.exact] if len(self.exact) else None
        loose = [figures[self.below], -figures[self.above]]
        self.at_most = sparse.vstack(loose, format="csr") if len(self.below) + len(self.above) else None
        self.limits = np.concatenate([high[self.below], -low[self.above]])
        self.witnesses = problem.atoms[:, None]

    def believes(self, solutions: npt.NDArray[np.float64]) -> Mask:
        """Which columns of ``solutions`` agree with all this reader knows."""
        seen = self.problem.figures @ solutions
        fits = (seen >= self.low[:, None] - SLACK) & (seen <= self.high[:, None] + SLACK)
        return np.asarray(fits.all(axis=0))

    def remember(self, solutions: npt.NDArray[np.float64]) -> None:
        self.witnesses = np.hstack([self.witnesses, solutions[:, self.believes(solutions)]])

    def greatest(self, group: Vector) -> Extreme:
        """The greatest value of ``group``; pass its negative for the smallest."""
        result = linprog(
            -group,
            A_eq=self.equal_to,
            b_eq=self.low[self.exact] if self.equal_to is not None else None,
            A_ub=self.at_most,
            b_ub=self.limits if self.at_most is not None else None,
            bounds=(0, self.problem.ceiling),
            method="highs",
        )
        if result.status != 0:
            raise ArithmeticError("An attacker's linear program was not solved; nothing may be published.")
        up, down = np.zeros(len(self.low)), np.zeros(len(self.low))
        if self.equal_to is not None:
            slopes = -result.eqlin.marginals
            up[self.exact], down[self.exact] = np.maximum(slopes, 0), np.maximum(-slopes, 0)
        if self.at_most is not None:
            slopes = -result.ineqlin.marginals
            up[self.below] += np.maximum(slopes[: len(self.below)], 0)
            down[self.above] += np.maximum(slopes[len(self.below) :], 0)
        self.witnesses = np.hstack([self.witnesses, result.x[:, None]])
        ceiling = float(np.maximum(-result.upper.marginals, 0).sum()) * self.problem.ceiling
        return Extreme(float(-result.fun), result.x, up, down, ceiling)

    def cut(self, extremes: Sequence[Extreme], least: float) -> Cut:
        """What every choice must satisfy for the extremes to add up to ``least``."""
        problem, values = self.problem, self.problem.values
        shown_low, shown_high = problem.shown
        endless = 1_000 * (problem.ceiling + float(values.max(initial=0.0)))
        open_low = problem.word_low if self.words else np.zeros(len(values))
        open_high = np.minimum(problem.word_high, endless) if self.words else np.full(len(values), endless)
        coefficients, missing = np.zeros(len(values)), least
        for extreme in extremes:
            told = extreme.duals_up * shown_high - extreme.duals_down * shown_low
            missing -= float(told.sum()) + extreme.constant
            coefficients += extreme.duals_up * np.maximum(open_high - shown_high, 0)
            coefficients += extreme.duals_down * np.maximum(shown_low - open_low, 0)
        return Cut(np.minimum(coefficients, max(missing, 0.0)), missing)


def violated(need: Need, numbers: Reader, words: Reader) -> Cut | None:
    """None when the need is satisfied, else the inequality that the choice breaks."""
    if need.width is not None:
        known = need.group @ words.witnesses
        if known.max() - known.min() >= need.width - SLACK:
            return None
        top, bottom = words.greatest(need.group), words.greatest(-need.group)
        if top.value + bottom.value >= need.width - SLACK:
            return None
        return words.cut([top, bottom], need.width)
    known = need.group @ numbers.witnesses
    reaches = need.reach is not None and known.max() >= need.reach - SLACK
    falls = need.fall is not None and known.min() <= need.fall + SLACK
    if need.either and (reaches or falls):
        return None
    cut = None
    if need.reach is not None and not reaches:
        top = numbers.greatest(need.group)
        reaches = top.value >= need.reach - SLACK
        cut = None if reaches else numbers.cut([top], need.reach)
    if need.either and reaches:
        return None
    if need.fall is not None and not falls:
        bottom = numbers.greatest(-need.group)
        if bottom.value >= -need.fall - SLACK:
            return None if need.either else cut
        cut = cut or numbers.cut([bottom], -need.fall)
    return cut


def broken(problem: Problem, hidden: Mask, remembered: dict[bool, npt.NDArray[np.float64]]) -> list[Cut]:
    """One inequality for each need that ``hidden`` leaves unsatisfied."""
    readers = {spoken: Reader(problem, hidden, words=spoken) for spoken in (False, True)}
    for spoken, reader in readers.items():
        if spoken in remembered:
            reader.remember(remembered[spoken])
    cuts = [cut for need in problem.needs if (cut := violated(need, readers[False], readers[True]))]
    for spoken, reader in readers.items():
        remembered[spoken] = reader.witnesses[:, -400:]
    return cuts


def choose(problem: Problem) -> Mask | None:
    """Which figures to hide, those that must be included; None when nothing but silence would do."""
    hidden = problem.must_hide.copy()
    remembered: dict[bool, npt.NDArray[np.float64]] = {}
    cuts: list[Cut] = []
    exact = int((problem.may_hide & ~problem.must_hide).sum()) <= EXACT_UP_TO
    for round_number in range(EXACT_ROUNDS + len(hidden)):
        new = broken(problem, hidden, remembered)
        if not new:
            return hidden if exact else pruned(problem, hidden, remembered)
        cuts += new
        exact = exact and round_number < EXACT_ROUNDS
        better = cheapest(problem, cuts) if exact else widened(problem, hidden, new)
        if better is None or (better == hidden).all():
            return None
        hidden = better
    return None


def cheapest(problem: Problem, cuts: Sequence[Cut]) -> Mask | None:
    """The choice of least weight that satisfies all inequalities."""
    result = milp(
        problem.weights,
        constraints=LinearConstraint(
            np.array([cut.coefficients for cut in cuts]), lb=np.array([cut.least - SLACK for cut in cuts])
        ),
        integrality=np.ones(len(problem.weights)),
        bounds=Bounds(problem.must_hide.astype(float), (problem.may_hide | problem.must_hide).astype(float)),
    )
    return None if result.x is None else np.asarray(result.x > 0.5)


def widened(problem: Problem, hidden: Mask, cuts: Sequence[Cut]) -> Mask | None:
    """``hidden`` and, for each inequality, the most effective figures for their weight until it is satisfied."""
    wider = hidden.copy()
    for cut in cuts:
        while (missing := cut.least - float(cut.coefficients[wider].sum())) > SLACK:
            gain = np.where(problem.may_hide & ~wider, np.minimum(cut.coefficients, missing), 0.0) / problem.weights
            best = int(gain.argmax())
            if gain[best] <= 0:
                return None
            wider[best] = True
    return wider


def pruned(problem: Problem, hidden: Mask, remembered: dict[bool, npt.NDArray[np.float64]]) -> Mask:
    """``hidden`` without what turns out not to be needed, the weightiest first (at most 40 attempts)."""
    extra = np.flatnonzero(hidden & ~problem.must_hide)
    for figure in sorted(extra, key=lambda row: -problem.weights[row])[:40]:
        fewer = hidden.copy()
        fewer[figure] = False
        if not broken(problem, fewer, dict(remembered)):
            hidden = fewer
    return hidden
