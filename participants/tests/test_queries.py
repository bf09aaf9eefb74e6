from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from participants import actions, queries, questions
from participants.choices import Relation
from participants.models import Participation
from participants.questions import ShownAnswer
from participants.tests.conftest import NOON, TODAY
from participants.tests.factories import MenteeFactory, MentorFactory, with_skills
from people.tests.factories import CoraFactory, PersonFactory
from programs.choices import Duty, Measure, Side, Stage
from programs.tests.factories import DutyFactory, ObjectiveFactory, QuestionFactory, program_with

# privacy.policy, row by row, written out once more: the code must say the same.
PROFILE = {"offered", "wanted", "hobbies", "languages", "ways", "half_days", "where_to_meet", "places", "hours_a_month"}
TAKES_PART = {"program", "side"}
INTRODUCTION = {"number_one", "background"}
POLICY = {
    Relation.ONESELF: TAKES_PART | PROFILE | INTRODUCTION
    | {"introduce", "not_discussed", "answers", "charter_signed_at", "charter_complete"},
    Relation.PARTNER: TAKES_PART | PROFILE | INTRODUCTION | {"not_discussed", "charter_complete"},
    Relation.PROPOSED: TAKES_PART | PROFILE,
    Relation.COORDINATOR: TAKES_PART | PROFILE | INTRODUCTION | {"answers", "charter_signed_at", "charter_complete"},
    Relation.SUPERVISOR: TAKES_PART,
    Relation.LINE_MANAGER: {"program", "hours_a_month"},
    Relation.EXECUTIVE: set(),
    Relation.ADMINISTRATOR: TAKES_PART,
    Relation.STRANGER: set(),
}  # fmt: skip
SHOWN_WHOLE = {
    "side": Side.MENTOR,
    "offered": ("Social media", "Using AI tools well"),
    "wanted": ("Budgeting", "Accessibility"),
    "number_one": "Be heard once by somebody who decides.",
    "background": "I came here as a nurse.",
    "introduce": False,
    "hobbies": ("Rowing", "Chess"),
    "languages": ("German", "English"),
    "ways": ("By video", "On a walk"),
    "half_days": ("Tuesday morning",),
    "where_to_meet": "The canteen in Leeds",
    "places": 2,
    "hours_a_month": 3,
    "not_discussed": "CANARY-ILLNESS in the spring",
    "answers": (ShownAnswer("Why now?", "I have time."),),
    "charter_signed_at": NOON,
    "charter_complete": True,
}


@pytest.fixture
def minas(program, mina, told) -> Participation:
    asked = QuestionFactory(program=program, words="Why now?")
    return actions.volunteer(
        program=program, side=Side.MENTOR, by=mina, at=NOON, **told, answers={asked.pk: "I have time."}
    )


@pytest.mark.parametrize("relation", list(Relation))
def test_each_reader_sees_exactly_the_fields_of_the_policy(minas, relation):
    whole = {**SHOWN_WHOLE, "program": minas.program}
    assert set(whole) == set(queries.PROFILE_FIELDS)
    shown = queries.profile_shown_to(minas, relation)
    assert {name: getattr(shown, name) for name in whole} == {
        name: whole[name] if name in POLICY[relation] else None for name in whole
    }


@pytest.mark.parametrize("relation", list(Relation))
def test_allowing_the_introduction_opens_it_to_people_one_is_proposed_to_and_to_nobody_else(relation):
    allowing = Participation(introduce=True)
    seen = queries.fields_seen(allowing, relation)
    assert seen == POLICY[relation] | (INTRODUCTION if relation is Relation.PROPOSED else set())


def test_bo_the_line_manager_sees_that_somebody_takes_part_and_the_hours_and_nothing_else(program, otto):
    ottos = MenteeFactory(program=program, person=otto, hours_a_month=4, number_one="Understand the yard.")
    shown = queries.profile_shown_to(ottos, Relation.LINE_MANAGER)
    said = {name: getattr(shown, name) for name in queries.PROFILE_FIELDS}
    assert {name: value for name, value in said.items() if value is not None} == {
        "program": program,
        "hours_a_month": 4,
    }


def test_a_profile_does_not_print_its_private_words(minas):
    text = repr(queries.profile_shown_to(minas, Relation.ONESELF))
    assert "Rowing" in text
    for private in ("CANARY", "nurse", "heard once"):
        assert private not in text


def test_an_erased_text_reads_as_empty(minas):
    minas.data_key.delete()
    minas.refresh_from_db()
    assert minas.not_discussed is not None
    assert queries.profile_shown_to(minas, Relation.ONESELF).not_discussed == ""


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
                queries.profile_shown_to(each, Relation.COORDINATOR)
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
    assert names(queries.program_cards(mina, on=TODAY)) == ["Mine", "Two-Way Northwind"]
    assert names(queries.program_cards(sten, on=TODAY)) == []
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
            queries.program_cards(mina_again, on=TODAY)
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


# Numbers


def test_coordinators_count_exactly(program):
    both = MentorFactory(program=program, places=2)
    MenteeFactory(program=program, person=both.person, places=1)
    MentorFactory(program=program, charter_signed_at=None, places=5)
    MentorFactory(program=program, withdrawn_at=NOON)
    MenteeFactory(program=program, person__is_active=False)
    assert queries.enrolment_counts(program, TODAY) == queries.EnrolmentCounts(
        mentors=2,
        mentees=1,
        ready_mentors=1,
        ready_mentees=1,
        places_of_mentors=2,
        places_of_mentees=1,
        both_sides=1,
        charter_open=1,
    )


def test_an_empty_program_counts_nothing(program):
    assert queries.enrolment_counts(program, TODAY) == queries.EnrolmentCounts(0, 0, 0, 0, 0, 0, 0)


NEXT_MONDAY = TODAY + timedelta(days=6)


def funnel_words(program, on=NEXT_MONDAY):
    return [step.figure.words for step in queries.enrolment_released(program, on)]


def test_executives_read_the_funnel_only_in_groups_of_five_or_more(program):
    PersonFactory.create_batch(20, rank=2)
    for factory in (MentorFactory, MenteeFactory):
        factory.create_batch(6, program=program)
    MentorFactory(program=program, charter_signed_at=None)
    # One volunteered without having signed: it would be 13 and 12. Whoever is alone on a step is not counted yet.
    assert [step.label for step in queries.enrolment_released(program, TODAY)] == [
        "Eligible", "Volunteered", "Agreed to the charter",
    ]  # fmt: skip
    assert funnel_words(program)[1:] == ["12", "12"]


def test_four_people_are_not_counted_yet(program):
    MentorFactory.create_batch(4, program=program)
    assert funnel_words(program)[1:] == ["0", "0"]


def test_the_funnel_is_of_complete_weeks_and_moves_by_five(program):
    """Eight on Monday the 23rd; then one a week. The figure waits for the fifth."""
    PersonFactory.create_batch(20, rank=2)
    MentorFactory.create_batch(8, program=program)
    for week in range(1, 6):
        MentorFactory(program=program, volunteered_at=NOON + timedelta(weeks=week), charter_signed_at=None)
    assert funnel_words(program, TODAY)[1:] == ["0", "0"]
    shown = [funnel_words(program, NEXT_MONDAY + timedelta(weeks=week))[1:] for week in range(6)]
    assert shown == [["8", "8"]] * 5 + [["13", "8"]]


def test_the_smallest_group_is_the_one_that_was_set(program, settings):
    settings.SMALLEST_GROUP = 7
    MentorFactory.create_batch(6, program=program)
    assert funnel_words(program)[1:] == ["0", "0"]


def test_whoever_had_a_pair_came_that_far_whatever_happened_later(program):
    MentorFactory.create_batch(6, program=program)
    left = MentorFactory.create_batch(5, program=program, withdrawn_at=NOON, charter_signed_at=None)
    paired = {each.person_id: TODAY for each in left}
    steps = queries.enrolment_steps(program, NEXT_MONDAY, paired=paired)
    assert [len(people) for _, people in steps[1:]] == [11, 11]
