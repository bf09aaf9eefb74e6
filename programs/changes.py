"""Who has to act when a program has changed: its stage, its limits or whom it admits.

Who waits for a place in it is known to apps above this one. Each adds what follows once, when Django starts, so the
change and what it means for people are one event, and this app still imports nothing from above.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from programs.models import Program

Listener = Callable[["Program", datetime], None]

_listeners: list[Listener] = []


def hear(listener: Listener) -> None:
    """Let ``listener`` act in the transaction in which a program changes."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(program: Program, *, at: datetime) -> None:
    for listener in _listeners:
        listener(program, at)
