"""What the components of a page are made of. Queries and views fill these; templates/components/ draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from privacy.audiences import Audience

Tone = Literal["", "good", "bad", "rise", "lake"]
StopState = Literal["", "held", "tolog", "missed", "next"]


@runtime_checkable
class Figure(Protocol):
    """A number about people that went through disclosure control; a hidden one has no number and speaks in words."""

    @property
    def is_shown(self) -> bool: ...
    @property
    def number(self) -> int | float | None: ...
    @property
    def words(self) -> str: ...


Number = int | float | str | Figure


def is_hidden(number: Number) -> bool:
    return isinstance(number, Figure) and not number.is_shown


def is_lower_bound(number: Number) -> bool:
    """A figure that says “or more”."""
    return isinstance(number, Figure) and getattr(number, "or_more", False)


def reaches(number: Number, target: float) -> bool | None:
    """Whether the number is at its target; None where it is hidden, or a lower bound that leaves it open."""
    reached = amount(number)
    if reached is None or (is_lower_bound(number) and reached < target):
        return None
    return reached >= target


def amount(number: Number) -> float | None:
    """The number to draw, or None where it is hidden or was never a number."""
    if isinstance(number, Figure):
        return float(number.number) if number.is_shown and number.number is not None else None
    return None if isinstance(number, str) else float(number)


def spoken(number: Number, unit: str = "") -> str:
    """The number as text: 1,284 or 79% or 4.5 h. A figure brings its own words, unit included."""
    if isinstance(number, Figure):
        return number.words
    if isinstance(number, str):
        return number
    text = f"{number:,.1f}".removesuffix(".0") if isinstance(number, float) else f"{number:,}"
    return (text + (unit if unit == "%" else "\u00a0" + unit if unit else "")).replace("-", "\u2212")


@dataclass(frozen=True, slots=True)
class Stat:
    """A large number, the noun it counts, and the target or the caution that belongs to it."""

    noun: str
    number: Number
    remark: str = ""


@dataclass(frozen=True, slots=True)
class QueueItem:
    """Something that waits for this reader, with the verb that answers it."""

    what: str
    detail: str = ""
    action: str = ""
    url: str = ""
    when: str = ""
    tone: Tone = "lake"
    audience: Audience | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """One meeting on the path of a pair. The label says the state in words; the drawing only repeats it."""

    label: str
    date: str
    state: StopState = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a form or of a program's life; a done step may be gone back to."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why these two: a claim and the evidence for it."""

    claim: str
    evidence: str = ""
    icon: str = "check"


@dataclass(frozen=True, slots=True)
class Crumb:
    name: str
    url: str = ""


def crumbs_from(parts: Sequence[str]) -> list[Crumb]:
    """Name, address, name, address, …, name of this page."""
    return [Crumb(parts[i], parts[i + 1] if i + 1 < len(parts) else "") for i in range(0, len(parts), 2)]


SMALL_NUMBERS = (
    "No",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
)


def in_words(count: int) -> str:
    """Twelve and below as a capitalised word, as at the start of a sentence; larger numbers as digits."""
    return SMALL_NUMBERS[count] if 0 <= count < len(SMALL_NUMBERS) else f"{count:,}"


def sun_height(fraction: float) -> int:
    """Where the centre of the sun stands in a picture 200 wide and 100 high: 180 is just risen, 100 is a half disc."""
    return round(180 - 80 * min(max(fraction, 0.0), 1.0))
