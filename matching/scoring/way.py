"""A way of meeting that both like and that works from where they are; fewer points where it would take a journey."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from matching.scoring.criterion import Scored
from matching.scoring.measures import Best, Common, Thing
from matching.scoring.profile import Profile
from matching.scoring.words import Facts, Names, Reader, Reason, against_it, for_it, listed
from participants.choices import Way
from programs.choices import Criterion

WITH_TRAVEL: Final = 400
MEETS_IN_PERSON: Final = frozenset({Way.IN_PERSON.value, Way.WALK.value})


def works_at_once(profile: Profile, week: date) -> frozenset[Thing]:
    """Ways that need no common place, and those that do together with the place."""
    here = {(way, profile.site) for way in profile.ways & MEETS_IN_PERSON} if profile.site else set()
    return frozenset({*(profile.ways - MEETS_IN_PERSON), *here})


def works_with_travel(profile: Profile, week: date) -> frozenset[Thing]:
    return frozenset(profile.ways & MEETS_IN_PERSON)


def evidence(mentor: Profile, mentee: Profile, week: date) -> dict[str, Any]:
    common = mentor.ways & mentee.ways
    travel = bool(common) and common <= MEETS_IN_PERSON and not (mentor.site and mentor.site == mentee.site)
    return {"ways": [way for way in Way.values if way in common], "travel": travel}


def words(part: Facts, names: Names, reader: Reader) -> Reason | None:
    liked = listed((Way(way).label.lower() for way in part["ways"]), quoted=False, word="or")
    if not liked:
        if reader == "desk":
            return against_it("No way of meeting in common")
        return Reason("You like to meet in different ways", "Agree on one before you begin.", "info", False)
    if part["travel"]:
        if reader == "desk":
            return against_it(f"Both prefer to meet {liked}, at different sites")
        return Reason(
            "You work at different sites", f"You both like to meet {liked}, so one of you would travel.", "info", False
        )
    if reader == "desk":
        return for_it(f"Both like to meet {liked}")
    return Reason("You like to meet the same way", f"You would both meet {liked}.", "people")


SCORED = Scored(
    Criterion.WAY,
    Best((Common(works_at_once), Common(works_with_travel, full=WITH_TRAVEL))),
    evidence,
    words,
    asks_for="a common way of meeting",
)
