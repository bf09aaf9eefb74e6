"""Single figures: steps, months, shares, means and sums."""

from __future__ import annotations

import pytest

from disclosure import (
    GroupedFigures,
    Hidden,
    Reason,
    Shown,
    ThresholdTooLow,
    funnel,
    mean,
    mean_by_group,
    series,
    share,
    total,
    total_by_group,
)

FEW, PROTECTS, ALIKE = Hidden(Reason.FEW), Hidden(Reason.PROTECTS), Hidden(Reason.ALIKE)


def first(size: int) -> range:
    return range(size)


def words(steps) -> list[str]:
    return [step.figure.words for step in steps]


def people(*values: float) -> dict[int, float]:
    return dict(enumerate(values))


class TestFunnel:
    def test_steps_that_lose_five_or_more_people_are_shown(self):
        assert words(funnel([("Volunteered", first(40)), ("Matched", first(30)), ("Met", first(25))])) == [
            "40",
            "30",
            "25",
        ]

    def test_a_step_that_a_few_left_before_is_hidden_and_the_next_is_compared_with_what_is_shown(self):
        steps = [("a", first(40)), ("b", first(38)), ("c", first(36)), ("d", first(35))]
        assert words(funnel(steps)) == ["40", "hidden to protect others", "hidden to protect others", "35"]

    def test_a_step_nobody_left_before_is_shown(self):
        assert words(funnel([("a", first(9)), ("b", first(9))])) == ["9", "9"]

    def test_after_a_few_even_nobody_is_hidden(self):
        assert words(funnel([("a", first(20)), ("b", first(3)), ("c", [])])) == ["20", "fewer than 5", "fewer than 5"]

    def test_nobody_after_many_is_shown(self):
        assert words(funnel([("a", first(20)), ("b", [])])) == ["20", "0"]

    def test_who_skipped_a_step_does_not_come_back_later(self):
        assert words(funnel([("a", first(20)), ("b", first(10)), ("c", first(20))])) == ["20", "10", "10"]

    def test_any_two_steps_on_show_differ_by_nobody_or_by_k(self):
        shown = [
            step.figure.value
            for step in funnel([(str(n), first(n)) for n in range(60, -1, -1)], k=7)
            if isinstance(step.figure, Shown)
        ]
        assert shown == [60, 53, 46, 39, 32, 25, 18, 11]


class TestSeries:
    def test_a_point_that_differs_by_a_few_people_from_the_last_shown_is_hidden(self):
        points = [("May", first(20)), ("June", first(21)), ("July", first(28))]
        assert words(series(points)) == ["20", "hidden to protect others", "28"]

    def test_two_who_came_and_two_who_went_are_four_people(self):
        assert words(series([("May", range(20)), ("June", range(2, 22))])) == ["20", "hidden to protect others"]

    def test_a_few_are_hidden_and_nobody_is_shown(self):
        assert words(series([("May", []), ("June", first(4)), ("July", first(6))])) == ["0", "fewer than 5", "6"]


class TestShare:
    def test_a_share_of_enough_people_is_shown_in_whole_per_cent(self):
        assert share(first(6), first(18)) == Shown(33, unit="%")

    def test_a_few_of_many_are_hidden_and_so_is_their_complement(self):
        assert share(first(4), first(18)) == FEW
        assert share(first(14), first(18)) == PROTECTS

    def test_a_few_in_all_are_hidden(self):
        assert share(first(2), first(4)) == FEW

    @pytest.mark.parametrize("part", [0, 18])
    def test_all_and_nobody_are_hidden_unless_they_are_plain_activity(self, part):
        assert share(first(part), first(18)) == Hidden(Reason.ALL_OR_NONE)
        assert share(first(part), first(18), sensitive=False) == Shown(100 * part / 18, unit="%")

    def test_who_is_outside_the_base_does_not_count(self):
        assert share(range(5, 60), first(18)) == Shown(72, unit="%")


class TestMean:
    def test_a_mean_of_five_people_is_shown_with_one_decimal(self):
        assert mean(people(1, 2, 3, 4, 4), scale=(1, 5)) == Shown(2.8, decimals=1)
        assert mean(people(1, 2, 3, 4, 4)).words == "2.8"

    def test_fewer_than_five_are_hidden_even_where_counts_of_three_are_shown(self):
        assert mean(people(1, 2, 3, 4), k=3) == FEW

    def test_all_alike_are_hidden(self):
        assert mean(people(*[4] * 40)) == ALIKE

    def test_nine_of_ten_alike_are_hidden_and_ten_of_eleven_are_not(self):
        assert mean(people(*[3] * 9, 1)) == ALIKE
        assert mean(people(*[3] * 10, 1)) == Shown(31 / 11, decimals=1)

    def test_a_mean_that_proves_that_few_were_not_at_the_end_is_hidden(self):
        assert mean(people(5, 5, 5, 5, 4)) == Shown(4.8, decimals=1)
        assert mean(people(5, 5, 5, 5, 4), scale=(1, 5)) == ALIKE
        assert mean(people(*[1] * 20, 2, 3), scale=(1, 5)) == ALIKE

    def test_nobody_has_no_mean(self):
        assert mean({}) == FEW


class TestTotal:
    def test_hours_of_five_people_are_shown(self):
        assert total(people(3, 2, 4, 2, 1), unit="hours").words == "12\u00a0hours"

    def test_who_has_nothing_does_not_count_as_a_contributor(self):
        assert total(people(3, 2, 4, 2, 0, 0, 0)) == FEW
        assert total(people(0, 0)) == Shown(0)

    def test_a_sum_the_second_largest_could_see_through_is_hidden(self):
        assert total(people(100, 6, 1, 1, 1, 1)) == Hidden(Reason.DOMINATED)
        assert total(people(100, 6, 4, 3, 2, 2)) == Shown(117)

    def test_negative_amounts_are_refused(self):
        with pytest.raises(ValueError, match="zero and more"):
            total(people(3, 2, 4, 2, -1))


class TestGroups:
    names = ("Finance", "IT", "Sales")

    def grouped(self, **values: list[float]) -> tuple[dict[str, float], dict[str, str]]:
        keys = {f"{name}{n}": (name, value) for name, some in values.items() for n, value in enumerate(some)}
        return {key: value for key, (_, value) in keys.items()}, {key: name for key, (name, _) in keys.items()}

    def test_a_hidden_group_takes_the_smallest_shown_one_with_it(self):
        values, groups = self.grouped(IT=[1, 2, 3], Sales=[1, 2, 3, 4, 5] * 2, Finance=[2, 3, 4, 4, 5, 1])
        found = mean_by_group(values, groups, group_names=self.names)
        assert found == GroupedFigures(
            Shown(sum(values.values()) / 19, decimals=1),
            {"IT": FEW, "Finance": PROTECTS, "Sales": Shown(3.0, decimals=1)},
        )

    def test_two_small_groups_that_are_few_together_take_a_third(self):
        values, groups = self.grouped(IT=[1, 2], Sales=[1, 2, 3, 4, 5], Finance=[2, 3])
        found = mean_by_group(values, groups, group_names=self.names)
        assert found.groups == {"IT": FEW, "Finance": FEW, "Sales": PROTECTS}

    def test_with_two_groups_both_are_hidden_and_everybody_is_shown(self):
        values, groups = self.grouped(IT=[1, 2, 3], Sales=[1, 2, 3, 4, 5] * 2)
        found = mean_by_group(values, groups, group_names=("IT", "Sales"))
        assert found.groups == {"IT": FEW, "Sales": PROTECTS}
        assert found.total.is_shown

    def test_a_group_that_is_alike_is_hidden_and_not_to_be_had_by_subtraction(self):
        values, groups = self.grouped(IT=[4] * 12, Sales=[1, 2, 3, 4, 5] * 3, Finance=[1, 2, 3, 4, 5, 5])
        found = mean_by_group(values, groups, group_names=self.names)
        assert found.groups == {"IT": ALIKE, "Finance": PROTECTS, "Sales": Shown(3.0, decimals=1)}

    def test_sums_by_group_add_up_to_no_dominated_rest(self):
        amounts, groups = self.grouped(IT=[100, 1, 1, 1, 1], Finance=[3, 3, 3, 3, 3], Sales=[9, 8, 9, 8, 9])
        found = total_by_group(amounts, groups, group_names=self.names)
        assert found.groups["IT"] == Hidden(Reason.DOMINATED)
        assert found.groups["Finance"] == PROTECTS
        assert found.groups["Sales"] == Shown(43)

    def test_a_group_without_anybody_reads_as_few(self):
        values, groups = self.grouped(Sales=[1, 2, 3, 4, 5])
        assert mean_by_group(values, groups, group_names=("IT", "Sales")).groups["IT"] == FEW


@pytest.mark.parametrize(
    "ask",
    [
        lambda: funnel([], k=2),
        lambda: series([], k=2),
        lambda: share([], [], k=2),
        lambda: mean({}, k=2),
        lambda: total({}, k=2),
        lambda: mean_by_group({}, {}, group_names=(), k=2),
        lambda: total_by_group({}, {}, group_names=(), k=2),
    ],
)
def test_no_figure_is_had_with_a_threshold_under_three(ask):
    with pytest.raises(ThresholdTooLow):
        ask()
