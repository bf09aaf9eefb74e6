"""What two people are curious about alike, whatever each of them has done so far: topics both want to learn."""

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
    return {"skills": [skill for skill in mentor.wants if skill in mentee.wants]}


def words(part: Facts, names: Names, reader: Reader) -> Reason | None:
    if not part["skills"]:
        return None
    if reader == "desk":
        return for_it(f"Both want to learn {listed(part['skills'])}")
    return Reason("You are curious about the same", f"You both want to learn {listed(part['skills'])}.", "chat")


SCORED = Scored(
    Criterion.BACKGROUND,
    Best((Common(lambda profile, week: frozenset(profile.wants), ENOUGH),)),
    evidence,
    words,
    asks_for="a common wish",
)
