"""The search for pairs: runs, suggestions with their reasons, and proposals to both."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from matching.choices import Hand, ProposalState, Reply, RunState, UnmatchedReason, Word
from pairings.models import Pairing
from participants.models import Participation
from privacy import classes
from programs.choices import Side
from programs.models import Program

if TYPE_CHECKING:
    from people.models import Person


KNOWN_TO_BOTH_AFTER = timedelta(days=2)
"""Longer than it takes until nine the next morning wherever the two are; see ``rules.frees_at``."""

ENDS: Final = (
    "pairing_id", "closed_at", "expires_at",
    *(f"{side}__{column}" for side in Side for column in ("withdrawn_at", "person__time_zone")),
)  # fmt: skip
"""All that ``rules.frees_at`` looks at; a column that is missing here would be read proposal by proposal."""


class MatchingRunQuerySet(models.QuerySet["MatchingRun"]):
    def under_way(self) -> MatchingRunQuerySet:
        return self.filter(state__in=(RunState.QUEUED, RunState.RUNNING))

    def but_tried(self) -> MatchingRunQuerySet:
        """Those whose pairs can or could be sent: a scenario is not among them before somebody uses it."""
        return self.exclude(scenario__isnull=False, scenario__chosen_at=None)


class MatchingRun(models.Model):
    """One search over everybody who waits in a program. Nothing is sent before a coordinator publishes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    program = models.ForeignKey(Program, models.PROTECT, related_name="matching_runs", db_comment=classes.DESK)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.QUEUED, db_comment=classes.DESK)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="who asked for it; empty where it began by itself",
        db_comment=classes.DESK,
    )
    requested_at = models.DateTimeField(db_comment=classes.DESK)
    first_started_at = models.DateTimeField(null=True, blank=True, db_comment=classes.DESK)
    started_at = models.DateTimeField(null=True, blank=True, db_comment=classes.DESK)
    leased_until = models.DateTimeField(null=True, blank=True, db_comment=classes.DESK)
    finished_at = models.DateTimeField(null=True, blank=True, db_comment=classes.DESK)
    published_at = models.DateTimeField(null=True, blank=True, db_comment=classes.DESK)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_comment=classes.DESK
    )
    done = models.PositiveIntegerField("people placed so far", default=0, db_comment=classes.NOT_PERSONAL)
    todo = models.PositiveIntegerField("people to place", default=0, db_comment=classes.NOT_PERSONAL)
    mentors = models.PositiveIntegerField(default=0, db_comment=classes.NOT_PERSONAL)
    mentees = models.PositiveIntegerField(default=0, db_comment=classes.NOT_PERSONAL)
    allowed_pairs = models.PositiveIntegerField(default=0, db_comment=classes.NOT_PERSONAL)
    seconds = models.FloatField(null=True, blank=True, db_comment=classes.NOT_PERSONAL)
    inputs_hash = models.CharField(max_length=64, blank=True, db_comment=classes.NOT_PERSONAL)
    settings = models.JSONField(
        "what the program asked for",
        default=dict,
        db_comment=classes.NOT_PERSONAL,
    )
    terms = models.JSONField(
        "what it asks for that the program does not",
        null=True,
        blank=True,
        db_comment=classes.PROPOSAL,
    )
    curve = models.JSONField("what fairness costs", null=True, blank=True, db_comment=classes.PROPOSAL)
    engine_version = models.CharField(max_length=20, blank=True, db_comment=classes.NOT_PERSONAL)
    certificate = models.JSONField(null=True, blank=True, db_comment=classes.PROPOSAL)
    failure = models.CharField(max_length=300, blank=True, db_comment=classes.DESK)
    repairs = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="repaired_by", db_comment=classes.NOT_PERSONAL
    )

    objects: ClassVar = MatchingRunQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-requested_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program"],
                condition=Q(state__in=["queued", "running"]),
                name="run_one_at_a_time",
                violation_error_message="A search is already under way for this program.",
            ),
        ]

    def __str__(self) -> str:
        return f"Search of {self.requested_at:%d %B %Y %H:%M}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (RunState.QUEUED, RunState.RUNNING)

    @property
    def tried_as(self) -> Scenario | None:
        """The scenario this run is, if it is one."""
        return getattr(self, "scenario", None)


class Scenario(models.Model):
    """A run that tries another way: other terms than the program's, which change nothing before somebody uses it."""

    run = models.OneToOneField(MatchingRun, models.CASCADE, related_name="scenario", db_comment=classes.DESK)
    base = models.ForeignKey(MatchingRun, models.CASCADE, related_name="scenarios", db_comment=classes.DESK)
    name = models.CharField(max_length=60, db_comment=classes.DESK)
    total_by_base = models.PositiveBigIntegerField(
        "total fit of its pairs, as its base counts", null=True, blank=True, db_comment=classes.NOT_PERSONAL
    )
    chosen_at = models.DateTimeField(null=True, blank=True, db_comment=classes.DESK)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_comment=classes.DESK
    )

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint("base", Lower("name"), name="scenario_name_once"),
            models.CheckConstraint(condition=~Q(run=F("base")), name="scenario_of_another"),
            models.CheckConstraint(
                condition=Q(chosen_at=None, chosen_by=None) | Q(chosen_at__isnull=False, chosen_by__isnull=False),
                name="scenario_chosen_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Ruling(models.Model):
    """What a coordinator decided about a pair by hand. The next searches of the program keep to it."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="rulings", db_comment=classes.DESK)
    mentor = models.ForeignKey(Participation, models.CASCADE, related_name="+", db_comment=classes.PROPOSAL)
    mentee = models.ForeignKey(Participation, models.CASCADE, related_name="+", db_comment=classes.PROPOSAL)
    hand = models.CharField(max_length=5, choices=Hand, db_comment=classes.PROPOSAL)
    ruled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.DESK)
    ruled_at = models.DateTimeField(db_comment=classes.DESK)

    class Meta:
        ordering: ClassVar = ["ruled_at", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "mentor", "mentee"], name="ruled_once")]

    def __str__(self) -> str:
        return f"Ruling {self.pk}"


class Suggestion(models.Model):
    """A pair the run found, with the parts of its score: they add up to ``fit`` and ``ahead`` exactly."""

    run = models.ForeignKey(MatchingRun, models.CASCADE, related_name="suggestions", db_comment=classes.PROPOSAL)
    mentor = models.ForeignKey(Participation, models.CASCADE, related_name="+", db_comment=classes.PROPOSAL)
    mentee = models.ForeignKey(Participation, models.CASCADE, related_name="+", db_comment=classes.PROPOSAL)
    fit = models.PositiveIntegerField(db_comment=classes.PROPOSAL)
    ahead = models.PositiveIntegerField(
        "points for rounds that the two waited through", default=0, db_comment=classes.PROPOSAL
    )
    parts = models.JSONField(db_comment=classes.PROPOSAL)

    class Meta:
        ordering: ClassVar = ["fit", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "mentor", "mentee"], name="suggested_once")]

    def __str__(self) -> str:
        return f"Suggestion of {self.run}"


class Unmatched(models.Model):
    """Somebody the run could not place, and why, as the engine explained it."""

    run = models.ForeignKey(MatchingRun, models.CASCADE, related_name="unmatched", db_comment=classes.PROPOSAL)
    participation = models.ForeignKey(Participation, models.CASCADE, related_name="+", db_comment=classes.PROPOSAL)
    reason = models.CharField(max_length=20, choices=UnmatchedReason, db_comment=classes.PROPOSAL)
    details = models.JSONField(default=dict, db_comment=classes.PROPOSAL)

    class Meta:
        verbose_name_plural = "unmatched"
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "participation"], name="unmatched_once")]

    def __str__(self) -> str:
        return f"Unmatched in {self.run}"


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def waiting(self, at: datetime) -> ProposalQuerySet:
        """Proposals that may still become a pair; they reserve a place on each side."""
        return self.filter(
            pairing=None,
            closed_at=None,
            expires_at__gt=at,
            mentor__withdrawn_at=None,
            mentee__withdrawn_at=None,
        )

    def ended_lately(self, at: datetime) -> ProposalQuerySet:
        """Proposals that stopped waiting before their time, so lately that one of the two may not know it yet."""
        ended = Q()
        for end in ("closed_at", "mentor__withdrawn_at", "mentee__withdrawn_at"):
            ended |= Q(**{f"{end}__gt": at - KNOWN_TO_BOTH_AFTER})
        return self.filter(ended, pairing=None, expires_at__gt=at)

    def declined(self) -> ProposalQuerySet:
        """Proposals one of the two, or both, said "not this one" to."""
        return self.filter(Q(mentor_reply=Reply.DECLINED) | Q(mentee_reply=Reply.DECLINED))

    def to(self, person: Person) -> ProposalQuerySet:
        return self.filter(Q(mentor__person=person) | Q(mentee__person=person))

    def with_people(self) -> ProposalQuerySet:
        return self.select_related("program", "mentor__person__site", "mentee__person__site")

    def with_ends(self) -> ProposalQuerySet:
        return self.select_related("mentor__person", "mentee__person").only(*ENDS)


class Proposal(models.Model):
    """A pair put to both. Each answers alone, without a reason; two acceptances open a pairing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    program = models.ForeignKey(Program, models.PROTECT, related_name="proposals", db_comment=classes.PROPOSAL)
    run = models.ForeignKey(
        MatchingRun, models.SET_NULL, null=True, related_name="proposals", db_comment=classes.PROPOSAL
    )
    mentor = models.ForeignKey(Participation, models.PROTECT, related_name="+", db_comment=classes.PROPOSAL)
    mentee = models.ForeignKey(Participation, models.PROTECT, related_name="+", db_comment=classes.PROPOSAL)
    fit = models.PositiveIntegerField(db_comment=classes.PROPOSAL)
    parts = models.JSONField(db_comment=classes.PROPOSAL)
    proposed_at = models.DateTimeField(db_comment=classes.PROPOSAL)
    expires_at = models.DateTimeField(db_comment=classes.PROPOSAL)
    mentor_reply = models.CharField(max_length=8, choices=Reply, null=True, blank=True, db_comment=classes.PROPOSAL)
    mentee_reply = models.CharField(max_length=8, choices=Reply, null=True, blank=True, db_comment=classes.PROPOSAL)
    closed_at = models.DateTimeField(
        "when it stopped waiting without a pair", null=True, blank=True, db_comment=classes.PROPOSAL
    )
    pairing = models.OneToOneField(
        Pairing, models.PROTECT, null=True, blank=True, related_name="proposal", db_comment=classes.PROPOSAL
    )

    objects: ClassVar = ProposalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-proposed_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mentor", "mentee"], condition=Q(closed_at=None, pairing=None), name="proposal_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(pairing=None) | Q(mentor_reply="accepted", mentee_reply="accepted", closed_at=None),
                name="proposal_pair_needs_two_yes",
            ),
        ]

    def __str__(self) -> str:
        return f"Proposal {str(self.pk)[:8]}"

    def state(self, at: datetime) -> ProposalState:
        if self.pairing_id is not None:
            return ProposalState.AGREED
        if self.closed_at is not None:
            return ProposalState.NOT_GOING_AHEAD
        if self.mentor.withdrawn_at is not None or self.mentee.withdrawn_at is not None:
            return ProposalState.NOT_GOING_AHEAD
        return ProposalState.WAITING if self.expires_at > at else ProposalState.EXPIRED

    def side_of(self, person: Person) -> Side | None:
        if self.mentor.person_id == person.pk:
            return Side.MENTOR
        if self.mentee.person_id == person.pk:
            return Side.MENTEE
        return None

    def reply_of(self, side: Side) -> str | None:
        return self.mentor_reply if side is Side.MENTOR else self.mentee_reply


class AsideQuerySet(models.QuerySet["Aside"]):
    def staying_out(self, on: date) -> AsideQuerySet:
        """Of those who asked to be left out for a while: whose day has not come. Joining anew ends it."""
        return self.filter(out_until__gt=on, said_at__gte=F("participation__volunteered_at"))


class Aside(models.Model):
    """What somebody told the search, and nobody else, with "not this one". No page, desk or export shows it to another.

    It never says why a proposal ended: that stands there without it.
    """

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="asides", db_comment=classes.FOR_THE_SEARCH)
    participation = models.ForeignKey(
        Participation, models.CASCADE, related_name="+", db_comment=classes.FOR_THE_SEARCH
    )
    word = models.CharField(max_length=9, choices=Word, db_comment=classes.FOR_THE_SEARCH)
    out_until = models.DateField(
        "the day from which to propose somebody again", null=True, blank=True, db_comment=classes.FOR_THE_SEARCH
    )
    topics = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        verbose_name="skills that count less from then on",
        db_comment=classes.FOR_THE_SEARCH,
    )
    said_at = models.DateTimeField(db_comment=classes.FOR_THE_SEARCH)

    objects: ClassVar = AsideQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["said_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "participation"], name="aside_once"),
            models.CheckConstraint(condition=Q(word__in=Word.values), name="aside_word_known"),
            models.CheckConstraint(
                condition=Q(word=Word.NOT_NOW, out_until__isnull=False) | (~Q(word=Word.NOT_NOW) & Q(out_until=None)),
                name="aside_day_with_not_now",
            ),
        ]

    def __str__(self) -> str:
        return "aside"


class PartnerWish(models.Model):
    """Whom somebody chose from their list of possible partners, before the search. Nobody else reads it."""

    participation = models.ForeignKey(
        Participation, models.CASCADE, related_name="partner_wishes", db_comment=classes.FOR_THE_SEARCH
    )
    wished = models.ForeignKey(Participation, models.CASCADE, related_name="+", db_comment=classes.FOR_THE_SEARCH)
    rank = models.PositiveSmallIntegerField(db_comment=classes.FOR_THE_SEARCH)

    class Meta:
        ordering: ClassVar = ["rank"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["participation", "wished"], name="partner_wished_once"),
            models.UniqueConstraint(fields=["participation", "rank"], name="partner_wish_rank_once"),
            models.CheckConstraint(condition=Q(rank__gte=1, rank__lte=5), name="partner_wish_rank_of_five"),
        ]

    def __str__(self) -> str:
        return "wish"
