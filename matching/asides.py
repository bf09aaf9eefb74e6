"""What people told the search alone, as it uses it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from matching.choices import Word
from matching.models import Aside, PartnerWish
from participants.models import Participation
from programs.choices import Side
from programs.models import Program

NEVER_AGAIN: Final = (Word.SAME_TEAM, Word.TOO_WELL)


def kept_apart(program: Program) -> Iterator[tuple[UUID, UUID]]:
    """Mentors and mentees of this program who are never to be put to one another again, wherever it was said, and
    whoever of the two was the mentor there."""
    rows = Participation.objects.filter(program=program).order_by().values_list("person_id", "side", "pk")
    taking_part = {(person, side): pk for person, side, pk in rows}
    said = Aside.objects.filter(word__in=NEVER_AGAIN).order_by()
    for one, other in said.values_list("proposal__mentor__person_id", "proposal__mentee__person_id"):
        for mentor, mentee in ((one, other), (other, one)):
            if (mentor, Side.MENTOR) in taking_part and (mentee, Side.MENTEE) in taking_part:
                yield taking_part[mentor, Side.MENTOR], taking_part[mentee, Side.MENTEE]


def topics_set_back(participations: Iterable[Participation]) -> dict[UUID, frozenset[str]]:
    """Skills that are to count less for somebody: those for which they were once put to a person."""
    found: dict[UUID, frozenset[str]] = defaultdict(frozenset)
    said = Aside.objects.filter(word=Word.TOPIC, participation__in=[one.pk for one in participations]).order_by()
    for participation, topics in said.values_list("participation_id", "topics"):
        found[participation] |= frozenset(topics)
    return found


def partners_wished(participations: Iterable[Participation]) -> dict[UUID, tuple[UUID, ...]]:
    """Whom each of these chose from their list, the dearest first."""
    found: dict[UUID, tuple[UUID, ...]] = defaultdict(tuple)
    chosen = PartnerWish.objects.filter(participation__in=[one.pk for one in participations]).order_by("rank")
    for participation, wished in chosen.values_list("participation_id", "wished_id"):
        found[participation] += (wished,)
    return found
