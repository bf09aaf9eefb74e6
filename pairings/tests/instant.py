"""Several people, or one impatient one, at the same instant."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection

Call = Callable[[], object]


def at_the_same_instant(*calls: Call) -> list[object]:
    """Run each call in a thread of its own, all let go at once; answers what each returned or raised."""
    with crowd(len(calls)) as act:
        return act(*calls)


@contextmanager
def crowd(size: int) -> Iterator[Callable[..., list[object]]]:
    """So many people who act at the same instant again and again, each on a connection of their own."""
    barrier = threading.Barrier(size)

    def run(call: Call) -> object:
        barrier.wait(timeout=10)
        try:
            return call()
        except Exception as refusal:
            return refusal

    def act(*calls: Call) -> list[object]:
        assert len(calls) == size, "as long as somebody has nothing to do, the others wait"
        return list(threads.map(run, calls, timeout=40))

    with ThreadPoolExecutor(size) as threads:
        try:
            yield act
        finally:
            act(*[connection.close] * size)
