"""Among equally good answers: the fairest, then a lottery that looks at nothing but the keys."""

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine import Instance, solve, solve_instance
from matching.engine.lottery import seeds_of, ticket_bits, ticket_of
from matching.engine.tests.oracles import all_best_answers, examples, instances, scores_of

few = examples(120)


@few
@given(instances(most=4, best=3))
def test_no_equally_good_answer_has_a_stronger_weakest_pair(instance):
    best = solve_instance(instance)
    answers = all_best_answers(instance)
    assert best.pairs in answers
    weakest = [min((int(scores_of(instance)[pair]) for pair in pairs), default=0) for pairs in answers]
    assert (best.weakest or 0) == max(weakest)
    assert best.unique == (len(answers) == 1)


@few
@given(instances(most=4, best=3, keys=True))
def test_the_lottery_is_won_by_the_highest_sum_of_tickets(instance):
    """The answer is defined by the question alone, so another search must give the same one."""
    answers = all_best_answers(instance)
    common = set.intersection(*(set(pairs) for pairs in answers))

    def weakest_changeable(pairs):
        return min((int(scores_of(instance)[pair]) for pair in set(pairs) - common), default=0)

    fairest = max(weakest_changeable(pairs) for pairs in answers)
    bits = ticket_bits(*instance.shape)
    mentors, mentees = seeds_of(instance.mentor_keys or (), "mentor"), seeds_of(instance.mentee_keys or (), "mentee")
    fair = [pairs for pairs in answers if weakest_changeable(pairs) == fairest]
    drawn = max(fair, key=lambda pairs: sum(ticket_of(mentors[i], mentees[j], bits) for i, j in pairs))
    assert solve_instance(instance).pairs == drawn


@few
@given(instances(most=6, best=2, keys=True), st.data())
def test_permuting_the_input_permutes_the_answer(instance, data):
    n, m = instance.shape
    rows, columns = data.draw(st.permutations(range(n))), data.draw(st.permutations(range(m)))
    new_row, new_column = {old: new for new, old in enumerate(rows)}, {old: new for new, old in enumerate(columns)}

    def moved(pairs):
        return sorted((new_row[i], new_column[j]) for i, j in pairs)

    permuted = Instance.of(
        scores_of(instance)[rows][:, columns] if n and m else scores_of(instance),
        instance.mentor_capacity[rows] if n else [],
        instance.mentee_capacity[columns] if m else [],
        locked=moved(instance.locked),
        barred=moved(instance.barred),
        floor=instance.floor,
        mentor_keys=[(instance.mentor_keys or ())[i] for i in rows],
        mentee_keys=[(instance.mentee_keys or ())[j] for j in columns],
    )
    before, after = solve_instance(instance), solve_instance(permuted)
    assert list(after.pairs) == moved(before.pairs)
    assert [after.u[new_row[i]] for i in range(n)] == list(before.u)
    assert [after.v[new_column[j]] for j in range(m)] == list(before.v)


def test_a_draw_favours_nobody():
    """Three alike mentors and one mentee: over many draws each is chosen about as often."""
    chosen = Counter(
        solve([[5], [5], [5]], mentor_keys=[f"{draw}:{i}" for i in range(3)], mentee_keys=["x"]).pairs[0][0]
        for draw in range(300)
    )
    assert all(70 <= chosen[i] <= 130 for i in range(3))


def test_fairness_costs_neither_a_pair_nor_a_point():
    """10 + 2 and 6 + 6 are the same total; the second leaves nobody with a weak fit."""
    best = solve([[10, 6], [6, 2]])
    assert best.pairs == ((0, 1), (1, 0))
    assert best.weakest == 6
    assert not best.unique
    assert solve([[11, 6], [6, 2]]).pairs == ((0, 0), (1, 1))


@pytest.mark.parametrize("seed", range(6))
def test_when_every_answer_has_the_same_total_the_fairest_is_found(seed):
    """Scores that are a sum of one number for each person make every complete answer equally good."""
    rng = np.random.default_rng(seed)
    mentors, mentees = rng.integers(0, 40, 6), rng.integers(0, 40, 6)
    scores = mentors[:, None] + mentees[None, :]
    best = solve(scores)
    assert best.total == mentors.sum() + mentees.sum()
    assert best.weakest == max(
        min(int(scores[i, j]) for i, j in enumerate(order)) for order in itertools.permutations(range(6))
    )


def test_fairness_looks_past_a_weak_pair_that_nobody_can_help():
    scores = np.full((3, 3), -1)
    scores[0, 0] = 1
    scores[1:, 1:] = [[10, 6], [6, 2]]
    assert solve(scores).pairs == ((0, 0), (1, 2), (2, 1))


def test_tickets_are_the_same_on_every_machine():
    assert seeds_of(["mina"], "mentor").tolist() != seeds_of(["mina"], "mentee").tolist()
    assert ticket_of(seeds_of(["mina"], "mentor")[0], seeds_of(["otto"], "mentee")[0], 40) == 449732224226
