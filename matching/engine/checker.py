"""An independent check of an answer. It imports nothing from the rest of the engine, on purpose.

What it proves, in whole numbers without any tolerance. Let w_ij = big + score_ij on the allowed pairs, with big larger
than the sum of scores of any possible set of pairs, so that more pairs always weigh more, and of equally many the
better total. For any prices u, v >= 0 with u_i + v_j >= w_ij on every allowed pair that is not used, every permitted
set of pairs weighs at most

    sum_i a_i u_i + sum_j b_j v_j + sum over used pairs of (w_ij - u_i - v_j, where positive or the pair is locked)

(weak duality of linear programming: add up the inequalities). If the answer weighs exactly that much, nothing can be
better, however the prices were found.

Two further claims are recomputed from the prices. *Unique*: another best answer exists exactly when the changes that
cost nothing (forming or dissolving a pair with u_i + v_j = w_ij, leaving or taking a place priced 0) contain a cycle.
*Fair*: no best answer has a stronger weakest pair among those that such cycles can change; if there were one, its pairs
could fill the places of all priced mentors, and those of all priced mentees, and two maximum flows show that they
cannot (that two such sets could always be merged into one is the theorem of Mendelsohn and Dulmage, 1958). Which of
several equally good and fair answers was drawn is not checked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

KNOWN_ENGINES = {"1"}
"""Versions of the engine whose results this checker can read."""


@dataclass(frozen=True)
class Verdict:
    """`ok` only if every statement holds; otherwise `problems` says which do not, in sentences."""

    ok: bool
    problems: tuple[str, ...]
    size: int | None = None
    total: int | None = None
    pairs_checked: int = 0
    """Allowed pairs whose price was checked: all of them."""

    def __bool__(self) -> bool:
        return self.ok


def verify(
    scores: Any,
    mentor_capacity: Any,
    mentee_capacity: Any,
    result: Any,
    *,
    locked: Iterable[tuple[int, int]] = (),
    barred: Iterable[tuple[int, int]] = (),
    floor: int | None = None,
    mentor_keys: Sequence[str] | None = None,
    mentee_keys: Sequence[str] | None = None,
) -> Verdict:
    """Check a `Matching`, or the certificate of one, against the question it claims to answer."""
    certificate = result if isinstance(result, Mapping) else result.certificate
    try:
        claim = _Claim.read(certificate)
    except (KeyError, TypeError, ValueError) as error:
        return Verdict(False, (f"The certificate is incomplete or damaged: {error}.",))
    score = _dense(scores)
    n, m = score.shape
    question = _Question(
        score=score,
        a=_capacities(mentor_capacity, n),
        b=_capacities(mentee_capacity, m),
        locked=sorted({(int(i), int(j)) for i, j in locked}),
        barred=sorted({(int(i), int(j)) for i, j in barred}),
        floor=None if floor is None else int(floor),
    )
    problems = [*_shape_problems(question, claim)]
    if not problems:
        digest = question.digest(mentor_keys, mentee_keys)
        if claim.instance != digest:
            problems.append("The certificate belongs to another instance: the hash of the question differs.")
        problems += _pair_problems(question, claim)
        problems += _claim_problems(question, claim)
        problems += _price_problems(question, claim)
    if not problems:
        problems += _tie_problems(question, claim)
    if problems:
        return Verdict(False, tuple(problems))
    return Verdict(True, (), claim.size, claim.total, int(question.may_pair().sum()))


@dataclass(frozen=True)
class _Claim:
    instance: str
    size: int
    total: int
    weakest: int | None
    unique: bool
    pairs: list[tuple[int, int, int]]
    big: int
    u: list[int]
    v: list[int]

    @classmethod
    def read(cls, certificate: Mapping[str, Any]) -> _Claim:
        if certificate["format"] != "upwell-result-1":
            raise ValueError("the format is not upwell-result-1")
        if certificate["engine"] not in KNOWN_ENGINES:
            raise ValueError(f"the engine {certificate['engine']!r} is not one this checker knows")
        if not isinstance(certificate["unique"], bool):
            raise TypeError("the note on uniqueness is neither true nor false")
        weakest = certificate["weakest"]
        return cls(
            instance=str(certificate["instance"]),
            size=_whole(certificate["size"]),
            total=_whole(certificate["total"]),
            weakest=None if weakest is None else _whole(weakest),
            unique=certificate["unique"],
            pairs=[(_whole(i), _whole(j), _whole(s)) for i, j, s in certificate["pairs"]],
            big=_whole(certificate["big"]),
            u=[_whole(price) for price in certificate["mentor_prices"]],
            v=[_whole(price) for price in certificate["mentee_prices"]],
        )


@dataclass(frozen=True)
class _Question:
    score: Any
    a: list[int]
    b: list[int]
    locked: list[tuple[int, int]]
    barred: list[tuple[int, int]]
    floor: int | None

    def may_pair(self) -> Any:
        allowed = self.score >= 0
        if self.floor is not None:
            allowed = allowed & (self.score >= self.floor)
        for i, j in self.barred:
            allowed[i, j] = False
        return allowed

    def digest(self, mentor_keys: Sequence[str] | None, mentee_keys: Sequence[str] | None) -> str:
        facts = {
            "barred": [list(pair) for pair in self.barred],
            "floor": self.floor,
            "locked": [list(pair) for pair in self.locked],
            "mentee_capacity": self.b,
            "mentee_keys": None if mentee_keys is None else list(mentee_keys),
            "mentor_capacity": self.a,
            "mentor_keys": None if mentor_keys is None else list(mentor_keys),
        }
        where = np.argwhere(self.score >= 0)
        values = self.score[self.score >= 0]
        text = b"upwell-instance-1\n" + json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
        for numbers in (where[:, 0], where[:, 1], values):
            text += b"\n" + np.array(numbers, dtype="<i8").tobytes()
        return hashlib.sha256(text).hexdigest()


def _shape_problems(question: _Question, claim: _Claim) -> Iterable[str]:
    n, m = question.score.shape
    if len(question.a) != n or len(question.b) != m:
        yield "The capacities do not fit the score matrix."
    if len(claim.u) != n or len(claim.v) != m:
        yield f"There must be one price for each of {n} mentors and {m} mentees."
    if any(not (0 <= i < n and 0 <= j < m) for i, j in (*question.locked, *question.barred)):
        yield "A locked or barred pair names somebody who is not in the instance."
    if any(not (0 <= i < n and 0 <= j < m) for i, j, _ in claim.pairs):
        yield "A pair names somebody who is not in the instance."


def _pair_problems(question: _Question, claim: _Claim) -> Iterable[str]:
    """Primal feasibility: the pairs are permitted, distinct, within capacity, and hold every lock."""
    n, m = question.score.shape
    allowed = question.may_pair()
    mentor_load, mentee_load = [0] * n, [0] * m
    seen: set[tuple[int, int]] = set()
    for i, j, score in claim.pairs:
        if (i, j) in seen:
            yield f"Mentor {i} and mentee {j} are paired twice."
        seen.add((i, j))
        mentor_load[i] += 1
        mentee_load[j] += 1
        if not allowed[i, j]:
            yield f"Mentor {i} and mentee {j} may not be paired."
        elif int(question.score[i, j]) != score:
            yield f"The score of mentor {i} and mentee {j} is {int(question.score[i, j])}, not {score}."
    for i, load in enumerate(mentor_load):
        if load > question.a[i]:
            yield f"Mentor {i} has {load} pairs but room for {question.a[i]}."
    for j, load in enumerate(mentee_load):
        if load > question.b[j]:
            yield f"Mentee {j} has {load} pairs but room for {question.b[j]}."
    for i, j in question.locked:
        if (i, j) not in seen:
            yield f"Mentor {i} and mentee {j} are locked together but not paired."


def _claim_problems(question: _Question, claim: _Claim) -> Iterable[str]:
    scores = [score for _, _, score in claim.pairs]
    if claim.size != len(scores):
        yield f"The certificate claims {claim.size} pairs and lists {len(scores)}."
    if claim.total != sum(scores):
        yield f"The certificate claims a total of {claim.total}; its pairs add up to {sum(scores)}."
    if claim.weakest != min(scores, default=None):
        yield f"The certificate claims {claim.weakest} as the weakest pair; it is {min(scores, default=None)}."
    n, m = question.score.shape
    most = min(sum(min(places, m) for places in question.a), sum(min(places, n) for places in question.b))
    allowed = question.may_pair()
    best = int(question.score[allowed].max()) if allowed.any() else 0
    if claim.big <= most * best:
        yield f"One pair counts for {claim.big}, which a sum of scores could outweigh; it must exceed {most * best}."


def _price_problems(question: _Question, claim: _Claim) -> Iterable[str]:
    """Dual feasibility on every allowed pair, and equal objectives."""
    if min(claim.u, default=0) < 0 or min(claim.v, default=0) < 0:
        yield "A price is negative."
        return
    used = {(i, j) for i, j, _ in claim.pairs}
    allowed = question.may_pair()
    v = np.array(claim.v, dtype=object)
    for i, row in enumerate(question.score):
        partners = np.flatnonzero(allowed[i])
        short = row[partners].astype(object) + claim.big - claim.u[i] - v[partners]
        for j in partners[short > 0] if len(partners) else ():
            if (i, int(j)) not in used:
                yield f"The prices do not cover mentor {i} and mentee {int(j)}, who are not paired."
                return
    bound = sum(price * places for price, places in zip(claim.u, question.a, strict=True))
    bound += sum(price * places for price, places in zip(claim.v, question.b, strict=True))
    locked = set(question.locked)
    for i, j, score in claim.pairs:
        excess = claim.big + score - claim.u[i] - claim.v[j]
        bound += excess if (i, j) in locked else max(0, excess)
    weight = sum(claim.big + score for _, _, score in claim.pairs)
    if bound != weight:
        yield f"The pairs weigh {weight} but the prices only prove that nothing weighs more than {bound}."


def _tie_problems(question: _Question, claim: _Claim) -> Iterable[str]:
    """Uniqueness and fairness among the best answers. Asked only once the prices have been found to hold."""
    changeable, used = _changeable(question, claim)
    if claim.unique == bool(changeable.any()):
        yield (
            "The certificate says that "
            + ("no" if claim.unique else "an")
            + " equally good answer exists; that is wrong."
        )
    if not (changeable & used).any():
        return
    weakest = question.score[changeable & used].min()
    stronger = changeable & (question.score > weakest)
    room_i = np.array(question.a) - used.sum(axis=1)
    room_j = np.array(question.b) - used.sum(axis=0)
    places_i, places_j = (changeable & used).sum(axis=1) + room_i, (changeable & used).sum(axis=0) + room_j
    priced_i, priced_j = np.array(claim.u) > 0, np.array(claim.v) > 0
    mentors_fill = _fills(stronger, np.where(priced_i, places_i, 0), places_j)
    mentees_fill = _fills(stronger.T, np.where(priced_j, places_j, 0), places_i)
    if mentors_fill and mentees_fill:
        yield f"Among the equally good answers there is one whose weakest changeable pair is stronger than {weakest}."


def _changeable(question: _Question, claim: _Claim) -> tuple[Any, Any]:
    """The pairs that some best answers have and others do not; and the pairs of this one, as a matrix.

    Every person is two nodes, "had a place freed" and "wants another", so that the only cycles are real ones.
    """
    n, m = question.score.shape
    used = np.zeros((n, m), dtype=bool)
    for i, j, _ in claim.pairs:
        used[i, j] = True
    movable = question.may_pair()
    for i, j in question.locked:
        movable[i, j] = False
    u, v = np.array(claim.u, dtype=object), np.array(claim.v, dtype=object)
    slackless = movable & (u[:, None] + v[None, :] - question.score == claim.big).astype(bool)
    room_i, room_j = np.array(question.a) > used.sum(axis=1), np.array(question.b) > used.sum(axis=0)
    free_i, free_j = (u == 0).astype(bool), (v == 0).astype(bool)
    freed_i, wants_i, taken_j, gives_j, elsewhere = 0, n, 2 * n, 2 * n + m, 2 * n + 2 * m
    arcs = [(np.arange(n), wants_i + np.arange(n)), (taken_j + np.arange(m), gives_j + np.arange(m))]
    mentors, mentees = np.nonzero(slackless & ~used)
    arcs.append((wants_i + mentors, taken_j + mentees))
    mentors, mentees = np.nonzero(slackless & used)
    arcs.append((gives_j + mentees, freed_i + mentors))
    mentors, mentees = np.flatnonzero(free_i), np.flatnonzero(free_j)
    arcs.append((freed_i + mentors, np.full(len(mentors), elsewhere)))
    arcs.append((np.full(len(mentees), elsewhere), gives_j + mentees))
    mentors, mentees = np.flatnonzero(free_i & room_i), np.flatnonzero(free_j & room_j)
    arcs.append((np.full(len(mentors), elsewhere), wants_i + mentors))
    arcs.append((taken_j + mentees, np.full(len(mentees), elsewhere)))
    tails, heads = (np.concatenate(ends) for ends in zip(*arcs, strict=True))
    graph = sparse.coo_matrix((np.ones(len(tails)), (tails, heads)), shape=(elsewhere + 1, elsewhere + 1))
    _, group = csgraph.connected_components(graph.tocsr(), connection="strong")
    forms = group[wants_i : wants_i + n, None] == group[None, taken_j : taken_j + m]
    dissolves = group[freed_i : freed_i + n, None] == group[None, gives_j : gives_j + m]
    return slackless & np.where(used, dissolves, forms), used


def _fills(pairs: Any, wanted: Any, places: Any) -> bool:
    """Whether the wanted places of the rows can all be filled at once with these pairs."""
    n, m = pairs.shape
    source, sink = n + m, n + m + 1
    i, j = np.nonzero(pairs)
    tails = np.concatenate([i, np.full(n, source), n + np.arange(m)])
    heads = np.concatenate([n + j, np.arange(n), np.full(m, sink)])
    most = np.concatenate([np.ones(len(i)), wanted, np.minimum(places, n)]).astype(np.int32)
    network = sparse.coo_matrix((most, (tails, heads)), shape=(n + m + 2, n + m + 2)).tocsr()
    return bool(csgraph.maximum_flow(network, source, sink).flow_value == int(wanted.sum()))


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{value!r} is not a whole number")
    return int(value)


def _dense(scores: Any) -> Any:
    if sparse.issparse(scores):
        entries = scores.tocoo()
        dense = np.full(entries.shape, -1, dtype=np.int64)
        for i, j, score in zip(entries.row, entries.col, entries.data, strict=True):
            dense[i, j] = score
        return dense
    given = np.asarray(scores)
    if given.ndim != 2:
        given = given.reshape(0, 0)
    return given.astype(np.int64)


def _capacities(capacity: Any, people: int) -> list[int]:
    given = np.asarray(capacity)
    return [int(given)] * people if given.ndim == 0 else [int(places) for places in given]
