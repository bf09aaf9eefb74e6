"""Slow and simple ways to the same answers, and instances of our own to try them on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from disclosure.tests.proofs import LONG
from matching.engine import Clash, Instance, Pair

IntArray = NDArray[np.int64]

TIMES = 10 if LONG else 1
MOST = 7 if LONG else 6


def examples(number: int) -> settings:
    """So many instances; those that are among the tests are always the same."""
    return settings(
        max_examples=number * TIMES, deadline=None, derandomize=not LONG, suppress_health_check=list(HealthCheck)
    )


def scores_of(instance: Instance) -> IntArray:
    """The whole matrix, negative where the rules forbid."""
    return np.array(instance.block(0, instance.shape[0]), dtype=np.int64)


def allowed_in(instance: Instance) -> NDArray[np.bool_]:
    """The pairs that may be formed: not forbidden, not barred, not below the floor."""
    return instance.allowed_part(instance.block(0, instance.shape[0]), 0, instance.shape[0]) >= 0


def worth(instance: Instance, pairs: Any, big: int | None = None) -> int:
    """Size and total in one number."""
    scores = scores_of(instance)
    return sum((big or instance.big) + int(scores[pair]) for pair in pairs)


def best_worth(instance: Instance, big: int | None = None) -> int:
    """The best worth by dynamic programming over the places used on the mentees' side; all subsets for every mentor."""
    nothing = np.iinfo(np.int64).min // 2
    reached = np.full(tuple(int(places) + 1 for places in instance.mentee_capacity), nothing)
    reached[(0,) * reached.ndim] = 0
    for i in range(instance.shape[0]):
        partners = np.flatnonzero(allowed_in(instance)[i])
        must = {j for mentor, j in instance.locked if mentor == i}
        after = np.full_like(reached, nothing)
        for size in range(min(len(partners), int(instance.mentor_capacity[i])) + 1):
            for chosen in itertools.combinations(partners.tolist(), size):
                if not must <= set(chosen):
                    continue
                source = tuple(slice(0, -1) if j in chosen else slice(None) for j in range(reached.ndim))
                target = tuple(slice(1, None) if j in chosen else slice(None) for j in range(reached.ndim))
                gained = reached[source] + worth(instance, [(i, j) for j in chosen], big)
                after[target] = np.maximum(after[target], gained)
        reached = after
    return int(reached.max())


def all_answers(instance: Instance) -> Iterator[tuple[Pair, ...]]:
    """Every permitted set of pairs. For very small instances."""
    optional = [pair for pair in np.argwhere(allowed_in(instance)).tolist() if tuple(pair) not in instance.locked]
    room_i, room_j = instance.mentor_capacity.copy(), instance.mentee_capacity.copy()
    for i, j in instance.locked:
        room_i[i] -= 1
        room_j[j] -= 1

    def extend(position: int, chosen: tuple[Pair, ...]) -> Iterator[tuple[Pair, ...]]:
        if position == len(optional):
            yield chosen
            return
        i, j = optional[position]
        yield from extend(position + 1, chosen)
        if room_i[i] and room_j[j]:
            room_i[i] -= 1
            room_j[j] -= 1
            yield from extend(position + 1, (*chosen, (i, j)))
            room_i[i] += 1
            room_j[j] += 1

    yield from extend(0, instance.locked)


def all_best_answers(instance: Instance) -> list[tuple[Pair, ...]]:
    answers = list(all_answers(instance))
    best = max(worth(instance, pairs) for pairs in answers)
    return [tuple(sorted(pairs)) for pairs in answers if worth(instance, pairs) == best]


def linear_program_worth(instance: Instance) -> int:
    """The best worth by HiGHS, without locks. The scores must be small enough for floating point."""
    i, j = np.nonzero(allowed_in(instance))
    if not len(i):
        return 0
    n, m = instance.shape
    pair = np.arange(len(i))
    rows = sparse.coo_matrix((np.ones(2 * len(i)), (np.concatenate([i, n + j]), np.concatenate([pair, pair]))))
    limits = np.concatenate([instance.mentor_capacity, instance.mentee_capacity])
    matrix = sparse.csr_matrix((rows.data, (rows.row, rows.col)), shape=(n + m, len(i)))
    value = -(scores_of(instance)[i, j] + instance.big).astype(float)
    solved = linprog(value, A_ub=matrix, b_ub=limits, bounds=(0, 1), method="highs")
    lowest: float = solved.fun
    return round(-lowest)


def greedy(instance: Instance) -> list[Pair]:
    """What most programs do: the best pair that still fits, again and again."""
    room_i, room_j = instance.mentor_capacity.copy(), instance.mentee_capacity.copy()
    taken = []
    candidates = sorted(
        np.argwhere(allowed_in(instance)).tolist(), key=lambda pair: -int(scores_of(instance)[tuple(pair)])
    )
    for i, j in candidates:
        if room_i[i] and room_j[j]:
            taken.append((i, j))
            room_i[i] -= 1
            room_j[j] -= 1
    return taken


def company(seed: int, n: int, m: int, share: float = 0.45, best: int = 1000) -> IntArray:
    """Scores as they look in a program: skills in common, some people in demand, part of the pairs forbidden."""
    rng = np.random.default_rng(seed)
    offers, wants = rng.random((n, 10)) ** 3, rng.random((m, 10)) ** 3
    common = offers @ wants.T
    scores = (common / max(common.max(initial=0), 1e-9) * best).astype(np.int64) + rng.integers(
        0, best // 4 + 1, (n, m)
    )
    return np.where(rng.random((n, m)) < share, scores, -1)


@st.composite
def instances(draw: st.DrawFn, most: int = 6, best: int = 20, most_places: int = 2, keys: bool = False) -> Instance:
    """Small instances with capacities, locks, bars and floors; empty sides and nobody eligible among them."""
    n, m = draw(st.integers(0, most)), draw(st.integers(0, most))
    scores = np.array(draw(st.lists(st.integers(-best // 2, best), min_size=n * m, max_size=n * m)), dtype=np.int64)
    places = st.integers(0, most_places)
    a = draw(st.lists(places, min_size=n, max_size=n))
    b = draw(st.lists(places, min_size=m, max_size=m))
    pairs = [(i, j) for i in range(n) for j in range(m)]
    barred = draw(st.lists(st.sampled_from(pairs), max_size=2)) if pairs else []
    floor = draw(st.none() | st.integers(0, best // 3))
    question: dict[str, Any] = {"barred": barred, "floor": floor}
    if keys:
        question |= {"mentor_keys": [f"one {i}" for i in range(n)], "mentee_keys": [f"two {j}" for j in range(m)]}
    scores = scores.reshape(n, m)
    free = Instance.of(scores, a, b, **question)
    locked: list[Pair] = []
    for i, j in draw(st.lists(st.sampled_from(pairs), max_size=2, unique=True)) if pairs else []:
        held_i, held_j = sum(pair[0] == i for pair in locked), sum(pair[1] == j for pair in locked)
        if allowed_in(free)[i, j] and held_i < a[i] and held_j < b[j]:
            locked.append((i, j))
    return Instance.of(scores, a, b, locked=locked, **question)


def best_worth_with_hours(instance: Instance) -> int:
    """The best worth where people share hours: the best of every way to divide them."""
    ways = [
        [(x, (one.together - x * one.for_mentee) // one.for_mentor) for x in range(one.together // one.for_mentee + 1)]
        for one in instance.shared
    ]
    found = []
    for division in itertools.product(*ways):
        mentors, mentees = instance.mentor_capacity.copy(), instance.mentee_capacity.copy()
        for one, (x, y) in zip(instance.shared, division, strict=True):
            mentors[one.mentor], mentees[one.mentee] = min(mentors[one.mentor], x), min(mentees[one.mentee], y)
        try:
            divided = Instance.of(
                scores_of(instance),
                mentors,
                mentees,
                locked=instance.locked,
                barred=instance.barred,
                floor=instance.floor,
            )
        except Clash:
            continue
        found.append(best_worth(divided, instance.big))
    return max(found)


@st.composite
def instances_with_hours(draw: st.DrawFn, most: int = 6) -> Instance:
    """Small instances in which up to three people are on both sides."""
    free = draw(instances(most=most))
    n, m = free.shape
    people = draw(st.integers(0, min(3, n, m)))
    rows = draw(st.lists(st.integers(0, n - 1), min_size=people, max_size=people, unique=True)) if people else []
    columns = draw(st.lists(st.integers(0, m - 1), min_size=people, max_size=people, unique=True)) if people else []
    hours = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(0, 6))
    shared = [(i, j, *draw(hours)) for i, j in zip(rows, columns, strict=True)]
    question: dict[str, Any] = {"barred": free.barred, "floor": free.floor, "shared": shared}
    places = free.mentor_capacity, free.mentee_capacity
    try:
        return Instance.of(scores_of(free), *places, locked=free.locked, **question)
    except Clash:
        return Instance.of(scores_of(free), *places, **question)
