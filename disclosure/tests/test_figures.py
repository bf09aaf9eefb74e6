"""One wording for every format."""

from __future__ import annotations

import pytest

from disclosure import Hidden, Reason, Shown


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (Shown(42), "42"),
        (Shown(0), "0"),
        (Shown(12_345), "12,345"),
        (Shown(3.84, decimals=1), "3.8"),
        (Shown(40, unit="%"), "40%"),
        (Shown(88, unit="%", or_more=True), "88% or more"),
        (Shown(120, unit="hours"), "120\u00a0hours"),
        (Hidden(Reason.FEW), "fewer than 5"),
        (Hidden(Reason.FEW, 10), "fewer than 10"),
        (Hidden(Reason.PROTECTS), "hidden to protect others"),
        (Hidden(Reason.ALIKE), "everybody gave nearly the same answer"),
        (Hidden(Reason.ALL_OR_NONE), "all or nobody, so not shown"),
        (Hidden(Reason.DOMINATED), "one person makes up most of it"),
    ],
)
def test_a_figure_reads_the_same_wherever_it_is_printed(figure, words):
    assert figure.words == str(figure) == words


def test_a_hidden_figure_has_no_number():
    assert Hidden(Reason.FEW).number is None
    assert not Hidden(Reason.FEW).is_shown
    assert Shown(7).number == 7
    assert Shown(7).is_shown


def test_a_figure_holds_no_more_than_it_prints():
    assert Shown(17 / 6, decimals=1).number == 2.8
    assert Shown(2.6).number == 3
