"""What a culture readiness check says, and what it does not: weak areas, advice for each, and whether to begin small.

It rests on released figures alone, so it tells nothing that they do not. A statement whose figure is hidden, or whose
words were changed, is left out, and an area of which too little is left is said to be unknown rather than fine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from disclosure import Figure
from surveys.templates import READINESS, ReadinessArea
from ui.components import in_words

HALF: Final = 50
"""Per cent that has to agree mostly or fully with what speaks for a company; of fewer the statement is weak."""
A_THIRD: Final = 33
"""Per cent that may agree mostly or fully with what speaks against it; of more the statement is weak."""
FEWEST_READ: Final = 2
"""Statements of an area that have to be readable before anything is said of it."""
FAR_APART: Final = 25
"""Points between the two sides from which on they are said to see a thing differently."""
MANY_WEAK: Final = 3
"""Weak areas from which on beginning small is not enough by itself."""
FEW_ANSWERED: Final = 50
"""Per cent of those asked; where fewer answered, those who are missing may be those who do not dare to."""

SEEN_BY_SOME: Final = (
    "It says what those who answered see. A company can be open in one place and closed in another; ask again where "
    "you begin."
)
OUR_LIMITS: Final = (
    "The limits are ours: under half agreeing with what speaks for it, over a third with what speaks against it. They "
    "are no measurement."
)
FEW_SPOKE: Final = (
    "Fewer than half of those asked have answered. Who does not dare to speak does not answer either, so read it as "
    "the better end."
)


@dataclass(frozen=True, slots=True)
class Statement:
    words: str
    speaks_for: bool
    agreeing: Figure
    """Of all, in per cent."""

    @property
    def is_read(self) -> bool:
        return self.agreeing.number is not None

    @property
    def is_weak(self) -> bool:
        agree = self.agreeing.number
        return agree is not None and (agree < HALF if self.speaks_for else agree > A_THIRD)

    @property
    def sentence(self) -> str:
        agree = f"{self.agreeing.words} agree mostly or fully"
        return f"“{self.words}” {agree}{', and it speaks against it' if not self.speaks_for else ''}."


@dataclass(frozen=True, slots=True)
class AreaReading:
    """``is_weak`` is None where too little can be shown to say."""

    name: str
    is_weak: bool | None
    because: tuple[str, ...]
    advice: tuple[str, ...]

    @property
    def state(self) -> str:
        return "Cannot be said" if self.is_weak is None else "Weak" if self.is_weak else "Holds"


@dataclass(frozen=True, slots=True)
class Reading:
    """``begins_small`` suggests a pilot before the whole; ``caveats`` are what the answers cannot say."""

    headline: str
    reasons: tuple[str, ...]
    areas: tuple[AreaReading, ...]
    apart: tuple[str, ...]
    caveats: tuple[str, ...]
    begins_small: bool


Agreeing = Mapping[str, Figure]
"""“All” and each side, by name: the share that agrees mostly or fully."""


def reading(found: Mapping[str, Agreeing], *, answered: int | None, asked: int | None) -> Reading:
    """From the released shares by statement. ``answered`` and ``asked`` are None where they may not be told."""
    areas = tuple(_area(area, found) for area in READINESS)
    weak = [area for area in areas if area.is_weak]
    unknown = [area for area in areas if area.is_weak is None]
    headline, reasons, small = _verdict(len(areas), weak, unknown)
    return Reading(
        headline, reasons, areas, tuple(_apart(found)),
        tuple(_caveats(found, unknown, answered=answered, asked=asked)), small,
    )  # fmt: skip


def _area(area: ReadinessArea, found: Mapping[str, Agreeing]) -> AreaReading:
    statements = [
        Statement(words, words in area.good, found[words]["All"]) for words in area.statements if words in found
    ]
    read = [each for each in statements if each.is_read]
    if len(read) < FEWEST_READ:
        return AreaReading(area.name, None, (), ())
    weak = [each for each in read if each.is_weak]
    is_weak = 2 * len(weak) > len(read)
    return AreaReading(
        area.name, is_weak, tuple(each.sentence for each in (weak or read)), area.advice if is_weak else ()
    )


def _verdict(
    areas: int, weak: Sequence[AreaReading], unknown: Sequence[AreaReading]
) -> tuple[str, tuple[str, ...], bool]:
    if 2 * len(unknown) > areas:
        why = "Of most areas too few answers may be shown, or the statements were changed."
        return "Too little can be shown to say", (why,), True
    if not weak:
        return "Open enough to begin", ("No area that can be read is weak.",), bool(unknown)
    of = f"{in_words(len(weak))} of {in_words(areas).lower()} areas {'is' if len(weak) == 1 else 'are'} weak"
    named = f"{of}: {_listed([area.name for area in weak])}."
    if len(weak) >= MANY_WEAK:
        then = "Begin with a soft launch among people who want it, work on these areas meanwhile, and ask again."
        return "Not yet for everybody", (named, then), True
    then = "A soft launch with few people shows whether it holds, before it is offered to everybody."
    return "Begin small", (named, then), True


def _listed(names: Sequence[str]) -> str:
    lowered = [name.lower() for name in names]
    return lowered[0] if len(lowered) == 1 else f"{', '.join(lowered[:-1])} and {lowered[-1]}" if lowered else ""


def _apart(found: Mapping[str, Agreeing]) -> Sequence[str]:
    """Where those above see it otherwise than those below: only where both figures are shown."""
    told = []
    for words in (words for area in READINESS for words in area.statements if words in found):
        sides = {name: figure for name, figure in found[words].items() if name != "All"}
        numbers = {name: figure.number for name, figure in sides.items() if figure.number is not None}
        if len(numbers) == 2 and max(numbers.values()) - min(numbers.values()) >= FAR_APART:
            both = " and ".join(f"{sides[name].words} of {name.lower()}" for name in numbers)
            told.append(f"“{words}” {both} agree.")
    return told


def _caveats(
    found: Mapping[str, Agreeing], unknown: Sequence[AreaReading], *, answered: int | None, asked: int | None
) -> Sequence[str]:
    told = [SEEN_BY_SOME, OUR_LIMITS]
    if answered is not None and asked and 100 * answered < FEW_ANSWERED * asked:
        told.append(FEW_SPOKE)
    if unknown:
        told.append(f"Nothing is said of {_listed([area.name for area in unknown])}.")
    changed = [words for area in READINESS for words in area.statements if words not in found]
    if changed:
        number = len(changed)
        told.append(
            f"{in_words(number)} of our statements {'was' if number == 1 else 'were'} changed or left out, and "
            f"{'is' if number == 1 else 'are'} not read here."
        )
    return told
