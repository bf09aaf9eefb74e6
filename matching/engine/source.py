"""Where scores come from. The engine asks for them block by block, so that the whole matrix need never exist."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

BLOCK = 1 << 19
"""Pairs in one block: 2 MB of scores, so that a block stays in the processor's cache while it is looked at."""

WORKERS = 2
"""Blocks that are scored at once."""


@runtime_checkable
class Source(Protocol):
    """Scores made on demand: whole numbers, negative where the pair is forbidden, the same at every asking.

    Blocks may be asked for in any order and from two threads at once.
    """

    @property
    def shape(self) -> tuple[int, int]:
        """How many mentors (rows) and mentees (columns)."""

    @property
    def ceiling(self) -> int:
        """A number that no score exceeds."""

    def block(self, start: int, stop: int) -> NDArray[np.int32]:
        """The scores of the mentors `start` up to `stop` with every mentee."""

    def pairs(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.int32]:
        """The scores of single pairs."""


class Matrix:
    """A matrix that is in memory anyhow, as a source."""

    def __init__(self, scores: NDArray[Any]) -> None:
        """`scores` is kept, not copied, and must not change."""
        self._scores = scores
        self.shape: tuple[int, int] = (scores.shape[0], scores.shape[1])
        self.ceiling = int(scores.max(initial=0))

    def block(self, start: int, stop: int) -> NDArray[Any]:
        return self._scores[start:stop]

    def pairs(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[Any]:
        found: NDArray[Any] = self._scores[rows, columns]
        return found


class SparseMatrix:
    """A sparse matrix whose stored entries, zeros included, are the allowed pairs, as a source."""

    def __init__(self, scores: Any) -> None:
        """`scores` is in CSR form with sorted columns."""
        self._scores = scores
        self.shape: tuple[int, int] = (scores.shape[0], scores.shape[1])
        self.ceiling = int(scores.data.max(initial=0))
        self._code = np.repeat(np.arange(self.shape[0], dtype=np.int64), np.diff(scores.indptr)) * self.shape[1]
        self._code += scores.indices

    def block(self, start: int, stop: int) -> NDArray[Any]:
        dense = np.full((stop - start, self.shape[1]), -1, dtype=self._scores.dtype)
        first, last = self._scores.indptr[start], self._scores.indptr[stop]
        rows = np.repeat(np.arange(stop - start), np.diff(self._scores.indptr[start : stop + 1]))
        dense[rows, self._scores.indices[first:last]] = self._scores.data[first:last]
        return dense

    def pairs(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[Any]:
        if not len(self._code):
            return np.full(len(rows), -1, dtype=self._scores.dtype)
        wanted = rows * self.shape[1] + columns
        place = np.minimum(np.searchsorted(self._code, wanted), len(self._code) - 1)
        return np.where(self._code[place] == wanted, self._scores.data[place], -1)


def stretches(rows: int, columns: int) -> list[tuple[int, int]]:
    """The rows cut into blocks of about the same number of pairs."""
    height = max(1, BLOCK // max(columns, 1))
    return [(start, min(start + height, rows)) for start in range(0, rows, height)]


def in_parallel(work: Any, tasks: list[Any]) -> Iterator[Any]:
    """The results of `work` on every task, in order, two at a time."""
    if len(tasks) < 2:
        yield from map(work, tasks)
        return
    with ThreadPoolExecutor(WORKERS) as pool:
        yield from pool.map(work, tasks)
