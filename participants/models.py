"""Who takes part in a program, on which side, offering and wanting what."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils.functional import cached_property

from participants.choices import ChampionsReply, HalfDay, ManagersReply, RefereesReply, SkillLevel, WaitOutcome, Way
from participants.constraints import MeaningStaysOnceAnswered
from participants.rules import LONGEST_ANSWER, MOST_HOURS
from people.choices import Language
from people.models import Skill
from privacy import classes
from privacy.models import DataKey
from programs.choices import Side
from programs.models import CharterVersion, Program, ProgramQuestion
from programs.training import pieces_for

if TYPE_CHECKING:
    from people.models import Person


def something_unread(program: Program | None = None) -> Q:
    """Participations that lack a piece of guidance their program requires of their side, in any version.

    Where all are of one program, only what that one requires is asked.
    """
    unread = Q(pk__in=[])
    for side, required in ((Side.MENTOR, "required_of_mentors"), (Side.MENTEE, "required_of_mentees")):
        for piece in pieces_for(side) if program is None else program.requires(side):
            asked = Q(side=side) if program else Q(side=side, **{f"program__{required}__contains": [piece.name]})
            read = TrainingDone.objects.filter(person=OuterRef("person"), piece=piece.name)
            unread |= asked & Q(~Exists(read))
    return unread


def references_fit(program: Program | None = None) -> Q:
    """Participations that no reference keeps from being matched: ``participants.references.state_of``, in SQL."""
    if program is not None and not program.references_asked:
        return ~Q(pk__in=[])
    of_this = Reference.objects.filter(participation=OuterRef("pk")).order_by()
    named = Subquery(of_this.values("participation").annotate(number=Count("pk")).values("number"))
    open_or_doubted = of_this.filter(Q(reply=None) | ~Q(reply=RefereesReply.YES))
    all_say_yes = Q(references_decision=None, program__references_asked__lte=named) & Q(~Exists(open_or_doubted))
    fit: Q = Q(side=Side.MENTEE) | Q(program__references_asked=0) | Q(references_decision__enough=True) | all_say_yes
    return fit


def signed_in_force() -> Q:
    """Participations that have agreed to the charter in force."""
    return Q(Exists(_signatures().in_force()))


def readiness(program: Program | None = None) -> dict[str, Q]:
    """All that somebody who takes part needs to be matched; of one program alone fewer questions are asked."""
    return {"signed": signed_in_force(), "vouched_for": references_fit(program), "read": ~something_unread(program)}


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def taking_part(self) -> ParticipationQuerySet:
        return self.filter(withdrawn_at=None)

    def on_side(self, side: Side) -> ParticipationQuerySet:
        return self.filter(side=side)

    def coordinated_by(self, person: Person) -> ParticipationQuerySet:
        """Participations in programs this person coordinates: the window on the desk."""
        return self.filter(program__in=Program.objects.coordinated_by(person))

    def ready(self, program: Program | None = None) -> ParticipationQuerySet:
        """Who can be matched: ``participants.rules.missing`` says the same of one person, in words."""
        return self.taking_part().filter(*readiness(program).values())

    def signed(self) -> ParticipationQuerySet:
        """Who has agreed to the charter in force."""
        return self.filter(signed_in_force())

    def agreed_once(self) -> ParticipationQuerySet:
        """Who has agreed to the charter since they joined, in the words in force or in former ones."""
        return self.filter(Exists(_signatures()))

    def with_signatures(self) -> ParticipationQuerySet:
        """Brings :attr:`charter_signed_at` and :attr:`agreed_once_at` along for a list."""
        return self.annotate(
            charter_signed_at=Subquery(_signatures().in_force().values("signed_at")[:1]),
            agreed_once_at=Subquery(_signatures().values("signed_at")[:1]),
        )

    def with_person(self) -> ParticipationQuerySet:
        return self.select_related(
            "program", "person", "person__function", "person__line_of_business", "person__level", "person__site"
        )


class Participation(models.Model):
    """One person on one side of one program. Withdrawing keeps the row and empties the profile."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    program = models.ForeignKey(Program, models.PROTECT, related_name="participations", db_comment=classes.TAKING_PART)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="participations", db_comment=classes.TAKING_PART
    )
    side = models.CharField(max_length=6, choices=Side, db_comment=classes.TAKING_PART)
    volunteered_at = models.DateTimeField(db_comment=classes.TAKING_PART)
    withdrawn_at = models.DateTimeField(null=True, blank=True, db_comment=classes.TAKING_PART)

    places = models.PositiveSmallIntegerField(
        "people I can meet at a time",
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        db_comment=classes.PROFILE,
    )
    hours_a_month = models.PositiveSmallIntegerField(
        "hours a month",
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_HOURS)],
        db_comment=classes.TAKING_PART,
    )
    number_one = models.TextField(
        "the number one thing I want out of it", max_length=400, blank=True, db_comment=classes.INTRODUCTION
    )
    background = models.TextField("my background", max_length=400, blank=True, db_comment=classes.INTRODUCTION)
    introduce = models.BooleanField(
        "show these two to people I am proposed to", default=False, db_comment=classes.INTRODUCTION
    )
    hobbies = ArrayField(models.CharField(max_length=40), default=list, blank=True, db_comment=classes.PROFILE)
    languages = ArrayField(
        models.CharField(max_length=2, choices=Language), default=list, blank=True, db_comment=classes.PROFILE
    )
    ways = ArrayField(
        models.CharField(max_length=10, choices=Way), default=list, blank=True, db_comment=classes.PROFILE
    )
    half_days = ArrayField(
        models.CharField(max_length=6, choices=HalfDay), default=list, blank=True, db_comment=classes.PROFILE
    )
    where_to_meet = models.CharField(max_length=200, blank=True, db_comment=classes.PROFILE)
    not_discussed = models.BinaryField(
        "topics I will not discuss, sealed", null=True, blank=True, db_comment=classes.SEALED
    )
    data_key = models.OneToOneField(
        DataKey, models.SET_NULL, null=True, blank=True, related_name="+", db_comment=classes.NOT_PERSONAL
    )

    objects: ClassVar = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = "participation"
        ordering: ClassVar = ["person__sort_name", "side"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "person", "side"], name="participation_once"),
            models.CheckConstraint(condition=Q(places__gte=1, places__lte=5), name="participation_places"),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_side_display().lower()} in {self.program}"

    @cached_property
    def charter_signed_at(self) -> datetime | None:
        """When the person agreed to the charter in force; the ``with_signatures`` of a list asks for all at once."""
        return self._signed_at(in_force=True)

    @cached_property
    def agreed_once_at(self) -> datetime | None:
        """When the person first agreed to a charter of the program, since they joined."""
        return self._signed_at(in_force=False)

    def _signed_at(self, *, in_force: bool) -> datetime | None:
        signatures = self.signatures.filter(joined_at=self.volunteered_at)
        if in_force:
            signatures = signatures.in_force()
        found: datetime | None = signatures.values_list("signed_at", flat=True).first()
        return found

    def row(self, column: str) -> str:
        """The identity under which text of this row is sealed."""
        return f"participants.participation.{column}:{self.pk}"


class CharterSignatureQuerySet(models.QuerySet["CharterSignature"]):
    def in_force(self) -> CharterSignatureQuerySet:
        return self.filter(version__in=CharterVersion.objects.in_force())


class CharterSignature(models.Model):
    """Somebody agreed to one version of the charter, on one occasion of joining. It is kept when they withdraw."""

    participation = models.ForeignKey(
        Participation, models.CASCADE, related_name="signatures", db_comment=classes.READINESS
    )
    version = models.ForeignKey(CharterVersion, models.PROTECT, related_name="+", db_comment=classes.READINESS)
    joined_at = models.DateTimeField(db_comment=classes.READINESS)
    signed_at = models.DateTimeField(db_comment=classes.READINESS)

    objects: ClassVar = CharterSignatureQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["signed_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["participation", "version", "joined_at"], name="charter_signed_once")
        ]

    def __str__(self) -> str:
        return f"{self.participation}: version {self.version.number}"


def _signatures() -> CharterSignatureQuerySet:
    """Those of the participation outside, since it last joined, the first one first."""
    found: CharterSignatureQuerySet = CharterSignature.objects.filter(
        participation=OuterRef("pk"), joined_at=OuterRef("volunteered_at")
    )
    return found


class KnownSkill(models.Model):
    """A skill of a profile, and how well the person says they know it, if they say."""

    level = models.PositiveSmallIntegerField(choices=SkillLevel, null=True, blank=True, db_comment=classes.PROFILE)

    skill: models.ForeignKey[Skill, Skill]

    class Meta:
        abstract = True

    @property
    def words(self) -> str:
        return str(self.skill) if self.level is None else f"{self.skill} ({SkillLevel(self.level).label.lower()})"


class OfferedSkill(KnownSkill):
    """What somebody can show."""

    participation = models.ForeignKey(Participation, models.CASCADE, related_name="offered", db_comment=classes.PROFILE)
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+", db_comment=classes.PROFILE)

    class Meta(KnownSkill.Meta):
        ordering: ClassVar = ["skill__name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["participation", "skill"], name="offered_once"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="offered_level"),
        ]

    def __str__(self) -> str:
        return str(self.skill)


class WantedSkill(KnownSkill):
    """What somebody wants to learn, the dearest wish first."""

    participation = models.ForeignKey(Participation, models.CASCADE, related_name="wanted", db_comment=classes.PROFILE)
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+", db_comment=classes.PROFILE)
    rank = models.PositiveSmallIntegerField(db_comment=classes.PROFILE)

    class Meta(KnownSkill.Meta):
        ordering: ClassVar = ["rank"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["participation", "skill"], name="wanted_once"),
            models.UniqueConstraint(
                fields=["participation", "rank"],
                name="wanted_rank_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(rank__gte=1), name="wanted_rank_from_one"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="wanted_level"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.skill}"


class Draft(models.Model):
    """What somebody has told so far who has not sent it yet. It is gone when they send it, and after a while."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    program = models.ForeignKey(Program, models.CASCADE, related_name="+", db_comment=classes.DRAFT)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.DRAFT)
    side = models.CharField(max_length=6, choices=Side, db_comment=classes.DRAFT)
    answers = models.BinaryField("answers so far, sealed", null=True, blank=True, db_comment=classes.SEALED)
    data_key = models.OneToOneField(
        DataKey, models.SET_NULL, null=True, blank=True, related_name="+", db_comment=classes.NOT_PERSONAL
    )
    saved_at = models.DateTimeField(db_comment=classes.DRAFT)

    class Meta:
        ordering: ClassVar = ["-saved_at", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "person", "side"], name="draft_once")]

    def __str__(self) -> str:
        return "draft"

    def row(self, column: str) -> str:
        """The identity under which text of this row is sealed."""
        return f"participants.draft.{column}:{self.pk}"


class ProgramAnswer(models.Model):
    """What somebody answered to a program's own question: words (their own, or a choice's), or a point of a scale.

    It is gone with the participation's withdrawal, at once: nobody but coordinators ever saw it.
    """

    participation = models.ForeignKey(
        Participation, models.CASCADE, related_name="answers", db_comment=classes.PROGRAM_ANSWER
    )
    question = models.ForeignKey(ProgramQuestion, models.PROTECT, related_name="+", db_comment=classes.PROGRAM_ANSWER)
    words = models.CharField(max_length=LONGEST_ANSWER, blank=True, db_comment=classes.PROGRAM_ANSWER)
    point = models.PositiveSmallIntegerField(null=True, blank=True, db_comment=classes.PROGRAM_ANSWER)

    class Meta:
        ordering: ClassVar = ["question__position", "question__pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["participation", "question"], name="program_answer_once"),
            models.CheckConstraint(
                condition=(~Q(words="") & Q(point=None)) | Q(words="", point__isnull=False, point__range=(1, 5)),
                name="program_answer_says_one_thing",
            ),
            MeaningStaysOnceAnswered(name="program_question_stays"),
        ]

    def __str__(self) -> str:
        return "answer to a question of the program"

    @property
    def value(self) -> str | int:
        """As a form and the actions take it."""
        return self.words if self.point is None else self.point

    @property
    def in_words(self) -> str:
        """A point with what the ends of its scale mean."""
        if self.point is None:
            return self.words
        return f"{self.point} of 5 (1 is “{self.question.lowest}”, 5 is “{self.question.highest}”)"


class ManagersAnswer(models.Model):
    """What somebody's line manager said about giving the time for a program, and for how many hours a month.

    One for the person and the program, whatever the sides: the manager knows of none. It counts only while its
    author is the line manager.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="+", db_comment=classes.MANAGERS_ANSWER)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.MANAGERS_ANSWER
    )
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.MANAGERS_ANSWER
    )
    reply = models.CharField(max_length=5, choices=ManagersReply, db_comment=classes.MANAGERS_ANSWER)
    hours_a_month = models.PositiveSmallIntegerField("hours a month it was about", db_comment=classes.MANAGERS_ANSWER)
    answered_at = models.DateTimeField(db_comment=classes.MANAGERS_ANSWER)

    class Meta:
        verbose_name = "line manager's answer"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "person", "manager"], name="managers_answer_once"),
            models.CheckConstraint(condition=~Q(person=models.F("manager")), name="managers_answer_not_own"),
        ]

    def __str__(self) -> str:
        return f"{self.manager} about {self.person} in {self.program}: {self.get_reply_display()}"


class TrainingDone(models.Model):
    """Somebody said that they read a piece of guidance in this version."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.READINESS)
    piece = models.CharField(max_length=40, db_comment=classes.READINESS)
    version = models.PositiveSmallIntegerField(db_comment=classes.READINESS)
    done_at = models.DateTimeField(db_comment=classes.READINESS)

    class Meta:
        verbose_name = "training done"
        verbose_name_plural = "training done"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "piece", "version"], name="training_done_once")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.piece}, version {self.version}"


class Reference(models.Model):
    """A colleague whom a mentor named, and who is asked whether this person can keep a confidence.

    It is gone with the participation's withdrawal, answer and all.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    participation = models.ForeignKey(
        Participation, models.CASCADE, related_name="references", db_comment=classes.REFEREE
    )
    referee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.REFEREE)
    asked_at = models.DateTimeField(db_comment=classes.REFEREE)
    reply = models.CharField(max_length=6, choices=RefereesReply, null=True, blank=True, db_comment=classes.REFEREE)
    remark = models.BinaryField("remark, sealed", null=True, blank=True, db_comment=classes.SEALED)
    data_key = models.OneToOneField(
        DataKey, models.SET_NULL, null=True, blank=True, related_name="+", db_comment=classes.NOT_PERSONAL
    )
    replied_at = models.DateTimeField(null=True, blank=True, db_comment=classes.REFEREE)

    class Meta:
        ordering: ClassVar = ["asked_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["participation", "referee"], name="referee_once"),
            models.CheckConstraint(
                condition=Q(reply=None, replied_at=None) | Q(reply__isnull=False, replied_at__isnull=False),
                name="reference_replied_whole",
            ),
        ]

    def __str__(self) -> str:
        return "reference"

    def row(self, column: str) -> str:
        """The identity under which text of this row is sealed."""
        return f"participants.reference.{column}:{self.pk}"


class ReferencesDecision(models.Model):
    """What a coordinator decided where the references alone did not say that somebody can mentor."""

    participation = models.OneToOneField(
        Participation, models.CASCADE, related_name="references_decision", db_comment=classes.REFEREE
    )
    enough = models.BooleanField(db_comment=classes.REFEREE)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.REFEREE
    )
    decided_at = models.DateTimeField(db_comment=classes.REFEREE)

    def __str__(self) -> str:
        return "decision about references"


class Call(models.Model):
    """A coordinator asks people to volunteer on one side of a program."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="calls", db_comment=classes.DESK)
    side = models.CharField(max_length=6, choices=Side, db_comment=classes.DESK)
    words = models.TextField(max_length=600, db_comment=classes.DESK)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.DESK)
    called_at = models.DateTimeField(db_comment=classes.DESK)

    class Meta:
        ordering: ClassVar = ["-called_at", "-pk"]

    def __str__(self) -> str:
        return f"Call for {self.get_side_display().lower()}s of {self.program}"


class Called(models.Model):
    """Somebody was asked to volunteer: once for each side of a program, so that nobody is pressed."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="people", db_comment=classes.CALLED)
    program = models.ForeignKey(Program, models.PROTECT, related_name="+", db_comment=classes.CALLED)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.CALLED)
    side = models.CharField(max_length=6, choices=Side, db_comment=classes.CALLED)
    declined_at = models.DateTimeField(null=True, blank=True, db_comment=classes.OWN_ANSWER)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "person", "side"], name="called_once"),
        ]

    def __str__(self) -> str:
        return "asked to volunteer"


class WaitListEntryQuerySet(models.QuerySet["WaitListEntry"]):
    def open(self) -> WaitListEntryQuerySet:
        """Who waits, and who was offered a place and has not answered."""
        return self.filter(outcome=None)

    def offered(self) -> WaitListEntryQuerySet:
        """Who holds a place that they have not taken yet."""
        return self.open().exclude(offered_at=None)

    def in_order(self) -> WaitListEntryQuerySet:
        """Whoever asked first comes first, and nothing else counts."""
        return self.order_by("asked_at", "pk")


class WaitListEntry(models.Model):
    """Somebody asked for a place on one side of a full pilot, and what became of it. Asking again is another entry.

    An open offer holds its place: nobody else can take it until the end of ``held_until`` where the person lives.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="wait_list", db_comment=classes.WAITING)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.WAITING)
    side = models.CharField(max_length=6, choices=Side, db_comment=classes.WAITING)
    asked_at = models.DateTimeField(db_comment=classes.WAITING)
    offered_at = models.DateTimeField(null=True, blank=True, db_comment=classes.WAITING)
    held_until = models.DateField(null=True, blank=True, db_comment=classes.WAITING)
    outcome = models.CharField(max_length=11, choices=WaitOutcome, null=True, blank=True, db_comment=classes.WAITING)
    ended_at = models.DateTimeField(null=True, blank=True, db_comment=classes.WAITING)

    objects: ClassVar = WaitListEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "wait list entry"
        verbose_name_plural = "wait list entries"
        ordering: ClassVar = ["asked_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "person", "side"], condition=Q(outcome=None), name="wait_list_entry_once"
            ),
            models.CheckConstraint(
                condition=Q(offered_at=None, held_until=None) | Q(offered_at__isnull=False, held_until__isnull=False),
                name="wait_list_offered_whole",
            ),
            models.CheckConstraint(
                condition=Q(outcome=None, ended_at=None) | Q(outcome__isnull=False, ended_at__isnull=False),
                name="wait_list_ended_whole",
            ),
            models.CheckConstraint(
                condition=Q(outcome=None) | Q(outcome__in=WaitOutcome.values), name="wait_list_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(offered_at__isnull=False)
                | Q(outcome=None)
                | Q(outcome__in=[WaitOutcome.LEFT, WaitOutcome.PASSED_OVER, WaitOutcome.CLOSED]),
                name="wait_list_answers_an_offer",
            ),
        ]

    def __str__(self) -> str:
        return "place on a wait list"

    @property
    def is_offered(self) -> bool:
        return self.outcome is None and self.offered_at is not None


class ChampionQuerySet(models.QuerySet["Champion"]):
    def shown(self) -> ChampionQuerySet:
        """Whoever said yes and has not taken it back."""
        return self.filter(reply=ChampionsReply.YES, withdrawn_at=None)


class Champion(models.Model):
    """A coordinator would like to show somebody who takes or took part as a champion; only their yes does it.

    A no and a yes taken back are told apart here and nowhere else: coordinators read "not a champion" for both.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="+", db_comment=classes.CHAMPION)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.CHAMPION)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.CHAMPION
    )
    named_at = models.DateTimeField(db_comment=classes.CHAMPION)
    reply = models.CharField(max_length=3, choices=ChampionsReply, null=True, blank=True, db_comment=classes.CHAMPION)
    replied_at = models.DateTimeField(null=True, blank=True, db_comment=classes.CHAMPION)
    withdrawn_at = models.DateTimeField(null=True, blank=True, db_comment=classes.CHAMPION)

    objects: ClassVar = ChampionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["person__sort_name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "person"], name="champion_once"),
            models.CheckConstraint(
                condition=Q(reply=None, replied_at=None) | Q(reply__isnull=False, replied_at__isnull=False),
                name="champion_replied_whole",
            ),
            models.CheckConstraint(
                condition=Q(reply=None) | Q(reply__in=ChampionsReply.values), name="champion_reply_known"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(reply__isnull=False, reply=ChampionsReply.YES),
                name="champion_took_back_a_yes",
            ),
        ]

    def __str__(self) -> str:
        return "asked to be a champion"

    @property
    def is_shown(self) -> bool:
        return self.reply == ChampionsReply.YES and self.withdrawn_at is None

    @property
    def is_open(self) -> bool:
        return self.reply is None
