"""From a checked question to the best answer, with the prices that prove it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.engine.instance import BadInstance, Instance, Pair
from matching.engine.lottery import seeds_of

IntArray = NDArray[np.int64]

VERSION = "2"
"""Raised whenever the same instance could be answered differently."""

RESULT_FORMAT = "upwell-result-2"


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
    unique: bool
    """Whether no other answer has as many pairs and as high a total."""
    gap: int
    """By how much at most another answer could weigh more (a pair weighs `big` and its score). 0: proven best."""
    instance: str
    """SHA-256 of the question (`Instance.digest`)."""
    engine: str = VERSION

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
                unique=bool(certificate["unique"]),
                gap=int(certificate["gap"]),
                instance=str(certificate["instance"]),
                engine=str(certificate["engine"]),
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
) -> Matching:
    """The best set of pairs: most pairs, then the highest total, then the strongest weakest pair, then a lottery.

    The arguments are those of `Instance.of`. `mentor_keys` and `mentee_keys` are opaque, stable, distinct strings
    (for instance a random identifier of each participation; add the run's or the program's own to draw anew); they
    decide ties, and with them permuting the input permutes the answer. Without them the places in the input stand in,
    and ties follow the input.

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
    )
    return solve_instance(instance, progress)


def solve_instance(instance: Instance, progress: Progress | None = None) -> Matching:
    """`solve`, for a question that has been checked already."""
    # Here, not above: a process that never searches does not load the compiled core.
    from matching.engine.candidates import Market
    from matching.engine.ties import settle

    tick = progress or _silent
    n, m = instance.shape
    mentor_seeds = seeds_of(instance.mentor_keys or [str(i) for i in range(n)], "mentor")
    mentee_seeds = seeds_of(instance.mentee_keys or [str(j) for j in range(m)], "mentee")
    rows, columns = np.argsort(mentor_seeds, kind="stable"), np.argsort(mentee_seeds, kind="stable")
    answer = Market(instance, rows, columns).solve(tick)
    tick("settling ties", 0, 1)
    settled = settle(answer, mentor_seeds[rows], mentee_seeds[columns])
    tick("settling ties", 1, 1)

    locked = np.array(instance.locked, dtype=np.int64).reshape(-1, 2)
    mentors = np.concatenate([rows[settled.row], locked[:, 0]])
    mentees = np.concatenate([columns[settled.column], locked[:, 1]])
    order = np.lexsort((mentees, mentors))
    mentors, mentees = mentors[order], mentees[order]
    u, v = np.empty(n, dtype=np.int64), np.empty(m, dtype=np.int64)
    u[rows] = _priced_everywhere(answer.u, answer.row_places, instance)
    v[columns] = _priced_everywhere(answer.v, answer.column_places, instance)
    return Matching(
        pairs=tuple(zip(mentors.tolist(), mentees.tolist(), strict=True)),
        scores=tuple(np.asarray(instance.source.pairs(mentors, mentees)).tolist()),
        big=instance.big,
        u=tuple(u.tolist()),
        v=tuple(v.tolist()),
        unique=settled.unique,
        gap=0,
        instance=instance.digest,
    )


def _silent(stage: str, done: int, of: int) -> None:
    pass


def _priced_everywhere(price: IntArray, places: IntArray, instance: Instance) -> IntArray:
    """Prices that cover *every* allowed pair, also those of people whose places are all locked (or who have none).

    A place that does not exist costs nothing in the bound, so it may be priced as high as the heaviest pair.
    """
    return np.where(places > 0, price, instance.big + instance.source.ceiling)
