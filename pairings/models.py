"""The life of a pair."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, ExpressionWrapper, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce

from pairings.choices import Agreeing, Arranger, GoalState, Kind, Mastery, Moment, PlanState
from participants.choices import Way
from participants.models import Participation
from people.models import Person, PersonQuerySet, Skill
from privacy import classes
from privacy.models import DataKey
from programs.choices import Duty, Side, Stage
from programs.models import Program, ProgramDuty


class _Term(Func):
    """The days a pairing takes a place: to its last day as agreed, or up to the day on which it was ended."""

    function = "DATERANGE"
    output_field = DateRangeField()


def _term() -> _Term:
    day_after = ExpressionWrapper(F("runs_until") + Value(1), output_field=models.DateField())
    return _Term(F("started_on"), Coalesce(F("ended_on"), day_after), RangeBoundary())


class PairingQuerySet(models.QuerySet["Pairing"]):
    def open(self, on: date) -> PairingQuerySet:
        """Pairs whose end has not come: nobody flips a flag."""
        return self.filter(ended_on=None, runs_until__gte=on)

    def missing_one(self, on: date) -> PairingQuerySet:
        """Open pairs of which one does not work here on that day: ``pairings.rules.misses_one``, in SQL."""
        here = Person.objects.employed(on).values("pk")
        return self.open(on).exclude(mentor__person__in=here, mentee__person__in=here)

    def paused(self, on: date) -> PairingQuerySet:
        """Open pairs in a pause that one of the two or a coordinator noted."""
        return self.open(on).filter(paused_from__lte=on, back_on__gt=on)

    def resting(self, on: date) -> PairingQuerySet:
        """Open pairs of which nothing is asked on that day: ``pairings.rules.rests``, in SQL."""
        return self.missing_one(on) | self.paused(on)

    def recused(self, on: date) -> PairingQuerySet:
        """Pairs that are over, whose two should not judge one another yet; with ``last_recused``, the last such day."""
        months = Func(F("recused_months"), function="make_interval", template="%(function)s(months => %(expressions)s)")
        until = ExpressionWrapper(Coalesce("ended_on", "runs_until") + months, output_field=models.DateTimeField())
        over = Q(ended_on__isnull=False) | Q(runs_until__lt=on)
        found = self.annotate(last_recused=Cast(until, models.DateField()))
        return found.filter(over, recused_months__gt=0, last_recused__gte=on).order_by("-last_recused", "pk")

    def kept_long_enough_somewhere(self, at: datetime) -> PairingQuerySet:
        """Pairs whose ``pairings.rules.erased_on`` is over somewhere on earth, the earliest first.

        Whether it is over where each of the two lives, ``pairings.rules.is_kept_long_enough`` judges: one time zone
        that the database does not know would keep it from answering for anybody.
        """
        last_day = Coalesce(F("ended_on"), F("runs_until"))
        erased_on = ExpressionWrapper(last_day + F("kept_days"), output_field=models.DateField())
        found = self.annotate(_erased_on=erased_on).filter(_erased_on__lte=at.astimezone(UTC).date())
        return found.order_by("_erased_on", "pk")

    def of(self, person: Person) -> PairingQuerySet:
        return self.filter(Q(mentor__person=person) | Q(mentee__person=person))

    def coordinated_by(self, person: Person) -> PairingQuerySet:
        """Pairs of programs this person coordinates: dates and states for the desk, never content."""
        return self.filter(program__in=Program.objects.coordinated_by(person))

    def supervised_by(self, person: Person, on: date) -> PairingQuerySet:
        """Open pairs of programs this person supervises, for ``pairings.supervising``: facts alone, never content.

        Their own pair is not among them: whoever is one of the two reads it on their own page and on no other. One that
        is over is not either, because who was paired with whom is then known to the two and to coordinators alone.
        """
        theirs = self.filter(program__duties__person=person, program__duties__duty=Duty.SUPERVISOR)
        return theirs.open(on).exclude(Q(mentor__person=person) | Q(mentee__person=person))

    def with_last_met(self) -> PairingQuerySet:
        """With ``last_met``."""
        days = Meeting.objects.filter(pairing=OuterRef("pk")).order_by("-held_on").values("held_on")
        return self.annotate(last_met=Subquery(days[:1]))

    def with_meetings(self) -> PairingQuerySet:
        """With ``last_met`` and ``times_met``."""
        meetings = Meeting.objects.filter(pairing=OuterRef("pk")).order_by().values("pairing")
        times = Subquery(meetings.annotate(times=Count("pk")).values("times"))
        found: PairingQuerySet = self.annotate(times_met=Coalesce(times, 0))
        return found.with_last_met()

    def with_people(self) -> PairingQuerySet:
        return self.select_related("program", "mentor__person__site", "mentee__person__site")


class Pairing(models.Model):
    """A mentor and a mentee who both said yes. It is over when its end date has passed, or was brought forward.

    Each pairing takes one of the places its mentor and its mentee have; the database refuses a second pairing in the
    same place at the same time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    program = models.ForeignKey(Program, models.PROTECT, related_name="pairings", db_comment=classes.TAKING_PART)
    mentor = models.ForeignKey(
        Participation, models.PROTECT, related_name="pairings_as_mentor", db_comment=classes.TAKING_PART
    )
    mentee = models.ForeignKey(
        Participation, models.PROTECT, related_name="pairings_as_mentee", db_comment=classes.TAKING_PART
    )
    mentor_place = models.PositiveSmallIntegerField(db_comment=classes.NOT_PERSONAL)
    mentee_place = models.PositiveSmallIntegerField(db_comment=classes.NOT_PERSONAL)
    opened_at = models.DateTimeField(db_comment=classes.PAIR_FACT)
    started_on = models.DateField(db_comment=classes.PAIR_FACT)
    runs_until = models.DateField("the last day, as agreed", db_comment=classes.PAIR_FACT)
    ended_on = models.DateField("the last day, brought forward", null=True, blank=True, db_comment=classes.PAIR_FACT)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_comment=classes.AT_DESK,
    )
    fine_until = models.DateField("left in peace until", null=True, blank=True, db_comment=classes.AT_DESK)
    fine_said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_comment=classes.AT_DESK,
    )
    paused_from = models.DateField("the first day of a pause", null=True, blank=True, db_comment=classes.AT_DESK)
    back_on = models.DateField("the day it goes on", null=True, blank=True, db_comment=classes.AT_DESK)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_comment=classes.AT_DESK,
    )
    recused_months = models.PositiveSmallIntegerField(
        "months of recusal after it, as the program said when it began", default=12, db_comment=classes.AT_DESK
    )
    kept_days = models.PositiveSmallIntegerField(
        "days for which its words are kept after it, as the program said when it began",
        default=60,
        db_comment=classes.AT_DESK,
    )
    times_logged = models.PositiveIntegerField(
        "meetings ever logged, those taken back included", default=0, db_comment=classes.AT_DESK
    )
    mentor_named_at = models.DateTimeField(
        "the mentee’s certificate may name the mentor", null=True, blank=True, db_comment=classes.OWN_NOTE
    )
    mentee_named_at = models.DateTimeField(
        "the mentor’s certificate may name the mentee", null=True, blank=True, db_comment=classes.OWN_NOTE
    )
    data_key = models.OneToOneField(
        DataKey, models.SET_NULL, null=True, related_name="+", db_comment=classes.NOT_PERSONAL
    )

    last_recused: date
    """Read with ``recused``."""
    last_met: date | None
    """Read with ``with_last_met``."""
    times_met: int
    """Read with ``with_meetings``."""

    objects: ClassVar = PairingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-started_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(mentor=F("mentee")), name="pairing_of_two"),
            models.CheckConstraint(condition=Q(runs_until__gte=F("started_on")), name="pairing_ends_after_start"),
            models.CheckConstraint(condition=Q(kept_days__gte=30), name="pairing_kept_while_it_is_read"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")), name="pairing_ended_after_start"
            ),
            models.CheckConstraint(
                condition=Q(fine_until=None, fine_said_by=None)
                | Q(fine_until__isnull=False, fine_said_by__isnull=False),
                name="pairing_fine_said_whole",
            ),
            models.CheckConstraint(
                condition=Q(paused_from=None, back_on=None, paused_by=None)
                | Q(
                    paused_from__gte=F("started_on"),
                    back_on__gt=F("paused_from"),
                    back_on__lte=F("runs_until"),
                    paused_by__isnull=False,
                ),
                name="pairing_paused_whole",
            ),
            models.CheckConstraint(
                condition=Q(mentor_place__gte=1, mentor_place__lte=5, mentee_place__gte=1, mentee_place__lte=5),
                name="pairing_places",
            ),
            ExclusionConstraint(
                name="pairing_mentor_place_free",
                expressions=[
                    ("mentor", RangeOperators.EQUAL),
                    ("mentor_place", RangeOperators.EQUAL),
                    (_term(), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="pairing_mentee_place_free",
                expressions=[
                    ("mentee", RangeOperators.EQUAL),
                    ("mentee_place", RangeOperators.EQUAL),
                    (_term(), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="pairing_of_these_two_once",
                expressions=[
                    ("mentor", RangeOperators.EQUAL),
                    ("mentee", RangeOperators.EQUAL),
                    (_term(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"Pair {str(self.pk)[:8]}"

    @property
    def last_day(self) -> date:
        return self.ended_on or self.runs_until

    def pauses_on(self, day: date) -> bool:
        return self.paused_from is not None and self.back_on is not None and self.paused_from <= day < self.back_on

    def side_of(self, person: Person) -> Side | None:
        if self.mentor.person_id == person.pk:
            return Side.MENTOR
        if self.mentee.person_id == person.pk:
            return Side.MENTEE
        return None

    def partner_of(self, person: Person) -> Person:
        return self.mentee.person if self.side_of(person) is Side.MENTOR else self.mentor.person


class Agreement(models.Model):
    """One version of what the two agreed; it holds once both have signed it. A change is a new version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="agreements", db_comment=classes.NOT_PERSONAL)
    version = models.PositiveSmallIntegerField(db_comment=classes.AT_DESK)
    words = models.BinaryField("expectations, boundaries and the rest, sealed", db_comment=classes.SEALED)
    meet_every_days = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(3), MaxValueValidator(120)], db_comment=classes.AT_DESK
    )
    meeting_minutes = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(10), MaxValueValidator(480)], db_comment=classes.AT_DESK
    )
    arranged_by = models.CharField(max_length=6, choices=Arranger, db_comment=classes.AT_DESK)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.AT_DESK
    )
    drafted_at = models.DateTimeField(db_comment=classes.AT_DESK)
    mentor_signed_at = models.DateTimeField(null=True, blank=True, db_comment=classes.AT_DESK)
    mentee_signed_at = models.DateTimeField(null=True, blank=True, db_comment=classes.AT_DESK)

    class Meta:
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pairing", "version"], name="agreement_version_once"),
        ]

    def __str__(self) -> str:
        return f"Agreement {self.version} of {self.pairing}"

    def row(self, column: str) -> str:
        return f"pairings.agreement.{column}:{self.pk}"

    @property
    def is_signed(self) -> bool:
        return self.mentor_signed_at is not None and self.mentee_signed_at is not None


class Goal(models.Model):
    """What the pair wants to reach, by when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="goals", db_comment=classes.NOT_PERSONAL)
    title = models.BinaryField("what, sealed", db_comment=classes.SEALED)
    due_on = models.DateField(db_comment=classes.PAIR_COUNT)
    state = models.CharField(max_length=8, choices=GoalState, default=GoalState.OPEN, db_comment=classes.PAIR_COUNT)
    progress = models.PositiveSmallIntegerField(
        "how far, in percent, by your own estimate",
        default=0,
        validators=[MaxValueValidator(100)],
        db_comment=classes.PAIR_COUNT,
    )
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.PAIR_COUNT
    )
    set_at = models.DateTimeField(db_comment=classes.PAIR_COUNT)
    version = models.PositiveIntegerField("how often it was saved", default=1, db_comment=classes.PAIR_COUNT)

    class Meta:
        ordering: ClassVar = ["due_on", "set_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="goal_progress_percent"),
        ]

    def __str__(self) -> str:
        return f"Goal of {self.pairing}"

    def row(self, column: str) -> str:
        return f"pairings.goal.{column}:{self.pk}"


class Task(models.Model):
    """A small step of a goal, by a day or not, done or not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="tasks", db_comment=classes.NOT_PERSONAL)
    title = models.BinaryField("what, sealed", db_comment=classes.SEALED)
    due_on = models.DateField("by when", null=True, blank=True, db_comment=classes.PAIR_COUNT)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.PAIR_COUNT
    )
    set_at = models.DateTimeField(db_comment=classes.PAIR_COUNT)
    done_at = models.DateTimeField(null=True, blank=True, db_comment=classes.PAIR_COUNT)

    class Meta:
        ordering: ClassVar = ["set_at", "pk"]

    def __str__(self) -> str:
        return f"Task of {self.goal}"

    def row(self, column: str) -> str:
        return f"pairings.task.{column}:{self.pk}"


class Meeting(models.Model):
    """The pair met. Date, minutes and kind are facts; what they spoke about is theirs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="meetings", db_comment=classes.PAIR_FACT)
    held_on = models.DateField(db_comment=classes.PAIR_FACT)
    minutes = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(5), MaxValueValidator(480)], db_comment=classes.PAIR_FACT
    )
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.MENTOR_LED, db_comment=classes.PAIR_FACT)
    way = models.CharField(max_length=10, choices=Way, default=Way.IN_PERSON, db_comment=classes.AT_DESK)
    topics = models.BinaryField("what we spoke about, sealed", null=True, blank=True, db_comment=classes.SEALED)
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.AT_DESK
    )
    logged_at = models.DateTimeField(db_comment=classes.AT_DESK)

    class Meta:
        ordering: ClassVar = ["held_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pairing", "held_on"], name="meeting_once_a_day"),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=480), name="meeting_minutes"),
        ]

    def __str__(self) -> str:
        return f"Meeting on {self.held_on:%-d %B %Y}"

    def row(self, column: str) -> str:
        return f"pairings.meeting.{column}:{self.pk}"


class PlannedMeetingQuerySet(models.QuerySet["PlannedMeeting"]):
    def ahead(self, at: datetime) -> PlannedMeetingQuerySet:
        """Planned, and not begun at that instant."""
        return self.filter(state=PlanState.PLANNED, starts_at__gt=at)


class PlannedMeeting(models.Model):
    """The two mean to meet. An instant, and the zone on whose wall clock it was chosen; whoever reads sees their own.

    It stays as a fact whatever becomes of it: ``settled_at`` before ``starts_at`` is the lead time of a cancellation,
    and one that nobody cancelled (``settled_by`` is empty) ended with the pair. ``version`` counts what calendars have
    to learn, so it is the iCalendar sequence as well as the mark against two who change it at once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="planned_meetings", db_comment=classes.PAIR_FACT)
    starts_at = models.DateTimeField(db_comment=classes.PAIR_FACT)
    zone = models.CharField("the time zone it was planned in", max_length=64, db_comment=classes.PAIR_FACT)
    minutes = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(5), MaxValueValidator(480)], db_comment=classes.PAIR_FACT
    )
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.MENTOR_LED, db_comment=classes.PAIR_FACT)
    way = models.CharField(max_length=10, choices=Way, default=Way.IN_PERSON, db_comment=classes.AT_DESK)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.AT_DESK
    )
    planned_at = models.DateTimeField(db_comment=classes.AT_DESK)
    version = models.PositiveIntegerField("how often it was saved", default=1, db_comment=classes.AT_DESK)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.AT_DESK
    )
    changed_at = models.DateTimeField(db_comment=classes.AT_DESK)
    state = models.CharField(max_length=9, choices=PlanState, default=PlanState.PLANNED, db_comment=classes.PAIR_FACT)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_comment=classes.PAIR_FACT
    )
    settled_at = models.DateTimeField(null=True, blank=True, db_comment=classes.PAIR_FACT)

    objects: ClassVar = PlannedMeetingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["starts_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pairing", "starts_at"], condition=Q(state=PlanState.PLANNED), name="planned_meeting_once"
            ),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=480), name="planned_meeting_minutes"),
            models.CheckConstraint(
                condition=Q(state=PlanState.PLANNED, settled_at=None, settled_by=None)
                | (~Q(state=PlanState.PLANNED) & Q(settled_at__isnull=False)),
                name="planned_meeting_settled_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Meeting planned for {self.day:%-d %B %Y}"

    @property
    def day(self) -> date:
        """The day on the wall where it was planned; a meeting that was held is logged on it."""
        return self.starts_at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def settled_on(self) -> date | None:
        """The day, on the same wall, on which somebody said what became of it."""
        return self.settled_at.astimezone(ZoneInfo(self.zone)).date() if self.settled_at is not None else None


class CalendarFeed(models.Model):
    """Somebody's own address for their calendar. Its token is kept as a hash; empty while it is switched off.

    ``version`` counts what was made and switched off, so that of two clicks, or two windows, one counts.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_comment=classes.CALENDAR
    )
    token_hash = models.CharField(
        "SHA-256 of the token", max_length=64, null=True, blank=True, unique=True, db_comment=classes.CREDENTIAL
    )
    version = models.PositiveIntegerField(default=0, db_comment=classes.CALENDAR)
    made_at = models.DateTimeField(null=True, blank=True, db_comment=classes.CALENDAR)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(token_hash=None, made_at=None) | Q(token_hash__isnull=False, made_at__isnull=False),
                name="calendar_feed_made_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Calendar address {self.pk}"


class CheckIn(models.Model):
    """One partner's answer on one check-in day. Days follow from the start and the program's cadence.

    Only ``worth`` is counted, in groups; what else was said is erased with the words of the pair.
    """

    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="check_ins", db_comment=classes.OWN_ANSWER)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.OWN_ANSWER
    )
    due_on = models.DateField(db_comment=classes.OWN_ANSWER)
    answered_at = models.DateTimeField(db_comment=classes.OWN_ANSWER)
    meeting = models.PositiveSmallIntegerField(
        "we meet as we agreed", choices=Agreeing, null=True, blank=True, db_comment=classes.OWN_ANSWER
    )
    getting = models.PositiveSmallIntegerField(
        "I am getting what I want out of it", choices=Agreeing, null=True, blank=True, db_comment=classes.OWN_ANSWER
    )
    speaking = models.PositiveSmallIntegerField(
        "I can say what I really think", choices=Agreeing, null=True, blank=True, db_comment=classes.OWN_ANSWER
    )
    worth = models.PositiveSmallIntegerField("it is worth the time", choices=Agreeing, db_comment=classes.OWN_ANSWER)
    fit = models.BinaryField("how it looks with the two, sealed", null=True, blank=True, db_comment=classes.SEALED)

    class Meta:
        ordering: ClassVar = ["due_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pairing", "person", "due_on"], name="check_in_once"),
            models.CheckConstraint(
                condition=Q(meeting__isnull=False, getting__isnull=False, speaking__isnull=False)
                & Q(meeting__range=(1, 5), getting__range=(1, 5), speaking__range=(1, 5), worth__range=(1, 5))
                | Q(meeting=None, getting=None, speaking=None, fit=None, worth__range=(1, 5)),
                name="check_in_scale",
            ),
        ]

    def __str__(self) -> str:
        return f"Check-in due on {self.due_on:%-d %B %Y}"

    def row(self, column: str) -> str:
        return f"pairings.checkin.{column}:{self.pairing_id}:by {self.person_id}:due {self.due_on.isoformat()}"


class SkillRating(models.Model):
    """How well one partner masters a skill they wanted to learn, by their own rating, at the start or at the end."""

    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="skill_ratings", db_comment=classes.OWN_ANSWER)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.OWN_ANSWER
    )
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+", db_comment=classes.OWN_ANSWER)
    moment = models.CharField(max_length=5, choices=Moment, db_comment=classes.OWN_ANSWER)
    mastery = models.PositiveSmallIntegerField(choices=Mastery, db_comment=classes.OWN_ANSWER)
    rated_at = models.DateTimeField(db_comment=classes.OWN_ANSWER)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pairing", "person", "skill", "moment"], name="skill_rated_once"),
            models.CheckConstraint(condition=Q(mastery__range=(1, 5)), name="skill_rating_scale"),
            models.CheckConstraint(condition=Q(moment__in=Moment.values), name="skill_rating_moment"),
        ]

    def __str__(self) -> str:
        return f"Rating, {self.get_moment_display().lower()}"


class Extension(models.Model):
    """One partner would like to go on; the pair does when the other agrees."""

    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="extensions", db_comment=classes.AT_DESK)
    until = models.DateField(db_comment=classes.AT_DESK)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.AT_DESK
    )
    proposed_at = models.DateTimeField(db_comment=classes.AT_DESK)
    answered_at = models.DateTimeField(null=True, blank=True, db_comment=classes.AT_DESK)
    agreed = models.BooleanField(null=True, blank=True, db_comment=classes.AT_DESK)

    class Meta:
        ordering: ClassVar = ["-proposed_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pairing"], condition=Q(answered_at=None), name="extension_one_open_question"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, agreed=None) | Q(answered_at__isnull=False, agreed__isnull=False),
                name="extension_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Going on until {self.until}"


class Reflection(models.Model):
    """One partner's closing words, for oneself or for the two."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="reflections", db_comment=classes.NOT_PERSONAL)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.PAIR_COUNT
    )
    words = models.BinaryField("what stays with me, sealed", db_comment=classes.SEALED)
    shared = models.BooleanField("my partner may read it", default=False, db_comment=classes.PAIR_COUNT)
    written_at = models.DateTimeField(db_comment=classes.PAIR_COUNT)

    class Meta:
        ordering: ClassVar = ["written_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pairing", "person"], name="reflection_once"),
        ]

    def __str__(self) -> str:
        return f"Reflection on {self.pairing}"

    def row(self, column: str) -> str:
        return f"pairings.reflection.{column}:{self.pk}"


class Waiver(models.Model):
    """A coordinator says that a pair may go on although a change of the directory put it against a rule."""

    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="waivers", db_comment=classes.DESK)
    rule = models.CharField(max_length=40, db_comment=classes.DESK)
    waived_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.DESK)
    waived_at = models.DateTimeField(db_comment=classes.DESK)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["pairing", "rule"], name="waiver_once")]

    def __str__(self) -> str:
        return f"Waiver for {self.pairing}"


class PrivateNote(models.Model):
    """What one of the two writes into the private room for oneself alone.

    ``version`` is part of what the text is sealed for, so a former text that is put back does not open.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="notes", db_comment=classes.OWN_NOTE)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.OWN_NOTE
    )
    written_at = models.DateTimeField(db_comment=classes.OWN_NOTE)
    version = models.PositiveIntegerField("how often it was saved", default=1, db_comment=classes.OWN_NOTE)
    words = models.BinaryField("what I note for myself, sealed", db_comment=classes.SEALED)

    class Meta:
        ordering: ClassVar = ["-written_at", "pk"]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(version__gte=1), name="private_note_version")]

    def __str__(self) -> str:
        return f"Note in {self.pairing}"

    def row(self, column: str) -> str:
        return f"pairings.privatenote.{column}:{self.pk}:by {self.written_by_id}:version {self.version}"


class PrivateMessage(models.Model):
    """What one of the two writes to the other in the private room. It is never changed.

    ``read_at`` is when the partner opened the room; the writer is not told.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="messages", db_comment=classes.BETWEEN_TWO)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.BETWEEN_TWO
    )
    written_at = models.DateTimeField(db_comment=classes.BETWEEN_TWO)
    read_at = models.DateTimeField(null=True, blank=True, db_comment=classes.BETWEEN_TWO)
    words = models.BinaryField("what I write to my partner, sealed", db_comment=classes.SEALED)

    class Meta:
        ordering: ClassVar = ["-written_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["pairing", "written_by"], name="message_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"Message in {self.pairing}"

    def row(self, column: str) -> str:
        return f"pairings.privatemessage.{column}:{self.pk}:by {self.written_by_id}"


class HelpRequestQuerySet(models.QuerySet["HelpRequest"]):
    def open(self) -> HelpRequestQuerySet:
        return self.filter(closed_at=None)

    def with_duty(self, at: datetime) -> HelpRequestQuerySet:
        """With ``is_held``: whether its supervisor is one of the program's and works here, on the day it is there."""
        duty = ProgramDuty.objects.filter(
            program=OuterRef("program"), person=OuterRef("supervisor"), duty=Duty.SUPERVISOR,
            person__in=_supervisors_here(at).values("pk"),
        )  # fmt: skip
        return self.annotate(is_held=models.Exists(duty))


def _supervisors_here(at: datetime) -> PersonQuerySet:
    """Supervisors of any program who work here on the day it is where each of them lives.

    Only of the few who leave about now does it matter where that is. Of each of these Python says it: one time zone
    that the database does not know would keep it from answering for anybody. Somebody of whom we cannot tell is gone.
    """
    supervisors = Person.objects.filter(duties__duty=Duty.SUPERVISOR)
    first, last = ((at.astimezone(UTC) + timedelta(hours=hours)).date() for hours in (-12, 14))  # anywhere on earth
    leaving = supervisors.employed(first).filter(left_on__lte=last)
    here = [person.pk for person in leaving if person.left_on is not None and person.left_on > _latest_day(person, at)]
    found: PersonQuerySet = supervisors.employed(last) | supervisors.filter(pk__in=here)
    return found


def _latest_day(person: Person, at: datetime) -> date:
    """The day it is where somebody lives, or the latest it is anywhere if nobody knows the zone that stands there."""
    try:
        return at.astimezone(person.zone).date()
    except (KeyError, ValueError, OSError):
        return (at.astimezone(UTC) + timedelta(hours=14)).date()


class HelpRequest(models.Model):
    """Somebody of a program turns to one of its supervisors. Its key is its own, so no partner's page opens it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    program = models.ForeignKey(Program, models.PROTECT, related_name="+", db_comment=classes.HELP)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.HELP)
    supervisor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.HELP)
    asked_at = models.DateTimeField(db_comment=classes.HELP)
    kept_until = models.DateField(null=True, db_comment=classes.HELP)
    closed_at = models.DateTimeField(null=True, blank=True, db_comment=classes.HELP)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_comment=classes.HELP
    )
    data_key = models.OneToOneField(
        DataKey, models.SET_NULL, null=True, related_name="+", db_comment=classes.NOT_PERSONAL
    )

    is_held: bool
    """Read with ``with_duty``."""

    objects: ClassVar = HelpRequestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "asked_by", "supervisor"], condition=Q(closed_at=None), name="help_asked_once"
            ),
            models.CheckConstraint(condition=~Q(asked_by=F("supervisor")), name="help_of_another"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="help_closed_whole",
            ),
        ]

    def __str__(self) -> str:
        return "request for help"


class HelpMessage(models.Model):
    """One message between the two. Who asked and whom is part of what it is sealed for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    request = models.ForeignKey(HelpRequest, models.CASCADE, related_name="messages", db_comment=classes.HELP)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.HELP)
    written_at = models.DateTimeField(db_comment=classes.HELP)
    read_at = models.DateTimeField(null=True, blank=True, db_comment=classes.HELP)
    words = models.BinaryField("what is written, sealed", db_comment=classes.SEALED)

    class Meta:
        ordering: ClassVar = ["written_at", "pk"]

    def __str__(self) -> str:
        return "message in a request for help"

    def row(self, column: str) -> str:
        between = f"from {self.request.asked_by_id}:to {self.request.supervisor_id}:by {self.written_by_id}"
        return f"pairings.helpmessage.{column}:{self.pk}:{between}"


CIRCLE_READ_FOR: Final = timedelta(days=30)
"""How long after the last day of the program its circles are still open to their members."""


class CircleQuerySet(models.QuerySet["Circle"]):
    def open(self) -> CircleQuerySet:
        return self.filter(dissolved_at=None)

    def of(self, person: Person, *, on: date) -> CircleQuerySet:
        """Circles this person may open: while they are in it, and until some time after the program, or its close."""
        mine = CircleMember.objects.still_in().filter(participation__person=person)
        under_way = self.open().exclude(program__stage=Stage.CLOSED)
        return under_way.filter(program__ends_on__gte=on - CIRCLE_READ_FOR, pk__in=mine.values("circle"))

    def once_of(self, person: Person) -> CircleQuerySet:
        """Circles this person is or was in."""
        return self.filter(pk__in=CircleMember.objects.filter(participation__person=person).values("circle"))


class Circle(models.Model):
    """Mentors of a program who talk about their mentoring with one another. Days and attendance, and no word of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    program = models.ForeignKey(Program, models.PROTECT, related_name="circles", db_comment=classes.NOT_PERSONAL)
    number = models.PositiveSmallIntegerField(db_comment=classes.NOT_PERSONAL)
    formed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.DESK)
    formed_at = models.DateTimeField(db_comment=classes.DESK)
    dissolved_at = models.DateTimeField(null=True, blank=True, db_comment=classes.DESK)
    version = models.PositiveIntegerField("how often its members were changed", default=1, db_comment=classes.DESK)

    objects: ClassVar = CircleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "number"], name="circle_number_once")]

    def __str__(self) -> str:
        return f"Circle {self.number}"


class CircleMemberQuerySet(models.QuerySet["CircleMember"]):
    def still_in(self) -> CircleMemberQuerySet:
        """Who left neither the circle nor, since they came in, the program: joining it again leads back into none."""
        joined = F("participation__volunteered_at")
        return self.filter(left_at=None, participation__withdrawn_at=None, joined_at__gte=joined)

    def close_given_up(self) -> int:
        """Note of memberships that ended with leaving the program that they did, when they did, so that their place is
        free: ``CircleMember.out_since``. How many."""
        given_up = self.filter(left_at=None).exclude(pk__in=CircleMember.objects.still_in().values("pk"))
        return sum(
            CircleMember.objects.filter(pk=member.pk, left_at=None).update(left_at=member.out_since)
            for member in given_up.select_related("participation")
        )


class CircleMember(models.Model):
    """Each takes one of the eight places of a circle, and is in one circle of a program at a time."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="members", db_comment=classes.CIRCLE)
    participation = models.ForeignKey(
        Participation, models.PROTECT, related_name="circles", db_comment=classes.CIRCLE
    )  # fmt: skip
    place = models.PositiveSmallIntegerField(db_comment=classes.NOT_PERSONAL)
    joined_at = models.DateTimeField(db_comment=classes.CIRCLE)
    left_at = models.DateTimeField(null=True, blank=True, db_comment=classes.CIRCLE)

    objects: ClassVar = CircleMemberQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["circle", "place"], condition=Q(left_at=None), name="circle_place_once"
            ),
            models.UniqueConstraint(fields=["participation"], condition=Q(left_at=None), name="circle_one_at_a_time"),
            models.CheckConstraint(condition=Q(place__gte=1, place__lte=8), name="circle_of_eight"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"Member of {self.circle}"

    @property
    def out_since(self) -> datetime | None:
        """When they left the circle, or the program: whoever joined it again was out of it then at the latest. Empty
        while they are in it: ``CircleMemberQuerySet.still_in``."""
        if self.left_at is not None:
            return self.left_at
        own = self.participation
        return own.volunteered_at if self.joined_at < own.volunteered_at else own.withdrawn_at


class CircleDayQuerySet(models.QuerySet["CircleDay"]):
    def counted(self) -> CircleDayQuerySet:
        """With ``came``: how many people were there by their own word, whoever came in twice once."""
        people = models.Count("attendance__member__participation", distinct=True)
        return self.annotate(came=people)


class CircleDay(models.Model):
    """A circle meets on this day; where and when of it, its members say among themselves."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="days", db_comment=classes.NOT_PERSONAL)
    day = models.DateField(db_comment=classes.NOT_PERSONAL)

    came: int
    """Read with ``counted``."""

    objects: ClassVar = CircleDayQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["circle", "day"], name="circle_day_once")]

    def __str__(self) -> str:
        return f"{self.circle} on {self.day:%-d %B %Y}"


class CircleAttendance(models.Model):
    """A member was there, by their own word."""

    day = models.ForeignKey(CircleDay, models.PROTECT, related_name="attendance", db_comment=classes.CIRCLE)
    member = models.ForeignKey(CircleMember, models.CASCADE, related_name="attendance", db_comment=classes.CIRCLE)
    said_at = models.DateTimeField(db_comment=classes.CIRCLE)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "member"], name="circle_attended_once")]

    def __str__(self) -> str:
        return f"Attendance at {self.day}"
