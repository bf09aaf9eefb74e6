"""The charts of the results page, from figures that were released before they came here."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from disclosure import Distribution
from surveys.choices import QuestionKind
from surveys.over_time import Wave, compared
from surveys.parts import CHOSEN
from surveys.queries import tone_of
from surveys.releases import QuestionResult, Results, in_people
from ui import charts
from ui.charts import Chart

MERGED = (
    "Percent of the answers. “Not at all” and “A little” are counted together. Where fewer than {enough} people of one "
    "side gave an answer, or gave none, it is counted together with its neighbour: “Partly or less”, “Mostly or fully”."
)

BY_SIDE = "Percent of the answers of each side, counted as above."


def of(results: Results, waves: Sequence[Wave] = ()) -> tuple[Chart, ...]:
    """One chart for all statements on our scale, one of them over time, one by side where anything is shown of a side,
    and one for each other question."""
    drawn = []
    if results.scales:
        says = MERGED.format(enough=in_people()["enough"])
        groups = [_group(each.words, each.released.total) for each in results.scales]
        drawn.append(charts.stacked("How true is it for you?", groups, says=says, heads=("Statement",)))
        drawn += _over_time(waves)
    if results.tell_sides:
        sides = [
            _group(f"{each.words} {name}", one) for each in results.scales for name, one in each.released.groups.items()
        ]
        drawn.append(charts.stacked("How true is it, by side?", sides, says=BY_SIDE, heads=("Statement, side",)))
    for _, parts in groupby(results.choices, lambda each: (each.question, each.words)):
        drawn.append(_of_question(list(parts)))
    return tuple(drawn)


def _over_time(waves: Sequence[Wave]) -> list[Chart]:
    statements = compared(waves)
    if not statements:
        return []
    return [
        charts.lines(
            "“Mostly” or “Fully”, time by time", [wave.when for wave in waves],
            {each.words: each.shares for each in statements},
            says="Percent of all who answered. The first four statements are drawn, all are in the table.",
        )
    ]  # fmt: skip


def _of_question(parts: Sequence[QuestionResult]) -> Chart:
    first, says = parts[0], "Percent of the answers."
    if first.kind == QuestionKind.SEVERAL:
        says = "Percent of everybody who answered the survey and was asked. Each option by itself."
        bars = [charts.Bar(each.option, each.released.total.share_of({CHOSEN})) for each in parts]
    else:
        bars = [charts.Bar(bar.label, bar.percent) for bar in first.released.total.bars]
    if first.kind == QuestionKind.TEN:
        says += f" Net promoter score, 9 or 10 less 0 to 6: {first.net_promoters.words}."
    return charts.bars(first.words, bars, unit="%", says=says, heads=("Answer", "Share"), full=100)


def _group(words: str, answers: Distribution) -> charts.Group:
    if answers.reason is not None:
        return charts.Group(words, words=answers.reason.words)
    parts = tuple(charts.Part(bar.label, bar.percent, tone_of(bar)) for bar in answers.bars)
    return charts.Group(words, parts, words=answers.bars[0].count.words)
