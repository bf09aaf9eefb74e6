"""The question put to the engine: who may be paired with whom, how well they fit, how many each can take.

Rows are mentors, columns are mentees, everywhere in this package. An `Instance` is checked once, when it is made; the
rest of the engine relies on it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from matching.engine.source import Matrix, Source, SparseMatrix, in_parallel, stretches

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Pair = tuple[int, int]
Side = Literal["mentor", "mentee"]

FORBIDDEN = -1
"""The score of a pair that may not be formed. Any negative number is read as this."""


class BadInstance(ValueError):
    """The instance cannot be understood; the message is a sentence that says where."""


class TooLarge(ValueError):
    """The numbers of an instance would not fit in 64 bits with room to spare."""


class SharedHours(NamedTuple):
    """One person on both sides, whose pairs on either side come out of the same time, in any whole unit of it."""

    mentor: int
    mentee: int
    for_mentee: int
    """What each pair takes in which this person is the mentor."""
    for_mentor: int
    """What each pair takes in which this person is the mentee."""
    together: int
    """What all pairs of this person may take, on both sides."""


class Clash(ValueError):
    """Locked pairs contradict each other, a rule, or a capacity.

    `pairs` is a smallest set of locked pairs that cannot all hold: taking any one of them away resolves this clash.
    `cause` is `forbidden`, `barred`, `floor`, `capacity` or `hours`; for `capacity`, `side` and `person` say whose
    places run out and `capacity` how many there are; for `hours`, `side` and `person` say whose time does.
    """

    def __init__(
        self,
        cause: Literal["forbidden", "barred", "floor", "capacity", "hours"],
        pairs: Sequence[Pair],
        *,
        side: Side | None = None,
        person: int | None = None,
        capacity: int | None = None,
        floor: int | None = None,
    ) -> None:
        self.cause = cause
        self.pairs = tuple(pairs)
        self.side = side
        self.person = person
        self.capacity = capacity
        super().__init__(self._sentence(floor))

    def _sentence(self, floor: int | None) -> str:
        mentor, mentee = self.pairs[0]
        if self.cause == "capacity":
            others = "mentees" if self.side == "mentor" else "mentors"
            named = ", ".join(str(pair[1 if self.side == "mentor" else 0]) for pair in self.pairs)
            places = "1 place" if self.capacity == 1 else f"{self.capacity} places"
            return f"The {self.side} {self.person} has {places} but is locked with {len(self.pairs)} {others}: {named}."
        if self.cause == "hours":
            named = ", ".join(f"{mentor} with {mentee}" for mentor, mentee in self.pairs)
            return f"Mentor {self.person} takes part on both sides and has no time for all these locked pairs: {named}."
        why = {
            "forbidden": "the rules forbid this pair",
            "barred": "this pair is barred",
            "floor": f"its score is below the floor of {floor}",
        }[self.cause]
        return f"Mentor {mentor} and mentee {mentee} are locked together, but {why}."


@dataclass(frozen=True, eq=False)
class Instance:
    """One checked question. Make it with `Instance.of`; compare two with `digest`."""

    source: Source
    """The scores; negative where the rules forbid the pair (barring and floor not yet applied)."""
    mentor_capacity: IntArray
    mentee_capacity: IntArray
    locked: tuple[Pair, ...] = ()
    barred: tuple[Pair, ...] = ()
    floor: int | None = None
    mentor_keys: tuple[str, ...] | None = None
    mentee_keys: tuple[str, ...] | None = None
    shared: tuple[SharedHours, ...] = ()

    @classmethod
    def of(
        cls,
        scores: Any,
        mentor_capacity: ArrayLike = 1,
        mentee_capacity: ArrayLike = 1,
        *,
        locked: Iterable[Pair] = (),
        barred: Iterable[Pair] = (),
        floor: int | None = None,
        mentor_keys: Sequence[str] | None = None,
        mentee_keys: Sequence[str] | None = None,
        shared: Iterable[Sequence[int]] = (),
    ) -> Instance:
        """Check everything and say what is wrong (`BadInstance`) or what cannot all hold (`Clash`).

        `scores` is a dense integer matrix (negative = forbidden), a `scipy.sparse` integer matrix whose stored
        entries, zeros included, are the allowed pairs, or a `Source`. A capacity is one number for all or one for each
        person. `shared` names people who are on both sides, as the fields of `SharedHours`.
        """
        source = _as_source(scores)
        n, m = source.shape
        instance = cls(
            source=source,
            mentor_capacity=_as_capacity(mentor_capacity, n, "mentor"),
            mentee_capacity=_as_capacity(mentee_capacity, m, "mentee"),
            locked=_as_pairs(locked, n, m, "locked"),
            barred=_as_pairs(barred, n, m, "barred"),
            floor=None if floor is None else _as_integer(floor, "The floor"),
            mentor_keys=_as_keys(mentor_keys, n, "mentor"),
            mentee_keys=_as_keys(mentee_keys, m, "mentee"),
            shared=_as_shared(shared, n, m),
        )
        instance._insist_locks_can_hold()
        return instance

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.mentor_capacity), len(self.mentee_capacity)

    def block(self, start: int, stop: int) -> NDArray[Any]:
        """Scores as the source gives them, `FORBIDDEN` for every negative one; not to be written to."""
        scores = np.ascontiguousarray(self.source.block(start, stop))
        if scores.shape != (stop - start, self.shape[1]):
            raise BadInstance(f"The source gave a block of {scores.shape} for the mentors {start} to {stop}.")
        if scores.size:
            _insist_integers(scores, "The scores")
            if int(scores.max()) > self.source.ceiling:
                raise BadInstance(f"The source gave a score of {scores.max()}, above its ceiling.")
            if int(scores.min()) < FORBIDDEN:
                scores = np.maximum(scores, FORBIDDEN)
        return scores

    def allowed_part(self, scores: NDArray[Any], start: int, stop: int) -> NDArray[Any]:
        """Of a block: the pairs that may be formed. `FORBIDDEN` also where barred or below the floor."""
        return self._without(scores, start, stop, self.barred)

    def open_part(self, scores: NDArray[Any], start: int, stop: int) -> NDArray[Any]:
        """Of a block: the pairs that may be formed and are not locked, which settles them."""
        return self._without(scores, start, stop, (*self.barred, *self.locked))

    def _without(self, scores: NDArray[Any], start: int, stop: int, pairs: Iterable[Pair]) -> NDArray[Any]:
        taken_out = [(i - start, j) for i, j in pairs if start <= i < stop]
        if self.floor is not None and self.floor > 0:
            scores = np.where(scores < self.floor, FORBIDDEN, scores)
        elif taken_out:
            scores = scores.copy()
        if taken_out:
            scores[tuple(np.array(taken_out).T)] = FORBIDDEN
        return scores

    def allowed_scores(self, rows: IntArray, columns: IntArray) -> IntArray:
        """The scores of single pairs, `FORBIDDEN` where the pair may not be formed."""
        scores = np.asarray(self.source.pairs(rows, columns)).astype(np.int64)
        barred = np.isin(rows * self.shape[1] + columns, self._codes(self.barred))
        return np.where((scores < max(0, self.floor or 0)) | barred, FORBIDDEN, scores)

    def open_scores(self, rows: IntArray, columns: IntArray) -> IntArray:
        """`allowed_scores`, without the locked pairs."""
        return np.where(self.is_locked(rows, columns), FORBIDDEN, self.allowed_scores(rows, columns))

    def is_locked(self, rows: IntArray, columns: IntArray) -> BoolArray:
        return np.isin(rows * self.shape[1] + columns, self._codes(self.locked))

    def _codes(self, pairs: Sequence[Pair]) -> IntArray:
        return np.array([i * self.shape[1] + j for i, j in pairs], dtype=np.int64)

    def score_of(self, mentor: int, mentee: int) -> int:
        """The score of one pair as the source gives it; negative where the rules forbid it."""
        return int(self.source.pairs(np.array([mentor]), np.array([mentee]))[0])

    @property
    def limits(self) -> tuple[IntArray, IntArray]:
        """The capacities, as far as shared hours last for one side alone."""
        mentors, mentees = self.mentor_capacity.copy(), self.mentee_capacity.copy()
        for one in self.shared:
            mentors[one.mentor] = min(mentors[one.mentor], one.together // one.for_mentee)
            mentees[one.mentee] = min(mentees[one.mentee], one.together // one.for_mentor)
        return mentors, mentees

    @cached_property
    def open_places(self) -> tuple[IntArray, IntArray]:
        """The `limits` less the places that locked pairs take."""
        return self.open_within(*self.limits)

    def open_within(self, mentors: IntArray, mentees: IntArray) -> tuple[IntArray, IntArray]:
        """Of these places: what locked pairs leave."""
        held = np.array(self.locked, dtype=np.int64).reshape(-1, 2)
        n, m = self.shape
        return mentors - np.bincount(held[:, 0], minlength=n), mentees - np.bincount(held[:, 1], minlength=m)

    @cached_property
    def big(self) -> int:
        """What one pair more is worth, so that no sum of scores can outweigh it.

        At most N pairs fit, each scoring at most s; k + 1 pairs beat k pairs as soon as BIG > k * s, and k <= N.
        """
        n, m = self.shape
        most_pairs = min(int(np.minimum(self.mentor_capacity, m).sum()), int(np.minimum(self.mentee_capacity, n).sum()))
        return self.source.ceiling * most_pairs + 1

    def each_block(self, work: Callable[[int, int], Any], then: Callable[[Any], None] | None = None) -> None:
        """`work(start, stop)` for every stretch of rows, two at a time; `then`, with what it gave, one at a time."""
        for found in in_parallel(lambda stretch: work(*stretch), stretches(*self.shape)):
            if then is not None:
                then(found)

    @cached_property
    def row_hashes(self) -> list[bytes]:
        """BLAKE2b of every mentor's scores, in software twice as fast as SHA-256. A pass over all blocks that is made
        anyhow may fill this in (`note`)."""
        return [b""] * self.shape[0]

    def note(self, start: int, scores: NDArray[Any]) -> None:
        """Hash these rows of `block`, so that `digest` need not ask for them again."""
        for i, row in enumerate(scores.astype("<i8" if self._wide else "<i4", copy=False), start=start):
            if not self.row_hashes[i]:
                self.row_hashes[i] = hashlib.blake2b(row, digest_size=32).digest()

    @property
    def _wide(self) -> bool:
        return self.source.ceiling > np.iinfo(np.int32).max

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything that decides the answer; the same for a dense matrix, a sparse one and a source.
        Format in docs/matching.md."""
        if not all(self.row_hashes):
            self.each_block(lambda start, stop: self.note(start, self.block(start, stop)))
        facts: dict[str, Any] = {
            "mentor_capacity": self.mentor_capacity.tolist(),
            "mentee_capacity": self.mentee_capacity.tolist(),
            "locked": [list(pair) for pair in self.locked],
            "barred": [list(pair) for pair in self.barred],
            "floor": self.floor,
            "mentor_keys": None if self.mentor_keys is None else list(self.mentor_keys),
            "mentee_keys": None if self.mentee_keys is None else list(self.mentee_keys),
        }
        if self.shared:
            facts["shared"] = [list(one) for one in self.shared]
        digest = hashlib.sha256(b"upwell-question-3\n")
        digest.update(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode() + b"\n")
        digest.update(b"".join(self.row_hashes))
        return digest.hexdigest()

    def _insist_locks_can_hold(self) -> None:
        barred = set(self.barred)
        for pair in self.locked:
            score = self.score_of(*pair)
            if score < 0:
                raise Clash("forbidden", [pair])
            if pair in barred:
                raise Clash("barred", [pair])
            if self.floor is not None and score < self.floor:
                raise Clash("floor", [pair], floor=self.floor)
        sides: tuple[tuple[int, Side, IntArray], ...] = (
            (0, "mentor", self.mentor_capacity),
            (1, "mentee", self.mentee_capacity),
        )
        for axis, side, capacities in sides:
            of_person: dict[int, list[Pair]] = {}
            for pair in self.locked:
                of_person.setdefault(pair[axis], []).append(pair)
            for person, pairs in sorted(of_person.items()):
                capacity = int(capacities[person])
                if len(pairs) > capacity:
                    raise Clash("capacity", pairs[: capacity + 1], side=side, person=person, capacity=capacity)
        for one in self.shared:
            self._insist_time_for_locks(one)

    def _insist_time_for_locks(self, one: SharedHours) -> None:
        """The longest pairs first, until time runs out: then without any one of these it does not."""
        takes = {pair: (pair[0] == one.mentor) * one.for_mentee + (pair[1] == one.mentee) * one.for_mentor
                 for pair in self.locked}  # fmt: skip
        taken, clashing = 0, []
        for pair in sorted((pair for pair in takes if takes[pair]), key=lambda pair: (-takes[pair], pair)):
            taken += takes[pair]
            clashing.append(pair)
            if taken > one.together:
                raise Clash("hours", clashing, side="mentor", person=one.mentor)


def _as_source(scores: Any) -> Source:
    if sparse.issparse(scores):
        coordinates = scores.tocoo()
        _insist_integers(coordinates.data, "The scores")
        pairs = coordinates.row.astype(np.int64) * coordinates.shape[1] + coordinates.col
        if len(np.unique(pairs)) != len(pairs):
            raise BadInstance("The sparse scores name the same pair more than once.")
        allowed = coordinates.data >= 0
        kept = (coordinates.data[allowed], (coordinates.row[allowed], coordinates.col[allowed]))
        matrix = sparse.csr_matrix(kept, shape=coordinates.shape, dtype=_narrowest(coordinates.data))
        matrix.sort_indices()
        return SparseMatrix(matrix)
    if not isinstance(scores, np.ndarray) and isinstance(scores, Source):
        return scores
    given = np.asarray(scores)
    if given.size == 0 and given.ndim < 2:
        given = given.reshape(0, 0)
    if given.ndim != 2:
        raise BadInstance("The scores must be a matrix: one row for each mentor, one column for each mentee.")
    if given.size == 0:
        given = given.astype(np.int64)
    _insist_integers(given, "The scores")
    matrix = given.astype(_narrowest(given))
    np.maximum(matrix, FORBIDDEN, out=matrix)
    return Matrix(np.ascontiguousarray(matrix))


def _narrowest(values: NDArray[Any]) -> type[np.int32] | type[np.int64]:
    """32 bits where they hold every score; -2**31 is left to 64."""
    ends = (int(values.min(initial=0)), int(values.max(initial=0)))
    return np.int32 if max(map(abs, ends)) <= np.iinfo(np.int32).max else np.int64


def _insist_integers(values: NDArray[Any], what: str) -> None:
    if values.dtype == np.bool_ or not np.issubdtype(values.dtype, np.integer):
        raise BadInstance(f"{what} must be whole numbers, so that equal means equal; multiply and round them first.")
    if values.dtype == np.uint64 and values.size and int(values.max()) > np.iinfo(np.int64).max:
        raise BadInstance(f"{what} must fit in 64 bits.")


def _as_integer(value: Any, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise BadInstance(f"{what} must be a whole number, not {value!r}.")
    return int(value)


def _as_capacity(capacity: ArrayLike, people: int, side: Side) -> IntArray:
    given = np.asarray(capacity)
    if given.size == 0:
        given = given.astype(np.int64)
    _insist_integers(given, f"The {side} capacities")
    if given.ndim == 0:
        given = np.full(people, given)
    if given.shape != (people,):
        raise BadInstance(f"There are {people} {side}s in the scores but {given.size} {side} capacities.")
    if people and int(given.min()) < 0:
        raise BadInstance(f"The {side} {int(given.argmin())} has a negative capacity.")
    array = given.astype(np.int64)
    array.setflags(write=False)
    return array


def _as_pairs(pairs: Iterable[Pair], n: int, m: int, what: str) -> tuple[Pair, ...]:
    checked: set[Pair] = set()
    for given in pairs:
        try:
            mentor, mentee = given
        except (TypeError, ValueError):
            raise BadInstance(f"Each {what} pair is a mentor and a mentee; {given!r} is not.") from None
        pair = _as_integer(mentor, f"A mentor of a {what} pair"), _as_integer(mentee, f"A mentee of a {what} pair")
        if not (0 <= pair[0] < n and 0 <= pair[1] < m):
            raise BadInstance(f"The {what} pair {pair} names somebody outside {n} mentors and {m} mentees.")
        checked.add(pair)
    return tuple(sorted(checked))


def _as_shared(shared: Iterable[Sequence[int]], n: int, m: int) -> tuple[SharedHours, ...]:
    checked = []
    for given in shared:
        try:
            one = SharedHours(*(_as_integer(value, "What is said of shared hours") for value in given))
        except TypeError:
            raise BadInstance(f"Shared hours are said in five whole numbers; {given!r} is not.") from None
        if not (0 <= one.mentor < n and 0 <= one.mentee < m):
            raise BadInstance(f"The shared hours {tuple(one)} name somebody outside {n} mentors and {m} mentees.")
        if one.for_mentee < 1 or one.for_mentor < 1 or one.together < 0:
            raise BadInstance(f"In the shared hours {tuple(one)} each pair must take some time, and none can be owed.")
        checked.append(one)
    for people in zip(*((one.mentor, one.mentee) for one in checked), strict=True):
        if len(set(people)) < len(people):
            raise BadInstance("The shared hours name the same person more than once.")
    return tuple(sorted(checked))


def _as_keys(keys: Sequence[str] | None, people: int, side: Side) -> tuple[str, ...] | None:
    if keys is None:
        return None
    given = tuple(keys)
    if not all(isinstance(key, str) for key in given):
        raise BadInstance(f"The {side} keys must be strings.")
    if len(given) != people:
        raise BadInstance(f"There are {people} {side}s in the scores but {len(given)} {side} keys.")
    if len(set(given)) != people:
        raise BadInstance(f"Two {side}s share one key; every key must be different.")
    return given
