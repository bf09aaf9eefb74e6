"""What a meeting could begin with: our own words, offered and never asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pairings.choices import Kind
from programs.choices import Side
from programs.models import Program

FIRST: Final = (
    "What made each of you say yes to this?",
    "What would make you say, at the end, that it was worth the hours?",
    "What stays between the two of you, and what does not need to?",
)
OF_KIND: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.MENTOR_LED: (
        "The {mentor} shows one thing from the week as it really went: a screen, a form, a shift.",
        "The {mentee} tries it alone, aloud, and says where it makes no sense.",
        "Which decision from above did not arrive as it was meant?",
        "What will the {mentee} do differently before you meet again? Small, and with a day.",
    ),
    Kind.RECIPROCAL: (
        "The {mentee} brings one decision that is still open, and what speaks against it.",
        "How did the {mentee} learn what nobody writes down: whom to ask, when to wait, when to insist?",
        "What would the {mentor} do in that place, and what is hidden from there?",
        "Each names one thing the other could open: a door, a person, a question.",
    ),
}


def prompts_for(program: Program, kind: str, *, is_first: bool) -> list[str]:
    """A handful, in the words the program has for its two sides."""
    words = {"mentor": program.word(Side.MENTOR), "mentee": program.word(Side.MENTEE)}
    return [each.format(**words) for each in (FIRST if is_first else OF_KIND[Kind(kind)])]
