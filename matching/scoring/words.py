"""What reasons are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Facts = Mapping[str, Any]
Reader = Literal["mentor", "mentee", "desk"]


@dataclass(frozen=True, slots=True)
class Reason:
    """The two read ``claim`` and ``evidence``, the desk the claim alone. ``speaks_for`` is false for a cost."""

    claim: str
    evidence: str
    icon: str
    speaks_for: bool = True


@dataclass(frozen=True, slots=True)
class Names:
    """Given names as the reader knows them. We never guess a pronoun."""

    mentor: str
    mentee: str


Words = Callable[[Facts, Names, Reader], Reason | None]


def for_it(claim: str) -> Reason:
    """What the desk reads in favour of a pair."""
    return Reason(claim, "", "check")


def against_it(claim: str) -> Reason:
    """What the desk reads that a pair costs."""
    return Reason(claim, "", "info", speaks_for=False)


_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def number(count: int) -> str:
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else f"{count:,}"


def listed(names: Iterable[str], *, quoted: bool = True, word: str = "and") -> str:
    shown = [f"“{name}”" if quoted else str(name) for name in names]
    return f"{', '.join(shown[:-1])} {word} {shown[-1]}" if len(shown) > 1 else "".join(shown)
