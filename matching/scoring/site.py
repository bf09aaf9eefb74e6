"""The same site. Somebody of whom the directory names none works at nobody's."""

from __future__ import annotations

from datetime import date
from typing import Any

from matching.scoring.criterion import Scored
from matching.scoring.measures import Best, Common, Thing
from matching.scoring.profile import Profile
from matching.scoring.words import Facts, Names, Reader, Reason, for_it
from programs.choices import Criterion


def place(profile: Profile, week: date) -> frozenset[Thing]:
    return frozenset({profile.site} - {""})


def evidence(mentor: Profile, mentee: Profile, week: date) -> dict[str, Any]:
    return {"site": mentor.site if mentor.site == mentee.site else ""}


def words(part: Facts, names: Names, reader: Reader) -> Reason | None:
    if not part["site"]:
        return None
    if reader == "desk":
        return for_it(f"Same place: {part['site']}")
    return Reason("You work at the same place", f"You are both at {part['site']}.", "people")


SCORED = Scored(
    Criterion.SITE,
    Best((Common(place),)),
    evidence,
    words,
    asks_for="a common site",
)
