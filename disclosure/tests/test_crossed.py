"""The same answers by group and by part, together: whoever keeps both tables and calculates isolates nobody."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import combinations, product

import pytest

from disclosure import Crossed, Figure, GroupedDistribution, Hidden, K, Reason, by_group, crossed, subtraction
from disclosure.tests.attacker import Attacker
from disclosure.tests.proofs import LONG

GROUPS = ("Mentors", "Mentees")
ANSWERS = ("Show", "Learn", "Either", "Neither")
COLUMNS = {"Show": ("Show",), "Learn": ("Learn",), "Either": ("Either",), "The rest": ("Neither",)}
SHORT = (3, 6, 10, 11, 12, 14, 19, 22, 23, 27, 28, 35)
"""Companies of which some are seen through once any of the needs, or what keeps groups from following by subtraction,
is left out."""
SEEDS = range(400) if LONG else SHORT

Person = tuple[str, str, str]


def company(chance: random.Random) -> tuple[list[Person], tuple[str, ...]]:
    """People of two groups and a few parts; a part may like one answer best, and some parts are tiny."""
    parts = tuple(f"Part {number}" for number in range(chance.randint(2, 5)))
    people: list[Person] = []
    for part in parts:
        weights = [chance.choice((0, 1, 3, 9)) for _ in ANSWERS]
        weights[chance.randrange(4)] += 1
        size = chance.choice((2, 4, 12, 25, 40))
        people += [(chance.choice(GROUPS), chance.choices(ANSWERS, weights)[0], part) for _ in range(size)]
    return people, parts


@cache
def published_of(seed: int) -> tuple[list[Person], tuple[str, ...], GroupedDistribution, Crossed | Hidden]:
    """A company and both its tables, made once for all who attack them."""
    people, parts = company(random.Random(seed))
    told = told_of(people)
    return people, parts, told, crossed(told, people, parts=parts, columns=COLUMNS)


def told_of(people: Sequence[Person]) -> GroupedDistribution:
    answers = {number: answer for number, (_, answer, _) in enumerate(people)}
    return by_group(answers, {n: group for n, (group, _, _) in enumerate(people)}, ANSWERS, group_names=GROUPS)


def attacker_of(
    people: Sequence[Person], parts: Sequence[str], told: GroupedDistribution, by_part: Crossed | Hidden, *,
    insider: bool = False,
) -> Attacker:  # fmt: skip
    """``insider`` knows of everybody who answered to which group and part they belong: a coordinator does."""
    attacker = Attacker(list(product(GROUPS, ANSWERS, parts)))
    for group, part in product(GROUPS, parts) if insider else ():
        here = [kind for kind in attacker.kinds if (kind[0], kind[2]) == (group, part)]
        attacker.learns(here, sum((each[0], each[2]) == (group, part) for each in people))
    for name, one in {"": told.total, **told.groups}.items():
        here = [kind for kind in attacker.kinds if kind[0] == (name or kind[0])]
        attacker.learns(here, sum(not name or each[0] == name for each in people))  # who answered is known
        for bar in one.bars:
            if bar.count.number is not None:
                attacker.learns([kind for kind in here if kind[1] in bar.categories], int(bar.count.number))
    for line in by_part.lines if isinstance(by_part, Crossed) else ():
        here = [kind for kind in attacker.kinds if kind[2] == line.part]
        for figure, meant in [(line.people, ANSWERS), *zip(line.cells, COLUMNS.values(), strict=True)]:
            if figure.number is not None:
                attacker.learns([kind for kind in here if kind[1] in meant], int(figure.number))
    return attacker


def small_groups(people: Sequence[Person], attacker: Attacker) -> list[list[tuple]]:
    """Every group of one to four people that shares some of group, answer and part."""
    found = []
    for size in (1, 2, 3):
        for places in combinations(range(3), size):
            counts = Counter(tuple(person[place] for place in places) for person in people)
            found += [
                [kind for kind in attacker.kinds if tuple(kind[place] for place in places) == value]
                for value, number in counts.items()
                if number < K
            ]
    return found


def isolated(people: Sequence[Person], parts: Sequence[str], by_part: Crossed | Hidden) -> list[list[tuple]]:
    attacker = attacker_of(people, parts, told_of(people), by_part)
    found = [group for group, _ in attacker.isolates_by_subtraction(K)]
    return found + [group for group, _, _ in attacker.isolates(small_groups(people, attacker), K)]


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_is_isolated_by_both_tables_together(seed):
    """But a group that is small as a whole: how many answered of a side is known."""
    people, parts, _, by_part = published_of(seed)
    known = isolated(people, parts, Hidden(Reason.PROTECTS))
    assert [group for group in isolated(people, parts, by_part) if group not in known] == []


@pytest.mark.parametrize("insider", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_how_few_there_are_stays_open_for_who_reads_the_words_as_well(seed, insider):
    people, parts, told, by_part = published_of(seed)
    if not isinstance(by_part, Crossed):
        return
    attacker = attacker_of(people, parts, told, by_part, insider=insider)
    few = hears_all(attacker, told, by_part)
    assert [group for group, low, high in attacker.intervals(few) if high - low < K // 2 - 1e-6] == []


def hears_all(attacker: Attacker, told: GroupedDistribution, by_part: Crossed | Hidden) -> list[list[tuple]]:
    """The attacker reads the words of both tables as well. Returned: the cells of larger parts that are few."""

    def hears(figures: Sequence[tuple[Figure, list[tuple]]], *, within: bool = False) -> None:
        for figure, group in figures:
            if isinstance(figure, Hidden) and figure.reason is Reason.FEW:
                attacker.learns(group, 0 if within else 1, K - 1)
            elif isinstance(figure, Hidden) and figure.reason is Reason.PROTECTS and speaks:
                attacker.learns(group, K, float("inf"))

    for name, one in {"": told.total, **told.groups}.items():
        here = [kind for kind in attacker.kinds if kind[0] == (name or kind[0])]
        bars = [(bar.count, [kind for kind in here if kind[1] in bar.categories]) for bar in one.bars]
        speaks = one.reason is None and any(figure.words == "fewer than 5" for figure, _ in bars)
        hears(bars if speaks else [])
    lines = by_part.lines if isinstance(by_part, Crossed) else ()
    speaks = any(figure.words == "fewer than 5" for line in lines for figure in (line.people, *line.cells))
    few: list[list[tuple]] = []
    for line in lines:
        here = [kind for kind in attacker.kinds if kind[2] == line.part]
        of_columns = [[kind for kind in here if kind[1] in meant] for meant in COLUMNS.values()]
        is_few = line.people.words == "fewer than 5"
        hears([(line.people, here)])
        hears(list(zip(line.cells, of_columns, strict=True)), within=is_few)
        few += [] if is_few else [group for cell, group in zip(line.cells, of_columns, strict=True) if
                                  cell.words == "fewer than 5"]  # fmt: skip
    return few


def certain(
    people: Sequence[Person],
    parts: Sequence[str],
    by_part: Crossed | Hidden,
    *,
    words: bool = True,
    whole: bool = False,
) -> list[list[tuple]]:
    """What an insider can tell of the one to four people of a part, or of a group in it: that one of them gave this."""
    told = told_of(people)
    attacker = attacker_of(people, parts, told, by_part, insider=True)
    if words:
        hears_all(attacker, told, by_part)
    sizes = Counter((group, part) for group, _, part in people) + Counter(("", part) for _, _, part in people)
    asked = [
        [kind for kind in attacker.kinds if kind[0] == (group or kind[0]) and kind[1:] == (answer, part)]
        for (group, part), size in sizes.items() if size < K
        for answer in ANSWERS
    ]  # fmt: skip
    found = attacker.whole_intervals(asked) if whole else attacker.intervals(asked)
    return [group for group, least, _ in found if least > 1e-6]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_few_of_a_part_said_stays_open_for_who_knows_which_of_them_answered(seed):
    people, parts, _, by_part = published_of(seed)
    known = certain(people, parts, Hidden(Reason.PROTECTS))
    assert [group for group in certain(people, parts, by_part) if group not in known] == []


def taken_together(people: Sequence[Person], kinds: Sequence[Person], parts: Sequence[str]) -> list[list[Person]]:
    """The one to four people of some parts, of one group or both, who gave one of some answers."""
    counts = Counter(people)
    answers = [some for number in (1, 2, 3, 4) for some in combinations(ANSWERS, number)]
    some_parts = [(part,) for part in parts] + list(combinations(parts, 2))
    asked = [
        [kind for kind in kinds if kind[0] in groups and kind[1] in said and kind[2] in here]
        for groups, said, here in product([GROUPS, *((group,) for group in GROUPS)], answers, some_parts)
    ]
    return [group for group in asked if 0 < sum(counts[kind] for kind in group) < K]


@pytest.mark.parametrize("seed", SEEDS)
def test_nor_does_anything_about_a_few_follow_for_them_by_subtraction(seed):
    """Not even how many of a larger part gave one of several answers. That nobody gave one is told on purpose."""
    people, parts, told, by_part = published_of(seed)
    attacker = attacker_of(people, parts, told, by_part, insider=True)
    before = attacker_of(people, parts, told, Hidden(Reason.PROTECTS), insider=True)
    for line in by_part.lines if isinstance(by_part, Crossed) else ():
        for figure, meant in zip(line.cells, COLUMNS.values(), strict=True):
            if figure.number == 0:
                before.learns([kind for kind in attacker.kinds if kind[1] in meant and kind[2] == line.part], 0)
    asked = taken_together(people, attacker.kinds, parts) + [group for group, _ in attacker.isolates_by_subtraction(K)]
    known = before.follow(asked)
    assert [group for group in attacker.follow(asked) if group not in known] == []


@pytest.mark.parametrize("seed", range(100) if LONG else (0, 1, 6))
def test_nor_is_it_certain_for_who_knows_that_there_are_no_half_people(seed):
    people, parts, _, by_part = published_of(1_000 + seed)
    known = certain(people, parts, Hidden(Reason.PROTECTS), whole=True)
    assert [group for group in certain(people, parts, by_part, whole=True) if group not in known] == []


def few_who_all_said(answer: str, among: Sequence[tuple[int, str, str, str]], few: int) -> list[Person]:
    return [*of(*among), *of((few, "Mentors", answer, "Sea"))]


@pytest.mark.parametrize(
    "people",
    [
        pytest.param(lambda: few_who_all_said(
            "Show",
            [(18, "Mentees", "Learn", "Road"), (9, "Mentees", "Neither", "Road"), (9, "Mentees", "Neither", "Rail"),
             (8, "Mentors", "Show", "Rail"), (9, "Mentors", "Show", "Road")], 3),
            marks=pytest.mark.skipif(not LONG, reason="make proofs takes the time for it")),
        lambda: few_who_all_said(
            "Neither",
            [(12, "Mentors", "Show", "Rail"), (9, "Mentees", "Learn", "Rail"), (10, "Mentees", "Either", "Rail"),
             (9, "Mentors", "Neither", "Rail"), (8, "Mentees", "Learn", "Road"), (10, "Mentees", "Either", "Road"),
             (14, "Mentors", "Neither", "Road")], 3),
        lambda: few_who_all_said(
            "Show",
            [(9, "Mentors", "Show", "Rail"), (9, "Mentors", "Neither", "Rail"), (9, "Mentees", "Learn", "Rail"),
             (9, "Mentees", "Learn", "Road"), (9, "Mentees", "Neither", "Road"), (9, "Mentors", "Show", "Road")], 1),
    ],
)  # fmt: skip
def test_a_few_who_all_said_the_same_are_not_found_out(people):
    """What the larger parts said, taken from what everybody said, would leave them one answer."""
    people = people()
    parts = ("Rail", "Road", "Sea")
    by_part = crossed(told_of(people), people, parts=parts, columns=COLUMNS)
    assert certain(people, parts, by_part) == []


@pytest.mark.parametrize("seed", range(6) if LONG else (1,))
def test_where_most_parts_are_small_the_larger_ones_are_still_told(seed):
    """Sixty people of twelve parts, eight of them of the other group."""
    chance = random.Random(seed)
    parts = tuple(f"Part {number}" for number in range(12))
    weights = [chance.choice((1, 2, 4, 8)) for _ in parts]
    people = [
        (GROUPS[number >= 53], chance.choices(ANSWERS, (5, 4, 3, 2))[0], chance.choices(parts, weights)[0])
        for number in range(61)
    ]
    by_part = crossed(told_of(people), people, parts=parts, columns=COLUMNS)
    assert isinstance(by_part, Crossed)
    assert any(line.people.number for line in by_part.lines)
    known = isolated(people, parts, Hidden(Reason.PROTECTS))
    assert [group for group in isolated(people, parts, by_part) if group not in known] == []


def test_most_companies_are_told_something_by_part():
    """Silence would pass every attack."""
    told = 0
    for seed in SEEDS:
        _, _, _, by_part = published_of(seed)
        lines = by_part.lines if isinstance(by_part, Crossed) else ()
        told += any(figure.number for line in lines for figure in line.cells)
    assert told >= len(SEEDS) * 2 / 5


def test_each_table_protected_by_itself_would_be_seen_through():
    found = 0
    for seed in SEEDS:
        people, parts, told, _ = published_of(seed)
        answers = {number: answer for number, (_, answer, _) in enumerate(people)}
        apart = by_group(answers, {n: part for n, (_, _, part) in enumerate(people)}, ANSWERS, group_names=parts)
        attacker = attacker_of(people, parts, told, Hidden(Reason.PROTECTS))
        for part, one in apart.groups.items():
            here = [kind for kind in attacker.kinds if kind[2] == part]
            attacker.learns(here, sum(each[2] == part for each in people))
            for bar in one.bars:
                if bar.count.number is not None:
                    attacker.learns([kind for kind in here if kind[1] in bar.categories], int(bar.count.number))
        found += bool(attacker.isolates_by_subtraction(K))
    assert found > 3


def of(*counts: tuple[int, str, str, str]) -> list[Person]:
    return [(group, answer, part) for people, group, answer, part in counts for _ in range(people)]


def lines_of(people: Sequence[Person], parts: Sequence[str]) -> dict[str, list[str]]:
    by_part = crossed(told_of(people), people, parts=parts, columns=COLUMNS)
    assert isinstance(by_part, Crossed)
    return {line.part: [line.people.words, *(cell.words for cell in line.cells)] for line in by_part.lines}


def test_what_is_large_enough_is_told_as_it_is():
    people = of(
        (8, "Mentors", "Show", "Rail"), (7, "Mentors", "Neither", "Rail"), (6, "Mentees", "Learn", "Rail"),
        (9, "Mentors", "Show", "Road"), (8, "Mentees", "Learn", "Road"), (6, "Mentees", "Neither", "Road"),
    )  # fmt: skip
    assert lines_of(people, ("Rail", "Road", "Sea")) == {
        "Rail": ["21", "8", "6", "0", "7"],
        "Road": ["23", "9", "8", "0", "6"],
        "Sea": ["0", "0", "0", "0", "0"],
    }


def test_a_part_in_which_all_say_the_same_keeps_what_they_said():
    people = of(
        (8, "Mentors", "Show", "Rail"), (9, "Mentors", "Show", "Road"), (9, "Mentors", "Neither", "Road"),
        (9, "Mentees", "Learn", "Road"), (9, "Mentees", "Neither", "Road"), (9, "Mentees", "Learn", "Air"),
        (9, "Mentees", "Neither", "Air"), (9, "Mentors", "Show", "Air"),
    )  # fmt: skip
    lines = lines_of(people, ("Rail", "Road", "Air"))
    assert lines["Rail"][1:] == ["everybody gave nearly the same answer"] * 4
    assert "9" not in (lines["Road"][1], lines["Air"][1]) or "hidden to protect others" in (
        lines["Road"][1],
        lines["Air"][1],
    )


def test_how_few_are_in_a_part_is_not_told_nor_to_be_worked_out():
    """Every figure about a small part is hidden, and so is the size of another, where all are known together."""
    seen = 0
    for seed in SEEDS:
        people, parts, _, by_part = published_of(seed)
        sizes = Counter(part for _, _, part in people)
        few = [part for part in parts if 0 < sizes[part] < K]
        if not few or not isinstance(by_part, Crossed):
            continue
        lines = {line.part: line for line in by_part.lines}
        seen += 1
        for part in few:
            assert not lines[part].people.is_shown
            assert all(cell.number in (None, 0) for cell in lines[part].cells)
        assert sum(not line.people.is_shown for line in by_part.lines) >= 2
    assert seen >= 5


def test_where_the_answers_are_not_told_of_all_nothing_is_told_by_part():
    people = of((12, "Mentors", "Show", "Rail"), (12, "Mentees", "Show", "Road"))
    assert crossed(told_of(people), people, parts=("Rail", "Road"), columns=COLUMNS) == Hidden(Reason.PROTECTS)


def test_where_it_cannot_be_decided_in_time_nothing_is_told_by_part(monkeypatch):
    people, parts = company(random.Random(0))
    assert isinstance(crossed(told_of(people), people, parts=parts, columns=COLUMNS), Crossed)
    monkeypatch.setattr(subtraction, "SECONDS", 0.0)
    assert crossed(told_of(people), people, parts=parts, columns=COLUMNS) == Hidden(Reason.PROTECTS)


def test_an_answer_that_no_column_counts_is_refused():
    people = of((12, "Mentors", "Show", "Rail"), (12, "Mentees", "Learn", "Road"))
    with pytest.raises(ValueError, match="not among those"):
        crossed(told_of(people), people, parts=("Rail", "Road"), columns={"Show": ("Show",)})
