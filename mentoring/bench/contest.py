"""One solver on one made-up instance, in a process of its own: prints what it found and took as JSON.

    python -m mentoring.bench.contest SOLVER PEOPLE PLACES [KIND]
    python -m mentoring.bench.contest scoring PEOPLE

The first gives every solver the same integer matrix, -1 where a pair is forbidden, and the most places anybody has.
What it takes counts from there to the pairs, the form in which it wants its input included. What others do not give
(prices that prove the answer, a fair choice among equals, a lottery) is in our time; of ours, `search` is the CPU time
until that choice begins. The second scores made-up people by everything a program may ask, and finds the pairs.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.int64]
Answer = tuple[Any, Any]
"""Mentors and mentees of the pairs, in the same order."""
CEILING: Final = 100_000
SHARE_ALLOWED: Final = 0.45
TICKETS: Final = 1 << 10
"""As many as SciPy's 53 bits leave room for below pairs and scores."""
OF_NO_USE: Final = 9 * CEILING
"""The cost of a forbidden pair for lapx, which takes none from a million on. Whether none was taken is checked."""


def instance(people: int, most_places: int, kind: str = "random") -> tuple[Matrix, Matrix, Matrix]:
    """Scores and places, the same for the same numbers."""
    dice = np.random.default_rng(7)
    scores = KINDS[kind](people, dice)
    if kind == "random":
        scores[dice.random((people, people)) > SHARE_ALLOWED] = -1
    mentors, mentees = (dice.integers(1, most_places + 1, people) for _ in range(2))
    return scores, mentors, mentees


def _products(people: int, dice: np.random.Generator) -> Matrix:
    products: Matrix = np.outer(*dice.integers(1, 300, (2, people)))
    return products


def _sums(people: int, dice: np.random.Generator) -> Matrix:
    one, other = dice.integers(1, 300, (2, people))
    sums: Matrix = one[:, None] + other[None, :]
    return sums


def _five_kinds_of_people(people: int, dice: np.random.Generator) -> Matrix:
    one, other = dice.integers(0, 5, (2, people))
    kinds: Matrix = (one[:, None] * 7 + other[None, :] * 13) % 50 * 100
    return kinds


def _distances(people: int, dice: np.random.Generator) -> Matrix:
    one, other = dice.random((2, people, 2))
    apart = np.hypot(*(one[:, None] - other[None, :]).transpose(2, 0, 1))
    return np.asarray((1.5 - apart) * CEILING / 2, dtype=np.int64)


KINDS: Final[dict[str, Callable[[int, np.random.Generator], Matrix]]] = {
    "random": lambda people, dice: dice.integers(0, CEILING, size=(people, people)),
    "a product of two numbers": _products,
    "a sum of two numbers": _sums,
    "distances on a map": _distances,
    "0 to 9": lambda people, dice: dice.integers(0, 10, (people, people)),
    "five kinds of people": _five_kinds_of_people,
    "all equal": lambda people, dice: np.full((people, people), 500),
}
"""Scores of everybody with everybody. All but the first leave the usual short cuts little to go by."""


def ours(scores: Matrix, mentors: Matrix, mentees: Matrix) -> Answer:
    from matching.engine import solve

    pairs = np.array(solve(scores, mentors, mentees, progress=_note_search).pairs)
    return pairs[:, 0], pairs[:, 1]


searched_until: list[float] = []


def _note_search(stage: str, done: int, of: int) -> None:
    if stage == "settling ties" and not done:
        searched_until.append(time.process_time())


def scipy(scores: Matrix, mentors: Matrix, mentees: Matrix) -> Answer:
    return _scipy(np.where(scores >= 0, scores + _heavy(scores), 0).astype(np.float64))


def scipy_with_a_draw(scores: Matrix, mentors: Matrix, mentees: Matrix) -> Answer:
    """Of equally good answers the one with the most tickets: below the scores stands a random number for each pair."""
    tickets = np.random.default_rng(11).integers(0, TICKETS, scores.shape)
    whole = (scores + _heavy(scores)) * (len(scores) * TICKETS)
    return _scipy(np.where(scores >= 0, whole + tickets, 0).astype(np.float64))


def _heavy(scores: Matrix) -> int:
    """More than all pairs of an answer score: so many are made as can be."""
    return (CEILING + 1) * (len(scores) + 1)


def _scipy(weights: NDArray[np.float64]) -> Answer:
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(weights, maximize=True)
    return rows, columns


def lapx(scores: Matrix, mentors: Matrix, mentees: Matrix) -> Answer:
    import lap  # type: ignore[import-not-found]

    costs = np.where(scores >= 0, CEILING - scores, OF_NO_USE).astype(np.float64)
    _, mentee_of, _ = lap.lapjv(costs)
    return np.arange(len(scores)), mentee_of


def ortools_assignment(scores: Matrix, mentors: Matrix, mentees: Matrix) -> Answer:
    """Gives everybody a partner or nothing at all."""
    from ortools.graph.python.linear_sum_assignment import (  # type: ignore[import-not-found]
        SimpleLinearSumAssignment,
    )

    row, column = np.nonzero(scores >= 0)
    solver = SimpleLinearSumAssignment()
    solver.add_arcs_with_cost(row.astype(np.int32), column.astype(np.int32), CEILING - scores[row, column])
    if solver.solve() != solver.OPTIMAL:
        raise RuntimeError("OR-Tools finds no assignment.")
    rows = range(len(scores))
    return np.arange(len(scores)), np.array([solver.right_mate(i) for i in rows])


def ortools_flow(scores: Matrix, mentors: Matrix, mentees: Matrix) -> Answer:
    """The largest flow, and of the largest the cheapest: as many pairs as possible, then the best total."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # type: ignore[import-not-found]

    n, m = scores.shape
    source, sink = n + m, n + m + 1
    row, column = np.nonzero(scores >= 0)
    tails = np.concatenate([row, np.full(n, source), n + np.arange(m)])
    heads = np.concatenate([n + column, np.arange(n), np.full(m, sink)])
    room = np.concatenate([np.ones(len(row), dtype=np.int64), mentors, mentees])
    costs = np.concatenate([CEILING - scores[row, column], np.zeros(n + m, dtype=np.int64)])
    solver = SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(tails.astype(np.int32), heads.astype(np.int32), room, costs)
    most = int(min(mentors.sum(), mentees.sum()))
    solver.set_nodes_supplies(np.array([source, sink], dtype=np.int32), np.array([most, -most]))
    if solver.solve_max_flow_with_min_cost() != solver.OPTIMAL:
        raise RuntimeError("OR-Tools finds no flow.")
    used = solver.flows(arcs[: len(row)]) > 0
    return row[used], column[used]


SOLVERS: Final[dict[str, Callable[[Matrix, Matrix, Matrix], Answer]]] = {
    "ours": ours,
    "SciPy": scipy,
    "SciPy with a draw": scipy_with_a_draw,
    "lapx": lapx,
    "OR-Tools, assignment": ortools_assignment,
    "OR-Tools, flow": ortools_flow,
}


def contest(solver: str, people: int, most_places: int, kind: str = "random") -> dict[str, float]:
    _warm_up(solver)
    scores, mentors, mentees = instance(people, most_places, kind)
    begun = time.process_time()
    (rows, columns), took = _measured(lambda: SOLVERS[solver](scores, mentors, mentees))
    if solver == "ours":
        took["search"] = searched_until[-1] - begun
    found = scores[rows, columns]
    if (found < 0).any():
        raise RuntimeError(f"{solver} pairs people who may not be paired.")
    for side, places in ((rows, mentors), (columns, mentees)):
        if (np.bincount(side, minlength=people) > places).any():
            raise RuntimeError(f"{solver} gives somebody more pairs than places.")
    return took | {"pairs": len(found), "total": int(found.sum())}


def scoring(people: int) -> dict[str, float]:
    """From what people said, as arrays, to the pairs and their proof."""
    import django

    django.setup()
    from matching.engine import Instance, solve_instance
    from mentoring.bench import crowds

    _warm_up("ours")
    chance = np.random.default_rng(7)
    found = crowds.candidates(crowds.people(people, chance), crowds.people(people, chance), chance)
    found.block(0, 1)  # makes the arrays; how long that takes, the section on scoring says
    best, took = _measured(lambda: solve_instance(Instance.of(found)))
    return took | {"pairs": best.size, "total": best.total, "process": _peak()}


def _measured(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    before = _forget_peak()
    begun, spent = time.perf_counter(), time.process_time()
    found = work()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - spent
    return found, {"seconds": seconds, "cpu": cpu, "memory": _peak() - before}


def _warm_up(solver: str) -> None:
    """Import and, of ours, load what was compiled; both happen once in the life of a worker."""
    SOLVERS[solver](*instance(40, 1))
    if solver == "ours":
        from matching.prepare import prepare

        prepare()


def _forget_peak() -> float:
    """Megabytes in use; from here on a new peak is counted, where the system can do that."""
    forget = Path("/proc/self/clear_refs")
    if not forget.exists():
        return _peak()
    forget.write_text("5")
    return _peak()


def _peak() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    which, size, *more = sys.argv[1:]
    took = scoring(int(size)) if which == "scoring" else contest(which, int(size), int(more[0]), *more[1:])
    print(json.dumps(took))
