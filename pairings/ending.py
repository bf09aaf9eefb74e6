"""What comes after a pair: whether a search looks for somebody else for each of the two."""

from __future__ import annotations

from datetime import date

from pairings import rules
from pairings.models import Pairing
from people.models import Person
from programs.choices import Side


def is_looked_for(pairing: Pairing, person: Person, *, on: date) -> bool:
    """Whether this one of the two may be matched again in the program once the pair is over."""
    own = pairing.mentor if pairing.side_of(person) is Side.MENTOR else pairing.mentee
    pairs_start = pairing.program.stage in rules.STAGES_WITH_PAIRS and on <= pairing.program.ends_on
    return pairs_start and own.withdrawn_at is None and rules.works_here(person, on=on)


def next_match(pairing: Pairing, person: Person, *, on: date) -> str:
    """The offer of somebody else, in words; empty where there is none."""
    if not is_looked_for(pairing, person, on=on):
        return ""
    return (
        f"You have a free place in {pairing.program} again, and its next search looks for somebody else for you. "
        "If you would rather meet nobody, withdraw on the page of the program."
    )
