"""The choice of what to hide, put directly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from disclosure.suppression import Need, Problem, broken, choose, holds_for_whole_people


def four_fives_and_a_four() -> Problem:
    """Five people on a scale from 1 to 5, all bars hidden; on show are their number and their mean, 4.8."""
    atoms = np.array([0.0, 0.0, 0.0, 1.0, 4.0])
    figures = np.vstack([np.ones(5), np.arange(5.0), np.eye(5)])
    values = figures @ atoms
    rounding = np.array([0, 0.25, 0, 0, 0, 0, 0])
    bars = np.array([False, False, True, True, True, True, True])
    return Problem(
        atoms=atoms,
        figures=sparse.csr_matrix(figures),
        weights=np.ones(7),
        must_hide=bars,
        may_hide=~bars,
        word_low=np.zeros(7),
        word_high=np.full(7, np.inf),
        needs=[Need(np.eye(5)[3], reach=5.0, fall=0.0)],
        shown_low=values - rounding,
        shown_high=values + rounding,
    )


def test_half_people_hide_what_whole_people_give_away():
    """A mean of 4.8 is one four, or, for a reader who allows it, half a three."""
    problem = four_fives_and_a_four()
    assert not broken(problem, problem.must_hide, {})
    assert not holds_for_whole_people(problem, problem.must_hide)


def test_with_the_mean_hidden_whole_people_give_nothing_away():
    problem = four_fives_and_a_four()
    hidden = problem.must_hide.copy()
    hidden[1] = True
    assert holds_for_whole_people(problem, hidden)


def one_small_of_three(weights: list[float]) -> Problem:
    """Groups of 3, 9 and 20 people and their total of 32."""
    atoms = np.array([3.0, 9.0, 20.0])
    return Problem(
        atoms=atoms,
        figures=sparse.csr_matrix(np.vstack([np.eye(3), np.ones(3)])),
        weights=np.array(weights),
        must_hide=np.array([True, False, False, False]),
        may_hide=np.ones(4, dtype=bool),
        word_low=np.array([1.0, 5.0, 5.0, 5.0]),
        word_high=np.array([4.0, np.inf, np.inf, np.inf]),
        needs=[Need(np.eye(3)[0], reach=5.0), Need(np.eye(3)[0], width=2.0)],
    )


def chosen(problem: Problem) -> np.ndarray:
    hidden = choose(problem)
    assert hidden is not None
    return hidden


def test_the_least_valuable_figure_is_hidden():
    assert chosen(one_small_of_three([1, 2, 3, 4])).tolist() == [True, True, False, False]
    assert chosen(one_small_of_three([1, 3, 2, 4])).tolist() == [True, False, True, False]
    assert chosen(one_small_of_three([1, 4, 3, 2])).tolist() == [True, False, False, True]


def test_where_nothing_may_be_hidden_there_is_no_choice():
    problem = replace(one_small_of_three([1, 1, 1, 1]), may_hide=np.zeros(4, dtype=bool))
    assert choose(problem) is None


def test_a_large_problem_is_solved_by_the_greedy_choice_and_is_safe_too(monkeypatch):
    monkeypatch.setattr("disclosure.suppression.EXACT_UP_TO", 0)
    problem = one_small_of_three([1, 2, 3, 4])
    hidden = chosen(problem)
    assert hidden.tolist() == [True, True, False, False]
    assert not broken(problem, hidden, {})
