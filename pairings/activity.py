"""What the pairs of a program did, as figures about groups. Every figure leaves through ``disclosure``.

Pairs are counted from three up, as pure activity; every other figure needs five pairs or five people. Where few
people share many pairs, more pairs are asked for, so that no number speaks about fewer than five people.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings

from disclosure import Figure, GroupedDistribution, by_group, count_table, mean, series, share, total
from pairings import rules
from pairings.choices import Agreeing, GoalState
from pairings.models import Agreement, CheckIn, Goal, Meeting, Pairing
from programs.choices import Side
from programs.models import Program

LEAST_PAIRS: Final = 3
LEAST_PEOPLE: Final = 5

UNDER_WAY: Final = "Under way"
RAN_ITS_TERM: Final = "Ran to its last day"
ENDED_EARLY: Final = "Ended early"

QUESTIONS: Final[Mapping[str, str]] = {
    "meeting": "We meet as we agreed",
    "getting": "I am getting what I want out of it",
    "speaking": "I can say what I really think",
    "worth": "It is worth the time",
}

Pair = uuid.UUID


@dataclass(frozen=True, slots=True)
class Week:
    """One ISO week, from its Monday: meetings held, and how many the agreed rhythms would have brought."""

    monday: date
    held: Figure
    expected: Figure

    @property
    def label(self) -> str:
        return f"{self.monday.day} {self.monday:%b}"


@dataclass(frozen=True, slots=True)
class ProgramActivity:
    """Pairs, their rhythm, hours and goals, and check-in answers by side; all of it fit to be shown to anybody.

    Shares are whole per cent, means have one decimal. ``check_ins`` maps a question's words to its answers by side,
    from complete months alone.
    """

    pairs_formed: Figure
    pairs_under_way: Figure
    pairs_completed: Figure
    pairs_ended_early: Figure
    weeks: Sequence[Week]
    meetings_held: Figure
    hours_together: Figure
    meeting_as_agreed: Figure
    meetings_per_pair: Figure
    hours_per_pair: Figure
    agreements_signed: Figure
    goals_met: Figure
    check_ins: Mapping[str, GroupedDistribution]


@dataclass(frozen=True, slots=True)
class PeopleOfPairs:
    """Who came how far, by primary key of the person: for a funnel under disclosure control, never for show."""

    paired: frozenset[int]
    agreed: frozenset[int]
    met: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of one pair on one day."""

    pair: Pair
    people: tuple[int, int]
    started_on: date
    until: date
    state: str
    rhythm: int
    signed: bool
    held: tuple[tuple[date, int], ...]


def people_of_pairs(program: Program, on: date) -> PeopleOfPairs:
    facts = _facts(program, on)

    def people(some: Iterable[_Facts]) -> frozenset[int]:
        return frozenset(person for each in some for person in each.people)

    return PeopleOfPairs(
        paired=people(facts),
        agreed=people(each for each in facts if each.signed),
        met=people(each for each in facts if each.held),
    )


def program_activity(program: Program, on: date) -> ProgramActivity:
    """Everything the dashboards show about the pairs of a program, released. Six queries, however many pairs."""
    k = settings.SMALLEST_GROUP
    facts = _facts(program, on)
    states = [UNDER_WAY, RAN_ITS_TERM, ENDED_EARLY]
    pairs = count_table(
        [(each.pair, {"state": each.state}) for each in facts],
        by=("state",),
        k=_least_pairs(facts, states),
        categories={"state": states},
    )
    expected = {
        each.pair: rules.expected_meetings(each.started_on, each.until, rhythm=each.rhythm) for each in facts
    }  # fmt: skip
    due = {pair for pair, number in expected.items() if number}
    on_rhythm = {each.pair for each in facts if each.pair in due and len(each.held) >= expected[each.pair]}
    hours: dict[Hashable, float] = {each.pair: sum(minutes for _, minutes in each.held) / 60 for each in facts}
    meetings: dict[Hashable, float] = {each.pair: float(len(each.held)) for each in facts}
    return ProgramActivity(
        pairs_formed=pairs.total,
        pairs_under_way=pairs.cell(UNDER_WAY),
        pairs_completed=pairs.cell(RAN_ITS_TERM),
        pairs_ended_early=pairs.cell(ENDED_EARLY),
        weeks=_weeks(facts, on, k=k),
        meetings_held=total(meetings, k=k),
        hours_together=total(hours, k=k, unit="h"),
        meeting_as_agreed=share(on_rhythm, due, k=k, sensitive=False),
        meetings_per_pair=mean(meetings, k=k),
        hours_per_pair=mean(hours, k=k),
        agreements_signed=share(
            {each.pair for each in facts if each.signed}, {each.pair for each in facts}, k=k, sensitive=False
        ),
        goals_met=_goals_met(program, k=k),
        check_ins=_check_ins(program, on, k=k),
    )


def _facts(program: Program, on: date) -> list[_Facts]:
    pairings = (
        Pairing.objects.filter(program=program, started_on__lte=on)
        .order_by("pk")
        .values_list("pk", "mentor__person_id", "mentee__person_id", "started_on", "runs_until", "ended_on")
    )
    rhythms: dict[Pair, int] = dict(  # of several versions in force the newest comes last, and stays
        Agreement.objects.filter(pairing__program=program)
        .exclude(mentor_signed_at=None)
        .exclude(mentee_signed_at=None)
        .order_by("version")
        .values_list("pairing_id", "meet_every_days")
    )
    held: dict[Pair, list[tuple[date, int]]] = defaultdict(list)
    for pair, day, minutes in Meeting.objects.filter(pairing__program=program, held_on__lte=on).values_list(
        "pairing_id", "held_on", "minutes"
    ):
        held[pair].append((day, minutes))
    return [
        _Facts(
            pair=pk,
            people=(mentor, mentee),
            started_on=started_on,
            until=min(on, ended_on or runs_until),
            state=_state(runs_until, ended_on, on),
            rhythm=rhythms.get(pk, program.meet_every_days),
            signed=pk in rhythms,
            held=tuple(held[pk]),
        )
        for pk, mentor, mentee, started_on, runs_until, ended_on in pairings
    ]


def _state(runs_until: date, ended_on: date | None, on: date) -> str:
    if ended_on is not None and ended_on <= on:
        return ENDED_EARLY
    return UNDER_WAY if on <= runs_until else RAN_ITS_TERM


def _least_pairs(facts: Sequence[_Facts], states: Sequence[str]) -> int:
    """The least number of pairs, three or more, that in each state stands for five people or more."""
    least = LEAST_PAIRS
    for state in states:
        group = [each for each in facts if each.state == state]
        if len({person for each in group for person in each.people}) < LEAST_PEOPLE:
            least = max(least, len(group) + 1)
    return least


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks(facts: Sequence[_Facts], on: date, *, k: int) -> list[Week]:
    """Complete ISO weeks from the first pair on; the running week would show fewer meetings than it will have."""
    if not facts:
        return []
    mondays = []
    monday = _monday(min(each.started_on for each in facts))
    last = min(_monday(max(each.until for each in facts)), _monday(on) - timedelta(days=7))
    while monday <= last:
        mondays.append(monday)
        monday += timedelta(days=7)
    held: dict[date, set[tuple[Pair, date]]] = defaultdict(set)
    for each in facts:
        for day, _ in each.held:
            held[_monday(day)].add((each.pair, day))
    steps = series([(monday.isoformat(), held[monday]) for monday in mondays], k=k)
    return [
        Week(monday, step.figure, total(_expected_in(facts, monday), k=k))
        for monday, step in zip(mondays, steps, strict=True)
    ]


def _expected_in(facts: Sequence[_Facts], monday: date) -> dict[Hashable, float]:
    """For each pair under way in that week, its share of a meeting: days under way by days between meetings."""
    found: dict[Hashable, float] = {}
    for each in facts:
        first, last = max(each.started_on, monday), min(each.until, monday + timedelta(days=6))
        if first <= last:
            found[each.pair] = ((last - first).days + 1) / each.rhythm
    return found


def _goals_met(program: Program, *, k: int) -> Figure:
    """Goals met, of all that were not dropped; only where at least ``k`` pairs have set any."""
    goals = list(
        Goal.objects.filter(pairing__program=program)
        .exclude(state=GoalState.DROPPED)
        .order_by()
        .values_list("pk", "pairing_id", "state")
    )
    if len({pair for _, pair, _ in goals}) < k:
        goals = []
    return share({pk for pk, _, state in goals if state == GoalState.MET}, {pk for pk, _, _ in goals}, k=k)


@dataclass(frozen=True, slots=True)
class _Answer:
    person: int
    side: Side
    answered_at: datetime
    answers: Mapping[str, int]


def _check_ins(program: Program, on: date, *, k: int) -> dict[str, GroupedDistribution]:
    """The latest answer of each person, by question and side, from complete batches of answers alone."""
    rows = (
        CheckIn.objects.filter(pairing__program=program)
        .order_by("answered_at")
        .values_list("person_id", "pairing__mentor__person_id", "answered_at", *QUESTIONS)
    )
    answers = [
        _Answer(
            person=person,
            side=Side.MENTOR if person == mentor else Side.MENTEE,
            answered_at=answered_at,
            answers=dict(zip(QUESTIONS, given, strict=True)),
        )
        for person, mentor, answered_at, *given in rows
    ]
    latest = _latest_batch(answers, on, k=k)
    sides: dict[Hashable, str] = {answer.person: answer.side.label for answer in latest}
    labels = [Agreeing(point).label for point in Agreeing.values]
    return {
        words: by_group(
            {answer.person: Agreeing(answer.answers[question]).label for answer in latest},
            sides,
            labels,
            group_names=[side.label for side in Side],
            k=k,
            scores={Agreeing(point).label: float(point) for point in Agreeing.values},
        )
        for question, words in QUESTIONS.items()
    }


def _latest_batch(answers: Sequence[_Answer], on: date, *, k: int) -> Collection[_Answer]:
    """Each person's latest answer as of the last month's end that brought answers of ``k`` people or more.

    So two releases never differ by the answers of fewer people: a month that brings less waits for the next one.
    Answers are never changed, so what was released on a day can be told from the answers alone.
    """
    released: dict[int, _Answer] = {}
    waiting: dict[int, _Answer] = {}
    month: tuple[int, int] | None = None
    for answer in answers:
        of = (answer.answered_at.year, answer.answered_at.month)
        if of >= (on.year, on.month):
            break
        if month is not None and of != month and len(waiting) >= k:
            released |= waiting
            waiting = {}
        month = of
        waiting[answer.person] = answer
    if len(waiting) >= k:
        released |= waiting
    return released.values()
