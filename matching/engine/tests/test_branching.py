"""Hours shared between both sides of one person: exact, proven by a tree, and free where they do not matter."""

import copy
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from matching.engine import BadInstance, Clash, Instance, OtherSide, alternatives, solve, solve_instance, verify
from matching.engine.instance import SharedHours
from matching.engine.reasons import why_unmatched
from matching.engine.tests.oracles import (
    best_worth_with_hours,
    company,
    examples,
    instances_with_hours,
    scores_of,
    worth,
)

# Anna and Bo are on both sides and have time for one pair each; without that, both would have two.
BOTH = np.array([[-1, 9, 7], [8, -1, 6], [5, 4, 3]])
HOURS = [(0, 0, 2, 2, 2), (1, 1, 2, 2, 2)]


def check(instance, result):
    return verify(
        scores_of(instance),
        instance.mentor_capacity,
        instance.mentee_capacity,
        result,
        locked=instance.locked,
        barred=instance.barred,
        floor=instance.floor,
        mentor_keys=instance.mentor_keys,
        mentee_keys=instance.mentee_keys,
        shared=instance.shared,
    )


@examples(150)
@given(instances_with_hours())
def test_no_set_of_pairs_that_keeps_to_the_hours_is_better(instance):
    best = solve_instance(instance)
    assert worth(instance, best.pairs) == best_worth_with_hours(instance)
    verdict = check(instance, best)
    assert verdict.problems == ()
    assert verdict.gap == 0


def test_hours_that_do_not_matter_cost_nothing():
    scores = company(3, 30, 30)
    plain, with_hours = solve(scores), solve(scores, shared=[(0, 0, 2, 2, 4), (1, 2, 1, 3, 4)])
    assert with_hours.tree is None
    assert (with_hours.pairs, with_hours.u, with_hours.v) == (plain.pairs, plain.u, plain.v)


def test_one_person_is_not_given_the_same_hour_twice():
    instance = Instance.of(BOTH, shared=HOURS)
    assert len(solve(BOTH).pairs) == 3
    best = solve_instance(instance)
    assert best.pairs == ((0, 1), (2, 2))
    assert best.tree is not None
    assert best.unique is None
    verdict = check(instance, best)
    assert verdict, verdict.problems
    assert not verify(BOTH, 1, 1, solve(BOTH), shared=HOURS)


def test_permuting_the_people_permutes_the_answer():
    dice = np.random.default_rng(5)
    scores = company(5, 14, 14, best=4)
    keys = [f"a{i}" for i in range(14)], [f"b{j}" for j in range(14)]
    shared = [(i, 13 - i, 1, 1, 1) for i in range(5)]
    best = solve(scores, mentor_keys=keys[0], mentee_keys=keys[1], shared=shared)
    rows, columns = dice.permutation(14), dice.permutation(14)
    moved = solve(
        scores[rows][:, columns],
        mentor_keys=[keys[0][i] for i in rows],
        mentee_keys=[keys[1][j] for j in columns],
        shared=[(rows.tolist().index(i), columns.tolist().index(j), *hours) for i, j, *hours in shared],
    )
    assert sorted((int(rows[i]), int(columns[j])) for i, j in moved.pairs) == list(best.pairs)


def leaf_of(node):
    return leaf_of(node["then"] or node["otherwise"]) if "shared" in node else node


def erase_prices(tree):
    leaf_of(tree).update(mentor_prices=[0] * 3, mentee_prices=[0] * 3)


def split_at(most, tree):
    tree["as_mentor_at_most"] = most


@pytest.mark.parametrize(
    ("tamper", "complaint"),
    [
        (erase_prices, "tree only proves"),
        (lambda tree: leaf_of(tree)["mentor_prices"].pop(), "does not price everybody"),
        (lambda tree: leaf_of(tree)["mentor_prices"].__setitem__(0, -1), "negative"),
        (lambda tree: leaf_of(tree)["mentor_prices"].__setitem__(0, 1 << 60), "too large"),
        (lambda tree: tree.__setitem__("then", None), "damaged"),
        (lambda tree: tree.__setitem__("shared", 7), "damaged"),
        (lambda tree: tree.__setitem__("shared", -1), "damaged"),
        (partial(split_at, -1), "damaged"),
        (partial(split_at, 5), "tree only proves"),
    ],
)
def test_a_tree_that_was_tampered_with_does_not_hold(tamper, complaint):
    instance = Instance.of(BOTH, shared=HOURS)
    certificate = copy.deepcopy(solve_instance(instance).certificate)
    tamper(certificate["tree"])
    assert any(complaint in problem for problem in check(instance, certificate).problems)


def test_a_tree_is_no_way_round_the_other_claims():
    instance = Instance.of(BOTH, shared=HOURS)
    certificate = solve_instance(instance).certificate
    assert any("nothing is shown" in each for each in check(instance, {**certificate, "unique": True}).problems)
    assert any("has 2" in each for each in check(instance, solve(BOTH).certificate).problems)
    plain = solve([[10, 6], [6, 2]])
    unfair = {**plain.certificate, "unique": None, "pairs": [[0, 0, 10], [1, 1, 2]], "weakest": 2}
    prices = {"mentor_prices": list(plain.u), "mentee_prices": list(plain.v)}
    assert any("nobody shares" in each for each in verify([[10, 6], [6, 2]], 1, 1, {**unfair, "tree": prices}).problems)


def test_what_is_said_of_shared_hours_must_make_sense():
    senseless: list[Any] = [3]
    for wrong in (senseless, [(0, 0, 1, 1)], [(0, 9, 1, 1, 1)], [(0, 0, 0, 1, 1)], [(0, 0, 1, 1, 1), (0, 1, 1, 1, 1)]):
        with pytest.raises(BadInstance, match="hours"):
            Instance.of(BOTH, shared=wrong)
    assert Instance.of(BOTH, shared=HOURS).shared[0] == SharedHours(0, 0, 2, 2, 2)
    assert Instance.of(BOTH, shared=HOURS).digest != Instance.of(BOTH).digest


def test_locks_that_take_more_hours_than_there_are_clash():
    with pytest.raises(Clash, match="no time for all these locked pairs: 0 with 1, 1 with 0") as clash:
        Instance.of(BOTH, locked=[(0, 1), (1, 0), (2, 2)], shared=HOURS[:1])
    assert clash.value.cause == "hours"
    assert clash.value.pairs == ((0, 1), (1, 0))


def test_explanations_speak_of_the_hours_as_the_answer_divides_them():
    instance = Instance.of(company(8, 9, 9, share=0.8), 2, 2, shared=[(i, i, 1, 1, 2) for i in range(4)])
    best = solve_instance(instance)
    assert best.tree is not None
    mentors, mentees = np.full(9, 2), np.full(9, 2)
    for one in instance.shared:
        mentors[one.mentor] = sum(i == one.mentor for i, _ in best.pairs)
        mentees[one.mentee] = sum(j == one.mentee for _, j in best.pairs)
        assert mentors[one.mentor] + mentees[one.mentee] <= 2
    divided = replace(instance, mentor_capacity=mentors, mentee_capacity=mentees, shared=())
    for forcing in alternatives(instance, best, "mentor", 8, top=3):
        again = solve_instance(replace(divided, locked=(forcing.pair,)))
        assert best.size - again.size == forcing.pairs_lost
        assert best.total - again.total == forcing.score_lost


def test_whoever_gives_their_hours_on_the_other_side_is_told_so():
    instance = Instance.of(BOTH, shared=HOURS)
    best = solve_instance(instance)
    assert why_unmatched(instance, best, "mentee", 0) == OtherSide("mentee", 0)
