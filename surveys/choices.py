"""Words of surveys."""

from typing import Final

from django.db import models


class SurveyKind(models.TextChoices):
    READINESS = "readiness", "Culture readiness, before enrolment closes"
    INTEREST = "interest", "Interest, before enrolment"
    MID_TERM = "mid_term", "Halfway"
    END_OF_TERM = "end_of_term", "End of term"
    EXIT = "exit", "Exit, after a pair ended early"
    OWN = "own", "A survey of your own"


BEFORE_PAIRS: Final = frozenset({SurveyKind.READINESS, SurveyKind.INTEREST})
"""Put to people who may take part, before anybody has a pair to be asked about."""


class Whom(models.TextChoices):
    """Whom a survey is put to."""

    MAY_TAKE_PART = "may_take_part", "Everybody who may take part"
    TAKES_PART = "takes_part", "Everybody who takes part, with a pair or without"
    HAD_A_PAIR = "had_a_pair", "Everybody who has or had a pair"
    HAS_A_PAIR = "has_a_pair", "Everybody with a pair under way"
    ENDED_EARLY = "ended_early", "Everybody whose pair ended early"


USUALLY: Final = {
    SurveyKind.READINESS: Whom.MAY_TAKE_PART,
    SurveyKind.INTEREST: Whom.MAY_TAKE_PART,
    SurveyKind.MID_TERM: Whom.HAS_A_PAIR,
    SurveyKind.END_OF_TERM: Whom.HAD_A_PAIR,
    SurveyKind.EXIT: Whom.ENDED_EARLY,
    SurveyKind.OWN: Whom.HAD_A_PAIR,
}
MAY_ASK_OTHERS: Final = frozenset({SurveyKind.MID_TERM, SurveyKind.END_OF_TERM, SurveyKind.OWN})
"""Kinds that can be put to others than usual; what the rest asks makes sense to their own people alone."""


class OpensWith(models.TextChoices):
    """What a planned survey waits for."""

    DAY = "day", "The day it opens on"
    HALFWAY = "halfway", "Half of the first term"
    END_OF_TERM = "end_of_term", "The end of the first term"
    REVIEW = "review", "The review of the program"


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


NO_ANSWER: Final = "No answer"
"""What results call those who skipped a question, where they are few enough to be counted with the others."""
OR_NONE: Final = ", or no answer"
"""Added to the lowest part of a scale for the same reason."""


class ThemeKind(models.TextChoices):
    """What people tell of, where a theme rests on their answers."""

    OPINION = "opinion", "Opinion"
    WISH = "wish", "Wish"
    GOAL = "goal", "Goal"
    FRUSTRATION = "frustration", "Frustration"


class InsightState(models.TextChoices):
    """How far the two of a pair are with something for the board. It gets there only after both said yes."""

    WAITING = "waiting", "Waits for an answer"
    AGREED = "agreed", "You have both said yes"
    LEFT = "left", "It does not go on the board"


class Decision(models.TextChoices):
    """What a sponsor replies to a theme. All but a no say by when."""

    DECIDED = "decided", "Decided"
    LATER = "later", "To be decided"
    DECLINED = "declined", "Declined"
