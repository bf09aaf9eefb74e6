"""The fit of a pair is the sum of its parts, exactly, and uses nothing but what people said."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from matching import scoring
from matching.scoring import PARTS, Profile
from participants.choices import HalfDay, Way

WINTER, SUMMER = date(2026, 12, 7), date(2027, 6, 7)
NEUTRAL = Profile(
    id=UUID(int=0), offers=frozenset(), wants=(), languages=frozenset(), ways=frozenset(), half_days=frozenset(),
    time_zone="Europe/London", site="", hobbies=frozenset(),
)  # fmt: skip


def somebody(**said: Any) -> Profile:
    return replace(NEUTRAL, **said)


def points(mentor: Profile, mentee: Profile, part: str, week: date = WINTER) -> int:
    """Points of one part before its weight, 0 to 1,000."""
    weight = next(each.weight for each in PARTS if each.name == part)
    shown = next(each for each in scoring.parts_of(mentor, mentee, week) if each["part"] == part)
    assert shown["points"] % weight == 0
    return int(shown["points"]) // weight


def random_people(count: int, seed: int) -> list[Profile]:
    chance = np.random.default_rng(seed)

    def some(things: tuple[str, ...], most: int) -> list[str]:
        return [str(each) for each in chance.choice(things, size=int(chance.integers(0, most + 1)), replace=False)]

    return [
        Profile(
            id=uuid4(),
            offers=frozenset(some(tuple("abcdefgh"), 5)),
            wants=tuple(some(tuple("abcdefgh"), 5)),
            languages=frozenset(some(("en", "de", "fr"), 2)),
            ways=frozenset(some(tuple(Way.values), 3)),
            half_days=frozenset(some(tuple(HalfDay.values), 6)),
            time_zone=str(chance.choice(["Europe/London", "Asia/Kolkata", "America/New_York", "Pacific/Auckland"])),
            site=str(chance.choice(["", "York", "Leeds"])),
            hobbies=frozenset(some(("chess", "choir", "cooking", "cycling"), 3)),
        )
        for _ in range(count)
    ]


def test_the_weights_add_up_to_a_hundred_and_a_perfect_pair_has_all_points() -> None:
    assert sum(part.weight for part in PARTS) == 100
    assert scoring.BEST == 100_000
    perfect = somebody(
        offers=frozenset({"a", "b", "c"}), wants=("a", "b", "c"), languages=frozenset({"en"}),
        ways=frozenset({"video"}), half_days=frozenset({"mon_am", "tue_am"}), site="York",
        hobbies=frozenset({"chess", "choir"}),
    )  # fmt: skip
    assert scoring.fit(*scoring.crowds([perfect], [perfect], WINTER)).tolist() == [[100_000]]


@pytest.mark.parametrize("seed", range(5))
def test_the_fit_of_every_pair_is_the_sum_of_its_parts(seed: int) -> None:
    mentors, mentees = random_people(7, seed), random_people(9, seed + 100)
    fit = scoring.fit(*scoring.crowds(mentors, mentees, WINTER))
    sums = [
        [sum(part["points"] for part in scoring.parts_of(mentor, mentee, WINTER)) for mentee in mentees]
        for mentor in mentors
    ]
    assert fit.tolist() == sums
    assert fit.min() >= 0
    assert fit.max() <= scoring.BEST


def test_who_else_waits_does_not_change_the_fit_of_a_pair() -> None:
    mentors, mentees = random_people(6, 1), random_people(6, 2)
    together = scoring.fit(*scoring.crowds(mentors, mentees, WINTER))
    alone = scoring.fit(*scoring.crowds(mentors[2:3], mentees[4:5], WINTER))
    assert alone.tolist() == [[together[2, 4]]]


def test_nothing_about_age_sex_origin_health_or_performance_can_count() -> None:
    assert {field.name for field in fields(Profile)} == {
        "id", "offers", "wants", "languages", "ways", "half_days", "time_zone", "site", "hobbies",
    }  # fmt: skip


@pytest.mark.parametrize("wishes", range(1, 12))
def test_wishes_count_less_and_less_and_all_of_them_together_are_everything(wishes: int) -> None:
    shares = scoring.wish_points(wishes)
    assert sum(shares) == 1_000
    assert shares == sorted(shares, reverse=True)
    assert len(set(shares)) == wishes


def test_a_dearer_wish_counts_more() -> None:
    mentee = somebody(wants=("ai", "data", "video"))
    assert points(somebody(offers=frozenset({"ai"})), mentee, "wishes_met") == 501
    assert points(somebody(offers=frozenset({"data"})), mentee, "wishes_met") == 333
    assert points(somebody(offers=frozenset({"video"})), mentee, "wishes_met") == 166
    assert points(somebody(offers=frozenset({"ai", "data", "video", "more"})), mentee, "wishes_met") == 1_000
    assert points(somebody(offers=frozenset({"more"})), mentee, "wishes_met") == 0


def test_what_the_mentor_wants_counts_apart_from_what_the_mentee_wants() -> None:
    mentor = somebody(wants=("budgets",), offers=frozenset({"ai"}))
    mentee = somebody(offers=frozenset({"budgets"}))
    assert points(mentor, mentee, "wishes_returned") == 1_000
    assert points(mentor, mentee, "wishes_met") == 0


def test_people_without_a_common_language_lose_that_part_and_are_not_forbidden() -> None:
    german, english = somebody(languages=frozenset({"de"})), somebody(languages=frozenset({"en"}))
    assert points(german, english, "language") == 0
    assert points(german, somebody(languages=frozenset({"en", "de"})), "language") == 1_000
    assert scoring.fit(*scoring.crowds([german], [english], WINTER))[0, 0] >= 0


@pytest.mark.parametrize(
    ("mentor", "mentee", "week", "hours"),
    [
        (("Europe/London", "mon_am"), ("Europe/London", "mon_am"), WINTER, 4),
        (("Europe/London", "mon_am"), ("Europe/London", "mon_pm"), WINTER, 0),
        (("Europe/London", "mon_am"), ("Europe/Berlin", "mon_am"), WINTER, 3),
        (("Europe/London", "mon_am"), ("Europe/Berlin", "mon_pm"), WINTER, 1),
        # The afternoon in Kolkata is 7:30 to 11:30 in London in winter, and 8:30 to 12:30 in summer.
        (("Europe/London", "mon_pm"), ("Asia/Kolkata", "mon_pm"), WINTER, 0),
        (("Europe/London", "mon_am"), ("Asia/Kolkata", "mon_pm"), WINTER, 2.5),
        (("Europe/London", "mon_am"), ("Asia/Kolkata", "mon_pm"), SUMMER, 3.5),
        # Across the date line, and on a Monday morning that is still Sunday in UTC.
        (("America/Los_Angeles", "mon_pm"), ("Pacific/Auckland", "tue_am"), WINTER, 3),
        (("America/Los_Angeles", "mon_pm"), ("Pacific/Auckland", "mon_am"), WINTER, 0),
        (("Australia/Sydney", "mon_am"), ("Pacific/Auckland", "mon_am"), WINTER, 2),
    ],
)
def test_half_days_meet_in_real_time_zones(
    mentor: tuple[str, str], mentee: tuple[str, str], week: date, hours: float
) -> None:
    one, other = (somebody(time_zone=zone, half_days=frozenset({day})) for zone, day in (mentor, mentee))
    shared = next(part for part in scoring.parts_of(one, other, week) if part["part"] == "time")
    assert shared["minutes"] == hours * 60
    assert points(one, other, "time", week) == hours * 1_000 // 8


def test_two_shared_half_days_are_enough() -> None:
    all_week = somebody(half_days=frozenset(HalfDay.values))
    assert points(all_week, somebody(half_days=frozenset({"mon_am", "wed_pm"})), "time") == 1_000
    assert points(all_week, all_week, "time") == 1_000


def test_meeting_in_person_takes_a_journey_between_sites() -> None:
    in_person = {"ways": frozenset({Way.IN_PERSON.value, Way.WALK.value})}
    york, leeds, nowhere = (somebody(site=site, **in_person) for site in ("York", "Leeds", ""))
    assert points(york, york, "way") == 1_000
    assert points(york, leeds, "way") == scoring.WITH_TRAVEL
    assert points(nowhere, nowhere, "way") == scoring.WITH_TRAVEL
    by_video = somebody(site="Leeds", ways=frozenset({Way.VIDEO.value}))
    assert points(york, by_video, "way") == 0
    either = somebody(site="York", ways=frozenset({Way.VIDEO.value, Way.WALK.value}))
    assert points(either, by_video, "way") == 1_000


def test_an_unknown_place_is_nobody_s_place() -> None:
    assert points(somebody(site=""), somebody(site=""), "site") == 0
    assert points(somebody(site="York"), somebody(site="York"), "site") == 1_000
    assert points(somebody(site="York"), somebody(site="Leeds"), "site") == 0


def test_two_common_hobbies_are_enough() -> None:
    many = somebody(hobbies=frozenset({"chess", "choir", "cooking"}))
    assert points(many, somebody(hobbies=frozenset({"chess"})), "hobbies") == 500
    assert points(many, many, "hobbies") == 1_000


def test_empty_sides_have_an_empty_fit() -> None:
    assert scoring.fit(*scoring.crowds([], [NEUTRAL], WINTER)).shape == (0, 1)
    assert scoring.fit(*scoring.crowds([NEUTRAL], [], WINTER)).shape == (1, 0)


def test_the_documentation_names_the_weights_that_count() -> None:
    words = (Path(__file__).parents[2] / "docs" / "matching.md").read_text()
    rows = dict(re.findall(r"^\| ([a-z ]+) \| (\d+) \|", words, flags=re.MULTILINE))
    assert rows == {part.name.replace("_", " "): str(part.weight) for part in PARTS}
