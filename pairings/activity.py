"""What the pairs of a program did, as figures about groups. Every figure leaves through ``disclosure``.

Figures change once a week, and only in company. The past is told again from the rows, Sunday by Sunday: a pair that
was formed, signed, met or ended is counted together with others that did the same since, never alone; meetings and
hours are added in stretches of weeks that enough pairs filled. What was shown before follows from the same rows, so
that nothing has to be kept, and two releases never differ by what fewer than ``settings.SMALLEST_GROUP`` people did.

What has an instant counts on its day in UTC: it must not move when somebody moves to another zone. The day that is
asked for is ``clock.last_today``, so that no week or month is told while it goes on anywhere, for whoever reads.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Greatest, TruncDate

from disclosure import (
    Figure,
    GroupedDistribution,
    Hidden,
    Reason,
    Shown,
    by_group,
    compatible,
    count_table,
    last_sunday,
    moved_together,
    share,
    sundays,
    total,
)
from pairings import rules, staying
from pairings.choices import Agreeing, GoalState, Moment
from pairings.models import Agreement, CheckIn, Goal, Meeting, Pairing, SkillRating
from programs.choices import Side
from programs.models import Program

LEAST_PAIRS: Final = 3
"""Pairs that are counted in company, as pure activity; their people must be the smallest group as well."""

UNDER_WAY: Final = "Under way"
RAN_ITS_TERM: Final = "Ran to its last day"
ENDED_EARLY: Final = "Ended early"

FORMED, SIGNED, MET = "0 formed", "1 signed", "2 met"
NOT_DUE, BEHIND, AS_AGREED = "not due", "behind", "as agreed"

QUESTIONS: Final[Mapping[str, str]] = {
    "meeting": "We meet as we agreed",
    "getting": "I am getting what I want out of it",
    "speaking": "I can say what I really think",
    "worth": "It is worth the time",
}

Scale = Mapping[int, str]
"""What each of the five points is counted as."""

LITTLE_OR_NOT: Final = "Little or not"
PARTLY_OR_LESS: Final = "Partly or less"
MOSTLY_OR_FULLY: Final = "Mostly or fully"
_PARTLY, _MOSTLY, _FULLY = (str(point.label) for point in (Agreeing.PARTLY, Agreeing.MOSTLY, Agreeing.FULLY))
SCALES: Final[tuple[Scale, ...]] = (
    {1: LITTLE_OR_NOT, 2: LITTLE_OR_NOT, 3: _PARTLY, 4: _MOSTLY, 5: _FULLY},
    {1: PARTLY_OR_LESS, 2: PARTLY_OR_LESS, 3: PARTLY_OR_LESS, 4: _MOSTLY, 5: _FULLY},
    {1: PARTLY_OR_LESS, 2: PARTLY_OR_LESS, 3: PARTLY_OR_LESS, 4: MOSTLY_OR_FULLY, 5: MOSTLY_OR_FULLY},
)
"""From fine to coarse. The two lowest points are rare, so they are counted together from the start."""

LESS_THAN_A_STEP, ONE_STEP, TWO_STEPS = "Less than a step", "A step", "Two steps or more"
A_STEP_OR_MORE: Final = "A step or more"
GREW: Final = frozenset({ONE_STEP, TWO_STEPS, A_STEP_OR_MORE})
GROWTH: Final[tuple[Scale, ...]] = (
    {0: LESS_THAN_A_STEP, 1: ONE_STEP, 2: TWO_STEPS},
    {0: LESS_THAN_A_STEP, 1: A_STEP_OR_MORE, 2: A_STEP_OR_MORE},
)
"""How far the skills somebody wanted went up on average, in whole steps of ``choices.Mastery``."""

_SCALES_OF: Final = {"agreeing": SCALES, "growth": GROWTH}

Pair = tuple[int, int]
"""The two people, the lower key first: two who are paired once more are still the same two people."""


@dataclass(frozen=True, slots=True)
class Week:
    """One ISO week, from its Monday: meetings counted in it, and how many the program's rhythm would have brought."""

    monday: date
    held: Figure
    expected: Figure

    @property
    def label(self) -> str:
        return f"{self.monday.day} {self.monday:%b}"


@dataclass(frozen=True, slots=True)
class ProgramActivity:
    """Pairs, their rhythm, hours and goals, as of the last Sunday; all of it fit to be shown to anybody, together.

    ``places_…`` are two for each pair: somebody in two pairs counts twice, so they tell no more than the pairs do.
    Shares are whole per cent; averages are divided from the figures on show, and are hidden with them.
    """

    as_of: date
    pairs_formed: Figure
    pairs_under_way: Figure
    pairs_completed: Figure
    pairs_ended_early: Figure
    places_paired: Figure
    places_agreed: Figure
    places_met: Figure
    weeks: Sequence[Week]
    meetings_held: Figure
    hours_together: Figure
    meeting_as_agreed: Figure
    meetings_per_pair: Figure
    hours_per_pair: Figure
    agreements_signed: Figure
    goals_met: Figure
    still_here: Figure


@dataclass(frozen=True, slots=True)
class _Spell:
    started_on: date
    runs_until: date
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of two people. Days are those from which something counts: never before it was written down."""

    pair: Pair
    spells: tuple[_Spell, ...]
    rhythms: tuple[tuple[date, int], ...]
    """The day on which both had signed, and the days between meetings; by version."""
    usual_rhythm: int
    held: tuple[tuple[date, int], ...]
    """Day and minutes, in order of the days."""
    left_on: tuple[date | None, date | None]
    """The first day on which each of the two no longer works here, in the order of ``pair``."""

    @property
    def started_on(self) -> date:
        return self.spells[0].started_on

    def state(self, on: date) -> str:
        spell = next(each for each in reversed(self.spells) if each.started_on <= on)
        if spell.ended_on is not None and spell.ended_on <= on and spell.ended_on < spell.runs_until:
            return ENDED_EARLY
        return UNDER_WAY if on <= spell.runs_until else RAN_ITS_TERM

    def came_to(self, on: date) -> str:
        if not any(day <= on for day, _ in self.rhythms):
            return FORMED
        return MET if self.number_held(on) else SIGNED

    def keeps(self, on: date) -> str:
        signed = [every for day, every in self.rhythms if day <= on]
        rhythm = signed[-1] if signed else self.usual_rhythm
        expected = sum(
            rules.expected_meetings(each.started_on, min(on, each.ended_on or each.runs_until), rhythm=rhythm)
            for each in self.spells
            if each.started_on <= on
        )
        if not expected:
            return NOT_DUE
        return AS_AGREED if self.number_held(on) >= expected else BEHIND

    def number_held(self, on: date) -> int:
        return bisect_right(self.held, on, key=_day)


def _day(held: tuple[date, int]) -> date:
    return held[0]


def paired_since(program: Program) -> dict[int, date]:
    """For each person who ever was in a pair of the program, since when; never for show."""
    since: dict[int, date] = {}
    rows = (
        Pairing.objects.filter(program=program)
        .order_by("-started_on")
        .values_list("mentor__person_id", "mentee__person_id", "started_on")
    )
    for mentor, mentee, started_on in rows:
        since[mentor] = since[mentee] = started_on
    return since


def program_activity(program: Program, on: date) -> ProgramActivity:
    """Everything the dashboards show about the pairs of a program, released. Four queries, however many pairs."""
    k, as_of = settings.SMALLEST_GROUP, last_sunday(on)
    facts = _facts(program)
    counted = _counted(facts, as_of, k)
    states = [UNDER_WAY, RAN_ITS_TERM, ENDED_EARLY]
    few = Hidden(Reason.FEW, k)
    pairs = count_table(
        [(pair, {"state": state}) for pair, state in counted.state.items()],
        by=("state",), k=LEAST_PAIRS, categories={"state": states},
    )  # fmt: skip
    formed = pairs.total if counted.state else few
    under_way, completed, early = (pairs.cell(state) if counted.state else few for state in states)
    came_to = Counter(counted.came_to.values())
    steps = len(counted.state), came_to[SIGNED] + came_to[MET], came_to[MET]
    keeps = {pair: how for pair, how in counted.keeps.items() if how != NOT_DUE}
    meetings, hours = (
        total(sums, k=k, unit=unit) if counted.state else few
        for sums, unit in ((counted.meetings, ""), ({pair: each / 60 for pair, each in counted.minutes.items()}, "h"))
    )
    return ProgramActivity(
        as_of=as_of,
        pairs_formed=formed,
        pairs_under_way=under_way,
        pairs_completed=completed,
        pairs_ended_early=early,
        places_paired=Shown(2 * steps[0]) if formed.is_shown else formed,
        places_agreed=Shown(2 * steps[1]) if formed.is_shown else formed,
        places_met=Shown(2 * steps[2]) if formed.is_shown else formed,
        weeks=[
            Week(monday, held, Shown(pairs_then * 7 / program.meet_every_days))
            for monday, held, pairs_then in counted.weeks
        ],
        meetings_held=meetings,
        hours_together=hours,
        meeting_as_agreed=share(
            {pair for pair, how in keeps.items() if how == AS_AGREED}, keeps.keys(), k=LEAST_PAIRS, sensitive=False
        ) if keeps else few,
        meetings_per_pair=_a_pair(meetings, formed),
        hours_per_pair=_a_pair(hours, formed),
        agreements_signed=Shown(100 * steps[1] / steps[0], unit="%") if formed.is_shown else formed,
        goals_met=_goals_met(program, k=k),
        still_here=staying.still_here(_stays(facts, counted.formed_on), as_of, k=k),
    )  # fmt: skip


def _a_pair(sum_of_all: Figure, formed: Figure) -> Figure:
    for figure in (formed, sum_of_all):
        if isinstance(figure, Hidden):
            return figure
    return (
        Shown(sum_of_all.number / formed.number, decimals=1)
        if formed.number and sum_of_all.number is not None
        else formed
    )


def _stays(facts: Iterable[_Facts], formed_on: Mapping[Pair, date]) -> Iterable[staying.Stay]:
    """Each person once, by the first of their pairs that was counted."""
    first: dict[int, staying.Stay] = {}
    counted = [each for each in facts if each.pair in formed_on]
    for each in sorted(counted, key=lambda each: (formed_on[each.pair], each.started_on, each.pair), reverse=True):
        for person, left_on in zip(each.pair, each.left_on, strict=True):
            first[person] = staying.Stay(person, each.started_on, formed_on[each.pair], left_on)
    return first.values()


def _facts(program: Program) -> tuple[_Facts, ...]:
    spells: dict[Pair, list[_Spell]] = defaultdict(list)
    pair_of: dict[object, Pair] = {}
    left: dict[int, date | None] = {}
    for pk, mentor, mentee, started_on, runs_until, ended_on, mentor_left, mentee_left in (
        Pairing.objects.filter(program=program)
        .order_by("started_on", "pk")
        .values_list(
            "pk", "mentor__person_id", "mentee__person_id", "started_on", "runs_until", "ended_on",
            "mentor__person__left_on", "mentee__person__left_on",
        )
    ):  # fmt: skip
        pair_of[pk] = pair = (min(mentor, mentee), max(mentor, mentee))
        left |= {mentor: mentor_left, mentee: mentee_left}
        spells[pair].append(_Spell(started_on, runs_until, ended_on))
    rhythms: dict[Pair, list[tuple[date, int]]] = defaultdict(list)
    for pk, mentor_at, mentee_at, every in (
        Agreement.objects.filter(pairing__program=program)
        .order_by("pairing__started_on", "version")
        .values_list("pairing_id", "mentor_signed_at", "mentee_signed_at", "meet_every_days")
    ):
        if mentor_at and mentee_at:
            rhythms[pair_of[pk]].append((max(mentor_at, mentee_at).date(), every))
    held: dict[Pair, list[tuple[date, int]]] = defaultdict(list)
    # By the two people and not by the pair: a key of a pair takes the driver longer to read than all the rest.
    for one, other, day, minutes in (
        Meeting.objects.filter(pairing__program=program)
        .annotate(counts_on=Greatest("held_on", TruncDate("logged_at", tzinfo=UTC)))
        .order_by("counts_on", "pk")
        .values_list("pairing__mentor__person_id", "pairing__mentee__person_id", "counts_on", "minutes")
    ):
        held[min(one, other), max(one, other)].append((day, minutes))
    return tuple(
        _Facts(
            pair, tuple(some), tuple(rhythms[pair]), program.meet_every_days, tuple(held[pair]),
            (left[pair[0]], left[pair[1]]),
        )
        for pair, some in sorted(spells.items())
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Counted:
    """What counts on a day, by pair; and the weeks whose meetings are in the sums, with the pairs then under way.

    ``formed_on`` is the Sunday from which a pair counts as formed.
    """

    formed_on: Mapping[Pair, date]

    state: Mapping[Pair, str]
    came_to: Mapping[Pair, str]
    keeps: Mapping[Pair, str]
    meetings: Mapping[Pair, float]
    minutes: Mapping[Pair, float]
    weeks: tuple[tuple[date, Figure, int], ...]


@lru_cache(maxsize=64)
def _counted(facts: tuple[_Facts, ...], as_of: date, k: int) -> _Counted:
    """The weeks up to ``as_of`` one after the other. Remembered by the facts themselves, so never out of date."""

    def enough(some: Collection[Pair]) -> bool:
        return len(some) >= LEAST_PAIRS and len({person for pair in some for person in pair}) >= k

    formed_on: dict[Pair, date] = {}
    state: dict[Pair, str] = {}
    came_to: dict[Pair, str] = {}
    keeps: dict[Pair, str] = {}
    meetings: Counter[Pair] = Counter()
    minutes: Counter[Pair] = Counter()
    weeks: list[tuple[date, Figure, int]] = []
    waiting: dict[date, Counter[Pair]] = {}
    held, lasted = _by_week(facts)
    for sunday in sundays(min((each.started_on for each in facts), default=as_of), as_of):
        here = [each for each in facts if each.started_on <= sunday]
        came = moved_together(
            state,
            dict.fromkeys((each.pair for each in here if each.pair not in state), UNDER_WAY) | state,
            enough=enough,
        )
        formed_on = dict.fromkeys(came, sunday) | formed_on
        here = [each for each in here if each.pair in came]
        state = moved_together(came, {each.pair: each.state(sunday) for each in here}, enough=enough)
        keeps = moved_together(
            {pair: keeps.get(pair, NOT_DUE) for pair in came},
            {each.pair: each.keeps(sunday) for each in here},
            enough=enough,
        )
        before = {pair: came_to.get(pair, FORMED) for pair in came}
        after = moved_together(before, {each.pair: each.came_to(sunday) for each in here}, enough=enough)

        monday = sunday - timedelta(days=6)
        waiting[monday] = held[monday]
        added = sum(waiting.values(), Counter())
        added_minutes = sum((lasted[week] for week in waiting), Counter())
        fit = _fits(added, k) and total(added_minutes, k=k).is_shown
        for stage, adds in ((after, fit), (after, False), (before, fit), (before, False)):
            # Meetings beyond the first of each pair that met: a few of them would say that a few pairs met again.
            again = meetings.total() + (added.total() if adds else 0) - sum(each == MET for each in stage.values())
            if _is_told(again, k):
                break
        came_to = stage
        if adds:
            meetings, minutes = meetings + added, minutes + added_minutes
            under_way = sum(each == UNDER_WAY for each in state.values())
            weeks += [(week, held, under_way) for week, held in _shown_weeks(waiting, k)]
            waiting = {}
    while weeks and weeks[-1][1] == Shown(0):
        weeks.pop()
    return _Counted(formed_on, state, came_to, keeps, meetings, minutes, tuple(weeks))


def _by_week(facts: Iterable[_Facts]) -> tuple[Mapping[date, Counter[Pair]], Mapping[date, Counter[Pair]]]:
    """By Monday: how many meetings count in that week, and how many minutes, of each pair."""
    held: dict[date, Counter[Pair]] = defaultdict(Counter)
    lasted: dict[date, Counter[Pair]] = defaultdict(Counter)
    for each in facts:
        for day, minutes in each.held:
            monday = day - timedelta(days=day.weekday())
            held[monday][each.pair] += 1
            lasted[monday][each.pair] += minutes
    return held, lasted


def _is_told(again: int, k: int) -> bool:
    """Whether so many meetings beyond the first ones leave open how few pairs met again."""
    return again == 0 or again >= k


def _fits(held: Mapping[Pair, int], k: int) -> bool:
    """Whether a sum of these may be shown: of nobody, or of ``k`` pairs and people, none with by far the most."""
    people = {person for pair, number in held.items() if number for person in pair}
    return not people or (len(people) >= k and total(dict(held), k=k).is_shown)


def _shown_weeks(weeks: Mapping[date, Counter[Pair]], k: int) -> list[tuple[date, Figure]]:
    """The weeks of one stretch, whose sum is known: all that is hidden of it, together, must be fit to be shown."""
    hidden: dict[date, Hidden] = {
        week: Hidden(Reason.FEW, k) for week, held in weeks.items() if not _fits(held, k)
    }  # fmt: skip
    while hidden and not _fits(sum((weeks[week] for week in hidden), Counter()), k):
        shown = [week for week, held in weeks.items() if week not in hidden and held]
        hidden[min(shown, key=lambda week: (weeks[week].total(), week))] = Hidden(Reason.PROTECTS, k)
    return [(week, hidden.get(week) or total(dict(held), k=k)) for week, held in weeks.items()]


def _goals_met(program: Program, *, k: int) -> Figure:
    """Goals met, of all that were not dropped, to the nearest ten per cent; only where ``k`` pairs each have set some,
    have met some and have some left. When a goal was met is not kept, so this figure alone is of today; a step of ten
    says little about one goal.
    """
    goals: Counter[Pair] = Counter()
    met: Counter[Pair] = Counter()
    for one, other, state in (
        Goal.objects.filter(pairing__program=program)
        .exclude(state=GoalState.DROPPED)
        .order_by()
        .values_list("pairing__mentor__person_id", "pairing__mentee__person_id", "state")
    ):
        pair = (min(one, other), max(one, other))
        goals[pair] += 1
        met[pair] += state == GoalState.MET
    if not goals or not _fits(goals, k):
        return Hidden(Reason.FEW, k)
    if not (_fits(met, k) and _fits(goals - met, k)):
        return Hidden(Reason.PROTECTS, k)
    return Shown(round(10 * met.total() / goals.total()) * 10, unit="%")


# What they answered


@dataclass(frozen=True, slots=True)
class _Answer:
    person: int
    side: str
    month: tuple[int, int]
    point: int


def check_in_answers(program: Program, on: date) -> GroupedDistribution:
    """Whether it is worth the time: each person's latest answer in check-ins, by side, from complete batches alone.

    The one question that is counted; what was said to the others is erased with the words of the pair. A batch is a
    side's answers of whole months, of at least ``settings.SMALLEST_GROUP`` people; it waits for more when the release
    before it and the new one would tell together what fewer said. Answers are never changed, so what was released
    follows from them.
    """
    rows: Iterable[tuple[int, int, datetime, int]] = (
        CheckIn.objects.filter(pairing__program=program)
        .order_by("answered_at", "pk")
        .values_list("person_id", "pairing__mentor__person_id", "answered_at", "worth")
    )
    newest_side: dict[int, str] = {}
    answers = []
    for person, mentor, at, point in rows:
        # Somebody on both sides stays on the side of their first answer: nobody moves between groups.
        side = newest_side.setdefault(person, str((Side.MENTOR if person == mentor else Side.MENTEE).label))
        answers.append(_Answer(person, side, (at.year, at.month), point))
    done = tuple(each for each in answers if each.month < (on.year, on.month))
    return _last_batch(done, settings.SMALLEST_GROUP, "agreeing")


@dataclass(frozen=True, slots=True)
class SkillGrowth:
    """Who grew a step or more in what they wanted to learn, of all who rated themselves twice, and by side."""

    total: Figure
    by_side: GroupedDistribution

    @property
    def rated_twice(self) -> Figure:
        return self.by_side.total.reason or self.by_side.total.n


def skill_growth(program: Program, on: date) -> SkillGrowth:
    """The mean growth of each person over the skills they rated at the start and at the end.

    From pairs whose page has closed, when nobody can change a rating any more, in batches as for
    :func:`check_in_answers`. Of somebody in two pairs the later one counts.
    """
    closed = Q(pairing__ended_on=None, pairing__runs_until__lt=on - timedelta(days=rules.READABLE_DAYS)) | Q(
        pairing__ended_on__lt=on - timedelta(days=rules.READABLE_DAYS)
    )
    ratings = SkillRating.objects.filter(closed, pairing__program=program).select_related("pairing__mentor")
    said: dict[tuple[Pairing, int], dict[tuple[int, str], int]] = defaultdict(dict)
    for each in ratings.order_by("pk"):
        said[each.pairing, each.person_id][each.skill_id, each.moment] = each.mastery
    side_of: dict[int, str] = {}
    answers = []
    for (pairing, person), given in sorted(said.items(), key=lambda each: (each[0][0].last_day, each[0][0].pk)):
        steps = [
            given[skill, Moment.END] - start
            for (skill, moment), start in given.items()
            if moment == Moment.START and (skill, Moment.END) in given
        ]
        if not steps:
            continue
        own = Side.MENTOR if pairing.mentor.person_id == person else Side.MENTEE
        side = side_of.setdefault(person, str(own.label))
        closed_on = rules.readable_until(pairing) + timedelta(days=1)
        point = min(max(math.floor(sum(steps) / len(steps)), 0), 2)
        answers.append(_Answer(person, side, (closed_on.year, closed_on.month), point))
    done = tuple(each for each in answers if each.month < (on.year, on.month))
    released = _last_batch(done, settings.SMALLEST_GROUP, "growth")
    return SkillGrowth(released.total.share_of(GREW), released)


@lru_cache(maxsize=64)
def _last_batch(answers: tuple[_Answer, ...], k: int, scales: str) -> GroupedDistribution:
    counted: dict[int, _Answer] = {}
    waiting: dict[str, dict[int, _Answer]] = {str(side.label): {} for side in Side}
    shown: list[GroupedDistribution] = []
    for month in sorted({each.month for each in answers}):
        for each in answers:
            if each.month == month:
                waiting[each.side][each.person] = each
        ripe = {side: some for side, some in waiting.items() if len(some) >= k}
        # Both sides together when they may, else one side alone.
        for sides in ([*ripe], *([side] for side in ripe)) if len(ripe) > 1 else ([*ripe],):
            if not sides:
                continue
            candidate = counted | {person: each for side in sides for person, each in ripe[side].items()}
            new = _by_side(candidate.values(), k, scales)
            if compatible(*shown, new, k=k):
                counted = candidate
                shown.append(new)
                waiting |= {side: {} for side in sides}
                break
    return shown[-1] if shown else _by_side((), k, scales)


def _by_side(answers: Collection[_Answer], k: int, scales: str) -> GroupedDistribution:
    """Counted as finely as leaves no bar hidden, for both sides alike; on the coarsest scale otherwise."""
    for scale in _SCALES_OF[scales]:
        released = by_group(
            {each.person: scale[each.point] for each in answers},
            {each.person: each.side for each in answers},
            tuple(dict.fromkeys(scale.values())),
            group_names=[str(side.label) for side in Side],
            k=k,
        )
        if all(bar.count.is_shown for one in (released.total, *released.groups.values()) for bar in one.bars):
            break
    return released
