"""Words of the outbox."""

from django.db import models


class NoticeState(models.TextChoices):
    OWED = "owed", "Owed"
    CLAIMED = "claimed", "Being sent"
    SENT = "sent", "Sent"
    CANCELLED = "cancelled", "No longer needed"
    MISSED = "missed", "Too late to send"
    FAILED = "failed", "Refused by the mail server"


UNFINISHED = (NoticeState.OWED, NoticeState.CLAIMED)
