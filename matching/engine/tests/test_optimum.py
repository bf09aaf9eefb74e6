"""The best answer, held against four other ways of finding it."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from matching.engine import BadInstance, Instance, Matching, TooLarge, solve, solve_instance, verify
from matching.engine.tests.oracles import (
    MOST,
    TIMES,
    best_worth,
    company,
    examples,
    greedy,
    instances,
    linear_program_worth,
    scores_of,
    worth,
)

few = examples(120)


def proven(instance: Instance, matching: Matching) -> bool:
    verdict = verify(
        scores_of(instance),
        instance.mentor_capacity,
        instance.mentee_capacity,
        matching,
        locked=instance.locked,
        barred=instance.barred,
        floor=instance.floor,
        mentor_keys=instance.mentor_keys,
        mentee_keys=instance.mentee_keys,
    )
    assert verdict.problems == ()
    return verdict.ok


@few
@given(instances(most=MOST))
def test_no_set_of_pairs_is_better_by_trying_them_all(instance):
    best = solve_instance(instance)
    assert worth(instance, best.pairs) == best_worth(instance)
    assert proven(instance, best)


@pytest.mark.parametrize("seed", range(40 * TIMES))
def test_one_place_each_agrees_with_scipy(seed):
    rng = np.random.default_rng(seed)
    n, m = (int(size) for size in rng.integers(1, 60, 2))
    scores = company(seed, n, m, share=float(rng.choice([0.05, 0.3, 0.9])), best=int(rng.choice([3, 100, 100_000])))
    best = solve(scores)
    weights = np.where(scores >= 0, scores + best.big, 0)
    assert worth(Instance.of(scores), best.pairs) == weights[linear_sum_assignment(weights, maximize=True)].sum()
    assert verify(scores, 1, 1, best)


@pytest.mark.parametrize("seed", range(20 * TIMES))
def test_capacities_on_both_sides_agree_with_a_linear_program(seed):
    rng = np.random.default_rng(1000 + seed)
    n, m = (int(size) for size in rng.integers(1, 25, 2))
    scores = company(seed, n, m, share=float(rng.choice([0.1, 0.5, 1.0])), best=50)
    instance = Instance.of(scores, rng.integers(0, 4, n), rng.integers(0, 4, m))
    best = solve_instance(instance)
    assert worth(instance, best.pairs) == linear_program_worth(instance)
    assert proven(instance, best)


def test_one_more_pair_is_worth_more_than_any_total():
    best = solve([[100, 9], [9, -1]])
    assert best.pairs == ((0, 1), (1, 0))
    assert (best.size, best.total) == (2, 18)


def test_taking_the_best_pair_first_loses_people():
    instance = Instance.of(company(5, 60, 60, share=0.05))
    best = solve_instance(instance)
    assert len(greedy(instance)) < best.size
    assert sum(int(scores_of(instance)[pair]) for pair in greedy(instance)[: best.size]) < best.total


def test_nobody_gets_the_same_partner_twice():
    best = solve([[10, 1]], mentor_capacity=2, mentee_capacity=2)
    assert best.pairs == ((0, 0), (0, 1))


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_an_empty_side_has_an_answer_without_pairs(shape):
    best = solve(np.zeros(shape, dtype=np.int64))
    assert (best.size, best.total, best.weakest, best.pairs) == (0, 0, None, ())
    assert verify(np.zeros(shape, dtype=np.int64), 1, 1, best)


def test_nobody_eligible_has_an_answer_without_pairs():
    scores = np.full((3, 4), -1)
    best = solve(scores, mentor_capacity=2)
    assert best.pairs == ()
    assert verify(scores, 2, 1, best)


def test_nobody_with_a_place_has_an_answer_without_pairs():
    best = solve([[5, 5], [5, 5]], mentor_capacity=0)
    assert best.pairs == ()
    assert verify([[5, 5], [5, 5]], 0, 1, best)


def test_a_barred_pair_and_a_pair_below_the_floor_are_never_formed():
    assert solve([[9, 1], [1, 9]], barred=[(0, 0)], floor=2).pairs == ((1, 1),)


def test_a_pair_that_scores_nothing_is_still_a_pair():
    assert solve([[0]]).pairs == ((0, 0),)


@few
@given(instances(most=5), st.data())
def test_locking_a_pair_of_the_answer_changes_nothing(instance, data):
    best = solve_instance(instance)
    if not best.pairs:
        return
    pair = data.draw(st.sampled_from(best.pairs))
    locked = Instance.of(
        scores_of(instance),
        instance.mentor_capacity,
        instance.mentee_capacity,
        locked=[*instance.locked, pair],
        barred=instance.barred,
        floor=instance.floor,
    )
    again = solve_instance(locked)
    assert (again.size, again.total) == (best.size, best.total)
    if best.unique:
        assert again.pairs == best.pairs


@few
@given(instances(most=5), st.integers(2, 9))
def test_scaling_all_scores_changes_no_pair(instance, factor):
    scaled = Instance.of(
        np.where(scores_of(instance) >= 0, scores_of(instance) * factor, -1),
        instance.mentor_capacity,
        instance.mentee_capacity,
        locked=instance.locked,
        barred=instance.barred,
        floor=None if instance.floor is None else instance.floor * factor,
    )
    assert solve_instance(scaled).pairs == solve_instance(instance).pairs


@few
@given(instances(most=5))
def test_somebody_nobody_may_be_paired_with_changes_no_pair(instance):
    more = Instance.of(
        np.pad(scores_of(instance), 1, constant_values=-1),
        np.pad(instance.mentor_capacity, 1, constant_values=1),
        np.pad(instance.mentee_capacity, 1, constant_values=1),
        locked=[(i + 1, j + 1) for i, j in instance.locked],
        barred=[(i + 1, j + 1) for i, j in instance.barred],
        floor=instance.floor,
        mentor_keys=["nobody", *(str(i) for i in range(instance.shape[0])), "nobody else"],
        mentee_keys=["nobody", *(str(j) for j in range(instance.shape[1])), "nobody else"],
    )
    assert tuple((i - 1, j - 1) for i, j in solve_instance(more).pairs) == solve_instance(instance).pairs


def test_a_sparse_matrix_asks_the_same_question_as_a_dense_one():
    dense = company(3, 30, 20, share=0.2)
    i, j = np.nonzero(dense >= 0)
    some_zero = dense.copy()
    some_zero[i[0], j[0]] = 0
    stored = sparse.coo_matrix((some_zero[i, j], (i, j)), shape=dense.shape)
    assert solve(stored.tocsr()) == solve(some_zero)
    assert verify(stored, 1, 1, solve(some_zero))


def test_the_same_question_has_the_same_answer_twice():
    scores = company(7, 40, 50, best=3)
    assert solve(scores) == solve(scores)


def test_a_stored_certificate_gives_the_matching_back():
    best = solve(company(1, 9, 8))
    assert Matching.from_certificate(best.certificate) == best
    with pytest.raises(BadInstance, match="incomplete or damaged"):
        Matching.from_certificate({**best.certificate, "pairs": [[1]]})


def test_progress_is_told_from_beginning_to_end_and_may_stop_the_search():
    steps = []
    solve(company(2, 12, 9), progress=lambda stage, done, of: steps.append((stage, done, of)))
    assert [stage for stage, _, _ in steps] == ["looking at all pairs", "placing", "placing", *["settling ties"] * 2]
    assert all(0 <= done <= of for _, done, of in steps)

    class Cancelled(Exception):
        pass

    def cancel(stage, done, of):
        raise Cancelled

    with pytest.raises(Cancelled):
        solve(company(2, 12, 9), progress=cancel)


@pytest.mark.parametrize(("n", "m"), [(150, 170), (2100, 2000)])
def test_a_search_cut_short_gives_permitted_pairs_and_a_gap_that_holds(n, m):
    scores, places = company(12, n, m, best=1000), np.arange(n) % 2 + 1
    best = solve(scores, places, 2)
    found = solve(scores, places, 2, time_limit=0)
    verdict = verify(scores, places, 2, found)
    assert verdict.problems == ()
    assert found.gap == verdict.gap > 0
    assert found.unique is None
    lost = best.big * (best.size - found.size) + best.total - found.total
    assert 0 <= lost <= found.gap
    assert best.size <= found.most_pairs
    for claimed in (found.gap - 1, 0):
        bold = {**found.certificate, "gap": claimed}
        assert any("only prove" in each for each in verify(scores, places, 2, bold).problems)
    certain = {**found.certificate, "unique": False}
    assert any("Where a gap is left" in each for each in verify(scores, places, 2, certain).problems)
    assert solve(scores, places, 2, time_limit=600) == best


def test_a_search_cut_short_keeps_to_shared_hours():
    scores = company(13, 60, 60, best=1000)
    shared = [(i, i, 1, 1, 1) for i in range(20)]
    found = solve(scores, shared=shared, time_limit=0)
    verdict = verify(scores, 1, 1, found, shared=shared)
    assert verdict.problems == ()
    assert found.gap > 0


def test_a_search_whose_first_glance_is_proven_best_is_not_cut_short():
    assert solve([[5, 1], [1, 5]], time_limit=0) == solve([[5, 1], [1, 5]])


def test_scores_beyond_exact_arithmetic_are_refused_not_rounded():
    with pytest.raises(TooLarge, match="too large for exact 64-bit arithmetic"):
        solve(np.full((50, 50), 1 << 55))


def test_four_hundred_a_side_answer_while_somebody_waits():
    scores = company(11, 400, 400, best=100_000)
    start = time.perf_counter()
    best = solve(scores)
    assert time.perf_counter() - start < 2
    assert verify(scores, 1, 1, best)
