"""One of the two answers a proposal; two acceptances open a pairing."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q

from matching import notices, rules
from matching.actions.publish import hold
from matching.actions.say_aside import say_aside
from matching.choices import ProposalState, Reply, Word
from matching.models import Aside, PartnerWish, Proposal, Suggestion
from notifications.actions import owe
from pairings.actions import open_pairing
from pairings.rules import Refused
from participants import queries as participants
from participants import rules as participant_rules
from participants.rules import KEPT_AFTER_WITHDRAWING
from people.models import Person
from programs.choices import Side
from programs.rules import MayNotPair


@transaction.atomic
def answer_proposal(
    proposal: Proposal,
    *,
    by: Person,
    reply: Reply,
    at: datetime,
    word: Word | None = None,
    out_until: date | None = None,
) -> Proposal:
    """Accept, or decline without a reason; ``word`` goes with a "not this one" to the search alone.

    The first "not this one" closes the proposal; the other goes on seeing a proposal that waits until the next
    morning, and what they answer meanwhile is kept and changes nothing. So nobody can tell whose answer it was, or
    when it came. The same answer again does nothing. Whoever accepts has agreed to the charter as it is now, and read
    what the program requires.
    """
    proposal = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("program", "mentor__program", "mentor__person", "mentee__program", "mentee__person")
        .get(pk=proposal.pk)
    )
    rules.insist_may_answer(proposal, by, reply, at)
    side = proposal.side_of(by)
    assert side is not None  # noqa: S101  the rule has just insisted on it
    if proposal.reply_of(side) is not None:
        return proposal
    mine = proposal.mentor if side is Side.MENTOR else proposal.mentee
    if reply == Reply.ACCEPTED:  # also where the other has said "not this one": a difference would tell
        participant_rules.insist_ready(participants.missing_of(mine))
    if side is Side.MENTOR:
        proposal.mentor_reply = reply
    else:
        proposal.mentee_reply = reply
    if reply == Reply.DECLINED or proposal.state(at) is not ProposalState.WAITING:
        _close(proposal, at=at)
    elif proposal.mentor_reply == proposal.mentee_reply == Reply.ACCEPTED:
        _come_together(proposal, by=by, at=at)
    proposal.save(update_fields=["mentor_reply", "mentee_reply", "closed_at", "pairing"])
    if reply == Reply.DECLINED and word is not None:
        say_aside(proposal, by=by, at=at, word=word, out_until=out_until)
    return proposal


@transaction.atomic
def close_abandoned_proposals(*, at: datetime) -> int:
    """Close what waits for somebody who has withdrawn or left, or has joined anew since; how many. The tick calls this.

    With the profile of somebody who withdrew goes what is kept of it in reasons; the fit itself stays. What they told
    the search goes too, except with whom they do not want to be put together again. Whom others
    chose from their lists stays theirs: a wish that went would tell them a withdrawal from a "not this one".
    """
    emptied = at - KEPT_AFTER_WITHDRAWING
    PartnerWish.objects.filter(participation__withdrawn_at__isnull=False).delete()
    Aside.objects.filter(word__in=(Word.TOPIC, Word.NOT_NOW), participation__withdrawn_at__isnull=False).delete()
    for kept in (Suggestion, Proposal):
        withdrawn = Q(mentor__withdrawn_at__lte=emptied) | Q(mentee__withdrawn_at__lte=emptied)
        kept.objects.filter(withdrawn).exclude(parts=[]).update(parts=[])
    gone = Q()
    for side in ("mentor", "mentee"):
        gone |= Q(**{f"{side}__withdrawn_at__isnull": False})
        gone |= Q(**{f"{side}__person__is_active": False})
        gone |= Q(**{f"{side}__person__left_on__lte": at.date()})
        gone |= Q(**{f"{side}__volunteered_at__gt": F("proposed_at")})
    abandoned = (
        Proposal.objects.filter(gone, pairing=None, closed_at=None, expires_at__gt=at)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("mentor__person", "mentee__person")
        .order_by("pk")
    )
    for proposal in abandoned:
        _close(proposal, at=at)
        proposal.save(update_fields=["closed_at"])
    return len(abandoned)


@transaction.atomic
def bring_together(*, at: datetime) -> int:
    """Open the pairs of two who both said yes and of whom one had something to sign or read first; how many.

    The tick calls this. What is asked may have changed between the two answers.
    """
    agreed = (
        Proposal.objects.waiting(at)
        .filter(mentor_reply=Reply.ACCEPTED, mentee_reply=Reply.ACCEPTED)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("program", "mentor__program", "mentor__person", "mentee__program", "mentee__person")
        .order_by("pk")
    )
    hold(list(agreed))
    together = 0
    for proposal in agreed:
        _come_together(proposal, by=proposal.mentor.person, at=at)
        proposal.save(update_fields=["closed_at", "pairing"])
        together += proposal.pairing_id is not None
    return together


def _come_together(proposal: Proposal, *, by: Person, at: datetime) -> None:
    """Both said yes. Whatever keeps them apart all the same, the words to both stay the same.

    Where something has yet to be signed or read, the proposal waits for it as long as for an answer. Where one of them
    left meanwhile and joined anew, their yes is from before.
    """
    if rules.has_joined_anew(proposal):
        _close(proposal, at=at)
        return
    if any(participants.missing_of(each) for each in (proposal.mentor, proposal.mentee)):
        return
    try:
        with transaction.atomic():
            proposal.pairing = open_pairing(
                mentor=proposal.mentor, mentee=proposal.mentee, by=by, at=at, on=at.astimezone(by.zone).date()
            )
    except (Refused, MayNotPair):
        _close(proposal, at=at)
        return
    for person in (proposal.mentor.person, proposal.mentee.person):
        owe(kind=notices.AGREED, subject=proposal.pk, person=person, at=at)


def _close(proposal: Proposal, *, at: datetime) -> None:
    """It stops waiting without a pair. Both are owed the neutral words; whoever declined will not be sent them."""
    if proposal.closed_at is not None:
        return
    proposal.closed_at = at
    for person in (proposal.mentor.person, proposal.mentee.person):
        owe(
            kind=notices.NOT_GOING_AHEAD,
            subject=proposal.pk,
            person=person,
            at=at,
            due_on=rules.shown_from(person, at),
        )
