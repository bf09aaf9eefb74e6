"""Which tight pairs lie on a cycle of their residual network: those are the ones in which best answers differ."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from matching.engine.compiled import compiled

Places = NDArray[np.int32]
BoolArray = NDArray[np.bool_]


class Side(NamedTuple):
    """Of everybody on one side: whether best answers may leave a place of theirs empty, and whether one is empty."""

    free: BoolArray
    room: BoolArray


@compiled
def _arcs(
    row: Places, column: Places, used: BoolArray, rows: Side, columns: Side, first: Places, ends: Places, write: bool
) -> None:
    """Count the arcs of each node, one place further on; or write their heads down where `first` says.

    Rows come first, then columns, then Z, the room elsewhere. Unused pairs lead from row to column (they may be added),
    used ones back (they may be dropped). A free row may give a unit up (row to Z) or, with room, take one (Z to row);
    a free column takes what is added to it from Z's side, that is, the other way about.
    """
    n, z = len(rows.free), len(rows.free) + len(columns.free)
    for pair in range(len(row)):
        tail, head = (n + column[pair], row[pair]) if used[pair] else (row[pair], n + column[pair])
        _arc(tail, head, first, ends, write)
    for i in range(n):
        if rows.free[i]:
            _arc(i, z, first, ends, write)
            if rows.room[i]:
                _arc(z, i, first, ends, write)
    for j in range(len(columns.free)):
        if columns.free[j]:
            _arc(z, n + j, first, ends, write)
            if columns.room[j]:
                _arc(n + j, z, first, ends, write)


@compiled
def _arc(tail: int, head: int, first: Places, ends: Places, write: bool) -> None:
    if write:
        ends[first[tail]] = head
        first[tail] += 1
    else:
        first[tail + 1] += 1


@compiled
def _together(row: Places, column: Places, component: Places, n: int) -> BoolArray:
    same = np.empty(len(row), dtype=np.bool_)
    for pair in range(len(row)):
        same[pair] = component[row[pair]] == component[n + column[pair]]
    return same


def share_a_cycle(row: Places, column: Places, used: BoolArray, rows: Side, columns: Side) -> BoolArray:
    """Of the tight pairs: those whose two ends lie in one strongly connected component."""
    nodes = len(rows.free) + len(columns.free) + 1
    first = np.zeros(nodes + 1, dtype=np.int32)
    _arcs(row, column, used, rows, columns, first, first[:0], False)
    first = np.cumsum(first, dtype=np.int32)
    ends = np.empty(first[-1], dtype=np.int32)
    _arcs(row, column, used, rows, columns, first[:-1].copy(), ends, True)
    network = sparse.csr_matrix((np.ones(len(ends)), ends, first), shape=(nodes, nodes))
    component = csgraph.connected_components(network, directed=True, connection="strong")[1]
    return _together(row, column, component, len(rows.free))
