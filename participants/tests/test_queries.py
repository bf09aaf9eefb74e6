from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from participants import actions, profiles, queries, questions
from participants.choices import Relation
from participants.tests.conftest import NOON, TODAY
from participants.tests.factories import MentorFactory, with_skills
from people.tests.factories import CoraFactory, PersonFactory
from programs.choices import Duty, Measure, Side, Stage
from programs.tests.factories import DutyFactory, ObjectiveFactory, program_with


def test_only_oneself_and_coordinators_of_the_program_load_the_row(minas, mina, cora, bo, otto, sten):
    cora_of_another = CoraFactory(email="another.cora@example.org")
    program_with(cora_of_another, name="Another")
    supervisor = DutyFactory(program=minas.program, person=PersonFactory(), duty=Duty.SUPERVISOR).person
    seeing = [
        person for person in (mina, cora, bo, otto, sten, cora_of_another, supervisor)
        if queries.visible_to(person).filter(pk=minas.pk).exists()
    ]  # fmt: skip
    assert seeing == [mina, cora]
    assert [person for person in (mina, cora, bo) if queries.own(person).exists()] == [mina]


def test_a_coordinator_with_another_duty_too_finds_each_row_once(minas, cora):
    DutyFactory(program=minas.program, person=cora, duty=Duty.SPONSOR)
    assert queries.visible_to(cora).count() == 1


def test_the_pool_holds_who_signed_takes_part_and_still_works_here(program):
    waiting = MentorFactory(program=program)
    MentorFactory(program=program, charter_signed_at=None)
    MentorFactory(program=program, withdrawn_at=NOON)
    MentorFactory(program=program, person__left_on=TODAY)
    MentorFactory(program=program, person__is_active=False)
    leaving = MentorFactory(program=program, person__left_on=TODAY + timedelta(days=1))
    MentorFactory()  # in another program
    assert set(queries.in_pool(program, TODAY)) == {waiting, leaving}


def test_profiles_are_read_in_a_constant_number_of_queries(program):
    def queries_needed() -> int:
        with CaptureQueriesContext(connection) as asked:
            for each in questions.with_answers(queries.with_profile(queries.in_pool(program, TODAY))):
                profiles.profile_shown_to(each, Relation.COORDINATOR)
        return len(asked)

    with_skills(MentorFactory(program=program), offered=["Chess"], wanted=["Go"])
    one = queries_needed()
    for _ in range(2):
        with_skills(MentorFactory(program=program), offered=["Chess"], wanted=["Go"])
    assert queries_needed() == one == 4


# Programs


def names(cards) -> list[str]:
    return [card.program.name for card in cards]


def test_somebody_sees_programs_they_may_join_or_take_part_in(program, mina, sten):
    running = MentorFactory(person=mina, program__name="Mine", program__stage=Stage.RUNNING).program
    MentorFactory(program__name="Of others", program__stage=Stage.RUNNING)
    program_with(CoraFactory(email="c@example.org"), name="A draft", stage=Stage.DRAFT)
    assert names(queries.program_cards(queries.mine(mina), on=TODAY)) == ["Mine", "Two-Way Northwind"]
    assert names(queries.program_cards(queries.mine(sten), on=TODAY)) == []
    assert list(queries.programs_open_to(mina).filter(pk=running.pk)) == [running]


def test_a_program_says_who_may_join_which_side_and_why_not(program, mina):
    mentor, mentee = queries.program_page(program, mina, on=TODAY).sides
    assert (mentor.may_join, mentor.refusal) == (True, "")
    assert (mentee.may_join, mentee.refusal) == (False, "Mentees in this program are at least at level Level 5.")


def test_who_takes_part_is_not_asked_to_join_again_and_may_after_withdrawing(minas, mina, program):
    assert queries.side_state(program, mina, Side.MENTOR, on=TODAY).takes_part
    assert not queries.side_state(program, mina, Side.MENTOR, on=TODAY).may_join
    actions.withdraw(minas, by=mina, at=NOON)
    state = queries.side_state(program, mina, Side.MENTOR, on=TODAY)
    assert (state.takes_part, state.has_withdrawn, state.may_join) == (False, True, True)


def test_the_list_of_programs_needs_as_many_queries_for_three_as_for_one(mina, cora):
    def queries_needed() -> int:
        mina_again = type(mina).objects.select_related("level").get(pk=mina.pk)
        with CaptureQueriesContext(connection) as asked:
            queries.program_cards(queries.mine(mina_again), on=TODAY)
        return len(asked)

    MentorFactory(person=mina, program=program_with(cora, name="One"))
    one = queries_needed()
    MentorFactory(person=mina, program=program_with(cora, name="Two"))
    program_with(cora, name="Three")
    assert queries_needed() == one <= 5


@pytest.mark.parametrize(
    ("measure", "target", "words"),
    [
        (Measure.PAIRS_FORMED, "5", "5 pairs, by 7 March 2027"),
        (Measure.MEETINGS_PER_PAIR, "6.5", "6.5 meetings per pair, on average, by 7 March 2027"),
        (Measure.HOURS_PER_PAIR, "10", "10 hours per pair, on average, by 7 March 2027"),
        (Measure.MEETING_AS_AGREED, "80", "80% of pairs meet as often as they agreed, by 7 March 2027"),
        (Measure.GOALS_MET, "60", "60% of the goals that pairs set are met, by 7 March 2027"),
        (
            Measure.WORTH_THE_TIME,
            "90",
            "90% of the people who take part find it worth the time, by 7 March 2027",
        ),
        (
            Measure.SKILL_GAIN,
            "60",
            "60% of those who rate themselves twice grow a step in what they wanted to learn, by 7 March 2027",
        ),
        (Measure.WOULD_DO_AGAIN, "75", "75% of the people who take part would do it again, by 7 March 2027"),
        (
            Measure.STILL_HERE,
            "85",
            "85% of the people in a pair still work here a year after it began, by 7 March 2027",
        ),
    ],
)
def test_an_objective_speaks_in_words(db, measure, target, words):
    objective = ObjectiveFactory.build(measure=measure, target=Decimal(target), by=date(2027, 3, 7), program=None)
    assert queries.objective_in_words(objective) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [(7, "week"), (14, "two weeks"), (21, "three weeks"), (28, "four weeks"), (35, "5 weeks"), (10, "10 days")],
)
def test_the_rhythm_speaks_in_words(program, days, words):
    program.meet_every_days = days
    assert queries.guidelines_in_words(program)[0].startswith(f"You meet about every {words}, for about 60 minutes.")


def test_topics_of_the_program_come_before_the_other_skills(program, told):
    choose = queries.skills_to_choose(program)
    assert {skill.name for skill in choose.topics} >= {"Accessibility", "Social media", "Using AI tools well"}
    assert "Budgeting" in {skill.name for skill in choose.others}
    assert not set(choose.topics) & set(choose.others)
