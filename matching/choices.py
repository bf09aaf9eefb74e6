"""Words of matching."""

from django.db import models


class RunState(models.TextChoices):
    QUEUED = "queued", "Waiting for a worker"
    RUNNING = "running", "Searching"
    SOLVED = "solved", "Solved"
    FAILED = "failed", "Failed"
    PUBLISHED = "published", "Sent"
    DISCARDED = "discarded", "Set aside"


class Reply(models.TextChoices):
    """The answer of one of the two to a proposal."""

    ACCEPTED = "accepted", "Yes, let us meet"
    DECLINED = "declined", "Not this one"


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


class Fit(models.TextChoices):
    """How well a pair fits, in words; see ``explanations.fit_in_words``."""

    FAIR = "fair", "Fair fit"
    GOOD = "good", "Good fit"
    STRONG = "strong", "Strong fit"
