"""The outbox: one row for each message we owe, written in the transaction of the fact that owes it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Q, When
from django.db.models.functions import Greatest
from django.db.models.lookups import GreaterThanOrEqual

from notifications.choices import SHORTEST_HOURS, ChannelKind, Hand, NoticeState, Topic
from privacy import classes
from privacy.models import DataKey

SETTLED: Final = (NoticeState.SENT, NoticeState.CANCELLED)
DID_NOT_ARRIVE: Final = Q(state__in=[NoticeState.FAILED, NoticeState.MISSED, NoticeState.UNKNOWN])


class NoticeQuerySet(models.QuerySet["Notice"]):
    def due(self, at: datetime) -> NoticeQuerySet:
        """What a worker may take up now: owed and due, put off until now, or claimed by one whose lease ran out."""
        return self.filter(take_up_at__lte=at)

    def unfinished(self) -> NoticeQuerySet:
        return self.filter(finished_at=None)

    def in_trouble(self) -> NoticeQuerySet:
        """What did not arrive, or not yet, or perhaps, for a reason that is not the person's doing."""
        return self.filter(DID_NOT_ARRIVE | (Q(finished_at=None) & ~Q(reason="")))

    def did_not_arrive(self) -> NoticeQuerySet:
        """Or perhaps did, and may be on its way again."""
        return self.filter(DID_NOT_ARRIVE)

    def given_up(self) -> NoticeQuerySet:
        """Refused for good, or handed over so often without an answer that nobody does so again by themselves."""
        return self.filter(state__in=[NoticeState.FAILED, NoticeState.UNKNOWN], finished_at__isnull=False)

    def perhaps_arrived(self) -> NoticeQuerySet:
        """Sent, or handed to the mail server whole at least once without an answer."""
        return self.filter(Q(state=NoticeState.SENT) | Q(in_doubt__gt=0))

    def over(self, at: datetime) -> NoticeQuerySet:
        """Sent or no longer needed; or it did not arrive and is too late to be tried again."""
        settled = Q(state__in=SETTLED)
        return self.filter(settled | Q(not_after__lt=at), finished_at__isnull=False)

    def planned(self) -> NoticeQuerySet:
        """Owed for a time of day where somebody lives, and never tried yet: what moves when that place's clocks do."""
        return self.filter(state=NoticeState.OWED, attempts=0, due_on__isnull=False)


class Bundle(models.Model):
    """The one message of a person's day, into which everything goes that may wait: begun, and perhaps sent.

    It stands from just before the message is handed to the mail server. Whatever happens then, what is in it stays
    together and leaves under one Message-ID.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="bundles", db_comment=classes.MESSAGE
    )
    on = models.DateField("day, where the person lives", db_comment=classes.MESSAGE)
    message_id = models.CharField(max_length=200, db_comment=classes.MESSAGE)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "on"], name="bundle_once_a_day")]

    def __str__(self) -> str:
        return f"Message of the day {self.pk}"


class Notice(models.Model):
    """A message owed to one person, once.

    ``kind`` names the entry of the register in ``notifications.kinds`` that knows whether the message is still
    wanted and what it says; ``subject`` is the primary key of what it is about, as text. Nothing private is stored:
    the words are composed when the message leaves.

    ``due_on`` and ``due_time`` are what was meant, on the wall where the person lives; ``due_at`` is the instant that
    follows from it. Whoever moves to another zone, or whose zone gets other rules, gets another instant.
    ``waits_until`` is there once it came due and its reader was not to be written to: their next opening.
    ``take_up_at`` follows from the state: when it is due or that opening comes, when a put-off ends, or when a claim
    runs out.
    """

    key = models.CharField(max_length=200, unique=True, db_comment=classes.MESSAGE)
    kind = models.CharField(max_length=60, db_comment=classes.MESSAGE)
    subject = models.CharField(max_length=60, db_comment=classes.MESSAGE)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", db_comment=classes.MESSAGE
    )
    address = models.EmailField(
        "where it goes instead of to their address of now", blank=True, default="", db_default="",
        db_comment=classes.DIRECTORY,
    )  # fmt: skip
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.OWED, db_comment=classes.MESSAGE)
    owed_at = models.DateTimeField(db_comment=classes.MESSAGE)
    due_on = models.DateField("day it is due, where the person lives", null=True, db_comment=classes.MESSAGE)
    due_time = models.TimeField("time of that day", null=True, db_comment=classes.MESSAGE)
    due_at = models.DateTimeField(db_comment=classes.MESSAGE)
    waits_until = models.DateTimeField("waits for its reader until", null=True, db_comment=classes.MESSAGE)
    not_after = models.DateTimeField(db_comment=classes.MESSAGE)
    leased_until = models.DateTimeField(null=True, blank=True, db_comment=classes.MESSAGE)
    again_at = models.DateTimeField("tried again", null=True, blank=True, db_comment=classes.MESSAGE)
    take_up_at = models.GeneratedField(
        expression=Case(
            When(state=NoticeState.OWED, then=Greatest("due_at", "waits_until")),
            When(state=NoticeState.CLAIMED, then=F("leased_until")),
            default=F("again_at"),
        ),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
        db_comment=classes.MESSAGE,
    )
    attempts = models.PositiveSmallIntegerField(default=0, db_comment=classes.MESSAGE)
    in_doubt = models.PositiveSmallIntegerField("handed over without an answer", default=0, db_comment=classes.MESSAGE)
    finished_at = models.DateTimeField(null=True, blank=True, db_comment=classes.MESSAGE)
    reason = models.CharField(max_length=200, blank=True, db_comment=classes.MESSAGE)
    message_id = models.CharField(max_length=200, unique=True, db_comment=classes.MESSAGE)
    bundle = models.ForeignKey(
        Bundle, models.SET_NULL, null=True, blank=True, related_name="notices", db_comment=classes.MESSAGE
    )

    objects: ClassVar = NoticeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-due_at", "-pk"]
        indexes: ClassVar = [
            models.Index("take_up_at", "id", name="notice_take_up", condition=Q(take_up_at__isnull=False)),
            models.Index("state", name="notice_in_trouble", condition=Q(state__in=["failed", "missed", "unknown"])),
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
                condition=Q(state__in=["owed", "claimed", "retry"], finished_at=None)
                | Q(state__in=["sent", "cancelled", "missed", "failed"], finished_at__isnull=False)
                | Q(state="unknown"),
                name="notice_finished_when_done",
            ),
            models.CheckConstraint(
                condition=Q(state="retry", again_at__isnull=False)
                | Q(state="unknown", again_at__isnull=False, finished_at=None)
                | Q(state="unknown", again_at=None, finished_at__isnull=False)
                | (~Q(state__in=["retry", "unknown"]) & Q(again_at=None)),
                name="notice_again_when_put_off",
            ),
            models.CheckConstraint(condition=~Q(state="unknown") | Q(in_doubt__gt=0), name="notice_doubt_is_counted"),
        ]

    def __str__(self) -> str:
        """Its number alone: the key says what it is about."""
        return f"Message {self.pk}"


class DeletedNotices(models.Model):
    """One row: how many were deleted that had been sent or were no longer needed.

    They stay counted as settled. A number that steps back would tell that somebody has just read something.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, db_comment=classes.NOT_PERSONAL)
    number = models.PositiveBigIntegerField(default=0, db_comment=classes.NOT_PERSONAL)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="deleted_notices_one_row")]

    def __str__(self) -> str:
        return "deleted messages"


class MessageHours(models.Model):
    """When somebody wants to be written to. Whoever has said nothing has no row; then the settings hold."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="message_hours",
        db_comment=classes.MESSAGES_WANTED,
    )
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(),
        size=7,
        db_comment=classes.MESSAGES_WANTED,
    )
    first = models.TimeField("not before", db_comment=classes.MESSAGES_WANTED)
    last = models.TimeField("not after", db_comment=classes.MESSAGES_WANTED)
    gathered = models.BooleanField("in one message a day", db_comment=classes.MESSAGES_WANTED)

    class Meta:
        verbose_name_plural = "message hours"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=GreaterThanOrEqual(
                    ExpressionWrapper(F("last") - F("first"), models.DurationField()), SHORTEST_HOURS
                ),
                name="message_hours_long_enough",
            ),
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=list(range(7)), weekdays__len__gte=1),
                name="message_hours_some_weekday",
            ),
        ]

    def __str__(self) -> str:
        return f"Message hours {self.pk}"


class DayOff(models.Model):
    """Days on which somebody is not written to of what may wait. The last one is included."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="days_off", db_comment=classes.MESSAGES_WANTED
    )
    first_on = models.DateField("first day off", db_comment=classes.MESSAGES_WANTED)
    last_on = models.DateField("last day off", db_comment=classes.MESSAGES_WANTED)

    class Meta:
        verbose_name_plural = "days off"
        ordering: ClassVar = ["first_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="day_off_ends_after_it_begins"),
            models.UniqueConstraint(fields=["person", "first_on", "last_on"], name="day_off_once"),
        ]

    def __str__(self) -> str:
        return f"Days off {self.pk}"


class Declined(models.Model):
    """A topic that somebody wants no messages on. What they are about stays where it is, on its page."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="declined_topics", db_comment=classes.MESSAGES_WANTED
    )
    topic = models.CharField(max_length=12, choices=Topic, db_comment=classes.MESSAGES_WANTED)
    declined_at = models.DateTimeField(db_comment=classes.MESSAGES_WANTED)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "topic"], name="topic_declined_once")]

    def __str__(self) -> str:
        return f"Declined topic {self.pk}"


class Channel(models.Model):
    """Where somebody would rather be written to than by mail: the address of a webhook of their own, sealed."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="channel",
        db_comment=classes.MESSAGES_WANTED,
    )  # fmt: skip
    kind = models.CharField(max_length=8, choices=ChannelKind, db_comment=classes.MESSAGES_WANTED)
    address = models.BinaryField("address, sealed", db_comment=classes.SEALED)
    data_key = models.OneToOneField(
        DataKey, models.SET_NULL, null=True, related_name="+", db_comment=classes.NOT_PERSONAL
    )
    chosen_at = models.DateTimeField(db_comment=classes.MESSAGES_WANTED)
    failures = models.PositiveSmallIntegerField(default=0, db_comment=classes.MESSAGES_WANTED)
    failed_at = models.DateTimeField(null=True, db_comment=classes.MESSAGES_WANTED)

    def __str__(self) -> str:
        return f"Channel {self.pk}"

    @property
    def kind_of(self) -> ChannelKind:
        return ChannelKind(self.kind)

    def row(self, column: str) -> str:
        """The identity under which text of this row is sealed."""
        return f"notifications.channel.{column}:{self.person_id}"


class ZoneData(models.Model):
    """One row: which time zone data everything that is owed was planned with."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, db_comment=classes.NOT_PERSONAL)
    fingerprint = models.CharField(max_length=64, db_comment=classes.NOT_PERSONAL)
    planned_at = models.DateTimeField(db_comment=classes.NOT_PERSONAL)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="zone_data_one_row")]

    def __str__(self) -> str:
        return "time zone data"


class Host(models.Model):
    """A server that messages leave through, and whether it answers; known to all workers.

    ``failures`` counts those since its last answer; until ``rests_until`` nobody asks it, and then one worker does.
    """

    name = models.CharField(max_length=200, unique=True, db_comment=classes.NOT_PERSONAL)
    failures = models.PositiveIntegerField(default=0, db_comment=classes.NOT_PERSONAL)
    failed_at = models.DateTimeField(null=True, blank=True, db_comment=classes.NOT_PERSONAL)
    rests_until = models.DateTimeField(null=True, blank=True, db_comment=classes.NOT_PERSONAL)
    reason = models.CharField(max_length=200, blank=True, db_comment=classes.NOT_PERSONAL)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    """When a hand in delivery was last at work, and by when it is to say so again, both by the database's clock:
    the one that all machines share, and that the demo does not move."""

    hand = models.CharField(max_length=10, choices=Hand, db_comment=classes.NOT_PERSONAL)
    name = models.CharField("which of them", max_length=200, blank=True, db_comment=classes.NOT_PERSONAL)
    seen_at = models.DateTimeField(db_comment=classes.NOT_PERSONAL)
    expected_by = models.DateTimeField(db_comment=classes.NOT_PERSONAL)

    class Meta:
        ordering: ClassVar = ["hand", "name"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(expected_by__gt=F("seen_at")), name="heartbeat_expected_after_seen"),
            models.UniqueConstraint(fields=["hand", "name"], name="heartbeat_one_row_each"),
        ]

    def __str__(self) -> str:
        return f"{self.get_hand_display()} {self.name}".strip()


class TriedAgain(models.Model):
    """That an administrator had a message sent again that was refused, or perhaps arrived."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="tried_again", db_comment=classes.MESSAGE)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_comment=classes.DESK)
    at = models.DateTimeField(db_comment=classes.DESK)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["notice", "at"], name="tried_again_once_an_instant")]

    def __str__(self) -> str:
        return f"Message {self.notice_id}, tried again"
