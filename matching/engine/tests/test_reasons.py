"""Explanations, each held against solving again."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from matching.engine import (
    BadInstance,
    CannotForce,
    Clash,
    Crowded,
    Instance,
    NoEligiblePartner,
    NothingToExplain,
    OutCompeted,
    Side,
    alternatives,
    cost_of_forcing,
    solve_instance,
    why_unmatched,
)
from matching.engine.residual import Ground
from matching.engine.tests.oracles import allowed_in, company, examples, instances, scores_of

few = examples(60)


def sides(instance: Instance) -> tuple[tuple[Side, int], ...]:
    return ("mentor", instance.shape[0]), ("mentee", instance.shape[1])


def changed(instance, **changes):
    question = {"scores": scores_of(instance)} | {
        name: getattr(instance, name) for name in ("mentor_capacity", "mentee_capacity", "locked", "barred", "floor")
    }
    return Instance.of(**{**question, **changes})


@few
@given(instances(most=5))
def test_forcing_a_pair_costs_what_solving_again_says(instance):
    best = solve_instance(instance)
    for i, j in np.argwhere(allowed_in(instance)).tolist():
        try:
            again = solve_instance(changed(instance, locked=[*instance.locked, (i, j)]))
        except Clash:
            with pytest.raises(CannotForce, match="locked, or there is none"):
                cost_of_forcing(instance, best, i, j)
            continue
        forcing = cost_of_forcing(instance, best, i, j)
        assert (forcing.pairs_lost, forcing.score_lost) == (best.size - again.size, best.total - again.total)
        after = (set(best.pairs) - set(forcing.dissolved)) | set(forcing.formed)
        assert len(after) == again.size
        assert sum(int(scores_of(instance)[pair]) for pair in after) == again.total
        Instance.of(
            scores_of(instance), instance.mentor_capacity, instance.mentee_capacity, locked=after
        )  # nobody over capacity
        assert set(instance.locked) | {(i, j)} <= after


@few
@given(instances(most=5))
def test_alternatives_are_all_pairs_that_can_be_forced_cheapest_first(instance):
    best = solve_instance(instance)
    for side, people in sides(instance):
        for person in range(people):
            found = alternatives(instance, best, side, person, top=None)
            costs = [forcing.pairs_lost * best.big + forcing.score_lost for forcing in found]
            assert costs == sorted(costs)
            expected = {}
            for pair in np.argwhere(allowed_in(instance)).tolist():
                if pair[0 if side == "mentor" else 1] == person and tuple(pair) not in best.pairs:
                    try:
                        forcing = cost_of_forcing(instance, best, *pair)
                    except CannotForce:
                        continue
                    expected[tuple(pair)] = (forcing.pairs_lost, forcing.score_lost)
            assert {forcing.pair: (forcing.pairs_lost, forcing.score_lost) for forcing in found} == expected
            assert alternatives(instance, best, side, person, top=2) == found[:2]


@few
@given(instances(most=6))
def test_a_crowd_asks_for_more_than_it_can_have_and_one_more_place_is_one_more_pair(instance):
    best = solve_instance(instance)
    for side, people in sides(instance):
        for person in range(people):
            try:
                reason = why_unmatched(instance, best, side, person)
            except NothingToExplain:
                continue
            if isinstance(reason, NoEligiblePartner):
                continue
            assert isinstance(reason, Crowded)
            assert person in reason.crowd
            own = instance.mentor_capacity if side == "mentor" else instance.mentee_capacity
            held = Counter(pair[0 if side == "mentor" else 1] for pair in best.pairs)
            assert reason.claims - reason.places == sum(int(own[one]) - held[one] for one in reason.crowd) > 0
            capacity = "mentee_capacity" if side == "mentor" else "mentor_capacity"
            gains = {}
            for partner in reason.contested:
                places = getattr(instance, capacity).copy()
                places[partner] += 1
                again = solve_instance(changed(instance, **{capacity: places}))
                assert again.size == best.size + 1
                gains[partner] = again.total - best.total
            assert reason.gain == gains[reason.best_place] == max(gains.values())


def test_forcing_says_who_gives_way():
    """Mentee 0 moves to mentor 0; mentee 1, who had that place, is left without."""
    instance = Instance.of([[3, 9], [5, -1]])
    best = solve_instance(instance)
    assert best.pairs == ((0, 1), (1, 0))
    forcing = cost_of_forcing(instance, best, 0, 0)
    assert (forcing.pairs_lost, forcing.score_lost) == (1, 11)
    assert forcing.dissolved == ((0, 1), (1, 0))
    assert forcing.formed == ((0, 0),)
    assert (forcing.losing_mentors, forcing.losing_mentees) == ((1,), (1,))


def test_a_pair_that_stands_costs_nothing():
    instance = Instance.of([[3]])
    forcing = cost_of_forcing(instance, solve_instance(instance), 0, 0)
    assert (forcing.pairs_lost, forcing.score_lost, forcing.dissolved, forcing.formed) == (0, 0, (), ())


def test_a_forbidden_pair_cannot_be_forced():
    instance = Instance.of([[3, -1], [1, 1]], barred=[(1, 0)])
    best = solve_instance(instance)
    for mentor, mentee in ((0, 1), (1, 0)):
        with pytest.raises(CannotForce, match="The rules do not allow"):
            cost_of_forcing(instance, best, mentor, mentee)


def test_nobody_eligible_is_told_with_the_rule_that_frees_most():
    scores = np.full((4, 2), -1)
    scores[:, 1] = 5
    level = np.array([[True, False], [True, False], [True, False], [False, False]])
    chain = np.array([[True, False], [False, False], [False, False], [True, False]])
    instance = Instance.of(scores)
    reason = why_unmatched(
        instance, solve_instance(instance), "mentee", 0, {"a level apart": level, "not in the chain": chain}
    )
    assert isinstance(reason, NoEligiblePartner)
    assert (reason.partners, reason.frees_most) == (4, "a level apart")
    assert [(step.rule, step.forbids, step.remaining, step.only_this) for step in reason.waterfall] == [
        ("a level apart", 3, 1, 2),
        ("not in the chain", 2, 0, 1),
    ]


def test_when_every_partner_breaks_two_rules_no_single_rule_frees_anybody():
    instance = Instance.of([[-1]])
    both = {"one": np.array([True]), "two": np.array([True])}
    reason = why_unmatched(instance, solve_instance(instance), "mentor", 0, both)
    assert isinstance(reason, NoEligiblePartner)
    assert reason.frees_most is None


def test_bars_the_floor_and_rules_nobody_named_are_steps_of_their_own():
    instance = Instance.of([[-1, 1, 9]], barred=[(0, 2)], floor=2)
    reason = why_unmatched(instance, solve_instance(instance), "mentor", 0)
    assert isinstance(reason, NoEligiblePartner)
    assert [(step.rule, step.forbids, step.remaining) for step in reason.waterfall] == [
        ("barred", 1, 2),
        ("floor", 1, 1),
        ("other", 1, 0),
    ]


def test_a_small_crowd_is_named():
    instance = Instance.of([[4, -1], [3, -1], [5, -1], [-1, 9]])
    reason = why_unmatched(instance, solve_instance(instance), "mentor", 0)
    assert isinstance(reason, Crowded)
    assert (reason.crowd, reason.contested, reason.claims, reason.places) == ((0, 1, 2), (0,), 3, 1)
    assert reason.cheapest is not None
    assert (reason.cheapest.pair, reason.cheapest.score_lost, reason.cheapest.losing_mentors) == ((0, 0), 1, (2,))


def test_a_crowd_elsewhere_is_not_part_of_this_one():
    instance = Instance.of([[4, -1], [3, -1], [-1, 5], [-1, 9]])
    best = solve_instance(instance)
    assert [why_unmatched(instance, best, "mentor", i).crowd for i in (1, 2)] == [(0, 1), (2, 3)]  # type: ignore[union-attr]


def test_a_crowd_too_large_to_name_is_answered_with_the_cheapest_way_in():
    scores = company(9, 60, 20, share=0.9)
    instance = Instance.of(scores)
    best = solve_instance(instance)
    out = next(i for i in range(60) if i not in {mentor for mentor, _ in best.pairs})
    reason = why_unmatched(instance, best, "mentor", out, crowd_limit=5)
    assert isinstance(reason, OutCompeted)
    assert reason.claims > reason.places
    again = solve_instance(changed(instance, locked=[reason.cheapest.pair]))
    assert (best.size - again.size, best.total - again.total) == (0, reason.cheapest.score_lost)
    assert out == reason.cheapest.pair[0]


def test_when_every_place_is_locked_there_is_no_way_in():
    instance = Instance.of([[5], [5]], locked=[(0, 0)])
    reason = why_unmatched(instance, solve_instance(instance), "mentor", 1, crowd_limit=0)
    assert isinstance(reason, Crowded)
    assert reason.cheapest is None


def test_somebody_whose_places_are_taken_misses_nothing():
    instance = Instance.of([[5]])
    with pytest.raises(NothingToExplain, match="no free place"):
        why_unmatched(instance, solve_instance(instance), "mentor", 0)


def test_an_answer_to_another_question_explains_nothing():
    best = solve_instance(Instance.of([[5]]))
    with pytest.raises(BadInstance, match="another instance"):
        why_unmatched(Instance.of([[6]]), best, "mentor", 0)
    with pytest.raises(BadInstance, match="There is no mentor 1"):
        alternatives(Instance.of([[5]]), best, "mentor", 1)


@pytest.mark.parametrize("seed", range(4))
def test_the_shortest_paths_are_those_of_all_pairs_however_few_are_held(seed):
    rng = np.random.default_rng(seed)
    instance = Instance.of(company(seed, 30, 26, share=0.6), rng.integers(1, 3, 30), rng.integers(1, 3, 26))
    best = solve_instance(instance)
    few, every = Ground(instance, best, all_up_to=0, kept=2), Ground(instance, best)
    for side, people in sides(instance):
        for person in range(people):
            found, expected = (ground.seen_from(side) for ground in (few, every))
            start = found.n + person
            assert (found.distances_from(start).length == expected.distances_from(start).length).all()


@pytest.mark.parametrize("shift", [-1_000_000, 1_000_000])
def test_nothing_is_explained_from_prices_that_do_not_hold(shift):
    instance = Instance.of([[5, 3], [4, 1]], mentee_capacity=[1, 0])
    best = solve_instance(instance)
    wrong = replace(best, u=tuple(price + shift for price in best.u))
    with pytest.raises(BadInstance, match="do not hold"):
        cost_of_forcing(instance, wrong, 0, 1)
    with pytest.raises(BadInstance, match="do not hold"):
        why_unmatched(instance, wrong, "mentor", 1)
