"""Answers to one question: what is shown of them, and that nobody can calculate the rest."""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure import (
    Distribution,
    GroupedDistribution,
    Hidden,
    Reason,
    Shown,
    ThresholdTooLow,
    by_group,
    comments,
    distribution,
)
from disclosure.answers import merged
from disclosure.tests.attacker import Attacker
from disclosure.tests.proofs import LONG

SCALE = ("1", "2", "3", "4", "5")
SCORES = {answer: float(answer) for answer in SCALE}
SIDES = ("mentee", "mentor")
FEW, PROTECTS, ALIKE = Hidden(Reason.FEW), Hidden(Reason.PROTECTS), Hidden(Reason.ALIKE)


def answers(**counts: int) -> dict[int, str]:
    return dict(enumerate(answer for answer, count in counts.items() for _ in range(count)))


def bars(one: Distribution) -> list[tuple[str, str, str]]:
    return [(bar.label, bar.count.words, bar.percent.words) for bar in one.bars]


class TestDistribution:
    def test_answers_of_five_or_more_each_are_shown_in_counts_and_per_cent(self):
        shown = distribution(answers(yes=12, no=6), ["yes", "no"])
        assert bars(shown) == [("yes", "12", "67%"), ("no", "6", "33%")]
        assert (shown.n, shown.mean, shown.reason) == (Shown(18), None, None)

    def test_a_rare_answer_takes_another_with_it(self):
        shown = distribution(answers(yes=12, perhaps=7, no=3), ["yes", "perhaps", "no"])
        assert [bar.count.words for bar in shown.bars] == ["12", "hidden to protect others", "fewer than 5"]
        assert shown.n == Shown(22)

    def test_an_answer_nobody_gave_is_shown_as_given_by_nobody(self):
        assert bars(distribution(answers(yes=12, no=6), ["yes", "no", "perhaps"]))[2] == ("perhaps", "0", "0%")

    def test_fewer_than_five_answers_are_not_spoken_about(self):
        shown = distribution(answers(yes=2, no=2), ["yes", "no"])
        assert (shown.n, shown.reason) == (FEW, FEW)
        assert {figure for bar in shown.bars for figure in (bar.count, bar.percent)} == {FEW}

    def test_a_setting_of_three_does_not_hold_for_answers(self):
        assert distribution(answers(yes=2, no=2), ["yes", "no"], k=3).reason == FEW
        with pytest.raises(ThresholdTooLow):
            distribution({}, ["yes"], k=2)

    def test_all_alike_is_not_shown_however_many_they_are(self):
        shown = distribution(answers(yes=200), ["yes", "no"])
        assert (shown.n, shown.reason) == (Shown(200), ALIKE)
        assert {figure for bar in shown.bars for figure in (bar.count, bar.percent)} == {ALIKE}

    def test_nine_of_ten_alike_are_not_shown(self):
        assert distribution(answers(yes=9, no=1), ["yes", "no"]).reason == ALIKE

    def test_of_two_answers_a_rare_one_hides_both(self):
        shown = distribution(answers(yes=30, no=2), ["yes", "no"])
        assert shown.reason is not None
        assert shown.n == Shown(32)

    def test_neighbours_on_a_scale_are_merged_until_each_bar_has_five(self):
        counted = dict(zip(SCALE, (2, 4, 9, 0, 8), strict=True))
        shown = distribution(answers(**counted), SCALE, ordered=True)
        assert bars(shown) == [("1–2", "6", "26%"), ("3", "9", "39%"), ("4", "0", "0%"), ("5", "8", "35%")]
        assert shown.bars[0].categories == ("1", "2")

    def test_a_mean_stands_beside_bars_that_are_all_shown(self):
        counted = dict(zip(SCALE, (5, 6, 7, 8, 9), strict=True))
        assert distribution(answers(**counted), SCALE, scores=SCORES).mean == Shown(115 / 35, decimals=1)

    def test_a_mean_that_says_that_one_of_five_gave_a_four_is_hidden(self):
        counted = {"5": 4, "4": 1}
        assert distribution(answers(**counted), SCALE, scores=SCORES).mean == ALIKE

    def test_an_answer_outside_the_categories_is_refused_and_not_repeated(self):
        with pytest.raises(ValueError, match="not among the categories") as caught:
            distribution(answers(maybe=9), ["yes"])
        assert "maybe" not in str(caught.value)

    def test_nobody_answered(self):
        shown = distribution({}, ["yes", "no"], scores={"yes": 1, "no": 0})
        assert (shown.n, shown.reason) == (Shown(0), FEW)


class TestMerging:
    def test_as_many_bars_as_possible(self):
        assert merged([5, 5, 5], 5) == [range(1), range(1, 2), range(2, 3)]
        assert merged([3, 2, 5], 5) == [range(2), range(2, 3)]

    def test_fewer_than_k_in_all_are_one_bar(self):
        assert merged([1, 0, 2], 5) == [range(3)]

    @given(st.lists(st.integers(0, 9), min_size=1, max_size=8))
    def test_every_answer_is_in_one_bar_and_no_bar_has_a_few(self, counts):
        blocks = merged(counts, 5)
        assert [answer for block in blocks for answer in block] == list(range(len(counts)))
        if sum(counts) >= 5:
            assert all(not 0 < sum(counts[answer] for answer in block) < 5 for block in blocks)


class TestGroups:
    def asked(self, mentee: dict[str, int], mentor: dict[str, int], **options) -> GroupedDistribution:
        given_by = [("mentee", answer) for answer, count in mentee.items() for _ in range(count)]
        given_by += [("mentor", answer) for answer, count in mentor.items() for _ in range(count)]
        return by_group(
            {n: answer for n, (_, answer) in enumerate(given_by)},
            {n: side for n, (side, _) in enumerate(given_by)},
            ["yes", "no"],
            group_names=SIDES,
            **options,
        )

    def test_groups_are_shown_beside_everybody(self):
        shown = self.asked({"yes": 6, "no": 7}, {"yes": 8, "no": 5})
        assert bars(shown.total) == [("yes", "14", "54%"), ("no", "12", "46%")]
        assert bars(shown.groups["mentee"]) == [("yes", "6", "46%"), ("no", "7", "54%")]
        assert bars(shown.groups["mentor"]) == [("yes", "8", "62%"), ("no", "5", "38%")]

    def test_a_small_group_is_not_to_be_had_as_everybody_without_the_other(self):
        shown = self.asked({"yes": 2, "no": 1}, {"yes": 10, "no": 9})
        assert (shown.groups["mentee"].n, shown.groups["mentee"].reason) == (FEW, FEW)
        for together, mentors in zip(shown.total.bars, shown.groups["mentor"].bars, strict=True):
            assert not (together.count.is_shown and mentors.count.is_shown)

    def test_a_group_that_is_alike_is_not_to_be_had_as_everybody_without_the_other(self):
        shown = self.asked({"yes": 12}, {"yes": 10, "no": 9})
        assert (shown.groups["mentee"].n, shown.groups["mentee"].reason) == (Shown(12), ALIKE)
        for together, mentors in zip(shown.total.bars, shown.groups["mentor"].bars, strict=True):
            assert not (together.count.is_shown and mentors.count.is_shown)

    def test_when_everybody_is_alike_no_group_is_shown(self):
        shown = self.asked({"yes": 12}, {"yes": 10})
        assert {one.reason for one in (shown.total, *shown.groups.values())} == {ALIKE}

    def test_a_group_outside_the_names_is_refused(self):
        with pytest.raises(ValueError, match="not among the group names"):
            by_group({1: "yes"}, {1: "other"}, ["yes"], group_names=SIDES)


def wave(seed: int) -> tuple[dict[int, str], dict[int, str]]:
    """A small random survey in which some answers are rare and some groups small or alike."""
    chance = random.Random(seed)
    shapes = [[chance.choice([0, 1, 2, 6]) for _ in SCALE] for _ in SIDES]
    answered: dict[int, str] = {}
    sides: dict[int, str] = {}
    for side, shape in zip(SIDES, shapes, strict=True):
        for _ in range(chance.choice([3, 7, 12, 25, 60])):
            answered[len(answered)] = chance.choices(SCALE, shape if any(shape) else None)[0]
            sides[len(sides)] = side
    return answered, sides


def attacked(published: GroupedDistribution, sizes: Counter[str]) -> Attacker:
    """An attacker who knows how many answered on each side and reads all bars and means (numbers only)."""
    attacker = Attacker([(side, answer) for side in SIDES for answer in SCALE])
    parts = {"": SIDES, **{side: (side,) for side in SIDES}}
    for part, of in parts.items():
        one = published.groups[part] if part else published.total
        size = sum(sizes[side] for side in of)
        attacker.learns([(side, answer) for side in of for answer in SCALE], size)
        for bar in one.bars:
            if isinstance(bar.count, Shown):
                attacker.learns([(side, answer) for side in of for answer in bar.categories], bar.count.value)
        if isinstance(one.mean, Shown):
            weights = [float(answer) * (side in of) for side, answer in attacker.kinds]
            attacker.learns_sum(weights, (one.mean.value - 0.05) * size - 1e-6, (one.mean.value + 0.05) * size + 1e-6)
    return attacker


def leaks(published: GroupedDistribution, answered: dict[int, str], sides: dict[int, str], k: int = 5) -> list[object]:
    sizes = Counter(sides.values())
    given_by = Counter((sides[key], answer) for key, answer in answered.items())
    attacker = attacked(published, sizes)
    large = [side for side in SIDES if sizes[side] >= k]
    found: list[object] = [
        leak for leak in attacker.isolates_by_subtraction(k) if any(side in large for side, _ in leak[0])
    ]
    few = [[(side, answer)] for side in large for answer in SCALE if 0 < given_by[side, answer] < k]
    few += [
        [(side, answer) for side in SIDES] for answer in SCALE if 0 < sum(given_by[side, answer] for side in SIDES) < k
    ]
    found += attacker.isolates(few, k)
    for side in SIDES:
        most, count = Counter({a: given_by[side, a] for a in SCALE}).most_common(1)[0]
        silent = published.groups[side].reason
        if silent == FEW:  # nothing at all may be certain about any of them
            held = [[(side, answer)] for answer in SCALE if given_by[side, answer]]
            found += [known for known in attacker.intervals(held) if known[1] > 1e-6]
        elif silent == ALIKE:  # what they are alike in stays open
            found += [known for known in attacker.intervals([[(side, most)]]) if known[1] > count / 2 + 1e-6]
    return found


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("fives", range(6 if LONG else 1))
def test_in_no_small_survey_do_bars_and_means_isolate_a_group(fives, ordered):
    for seed in range(5 * fives, 5 * fives + 5):
        answered, sides = wave(seed)
        published = by_group(answered, sides, SCALE, group_names=SIDES, ordered=ordered, scores=SCORES)
        assert not leaks(published, answered, sides), seed


def test_a_rare_answer_in_a_merged_bar_is_not_given_away_by_the_means():
    answered, sides = wave(41)
    published = by_group(answered, sides, SCALE, group_names=SIDES, ordered=True, scores=SCORES)
    assert published.total.mean is not None
    assert not leaks(published, answered, sides)


@pytest.mark.parametrize("seed", [0, 19])
def test_a_reader_who_knows_that_there_are_no_half_people_isolates_nobody_either(seed):
    answered, sides = wave(seed)
    published = by_group(answered, sides, SCALE, group_names=SIDES, scores=SCORES)
    sizes = Counter(sides.values())
    given_by = Counter((sides[key], answer) for key, answer in answered.items())
    few = [[kind] for kind, count in given_by.items() if 0 < count < 5 <= sizes[kind[0]]]
    known = attacked(published, sizes).whole_intervals(few)
    assert [one for one in known if one[1] > 0.5 and one[2] < 4.5] == []


def test_the_attacker_finds_what_publishing_each_group_by_itself_leaves_open():
    """So the test above could fail."""
    found, waves = 0, 20 if LONG else 6
    for seed in range(waves):
        answered, sides = wave(seed)
        alone = {
            side: distribution({key: a for key, a in answered.items() if sides[key] == side}, SCALE, scores=SCORES)
            for side in SIDES
        }
        apart = GroupedDistribution(distribution(answered, SCALE, scores=SCORES), alone)
        found += bool(leaks(apart, answered, sides))
    assert found >= 0.4 * waves


def test_every_bar_that_is_shown_is_true():
    for seed in range(15 if LONG else 6):
        answered, sides = wave(seed)
        published = by_group(answered, sides, SCALE, group_names=SIDES, ordered=True, scores=SCORES)
        for part, one in {"": published.total, **published.groups}.items():
            here = [answer for key, answer in answered.items() if part in ("", sides[key])]
            for bar in one.bars:
                true = sum(answer in bar.categories for answer in here)
                assert bar.count in (Shown(true), FEW, PROTECTS, ALIKE)
                if bar.count == FEW and one.reason != FEW:
                    assert 0 < true < 5
            if isinstance(one.mean, Shown):
                assert math.isclose(one.mean.value, sum(map(float, here)) / len(here), abs_tol=0.05 + 1e-9)


class TestComments:
    texts = tuple(f"comment {number}" for number in range(30))

    def test_ten_comments_are_shown_without_their_order(self):
        shown = comments(self.texts)
        assert isinstance(shown, tuple)
        assert sorted(shown) == sorted(self.texts)
        assert shown != self.texts
        assert shown != comments(self.texts)

    def test_nine_comments_are_hidden_whatever_the_setting(self):
        assert comments(self.texts[:9]) == Hidden(Reason.FEW, 10)
        assert comments(self.texts[:9], k=3) == Hidden(Reason.FEW, 10)
        assert comments(self.texts[:11], k=12) == Hidden(Reason.FEW, 12)

    def test_blank_texts_are_nobodys_comment(self):
        assert comments([*self.texts[:9], " ", "\n"]) == Hidden(Reason.FEW, 10)

    def test_how_many_texts_there_are_does_not_say_that_a_few_wrote_none(self):
        """30 texts of 32 people: two of them wrote nothing."""
        for of, shown in ((30, 30), (31, 26), (34, 29), (35, 30), (60, 30)):
            texts = comments(self.texts, of=of)
            assert isinstance(texts, tuple)
            assert len(texts) == shown
            assert of - len(texts) == 0 or of - len(texts) >= 5
        assert comments(self.texts[:12], of=13) == Hidden(Reason.FEW, 10)

    def test_how_few_wrote_none_is_hidden_to_the_smallest_group_that_is_set(self):
        for group, of, shown in ((10, 31, 21), (10, 39, 29), (10, 40, 30), (10, 30, 30), (3, 31, 26)):
            texts = comments(self.texts, of=of, smallest_group=group)
            assert isinstance(texts, tuple)
            assert len(texts) == shown

    def test_which_texts_are_left_out_is_left_to_chance(self):
        drawn = [comments(self.texts, of=31) for _ in range(9)]
        assert len({frozenset(each) for each in drawn if isinstance(each, tuple)}) > 1

    def test_a_threshold_under_three_is_refused(self):
        with pytest.raises(ThresholdTooLow):
            comments(self.texts, k=1)
