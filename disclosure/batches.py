"""Releases over time: results change in batches, never by the answers of a few."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt
from scipy import sparse

from disclosure.figures import K, Published, insist_threshold
from disclosure.subtraction import small_group
from disclosure.suppression import Need, Problem, broken

Place = frozenset[int]
"""The figures somebody is counted in, by number."""

Course = tuple[Place, ...]
"""Where somebody was counted in each release, the first first."""

Vector = npt.NDArray[np.float64]


class Released(Protocol):
    @property
    def published(self) -> Mapping[Hashable, Published]: ...


Some = TypeVar("Some", bound=Released)


def compatible(*releases: Released, k: int = K) -> bool:
    """Whether a reader who kept all releases but the last may read the last as well.

    All come from the same function about the same question or tables, the oldest first. Refused when

    - fewer than k people joined, left or changed between the last and any earlier one, in all or in any group shown
      both times;
    - all of them together, as one system of equations over the courses that people took through the releases, give
      the number of people in a group of 1 to k-1 by subtraction, or that was not decided in a minute;
    - or their bounds pin a group of a release, or those who joined or left one between any two releases, or those who
      took one course, to 1 to k-1 people.

    Readers are supposed to know which courses were taken (that nobody left when nobody did), but not by how many.
    """
    insist_threshold(k)
    *earlier, new = (release.published for release in releases)
    courses, labels = _courses([*earlier, new])
    if any(all(course[then] == course[-1] for course in courses) for then in range(len(earlier))):
        return True  # the same people in the same places: nothing is told that was not
    if not earlier:
        return True
    return _moved_enough(earlier, new, courses, labels, k) and _isolates_nobody([*earlier, new], courses, labels, k)


def hold(earlier: Sequence[Some], new: Some, *, k: int = K) -> Some:
    """``new`` when it may follow all ``earlier`` releases, else the last of them, which stays on show as it is.

    A release is held as a whole: new figures beside old ones would not add up, and the difference would tell.
    """
    return new if not earlier or compatible(*earlier, new, k=k) else earlier[-1]


def _courses(releases: Sequence[Mapping[Hashable, Published]]) -> tuple[Counter[Course], list[Hashable]]:
    """How many people took each course through the releases, and the figures by number."""
    labels = list(dict.fromkeys(itertools.chain.from_iterable(releases)))
    places: dict[Hashable, list[set[int]]] = {}
    for number, published in enumerate(releases):
        for figure, label in enumerate(labels):
            for person in published[label].people if label in published else ():
                places.setdefault(person, [set() for _ in releases])[number].add(figure)
    return Counter(tuple(map(frozenset, course)) for course in places.values()), labels


def _moved_enough(
    earlier: Sequence[Mapping[Hashable, Published]],
    new: Mapping[Hashable, Published],
    courses: Counter[Course],
    labels: Sequence[Hashable],
    k: int,
) -> bool:
    """Whether nobody or at least k people differ between the new release and each earlier one, wherever one can see."""
    for then, before in enumerate(earlier):
        if 0 < sum(people for course, people in courses.items() if course[then] != course[-1]) < k:
            return False
        moved: Counter[int] = Counter()
        for course, people in courses.items():
            for figure in course[then] ^ course[-1]:
                moved[figure] += people
        for figure, label in enumerate(labels):
            shown_twice = all(label in one and one[label].figure.is_shown for one in (before, new))
            if shown_twice and 0 < moved[figure] < k:
                return False
    return True


def _isolates_nobody(
    releases: Sequence[Mapping[Hashable, Published]], courses: Counter[Course], labels: Sequence[Hashable], k: int
) -> bool:
    sizes = np.array(list(courses.values()), dtype=np.float64)
    within = np.zeros((len(releases), len(labels), len(courses)))
    for kind, course in enumerate(courses):
        for number, place in enumerate(course):
            within[number, list(place), kind] = 1
    told = np.array([[_counted(one.get(label)) for label in labels] for one in releases])
    try:
        if small_group(within[told], sizes, k) is not None:
            return False
    except ArithmeticError:  # the older release stays; a page must not fail because it could not be decided
        return False
    needs = [Need(group, reach=float(k), fall=0.0) for group in _groups(within) if 0 < group @ sizes < k]
    hidden = np.zeros(int(told.sum()), dtype=bool)
    problem = Problem(
        atoms=sizes, figures=sparse.csr_matrix(within[told]), weights=np.ones(len(hidden)), must_hide=hidden,
        may_hide=hidden, word_low=np.zeros(len(hidden)), word_high=np.full(len(hidden), np.inf), needs=needs,
    )  # fmt: skip
    return not broken(problem, hidden, {})


def _groups(within: npt.NDArray[np.float64]) -> Iterator[Vector]:
    """Each figure's people in each release, who joined and who left it between any two, and each course; once each."""
    found = [row for release in within for row in release]
    for before, after in itertools.combinations(within, 2):
        found += [*np.maximum(after - before, 0), *np.maximum(before - after, 0)]
    yield from np.unique(np.array([*found, *np.identity(within.shape[2])]), axis=0)


def _counted(published: Published | None) -> bool:
    """Whether the reader knows the number of people behind a figure."""
    return published is not None and published.counts and published.figure.is_shown
