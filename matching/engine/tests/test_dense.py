"""The search on a matrix: its four statements hold at the end, cold and warm, and it finds what the lists find."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine import candidates, solve
from matching.engine.core import Core
from matching.engine.dense import DenseCore
from matching.engine.tests.oracles import examples


def chances(rng, n, m):
    """A matrix with forbidden pairs, and places of which some are none."""
    scores = np.where(rng.random((n, m)) < 0.8, rng.integers(0, 30, (n, m)), -1)
    return scores, rng.integers(0, 4, n), rng.integers(0, 4, m)


def on_lists(scores, big, row_places, column_places):
    open_pairs = (scores >= 0) & (row_places > 0)[:, None] & (column_places > 0)[None, :]
    row, column = (ends.astype(np.int32) for ends in np.nonzero(open_pairs))
    core = Core(row, column, scores[row, column].astype(np.int64), big, row_places, column_places)
    core.solve()
    return core


def insist_best(core, scores, big, row_places, column_places):
    """Complementary slackness over the whole matrix, read from the outside."""
    u, v, used = core.rows.price, core.columns.price, core.used
    held = np.zeros(scores.shape, dtype=bool)
    held[used] = True
    assert held.sum() == len(used[0])
    assert (scores[held] >= 0).all()
    open_pairs = (scores >= 0) & (row_places > 0)[:, None] & (column_places > 0)[None, :]
    reduced = u[:, None] + v[None, :] - big - scores
    assert (reduced[open_pairs & ~held] >= 0).all()
    assert (reduced[held] <= 0).all()
    for load, places, price in ((held.sum(1), row_places, u), (held.sum(0), column_places, v)):
        assert (load <= places).all()
        assert ((price == 0) | (load == places) | (places == 0)).all()
        assert (price >= 0).all()
    return int((big + scores)[held].sum())


@examples(300)
@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 2**32 - 1), st.integers(0, 100))
def test_prices_and_places_satisfy_complementary_slackness_and_agree_with_the_lists(n, m, seed, big):
    scores, *places = chances(np.random.default_rng(seed), n, m)
    core = DenseCore(scores.copy(), big, *places)
    core.solve()
    lists = on_lists(scores, big, *places)
    assert insist_best(core, scores, big, *places) == int((big + lists.pairs.score)[lists.used].sum())


@examples(300)
@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 2**32 - 1), st.integers(1, 100))
def test_it_goes_on_from_what_was_found_on_a_part(n, m, seed, big):
    rng = np.random.default_rng(seed)
    scores, *places = chances(rng, n, m)
    part = on_lists(np.where(rng.random((n, m)) < 0.5, scores, -1), big, *places)
    core = DenseCore(scores.copy(), big, *places)
    core.go_on_from(part.rows.price, part.columns.price, part.pairs.row[part.used], part.pairs.column[part.used])
    core.solve()
    lists = on_lists(scores, big, *places)
    assert insist_best(core, scores, big, *places) == int((big + lists.pairs.score)[lists.used].sum())


@examples(200)
@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 2**32 - 1))
def test_what_is_known_are_the_used_pairs_and_all_that_are_as_good(n, m, seed):
    scores, *places = chances(np.random.default_rng(seed), n, m)
    core = DenseCore(scores.copy(), 50, *places)
    core.solve()
    row, column, score, used = core.known
    codes = row.astype(np.int64) * m + column
    assert codes.tolist() == sorted(set(codes.tolist()))
    assert (score == scores[row, column]).all()
    assert set(codes[used].tolist()) == set((core.used[0] * m + core.used[1]).tolist())
    reduced = core.rows.price[:, None] + core.columns.price[None, :] - 50 - scores
    open_pairs = (scores >= 0) & (places[0] > 0)[:, None] & (places[1] > 0)[None, :]
    assert set(codes.tolist()) >= set(np.flatnonzero(open_pairs & (reduced == 0)).tolist())


@pytest.mark.parametrize("different", [1, 3, 40])
def test_people_much_alike_are_solved_at_once_and_as_well(monkeypatch, different):
    """A search that looks at all pairs because they are alike gives what one that chooses candidates gives."""
    rng = np.random.default_rng(different)
    scores = np.where(rng.random((130, 120)) < 0.7, rng.integers(0, different, (130, 120)), -1)
    places = rng.integers(1, 3, 130), rng.integers(1, 3, 120)
    keys = [str(i) for i in range(130)], [str(j) for j in range(120)]

    def answer():
        return solve(scores, *places, mentor_keys=keys[0], mentee_keys=keys[1])

    monkeypatch.setattr(candidates, "ALL_PAIRS_UP_TO", 1)
    monkeypatch.setattr(candidates, "ALIKE_UP_TO", 0)
    chosen = answer()
    monkeypatch.setattr(candidates, "ALIKE_UP_TO", 1_000_000)
    at_once = answer()
    assert (at_once.pairs, at_once.unique, at_once.gap) == (chosen.pairs, chosen.unique, 0)
