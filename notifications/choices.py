"""Words of the outbox."""

from datetime import timedelta
from typing import Final

from django.db import models

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


SHORTEST_HOURS: Final = timedelta(hours=1)
"""From when to when somebody may be written to on one day, at least: a queue or a mail server may take some minutes."""


class Topic(models.TextChoices):
    """What may be declined. A message of no topic reaches everybody it is for."""

    NUDGES = "nudges", "Nudges about your pair: signing, meeting, goals"
    CHECK_INS = "check_ins", "Check-ins on how it goes"
    SURVEYS = "surveys", "Surveys"
    DIGEST = "digest", "The week at the desk, for coordinators"
    CALLS = "calls", "Being asked to take part, or to be shown as a champion"


class ChannelKind(models.TextChoices):
    SLACK = "slack", "Slack"
    TEAMS = "teams", "Microsoft Teams"


class NoticeState(models.TextChoices):
    OWED = "owed", "Owed"
    CLAIMED = "claimed", "Being sent"
    RETRY = "retry", "Put off"
    UNKNOWN = "unknown", "Perhaps arrived"
    SENT = "sent", "Sent"
    CANCELLED = "cancelled", "No longer needed"
    MISSED = "missed", "Too late to send"
    FAILED = "failed", "Refused by the mail server"


class Hand(models.TextChoices):
    """Who has a hand in delivery, and tells now and then that it is at work."""

    BEAT = "beat", "Beat"
    WORKER = "worker", "Worker"
    SEARCHES = "searches", "Worker for searches"
    LOOP = "loop", "Loop without Celery"
    ROUND = "round", "Last round of delivery"
