"""A language in common: all or nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from matching.scoring.criterion import Scored
from matching.scoring.measures import Best, Common
from matching.scoring.profile import Profile
from matching.scoring.words import Facts, Names, Reader, Reason, against_it, for_it, listed
from people.choices import Language
from programs.choices import Criterion


def evidence(mentor: Profile, mentee: Profile, week: date) -> dict[str, Any]:
    return {"languages": sorted(mentor.languages & mentee.languages)}


def words(part: Facts, names: Names, reader: Reader) -> Reason | None:
    spoken = listed((Language(code).label for code in part["languages"]), quoted=False)
    if reader == "desk":
        return for_it(f"Both speak {spoken}") if spoken else against_it("No language in common")
    if not spoken:
        return Reason("You named no common language", "Think about how you would talk.", "info", speaks_for=False)
    return Reason("You share a language", f"You both speak {spoken}.", "chat")


SCORED = Scored(
    Criterion.LANGUAGE,
    Best((Common(lambda profile, week: profile.languages),)),
    evidence,
    words,
    asks_for="a common language",
)
