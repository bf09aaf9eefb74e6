"""Numbers of those who take part: exact at the desk, and only in company elsewhere."""

from __future__ import annotations

from datetime import timedelta

from participants import enrolment
from participants.tests.conftest import NOON, TODAY
from participants.tests.factories import MenteeFactory, MentorFactory
from people.tests.factories import PersonFactory


def test_coordinators_count_exactly(program):
    both = MentorFactory(program=program, places=2)
    MenteeFactory(program=program, person=both.person, places=1)
    MentorFactory(program=program, charter_signed_at=None, places=5)
    MentorFactory(program=program, withdrawn_at=NOON)
    MenteeFactory(program=program, person__is_active=False)
    assert enrolment.enrolment_counts(program, TODAY) == enrolment.EnrolmentCounts(
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
    assert enrolment.enrolment_counts(program, TODAY) == enrolment.EnrolmentCounts(0, 0, 0, 0, 0, 0, 0)


NEXT_MONDAY = TODAY + timedelta(days=6)


def funnel_words(program, on=NEXT_MONDAY):
    return [step.figure.words for step in enrolment.enrolment_released(program, on)]


def test_executives_read_the_funnel_only_in_groups_of_five_or_more(program):
    PersonFactory.create_batch(20, rank=2)
    for factory in (MentorFactory, MenteeFactory):
        factory.create_batch(6, program=program)
    MentorFactory(program=program, charter_signed_at=None)
    # One volunteered without having signed: it would be 13 and 12. Whoever is alone on a step is not counted yet.
    assert [step.label for step in enrolment.enrolment_released(program, TODAY)] == [
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
    steps = enrolment.enrolment_steps(program, NEXT_MONDAY, paired=paired)
    assert [len(people) for _, people in steps[1:]] == [11, 11]
