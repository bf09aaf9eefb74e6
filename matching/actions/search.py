"""Ask for a search, and carry it out.

A worker takes a run by compare-and-set and holds it by a lease that it renews while it makes progress. If it is
killed, the lease runs out and another takes the run over from the beginning; a worker that was only slow finds that
it no longer holds the run, and writes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Final
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from clock.bell import ring
from matching import certificates, explanations, fairness, notices, rules
from matching.choices import RunState
from matching.engine import VERSION, BadInstance, Clash, Matching, TooLarge, solve_instance
from matching.inputs import Inputs, fit_of, gather
from matching.models import MatchingRun, Scenario, Suggestion, Unmatched
from matching.standing import judge
from matching.terms import carried_from, copied_from, terms_of
from notifications.actions import owe
from participants import queries as participants
from people.models import Person
from programs.models import Program

log = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=2)
GIVE_UP_AFTER: Final = timedelta(hours=6)
"""A run that workers have died over for so long is not tried again: it would only kill the next one. One that nobody
has taken waits for as long as it takes."""

RUNG_AGAIN_WITHIN: Final = timedelta(minutes=1)

_SECONDS_BETWEEN_SIGNS: Final = 0.25


class LeaseLost(Exception):
    """Another worker holds this run now, or somebody gave it up."""


@transaction.atomic
def request_run(program: Program, *, by: Person, at: datetime, repairs: MatchingRun | None = None) -> MatchingRun:
    """Ask for a search. One is under way per program at a time; the database sees to that.

    A search that ``repairs`` another holds on to the pairs of that one which can still be formed, and asks for the
    same places and fairness. The program is held, so that no wish is kept after the lists have closed.
    """
    rules.insist_may_match(by, program)
    program = Program.objects.select_for_update(of=("self",), no_key=True).get(pk=program.pk)
    rules.insist_searching(program)
    if repairs is not None:
        rules.insist_may_be_repaired(repairs)
        if under_way := MatchingRun.objects.under_way().filter(program=program, repairs=repairs).first():
            return under_way
    carried = carried_from(repairs) if repairs is not None else None
    return begin(MatchingRun(program=program, requested_by=by, requested_at=at, repairs=repairs, terms=carried))


def begin(run: MatchingRun) -> MatchingRun:
    """Keep a new run and ring for a worker. Refused while another is under way."""
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError as refused:
        raise rules.SearchUnderWay from refused
    ring("matching.solve_run", str(run.pk))
    return run


@transaction.atomic
def stop_run(run: MatchingRun, *, by: Person, at: datetime) -> MatchingRun:
    """Stop a search that waits or is under way. Its worker finds out at its next sign and writes nothing."""
    run = MatchingRun.objects.select_for_update(of=("self",)).select_related("program").get(pk=run.pk)
    rules.insist_may_match(by, run.program)
    rules.insist_may_become(run, RunState.STOPPED)
    run.state, run.finished_at, run.leased_until = RunState.STOPPED, at, None
    run.save(update_fields=["state", "finished_at", "leased_until"])
    return run


def solve_waiting_runs(*, at: datetime) -> int:
    """Carry out every run that waits or was left behind by a killed worker; how many came to an end."""
    _give_up_on_old_runs(at)
    ended = 0
    while solve_next(at=at):
        ended += 1
    return ended


def ring_for_waiting_runs(*, at: datetime) -> int:
    """Ring for every run that waits or was left behind by a killed worker, should its bell not have been heard; how
    many wait. As often as somebody asks anew, the bell before is no longer needed."""
    _give_up_on_old_runs(at)
    waiting = MatchingRun.objects.filter(_to_take(at)).order_by("requested_at", "pk").values_list("pk", flat=True)
    for run in waiting:
        ring("matching.solve_run", str(run), expires=RUNG_AGAIN_WITHIN)
    return len(waiting)


def solve_next(*, at: datetime) -> bool:
    """Carry out the run that waits longest, if there is one to take."""
    waiting = MatchingRun.objects.filter(_to_take(at)).order_by("requested_at", "pk").values_list("pk", flat=True)
    return any(solve_run(run, at=at) for run in waiting)


def solve_run(run: UUID, *, at: datetime) -> bool:
    """Carry out this run, unless somebody else does or has done. Not one transaction: the page shows the progress.

    ``at`` is when it begins; later instants are counted from there.
    """
    held = take(run, at)
    if held is None:
        return False
    try:
        held.write_result()
    except LeaseLost:
        return False
    except (BadInstance, Clash, TooLarge) as refused:
        held.fail(str(refused))
    except Exception:
        log.exception("A search failed: %s", run)
        held.fail("A fault in the software stopped this search. The server's log says where.")
    return True


def _to_take(at: datetime) -> Q:
    return Q(state=RunState.QUEUED) | _left_behind(at)


def _left_behind(at: datetime) -> Q:
    return Q(state=RunState.RUNNING, leased_until__lte=at)


def take(run: UUID, at: datetime) -> Held | None:
    taken = MatchingRun.objects.filter(_to_take(at), pk=run).update(
        state=RunState.RUNNING,
        first_started_at=Coalesce("first_started_at", "started_at", Value(at)),
        started_at=at,
        leased_until=at + LEASE,
        done=0,
        todo=0,
    )
    held = MatchingRun.objects.select_related("program", "repairs", "scenario__base").defer(
        "repairs__certificate", "scenario__base__certificate"
    )
    return Held(held.get(pk=run), at) if taken else None


def _give_up_on_old_runs(at: datetime) -> None:
    MatchingRun.objects.filter(_left_behind(at), first_started_at__lte=at - GIVE_UP_AFTER).update(
        state=RunState.FAILED,
        finished_at=at,
        leased_until=None,
        failure="This search was interrupted, and had not ended six hours after it began. Start another one.",
    )


class Held:
    """A run in the hands of one worker. ``started_at`` is the token: whoever takes the run over sets another."""

    def __init__(self, run: MatchingRun, at: datetime) -> None:
        self.run = run
        self.at = at
        self.began = monotonic()
        self.signed = 0.0

    @property
    def seconds(self) -> float:
        return monotonic() - self.began

    @property
    def now(self) -> datetime:
        return self.at + timedelta(seconds=self.seconds)

    def update(self, **columns: object) -> None:
        """Write outside any transaction, so that others see it; refuse where the run is no longer ours."""
        mine = MatchingRun.objects.filter(pk=self.run.pk, state=RunState.RUNNING, started_at=self.at)
        if not mine.update(**columns):
            raise LeaseLost

    def progress(self, stage: str, done: int, of: int) -> None:
        """Called by the engine at every step: show how many are placed, and renew the lease."""
        if self.seconds - self.signed < _SECONDS_BETWEEN_SIGNS and (stage, done) != ("placing", of):
            return
        self.signed = self.seconds
        shown = {"done": done, "todo": of} if stage == "placing" else {}
        self.update(**shown, leased_until=self.now + LEASE)

    def write_result(self) -> None:
        terms, scenario = terms_of(self.run), self.run.tried_as
        inputs = gather(self.run.program, at=self.at, terms=terms, keep=_pairs_to_keep(self.run, at=self.at))
        self.update(
            mentors=len(inputs.mentors),
            mentees=len(inputs.mentees),
            allowed_pairs=inputs.allowed_pairs,
            todo=len(inputs.mentors),
            leased_until=self.now + LEASE,
        )
        # Half of the time at most goes to what fairness costs: the pairs matter more.
        until = self.seconds + settings.SEARCH_SECONDS
        curve = fairness.curve_of(inputs, terms.trade_off, self._still_here, time_limit=settings.SEARCH_SECONDS / 2)
        inputs = replace(inputs, floor=fairness.floor_for(curve, terms.trade_off))
        matching = solve_instance(inputs.instance(), self.progress, time_limit=until - self.seconds)
        suggestions = _suggestions(self.run, inputs, matching)
        unmatched = _unmatched(self.run, inputs, matching, self._still_here)
        certificate = certificates.certify(inputs, matching)
        with transaction.atomic():
            self.update(
                state=RunState.SOLVED if scenario is None else RunState.TRIED,
                leased_until=None,
                finished_at=self.now,
                seconds=round(self.seconds, 3),
                done=len(inputs.mentors),
                todo=len(inputs.mentors),
                inputs_hash=matching.instance,
                settings=inputs.settings,
                engine_version=VERSION,
                certificate=certificate,
                curve=fairness.as_json(curve),
            )
            if scenario is not None:
                total = _total_by_base(scenario, inputs, matching)
                Scenario.objects.filter(pk=scenario.pk).update(total_by_base=total)
            Suggestion.objects.bulk_create(suggestions)
            Unmatched.objects.bulk_create(unmatched)
            if self.run.requested_by_id is None and suggestions:
                self._tell_coordinators()

    def _tell_coordinators(self) -> None:
        """Of a search that nobody asked for, nobody would know."""
        for coordinator in participants.coordinators_who_read_readiness(self.run.program):
            owe(kind=notices.FOUND, subject=self.run.pk, person=coordinator, at=self.now)

    def _still_here(self, stage: str = "", done: int = 0, of: int = 0) -> None:
        """What a fairer answer would cost, and why nobody was found for somebody, takes a while: keep the lease."""
        if self.seconds - self.signed >= _SECONDS_BETWEEN_SIGNS:
            self.signed = self.seconds
            self.update(leased_until=self.now + LEASE)

    def fail(self, why: str) -> None:
        MatchingRun.objects.filter(pk=self.run.pk, state=RunState.RUNNING, started_at=self.at).update(
            state=RunState.FAILED, failure=why[:300], finished_at=self.now, leased_until=None
        )


def _pairs_to_keep(run: MatchingRun, *, at: datetime) -> list[tuple[UUID, UUID]]:
    """Of the search this one repairs: the pairs that can still be formed, the best first."""
    if run.repairs is None:
        return []
    found = list(
        run.repairs.suggestions.select_related(
            "mentor__person__level", "mentee__person__level", "mentor__program", "mentee__program"
        ).order_by("-fit", "pk")
    )
    affected = {(each.pair.mentor_id, each.pair.mentee_id) for each in judge(run.program, found, at=at)}
    return [(one.mentor_id, one.mentee_id) for one in found if (one.mentor_id, one.mentee_id) not in affected]


def _total_by_base(scenario: Scenario, inputs: Inputs, matching: Matching) -> int:
    """How well these pairs fit together by what counts in the search they are held against: totals by different
    weights cannot be compared."""
    rows, columns = (np.array([pair[side] for pair in matching.pairs], dtype=np.intp) for side in (0, 1))
    counted = fit_of(copied_from(scenario.base).applied_to(scenario.base.program), inputs.mentors, inputs.mentees)
    return int(counted.pairs(rows, columns).sum())


def _suggestions(run: MatchingRun, inputs: Inputs, matching: Matching) -> list[Suggestion]:
    return [
        Suggestion(
            run=run,
            mentor=inputs.mentors[row],
            mentee=inputs.mentees[column],
            fit=score - ahead,
            ahead=ahead,
            parts=inputs.candidates.parts(row, column),
        )
        for (row, column), score in zip(matching.pairs, matching.scores, strict=True)
        for ahead in (inputs.candidates.ahead.points(row, column),)
    ]


def _unmatched(run: MatchingRun, inputs: Inputs, matching: Matching, after_each: Callable[[], None]) -> list[Unmatched]:
    rows = []
    for participation, reason, details in explanations.reasons_nobody_was_found(inputs, matching):
        rows.append(Unmatched(run=run, participation=participation, reason=reason, details=details))
        after_each()
    return rows
