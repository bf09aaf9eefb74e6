"""A search and what was tried against it, side by side. All of it stays on the coordinator's desk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.db.models import Min
from django.db.models.fields.json import KeyTransform

from matching import explanations, rules
from matching.choices import FitInWords, RunState
from matching.departures import Departures, departures_of
from matching.inputs import pool
from matching.models import MatchingRun, Proposal, Scenario, Suggestion
from matching.places import room_in
from matching.terms import places_asked
from participants.models import Participation
from programs.choices import Criterion, Side
from programs.models import Program
from ui import charts

Pair = tuple[UUID, UUID]

AT_ONCE: Final = 4
"""Columns beside one another, the search that was tried against among them."""

DIFFERING_SHOWN: Final = 40
SHOWN_STATES: Final = frozenset(
    {RunState.QUEUED, RunState.RUNNING, RunState.TRIED, RunState.SOLVED, RunState.PUBLISHED}
)
"""Scenarios that were set aside, stopped or failed are told of in the list of searches."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Pairs that one of two searches found and the other did not."""

    count: int
    shown: tuple[tuple[str, str], ...]
    """By name, mentor and mentee; not more than ``DIFFERING_SHOWN``."""

    @property
    def more(self) -> int:
        return self.count - len(self.shown)


@dataclass(frozen=True, slots=True)
class Column:
    run: MatchingRun
    scenario: Scenario | None
    title: str
    departures: Departures
    moved: tuple[str, ...]
    """How far who waits is not what this search looked at any more."""
    pairs: int
    total: str
    """Total fit as a share of that of the first column, by what counts there; empty where it cannot be told."""
    weakest: FitInWords | None
    without: Mapping[Side, int]
    same: int
    only_here: Difference
    only_in_base: Difference
    curve: charts.Chart | None
    has_waited: bool
    """Whether people who have waited through earlier rounds come before the fit."""
    may_be_used: bool


@dataclass(frozen=True, slots=True)
class Cell:
    of: str
    """The title of the column."""
    words: str
    """How many were matched of how many waited."""


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """People on one side with something in common, in each column."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    title: str
    lines: tuple[CoverageLine, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    base: MatchingRun
    program: Program
    columns: tuple[Column, ...]
    under_way: tuple[Scenario, ...]
    others: tuple[Scenario, ...]
    """Those that are not beside it now."""
    coverage: tuple[Coverage, ...]

    @property
    def is_drawn(self) -> bool:
        return any(column.curve for column in self.columns)

    @property
    def why_not_drawn(self) -> str:
        if any(column.has_waited for column in self.columns):
            return (
                "People who have waited through earlier rounds come first here. Nothing of that is given up for a "
                "stronger weakest pair."
            )
        if any(len(column.run.curve or ()) > 1 for column in self.columns):
            return (
                "What fairness costs is not drawn here: exact figures could tell what somebody told the search alone."
            )
        if any(column.run.curve for column in self.columns):
            return "The best total fit is the fairest answer, too: with as many pairs, no weakest one is stronger."
        return (
            "Nothing is drawn for searches this large. A scenario in which fairness may cost something draws it, if "
            "there is time enough."
        )


def compare(base: MatchingRun, at: datetime, wanted: Collection[str] = ()) -> Comparison:
    """``base`` with the scenarios of which the keys are ``wanted``, or else with the newest: in a constant number of
    queries, however many people and pairs there are."""
    every = list(
        Scenario.objects.filter(base=base, run__state__in=SHOWN_STATES)
        .select_related("run__program", "run__requested_by")
        .defer("run__certificate")
        .order_by("-pk")
    )
    ended = [each for each in every if each.run.state in rules.COMPARABLE]
    asked = [each for each in ended if str(each.run_id) in wanted] or ended
    beside = sorted(asked[: AT_ONCE - 1], key=lambda each: each.pk)
    runs = [base, *(each.run for each in beside)]
    found = _Found([run.pk for run in runs])
    return Comparison(
        base=base,
        program=base.program,
        columns=tuple(_columns(base, beside, found, at)),
        under_way=tuple(each for each in every if each.run.is_under_way),
        others=tuple(each for each in ended if each not in beside),
        coverage=tuple(_coverage(base.program, runs, found)),
    )


def name_of(run: MatchingRun) -> str:
    return run.tried_as.name if run.tried_as is not None else f"Search of {run.requested_at:%-d %B, %H:%M}"


_NAMES: Final = tuple(f"{side}__person__{name}" for side in Side for name in ("given_name", "family_name"))

_WAITED: Final = ("mentor_keys", "mentor_places", "mentee_keys", "mentee_places")


class _Found:
    """What some runs found, by their keys."""

    def __init__(self, runs: Sequence[UUID]) -> None:
        rows = (
            Suggestion.objects.filter(run__in=runs)
            .order_by("mentor__person__sort_name", "mentee__person__sort_name", "pk")
            .values_list("run_id", "mentor_id", "mentee_id", "fit", *_NAMES)
        )
        self.pairs: dict[UUID, dict[Pair, tuple[str, str]]] = {run: {} for run in runs}
        self.total: Counter[UUID] = Counter()
        self.weakest: dict[UUID, int] = {}
        for run, mentor, mentee, fit, *names in rows:
            self.pairs[run][mentor, mentee] = " ".join(names[:2]), " ".join(names[2:])
            self.total[run] += fit
            self.weakest[run] = min(fit, self.weakest.get(run, fit))
        asked = MatchingRun.objects.filter(pk__in=runs).values_list(
            "pk", *(KeyTransform(each, "certificate") for each in ("round", *_WAITED))
        )
        self.places: dict[UUID, dict[UUID, int]] = {
            run: {
                UUID(key): most
                for keys, places in ((mentors, mentor_places), (mentees, mentee_places))
                for key, most in zip(keys or (), places or (), strict=True)
            }
            for run, _, mentors, mentor_places, mentees, mentee_places in asked
        }
        """Who waited, and with how many places."""
        self.has_waited = {run for run, round_counts, *_ in asked if round_counts}
        waited = {one for places in self.places.values() for one in places}
        self.people = list(
            Participation.objects.filter(pk__in=waited).values_list(
                "pk", "side", "person__function__name", "person__level__name", "person__level__rank"
            )
        )
        self.side: dict[UUID, Side] = {pk: Side(side) for pk, side, *_ in self.people}

    def placed(self, run: UUID) -> set[UUID]:
        return {one for pair in self.pairs[run] for one in pair}

    def without(self, run: UUID) -> dict[Side, int]:
        alone = Counter(self.side.get(one) for one in self.places[run].keys() - self.placed(run))
        return {side: alone[side] for side in Side}


def _columns(base: MatchingRun, beside: Sequence[Scenario], found: _Found, at: datetime) -> Iterator[Column]:
    runs = [base, *(each.run for each in beside)]
    scenarios = [base.tried_as, *beside]
    on = at.astimezone(UTC).date()
    room = room_in(base.program, at)
    waiting = set(pool(base.program, on).values_list("pk", flat=True))
    sent_from = Proposal.objects.filter(program=base.program).aggregate(first=Min("proposed_at"))["first"]
    for run, scenario, departing in zip(runs, scenarios, departures_of(runs), strict=True):
        limits = places_asked(run)
        now = {one: most for one in waiting if (most := min(room.of(one), limits.get(one, room.of(one)))) > 0}
        here, there = found.pairs[run.pk], found.pairs[base.pk]
        best = scenario.total_by_base if scenario is not None and run is not base else found.total[base.pk]
        told_nothing = (
            run.finished_at is not None
            and (sent_from is None or sent_from > run.finished_at)
            and not run.settings.get("weights", {}).get(Criterion.PARTNER_WISHES)
        )
        yield Column(
            run=run,
            scenario=scenario,
            title=name_of(run),
            departures=departing,
            moved=tuple(_moved(found.places[run.pk], now)) if run.state in (RunState.SOLVED, RunState.TRIED) else (),
            pairs=len(here),
            total=_share(best, found.total[base.pk], exact=told_nothing),
            weakest=explanations.fit_in_words(found.weakest[run.pk], run.settings.get("weights", {})) if here else None,
            without=found.without(run.pk),
            same=len(here.keys() & there.keys()),
            only_here=_difference(here, there),
            only_in_base=_difference(there, here),
            curve=_curve(run, found.weakest[run.pk]) if told_nothing and here else None,
            has_waited=run.pk in found.has_waited,
            may_be_used=run.state == RunState.TRIED,
        )


def _share(part: int | None, whole: int, *, exact: bool) -> str:
    return f"{100 * part / whole:.{1 if exact else 0}f}%" if part is not None and whole else ""


def _moved(then: Mapping[UUID, int], now: Mapping[UUID, int]) -> Iterator[str]:
    """Nothing is said of who it is: the next search names them, or this one does when it is sent."""
    if new := len(now.keys() - then.keys()):
        yield f"{_counted(new, 'person waits', 'people wait')} now who did not when it was made."
    if gone := len(then.keys() - now.keys()):
        yield f"{_counted(gone, 'person', 'people')} it looked at {'does' if gone == 1 else 'do'} not wait any more."
    if other := sum(then[one] != now[one] for one in then.keys() & now.keys()):
        yield f"{_counted(other, 'person has', 'people have')} another number of free places now."


def _counted(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def _difference(here: Mapping[Pair, tuple[str, str]], there: Collection[Pair]) -> Difference:
    only = [names for pair, names in here.items() if pair not in there]
    return Difference(len(only), tuple(only[:DIFFERING_SHOWN]))


def _curve(run: MatchingRun, weakest: int) -> charts.Chart | None:
    """Drawn where there is a choice: one point is no curve."""
    points: list[dict[str, int]] = run.curve or []
    if len(points) < 2:
        return None
    best = points[0]["total"] or 1
    return charts.trade_off(
        f"What fairness costs: {name_of(run)}",
        [
            charts.Compromise(
                gained=round(point["weakest"] / 1000, 1),
                kept=round(100 * point["total"] / best, 1),
                chosen=point["weakest"] == weakest,
            )
            for point in points
        ],
        heads=("Weakest fit, of 100", "Total fit"),
    )


# -- whom it covers -----------------------------------------------------------------------------------------------


def _coverage(program: Program, runs: Sequence[MatchingRun], found: _Found) -> Iterator[Coverage]:
    for side in Side:
        for kind, nowhere in (("function", "Without a function"), ("level", "Without a level")):
            groups: dict[tuple[int, str], set[UUID]] = {}
            for pk, on_side, function, level, rank in found.people:
                if on_side == side:
                    named = (0, function or nowhere) if kind == "function" else (rank or 0, level or nowhere)
                    groups.setdefault(named, set()).add(pk)
            lines = tuple(
                CoverageLine(name, tuple(Cell(name_of(run), _covered(run.pk, people, found)) for run in runs))
                for (_, name), people in sorted(groups.items())
            )
            yield Coverage(f"{program.word(side, plural=True, capital=True)} by {kind}", lines)


def _covered(run: UUID, people: set[UUID], found: _Found) -> str:
    waited = len(people & found.places[run].keys())
    return f"{len(people & found.placed(run))} of {waited}"
