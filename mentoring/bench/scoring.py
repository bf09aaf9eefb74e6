"""How long it takes to say how well every pair fits, beside a plain double loop that says the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import numpy as np

from matching.candidates import Candidates
from matching.scoring import CRITERIA
from matching.scoring.measures import Product
from mentoring.bench import crowds
from programs.choices import Criterion

SIZES: Final = (200, 1_000, 5_000, 20_000)
AT_A_TIME: Final = 512
LOOPED: Final = 50_000
"""Pairs the plain loop is timed on; more of them would take as long each."""
LEAST_RATIO: Final = 30
"""At 1,000 people on each side, or the measurement fails."""


def report() -> list[str]:
    _line(64)  # loads what was compiled, which a worker does once in its life
    lines = [
        "## Scoring",
        "",
        "Nanoseconds of one core, rules included; what is compiled has been loaded before. The loop looks up in",
        "dicts and sets what each person said, knows no rules, and gives the same numbers.",
        "",
        "| people on each side | into arrays s | a pair ns | all pairs s | double loop ns | ratio |",
        "|---|---|---|---|---|---|",
    ]
    return lines + [_line(size) for size in SIZES]


def _line(size: int) -> str:
    chance = np.random.default_rng(7)
    mentors, mentees = crowds.people(size, chance), crowds.people(size, chance)
    begun = time.process_time()
    found = crowds.candidates(mentors, mentees, chance)
    found.block(0, 1)
    prepared = time.process_time() - begun
    begun = time.process_time()
    for start in range(0, size, AT_A_TIME):
        found.block(start, min(start + AT_A_TIME, size))
    scored = time.process_time() - begun
    looped = _loop(found, min(size, max(1, LOOPED // size)))
    ratio = looped * size**2 / scored
    if size == 1_000 and ratio < LEAST_RATIO:
        raise RuntimeError(f"Scoring is only {ratio:.0f} times as fast as a double loop.")
    each = scored / size**2
    return f"| {size:,} | {prepared:.2f} | {each * 1e9:.0f} | {scored:.3f} | {looped * 1e9:,.0f} | {ratio:.0f} |"


def _loop(found: Candidates, rows: int) -> float:
    """Seconds a pair, for the first rows."""
    judges = [_judge(found, weight, criterion) for criterion, weight in found.fit.weights.items() if weight]
    columns = range(found.shape[1])
    expected = found.fit.block(slice(0, rows)).tolist()
    begun = time.process_time()
    said = [[sum(judge(row, column) for judge in judges) for column in columns] for row in range(rows)]
    spent = time.process_time() - begun
    if said != expected:
        raise RuntimeError("The double loop and the blocks say different things.")
    return spent / (rows * len(columns))


def _judge(found: Candidates, weight: int, criterion: Criterion) -> Callable[[int, int], int]:
    mentors, mentees = found.fit.people
    measure = CRITERIA[criterion].measure
    if isinstance(measure, Product):
        gives, takes = [measure.mentor(each) for each in mentors], [measure.mentee(each) for each in mentees]
        return lambda row, column: (
            weight * sum(value * takes[column].get(thing, 0) for thing, value in gives[row].items())
        )
    sides = [[[common.things(each, found.fit.week) for each in people] for people in (mentors, mentees)]
             for common in measure.of]  # fmt: skip
    return lambda row, column: (
        weight
        * max(
            min(len(one[row] & other[column]), common.enough) * common.full // common.enough
            for common, (one, other) in zip(measure.of, sides, strict=True)
        )
    )
