"""Somebody who keeps every release of a company whose people come, leave and change finds no group of a few."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from disclosure import batches, by_group, compatible, hold, release
from disclosure.tests.attacker import Attacker
from disclosure.tests.proofs import LONG

FUNCTIONS = ("IT", "Operations", "Sales")
SIDES = ("mentee", "mentor")
ANSWERS = ("no", "partly", "yes")
RELEASES = 4
K = 5

Person = int
Kind = tuple[str, str]
Company = dict[Person, Kind]


def moments(seed: int, kinds: Sequence[Kind]) -> list[Company]:
    """A made-up company, and what a few rounds of coming, leaving and changing make of it."""
    chance = random.Random(seed)
    weights = [chance.choice([0, 1, 2, 6]) + 0.1 for _ in kinds]
    stay = [chance.choice([kind for kind in kinds if kind[1] == side]) for side in SIDES for _ in range(K)]
    people = dict(enumerate(stay + chance.choices(kinds, weights, k=chance.choice([5, 15, 40, 80]))))
    seen = [people]
    newest = len(people)
    while len(seen) < RELEASES:
        people = dict(people)
        for _ in range(chance.choice([1, 1, 2, 3])):
            what, many = chance.choice(["come", "come", "leave", "change"]), chance.choice([1, 3, 5, 6, 7, 8, 12])
            to = chance.choice(kinds)
            here = chance.choice(kinds)
            some = [person for person, kind in people.items() if kind == here and person >= len(stay)][:many]
            if what == "come":
                people |= dict.fromkeys(range(newest, newest + many), to)
                newest += many
            else:
                people |= dict.fromkeys(some, to)
                if what == "leave":
                    people = {person: kind for person, kind in people.items() if person not in some}
        seen.append(people)
    return seen


def tables(people: Company) -> Any:
    rows = [(person, {"function": function, "side": side}) for person, (function, side) in people.items()]
    return release(rows, [("function", "side")], k=K, categories={"function": FUNCTIONS, "side": SIDES})


def answers(people: Company) -> Any:
    return by_group(
        {person: answer for person, (answer, _) in people.items()},
        {person: side for person, (_, side) in people.items()},
        ANSWERS, group_names=SIDES, k=K,
    )  # fmt: skip


def read(seed: int, made: Callable[[Company], Any], kinds: Sequence[Kind]) -> list[tuple[Company, Any]]:
    """What is on show one after another, each release once, with the people as they were."""
    seen: list[tuple[Company, Any]] = []
    for people in moments(seed, kinds):
        new = made(people)
        if hold([one for _, one in seen], new, k=K) is new:
            seen.append((people, new))
    return seen


def isolated(seen: Sequence[tuple[Company, Any]]) -> list[object]:
    """Groups of 1 to 4 people that follow from two releases or more.

    The attacker knows which courses through the kinds were taken, and that people of any kind may just have stayed.
    """
    everybody = dict.fromkeys(itertools.chain.from_iterable(people for people, _ in seen))
    courses = Counter(tuple(people.get(person) for people, _ in seen) for person in everybody)
    attacker = Attacker(list(courses))
    groups: list[list[tuple[Kind | None, ...]]] = []
    for number, (people, released) in enumerate(seen):
        for published in released.published.values():
            here = {people[person] for person in published.people}
            inside = [course for course in courses if course[number] in here]
            groups.append(inside)
            if published.counts and published.figure.is_shown:
                attacker.learns(inside, published.figure.number)
    kinds_seen = {kind for course in courses for kind in course if kind is not None}
    for one, other in itertools.combinations(range(len(seen)), 2):
        for kind in kinds_seen:
            groups.append([course for course in courses if course[one] == kind != course[other]])
            groups.append([course for course in courses if course[other] == kind != course[one]])
        groups.append([course for course in courses if course[one] is None and course[other] is not None])
        groups.append([course for course in courses if course[other] is None and course[one] is not None])
    groups += [[course] for course in courses]
    few = [group for group in groups if 0 < sum(courses[course] for course in group) < K]
    return [*attacker.isolates_by_subtraction(K), *attacker.isolates(few, K)]


KINDS = list(itertools.product(FUNCTIONS, SIDES))
GIVEN = list(itertools.product(ANSWERS, SIDES))
Family = tuple[Callable[[Company], Any], Sequence[Kind]]
FAMILIES: tuple[Family, ...] = ((tables, KINDS), (answers, GIVEN))


def leaks(seed: int, family: Family) -> list[object]:
    seen = read(seed, *family)
    return isolated(seen) if len(seen) > 1 else []


TOLD_BY_THREE = [(13, FAMILIES[0]), (60, FAMILIES[0])]
"""Companies of which each release and the one before it tell nothing, and three together would."""


@pytest.mark.parametrize("family", FAMILIES, ids=["tables", "answers"])
@pytest.mark.parametrize("tens", range(50 if LONG else 1))
def test_in_no_company_do_all_releases_together_isolate_a_group(tens, family):
    seeds = range(10 * tens, 10 * tens + (10 if LONG else 3))
    assert [(seed, leak) for seed in seeds for leak in leaks(seed, family)] == []


@pytest.mark.parametrize(("seed", "family"), TOLD_BY_THREE)
def test_what_only_three_releases_together_would_tell_is_held(seed, family):
    assert leaks(seed, family) == []


def test_new_releases_do_appear():
    """Silence would pass every attack."""
    assert [len(read(seed, tables, KINDS)) > 1 for seed in (13, 60)] == [True, True]


# Without a rule


@pytest.mark.parametrize(("seed", "family"), TOLD_BY_THREE)
def test_judged_by_the_release_before_alone_a_company_is_seen_through(monkeypatch, seed, family):
    monkeypatch.setattr(batches, "compatible", lambda *releases, k: compatible(*releases[-2:], k=k))
    assert leaks(seed, family)


@pytest.mark.parametrize("family", FAMILIES, ids=["tables", "answers"])
@pytest.mark.parametrize("rule", ["compatible", "_isolates_nobody"])
def test_without_a_rule_a_company_is_seen_through(monkeypatch, rule, family):
    monkeypatch.setattr(batches, rule, lambda *arguments, **settings: True)
    assert leaks(3, family)
