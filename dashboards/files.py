"""The progress of a program as a report to take along: the figures of the page, and the same ones hidden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from dashboards.charts import ProgressCharts
from dashboards.queries import Progress
from programs.models import Program
from ui.charts import Chart
from ui.components import Number, Stat
from ui.reports import Report, Section

NOTES = (
    "“Hidden” means that a number is large enough to show, but a smaller one could be worked out from it.",
    "That the program caused it cannot be said: people choose to take part, and those who do differ from others.",
    "The page, the CSV, the workbook and the PDF hide the same cells.",
)


def report(program: Program, progress: Progress, charts: ProgressCharts) -> Report:
    as_of = f"{progress.activity.as_of:%-d %B %Y}"
    return Report(
        name=f"program-{program.pk}-progress-{progress.activity.as_of.isoformat()}",
        title=f"Progress of {program.name}",
        lead=f"As of {as_of}. {progress.time_so_far} {progress.groups_note}".replace("  ", " "),
        sections=(
            Section("Figures of the pairs", ("What", as_of), tuple(_row(stat) for stat in _stats(progress))),
            *(_of_chart(drawn) for drawn in _drawn(charts)),
        ),
        notes=NOTES,
    )


def _stats(progress: Progress) -> Iterator[Stat]:
    """Those at the head of the page and those of its table, each once."""
    told: set[str] = set()
    for stat in (*progress.stats, *progress.figures):
        if stat.noun not in told:
            told.add(stat.noun)
            yield stat


def _row(stat: Stat) -> tuple[Number, ...]:
    return stat.noun, stat.number


def _drawn(charts: ProgressCharts) -> Iterator[Chart]:
    for field in fields(charts):
        drawn = getattr(charts, field.name)
        if drawn is not None:
            yield drawn


def _of_chart(drawn: Chart) -> Section:
    return Section(drawn.title, drawn.table.head, tuple((row.name, *row.cells) for row in drawn.table.rows), drawn.says)
