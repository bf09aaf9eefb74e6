"""Whom each of the two chose from their list, both alike. What one of them chose is never told: only that both did."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from matching.scoring.criterion import Scored
from matching.scoring.measures import FULL, Product, Thing
from matching.scoring.profile import Profile
from matching.scoring.words import Facts, Names, Reader, Reason
from programs.choices import Criterion, Side

MOST_WISHED: Final = 5


def points_of(rank: int) -> int:
    """Half of all points for a first wish, a tenth for a fifth."""
    return FULL // 2 * (MOST_WISHED + 1 - rank) // MOST_WISHED


def of_mentor(profile: Profile) -> dict[Thing, int]:
    return {**_wished(profile, Side.MENTOR), (Side.MENTEE, profile.id): 1}


def of_mentee(profile: Profile) -> dict[Thing, int]:
    return {**_wished(profile, Side.MENTEE), (Side.MENTOR, profile.id): 1}


def _wished(profile: Profile, side: Side) -> dict[Thing, int]:
    return {(side, wished): points_of(rank) for rank, wished in enumerate(profile.partners_wished, start=1)}


def evidence(mentor: Profile, mentee: Profile, week: date) -> dict[str, Any]:
    return {"both": mentee.id in mentor.partners_wished and mentor.id in mentee.partners_wished}


def words(part: Facts, names: Names, reader: Reader) -> Reason | None:
    if not part["both"] or reader == "desk":
        return None
    return Reason("You chose one another", "Each of you had the other among those you wished to meet.", "people")


SCORED = Scored(
    Criterion.PARTNER_WISHES,
    Product(mentor=of_mentor, mentee=of_mentee),
    evidence,
    words,
    asks_for="a wish for one another",
)
