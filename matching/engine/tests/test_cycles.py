"""Held against walking the residual network step by step."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.cycles import Side, share_a_cycle
from matching.engine.tests.oracles import examples


def reached_from(start, arcs):
    reached, todo = {start}, [start]
    while todo:
        node = todo.pop()
        for tail, head in arcs:
            if tail == node and head not in reached:
                reached.add(head)
                todo.append(head)
    return reached


@examples(150)
@given(st.integers(0, 2**32), st.integers(1, 5), st.integers(1, 5))
def test_a_pair_may_differ_where_one_can_walk_from_each_end_to_the_other(seed, n, m):
    chance = np.random.default_rng(seed)
    row, column = np.nonzero(chance.random((n, m)) < 0.6)
    used = chance.random(len(row)) < 0.4
    rows, columns = (Side(chance.random(side) < 0.5, chance.random(side) < 0.5) for side in (n, m))
    elsewhere = ("elsewhere", 0)
    arcs: list[tuple[tuple[str, int], tuple[str, int]]] = []
    for i, j, is_used in zip(row.tolist(), column.tolist(), used, strict=True):
        arcs.append((("column", j), ("row", i)) if is_used else (("row", i), ("column", j)))
    for i in np.flatnonzero(rows.free).tolist():
        arcs.append((("row", i), elsewhere))
        arcs += [(elsewhere, ("row", i))] if rows.room[i] else []
    for j in np.flatnonzero(columns.free).tolist():
        arcs.append((elsewhere, ("column", j)))
        arcs += [(("column", j), elsewhere)] if columns.room[j] else []
    expected = [
        ("column", j) in reached_from(("row", i), arcs) and ("row", i) in reached_from(("column", j), arcs)
        for i, j in zip(row, column, strict=True)
    ]
    found = share_a_cycle(row.astype(np.int32), column.astype(np.int32), used, rows, columns)
    assert found.tolist() == expected
