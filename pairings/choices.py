"""Words of a pair."""

from django.db import models


class Kind(models.TextChoices):
    """What kind of session a meeting was."""

    MENTOR_LED = "mentor_led", "The mentor led"
    RECIPROCAL = "reciprocal", "Reciprocal: the mentee shared too"


class PlanState(models.TextChoices):
    """What became of a meeting the two planned."""

    PLANNED = "planned", "Planned"
    HELD = "held", "Took place"
    NOT_HELD = "not_held", "Did not take place"
    CANCELLED = "cancelled", "Cancelled"


class Health(models.TextChoices):
    """How a pair is doing, by facts alone."""

    ON_TRACK = "on_track", "On track"
    QUIET = "quiet", "Quiet"
    STUCK = "stuck", "Stuck"


class GoalState(models.TextChoices):
    OPEN = "open", "Open"
    MET = "met", "Met"
    DROPPED = "dropped", "Dropped"


class Arranger(models.TextChoices):
    """Who arranges the meetings. By default the mentee does, and the mentor leads the content."""

    MENTEE = "mentee", "The mentee"
    MENTOR = "mentor", "The mentor"
    EITHER = "either", "Either of us"


class Agreeing(models.IntegerChoices):
    """The scale of a check-in."""

    NOT_AT_ALL = 1, "Not at all"
    A_LITTLE = 2, "A little"
    PARTLY = 3, "Partly"
    MOSTLY = 4, "Mostly"
    FULLY = 5, "Fully"


class Fit(models.IntegerChoices):
    """What somebody says of the two at their first check-in. A number, so that what is sealed is one character."""

    GOOD = 1, "Good"
    DECIDING = 2, "Still deciding"
    NOT_A_FIT = 3, "Not a fit"


class Moment(models.TextChoices):
    """When somebody rates their own skills."""

    START = "start", "At the start"
    END = "end", "At the end"


class Mastery(models.IntegerChoices):
    """How well somebody masters a skill, in their own words."""

    NEW = 1, "New to me"
    HEARD = 2, "I know a little"
    WITH_HELP = 3, "I manage with help"
    ALONE = 4, "I manage alone"
    SHOWING = 5, "I can show others"
