"""Pairs a coordinator decided about by hand, as a search can keep to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from matching.candidates import Candidates
from matching.choices import Hand, Setback
from matching.places import Room
from matching.terms import Decision, People
from participants.models import Participation


@dataclass(frozen=True, slots=True)
class ByHand:
    """Rows and columns for the engine, and the kept pairs that cannot hold now: a search never fails over them."""

    kept: tuple[tuple[int, int], ...] = ()
    barred: tuple[tuple[int, int], ...] = ()
    set_back: tuple[tuple[UUID, UUID, Setback], ...] = ()


def by_hand(
    decisions: Iterable[Decision],
    candidates: Candidates,
    mentors: Sequence[Participation],
    mentees: Sequence[Participation],
    room: Room,
    keep: Iterable[People],
) -> ByHand:
    """What was decided by hand comes to this among those who wait. ``keep`` are pairs to hold on to besides.

    Kept pairs hold in the order in which they were decided and take their places from ``room``; where those or
    the hours for them run out, the later ones are set back.
    """
    row = {mentor.pk: index for index, mentor in enumerate(mentors)}
    column = {mentee.pk: index for index, mentee in enumerate(mentees)}
    kept: list[tuple[int, int]] = []
    barred: list[tuple[int, int]] = []
    set_back: list[tuple[UUID, UUID, Setback]] = []

    def hold(mentor: UUID, mentee: UUID) -> Setback | None:
        if mentor not in row or mentee not in column:
            return Setback.GONE
        where = row[mentor], column[mentee]
        if any(candidates.apart(*(np.array([index], dtype=np.intp) for index in where)).values()):
            return Setback.RULES
        if where in kept:
            return None
        if not room.has_for(mentor, mentee):
            return Setback.PLACES
        room.take(mentor, mentee)
        kept.append(where)
        return None

    never: set[People] = set()
    for mentor, mentee, hand in decisions:
        if hand == Hand.NEVER:
            never.add((mentor, mentee))
            if mentor in row and mentee in column:
                barred.append((row[mentor], column[mentee]))
        elif setback := hold(mentor, mentee):
            set_back.append((mentor, mentee, setback))
    for mentor, mentee in keep:
        if (mentor, mentee) not in never:
            hold(mentor, mentee)
    return ByHand(tuple(kept), tuple(barred), tuple(set_back))
