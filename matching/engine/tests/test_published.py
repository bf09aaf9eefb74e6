"""Instances that others have published, with what is known to be best. The files are not ours to pass on.

``UPWELL_PUBLISHED=FOLDER make proofs`` finds them as ``FOLDER/orlib/assign100.txt`` and so on, and
``FOLDER/mentor-match/large-mentors.csv``, ``…-mentees.csv``, and the same with ``small``.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from matching.engine import solve, verify
from matching.engine.instance import FORBIDDEN
from matching.engine.tests.oracles import IntArray

OPTIMA = {
    "assign100": 305, "assign200": 475, "assign300": 626, "assign400": 804, "assign500": 991, "assign600": 1176,
    "assign700": 1362, "assign800": 1552, "assignp800": 2239, "assignp1500": 5839, "assignp3000": 18696,
    "assignp5000": 48533,
}  # fmt: skip
"""J. E. Beasley's OR-Library, assignment problems: the lowest cost of giving everybody one place."""

GRADES = ("AA", "AO", "EO", "HEO", "SEO", "Grade 7", "Grade 6", "SCS1", "SCS2", "SCS3", "SCS4")


def published(name: str) -> Path:
    folder = os.environ.get("UPWELL_PUBLISHED")
    if not folder:
        pytest.skip("UPWELL_PUBLISHED names no folder with the instances that others have published.")
    file = Path(folder) / name
    if not file.exists():
        pytest.skip(f"{file} is not there.")
    return file


def costs_in(file: Path) -> IntArray:
    """Everybody's costs in order; or, for the sparse files, lines of a row, a column and a cost, all others forbidden.

    -1 where nothing is said.
    """
    size, *numbers = map(int, file.read_text().split())
    if file.stem.startswith("assignp"):
        listed = np.array(numbers).reshape(-1, 3)
        costs = np.full((size, size), -1, dtype=np.int64)
        costs[listed[:, 0] - 1, listed[:, 1] - 1] = listed[:, 2]
        return costs
    return np.array(numbers, dtype=np.int64).reshape(size, size)


@pytest.mark.parametrize("name", OPTIMA)
def test_the_published_optimum_of_an_assignment_problem(name: str) -> None:
    costs = costs_in(published(f"orlib/{name}.txt"))
    highest = int(costs.max())
    scores = np.where(costs >= 0, highest - costs, FORBIDDEN)
    best = solve(scores)
    assert best.size == len(costs)
    assert highest * len(costs) - best.total == OPTIMA[name]
    assert verify(scores, 1, 1, best)


def scores_by_the_rules_of_mentor_match(mentors: Path, mentees: Path) -> IntArray:
    """jonodrew/mentor-match: other organisations only, and a mentor one or two grades above.

    12 points for two grades and 9 for one, 10 for the same profession, 6 for the identity that the mentee names.
    """

    def read(file: Path) -> list[dict[str, str]]:
        with file.open(newline="", encoding="utf-8") as lines:
            return list(csv.DictReader(lines))

    def score(mentor: dict[str, str], mentee: dict[str, str]) -> int:
        grades = GRADES.index(mentor["grade"]) - GRADES.index(mentee["grade"])
        if grades not in (1, 2) or mentor["organisation"] == mentee["organisation"]:
            return FORBIDDEN
        identity = mentee["identity to match"]
        alike = identity != "" and identity in mentor["characteristics"].split(", ")
        return (9, 12)[grades - 1] + 10 * (mentor["profession"] == mentee["profession"]) + 6 * alike

    sides = read(mentors), read(mentees)
    return np.array([[score(one, other) for other in sides[1]] for one in sides[0]], dtype=np.int64)


@pytest.mark.parametrize(("sample", "known"), [("small", None), ("large", (484, 11_480))])
def test_the_samples_of_mentor_match_by_its_own_rules(sample: str, known: tuple[int, int] | None) -> None:
    files = [published(f"mentor-match/{sample}-{side}.csv") for side in ("mentors", "mentees")]
    scores = scores_by_the_rules_of_mentor_match(*files)
    best = solve(scores)
    weights = np.where(scores >= 0, scores + best.big, 0)
    assert best.big * best.size + best.total == weights[linear_sum_assignment(weights, maximize=True)].sum()
    assert (best.size, best.total) == (known or (best.size, best.total))
    assert verify(scores, 1, 1, best)
