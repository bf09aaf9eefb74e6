"""What one line of text may hold, and what of a text can be set in type."""

from __future__ import annotations

import unicodedata
from typing import Final

from django.core.exceptions import ValidationError

NO_LINE: Final = "This holds a line break or another character that cannot be seen. Take it out, or type it again."

JOINERS: Final = frozenset("\u200c\u200d")
"""They shape letters in Persian, in Indian scripts and in emoji, and turn nothing around."""

UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})
"""Control, formatting (which turns text around), halves of characters, none at all, and breaks of lines."""


def is_one_line(text: str) -> bool:
    """Whether a name or a subject made of this stays one line that reads as it was typed."""
    # What Python would print as it is holds none of these; only where it would not is each letter looked at.
    return text.isprintable() or all(letter in JOINERS or unicodedata.category(letter) not in UNSEEN for letter in text)


UNPRINTABLE: Final = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ") | {0x0A: "\n"}
"""Control characters, but the end of a line."""


def printable(text: str) -> str:
    """The same text with a space for each character that no font can draw."""
    return text.translate(UNPRINTABLE)


def insist_one_line(text: str) -> None:
    if not is_one_line(text):
        raise ValidationError(NO_LINE, code="not_one_line")
