"""Words of surveys."""

from django.db import models


class SurveyKind(models.TextChoices):
    MID_TERM = "mid_term", "Halfway"
    END_OF_TERM = "end_of_term", "End of term"


class QuestionKind(models.TextChoices):
    SCALE = "scale", "Scale from “Not at all” to “Fully”"
    CHOICE = "choice", "One of several"
    COMMENT = "comment", "Comment"
