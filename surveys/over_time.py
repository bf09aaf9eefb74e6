"""How a result compares with the same question asked before: from released figures alone, with what chance would do.

Answers are joined to nobody, so it is not known who answered both times. The two shares are therefore treated as if
different people had given them; where many are the same, the true interval is narrower than the one told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from disclosure import Distribution, Figure, Hidden, Reason, Shown
from surveys.models import Survey
from surveys.releases import AGREEING, QuestionResult, Results

Z: Final = 1.959964
"""95 of 100 intervals made like this hold the true difference."""


@dataclass(frozen=True, slots=True)
class Wave:
    survey: Survey
    results: Results

    @property
    def when(self) -> str:
        return f"{self.survey.closes_on:%-d %b %Y}"


@dataclass(frozen=True, slots=True)
class Change:
    """How the share that agrees moved from one wave to the next, in percentage points, for one group.

    ``low`` and ``high`` are None where a share is hidden.
    """

    who: str
    before: Figure
    now: Figure
    low: int | None = None
    high: int | None = None

    @property
    def difference(self) -> Figure:
        if isinstance(self.before, Shown) and isinstance(self.now, Shown):
            return Shown(self.now.value - self.before.value)
        return Hidden(Reason.PROTECTS)

    @property
    def words(self) -> str:
        """The difference and its interval; the sentence after it says whether it is more than chance."""
        if self.low is None or self.high is None:
            return self.difference.words
        told = f"{_signed(int(self.difference.number or 0))} ({_signed(self.low)} to {_signed(self.high)})"
        return f"{told}, may be chance" if self.low <= 0 <= self.high else told


@dataclass(frozen=True, slots=True)
class Compared:
    """One statement as it was answered in each wave, the newest last, and its change since the one before."""

    words: str
    shares: tuple[Figure, ...]
    changes: tuple[Change, ...]


def compared(waves: Sequence[Wave]) -> tuple[Compared, ...]:
    """The statements on our scale that all waves asked in the same words; nothing of a single wave."""
    if len(waves) < 2:
        return ()
    asked = [{each.words: each for each in wave.results.scales} for wave in waves]
    common = [words for words in asked[-1] if all(words in one for one in asked)]
    return tuple(
        Compared(
            words,
            tuple(one[words].released.total.share_of(AGREEING) for one in asked),
            tuple(_changes(asked[-2][words], asked[-1][words])),
        )
        for words in common
    )


def _changes(before: QuestionResult, now: QuestionResult) -> list[Change]:
    pairs = [("All", before.released.total, now.released.total)]
    pairs += [
        (who, before.released.groups[who], one) for who, one in now.released.groups.items()
        if who in before.released.groups
    ]  # fmt: skip
    return [_change(who, earlier, later) for who, earlier, later in pairs]


def _change(who: str, before: Distribution, now: Distribution) -> Change:
    shares = before.share_of(AGREEING), now.share_of(AGREEING)
    counts = before.counted(AGREEING), now.counted(AGREEING)
    if counts[0] is None or counts[1] is None:
        return Change(who, *shares)
    low, high = interval(*counts[0], *counts[1])
    return Change(who, *shares, round(100 * low), round(100 * high))


def interval(some: int, of: int, later: int, of_later: int) -> tuple[float, float]:
    """The difference of two shares, later less earlier, with 95 % confidence.

    R. G. Newcombe, Interval estimation for the difference between independent proportions: comparison of eleven
    methods, Statistics in Medicine 17 (1998) 873-890, method 10: from the two score intervals. Sound for few people
    and for shares of nothing or all.
    """
    first, second = some / of, later / of_later
    (low, high), (low_later, high_later) = wilson(some, of), wilson(later, of_later)
    down = math.hypot(second - low_later, high - first)
    up = math.hypot(high_later - second, first - low)
    return second - first - down, second - first + up


def wilson(some: int, of: int) -> tuple[float, float]:
    """E. B. Wilson, Probable inference, Journal of the American Statistical Association 22 (1927) 209-212."""
    share, weight = some / of, Z * Z / of
    middle = (share + weight / 2) / (1 + weight)
    reach = Z * math.sqrt(share * (1 - share) / of + weight / (4 * of)) / (1 + weight)
    return middle - reach, middle + reach


def _signed(points: int) -> str:
    return f"+{points}" if points > 0 else f"\u2212{-points}" if points < 0 else "0"
