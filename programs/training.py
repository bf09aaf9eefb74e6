"""Pieces of guidance: texts that ship with the program, for one side, both, or line managers.

Each is a Markdown file in ``programs/guidance``: its title, whom it is for, and a version that is raised when the
text has changed so much that it should be read again. The Markdown is headings, lists, paragraphs and bold words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

WHERE: Final = Path(__file__).parent / "guidance"


class Learner(StrEnum):
    """Whom a piece is for; the first two are called as the sides are."""

    MENTOR = "mentor"
    MENTEE = "mentee"
    LINE_MANAGER = "line manager"


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    strong: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, or a list; each item is a run of words."""

    kind: str
    items: tuple[tuple[Words, ...], ...]


@dataclass(frozen=True, slots=True)
class Piece:
    name: str
    title: str
    learners: frozenset[Learner]
    version: int
    blocks: tuple[Block, ...]

    @property
    def minutes(self) -> int:
        """How long it takes to read, at 180 words a minute."""
        words = sum(len(run.text.split()) for block in self.blocks for item in block.items for run in item)
        return max(1, round(words / 180))


@cache
def pieces() -> tuple[Piece, ...]:
    """Every piece, in the order of their titles."""
    found = (piece_of(path.stem, path.read_text(encoding="utf-8")) for path in WHERE.glob("*.md"))
    return tuple(sorted(found, key=lambda piece: piece.title))


def piece_of(name: str, source: str) -> Piece:
    head, *parts = re.split(r"\n\s*\n", source.strip())
    title, *facts = head.splitlines()
    told = dict(fact.split(": ", 1) for fact in facts)
    return Piece(
        name=name,
        title=title.removeprefix("# "),
        learners=frozenset(Learner(learner) for learner in told["For"].split(", ")),
        version=int(told["Version"]),
        blocks=tuple(_block(part) for part in parts),
    )


def _block(part: str) -> Block:
    if part.startswith("## "):
        return Block("heading", (_words(part.removeprefix("## ")),))
    if part.startswith("- "):
        return Block("list", tuple(_words(line.removeprefix("- ")) for line in part.splitlines()))
    return Block("paragraph", (_words(part),))


def _words(text: str) -> tuple[Words, ...]:
    runs = enumerate(text.replace("\n", " ").split("**"))
    return tuple(Words(run, strong=bool(place % 2)) for place, run in runs if run)
