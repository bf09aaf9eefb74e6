"""Every small group that follows from figures is found, whichever it is, and none that does not follow."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.subtraction import small_group

K = 5


def rows(*lines):
    return np.array(lines, dtype=float)


def told_group(told, sizes, k):
    group = small_group(told, sizes, k)
    assert group is not None
    return group.tolist()


def test_two_kinds_of_whom_only_the_sum_is_told_are_a_group_like_any_other():
    assert small_group(rows([1, 1]), np.array([2.0, 2.0]), K) is not None
    assert small_group(rows([1, 1]), np.array([3.0, 2.0]), K) is None
    assert small_group(rows([1, 1, 1]), np.array([2.0, 2.0, 9.0]), K) is None


@pytest.mark.parametrize("few", [4, 8])
def test_many_kinds_whose_sum_follows_from_two_figures_are_found(few):
    told = rows([1] * few + [1], [0] * few + [1])
    sizes = np.array([1.0] * few + [30.0])
    assert told_group(told, sizes, few + 1) == [1] * few + [0]
    assert small_group(told[:1], sizes, few + 1) is None


def test_a_kind_of_which_there_is_nobody_may_be_in_a_group():
    told = rows([1, 1, 1], [0, 0, 1])
    assert told_group(told, np.array([3.0, 0.0, 20.0]), K) == [1, 1, 0]


def test_what_was_known_before_is_not_news_and_neither_is_it_put_together():
    known = rows([1, 1, 0, 0, 0], [0, 0, 1, 1, 0])
    sizes = np.array([1.0, 1.0, 1.0, 1.0, 9.0])
    assert small_group(known, sizes, K, known=known) is None
    told = np.vstack([known, rows([0, 1, 1, 0, 0])])
    group = small_group(told, sizes, K, known=known)
    assert group is not None
    assert np.linalg.matrix_rank(np.vstack([known, group])) == 3


def test_no_figures_tell_nothing():
    assert small_group(np.zeros((0, 3)), np.array([1.0, 1.0, 1.0]), K) is None


figures = st.integers(2, 7).flatmap(
    lambda kinds: st.tuples(
        st.lists(st.lists(st.sampled_from([0.0, 1.0]), min_size=kinds, max_size=kinds), min_size=1, max_size=6),
        st.lists(st.integers(0, 7), min_size=kinds, max_size=kinds),
        st.integers(0, 6),
    )
)


@given(figures)
def test_it_finds_one_exactly_where_trying_all_groups_finds_one(case):
    told, sizes, how_many = np.array(case[0]), np.array(case[1], dtype=float), case[2]
    known = told[:how_many]

    def follows(group, figures):
        together = np.vstack([figures, group]) if len(figures) else group[None]
        return np.linalg.matrix_rank(together) == (np.linalg.matrix_rank(figures) if len(figures) else 0)

    tried = [np.array(each) for each in product((0.0, 1.0), repeat=len(sizes))]
    small = [each for each in tried if 0 < each @ sizes < K and follows(each, told) and not follows(each, known)]
    found = small_group(told, sizes, K, known=known)
    assert (found is not None) == bool(small)
    assert found is None or any((found == each).all() for each in small)
