"""Which small groups follow from figures by adding and subtracting them, whichever they are.

The size of a group follows exactly when the group is a sum of multiples of the figures that are known. Whether there is
one of 1 to k-1 people is asked of an integer program, so no group is left out: one choice of yes or no for each kind of
people. The multiples are no variables of it, for HiGHS goes on for ever about some tiny programs with free ones.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import scipy  # loads optimize when it is first used: to load it takes a sixth of the start of a process
from scipy import sparse

Vector = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float64]

SMALL: Final = 1e-7
"""What counts as nothing among numbers that were calculated."""

APART: Final = 1e-4
"""How far a group must be from all that was known before, along a direction taken by chance."""

INFEASIBLE: Final = 2

SECONDS: Final = 60
"""How long one question may take; releases of a few hundred figures about a thousand kinds of people take two."""


def small_group(told: Rows, sizes: Vector, k: int, *, known: Rows | None = None) -> Vector | None:
    """A group of 1 to k-1 people whose number follows from the figures ``told``; None where there is none.

    ``told`` and ``known`` are rows of 0 and 1 over the kinds of people, ``sizes`` how many there are of each kind. What
    follows from ``known`` alone, which ``told`` includes, is not looked for. The group comes back as 0 and 1 over the
    kinds. Raises ArithmeticError where that was not decided in a minute.
    """
    basis, pivots = _eliminated(told)
    if not len(pivots):
        return None
    rest = np.setdiff1d(np.arange(len(sizes)), pivots)
    # Only its own row of the basis has a pivot, so who is in says how often each row is taken; the other kinds follow.
    others = sparse.hstack([basis[:, rest].T, -sparse.identity(len(rest))], format="csr")
    order = np.concatenate([pivots, rest])
    limits = [
        scipy.optimize.LinearConstraint(others, -SMALL, SMALL),
        scipy.optimize.LinearConstraint(sizes[order], 1, k - 1),
    ]
    for new in _new(known, len(sizes)):
        is_new = [scipy.optimize.LinearConstraint(new[order], APART, np.inf)] if new.any() else []
        result = scipy.optimize.milp(
            np.zeros(len(order)), constraints=[*limits, *is_new], integrality=np.ones(len(order)),
            bounds=scipy.optimize.Bounds(0, (sizes < k)[order].astype(float)), options={"time_limit": SECONDS},
        )  # fmt: skip
        if result.x is not None:
            group = np.zeros(len(sizes))
            group[order] = np.round(result.x)
            return group
        if result.status != INFEASIBLE:
            raise ArithmeticError("Whether a group can be worked out was not decided; nothing may be published.")
    return None


def _eliminated(told: Rows) -> tuple[sparse.csr_matrix, npt.NDArray[np.int64]]:
    """The figures as rows of which each has a kind, its pivot, that no other has: the reduced row echelon form."""
    table, pivots = np.array(told, dtype=np.float64), list[int]()
    for column in range(table.shape[1]):
        row = len(pivots)
        if row == len(table):
            break
        best = row + int(np.abs(table[row:, column]).argmax())
        if abs(table[best, column]) < SMALL:
            continue
        table[[row, best]] = table[[best, row]]
        table[row] /= table[row, column]
        factors = table[:, column].copy()
        factors[row] = 0.0
        touched = np.flatnonzero(np.abs(factors) > SMALL)
        table[touched] -= np.outer(factors[touched], table[row])
        pivots.append(column)
    table[np.abs(table) < SMALL] = 0.0
    return sparse.csr_matrix(table[: len(pivots)]), np.array(pivots, dtype=np.int64)


def _new(known: Rows | None, kinds: int) -> list[Vector]:
    """Directions in which a group lies that does not follow from ``known``, and that no group that follows lies in."""
    if known is None or not len(known):
        return [np.zeros(kinds)]
    _, strengths, ways = np.linalg.svd(known)
    free = ways[int((strengths > SMALL * strengths[0]).sum()) :]
    way = np.random.default_rng(0).standard_normal(len(free)) @ free
    return [way, -way] if len(free) else []
