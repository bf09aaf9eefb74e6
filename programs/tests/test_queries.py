from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from people.tests.factories import (
    AdaFactory,
    BoFactory,
    CoraFactory,
    EvaFactory,
    FunctionFactory,
    LineOfBusinessFactory,
    MinaFactory,
    OttoFactory,
    PersonFactory,
    SiaFactory,
    StenFactory,
)
from programs import queries, rules
from programs.choices import Duty, Side, Stage
from programs.tests.factories import DutyFactory, ProgramFactory, program_with

pytestmark = pytest.mark.django_db
ON = date(2026, 12, 7)


def test_people_see_what_is_enrolling_at_their_level():
    enrolling = ProgramFactory()
    ProgramFactory(stage=Stage.DRAFT)
    ProgramFactory(stage=Stage.RUNNING)
    assert list(queries.visible_to(MinaFactory())) == [enrolling]
    assert list(queries.visible_to(OttoFactory())) == [enrolling]
    assert list(queries.visible_to(StenFactory())) == []
    assert list(queries.visible_to(PersonFactory(level=None))) == []


def test_somebody_too_new_still_sees_the_program_and_is_told_there():
    enrolling = ProgramFactory()
    assert list(queries.visible_to(PersonFactory(rank=1, hired_on=ON))) == [enrolling]


@pytest.mark.parametrize("stage", Stage)
def test_a_duty_opens_the_program_at_every_stage_and_no_other(stage):
    cora, sia, other = CoraFactory(), SiaFactory(), CoraFactory(email="cora2@example.org")
    program = program_with(cora, supervisor=sia, stage=stage)
    ProgramFactory(stage=Stage.RUNNING)
    assert list(queries.visible_to(cora)) == [program]
    assert list(queries.visible_to(sia)) == [program]
    assert program not in queries.visible_to(other) or stage == Stage.ENROLMENT


def test_the_manager_of_somebody_with_a_duty_sees_nothing_through_it():
    bo = BoFactory()
    program = program_with(CoraFactory(manager=bo), supervisor=OttoFactory(manager=bo), stage=Stage.RUNNING)
    assert program not in queries.visible_to(bo)


@pytest.mark.parametrize("factory", [EvaFactory, AdaFactory])
def test_executives_and_administrators_see_every_program_that_left_the_draft(factory):
    programs = {stage: ProgramFactory(stage=stage) for stage in Stage}
    assert set(queries.visible_to(factory(level=None))) == set(programs.values()) - {programs[Stage.DRAFT]}


def test_two_duties_in_one_program_do_not_show_it_twice():
    cora = CoraFactory()
    program = program_with(cora, supervisor=cora)
    assert list(queries.visible_to(cora)) == [program]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_visible_programs_is_one_question(count, django_assert_num_queries):
    ProgramFactory.create_batch(count)
    mina = MinaFactory()
    with django_assert_num_queries(1):
        listed = list(queries.visible_to(mina))
        for program in listed:
            rules.may_take_side(program, mina, Side.MENTOR, ON)
    assert len(listed) == count


def test_coordinators_and_supervisors_are_those_of_the_program_by_name():
    cora, sia = CoraFactory(), SiaFactory()
    abel = CoraFactory(family_name="Abel", email="abel@example.org")
    program = program_with(cora, supervisor=sia)
    DutyFactory(program=program, person=abel, duty=Duty.COORDINATOR)
    program_with(CoraFactory(email="other@example.org"))
    assert list(queries.coordinators(program)) == [abel, cora]
    assert list(queries.supervisors(program)) == [sia]


def test_eligible_works_for_a_program_that_is_not_saved():
    mina, otto, _ = MinaFactory(), OttoFactory(), StenFactory()
    bo = otto.manager
    saved = ProgramFactory()
    unsaved = ProgramFactory.build(
        mentor_highest_level=saved.mentor_highest_level, mentee_lowest_level=saved.mentee_lowest_level
    )
    assert list(queries.eligible(unsaved, Side.MENTOR, on=ON)) == [mina]
    assert set(queries.eligible(unsaved, Side.MENTEE, on=ON)) == {otto, bo}


def company() -> None:
    """Three mentors and three mentees, with each rule keeping somebody from somebody."""
    function, line = FunctionFactory(), LineOfBusinessFactory()
    bo = BoFactory()
    otto = OttoFactory(manager=bo, function=function)
    PersonFactory(rank=5, line_of_business=line)
    MinaFactory(manager=otto)
    PersonFactory(rank=1, function=function)
    PersonFactory(rank=3, line_of_business=line)
    StenFactory()


@pytest.mark.parametrize("cells_at_a_time", [1, 4, 2_000_000])
def test_the_count_is_exact_and_agrees_with_every_single_pair(cells_at_a_time, monkeypatch):
    monkeypatch.setattr(queries, "CELLS_AT_A_TIME", cells_at_a_time)
    company()
    program = ProgramFactory(level_gap=3, different_line_of_business=True)
    mentors = list(queries.eligible(program, Side.MENTOR, on=ON))
    mentees = list(queries.eligible(program, Side.MENTEE, on=ON))
    allowed = [(m, e) for m, e in product(mentors, mentees) if rules.may_pair(program, mentor=m, mentee=e, on=ON)]

    found = queries.eligibility(program, on=ON)

    assert (found.mentors, found.mentees, found.removed[0].of) == (3, 3, 9)
    assert found.possible_pairs == len(allowed)
    assert found.mentors_without == 3 - len({m.pk for m, _ in allowed})
    assert found.mentees_without == 3 - len({e.pk for _, e in allowed})
    assert {rule.rule: rule.pairs for rule in found.removed} == {
        "same_person": 0,
        "reporting_line": 2,
        "level_gap": 1,
        "function": 1,
        "line_of_business": 1,
    }


def test_somebody_who_could_take_both_sides_is_not_paired_with_themselves():
    level = MinaFactory().level
    program = ProgramFactory(mentor_highest_level=level, mentee_lowest_level=level)
    removed = {rule.rule: rule.pairs for rule in queries.eligibility(program, on=ON).removed}
    assert removed["same_person"] == 1


def test_an_empty_company_has_nobody_to_pair():
    found = queries.eligibility(ProgramFactory(), on=ON)
    assert (found.mentors, found.mentees, found.possible_pairs) == (0, 0, 0)
    assert (found.mentors_without, found.mentees_without) == (0, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_counting_asks_the_same_questions_however_many_people_there_are(count, django_assert_num_queries):
    PersonFactory.create_batch(count, rank=2)
    PersonFactory.create_batch(count, rank=6)
    program = ProgramFactory()
    with django_assert_num_queries(3):
        assert queries.eligibility(program, on=ON).possible_pairs == count * count


def test_facts_keep_the_order_in_which_people_are_given():
    people = [OttoFactory(), MinaFactory(), PersonFactory(level=None, function=None)]
    facts, nobody = queries.facts_of_sides(people, [], on=ON)
    assert facts.person.tolist() == [person.pk for person in people]
    assert facts.level_rank.tolist() == [6, 2, -1]
    assert facts.function.tolist()[2] == -1
    assert len(nobody) == 0


@pytest.mark.parametrize("walk_up", [0, 200])
def test_the_reporting_line_is_seen_however_the_facts_were_read(walk_up, monkeypatch):
    monkeypatch.setattr("programs.facts.WALK_UP", walk_up)
    program = ProgramFactory()
    StenFactory()
    bo = BoFactory()
    otto = OttoFactory(manager=bo)
    mina, other = MinaFactory(manager=otto), PersonFactory()

    sides = queries.facts_of_sides([other, mina], [otto, bo], on=ON)
    assert queries.forbidden(program, *sides)["reporting_line"].tolist() == [[False, False], [True, True]]
