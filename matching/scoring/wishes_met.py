"""What the mentee wants and the mentor offers: the dearest wish counts most, and more where the mentor knows more."""

from __future__ import annotations

from datetime import date
from typing import Any

from matching.scoring import wishes
from matching.scoring.criterion import Scored
from matching.scoring.measures import Product
from matching.scoring.profile import Profile
from matching.scoring.words import Facts, Names, Reader, Reason, against_it, for_it, listed
from programs.choices import Criterion


def evidence(mentor: Profile, mentee: Profile, week: date) -> dict[str, Any]:
    return {
        "skills": wishes.met(mentee.wants, mentor.offers),
        "wished": len(mentee.wants),
        "near": wishes.near(mentee, mentor),
    }


def words(part: Facts, names: Names, reader: Reader) -> Reason | None:
    if not part["skills"]:
        missed = reader == "desk" and part["wished"]
        return against_it("Offers nothing the other asked for") if missed else None
    wished = wishes.ranked(part["skills"], part["wished"])
    match reader:
        case "mentor":
            return Reason(
                f"You offer what {names.mentee} asked for",
                f"{names.mentee} wants to learn {wished}. You offer {wishes.it(part['skills'])}.",
                "up",
            )
        case "mentee":
            return Reason(
                f"{names.mentor} offers what you asked for",
                f"You want to learn {wished}. {names.mentor} offers {wishes.it(part['skills'])}.",
                "up",
            )
        case "desk":
            near = part.get("near")
            return for_it(f"Offers {wished}{f'; not far ahead in {listed(near)}' if near else ''}")


SCORED = Scored(
    Criterion.WISHES_MET,
    Product(mentor=wishes.offered, mentee=wishes.wished),
    evidence,
    words,
    asks_for="a wish of the mentee’s met",
)
