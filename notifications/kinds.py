"""The register of kinds of notice.

An app that owes messages describes each kind once, in its ``notices.py``, and registers it when Django starts. So the
outbox, which stands below those apps, can ask "is this still wanted?" and "what does it say?" without importing them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from notifications.choices import Topic
from notifications.furniture import FOOTNOTE
from notifications.models import Notice


class Urgency(Enum):
    """How long a kind of message can wait: the one place that says what goes alone and what is gathered."""

    AT_ONCE = "Leaves by itself when it is due, at any hour: calendars, what somebody has just written in confidence."
    IN_TIME = "Waits for the message of the day, or leaves by itself where that would come too late to act on."
    MAY_WAIT = "Waits for the message of the day, and over days off with its reader."


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """An iCalendar object that goes along, and its method (REQUEST or CANCEL), which mail programs act on."""

    content: str
    method: str


@dataclass(frozen=True, slots=True)
class Message:
    """What a notice says. No private text: no topics, goals, notes or answers, ever.

    ``link`` is a path on this site, beginning with a slash; ``action`` is the verb on its button. Messages with one
    ``thread`` stand together in mail programs; it never leaves in clear. ``mail_only`` is for a link that works without
    signing in, for whoever has it. ``language`` is that of its words, but for ``in_english``: those of its paragraphs
    that we cannot say in it, and ``footnote_language``.
    """

    subject: str
    heading: str
    paragraphs: tuple[str, ...]
    link: str
    action: str
    footnote: str = FOOTNOTE["en"]
    calendar: CalendarPart | None = None
    thread: str = ""
    mail_only: bool = False
    language: str = "en"
    in_english: tuple[str, ...] = ()
    footnote_language: str = "en"


@dataclass(frozen=True, slots=True)
class Kind:
    """``topic`` is there if the message may be declined. ``compose`` answers ``None`` when the message is no longer
    wanted: the fact has passed, or the person is done."""

    name: str
    description: str
    compose: Callable[[Notice, datetime], Message | None] = field(repr=False)
    urgency: Urgency = Urgency.MAY_WAIT
    topic: Topic | None = None


_register: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    for kind in kinds:
        if kind.name in _register and _register[kind.name] is not kind:
            raise ValueError(f"Two kinds of notice are called {kind.name}.")
        _register[kind.name] = kind


def named(name: str) -> Kind:
    return _register[name]


def urgency_of(name: str) -> Urgency:
    """Of a kind that no longer exists, too: what remains of it must not wait for anything."""
    kind = _register.get(name)
    return kind.urgency if kind is not None else Urgency.AT_ONCE


def topic_of(name: str) -> Topic | None:
    kind = _register.get(name)
    return kind.topic if kind is not None else None


def all_kinds() -> tuple[Kind, ...]:
    return tuple(sorted(_register.values(), key=lambda kind: kind.name))
