"""What fit may use of somebody. What is not in it cannot count: no age, sex, origin, health or performance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Profile:
    """What one participation says, and where the directory says the person works. Wishes stand dearest first."""

    id: UUID
    offers: frozenset[str]
    wants: tuple[str, ...]
    languages: frozenset[str]
    ways: frozenset[str]
    half_days: frozenset[str]
    time_zone: str
    site: str
    hobbies: frozenset[str]
    offered_levels: Mapping[str, int] = field(default_factory=dict)
    """How well they say they know what they offer, from 1 to 5, where they say; and so with what they want."""
    wanted_levels: Mapping[str, int] = field(default_factory=dict)
    set_back: frozenset[str] = frozenset()
    """Skills of which they told the search alone that they are to count less."""
    partners_wished: tuple[UUID, ...] = ()
    """Participations of the other side whom they chose from their list, the dearest first."""
    areas: Mapping[str, str] = field(default_factory=dict)
    """Function and line of business, as far as the rules leave those open; empty where the directory knows none."""


def offset(time_zone: str, week: date) -> timedelta | None:
    """How far the zone is from UTC in that week."""
    return datetime.combine(week - timedelta(days=week.weekday()), time(12), ZoneInfo(time_zone)).utcoffset()
