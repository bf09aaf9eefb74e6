"""How one question was answered by parts of the company, beside how it was answered by all and by group.

The figures by group were let out as they are. This chooses what of a second table, by part, can be read beside them:
both tell the same answers of the same people, so what is hidden in one must not follow from the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Final

import numpy as np
from scipy import sparse

from disclosure.amounts import alike
from disclosure.answers import GroupedDistribution, question_of
from disclosure.figures import ANSWERS_K, Figure, Hidden, K, Reason, Shown, insist_threshold
from disclosure.subtraction import small_group
from disclosure.suppression import Mask, Need, Problem, Vector, beyond, choose

ROUNDS: Final = 20
"""Groups of two or more kinds that are kept one after the other, before we fall silent."""


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
    group, answer and part. That a part is small is hidden, and protects nothing: a reader may know who answered, and to
    which group and part they belong. So it may not be certain, for such an insider, that one of 1 to k-1 people of a
    part, or of one group in it, gave an answer, nor may any of the other things be worked out one by one, but for what
    an insider knows without this table. Nor may, by adding and subtracting, the number of people in any group of 1 to
    k-1 whatever, such as the few of a larger part who gave one of two answers. Where no choice does, hidden figures say
    no more than that they protect others, and empty cells are hidden among them; where that does not help either, or
    cannot be decided, nothing is told by part.
    """
    insist_threshold(k)
    k = max(k, ANSWERS_K)
    silence = Hidden(Reason.PROTECTS, k)
    if told.total.reason is not None:
        return silence
    question = _Crossing(told, Counter(people), tuple(parts), {name: tuple(each) for name, each in columns.items()}, k)
    for words_told in (True, False):
        try:
            hidden = question.choice(words_told=words_told)
        except ArithmeticError:  # what is not decided is not told; the rest of the survey need not wait for it
            return silence
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

    def size(self, *, group: str = "", part: str = "", answers: Sequence[str] = ()) -> int:
        return round(float(self.row(group=group, part=part, answers=answers) @ self.atoms))

    def cells(self) -> Iterator[tuple[str, str]]:
        """Each part as a whole, and each of its cells."""
        yield from product(self.parts, ("", *self.columns))

    def choice(self, *, words_told: bool) -> Mask | None:
        """What to hide: no more than it takes, and more for each group that a reader could still work out."""
        problem = self.problem(words_told=words_told)
        for _ in range(ROUNDS):
            hidden = choose(problem)
            if hidden is None:
                return None
            found = [(self._follows(problem, hidden, insider=insider), insider) for insider in (True, False)]
            needs = [
                Need(group, reach=float(self.k), fall=0.0, insider=who) for group, who in found if group is not None
            ]
            if not needs:
                return hidden
            problem = replace(problem, needs=[*problem.needs, *self._possible(problem, needs)])
        return None

    def _follows(self, problem: Problem, hidden: Mask, *, insider: bool) -> Vector | None:
        """A group that adding and subtracting isolates, and would not without this table.

        That nobody is of a kind is told by a zero, and isolates nobody.
        """
        figures, known = problem.figures.toarray(), ~hidden
        if problem.inside is not None and not insider:
            known &= ~problem.inside
        is_zero = known & (problem.values == 0)
        some = ~(figures[is_zero] > 0).any(axis=0)
        told, before = figures[:, some][known], figures[:, some][known & ~self._by_part(problem)]
        found = small_group(told, self.atoms[some], self.k, known=before)
        if found is None:
            return None
        group = np.zeros(len(self.atoms))
        group[some] = found
        return group

    def _possible(self, problem: Problem, needs: Sequence[Need]) -> list[Need]:
        """The needs, each asking for no more than hiding the whole table gives."""
        by_part = self._by_part(problem)
        low, high = np.where(by_part, 0.0, problem.word_low), np.where(by_part, np.inf, problem.word_high)
        return beyond(replace(problem, needs=needs, word_low=low, word_high=high), problem.must_hide | by_part)

    def _by_part(self, problem: Problem) -> Mask:
        return np.arange(len(problem.weights)) >= len(problem.weights) - len(list(self.cells()))

    def problem(self, *, words_told: bool) -> Problem:
        before = self._before()
        rows = np.array([self.row(part=part, answers=self.columns.get(head, ())) for part, head in self.cells()])
        inside = np.array([self.row(group=group, part=part) for group, part in product(self.groups, self.parts)])
        sizes, k = rows @ self.atoms, self.k
        heads = np.array([head != "" for _, head in self.cells()])
        of_part = np.repeat(sizes[~heads], 1 + len(self.columns))
        within = heads & (of_part > 0) & (of_part < k)
        closed = heads & np.array([part in self._alike for part, _ in self.cells()])
        small = (sizes > 0) & (sizes < k) & ~closed
        hides = small | within | closed
        low = np.where(within | closed, 0.0, 1.0)
        high = np.where(closed, np.inf, k - 1.0)
        told = len(inside) + len(before.rows)
        none, by_part = np.zeros(len(inside), dtype=bool), np.arange(told + len(rows)) >= told
        silent = Problem(
            atoms=self.atoms,
            figures=sparse.csr_matrix(np.vstack([inside, before.rows, rows])),
            weights=np.concatenate([np.ones(told), (1 + np.log1p(sizes)) * np.where(heads, 1.0, 4.0)]),
            must_hide=np.concatenate([none, before.hidden, hides]),
            may_hide=np.concatenate([none, before.hidden, (sizes > 0) | (not words_told)]),
            word_low=np.concatenate([np.zeros(len(inside)), before.low, np.zeros(len(rows))]),
            word_high=np.concatenate([np.full(len(inside), np.inf), before.high, np.full(len(rows), np.inf)]),
            needs=[],
            inside=np.arange(told + len(rows)) < len(inside),
        )
        problem = replace(silent, needs=self._possible(silent, [*before.needs, *self._needs(rows)]))
        if words_told:
            problem.word_low[by_part] = np.where(hides, low, float(k))
            problem.word_high[by_part] = np.where(hides, high, np.inf)
        return problem

    @cached_property
    def _alike(self) -> set[str]:
        return {part for part in self.parts if self._is_alike(part)}

    def _is_alike(self, part: str) -> bool:
        counts = [self.size(part=part, answers=each) for each in self.columns.values()]
        given = [column for column, count in enumerate(counts) for _ in range(count)]
        return len(given) >= self.k and alike(given)

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
        lifted = (replace(need, group=need.group @ self.lifts) for need in alone.needs)
        needs = [each for need in lifted for each in _of_both(need)]
        return _Before(rows @ self.lifts, hidden, alone.word_low, alone.word_high, needs)

    def _needs(self, rows: np.ndarray) -> Iterator[Need]:
        """Asked of everybody, and of insiders as far as it can be kept from them at all: see ``beyond``."""
        k = float(self.k)
        for (part, head), row in zip(self.cells(), rows, strict=True):
            is_open = head == "" or part not in self._alike
            if is_open and 0 < row @ self.atoms < k:
                yield from _of_both(Need(row, reach=k))
                yield from _of_both(Need(row, width=float(self.k // 2)))
        answers = [(answer,) for answer in dict.fromkeys(said for _, said, _ in self.kinds)]
        for group, part in product(("", *self.groups), self.parts):
            size, is_alike = self.size(group=group, part=part), part in self._alike and not group
            if group and 0 < size < k:
                yield Need(self.row(group=group, part=part), reach=k, fall=0.0)
            for said in answers if group else self.columns.values():
                row = self.row(group=group, part=part, answers=said)
                count = round(float(row @ self.atoms))
                if 0 < count <= size < k:
                    yield Need(row, fall=0.0, words=True, insider=True)
                if group and 0 < count < k:
                    yield from _of_both(Need(row, reach=k, fall=0.0))
                if is_alike and count > size / 2:
                    yield from _of_both(Need(row, fall=size / 2))

    def released(self, hidden: Mask, *, words_told: bool) -> Crossed:
        cells = list(self.cells())
        figures: dict[tuple[str, str], Figure] = {}
        for (part, head), hide in zip(cells, hidden[-len(cells) :], strict=True):
            size, whole = self.size(part=part, answers=self.columns.get(head, ())), self.size(part=part)
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


def _of_both(need: Need) -> tuple[Need, Need]:
    return need, replace(need, insider=True)


@dataclass(frozen=True, slots=True)
class _Before:
    rows: np.ndarray
    hidden: Mask
    low: Vector
    high: Vector
    needs: Sequence[Need]
