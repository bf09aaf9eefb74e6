"""Counts of people in tables, released together."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import scipy  # loads optimize when it is first used: to load it takes a sixth of the start of a process
from scipy import sparse

from disclosure.figures import Figure, Hidden, K, Key, Published, Reason, Shown, insist_threshold
from disclosure.suppression import Need, Problem, choose

ALL: Final = "All"

ALL_COMBINATIONS_UP_TO: Final = 2_000
"""Up to so many combinations of attributes all of them are thought possible. Beyond, readers are supposed to know
which combinations exist in the company, which makes them stronger and hides more, never less."""

Cell = tuple[tuple[str, str], ...]
"""A group by its attributes, as (("function", "Sales"), ("side", "mentor")) sorted by name; () is everybody."""

People = Mapping[Key, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class TableLine:
    label: str
    cells: tuple[Figure, ...]
    total: Figure


@dataclass(frozen=True)
class Table:
    """One table of a release. ``by`` names one or two attributes; lines are the first, heads the second."""

    by: tuple[str, ...]
    k: int
    categories: Mapping[str, tuple[str, ...]]
    figures: Mapping[Cell, Figure] = field(repr=False)

    def cell(self, *values: str | None) -> Figure:
        """The figure of a group; None stands for all of an attribute, and so does what is left out."""
        wanted = zip(self.by, values, strict=False)
        return self.figures[cell_of((name, value) for name, value in wanted if value is not None)]

    @property
    def total(self) -> Figure:
        return self.figures[()]

    @property
    def heads(self) -> tuple[str, ...]:
        return self.categories[self.by[1]] if len(self.by) == 2 else ()

    def lines(self) -> list[TableLine]:
        return [
            TableLine(label, tuple(self.cell(label, head) for head in self.heads), self.cell(label))
            for label in self.categories[self.by[0]]
        ]

    @property
    def foot(self) -> TableLine:
        return TableLine(ALL, tuple(self.cell(None, head) for head in self.heads), self.total)


@dataclass(frozen=True)
class Release:
    """Tables about the same people that are safe together. ``people`` says who is in it; it is never printed."""

    k: int
    categories: Mapping[str, tuple[str, ...]]
    tables: tuple[tuple[str, ...], ...]
    figures: Mapping[Cell, Figure] = field(repr=False)
    people: People = field(repr=False)

    def table(self, *by: str) -> Table:
        """One of the tables that were released, with the attributes in either order."""
        if not any(set(by) == set(released) for released in self.tables):
            raise KeyError(f"There is no table by {' and '.join(by)} in this release.")
        return Table(by, self.k, self.categories, self.figures)

    @property
    def published(self) -> dict[Hashable, Published]:
        """Each figure with the people behind it, to compare with another release."""
        position = {name: number for number, name in enumerate(self.categories)}
        return {
            cell: Published(
                figure,
                frozenset(
                    key for key, kind in self.people.items() if all(kind[position[name]] == v for name, v in cell)
                ),
            )
            for cell, figure in self.figures.items()
        }

    @property
    def kept(self) -> float:
        """Share of the non-empty figures that are on show."""
        filled = [figure for figure in self.figures.values() if figure.number != 0]
        return sum(figure.is_shown for figure in filled) / len(filled) if filled else 1.0


def cell_of(pairs: Iterable[tuple[str, str]]) -> Cell:
    return tuple(sorted(pairs))


def count_table(
    rows: Iterable[tuple[Key, Mapping[str, str]]],
    by: Sequence[str],
    *,
    k: int = K,
    categories: Mapping[str, Sequence[str]] | None = None,
) -> Table:
    """How many people there are by one or two attributes, with margins, none of it derivable beneath ``k``.

    This protects one table. Whatever else the same reader may open about the same people belongs into one
    :func:`release` with it.
    """
    return release(rows, [tuple(by)], k=k, categories=categories).table(*by)


def release(
    rows: Iterable[tuple[Key, Mapping[str, str]]],
    tables: Sequence[Sequence[str]],
    *,
    k: int = K,
    categories: Mapping[str, Sequence[str]] | None = None,
) -> Release:
    """Linked tables about the same people, protected as one: whatever is open in one cannot uncover another.

    ``rows`` is one row a person: an opaque id and attributes. The same row twice counts once; two different rows for
    one person are refused, because their margins would not add up and the difference would say how many are in both
    (give people on both sides a category of their own). ``categories`` gives the order of the values and names those
    that nobody has.

    Hidden first ("primary"): every group of 1 to k-1 people. An empty group is shown as 0: there is nobody in it to
    protect, and the directory tells as much; but inside a group under k the zeros are hidden too, for a breakdown of
    four people into "0" and "fewer than 5" is a statement about each of the four. Hidden next ("complementary"): the
    least informative choice of other figures, margins if need be, such that

    - from the numbers, each small group might have k people or more, so that no sum or difference of published
      figures is the size of a group under k;
    - from numbers and words together, each small group's size stays open by at least k // 2;
    - no group that is not in any table but follows from several (an atom of the family) is pinned between 1 and k-1.

    When no choice satisfies this, hidden figures say only "hidden to protect others"; when that fails as well, every
    figure is hidden.
    """
    insist_threshold(k)
    people = distinct_people(rows, names_of(tables))
    family = family_of(people, tables, categories)
    return Release(k, family.values, family.tables, protected(family, k), people)


@dataclass(frozen=True)
class Family:
    """Tables laid out for protection, with the true number of people of each kind. No person is in here."""

    tables: tuple[tuple[str, ...], ...]
    named_values: tuple[tuple[str, tuple[str, ...]], ...]
    kinds: tuple[tuple[str, ...], ...]
    counts: tuple[int, ...]

    @property
    def values(self) -> dict[str, tuple[str, ...]]:
        return dict(self.named_values)

    @cached_property
    def cells(self) -> list[Cell]:
        return cells_of(self.tables, self.values)

    @cached_property
    def membership(self) -> sparse.csr_matrix:
        return membership_of(self.cells, list(self.values), self.kinds)

    @cached_property
    def atoms(self) -> np.ndarray:
        return np.array(self.counts, dtype=np.float64)

    @cached_property
    def sizes(self) -> np.ndarray:
        return np.asarray(self.membership @ self.atoms)


def family_of(
    people: People, tables: Sequence[Sequence[str]], categories: Mapping[str, Sequence[str]] | None
) -> Family:
    families = tuple(tuple(by) for by in tables)
    names = names_of(families)
    values = values_of(names, people, categories)
    kinds = kinds_of(names, values, people)
    counted = Counter(people.values())
    return Family(families, tuple(values.items()), kinds, tuple(counted[kind] for kind in kinds))


def names_of(tables: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The attributes of all tables, each once."""
    return tuple(dict.fromkeys(itertools.chain.from_iterable(tables)))


def distinct_people(rows: Iterable[tuple[Key, Mapping[str, str]]], names: Sequence[str]) -> dict[Key, tuple[str, ...]]:
    people: dict[Key, tuple[str, ...]] = {}
    for key, attributes in rows:
        kind = tuple(str(attributes[name]) for name in names)
        if people.setdefault(key, kind) != kind:
            raise ValueError(
                "A person has two rows with different attributes. Give people on both sides a category of their own."
            )
    return people


def values_of(
    names: Sequence[str], people: People, categories: Mapping[str, Sequence[str]] | None
) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {}
    for position, name in enumerate(names):
        found = {kind[position] for kind in people.values()}
        known = tuple((categories or {}).get(name, ()))
        if categories and name in categories and not found <= set(known):
            raise ValueError(f"“{name}” has a value that is not among its categories.")
        values[name] = known or tuple(sorted(found))
    return values


def kinds_of(
    names: Sequence[str], values: Mapping[str, tuple[str, ...]], people: People
) -> tuple[tuple[str, ...], ...]:
    if math.prod(len(values[name]) for name in names) <= ALL_COMBINATIONS_UP_TO:
        return tuple(itertools.product(*(values[name] for name in names)))
    return tuple(sorted(set(people.values())))


def cells_of(families: Sequence[tuple[str, ...]], values: Mapping[str, tuple[str, ...]]) -> list[Cell]:
    """Every cell of every table, margins included, each once."""
    cells: dict[Cell, None] = {}
    for by in families:
        for size in range(len(by), -1, -1):
            for chosen in itertools.combinations(by, size):
                for combination in itertools.product(*(values[name] for name in chosen)):
                    cells[cell_of(zip(chosen, combination, strict=True))] = None
    return list(cells)


def membership_of(cells: Sequence[Cell], names: Sequence[str], kinds: Sequence[tuple[str, ...]]) -> sparse.csr_matrix:
    """1 where an atom belongs to a cell."""
    position = {name: number for number, name in enumerate(names)}
    having: dict[tuple[str, str], set[int]] = {}
    for number, kind in enumerate(kinds):
        for name in names:
            having.setdefault((name, kind[position[name]]), set()).add(number)
    everybody = set(range(len(kinds)))
    members = [sorted(everybody.intersection(*(having.get(pair, set()) for pair in cell))) for cell in cells]
    starts = np.cumsum([0, *(len(some) for some in members)])
    columns = np.array(list(itertools.chain.from_iterable(members)), dtype=np.int64)
    return sparse.csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(cells), len(kinds)))


def small_and_within(membership: sparse.csr_matrix, sizes: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Which groups have 1 to k-1 people, and which are part of such a group (the group itself is not)."""
    small = (sizes > 0) & (sizes < k)
    extents = np.asarray(membership.sum(axis=1)).ravel()
    shared = (membership @ membership[small].T).toarray() if small.any() else np.zeros((len(sizes), 0))
    inside = (shared == extents[:, None]) & (extents[:, None] < extents[small][None, :])
    return small, inside.any(axis=1)


def primarily_hidden(family: Family, k: int) -> dict[Cell, Figure]:
    """Small groups hidden and nothing else. Not safe: what is left can be subtracted."""
    small, within = small_and_within(family.membership, family.sizes, k)
    return figures_of(family, small | within, small | within, k)


def may_be_many_or_none(family: Family, k: int) -> np.ndarray:
    """Kinds of people whose number stays open whatever is shown, in tables of two attributes at most.

    Take a kind, three attributes and another value of each. Of the eight kinds that differ from it in these alone, add
    t people to those that differ in an even number of the three, and take t from the others, or the other way round:
    every count by one or two attributes stays as it is. Where such moves, one after the other, lead to k of this kind
    or to none, the reader can believe in that. (P. Diaconis, B. Sturmfels, Algebraic algorithms for sampling from
    conditional distributions, Annals of Statistics 26 (1998) 363-397.)
    """
    found = np.zeros(len(family.kinds), dtype=bool)
    sizes = [len(values) for _, values in family.named_values]
    if len(sizes) < 3 or max(map(len, family.tables)) > 2 or math.prod(sizes) > MOST_COMBINATIONS:
        return found
    kinds, told_of = Kinds(family), family.membership.tocsc()
    for kind in np.flatnonzero((family.atoms > 0) & (family.atoms < k)):
        found[kind] = kinds.leads_to(int(kind), 0.0) or kinds.leads_to(int(kind), float(k))
    for kind in np.flatnonzero((family.atoms > 0) & (family.atoms < k) & ~found):
        found[kind] = open_nearby(kinds, told_of, int(kind), k)
    return found


NEARBY: Final = (1, 2, 4)
"""How many other values of each attribute, the commonest, are looked at around a kind, one after the other."""


def open_nearby(kinds: Kinds, told_of: sparse.csc_matrix, kind: int, k: int) -> bool:
    """The same by linear programs over a part of the kinds alone; everybody else stays as they are.

    Only whether there is such a solution is asked for, and mostly a few dozen kinds have one: over all of them a single
    program takes longer than everything else together.
    """
    for others in NEARBY:
        near = kinds.around(kind, others)
        some = told_of[:, near].tocsr()
        told = some[np.flatnonzero(np.diff(some.indptr))]
        own = near == kind
        for lowest, highest in ((0.0, 0.0), (float(k), np.inf)):
            bounds = np.column_stack([np.where(own, lowest, 0.0), np.where(own, highest, np.inf)])
            solved = scipy.optimize.linprog(
                np.zeros(len(near)), A_eq=told, b_eq=told @ kinds.atoms[near], bounds=bounds, method="highs"
            )
            if solved.status == 0:
                return True
    return False


MOST_COMBINATIONS: Final = 5_000_000
"""Of values, up to which it is kept which kinds of people there are."""


class Kinds:
    """Where each kind of people lies, to find its seven neighbours in three attributes."""

    def __init__(self, family: Family) -> None:
        numbers = [{value: number for number, value in enumerate(values)} for _, values in family.named_values]
        self.codes = np.array(
            [[number[value] for number, value in zip(numbers, kind, strict=True)] for kind in family.kinds]
        )
        self.sizes = [len(number) for number in numbers]
        self.radix = np.array([math.prod(self.sizes[place + 1 :]) for place in range(len(numbers))], dtype=np.int64)
        self.row = np.full(math.prod(self.sizes), -1, dtype=np.int64)
        self.row[self.codes @ self.radix] = np.arange(len(family.kinds))
        self.atoms = family.atoms
        self.commonest = [
            np.argsort(-np.bincount(values, weights=self.atoms, minlength=size), kind="stable")
            for values, size in zip(self.codes.T, self.sizes, strict=True)
        ]
        self.others = [
            np.array(list(itertools.product(*(range(1, self.sizes[name]) for name in three))), dtype=np.int64).reshape(
                -1, 3
            )
            for three in itertools.combinations(range(len(numbers)), 3)
        ]

    def around(self, kind: int, others: int) -> np.ndarray:
        """This kind, and those that differ from it in some of the commonest other values of each attribute alone."""
        inside = np.ones(len(self.codes), dtype=bool)
        for own, values, common in zip(self.codes[kind], self.codes.T, self.commonest, strict=True):
            kept = np.zeros(len(common), dtype=bool)
            kept[common[common != own][:others]] = True
            kept[own] = True
            inside &= kept[values]
        return np.flatnonzero(inside)

    def leads_to(self, kind: int, aim: float) -> bool:
        """Whether moves lead from as many people of this kind as there are to ``aim``."""
        atoms = self.atoms.copy()
        up = aim > atoms[kind]
        for three, shifts in zip(itertools.combinations(range(len(self.sizes)), 3), self.others, strict=True):
            even, odd = self._neighbours(kind, three, shifts)
            for same, other in zip(even, odd, strict=True):
                taken = other if up else np.append(same, kind)
                most = min(float(atoms[taken].min()), abs(aim - atoms[kind]))
                if most > 0:
                    step = most if up else -most
                    atoms[other] -= step
                    atoms[same] += step
                    atoms[kind] += step
                if atoms[kind] == aim:
                    return True
        return False

    def _neighbours(self, kind: int, three: tuple[int, ...], shifts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The three neighbours that differ in two of the attributes, and the four that differ in one or all, for each
        other value of the three, where all of them exist."""
        code, base = self.codes[kind], int(self.codes[kind] @ self.radix)
        steps = []
        for name, shift in zip(three, shifts.T, strict=True):
            steps.append(((code[name] + shift) % self.sizes[name] - code[name]) * self.radix[name])
        one, two, third = steps
        even = self.row[np.array([base + one + two, base + one + third, base + two + third]).T]
        odd = self.row[np.array([base + one, base + two, base + third, base + one + two + third]).T]
        real = (even >= 0).all(axis=1) & (odd >= 0).all(axis=1)
        useful = real & (self.atoms[odd] > 0).all(axis=1) | real & (self.atoms[even] > 0).all(axis=1)
        return even[useful], odd[useful]


def figures_of(family: Family, hidden: np.ndarray, few: np.ndarray, k: int) -> dict[Cell, Figure]:
    return {
        cell: Shown(int(size)) if not hide else Hidden(Reason.FEW if first else Reason.PROTECTS, k)
        for cell, size, hide, first in zip(family.cells, family.sizes, hidden, few, strict=True)
    }


@lru_cache(maxsize=256)
def protected(family: Family, k: int) -> Mapping[Cell, Figure]:
    """Every cell's figure. Remembered by the counts, so that a page that is read again is not worked out again."""
    small, within = small_and_within(family.membership, family.sizes, k)
    primary = small | within
    if not family.atoms.any() or (not primary.any() and len(family.tables) == 1):
        return figures_of(family, primary, primary, k)
    for words_told in (True, False):
        hidden = chosen_for(family, k, primary, within, words_told=words_told)
        if hidden is not None:
            return figures_of(family, hidden, primary & words_told, k)
    return dict.fromkeys(family.cells, Hidden(Reason.PROTECTS, k))


def chosen_for(
    family: Family, k: int, primary: np.ndarray, within: np.ndarray, *, words_told: bool
) -> np.ndarray | None:
    """What to hide among all cells. Groups that are shown as empty leave the problem: everybody knows them."""
    empty = (family.sizes == 0) & ~primary
    possible = np.asarray(family.membership[empty].sum(axis=0)).ravel() == 0
    reduced = family.membership[~empty][:, possible]
    atoms, sizes, primary, within = family.atoms[possible], family.sizes[~empty], primary[~empty], within[~empty]
    depth = np.array([len(cell) for cell, gone in zip(family.cells, empty, strict=True) if not gone])
    least = np.where(within, 0.0, 1.0)
    needs = []
    for row in np.flatnonzero((sizes > 0) & (sizes < k)):
        group = reduced[row].toarray().ravel()
        needs += [Need(group, reach=float(k)), Need(group, width=float(k // 2))]
    if len(family.tables) > 1:
        open_anyway = may_be_many_or_none(family, k)[possible]
        needs += [
            Need(np.bincount([atom], minlength=len(atoms)).astype(float), reach=float(k), fall=0.0)
            for atom in np.flatnonzero((atoms > 0) & (atoms < k) & ~open_anyway)
        ]
    problem = Problem(
        atoms=atoms,
        figures=reduced,
        weights=(1 + np.log1p(sizes)) * 4.0 ** (depth.max(initial=0) - depth),
        must_hide=primary,
        may_hide=sizes > 0,
        word_low=np.where(primary, least, float(k)) if words_told else least,
        word_high=np.where(primary, k - 1.0, np.inf) if words_told else np.full(len(sizes), np.inf),
        needs=needs,
    )
    hidden = choose(problem)
    if hidden is None:
        return None
    result = np.zeros(len(empty), dtype=bool)
    result[~empty] = hidden
    return result
