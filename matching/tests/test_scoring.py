"""The fit of a pair is the sum of its parts, exactly, and uses nothing but what people said."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.prepare import prepare
from matching.scoring import BEST, CRITERIA, FULL, Fit, Profile, loops, parts_of, shared, weights_of
from matching.scoring.way import WITH_TRAVEL
from matching.scoring.weights import SHARES, thresholds
from matching.scoring.wishes import wish_points
from participants.choices import HalfDay, Way
from programs.choices import DEFAULT_IMPORTANCE, Criterion, Importance

WINTER, SUMMER = date(2026, 12, 7), date(2027, 6, 7)
WEIGHTS = weights_of(DEFAULT_IMPORTANCE)
ALONE = {criterion: weights_of({**dict.fromkeys(Criterion, Importance.OFF), criterion: Importance.LOW})
         for criterion in Criterion}  # fmt: skip
NEUTRAL = Profile(
    id=UUID(int=0), offers=frozenset(), wants=(), languages=frozenset(), ways=frozenset(), half_days=frozenset(),
    time_zone="Europe/London", site="", hobbies=frozenset(),
)  # fmt: skip


def somebody(**said: Any) -> Profile:
    return replace(NEUTRAL, **said)


def fit(mentors: list[Profile], mentees: list[Profile], weights: Any = WEIGHTS, **asked: Any) -> Any:
    return block(Fit(mentors, mentees, weights=weights, week=WINTER, **asked))


def block(found: Fit) -> Any:
    return found.block(slice(0, found.shape[0]))


def points(mentor: Profile, mentee: Profile, part: str, week: date = WINTER) -> int:
    """Points of one criterion before its weight, 0 to 1,000: by itself and among many pairs."""
    (shown,) = parts_of(mentor, mentee, weights=ALONE[Criterion(part)], week=week)
    among = Fit([NEUTRAL, mentor], [mentee], weights=ALONE[Criterion(part)], week=week)
    assert block(among)[1].tolist() == [shown["points"]]
    assert shown["of"] == BEST
    return int(shown["points"]) // 100


def random_people(count: int, seed: int) -> list[Profile]:
    chance = np.random.default_rng(seed)

    def some(things: tuple[str, ...], most: int) -> list[str]:
        return [str(each) for each in chance.choice(things, size=int(chance.integers(0, most + 1)), replace=False)]

    def levels() -> dict[str, int]:
        return {skill: int(chance.integers(1, 6)) for skill in some(tuple("abcdefgh"), 5)}

    return [
        Profile(
            id=uuid4(),
            offers=frozenset(some(tuple("abcdefgh"), 5)),
            wants=tuple(some(tuple("abcdefgh"), 5)),
            languages=frozenset(some(("en", "de", "fr"), 2)),
            ways=frozenset(some(tuple(Way.values), 3)),
            half_days=frozenset(some(tuple(HalfDay.values), 6)),
            time_zone=str(
                chance.choice(
                    ["Europe/London", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Auckland"],
                    p=[0.5, 0.3, 0.1, 0.05, 0.05],
                )
            ),
            site=str(chance.choice(["", "York", "Leeds"])),
            hobbies=frozenset(some(("chess", "choir", "cooking", "cycling"), 3)),
            offered_levels=levels(),
            wanted_levels=levels(),
            set_back=frozenset(some(tuple("abcdefgh"), 2)),
            areas={
                "function": str(chance.choice(["", "Sales", "Finance"])),
                "line_of_business": str(chance.choice(["", "Cards", "Loans"])),
            },
        )
        for _ in range(count)
    ]


chosen = st.fixed_dictionaries({criterion: st.sampled_from(Importance) for criterion in Criterion}).filter(
    lambda importances: set(importances.values()) != {Importance.OFF}
)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 8), st.integers(0, 8), chosen)
def test_the_fit_of_every_pair_is_the_sum_of_its_parts(seed: int, one: int, other: int, importances: Any) -> None:
    mentors, mentees = random_people(one, seed), random_people(other, seed + 1)
    weights = weights_of(importances)
    musts = [criterion for criterion, says in importances.items() if says is Importance.MUST]
    found = Fit(mentors, mentees, weights=weights, musts=musts, week=WINTER)
    parts = [[parts_of(a, b, weights=weights, week=WINTER) for b in mentees] for a in mentors]
    total = block(found)
    assert total.tolist() == [[sum(part["points"] for part in each) for each in row] for row in parts]
    rows, columns = (each.ravel() for each in np.indices((one, other)))
    assert found.pairs(rows, columns).tolist() == total.ravel().tolist()
    for criterion in musts:
        without = [[_points_in(criterion, each) == 0 for each in row] for row in parts]
        assert found.block_lacking(slice(0, one))[criterion].tolist() == without
        assert found.pairs_lacking(rows, columns)[criterion].tolist() == [each for row in without for each in row]
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        assert found.of_pair(row, column) == total[row, column]


def _points_in(criterion: Criterion, parts: list[dict[str, Any]]) -> int:
    return next(int(part["points"]) for part in parts if part["part"] == criterion)


@settings(max_examples=200, deadline=None)
@given(chosen)
def test_weights_are_whole_hundredths_in_the_order_of_what_is_important(importances: Any) -> None:
    weights = weights_of(importances)
    assert sum(weights.values()) == 100
    total = sum(SHARES[says] for says in importances.values())
    for criterion, says in importances.items():
        assert abs(weights[criterion] - 100 * SHARES[says] / total) < 1
        assert (weights[criterion] > 0) == (says is not Importance.OFF)


def test_by_default_content_decides_and_a_perfect_pair_has_all_points() -> None:
    assert list(WEIGHTS.values()) == [38, 14, 14, 14, 5, 5, 5, 5, 0, 0]
    perfect = somebody(
        offers=frozenset({"a", "b", "c"}), wants=("a", "b", "c"), languages=frozenset({"en"}),
        ways=frozenset({"video"}), half_days=frozenset({"mon_am", "tue_am"}), site="York",
        hobbies=frozenset({"chess", "choir"}),
    )  # fmt: skip
    assert fit([perfect], [perfect]).tolist() == [[BEST]]


def test_what_many_name_and_what_few_name_is_counted_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    mentors, mentees = random_people(70, 5), random_people(30, 6)
    as_bits = fit(mentors, mentees)
    monkeypatch.setattr(shared, "MOST_BITS", 1)
    as_marks = Fit(mentors, mentees, weights=WEIGHTS, week=WINTER)
    assert block(as_marks).tolist() == as_bits.tolist()
    rows, columns = (each.ravel() for each in np.indices((70, 30)))
    assert as_marks.pairs(rows, columns).tolist() == as_bits.ravel().tolist()


def test_what_comes_after_the_first_mentors_is_the_same_as_all_at_once() -> None:
    found = Fit(random_people(20, 7), random_people(9, 8), weights=WEIGHTS, week=WINTER)
    assert (
        np.vstack([found.block(slice(first, first + 5)) for first in range(0, 20, 5)]).tolist() == block(found).tolist()
    )


def test_more_things_than_fit_in_a_word_are_counted() -> None:
    skills = [f"skill {number}" for number in range(200)]
    chance = np.random.default_rng(3)
    people = [somebody(wants=tuple(chance.choice(skills, 12, replace=False))) for _ in range(60)]
    weights = ALONE[Criterion.BACKGROUND]
    expected = [
        [sum(part["points"] for part in parts_of(a, b, weights=weights, week=WINTER)) for b in people] for a in people
    ]
    assert len({points for row in expected for points in row}) == 3
    assert fit(people, people, weights).tolist() == expected


def test_what_was_prepared_is_what_scores_everybody() -> None:
    prepare()
    before = {name: len(found.signatures) for name, found in vars(loops).items() if hasattr(found, "signatures")}
    found = Fit(random_people(30, 1), random_people(20, 2), weights=WEIGHTS, musts=[Criterion.TIME], week=WINTER)
    block(found)
    found.block_lacking(slice(0, 30))
    found.pairs_lacking(*(np.arange(20) for _ in range(2)))
    found.pairs(*(np.arange(20) for _ in range(2)))
    assert before == {
        name: len(found.signatures) for name, found in vars(loops).items() if hasattr(found, "signatures")
    }


def test_whoever_asks_about_a_few_pairs_loads_nothing_that_is_compiled() -> None:
    asks = (
        "import sys; from uuid import UUID; from datetime import date\n"
        "from matching.scoring import Fit, Profile, weights_of; from programs.choices import DEFAULT_IMPORTANCE\n"
        "no = frozenset(); one = Profile(UUID(int=1), no, (), frozenset({'en'}), no, no, 'Europe/London', '', no)\n"
        "fit = Fit([one], [one], weights=weights_of(DEFAULT_IMPORTANCE), week=date(2026, 12, 7))\n"
        "assert fit.of_pair(0, 0) == 14_000, fit.of_pair(0, 0)\n"
        "assert 'numba' not in sys.modules\n"
        "fit.block(slice(0, 1))\n"
        "assert 'numba' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", asks], check=True, cwd=Path(__file__).parents[2])


def test_who_else_waits_does_not_change_the_fit_of_a_pair() -> None:
    mentors, mentees = random_people(6, 1), random_people(6, 2)
    together = fit(mentors, mentees)
    assert fit(mentors[2:3], mentees[4:5]).tolist() == [[together[2, 4]]]


def test_every_criterion_has_its_module() -> None:
    assert list(CRITERIA) == list(Criterion)


def test_nothing_about_age_sex_origin_health_or_performance_can_count() -> None:
    assert {field.name for field in fields(Profile)} == {
        "id", "offers", "wants", "languages", "ways", "half_days", "time_zone", "site", "hobbies",
        "offered_levels", "wanted_levels", "set_back", "partners_wished", "areas",
    }  # fmt: skip


@pytest.mark.parametrize("wishes", range(1, 12))
def test_wishes_count_less_and_less_and_all_of_them_together_are_everything(wishes: int) -> None:
    shares = wish_points(wishes)
    assert sum(shares) == 1_000
    assert list(shares) == sorted(shares, reverse=True)
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


@pytest.mark.parametrize(
    ("shown", "own", "kept"),
    [
        (5, 3, 1_000),
        (5, 1, 1_000),
        (4, 3, 750),
        (3, 3, 500),
        (2, 3, 250),
        (1, 5, 250),
        (None, 3, 1_000),
        (3, None, 1_000),
    ],
)
def test_a_wish_counts_in_full_where_the_mentor_knows_clearly_more(shown: Any, own: Any, kept: int) -> None:
    mentor = somebody(offers=frozenset({"ai"}), offered_levels={"ai": shown} if shown else {})
    mentee = somebody(wants=("ai",), wanted_levels={"ai": own} if own else {})
    assert points(mentor, mentee, "wishes_met") == kept


def test_people_without_a_common_language_lose_that_part() -> None:
    german, english = somebody(languages=frozenset({"de"})), somebody(languages=frozenset({"en"}))
    assert points(german, english, "language") == 0
    assert points(german, somebody(languages=frozenset({"en", "de"})), "language") == 1_000


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
    (shared,) = parts_of(one, other, weights=ALONE[Criterion.TIME], week=week)
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
    assert points(york, leeds, "way") == WITH_TRAVEL
    assert points(nowhere, nowhere, "way") == WITH_TRAVEL
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


def test_two_topics_that_both_want_to_learn_are_enough() -> None:
    mentor = somebody(wants=("ai", "data", "film"))
    assert points(mentor, somebody(wants=("film",)), "background") == 500
    assert points(mentor, somebody(wants=("film", "data", "ai")), "background") == 1_000


def test_only_what_the_rules_leave_open_counts_as_coming_from_elsewhere() -> None:
    sales, finance = ({"function": name, "line_of_business": "Cards"} for name in ("Sales", "Finance"))
    assert points(somebody(areas=sales), somebody(areas=finance), "across") == 500
    assert points(somebody(areas=sales), somebody(areas=sales), "across") == 0
    assert points(somebody(areas=sales), somebody(areas={"function": "", "line_of_business": "Loans"}), "across") == 500
    cards, loans = ({"line_of_business": name} for name in ("Cards", "Loans"))
    assert points(somebody(areas=cards), somebody(areas=loans), "across") == FULL


@given(chosen)
def test_good_is_never_practical_alone_and_strong_means_what_was_asked_for(importances: Any) -> None:
    weights = weights_of(importances)
    limits = thresholds(weights)
    met, returned = (FULL * weights[each] for each in (Criterion.WISHES_MET, Criterion.WISHES_RETURNED))
    assert limits.good <= limits.strong <= BEST
    if met:
        assert BEST - met - returned < limits.good
        assert BEST - met < limits.strong


def test_the_documentation_names_the_weights_that_count() -> None:
    words = (Path(__file__).parents[2] / "docs" / "matching.md").read_text()
    rows = re.findall(r"^\| ([a-z ]+) \| ([a-z]+) \| (\d+) \|", words, flags=re.MULTILINE)
    assert rows == [
        (criterion.replace("_", " "), DEFAULT_IMPORTANCE[criterion], str(WEIGHTS[criterion])) for criterion in Criterion
    ]
