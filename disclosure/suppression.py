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

The attacker's programs are relaxed to real numbers. For one table with its margins (a network, hence totally
unimodular) their extremes are whole numbers anyway. Where rounded means are on show the choice is examined again with
whole numbers (:func:`holds_for_whole_people`). For families of linked tables a reader who reasons about whole people
could in theory learn more than is checked here; none was found in the companies of the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy  # loads optimize when it is first used: to load it takes a sixth of the start of a process
from scipy import sparse

Vector = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

EXACT_UP_TO: Final = 150
"""Hideable figures up to which the optimal choice is searched for; beyond it the greedy one."""

EXACT_ROUNDS: Final = 15

BLOCK_ATOMS: Final = 600
"""Atoms in one linear program: so many questions are put at once, before looking which others they answered."""

SLACK: Final = 1e-6
UP: Final = 1
DOWN: Final = -1

READERS: Final = tuple(product((False, True), repeat=2))
"""Who reads the words, or not, and who is an insider, or not."""

Remembered = dict[tuple[bool, bool], npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Need:
    """What no reader may find out about ``group`` (coefficients over the atoms).

    ``reach``: a size of at least this must stay possible. ``fall``: a size of at most this must stay possible; given
    both, one of them is enough. ``width``: for the reader of words, the interval must be this wide. With ``words`` the
    other two are asked of the reader of words as well, and with ``insider`` all of them of a reader who knows what only
    some do (:attr:`Problem.inside`).
    """

    group: Vector
    reach: float | None = None
    fall: float | None = None
    width: float | None = None
    words: bool = False
    insider: bool = False

    @property
    def reader(self) -> tuple[bool, bool]:
        """Whether the reader it is about reads the words, and whether they are an insider."""
        return self.words or self.width is not None, self.insider

    @property
    def ways(self) -> tuple[int, ...]:
        """Whether the greatest or the smallest size of the group is asked for, or both."""
        if self.width is not None or (self.reach is not None and self.fall is not None):
            return (UP, DOWN)
        return (UP,) if self.reach is not None else (DOWN,)


@dataclass
class Problem:
    """Figures (rows of ``figures`` over the atoms) with their true values, and what must be kept.

    A figure on show tells its value, or, if it was rounded, that it lies within ``[shown_low, shown_high]``; a hidden
    one tells, through its words, that it lies within ``[word_low, word_high]``. No figure is ever below zero. Those
    ``inside`` are not for everybody: insiders know them whatever is hidden, others never do.
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
    inside: Mask | None = None

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
    """The greatest value of a group a reader can believe in, and the figures (duals) that keep it from being more."""

    value: float
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

    def __init__(self, problem: Problem, hidden: Mask, *, words: bool, insider: bool = False) -> None:
        self.problem, self.hidden, self.words = problem, hidden, words
        shown_low, shown_high = problem.shown
        low = np.where(hidden, problem.word_low if words else -np.inf, shown_low)
        high = np.where(hidden, problem.word_high if words else np.inf, shown_high)
        if problem.inside is not None and not insider:
            low, high = np.where(problem.inside, -np.inf, low), np.where(problem.inside, np.inf, high)
        self.exact = np.flatnonzero(low == high)
        self.below = np.flatnonzero((low != high) & np.isfinite(high))
        self.above = np.flatnonzero((low != high) & np.isfinite(low))
        self.low, self.high = low, high
        figures = problem.figures
        self.equal_to = figures[self.exact]
        self.at_most = sparse.vstack([figures[self.below], -figures[self.above]], format="csr")
        self.limits = np.concatenate([high[self.below], -low[self.above]])
        self.witnesses = problem.atoms[:, None]

    def believes(self, solutions: npt.NDArray[np.float64]) -> Mask:
        """Which columns of ``solutions`` agree with all this reader knows."""
        seen = self.problem.figures @ solutions
        fits = (seen >= self.low[:, None] - SLACK) & (seen <= self.high[:, None] + SLACK)
        return np.asarray(fits.all(axis=0))

    def remember(self, solutions: npt.NDArray[np.float64]) -> None:
        self.witnesses = np.hstack([self.witnesses, solutions[:, self.believes(solutions)]])

    def greatest(self, groups: Sequence[Vector]) -> list[Extreme]:
        """The greatest value of each group; pass a negative for the smallest.

        All are put to the solver as one program of blocks that share nothing, which is far quicker than one by one.
        """
        blocks = sparse.identity(len(groups), format="csr")
        result = scipy.optimize.linprog(
            -np.concatenate(groups),
            A_eq=sparse.kron(blocks, self.equal_to, format="csr") if len(self.exact) else None,
            b_eq=np.tile(self.low[self.exact], len(groups)) if len(self.exact) else None,
            A_ub=sparse.kron(blocks, self.at_most, format="csr") if len(self.limits) else None,
            b_ub=np.tile(self.limits, len(groups)) if len(self.limits) else None,
            bounds=(0, self.problem.ceiling),
            method="highs",
        )
        if result.status != 0:
            raise ArithmeticError("An attacker's linear program was not solved; nothing may be published.")
        solutions = result.x.reshape(len(groups), -1)
        self.witnesses = np.hstack([self.witnesses, solutions.T])
        slopes_equal = -result.eqlin.marginals.reshape(len(groups), -1)
        slopes_most = -result.ineqlin.marginals.reshape(len(groups), -1)
        at_ceiling = np.maximum(-result.upper.marginals, 0).reshape(len(groups), -1).sum(axis=1) * self.problem.ceiling
        up, down = np.zeros((len(groups), len(self.low))), np.zeros((len(groups), len(self.low)))
        up[:, self.exact], down[:, self.exact] = np.maximum(slopes_equal, 0), np.maximum(-slopes_equal, 0)
        up[:, self.below] += np.maximum(slopes_most[:, : len(self.below)], 0)
        down[:, self.above] += np.maximum(slopes_most[:, len(self.below) :], 0)
        return [
            Extreme(float(group @ solutions[number]), up[number], down[number], float(at_ceiling[number]))
            for number, group in enumerate(groups)
        ]

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


def witnessed(need: Need, reader: Reader) -> bool:
    """Whether solutions found before already show that the need is satisfied."""
    known = need.group @ reader.witnesses
    if need.width is not None:
        return bool(known.max() - known.min() >= need.width - SLACK)
    reaches = need.reach is not None and known.max() >= need.reach - SLACK
    falls = need.fall is not None and known.min() <= need.fall + SLACK
    return bool(reaches or falls)


def violated(need: Need, extremes: dict[int, Extreme], reader: Reader) -> Cut | None:
    """None when the need is satisfied, else an inequality that the choice breaks."""
    if need.width is not None:
        missed = [(list(extremes.values()), need.width)]
    else:
        aims = {UP: need.reach, DOWN: None if need.fall is None else -need.fall}
        missed = [([extremes[way]], aim) for way, aim in aims.items() if aim is not None]
    if any(sum(extreme.value for extreme in some) >= aim - SLACK for some, aim in missed):
        return None
    return reader.cut(*missed[0])


def _at_once(problem: Problem) -> int:
    """Needs in one linear program."""
    return max(1, BLOCK_ATOMS // (2 * len(problem.atoms)))


def broken(problem: Problem, hidden: Mask, remembered: Remembered) -> list[Cut]:
    """One inequality for each need that ``hidden`` leaves unsatisfied."""
    cuts: list[Cut] = []
    at_once = _at_once(problem)
    for words, insider in READERS:
        open_needs = [need for need in problem.needs if need.reader == (words, insider)]
        if not open_needs:
            continue
        reader = Reader(problem, hidden, words=words, insider=insider)
        if (words, insider) in remembered:
            reader.remember(remembered[words, insider])
        while open_needs := [need for need in open_needs if not witnessed(need, reader)]:
            asked, open_needs = open_needs[:at_once], open_needs[at_once:]
            found = iter(reader.greatest([way * need.group for need in asked for way in need.ways]))
            judged = [violated(need, {way: next(found) for way in need.ways}, reader) for need in asked]
            cuts += [cut for cut in judged if cut]
        remembered[words, insider] = reader.witnesses[:, -400:]
    return cuts


def holds_for_whole_people(problem: Problem, hidden: Mask) -> bool:
    """Whether the needs are satisfied as well against a reader who knows that there are no half people.

    Exact, by an integer program for each need; asked where rounded means are on show, because only there the real
    numbers of the attacker's linear programs are not whole by themselves.
    """
    for words, insider in READERS:
        needs = [need for need in problem.needs if need.reader == (words, insider)]
        if not needs:
            continue
        reader = Reader(problem, hidden, words=words, insider=insider)
        told = np.isfinite(reader.low) | np.isfinite(reader.high)
        known = scipy.optimize.LinearConstraint(problem.figures[told], reader.low[told], reader.high[told])
        for need in needs:
            if witnessed(need, reader):
                continue
            for way in need.ways:
                result = scipy.optimize.milp(
                    -way * need.group,
                    constraints=known,
                    integrality=np.ones(len(problem.atoms)),
                    bounds=scipy.optimize.Bounds(0, problem.ceiling),
                )
                if result.x is None:
                    return False
                reader.witnesses = np.hstack([reader.witnesses, np.round(result.x)[:, None]])
            if not witnessed(need, reader):
                return False
    return True


def beyond(problem: Problem, hidden: Mask) -> list[Need]:
    """The needs, each asking for no more than there is when all of ``hidden`` is, whose words say nothing: what is
    known without these figures cannot be kept by hiding them."""
    limits, at_once = list(problem.needs), _at_once(problem)
    for words, insider in READERS:
        places = [place for place, need in enumerate(limits) if need.reader == (words, insider)]
        if not places:
            continue
        reader = Reader(problem, hidden, words=words, insider=insider)
        while places := [place for place in places if not witnessed(limits[place], reader)]:
            asked, places = places[:at_once], places[at_once:]
            found = iter(reader.greatest([way * limits[place].group for place in asked for way in (UP, DOWN)]))
            for place in asked:
                most, least = next(found).value, next(found).value
                limits[place] = _possible(limits[place], low=-least, high=most)
    return limits


def _possible(need: Need, *, low: float, high: float) -> Need:
    if need.width is not None:
        return replace(need, width=min(need.width, high - low))
    if need.reach is not None and high >= need.reach - SLACK:
        return need
    return replace(need, reach=None, fall=max(need.fall or 0.0, low))


def choose(problem: Problem) -> Mask | None:
    """Which figures to hide, those that must be included; None when nothing but silence would do."""
    hidden = problem.must_hide.copy()
    remembered: Remembered = {}
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
    result = scipy.optimize.milp(
        problem.weights,
        constraints=scipy.optimize.LinearConstraint(
            np.array([cut.coefficients for cut in cuts]), lb=np.array([cut.least - SLACK for cut in cuts])
        ),
        integrality=np.ones(len(problem.weights)),
        bounds=scipy.optimize.Bounds(
            problem.must_hide.astype(float), (problem.may_hide | problem.must_hide).astype(float)
        ),
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


def pruned(problem: Problem, hidden: Mask, remembered: Remembered) -> Mask:
    """``hidden`` without what turns out not to be needed, the weightiest first (at most 40 attempts)."""
    extra = np.flatnonzero(hidden & ~problem.must_hide)
    for figure in sorted(extra, key=lambda row: -problem.weights[row])[:40]:
        fewer = hidden.copy()
        fewer[figure] = False
        if not broken(problem, fewer, dict(remembered)):
            hidden = fewer
    return hidden
