"""What pytest needs before Django's settings load, however it is started, and the rule about skipped browser tests."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Generator

import pytest

from mentoring.local import variables

for _name, _value in {**variables.for_tests(), "DATABASE_URL": variables.NO_DATABASE}.items():
    os.environ.setdefault(_name, _value)

# Two processes of one run must not take each other's tasks: each gets a Redis database of its own.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
if _WORKER and os.environ.get("REDIS_URL", "").endswith("/0"):
    os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'][:-2]}/{int(_WORKER) + 1}"


# The mail servers of the tests tell of every line, also from threads that outlive the stream pytest gave them.
logging.getLogger("mail.log").setLevel(logging.WARNING)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where UPWELL_REQUIRE_BROWSER is set, a browser test that was skipped has failed."""
    report = yield
    required = os.environ.get("UPWELL_REQUIRE_BROWSER")
    if required and report.skipped and not hasattr(report, "wasxfail") and item.get_closest_marker("browser"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"A browser test may not be skipped here (UPWELL_REQUIRE_BROWSER). It said: {reason}"
    return report


def pytest_collection_finish() -> None:
    """Everything imported by now stays; the collector need not look through it again and again, nor every 700 objects
    through what a page just made and drops at once."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The journeys and the tests with a worker of their own take longest: each process begins with some, so that none
    is left at the end.

    pytest-xdist deals each process an equal part, in this order.
    """
    journeys = [item for item in items if item.path.stem.startswith("test_journey")]
    others = [item for item in items if item not in journeys]
    long = [*journeys, *(item for item in others if item.get_closest_marker("worker"))]
    rest = [item for item in others if not item.get_closest_marker("worker")]
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    share = len(rest) // processes
    dealt: list[pytest.Item] = []
    for place in range(processes):
        last = place == processes - 1
        dealt += long[place::processes] + (rest[place * share :] if last else rest[place * share : (place + 1) * share])
    items[:] = dealt
