"""What we ask, who was asked, and what was answered: three tables, the last joined to nobody."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from privacy import classes
from programs.choices import ASKED_IN_SURVEYS, Duty, Side
from programs.models import Program
from surveys.choices import QuestionKind, SurveyKind
from surveys.constraints import FrozenOnceOpened

if TYPE_CHECKING:
    from people.models import Person


LAST_ZONE_CLOSES = timedelta(days=1)
"""When a day has ended everywhere: some people still answer while others already write the next date."""


class SurveyQuerySet(models.QuerySet["Survey"]):
    def open(self, on: date) -> SurveyQuerySet:
        return self.filter(opened_at__isnull=False, opens_on__lte=on, closes_on__gte=on)

    def released(self, on: date) -> SurveyQuerySet:
        """Surveys nobody can answer any more, anywhere: their results no longer change."""
        return self.filter(opened_at__isnull=False, closes_on__lt=on - LAST_ZONE_CLOSES)

    def coordinated_by(self, person: Person) -> SurveyQuerySet:
        return self.filter(program__duties__person=person, program__duties__duty=Duty.COORDINATOR)


class Survey(models.Model):
    """A set of questions put to the people of a program between two days."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="surveys", db_comment=classes.NOT_PERSONAL)
    kind = models.CharField(max_length=12, choices=SurveyKind, db_comment=classes.NOT_PERSONAL)
    title = models.CharField(max_length=120, db_comment=classes.NOT_PERSONAL)
    introduction = models.TextField(blank=True, max_length=1000, db_comment=classes.NOT_PERSONAL)
    opens_on = models.DateField(db_comment=classes.NOT_PERSONAL)
    closes_on = models.DateField(db_comment=classes.NOT_PERSONAL)
    opened_at = models.DateTimeField(null=True, blank=True, editable=False, db_comment=classes.DESK)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_comment=classes.DESK,
    )

    objects: ClassVar = SurveyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-opens_on"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")),
                name="survey_closes_after_opening",
                violation_error_message="The survey closes before it opens. Choose a later day.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.program})"

    @property
    def is_opened(self) -> bool:
        return self.opened_at is not None

    @property
    def results_on(self) -> date:
        """The first day on which results are shown."""
        return self.closes_on + LAST_ZONE_CLOSES + timedelta(days=1)


class Question(models.Model):
    """One question. Once its survey has been opened it cannot change."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions", db_comment=classes.NOT_PERSONAL)
    position = models.PositiveSmallIntegerField(db_comment=classes.NOT_PERSONAL)
    kind = models.CharField(max_length=8, choices=QuestionKind, db_comment=classes.NOT_PERSONAL)
    words = models.CharField(max_length=240, db_comment=classes.NOT_PERSONAL)
    options = ArrayField(
        models.CharField(max_length=80),
        default=list,
        blank=True,
        help_text="For “one of several”: the options, with commas between.",
        db_comment=classes.NOT_PERSONAL,
    )
    measure = models.CharField(
        "counts for the objective",
        max_length=24,
        choices=[(measure.value, measure.label) for measure in ASKED_IN_SURVEYS],
        null=True,
        blank=True,
        help_text="Whoever answers “Mostly” or “Fully” counts towards it.",
        db_comment=classes.NOT_PERSONAL,
    )

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["survey", "position"],
                name="question_position_once",
                violation_error_message="Two questions have the same position.",
            ),
            models.UniqueConstraint(
                fields=["survey", "measure"],
                name="question_measure_once",
                violation_error_message="Two questions count for the same objective.",
            ),
            models.CheckConstraint(
                condition=Q(measure=None) | Q(kind=QuestionKind.SCALE),
                name="question_measure_on_scale",
                violation_error_message="Only a question with a scale can count for an objective.",
            ),
            models.CheckConstraint(
                condition=~Q(kind=QuestionKind.CHOICE) | Q(options__len__gte=2),
                name="question_choice_has_options",
                violation_error_message="“One of several” needs at least two options, with commas between.",
            ),
            FrozenOnceOpened(name="question_frozen_once_opened"),
        ]

    def __str__(self) -> str:
        return self.words


class Invitation(models.Model):
    """Somebody was asked. Whether they answered is known, without a time; what they answered is not here."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="invitations", db_comment=classes.ANSWERED)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations", db_comment=classes.ANSWERED
    )
    side = models.CharField(max_length=6, choices=Side, db_comment=classes.ANSWERED)
    answered = models.BooleanField(default=False, db_comment=classes.ANSWERED)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "person"], name="invited_once"),
        ]

    def __str__(self) -> str:
        return f"Invitation to {self.survey}"


class Answer(models.Model):
    """What somebody said. There is no column, order or timestamp that says who.

    ``values`` maps a question's primary key (as text) to a scale value 1–5, an option or a comment; a skipped
    question is absent. ``side`` is the only attribute kept for tables.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.ANONYMOUS)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="answers", db_comment=classes.ANONYMOUS)
    side = models.CharField(max_length=6, choices=Side, db_comment=classes.ANONYMOUS)
    values = models.JSONField(db_comment=classes.ANONYMOUS)

    def __str__(self) -> str:
        return "An answer"
