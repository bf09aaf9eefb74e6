"""Whoever changes alone is counted where they were."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

from disclosure import last_sunday, moved_together, sundays


def enough(some) -> bool:
    return len(some) >= 5


def test_nobody_comes_moves_or_leaves_alone():
    assert moved_together({}, dict.fromkeys(range(4), "a"), enough=enough) == {}
    ten = moved_together({}, dict.fromkeys(range(10), "a"), enough=enough)
    assert ten == dict.fromkeys(range(10), "a")
    assert moved_together(ten, ten | {0: "b"}, enough=enough) == ten
    assert moved_together(ten, dict.fromkeys(range(1, 10), "a"), enough=enough) == ten
    assert moved_together(ten, ten | dict.fromkeys(range(5), "b"), enough=enough) == ten | dict.fromkeys(range(5), "b")
    assert moved_together(ten, dict.fromkeys(range(5), "a"), enough=enough) == dict.fromkeys(range(5), "a")


def test_nobody_is_left_behind_alone():
    ten = dict.fromkeys(range(10), "a")
    counted = moved_together(ten, ten | dict.fromkeys(range(7), "b"), enough=enough)
    assert Counter(counted.values()) == {"a": 5, "b": 5}
    assert moved_together(ten, dict.fromkeys(range(10), "b"), enough=enough) == dict.fromkeys(range(10), "b")


def test_in_random_companies_no_place_and_no_way_is_of_few():
    for seed in range(200):
        chance = random.Random(seed)
        counted: dict[int, str] = {}
        now: dict[int, str] = {}
        for _ in range(12):
            now = {**now, **{person: chance.choice("abc") for person in chance.sample(range(30), chance.randrange(9))}}
            now = {person: place for person, place in now.items() if chance.random() < 0.95}
            after = moved_together(counted, now, enough=enough)
            places = Counter(after.values())
            ways = Counter((counted.get(one), after.get(one)) for one in {*counted, *after})
            assert all(number >= 5 for number in places.values())
            assert all(number >= 5 for (old, new), number in ways.items() if old != new)
            counted = after


def test_weeks_end_on_sundays():
    assert last_sunday(date(2027, 1, 4)) == date(2027, 1, 3)
    assert last_sunday(date(2027, 1, 10)) == date(2027, 1, 3)
    assert list(sundays(date(2027, 1, 6), date(2027, 1, 17))) == [date(2027, 1, 10), date(2027, 1, 17)]
    assert list(sundays(date(2027, 1, 6), date(2027, 1, 9))) == []
