"""Charts: the drawing says what the table says, hides what is hidden, and obeys the content security policy."""

from __future__ import annotations

import re

import pytest

from ui import charts
from ui.components import Number, spoken
from ui.tests.urls import Hidden, Shown, every_chart


@pytest.mark.parametrize("chart", every_chart(), ids=lambda chart: chart.title)
def test_every_drawing_has_one_role_one_name_and_no_style(chart):
    narrow, wide = chart.drawings()
    for svg in (narrow, wide):
        assert svg.startswith("<svg ")
        assert svg.count("role=") == 1
        assert svg.count("aria-") == 1
        assert f'aria-label="{chart.title}"' in svg
        assert not re.search(r"\sstyle=|<style|<script|\son[a-z]+=", svg)


@pytest.mark.parametrize("chart", every_chart(), ids=lambda chart: chart.title)
def test_every_colour_of_a_drawing_has_a_dark_sibling_in_the_style_sheet(chart, settings):
    sheet = (settings.BASE_DIR / "static/css/components.css").read_text()
    for svg in chart.drawings():
        for kind, colour in set(re.findall(r'(fill|stroke)="(#[0-9a-f]{6})"', svg)):
            assert f'[{kind}="{colour}"]' in sheet


def test_ids_differ_between_all_drawings_of_a_page():
    ids = [found for chart in every_chart() for svg in chart.drawings() for found in re.findall(r'\bid="([^"]+)"', svg)]
    assert len(ids) == len(set(ids))


def test_the_name_of_a_chart_cannot_break_out_of_its_attribute():
    chart = charts.bars('He said "<b>" & left', [charts.Bar("One", 1)])
    assert chart.drawings()[0].count("<svg") == 1
    assert "<b>" not in chart.drawings()[0]


def test_labels_are_text_and_not_markup():
    chart = charts.bars("Title", [charts.Bar("<script>x</script>", 1)])
    assert "<script>" not in chart.drawings()[0] + chart.drawings()[1]


def test_a_hidden_number_never_reaches_the_drawing_or_the_table():
    class Leaky(Hidden):
        number = 4321

    assert not Leaky().is_shown
    chart = charts.funnel("Funnel", [charts.Bar("Invited", 100), charts.Bar("Met", Leaky())])
    assert "4321" not in chart.narrow + chart.wide + "".join(chart.drawings())
    assert "fewer than 5" in chart.drawings()[0]
    assert "stroke-dasharray" in chart.drawings()[0]
    assert chart.says == charts.HIDDEN_SENTENCE


def test_a_group_with_one_hidden_part_is_hidden_whole():
    parts = (charts.Part("Worth it", Shown(61, "61%")), charts.Part("Mixed", Hidden()))
    chart = charts.stacked("Worth it?", [charts.Group("Mentors", parts, words="hidden to protect others")])
    assert "61" not in re.findall(r">([^<]*)</text>", chart.drawings()[0])
    assert "hidden to protect others" in chart.drawings()[0]


def test_the_table_speaks_the_words_of_each_figure():
    chart = charts.objectives("O", [charts.Objective("A", Shown(62, "62%"), 75), charts.Objective("B", Hidden(), 80)])
    assert [[spoken(cell, row.unit) for cell in row.cells] for row in chart.table.rows] == [
        ["62%", "75%"], ["fewer than 5", "80%"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("now", "target", "less", "reached"),
    [(80, 75, False, True), (75, 75, False, True), (74, 75, False, False), (3, 5, True, True), (6, 5, True, False),
     (Hidden(), 5, False, None), (Shown(88, "88% or more", or_more=True), 85, False, True),
     (Shown(88, "88% or more", or_more=True), 90, False, None)],
)  # fmt: skip
def test_an_objective_knows_whether_it_is_reached(now, target, less, reached):
    assert charts.Objective("A", now, target, less_is_better=less).is_reached is reached


def test_bars_begin_at_zero_and_end_at_the_largest():
    svg = charts.bars("T", [charts.Bar("A", 50), charts.Bar("B", 100), charts.Bar("C", 0)]).drawings()[0]
    widths = [float(found) for found in re.findall(r'<path d="M0,[\d.]+h([\d.]+)v14h', svg)]
    assert widths == [135.0, 270.0, 0.0]


def test_the_chosen_compromise_is_full_in_the_drawing_and_named_in_the_table():
    points = [charts.Compromise(30.0, 100.0), charts.Compromise(41.5, 98.2, chosen=True)]
    chart = charts.trade_off("What fairness costs", points, heads=("Weakest", "Total"))
    assert chart.drawings()[0].count(f'fill="{charts.AMBER}"') == 1
    assert [(row.name, *(spoken(cell, row.unit) for cell in row.cells)) for row in chart.table.rows] == [
        ("30", "100%", "no"), ("41.5", "98.2%", "yes"),
    ]  # fmt: skip


def test_moments_stay_in_order_though_one_is_hidden():
    moments = [charts.Moment(str(week), Hidden() if week == 41 else week) for week in (40, 41, 42)]
    svg = charts.rhythm("Rhythm", moments).drawings()[1]
    assert [text for text in re.findall(r">([^<]*)</text>", svg) if text in {"40", "41", "42"}][:3] == [
        "40",
        "41",
        "42",
    ]


@pytest.mark.parametrize(
    "chart",
    [charts.bars("T", []), charts.funnel("T", []), charts.rhythm("T", []), charts.stacked("T", []),
     charts.trade_off("T", []), charts.objectives("T", []), charts.bars("T", [charts.Bar("A", 0)]),
     charts.rhythm("T", [charts.Moment("1", 0)]), charts.lines("T", [], {}), charts.lines("T", ["1"], {"A": [0]})],
)  # fmt: skip
def test_a_chart_of_nothing_is_still_drawn(chart):
    assert all(svg.startswith("<svg") for svg in chart.drawings())


def test_lines_along_time_draw_four_series_tell_all_and_leave_a_gap_for_what_is_hidden():
    series: dict[str, list[Number]] = {f"Statement {n}": [10 * n, Hidden("fewer than 5"), 20] for n in range(5)}
    chart = charts.lines("Over time", ["Jan", "Feb", "Mar"], series)
    wide = chart.drawings()[1]
    assert [f"Statement {n}" in wide for n in range(5)] == [True] * 4 + [False]
    assert chart.table.head == ("When", *series)
    assert [spoken(cell) for cell in chart.table.rows[1].cells] == ["fewer than 5"] * 5
    assert charts.HIDDEN_SENTENCE in chart.says


def test_no_line_is_drawn_over_a_time_of_which_nothing_is_shown():
    shown: list[Number] = [10, 20, Hidden("fewer than 5"), 40, 50]
    drawing = charts.lines("T", list("abcde"), {"A": shown}).drawings()[1]
    [path] = [each for each in re.findall(r' d="(M[^"]*L[^"]*)"', drawing) if each.count("M") == 2]
    assert path.count("L") == 2, "from the first to the second, and from the fourth to the fifth"


def test_the_same_content_is_drawn_once():
    chart = charts.bars("Once", [charts.Bar("A", 7)])
    before = charts.drawn.cache_info().misses
    chart.drawings()
    charts.bars("Once", [charts.Bar("A", 7)]).drawings()
    assert charts.drawn.cache_info().misses == before + 2


def test_a_long_name_takes_a_second_line_and_stands_in_full_in_the_table():
    name = "Leaders who can name one decision that they changed because of what their mentor told them this year"
    chart = charts.objectives("O", [charts.Objective(name, 62, 75), charts.Objective("Short", 80, 75)])
    narrow, wide = chart.drawings()
    assert name not in narrow + wide
    assert "Leaders who can name one decision that" in narrow
    assert "…" in narrow
    assert chart.table.rows[0].name == name


@pytest.mark.parametrize("width", [charts.NARROW, charts.WIDE])
@pytest.mark.parametrize("name", ["x" * 200, "A few words of ordinary length that go on and on", "Short"])
def test_no_line_of_a_name_is_wider_than_its_room(width, name):
    lines = charts.in_two_lines(name, beside="fewer than 5", width=width)
    assert len(lines["above"]) * charts.LETTER <= width
    assert len(lines["name"]) * charts.LETTER <= width - 12 * 7


def test_moments_with_long_names_are_not_written_over_one_another():
    moments = [charts.Moment(f"{day} September", 3) for day in range(10, 22)]
    narrow, wide = charts.rhythm("Rhythm", moments).drawings()
    written = [text for text in re.findall(r">([^<]*)</text>", narrow) if "September" in text]
    assert len(written) * len("10 September") * 7 <= charts.NARROW
    assert len([text for text in re.findall(r">([^<]*)</text>", wide) if "September" in text]) > len(written)
