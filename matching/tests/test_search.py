"""A search finds the best set of pairs, proves it, and survives its worker."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import numpy as np
import pytest
from celery import current_app
from django.core.management import CommandError, call_command
from django.db import IntegrityError, close_old_connections, connection, transaction
from django.test.utils import CaptureQueriesContext
from scipy.optimize import linear_sum_assignment

from matching import candidates, certificates, explanations, rules
from matching.actions import LEASE, request_run, solve_next, solve_run, solve_waiting_runs
from matching.actions.search import GIVE_UP_AFTER, Held, LeaseLost, ring_for_waiting_runs, take
from matching.candidates import MET_BEFORE
from matching.choices import Reply, RunState, UnmatchedReason
from matching.engine import FORBIDDEN, solve_instance
from matching.inputs import Inputs, gather, reasons_against, words_of
from matching.models import MatchingRun, Suggestion, Unmatched
from matching.places import free_places
from matching.standing import judge
from matching.tests.factories import (
    REQUESTED_AT,
    MatchingProgramFactory,
    MatchingRunFactory,
    ProposalFactory,
    bo_on_both_sides,
    mina_and_otto,
    pool,
    program_of_cora,
    spend_two_hours_elsewhere,
)
from pairings.actions import open_pairing
from participants.models import Participation
from participants.tests.factories import MenteeFactory, MentorFactory
from people.models import Person
from people.tests.factories import PersonFactory, StenFactory
from programs.actions import declare_conflict
from programs.choices import ConflictKind, Criterion, Importance, Side, Stage
from programs.models import CriterionImportance, Program
from programs.tests.factories import DutyFactory

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
LONG_AGO = REQUESTED_AT - timedelta(days=9)


def solved(program: Program, by: Person) -> MatchingRun:
    run = request_run(program, by=by, at=REQUESTED_AT)
    assert solve_run(run.pk, at=REQUESTED_AT)
    run.refresh_from_db()
    assert run.failure == ""
    return run


def pairs_of(run: MatchingRun) -> set[tuple[str, str, int]]:
    return {(row.mentor_id.hex, row.mentee_id.hex, row.fit) for row in run.suggestions.all()}


def best_by_scipy(inputs: Inputs) -> tuple[int, int]:
    """Pairs and total of the optimum where everybody has one place: pairs first, by a large reward for each."""
    reward = 1_000_000
    worth = np.where(inputs.scores == FORBIDDEN, 0, inputs.scores.astype(np.int64) + reward)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    chosen = [int(inputs.scores[row, column]) for row, column in zip(rows, columns, strict=True)]
    kept = [score for score in chosen if score != FORBIDDEN]
    return len(kept), sum(kept)


# -- asking -------------------------------------------------------------------------------------------------------


def test_one_search_is_under_way_at_a_time() -> None:
    program, cora = program_of_cora()
    request_run(program, by=cora, at=REQUESTED_AT)
    with pytest.raises(rules.SearchUnderWay, match="already under way"):
        request_run(program, by=cora, at=REQUESTED_AT)
    other = MatchingProgramFactory()
    DutyFactory(program=other, person=cora)
    request_run(other, by=cora, at=REQUESTED_AT)
    assert MatchingRun.objects.count() == 2


def test_the_database_refuses_a_second_search_by_itself() -> None:
    program = MatchingProgramFactory()
    MatchingRunFactory(program=program, state=RunState.RUNNING)
    with pytest.raises(IntegrityError, match="run_one_at_a_time"), transaction.atomic():
        MatchingRunFactory(program=program)
    MatchingRunFactory(program=program, state=RunState.SOLVED)


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.ENROLMENT, Stage.REVIEW, Stage.CLOSED])
def test_nobody_searches_outside_matching_and_running(stage: Stage) -> None:
    program, cora = program_of_cora(stage=stage)
    with pytest.raises(rules.NotSearching):
        request_run(program, by=cora, at=REQUESTED_AT)


def test_only_a_coordinator_who_is_no_candidate_may_search() -> None:
    program, cora = program_of_cora()
    _, of_another = program_of_cora_two()
    for person in (StenFactory(), of_another):
        with pytest.raises(rules.NotTheirSearch):
            request_run(program, by=person, at=REQUESTED_AT)
    candidate = MentorFactory(program=program, person=cora)
    with pytest.raises(rules.NotTheirSearch):
        request_run(program, by=cora, at=REQUESTED_AT)
    Participation.objects.filter(pk=candidate.pk).update(withdrawn_at=REQUESTED_AT)
    with pytest.raises(rules.NotTheirSearch):
        request_run(program, by=cora, at=REQUESTED_AT)


def program_of_cora_two() -> tuple[Program, Person]:
    program = MatchingProgramFactory()
    coordinator = PersonFactory(is_coordinator=True)
    DutyFactory(program=program, person=coordinator)
    return program, coordinator


def test_a_search_stays_queued_where_no_broker_answers(
    django_capture_on_commit_callbacks: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    program, cora = program_of_cora()
    before = current_app.conf["broker_url"]
    current_app.conf["broker_url"] = "redis://127.0.0.1:1/0"  # nobody listens there
    current_app._after_fork()  # type: ignore[attr-defined]  # and nothing is kept of where it rang before
    try:
        with django_capture_on_commit_callbacks(execute=True):
            run = request_run(program, by=cora, at=REQUESTED_AT)
    finally:
        current_app.conf["broker_url"] = before
        current_app._after_fork()  # type: ignore[attr-defined]
    assert "waits for the next tick" in caplog.text
    run.refresh_from_db()
    assert run.state == RunState.QUEUED
    assert solve_waiting_runs(at=REQUESTED_AT + SECOND) == 1
    run.refresh_from_db()
    assert run.state == RunState.SOLVED


# -- finding ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_forty_mentors_and_thirty_mentees_get_the_best_set_of_pairs(seed: int) -> None:
    program, cora = program_of_cora()
    pool(program, 40, 30, seed=seed)
    Participation.objects.filter(program=program).update(places=1)
    expected = best_by_scipy(gather(program, at=REQUESTED_AT))

    run = solved(program, cora)

    found = list(run.suggestions.values_list("fit", flat=True))
    assert (len(found), sum(found)) == expected
    assert expected[0] > 20
    assert (run.mentors, run.mentees, run.done, run.todo) == (40, 30, 40, 40)
    assert run.certificate is not None
    assert run.certificate["verified"] is True
    assert run.unmatched.count() == 70 - 2 * expected[0]


def test_every_suggestion_is_allowed_within_its_places_and_the_sum_of_its_parts() -> None:
    program, cora = program_of_cora()
    pool(program, 20, 25)
    run = solved(program, cora)
    suggestions = list(run.suggestions.select_related("mentor__person", "mentee__person", "mentor__program"))
    assert suggestions
    for side in ("mentor", "mentee"):
        taken: dict[Participation, int] = {}
        for suggestion in suggestions:
            participation = getattr(suggestion, side)
            taken[participation] = taken.get(participation, 0) + 1
        assert all(count <= participation.places for participation, count in taken.items())
    inputs = gather(program, at=REQUESTED_AT)
    row = {mentor.pk: index for index, mentor in enumerate(inputs.mentors)}
    column = {mentee.pk: index for index, mentee in enumerate(inputs.mentees)}
    for suggestion in suggestions:
        assert suggestion.fit == inputs.scores[row[suggestion.mentor_id], column[suggestion.mentee_id]]
        assert suggestion.fit == sum(part["points"] for part in suggestion.parts)


def test_the_same_people_in_another_order_give_the_same_answer() -> None:
    """Ties are decided by neither name nor age of the account: the order of rows in the database does not count."""
    program, cora = program_of_cora()
    pool(program, 12, 12)
    Participation.objects.filter(program=program).update(  # many equally good answers
        languages=["en"], ways=["video"], half_days=["mon_am"], hobbies=[], places=1
    )
    first = solved(program, cora)
    with connection.cursor() as cursor:  # rewrite every row: PostgreSQL now returns them in another order
        for pk in Participation.objects.order_by("-pk").values_list("pk", flat=True):
            cursor.execute(
                "update participants_participation set hours_a_month = hours_a_month where id = %s", [pk.hex]
            )
    for number, person in enumerate(Person.objects.filter(participations__program=program).order_by("-pk")):
        Person.objects.filter(pk=person.pk).update(given_name=f"Z{number}", family_name=f"A{99 - number}")

    second = solved(program, cora)

    assert second.inputs_hash == first.inputs_hash
    assert pairs_of(second) == pairs_of(first)
    assert {row.participation_id: row.details for row in second.unmatched.all()} == {
        row.participation_id: row.details for row in first.unmatched.all()
    }


def test_other_answers_give_another_hash() -> None:
    program, cora = program_of_cora()
    mina, _ = mina_and_otto(program)
    first = solved(program, cora)
    Participation.objects.filter(pk=mina.pk).update(languages=["fr"])
    assert solved(program, cora).inputs_hash != first.inputs_hash


def test_nobody_who_cannot_be_matched_is_looked_at() -> None:
    program, _ = program_of_cora()
    mina, otto = mina_and_otto(program)
    MentorFactory(program=program, charter_signed_at=None)
    MentorFactory(program=program, withdrawn_at=REQUESTED_AT)
    MentorFactory(program=program, person__left_on=REQUESTED_AT.date())
    MentorFactory(program=program, person__rank=4)  # too senior for a mentor by now
    MenteeFactory(program=program, person__rank=4)  # and not senior enough for a mentee
    MentorFactory()  # in another program
    inputs = gather(program, at=REQUESTED_AT)
    assert (inputs.mentors, inputs.mentees) == ((mina,), (otto,))


def test_a_waiting_proposal_reserves_a_place_and_a_closed_one_does_not() -> None:
    program, _ = program_of_cora()
    mina, otto = mina_and_otto(program)
    Participation.objects.filter(pk=mina.pk).update(places=2)
    proposal = ProposalFactory(program=program, mentor=mina, mentee=otto, proposed_at=REQUESTED_AT)
    inputs = gather(program, at=REQUESTED_AT)
    assert (inputs.mentors, inputs.mentor_places, inputs.mentees) == ((mina,), (1,), ())
    later = gather(program, at=proposal.expires_at)
    assert (later.mentor_places, later.mentees) == ((2,), (otto,))


def test_former_pairs_and_those_who_said_no_are_not_proposed_again() -> None:
    program, cora = program_of_cora()
    mina, otto = mina_and_otto(program)
    ana, ben = MentorFactory(program=program), MenteeFactory(program=program)
    pairing = open_pairing(mentor=mina, mentee=otto, by=cora, at=REQUESTED_AT, on=REQUESTED_AT.date())
    type(pairing).objects.filter(pk=pairing.pk).update(ended_on=pairing.started_on, ended_by=cora)
    ProposalFactory(program=program, mentor=ana, mentee=ben, mentee_reply=Reply.DECLINED, closed_at=REQUESTED_AT)
    inputs = gather(program, at=REQUESTED_AT + timedelta(days=40))
    met = [inputs.candidates.apart_from("mentor", row)[MET_BEFORE] for row in range(len(inputs.mentors))]
    barred = {(inputs.mentors[row], inputs.mentees[column]) for row, column in np.argwhere(met)}
    assert barred == {(mina, otto), (ana, ben)}


def test_a_search_never_proposes_two_with_a_declared_conflict_and_counts_it_among_others() -> None:
    program, cora = program_of_cora()
    mina, otto = mina_and_otto(program)
    declare_conflict(
        one=mina.person, other=otto.person, kind=ConflictKind.PAY, reason="CANARY", by=otto.person, at=REQUESTED_AT
    )
    run = solved(program, cora)
    assert not run.suggestions.exists()
    assert {row.reason for row in run.unmatched.all()} == {UnmatchedReason.NO_PARTNER}
    steps = [step for row in run.unmatched.all() for step in row.details["rules"] if step["forbids"]]
    assert {step["rule"] for step in steps} == {MET_BEFORE}
    ana = MentorFactory(program=program)
    run = solved(program, cora)
    assert {(row.mentor, row.mentee) for row in run.suggestions.all()} == {(ana, otto)}


def test_a_conflict_declared_after_a_search_is_not_proposed() -> None:
    program, cora = program_of_cora()
    mina, otto = mina_and_otto(program)
    run = solved(program, cora)
    declare_conflict(
        one=cora, other=otto.person, kind=ConflictKind.PAY, by=cora, at=REQUESTED_AT
    )  # of others: changes nothing here
    assert judge(program, list(run.suggestions.all()), at=REQUESTED_AT) == []
    declare_conflict(one=otto.person, other=mina.person, kind=ConflictKind.PAY, by=cora, at=REQUESTED_AT)
    affected = judge(program, list(run.suggestions.all()), at=REQUESTED_AT)
    assert [each.why for each in affected] == [words_of(MET_BEFORE)]


def test_somebody_on_both_sides_never_meets_themselves() -> None:
    program, cora = program_of_cora(level_gap=1)
    both = PersonFactory(rank=3)
    MentorFactory(program=program, person=both)
    MenteeFactory(program=program, person=both)
    run = solved(program, cora)
    assert not run.suggestions.exists()
    assert {row.reason for row in run.unmatched.all()} == {UnmatchedReason.NO_PARTNER}


def test_reporting_lines_and_functions_keep_people_apart_and_are_named() -> None:
    program, cora = program_of_cora()
    otto = MenteeFactory(program=program)
    between = PersonFactory(rank=4, manager=otto.person)
    MentorFactory(program=program, person=PersonFactory(rank=2, manager=between))
    MentorFactory(program=program, person=PersonFactory(rank=2, function=otto.person.function))
    run = solved(program, cora)
    why = run.unmatched.get(participation=otto)
    assert why.reason == UnmatchedReason.NO_PARTNER
    assert {step["rule"]: step["forbids"] for step in why.details["rules"] if step["forbids"]} == {
        "reporting_line": 1,
        "function": 1,
    }


def test_two_who_want_the_one_mentor_are_told_of_one_another() -> None:
    program, cora = program_of_cora()
    mina, _ = mina_and_otto(program)
    MenteeFactory(program=program)
    run = solved(program, cora)
    why = Unmatched.objects.get(run=run)
    assert why.reason == UnmatchedReason.CROWDED
    assert (why.details["claims"], why.details["places"]) == (2, 1)
    assert why.details["contested"] == [str(mina.pk)] == [why.details["best_place"]]


# -- what a program asks for ---------------------------------------------------------------------------------------


def test_what_is_a_must_is_kept_by_searching_sending_and_by_hand_and_counted_where_nobody_is_left() -> None:
    program, cora = program_of_cora()
    mina, otto = mina_and_otto(program)
    CriterionImportance.objects.create(program=program, criterion=Criterion.LANGUAGE, importance=Importance.MUST)
    run = solved(program, cora)
    assert run.suggestions.count() == 1
    assert reasons_against(program, [(mina, otto)], on=REQUESTED_AT.date()) == [[]]
    Participation.objects.filter(pk=mina.pk).update(languages=["fr"])
    said = "This program makes no pair without a common language."
    assert reasons_against(program, [(mina, otto)], on=REQUESTED_AT.date()) == [[said]]
    assert [each.why for each in judge(program, list(run.suggestions.all()), at=REQUESTED_AT)] == [said]
    run = solved(program, cora)
    assert not run.suggestions.exists()
    for alone in run.unmatched.all():
        (step,) = (step for step in alone.details["rules"] if step["forbids"])
        assert step == {"rule": "must_language", "forbids": 1, "only_this": 1}


def test_a_run_keeps_what_the_program_asked_for_and_counts_by_it() -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    CriterionImportance.objects.create(program=program, criterion=Criterion.WISHES_MET, importance=Importance.OFF)
    CriterionImportance.objects.create(program=program, criterion=Criterion.WAY, importance=Importance.MUST)
    run = solved(program, cora)
    assert run.settings["musts"] == ["way"]
    assert run.settings["rules"] == {"level_gap": 2, "different_function": True, "different_line_of_business": False}
    weights = run.settings["weights"]
    assert weights["wishes_met"] == 0
    assert max(weights, key=weights.__getitem__) == "way"
    (pair,) = run.suggestions.all()
    assert {part["part"]: part["of"] for part in pair.parts} == {
        criterion: 1_000 * weight for criterion, weight in weights.items() if weight
    }
    assert pair.fit == sum(part["points"] for part in pair.parts)
    CriterionImportance.objects.all().delete()
    assert solved(program, cora).inputs_hash != run.inputs_hash


def test_single_pairs_and_blocks_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    program, cora = program_of_cora(level_gap=3)
    CriterionImportance.objects.create(program=program, criterion=Criterion.LANGUAGE, importance=Importance.MUST)
    mentors, mentees = pool(program, 7, 8)
    for one, other in ((0, 1), (3, 4)):
        declare_conflict(
            one=mentors[one].person, other=mentees[other].person, kind=ConflictKind.PAY, by=cora, at=REQUESTED_AT
        )
    ProposalFactory(
        program=program, mentor=mentors[6], mentee=mentees[7], mentee_reply=Reply.DECLINED, closed_at=LONG_AGO
    )
    inputs = gather(program, at=REQUESTED_AT)
    lines = [inputs.candidates.apart_from("mentor", row) for row in range(7)]
    by_rule = {name: np.array([line[name] for line in lines]) for name in lines[0]}
    barred = np.logical_or.reduce(list(by_rule.values()))
    assert (inputs.scores == FORBIDDEN).tolist() == barred.tolist()
    assert all(0 < by_rule[name].sum() < barred.sum() for name in ("must_language", MET_BEFORE, "function"))
    for column in range(8):
        line = inputs.candidates.apart_from("mentee", column)
        assert {name: apart.tolist() for name, apart in line.items()} == {
            name: apart[:, column].tolist() for name, apart in by_rule.items()
        }
    monkeypatch.setattr(candidates, "PAIRS_AT_A_TIME", 17)
    every = inputs.candidates
    assert np.concatenate([every.block(0, 3), every.block(3, 7)]).tolist() == inputs.scores.tolist()
    rows, columns = (each.ravel() for each in np.indices(every.shape))
    assert every.pairs(rows, columns).tolist() == inputs.scores.ravel().tolist()


def test_what_is_told_for_two_programs_adds_up_and_what_is_given_beyond_it_is_missing_in_the_other(
    django_assert_num_queries: Any,
) -> None:
    program, cora = program_of_cora()
    mina, otto = mina_and_otto(program)  # two hours and one place each
    elsewhere, _ = program_of_cora()
    there = MentorFactory(program=elsewhere, person=mina.person, hours_a_month=4, places=2)
    open_pairing(
        mentor=there, mentee=MenteeFactory(program=elsewhere), by=cora, at=REQUESTED_AT, on=REQUESTED_AT.date()
    )
    waiting = ProposalFactory(
        program=elsewhere, mentor=there, mentee=MenteeFactory(program=elsewhere), proposed_at=REQUESTED_AT
    )
    with django_assert_num_queries(5):
        assert free_places(program, REQUESTED_AT) == {mina.pk: 1, otto.pk: 1}

    Participation.objects.filter(pk=there.pk).update(hours_a_month=2, places=1)  # for two partners, two hours each

    assert free_places(program, REQUESTED_AT) == {mina.pk: 0, otto.pk: 1}
    assert free_places(program, waiting.expires_at)[mina.pk] == 1
    Participation.objects.filter(pk=there.pk).update(withdrawn_at=REQUESTED_AT)  # the pair goes on all the same
    assert free_places(program, waiting.expires_at)[mina.pk] == 0


def test_whoever_is_on_both_sides_gives_their_hours_once() -> None:
    program, cora, bo = bo_on_both_sides()
    mina, otto = mina_and_otto(program)
    assert solved(program, cora).suggestions.count() == 2
    spend_two_hours_elsewhere(bo[0].person, cora)

    run = solved(program, cora)

    assert [one[2:] for one in gather(program, at=REQUESTED_AT).shared_hours] == [(120, 120, 120)]
    assert run.certificate is not None
    assert run.certificate["verified"], run.certificate["problems"]
    pairs = {(mentor, mentee) for mentor, mentee, _ in pairs_of(run)}
    assert pairs in ({(mina.pk.hex, otto.pk.hex)}, {(bo[0].pk.hex, otto.pk.hex)}, {(mina.pk.hex, bo[1].pk.hex)})
    assert certificates.check_run(run).ok
    both = [Suggestion(run=run, mentor=one, mentee=other) for one, other in ((bo[0], otto), (mina, bo[1]))]
    assert [each.pair for each in judge(program, both, at=REQUESTED_AT)] == both[1:]


def test_a_program_that_is_over_neither_gives_hours_nor_takes_them() -> None:
    program, cora = program_of_cora()
    mina, _ = mina_and_otto(program)
    over, _ = program_of_cora()
    there = MentorFactory(program=over, person=mina.person)
    open_pairing(mentor=there, mentee=MenteeFactory(program=over), by=cora, at=REQUESTED_AT, on=REQUESTED_AT.date())
    Program.objects.filter(pk=over.pk).update(stage=Stage.CLOSED)
    assert free_places(program, REQUESTED_AT)[mina.pk] == 1


@pytest.mark.parametrize(("mentors", "mentees"), [(0, 0), (0, 2), (2, 0)])
def test_an_empty_side_gives_an_empty_and_proven_answer(mentors: int, mentees: int) -> None:
    program, cora = program_of_cora()
    MentorFactory.create_batch(mentors, program=program)
    MenteeFactory.create_batch(mentees, program=program)
    run = solved(program, cora)
    assert run.state == RunState.SOLVED
    assert run.certificate is not None
    assert run.certificate["verified"] is True
    assert run.unmatched.count() == mentors + mentees


# -- a worker and its lease ---------------------------------------------------------------------------------------


def test_every_step_of_the_engine_keeps_the_lease_and_only_placing_is_shown() -> None:
    program, cora = program_of_cora()
    held = take(request_run(program, by=cora, at=REQUESTED_AT).pk, REQUESTED_AT)
    assert held is not None
    held.began -= 60  # a pass over all pairs has taken a minute
    held.progress("looking at all pairs", 1, 3)
    held.run.refresh_from_db()
    assert held.run.leased_until is not None
    assert held.run.leased_until >= REQUESTED_AT + LEASE + 60 * SECOND
    assert (held.run.done, held.run.todo) == (0, 0)
    held.progress("placing", 3, 3)
    held.run.refresh_from_db()
    assert (held.run.done, held.run.todo) == (3, 3)


def test_the_bar_is_full_once_and_not_again_and_again_while_it_is_asked_what_fairness_costs() -> None:
    program, cora = program_of_cora()
    pool(program, 5, 7)
    run = request_run(program, by=cora, at=REQUESTED_AT)
    with CaptureQueriesContext(connection) as asked:
        assert solve_run(run.pk, at=REQUESTED_AT)
    run.refresh_from_db()
    assert run.curve
    shown = [found[1] for each in asked if (found := re.search(r'SET "done" = (\d+)', each["sql"]))]
    assert shown.count(max(shown, key=int)) == 1


def test_a_killed_worker_s_run_is_taken_over_when_its_lease_runs_out() -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    run = request_run(program, by=cora, at=REQUESTED_AT)
    killed = take(run.pk, REQUESTED_AT)  # and never heard of again
    assert killed is not None
    assert solve_waiting_runs(at=REQUESTED_AT + LEASE - SECOND) == 0
    assert solve_waiting_runs(at=REQUESTED_AT + LEASE) == 1
    run.refresh_from_db()
    assert (run.state, run.leased_until) == (RunState.SOLVED, None)
    assert run.suggestions.count() == 1


def test_a_worker_that_was_only_slow_writes_nothing_after_another_took_over() -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    run = request_run(program, by=cora, at=REQUESTED_AT)
    slow = take(run.pk, REQUESTED_AT)
    assert slow is not None
    assert solve_next(at=REQUESTED_AT + LEASE)
    before = MatchingRun.objects.values().get(pk=run.pk)

    with pytest.raises(LeaseLost):
        slow.write_result()
    slow.fail("too late")

    assert MatchingRun.objects.values().get(pk=run.pk) == before
    assert Suggestion.objects.filter(run=run).count() == 1


def test_a_finished_run_is_not_carried_out_again() -> None:
    program, cora = program_of_cora()
    run = solved(program, cora)
    assert not solve_run(run.pk, at=REQUESTED_AT + timedelta(days=1))


def test_a_run_that_kills_its_workers_is_given_up() -> None:
    program, cora = program_of_cora()
    run = request_run(program, by=cora, at=REQUESTED_AT)
    begun = REQUESTED_AT + timedelta(hours=1)
    for later in (timedelta(0), timedelta(hours=3), GIVE_UP_AFTER - LEASE):
        assert take(run.pk, begun + later) is not None  # and killed each time
    assert solve_waiting_runs(at=begun + GIVE_UP_AFTER) == 0
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "interrupted, and had not ended six hours after it began" in run.failure


def test_a_run_that_nobody_took_waits_for_as_long_as_it_takes_and_may_be_taken_over_then() -> None:
    """As where no worker searches, or many searches are ahead."""
    program, cora = program_of_cora()
    mina_and_otto(program)
    run = request_run(program, by=cora, at=REQUESTED_AT)
    late = REQUESTED_AT + 2 * GIVE_UP_AFTER
    assert ring_for_waiting_runs(at=late) == 1
    assert take(run.pk, late) is not None  # and killed
    assert solve_waiting_runs(at=late + LEASE) == 1
    run.refresh_from_db()
    assert (run.state, run.failure) == (RunState.SOLVED, "")


def test_progress_is_written_and_renews_the_lease() -> None:
    program, cora = program_of_cora()
    run = request_run(program, by=cora, at=REQUESTED_AT)
    held = take(run.pk, REQUESTED_AT)
    assert isinstance(held, Held)
    held.began -= 60  # a minute has gone by
    held.progress("placing", 3, 9)
    run.refresh_from_db()
    assert (run.done, run.todo) == (3, 9)
    assert run.leased_until is not None
    assert run.leased_until >= REQUESTED_AT + LEASE + timedelta(seconds=60)


def test_a_fault_fails_the_run_in_words_and_frees_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    program, cora = program_of_cora()
    mina, _ = mina_and_otto(program)
    run = request_run(program, by=cora, at=REQUESTED_AT)
    Person.objects.filter(pk=mina.person_id).update(time_zone="Nowhere/At all")
    assert solve_next(at=REQUESTED_AT)
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert run.failure == "A fault in the software stopped this search. The server's log says where."
    assert "Nowhere" not in run.failure
    request_run(program, by=cora, at=REQUESTED_AT)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_carry_a_run_out_once() -> None:
    program, cora = program_of_cora()
    pool(program, 8, 8)
    run = request_run(program, by=cora, at=REQUESTED_AT)
    together, outcomes = Barrier(2), []

    def work() -> None:
        together.wait()
        outcomes.append(solve_run(run.pk, at=REQUESTED_AT))
        connection.close()

    at_once(work, work)
    assert sorted(outcomes) == [False, True]
    inputs = gather(program, at=REQUESTED_AT)
    assert run.suggestions.count() == solve_instance(inputs.instance()).size


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_start_one_search() -> None:
    program, cora = program_of_cora()
    together, outcomes = Barrier(2), []

    def click() -> None:
        together.wait()
        try:
            request_run(program, by=cora, at=REQUESTED_AT)
            outcomes.append("started")
        except rules.SearchUnderWay:
            outcomes.append("refused")
        finally:
            connection.close()

    at_once(click, click)
    assert sorted(outcomes) == ["refused", "started"]
    assert MatchingRun.objects.count() == 1


def at_once(*jobs: Callable[[], None]) -> None:
    threads = [Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    close_old_connections()


# -- the certificate ----------------------------------------------------------------------------------------------


def test_a_stored_run_can_be_checked_again(capsys: pytest.CaptureFixture[str]) -> None:
    program, cora = program_of_cora()
    pool(program, 10, 8)
    run = solved(program, cora)
    call_command("verify_run", str(run.pk))
    total = sum(run.suggestions.values_list("fit", flat=True))
    assert capsys.readouterr().out.strip() == (
        f"Proven optimal: {run.suggestions.count()} pairs with a total of {total:,}, checked against "
        f"{run.allowed_pairs} combinations."
    )


@pytest.mark.parametrize("what", ["fit", "pair", "price", "score", "hash"])
def test_a_run_that_was_tampered_with_does_not_pass(what: str) -> None:
    program, cora = program_of_cora()
    pool(program, 6, 6)
    run = solved(program, cora)
    assert certificates.check_run(run).ok
    certificate = run.certificate
    assert certificate is not None
    suggestion = run.suggestions.all()[0]
    if what == "fit":
        Suggestion.objects.filter(pk=suggestion.pk).update(fit=suggestion.fit + 1)
    elif what == "pair":
        suggestion.delete()
    elif what == "price":
        certificate["proof"]["mentor_prices"][0] += certificate["proof"]["big"]
    elif what == "score":
        scores = certificates.unpack(certificate["scores"], tuple(certificate["shape"]))
        scores[scores >= 0] += 1
        certificate["scores"] = certificates.pack(scores)
    else:
        run.inputs_hash = "0" * 64
    run.save()
    assert not certificates.check_run(run).ok
    with pytest.raises(CommandError, match="The proof does not hold"):
        call_command("verify_run", str(run.pk))


def test_a_run_without_an_end_has_nothing_to_check() -> None:
    run = MatchingRunFactory()
    with pytest.raises(CommandError, match="has not come to an end"):
        call_command("verify_run", str(run.pk))
    with pytest.raises(CommandError, match="There is no search"):
        call_command("verify_run", "00000000-0000-0000-0000-000000000000")


def test_the_certificate_keeps_no_answers_of_people() -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    run = solved(program, cora)
    kept = str(run.certificate)
    for said in ("Data and dashboards", "Mina", "Otto", "example.org"):
        assert said not in kept
    assert "Data and dashboards" in str(run.suggestions.get().parts)


def test_facts_kept_about_somebody_without_a_match_name_participations_only() -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    MenteeFactory(program=program)
    why = solved(program, cora).unmatched.get()
    named = explanations.participations_named(why.details)
    assert named <= set(Participation.objects.filter(program=program).values_list("pk", flat=True))
    assert "Mina" not in str(why.details)
    assert why.participation.side == Side.MENTEE
