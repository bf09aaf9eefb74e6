"""Words of surveys."""

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
    SCALE = "scale", "Scale from “Not at all” to “Fully”"
    CHOICE = "choice", "One of several"
    COMMENT = "comment", "Comment"
