from __future__ import annotations

from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from django.db import connection

from people.tests.factories import (
    AdaFactory,
    BoFactory,
    CoraFactory,
    EvaFactory,
    LevelFactory,
    MinaFactory,
    OttoFactory,
    SiaFactory,
    SkillFactory,
)
from programs import actions, rules
from programs.choices import Duty, Stage
from programs.models import Program
from programs.tests.factories import DutyFactory, ProgramFactory, program_with

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 7, 12, tzinfo=UTC)


def test_whoever_creates_a_program_is_its_coordinator():
    cora = CoraFactory()
    levels = {"mentor_highest_level": LevelFactory(rank=3), "mentee_lowest_level": LevelFactory(rank=5)}
    program = actions.create_program(ProgramFactory.build(stage=Stage.DRAFT, **levels), by=cora, at=AT)
    assert (program.created_by, program.duties.get().person, program.duties.get().duty) == (
        cora,
        cora,
        Duty.COORDINATOR,
    )


def test_a_step_is_taken_once_and_the_second_press_changes_nothing():
    MinaFactory(), OttoFactory()
    cora = CoraFactory()
    program = program_with(cora, supervisor=SiaFactory(), stage=Stage.DRAFT)
    for _ in range(2):
        actions.move_to(program, stage=Stage.ENROLMENT, by=cora, at=AT)
        assert program.stage == Stage.ENROLMENT
    assert Program.objects.get(pk=program.pk).stage == Stage.ENROLMENT


def test_a_step_with_something_missing_is_refused_in_sentences_and_not_taken():
    cora = CoraFactory()
    program = program_with(cora, stage=Stage.DRAFT)
    with pytest.raises(rules.MayNotMove) as refusal:
        actions.move_to(program, stage=Stage.ENROLMENT, by=cora, at=AT)
    assert refusal.value.messages[0].startswith("There is no supervisor")
    assert Program.objects.get(pk=program.pk).stage == program.stage == Stage.DRAFT


def test_a_topic_that_left_the_list_of_skills_meanwhile_is_left_out():
    cora = CoraFactory()
    program, gone, stays = program_with(cora), SkillFactory(), SkillFactory()
    type(gone).objects.filter(pk=gone.pk).delete()
    actions.change_program(program=program, topics=[gone, stays], by=cora, at=AT)
    assert [topic.skill for topic in program.topics.all()] == [stays]


def test_stages_are_not_skipped():
    cora = CoraFactory()
    program = program_with(cora, stage=Stage.ENROLMENT)
    with pytest.raises(rules.MayNotMove, match="A program in enrolment cannot go to closed"):
        actions.move_to(program, stage=Stage.CLOSED, by=cora, at=AT)


def test_the_stage_in_the_database_counts_not_the_one_on_an_old_page():
    cora = CoraFactory()
    program = program_with(cora, stage=Stage.DRAFT)
    Program.objects.filter(pk=program.pk).update(stage=Stage.CLOSED)
    with pytest.raises(rules.MayNotMove, match="A program in closed cannot go to enrolment"):
        actions.move_to(program, stage=Stage.ENROLMENT, by=cora, at=AT)


@pytest.mark.parametrize("factory", [MinaFactory, BoFactory, SiaFactory, EvaFactory, AdaFactory])
def test_only_a_coordinator_of_the_program_moves_or_changes_it(factory):
    someone = factory()
    program = program_with(CoraFactory(), supervisor=someone, stage=Stage.RUNNING)
    with pytest.raises(rules.NotACoordinator):
        actions.move_to(program, stage=Stage.REVIEW, by=someone, at=AT)
    with pytest.raises(rules.NotACoordinator):
        actions.change_program(program=program, topics=[], by=someone, at=AT)


def test_changing_a_program_never_carries_an_old_stage_back():
    cora = CoraFactory()
    program = program_with(cora, stage=Stage.RUNNING)
    Program.objects.filter(pk=program.pk).update(stage=Stage.REVIEW)
    program.name = "Renamed"
    actions.change_program(program=program, topics=[], by=cora, at=AT)
    assert Program.objects.values_list("name", "stage").get(pk=program.pk) == ("Renamed", Stage.REVIEW)


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_at_the_same_instant_take_one_step():
    cora, other = CoraFactory(), CoraFactory(email="other@example.org")
    program = program_with(cora, stage=Stage.RUNNING)
    program.duties.create(person=other, duty=Duty.COORDINATOR)
    start, ended = Barrier(2), []

    def press(person):
        mine = Program.objects.get(pk=program.pk)
        start.wait()
        actions.move_to(mine, stage=Stage.REVIEW, by=person, at=AT)
        ended.append(mine.stage)
        connection.close()

    threads = [Thread(target=press, args=(person,)) for person in (cora, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == [Stage.REVIEW, Stage.REVIEW]


@pytest.mark.django_db
def test_topics_are_those_that_were_chosen_and_a_kept_one_keeps_its_row():
    program = ProgramFactory()
    cora = CoraFactory()
    DutyFactory(program=program, person=cora, duty=Duty.COORDINATOR)
    stays, goes, comes = (SkillFactory(name=name) for name in ("Data", "Fax machines", "Using AI tools well"))
    actions.change_program(program=program, topics=[stays, goes], by=cora, at=AT)
    kept = program.topics.get(skill=stays)
    actions.change_program(program=program, topics=[comes, stays], by=cora, at=AT)
    assert {str(topic) for topic in program.topics.all()} == {"Data", "Using AI tools well"}
    assert program.topics.get(skill=stays).pk == kept.pk
