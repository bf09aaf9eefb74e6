"""A program's own questions: what makes one complete, and what of it stays once somebody has answered.

Who answered is known to apps above this one. Each adds how to look once, when Django starts, so a question is judged
whole and this app still imports nothing from above.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from programs.choices import AnswerKind
from programs.models import FEWEST_OPTIONS, LONGEST_OPTION, MOST_OPTIONS, ProgramQuestion

MOST_QUESTIONS: Final = 8
"""As many are asked at a time; each one more keeps somebody from volunteering."""

READ: Final = ("words", "kind", "options", "lowest", "highest")
"""What somebody reads who answers."""

MEANING: Final = (*READ, "asked_of")
"""What an answer rests on."""

STAYS = "Somebody has answered this question, so this stays. Tick “No longer asked” and add another question."
STAYS_WHOLE = (
    "Somebody has answered this question, so it cannot be removed. Take that tick out, and tick “No longer asked”."
)

Look = Callable[[Collection[int]], Collection[int]]
"""From primary keys of questions to those that have been answered."""

_looks: list[Look] = []


def look_for_answers(look: Look) -> None:
    """Let ``look`` say, too, which questions have been answered."""
    if look not in _looks:
        _looks.append(look)


def answered(questions: Collection[int]) -> frozenset[int]:
    """Which of these somebody has answered."""
    return frozenset(key for look in _looks for key in look(questions))


def reasons_against(*, kind: str, options: Sequence[str], lowest: str, highest: str) -> dict[str, str]:
    """What keeps a question from being asked: a sentence for the field it is about."""
    reasons: dict[str, str] = {}
    if kind == AnswerKind.CHOICE:
        if sentence := _wrong_with(options):
            reasons["options"] = sentence
    elif options:
        reasons["options"] = "Only “One of several” has choices. Take them out, or let people answer by one of them."
    ends = {"lowest": lowest, "highest": highest}
    if kind == AnswerKind.SCALE:
        reasons |= {name: "Say what this end of the scale means." for name, said in ends.items() if not said}
    else:
        reasons |= {name: "Only a scale has ends. Take this out." for name, said in ends.items() if said}
    return reasons


def _wrong_with(options: Sequence[str]) -> str:
    if len(options) < FEWEST_OPTIONS:
        return "Write two choices or more, each in a line of its own."
    if len(options) > MOST_OPTIONS:
        return f"These are {len(options)} choices. Keep at most {MOST_OPTIONS}."
    seen: set[str] = set()
    for option in options:
        if len(option) > LONGEST_OPTION:
            return f"“{option[:20]}…” is {len(option)} characters long. Keep each choice to {LONGEST_OPTION}."
        if option.casefold() in seen:
            return f"“{option}” stands here twice."
        seen.add(option.casefold())
    return ""


def mark_of(question: ProgramQuestion) -> str:
    """Of the question as it is read now: 16 characters, which are others once its words are."""
    read = json.dumps([getattr(question, name) for name in READ])
    return hashlib.sha256(read.encode()).hexdigest()[:16]


def changed_meaning(before: ProgramQuestion, after: Mapping[str, Any]) -> list[str]:
    """The names of what would mean something else; what is not in ``after`` is not judged."""
    return [name for name in MEANING if name in after and getattr(before, name) != after[name]]
