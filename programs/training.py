"""Pieces of guidance: texts that ship with the program, for one side, both, or line managers.

Each is a Markdown file in ``programs/guidance``: its title, whom it is for, and a version that is raised when the
text has changed so much that it should be read again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from programs.choices import Side

MARKDOWN: Final = MarkdownIt("commonmark", {"html": False})
WHERE: Final = Path(__file__).parent / "guidance"


class Learner(StrEnum):
    """Whom a piece is for; the first two are called as the sides are."""

    MENTOR = "mentor"
    MENTEE = "mentee"
    LINE_MANAGER = "line manager"


@dataclass(frozen=True, slots=True)
class Piece:
    name: str
    title: str
    learners: frozenset[Learner]
    version: int
    text: str

    @property
    def minutes(self) -> int:
        """How long it takes to read, at 180 words a minute."""
        return max(1, round(len(self.text.split()) / 180))

    @property
    def reading_time(self) -> str:
        return "1 minute" if self.minutes == 1 else f"{self.minutes} minutes"

    @property
    def html(self) -> SafeString:
        """The text as HTML. It ships with the program, and HTML inside of it would be shown as written."""
        return mark_safe(str(MARKDOWN.render(self.text)))  # noqa: S308


@cache
def pieces() -> tuple[Piece, ...]:
    """Every piece, in the order of their titles."""
    found = (piece_of(path.stem, path.read_text(encoding="utf-8")) for path in WHERE.glob("*.md"))
    return tuple(sorted(found, key=lambda piece: piece.title))


def pieces_for(side: Side) -> tuple[Piece, ...]:
    """What a program can require of this side."""
    return tuple(piece for piece in pieces() if Learner(side) in piece.learners)


def piece_of(name: str, source: str) -> Piece:
    head, _, text = source.strip().partition("\n\n")
    title, *facts = head.splitlines()
    told = dict(fact.split(": ", 1) for fact in facts)
    return Piece(
        name=name,
        title=title.removeprefix("# "),
        learners=frozenset(Learner(learner) for learner in told["For"].split(", ")),
        version=int(told["Version"]),
        text=text,
    )
