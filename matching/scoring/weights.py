"""How many of 100 hundredths each criterion counts, and from where on a fit is called good or strong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from matching.scoring.measures import FULL
from programs.choices import Criterion, Importance

HUNDREDTHS: Final = 100
BEST: Final = HUNDREDTHS * FULL
SHARES: Final = {Importance.MUST: 8, Importance.HIGH: 8, Importance.MEDIUM: 3, Importance.LOW: 1, Importance.OFF: 0}


def weights_of(importances: Mapping[Criterion, Importance]) -> dict[Criterion, int]:
    """Whole numbers in proportion to the shares; they add up to 100.

    Each is rounded down, and the hundredths left over go to the largest remainders, of equal ones to whichever
    criterion is named first (the method of Hamilton, or of largest remainders).
    """
    shares = {criterion: SHARES[importances[criterion]] for criterion in Criterion}
    total = sum(shares.values())
    weights = {criterion: HUNDREDTHS * share // total for criterion, share in shares.items()}
    by_remainder = sorted(Criterion, key=lambda criterion: -(HUNDREDTHS * shares[criterion] % total))
    for criterion in by_remainder[: HUNDREDTHS - sum(weights.values())]:
        weights[criterion] += 1
    return weights


@dataclass(frozen=True, slots=True)
class Thresholds:
    good: int
    strong: int


LEAST_GOOD: Final = 40 * FULL
LEAST_STRONG: Final = 60 * FULL


def thresholds(weights: Mapping[Criterion, int] | Mapping[str, int]) -> Thresholds:
    """Good is never practical alone: it takes a wish met, beyond all that everything but wishes gives. Strong always
    means that the mentor offers what the mentee asked for. Both ask for a twentieth of the wishes' points beyond.

    Where what the mentee asked for does not count, the words rest on the points alone.
    """
    by_name: Mapping[Any, int] = weights
    met, returned = (by_name.get(each, 0) * FULL for each in (Criterion.WISHES_MET, Criterion.WISHES_RETURNED))
    if not met:
        return Thresholds(LEAST_GOOD, LEAST_STRONG)
    good = BEST - met - returned + (met + returned) // 20
    strong = BEST - met + met // 20
    return Thresholds(max(good, LEAST_GOOD), max(strong, LEAST_STRONG))
