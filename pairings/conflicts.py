"""Pairs under way that a change of the directory put against a rule of their program, or to rest.

Only the rules that rest on the directory are asked here. A conflict that somebody declared in confidence is no news
from the directory, and no list may show it.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from pairings import rules
from pairings.models import Pairing, PairingQuerySet, Waiver
from people.models import Person
from programs.facts import facts_of_sides
from programs.models import Program
from programs.rules import PAIR_RULES, coordinates

RULES: Final = {rule.name: rule for rule in PAIR_RULES if rule.counted}


def broken_rules(pairings: Iterable[Pairing], *, on: date) -> dict[uuid.UUID, tuple[str, ...]]:
    """Names of the rules that stand against each of these pairs on that day; pairs that keep them all are absent.

    The reporting line is read once, however many programs they are of.
    """
    pairs = list(pairings)
    mentors, mentees = facts_of_sides(
        [each.mentor.person for each in pairs], [each.mentee.person for each in pairs], on=on
    )
    places: dict[Program, list[int]] = defaultdict(list)
    for place, pairing in enumerate(pairs):
        places[pairing.program].append(place)
    found: dict[uuid.UUID, tuple[str, ...]] = {}
    for program, mine in places.items():
        some = np.array(mine)
        apart = {name: rule.forbids(program, mentors.part(some), mentees.part(some)) for name, rule in RULES.items()}
        for row, place in enumerate(mine):
            if broken := tuple(name for name, column in apart.items() if column[row]):
                found[pairs[place].pk] = broken
    return found


def standing_conflicts(pairings: Collection[Pairing], *, on: date) -> dict[uuid.UUID, tuple[str, ...]]:
    """Those that nobody has waived, of pairs that are under way."""
    under_way = [pairing for pairing in pairings if rules.is_under_way(pairing, on=on)]
    waived = {(each.pairing_id, each.rule) for each in Waiver.objects.filter(pairing__in=under_way)}
    broken = broken_rules(under_way, on=on)
    standing = {pk: tuple(name for name in names if (pk, name) not in waived) for pk, names in broken.items()}
    return {pk: names for pk, names in standing.items() if names}


def looks_after(person: Person, pairing: Pairing) -> bool:
    """A coordinator of the program who is not one of the two."""
    return coordinates(person, pairing.program) and person.is_active and pairing.side_of(person) is None


@dataclass(frozen=True, slots=True)
class Conflict:
    """One rule that stands against a pair, in words for its coordinator."""

    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class PairToLookAt:
    pairing: Pairing
    rests_without: Person | None
    conflicts: tuple[Conflict, ...]


def pairs_to_look_at(programs: Iterable[Program], person: Person, *, on: date) -> list[PairToLookAt]:
    """What a coordinator may want to see about: pairs at rest, and pairs against a rule; never a pair of their own."""
    of_key = {program.pk: program for program in programs}
    pairs = [pairing for pairing in _open(of_key, on) if pairing.side_of(person) is None]
    for pairing in pairs:
        pairing.program = of_key[pairing.program_id]
    standing = standing_conflicts(pairs, on=on)
    found = [
        PairToLookAt(
            pairing,
            _gone(pairing, on),
            tuple(Conflict(name, RULES[name].words) for name in standing.get(pairing.pk, ())),
        )
        for pairing in pairs
    ]
    return [each for each in found if each.rests_without is not None or each.conflicts]


_OF_A_PERSON: Final = (
    "given_name", "family_name", "function", "line_of_business", "level", "left_on", "is_active",
)  # fmt: skip
_READ: Final = (
    "program_id", "started_on", "runs_until", "ended_on", "paused_from", "back_on",
    *(f"{side}__person__{column}" for side in ("mentor", "mentee") for column in _OF_A_PERSON),
)  # fmt: skip
"""All that the rules and the page look at; a column that is missing here would be read pair by pair."""


def _open(programs: Iterable[int], on: date) -> PairingQuerySet:
    pairs: PairingQuerySet = Pairing.objects.open(on).filter(program__in=programs)
    return pairs.select_related("mentor__person", "mentee__person").only(*_READ).order_by("started_on", "pk")


def _gone(pairing: Pairing, on: date) -> Person | None:
    both = (pairing.mentor.person, pairing.mentee.person)
    return next((person for person in both if not rules.works_here(person, on=on)), None)
