"""Two releases of the same figures do not tell what a few people said in between."""

from __future__ import annotations

import random

import pytest

from disclosure import (
    GroupedDistribution,
    Release,
    ThresholdTooLow,
    by_group,
    compatible,
    distribution,
    hold,
    release,
    subtraction,
)

ANSWERS = ("yes", "no")


def counted(**sizes: int) -> Release:
    """People by function; the first are the same in every release."""
    people = [(f"{name}{n}", {"function": name}) for name, size in sizes.items() for n in range(size)]
    return release(people, [("function",)], categories={"function": ["IT", "Operations", "Sales"]})


def asked(**counts: int) -> GroupedDistribution:
    """Answers as side_answer=count."""
    keys = {f"{which}{n}": which.split("_") for which, count in counts.items() for n in range(count)}
    return by_group(
        {key: answer for key, (_, answer) in keys.items()},
        {key: side for key, (side, _) in keys.items()},
        ANSWERS,
        group_names=("mentee", "mentor"),
    )


def test_the_same_figures_may_be_shown_again():
    assert compatible(counted(IT=9, Sales=12), counted(IT=9, Sales=12))


def test_figures_that_differ_by_one_person_are_held():
    before, after = counted(IT=9, Sales=12), counted(IT=9, Sales=13)
    assert not compatible(before, after)
    assert hold([before], after) is before


def test_figures_that_differ_by_five_people_of_one_group_are_shown():
    before, after = counted(IT=9, Sales=12), counted(IT=9, Sales=17)
    assert compatible(before, after)
    assert hold([before], after) is after


def test_the_first_release_is_shown():
    first = counted(IT=9)
    assert hold([], first) is first


def test_a_new_release_is_compared_with_all_that_were_kept_and_not_with_the_last_alone():
    """Six come and five leave, among them five of the six: who kept the first knows of one."""
    first, second = counted(IT=9, Sales=12), counted(IT=9, Sales=18)
    third = counted(IT=9, Sales=13)
    assert compatible(first, second)
    assert compatible(second, third)
    assert not compatible(first, second, third)
    assert hold([first, second], third) is second


def test_what_was_shown_before_may_be_shown_again():
    first, second = counted(IT=9, Sales=12), counted(IT=9, Sales=18)
    assert compatible(first, second, first)


def test_what_cannot_be_decided_in_time_is_held(monkeypatch):
    chance, names = random.Random(1), [f"Function {number}" for number in range(40)]
    at = {person: chance.choice(names) for person in range(2_000)}
    releases = []
    for _ in range(5):
        at |= {person: chance.choice(names) for person in at if chance.random() < 0.3}
        people = [(person, {"function": name}) for person, name in at.items()]
        releases.append(release(people, [("function",)], categories={"function": names}))
    assert compatible(*releases)
    monkeypatch.setattr(subtraction, "SECONDS", 0.01)
    assert not compatible(*releases)


def test_five_newcomers_of_whom_two_are_in_one_group_are_held():
    assert not compatible(counted(IT=9, Sales=12), counted(IT=11, Sales=15))


def test_three_who_left_and_three_who_came_are_six_but_each_group_tells_of_three():
    assert not compatible(counted(IT=9, Sales=12), counted(IT=6, Sales=15))


def test_one_who_changed_group_is_held():
    before = distribution({n: ANSWERS[n % 2] for n in range(20)}, ANSWERS)
    changed = distribution({n: ANSWERS[n % 2] for n in range(19)} | {19: "yes"}, ANSWERS)
    assert not compatible(before, changed)


def test_a_group_of_the_same_size_in_which_two_were_exchanged_is_held():
    people = [(f"sales {n}", "Sales") for n in range(12)]
    before = [(f"it {n}", "IT") for n in range(9)] + people
    after = [(f"it {n}", "IT") for n in range(2, 11)] + people + [(f"new {n}", "Sales") for n in range(5)]
    shown = [release([(key, {"function": f}) for key, f in some], [("function",)]) for some in (before, after)]
    assert [figure.words for figure in shown[1].figures.values()] == ["9", "17", "26"]
    assert not compatible(*shown)


def test_one_newcomer_is_too_few_even_where_the_total_is_hidden():
    before, after = counted(IT=4, Sales=4), counted(IT=4, Sales=4, Operations=1)
    assert not before.table("function").total.is_shown
    assert not compatible(before, after)


def test_hidden_figures_before_are_not_uncovered_by_figures_after():
    """Three in IT were hidden beside Operations; when both are shown with five more in IT and none elsewhere,

    Operations as it was then follows, and with it the three.
    """
    before, after = counted(IT=3, Operations=9, Sales=20), counted(IT=8, Operations=9, Sales=20)
    assert [figure.is_shown for figure in before.figures.values()].count(False) == 2
    assert all(figure.is_shown for figure in after.figures.values())
    assert not compatible(before, after)


def test_answers_are_held_by_side_as_well():
    before = asked(mentee_yes=6, mentee_no=8, mentor_yes=9, mentor_no=7)
    one_more_each = asked(mentee_yes=8, mentee_no=9, mentor_yes=10, mentor_no=8)
    many_more = asked(mentee_yes=12, mentee_no=14, mentor_yes=15, mentor_no=13)
    assert not compatible(before, one_more_each)
    assert compatible(before, many_more)


def test_a_threshold_under_three_is_refused():
    with pytest.raises(ThresholdTooLow):
        compatible(counted(IT=9), counted(IT=9), k=2)
