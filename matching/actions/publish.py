"""Send the proposals of a search, or set it aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from matching import notices, rules
from matching.choices import RunState
from matching.inputs import free_places, pool, reasons_against
from matching.models import MatchingRun, Proposal, Suggestion
from notifications.actions import owe
from participants import queries as participants
from participants.models import Participation
from people.models import Person
from programs import rules as program_rules
from programs.choices import Side
from programs.models import Program


@dataclass(frozen=True, slots=True)
class Affected:
    """A suggested pair that cannot be sent any more, and why, in a sentence."""

    suggestion: Suggestion
    why: str


class PairsAffected(ValidationError):
    """Something changed between the search and the sending; the pairs are named, and nothing was sent."""

    def __init__(self, affected: Sequence[Affected]) -> None:
        self.affected = tuple(affected)
        super().__init__(
            [
                f"{each.suggestion.mentor.person.name} and {each.suggestion.mentee.person.name}: {each.why}"
                for each in affected
            ],
            code="affected",
        )


@transaction.atomic
def publish(run: MatchingRun, *, by: Person, at: datetime, leave_out_affected: bool = False) -> list[Proposal]:
    """Propose the pairs of a search to both sides.

    Every pair is judged again as things stand now. If some can no longer be sent, they are named and nothing is sent,
    unless the coordinator has read that and leaves them out.
    """
    run = MatchingRun.objects.select_for_update(of=("self",)).select_related("program").get(pk=run.pk)
    rules.insist_may_match(by, run.program)
    rules.insist_searching(run.program)
    rules.insist_may_become(run, RunState.PUBLISHED)
    suggestions = list(
        run.suggestions.select_related(
            "mentor__person__level", "mentee__person__level", "mentor__program", "mentee__program"
        )
    )
    _hold(suggestions)
    affected = judge(run.program, suggestions, at=at)
    if affected and not leave_out_affected:
        raise PairsAffected(affected)
    left_out = {each.suggestion.pk for each in affected}
    sendable = [suggestion for suggestion in suggestions if suggestion.pk not in left_out]
    if not sendable:
        raise rules.NothingToSend
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


def judge(program: Program, suggestions: Sequence[Suggestion], *, at: datetime) -> list[Affected]:
    """Which of these pairs cannot be proposed as things stand now. A constant number of queries."""
    if not suggestions:
        return []
    on = at.astimezone(UTC).date()
    waiting = set(pool(program, on).values_list("pk", flat=True))
    free = Counter(free_places(program, at))
    against = reasons_against(program, [(suggestion.mentor, suggestion.mentee) for suggestion in suggestions], on=on)
    affected = []
    for suggestion, forbidding in zip(suggestions, against, strict=True):
        why = _why_not(suggestion, waiting, free, forbidding, on)
        if why:
            affected.append(Affected(suggestion, why))
        else:
            free.subtract((suggestion.mentor_id, suggestion.mentee_id))
    return affected


def _why_not(
    suggestion: Suggestion,
    waiting: set[UUID],
    free: Counter[UUID],
    forbidding: Sequence[str],
    on: date,
) -> str:
    """A sentence for the coordinator, or nothing."""
    for participation in (suggestion.mentor, suggestion.mentee):
        if participation.pk not in waiting:
            return _why_not_waiting(participation, on)
    for participation in (suggestion.mentor, suggestion.mentee):
        if free[participation.pk] < 1:
            return f"{participation.person.name} has no free place or no time left."
    return " ".join(forbidding)


def _why_not_waiting(participation: Participation, on: date) -> str:
    person, side = participation.person, Side(participation.side)
    if participation.withdrawn_at is None and (missing := participants.missing_of(participation)):
        return f"{person.name} {missing[0].words_for_coordinators}."
    if participation.withdrawn_at is not None or program_rules.may_take_side(participation.program, person, side, on):
        return f"{person.name} no longer takes part."
    return " ".join(program_rules.reasons_against_side(participation.program, person, side, on))


def _hold(suggestions: Sequence[Suggestion]) -> None:
    """Lock everybody concerned, in the one order all actions use, so that no place and no hour is given away twice:
    hours are one budget in all programs, so the participations of these people in other programs are locked, too."""
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
        parts=suggestion.parts,
        proposed_at=at,
        expires_at=at + timedelta(days=program.proposal_days),
    )
    for person in (suggestion.mentor.person, suggestion.mentee.person):
        proposed_on = at.astimezone(person.zone).date()
        owe(kind=notices.PROPOSAL, subject=proposal.pk, person=person, at=at)
        for days in program.proposal_reminder_days:
            if days < program.proposal_days:
                owe(
                    kind=notices.PROPOSAL_REMINDER,
                    subject=proposal.pk,
                    person=person,
                    at=at,
                    due_on=proposed_on + timedelta(days=days),
                    occurrence=str(days),
                    good_for=timedelta(days=1),
                )
        owe(
            kind=notices.PROPOSAL_EXPIRED,
            subject=proposal.pk,
            person=person,
            at=at,
            due_on=proposal.expires_at.astimezone(person.zone).date() + timedelta(days=1),
        )
    return proposal
