"""What enrolment knows before a program moves on; registered with ``programs.rules`` when Django starts."""

from __future__ import annotations

from datetime import date

from participants import queries
from participants.models import Participation
from programs.choices import Side, Stage
from programs.models import Program
from programs.rules import require


def nobody_has_volunteered(program: Program, on: date) -> str | None:
    """Also somebody who withdrew had been promised a program."""
    if not Participation.objects.filter(program=program).exists():
        return None
    return "Somebody has volunteered already, so this cannot become a draft again."


def somebody_waits_on_both_sides(program: Program, on: date) -> str | None:
    waiting = queries.in_pool(program, on)
    for side in Side:
        if not waiting.on_side(side).exists():
            one = program.word(side, article=True)
            return f"Nobody who could be {one} has volunteered and is ready to be matched yet."
    return None


def register() -> None:
    require(Stage.ENROLMENT, Stage.DRAFT, nobody_has_volunteered)
    require(Stage.ENROLMENT, Stage.MATCHING, somebody_waits_on_both_sides)
