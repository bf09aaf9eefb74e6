"""Which reminders a program sends, and when: one list, edited at the desk.

Each rule keeps its days in a column of the program under the rule's own name; an empty list sends nothing. What is owed
by a rule is owed by the app whose fact it follows from. Other days hold for what begins after they were saved. A rule
that sends nothing any more also stops what is owed: each message asks again before it leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.deconstruct import deconstructible

from privacy import classes

if TYPE_CHECKING:
    from programs.models import Program

MOST: Final = 5


@deconstructible
class Days:
    """A default of a column of days."""

    def __init__(self, *days: int) -> None:
        self.days = days

    def __call__(self) -> list[int]:
        return list(self.days)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Days) and other.days == self.days

    def __hash__(self) -> int:
        return hash(self.days)


@dataclass(frozen=True, slots=True)
class Rule:
    """``name`` is the column of the program; ``longest`` the most days that make sense."""

    name: str
    label: str
    help: str
    default: tuple[int, ...]
    longest: int = 60


CALL: Final = "call_reminder_days"
NOT_READY: Final = "not_ready_days"
REFERENCE: Final = "reference_reminder_days"
MANAGER: Final = "manager_reminder_days"
AGREEMENT: Final = "agreement_reminder_days"
FIRST_MEETING: Final = "first_meeting_days"
DID_YOU_MEET: Final = "did_you_meet_days"
GOAL: Final = "goal_reminder_days"
EXTENSION: Final = "extension_reminder_days"
SURVEY: Final = "survey_reminder_days"
SURVEY_CLOSES: Final = "survey_closing_days"

RULES: Final = (
    Rule(CALL, "Asked to volunteer, no answer: after days", "Whoever joined or said “not for me” hears nothing.", (5,)),
    Rule(NOT_READY, "Volunteered and not ready: after days", "The charter or required guidance is open.", (3,)),
    Rule(REFERENCE, "Referee has not answered: after days", "Counted from when they were asked.", (2, 4, 9), 9),
    Rule(MANAGER, "Line manager has not answered: after days", "Only if line managers are asked for the time.", (5,)),
    Rule(AGREEMENT, "Agreement is not signed: days after the pair began", "Only whoever has yet to sign.", (3, 7)),
    Rule(
        FIRST_MEETING,
        "No first meeting is planned: days after the pair began",
        "Both, until one is planned or logged.",
        (10,),
    ),
    Rule(
        DID_YOU_MEET,
        "Did you meet? Days after a planned meeting",
        "The mentee is asked; the mentor a day later, if nobody has said.",
        (1,),
        14,
    ),
    Rule(GOAL, "A goal is due: days before", "0 is the day itself.", (0,)),
    Rule(EXTENSION, "Asked to go on, no answer: after days", "Until the pair ends.", (3,)),
    Rule(SURVEY, "A survey is not answered: days after it opened", "Never to whoever has answered.", (4,)),
    Rule(SURVEY_CLOSES, "A survey is not answered: days before it closes", "Never to whoever has answered.", (2,)),
)
BY_NAME: Final = {rule.name: rule for rule in RULES}


def column(name: str) -> ArrayField[Any, Any]:
    rule = BY_NAME[name]
    label = rule.label[:1].lower() + rule.label[1:]
    return ArrayField(
        models.PositiveSmallIntegerField(),
        default=Days(*rule.default),
        blank=True,
        size=MOST,
        verbose_name=label,
        db_comment=classes.NOT_PERSONAL,
    )


def days_of(program: Program, rule: str) -> list[int]:
    """On which days the rule reminds, the first one first; none if it does not."""
    days: list[int] = getattr(program, rule)
    return sorted(days)


def reminds(program: Program, rule: str) -> bool:
    return bool(getattr(program, rule))
