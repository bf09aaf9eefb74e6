"""Which small groups follow from figures by adding and subtracting them, whichever they are.

The size of a group follows exactly when the group is a sum of multiples of the figures that are known. Whether there is
one of 1 to k-1 people is asked of an integer program, so no group is left out: one choice of yes or no for each kind
of people, and a free multiple for each figure.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

Vector = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float64]

SMALL: Final = 1e-7
"""What counts as nothing among numbers that were calculated."""

APART: Final = 1e-4
"""How far a group must be from all that was known before, along a direction taken by chance."""

INFEASIBLE: Final = 2


def small_group(told: Rows, sizes: Vector, k: int, *, known: Rows | None = None) -> Vector | None:
    """A group of 1 to k-1 people whose number follows from the figures ``told``; None where there is none.

    ``told`` and ``known`` are rows of 0 and 1 over the kinds of people, ``sizes`` how many there are of each kind. What
    follows from ``known`` alone, which ``told`` includes, is not looked for. The group comes back as 0 and 1 over the
    kinds. Raises ArithmeticError where the program was not solved.
    """
    if not len(told):
        return None
    kinds, figures = len(sizes), len(told)
    follows = LinearConstraint(sparse.hstack([sparse.identity(kinds), -sparse.csr_matrix(told).T], format="csr"), 0, 0)
    is_small = LinearConstraint(np.concatenate([sizes, np.zeros(figures)]), 1, k - 1)
    for new in _new(known, kinds):
        is_new = [LinearConstraint(np.concatenate([new, np.zeros(figures)]), APART, np.inf)] if new.any() else []
        result = milp(
            np.zeros(kinds + figures),
            constraints=[follows, is_small, *is_new],
            integrality=np.concatenate([np.ones(kinds), np.zeros(figures)]),
            bounds=Bounds(
                np.concatenate([np.zeros(kinds), np.full(figures, -np.inf)]),
                np.concatenate([sizes < k, np.full(figures, np.inf)]),
            ),
        )
        if result.x is not None:
            return np.asarray(np.round(result.x[:kinds]), dtype=np.float64)
        if result.status != INFEASIBLE:
            raise ArithmeticError("Whether a group can be worked out was not decided; nothing may be published.")
    return None


def _new(known: Rows | None, kinds: int) -> list[Vector]:
    """Directions in which a group lies that does not follow from ``known``, and that no group that follows lies in."""
    if known is None or not len(known):
        return [np.zeros(kinds)]
    _, strengths, ways = np.linalg.svd(known)
    free = ways[int((strengths > SMALL * strengths[0]).sum()) :]
    way = np.random.default_rng(0).standard_normal(len(free)) @ free
    return [way, -way] if len(free) else []
