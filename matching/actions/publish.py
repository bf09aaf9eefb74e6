"""Send the proposals of a search, or set it aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from matching import notices, rules
from matching.choices import RunState
from matching.models import MatchingRun, Proposal, Suggestion
from matching.rounds import WAITED
from matching.standing import Affected, Pair, judge
from notifications.actions import owe
from participants.models import Participation
from people.models import Person
from programs.models import Program


class PairsAffected(ValidationError):
    """Something changed between the search and the sending; the pairs are named, and nothing was sent."""

    def __init__(self, affected: Sequence[Affected]) -> None:
        self.affected = tuple(affected)
        super().__init__(
            [f"{each.pair.mentor.person.name} and {each.pair.mentee.person.name}: {each.why}" for each in affected],
            code="affected",
        )


@transaction.atomic
def publish(run: MatchingRun, *, by: Person, at: datetime, leave_out_affected: bool = False) -> list[Proposal]:
    """Propose the pairs of a search to both sides.

    Every pair is judged again as things stand now. If some can no longer be sent, they are named and nothing is sent,
    unless the coordinator has read that and leaves them out.
    """
    hold_program(run.program_id)
    run = MatchingRun.objects.select_for_update(of=("self",)).select_related("program").get(pk=run.pk)
    rules.insist_may_match(by, run.program)
    rules.insist_searching(run.program)
    rules.insist_may_become(run, RunState.PUBLISHED)
    suggestions = list(
        run.suggestions.select_related(
            "mentor__person__level", "mentee__person__level", "mentor__program", "mentee__program"
        )
    )
    lapsed = _hold_lapsed(run.program, at=at)
    hold(suggestions)
    affected = judge(run.program, suggestions, at=at)
    if affected and not leave_out_affected:
        raise PairsAffected(affected)
    left_out = {(each.pair.mentor_id, each.pair.mentee_id) for each in affected}
    sendable = [each for each in suggestions if (each.mentor_id, each.mentee_id) not in left_out]
    if not sendable:
        raise rules.NothingToSend
    _close_lapsed(lapsed, sendable)
    proposals = [_propose(run, suggestion, at=at) for suggestion in sendable]
    run.state, run.published_at, run.published_by = RunState.PUBLISHED, at, by
    run.save(update_fields=["state", "published_at", "published_by"])
    return proposals


@transaction.atomic
def discard(run: MatchingRun, *, by: Person, at: datetime) -> MatchingRun:
    """Set a search aside. Nobody was told, so nobody needs to be."""
    run = MatchingRun.objects.select_for_update(of=("self",)).select_related("program").get(pk=run.pk)
    rules.insist_may_match(by, run.program)
    rules.insist_may_become(run, RunState.DISCARDED)
    run.state = RunState.DISCARDED
    run.save(update_fields=["state"])
    return run


def hold_program(pk: int) -> Program:
    """Its stage stays until what is sent in it has left. Held before anything else, as by whoever uses a scenario."""
    program: Program = Program.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    return program


def _hold_lapsed(program: Program, *, at: datetime) -> list[Proposal]:
    """Proposals that were not answered in time. Locked before the people, as by whoever would open one again."""
    unanswered = Proposal.objects.filter(program=program, closed_at=None, pairing=None, expires_at__lte=at)
    return list(unanswered.select_for_update(of=("self",)).order_by("pk"))


def _close_lapsed(lapsed: Sequence[Proposal], asked_anew: Sequence[Suggestion]) -> None:
    """Two who are asked anew are asked by the new proposal alone: the old one cannot be opened again beside it."""
    anew = {(each.mentor_id, each.mentee_id) for each in asked_anew}
    replaced = [proposal.pk for proposal in lapsed if (proposal.mentor_id, proposal.mentee_id) in anew]
    Proposal.objects.filter(pk__in=replaced).update(closed_at=F("expires_at"))


def hold(suggestions: Sequence[Pair | Proposal]) -> None:
    """Lock everybody concerned, in the one order all actions use, so that no place and no hour is given away twice:
    hours count across programs, so the participations of these people in other programs are locked, too."""
    named = {pk for suggestion in suggestions for pk in (suggestion.mentor_id, suggestion.mentee_id)}
    people = Participation.objects.filter(pk__in=named).values("person")
    theirs = Participation.objects.filter(person__in=people).order_by("pk")
    list(theirs.select_for_update(of=("self",)).values_list("pk"))


def _propose(run: MatchingRun, suggestion: Suggestion, *, at: datetime) -> Proposal:
    program = run.program
    proposal: Proposal = Proposal.objects.create(
        program=program,
        run=run,
        mentor=suggestion.mentor,
        mentee=suggestion.mentee,
        fit=suggestion.fit,
        parts=[part for part in suggestion.parts if part["part"] != WAITED],
        proposed_at=at,
        expires_at=at + timedelta(days=program.proposal_days),
    )
    for person in (suggestion.mentor.person, suggestion.mentee.person):
        owe(kind=notices.PROPOSAL, subject=proposal.pk, person=person, at=at)
        owe_reminders(proposal, person, at=at)
    return proposal


def owe_reminders(proposal: Proposal, person: Person, *, at: datetime, occurrence: str = "") -> None:
    """What somebody who is asked now is sent until it is answered, and when the time is over. ``occurrence`` tells one
    asking of a proposal from another."""
    asked_on = at.astimezone(person.zone).date()
    for days in proposal.program.proposal_reminder_days:
        if days < proposal.program.proposal_days:
            owe(
                kind=notices.PROPOSAL_REMINDER,
                subject=proposal.pk,
                person=person,
                at=at,
                due_on=asked_on + timedelta(days=days),
                occurrence=f"{days}{occurrence}",
                good_for=timedelta(days=1),
            )
    owe(
        kind=notices.PROPOSAL_EXPIRED,
        subject=proposal.pk,
        person=person,
        at=at,
        due_on=proposal.expires_at.astimezone(person.zone).date() + timedelta(days=1),
        occurrence=occurrence.strip(),
    )
