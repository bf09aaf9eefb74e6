"""The charts of the progress page, from figures that were released before they came here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from dashboards.queries import Progress
from disclosure import Bar, Distribution, GroupedDistribution
from pairings.queries import A_STEP_OR_MORE, LESS_THAN_A_STEP, TWO_STEPS
from programs.choices import Side
from surveys.queries import tone_of
from ui import charts
from ui.charts import Chart, Tone


@dataclass(frozen=True, slots=True)
class ProgressCharts:
    objectives: Chart | None
    funnel: Chart
    rhythm: Chart | None
    worth: Chart | None
    again: Chart | None
    growth: Chart | None


def of(progress: Progress) -> ProgressCharts:
    return ProgressCharts(
        objectives=_objectives(progress),
        funnel=charts.funnel(
            "From being eligible to a first meeting",
            [charts.Bar(step.label, step.figure, faint=place == 0) for place, step in enumerate(progress.funnel)],
            says="People. From “In a pair” on, somebody in two pairs counts twice.",
        ),
        rhythm=_rhythm(progress),
        worth=_answers("Is it worth the time?", progress.worth, progress.worth_source),
        again=_answers("Would they do it again?", progress.again, "the last survey that asked"),
        growth=_growth(progress),
    )


def _objectives(progress: Progress) -> Chart | None:
    if not progress.objectives:
        return None
    return charts.objectives(
        "Objectives against their targets",
        [
            charts.Objective(each.name, each.now, each.target, unit=each.unit, full=_full(each.unit, each.target))
            for each in progress.objectives
        ],
    )


def _full(unit: str, target: float) -> float:
    """Where the bar ends: at a hundred per cent, or well beyond the target."""
    return 100.0 if unit == "%" else target * 1.6


def _rhythm(progress: Progress) -> Chart | None:
    weeks = progress.activity.weeks[-12:]
    if not weeks:
        return None
    return charts.rhythm(
        "Meetings held and the program’s rhythm",
        [charts.Moment(week.label, week.held, week.expected) for week in weeks],
        says="By week. The line is what the program’s rhythm would bring for the pairs then under way.",
        axis="Week beginning",
        heads=("Week", "Held", "Rhythm"),
    )


def _answers(title: str, answers: GroupedDistribution | None, source: str) -> Chart | None:
    if answers is None:
        return None
    return charts.stacked(
        title,
        [_group(name, distribution) for name, distribution in [("All", answers.total), *answers.groups.items()]],
        says=f"Percent of the answers in {source}, all and by side.",
        heads=("Side",),
    )


GROWTH_TONES: Final[Mapping[str, Tone]] = {LESS_THAN_A_STEP: "mute", TWO_STEPS: "lake", A_STEP_OR_MORE: "lake"}


def _growth(progress: Progress) -> Chart | None:
    answers = progress.growth.by_side
    if not progress.growth.rated_twice.is_shown:
        return None
    return charts.stacked(
        "How far people grew",
        [
            _group(name, one, tone=lambda bar: GROWTH_TONES.get(bar.label, "soft"))
            for name, one in [("All", answers.total), *answers.groups.items()]
        ],
        says="Percent of those who rated what they wanted to learn at the start and at the end, by their own rating.",
        heads=("Side",),
    )


SIDES: Final[Mapping[str, str]] = {str(side.label): f"{side.label}s" for side in Side}
"""Check-ins and ratings call a side by one of it; a chart counts several, as surveys do."""


def _group(name: str, answers: Distribution, tone: Callable[[Bar], Tone] = tone_of) -> charts.Group:
    if answers.reason is not None:
        return charts.Group(SIDES.get(name, name), words=answers.reason.words)
    parts = tuple(charts.Part(bar.label, bar.percent, tone(bar)) for bar in answers.bars)
    return charts.Group(f"{SIDES.get(name, name)}, {answers.n.words} answered", parts)
