"""Who has to hear that the charter of a program has changed.

Who signed it is known to apps above this one. Each adds what follows once, when Django starts, so the new version and
what it asks of people are one event, and this app still imports nothing from above.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from programs.models import CharterVersion

Listener = Callable[["CharterVersion", datetime], None]

_listeners: list[Listener] = []


def hear(listener: Listener) -> None:
    """Let ``listener`` act in the transaction in which a new version comes into force."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(version: CharterVersion, *, at: datetime) -> None:
    for listener in _listeners:
        listener(version, at)
