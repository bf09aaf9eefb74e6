"""What surveys know before a program moves on; registered with ``programs.rules`` when Django starts."""

from __future__ import annotations

from datetime import date

from programs.choices import Stage
from programs.models import Program
from programs.rules import require
from surveys import queries


def nobody_was_asked(program: Program, on: date) -> str | None:
    """Whoever was asked knows of the program by now."""
    if queries.interest_survey(program) is None:
        return None
    return "People have been asked whether they would take part, so this cannot become a draft again."


def nobody_is_being_asked(program: Program, on: date) -> str | None:
    """Whether one would take part is no question any more once one can."""
    survey = queries.interest_survey(program)
    if survey is None or on > survey.closes_on:
        return None
    return f"People still answer the interest survey, until {survey.closes_on:%-d %B %Y}. It can be closed earlier."


def register() -> None:
    require(Stage.INTEREST, Stage.DRAFT, nobody_was_asked)
    require(Stage.INTEREST, Stage.ENROLMENT, nobody_is_being_asked)
