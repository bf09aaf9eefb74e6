"""What one thing that counts consists of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from matching.scoring.measures import Measure
from matching.scoring.profile import Profile
from matching.scoring.words import Words
from programs.choices import Criterion

Evidence = Callable[[Profile, Profile, date], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Scored:
    """A criterion with its points, with what they rest on for one pair, and with its words."""

    criterion: Criterion
    measure: Measure
    evidence: Evidence
    words: Words
    asks_for: str
    """What no pair is without in a program in which this is a must: “a common language”."""
