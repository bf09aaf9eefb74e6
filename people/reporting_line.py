"""The reporting line as numbers: arrays over the whole company, and no loop over its people.

The numbers of a walk through the tree, on which every person is entered once and left once, are found by pointer
doubling (Wyllie's list ranking on the Euler tour of Tarjan and Vishkin): about two times log₂ of the number of people
passes over arrays, whether the tree is a star or one line thousands deep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

NOBODY = 0
"""Stands as the manager of whoever has none; no row has this key."""


@dataclass(frozen=True, slots=True, eq=False)
class ReportingLine:
    """Where people stand, in equally long columns; ``person`` ascends.

    A is above B exactly when ``enter_A < enter_B`` and ``leave_B <= leave_A``; separate trees do not overlap.
    """

    person: Numbers
    enter: Numbers
    leave: Numbers

    @classmethod
    def of(cls, people: Sequence[tuple[int, int]]) -> Self:
        """``people``: each person once, ascending, with their manager or :data:`NOBODY`; every manager is among them.

        Should managers go round in a circle, which imports and the desk refuse, it is opened above its lowest key.
        """
        table = np.array(people, dtype=np.int64).reshape(-1, 2)
        person, manager = table[:, 0], table[:, 1]
        upper = np.where(manager == NOBODY, len(person), np.searchsorted(person, manager))
        return cls(person, *_numbered(_without_circles(upper)))

    def places_of(self, people: Sequence[int] | NDArray[np.integer]) -> tuple[Numbers, Numbers]:
        """``enter`` and ``leave`` of these people, in their order. All of them must be here."""
        where = np.searchsorted(self.person, np.asarray(people, dtype=np.int64))
        return self.enter[where], self.leave[where]


def _without_circles(upper: Numbers) -> Numbers:
    """``upper`` holds the place of each person's manager, or the number of people at the top.

    After as many steps upwards as there are people a line stands at the top or on its circle, and every member of the
    circle has seen the lowest of it.
    """
    top = len(upper)
    ahead, lowest = np.append(upper, top), np.arange(top + 1)
    steps = 1
    while steps <= top and (ahead != top).any():
        lowest, ahead = np.minimum(lowest, lowest[ahead]), ahead[ahead]
        steps *= 2
    members = np.unique(ahead[ahead != top])
    opened = upper.copy()
    opened[members[lowest[members] == members]] = top
    return opened


def _numbered(upper: Numbers) -> tuple[Numbers, Numbers]:
    """How many people a walk has entered when it enters each, and when it leaves them for good."""
    top = len(upper)
    entering, leaving = np.arange(top + 1), np.arange(top + 1) + top + 1
    end = leaving[top]
    by_upper = np.argsort(upper, kind="stable")
    first = np.diff(upper[by_upper], prepend=-1) != 0
    following = np.empty(2 * top + 2, dtype=np.int64)
    # From somebody without reports the walk comes back at once; from others it goes on to the first of them.
    following[entering] = leaving
    following[upper[by_upper[first]]] = by_upper[first]
    # From the last report it goes back to the manager; from others to the next.
    following[leaving] = np.append(leaving[upper], end)
    following[leaving[by_upper[:-1][~first[1:]]]] = by_upper[1:][~first[1:]]
    still_entered = np.zeros(2 * top + 2, dtype=np.int64)
    still_entered[:top] = 1
    while (following != end).any():
        still_entered, following = still_entered + still_entered[following], following[following]
    return top - still_entered[entering[:top]], top - still_entered[leaving[:top]]
