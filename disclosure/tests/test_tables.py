"""Tables of people: what is shown, what is hidden, and that nobody can calculate the hidden."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from disclosure import Figure, Hidden, Reason, Release, Shown, ThresholdTooLow, count_table, release
from disclosure.tables import Cell, Family, distinct_people, family_of, may_be_many_or_none, names_of, primarily_hidden
from disclosure.tests.attacker import Attacker, Kind
from disclosure.tests.proofs import LONG

FUNCTIONS = ("Finance", "IT", "Operations", "Sales")
SIDES = ("both", "mentee", "mentor")
LEVELS = ("1", "2", "3")

Rows = list[tuple[int, dict[str, str]]]


def rows(**sizes: int) -> Rows:
    """People by function, as ``rows(Sales=3, IT=20)``."""
    names = [name for name, size in sizes.items() for _ in range(size)]
    return [(number, {"function": name}) for number, name in enumerate(names)]


def laid_out(people: Rows, *by: str) -> Family:
    return family_of(distinct_people(people, by), [by], None)


def words(by: Sequence[str], people: Rows, **options: Any) -> list[list[str]]:
    table = count_table(people, by, **options)
    return [
        [line.label, *(figure.words for figure in line.cells), line.total.words]
        for line in [*table.lines(), table.foot]
    ]


def company(seed: int, *names: str) -> Rows:
    """A small random company in which some attributes are rare."""
    chance = random.Random(seed)
    values = {"function": FUNCTIONS, "side": SIDES, "level": LEVELS}
    weights = {name: [chance.choice([0.3, 1, 3, 8]) for _ in values[name]] for name in names}
    return [
        (number, {name: chance.choices(values[name], weights[name])[0] for name in names})
        for number in range(chance.randint(4, 90))
    ]


def attacked(
    figures: Mapping[Cell, Figure], values: Mapping[str, tuple[str, ...]], k: int, *, hears_words: bool
) -> tuple[Attacker, dict[Cell, list[Kind]]]:
    """An attacker who has read all figures, and the kinds of people in each cell."""
    names = list(values)
    attacker = Attacker(list(itertools.product(*values.values())))
    members = {
        cell: [kind for kind in attacker.kinds if all(kind[names.index(name)] == value for name, value in cell)]
        for cell in figures
    }
    small_groups = [
        set(kinds) for cell, kinds in members.items() if figures[cell] == Hidden(Reason.FEW, k) and len(kinds) > 1
    ]
    for cell, figure in figures.items():
        if isinstance(figure, Shown):
            attacker.learns(members[cell], figure.value)
        elif hears_words and figure.reason is Reason.FEW:
            inside = any(set(members[cell]) < group for group in small_groups)
            attacker.learns(members[cell], 0 if inside else 1, k - 1)
        elif hears_words and small_groups:  # without any "fewer than", the zeros of small groups hide among these
            attacker.learns(members[cell], 1, math.inf)
    return attacker, members


def true_sizes(people: Rows, cells: Iterable[Cell]) -> dict[Cell, int]:
    return {
        cell: sum(all(attributes[name] == value for name, value in cell) for _, attributes in people) for cell in cells
    }


def leaks(figures: Mapping[Cell, Figure], values: Mapping[str, tuple[str, ...]], people: Rows, k: int) -> list[object]:
    """Everything an attacker finds out about groups of 1 to k-1 people."""
    attacker, members = attacked(figures, values, k, hears_words=False)
    sizes = true_sizes(people, figures)
    small = [members[cell] for cell, size in sizes.items() if 0 < size < k]
    found: list[object] = [
        *attacker.isolates_by_subtraction(k),
        *attacker.isolates([*small, *([a] for a in attacker.kinds)], k),
    ]
    listener, _ = attacked(figures, values, k, hears_words=True)
    found += [(group, low, high) for group, low, high in listener.intervals(small) if high - low < 1]
    return found


def test_groups_of_five_or_more_are_shown_with_their_margins():
    assert words(["function"], rows(IT=5, Sales=12)) == [["IT", "5"], ["Sales", "12"], ["All", "17"]]


def test_a_group_under_five_is_hidden_and_takes_another_with_it():
    assert words(["function"], rows(IT=3, Operations=9, Sales=20)) == [
        ["IT", "fewer than 5"],
        ["Operations", "hidden to protect others"],
        ["Sales", "20"],
        ["All", "32"],
    ]


def test_two_small_groups_hide_one_another_only_when_their_sum_is_no_small_group_either():
    assert words(["function"], rows(IT=2, Operations=4, Sales=20)) == [
        ["IT", "fewer than 5"],
        ["Operations", "fewer than 5"],
        ["Sales", "20"],
        ["All", "26"],
    ]
    assert words(["function"], rows(IT=1, Operations=2, Sales=20))[2] == ["Sales", "hidden to protect others"]


def test_the_words_in_hidden_cells_are_reckoned_with():
    """1 and 5 make 6: with "not small" on the five, the one could be calculated, so the 6 is not told."""
    assert words(["function"], rows(IT=1, Sales=5)) == [
        ["IT", "fewer than 5"],
        ["Sales", "5"],
        ["All", "hidden to protect others"],
    ]


def test_two_groups_of_four_are_not_given_away_by_a_total_of_eight():
    assert words(["function"], rows(IT=4, Sales=4)) == [
        ["IT", "fewer than 5"],
        ["Sales", "fewer than 5"],
        ["All", "hidden to protect others"],
    ]


def test_an_empty_group_is_shown_as_empty():
    assert words(["function"], rows(Sales=8), categories={"function": ["IT", "Sales"]}) == [
        ["IT", "0"],
        ["Sales", "8"],
        ["All", "8"],
    ]


def test_inside_a_group_under_five_even_zeros_are_hidden():
    assert words(["function"], rows(Sales=4), categories={"function": ["IT", "Sales"]}) == [
        ["IT", "fewer than 5"],
        ["Sales", "fewer than 5"],
        ["All", "fewer than 5"],
    ]


def test_nobody_at_all_is_a_table_of_zeros():
    assert words(["function"], [], categories={"function": ["IT"]}) == [["IT", "0"], ["All", "0"]]


def test_linked_tables_of_nobody_at_all_are_zeros():
    nobody = release([], [("side", "function"), ("side",)], categories={"side": ["mentor"], "function": ["IT"]})
    assert {figure.words for figure in nobody.figures.values()} == {"0"}


def test_a_table_of_two_attributes_has_margins_both_ways():
    people = [
        (n, {"side": side, "function": f}) for n, (side, f) in enumerate([("mentor", "IT"), ("mentee", "Sales")] * 6)
    ]
    table = count_table(people, ("function", "side"))
    assert table.heads == ("mentee", "mentor")
    assert words(("function", "side"), people) == [
        ["IT", "0", "6", "6"],
        ["Sales", "6", "0", "6"],
        ["All", "6", "6", "12"],
    ]
    assert table.cell(None, "mentor") == Shown(6)
    assert table.cell("IT") == Shown(6)
    assert table.total == Shown(12)


def test_the_same_person_counts_once():
    assert count_table(rows(Sales=7) * 2, ["function"]).total == Shown(7)


def test_a_person_in_two_cells_is_refused_without_being_named():
    with pytest.raises(ValueError, match="two rows with different attributes") as caught:
        count_table([("mina", {"side": "mentor"}), ("mina", {"side": "mentee"})], ["side"])
    assert "mina" not in str(caught.value)


def test_a_value_outside_the_categories_is_refused():
    with pytest.raises(ValueError, match="“function” has a value"):
        count_table(rows(IT=6), ["function"], categories={"function": ["Sales"]})


def test_a_threshold_under_three_is_refused_with_a_sentence():
    with pytest.raises(ThresholdTooLow, match="fewer than 3 people are never shown"):
        count_table(rows(IT=9), ["function"], k=2)
    assert words(["function"], rows(IT=3, Sales=9), k=3)[0] == ["IT", "3"]


def test_a_release_answers_only_for_its_own_tables():
    both = release(company(1, "function", "side", "level"), [("function", "side"), ("level",)])
    assert both.table("side", "function").heads == FUNCTIONS
    with pytest.raises(KeyError, match="function and level"):
        both.table("function", "level")


def test_tables_that_are_safe_apart_leak_when_both_are_read_and_a_release_does_not():
    leaked = 0
    tables = [("function", "side"), ("function", "level")]
    for seed in range(8 if LONG else 4):
        people = company(seed, "function", "side", "level")
        together = release(people, tables)
        either: dict[Cell, Figure] = {}
        for by in tables:
            either |= {
                cell: figure
                for cell, figure in count_table(people, by).figures.items()
                if figure.is_shown or cell not in either
            }
        leaked += bool(leaks(either, together.categories, people, 5))
        assert not leaks(together.figures, together.categories, people, 5)
    assert leaked >= 1


def test_a_corner_that_follows_from_three_tables_is_kept_though_it_stands_in_none():
    chance = random.Random(57)
    size = chance.randint(20, 60)
    people: Rows = [
        (n, {"function": chance.choice("AB"), "side": chance.choice("xy"), "level": chance.choices("12", [5, 1])[0]})
        for n in range(size)
    ]
    tables = [("function", "side"), ("function", "level"), ("side", "level")]
    assert sum(set(one.values()) == {"A", "x", "1"} for _, one in people) == 3
    published = release(people, tables)
    assert not leaks(published.figures, published.categories, people, 5)


def test_the_attacker_finds_what_primary_suppression_leaves_open():
    people = rows(IT=3, Operations=9, Sales=20)
    family = laid_out(people, "function")
    found = leaks(primarily_hidden(family, 5), family.values, people, 5)
    assert ([("IT",)], 3) in found


def test_the_attacker_finds_planted_leaks_in_most_small_companies():
    """Without complementary suppression; so the next two tests could fail."""
    found, companies = 0, 20 if LONG else 8
    for seed in range(companies):
        people = company(seed, "function", "side")
        family = laid_out(people, "function", "side")
        found += bool(leaks(primarily_hidden(family, 5), family.values, people, 5))
    assert found >= 0.75 * companies


def safe(published: Release, people: Rows, k: int) -> bool:
    sizes = true_sizes(people, published.figures)
    honest = all(f == Shown(sizes[cell]) for cell, f in published.figures.items() if isinstance(f, Shown))
    return honest and not leaks(published.figures, published.categories, people, k)


@pytest.mark.parametrize("tens", range(12 if LONG else 1))
def test_in_no_small_company_does_a_table_isolate_a_group(tens):
    for seed in range(10 * tens, 10 * tens + 10):
        people = company(seed, "function", "side")
        k = 3 + seed % 4
        assert safe(release(people, [("function", "side")], k=k), people, k), seed


@pytest.mark.parametrize("fours", range(6 if LONG else 1))
def test_in_no_small_company_do_linked_tables_isolate_a_group(fours):
    for seed in range(4 * fours, 4 * fours + 4):
        people = company(seed, "function", "side", "level")
        assert safe(release(people, [("function", "side"), ("function", "level")]), people, 5), seed


def test_kinds_whose_number_stays_open_are_found_without_the_solver_and_the_solver_agrees():
    chance = random.Random(4)
    names = ("a", "b", "c", "d")
    tables_of = list(itertools.combinations(names, 2))
    found = 0
    for size in (60, 200, 500) if LONG else (60, 200):
        people: Rows = [
            (n, {name: str(chance.choices(range(4), [6, 3, 2, 1])[0]) for name in names}) for n in range(size)
        ]
        family = family_of(distinct_people(people, names), tables_of, None)
        open_anyway = np.flatnonzero(may_be_many_or_none(family, 5))
        attacker = Attacker(family.kinds)
        for row, value in zip(family.membership.toarray(), family.sizes, strict=True):
            attacker.rows.append(row.tolist())
            attacker.low.append(value)
            attacker.high.append(value)
        some = open_anyway[:25]
        found += len(some)
        assert attacker.isolates([[family.kinds[kind]] for kind in some], 5) == []
    assert found > 20


def test_nothing_is_called_open_where_a_table_has_three_attributes_or_there_are_only_two():
    people = company(3, "function", "side", "level")
    names = ("function", "side", "level")
    for tables_of in ([names], [names[:2]]):
        family = family_of(distinct_people(people, names_of(tables_of)), tables_of, None)
        assert not may_be_many_or_none(family, 5).any()


def test_in_a_company_of_a_hundred_thousand_every_small_kind_is_found_open_among_those_around_it():
    """Whatever were left would be put to the solver over all ten thousand kinds at once, which takes minutes."""
    sizes, chance = (8, 5, 8, 4, 3, 4), np.random.default_rng(7)
    drawn = [chance.choice(size, 100_000, p=chance.dirichlet(np.full(size, 1.2))) for size in sizes]
    kinds, counts = np.unique(np.array(drawn), axis=1, return_counts=True)
    names = [str(place) for place in range(len(sizes))]
    family = Family(
        tuple(itertools.combinations(names, 2)),
        tuple((name, tuple(map(str, range(size)))) for name, size in zip(names, sizes, strict=True)),
        tuple(tuple(map(str, kind)) for kind in kinds.T),
        tuple(map(int, counts)),
    )
    small = (family.atoms > 0) & (family.atoms < 5)
    assert small.sum() > 5_000
    assert (may_be_many_or_none(family, 5) == small).all()
