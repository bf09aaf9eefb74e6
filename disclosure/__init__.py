"""The one door through which a figure about a group leaves the system. Plain Python, numpy and scipy.

Pages, charts, CSV, spreadsheets, PDF and mail ask these functions and print what they return: a
:class:`Shown` figure or a :class:`Hidden` one, whose ``.words`` are the same in every format.

Counts of people
    :func:`count_table` for one table, :func:`release` for all tables one reader may open about the same people;
    :func:`funnel` for nested steps, :func:`series` for points in time.
Answers
    :func:`distribution` and :func:`by_group` for one question, :func:`crossed` for the same answers by another
    attribute, :func:`comments` for free text.
Other figures
    :func:`share`, :func:`mean`, :func:`total`, and :func:`mean_by_group`, :func:`total_by_group`.
Over time
    :func:`compatible` asks whether a new release may follow an old one; :func:`hold` keeps the old one if not.
    :func:`answers_as_stored`, :func:`crossed_as_stored` and :func:`figure_as_stored` keep what was released,
    :func:`answers_from`, :func:`crossed_from` and :func:`figure_from` bring it back.
    :func:`moved_together` counts changes of facts only in groups, from one of the :func:`sundays` to the next.

People are opaque keys: hashable, compared, never printed. Answers of anonymous surveys have keys of their own. The
smallest group, ``k``, is 5 unless set otherwise, never under 3 (:class:`ThresholdTooLow`), never under 5 for what
people answered and never under 10 for what they wrote. Callers need not know more; what is hidden and why it is
enough stands in docs/disclosure.md and beside each function.

What protects one call does not protect two: figures about the same people that one reader can open belong into one
call wherever a function for it exists.
"""

from disclosure.amounts import (
    FunnelStep,
    GroupedFigures,
    funnel,
    mean,
    mean_by_group,
    series,
    share,
    total,
    total_by_group,
)
from disclosure.answers import Bar, Distribution, GroupedDistribution, by_group, comments, distribution
from disclosure.batches import compatible, hold
from disclosure.crossed import Crossed, CrossedLine, crossed
from disclosure.figures import (
    COMMENTS_K,
    Figure,
    Hidden,
    K,
    Key,
    Reason,
    Shown,
    ThresholdTooLow,
)
from disclosure.flows import last_sunday, moved_together, sundays
from disclosure.stored import (
    answers_as_stored,
    answers_from,
    crossed_as_stored,
    crossed_from,
    figure_as_stored,
    figure_from,
)
from disclosure.tables import Release, Table, TableLine, count_table, release

__all__ = [
    "COMMENTS_K",
    "Bar",
    "Crossed",
    "CrossedLine",
    "Distribution",
    "Figure",
    "FunnelStep",
    "GroupedDistribution",
    "GroupedFigures",
    "Hidden",
    "K",
    "Key",
    "Reason",
    "Release",
    "Shown",
    "Table",
    "TableLine",
    "ThresholdTooLow",
    "answers_as_stored",
    "answers_from",
    "by_group",
    "comments",
    "compatible",
    "count_table",
    "crossed",
    "crossed_as_stored",
    "crossed_from",
    "distribution",
    "figure_as_stored",
    "figure_from",
    "funnel",
    "hold",
    "last_sunday",
    "mean",
    "mean_by_group",
    "moved_together",
    "release",
    "series",
    "share",
    "sundays",
    "total",
    "total_by_group",
]
