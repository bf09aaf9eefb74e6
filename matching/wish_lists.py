"""The list from which somebody may choose, before the search, whom they wish to meet.

It comes from the same rules and the same fit as the search. Whom a veto, a declared conflict or a "not this one" keeps
away is simply not on it: its length depends on the other rules alone and leaves out at least half of those they allow,
and its order says nothing, so that nobody can tell from it who is missing. What others wish plays no part in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from typing import Final, Literal

import numpy as np
from django.utils.crypto import salted_hmac

from matching.candidates import MET_BEFORE, Candidates
from matching.choices import RunState
from matching.inputs import candidates_of, pool, with_what_they_said
from matching.models import PartnerWish
from participants.models import KnownSkill, Participation
from programs.choices import Side, Stage, WishLists
from programs.models import Program

LONGEST: Final = 10
SHORTEST: Final = 3
"""With fewer than twice so many people whom the rules allow there is no list."""

SHARED_BY: Final = 5
"""So many on the list's side work in a function before it is named on a list without names."""

BEFORE_THE_SEARCH: Final = frozenset({Stage.ENROLMENT, Stage.MATCHING})
_BEGUN: Final = frozenset({RunState.QUEUED, RunState.RUNNING, RunState.SOLVED, RunState.PUBLISHED})


@dataclass(frozen=True, slots=True)
class Possible:
    """Somebody on a list, as its reader sees them: what the two have in common, and the name where lists have names."""

    key: str
    """Opaque, and another one for each reader."""
    participation: Participation
    called: str
    line: str
    shows: tuple[str, ...]
    learns: tuple[str, ...]
    enjoys: tuple[str, ...]
    works_in: str


@dataclass(frozen=True, slots=True)
class WishList:
    mine: Participation
    possible: tuple[Possible, ...]
    chosen: tuple[str, ...]
    """Keys of those whom the reader has chosen, the dearest first."""
    is_open: bool
    """It closes when the search begins whose proposals are sent; one that is set aside opens it again."""

    @property
    def wished(self) -> list[Possible]:
        by_key = {each.key: each for each in self.possible}
        return [by_key[key] for key in self.chosen]


def is_open(program: Program) -> bool:
    newest = program.matching_runs.order_by("-requested_at").values_list("state", flat=True).first()
    return program.wish_lists != WishLists.NONE and program.stage in BEFORE_THE_SEARCH and newest not in _BEGUN


def wish_list(mine: Participation, at: datetime) -> WishList:
    program, on = mine.program, at.astimezone(UTC).date()
    side = Side(mine.side)
    waiting = pool(program, on)
    wishes = list(PartnerWish.objects.filter(participation=mine).values_list("wished_id", flat=True))
    reader = next(iter(with_what_they_said(waiting.filter(pk=mine.pk))), None)
    others = list(with_what_they_said(waiting.filter(side=side.other).exclude(person=mine.person_id)))
    if reader is None or not others:
        return WishList(mine, (), (), is_open(program))
    sides = ([reader], others) if side is Side.MENTOR else (others, [reader])
    without_wishes = copy(program)
    without_wishes.wish_lists = WishLists.NONE
    listed = _listed(candidates_of(without_wishes, *sides, on=on), side, reader, others, wishes)
    by_key = sorted(((_key(mine, one), one) for one in listed), key=lambda each: each[0])
    possible = tuple(_shown(key, place, one, reader, others) for place, (key, one) in enumerate(by_key, start=1))
    key_of = {each.participation.pk: each.key for each in possible}
    chosen = tuple(key_of[wished] for wished in wishes if wished in key_of)
    return WishList(mine, possible, chosen, is_open(program))


def _listed(
    candidates: Candidates, side: Side, reader: Participation, others: Sequence[Participation], wishes: Sequence[object]
) -> list[Participation]:
    """The best of those whom nothing keeps apart from the reader, and those chosen before."""
    row: Literal["mentor", "mentee"] = "mentor" if side is Side.MENTOR else "mentee"
    apart = candidates.apart_from(row, 0)
    kept_quiet = apart.pop(MET_BEFORE)
    allowed = ~reduce(np.logical_or, apart.values())
    length = min(LONGEST, int(allowed.sum()) // 2)
    if length < SHORTEST:
        return []
    everybody = np.arange(len(others))
    same = np.zeros(len(others), dtype=np.intp)
    fits = candidates.fit.pairs(*((same, everybody) if side is Side.MENTOR else (everybody, same)))
    keys = [_key(reader, one) for one in others]
    possible = np.flatnonzero(allowed & ~kept_quiet).tolist()
    best = sorted(possible, key=lambda one: (-fits[one], keys[one]))
    return [others[one] for place, one in enumerate(best) if place < length or others[one].pk in wishes]


def _key(reader: Participation, other: Participation) -> str:
    return salted_hmac("matching.wish_lists", f"{reader.pk}:{other.pk}", algorithm="sha256").hexdigest()[:20]


def _shown(
    key: str, place: int, one: Participation, reader: Participation, others: Sequence[Participation]
) -> Possible:
    named = reader.program.wish_lists == WishLists.NAMED
    function = one.person.function
    several = sum(other.person.function_id == one.person.function_id for other in others) >= SHARED_BY
    return Possible(
        key=key,
        participation=one,
        called=one.person.name if named else f"Colleague {place}",
        line=one.person.line if named else "",
        shows=_common(one.offered.all(), reader.wanted.all()),
        learns=_common(one.wanted.all(), reader.offered.all()),
        enjoys=tuple(sorted({each.casefold() for each in one.hobbies} & {each.casefold() for each in reader.hobbies})),
        works_in=str(function) if function is not None and (named or several) else "",
    )


def _common(theirs: Iterable[KnownSkill], mine: Iterable[KnownSkill]) -> tuple[str, ...]:
    known = {str(each.skill) for each in mine}
    return tuple(skill for each in theirs if (skill := str(each.skill)) in known)
