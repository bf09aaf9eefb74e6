"""Releases over time: results change in batches, never by the answers of a few."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Protocol, TypeVar

import numpy as np
from scipy import sparse

from disclosure.figures import K, Published, insist_threshold
from disclosure.suppression import Need, Problem, broken


class Released(Protocol):
    @property
    def published(self) -> Mapping[Hashable, Published]: ...


Some = TypeVar("Some", bound=Released)


def compatible(previous: Released, new: Released, *, k: int = K) -> bool:
    """Whether a reader who kept ``previous`` may read ``new`` as well.

    Both come from the same function about the same question or tables. Refused when fewer than k people joined, left
    or changed between them, in all or in any group shown both times, and when both together, as one system of
    equations over who stayed, joined and left, would pin a group to 1 to k-1 people. Readers are supposed to know
    which kinds of people exist and that nobody left when nobody did.
    """
    insist_threshold(k)
    before, after = previous.published, new.published
    atoms, rows, labels = _joint(before, after)
    changed = np.array([old != now for old, now in atoms], dtype=bool)
    sizes = np.array(list(atoms.values()), dtype=np.float64)
    if not len(sizes) or not sizes[changed].any():
        return True
    if sizes[changed].sum() < k:
        return False
    was, now = rows[: len(labels)], rows[len(labels) :]
    for label, old_row, new_row in zip(labels, was, now, strict=True):
        shown_twice = (
            label in before and label in after and before[label].figure.is_shown and after[label].figure.is_shown
        )
        if shown_twice and 0 < sizes[old_row != new_row].sum() < k:
            return False
    groups = [*was, *now, *np.maximum(now - was, 0), *np.maximum(was - now, 0)]
    needs = [Need(group, reach=float(k), fall=0.0) for group in groups if 0 < group @ sizes < k]
    hidden = np.array([not _counted(side.get(label)) for side in (before, after) for label in labels])
    free = np.full(len(rows), np.inf)
    problem = Problem(
        atoms=sizes,
        figures=sparse.csr_matrix(rows),
        weights=np.ones(len(rows)),
        must_hide=hidden,
        may_hide=hidden,
        word_low=np.zeros(len(rows)),
        word_high=free,
        needs=needs,
    )
    return not broken(problem, hidden, {})


def hold(previous: Some | None, new: Some, *, k: int = K) -> Some:
    """``new`` when it may follow ``previous``, else ``previous``, which then stays on show as it is.

    A release is held as a whole: new figures beside old ones would not add up, and the difference would tell.
    """
    return new if previous is None or compatible(previous, new, k=k) else previous


def _joint(
    before: Mapping[Hashable, Published], after: Mapping[Hashable, Published]
) -> tuple[Counter[tuple[frozenset[int], frozenset[int]]], np.ndarray, list[Hashable]]:
    """People by what they counted for before and after, and each figure's coefficients over these kinds."""
    labels = list(dict.fromkeys([*before, *after]))
    places: dict[Hashable, tuple[set[int], set[int]]] = {}
    for side, published in enumerate((before, after)):
        for number, label in enumerate(labels):
            for person in published[label].people if label in published else ():
                places.setdefault(person, (set(), set()))[side].add(number)
    atoms = Counter((frozenset(old), frozenset(now)) for old, now in places.values())
    rows = np.zeros((2 * len(labels), len(atoms)))
    for column, kind in enumerate(atoms):
        for side in (0, 1):
            for number in kind[side]:
                rows[side * len(labels) + number, column] = 1
    return atoms, rows, labels


def _counted(published: Published | None) -> bool:
    """Whether the reader knows the number of people behind a figure."""
    return published is not None and published.counts and published.figure.is_shown
