"""What of a question is counted by itself, whatever its kind: each answer becomes one value among categories.

A part says nothing about people and judges nothing. Its counts leave through ``disclosure``, in ``surveys.queries``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pairings.queries import SCALES, Scale
from programs.choices import AskedOf, Side
from surveys.choices import QuestionKind
from surveys.models import Question

DETRACTORS: Final = "0 to 6"
PASSIVES: Final = "7 or 8"
PROMOTERS: Final = "9 or 10"
NET_PROMOTER: Final[Scale] = {
    point: DETRACTORS if point < 7 else PASSIVES if point < 9 else PROMOTERS for point in range(11)
}
"""Reichheld, The One Number You Need to Grow, Harvard Business Review 81 (12), 2003."""

CHOSEN: Final = "Chosen"
NOT_CHOSEN: Final = "Not chosen, or no answer"


@dataclass(frozen=True, slots=True)
class Part:
    """``scales`` from fine to coarse where answers are points, ``categories`` in their order where they are words.

    ``option`` is the option, statement or place of the question that the part is about, if it is about one.
    """

    question: int
    kind: QuestionKind
    words: str
    categories: tuple[str, ...] = ()
    scales: tuple[Scale, ...] = ()
    option: str = ""
    asked_of: tuple[str, ...] = tuple(Side.values)
    depends: bool = False

    @property
    def is_on_our_scale(self) -> bool:
        return self.scales == SCALES

    def value_in(self, values: Mapping[str, object]) -> str | int | None:
        """The one value that a stored answer counts as; None where the question was skipped or not asked."""
        given = values.get(str(self.question))
        if self.kind == QuestionKind.SEVERAL:
            return CHOSEN if isinstance(given, list) and self.option in given else NOT_CHOSEN
        if isinstance(given, list):
            return str(given[0])
        if isinstance(given, dict):
            point = given.get(self.option)
            return None if point is None else int(point)
        return given if isinstance(given, int | str) else None


def of(question: Question) -> Iterator[Part]:
    """The parts of a question; none of one that is answered in words."""
    kind, options = QuestionKind(question.kind), tuple(question.options)
    sides = tuple(Side.values) if question.asked_of == AskedOf.BOTH else (question.asked_of,)

    def part(words: str, *, categories: Sequence[str] = (), scales: tuple[Scale, ...] = (), option: str = "") -> Part:
        depends = question.only_if is not None
        return Part(question.pk, kind, words, tuple(categories), scales, option, sides, depends)

    if kind == QuestionKind.SCALE:
        yield part(question.words, scales=_scales(question))
    elif kind == QuestionKind.MATRIX:
        for statement in options:
            words = f"{question.words} {statement}" if question.lowest else statement
            yield part(words, scales=_scales(question), option=statement)
    elif kind == QuestionKind.TEN:
        yield part(question.words, scales=(NET_PROMOTER,))
    elif kind == QuestionKind.CHOICE:
        yield part(question.words, categories=options)
    elif kind == QuestionKind.RANKING:
        yield part(f"{question.words} (put first)", categories=options)
    elif kind == QuestionKind.SEVERAL:
        for option in options:
            yield part(question.words, categories=(CHOSEN, NOT_CHOSEN), option=option)


def _scales(question: Question) -> tuple[Scale, ...]:
    """Our own scale, or one between two ends of the coordinator's, merged from its points in the same ways."""
    if not question.lowest:
        return SCALES
    low, high = question.lowest, question.highest
    return (
        {1: f"1 or 2: {low}", 2: f"1 or 2: {low}", 3: "3", 4: "4", 5: f"5: {high}"},
        {1: f"1 to 3: {low}", 2: f"1 to 3: {low}", 3: f"1 to 3: {low}", 4: "4", 5: f"5: {high}"},
        {1: f"1 to 3: {low}", 2: f"1 to 3: {low}", 3: f"1 to 3: {low}", 4: f"4 or 5: {high}", 5: f"4 or 5: {high}"},
    )
