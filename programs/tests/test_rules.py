from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from django.core.exceptions import ValidationError

from people.models import Person
from people.tests.factories import (
    BoFactory,
    CoraFactory,
    FunctionFactory,
    LevelFactory,
    LineOfBusinessFactory,
    MinaFactory,
    OttoFactory,
    PersonFactory,
    StenFactory,
)
from programs import queries, rules
from programs.choices import Side, Stage
from programs.tests.factories import ProgramFactory, ladder, program_with

pytestmark = pytest.mark.django_db
ON = date(2026, 12, 7)


def refusals(error: pytest.ExceptionInfo[ValidationError]) -> list[str]:
    return list(error.value.messages)


# Pairs


def test_two_people_with_enough_levels_between_them_and_nothing_in_common_may_be_paired():
    program = ProgramFactory()
    assert rules.may_pair(program, mentor=MinaFactory(), mentee=OttoFactory(), on=ON)


def test_the_reporting_line_keeps_two_people_apart_at_any_depth_and_in_both_directions():
    program = ProgramFactory()
    bo = BoFactory()
    otto = OttoFactory(manager=bo)
    mina = MinaFactory(manager=PersonFactory(rank=4, manager=otto))

    for mentee in (otto, bo):
        with pytest.raises(rules.MayNotPair) as error:
            rules.insist_may_pair(program, mentor=mina, mentee=mentee, on=ON)
        assert refusals(error) == ["One of the two reports to the other, directly or through others."]

    upside_down = PersonFactory(rank=1)
    below = PersonFactory(rank=6, manager=upside_down)
    with pytest.raises(rules.MayNotPair) as error:
        rules.insist_may_pair(program, mentor=upside_down, mentee=below, on=ON)
    assert refusals(error) == ["One of the two reports to the other, directly or through others."]


def test_people_with_one_manager_are_not_in_one_anothers_line():
    program = ProgramFactory()
    bo = BoFactory()
    assert rules.may_pair(program, mentor=MinaFactory(manager=bo), mentee=OttoFactory(manager=bo), on=ON)


def test_nobody_is_paired_with_themselves():
    program = ProgramFactory(mentor_highest_level=LevelFactory(rank=7), mentee_lowest_level=LevelFactory(rank=1))
    mina = MinaFactory()
    with pytest.raises(rules.MayNotPair) as error:
        rules.insist_may_pair(program, mentor=mina, mentee=mina, on=ON)
    assert "Nobody can be paired with themselves." in refusals(error)


@pytest.mark.parametrize(("gap", "apart"), [(4, False), (5, True)])
def test_the_mentor_stands_at_least_so_many_levels_below(gap, apart):
    program = ProgramFactory(level_gap=gap)
    mina, otto = MinaFactory(rank=2), OttoFactory(rank=6)
    assert rules.may_pair(program, mentor=mina, mentee=otto, on=ON) is not apart


def test_somebody_without_a_level_cannot_be_shown_to_stand_far_enough_away():
    program = ProgramFactory()
    sides = queries.facts_of_sides([PersonFactory(level=None)], [OttoFactory()], on=ON)
    assert queries.forbidden(program, *sides)["level_gap"].all()


@pytest.mark.parametrize(
    ("rule", "place", "factory", "words"),
    [
        ("different_function", "function", FunctionFactory, "Both work in the same function."),
        ("different_line_of_business", "line_of_business", LineOfBusinessFactory,
         "Both work in the same line of business."),
    ],
)  # fmt: skip
def test_a_shared_place_keeps_two_people_apart_only_where_the_program_says_so(rule, place, factory, words):
    shared = factory()
    mina, otto = MinaFactory(**{place: shared}), OttoFactory(**{place: shared})

    assert rules.may_pair(ProgramFactory(**{rule: False}), mentor=mina, mentee=otto, on=ON)
    with pytest.raises(rules.MayNotPair) as error:
        rules.insist_may_pair(ProgramFactory(**{rule: True}), mentor=mina, mentee=otto, on=ON)
    assert refusals(error) == [words]


def test_two_people_of_whom_no_function_is_known_do_not_count_as_one_function():
    program = ProgramFactory(different_function=True)
    mina, otto = MinaFactory(function=None), OttoFactory(function=None)
    assert rules.may_pair(program, mentor=mina, mentee=otto, on=ON)


def test_a_pair_is_refused_when_one_of_them_may_not_take_the_side():
    program = ProgramFactory(level_gap=1)
    with pytest.raises(rules.MayNotPair) as error:
        rules.insist_may_pair(program, mentor=StenFactory(), mentee=OttoFactory(), on=ON)
    assert refusals(error) == [
        "Sten Stranger cannot be a mentor here. Mentors in this program are at most at level Level 3."
    ]


def test_one_pair_and_the_whole_matrix_are_judged_alike():
    program = ProgramFactory(different_line_of_business=True)
    bo = BoFactory()
    function, line = FunctionFactory(), LineOfBusinessFactory()
    mentors = [
        MinaFactory(manager=bo),
        PersonFactory(function=function, rank=1),
        PersonFactory(line_of_business=line, rank=3),
        PersonFactory(rank=3),
    ]
    mentees = [bo, OttoFactory(manager=bo, function=function), PersonFactory(line_of_business=line, rank=5)]
    sides = queries.facts_of_sides(mentors, mentees, on=ON)
    apart = np.logical_or.reduce(list(queries.forbidden(program, *sides).values()))
    single = [[not rules.may_pair(program, mentor=m, mentee=e, on=ON) for e in mentees] for m in mentors]
    assert apart.tolist() == single
    assert 0 < apart.sum() < apart.size


def test_judging_one_pair_asks_three_questions(django_assert_num_queries):
    program = ProgramFactory()
    mina, otto = MinaFactory(), OttoFactory()
    with django_assert_num_queries(3):
        rules.insist_may_pair(program, mentor=mina, mentee=otto, on=ON)


# Sides


def people_of_every_kind() -> list[Person]:
    return [
        MinaFactory(),
        OttoFactory(),
        StenFactory(),
        PersonFactory(level=None),
        PersonFactory(hired_on=None),
        PersonFactory(hired_on=date(2026, 9, 7)),
        PersonFactory(hired_on=date(2026, 9, 8)),
        PersonFactory(hired_on=date(2026, 12, 7)),
        PersonFactory(hired_on=date(2026, 12, 8), rank=6),
        PersonFactory(left_on=date(2026, 12, 7)),
        PersonFactory(left_on=date(2026, 12, 8)),
        PersonFactory(is_active=False, rank=7),
    ]


@pytest.mark.parametrize("months", [0, 3])
@pytest.mark.parametrize("side", Side)
def test_the_directory_as_a_whole_and_each_person_are_judged_alike(months, side):
    program = ProgramFactory(mentor_months_here=months)
    everybody = people_of_every_kind()
    one_by_one = {person.pk for person in everybody if rules.may_take_side(program, person, side, ON)}
    everybody_else = Person.objects.exclude(pk__in=[person.pk for person in everybody])
    as_a_whole = set(queries.eligible(program, side, on=ON).exclude(pk__in=everybody_else).values_list("pk", flat=True))
    assert one_by_one == as_a_whole
    assert 0 < len(one_by_one) < len(everybody)


@pytest.mark.parametrize(
    ("side", "fields", "words"),
    [
        (Side.MENTOR, {"rank": 4}, "Mentors in this program are at most at level Level 3."),
        (Side.MENTOR, {"level": None}, "Mentors in this program are at most at level Level 3."),
        (Side.MENTEE, {"rank": 4}, "Mentees in this program are at least at level Level 5."),
        (Side.MENTOR, {"hired_on": date(2026, 9, 8)}, "Mentors in this program have been here for 3 months or more."),
        (Side.MENTOR, {"hired_on": None}, "Mentors in this program have been here for 3 months or more."),
        (Side.MENTEE, {"rank": 6, "left_on": ON}, "Only people who work here can take part."),
        (Side.MENTEE, {"rank": 6, "hired_on": date(2026, 12, 8)}, "Only people who work here can take part."),
        (Side.MENTEE, {"rank": 6, "is_active": False}, "Only people who work here can take part."),
    ],
)
def test_each_reason_against_a_side_is_a_sentence(side, fields, words):
    program = ProgramFactory()
    with pytest.raises(rules.MayNotTakeSide) as error:
        rules.insist_may_take_side(program, PersonFactory(**fields), side, ON)
    assert refusals(error) == [words]


def test_a_new_leader_may_be_mentored_from_the_first_day():
    assert rules.may_take_side(ProgramFactory(), OttoFactory(hired_on=ON), Side.MENTEE, ON)


@pytest.mark.parametrize(
    ("on", "months", "before"),
    [
        (date(2026, 12, 7), 3, date(2026, 9, 7)),
        (date(2026, 5, 31), 3, date(2026, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 1, 15), 120, date(2016, 1, 15)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
    ],
)
def test_months_are_counted_by_the_calendar(on, months, before):
    assert rules.months_before(on, months) == before


# Duties


def test_a_coordinator_of_one_program_is_none_of_another():
    cora = CoraFactory()
    program, other = program_with(cora), ProgramFactory()
    assert rules.coordinates(cora, program)
    assert not rules.coordinates(cora, other)
    with pytest.raises(rules.NotACoordinator) as error:
        rules.insist_coordinates(cora, other)
    assert refusals(error) == ["Only a coordinator of this program can do this."]


def test_a_supervisor_is_not_a_coordinator():
    cora, sia = CoraFactory(), PersonFactory()
    assert not rules.coordinates(sia, program_with(cora, supervisor=sia))


# Life cycle


def test_every_stage_can_be_reached_and_only_closed_has_no_step_on():
    reached = {Stage.DRAFT} | {step.target for step in rules.TRANSITIONS}
    assert reached == set(Stage)
    assert [stage for stage in Stage if not rules.steps_from(stage)] == [Stage.CLOSED]


def test_a_step_that_does_not_exist_is_named():
    program = ProgramFactory(stage=Stage.DRAFT)
    assert rules.missing_for(program, Stage.RUNNING, on=ON) == ["A program in draft cannot go to running."]


def test_steps_onward_come_before_steps_back():
    assert [step.target for step in rules.steps_from(Stage.ENROLMENT)] == [Stage.MATCHING, Stage.DRAFT]


def test_apps_above_can_only_require_something_before_a_step_that_exists():
    with pytest.raises(LookupError):
        rules.require(Stage.DRAFT, Stage.CLOSED, lambda program, on: None)


# Levels

NOBODY_ABOVE = (
    "Nobody stands 2 levels above Level 6, so a mentor at this level could never be paired. "
    "Choose a lower level or a smaller gap."
)
NOBODY_BELOW = (
    "Nobody stands 1 level below Level 1, so a mentee at this level could never be paired. "
    "Choose a higher level or a smaller gap."
)


def test_limits_that_leave_somebody_for_everybody_are_accepted():
    ladder(7)
    rules.insist_levels_leave_gap(mentor_highest=LevelFactory(rank=5), mentee_lowest=LevelFactory(rank=3), gap=2)


def test_a_mentor_nobody_stands_far_enough_above_is_refused():
    ladder(7)
    with pytest.raises(rules.LevelsLeaveNoGap) as error:
        rules.insist_levels_leave_gap(mentor_highest=LevelFactory(rank=6), mentee_lowest=LevelFactory(rank=5), gap=2)
    assert error.value.message_dict == {"mentor_highest_level": [NOBODY_ABOVE]}


def test_a_mentee_nobody_stands_far_enough_below_is_refused():
    ladder(7)
    with pytest.raises(rules.LevelsLeaveNoGap) as error:
        rules.insist_levels_leave_gap(mentor_highest=LevelFactory(rank=3), mentee_lowest=LevelFactory(rank=1), gap=1)
    assert error.value.message_dict == {"mentee_lowest_level": [NOBODY_BELOW]}
