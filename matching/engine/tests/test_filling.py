"""Whether places can be filled is what a linear program says."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from matching.engine.candidates import Edges
from matching.engine.filling import can_fill
from matching.engine.tests.oracles import TIMES, examples
from matching.engine.ties import sides_of


def as_edges(scores):
    row, column = np.nonzero(scores >= 0)
    return Edges(row.astype(np.int32), column.astype(np.int32), scores[row, column])


def feasible(edges, least, at_least, at_most):
    """Every pair at most once; each person between so many and so many."""
    kept = np.flatnonzero(edges.score >= least)
    people = [side for ends, of in zip((edges.row, edges.column), at_most, strict=True)
              for side in (ends[kept][None, :] == np.arange(len(of))[:, None])]  # fmt: skip
    least_of, most_of = (np.concatenate(each) for each in (at_least, at_most))
    if not len(kept):
        return not least_of.any()
    bounds = np.array(people, dtype=float)
    limits = np.concatenate([most_of, -least_of])
    return bool(linprog(np.zeros(len(kept)), np.vstack([bounds, -bounds]), limits, bounds=(0, 1)).success)


@examples(150)
@given(st.integers(0, 2**32), st.integers(1, 14), st.integers(1, 14), st.integers(0, 3))
def test_both_sides_can_be_filled_at_once_where_each_can_alone(seed, n, m, least):
    chance = np.random.default_rng(seed)
    scores = chance.integers(-9, 5, (n, m))
    edges = as_edges(scores)
    places = chance.integers(0, 4, n), chance.integers(0, 4, m)
    musts = tuple(side * chance.integers(0, 2, len(side)) for side in places)
    by_row, by_column = sides_of(edges, n, m)
    found = can_fill(by_row, edges.score, least, musts[0], places[1]) and can_fill(
        by_column, edges.score[by_column.numbers], least, musts[1], places[0]
    )
    assert found == feasible(edges, least, musts, places)


def test_whoever_was_placed_first_makes_room_for_the_others():
    """Many in a row: each may have their own column or the next one, and the first of all only the first."""
    size = 60 * TIMES
    scores = np.full((size + 4, size + 4), -1)
    scores[np.arange(size), np.arange(size)] = scores[np.arange(1, size), np.arange(size - 1)] = 1
    scores[size:, size:] = 1
    scores[size:, 0] = 1
    scores[0, size:] = 1
    for order in (np.arange(size + 4), np.arange(size + 4)[::-1], np.random.default_rng(1).permutation(size + 4)):
        edges = as_edges(scores[order][:, order[::-1]])
        ones = np.ones(size + 4, dtype=np.int64)
        for arcs in sides_of(edges, size + 4, size + 4):
            assert can_fill(arcs, edges.score, 1, ones, ones)
            assert not can_fill(arcs, edges.score, 2, ones, ones)
            assert not can_fill(arcs, edges.score, 1, ones, ones - np.eye(1, size + 4, dtype=np.int64)[0])
