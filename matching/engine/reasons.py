"""Why nobody, why not these two, and what it would cost: read off the prices, without solving again.

All answers here come from the residual network of a best matching. Its nodes are the people and one node Z for "room
elsewhere"; its arcs are the changes that are still possible, each at its reduced cost, none of which is negative:

    mentor i -> mentee j   form a pair that is not formed          r_ij = u_i + v_j - w_ij
    mentee j -> mentor i   dissolve a pair that is not locked      -r_ij
    mentor i -> Z          a mentor gives a place up               u_i
    Z -> mentor i          a mentor with room takes one more       0
    Z -> mentee j          a mentee gives a place up               v_j
    mentee j -> Z          a mentee with room takes one more       0

Forcing the pair (i, j) sends one unit along i -> j and back along a shortest path from j to i, so it costs exactly
r_ij + distance(j, i) (Ahuja, Magnanti and Orlin, *Network Flows*, section 9.11 on sensitivity). The path says who has
to move. When somebody is unmatched, the people reachable from them by alternating "could have" and "is held by" are
the crowd that competes for fewer places than it asks for: a violator of Hall's condition (Hall 1935; Koenig 1931). One
more place with mentee j opens the arc j -> Z at cost -v_j and gains v_j less the distance from Z to j.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.instance import BadInstance, Instance, Pair, Side
from matching.engine.optimum import Matching

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

NEVER = np.int64(1) << np.int64(61)


class CannotForce(ValueError):
    """The pair cannot be formed whatever is given up: a rule forbids it, or a place is missing or locked."""


class NothingToExplain(ValueError):
    """The person has no free place, so there is nothing they are missing."""


@dataclass(frozen=True)
class Forcing:
    """What happens when one pair is insisted on and everything else is arranged as well as possible."""

    pair: Pair
    score: int
    pairs_lost: int
    score_lost: int
    """May be negative when `pairs_lost` is not 0: fewer pairs, of which one fits better."""
    dissolved: tuple[Pair, ...]
    formed: tuple[Pair, ...]
    """The forced pair first, then those formed to make up for what it displaced. Empty if the pair stands already."""
    losing_mentors: tuple[int, ...]
    """Mentors who end up with fewer pairs than before."""
    losing_mentees: tuple[int, ...]


@dataclass(frozen=True)
class RuleStep:
    """One rule in the waterfall of a person without any eligible partner."""

    rule: str
    forbids: int
    """Partners it forbids, whatever the other rules say."""
    remaining: int
    """Partners left after this rule and those before it."""
    only_this: int
    """Partners that would become eligible if this rule alone were lifted."""


@dataclass(frozen=True)
class NoEligiblePartner:
    """Nobody on the other side may be paired with this person (or nobody they are not paired with already)."""

    side: Side
    person: int
    partners: int
    """How many people there are on the other side, not counting those already paired with this person."""
    waterfall: tuple[RuleStep, ...]
    frees_most: str | None
    """The rule that, lifted alone, makes most partners eligible; None if no single rule makes any."""


@dataclass(frozen=True)
class Crowded:
    """The people of `crowd` together ask for `claims` places and can only have the `places` of `contested`."""

    side: Side
    person: int
    crowd: tuple[int, ...]
    """On the same side as the person, the person among them."""
    contested: tuple[int, ...]
    """On the other side. One more place with any one of them is one more pair."""
    claims: int
    places: int
    best_place: int
    """The one of `contested` with whom one more place would help the program most."""
    gain: int
    """By how much the total would rise with it, beside the one pair more. Rarely negative."""
    cheapest: Forcing | None
    """The cheapest way in without any further place, if one can be given up at all."""


@dataclass(frozen=True)
class OutCompeted:
    """There are too few places for everybody, and a total with this person would be lower."""

    side: Side
    person: int
    cheapest: Forcing
    """The cheapest way in: with whom, who gives way, what the program loses."""
    crowd_size: int
    claims: int
    places: int
    best_place: int
    gain: int


Reason = NoEligiblePartner | Crowded | OutCompeted


def cost_of_forcing(instance: Instance, matching: Matching, mentor: int, mentee: int) -> Forcing:
    """The exact price of insisting on one pair, and who has to move. Raises `CannotForce`."""
    network = _Residual.of(instance, matching, "mentee")
    _insist_person(instance, "mentor", mentor)
    _insist_person(instance, "mentee", mentee)
    if network.used[mentor, mentee]:
        return Forcing((mentor, mentee), int(instance.scores[mentor, mentee]), 0, 0, (), (), (), ())
    if not instance.allowed[mentor, mentee]:
        raise CannotForce(f"The rules do not allow mentor {mentor} and mentee {mentee} as a pair.")
    paths = network.distances_from(network.n + mentee)
    if paths.length[mentor] >= NEVER:
        raise CannotForce(f"Every place of mentor {mentor} or of mentee {mentee} is locked, or there is none.")
    return network.forcing(mentor, paths)


def alternatives(
    instance: Instance, matching: Matching, side: Side, person: int, top: int | None = 10
) -> tuple[Forcing, ...]:
    """The partners this person could have instead, cheapest for the whole program first; all of them with
    `top=None`."""
    network = _Residual.of(instance, matching, side)
    _insist_person(instance, side, person)
    paths = network.distances_from(network.n + person)
    possible = np.flatnonzero(network.may_add[:, person] & (paths.length[: network.n] < NEVER))
    costs = network.reduced[possible, person] + paths.length[possible]
    order = np.lexsort((possible, -network.scores[possible, person], costs))
    return tuple(network.forcing(int(row), paths) for row in possible[order][:top])


def why_unmatched(
    instance: Instance,
    matching: Matching,
    side: Side,
    person: int,
    forbidden_by: Mapping[str, BoolArray] | None = None,
    crowd_limit: int = 30,
) -> Reason:
    """Why this person has a free place left: nobody eligible, or a crowd for few places, or a better total without
    them.

    `forbidden_by` names the rules, in the order to show them; each is a matrix (mentors x mentees), or just this
    person's line, that is True where the rule forbids. A crowd of more than `crowd_limit` people explains nothing to
    a reader; then the answer is `OutCompeted`. Raises `NothingToExplain` for a person without a free place.
    """
    _insist_person(instance, side, person)
    network = _Residual.of(instance, matching, "mentor" if side == "mentee" else "mentee")  # the person is a row here
    if network.row_room[person] <= 0:
        raise NothingToExplain(f"The {side} {person} has no free place.")
    if not network.may_add[person].any():
        return _no_eligible_partner(instance, network, side, person, forbidden_by or {})
    crowd, contested = network.crowd_of(person)
    if network.column_room[contested].any():
        raise BadInstance("The matching is not a best one for this instance: another pair could simply be added.")
    held_elsewhere = network.droppable[np.ix_(crowd, ~contested)].sum()
    claims = int(network.row_places[crowd].sum() - held_elsewhere)
    places = int(network.column_places[contested].sum())
    best_place, gain = network.best_place_among(contested, matching.big)
    cheapest = next(iter(alternatives(instance, matching, side, person, top=1)), None)
    size = int(crowd.sum())
    if cheapest is not None and size > crowd_limit:
        return OutCompeted(side, person, cheapest, size, claims, places, best_place, gain)
    named, wanted = tuple(np.flatnonzero(crowd).tolist()), tuple(np.flatnonzero(contested).tolist())
    return Crowded(side, person, named, wanted, claims, places, best_place, gain, cheapest)


def _no_eligible_partner(
    instance: Instance, network: _Residual, side: Side, person: int, forbidden_by: Mapping[str, BoolArray]
) -> NoEligiblePartner:
    def line(matrix: BoolArray) -> BoolArray:
        if matrix.ndim == 1:
            return matrix
        return matrix[person] if side == "mentor" else matrix[:, person]

    others = ~network.used[person]  # the person is a row of this network
    rules = {name: line(np.asarray(mask, dtype=np.bool_)) for name, mask in forbidden_by.items()}
    barred = np.zeros(instance.shape, dtype=np.bool_)
    for pair in instance.barred:
        barred[pair] = True
    own_rules = {
        "barred": line(barred),
        "floor": line(instance.scores < (instance.floor or 0)) & line(instance.scores >= 0),
    }
    rules |= {name: mask for name, mask in own_rules.items() if name not in rules and (mask & others).any()}
    named = np.zeros(len(others), dtype=np.bool_)
    for mask in rules.values():
        named |= mask
    if (others & ~named).any():
        rules["other"] = others & ~named
    count = np.sum([mask.astype(np.int64) for mask in rules.values()], axis=0)
    steps, left = [], others.copy()
    for name, mask in rules.items():
        left &= ~mask
        only = int((others & mask & (count == 1)).sum())
        steps.append(RuleStep(name, int((others & mask).sum()), int(left.sum()), only))
    best = max(steps, key=lambda step: step.only_this, default=None)
    frees_most = best.rule if best is not None and best.only_this else None
    return NoEligiblePartner(side, person, int(others.sum()), tuple(steps), frees_most)


def _insist_person(instance: Instance, side: Side, person: int) -> None:
    people = instance.shape[0 if side == "mentor" else 1]
    if not 0 <= person < people:
        raise BadInstance(f"There is no {side} {person}; there are {people}.")


@dataclass(frozen=True)
class _Paths:
    """Shortest paths from one node; nodes are rows, then columns, then Z."""

    start: int
    length: IntArray
    parent: NDArray[np.intp]


@dataclass(frozen=True)
class _Residual:
    """The residual network, turned so that `column_side` is the side of the columns."""

    column_side: Side
    n: int
    m: int
    scores: IntArray
    used: BoolArray
    droppable: BoolArray
    may_add: BoolArray
    reduced: IntArray
    u: IntArray
    v: IntArray
    row_places: IntArray
    column_places: IntArray
    row_room: IntArray
    column_room: IntArray

    @classmethod
    def of(cls, instance: Instance, matching: Matching, column_side: Side) -> _Residual:
        if matching.instance != instance.digest:
            raise BadInstance("This matching answers another instance: the hash of the question differs.")
        n, m = instance.shape
        used = np.zeros((n, m), dtype=np.bool_)
        if matching.pairs:
            used[tuple(np.array(matching.pairs).T)] = True
        u, v = np.array(matching.u, dtype=np.int64), np.array(matching.v, dtype=np.int64)
        locks, allowed, scores = instance.lock_mask, instance.allowed, instance.scores
        reduced = np.where(allowed, u[:, None] + v[None, :] - (scores + matching.big), 0)
        a, b = instance.mentor_capacity - locks.sum(axis=1), instance.mentee_capacity - locks.sum(axis=0)
        if column_side == "mentor":
            n, m, a, b, u, v = m, n, b, a, v, u
            used, locks, allowed, scores, reduced = used.T, locks.T, allowed.T, scores.T, reduced.T
        droppable = used & ~locks
        return cls(
            column_side=column_side,
            n=n,
            m=m,
            scores=scores,
            used=used,
            droppable=droppable,
            may_add=allowed & ~used,
            reduced=reduced,
            u=u,
            v=v,
            row_places=a,
            column_places=b,
            row_room=a - droppable.sum(axis=1),
            column_room=b - droppable.sum(axis=0),
        )

    @property
    def z(self) -> int:
        return self.n + self.m

    def distances_from(self, start: int) -> _Paths:
        """Dijkstra's method on the dense network; O((n + m) * max(n, m))."""
        n, z = self.n, self.z
        length = np.full(z + 1, NEVER)
        parent = np.full(z + 1, -1, dtype=np.intp)
        frontier = length.copy()
        length[start] = frontier[start] = 0
        adding = np.where(self.may_add, self.reduced, NEVER)
        row_from_z = np.where(self.row_room > 0, self.u, NEVER)
        column_from_z = np.where(self.droppable.any(axis=0), self.v, NEVER)
        row_gives = np.asarray(self.droppable.any(axis=1))

        def offer(first: int, new: IntArray, node: int) -> None:
            part = slice(first, first + len(new))
            nearer = new < length[part]
            length[part][nearer] = new[nearer]
            frontier[part][nearer] = new[nearer]
            parent[part][nearer] = node

        while True:
            node = int(frontier.argmin())
            at = frontier[node]
            if at >= NEVER:
                return _Paths(start, length, parent)
            frontier[node] = NEVER
            if node < n:
                offer(n, adding[node] + at, node)
                if row_gives[node]:
                    offer(z, self.u[node : node + 1] + at, node)
            elif node < z:
                j = node - n
                offer(0, np.where(self.droppable[:, j], at - self.reduced[:, j], NEVER), node)
                if self.column_room[j] > 0:
                    offer(z, self.v[j : j + 1] + at, node)
            else:
                offer(0, row_from_z + at, node)
                offer(n, column_from_z + at, node)

    def forcing(self, row: int, paths: _Paths) -> Forcing:
        """Decode the path from a column to `row` into pairs dissolved and pairs formed."""
        n, z, column = self.n, self.z, paths.start - self.n
        formed, dissolved = [(row, column)], []
        node = row
        while node != paths.start:
            before = int(paths.parent[node])
            if z not in (node, before):
                if node < n:
                    dissolved.append((node, before - n))
                else:
                    formed.append((before, node - n))
            node = before
        rows = np.zeros(n, dtype=np.int64)
        columns = np.zeros(self.m, dtype=np.int64)
        for pairs, change in ((formed, 1), (dissolved, -1)):
            for i, j in pairs:
                rows[i] += change
                columns[j] += change
        losing_rows, losing_columns = (
            tuple(np.flatnonzero(rows < 0).tolist()),
            tuple(np.flatnonzero(columns < 0).tolist()),
        )
        turned = self.column_side == "mentor"
        return Forcing(
            pair=(column, row) if turned else (row, column),
            score=int(self.scores[row, column]),
            pairs_lost=len(dissolved) - len(formed),
            score_lost=sum(int(self.scores[pair]) for pair in dissolved)
            - sum(int(self.scores[pair]) for pair in formed),
            dissolved=tuple((j, i) if turned else (i, j) for i, j in dissolved),
            formed=tuple((j, i) if turned else (i, j) for i, j in formed),
            losing_mentors=losing_columns if turned else losing_rows,
            losing_mentees=losing_rows if turned else losing_columns,
        )

    def crowd_of(self, row: int) -> tuple[BoolArray, BoolArray]:
        """Rows and columns reached from `row` by alternating "could be paired with" and "is held by".

        Others with a free place who could only have these columns compete for the same places and are counted in.
        """
        crowd = np.zeros(self.n, dtype=np.bool_)
        contested = np.zeros(self.m, dtype=np.bool_)
        newcomers = crowd.copy()
        newcomers[row] = True
        while newcomers.any():
            crowd |= newcomers
            wanted = self.may_add[newcomers].any(axis=0) & ~contested
            contested |= wanted
            newcomers = self.droppable[:, wanted].any(axis=1) & ~crowd
        only_these = self.may_add.any(axis=1) & ~self.may_add[:, ~contested].any(axis=1)
        return crowd | (only_these & (self.row_room > 0)), contested

    def best_place_among(self, columns: BoolArray, big: int) -> tuple[int, int]:
        """The column where one more place gains most, and the gain in total beside the one pair more.

        One more place opens an arc from the column to Z at cost -v, so it gains v less the way from Z to the column.
        """
        candidates = np.flatnonzero(columns)
        gains = self.v[candidates] - self.distances_from(self.z).length[self.n + candidates]
        best = int(gains.argmax())
        return int(candidates[best]), int(gains[best]) - big
