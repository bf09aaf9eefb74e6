"""The compiled loops over many pairs: what two have in common, and what their products come to.

A block holds the pairs of some mentors (rows, the first of them `start`) with every mentee (columns). Single pairs are
the mentors `rows` with the mentees at the same places of `columns`. Only processes that search load this.
"""

from __future__ import annotations

import numpy as np

from matching.engine.compiled import compiled
from matching.scoring.lists import Places, Points
from matching.scoring.shared import Shared
from matching.scoring.sums import Sums


@compiled
def _count_bits(bits: np.uint64) -> np.int32:
    """Side by side in pairs, nibbles and bytes (Warren, *Hacker's Delight*, section 5-1)."""
    bits -= (bits >> np.uint64(1)) & np.uint64(0x5555555555555555)
    bits = (bits & np.uint64(0x3333333333333333)) + ((bits >> np.uint64(2)) & np.uint64(0x3333333333333333))
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int32((bits * np.uint64(0x0101010101010101)) >> np.uint64(56))


@compiled
def add_sums(sums: Sums, start: int, total: Points) -> None:
    """What each mentor gives of a thing times what each mentee takes of it."""
    gives, takers = sums.gives, sums.takers
    for r in range(len(total)):
        row = total[r]
        for place in range(gives.first[start + r], gives.first[start + r + 1]):
            thing, given = gives.what[place], gives.points[place]
            for taker in range(takers.first[thing], takers.first[thing + 1]):
                row[takers.what[taker]] += given * takers.points[taker]


@compiled
def add_sums_of_pairs(sums: Sums, rows: Places, columns: Places, total: Points) -> None:
    """The same of single pairs; quickest where those of one mentor follow one another."""
    gives, takes = sums.gives, sums.takes
    given = np.zeros(len(sums.takers.first) - 1, dtype=np.int32)
    spread = -1
    for pair in range(len(rows)):
        mentor, mentee = rows[pair], columns[pair]
        if mentor != spread:
            if spread >= 0:
                for place in range(gives.first[spread], gives.first[spread + 1]):
                    given[gives.what[place]] = 0
            for place in range(gives.first[mentor], gives.first[mentor + 1]):
                given[gives.what[place]] = gives.points[place]
            spread = mentor
        for place in range(takes.first[mentee], takes.first[mentee + 1]):
            total[pair] += given[takes.what[place]] * takes.points[place]


@compiled
def _weigh_row(shared: Shared, mentor: int, points: Points) -> None:
    """Points for what one mentor has in common with everybody."""
    people, enough, each = len(points), len(shared.points) - 1, shared.points[1]
    if enough == 1 and len(shared.mentor_bits) == 1:  # one thing is enough, of a word of them: so it mostly is
        own = shared.mentor_bits[0, mentor]
        for c in range(people):
            points[c] = each if own & shared.mentee_bits[0, c] else 0
        return
    points[:] = 0
    for word in range(len(shared.mentor_bits)):
        own = shared.mentor_bits[word, mentor]
        for c in range(people):
            points[c] += _count_bits(own & shared.mentee_bits[word, c])
    for place in range(shared.mentor_things.first[mentor], shared.mentor_things.first[mentor + 1]):
        thing = shared.mentor_things.what[place]
        for holder in range(shared.holders.first[thing], shared.holders.first[thing + 1]):
            points[shared.holders.what[holder]] += 1
    if each * enough == shared.points[enough]:  # as many for each thing: a product is quicker than a table
        for c in range(people):
            points[c] = min(points[c], enough) * each
    else:
        for c in range(people):
            points[c] = shared.points[min(points[c], enough)]


@compiled
def add_shared(shared: Shared, start: int, total: Points) -> None:
    """Add the points for what the two have in common."""
    points = np.empty(total.shape[1], dtype=np.int32)
    for r in range(len(total)):
        _weigh_row(shared, start + r, points)
        for c in range(len(points)):
            total[r, c] += points[c]


@compiled
def raise_to_shared(shared: Shared, start: int, most: Points) -> None:
    """The same where it is not added, but the most of several counts."""
    points = np.empty(most.shape[1], dtype=np.int32)
    for r in range(len(most)):
        _weigh_row(shared, start + r, points)
        for c in range(len(points)):
            most[r, c] = max(most[r, c], points[c])


@compiled
def raise_pairs_to_shared(shared: Shared, rows: Places, columns: Places, most: Points) -> None:
    """The same of single pairs."""
    mine, theirs = shared.mentor_things, shared.mentee_things
    for pair in range(len(rows)):
        mentor, mentee = rows[pair], columns[pair]
        counted = 0
        for word in range(len(shared.mentor_bits)):
            counted += int(_count_bits(shared.mentor_bits[word, mentor] & shared.mentee_bits[word, mentee]))
        one, other = mine.first[mentor], theirs.first[mentee]
        while one < mine.first[mentor + 1] and other < theirs.first[mentee + 1]:
            had, wanted = mine.what[one], theirs.what[other]
            counted += had == wanted
            one += had <= wanted
            other += wanted <= had
        most[pair] = max(most[pair], shared.points[min(counted, len(shared.points) - 1)])
