"""Facts that change one by one, counted only in company: nobody's change moves a figure alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, timedelta

from disclosure.figures import Key


def moved_together(
    counted: Mapping[Key, str], now: Mapping[Key, str], *, enough: Callable[[Collection[Key]], bool]
) -> dict[Key, str]:
    """Where everybody is counted next: those who went the same way go when they are ``enough``; others stay.

    ``counted`` is where each was counted until now and ``now`` where each is; who is missing has not come yet, or is
    gone. Nobody leaves behind a place that is neither empty nor enough: then some wait as well. So every place, every
    sum of places and every way between two counts is nobody or enough, and all of them may be shown, time after time.
    """
    after = dict(counted)
    ways: dict[tuple[str | None, str | None], list[Key]] = defaultdict(list)
    for key in sorted(key for key in {*counted, *now} if counted.get(key) != now.get(key)):
        ways[counted.get(key), now.get(key)].append(key)
    for (old, new), movers in sorted(ways.items(), key=str):
        here = {key for key, place in after.items() if place == old}
        going: list[Key] = movers
        while enough(going):
            left = here - set(going)
            if old is None or not left or enough(left):
                gone = set(going)
                after = {key: place for key, place in after.items() if key not in gone}
                after |= dict.fromkeys(going, new) if new is not None else {}
                break
            going = going[:-1]
    return after


def last_sunday(on: date) -> date:
    """The end of the last complete week: figures that change week by week are as of this day."""
    return on - timedelta(days=on.weekday() + 1)


def sundays(first: date, as_of: date) -> Iterator[date]:
    """The ends of all weeks from that of ``first`` to ``as_of``."""
    sunday = last_sunday(first) + timedelta(days=7)
    while sunday <= as_of:
        yield sunday
        sunday += timedelta(days=7)
