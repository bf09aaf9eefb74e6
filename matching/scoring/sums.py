"""Sums of products of many pairs, in whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from matching.scoring.lists import Lists
from matching.scoring.measures import Product
from matching.scoring.profile import Profile


class Sums(NamedTuple):
    """What each mentor gives and each mentee takes, of things that both sides know.

    Of hundreds of skills everybody names a handful, so a mentor is held beside those alone who take the same.
    """

    gives: Lists
    takes: Lists
    takers: Lists
    """By thing, the mentees who take it."""

    @classmethod
    def of(
        cls, products: Iterable[tuple[int, Product]], mentors: Sequence[Profile], mentees: Sequence[Profile]
    ) -> Sums:
        """All of these products together, each with its weight."""
        gives: list[list[tuple[int, int]]] = [[] for _ in mentors]
        takes: list[list[tuple[int, int]]] = [[] for _ in mentees]
        things = 0
        for weight, product in products:
            given, taken = [product.mentor(each) for each in mentors], [product.mentee(each) for each in mentees]
            both = set(chain.from_iterable(given)) & set(chain.from_iterable(taken))
            number = {thing: place for place, thing in enumerate(both, start=things)}
            things += len(number)
            for lists, people, times in ((gives, given, weight), (takes, taken, 1)):
                for found, person in zip(lists, people, strict=True):
                    found += [(number[thing], times * points) for thing, points in person.items() if thing in number]
        wanted = Lists.of(takes)
        return cls(Lists.of(gives), wanted, wanted.turned(things))
