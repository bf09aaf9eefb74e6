"""A program and what HR configures about it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.db.models.functions import Lower

from people.choices import Language
from people.models import Function, Level, LineOfBusiness, Site, Skill
from privacy import classes
from privacy.models import DataKey
from programs import reminders
from programs.choices import (
    DEFAULT_IMPORTANCE,
    About,
    AnswerKind,
    AskedOf,
    ConflictKind,
    Criterion,
    Duty,
    Importance,
    Measure,
    Purpose,
    Side,
    Stage,
    WishLists,
)
from programs.constraints import NeverRewritten
from programs.training import Piece, pieces_for

if TYPE_CHECKING:
    from people.models import Person

LONGEST_CHARTER = 4000
LONGEST_LEARNING = 600
LONGEST_LINE_SAID = 150
LONGEST_TEXT_SAID = 2000
LONGEST_BUTTON = 60
LONGEST_QUESTION = 160
LONGEST_HELP = 240
LONGEST_OPTION = 80
LONGEST_END = 40
FEWEST_OPTIONS, MOST_OPTIONS = 2, 10
HIGHEST_POSITION = 99
DEFAULT_CHARTER = """\
1. **What we say stays between us.** The one exception is danger to a person.
2. **The mentor leads.** Rank waits outside.
3. **No assessment.** Nothing here enters a review, a promotion or a file.
4. **Either of us may stop,** at any time and without giving a reason.
5. **No favours.** We ask for views, never for influence.
"""


def proposal_reminder_days() -> list[int]:
    return [2, 4]


def end_prompt_days() -> list[int]:
    return [28, 7, 0]


A_FEW_WORDS = RegexValidator(
    r"^[^\W\d_]+(?:[ ’'-][^\W\d_]+)*\Z", "Write letters, with single blanks or hyphens between."
)


class ProgramQuerySet(models.QuerySet["Program"]):
    def coordinated_by(self, person: Person) -> ProgramQuerySet:
        """Those this person coordinates: named in them, and not taken off the desk by an administrator since."""
        return self.filter(
            duties__person=person, duties__duty=Duty.COORDINATOR, duties__person__is_coordinator=True
        )  # fmt: skip

    def supervised_by(self, person: Person) -> ProgramQuerySet:
        return self.filter(duties__person=person, duties__duty=Duty.SUPERVISOR)

    def enrolling(self) -> ProgramQuerySet:
        return self.filter(stage=Stage.ENROLMENT)

    def with_levels(self) -> ProgramQuerySet:
        return self.select_related("mentor_highest_level", "mentee_lowest_level")


class Program(models.Model):
    """One reverse mentoring program. Its stage changes only through ``programs.actions``."""

    name = models.CharField(max_length=120, unique=True, db_comment=classes.NOT_PERSONAL)
    purpose = models.CharField(max_length=20, choices=Purpose, db_comment=classes.NOT_PERSONAL)
    description = models.TextField(
        "what it is for",
        help_text="Two or three sentences. Everyone who may take part reads this.",
        max_length=1500,
        db_comment=classes.NOT_PERSONAL,
    )
    stage = models.CharField(
        max_length=12, choices=Stage, default=Stage.DRAFT, editable=False, db_comment=classes.NOT_PERSONAL
    )

    starts_on = models.DateField(help_text="The first day on which pairs may meet.", db_comment=classes.NOT_PERSONAL)
    ends_on = models.DateField(help_text="No pair runs longer than this day.", db_comment=classes.NOT_PERSONAL)

    # Guidelines
    term_weeks = models.PositiveSmallIntegerField(
        "weeks a pair runs",
        default=26,
        validators=[MinValueValidator(4), MaxValueValidator(104)],
        help_text="Every pair has an end date from its first day. It can go on by agreement.",
        db_comment=classes.NOT_PERSONAL,
    )
    meet_every_days = models.PositiveSmallIntegerField(
        "days between meetings",
        default=21,
        validators=[MinValueValidator(3), MaxValueValidator(120)],
        help_text="A rhythm that guides. Pairs may agree on another.",
        db_comment=classes.NOT_PERSONAL,
    )
    meeting_minutes = models.PositiveSmallIntegerField(
        "minutes a meeting",
        default=60,
        validators=[MinValueValidator(10), MaxValueValidator(480)],
        db_comment=classes.NOT_PERSONAL,
    )
    reciprocal_every = models.PositiveSmallIntegerField(
        "every how many meetings the mentee shares too",
        default=0,
        validators=[MaxValueValidator(12)],
        help_text="A reciprocal session, such as a monthly lunch. 4 suggests every fourth; 0 leaves it to the pair.",
        db_comment=classes.NOT_PERSONAL,
    )
    recused_months = models.PositiveSmallIntegerField(
        "months of recusal after a pair",
        default=12,
        validators=[MaxValueValidator(36)],
        help_text="For this long the two should not sit on a promotion panel about one another, or write a reference "
        "for one another. Of pairs that begin from now on; 0 asks nothing.",
        db_comment=classes.NOT_PERSONAL,
    )
    kept_days = models.PositiveSmallIntegerField(
        "days for which words are kept after a pair",
        default=60,
        validators=[MinValueValidator(30), MaxValueValidator(730)],
        help_text="Agreements, goals, notes, messages, closing words and answers to check-ins are erased for good so "
        "many days after the last one; only whether it was worth the time is kept, to be counted. The two read each "
        "other’s page for 30 of them. Of pairs that begin from now on.",
        db_comment=classes.NOT_PERSONAL,
    )
    out_of_bounds = models.TextField(
        "what is out of bounds",
        blank=True,
        max_length=1000,
        help_text="What pairs should leave aside, such as the pay round.",
        db_comment=classes.NOT_PERSONAL,
    )
    # What is asked before a pair starts: names of pieces in ``programs.training``
    required_of_mentors = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, db_comment=classes.NOT_PERSONAL
    )
    required_of_mentees = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, db_comment=classes.NOT_PERSONAL
    )

    # What the two sides are called to the people of this program; the code goes on saying mentor and mentee
    mentor_word = models.CharField(
        "one who mentors", default="mentor", max_length=30, validators=[A_FEW_WORDS], db_comment=classes.NOT_PERSONAL
    )
    mentor_words = models.CharField(
        "several who mentor",
        default="mentors",
        max_length=30,
        validators=[A_FEW_WORDS],
        db_comment=classes.NOT_PERSONAL,
    )
    mentee_word = models.CharField(
        "one who is mentored",
        default="mentee",
        max_length=30,
        validators=[A_FEW_WORDS],
        db_comment=classes.NOT_PERSONAL,
    )
    mentee_words = models.CharField(
        "several who are mentored",
        default="mentees",
        max_length=30,
        validators=[A_FEW_WORDS],
        db_comment=classes.NOT_PERSONAL,
    )

    # Who may take part, and with whom. "Never within one reporting line" is not a setting: it always holds.
    mentor_highest_level = models.ForeignKey(
        Level,
        models.PROTECT,
        related_name="+",
        verbose_name="mentors are at most at level",
        db_comment=classes.NOT_PERSONAL,
    )
    mentee_lowest_level = models.ForeignKey(
        Level,
        models.PROTECT,
        related_name="+",
        verbose_name="mentees are at least at level",
        db_comment=classes.NOT_PERSONAL,
    )
    mentor_months_here = models.PositiveSmallIntegerField(
        "months a mentor has been here",
        default=3,
        validators=[MaxValueValidator(120)],
        db_comment=classes.NOT_PERSONAL,
    )
    level_gap = models.PositiveSmallIntegerField(
        "levels between mentor and mentee",
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
        help_text="The mentor stands at least this many levels below the mentee.",
        db_comment=classes.NOT_PERSONAL,
    )
    different_function = models.BooleanField("never within one function", default=True, db_comment=classes.NOT_PERSONAL)
    different_line_of_business = models.BooleanField(
        "never within one line of business", default=False, db_comment=classes.NOT_PERSONAL
    )

    references_asked = models.PositiveSmallIntegerField(
        "colleagues a mentor names as referees",
        default=0,
        validators=[MaxValueValidator(2)],
        help_text="Each is asked by mail whether the mentor can keep a confidence. 0 asks nobody.",
        db_comment=classes.NOT_PERSONAL,
    )

    asks_line_managers = models.BooleanField(
        "line managers are asked for the time",
        default=True,
        help_text="Each is told that a report takes part, the hours and the end, and gives the time or asks to talk. "
        "Without this they are told nothing, and nobody waits for their answer.",
        db_comment=classes.NOT_PERSONAL,
    )

    wish_lists = models.CharField(
        "lists of possible partners",
        max_length=9,
        choices=WishLists,
        default=WishLists.NONE,
        help_text="Before the search, everybody who is ready may choose up to five from a list of their own. Nobody "
        "reads what they chose.",
        db_comment=classes.NOT_PERSONAL,
    )

    # A pilot: a first try with few
    is_pilot = models.BooleanField(
        "this program is a pilot",
        default=False,
        help_text="A first try with few people.",
        db_comment=classes.NOT_PERSONAL,
    )
    most_mentors = models.PositiveSmallIntegerField(
        "at most this many mentors",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        db_comment=classes.NOT_PERSONAL,
    )
    most_mentees = models.PositiveSmallIntegerField(
        "at most this many mentees",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        db_comment=classes.NOT_PERSONAL,
    )
    most_people = models.PositiveSmallIntegerField(
        "at most this many people in all",
        null=True,
        blank=True,
        validators=[MinValueValidator(2)],
        help_text="Whoever already takes part stays, even if there are more.",
        db_comment=classes.NOT_PERSONAL,
    )

    # Cadence of what we send
    proposal_reminder_days = ArrayField(
        models.PositiveSmallIntegerField(),
        default=proposal_reminder_days,
        size=5,
        verbose_name="remind of a proposal after days",
        db_comment=classes.NOT_PERSONAL,
    )
    proposal_days = models.PositiveSmallIntegerField(
        "days to answer a proposal",
        default=7,
        validators=[MinValueValidator(2), MaxValueValidator(60)],
        db_comment=classes.NOT_PERSONAL,
    )
    call_reminder_days = reminders.column(reminders.CALL)
    not_ready_days = reminders.column(reminders.NOT_READY)
    reference_reminder_days = reminders.column(reminders.REFERENCE)
    manager_reminder_days = reminders.column(reminders.MANAGER)
    agreement_reminder_days = reminders.column(reminders.AGREEMENT)
    first_meeting_days = reminders.column(reminders.FIRST_MEETING)
    did_you_meet_days = reminders.column(reminders.DID_YOU_MEET)
    goal_reminder_days = reminders.column(reminders.GOAL)
    extension_reminder_days = reminders.column(reminders.EXTENSION)
    survey_reminder_days = reminders.column(reminders.SURVEY)
    survey_closing_days = reminders.column(reminders.SURVEY_CLOSES)
    nudges_quiet_pairs = models.BooleanField(
        "nudge a pair that has gone quiet",
        default=True,
        help_text="After its rhythm has passed without a meeting: the mentee first, the mentor a week later.",
        db_comment=classes.NOT_PERSONAL,
    )
    weekly_digest = models.BooleanField(
        "write to its coordinators each Monday",
        default=True,
        help_text="A list of what needs them at the desk; nothing is sent where nothing does.",
        db_comment=classes.NOT_PERSONAL,
    )
    first_check_in_days = models.PositiveSmallIntegerField(
        "first check-in after days",
        default=14,
        validators=[MinValueValidator(3), MaxValueValidator(120)],
        db_comment=classes.NOT_PERSONAL,
    )
    check_in_every_days = models.PositiveSmallIntegerField(
        "days between check-ins",
        default=45,
        validators=[MinValueValidator(7), MaxValueValidator(180)],
        db_comment=classes.NOT_PERSONAL,
    )
    end_prompt_days = ArrayField(
        models.PositiveSmallIntegerField(),
        default=end_prompt_days,
        size=5,
        verbose_name="ask about the end this many days before",
        db_comment=classes.NOT_PERSONAL,
    )

    grown_from = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="+", db_comment=classes.NOT_PERSONAL
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", db_comment=classes.DESK
    )
    created_at = models.DateTimeField(auto_now_add=True, db_comment=classes.DESK)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", db_comment=classes.DESK
    )
    changed_at = models.DateTimeField(null=True, editable=False, db_comment=classes.DESK)

    objects: ClassVar = ProgramQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-starts_on", "name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="program_ends_after_start",
                violation_error_message="The program ends before it starts. Choose a later end.",
            ),
            models.CheckConstraint(condition=Q(level_gap__gte=1), name="program_mentor_below_mentee"),
            models.CheckConstraint(
                condition=~Q(mentor_word=F("mentee_word")) & ~Q(mentor_words=F("mentee_words")),
                name="program_two_words",
                violation_error_message="The two sides need different words.",
            ),
            models.CheckConstraint(
                condition=Q(is_pilot=True) | Q(most_mentors=None, most_mentees=None, most_people=None),
                name="program_limited_as_pilot",
                violation_error_message="Only a pilot has a limit of people.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def charter(self) -> str:
        """The words in force."""
        version = self.charter_versions.first()
        return version.words if version is not None else DEFAULT_CHARTER

    def word(self, side: str, *, plural: bool = False, capital: bool = False, article: bool = False) -> str:
        """What somebody on this side, or several of them, are called here: ``an executive learner``."""
        words: str = getattr(self, f"{Side(side)}_word{'s' if plural else ''}")
        if article:
            words = f"{'an' if words[:1].lower() in set('aeio') else 'a'} {words}"
        return f"{words[:1].upper()}{words[1:]}" if capital else words

    def requires(self, side: Side) -> tuple[Piece, ...]:
        """Pieces somebody on this side reads before they can be matched. One that no longer ships is not asked for."""
        named = self.required_of_mentors if side == Side.MENTOR else self.required_of_mentees
        return tuple(piece for piece in pieces_for(side) if piece.name in named)

    @property
    def importances(self) -> dict[Criterion, Importance]:
        """How much each criterion counts here; by default where nobody has chosen."""
        if self.importances_under_edit is not None:
            return dict(self.importances_under_edit)
        chosen = self.criterion_importances.all() if self.pk is not None else ()
        return DEFAULT_IMPORTANCE | {Criterion(row.criterion): Importance(row.importance) for row in chosen}

    importances_under_edit: Mapping[Criterion, Importance] | None = None
    """Judged instead of those in the database, while others are tried."""

    areas_under_edit: Areas | None = None
    """Judged instead of the areas in the database, while a form is being filled in."""

    @property
    def areas(self) -> Areas:
        """What a pilot is limited to."""
        if self.areas_under_edit is not None:
            return self.areas_under_edit
        if not self.is_pilot or self.pk is None:
            return Areas()
        kept = self.pilot_areas.all()
        return Areas.of(kept if "pilot_areas" in self._prefetched() else kept.with_names())

    def _prefetched(self) -> dict[str, Any]:
        return getattr(self, "_prefetched_objects_cache", {})


@dataclass(frozen=True, slots=True)
class Areas:
    """Which functions, lines of business and sites a pilot is for, by name; none of a kind means all of it.

    Somebody belongs to it who is in one of each kind that is named.
    """

    function: Mapping[int, str] = field(default_factory=dict)
    line_of_business: Mapping[int, str] = field(default_factory=dict)
    site: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[PilotArea]) -> Areas:
        found: dict[str, dict[int, str]] = {kind: {} for kind in AREA_KINDS}
        for row in rows:
            kind, place = row.place
            found[kind][place.pk] = place.name
        return cls(**found)

    @property
    def named(self) -> dict[str, Mapping[int, str]]:
        """Only those kinds of which some are chosen, by the name of their column in the directory."""
        return {kind: places for kind in AREA_KINDS if (places := getattr(self, kind))}


def fetch_areas(programs: Iterable[Program]) -> None:
    """What pilots among them are limited to, in one query for all; none where there is no pilot."""
    pilots = [program for program in programs if program.is_pilot]
    models.prefetch_related_objects(pilots, Prefetch("pilot_areas", PilotArea.objects.with_names()))


AREA_KINDS: Final = ("function", "line_of_business", "site")


class PilotAreaQuerySet(models.QuerySet["PilotArea"]):
    def with_names(self) -> PilotAreaQuerySet:
        return self.select_related(*AREA_KINDS)


class PilotArea(models.Model):
    """One function, line of business or site that a pilot is for."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="pilot_areas", db_comment=classes.NOT_PERSONAL)
    function = models.ForeignKey(Function, models.PROTECT, null=True, related_name="+", db_comment=classes.NOT_PERSONAL)
    line_of_business = models.ForeignKey(
        LineOfBusiness, models.PROTECT, null=True, related_name="+", db_comment=classes.NOT_PERSONAL
    )
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+", db_comment=classes.NOT_PERSONAL)

    objects: ClassVar = PilotAreaQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(function__isnull=False, line_of_business=None, site=None)
                | Q(function=None, line_of_business__isnull=False, site=None)
                | Q(function=None, line_of_business=None, site__isnull=False),
                name="pilot_area_is_one_place",
            ),
            models.UniqueConstraint(
                fields=["program", "function", "line_of_business", "site"], nulls_distinct=False, name="pilot_area_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.place[1])

    @property
    def place(self) -> tuple[str, Function | LineOfBusiness | Site]:
        """The kind, and what is meant."""
        return next((kind, getattr(self, kind)) for kind in AREA_KINDS if getattr(self, f"{kind}_id") is not None)


class CriterionImportance(models.Model):
    """How much one criterion counts in a program, where that is not what counts by default."""

    program = models.ForeignKey(
        Program, models.CASCADE, related_name="criterion_importances", db_comment=classes.NOT_PERSONAL
    )
    criterion = models.CharField(max_length=16, choices=Criterion, db_comment=classes.NOT_PERSONAL)
    importance = models.CharField(max_length=6, choices=Importance, db_comment=classes.NOT_PERSONAL)

    class Meta:
        ordering: ClassVar = ["criterion"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "criterion"], name="criterion_importance_once"),
            models.CheckConstraint(condition=Q(criterion__in=Criterion.values), name="criterion_known"),
            models.CheckConstraint(condition=Q(importance__in=Importance.values), name="importance_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_criterion_display()}: {self.get_importance_display().lower()}"


class ProgramTemplateQuerySet(models.QuerySet["ProgramTemplate"]):
    def on_offer(self) -> ProgramTemplateQuerySet:
        """Those that a new program can start from."""
        return self.filter(archived_at=None)

    def twin(self, *, name: str, when_to_use: str, document: dict[str, Any]) -> ProgramTemplate | None:
        """The one on offer that is the same in everything, if there is one."""
        return self.on_offer().filter(name=name, when_to_use=when_to_use, document=document).first()

    def one_at_a_time(self) -> None:
        """Whoever else keeps or changes a template waits until this transaction ends: a name is judged, then kept."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [self.model._meta.db_table])


class ProgramTemplate(models.Model):
    """A configuration the company keeps to start programs from. It holds no name, no day and no person of a program."""

    name = models.CharField(max_length=120, db_comment=classes.NOT_PERSONAL)
    when_to_use = models.TextField(
        "when to use it",
        blank=True,
        max_length=600,
        help_text="One or two sentences for other coordinators.",
        db_comment=classes.NOT_PERSONAL,
    )
    document = models.JSONField(editable=False, db_comment=classes.NOT_PERSONAL)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+", db_comment=classes.TEMPLATE
    )
    saved_at = models.DateTimeField(editable=False, db_comment=classes.TEMPLATE)
    version = models.PositiveIntegerField(default=1, editable=False, db_comment=classes.NOT_PERSONAL)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+",
        db_comment=classes.TEMPLATE,
    )  # fmt: skip
    archived_at = models.DateTimeField(null=True, editable=False, db_comment=classes.TEMPLATE)

    objects: ClassVar = ProgramTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "template"
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("name"), condition=Q(archived_at=None), name="template_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class CharterVersionQuerySet(models.QuerySet["CharterVersion"]):
    def in_force(self) -> CharterVersionQuerySet:
        """The newest of each program."""
        newer = CharterVersion.objects.filter(program=OuterRef("program"), number__gt=OuterRef("number"))
        return self.filter(~Exists(newer))


class CharterVersion(models.Model):
    """What both sides agree to, in the words of one day. A version is never rewritten."""

    program = models.ForeignKey(
        Program, models.CASCADE, related_name="charter_versions", db_comment=classes.NOT_PERSONAL
    )
    number = models.PositiveSmallIntegerField(db_comment=classes.NOT_PERSONAL)
    words = models.TextField(max_length=LONGEST_CHARTER, db_comment=classes.NOT_PERSONAL)
    note = models.CharField("what changed", max_length=300, blank=True, db_comment=classes.NOT_PERSONAL)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_comment=classes.DESK
    )
    made_at = models.DateTimeField(db_comment=classes.NOT_PERSONAL)

    objects: ClassVar = CharterVersionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "number"], name="charter_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="charter_version_from_one"),
            NeverRewritten(name="charter_never_rewritten"),
        ]

    def __str__(self) -> str:
        return f"{self.program}: charter, version {self.number}"


class Objective(models.Model):
    """What the program wants to reach: a measure, a target and a date."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="objectives", db_comment=classes.NOT_PERSONAL)
    measure = models.CharField(max_length=24, choices=Measure, db_comment=classes.NOT_PERSONAL)
    target = models.DecimalField(
        max_digits=7, decimal_places=1, validators=[MinValueValidator(0)], db_comment=classes.NOT_PERSONAL
    )
    by = models.DateField("by when", db_comment=classes.NOT_PERSONAL)

    class Meta:
        ordering: ClassVar = ["by", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "measure"],
                name="objective_measure_once",
                violation_error_message="This program already has an objective with this measure.",
            ),
            models.CheckConstraint(
                condition=Q(target__gt=0),
                name="objective_target_positive",
                violation_error_message="A target is more than zero.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_measure_display()}: {self.target.normalize():f} by {self.by:%-d %B %Y}"


class Rewording(models.Model):
    """What a program says in place of our words in one reminder, in one language."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="rewordings", db_comment=classes.NOT_PERSONAL)
    saying = models.CharField(max_length=60, db_comment=classes.NOT_PERSONAL)
    language = models.CharField(max_length=2, choices=Language, db_comment=classes.NOT_PERSONAL)
    subject = models.CharField(max_length=LONGEST_LINE_SAID, db_comment=classes.NOT_PERSONAL)
    heading = models.CharField(max_length=LONGEST_LINE_SAID, db_comment=classes.NOT_PERSONAL)
    text = models.TextField(max_length=LONGEST_TEXT_SAID, db_comment=classes.NOT_PERSONAL)
    action = models.CharField(max_length=LONGEST_BUTTON, db_comment=classes.NOT_PERSONAL)
    changes = models.PositiveIntegerField(default=1, db_comment=classes.NOT_PERSONAL)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.DESK)
    changed_at = models.DateTimeField(db_comment=classes.NOT_PERSONAL)

    class Meta:
        ordering: ClassVar = ["saying", "language"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "saying", "language"], name="reworded_once"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="rewording_language_known"),
            models.CheckConstraint(
                condition=~Q(subject="") & ~Q(heading="") & ~Q(text="") & ~Q(action=""), name="rewording_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.saying} of {self.program} in {self.get_language_display()}"


class Learning(models.Model):
    """What a coordinator noted for the next program. Coordinators of one that grew out of this program read it too."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="learnings", db_comment=classes.NOT_PERSONAL)
    about = models.CharField(max_length=12, choices=About, db_comment=classes.NOT_PERSONAL)
    words = models.CharField(
        max_length=LONGEST_LEARNING, help_text="About the program, never about a person.", db_comment=classes.DESK
    )
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.DESK)
    written_at = models.DateTimeField(db_comment=classes.DESK)

    class Meta:
        ordering: ClassVar = ["written_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "about", "words"], name="learning_once"),
            models.CheckConstraint(condition=~Q(words=""), name="learning_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.get_about_display()}: {self.words}"


class Topic(models.Model):
    """A skill the program suggests to offer and to learn."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="topics", db_comment=classes.NOT_PERSONAL)
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+", db_comment=classes.NOT_PERSONAL)

    class Meta:
        ordering: ClassVar = ["skill__name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "skill"], name="topic_once")]

    def __str__(self) -> str:
        return str(self.skill)


class ProgramQuestionQuerySet(models.QuerySet["ProgramQuestion"]):
    def asked(self) -> ProgramQuestionQuerySet:
        """Those that are put to people now."""
        return self.filter(retired=False)

    def of_side(self, side: Side) -> ProgramQuestionQuerySet:
        return self.filter(asked_of__in=[side.value, AskedOf.BOTH])


class ProgramQuestion(models.Model):
    """What a program asks beside the profile. Once somebody has answered it, what it means stays: an app above keeps
    that with a trigger, because only there answers are known. ``retired`` ones are no longer asked.

    Of equal positions the older question comes first.
    """

    program = models.ForeignKey(Program, models.CASCADE, related_name="questions", db_comment=classes.NOT_PERSONAL)
    position = models.PositiveSmallIntegerField(
        "order",
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(HIGHEST_POSITION)],
        help_text="Lower numbers come first.",
        db_comment=classes.NOT_PERSONAL,
    )
    words = models.CharField("question", max_length=LONGEST_QUESTION, db_comment=classes.NOT_PERSONAL)
    help = models.CharField(
        "a line of help",
        max_length=LONGEST_HELP,
        blank=True,
        help_text="Stands below the question.",
        db_comment=classes.NOT_PERSONAL,
    )
    kind = models.CharField(
        "answered by", max_length=6, choices=AnswerKind, default=AnswerKind.TEXT, db_comment=classes.NOT_PERSONAL
    )
    options = ArrayField(
        models.CharField(max_length=LONGEST_OPTION), default=list, blank=True, db_comment=classes.NOT_PERSONAL
    )
    lowest = models.CharField(
        "1 means", max_length=LONGEST_END, blank=True, help_text="For a scale.", db_comment=classes.NOT_PERSONAL
    )
    highest = models.CharField(
        "5 means", max_length=LONGEST_END, blank=True, help_text="For a scale.", db_comment=classes.NOT_PERSONAL
    )
    asked_of = models.CharField(
        "put to", max_length=6, choices=AskedOf, default=AskedOf.BOTH, db_comment=classes.NOT_PERSONAL
    )
    required = models.BooleanField(
        "has to be answered",
        default=False,
        help_text="When somebody joins or changes their profile. Whoever joined before stays ready without an answer.",
        db_comment=classes.NOT_PERSONAL,
    )
    retired = models.BooleanField(
        "no longer asked", default=False, help_text="Answers given are kept.", db_comment=classes.NOT_PERSONAL
    )

    objects: ClassVar = ProgramQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = "question of the program"
        verbose_name_plural = "questions of the program"
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(words=""), name="program_question_asks_something"),
            models.CheckConstraint(condition=Q(kind__in=AnswerKind.values), name="program_question_kind_known"),
            models.CheckConstraint(condition=Q(asked_of__in=AskedOf.values), name="program_question_side_known"),
            models.CheckConstraint(
                condition=Q(kind=AnswerKind.CHOICE, options__len__range=(FEWEST_OPTIONS, MOST_OPTIONS))
                | (~Q(kind=AnswerKind.CHOICE) & Q(options=[])),
                name="program_question_choice_has_options",
            ),
            models.CheckConstraint(
                condition=(Q(kind=AnswerKind.SCALE) & ~Q(lowest="") & ~Q(highest=""))
                | (~Q(kind=AnswerKind.SCALE) & Q(lowest="", highest="")),
                name="program_question_scale_has_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.words


class ProgramDutyQuerySet(models.QuerySet["ProgramDuty"]):
    def held(self) -> ProgramDutyQuerySet:
        """Those that count: whoever an administrator took off the desk coordinates nothing, wherever they are named."""
        return self.filter(~Q(duty=Duty.COORDINATOR) | Q(person__is_coordinator=True))


class ProgramDuty(models.Model):
    """Somebody who does something for the program. Supervisors may work outside HR."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="duties", db_comment=classes.DIRECTORY)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="duties", db_comment=classes.DIRECTORY
    )
    duty = models.CharField(max_length=12, choices=Duty, db_comment=classes.DIRECTORY)

    objects = ProgramDutyQuerySet.as_manager()

    class Meta:
        verbose_name = "person of a program"
        verbose_name_plural = "people of a program"
        ordering: ClassVar = ["duty", "person__sort_name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "person", "duty"],
                name="duty_once",
                violation_error_message="This person already has this duty.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_duty_display().lower()}"


class DeclaredConflictQuerySet(models.QuerySet["DeclaredConflict"]):
    def in_force(self, on: date) -> DeclaredConflictQuerySet:
        return self.filter(Q(until=None) | Q(until__gte=on), withdrawn_at=None)

    def declared_by(self, person: Person) -> DeclaredConflictQuerySet:
        """The only window on these rows: whoever declared one, and nobody else."""
        return self.filter(declared_by=person)


class DeclaredConflict(models.Model):
    """Two people who must not be paired, in any program, for a reason outside the reporting lines.

    The two are kept in one order, so that it does not matter who is named first. Several people may declare the same,
    each without knowing of the others.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    one = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.CONFLICT)
    other = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.CONFLICT)
    kind = models.CharField(max_length=13, choices=ConflictKind, db_comment=classes.CONFLICT)
    reason = models.BinaryField("reason, sealed", null=True, blank=True, db_comment=classes.SEALED)
    data_key = models.OneToOneField(
        DataKey, models.SET_NULL, null=True, blank=True, related_name="+", db_comment=classes.NOT_PERSONAL
    )
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.CONFLICT
    )
    declared_at = models.DateTimeField(db_comment=classes.CONFLICT)
    until = models.DateField(null=True, blank=True, db_comment=classes.CONFLICT)
    withdrawn_at = models.DateTimeField(null=True, blank=True, db_comment=classes.CONFLICT)

    objects: ClassVar = DeclaredConflictQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-declared_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="conflict_between_two"),
            models.UniqueConstraint(
                fields=["one", "other", "declared_by"], condition=Q(withdrawn_at=None), name="conflict_declared_once"
            ),
        ]

    def __str__(self) -> str:
        return "declared conflict"

    def row(self, column: str) -> str:
        """The identity under which text of this row is sealed."""
        return f"programs.declaredconflict.{column}:{self.pk}"
