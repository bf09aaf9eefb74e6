"""What leaves by mail: the same neutral words whatever the reason, and nothing to somebody who is done."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from matching import notices
from matching.actions import answer_proposal
from matching.choices import Reply
from matching.models import Proposal
from matching.tests.factories import PROPOSED_AT, ProposalFactory, mina_and_otto, program_of_cora
from notifications import kinds
from notifications.actions import owe
from notifications.kinds import Message
from notifications.models import Notice
from participants.actions import withdraw
from people.models import Person

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def proposal() -> Proposal:
    program, _ = program_of_cora(name="Two-Way")
    mina, otto = mina_and_otto(program)
    made: Proposal = ProposalFactory(program=program, mentor=mina, mentee=otto)
    return made


def composed(kind: str, proposal: Proposal, person: Person, at: datetime) -> Message | None:
    owe(kind=kind, subject=proposal.pk, person=person, at=PROPOSED_AT, occurrence=f"{at:%s%f}")
    notice = Notice.objects.filter(kind=kind, person=person).latest("pk")
    return kinds.named(kind).compose(notice, at)


def test_a_proposal_names_the_other_and_the_last_day_in_the_reader_s_zone(proposal: Proposal) -> None:
    otto = proposal.mentee.person
    Person.objects.filter(pk=otto.pk).update(time_zone="Asia/Tokyo")
    otto.refresh_from_db()
    message = composed(notices.PROPOSAL, proposal, Person.objects.get(pk=otto.pk), PROPOSED_AT)
    assert message is not None
    assert message.heading == "We think you and Mina should talk"
    assert "Please answer by Tuesday 8 December, 18:00." in message.paragraphs[0]
    assert message.link == reverse("matching:proposal", args=[proposal.pk])


@pytest.mark.parametrize("kind", [notices.PROPOSAL, notices.PROPOSAL_REMINDER])
def test_nobody_who_answered_withdrew_or_is_too_late_is_asked(proposal: Proposal, kind: str) -> None:
    mina, otto = proposal.mentor.person, proposal.mentee.person
    assert composed(kind, proposal, mina, PROPOSED_AT) is not None
    assert composed(kind, proposal, mina, proposal.expires_at) is None
    answer_proposal(proposal, by=mina, reply=Reply.ACCEPTED, at=PROPOSED_AT)
    assert composed(kind, proposal, mina, PROPOSED_AT) is None
    assert composed(kind, proposal, otto, PROPOSED_AT) is not None
    withdraw(proposal.mentee, by=otto, at=PROPOSED_AT)
    assert composed(kind, proposal, otto, PROPOSED_AT) is None


def test_the_words_are_the_same_after_a_no_and_after_silence(proposal: Proposal) -> None:
    otto = proposal.mentee.person
    after_silence = composed(notices.PROPOSAL_EXPIRED, proposal, otto, proposal.expires_at + DAY)
    answer_proposal(proposal, by=proposal.mentor.person, reply=Reply.DECLINED, at=PROPOSED_AT)
    after_a_no = composed(notices.NOT_GOING_AHEAD, proposal, otto, PROPOSED_AT + DAY)
    assert after_a_no == after_silence
    assert after_a_no is not None
    assert "Mina" not in str(after_a_no)
    assert composed(notices.PROPOSAL_EXPIRED, proposal, otto, proposal.expires_at + DAY) is None  # never told twice


def test_a_pair_reads_that_both_said_yes_and_where_its_page_is(proposal: Proposal) -> None:
    for person in (proposal.mentor.person, proposal.mentee.person):
        assert composed(notices.AGREED, proposal, person, PROPOSED_AT) is None
        answer_proposal(proposal, by=person, reply=Reply.ACCEPTED, at=PROPOSED_AT)
    proposal.refresh_from_db()
    message = composed(notices.AGREED, proposal, proposal.mentor.person, PROPOSED_AT)
    assert message is not None
    assert message.subject == "You both said yes"
    assert message.link == reverse("pairings:detail", args=[proposal.pairing_id])


def test_a_notice_about_a_proposal_that_is_gone_is_not_sent(proposal: Proposal) -> None:
    person = proposal.mentor.person
    Proposal.objects.filter(pk=proposal.pk).delete()
    for kind in notices.KINDS:
        assert composed(kind.name, proposal, person, PROPOSED_AT) is None
