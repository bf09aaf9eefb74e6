"""How a pair is doing, from facts alone: dates, signatures, cancellations, questions. Never content, never a check-in.

Each fact says how far it speaks for a pair that is quiet or stuck, and the worst of them is the pair's state; so a
state never stands without what says so. A meeting that is planned soon takes a step off the days without one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from pairings import rules
from pairings.choices import Health
from pairings.models import Agreement, Extension, Pairing, PlannedMeeting
from programs.choices import Side
from ui.components import in_words as number_in_words

UNSIGNED_QUIET, UNSIGNED_STUCK = timedelta(days=7), timedelta(days=21)
"""How long after its first day a pair without a signed agreement is quiet, and stuck."""

CANCELLED_QUIET, CANCELLED_STUCK = 2, 3
"""Meetings cancelled since the two last met, whoever did."""

UNANSWERED: Final = timedelta(days=7)
"""After this long a question nobody answered, or a meeting nobody said anything about, speaks for a quiet pair."""

ORDER: Final = (Health.ON_TRACK, Health.QUIET, Health.STUCK)


@dataclass(frozen=True, slots=True)
class Fact:
    words: str
    speaks_for: Health = Health.ON_TRACK


@dataclass(frozen=True, slots=True)
class PairHealth:
    state: Health
    facts: Sequence[Fact]
    fine_until: date | None
    """Until when they are left in peace, because one of the two asked for it."""


def health_of(
    pairing: Pairing,
    *,
    at: datetime,
    on: date,
    last_met: date | None,
    agreements: Sequence[Agreement],
    planned: Sequence[PlannedMeeting],
    questions: Iterable[Extension],
) -> PairHealth:
    """Of a pair under way. ``planned`` are those planned and those cancelled, ``questions`` those without an answer.

    Questions are read with who asked them, whose day it is.
    """
    since = rules.counted_from(pairing, last_met, on=on)
    if rules.is_in_peace(pairing, on=on):
        until = pairing.fine_until
        assert until is not None  # noqa: S101 - that is what being in peace means
        side = Side.MENTOR if pairing.fine_said_by_id == _person(pairing, Side.MENTOR) else Side.MENTEE
        who = f"The {_word(pairing, side)} said that the two are fine"
        words = f"{who}, and asked that they be left in peace until {rules.in_words(until)}."
        return PairHealth(Health.ON_TRACK, [Fact(words)], until)
    facts = [
        _meetings(pairing, agreements, planned, last_met=last_met, at=at, on=on),
        *_signatures(pairing, agreements, on=on),
        *_cancellations(pairing, planned, since=since),
        *_unsaid(planned, at=at),
        *_questions(pairing, questions, at=at),
        *_ahead(planned, at=at),
    ]
    return PairHealth(max((fact.speaks_for for fact in facts), key=ORDER.index), facts, None)


def _meetings(
    pairing: Pairing, agreements: Sequence[Agreement], planned: Sequence[PlannedMeeting], *, last_met: date | None,
    at: datetime, on: date,
) -> Fact:  # fmt: skip
    rhythm = rules.rhythm_days(pairing, agreements)
    how_often = rules.rhythm_in_words(rhythm).lower()
    agreed = f"they agreed to meet {how_often}" if rules.in_force(agreements) else f"the program suggests {how_often}"
    since = rules.counted_from(pairing, last_met, on=on)
    if last_met is None:
        words = f"No meeting yet. The pair began on {rules.in_words(pairing.started_on)}"
    else:
        words = f"They last met on {rules.in_words(last_met)}"
    if since not in (last_met, pairing.started_on):
        words = f"{words}, and paused until {rules.in_words(since)}"
    words = f"{words}; {agreed}."
    steps = (on >= rules.quiet_from(since, rhythm=rhythm)) + (
        on >= rules.quiet_from(since + timedelta(days=rhythm), rhythm=rhythm)
    )
    if any(rules.is_ahead(each, at=at) and each.day <= on + timedelta(days=rhythm) for each in planned):
        steps = max(steps - 1, 0)
    return Fact(words, ORDER[steps])


def _signatures(pairing: Pairing, agreements: Sequence[Agreement], *, on: date) -> Iterator[Fact]:
    since = rules.counted_from(pairing, None, on=on)
    if rules.in_force(agreements) or on < since + UNSIGNED_QUIET:
        return
    state = Health.STUCK if on >= since + UNSIGNED_STUCK else Health.QUIET
    newest = max(agreements, key=lambda each: each.version, default=None)
    if newest is None:
        yield Fact("No agreement is written yet.", state)
        return
    signed = Side.MENTOR if rules.has_signed(newest, Side.MENTOR) else Side.MENTEE
    yield Fact(
        f"The {_word(pairing, signed)} has signed the agreement; the {_word(pairing, signed.other)} has not yet.", state
    )


def _cancellations(pairing: Pairing, planned: Sequence[PlannedMeeting], *, since: date) -> Iterator[Fact]:
    """Who cancelled, and how long before. What was cancelled along with the pair is nobody's."""
    of = rules.cancelled_since(planned, since)
    state = ORDER[(len(of) >= CANCELLED_QUIET) + (len(of) >= CANCELLED_STUCK)]
    for side in Side:
        leads = [lead_in_words(each) for each in of if each.settled_by_id == _person(pairing, side)]
        if leads:
            meetings = f"{number_in_words(len(leads)).lower()} meeting{'' if len(leads) == 1 else 's'}"
            each = [f"one {lead}" for lead in leads] if len(leads) > 1 else leads
            when = " and ".join(filter(None, [", ".join(each[:-1]), each[-1]]))
            yield Fact(f"The {_word(pairing, side)} has cancelled {meetings} since, {when} beforehand.", state)


def _unsaid(planned: Sequence[PlannedMeeting], *, at: datetime) -> Iterator[Fact]:
    for each in planned:
        if rules.waits_for_word(each, at=at):
            state = Health.QUIET if at >= each.ends_at + UNANSWERED else Health.ON_TRACK
            yield Fact(f"Nobody has said whether the meeting planned for {rules.in_words(each.day)} took place.", state)


def _questions(pairing: Pairing, questions: Iterable[Extension], *, at: datetime) -> Iterator[Fact]:
    for each in questions:
        side = Side.MENTOR if each.proposed_by_id == _person(pairing, Side.MENTOR) else Side.MENTEE
        state = Health.QUIET if at >= each.proposed_at + UNANSWERED else Health.ON_TRACK
        asked_on = each.proposed_at.astimezone(each.proposed_by.zone).date()
        yield Fact(
            f"The {_word(pairing, side)} asked to go on, on {rules.in_words(asked_on)}; "
            f"the {_word(pairing, side.other)} has not answered.",
            state,
        )


def _ahead(planned: Sequence[PlannedMeeting], *, at: datetime) -> Iterator[Fact]:
    first = min((each.day for each in planned if rules.is_ahead(each, at=at)), default=None)
    if first is not None:
        yield Fact(f"The next meeting is planned for {rules.in_words(first)}.")


def lead_in_words(cancelled: PlannedMeeting) -> str:
    """Three days, five hours, less than an hour: how long before its time it was cancelled."""
    assert cancelled.settled_at is not None  # noqa: S101 - a constraint keeps it so
    hours = int((cancelled.starts_at - cancelled.settled_at).total_seconds()) // 3600
    if hours < 1:
        return "less than an hour"
    number, unit = (hours // 24, "day") if hours >= 48 else (hours, "hour")
    return f"{number_in_words(number).lower()} {unit}{'' if number == 1 else 's'}"


def _person(pairing: Pairing, side: Side) -> int:
    return pairing.mentor.person_id if side is Side.MENTOR else pairing.mentee.person_id


def _word(pairing: Pairing, side: Side) -> str:
    return pairing.program.word(side)
