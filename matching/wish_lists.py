"""The list from which somebody may choose, before the search, whom they wish to meet.

It comes from the same rules and the same fit as the search. Whom a veto, a declared conflict or a "not this one" keeps
away is simply not on it: its length depends on the other rules alone and leaves out at least half of those they allow,
and its order says nothing, so that nobody can tell from it who is missing. What others wish plays no part in it.

Whoever was chosen from it stays, whatever keeps the two apart since: one who went would tell. The search knows better.
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

from matching.candidates import MET_BEFORE
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
    """None once it is closed."""
    chosen: tuple[str, ...]
    """Keys of those whom the reader has chosen, the dearest first."""
    names: tuple[str, ...]
    """What those are called, in the same order."""
    is_open: bool
    """It closes when the search begins whose proposals are sent; one that is set aside opens it again."""


def asks_for_wishes(program: Program) -> bool:
    return program.wish_lists != WishLists.NONE and program.stage in BEFORE_THE_SEARCH


def is_open(program: Program) -> bool:
    """A scenario changes nothing, and neither does a search that was stopped or failed after another."""
    return asks_for_wishes(program) and not program.matching_runs.but_tried().filter(state__in=_BEGUN).exists()


def wish_list(mine: Participation, at: datetime) -> WishList:
    wishes = PartnerWish.objects.filter(participation=mine).order_by("rank")
    if not is_open(mine.program):
        return _closed(mine, [wish.wished for wish in wishes.select_related("wished__person")])
    side = Side(mine.side)
    wished = list(wishes.filter(wished__withdrawn_at=None).values_list("wished_id", flat=True))
    chosen = list(with_what_they_said(Participation.objects.filter(pk__in=wished)))
    waiting = pool(mine.program, at.astimezone(UTC).date())
    reader = with_what_they_said(Participation.objects.filter(pk=mine.pk)).get()
    others = list(with_what_they_said(waiting.filter(side=side.other).exclude(person=mine.person_id)))
    best = _best(reader, others, at) if others and waiting.filter(pk=mine.pk).exists() else []
    by_key = {_key(mine, one): one for one in (*best, *chosen)}
    possible = tuple(_shown(key, one, reader, others) for key, one in sorted(by_key.items()))
    named = {each.participation.pk: each for each in possible}
    return WishList(
        mine,
        possible,
        chosen=tuple(named[pk].key for pk in wished),
        names=tuple(named[pk].called for pk in wished),
        is_open=True,
    )


def _closed(mine: Participation, wished: Sequence[Participation]) -> WishList:
    """As it was chosen, and nothing looked up: who went from it would tell of a "not this one" before the morning."""
    keys = tuple(_key(mine, one) for one in wished)
    names = tuple(_called(key, one, mine.program) for key, one in zip(keys, wished, strict=True))
    return WishList(mine, (), keys, names, is_open=False)


def _best(reader: Participation, others: Sequence[Participation], at: datetime) -> list[Participation]:
    """The best of those whom nothing keeps apart from the reader."""
    without_wishes = copy(reader.program)
    without_wishes.wish_lists = WishLists.NONE
    row: Literal["mentor", "mentee"] = "mentor" if reader.side == Side.MENTOR else "mentee"
    sides = ([reader], others) if row == "mentor" else (others, [reader])
    candidates = candidates_of(without_wishes, *sides, on=at.astimezone(UTC).date())
    apart = candidates.apart_from(row, 0)
    kept_quiet = apart.pop(MET_BEFORE)
    allowed = ~reduce(np.logical_or, apart.values())
    length = min(LONGEST, int(allowed.sum()) // 2)
    if length < SHORTEST:
        return []
    possible = np.flatnonzero(allowed & ~kept_quiet).tolist()
    fits = {one: candidates.fit.of_pair(*((0, one) if row == "mentor" else (one, 0))) for one in possible}
    keys = {one: _key(reader, others[one]) for one in possible}
    return [others[one] for one in sorted(possible, key=lambda one: (-fits[one], keys[one]))[:length]]


def _key(reader: Participation, other: Participation) -> str:
    return salted_hmac("matching.wish_lists", f"{reader.pk}:{other.pk}", algorithm="sha256").hexdigest()[:20]


def _called(key: str, one: Participation, program: Program) -> str:
    """Without names, the same one for the same person at every visit, and another one for each reader."""
    return one.person.name if program.wish_lists == WishLists.NAMED else f"Colleague {key[:4].upper()}"


def _shown(key: str, one: Participation, reader: Participation, others: Sequence[Participation]) -> Possible:
    named = reader.program.wish_lists == WishLists.NAMED
    function = one.person.function
    several = sum(other.person.function_id == one.person.function_id for other in others) >= SHARED_BY
    return Possible(
        key=key,
        participation=one,
        called=_called(key, one, reader.program),
        line=one.person.line if named else "",
        shows=_common(one.offered.all(), reader.wanted.all()),
        learns=_common(one.wanted.all(), reader.offered.all()),
        enjoys=tuple(sorted({each.casefold() for each in one.hobbies} & {each.casefold() for each in reader.hobbies})),
        works_in=str(function) if function is not None and (named or several) else "",
    )


def _common(theirs: Iterable[KnownSkill], mine: Iterable[KnownSkill]) -> tuple[str, ...]:
    known = {str(each.skill) for each in mine}
    return tuple(skill for each in theirs if (skill := str(each.skill)) in known)
