"""Two who have not both answered in time are asked once more, where a coordinator wants it."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.urls import reverse

from matching import notices, rules
from matching.actions import answer_proposal, close_abandoned_proposals, publish, reinstate
from matching.choices import ProposalState, Reply
from matching.models import Proposal
from matching.tests.factories import PROPOSED_AT, ProposalFactory, mina_and_otto, program_of_cora
from matching.tests.test_answer_proposal import fresh, letters
from matching.tests.test_search import at_once, solved
from matching.tests.test_views import board_of, client_of
from notifications.models import Notice
from pairings.models import Pairing
from participants.actions import withdraw
from participants.models import Participation
from participants.tests.instant import while_another_waits
from people.models import Person
from people.tests.factories import StenFactory
from programs.actions import move_to
from programs.choices import Stage

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LATE = PROPOSED_AT + 7 * DAY


def expired() -> tuple[Proposal, Person]:
    """Mina said yes, Otto nothing, and the time is over."""
    program, cora = program_of_cora()
    mina, _ = mina_and_otto(program)
    [proposal] = publish(solved(program, cora), by=cora, at=PROPOSED_AT)
    answer_proposal(proposal, by=mina.person, reply=Reply.ACCEPTED, at=PROPOSED_AT)
    return fresh(proposal), cora


def due(person: Person, after: datetime) -> list[tuple[str, int]]:
    """Kinds of what is owed to somebody from then on, and after how many days."""
    owed = Notice.objects.filter(person=person, kind__startswith="matching.", due_at__gte=after).order_by("due_at")
    return [(notice.kind, (notice.due_at.date() - LATE.date()).days) for notice in owed]


def test_both_are_asked_again_for_as_long_as_at_first_and_a_yes_stands() -> None:
    proposal, cora = expired()
    mina, otto = proposal.mentor.person, proposal.mentee.person
    assert proposal.state(LATE) is ProposalState.EXPIRED
    for _ in range(2):
        reinstate(proposal, by=cora, at=LATE)

    again = fresh(proposal)
    assert (again.state(LATE), again.expires_at) == (ProposalState.WAITING, LATE + 7 * DAY)
    asked = [(notices.REINSTATED, 0), (notices.PROPOSAL_REMINDER, 2), (notices.PROPOSAL_REMINDER, 4)]
    for person in (mina, otto):
        assert [each for each in due(person, LATE) if each[1] in (0, 2, 4)] == asked
        assert (notices.PROPOSAL_EXPIRED, 8) in due(person, LATE)
    assert letters(mina, LATE + 5 * DAY) == [f"You and {otto.given_name} are proposed to one another again"]
    assert letters(otto, LATE + 5 * DAY)[-2:] == [f"Would you like to meet {mina.given_name}?"] * 2
    answered = answer_proposal(again, by=otto, reply=Reply.ACCEPTED, at=LATE + DAY)
    assert answered.pairing is not None
    with pytest.raises(rules.NotToBeReinstated, match="It has come to an end"):
        reinstate(answered, by=cora, at=LATE + DAY)


def test_it_is_judged_as_things_stand_and_only_by_whoever_may_send() -> None:
    proposal, cora = expired()
    for person in (proposal.mentor.person, StenFactory()):
        with pytest.raises(rules.NotTheirSearch):
            reinstate(proposal, by=person, at=LATE)
    other = ProposalFactory(program=proposal.program, mentor=proposal.mentor, proposed_at=LATE)
    with pytest.raises(rules.NotToBeReinstated, match="has no free place"):
        reinstate(proposal, by=cora, at=LATE)
    other.delete()
    withdraw(proposal.mentee, by=proposal.mentee.person, at=LATE)
    with pytest.raises(rules.NotToBeReinstated, match="It has come to an end"):
        reinstate(proposal, by=cora, at=LATE)
    assert fresh(proposal).expires_at == LATE


def rejoined(participation: Participation, at: datetime) -> None:
    """Left, and joined anew while enrolment was open again."""
    withdraw(participation, by=participation.person, at=at)
    Participation.objects.filter(pk=participation.pk).update(withdrawn_at=None, volunteered_at=at)


@pytest.mark.parametrize("side", ["mentor", "mentee"])
def test_a_yes_from_before_somebody_left_and_joined_anew_is_none(side: str) -> None:
    """Whoever left has taken it back; were it opened again, the other's yes would pair them unasked."""
    proposal, cora = expired()
    rejoined(getattr(proposal, side), LATE)
    with pytest.raises(rules.NotToBeReinstated, match="joined anew since"):
        reinstate(proposal, by=cora, at=LATE + DAY)
    assert fresh(proposal).state(LATE + DAY) is not ProposalState.WAITING


def test_nor_does_it_count_in_a_proposal_that_still_waits() -> None:
    proposal, _ = expired()
    rejoined(proposal.mentor, PROPOSED_AT + DAY)
    answered = answer_proposal(fresh(proposal), by=proposal.mentee.person, reply=Reply.ACCEPTED, at=PROPOSED_AT + DAY)
    assert answered.pairing is None
    assert not Pairing.objects.exists()
    assert fresh(proposal).state(PROPOSED_AT + DAY) is ProposalState.NOT_GOING_AHEAD


def test_the_tick_ends_what_waits_for_somebody_who_has_joined_anew() -> None:
    proposal, _ = expired()
    rejoined(proposal.mentee, PROPOSED_AT + DAY)
    assert close_abandoned_proposals(at=PROPOSED_AT + DAY) == 1
    assert close_abandoned_proposals(at=PROPOSED_AT + 2 * DAY) == 0
    assert fresh(proposal).state(PROPOSED_AT + DAY) is ProposalState.NOT_GOING_AHEAD


def test_a_proposal_that_somebody_declined_is_never_opened_again() -> None:
    proposal, cora = expired()
    answer_proposal(proposal, by=proposal.mentee.person, reply=Reply.DECLINED, at=LATE - DAY)
    with pytest.raises(rules.NotToBeReinstated, match="It has come to an end"):
        reinstate(proposal, by=cora, at=LATE)


def test_the_board_offers_it_once_the_time_is_over_and_for_its_own_proposals_alone() -> None:
    proposal, cora = expired()  # by the clock of the tests that is over, or still to come
    client, run = client_of(cora), proposal.run
    assert run is not None
    where = reverse("matching:reinstate", args=[proposal.program_id, run.pk, proposal.pk])
    Proposal.objects.filter(pk=proposal.pk).update(expires_at=PROPOSED_AT - 365 * DAY)
    assert f'action="{where}"' in client.get(board_of(run)).text
    elsewhere = ProposalFactory()
    assert client.post(reverse("matching:reinstate", args=[run.program_id, run.pk, elsewhere.pk])).status_code == 404
    assert client.post(where).status_code == 302
    page = client.get(board_of(run)).text
    assert where not in page
    assert f"Waiting for {proposal.mentee.person.given_name}" in page


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_at_once_open_it_once() -> None:
    proposal, cora = expired()
    both = Barrier(2)

    def click() -> None:
        both.wait(10)
        reinstate(proposal, by=cora, at=LATE)
        connection.close()

    at_once(click, click)
    assert Notice.objects.filter(kind=notices.REINSTATED).count() == 2


@pytest.mark.django_db(transaction=True)
def test_none_is_opened_again_in_a_program_that_goes_back_to_enrolment_at_that_moment() -> None:
    proposal, cora = expired()
    with transaction.atomic():
        move_to(proposal.program, stage=Stage.ENROLMENT, by=cora, at=LATE + 2 * DAY)
        ended = while_another_waits(lambda: reinstate(proposal, by=cora, at=LATE + 2 * DAY))
    assert [type(each) for each in ended()] == [rules.NotSearching]
    assert fresh(proposal).expires_at == LATE
