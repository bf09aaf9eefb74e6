"""Questions that depend on one another, told together: whoever keeps every figure and calculates isolates nobody."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from itertools import product

import pytest

from disclosure import K
from disclosure.tests.attacker import Attacker
from programs.choices import AskedOf, Side
from surveys import releases
from surveys.choices import QuestionKind
from surveys.linked import Links
from surveys.models import Answer, Question
from surveys.releases import NO_ANSWER, SIDES, QuestionResult

LONG = os.environ.get("UPWELL_LONG_PROOFS") == "1"
NOT_ASKED = "not asked"
FIRST, SECOND, THIRD = ("Yes", "No", "Perhaps"), ("Tea", "Milk"), ("Now", "Later")


def linked(chance: random.Random) -> list[Question]:
    """Three questions: the second hangs on the first, the third on either of them."""

    def some(options: Sequence[str]) -> list[str]:
        return chance.sample(options, chance.randint(1, len(options) - 1))

    asks = [
        Question(pk=1, position=1, kind=QuestionKind.CHOICE, words="First", options=list(FIRST)),
        Question(pk=2, position=2, kind=QuestionKind.CHOICE, words="Second", options=list(SECOND), only_if=1,
                 only_if_answers=some(FIRST)),
    ]  # fmt: skip
    on = chance.choice((1, 2))
    asks.append(
        Question(pk=3, position=3, kind=QuestionKind.CHOICE, words="Third", options=list(THIRD), only_if=on,
                 only_if_answers=some(FIRST if on == 1 else SECOND),
                 asked_of=chance.choice((AskedOf.BOTH, AskedOf.BOTH, AskedOf.MENTORS)))
    )  # fmt: skip
    return asks


def answered(asks: Sequence[Question], chance: random.Random) -> list[Answer]:
    """Some skip a question; how often each answer is given differs from survey to survey."""
    weights = {each.pk: [chance.choice((1, 2, 6, 12)) for _ in each.options] for each in asks}
    skips = chance.choice((0.0, 0.05, 0.2))
    found = []
    for side in Side:
        for _ in range(chance.choice((8, 16, 30))):
            values = {
                str(each.pk): chance.choices(each.options, weights[each.pk])[0]
                for each in asks
                if chance.random() >= skips
            }
            kept = Links(asks, [Answer(side=side, values=values)], k=K)
            came = [each for each in asks if kept.asked(each)]
            found.append(
                Answer(side=side, values={key: values[key] for each in came if (key := str(each.pk)) in values})
            )
    return found


def kinds(asks: Sequence[Question]) -> Iterator[tuple]:
    """Every way in which somebody of either side can go through the three."""
    for side, given in product(Side, product(*((None, *each.options) for each in asks))):
        values = {str(each.pk): value for each, value in zip(asks, given, strict=True) if value is not None}
        links = Links(asks, [Answer(side=side, values=values)], k=K)
        seen = tuple(value if links.asked(each) else NOT_ASKED for each, value in zip(asks, given, strict=True))
        yield (side.value, *seen)


def isolated(asks: Sequence[Question], answers: Sequence[Answer]) -> list[object]:
    """What somebody works out of a few people from all that is told of the three, by all and by side."""
    results = releases._question_results(asks, answers)
    attacker = Attacker(sorted(set(kinds(asks)), key=str))
    attacker.learns(attacker.kinds, len(answers))
    for side in Side:
        attacker.learns(
            [kind for kind in attacker.kinds if kind[0] == side.value], sum(a.side == side for a in answers)
        )
    for place, result in enumerate(results, start=1):
        for name, one in {"": result.released.total, **result.released.groups}.items():
            here = [kind for kind in attacker.kinds if not name or SIDES[kind[0]] == name]
            told = [kind for kind in here if kind[place] != NOT_ASKED and (kind[place] or counts_skips(result, name))]
            if one.n.number is not None:
                attacker.learns(told, one.n.number)
            for bar in one.bars:
                if bar.count.number is not None:
                    meant = [kind for kind in told if (kind[place] or NO_ANSWER) in bar.categories]
                    attacker.learns(meant, bar.count.number)
    return list(attacker.isolates_by_subtraction(K))


def counts_skips(result: QuestionResult, name: str) -> bool:
    one = result.released.groups[name] if name else result.released.total
    return any(NO_ANSWER in bar.categories for bar in one.bars)


SEEDS = range(400 if LONG else 40)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_two_linked_conditions_isolate_a_few(seed):
    chance = random.Random(seed)
    asks = linked(chance)
    assert isolated(asks, answered(asks, chance)) == []


def test_most_of_these_surveys_tell_something_of_the_later_questions():
    """Silence would pass every attack."""
    told = 0
    for seed in SEEDS:
        chance = random.Random(seed)
        asks = linked(chance)
        results = releases._question_results(asks, answered(asks, chance))
        told += sum(result.released.total.reason is None for result in results[1:])
    assert told > len(SEEDS) / 3


def test_without_its_guard_some_survey_is_seen_through(monkeypatch):
    monkeypatch.setattr(Links, "may_tell", lambda self, question, bar: True)
    found = 0
    for seed in SEEDS:
        chance = random.Random(seed)
        asks = linked(chance)
        found += bool(isolated(asks, answered(asks, chance)))
    assert found > 3


# By hand


def said(*given: tuple[int, dict[str, object]]) -> list[Answer]:
    return [Answer(side=Side.MENTOR, values=values) for people, values in given for _ in range(people)]


def choice(pk: int, options: Sequence[str], **more: object) -> Question:
    return Question(pk=pk, position=pk, kind=more.pop("kind", QuestionKind.CHOICE), words=f"{pk}?",
                    options=list(options), **more)  # type: ignore[misc]  # fmt: skip


def shown(asks: Sequence[Question], answers: Sequence[Answer]) -> list[dict[tuple[str, ...], float] | None]:
    """The bars of each question; None of one that is not told."""
    return [
        None
        if each.released.total.reason is not None
        else {bar.categories: bar.count.number for bar in each.released.total.bars if bar.count.number is not None}
        for each in releases._question_results(asks, answers)
    ]


def test_of_those_who_came_to_it_it_is_told_and_who_did_not_come_is_no_part_of_it():
    asks = [choice(1, ("Yes", "No")), choice(2, ("Tea", "Milk"), only_if=1, only_if_answers=["Yes"])]
    answers = said((7, {"1": "Yes", "2": "Tea"}), (8, {"1": "Yes", "2": "Milk"}), (9, {"1": "No"}))
    assert shown(asks, answers) == [{("Yes",): 15, ("No",): 9}, {("Tea",): 7, ("Milk",): 8}]


def test_where_few_were_not_led_on_the_later_question_is_not_told():
    asks = [choice(1, ("Yes", "No")), choice(2, ("Tea", "Milk"), only_if=1, only_if_answers=["Yes"])]
    answers = said((17, {"1": "Yes", "2": "Tea"}), (8, {"1": "Yes", "2": "Milk"}), (4, {"1": "No"}))
    assert shown(asks, answers)[1] is None


def test_two_that_overlap_in_a_few_are_not_both_told():
    """20 said a, 2 said b, 18 said c. Led on by a or b: 22. By b or c: 20. Of 40: two said b."""
    asks = [
        choice(1, ("a", "b", "c")), choice(2, ("Tea", "Milk"), only_if=1, only_if_answers=["a", "b"]),
        choice(3, ("Now", "Later"), only_if=1, only_if_answers=["b", "c"]),
    ]  # fmt: skip
    answers = said(
        (10, {"1": "a", "2": "Tea"}), (10, {"1": "a", "2": "Milk"}), (2, {"1": "b", "2": "Tea", "3": "Now"}),
        (9, {"1": "c", "3": "Now"}), (9, {"1": "c", "3": "Later"}),
    )  # fmt: skip
    assert [each is None for each in shown(asks, answers)[1:]].count(True) >= 1


def test_of_several_options_who_chose_two_is_not_worked_out():
    """12 chose x, 11 chose y; 21 came by either of them, so two chose both."""
    asks = [
        choice(1, ("x", "y", "z"), kind=QuestionKind.SEVERAL),
        choice(2, ("Tea", "Milk"), only_if=1, only_if_answers=["x", "y"]),
    ]
    answers = said(
        (10, {"1": ["x"], "2": "Tea"}), (9, {"1": ["y"], "2": "Milk"}), (2, {"1": ["x", "y"], "2": "Tea"}),
        (9, {"1": ["z"]}),
    )  # fmt: skip
    assert shown(asks, answers)[-1] is None


def test_what_hangs_on_a_question_that_is_not_told_is_not_told_either():
    asks = [choice(1, ("Yes", "No")), choice(2, ("Tea", "Milk"), only_if=1, only_if_answers=["Yes"])]
    answers = said((12, {"1": "Yes", "2": "Tea"}), (12, {"1": "Yes", "2": "Milk"}))
    assert shown(asks, answers) == [None, None], "all said yes, and how many came would say so"


def test_a_scale_that_leads_on_is_cut_where_its_bars_are():
    asks = [
        choice(1, (), kind=QuestionKind.SCALE),
        choice(2, ("Tea", "Milk"), only_if=1, only_if_answers=["1", "2", "3"]),
    ]
    answers = said(
        (6, {"1": 2, "2": "Tea"}), (6, {"1": 3, "2": "Milk"}), (7, {"1": 4}), (8, {"1": 5}), (5, {"1": 1, "2": "Tea"})
    )
    assert shown(asks, answers)[1] == {("Tea",): 11, ("Milk",): 6}
