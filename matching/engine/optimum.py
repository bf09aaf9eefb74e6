"""From a checked question to the best answer, with the prices that prove it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from matching.engine.instance import BadInstance, Instance, Pair

VERSION = "4"
"""Raised whenever the same instance could be answered, or named by its hash, differently."""

RESULT_FORMAT = "upwell-result-3"


class Progress(Protocol):
    """Told how far the search is; may raise to stop it."""

    def __call__(self, stage: str, done: int, of: int) -> None: ...


@dataclass(frozen=True)
class Matching:
    """The answer: who with whom, and integer prices that prove that nothing better exists."""

    pairs: tuple[Pair, ...]
    """(mentor, mentee), sorted; locked pairs included."""
    scores: tuple[int, ...]
    """The score of each pair, in the order of `pairs`."""
    big: int
    """What one pair counts for; more than any sum of scores."""
    u: tuple[int, ...]
    """Price of one place with each mentor."""
    v: tuple[int, ...]
    """Price of one place with each mentee."""
    unique: bool | None
    """Whether no other answer has as many pairs and as high a total. None: not looked at, which happens only where the
    search was cut short or where hours that two sides share could be divided otherwise."""
    gap: int
    """By how much at most another answer could weigh more (a pair weighs `big` and its score). 0: proven best."""
    instance: str
    """The hash of the question (`Instance.digest`)."""
    engine: str = VERSION
    tree: Mapping[str, Any] | None = None
    """Where hours are shared and a proof by one set of prices did not do: the parts that the problem was split into,
    each with prices of its own (docs/matching.md)."""

    @property
    def size(self) -> int:
        return len(self.pairs)

    @property
    def total(self) -> int:
        return sum(self.scores)

    @property
    def weakest(self) -> int | None:
        """The lowest score among the pairs; None when there is no pair."""
        return min(self.scores, default=None)

    @property
    def most_pairs(self) -> int:
        """No permitted set has more pairs than this."""
        return self.size + (self.total + self.gap) // self.big

    @property
    def certificate(self) -> dict[str, Any]:
        """Everything `verify` needs beside the instance, as plain JSON values."""
        return {
            "format": RESULT_FORMAT,
            "engine": self.engine,
            "instance": self.instance,
            "size": self.size,
            "total": self.total,
            "weakest": self.weakest,
            "unique": self.unique,
            "gap": self.gap,
            "pairs": [[mentor, mentee, score] for (mentor, mentee), score in zip(self.pairs, self.scores, strict=True)],
            "big": self.big,
            "mentor_prices": list(self.u),
            "mentee_prices": list(self.v),
            **({} if self.tree is None else {"tree": self.tree}),
        }

    @classmethod
    def from_certificate(cls, certificate: Mapping[str, Any]) -> Matching:
        """The matching a stored certificate describes. Not a proof: that is `verify`."""
        if certificate.get("format") != RESULT_FORMAT:
            raise BadInstance(f"This is not a result in the format {RESULT_FORMAT}.")
        try:
            pairs = [(int(mentor), int(mentee), int(score)) for mentor, mentee, score in certificate["pairs"]]
            return cls(
                pairs=tuple((mentor, mentee) for mentor, mentee, _ in pairs),
                scores=tuple(score for _, _, score in pairs),
                big=int(certificate["big"]),
                u=tuple(int(price) for price in certificate["mentor_prices"]),
                v=tuple(int(price) for price in certificate["mentee_prices"]),
                unique=None if certificate["unique"] is None else bool(certificate["unique"]),
                gap=int(certificate["gap"]),
                instance=str(certificate["instance"]),
                engine=str(certificate["engine"]),
                tree=certificate.get("tree"),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadInstance(f"The result is incomplete or damaged: {error!r}.") from error


def solve(
    scores: Any,
    mentor_capacity: ArrayLike = 1,
    mentee_capacity: ArrayLike = 1,
    locked: Iterable[Pair] = (),
    barred: Iterable[Pair] = (),
    floor: int | None = None,
    progress: Progress | None = None,
    *,
    mentor_keys: Sequence[str] | None = None,
    mentee_keys: Sequence[str] | None = None,
    shared: Iterable[Sequence[int]] = (),
    time_limit: float | None = None,
) -> Matching:
    """The best set of pairs: most pairs, then the highest total, then the strongest weakest pair, then a lottery.

    The arguments are those of `Instance.of`. `mentor_keys` and `mentee_keys` are opaque, stable, distinct strings
    (for instance a random identifier of each participation; add the run's or the program's own to draw anew); they
    decide ties, and with them permuting the input permutes the answer. Without them the places in the input stand in,
    and ties follow the input.

    After `time_limit` seconds the search is cut short: the pairs found so far are returned, with the `gap` that the
    prices leave. The first look at all pairs is always finished.

    Raises `BadInstance` for what cannot be understood, `Clash` for locked pairs that cannot all hold, `TooLarge` for
    scores beyond exact 64-bit arithmetic. An answer always exists: with nobody eligible it has no pairs.
    """
    instance = Instance.of(
        scores,
        mentor_capacity,
        mentee_capacity,
        locked=locked,
        barred=barred,
        floor=floor,
        mentor_keys=mentor_keys,
        mentee_keys=mentee_keys,
        shared=shared,
    )
    return solve_instance(instance, progress, time_limit=time_limit)


def solve_instance(
    instance: Instance, progress: Progress | None = None, *, time_limit: float | None = None
) -> Matching:
    """`solve`, for a question that has been checked already."""
    # Here, not above: a process that never searches does not load the compiled core.
    from matching.engine.branching import solve_shared
    from matching.engine.search import Search

    search = Search(instance, progress or _silent, time_limit)
    if instance.shared:
        best, tree = solve_shared(instance, search.within, search.is_over)
    else:
        best, tree = search.within(instance.limits), None
    return Matching(
        pairs=tuple(zip(best.mentors.tolist(), best.mentees.tolist(), strict=True)),
        scores=tuple(np.asarray(instance.source.pairs(best.mentors, best.mentees)).tolist()),
        big=instance.big,
        u=tuple(best.u.tolist()),
        v=tuple(best.v.tolist()),
        unique=best.unique,
        gap=best.gap,
        instance=instance.digest,
        tree=tree,
    )


def _silent(stage: str, done: int, of: int) -> None:
    pass
