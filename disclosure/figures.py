"""What may be said about a group: a figure, or the reason why there is none. The same words in every format."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, Final

Key = Any
"""An opaque id of a person, of a pair or of an anonymous answer: hashable, only ever compared, never printed.

(Any and not Hashable, because a mapping from ints is no mapping from hashables to a type checker.)
"""

K: Final = 5
"""The smallest group spoken about, unless the caller sets another."""

LEAST_K: Final = 3
"""No setting goes below this: in a group of two each knows the other's answer by subtracting their own."""

ANSWERS_K: Final = 5
"""The floor for what people said or think; only counts of activity may go below it."""

COMMENTS_K: Final = 10
"""The floor for free text, which gives its author away by style and by what it mentions."""


NO_BREAK: Final = "\u00a0"


class ThresholdTooLow(ValueError):
    """Somebody asked for figures about groups that are too small."""


def insist_threshold(k: int) -> None:
    if k < LEAST_K:
        raise ThresholdTooLow(f"Figures about fewer than {LEAST_K} people are never shown. Set {LEAST_K} or more.")


class Reason(enum.Enum):
    """Why a figure is hidden."""

    FEW = "few"
    PROTECTS = "protects"
    ALIKE = "alike"
    ALL_OR_NONE = "all_or_none"
    DOMINATED = "dominated"

    def words(self, k: int) -> str:
        return {
            Reason.FEW: f"fewer than {k}",
            Reason.PROTECTS: "hidden to protect others",
            Reason.ALIKE: "everybody gave nearly the same answer",
            Reason.ALL_OR_NONE: "all or nobody, so not shown",
            Reason.DOMINATED: "one person makes up most of it",
        }[self]


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure that may be read by whoever opens the page.

    It is rounded to ``decimals`` when it is made: a chart or a file that printed more of it would tell more.
    ``or_more`` says that it is a lower bound.
    """

    value: float
    unit: str = ""
    decimals: int = 0
    or_more: bool = False

    is_shown = True

    def __post_init__(self) -> None:
        rounded = round(self.value, self.decimals) if self.decimals else round(self.value)
        object.__setattr__(self, "value", rounded)

    @property
    def number(self) -> float:
        return self.value

    @property
    def words(self) -> str:
        written = f"{self.value:,.{self.decimals}f}"
        if self.unit:
            written += f"{'' if self.unit == '%' else NO_BREAK}{self.unit}"
        return f"{written} or more" if self.or_more else written

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Hidden:
    """No figure, and why. ``k`` is the threshold the reason speaks of."""

    reason: Reason
    k: int = K

    is_shown = False

    @property
    def number(self) -> None:
        return None

    @property
    def words(self) -> str:
        return self.reason.words(self.k)

    def __str__(self) -> str:
        return self.words


Figure = Shown | Hidden


@dataclass(frozen=True, slots=True)
class Published:
    """A figure and the people it is about. ``counts``: the figure is how many they are, not a mean of theirs."""

    figure: Figure
    people: frozenset[Key]
    counts: bool = True
