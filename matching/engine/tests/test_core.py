"""The search itself: its four statements hold at the end, whatever the weights, cold and warm."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine import TooLarge
from matching.engine.core import Core, insist_bounded
from matching.engine.tests.oracles import examples


def insist_complementary_slackness(core):
    pairs, rows, columns = core.pairs, core.rows, core.columns
    reduced = rows.price[pairs.row] + columns.price[pairs.column] - pairs.big - pairs.score
    assert (reduced[~core.used] >= 0).all()
    assert (reduced[core.used] <= 0).all()
    for side, held in ((rows, pairs.row[core.used]), (columns, pairs.column[core.used])):
        load = np.bincount(held, minlength=len(side.price))
        assert (load == side.load).all()
        assert (load <= side.places).all()
        assert ((side.price == 0) | (load == side.places) | (side.places == 0)).all()
        assert (side.price >= 0).all()


def worth(core):
    return int((core.pairs.big + core.pairs.score)[core.used].sum())


@examples(300)
@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 2**32 - 1), st.integers(1, 100))
def test_prices_and_places_satisfy_complementary_slackness_cold_and_warm(n, m, seed, big):
    rng = np.random.default_rng(seed)
    row, column = (ends.astype(np.int32) for ends in np.nonzero(rng.random((n, m)) < 0.7))
    score = rng.integers(0, 30, len(row))
    places = rng.integers(1, 4, n), rng.integers(1, 4, m)
    whole = Core(row, column, score, big, *places)
    whole.solve()
    insist_complementary_slackness(whole)
    known = rng.random(len(row)) < 0.5
    part = Core(row[known], column[known], score[known], big, *places)
    part.solve()
    insist_complementary_slackness(part)
    warm = part.extended(row[~known], column[~known], score[~known])
    warm.solve()
    insist_complementary_slackness(warm)
    assert worth(warm) == worth(whole)


def test_weights_that_fit_are_let_through_and_others_are_not():
    insist_bounded(1 << 40, 1000, 1000)
    with pytest.raises(TooLarge):
        insist_bounded(1 << 58, 1000, 1000)
