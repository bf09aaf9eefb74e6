"""Released figures as plain values that can be kept, and back: with each one's reason, and without any person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from disclosure.answers import Bar, Distribution, GroupedDistribution
from disclosure.crossed import Crossed, CrossedLine
from disclosure.figures import Figure, Hidden, Reason, Shown

Plain = dict[str, Any]
"""What JSON can say."""


def figure_as_stored(figure: Figure) -> Plain:
    if isinstance(figure, Hidden):
        return {"hidden": figure.reason.value, "k": figure.k}
    told = {"unit": figure.unit, "decimals": figure.decimals, "or_more": figure.or_more}
    return {"shown": figure.value, **{name: value for name, value in told.items() if value}}


def figure_from(stored: Mapping[str, Any]) -> Figure:
    if "hidden" in stored:
        return Hidden(Reason(stored["hidden"]), stored["k"])
    told = {name: stored[name] for name in ("unit", "decimals", "or_more") if name in stored}
    return Shown(stored["shown"], **told)


def answers_as_stored(answers: GroupedDistribution) -> Plain:
    """The people behind the figures are not kept: what was released cannot be counted again from this."""
    return {
        "total": _distribution_as_stored(answers.total),
        "groups": [[name, _distribution_as_stored(one)] for name, one in answers.groups.items()],
    }


def answers_from(stored: Mapping[str, Any]) -> GroupedDistribution:
    return GroupedDistribution(
        _distribution_from(stored["total"]), {name: _distribution_from(one) for name, one in stored["groups"]}
    )


def crossed_as_stored(told: Crossed | Hidden) -> Plain:
    if isinstance(told, Hidden):
        return figure_as_stored(told)
    return {
        "heads": list(told.heads),
        "lines": [
            [line.part, figure_as_stored(line.people), [figure_as_stored(cell) for cell in line.cells]]
            for line in told.lines
        ],
    }


def crossed_from(stored: Mapping[str, Any]) -> Crossed | Hidden:
    if "hidden" in stored:
        return Hidden(Reason(stored["hidden"]), stored["k"])
    return Crossed(
        tuple(stored["heads"]),
        tuple(
            CrossedLine(part, figure_from(people), tuple(figure_from(cell) for cell in cells))
            for part, people, cells in stored["lines"]
        ),
    )


def _distribution_as_stored(one: Distribution) -> Plain:
    return {
        "n": figure_as_stored(one.n),
        "bars": [
            [list(bar.categories), figure_as_stored(bar.count), figure_as_stored(bar.percent)] for bar in one.bars
        ],
        "mean": figure_as_stored(one.mean) if one.mean else None,
        "reason": figure_as_stored(one.reason) if one.reason else None,
    }


def _distribution_from(stored: Mapping[str, Any]) -> Distribution:
    reason = figure_from(stored["reason"]) if stored["reason"] else None
    return Distribution(
        n=figure_from(stored["n"]),
        bars=tuple(
            Bar(tuple(categories), figure_from(count), figure_from(percent))
            for categories, count, percent in stored["bars"]
        ),
        mean=figure_from(stored["mean"]) if stored["mean"] else None,
        reason=reason if isinstance(reason, Hidden) else None,
        people={},
    )
