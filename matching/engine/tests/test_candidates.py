"""Solving on a few pairs and pricing the rest gives what solving on all pairs gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from matching.engine import Instance, candidates, solve_instance
from matching.engine.candidates import Market
from matching.engine.core import OutOfTime
from matching.engine.lottery import seeds_of
from matching.engine.tests.oracles import TIMES, allowed_in, company, examples, instances, scores_of
from matching.engine.ties import settle


def solve_on_few(instance, kept):
    """The answer from `kept` partners each, and its prices, in the order of the instance."""
    n, m = instance.shape
    seeds = seeds_of([str(i) for i in range(n)], "mentor"), seeds_of([str(j) for j in range(m)], "mentee")
    rows, columns = (np.argsort(side, kind="stable") for side in seeds)
    answer = Market(instance, rows, columns, all_up_to=0, kept=kept).solve(lambda stage, done, of: None)
    settled = settle(answer, seeds[0][rows], seeds[1][columns])
    u, v = np.zeros(n, dtype=np.int64), np.zeros(m, dtype=np.int64)
    u[rows], v[columns] = answer.u, answer.v
    pairs = zip(rows[settled.row].tolist(), columns[settled.column].tolist(), strict=True)
    return sorted([*pairs, *instance.locked]), settled.unique, u, v


@examples(300)
@given(instances(most=9, best=6), st.integers(1, 3))
def test_the_answer_and_whether_it_is_the_only_one_do_not_depend_on_the_candidates(instance, kept):
    best = solve_instance(instance)
    pairs, unique, u, v = solve_on_few(instance, kept)
    assert pairs == list(best.pairs)
    assert unique == best.unique
    a, b = instance.open_places
    weights = np.where(allowed_in(instance), scores_of(instance) + instance.big, 0)
    for pair in pairs:
        weights[pair] = 0
    short = (weights > u[:, None] + v[None, :]) & (a > 0)[:, None] & (b > 0)[None, :]
    assert not short.any()


def common_ranking(n):
    rng = np.random.default_rng(3)
    return rng.integers(0, 300, (n, 1)) * 40 + rng.integers(0, 300, (1, n)) * 30 + rng.integers(0, 400, (n, n))


HARD = {
    "believable": company(1, 150, 150, best=100_000),
    "everybody wants the same": common_ranking(120),
    "all equal": np.full((90, 90), 7),
    "a product": np.arange(1, 91)[:, None] * np.arange(1, 91)[None, :],
    "three values": np.random.default_rng(4).integers(0, 3, (110, 110)),
    "few places": company(2, 200, 60, best=1000),
}


@pytest.fixture(params=["as it is", "too high", "a few at a time"])
def floors(request, monkeypatch):
    """Floors guessed as they are; far too high, so that nearly nothing is kept; suspects looked at a few at a time."""
    if request.param == "too high":
        for name, value in {"SAMPLE_OF": 2, "SAMPLED_ROWS": 4, "RANK_GUESSED": 0, "LEAST_RANK": 1}.items():
            monkeypatch.setattr(candidates, name, value)
    if request.param == "a few at a time":
        monkeypatch.setattr(candidates, "SUSPECTS", 17)
        monkeypatch.setattr(candidates, "FEW_PAIRS", 0)


@pytest.mark.usefixtures("floors")
@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("kept", [3, 12])
def test_hard_cases_agree_with_scipy(name, kept):
    instance = Instance.of(HARD[name])
    weights = np.where(HARD[name] >= 0, HARD[name] + instance.big, 0)
    pairs, _, _, _ = solve_on_few(instance, kept)
    assert sum(int(weights[pair]) for pair in pairs) == weights[linear_sum_assignment(weights, maximize=True)].sum()
    assert pairs == list(solve_instance(instance).pairs)


WANTED_BY_ALL = range(12 * TIMES)


@pytest.fixture
def many_passes(monkeypatch):
    """Small problems treated like large ones: ranked anew whenever the bounds are weak."""
    monkeypatch.setattr(candidates, "FEW_PAIRS", 0)


def market_of_stars(seed):
    """A market where everybody wants the same people, so that the bounds of the first pass are weak."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(40, 120))
    scores = np.outer(rng.integers(0, 100, n), rng.integers(0, 100, n)) + rng.integers(0, 1000, (n, n))
    places = rng.integers(1, 3, (2, n))
    instance = Instance.of(scores, *places, shared=[(0, 0, 1, 1, 1)])
    order = np.arange(n)
    return scores, places, Market(instance, order, order, all_up_to=0, kept=int(rng.integers(3, 9)))


def out_of_time_after(ticks):
    left = iter(range(ticks))

    def tick(stage, done, of):
        if next(left, None) is None and stage != "looking at all pairs":
            raise OutOfTime

    return tick


def insist_proven(scores, answer):
    """The prices cover every pair that is not used, and leave no more than the gap."""
    weights, used = scores + answer.big, answer.edges.part(answer.used)
    weights[used.row, used.column] = 0
    assert (weights <= answer.u[:, None] + answer.v[None, :]).all()
    assert answer.bound_less_weight() == answer.gap


@pytest.mark.usefixtures("many_passes")
@pytest.mark.parametrize("seed", WANTED_BY_ALL)
def test_what_a_pass_kept_counts_in_the_next_part_of_a_tree_too(seed):
    scores, places, market = market_of_stars(seed)
    fewer = places.copy()
    fewer[:, ::7] = 0
    for rows, columns in (places, fewer, places):
        answer = market.solve(lambda stage, done, of: None, rows, columns)
        assert answer.gap == 0
        insist_proven(scores, answer)


@pytest.mark.usefixtures("many_passes")
@pytest.mark.parametrize("seed", WANTED_BY_ALL)
def test_the_prices_of_a_search_cut_short_cover_what_a_pass_kept(seed):
    for ticks in range(4, 14):
        scores, places, market = market_of_stars(seed)
        insist_proven(scores, market.solve(out_of_time_after(ticks), *places))
