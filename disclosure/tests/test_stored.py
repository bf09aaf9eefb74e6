"""What is kept of released figures is what was shown, word for word, and nothing about people."""

from __future__ import annotations

import json
import random

import pytest

from disclosure import by_group
from disclosure.figures import Hidden, Reason, Shown
from disclosure.stored import answers_as_stored, answers_from, figure_as_stored, figure_from

ANSWERS = ("no", "partly", "yes")


@pytest.mark.parametrize(
    "figure",
    [
        Shown(0), Shown(12, unit="%"), Shown(3.26, decimals=1), Shown(88, unit="%", or_more=True),
        *(Hidden(reason, 7) for reason in Reason),
    ],
)  # fmt: skip
def test_a_figure_comes_back_as_it_was(figure):
    assert figure_from(json.loads(json.dumps(figure_as_stored(figure)))) == figure


@pytest.mark.parametrize("seed", range(6))
def test_answers_by_group_come_back_without_anybody(seed):
    chance = random.Random(seed)
    answers = {f"person-{n}": chance.choice(ANSWERS) for n in range(chance.choice([3, 12, 40]))}
    sides = {key: chance.choice(["mentee", "mentor"]) for key in answers}
    released = by_group(
        answers, sides, ANSWERS, group_names=("mentee", "mentor"), ordered=True, scores={"no": 1, "partly": 2, "yes": 3}
    )
    kept = json.dumps(answers_as_stored(released))
    back = answers_from(json.loads(kept))
    assert "person-" not in kept
    for one, again in [(released.total, back.total), *zip(released.groups.values(), back.groups.values(), strict=True)]:
        assert (again.n, again.bars, again.mean, again.reason) == (one.n, one.bars, one.mean, one.reason)
    assert list(back.groups) == list(released.groups)
