"""An independent check of an answer. It imports nothing from the rest of the engine, on purpose.

What it proves, in whole numbers without any tolerance. Let w_ij = big + score_ij on the allowed pairs, with big larger
than the sum of scores of any possible set of pairs, so that more pairs always weigh more, and of equally many the
better total. For any prices u, v >= 0 with u_i + v_j >= w_ij on every allowed pair that is not used, every permitted
set of pairs weighs at most

    sum_i a_i u_i + sum_j b_j v_j + sum over used pairs of (w_ij - u_i - v_j, where positive or the pair is locked)

(weak duality of linear programming: add up the inequalities). If the answer weighs exactly that much, nothing can be
better, however the prices were found.

Where one person is on both sides and their hours are shared, the answer may come with a *tree* instead. It splits the
sets of pairs by how many a person has as the mentor: at most k, or more, which leaves them only so many as the mentee.
Each leaf has prices of its own, which must bound every set of pairs within the places that the way to it leaves.

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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

KNOWN_ENGINES = {"4"}
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
    gap: int = 0
    """By how much at most another set of pairs could weigh more: 0 when the answer is proven best."""
    most_pairs: int | None = None
    """No permitted set has more pairs, …"""
    most_total: int | None = None
    """… and none with as many as this one a higher total."""

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
    shared: Iterable[Sequence[int]] = (),
) -> Verdict:
    """Check a `Matching`, or the certificate of one, against the question it claims to answer."""
    certificate = result if isinstance(result, Mapping) else result.certificate
    try:
        claim = _Claim.read(certificate)
    except (KeyError, TypeError, ValueError) as error:
        return Verdict(False, (f"The certificate is incomplete or damaged: {error}.",))
    table = _Table.of(scores)
    n, m = table.shape
    question = _Question(
        table=table,
        a=_capacities(mentor_capacity, n),
        b=_capacities(mentee_capacity, m),
        locked=sorted({(int(i), int(j)) for i, j in locked}),
        barred=sorted({(int(i), int(j)) for i, j in barred}),
        floor=None if floor is None else int(floor),
        shared=sorted((int(i), int(j), int(x), int(y), int(most)) for i, j, x, y, most in shared),
    )
    problems = [*_shape_problems(question, claim)]
    if problems:
        return Verdict(False, tuple(problems))
    seen = _look(question, claim)
    if claim.instance != question.digest(seen.hashes, mentor_keys, mentee_keys):
        problems.append("The certificate belongs to another instance: the hash of the question differs.")
    problems += _pair_problems(question, claim, seen)
    problems += _claim_problems(question, claim, seen)
    if claim.tree is not None:
        problems += _tree_problems(question, claim)
    else:
        problems += _price_problems(question, claim, seen)
        if not problems and claim.gap == 0:
            problems += _tie_problems(question, claim, seen)
    if problems:
        return Verdict(False, tuple(problems))
    most = claim.size + (claim.total + claim.gap) // claim.big
    return Verdict(True, (), claim.size, claim.total, seen.allowed, claim.gap, most, claim.total + claim.gap)


@dataclass(frozen=True)
class _Claim:
    instance: str
    size: int
    total: int
    weakest: int | None
    unique: bool | None
    gap: int
    pairs: list[tuple[int, int, int]]
    big: int
    u: list[int]
    v: list[int]
    tree: Mapping[str, Any] | None

    @classmethod
    def read(cls, certificate: Mapping[str, Any]) -> _Claim:
        if certificate["format"] != "upwell-result-3":
            raise ValueError("the format is not upwell-result-3")
        if certificate["engine"] not in KNOWN_ENGINES:
            raise ValueError(f"the engine {certificate['engine']!r} is not one this checker knows")
        if not isinstance(certificate["unique"], bool | None):
            raise TypeError("the note on uniqueness is neither true nor false")
        weakest = certificate["weakest"]
        return cls(
            instance=str(certificate["instance"]),
            size=_whole(certificate["size"]),
            total=_whole(certificate["total"]),
            weakest=None if weakest is None else _whole(weakest),
            unique=certificate["unique"],
            gap=_whole(certificate["gap"]),
            pairs=[(_whole(i), _whole(j), _whole(s)) for i, j, s in certificate["pairs"]],
            big=_whole(certificate["big"]),
            u=[_whole(price) for price in certificate["mentor_prices"]],
            v=[_whole(price) for price in certificate["mentee_prices"]],
            tree=certificate.get("tree"),
        )


class _Table:
    """The scores, block by block: a matrix, a sparse matrix, or anything with `shape` and `block(start, stop)`."""

    def __init__(self, shape: tuple[int, int], block: Callable[[int, int], Any]) -> None:
        self.shape = shape
        self.block = block

    @classmethod
    def of(cls, scores: Any) -> _Table:
        if sparse.issparse(scores):
            rows = scores.tocsr()

            def unpack(start: int, stop: int) -> Any:
                part = rows[start:stop].tocoo()
                dense = np.full(part.shape, -1, dtype=np.int64)
                dense[part.row, part.col] = part.data
                return dense

            return cls(scores.shape, unpack)
        if hasattr(scores, "block"):
            return cls(scores.shape, lambda start, stop: np.asarray(scores.block(start, stop)).astype(np.int64))
        given = np.asarray(scores)
        if given.ndim != 2:
            given = given.reshape(0, 0)
        return cls(given.shape, lambda start, stop: given[start:stop].astype(np.int64))


@dataclass(frozen=True)
class _Question:
    table: _Table
    a: list[int]
    b: list[int]
    locked: list[tuple[int, int]]
    barred: list[tuple[int, int]]
    floor: int | None
    shared: list[tuple[int, int, int, int, int]]
    """Mentor, mentee, what each pair takes as the mentor and as the mentee, what all may take."""

    @property
    def limits(self) -> tuple[list[int], list[int]]:
        """The places, as far as shared hours last for one side alone."""
        a, b = list(self.a), list(self.b)
        for i, j, each_i, each_j, most in self.shared:
            a[i], b[j] = min(a[i], most // each_i), min(b[j], most // each_j)
        return a, b

    def may_pair(self, start: int, score: Any) -> Any:
        """Of a block whose first row is `start`: which pairs are allowed."""
        allowed = score >= max(0, self.floor or 0)
        for i, j in self.barred:
            if start <= i < start + len(score):
                allowed[i - start, j] = False
        return allowed

    def digest(
        self, hashes: Sequence[bytes], mentor_keys: Sequence[str] | None, mentee_keys: Sequence[str] | None
    ) -> str:
        facts: dict[str, Any] = {
            "barred": [list(pair) for pair in self.barred],
            "floor": self.floor,
            "locked": [list(pair) for pair in self.locked],
            "mentee_capacity": self.b,
            "mentee_keys": None if mentee_keys is None else list(mentee_keys),
            "mentor_capacity": self.a,
            "mentor_keys": None if mentor_keys is None else list(mentor_keys),
        }
        if self.shared:
            facts["shared"] = [list(one) for one in self.shared]
        text = b"upwell-question-3\n" + json.dumps(facts, sort_keys=True, separators=(",", ":")).encode() + b"\n"
        return hashlib.sha256(text + b"".join(hashes)).hexdigest()


@dataclass(frozen=True)
class _Seen:
    """What one pass over all pairs showed."""

    hashes: list[bytes]
    allowed: int
    best: int
    claimed: Any
    """The scores of the claimed pairs; -1 where the pair is not allowed."""
    uncovered: tuple[int, int] | None
    """An allowed pair that is not paired and that the prices do not cover."""
    tight: Any
    """The allowed pairs that weigh exactly their prices, used or not, without locked ones: mentors, mentees,
    scores."""


def _look(question: _Question, claim: _Claim) -> _Seen:
    n, m = question.table.shape
    height = max(1, (1 << 19) // max(m, 1))
    pairs = np.array([(i, j) for i, j, _ in claim.pairs], dtype=np.int64).reshape(-1, 2)
    locks = np.array(question.locked, dtype=np.int64).reshape(-1, 2)
    used = np.unique(pairs[:, 0] * m + pairs[:, 1])
    locked = np.unique(locks[:, 0] * m + locks[:, 1])
    priced = _fits(claim)
    u, v = (np.array(side if priced else [0] * len(side), dtype=np.int64) for side in (claim.u, claim.v))
    big = claim.big if priced else 0
    hashes: list[bytes] = []
    claimed = np.full(len(pairs), -1, dtype=np.int64)
    allowed_count, best, highest, uncovered = 0, 0, 0, None
    tight: list[Any] = [np.zeros((3, 0), dtype=np.int64)]
    for start in range(0, n, height):
        score = np.maximum(question.table.block(start, min(start + height, n)), -1)
        allowed = question.may_pair(start, score)
        allowed_count += int(allowed.sum())
        best = max(best, int(score.max(initial=0, where=allowed)))
        highest = max(highest, int(score.max(initial=0)))
        hashes += [hashlib.blake2b(row, digest_size=32).digest() for row in score.astype("<i4")]
        here = np.flatnonzero((pairs[:, 0] >= start) & (pairs[:, 0] < start + len(score)))
        i, j = pairs[here, 0] - start, pairs[here, 1]
        claimed[here] = np.where(allowed[i, j], score[i, j], -1)
        slack = (u[start : start + len(score), None] - big) + (v[None, :] - score)
        close = np.flatnonzero(allowed & (slack <= 0))
        code = close + start * m
        free = np.isin(code, used, invert=True) & (slack.ravel()[close] < 0)
        if uncovered is None and free.any():
            uncovered = divmod(int(code[free][0]), m)
        even = close[(slack.ravel()[close] == 0) & np.isin(code, locked, invert=True)]
        tight.append(np.stack([even // m + start, even % m, score.ravel()[even]]))
    if highest > 2**31 - 1:
        hashes = [
            hashlib.blake2b(row, digest_size=32).digest()
            for start in range(0, n, height)
            for row in np.maximum(question.table.block(start, min(start + height, n)), -1).astype("<i8")
        ]
    return _Seen(hashes, allowed_count, best, claimed, uncovered, np.concatenate(tight, axis=1))


def _fits(claim: _Claim) -> bool:
    """Whether sums of two prices and a weight stay exact in 64 bits; if not, nothing below looks at them."""
    largest = max([abs(price) for price in (*claim.u, *claim.v, claim.big)], default=0)
    return largest < 2**60


def _shape_problems(question: _Question, claim: _Claim) -> Iterable[str]:
    n, m = question.table.shape
    if len(question.a) != n or len(question.b) != m:
        yield "The capacities do not fit the score matrix."
    if len(claim.u) != n or len(claim.v) != m:
        yield f"There must be one price for each of {n} mentors and {m} mentees."
    if any(not (0 <= i < n and 0 <= j < m) for i, j in (*question.locked, *question.barred)):
        yield "A locked or barred pair names somebody who is not in the instance."
    if any(not (0 <= i < n and 0 <= j < m and x > 0 and y > 0 and most >= 0) for i, j, x, y, most in question.shared):
        yield "Shared hours name somebody who is not in the instance, or are not hours."
    if any(not (0 <= i < n and 0 <= j < m) for i, j, _ in claim.pairs):
        yield "A pair names somebody who is not in the instance."


def _pair_problems(question: _Question, claim: _Claim, seen_scores: _Seen) -> Iterable[str]:
    """Primal feasibility: the pairs are permitted, distinct, within capacity, and hold every lock."""
    n, m = question.table.shape
    mentor_load, mentee_load = [0] * n, [0] * m
    seen: set[tuple[int, int]] = set()
    for (i, j, score), true in zip(claim.pairs, seen_scores.claimed.tolist(), strict=True):
        if (i, j) in seen:
            yield f"Mentor {i} and mentee {j} are paired twice."
        seen.add((i, j))
        mentor_load[i] += 1
        mentee_load[j] += 1
        if true < 0:
            yield f"Mentor {i} and mentee {j} may not be paired."
        elif true != score:
            yield f"The score of mentor {i} and mentee {j} is {true}, not {score}."
    for i, load in enumerate(mentor_load):
        if load > question.a[i]:
            yield f"Mentor {i} has {load} pairs but room for {question.a[i]}."
    for j, load in enumerate(mentee_load):
        if load > question.b[j]:
            yield f"Mentee {j} has {load} pairs but room for {question.b[j]}."
    for i, j, each_i, each_j, most in question.shared:
        taken = mentor_load[i] * each_i + mentee_load[j] * each_j
        if taken > most:
            yield f"Mentor {i}, who is also mentee {j}, gives {taken} hours and has {most}."
    for i, j in question.locked:
        if (i, j) not in seen:
            yield f"Mentor {i} and mentee {j} are locked together but not paired."


def _claim_problems(question: _Question, claim: _Claim, seen: _Seen) -> Iterable[str]:
    scores = [score for _, _, score in claim.pairs]
    if claim.size != len(scores):
        yield f"The certificate claims {claim.size} pairs and lists {len(scores)}."
    if claim.total != sum(scores):
        yield f"The certificate claims a total of {claim.total}; its pairs add up to {sum(scores)}."
    if claim.gap and claim.unique is not None:
        yield "Where a gap is left, nothing is shown about other answers that are equally good."
    if claim.weakest != min(scores, default=None):
        yield f"The certificate claims {claim.weakest} as the weakest pair; it is {min(scores, default=None)}."
    n, m = question.table.shape
    most = min(sum(min(places, m) for places in question.a), sum(min(places, n) for places in question.b))
    if claim.big <= most * seen.best:
        yield (
            f"One pair counts for {claim.big}, which a sum of scores could outweigh; it must exceed {most * seen.best}."
        )


def _price_problems(question: _Question, claim: _Claim, seen: _Seen) -> Iterable[str]:
    """Dual feasibility on every allowed pair, and objectives that differ by the stated gap, which is mostly 0."""
    if not _fits(claim):
        yield "The prices are too large to be checked, and larger than any that prove something."
        return
    if min(claim.u, default=0) < 0 or min(claim.v, default=0) < 0:
        yield "A price is negative."
        return
    if seen.uncovered is not None:
        yield "The prices do not cover mentor {} and mentee {}, who are not paired.".format(*seen.uncovered)
        return
    a, b = question.limits
    bound = sum(price * places for price, places in zip(claim.u, a, strict=True))
    bound += sum(price * places for price, places in zip(claim.v, b, strict=True))
    locked = set(question.locked)
    for i, j, score in claim.pairs:
        excess = claim.big + score - claim.u[i] - claim.v[j]
        bound += excess if (i, j) in locked else max(0, excess)
    weight = sum(claim.big + score for _, _, score in claim.pairs)
    if bound != weight + claim.gap:
        stated = f" and the stated gap is {claim.gap}" if claim.gap else ""
        yield f"The pairs weigh {weight}{stated} but the prices only prove that nothing weighs more than {bound}."


@dataclass
class _Leaf:
    a: list[int]
    b: list[int]
    u: list[int]
    v: list[int]
    bound: int = 0


def _tree_problems(question: _Question, claim: _Claim) -> Iterable[str]:
    """Every leaf bounds the sets of pairs within its places, and every permitted set is within those of some leaf."""
    if claim.unique is not None:
        yield "With a tree nothing is shown about other answers that are equally good."
    if not question.shared:
        yield "There is a tree, and nobody shares their hours between both sides."
    try:
        leaves = list(_leaves(question, claim.tree, *question.limits))
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as error:
        yield f"The tree is incomplete or damaged: {error}."
        return
    prices = [price for leaf in leaves for price in (*leaf.u, *leaf.v)]
    if min(prices, default=0) < 0 or max([*prices, abs(claim.big)], default=0) >= 2**60:
        yield "A price in the tree is negative, or too large to be checked."
        return
    _bound(question, claim, leaves)
    weight = sum(claim.big + score for _, _, score in claim.pairs)
    highest = max([leaf.bound for leaf in leaves], default=weight)
    if claim.gap < 0 or highest > weight + claim.gap:
        stated = f" and the stated gap is {claim.gap}" if claim.gap else ""
        yield f"The pairs weigh {weight}{stated} but the tree only proves that nothing weighs more than {highest}."


def _leaves(question: _Question, node: Any, a: list[int], b: list[int]) -> Iterable[_Leaf]:
    """Those of the tree below `node`, with the places that the way there leaves. What no set can fulfil has none."""
    n, m = question.table.shape
    for side, axis in ((a, 0), (b, 1)):
        held = [0] * len(side)
        for pair in question.locked:
            held[pair[axis]] += 1
        if any(places < taken for places, taken in zip(side, held, strict=True)):
            return
    if "shared" not in node:
        u, v = ([_whole(price) for price in node[name]] for name in ("mentor_prices", "mentee_prices"))
        if (len(u), len(v)) != (n, m):
            raise ValueError("a leaf does not price everybody")
        yield _Leaf(a, b, u, v)
        return
    place, most = _whole(node["shared"]), _whole(node["as_mentor_at_most"])
    if place < 0 or most < 0:
        raise ValueError("a split is by somebody or something that is not there")
    i, j, each_i, each_j, together = question.shared[place]
    few, fewer = list(a), list(b)
    few[i] = min(a[i], most)
    fewer[j] = min(b[j], (together - (most + 1) * each_i) // each_j)
    yield from _leaves(question, node["then"], few, b)
    yield from _leaves(question, node["otherwise"], a, fewer)


def _bound(question: _Question, claim: _Claim, leaves: Sequence[_Leaf]) -> None:
    """What the prices of each leaf prove, in one pass over all pairs: a pair adds what it weighs beyond its prices."""
    n, m = question.table.shape
    priced = [(np.array(leaf.u, dtype=np.int64), np.array(leaf.v, dtype=np.int64)) for leaf in leaves]
    locked = np.array([i * m + j for i, j in question.locked], dtype=np.int64)
    for leaf in leaves:
        leaf.bound = sum(price * places for price, places in zip((*leaf.u, *leaf.v), (*leaf.a, *leaf.b), strict=True))
    height = max(1, (1 << 19) // max(m, 1))
    for start in range(0, n, height):
        score = np.maximum(question.table.block(start, min(start + height, n)), -1)
        allowed = question.may_pair(start, score)
        here = locked[(locked >= start * m) & (locked < (start + len(score)) * m)] - start * m
        for leaf, (u, v) in zip(leaves, priced, strict=True):
            excess = (claim.big - u[start : start + len(score), None]) + (score - v[None, :])
            insisted = excess.ravel()[here]
            excess[~allowed] = 0
            excess.ravel()[here] = 0
            leaf.bound += sum(excess[excess > 0].tolist()) + sum(insisted.tolist())


def _tie_problems(question: _Question, claim: _Claim, seen: _Seen) -> Iterable[str]:
    """Uniqueness and fairness among the best answers. Asked only once the prices have been found to hold."""
    n, m = question.table.shape
    pairs = np.array([(i, j) for i, j, _ in claim.pairs], dtype=np.int64).reshape(-1, 2)
    load_i, load_j = np.bincount(pairs[:, 0], minlength=n), np.bincount(pairs[:, 1], minlength=m)
    limits = question.limits
    room_i, room_j = np.array(limits[0]) - load_i, np.array(limits[1]) - load_j
    i, j, score = seen.tight
    used = np.isin(i * m + j, pairs[:, 0] * m + pairs[:, 1])
    priced_i, priced_j = np.array(claim.u) > 0, np.array(claim.v) > 0
    changeable = _changeable(i, j, used, ~priced_i, ~priced_j, room_i > 0, room_j > 0)
    if claim.unique is None and not question.shared:
        yield "The certificate does not say whether an equally good answer exists."
    elif claim.unique == bool(changeable.any()) or (question.shared and claim.unique is False):
        yield (
            "The certificate says that "
            + ("no" if claim.unique else "an")
            + " equally good answer exists; that is wrong."
        )
    held = changeable & used
    if not held.any():
        return
    weakest = score[held].min()
    stronger = changeable & (score > weakest)
    places_i = np.bincount(i[held], minlength=n) + room_i
    places_j = np.bincount(j[held], minlength=m) + room_j
    mentors_fill = _fills(i[stronger], j[stronger], np.where(priced_i, places_i, 0), places_j)
    mentees_fill = _fills(j[stronger], i[stronger], np.where(priced_j, places_j, 0), places_i)
    if mentors_fill and mentees_fill:
        yield f"Among the equally good answers there is one whose weakest changeable pair is stronger than {weakest}."


def _changeable(i: Any, j: Any, used: Any, free_i: Any, free_j: Any, room_i: Any, room_j: Any) -> Any:
    """Which of the tight pairs (i, j) some best answers have and others do not.

    Every person is two nodes, "had a place freed" and "wants another", so that the only cycles are real ones.
    """
    n, m = len(free_i), len(free_j)
    freed_i, wants_i, taken_j, gives_j, elsewhere = 0, n, 2 * n, 2 * n + m, 2 * n + 2 * m
    arcs = [(np.arange(n), wants_i + np.arange(n)), (taken_j + np.arange(m), gives_j + np.arange(m))]
    arcs.append((wants_i + i[~used], taken_j + j[~used]))
    arcs.append((gives_j + j[used], freed_i + i[used]))
    mentors, mentees = np.flatnonzero(free_i), np.flatnonzero(free_j)
    arcs.append((freed_i + mentors, np.full(len(mentors), elsewhere)))
    arcs.append((np.full(len(mentees), elsewhere), gives_j + mentees))
    mentors, mentees = np.flatnonzero(free_i & room_i), np.flatnonzero(free_j & room_j)
    arcs.append((np.full(len(mentors), elsewhere), wants_i + mentors))
    arcs.append((taken_j + mentees, np.full(len(mentees), elsewhere)))
    tails, heads = (np.concatenate(ends) for ends in zip(*arcs, strict=True))
    graph = sparse.coo_matrix((np.ones(len(tails)), (tails, heads)), shape=(elsewhere + 1, elsewhere + 1))
    _, group = csgraph.connected_components(graph.tocsr(), connection="strong")
    return np.where(used, group[freed_i + i] == group[gives_j + j], group[wants_i + i] == group[taken_j + j])


def _fills(i: Any, j: Any, wanted: Any, places: Any) -> bool:
    """Whether the wanted places of the people i can all be filled at once with the pairs (i, j)."""
    n, m = len(wanted), len(places)
    source, sink = n + m, n + m + 1
    tails = np.concatenate([i, np.full(n, source), n + np.arange(m)])
    heads = np.concatenate([n + j, np.arange(n), np.full(m, sink)])
    most = np.concatenate([np.ones(len(i)), wanted, np.minimum(places, n)]).astype(np.int32)
    network = sparse.coo_matrix((most, (tails, heads)), shape=(n + m + 2, n + m + 2)).tocsr()
    return bool(csgraph.maximum_flow(network, source, sink).flow_value == int(wanted.sum()))


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{value!r} is not a whole number")
    return int(value)


def _capacities(capacity: Any, people: int) -> list[int]:
    given = np.asarray(capacity)
    return [int(given)] * people if given.ndim == 0 else [int(places) for places in given]
