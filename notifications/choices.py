"""Words of the outbox."""

from django.db import models


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
    LOOP = "loop", "Loop without Celery"
    ROUND = "round", "Last round of delivery"
