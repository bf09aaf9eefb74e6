"""Two texts beside one another, with what went and what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final, Literal

BREAK: Final = "\n"

Kind = Literal["same", "gone", "come"]


@dataclass(frozen=True, slots=True)
class Span:
    """A few words that stayed, went or came."""

    kind: Kind
    words: str


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """The former lines, in which something went, and the present ones, in which something came."""

    former: tuple[Line, ...]
    present: tuple[Line, ...]


def beside(former: Sequence[str], present: Sequence[str]) -> Beside:
    """Compared word by word; a line that moved went in one place and came in another."""
    old, new = _words(former), _words(present)
    went: list[Span] = []
    came: list[Span] = []
    for what, start, end, begin, stop in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        kinds: tuple[Kind, Kind] = ("same", "same") if what == "equal" else ("gone", "come")
        went += [Span(kinds[0], word) for word in old[start:end]]
        came += [Span(kinds[1], word) for word in new[begin:stop]]
    return Beside(_lines(went), _lines(came))


def _words(lines: Sequence[str]) -> list[str]:
    words = [word for line in lines for word in (*line.split(), BREAK)]
    return words[:-1]


def _lines(spans: Sequence[Span]) -> tuple[Line, ...]:
    lines: list[Line] = []
    for is_break, run in groupby(spans, key=lambda span: span.words == BREAK):
        if not is_break:
            joined = [
                (kind, " ".join(span.words for span in same)) for kind, same in groupby(run, lambda span: span.kind)
            ]
            lines.append(tuple(Span(kind, words) for kind, words in joined))
    return tuple(lines)
