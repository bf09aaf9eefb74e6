"""What people answered: distributions, by group, means of scales, and comments."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from scipy import sparse

from disclosure.amounts import alike, near_an_end
from disclosure.figures import ANSWERS_K, COMMENTS_K, Figure, Hidden, K, Key, Published, Reason, Shown, insist_threshold
from disclosure.suppression import Need, Problem, choose, holds_for_whole_people


@dataclass(frozen=True, slots=True)
class Bar:
    """One answer, or several neighbours merged because one of them was rare."""

    categories: tuple[str, ...]
    count: Figure
    percent: Figure

    @property
    def label(self) -> str:
        """The answer, or the first and the last of the merged ones with a dash between."""
        first, last = self.categories[0], self.categories[-1]
        return first if first == last else f"{first}–{last}"


@dataclass(frozen=True)
class Distribution:
    """How one question was answered by one group.

    ``mean`` is None when no scores were given. ``reason`` is set when no bar can be shown.
    """

    n: Figure
    bars: tuple[Bar, ...]
    mean: Figure | None
    reason: Hidden | None
    people: Mapping[Key, str] = field(repr=False)

    @property
    def published(self) -> dict[Hashable, Published]:
        """Each figure with the people behind it, to compare with another release."""
        everybody = frozenset(self.people)
        return {
            "n": Published(self.n, everybody),
            **({"mean": Published(self.mean, everybody, counts=False)} if self.mean else {}),
            **{
                bar.categories: Published(
                    bar.count, frozenset(key for key, answer in self.people.items() if answer in bar.categories)
                )
                for bar in self.bars
            },
        }

    def share_of(self, categories: Collection[str]) -> Figure:
        """The share of some of the answers, added up from released bars alone, so it tells nothing they do not.

        Whole per cent. Hidden where a bar is not shown, or holds an answer that counts and one that does not.
        """
        if self.reason is not None:
            return self.reason
        counted = self.counted(categories)
        return Hidden(Reason.PROTECTS) if counted is None else Shown(round(100 * counted[0] / counted[1]), unit="%")

    def counted(self, categories: Collection[str]) -> tuple[int, int] | None:
        """How many gave one of the answers, and of how many: from released bars alone. None where one is hidden."""
        wanted = set(categories)
        inside = [bar for bar in self.bars if wanted & set(bar.categories)]
        counts = [bar.count.number for bar in inside]
        torn = any(not wanted.issuperset(bar.categories) for bar in inside)
        if self.reason is not None or not self.n.number or torn or None in counts:
            return None
        return int(sum(count or 0 for count in counts)), int(self.n.number)


@dataclass(frozen=True)
class GroupedDistribution:
    """How one question was answered by everybody and by each group, safe together."""

    total: Distribution
    groups: Mapping[str, Distribution]

    @property
    def published(self) -> dict[Hashable, Published]:
        """Each figure with the people behind it, to compare with another release."""
        return {
            (name, what): published
            for name, one in [("", self.total), *self.groups.items()]
            for what, published in one.published.items()
        }


def distribution(
    answers: Mapping[Key, str],
    categories: Sequence[str],
    *,
    k: int = K,
    ordered: bool = False,
    scores: Mapping[str, float] | None = None,
) -> Distribution:
    """How everybody answered one question; :func:`by_group` without groups."""
    return by_group(answers, {}, categories, group_names=(), k=k, ordered=ordered, scores=scores).total


def by_group(
    answers: Mapping[Key, str],
    groups: Mapping[Key, str],
    categories: Sequence[str],
    *,
    group_names: Sequence[str],
    k: int = K,
    ordered: bool = False,
    scores: Mapping[str, float] | None = None,
) -> GroupedDistribution:
    """How everybody and each group answered one question, with percentages and, given ``scores``, means.

    How many answered in each group is supposed to be known to the reader (coordinators see who has answered), so it
    protects nothing. ``k`` counts as 5 when it is less. Hidden, then:

    - all about a group of fewer than k, and all about a group that is alike (:func:`disclosure.amounts.alike`);
    - every answer given by 1 to k-1 people of a group or of all; with ``ordered`` answers, neighbours are first
      merged until few such are left;
    - a mean that alone proves that fewer than k people were not at the end of the scale;
    - whatever else would let a reader work out one of these, chosen by :mod:`disclosure.suppression` over all bars
      and means together: a mean is an equation like any other.
    """
    insist_threshold(k)
    k = max(k, ANSWERS_K)
    if not set(answers.values()) <= set(categories):
        raise ValueError("There is an answer that is not among the categories.")
    names = tuple(group_names)
    counts = Counter((groups[key] if names else "", answer) for key, answer in answers.items())
    if names and not {group for group, _ in counts} <= set(names):
        raise ValueError("There is a group that is not among the group names.")
    scored = tuple(float(scores[answer]) for answer in categories) if scores else None
    question = _question(tuple(sorted(counts.items())), names, tuple(categories), k, scored, ordered)
    return question.release(answers, groups)


def comments(
    texts: Iterable[str], *, k: int = COMMENTS_K, of: int | None = None, smallest_group: int = ANSWERS_K
) -> tuple[str, ...] | Hidden:
    """What people wrote, in random order, when at least ``k`` did (never under 10).

    One text a person. There is nothing beside the text: no date, no group and no other answer. Texts can be counted
    like anything else that is shown: where ``of`` says how many could have written one, and some but fewer than
    ``smallest_group`` (never under 5) did not, as many texts are left out by chance that so many are without one.
    """
    insist_threshold(k)
    insist_threshold(smallest_group)
    k, enough = max(k, COMMENTS_K), max(smallest_group, ANSWERS_K)
    written = [text.strip() for text in texts if text.strip()]
    secrets.SystemRandom().shuffle(written)
    if of is not None and 0 < of - len(written) < enough:
        written = written[: max(of - enough, 0)]
    return tuple(written) if len(written) >= k else Hidden(Reason.FEW, k)


def merged(counts: Sequence[int], k: int) -> list[range]:
    """Neighbouring answers in as many blocks as possible, none with 1 to k-1 people.

    Dynamic programming over the end of the last block. With 1 to k-1 people in all there is no such partition and
    everything is one block.
    """
    best: list[tuple[int, int] | None] = [(0, 0)] + [None] * len(counts)
    for end in range(1, len(counts) + 1):
        people = 0
        for start in range(end - 1, -1, -1):
            people += counts[start]
            before = best[start]
            if before is None or 0 < people < k:
                continue
            known = best[end]
            if known is None or before[0] + 1 > known[0]:
                best[end] = (before[0] + 1, start)
    if best[-1] is None:
        return [range(len(counts))]
    blocks, end = [], len(counts)
    while end:
        found = best[end]
        assert found is not None  # noqa: S101 - every block's start has a partition before it
        blocks.append(range(found[1], end))
        end = found[1]
    return blocks[::-1]


class Grouped:
    """One question's bars and means as one suppression problem. ``""`` is everybody."""

    def __init__(
        self,
        counts: Mapping[tuple[str, str], int],
        names: tuple[str, ...],
        categories: tuple[str, ...],
        k: int,
        scores: tuple[float, ...] | None,
        ordered: bool,
    ) -> None:
        self.k, self.names, self.categories = k, names, categories
        self.parts = names or ("",)
        self.whole = ("", *names)
        self.counts = {
            part: [sum(counts.get((group, answer), 0) for group in self._parts_of(part)) for answer in categories]
            for part in self.whole
        }
        self.sizes = {part: sum(counts_here) for part, counts_here in self.counts.items()}
        self.blocks = merged(self.counts[""], k) if ordered else [range(n, n + 1) for n in range(len(categories))]
        self.scores = np.array(scores, dtype=np.float64) if scores else None
        self.closed = {part: reason for part in self.whole if (reason := self._reason_to_close(part))}
        if "" in self.closed:
            self.closed = {part: self.closed.get(part, self.closed[""]) for part in self.whole}

    def _parts_of(self, part: str) -> tuple[str, ...]:
        return self.parts if part == "" else (part,)

    def _reason_to_close(self, part: str) -> Hidden | None:
        counts = self.counts[part]
        if self.sizes[part] < self.k:
            return Hidden(Reason.FEW, self.k)
        if alike([answer for answer, count in enumerate(counts) for _ in range(count)]):
            return Hidden(Reason.ALIKE, self.k)
        return None

    def release(self, answers: Mapping[Key, str], groups: Mapping[Key, str]) -> GroupedDistribution:
        figures: dict[tuple[str, int], Figure] = {}
        means: dict[str, Figure] = {}
        opened = None if "" in self.closed else self._opened
        if opened is None:
            silence = {part: self.closed.get(part, Hidden(Reason.PROTECTS, self.k)) for part in self.whole}
            figures = {(part, block): silence[part] for part in self.whole for block in range(len(self.blocks))}
            means = dict(silence)
        else:
            figures, means = opened
        people = {"": dict(answers)} | {
            name: {key: answer for key, answer in answers.items() if groups[key] == name} for name in self.names
        }
        distributions = {part: self._distribution(part, figures, means, people[part]) for part in self.whole}
        return GroupedDistribution(distributions[""], {name: distributions[name] for name in self.names})

    def _distribution(
        self,
        part: str,
        figures: Mapping[tuple[str, int], Figure],
        means: Mapping[str, Figure],
        people: Mapping[Key, str],
    ) -> Distribution:
        size = self.sizes[part]
        n: Figure = Hidden(Reason.FEW, self.k) if 0 < size < self.k else Shown(size)
        bars = []
        for number, block in enumerate(self.blocks):
            count = figures[part, number]
            percent = Shown(round(100 * count.value / size), unit="%") if isinstance(count, Shown) and size else count
            names = tuple(self.categories[answer] for answer in block)
            bars.append(Bar(names, count, percent if size else Hidden(Reason.FEW, self.k)))
        silent = bool(bars) and not any(bar.count.is_shown and bar.count.number for bar in bars)
        reason = self.closed.get(part, Hidden(Reason.PROTECTS, self.k)) if silent or part in self.closed else None
        return Distribution(n, tuple(bars), means[part] if self.scores is not None else None, reason, people)

    @cached_property
    def _opened(self) -> tuple[dict[tuple[str, int], Figure], dict[str, Figure]] | None:
        """The figures and means with the least hidden, or None when all of them must be."""
        atoms = np.array([count for part in self.parts for count in self.counts[part]], dtype=np.float64)
        rows, low, high, keys = self.rows(atoms)
        for words_told, with_means in ((True, True), (False, True), (True, False), (False, False)):
            problem = self.problem(atoms, rows, low, high, keys, words_told, with_means)
            hidden = choose(problem)
            if hidden is not None and (not with_means or holds_for_whole_people(problem, hidden)):
                break
        else:
            return None
        figures: dict[tuple[str, int], Figure] = {}
        means: dict[str, Figure] = {part: Hidden(Reason.PROTECTS, self.k) for part in self.whole}
        for (kind, part, block), row, hide in zip(keys, rows, hidden, strict=True):
            value = round(float(row @ atoms))
            if kind == "bar":
                small = 0 < value < self.k and words_told
                why = self.closed.get(part) or Hidden(Reason.FEW if small else Reason.PROTECTS, self.k)
                figures[part, block] = why if hide else Shown(value)
            elif kind == "mean":
                why = self.closed.get(part) or Hidden(Reason.ALIKE if self._telling(part) else Reason.PROTECTS, self.k)
                means[part] = why if hide else Shown(self._mean(part), decimals=1)
        return figures, means

    def rows(self, atoms: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[tuple[str, str, int]]]:
        """Every figure as coefficients over the atoms, and the interval its printed value tells."""
        answers = len(self.categories)
        keys: list[tuple[str, str, int]] = []
        rows: list[np.ndarray] = []
        low: list[float] = []
        high: list[float] = []
        for part in self.whole:
            here = np.zeros((len(self.parts), answers))
            here[[self.parts.index(one) for one in self._parts_of(part)]] = 1
            for number, block in enumerate([range(answers), *self.blocks]):
                row = np.zeros_like(here)
                row[:, list(block)] = here[:, list(block)]
                keys.append(("size", part, 0) if number == 0 else ("bar", part, number - 1))
                rows.append(row.ravel())
                low.append(float(rows[-1] @ atoms))
                high.append(low[-1])
            if self.scores is not None and self.sizes[part]:
                lowest = float(self.scores.min())
                keys.append(("mean", part, 0))
                rows.append((here * (self.scores - lowest)).ravel())
                printed = round(self._mean(part), 1) - lowest
                low.append(max((printed - 0.05) * self.sizes[part] - 1e-6, 0.0))
                high.append((printed + 0.05) * self.sizes[part] + 1e-6)
        return np.array(rows), np.array(low), np.array(high), keys

    def problem(
        self,
        atoms: np.ndarray,
        rows: np.ndarray,
        low: np.ndarray,
        high: np.ndarray,
        keys: list[tuple[str, str, int]],
        words_told: bool,
        with_means: bool,
    ) -> Problem:
        values = rows @ atoms
        k = self.k
        bars = np.array([kind == "bar" for kind, _, _ in keys])
        means = np.array([kind == "mean" for kind, _, _ in keys])
        closed = np.array([part in self.closed for _, part, _ in keys]) & (bars | means)
        telling = np.array([kind == "mean" and self._telling(part) for kind, part, _ in keys])
        small = bars & (values > 0) & (values < k)
        of_all = np.array([part == "" for _, part, _ in keys])
        weights = np.where(means, 20.0, 1 + np.log1p(values)) * np.where(of_all, 4.0, 1.0)
        speaking = bars & ~closed & words_told
        return Problem(
            atoms=atoms,
            figures=sparse.csr_matrix(rows),
            weights=weights,
            must_hide=small | closed | telling | (means & (not with_means)),
            may_hide=(bars & (values > 0)) | means,
            word_low=np.where(speaking & ~small, float(k), np.where(bars & ~closed, 1.0, 0.0)),
            word_high=np.where(speaking & small, k - 1.0, np.inf),
            needs=self._needs(atoms, rows, keys, small & ~closed),
            shown_low=low,
            shown_high=high,
        )

    def _needs(
        self, atoms: np.ndarray, rows: np.ndarray, keys: list[tuple[str, str, int]], small: np.ndarray
    ) -> list[Need]:
        k = self.k
        needs = [need for row in rows[small] for need in (Need(row, reach=float(k)), Need(row, width=float(k // 2)))]
        for answer, count in enumerate(self.counts[""]):  # one of several in a merged bar
            if 0 < count < k:
                everywhere = np.zeros((len(self.parts), len(self.categories)))
                everywhere[:, answer] = 1
                needs.append(Need(everywhere.ravel(), reach=float(k), fall=0.0))
        for number, part in enumerate(self.parts):
            for answer, count in enumerate(self.counts[part]):
                atom = np.zeros((len(self.parts), len(self.categories)))
                atom[number, answer] = 1
                group = atom.ravel()
                if part in self.closed and 0 < self.sizes[part] < k and count:
                    needs.append(Need(group, fall=0.0))
                elif part in self.closed and count > self.sizes[part] / 2:
                    needs.append(Need(group, fall=self.sizes[part] / 2))
                elif 0 < count < k:
                    needs.append(Need(group, reach=float(k), fall=0.0))
        return needs

    def _mean(self, part: str) -> float:
        assert self.scores is not None  # noqa: S101 - means are asked for only with scores
        return float(np.dot(self.scores, self.counts[part]) / self.sizes[part])

    def _telling(self, part: str) -> bool:
        """Whether the mean by itself proves that fewer than k people are away from an end of the scale."""
        if self.scores is None or part in self.closed:
            return False
        scale = (float(self.scores.min()), float(self.scores.max()))
        return near_an_end(self._mean(part), self.sizes[part], self.k, scale, 1)


@lru_cache(maxsize=256)
def _question(
    counts: tuple[tuple[tuple[str, str], int], ...],
    names: tuple[str, ...],
    categories: tuple[str, ...],
    k: int,
    scores: tuple[float, ...] | None,
    ordered: bool,
) -> Grouped:
    """Remembered by the counts, so that a page that is read again is not worked out again."""
    return Grouped(dict(counts), names, categories, k, scores, ordered)


def question_of(
    counts: Mapping[tuple[str, str], int], names: tuple[str, ...], categories: tuple[str, ...], k: int
) -> Grouped:
    """The question whose answers were counted like this, as :func:`by_group` lets it out."""
    return _question(tuple(sorted(counts.items())), names, categories, k, None, False)
