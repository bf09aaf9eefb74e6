"""The charts of the results page, from figures that were released before they came here."""

from __future__ import annotations

from disclosure import Distribution
from pairings.queries import LITTLE_OR_NOT
from surveys.queries import Results, tone_of
from ui import charts
from ui.charts import Chart

MERGED = (
    f"Percent of the answers. “{LITTLE_OR_NOT}” counts “Not at all” and “A little”. Where fewer than five people of "
    "one side gave an answer, or gave none, it is counted together with its neighbour."
)


def of(results: Results) -> tuple[Chart, ...]:
    """One chart for all statements with a scale, and one for each question with options."""
    drawn = []
    if results.scales:
        groups = [_group(each.words, each.released.total) for each in results.scales]
        drawn.append(charts.stacked("How true is it for you?", groups, says=MERGED, heads=("Statement",)))
    for each in results.choices:
        bars = [charts.Bar(bar.label, bar.percent) for bar in each.released.total.bars]
        drawn.append(
            charts.bars(each.words, bars, unit="%", says="Percent of the answers.", heads=("Answer", "Share"), full=100)
        )
    return tuple(drawn)


def _group(words: str, answers: Distribution) -> charts.Group:
    if answers.reason is not None:
        return charts.Group(words, words=answers.reason.words)
    parts = tuple(charts.Part(bar.label, bar.percent, tone_of(bar)) for bar in answers.bars)
    return charts.Group(words, parts, words=answers.bars[0].count.words)
