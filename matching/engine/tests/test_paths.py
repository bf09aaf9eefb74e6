"""The search itself: its four statements hold at the end, whatever the weights."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.paths import TooLarge, insist_bounded, place


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 2**32 - 1))
def test_prices_and_places_satisfy_complementary_slackness(n, m, seed):
    rng = np.random.default_rng(seed)
    weights = np.where(rng.random((n, m)) < 0.6, rng.integers(1, 30, (n, m)), -1)
    a, b = rng.integers(0, 4, n), rng.integers(0, 4, m)
    found = place(weights, a, b)
    open_pairs = (weights >= 0) & (a > 0)[:, None] & (b > 0)[None, :]
    reduced = found.u[:, None] + found.v[None, :] - weights
    assert (reduced[open_pairs & ~found.used] >= 0).all()
    assert (reduced[found.used] <= 0).all()
    assert not (found.used & ~open_pairs).any()
    load_i, load_j = found.used.sum(axis=1), found.used.sum(axis=0)
    assert (load_i <= a).all()
    assert (load_j <= b).all()
    assert ((found.u == 0) | (load_i == a)).all()
    assert ((found.v == 0) | (load_j == b)).all()
    assert (found.u >= 0).all()
    assert (found.v >= 0).all()


def test_weights_that_fit_are_let_through_and_others_are_not():
    insist_bounded(1 << 40, 1000, 1000)
    with pytest.raises(TooLarge):
        insist_bounded(1 << 58, 1000, 1000)
