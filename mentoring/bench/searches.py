"""The search for pairs: the demo's enrolling program, and made-up programs beside SciPy on the same numbers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from scipy.optimize import linear_sum_assignment

import clock
from matching.engine import solve, verify
from matching.inputs import gather
from programs.choices import Stage
from programs.models import Program

Result = TypeVar("Result")
SIZES = (200, 400, 1000)
SHARE_ALLOWED = 0.45


def report() -> list[str]:
    lines = [
        "## Matching",
        "",
        "Same integers, same optimum, one run. SciPy solves the dense assignment and proves nothing;",
        "ours adds prices, a certificate and the fairness step; the checker is separate code.",
        "",
        "| people | pairs | gather and score s | solve s | check s | SciPy s | solve / SciPy |",
        "|---|---|---|---|---|---|---|",
        _demo(),
    ]
    return lines + [_made_up(size) for size in SIZES]


def _demo() -> str:
    program = Program.objects.get(stage=Stage.ENROLMENT)
    inputs, gathering = _timed(lambda: gather(program, at=clock.now()))
    return _line(
        f"the demo’s {program}: {len(inputs.mentors)} and {len(inputs.mentees)}",
        np.asarray(inputs.scores),
        inputs.mentor_places,
        inputs.mentee_places,
        gathering,
    )


def _made_up(size: int) -> str:
    dice = np.random.default_rng(7)
    scores = dice.integers(0, 100_000, size=(size, size), dtype=np.int64)
    scores[dice.random((size, size)) > SHARE_ALLOWED] = -1
    return _line(f"{size} and {size}, made up", scores, 1, 1, None)


def _line(name: str, scores: Any, mentors: Any, mentees: Any, gathering: float | None) -> str:
    matching, solving = _timed(lambda: solve(scores, mentors, mentees))
    verdict, checking = _timed(lambda: verify(scores, mentors, mentees, matching))
    if not verdict.ok:
        raise RuntimeError(f"{name}: the checker refuses the answer.")
    peer, assigning = _timed(lambda: _assign(scores))
    if mentors == 1 and peer != (matching.size, matching.total):
        raise RuntimeError(f"{name}: SciPy finds {peer}, we find {(matching.size, matching.total)}.")
    gathered = f"{gathering:.3f}" if gathering is not None else "–"
    return (
        f"| {name} | {matching.size} | {gathered} | {solving:.3f} | {checking:.3f} | {assigning:.3f} "
        f"| {solving / assigning:.1f} |"
    )


def _assign(scores: Any) -> tuple[int, int]:
    """Most pairs, then the best total, by weights that put one more pair above any total."""
    heavy = (int(scores.max()) + 1) * (min(scores.shape) + 1)
    weights = np.where(scores >= 0, scores + heavy, 0).astype(np.float64)
    rows, columns = linear_sum_assignment(weights, maximize=True)
    found = scores[rows, columns]
    found = found[found >= 0]
    return len(found), int(found.sum())


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    begun = time.perf_counter()
    return work(), time.perf_counter() - begun
