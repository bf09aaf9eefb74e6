"""Nothing is sent before a coordinator sends it, and nothing that no longer holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from matching import notices, rules
from matching.actions import PairsAffected, answer_proposal, discard, publish, reinstate, request_run, solve_run
from matching.candidates import MET_BEFORE
from matching.choices import Reply, RunState
from matching.inputs import words_of
from matching.models import MatchingRun, Proposal
from matching.standing import judge
from matching.tests.factories import (
    PROPOSED_AT,
    REQUESTED_AT,
    MatchingRunFactory,
    ProposalFactory,
    mina_and_otto,
    pool,
    program_of_cora,
)
from matching.tests.test_search import at_once
from notifications import kinds
from notifications.models import Notice
from pairings.actions import open_pairing
from pairings.models import Pairing
from participants.models import Participation, TrainingDone
from participants.tests.factories import MenteeFactory, MentorFactory
from participants.tests.instant import while_another_waits
from people.models import Person
from people.tests.factories import StenFactory
from programs.actions import move_to
from programs.choices import Side, Stage
from programs.models import Program

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def solved(program: Program, by: Person) -> MatchingRun:
    run = request_run(program, by=by, at=REQUESTED_AT)
    assert solve_run(run.pk, at=REQUESTED_AT)
    run.refresh_from_db()
    return run


def test_searching_tells_nobody_and_sending_tells_both() -> None:
    program, cora = program_of_cora()
    mina, otto = mina_and_otto(program)
    run = solved(program, cora)
    assert not Proposal.objects.exists()
    assert not Notice.objects.exists()

    proposal = publish(run, by=cora, at=PROPOSED_AT)[0]

    run.refresh_from_db()
    assert (run.state, run.published_by, run.published_at) == (RunState.PUBLISHED, cora, PROPOSED_AT)
    suggestion = run.suggestions.get()
    assert (proposal.mentor, proposal.mentee, proposal.fit) == (mina, otto, suggestion.fit)
    assert proposal.parts == suggestion.parts
    assert proposal.expires_at == PROPOSED_AT + 7 * DAY
    for person in (mina.person, otto.person):
        owed = Notice.objects.filter(person=person).order_by("due_at").values_list("kind", "due_at")
        nine = PROPOSED_AT  # nine in London, where both live
        assert list(owed) == [
            (notices.PROPOSAL, PROPOSED_AT),
            (notices.PROPOSAL_REMINDER, nine + 2 * DAY),
            (notices.PROPOSAL_REMINDER, nine + 4 * DAY),
            (notices.PROPOSAL_EXPIRED, nine + 8 * DAY),
        ]


def test_reminders_stop_once_somebody_has_answered() -> None:
    program, cora = program_of_cora()
    mina, otto = mina_and_otto(program)
    proposal = publish(solved(program, cora), by=cora, at=PROPOSED_AT)[0]
    answer_proposal(proposal, by=mina.person, reply=Reply.ACCEPTED, at=PROPOSED_AT)

    def reminded(person: Person) -> list[str]:
        owed = Notice.objects.filter(person=person, kind=notices.PROPOSAL_REMINDER)
        composed = [kinds.named(notice.kind).compose(notice, notice.due_at) for notice in owed]
        return [message.heading for message in composed if message]

    assert reminded(mina.person) == []
    assert reminded(otto.person) == ["Would you like to meet Mina?"] * 2


def test_both_read_neutral_words_when_the_time_is_over() -> None:
    program, cora = program_of_cora()
    mina, otto = mina_and_otto(program)
    proposal = publish(solved(program, cora), by=cora, at=PROPOSED_AT)[0]
    answer_proposal(proposal, by=mina.person, reply=Reply.ACCEPTED, at=PROPOSED_AT)
    for person in (mina.person, otto.person):
        notice = Notice.objects.get(person=person, kind=notices.PROPOSAL_EXPIRED)
        message = kinds.named(notice.kind).compose(notice, notice.due_at)
        assert message is not None
        assert message.paragraphs[0] == "This pairing did not come together. We are looking again."


def test_no_message_names_a_skill_or_an_answer() -> None:
    program, cora = program_of_cora()
    mina, otto = mina_and_otto(program)
    proposal = publish(solved(program, cora), by=cora, at=PROPOSED_AT)[0]
    composed = []
    for at, reply, person in (
        (PROPOSED_AT, None, None),
        (PROPOSED_AT + DAY, Reply.ACCEPTED, otto.person),
        (PROPOSED_AT + 2 * DAY, Reply.ACCEPTED, mina.person),
    ):
        if reply and person:
            answer_proposal(proposal, by=person, reply=reply, at=at)
        composed += [kinds.named(notice.kind).compose(notice, at) for notice in Notice.objects.all()
                     if notice.kind.startswith("matching.")]  # fmt: skip
    words = [f"{message.subject} {message.heading} {message.paragraphs}" for message in composed if message]
    assert len(words) >= 8
    for each in words:
        assert "Data and dashboards" not in each
        assert "declined" not in each.lower()


def test_sending_twice_sends_once() -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    run = solved(program, cora)
    publish(run, by=cora, at=PROPOSED_AT)
    with pytest.raises(rules.SearchNotThere, match="Nobody receives them twice"):
        publish(run, by=cora, at=PROPOSED_AT)
    assert Proposal.objects.count() == 1


@pytest.mark.parametrize("state", [RunState.QUEUED, RunState.RUNNING, RunState.FAILED, RunState.DISCARDED])
def test_only_a_solved_run_can_be_sent(state: RunState) -> None:
    program, cora = program_of_cora()
    run = MatchingRunFactory(program=program, state=state)
    with pytest.raises(rules.SearchNotThere):
        publish(run, by=cora, at=PROPOSED_AT)


def test_only_a_coordinator_who_is_no_candidate_sends_or_sets_aside() -> None:
    program, cora = program_of_cora()
    mina, otto = mina_and_otto(program)
    run = solved(program, cora)
    for person in (mina.person, otto.person, otto.person.manager, StenFactory()):
        assert person is not None
        for act in (publish, discard):
            with pytest.raises(rules.NotTheirSearch):
                act(run, by=person, at=PROPOSED_AT)
    MentorFactory(program=program, person=cora)
    with pytest.raises(rules.NotTheirSearch):
        publish(run, by=cora, at=PROPOSED_AT)


def test_a_run_that_found_nobody_cannot_be_sent() -> None:
    program, cora = program_of_cora()
    with pytest.raises(rules.NothingToSend):
        publish(solved(program, cora), by=cora, at=PROPOSED_AT)


CHANGES = {
    "withdrew": "Mina Mentor no longer takes part.",
    "left": "Only people who work here can take part.",
    "moved": "Both work in the same function.",
    "promoted": "Mentors in this program are at most at level Level 3.",
    "closer": "The mentor does not stand far enough below the mentee.",
    "reports": "One of the two reports to the other, directly or through others.",
    "proposed elsewhere": "Mina Mentor has no free place or no time left.",
    "asked to read": "Mina Mentor has guidance to read.",
    "met": words_of(MET_BEFORE),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_pair_that_changed_since_the_search_is_named_and_nothing_is_sent(change: str) -> None:
    program, cora = program_of_cora()
    mina, otto = mina_and_otto(program)
    ana, ben = MentorFactory(program=program), MenteeFactory(program=program)
    for other in (ana, ben):
        Participation.objects.filter(pk=other.pk).update(languages=["fr"])
    run = solved(program, cora)
    assert {(pair.mentor, pair.mentee) for pair in run.suggestions.all()} == {(mina, otto), (ana, ben)}
    change_something(change, program, mina, otto)

    with pytest.raises(PairsAffected) as refused:
        publish(run, by=cora, at=PROPOSED_AT)

    assert refused.value.messages == [f"Mina Mentor and Otto Executive: {CHANGES[change]}"]
    before = Proposal.objects.filter(run=run).count()
    assert before == 0
    sent = publish(run, by=cora, at=PROPOSED_AT, leave_out_affected=True)
    assert [(proposal.mentor, proposal.mentee) for proposal in sent] == [(ana, ben)]


def change_something(change: str, program: Program, mina: Participation, otto: Participation) -> None:
    person = Person.objects.filter(pk=mina.person_id)
    match change:
        case "withdrew":
            Participation.objects.filter(pk=mina.pk).update(withdrawn_at=PROPOSED_AT)
        case "left":
            person.update(left_on=PROPOSED_AT.date())
        case "moved":
            person.update(function=otto.person.function)
        case "promoted":
            person.update(level=otto.person.level)
        case "closer":
            Program.objects.filter(pk=program.pk).update(level_gap=4)
            person.update(level=program.mentor_highest_level)
        case "reports":
            person.update(manager=otto.person)
        case "proposed elsewhere":
            ProposalFactory(program=program, mentor=mina, proposed_at=PROPOSED_AT)
        case "asked to read":
            Program.objects.filter(pk=program.pk).update(required_of_mentors=["confidentiality"])
            for other in Participation.objects.on_side(Side.MENTOR).exclude(pk=mina.pk):
                TrainingDone.objects.create(
                    person=other.person, piece="confidentiality", version=1, done_at=PROPOSED_AT
                )
        case "met":
            ProposalFactory(
                program=program, mentor=mina, mentee=otto, mentor_reply=Reply.DECLINED, closed_at=PROPOSED_AT - 9 * DAY
            )


def test_every_pair_affected_means_nothing_is_sent() -> None:
    program, cora = program_of_cora()
    mina, _ = mina_and_otto(program)
    run = solved(program, cora)
    Participation.objects.filter(pk=mina.pk).update(withdrawn_at=PROPOSED_AT)
    with pytest.raises(rules.NothingToSend):
        publish(run, by=cora, at=PROPOSED_AT, leave_out_affected=True)
    run.refresh_from_db()
    assert run.state == RunState.SOLVED


def test_judging_before_sending_asks_as_much_for_many_pairs_as_for_few() -> None:
    counts = []
    for size in (2, 12):
        program, cora = program_of_cora(name=f"Program of {size}")
        pool(program, size, size, seed=size)
        run = solved(program, cora)
        suggestions = list(run.suggestions.select_related("mentor__person", "mentee__person"))
        assert suggestions
        with CaptureQueriesContext(connection) as asked:
            judge(program, suggestions, at=PROPOSED_AT)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_run_set_aside_tells_nobody_and_cannot_be_sent() -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    run = discard(solved(program, cora), by=cora, at=PROPOSED_AT)
    assert run.state == RunState.DISCARDED
    assert not Notice.objects.exists()
    with pytest.raises(rules.SearchNotThere):
        publish(run, by=cora, at=PROPOSED_AT)


# -- at the same instant ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_clicks_on_send_send_once() -> None:
    program, cora = program_of_cora()
    pool(program, 6, 6)
    run = solved(program, cora)
    expected = run.suggestions.count()
    together, outcomes = Barrier(2), []

    def click() -> None:
        together.wait()
        try:
            outcomes.append(len(publish(run, by=cora, at=PROPOSED_AT)))
        except rules.SearchNotThere:
            outcomes.append(0)
        finally:
            connection.close()

    at_once(click, click)
    assert sorted(outcomes) == [0, expected]
    assert Proposal.objects.count() == expected


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("elsewhere", [False, True])
def test_two_searches_sent_at_once_give_neither_a_place_nor_an_hour_away_twice(elsewhere: bool) -> None:
    program, cora = program_of_cora()
    mina, _ = mina_and_otto(program)
    first = solved(program, cora)
    if elsewhere:
        program, _ = program_of_cora()
        MentorFactory(program=program, person=mina.person)
        MenteeFactory(program=program)
        left, _ = program_of_cora()  # a pair there goes on, so she has hours for one more pair, not for two
        gone = MentorFactory(program=left, person=mina.person)
        one, on = MenteeFactory(program=left), REQUESTED_AT.date()
        open_pairing(mentor=gone, mentee=one, by=cora, at=REQUESTED_AT, on=on)
        Participation.objects.filter(pk=gone.pk).update(withdrawn_at=REQUESTED_AT)
    second = solved(program, cora)
    together, outcomes = Barrier(2), []

    def send(run: MatchingRun) -> None:
        together.wait()
        try:
            outcomes.append(len(publish(run, by=cora, at=PROPOSED_AT)))
        except PairsAffected:
            outcomes.append(0)
        finally:
            connection.close()

    at_once(lambda: send(first), lambda: send(second))
    assert sorted(outcomes) == [0, 1]
    assert Proposal.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_acceptances_at_one_instant_open_one_pairing() -> None:
    program, _ = program_of_cora()
    mina, otto = mina_and_otto(program)
    proposal = ProposalFactory(program=program, mentor=mina, mentee=otto)
    together = Barrier(2)

    def accept(person: Person) -> None:
        together.wait()
        try:
            answer_proposal(proposal, by=person, reply=Reply.ACCEPTED, at=PROPOSED_AT)
        finally:
            connection.close()

    at_once(lambda: accept(mina.person), lambda: accept(otto.person))
    proposal.refresh_from_db()
    assert Pairing.objects.get() == proposal.pairing


@pytest.mark.django_db(transaction=True)
def test_two_proposals_of_one_mentor_accepted_at_one_instant_open_one_pairing() -> None:
    program, _ = program_of_cora()
    mentor = MentorFactory(program=program)
    proposals = [
        ProposalFactory(
            program=program, mentor=mentor, mentee=MenteeFactory(program=program), mentor_reply=Reply.ACCEPTED
        )
        for _ in range(2)
    ]
    together = Barrier(2)

    def accept(proposal: Proposal) -> None:
        together.wait()
        try:
            answer_proposal(proposal, by=proposal.mentee.person, reply=Reply.ACCEPTED, at=PROPOSED_AT)
        finally:
            connection.close()

    at_once(*(lambda proposal=proposal: accept(proposal) for proposal in proposals))
    won = Pairing.objects.get()
    closed = [proposal for proposal in Proposal.objects.all() if proposal.closed_at is not None]
    assert [proposal.pairing for proposal in Proposal.objects.exclude(pairing=None)] == [won]
    assert [proposal.mentee for proposal in closed] == [
        proposal.mentee for proposal in proposals if proposal.mentee != won.mentee
    ]


@pytest.mark.django_db(transaction=True)
def test_a_yes_and_a_no_at_one_instant_open_nothing() -> None:
    program, _ = program_of_cora()
    mina, otto = mina_and_otto(program)
    proposal = ProposalFactory(program=program, mentor=mina, mentee=otto)
    together = Barrier(2)

    def answer(person: Person, reply: Reply) -> None:
        together.wait()
        try:
            answer_proposal(proposal, by=person, reply=reply, at=PROPOSED_AT)
        finally:
            connection.close()

    at_once(lambda: answer(mina.person, Reply.ACCEPTED), lambda: answer(otto.person, Reply.DECLINED))
    proposal.refresh_from_db()
    assert not Pairing.objects.exists()
    assert (proposal.mentor_reply, proposal.mentee_reply) == (Reply.ACCEPTED, Reply.DECLINED)
    assert proposal.closed_at == PROPOSED_AT


def test_two_are_asked_about_one_another_once_at_a_time_and_anew_once_nobody_answered() -> None:
    """Both have a second place, which is for somebody else as long as the first proposal waits."""
    program, cora = program_of_cora()
    mina_and_otto(program, places=2)
    found_before = solved(program, cora)
    [proposal] = publish(solved(program, cora), by=cora, at=PROPOSED_AT)
    with pytest.raises(PairsAffected, match="were proposed to one another before"):
        publish(found_before, by=cora, at=PROPOSED_AT)

    def found(at: datetime) -> MatchingRun:
        run = request_run(program, by=cora, at=at)
        assert solve_run(run.pk, at=at)
        run.refresh_from_db()
        return run

    assert not found(PROPOSED_AT + DAY).suggestions.exists()
    late = proposal.expires_at
    assert publish(found(late), by=cora, at=late)[0] != proposal
    proposal.refresh_from_db()
    assert proposal.closed_at == late
    assert Proposal.objects.waiting(late).count() == 1
    with pytest.raises(rules.NotToBeReinstated, match="It has come to an end"):
        reinstate(proposal, by=cora, at=late + DAY)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_in_a_program_that_goes_back_to_enrolment_at_that_moment() -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    run = solved(program, cora)
    with transaction.atomic():
        move_to(program, stage=Stage.ENROLMENT, by=cora, at=PROPOSED_AT)
        ended = while_another_waits(lambda: publish(run, by=cora, at=PROPOSED_AT))
    assert [type(each) for each in ended()] == [rules.NotSearching]
    assert not Proposal.objects.exists()
