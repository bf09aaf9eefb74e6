"""Single figures about groups: steps of a funnel, months of a series, shares, means and sums."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from disclosure.figures import ANSWERS_K, Figure, Hidden, K, Key, Reason, Shown, insist_threshold

ALIKE_SHARE: Final = 0.9
ALIKE_UP_TO: Final = 10
"""A group of so many or fewer is alike when 90 % of it are: in nine of ten, the tenth knows all the others."""

P: Final = 0.10
"""The p of the p%-rule; official statistics use values from 5 to 15 per cent."""


@dataclass(frozen=True, slots=True)
class FunnelStep:
    label: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class GroupedFigures:
    """A figure for everybody and for each group."""

    total: Figure
    groups: Mapping[str, Figure]


def funnel(steps: Sequence[tuple[str, Collection[Key]]], *, k: int = K) -> tuple[FunnelStep, ...]:
    """How many people came how far. Each step counts those who also took all steps before it.

    A step is hidden when it has 1 to k-1 people, or when 1 to k-1 people separate it from the last step on show:
    who left in between would be a group under k. After a step of "fewer than k" even nobody reads "fewer than k".
    """
    insist_threshold(k)
    result: list[FunnelStep] = []
    before: set[Key] | None = None
    shown: int | None = None
    few = False
    for label, people in steps:
        here = set(people) if before is None else before & set(people)
        before, size = here, len(here)
        few = few or 0 < size < k
        figure: Figure
        if few:
            figure = Hidden(Reason.FEW, k)
        elif shown is not None and 0 < shown - size < k:
            figure = Hidden(Reason.PROTECTS, k)
        else:
            figure, shown = Shown(size), size
        result.append(FunnelStep(label, figure))
    return tuple(result)


def series(points: Sequence[tuple[str, Collection[Key]]], *, k: int = K) -> tuple[FunnelStep, ...]:
    """How many people, point by point in time.

    A point is hidden when it has 1 to k-1 people, or when fewer than k people make the difference to the last point
    on show (those who came and those who went, counted together).
    """
    insist_threshold(k)
    result: list[FunnelStep] = []
    shown: set[Key] | None = None
    for label, people in points:
        here = set(people)
        figure: Figure
        if 0 < len(here) < k:
            figure = Hidden(Reason.FEW, k)
        elif shown is not None and 0 < len(here ^ shown) < k:
            figure = Hidden(Reason.PROTECTS, k)
        else:
            figure, shown = Shown(len(here)), here
        result.append(FunnelStep(label, figure))
    return tuple(result)


def share(part: Collection[Key], base: Collection[Key], *, k: int = K, sensitive: bool = True) -> Figure:
    """How many per cent of ``base`` are in ``part``, whole; keys are people or pairs (then k is in pairs).

    Hidden when the base, the part or the rest has fewer than k. 0 % and 100 % say something about each single one
    and are hidden too, unless they are plain facts of activity (``sensitive=False``).
    """
    insist_threshold(k)
    everybody = set(base)
    inside = len(everybody & set(part))
    rest = len(everybody) - inside
    if len(everybody) < k or 0 < inside < k:
        return Hidden(Reason.FEW, k)
    if 0 < rest < k:
        return Hidden(Reason.PROTECTS, k)
    if sensitive and not (inside and rest):
        return Hidden(Reason.ALL_OR_NONE, k)
    return Shown(round(100 * inside / len(everybody)), unit="%")


def mean(
    values: Mapping[Key, float], *, k: int = K, scale: tuple[float, float] | None = None, decimals: int = 1
) -> Figure:
    """The mean of what people answered (k is at least 5 here), one value a person or, for pairs, a pair.

    With ``scale``, the ends of a scale of whole numbers, a mean so near to an end that fewer than k people can have
    answered otherwise is hidden as well: 4.8 from five people on a scale to 5 says that exactly one gave a 4.
    """
    insist_threshold(k)
    reason = unsafe_mean(list(values.values()), max(k, ANSWERS_K), scale, decimals)
    return reason or Shown(_mean(values.values()), decimals=decimals)


def total(amounts: Mapping[Key, float], *, k: int = K, p: float = P, unit: str = "", decimals: int = 0) -> Figure:
    """The sum of an amount, as hours, over people; those with nothing do not count as contributors.

    Hidden with 1 to k-1 contributors, and by the p%-rule: when the second largest contributor, subtracting their own,
    could tell the largest to within p (Hundepool et al., "Statistical Disclosure Control", section 4.2.2).
    """
    insist_threshold(k)
    reason = unsafe_total(list(amounts.values()), k, p)
    return reason or Shown(sum(amounts.values()), unit, decimals)


def mean_by_group(
    values: Mapping[Key, float],
    groups: Mapping[Key, str],
    *,
    group_names: Sequence[str],
    k: int = K,
    scale: tuple[float, float] | None = None,
    decimals: int = 1,
) -> GroupedFigures:
    """:func:`mean` for everybody and for each group; see :func:`_by_group` for what protects the hidden ones."""
    insist_threshold(k)
    floor = max(k, ANSWERS_K)

    def unsafe(some: list[float]) -> Hidden | None:
        return unsafe_mean(some, floor, scale, decimals)

    return _by_group(values, groups, group_names, floor, unsafe, lambda some: Shown(_mean(some), decimals=decimals))


def total_by_group(
    amounts: Mapping[Key, float],
    groups: Mapping[Key, str],
    *,
    group_names: Sequence[str],
    k: int = K,
    p: float = P,
    unit: str = "",
    decimals: int = 0,
) -> GroupedFigures:
    """:func:`total` for everybody and for each group; see :func:`_by_group` for what protects the hidden ones."""
    insist_threshold(k)

    def unsafe(some: list[float]) -> Hidden | None:
        return unsafe_total(some, k, p)

    return _by_group(amounts, groups, group_names, k, unsafe, lambda some: Shown(sum(some), unit, decimals))


def _by_group(
    values: Mapping[Key, float],
    groups: Mapping[Key, str],
    group_names: Sequence[str],
    k: int,
    unsafe: Callable[[list[float]], Hidden | None],
    figure: Callable[[list[float]], Figure],
) -> GroupedFigures:
    """What is hidden can be had as everybody minus the groups on show, so all hidden groups together must be safe.

    They are joined by the smallest group on show until they are; when nothing is left to join, the figure for
    everybody is what the hidden groups add up to, and it is judged by itself.
    """
    members: dict[str, list[float]] = {name: [] for name in group_names}
    for key, value in values.items():
        members[groups[key]].append(value)
    everybody = list(values.values())
    hidden = {name: reason for name, some in members.items() if some and (reason := unsafe(some))}
    while hidden:
        together = [value for name in hidden for value in members[name]]
        shown = [name for name, some in members.items() if some and name not in hidden]
        if not shown or not unsafe(together):
            break
        hidden[min(shown, key=lambda name: (len(members[name]), name))] = Hidden(Reason.PROTECTS, k)
    return GroupedFigures(
        unsafe(everybody) or figure(everybody),
        {name: hidden.get(name) or (figure(some) if some else Hidden(Reason.FEW, k)) for name, some in members.items()},
    )


def alike(answers: Collection[object]) -> bool:
    """All gave the same answer, or, in a group of up to ten, nine of ten did."""
    if not answers:
        return False
    most = max(Counter(answers).values())
    size = len(answers)
    return most == size or (size <= ALIKE_UP_TO and most >= ALIKE_SHARE * size)


def unsafe_mean(values: list[float], k: int, scale: tuple[float, float] | None, decimals: int) -> Hidden | None:
    if len(values) < k:
        return Hidden(Reason.FEW, k)
    if alike(values) or (scale and near_an_end(_mean(values), len(values), k, scale, decimals)):
        return Hidden(Reason.ALIKE, k)
    return None


def near_an_end(value: float, size: int, k: int, scale: tuple[float, float], decimals: int) -> bool:
    """Whether a rounded mean proves that fewer than k people can be away from an end of a scale of whole numbers.

    Each person away from the end costs the sum at least one, so there are at most as many as the sum falls short.
    """
    rounded, half = round(value, decimals), 0.5 * 10.0**-decimals
    short = min(scale[1] - rounded, rounded - scale[0]) + half
    return short * size < k - 1e-9


def unsafe_total(amounts: list[float], k: int, p: float) -> Hidden | None:
    largest = sorted((amount for amount in amounts if amount), reverse=True)
    if any(amount < 0 for amount in largest):
        raise ValueError("A sum over people is protected only for amounts of zero and more.")
    if not largest:
        return None
    if len(largest) < k:
        return Hidden(Reason.FEW, k)
    if sum(largest[2:]) < p * largest[0]:
        return Hidden(Reason.DOMINATED, k)
    return None


def _mean(values: Iterable[float]) -> float:
    some = list(values)
    return math.fsum(some) / len(some)
