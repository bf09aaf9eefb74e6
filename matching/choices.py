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
