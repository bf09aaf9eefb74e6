"""The outbox: one row for each message we owe, written in the transaction of the fact that owes it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from notifications.choices import UNFINISHED, NoticeState
from privacy import classes


class NoticeQuerySet(models.QuerySet["Notice"]):
    def due(self, at: datetime) -> NoticeQuerySet:
        """Owed and due, or claimed by somebody whose lease ran out."""
        owed = Q(state=NoticeState.OWED, due_at__lte=at)
        stuck = Q(state=NoticeState.CLAIMED, leased_until__lte=at)
        return self.filter(owed | stuck)

    def unfinished(self) -> NoticeQuerySet:
        return self.filter(state__in=UNFINISHED)

    def planned(self) -> NoticeQuerySet:
        """Owed for a time of day where somebody lives, and never tried yet: what moves when that place's clocks do."""
        return self.filter(state=NoticeState.OWED, attempts=0, due_on__isnull=False)


class Notice(models.Model):
    """A message owed to one person, once.

    ``kind`` names the entry of the register in ``notifications.kinds`` that knows whether the message is still
    wanted and what it says; ``subject`` is the primary key of what it is about, as text. Nothing private is stored:
    the words are composed when the message leaves.

    ``due_on`` and ``due_time`` are what was meant, on the wall where the person lives; ``due_at`` is the instant that
    follows from it. Whoever moves to another zone, or whose zone gets other rules, gets another instant.
    """

    key = models.CharField(max_length=200, unique=True, db_comment=classes.MESSAGE)
    kind = models.CharField(max_length=60, db_comment=classes.MESSAGE)
    subject = models.CharField(max_length=60, db_comment=classes.MESSAGE)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", db_comment=classes.MESSAGE
    )
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.OWED, db_comment=classes.MESSAGE)
    owed_at = models.DateTimeField(db_comment=classes.MESSAGE)
    due_on = models.DateField("day it is due, where the person lives", null=True, db_comment=classes.MESSAGE)
    due_time = models.TimeField("time of that day", null=True, db_comment=classes.MESSAGE)
    due_at = models.DateTimeField(db_comment=classes.MESSAGE)
    not_after = models.DateTimeField(db_comment=classes.MESSAGE)
    leased_until = models.DateTimeField(null=True, blank=True, db_comment=classes.MESSAGE)
    attempts = models.PositiveSmallIntegerField(default=0, db_comment=classes.MESSAGE)
    finished_at = models.DateTimeField(null=True, blank=True, db_comment=classes.MESSAGE)
    reason = models.CharField(max_length=200, blank=True, db_comment=classes.MESSAGE)
    message_id = models.CharField(max_length=200, unique=True, db_comment=classes.MESSAGE)

    objects: ClassVar = NoticeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-due_at", "-pk"]
        indexes: ClassVar = [
            models.Index("due_at", name="notice_owed", condition=Q(state="owed")),
            models.Index("leased_until", name="notice_claimed", condition=Q(state="claimed")),
            models.Index("kind", "subject", name="notice_subject"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(due_on=None, due_time=None) | Q(due_on__isnull=False, due_time__isnull=False),
                name="notice_day_with_its_time",
            ),
            models.CheckConstraint(condition=Q(not_after__gte=models.F("due_at")), name="notice_not_missed_before_due"),
            models.CheckConstraint(
                condition=Q(state="claimed", leased_until__isnull=False) | (~Q(state="claimed") & Q(leased_until=None)),
                name="notice_lease_while_claimed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["owed", "claimed"], finished_at=None)
                | (~Q(state__in=["owed", "claimed"]) & Q(finished_at__isnull=False)),
                name="notice_finished_when_done",
            ),
        ]

    def __str__(self) -> str:
        """Its number alone: the key says what it is about."""
        return f"Message {self.pk}"


class ZoneData(models.Model):
    """One row: which time zone data everything that is owed was planned with."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, db_comment=classes.NOT_PERSONAL)
    fingerprint = models.CharField(max_length=64, db_comment=classes.NOT_PERSONAL)
    planned_at = models.DateTimeField(db_comment=classes.NOT_PERSONAL)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="zone_data_one_row")]

    def __str__(self) -> str:
        return "time zone data"
