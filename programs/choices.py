"""Words of a program.

In reverse mentoring the **mentor is the less senior person** and the **mentee the more senior one**. The sides are
never called senior or junior anywhere else in the code.
"""

from typing import Final

from django.db import models


class Side(models.TextChoices):
    MENTOR = "mentor", "Mentor"
    MENTEE = "mentee", "Mentee"

    @property
    def other(self) -> "Side":
        return Side.MENTEE if self is Side.MENTOR else Side.MENTOR


class Purpose(models.TextChoices):
    DIGITAL = "digital", "Digital skills"
    INCLUSION = "inclusion", "Diversity and inclusion"
    TALENT = "talent", "Talent and career development"
    ENGAGEMENT = "engagement", "Engagement"
    GENERATIONS = "generations", "Understanding between generations"
    INNOVATION = "innovation", "Innovation"


class Stage(models.TextChoices):
    """Where a program stands; ``programs.rules.TRANSITIONS`` says what may follow."""

    DRAFT = "draft", "Draft"
    INTEREST = "interest", "Interest survey"
    ENROLMENT = "enrolment", "Enrolment"
    MATCHING = "matching", "Matching"
    RUNNING = "running", "Running"
    REVIEW = "review", "Review"
    CLOSED = "closed", "Closed"


BEFORE_ENROLMENT: Final = frozenset({Stage.DRAFT, Stage.INTEREST})
"""So far nobody has been able to volunteer."""


LEARNED_IN: Final = frozenset({Stage.RUNNING, Stage.REVIEW, Stage.CLOSED})
"""Pairs have met, so there is something to learn from."""


class About(models.TextChoices):
    """What of a program a learning is about: a part of its form, called as it is there, or the program as a whole."""

    GENERAL = "general", "The program as a whole"
    OBJECTIVES = "objectives", "Objectives"
    TAKING_PART = "taking_part", "Who may take part"
    PAIR_RULES = "pair_rules", "Rules for a pair"
    GUIDELINES = "guidelines", "Guidelines"
    BEFORE = "before", "Before a pair starts"
    REMINDERS = "reminders", "Reminders"


class Measure(models.TextChoices):
    """What an objective is measured by, and in which unit."""

    PAIRS_FORMED = "pairs_formed", "Pairs formed (number)"
    MEETINGS_PER_PAIR = "meetings_per_pair", "Meetings per pair (average)"
    HOURS_PER_PAIR = "hours_per_pair", "Hours per pair (average)"
    MEETING_AS_AGREED = "meeting_as_agreed", "Pairs meeting as often as agreed (percent)"
    GOALS_MET = "goals_met", "Goals met (percent)"
    SKILL_GAIN = "skill_gain", "People who grew a step in what they wanted to learn (percent)"
    WORTH_THE_TIME = "worth_the_time", "People who find it worth the time (percent)"
    WOULD_DO_AGAIN = "would_do_again", "People who would do it again (percent)"
    STILL_HERE = "still_here", "People still here a year after their pair began (percent)"


PERCENT = (
    Measure.MEETING_AS_AGREED,
    Measure.GOALS_MET,
    Measure.SKILL_GAIN,
    Measure.WORTH_THE_TIME,
    Measure.WOULD_DO_AGAIN,
    Measure.STILL_HERE,
)
ASKED_IN_SURVEYS = (Measure.WORTH_THE_TIME, Measure.WOULD_DO_AGAIN)
"""Measures that a question of a survey counts for."""


class Criterion(models.TextChoices):
    """What makes a good pair; ``matching.scoring`` has a module for each."""

    WISHES_MET = "wishes_met", "What the mentee wants and the mentor offers"
    WISHES_RETURNED = "wishes_returned", "What the mentor wants and the mentee offers"
    LANGUAGE = "language", "A language in common"
    TIME = "time", "Free half-days in common"
    WAY = "way", "A way of meeting that both like"
    SITE = "site", "The same site"
    HOBBIES = "hobbies", "Hobbies in common"
    BACKGROUND = "background", "Wanting to learn the same"
    ACROSS = "across", "Different functions and lines of business"
    PARTNER_WISHES = "partner_wishes", "Whom the two wish to meet"


class Importance(models.TextChoices):
    """How much a criterion counts in one program. ``MUST`` counts like ``HIGH``, and no pair is made without it."""

    MUST = "must", "Must"
    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"
    OFF = "off", "Off"


DEFAULT_IMPORTANCE: Final = {
    Criterion.WISHES_MET: Importance.HIGH,
    Criterion.WISHES_RETURNED: Importance.MEDIUM,
    Criterion.LANGUAGE: Importance.MEDIUM,
    Criterion.TIME: Importance.MEDIUM,
    Criterion.WAY: Importance.LOW,
    Criterion.SITE: Importance.LOW,
    Criterion.HOBBIES: Importance.LOW,
    Criterion.BACKGROUND: Importance.LOW,
    Criterion.ACROSS: Importance.OFF,
    Criterion.PARTNER_WISHES: Importance.OFF,
}


class WishLists(models.TextChoices):
    """Whether people may say before the search whom they wish to meet, and how much of the others they are shown."""

    NONE = "none", "No lists"
    ANONYMOUS = "anonymous", "Lists without names: what the two have in common"
    NAMED = "named", "Lists with names"


class ConflictKind(models.TextChoices):
    """Why two people must not be paired, beside what the directory knows."""

    FAMILY = "family", "Family or a close relationship"
    INVESTIGATION = "investigation", "An investigation or a complaint"
    PROMOTION = "promotion", "A promotion panel"
    PAY = "pay", "A decision about pay"
    OTHER = "other", "Something else"
    NOT_WITH = "not_with", "I would rather not be paired with them"


class AnswerKind(models.TextChoices):
    """How a program's own question is answered."""

    TEXT = "text", "Short text"
    CHOICE = "choice", "One of several"
    SCALE = "scale", "Scale from 1 to 5"


class AskedOf(models.TextChoices):
    """Whom a program's own question is put to."""

    MENTORS = "mentor", "Mentors"
    MENTEES = "mentee", "Mentees"
    BOTH = "both", "Both sides"


class Duty(models.TextChoices):
    """What somebody does for a program."""

    SPONSOR = "sponsor", "Sponsor"
    COORDINATOR = "coordinator", "Coordinator"
    SUPERVISOR = "supervisor", "Supervisor"
