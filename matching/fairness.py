"""What a stronger weakest pair would cost a search, and how much of that a coordinator lets it cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from matching.choices import TradeOff
from matching.engine import FairnessPoint, Progress, fairness_curve
from matching.inputs import Inputs

DRAWN_UP_TO: Final = 250_000
"""Pairs of a search that draws the curve unasked. It takes some twenty searches: with 500 people on each side a second
or less, with thousands minutes."""

PERMILLE: Final = {TradeOff.LITTLE: 10, TradeOff.SOME: 30, TradeOff.MUCH: 100, TradeOff.FAIREST: 1000}


def curve_of(
    inputs: Inputs, trade_off: TradeOff, progress: Progress, *, time_limit: float
) -> tuple[FairnessPoint, ...]:
    """From the best total to the fairest answer; nothing where it was not asked for and would take long, or where it
    takes longer than `time_limit` seconds.

    Nothing either where people have waited through earlier rounds: they come first, whatever the weakest pair is.
    """
    if inputs.candidates.ahead.unit:
        return ()
    instance = inputs.instance()
    mentors, mentees = instance.source.shape
    if trade_off == TradeOff.FREE and mentors * mentees > DRAWN_UP_TO:
        return ()
    return fairness_curve(instance, progress=progress, time_limit=time_limit)


def floor_for(curve: Sequence[FairnessPoint], trade_off: TradeOff) -> int | None:
    """The floor of the fairest answer that costs no more than that."""
    if trade_off == TradeOff.FREE or not curve:
        return None
    best = curve[0].total
    affordable = [point for point in curve if (best - point.total) * 1000 <= best * PERMILLE[trade_off]]
    return affordable[-1].floor


def as_json(curve: Sequence[FairnessPoint]) -> list[dict[str, Any]]:
    return [asdict(point) for point in curve]
