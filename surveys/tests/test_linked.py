"""Questions that depend on one another, told together: whoever keeps every figure and calculates isolates nobody."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product

import numpy as np
import pytest

from disclosure import Crossed, K, comments
from disclosure.tests.attacker import Attacker
from programs.choices import AskedOf, Side
from surveys import releases
from surveys.choices import NO_ANSWER, Interest, QuestionKind
from surveys.linked import Links
from surveys.models import Answer, Question
from surveys.releases import SIDES, QuestionResult
from surveys.supply import Crossing, columns_with

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


WROTE = "More"


def can_say(question: Question) -> list[str]:
    return question.options or [WROTE]


def answered(asks: Sequence[Question], chance: random.Random, *, sizes: Sequence[int] = (8, 16, 30)) -> list[Answer]:
    """Some skip a question; how often each answer is given differs from survey to survey."""
    weights = {each.pk: [chance.choice((1, 2, 6, 12)) for _ in can_say(each)] for each in asks}
    skips = chance.choice((0.0, 0.05, 0.2))
    found = []
    for side in Side:
        for _ in range(chance.choice(sizes)):
            values = {
                str(each.pk): chance.choices(can_say(each), weights[each.pk])[0]
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
    for side, given in product(Side, product(*((None, *can_say(each)) for each in asks))):
        values = {str(each.pk): value for each, value in zip(asks, given, strict=True) if value is not None}
        links = Links(asks, [Answer(side=side, values=values)], k=K)
        seen = tuple(value if links.asked(each) else NOT_ASKED for each, value in zip(asks, given, strict=True))
        yield (side.value, *seen)


def isolated(asks: Sequence[Question], answers: Sequence[Answer]) -> list[object]:
    """What somebody works out of a few people from all that is told of the three, by all and by side.

    Texts can be counted. As many as there are wrote, unless some were left out by chance; then at least as many.
    """
    results, texts = releases._told(asks, answers)
    attacker = Attacker(sorted(set(kinds(asks)), key=str))
    attacker.learns(attacker.kinds, len(answers))
    for side in Side:
        attacker.learns(
            [kind for kind in attacker.kinds if kind[0] == side.value], sum(a.side == side for a in answers)
        )
    for question, found in texts.items():
        wrote = sum(str(question) in answer.values for answer in answers)
        group = [kind for kind in attacker.kinds if kind[question] == WROTE]
        attacker.learns(group, len(found), len(found) if len(found) == wrote else float("inf"))
    for result in results:
        place = result.question
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


# Each survey of the short runs is seen through by somebody as soon as a guard is left out.
SEEDS = range(400) if LONG else (0, 2, 3, 5, 6, 9, 13, 14, 16, 19)
SEEN_THROUGH = SEEDS if LONG else SEEDS[:4]


def of_three(seed: int) -> tuple[list[Question], list[Answer]]:
    chance = random.Random(seed)
    asks = linked(chance)
    return asks, answered(asks, chance)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_two_linked_conditions_isolate_a_few(seed):
    assert isolated(*of_three(seed)) == []


def test_most_of_these_surveys_tell_something_of_the_later_questions():
    """Silence would pass every attack."""
    told, seeds = 0, range(400 if LONG else 15)
    for seed in seeds:
        results = releases._told(*of_three(seed))[0]
        told += sum(result.released.total.reason is None for result in results[1:])
    assert told > len(seeds) / 3


def test_without_its_guard_some_survey_is_seen_through(monkeypatch):
    monkeypatch.setattr(Links, "may_tell", lambda self, question, stands: True)
    assert sum(bool(isolated(*of_three(seed))) for seed in SEEN_THROUGH) > 3


# Where one of the three is answered in words

IN_WORDS = range(400) if LONG else (2, 3, 4, 12, 14, 17, 20, 21, 33, 34)
READ_THROUGH = IN_WORDS if LONG else IN_WORDS[:4]


def with_words(chance: random.Random) -> tuple[list[Question], list[Answer]]:
    asks = linked(chance)
    asked = chance.choice([each for each in asks[1:] if not any(other.only_if == each.pk for other in asks)])
    asked.kind, asked.options = QuestionKind.COMMENT, []
    return asks, answered(asks, chance, sizes=(16, 30, 60))


@pytest.mark.parametrize("seed", IN_WORDS)
def test_how_many_wrote_isolates_nobody_beside_the_figures(seed):
    assert isolated(*with_words(random.Random(seed))) == []


def test_texts_are_read_in_many_of_these_surveys_and_without_their_guards_some_are_seen_through(monkeypatch):
    read = sum(bool(releases._told(*with_words(random.Random(seed)))[1]) for seed in IN_WORDS)
    assert read > len(IN_WORDS) / 4
    monkeypatch.setattr(Links, "may_tell", lambda self, question, stands: True)
    monkeypatch.setattr("surveys.releases.comments", lambda texts, *, k, of, smallest_group: comments(texts, k=k))
    assert sum(bool(isolated(*with_words(random.Random(seed)))) for seed in READ_THROUGH) > 3


# Where a side answers alike

ONE_SIDED = range(400) if LONG else (24, 31, 40, 58, 73, 85)


def one_sided(chance: random.Random) -> tuple[list[Question], list[Answer]]:
    """Mentors who all answer alike, mentees who sometimes do, and a question that hangs on that very answer."""
    asks = linked(chance)
    asks[1].asked_of = chance.choice((AskedOf.BOTH, AskedOf.MENTORS))
    asks[1].only_if_answers = asks[1].only_if_answers[:1]
    if asks[2].only_if == 2 and asks[1].asked_of != AskedOf.BOTH:
        asks[2].asked_of = asks[1].asked_of
    found: list[Answer] = []
    for side in Side:
        here = [answer for answer in answered(asks, chance) if answer.side == side]
        if side == Side.MENTOR or chance.random() < 0.3:
            liked = {str(each.pk): chance.choice(each.options) for each in asks} | {"1": asks[1].only_if_answers[0]}
            for answer in here:
                said = {**liked, **answer.values, "1": liked["1"]}
                came = Links(asks, [Answer(side=side, values=said)], k=K)
                answer.values = {str(each.pk): said[str(each.pk)] for each in asks if came.asked(each)}
        found += here
    return asks, found


def worked_out(asks: Sequence[Question], answers: Sequence[Answer]) -> list[object]:
    """Bars of the first question that are not shown, and follow once the later ones are read beside it."""
    results, _ = releases._told(asks, answers)
    ways = sorted(set(kinds(asks)), key=str)

    def of(meant: Sequence[tuple]) -> np.ndarray:
        return np.array([float(kind in meant) for kind in ways])

    told = [of(ways), *(of([kind for kind in ways if kind[0] == side.value]) for side in Side)]
    hidden: list[tuple[object, np.ndarray]] = []
    alone = 0
    for place, result in enumerate(results, start=1):
        for name, one in {"": result.released.total, **result.released.groups}.items():
            here = [kind for kind in ways if not name or SIDES[kind[0]] == name]
            came = [kind for kind in here if kind[place] != NOT_ASKED and (kind[place] or counts_skips(result, name))]
            told += [of(came)] if one.n.number is not None else []
            for bar in one.bars:
                meant = of([kind for kind in came if (kind[place] or NO_ANSWER) in bar.categories])
                if bar.count.number is not None:
                    told.append(meant)
                elif place == 1:
                    hidden.append(((name, bar.categories), meant))
        alone = alone or len(told)

    def follows(bar: np.ndarray, figures: Sequence[np.ndarray]) -> bool:
        known = np.array(figures)
        return bool(np.linalg.matrix_rank(np.vstack([known, bar])) == np.linalg.matrix_rank(known))

    return [what for what, bar in hidden if follows(bar, told) and not follows(bar, told[:alone])]


@pytest.mark.parametrize("seed", ONE_SIDED)
def test_no_bar_that_is_not_shown_follows_from_what_hangs_on_its_question(seed):
    assert worked_out(*one_sided(random.Random(seed))) == []


def test_without_its_guard_some_bar_would_follow(monkeypatch):
    monkeypatch.setattr(Links, "may_tell", lambda self, question, stands: True)
    assert sum(bool(worked_out(*one_sided(random.Random(seed)))) for seed in ONE_SIDED[:120]) > 3


# Who would take part, by side and by area


WISHES, AREAS = tuple(Interest.values), ("Rail", "Road", "Air")
AREA_PLACES = (*AREAS, NO_ANSWER)


def of_interest(chance: random.Random) -> tuple[list[Question], list[Answer]]:
    """Whether one would, where one works, and two questions that hang on these."""
    asks = [
        choice(1, WISHES), choice(2, AREAS), choice(3, THIRD, only_if=1, only_if_answers=chance.sample(WISHES, 2)),
        choice(4, SECOND, only_if=2, only_if_answers=["Rail"]),
    ]  # fmt: skip
    found = []
    for area in chance.sample(AREA_PLACES, chance.randint(2, 4)):
        weights = [chance.choice((0, 1, 3, 9)) for _ in WISHES]
        weights[chance.randrange(4)] += 1
        for _ in range(chance.choice((3, 9, 20, 40))):
            side = chance.choice(list(Side))
            values = {"1": chance.choices(WISHES, weights)[0], "2": area, "3": chance.choice(THIRD), "4": "Tea"}
            values = {key: value for key, value in values.items() if value != NO_ANSWER and chance.random() > 0.04}
            came = Links(asks, [Answer(side=side, values=values)], k=K)
            kept = {str(each.pk) for each in asks if came.asked(each)}
            found.append(Answer(side=side, values={key: value for key, value in values.items() if key in kept}))
    return asks, found


@cache
def told_by_area(seed: int) -> tuple[dict[int, QuestionResult], object]:
    """What is told of each question, and of whether one would by where one works."""
    asks, answers = of_interest(random.Random(seed))
    results = {each.question: each for each in releases._told(asks, answers, apart=asks[1])[0]}
    return results, releases.by_area(Crossing(asks[0], asks[1]), answers)


def seen_by_area(seed: int, *, areas: bool = True) -> list[list[tuple]]:
    """Groups that somebody isolates who reads how many would, by side, by area and in what hangs on it."""
    asks, answers = of_interest(random.Random(seed))
    results, found_by_area = told_by_area(seed)
    wishes, thirds = (*WISHES, None), (*THIRD, None, NOT_ASKED)
    attacker = Attacker(
        [
            (side.value, wish, area, third)
            for side, wish, area, third in product(Side, wishes, AREA_PLACES, thirds)
            if (third == NOT_ASKED) != (wish in asks[2].only_if_answers)
        ]
    )
    for side in Side:
        here = [kind for kind in attacker.kinds if kind[0] == side.value]
        attacker.learns(here, sum(answer.side == side for answer in answers))
    wished = results[1]
    for question, place in ((1, 1), (3, 3)):
        for name, one in {"": results[question].released.total, **results[question].released.groups}.items():
            here = [kind for kind in attacker.kinds if not name or SIDES[kind[0]] == name]
            counts = counts_skips(results[question], name)
            came = [kind for kind in here if kind[place] != NOT_ASKED and (kind[place] or counts)]
            if one.n.number is not None:
                attacker.learns(came, int(one.n.number))
            for bar in one.bars:
                if bar.count.number is not None:
                    attacker.learns(
                        [kind for kind in came if (kind[place] or NO_ANSWER) in bar.categories], int(bar.count.number)
                    )
    columns = columns_with(NO_ANSWER if counts_skips(wished, "") else None)
    for line in found_by_area.lines if areas and isinstance(found_by_area, Crossed) else ():
        here = [kind for kind in attacker.kinds if kind[2] == line.part and (kind[1] or counts_skips(wished, ""))]
        for figure, meant in [(line.people, None), *zip(line.cells, columns.values(), strict=True)]:
            if figure.number is not None:
                group = [kind for kind in here if meant is None or (kind[1] or NO_ANSWER) in meant]
                attacker.learns(group, int(figure.number))
    few = [
        [kind for kind in attacker.kinds if all(want in (None, have) for want, have in zip(wanted, kind, strict=False))]
        for wanted in product((None, *(side.value for side in Side)), (None, *WISHES), (None, *AREA_PLACES))
    ]
    found = [group for group, _ in attacker.isolates_by_subtraction(K)]
    return found + [group for group, _, _ in attacker.isolates(few, K)]


AREA_SEEDS = range(150) if LONG else (1, 3, 4, 5, 6, 7, 9, 10)


@pytest.mark.parametrize("seed", AREA_SEEDS)
def test_where_people_work_isolates_nobody_beside_the_other_figures(seed):
    found = seen_by_area(seed)
    known = seen_by_area(seed, areas=False) if found else []
    assert [group for group in found if group not in known] == []


def test_many_surveys_of_interest_tell_something_by_area_and_nothing_of_what_hangs_on_an_area():
    told = 0
    for seed in AREA_SEEDS:
        results, found = told_by_area(seed)
        told += isinstance(found, Crossed) and any(cell.number for line in found.lines for cell in line.cells)
        assert 2 not in results
        assert results[4].released.total.reason is not None
    assert told > len(AREA_SEEDS) / 3  # whoever knows the areas of those who answered would read more from more


# By hand


def said(*given: tuple[int, dict[str, object]], side: Side = Side.MENTOR) -> list[Answer]:
    return [Answer(side=side, values=values) for people, values in given for _ in range(people)]


def choice(pk: int, options: Sequence[str], **more: object) -> Question:
    return Question(pk=pk, position=pk, kind=more.pop("kind", QuestionKind.CHOICE), words=f"{pk}?",
                    options=list(options), **more)  # type: ignore[misc]  # fmt: skip


def shown(asks: Sequence[Question], answers: Sequence[Answer]) -> list[dict[tuple[str, ...], float] | None]:
    """The bars of each question; None of one that is not told."""
    return [
        None
        if each.released.total.reason is not None
        else {bar.categories: bar.count.number for bar in each.released.total.bars if bar.count.number is not None}
        for each in releases._told(asks, answers)[0]
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
    assert [each is None for each in shown(asks, answers)] == [False, True, False], (
        "b and c are not shown, nor cut apart"
    )


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


# By side


def test_that_all_of_a_side_said_the_same_is_not_told_by_how_many_of_it_came_to_the_next_question():
    """Twelve mentors said yes, all of them. How they answered is not shown; that twelve came on would show it."""
    asks = [
        choice(1, ("Yes", "No")),
        choice(2, ("Tea", "Milk"), only_if=1, only_if_answers=["Yes"], asked_of=AskedOf.MENTORS),
    ]
    answers = said((6, {"1": "Yes", "2": "Tea"}), (6, {"1": "Yes", "2": "Milk"}))
    answers += said((8, {"1": "Yes"}), (8, {"1": "No"}), side=Side.MENTEE)
    results, _ = releases._told(asks, answers)
    assert results[0].released.total.reason is None
    assert results[0].released.groups["Mentors"].reason is not None
    assert shown(asks, answers)[1] is None


def test_nor_that_all_of_a_side_chose_the_same_of_several():
    asks = [
        choice(1, ("x", "y"), kind=QuestionKind.SEVERAL),
        choice(2, ("Tea", "Milk"), only_if=1, only_if_answers=["x"], asked_of=AskedOf.MENTORS),
    ]
    answers = said((6, {"1": ["x"], "2": "Tea"}), (6, {"1": ["x"], "2": "Milk"}))
    answers += said((8, {"1": ["x"]}), (8, {"1": ["y"]}), side=Side.MENTEE)
    assert shown(asks, answers)[-1] is None


def test_nor_by_a_question_further_on():
    """The second question hangs on the first and is told of all alone: seven mentors and seven mentees came to it."""
    asks = [
        choice(1, ("Yes", "No")), choice(2, ("Tea", "Milk"), only_if=1, only_if_answers=["Yes"]),
        choice(3, ("Now", "Later"), only_if=2, only_if_answers=["Tea"], asked_of=AskedOf.MENTORS),
    ]  # fmt: skip
    answers = said((5, {"1": "Yes", "2": "Tea", "3": "Now"}), (5, {"1": "Yes", "2": "Tea", "3": "Later"}))
    answers += said((6, {"1": "No"}))
    answers += said((5, {"1": "Yes", "2": "Tea"}), (5, {"1": "Yes", "2": "Milk"}), (6, {"1": "No"}), side=Side.MENTEE)
    told = shown(asks, answers)
    assert (told[1], told[2]) == ({("Tea",): 15, ("Milk",): 5}, None)


def test_a_side_that_is_shown_may_be_led_on_alone():
    asks = [
        choice(1, ("Yes", "No")),
        choice(2, ("Tea", "Milk"), only_if=1, only_if_answers=["Yes"], asked_of=AskedOf.MENTORS),
    ]
    answers = said((6, {"1": "Yes", "2": "Tea"}), (6, {"1": "Yes", "2": "Milk"}), (7, {"1": "No"}))
    answers += said((8, {"1": "Yes"}), (8, {"1": "No"}), side=Side.MENTEE)
    assert shown(asks, answers)[1] == {("Tea",): 6, ("Milk",): 6}


# In words


def texts(asks: Sequence[Question], answers: Sequence[Answer]) -> dict[int, int]:
    """How many texts can be read to which question."""
    return {question: len(found) for question, found in releases._told(asks, answers)[1].items()}


def test_texts_that_would_tell_how_few_were_led_past_them_stay_closed():
    """25 said yes and all of them wrote; four of 29 said no."""
    asks = [
        choice(1, ("Yes", "No")), choice(2, (), kind=QuestionKind.SHORT, only_if=1, only_if_answers=["Yes"])
    ]  # fmt: skip
    assert texts(asks, said((25, {"1": "Yes", "2": "More"}), (4, {"1": "No"}))) == {}
    assert texts(asks, said((25, {"1": "Yes", "2": "More"}), (6, {"1": "No"}))) == {2: 25}


def test_texts_to_what_hangs_on_a_question_that_is_not_told_stay_closed():
    asks = [
        choice(1, ("Yes", "No")), choice(2, (), kind=QuestionKind.COMMENT, only_if=1, only_if_answers=["Yes"])
    ]  # fmt: skip
    assert texts(asks, said((24, {"1": "Yes", "2": "More"}))) == {}, "all said yes, and the texts would say so"


def test_texts_and_figures_that_hang_on_the_same_question_are_weighed_together():
    """1 to 3 are one bar of 21. Led on by 1: 12; by 1 or 3: 15. Either may be told; together they tell of the 3."""
    by_one = {"kind": QuestionKind.SHORT, "only_if": 1, "only_if_answers": ["1"]}
    by_two = {"only_if": 1, "only_if_answers": ["1", "3"]}
    scale = choice(1, (), kind=QuestionKind.SCALE)
    answers = said(
        (8, {"1": 1, "2": "More", "3": "Now"}), (4, {"1": 1, "2": "More", "3": "Later"}), (6, {"1": 2}),
        (3, {"1": 3, "3": "Later"}), (9, {"1": 4}), (9, {"1": 5}),
    )  # fmt: skip
    alone = [scale, choice(3, ("Now", "Later"), **by_two)]
    assert shown(alone, answers)[1] == {("Now",): 8, ("Later",): 7}
    both = [scale, choice(2, (), **by_one), choice(3, ("Now", "Later"), **by_two)]
    assert texts(both, answers) == {2: 12}
    assert shown(both, answers)[1] is None, "the later of the two gives way"


def test_how_many_texts_there_are_does_not_say_that_a_few_wrote_none():
    asks = [choice(1, ("Yes", "No")), choice(2, (), kind=QuestionKind.COMMENT)]
    answers = said((15, {"1": "Yes", "2": "More"}), (15, {"1": "No", "2": "Less"}), (2, {"1": "No"}))
    assert texts(asks, answers) == {2: 27}


# Options and ends that are called as results call those who skip


def test_an_option_called_no_answer_is_not_counted_with_those_who_gave_none():
    asks = [choice(1, ("Yes", "No answer"))]
    answers = said((12, {"1": "Yes"}), (9, {"1": "No answer"}), (4, {}))
    assert all(sum(each.values()) <= 25 for each in shown(asks, answers) if each is not None)
    bars = releases._told(asks, answers)[0][0].released.total.bars
    assert len({bar.categories for bar in bars}) == len(bars) == 3


@pytest.mark.parametrize(
    "asked",
    [
        choice(1, ("Yes", "None, or no answer")),
        choice(1, (), kind=QuestionKind.SCALE, lowest="Cold, or no answer", highest="Warm"),
    ],
)
def test_words_that_end_as_results_end_them_stop_no_release(asked):
    lead = list(asked.options) or ["4", "5"]
    given = lead if asked.options else [4, 5]
    asks = [asked, choice(2, ("Tea", "Milk"), only_if=1, only_if_answers=[lead[0]])]
    answers = said((6, {"1": given[0], "2": "Tea"}), (6, {"1": given[0], "2": "Milk"}), (8, {"1": given[1]}))
    told = shown(asks, answers)
    assert told[0] is not None
    assert told[1] == {("Tea",): 6, ("Milk",): 6}


def test_what_is_put_to_one_side_or_told_of_all_alone_is_told_as_finely_as_it_can_be():
    scale = choice(1, (), kind=QuestionKind.SCALE, asked_of=AskedOf.MENTORS)
    answers = [each for point in (3, 4, 5) for each in said((6, {"1": point}))]
    assert shown([scale], answers) == [{("Little or not",): 0, ("Partly",): 6, ("Mostly",): 6, ("Fully",): 6}]
    asks = [choice(2, ("Yes", "No")), choice(3, (), kind=QuestionKind.SCALE, only_if=2, only_if_answers=["Yes"])]
    answers = [each for point in (3, 4, 5) for each in said((6, {"2": "Yes", "3": point}))] + said((9, {"2": "No"}))
    assert len(shown(asks, answers)[1] or ()) == 4
