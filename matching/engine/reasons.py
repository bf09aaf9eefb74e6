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

Where somebody shares hours between both sides, all of this is said of the places as the answer divides their hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from matching.engine.instance import BadInstance, Instance, Pair, Side
from matching.engine.optimum import Matching

if TYPE_CHECKING:
    from matching.engine.residual import Ground, Paths, Residual

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

NEVER = 1 << 61


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


@dataclass(frozen=True)
class OtherSide:
    """This person shares their hours between both sides, and their pairs on the other side take them."""

    side: Side
    person: int


Reason = NoEligiblePartner | Crowded | OutCompeted | OtherSide


_grounds: WeakKeyDictionary[Instance, tuple[Matching, Ground]] = WeakKeyDictionary()


def _seen_from(instance: Instance, matching: Matching, column_side: Side) -> Residual:
    """The residual network. The pass over all pairs that it needs is made once for all questions about an answer."""
    from matching.engine.residual import Ground

    known = _grounds.get(instance)
    if known is None or known[0] is not matching:
        known = _grounds[instance] = matching, Ground(instance, matching)
    return known[1].seen_from(column_side)


def cost_of_forcing(instance: Instance, matching: Matching, mentor: int, mentee: int) -> Forcing:
    """The exact price of insisting on one pair, and who has to move. Raises `CannotForce`."""
    _insist_person(instance, "mentor", mentor)
    _insist_person(instance, "mentee", mentee)
    network = _seen_from(instance, matching, "mentee")
    if network.is_used(mentor, mentee):
        return Forcing((mentor, mentee), instance.score_of(mentor, mentee), 0, 0, (), (), (), ())
    if not network.possible_with(mentee)[mentor]:
        raise CannotForce(f"The rules do not allow mentor {mentor} and mentee {mentee} as a pair.")
    paths = network.distances_from(network.n + mentee)
    if paths.length[mentor] >= NEVER:
        raise CannotForce(f"Every place of mentor {mentor} or of mentee {mentee} is locked, or there is none.")
    return _forcing(network, mentor, paths)


def alternatives(
    instance: Instance, matching: Matching, side: Side, person: int, top: int | None = 10
) -> tuple[Forcing, ...]:
    """The partners this person could have instead, cheapest for the whole program first; all of them with
    `top=None`."""
    _insist_person(instance, side, person)
    network = _seen_from(instance, matching, side)
    partners = np.flatnonzero(network.possible_with(person))
    pairs = (
        (np.full(len(partners), person), partners) if side == "mentor" else (partners, np.full(len(partners), person))
    )
    scores = np.asarray(instance.source.pairs(*pairs)).astype(np.int64)
    reduced = network.u[partners] + network.v[person] - matching.big - scores
    paths = network.distances_from(network.n + person)
    reached = paths.length[partners] < NEVER
    order = np.lexsort((partners, -scores, np.where(reached, reduced + paths.length[partners], NEVER)))
    order = order[reached[order]][:top]
    return tuple(_forcing(network, int(row), paths) for row in partners[order])


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
    # The person is a row here.
    network = _seen_from(instance, matching, "mentor" if side == "mentee" else "mentee")
    if network.row_room[person] <= 0:
        if network.has_fewer_places(person):
            return OtherSide(side, person)
        raise NothingToExplain(f"The {side} {person} has no free place.")
    crowd, contested = network.crowd_of(person)
    if not contested.any():
        return _no_eligible_partner(instance, network, side, person, forbidden_by or {})
    if network.column_room[contested].any():
        raise BadInstance("The matching is not a best one for this instance: another pair could simply be added.")
    held_elsewhere = (crowd[network.held_row] & ~contested[network.held_column]).sum()
    claims = int(network.row_places[crowd].sum() - held_elsewhere)
    places = int(network.column_places[contested].sum())
    best_place, gain = network.best_place_among(contested)
    cheapest = next(iter(alternatives(instance, matching, side, person, top=1)), None)
    size = int(crowd.sum())
    if cheapest is not None and size > crowd_limit:
        return OutCompeted(side, person, cheapest, size, claims, places, best_place, gain)
    named, wanted = tuple(np.flatnonzero(crowd).tolist()), tuple(np.flatnonzero(contested).tolist())
    return Crowded(side, person, named, wanted, claims, places, best_place, gain, cheapest)


def _no_eligible_partner(
    instance: Instance, network: Residual, side: Side, person: int, forbidden_by: Mapping[str, BoolArray]
) -> NoEligiblePartner:
    def line(matrix: BoolArray) -> BoolArray:
        if matrix.ndim == 1:
            return matrix
        return matrix[person] if side == "mentor" else matrix[:, person]

    own = _line_of(instance, side, person)
    others = np.ones(len(own), dtype=np.bool_)
    others[[j for j in range(len(own)) if network.is_used(person, j)]] = False
    rules = {name: line(np.asarray(mask, dtype=np.bool_)) for name, mask in forbidden_by.items()}
    barred = np.zeros(len(own), dtype=np.bool_)
    for mentor, mentee in instance.barred:
        if person == (mentor if side == "mentor" else mentee):
            barred[mentee if side == "mentor" else mentor] = True
    own_rules = {"barred": barred, "floor": (own >= 0) & (own < (instance.floor or 0))}
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


def _line_of(instance: Instance, side: Side, person: int) -> IntArray:
    """The scores of one person with everybody on the other side."""
    n, m = instance.shape
    everybody = np.arange(m if side == "mentor" else n)
    same = np.full(len(everybody), person)
    pairs = (same, everybody) if side == "mentor" else (everybody, same)
    return np.asarray(instance.source.pairs(*pairs)).astype(np.int64)


def _forcing(network: Residual, row: int, paths: Paths) -> Forcing:
    """Decode the path from a column to `row` into pairs dissolved and pairs formed."""
    n, z, column = network.n, network.z, paths.start - network.n
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
    rows, columns = np.zeros(n, dtype=np.int64), np.zeros(network.m, dtype=np.int64)
    for pairs, change in ((formed, 1), (dissolved, -1)):
        for i, j in pairs:
            rows[i] += change
            columns[j] += change
    losing_rows = tuple(np.flatnonzero(rows < 0).tolist())
    losing_columns = tuple(np.flatnonzero(columns < 0).tolist())
    now, before_that = ([network.turn(*pair) for pair in pairs] for pairs in (formed, dissolved))
    score_of = network.ground.instance.score_of
    return Forcing(
        pair=now[0],
        score=score_of(*now[0]),
        pairs_lost=len(dissolved) - len(formed),
        score_lost=sum(score_of(*pair) for pair in before_that) - sum(score_of(*pair) for pair in now),
        dissolved=tuple(before_that),
        formed=tuple(now),
        losing_mentors=losing_columns if network.turned else losing_rows,
        losing_mentees=losing_rows if network.turned else losing_columns,
    )
