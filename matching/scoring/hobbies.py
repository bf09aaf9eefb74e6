"""Hobbies in common. Two are enough."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from matching.scoring.criterion import Scored
from matching.scoring.measures import Best, Common
from matching.scoring.profile import Profile
from matching.scoring.words import Facts, Names, Reader, Reason, for_it, listed
from programs.choices import Criterion

ENOUGH: Final = 2


def evidence(mentor: Profile, mentee: Profile, week: date) -> dict[str, Any]:
    return {"hobbies": sorted(mentor.hobbies & mentee.hobbies)}


def words(part: Facts, names: Names, reader: Reader) -> Reason | None:
    if not part["hobbies"]:
        return None
    shared = listed(part["hobbies"], quoted=False)
    if reader == "desk":
        return for_it(f"Both enjoy {shared}")
    return Reason("Something besides work", f"You both named {shared}.", "people")


SCORED = Scored(
    Criterion.HOBBIES,
    Best((Common(lambda profile, week: profile.hobbies, ENOUGH),)),
    evidence,
    words,
    asks_for="a common hobby",
)
