"""Search again for people who came free."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max, Q

from matching import queries, rules
from matching.actions.search import begin
from matching.choices import RunState
from matching.models import MatchingRun, Proposal
from matching.terms import carried_from
from pairings import queries as pairings
from programs.models import Program

TRY_AGAIN_AFTER: Final = timedelta(hours=6)
"""So long after a search that failed none begins by itself."""


def search_again(*, at: datetime) -> int:
    """Begin the searches that programs owe to people who have come free since the last one; how many.

    Nothing has to be noted for it: that a proposal or a pair is over is itself what a search is owed for, and having
    been searched since is having been paid, unless that search failed. The tick calls this.
    """
    searched = Program.objects.filter(stage__in=rules.SEARCHING_STAGES, matching_runs__isnull=False).distinct()
    return sum(_search_again(program, at) for program in searched.order_by("pk"))


@transaction.atomic
def _search_again(program: Program, at: datetime) -> bool:
    """Over everybody who waits; what a coordinator has found and not sent stays together as far as it can."""
    if not _is_owed(program, at):
        return False
    Program.objects.select_for_update(of=("self",), no_key=True).get(pk=program.pk)
    if not _is_owed(program, at) or MatchingRun.objects.under_way().filter(program=program).exists():
        return False
    waiting = queries.waiting_in(program, at)
    if not (waiting.mentors and waiting.mentees):
        return False
    newest = program.matching_runs.but_tried().order_by("-requested_at").defer("certificate").first()
    repairs = newest if newest is not None and newest.state == RunState.SOLVED else None
    carried = carried_from(repairs) if repairs is not None else None
    try:
        begin(MatchingRun(program=program, requested_at=at, repairs=repairs, terms=carried))
    except rules.SearchUnderWay:  # somebody has asked for one since we looked
        return False
    return True


def _is_owed(program: Program, at: datetime) -> bool:
    failed = Q(state=RunState.FAILED)
    asked = program.matching_runs.but_tried().aggregate(
        last=Max("requested_at", filter=~failed), failed=Max("requested_at", filter=failed)
    )
    last: datetime | None = asked["last"]
    if last is None:  # the first search is for a coordinator to begin
        return False
    if asked["failed"] is not None and asked["failed"] > at - TRY_AGAIN_AFTER:
        return False
    over = Proposal.objects.filter(program=program, pairing=None, expires_at__gt=last).with_people()
    free = [rules.frees_at(proposal) for proposal in over]
    free += [rules.looked_for_from(day) for day in pairings.early_ends(program, since=last.astimezone(UTC).date())]
    return any(last < each <= at for each in free if each is not None)
