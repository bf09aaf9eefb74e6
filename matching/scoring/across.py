"""Pairs across functions and lines of business, as far as the rules do not ask for that anyway."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from matching.scoring.criterion import Scored
from matching.scoring.measures import FULL, Product, Thing
from matching.scoring.profile import Profile
from matching.scoring.words import Facts, Names, Reader, Reason, for_it, listed
from programs.choices import Criterion

_WORDS: Final = {"function": "functions", "line_of_business": "lines of business"}


def in_one_of(profile: Profile) -> dict[Thing, int]:
    """That the directory knows the kind, and what it knows: points for the one, and off again where it is the same."""
    known = {kind: name for kind, name in profile.areas.items() if name}
    return dict.fromkeys([*known, *known.items()], 1)


def apart(profile: Profile) -> dict[Thing, int]:
    found: dict[Thing, int] = {}
    for kind, name in profile.areas.items():
        if name:
            points = FULL // len(profile.areas)
            found |= {kind: points, (kind, name): -points}
    return found


def evidence(mentor: Profile, mentee: Profile, week: date) -> dict[str, Any]:
    known = [kind for kind in _WORDS if mentor.areas.get(kind) and mentee.areas.get(kind)]
    return {"kinds": [kind for kind in known if mentor.areas[kind] != mentee.areas[kind]]}


def words(part: Facts, names: Names, reader: Reader) -> Reason | None:
    if not part["kinds"]:
        return None
    different = listed((_WORDS[kind] for kind in part["kinds"]), quoted=False)
    if reader == "desk":
        return for_it(f"Different {different}")
    return Reason("You see the company from different sides", f"You work in different {different}.", "people")


SCORED = Scored(
    Criterion.ACROSS,
    Product(mentor=in_one_of, mentee=apart),
    evidence,
    words,
    asks_for="a difference of function or line of business",
)
