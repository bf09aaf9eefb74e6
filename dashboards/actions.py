"""What touches surveys and matching at once."""

from __future__ import annotations

from datetime import UTC, datetime

from matching.forecast import Interested, forecast
from surveys import actions as surveys
from surveys import queries


def forecast_pairs(*, at: datetime) -> int:
    """For each interest survey whose results came out: how many pairs the rules would allow. How many were made.

    From released counts and the directory alone, so it tells nothing that they do not.
    """
    waiting = list(queries.to_forecast().select_related("program", "release"))
    for survey in waiting:
        said = queries.interested(survey)
        if said is None:
            surveys.keep_forecast(survey, at=at, middle=None, nearly_always=None, changes=())
            continue
        found = forecast(survey.program, Interested(*said), on=at.astimezone(UTC).date(), seed=survey.pk)
        surveys.keep_forecast(
            survey, at=at, middle=found.middle, nearly_always=found.nearly_always, changes=found.changes
        )
    return len(waiting)
