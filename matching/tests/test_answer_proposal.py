"""Both must be willing; nobody learns who was not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from matching import notices, queries, rules
from matching.actions import answer_proposal, bring_together, close_abandoned_proposals
from matching.choices import Reply, RunState, ShownState
from matching.models import Proposal, Suggestion
from matching.tests.factories import (
    PROPOSED_AT,
    MatchingProgramFactory,
    MatchingRunFactory,
    ProposalFactory,
    mina_and_otto,
    program_of_cora,
)
from notifications import kinds
from notifications.models import Notice
from pairings.models import Pairing
from participants.actions import finish_piece, withdraw
from participants.models import Participation
from participants.rules import KEPT_AFTER_WITHDRAWING, NotReady
from participants.tests.factories import MenteeFactory, MentorFactory
from participants.tests.instant import while_another_waits
from people.models import Person
from people.tests.factories import StenFactory
from people.tests.shared_rows import shared
from programs.models import Program
from programs.training import Piece, pieces

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
THE_NEXT_MORNING = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)  # both live in London


@shared
def proposal() -> Proposal:
    program, _ = program_of_cora()
    mina, otto = mina_and_otto(program)
    made: Proposal = ProposalFactory(program=program, mentor=mina, mentee=otto)
    return made


def mina(proposal: Proposal) -> Person:
    return proposal.mentor.person


def otto(proposal: Proposal) -> Person:
    return proposal.mentee.person


def fresh(proposal: Proposal) -> Proposal:
    return Proposal.objects.with_people().get(pk=proposal.pk)


def seen_by(person: Person, proposal: Proposal, at: datetime) -> ShownState:
    return queries.proposal_page(fresh(proposal), person, at).state


def letters(person: Person, at: datetime) -> list[str]:
    """Headings of what the outbox would send this person by then, in the order of falling due."""
    owed = Notice.objects.filter(person=person, kind__startswith="matching.", due_at__lte=at).order_by("due_at", "pk")
    composed = [kinds.named(notice.kind).compose(notice, notice.due_at) for notice in owed]
    return [message.heading for message in composed if message]


def test_two_acceptances_open_a_pairing(proposal: Proposal) -> None:
    answer_proposal(proposal, by=mina(proposal), reply=Reply.ACCEPTED, at=PROPOSED_AT)
    assert seen_by(mina(proposal), proposal, PROPOSED_AT) == ShownState.ACCEPTED
    assert seen_by(otto(proposal), proposal, PROPOSED_AT) == ShownState.TO_ANSWER
    assert not Pairing.objects.exists()

    answered = answer_proposal(proposal, by=otto(proposal), reply=Reply.ACCEPTED, at=PROPOSED_AT + HOUR)

    pairing = Pairing.objects.get()
    assert answered.pairing == pairing
    assert (pairing.mentor, pairing.mentee) == (proposal.mentor, proposal.mentee)
    for person in (mina(proposal), otto(proposal)):
        assert seen_by(person, proposal, PROPOSED_AT + HOUR) == ShownState.AGREED
        other = otto(proposal) if person == mina(proposal) else mina(proposal)
        assert letters(person, PROPOSED_AT + DAY) == [f"You and {other.given_name} both said yes"]


def test_the_same_answer_again_does_nothing(proposal: Proposal) -> None:
    for _ in range(2):
        answer_proposal(proposal, by=mina(proposal), reply=Reply.ACCEPTED, at=PROPOSED_AT)
    for _ in range(2):
        answer_proposal(proposal, by=otto(proposal), reply=Reply.ACCEPTED, at=PROPOSED_AT)
    assert Pairing.objects.count() == 1


def test_the_first_answer_stands(proposal: Proposal) -> None:
    answer_proposal(proposal, by=mina(proposal), reply=Reply.DECLINED, at=PROPOSED_AT)
    with pytest.raises(rules.AlreadyAnswered, match="Your first answer stands"):
        answer_proposal(proposal, by=mina(proposal), reply=Reply.ACCEPTED, at=PROPOSED_AT)


def test_somebody_else_cannot_answer(proposal: Proposal) -> None:
    bo = otto(proposal).manager
    assert bo is not None
    for other in (bo, StenFactory()):
        with pytest.raises(rules.NotYourProposal):
            answer_proposal(proposal, by=other, reply=Reply.ACCEPTED, at=PROPOSED_AT)


@pytest.mark.parametrize("decliner", ["mentor", "mentee"])
@pytest.mark.parametrize("other_said_yes", [False, True])
def test_a_no_stays_out_of_sight_until_the_next_morning(
    proposal: Proposal, decliner: str, other_said_yes: bool
) -> None:
    no, other = (mina(proposal), otto(proposal)) if decliner == "mentor" else (otto(proposal), mina(proposal))
    if other_said_yes:
        answer_proposal(proposal, by=other, reply=Reply.ACCEPTED, at=PROPOSED_AT)
    before = seen_by(other, proposal, PROPOSED_AT)

    answer_proposal(proposal, by=no, reply=Reply.DECLINED, at=PROPOSED_AT + HOUR)

    assert seen_by(no, proposal, PROPOSED_AT + HOUR) == ShownState.DECLINED
    assert seen_by(other, proposal, PROPOSED_AT + HOUR) == before
    assert seen_by(other, proposal, THE_NEXT_MORNING - timedelta(seconds=1)) == before
    assert seen_by(other, proposal, THE_NEXT_MORNING) == ShownState.NOT_GOING_AHEAD
    assert letters(other, THE_NEXT_MORNING - timedelta(seconds=1)) == []
    assert letters(other, THE_NEXT_MORNING) == ["This pairing did not come together"]
    assert letters(no, THE_NEXT_MORNING + 30 * DAY) == []


def test_a_yes_after_a_no_looks_like_any_yes_and_opens_nothing(proposal: Proposal) -> None:
    answer_proposal(proposal, by=mina(proposal), reply=Reply.DECLINED, at=PROPOSED_AT)
    answer_proposal(proposal, by=otto(proposal), reply=Reply.ACCEPTED, at=PROPOSED_AT + HOUR)

    assert not Pairing.objects.exists()
    assert seen_by(otto(proposal), proposal, PROPOSED_AT + HOUR) == ShownState.ACCEPTED
    assert seen_by(otto(proposal), proposal, THE_NEXT_MORNING) == ShownState.NOT_GOING_AHEAD


def test_what_ends_a_proposal_cannot_be_told_from_what_the_other_sees() -> None:
    """A no, no place left, a leaver and a promotion look the same to Otto, and change at the same moment."""
    seen = []
    for ending in ("no", "no place", "left", "promoted"):
        program, _ = program_of_cora(name=f"Program of {ending}")
        mentor = MentorFactory(program=program)
        proposal = ProposalFactory(program=program, mentor=mentor, mentee=MenteeFactory(program=program))
        reader = proposal.mentee.person
        if ending == "no":
            answer_proposal(proposal, by=mentor.person, reply=Reply.DECLINED, at=PROPOSED_AT)
        elif ending == "no place":
            rival = ProposalFactory(program=program, mentor=mentor, mentee=MenteeFactory(program=program))
            for person in (rival.mentor.person, rival.mentee.person):
                answer_proposal(rival, by=person, reply=Reply.ACCEPTED, at=PROPOSED_AT)
            answer_proposal(proposal, by=mentor.person, reply=Reply.ACCEPTED, at=PROPOSED_AT)
        elif ending == "left":
            Person.objects.filter(pk=mentor.person_id).update(left_on=PROPOSED_AT.date())
            assert close_abandoned_proposals(at=PROPOSED_AT) == 1
        else:
            answer_proposal(proposal, by=mentor.person, reply=Reply.ACCEPTED, at=PROPOSED_AT)
            Person.objects.filter(pk=mentor.person_id).update(level=reader.level)
        states = [seen_by(reader, proposal, PROPOSED_AT)]
        answer_proposal(proposal, by=reader, reply=Reply.ACCEPTED, at=PROPOSED_AT + HOUR)
        states += [seen_by(reader, proposal, at) for at in (PROPOSED_AT + HOUR, THE_NEXT_MORNING)]
        seen.append((states, letters(reader, THE_NEXT_MORNING)))
    expected = (
        [ShownState.TO_ANSWER, ShownState.ACCEPTED, ShownState.NOT_GOING_AHEAD],
        ["This pairing did not come together"],
    )
    assert seen == [expected] * 4


def test_no_place_left_closes_the_proposal_and_opens_no_second_pair() -> None:
    program, _ = program_of_cora()
    mentor = MentorFactory(program=program)
    first, second = (
        ProposalFactory(program=program, mentor=mentor, mentee=MenteeFactory(program=program)) for _ in range(2)
    )
    for one in (first, second):
        answer_proposal(one, by=mentor.person, reply=Reply.ACCEPTED, at=PROPOSED_AT)
        answer_proposal(one, by=one.mentee.person, reply=Reply.ACCEPTED, at=PROPOSED_AT)

    assert Pairing.objects.get().mentee == first.mentee
    assert fresh(second).closed_at == PROPOSED_AT
    for person in (mentor.person, second.mentee.person):
        assert seen_by(person, second, THE_NEXT_MORNING) == ShownState.NOT_GOING_AHEAD


def test_people_whom_the_rules_keep_apart_by_now_do_not_become_a_pair(proposal: Proposal) -> None:
    answer_proposal(proposal, by=mina(proposal), reply=Reply.ACCEPTED, at=PROPOSED_AT)
    Person.objects.filter(pk=mina(proposal).pk).update(function=otto(proposal).function)

    answer_proposal(proposal, by=otto(proposal), reply=Reply.ACCEPTED, at=PROPOSED_AT)

    assert not Pairing.objects.exists()
    assert seen_by(mina(proposal), proposal, THE_NEXT_MORNING) == ShownState.NOT_GOING_AHEAD


def test_an_expired_proposal_cannot_be_answered(proposal: Proposal) -> None:
    answer_proposal(proposal, by=mina(proposal), reply=Reply.ACCEPTED, at=proposal.expires_at - timedelta(seconds=1))
    with pytest.raises(rules.AnsweredTooLate, match="The time to answer this proposal is over"):
        answer_proposal(proposal, by=otto(proposal), reply=Reply.ACCEPTED, at=proposal.expires_at)
    assert seen_by(otto(proposal), proposal, proposal.expires_at) == ShownState.TOO_LATE
    assert seen_by(mina(proposal), proposal, proposal.expires_at) == ShownState.NOT_GOING_AHEAD


def test_a_closed_proposal_cannot_be_answered_once_its_end_is_known(proposal: Proposal) -> None:
    answer_proposal(proposal, by=mina(proposal), reply=Reply.DECLINED, at=PROPOSED_AT)
    with pytest.raises(rules.NoLongerWaiting, match="We are looking again"):
        answer_proposal(proposal, by=otto(proposal), reply=Reply.ACCEPTED, at=THE_NEXT_MORNING)


def test_the_morning_is_that_of_the_reader(proposal: Proposal) -> None:
    Person.objects.filter(pk=otto(proposal).pk).update(time_zone="America/New_York")
    answer_proposal(proposal, by=mina(proposal), reply=Reply.DECLINED, at=PROPOSED_AT)  # four in the morning there
    nine_in_new_york = datetime(2026, 12, 2, 14, 0, tzinfo=UTC)
    reader = Person.objects.get(pk=otto(proposal).pk)
    assert seen_by(reader, proposal, nine_in_new_york - timedelta(seconds=1)) == ShownState.TO_ANSWER
    assert seen_by(reader, proposal, nine_in_new_york) == ShownState.NOT_GOING_AHEAD
    notice = Notice.objects.get(person=reader, kind=notices.NOT_GOING_AHEAD)
    assert notice.due_at == nine_in_new_york


def test_the_list_of_what_waits_says_what_the_page_says(proposal: Proposal) -> None:
    answer_proposal(proposal, by=mina(proposal), reply=Reply.DECLINED, at=PROPOSED_AT)
    for at in (PROPOSED_AT, THE_NEXT_MORNING - timedelta(seconds=1), THE_NEXT_MORNING, proposal.expires_at):
        listed = queries.proposals_waiting_for(otto(proposal), at).exists()
        assert listed == (seen_by(otto(proposal), proposal, at) == ShownState.TO_ANSWER)
    assert not queries.proposals_waiting_for(mina(proposal), PROPOSED_AT).exists()


def test_withdrawing_empties_what_reasons_kept_of_the_profile(proposal: Proposal) -> None:
    program, cora = proposal.program, Person.objects.get(email="cora@example.org")
    run = MatchingRunFactory(program=program, state=RunState.SOLVED, requested_by=cora)
    kept = Suggestion.objects.create(
        run=run, mentor=proposal.mentor, mentee=proposal.mentee, fit=proposal.fit, parts=proposal.parts
    )
    other = ProposalFactory(program=program)
    assert "Data and dashboards" in str(kept.parts)

    withdraw(proposal.mentor, by=mina(proposal), at=PROPOSED_AT)
    close_abandoned_proposals(at=PROPOSED_AT)
    proposal.refresh_from_db()
    assert proposal.parts != []
    close_abandoned_proposals(at=PROPOSED_AT + KEPT_AFTER_WITHDRAWING)

    for row in (kept, proposal):
        row.refresh_from_db()
        assert row.parts == []
        assert row.fit > 0
    other.refresh_from_db()
    assert other.parts != []
    assert queries.board(run, PROPOSED_AT).pairs[0].reasons == ()


@pytest.mark.parametrize("closed", [False, True], ids=["before the tick", "after it"])
def test_a_withdrawal_shows_the_next_morning_as_a_not_this_one_does(proposal: Proposal, closed: bool) -> None:
    last_instant = THE_NEXT_MORNING - timedelta(seconds=1)
    before = queries.proposal_page(proposal, otto(proposal), last_instant)
    withdraw(proposal.mentor, by=mina(proposal), at=PROPOSED_AT)
    if closed:
        assert close_abandoned_proposals(at=PROPOSED_AT) == 1
    for at in (PROPOSED_AT, last_instant):
        assert seen_by(otto(proposal), proposal, at) == ShownState.TO_ANSWER
        assert queries.proposals_waiting_for(otto(proposal), at).exists()
    now = queries.proposal_page(Proposal.objects.with_people().get(pk=proposal.pk), otto(proposal), last_instant)
    assert (now.profile, now.reasons, now.further) == (before.profile, before.reasons, before.further)
    assert now.profile is not None
    assert now.profile.offered

    assert seen_by(otto(proposal), proposal, THE_NEXT_MORNING) == ShownState.NOT_GOING_AHEAD
    assert not queries.proposals_waiting_for(otto(proposal), THE_NEXT_MORNING).exists()
    shown = Proposal.objects.with_people().get(pk=proposal.pk)
    assert queries.proposal_page(shown, otto(proposal), THE_NEXT_MORNING).profile is None
    with pytest.raises(rules.NoLongerWaiting):
        answer_proposal(proposal, by=otto(proposal), reply=Reply.ACCEPTED, at=THE_NEXT_MORNING)
    if closed:
        assert letters(otto(proposal), THE_NEXT_MORNING) == ["This pairing did not come together"]


def test_an_answer_to_somebody_who_has_withdrawn_is_kept_and_opens_nothing(proposal: Proposal) -> None:
    withdraw(proposal.mentor, by=mina(proposal), at=PROPOSED_AT)
    answered = answer_proposal(proposal, by=otto(proposal), reply=Reply.ACCEPTED, at=PROPOSED_AT)
    assert (answered.mentee_reply, answered.pairing_id) == (Reply.ACCEPTED, None)
    assert seen_by(otto(proposal), proposal, PROPOSED_AT) == ShownState.ACCEPTED
    assert seen_by(otto(proposal), proposal, THE_NEXT_MORNING) == ShownState.NOT_GOING_AHEAD
    assert letters(otto(proposal), THE_NEXT_MORNING) == ["This pairing did not come together"]


# What is asked before a pair starts


def required_of_mentors(proposal: Proposal) -> Piece:
    """From now on."""
    piece = next(piece for piece in pieces() if piece.name == "confidentiality")
    Program.objects.filter(pk=proposal.program_id).update(required_of_mentors=[piece.name])
    return piece


def test_whoever_has_something_to_read_says_yes_once_it_is_read_and_not_this_one_at_any_time(
    proposal: Proposal,
) -> None:
    piece = required_of_mentors(proposal)
    with pytest.raises(NotReady, match="Before you can be matched: read “What confidentiality means"):
        answer_proposal(proposal, by=mina(proposal), reply=Reply.ACCEPTED, at=PROPOSED_AT)
    assert [each.words for each in queries.proposal_page(fresh(proposal), mina(proposal), PROPOSED_AT).to_do] == [
        "read “What confidentiality means, and its limits” (1 minute)"
    ]
    assert queries.proposal_page(fresh(proposal), otto(proposal), PROPOSED_AT).to_do == ()
    finish_piece(piece, by=mina(proposal), at=PROPOSED_AT)
    assert answer_proposal(proposal, by=mina(proposal), reply=Reply.ACCEPTED, at=PROPOSED_AT).mentor_reply
    required_of_mentors(proposal)
    assert answer_proposal(proposal, by=otto(proposal), reply=Reply.DECLINED, at=PROPOSED_AT).closed_at


def test_the_refusal_is_the_same_where_the_other_has_said_not_this_one(proposal: Proposal) -> None:
    required_of_mentors(proposal)
    answer_proposal(proposal, by=otto(proposal), reply=Reply.DECLINED, at=PROPOSED_AT)
    with pytest.raises(NotReady):
        answer_proposal(proposal, by=mina(proposal), reply=Reply.ACCEPTED, at=PROPOSED_AT)


def test_two_who_said_yes_come_together_once_what_was_asked_meanwhile_is_done(proposal: Proposal) -> None:
    answer_proposal(proposal, by=mina(proposal), reply=Reply.ACCEPTED, at=PROPOSED_AT)
    piece = required_of_mentors(proposal)
    answer_proposal(proposal, by=otto(proposal), reply=Reply.ACCEPTED, at=PROPOSED_AT)
    for person in (mina(proposal), otto(proposal)):
        assert seen_by(person, proposal, PROPOSED_AT) == ShownState.ACCEPTED
    assert bring_together(at=PROPOSED_AT) == 0
    finish_piece(piece, by=mina(proposal), at=PROPOSED_AT)
    assert [bring_together(at=PROPOSED_AT) for _ in range(2)] == [1, 0]
    assert seen_by(otto(proposal), proposal, PROPOSED_AT) == ShownState.AGREED
    assert Pairing.objects.count() == 1


def test_two_who_said_yes_and_left_it_unread_do_not_come_together(proposal: Proposal) -> None:
    answer_proposal(proposal, by=mina(proposal), reply=Reply.ACCEPTED, at=PROPOSED_AT)
    required_of_mentors(proposal)
    answer_proposal(proposal, by=otto(proposal), reply=Reply.ACCEPTED, at=PROPOSED_AT)
    later = proposal.expires_at + DAY
    assert bring_together(at=later) == 0
    assert seen_by(otto(proposal), proposal, later) == ShownState.NOT_GOING_AHEAD


@pytest.mark.django_db(transaction=True)
def test_bringing_several_together_waits_for_whoever_sends_proposals_and_never_the_two_for_one_another() -> None:
    program = MatchingProgramFactory()
    keys = UUID(int=2**127), UUID(int=1)
    for number, key in enumerate(keys, start=1):  # the earlier proposal is of the later participation
        ProposalFactory(
            pk=UUID(int=number), program=program, mentor=MentorFactory(pk=key, program=program),
            mentor_reply=Reply.ACCEPTED, mentee_reply=Reply.ACCEPTED,
        )  # fmt: skip
    later, earlier = (Participation.objects.filter(pk=key) for key in keys)
    with transaction.atomic():
        list(earlier.select_for_update())
        ended = while_another_waits(
            lambda: bring_together(at=PROPOSED_AT), then=lambda: list(later.select_for_update())
        )
    assert ended() == [2]
