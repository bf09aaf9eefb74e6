"""Words of surveys."""

from typing import Final

from django.db import models


class SurveyKind(models.TextChoices):
    INTEREST = "interest", "Interest, before enrolment"
    MID_TERM = "mid_term", "Halfway"
    END_OF_TERM = "end_of_term", "End of term"


class Interest(models.TextChoices):
    """The answers to whether somebody would take part. They are stored in these words, as every answer of a choice."""

    MENTOR = "As a mentor"
    MENTEE = "As a mentee"
    EITHER = "On either side"
    NOT_NOW = "Not now"


class QuestionKind(models.TextChoices):
    SCALE = "scale", "Scale of five points"
    TEN = "ten", "From 0 to 10"
    CHOICE = "choice", "One of several"
    SEVERAL = "several", "Any of several"
    RANKING = "ranking", "Several, put in order"
    MATRIX = "matrix", "Several statements on one scale"
    SHORT = "short", "A line of text"
    COMMENT = "comment", "Comment"


WITH_OPTIONS: Final = frozenset({QuestionKind.CHOICE, QuestionKind.SEVERAL, QuestionKind.RANKING, QuestionKind.MATRIX})
"""Something is listed: options, or the statements of a matrix."""

WITH_ENDS: Final = frozenset({QuestionKind.SCALE, QuestionKind.TEN, QuestionKind.MATRIX})
"""The two ends can be given words of their own."""

IN_WORDS: Final = frozenset({QuestionKind.SHORT, QuestionKind.COMMENT})
"""Answered in somebody's own words, which are shown to groups of ten or more only."""

DECIDING: Final = frozenset({QuestionKind.SCALE, QuestionKind.TEN, QuestionKind.CHOICE, QuestionKind.SEVERAL})
"""Another question may depend on how one of these was answered."""


class ThemeKind(models.TextChoices):
    """What people tell of, where a theme rests on their answers."""

    OPINION = "opinion", "Opinion"
    WISH = "wish", "Wish"
    GOAL = "goal", "Goal"
    FRUSTRATION = "frustration", "Frustration"


class Decision(models.TextChoices):
    """What a sponsor replies to a theme. All but a no say by when."""

    DECIDED = "decided", "Decided"
    LATER = "later", "To be decided"
    DECLINED = "declined", "Declined"
