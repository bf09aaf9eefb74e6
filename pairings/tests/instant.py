"""Several people, or one impatient one, at the same instant."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection


def at_the_same_instant(*calls: Callable[[], object]) -> list[object]:
    """Run each call in a thread of its own, all let go at once; answers what each returned or raised."""
    barrier = threading.Barrier(len(calls))
    outcomes: list[object] = [None] * len(calls)

    def run(place: int, call: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=10)
            outcomes[place] = call()
        except Exception as refusal:
            outcomes[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes
