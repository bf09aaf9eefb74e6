"""What touches surveys and matching at once."""

from __future__ import annotations

from datetime import UTC, date, datetime

from matching.forecast import Forecast, Interested, forecast
from programs.models import Program
from surveys import actions as surveys
from surveys import queries


def forecast_pairs(*, at: datetime) -> int:
    """For each interest survey whose results came out: how many pairs the rules would allow. How many were made.

    From released counts and the directory alone, so it tells nothing that they do not.
    """
    on = at.astimezone(UTC).date()
    return surveys.each_by_itself(
        queries.to_forecast().select_related("program", "release"),
        lambda survey: surveys.keep_forecast(
            survey, _forecast(survey.program, queries.interested(survey), on=on, seed=survey.pk), at=at
        ),
    )


def _forecast(program: Program, said: tuple[int, int, int] | None, *, on: date, seed: int) -> Forecast | None:
    return forecast(program, Interested(*said), on=on, seed=seed) if said else None
