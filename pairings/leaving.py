"""What somebody would leave, if they left everything: for the page on which they can."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from pairings import rules
from pairings.models import Pairing
from participants import champions, queries, waiting
from participants.models import Draft, Reference
from people.models import Person
from programs.choices import Side
from programs.models import Program


@dataclass(frozen=True, slots=True)
class PairUnderWay:
    pk: uuid.UUID
    partner: Person
    words: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """``sides`` are those on which the person takes part; ``mine`` are all their pairs, also those that have ended.

    ``waits_for`` are the sides for which they are on a wait list or hold an offer, ``has_begun`` those with a draft.
    """

    sides: tuple[tuple[Program, Side], ...]
    pairs: tuple[PairUnderWay, ...]
    champion_of: tuple[Program, ...]
    waits_for: tuple[tuple[Program, Side], ...]
    has_begun: tuple[tuple[Program, Side], ...]
    has_referees: bool
    mine: frozenset[uuid.UUID]

    @property
    def is_only_pairs(self) -> bool:
        return not (self.sides or self.champion_of or self.waits_for or self.has_begun)

    @property
    def is_nothing(self) -> bool:
        return self.is_only_pairs and not self.pairs


def leaving(person: Person, *, on: date) -> Leaving:
    named = Exists(Reference.objects.filter(participation=OuterRef("pk")))
    taking_part = list(
        queries.own(person).taking_part().annotate(has_referees=named).order_by("program__name", "program", "side")
    )
    pairs = list(Pairing.objects.of(person).with_people())
    return Leaving(
        sides=tuple((row.program, Side(row.side)) for row in taking_part),
        pairs=tuple(_under_way(pairing, person) for pairing in pairs if rules.is_open(pairing, on=on)),
        champion_of=tuple(each.program for each in champions.asked_of(person).shown()),
        waits_for=tuple(
            (each.program, Side(each.side)) for each in waiting.entries_of(person).select_related("program")
        ),
        has_begun=tuple(
            (each.program, Side(each.side)) for each in Draft.objects.filter(person=person).select_related("program")
        ),
        has_referees=any(row.has_referees for row in taking_part),
        mine=frozenset(pairing.pk for pairing in pairs),
    )


def _under_way(pairing: Pairing, person: Person) -> PairUnderWay:
    partner = pairing.partner_of(person)
    until = rules.in_words(pairing.last_day)
    return PairUnderWay(
        pairing.pk, partner, f"End my pair with {partner} in {pairing.program}, which runs until {until}"
    )
