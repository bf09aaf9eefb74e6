"""What the mentor wants and the mentee offers."""

from __future__ import annotations

from datetime import date
from typing import Any

from matching.scoring import wishes
from matching.scoring.criterion import Scored
from matching.scoring.measures import Product
from matching.scoring.profile import Profile
from matching.scoring.words import Facts, Names, Reader, Reason, for_it, listed
from programs.choices import Criterion


def evidence(mentor: Profile, mentee: Profile, week: date) -> dict[str, Any]:
    return {"skills": wishes.met(mentor.wants, mentee.offers), "wished": len(mentor.wants)}


def words(part: Facts, names: Names, reader: Reader) -> Reason | None:
    if not part["skills"]:
        return None
    wished = wishes.ranked(part["skills"], part["wished"])
    match reader:
        case "mentor":
            return Reason(
                f"{names.mentee} can give what you asked for",
                f"You want to learn {wished}. {names.mentee} offers {wishes.it(part['skills'])}.",
                "chat",
            )
        case "mentee":
            return Reason(
                f"You can give what {names.mentor} asked for",
                f"{names.mentor} wants to learn {wished}. You offer {wishes.it(part['skills'])}.",
                "chat",
            )
        case "desk":
            return for_it(f"Wants {listed(skill for skill, _ in part['skills'])}, which the other offers")


SCORED = Scored(
    Criterion.WISHES_RETURNED,
    Product(mentor=wishes.wished, mentee=wishes.offered),
    evidence,
    words,
    asks_for="a wish of the mentor’s met",
)
