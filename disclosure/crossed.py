"""How one question was answered by parts of the company, beside how it was answered by all and by group.

The figures by group were let out as they are. This chooses what of a second table, by part, can be read beside them:
both tell the same answers of the same people, so what is hidden in one must not follow from the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from scipy import sparse

from disclosure.amounts import alike
from disclosure.answers import GroupedDistribution, question_of
from disclosure.figures import ANSWERS_K, Figure, Hidden, K, Reason, Shown, insist_threshold
from disclosure.suppression import Mask, Need, Problem, Vector, choose


@dataclass(frozen=True, slots=True)
class CrossedLine:
    """One part: how many answered, and how many of them gave each answer."""

    part: str
    people: Figure
    cells: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Crossed:
    heads: tuple[str, ...]
    lines: tuple[CrossedLine, ...]


def crossed(
    told: GroupedDistribution,
    people: Iterable[tuple[str, str, str]],
    *,
    parts: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    k: int = K,
) -> Crossed | Hidden:
    """The answers by part, safe together with ``told``, which :func:`by_group` said of the same people.

    ``people`` is one ``(group, answer, part)`` a person. ``columns`` counts several answers as one; each answer is in
    one of them. The part somebody belongs to is an answer too, so its size is hidden like one. Hidden, then: all about
    a part of 1 to k-1 people; the answers of a part that is alike; every cell of 1 to k-1 people; and whatever else
    would let a reader of both tables work out one of these, what is hidden in ``told``, or any of the few people of one
    group, answer and part. Where no choice does, hidden figures say no more than that they protect others, and empty
    cells are hidden among them; where that does not help either, nothing is told by part.
    """
    insist_threshold(k)
    k = max(k, ANSWERS_K)
    silence = Hidden(Reason.PROTECTS, k)
    if told.total.reason is not None:
        return silence
    question = _Crossing(told, Counter(people), tuple(parts), {name: tuple(each) for name, each in columns.items()}, k)
    for words_told in (True, False):
        hidden = choose(question.problem(words_told=words_told))
        if hidden is not None:
            return question.released(hidden, words_told=words_told)
    return silence


class _Crossing:
    def __init__(
        self, told: GroupedDistribution, counts: Counter[tuple[str, str, str]], parts: tuple[str, ...],
        columns: Mapping[str, tuple[str, ...]], k: int,
    ) -> None:  # fmt: skip
        self.told, self.parts, self.columns, self.k = told, parts, columns, k
        names = tuple(told.groups)
        categories = tuple(category for bar in told.total.bars for category in bar.categories)
        self.kinds = list(product(names, categories, parts))
        if not counts.keys() <= set(self.kinds) or sorted(categories) != sorted(sum(columns.values(), ())):
            raise ValueError("A group, an answer or a part is not among those that are told.")
        self.atoms = np.array([counts[kind] for kind in self.kinds], dtype=np.float64)
        by_group: Counter[tuple[str, str]] = Counter()
        for (group, answer, _), number in counts.items():
            by_group[group, answer] += number
        self.question = question_of(by_group, names, categories, k)
        within = [(group, answer) for group, answer, _ in self.kinds]
        self.lifts = np.array([[float(kind == pair) for kind in within] for pair in product(names, categories)])
        self.groups = names

    def row(self, *, group: str = "", part: str = "", answers: Sequence[str] = ()) -> Vector:
        return np.array(
            [
                float((not group or here == group) and (not part or place == part) and (not answers or said in answers))
                for here, said, place in self.kinds
            ]
        )

    def cells(self) -> Iterator[tuple[str, str]]:
        """Each part as a whole, and each of its cells."""
        yield from product(self.parts, ("", *self.columns))

    def problem(self, *, words_told: bool) -> Problem:
        before = self._before()
        rows = np.array([self.row(part=part, answers=self.columns.get(head, ())) for part, head in self.cells()])
        sizes, k = rows @ self.atoms, self.k
        heads = np.array([head != "" for _, head in self.cells()])
        of_part = np.repeat(sizes[~heads], 1 + len(self.columns))
        within = heads & (of_part > 0) & (of_part < k)
        closed = heads & np.array([part in self._alike for part, _ in self.cells()])
        small = (sizes > 0) & (sizes < k) & ~closed
        hides = small | within | closed
        # Where the words fall silent, nothing says any more that an empty cell is always shown.
        low = np.where(within | closed | (not words_told), 0.0, 1.0)
        high = np.where(closed, np.inf, k - 1.0)
        return Problem(
            atoms=self.atoms,
            figures=sparse.csr_matrix(np.vstack([before.rows, rows])),
            weights=np.concatenate([np.ones(len(before.rows)), (1 + np.log1p(sizes)) * np.where(heads, 1.0, 4.0)]),
            must_hide=np.concatenate([before.hidden, hides]),
            may_hide=np.concatenate([before.hidden, (sizes > 0) | (not words_told)]),
            word_low=np.concatenate([before.low, np.where(hides, low, float(k)) if words_told else low]),
            word_high=np.concatenate(
                [before.high, np.where(hides, high, np.inf) if words_told else np.full(len(rows), np.inf)]
            ),
            needs=[*before.needs, *self._needs(rows, small)],
        )

    @cached_property
    def _alike(self) -> set[str]:
        found = set()
        for part in self.parts:
            counts = [round(float(self.row(part=part, answers=each) @ self.atoms)) for each in self.columns.values()]
            given = [column for column, count in enumerate(counts) for _ in range(count)]
            if len(given) >= self.k and alike(given):
                found.add(part)
        return found

    def _before(self) -> _Before:
        """What was told by group, as figures over these finer kinds that stay as they are."""
        question, told = self.question, self.told
        atoms = self.lifts @ self.atoms
        rows, low, high, keys = question.rows(atoms)
        of = {"": told.total, **told.groups}
        bars = {("bar", name, number): bar.count for name, one in of.items() for number, bar in enumerate(one.bars)}
        hidden = np.array([key in bars and not bars[key].is_shown for key in keys])
        open_bars = [bars[key] for key in keys if key in bars and key[1] not in question.closed]
        words = any(isinstance(each, Hidden) and each.reason is Reason.FEW for each in open_bars)
        alone = question.problem(atoms, rows, low, high, keys, words, False)
        needs = [Need(need.group @ self.lifts, need.reach, need.fall, need.width) for need in alone.needs]
        return _Before(rows @ self.lifts, hidden, alone.word_low, alone.word_high, needs)

    def _needs(self, rows: np.ndarray, small: Mask) -> Iterator[Need]:
        k = float(self.k)
        for row in rows[small]:
            yield Need(row, reach=k)
            yield Need(row, width=float(self.k // 2))
        for part in self._alike:
            size = float(self.row(part=part) @ self.atoms)
            for answers in self.columns.values():
                row = self.row(part=part, answers=answers)
                if row @ self.atoms > size / 2:
                    yield Need(row, fall=size / 2)
        for group, part in product(self.groups, self.parts):
            for answers in ((), *((answer,) for answer in dict.fromkeys(said for _, said, _ in self.kinds))):
                row = self.row(group=group, part=part, answers=answers)
                if 0 < row @ self.atoms < k:
                    yield Need(row, reach=k, fall=0.0)

    def released(self, hidden: Mask, *, words_told: bool) -> Crossed:
        cells = list(self.cells())
        figures: dict[tuple[str, str], Figure] = {}
        for (part, head), hide in zip(cells, hidden[-len(cells) :], strict=True):
            size = round(float(self.row(part=part, answers=self.columns.get(head, ())) @ self.atoms))
            whole = round(float(self.row(part=part) @ self.atoms))
            few = 0 < size < self.k or 0 < whole < self.k
            reason = Reason.ALIKE if head and part in self._alike else Reason.FEW if few and words_told else None
            figures[part, head] = Hidden(reason or Reason.PROTECTS, self.k) if hide else Shown(size)
        return Crossed(
            tuple(self.columns),
            tuple(
                CrossedLine(part, figures[part, ""], tuple(figures[part, head] for head in self.columns))
                for part in self.parts
            ),
        )


@dataclass(frozen=True, slots=True)
class _Before:
    rows: np.ndarray
    hidden: Mask
    low: Vector
    high: Vector
    needs: Sequence[Need]
