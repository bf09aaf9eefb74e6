"""Words of matching."""

from django.db import models


class RunState(models.TextChoices):
    QUEUED = "queued", "Waiting for a worker"
    RUNNING = "running", "Searching"
    SOLVED = "solved", "Solved"
    FAILED = "failed", "Failed"
    TRIED = "tried", "Tried out"
    PUBLISHED = "published", "Sent"
    DISCARDED = "discarded", "Set aside"
    STOPPED = "stopped", "Stopped"


class Hand(models.TextChoices):
    """What a coordinator decided about a pair by hand, before anything is sent."""

    KEEP = "keep", "Kept by hand"
    NEVER = "never", "Never paired, by hand"


class TradeOff(models.TextChoices):
    """How much of the total fit a stronger weakest pair may cost. It never costs a pair."""

    FREE = "free", "Nothing: the best total fit comes first"
    LITTLE = "little", "Up to 1 percent of the total fit"
    SOME = "some", "Up to 3 percent of the total fit"
    MUCH = "much", "Up to 10 percent of the total fit"
    FAIREST = "fairest", "Whatever it takes, but no pair"


class Reply(models.TextChoices):
    """The answer of one of the two to a proposal."""

    ACCEPTED = "accepted", "Yes, let us meet"
    DECLINED = "declined", "Not this one"


class Word(models.TextChoices):
    """What somebody may tell the search alone with "not this one"."""

    SAME_TEAM = "same_team", "We are in the same team"
    TOO_WELL = "too_well", "We know each other too well"
    TOPIC = "topic", "The topic is not mine"
    NOT_NOW = "not_now", "Not now"


class ProposalState(models.TextChoices):
    """Derived from replies and dates; see ``Proposal.state``."""

    WAITING = "waiting", "Waiting for answers"
    AGREED = "agreed", "Both said yes"
    NOT_GOING_AHEAD = "not_going_ahead", "Not going ahead"
    EXPIRED = "expired", "Not answered in time"


class ShownState(models.TextChoices):
    """What a proposal looks like to one of the two; see ``rules.shown_state``."""

    TO_ANSWER = "to_answer", "Waiting for your answer"
    ACCEPTED = "accepted", "You said yes"
    DECLINED = "declined", "You said: not this one"
    AGREED = "agreed", "You both said yes"
    NOT_GOING_AHEAD = "not_going_ahead", "Not going ahead"
    TOO_LATE = "too_late", "Not answered in time"


class UnmatchedReason(models.TextChoices):
    """Why a search could not place somebody."""

    NO_PARTNER = "no_partner", "The rules leave nobody"
    CROWDED = "crowded", "More people than places"
    OUTCOMPETED = "outcompeted", "Others fit better"
    OTHER_SIDE = "other_side", "Pairs on the other side take their hours"
    NOT_LOOKED_AT = "not_looked_at", "The search was cut short"


class Setback(models.TextChoices):
    """Why a pair that was kept by hand could not be in an answer."""

    GONE = "gone", "one of the two does not wait with a free place any more"
    RULES = "rules", "a rule of the program keeps them apart now"
    PLACES = "places", "one of the two has no further place, because of other pairs that were kept"


class FitInWords(models.TextChoices):
    """How well a pair fits, in words; see ``explanations.fit_in_words``."""

    FAIR = "fair", "Fair fit"
    GOOD = "good", "Good fit"
    STRONG = "strong", "Strong fit"


class BoardOrder(models.TextChoices):
    """In which order a board shows its pairs."""

    WEAKEST = "weakest", "Weakest fit first"
    STRONGEST = "strongest", "Strongest fit first"
    MENTOR = "mentor", "By the mentor's name"
    MENTEE = "mentee", "By the mentee's name"
