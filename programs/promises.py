"""What people were told of other readers when they volunteered, and a program cannot take back from them.

Who has volunteered is known to an app above this one, which says so once, when Django starts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from programs.choices import WishLists

if TYPE_CHECKING:
    from programs.models import Program

Relied = Callable[["Program"], bool]

_relied_on: list[Relied] = []

MANAGERS: Final = (
    "People have volunteered here who were told that their line manager is told nothing. For those who are to be told "
    "otherwise before they join, start another program."
)
NAMES: Final = (
    "People have volunteered here who were told that no list shows their name. For those who are to be told otherwise "
    "before they join, start another program."
)


def rest_on(relied: Relied) -> None:
    """Let ``relied`` say whether anybody takes part, and so relies on what the program says at present."""
    if relied not in _relied_on:
        _relied_on.append(relied)


def broken_by(program: Program, *, asks_line_managers: bool, wish_lists: str) -> dict[str, str]:
    """Of a program that is about to be changed: the fields that would let others read more, each with a sentence."""
    more: dict[str, str] = {}
    if asks_line_managers and not program.asks_line_managers:
        more["asks_line_managers"] = MANAGERS
    if wish_lists == WishLists.NAMED != program.wish_lists:
        more["wish_lists"] = NAMES
    return more if more and any(relied(program) for relied in _relied_on) else {}
