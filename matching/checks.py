"""What proposals know before a program moves on; registered with ``programs.rules`` when Django starts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from matching.models import Proposal
from programs.choices import Stage
from programs.models import Program
from programs.rules import require


def no_proposal_waits(program: Program, on: date) -> str | None:
    """Two people who were asked keep the time they were given to answer."""
    if not Proposal.objects.filter(program=program).waiting(datetime.combine(on, time.min, UTC)).exists():
        return None
    return "Proposals wait for an answer. Go on when they are answered or have run out."


def register() -> None:
    require(Stage.MATCHING, Stage.ENROLMENT, no_proposal_waits)
    require(Stage.RUNNING, Stage.REVIEW, no_proposal_waits)
