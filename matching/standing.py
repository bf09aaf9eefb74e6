"""Whether two people may be put to one another as things stand now; a search looked at them as they stood then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from matching.inputs import asked_now, pool, reasons_against
from matching.models import Ruling, Suggestion
from matching.places import Room, room_in
from participants import queries as participants
from participants.models import Participation
from programs import rules as program_rules
from programs.choices import Side
from programs.models import Program

Pair = Ruling | Suggestion


@dataclass(frozen=True, slots=True)
class Affected:
    """A pair that may not be formed now, and why, in a sentence."""

    pair: Pair
    why: str


def judge(program: Program, pairs: Sequence[Pair], *, at: datetime) -> list[Affected]:
    """Which of these pairs cannot be proposed as things stand now. A constant number of queries."""
    if not pairs:
        return []
    on = at.astimezone(UTC).date()
    waiting = set(pool(program, on).values_list("pk", flat=True))
    room = room_in(program, at)
    duos = [(pair.mentor, pair.mentee) for pair in pairs]
    against = reasons_against(program, duos, on=on, asked=asked_now(program, at))
    affected = []
    for pair, forbidding in zip(pairs, against, strict=True):
        why = _why_not(pair, waiting, room, forbidding, on)
        if why:
            affected.append(Affected(pair, why))
        else:
            room.take(pair.mentor_id, pair.mentee_id)
    return affected


def _why_not(
    pair: Pair,
    waiting: set[UUID],
    room: Room,
    forbidding: Sequence[str],
    on: date,
) -> str:
    """A sentence for the coordinator, or nothing."""
    for participation in (pair.mentor, pair.mentee):
        if participation.pk not in waiting:
            return _why_not_waiting(participation, on)
    for participation in (pair.mentor, pair.mentee):
        if room.of(participation.pk) < 1:
            return f"{participation.person.name} has no free place or no time left."
    return " ".join(forbidding)


def _why_not_waiting(participation: Participation, on: date) -> str:
    person, side = participation.person, Side(participation.side)
    if participation.withdrawn_at is None and (missing := participants.missing_of(participation)):
        return f"{person.name} {missing[0].words_for_coordinators}."
    if participation.withdrawn_at is not None:
        return f"{person.name} no longer takes part."
    if program_rules.may_take_side(participation.program, person, side, on):
        return f"{person.name} does not wait for a proposal now."
    return " ".join(program_rules.reasons_against_side(participation.program, person, side, on))
