"""What we ask, who was asked, and what was answered: three tables, the last joined to nobody."""

from __future__ import annotations

import uuid
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.db.models.expressions import CombinedExpression

from pairings.models import Pairing
from people.choices import Language
from privacy import classes
from programs.choices import ASKED_IN_SURVEYS, AskedOf, Side
from programs.models import Program
from surveys.choices import (
    MAY_ASK_OTHERS,
    USUALLY,
    WITH_ENDS,
    WITH_OPTIONS,
    Decision,
    InsightState,
    OpensWith,
    QuestionKind,
    SurveyKind,
    ThemeKind,
    Whom,
)
from surveys.constraints import (
    ConditionsHold,
    FollowsItsLike,
    ForecastStands,
    FrozenOnceOpened,
    OptionsDiffer,
    ReleasedForGood,
    ReleasedOnceClosed,
    ReplyStands,
    SaidAsReleased,
    SurveyFrozenOnceOpened,
    ThemeStands,
    TranslationFrozenOnceOpened,
    WrittenByOneOfTheTwo,
)
from surveys.questions import LONGEST_END, LONGEST_OPTION, MOST_OPTIONS

if TYPE_CHECKING:
    from people.models import Person


SMALLEST_SAMPLE = 10
LAST_ZONE_CLOSES = timedelta(days=1)
"""When a day has ended everywhere: some people still answer while others already write the next date."""
RESULTS_AFTER = LAST_ZONE_CLOSES + timedelta(days=1)


class SurveyQuerySet(models.QuerySet["Survey"]):
    def open(self, on: date) -> SurveyQuerySet:
        return self.filter(opened_at__isnull=False, opens_on__lte=on, closes_on__gte=on)

    def released(self) -> SurveyQuerySet:
        """Surveys whose results were let out, and no longer change."""
        return self.filter(release__isnull=False)

    def to_release(self, on: date) -> SurveyQuerySet:
        """Surveys nobody can answer any more, anywhere, whose results nobody has seen. ``on`` is a day in UTC."""
        return self.filter(opened_at__isnull=False, closes_on__lt=on - LAST_ZONE_CLOSES, release=None)

    def planned(self) -> SurveyQuerySet:
        """Surveys that open by themselves, and have not yet."""
        return self.filter(opened_at=None, planned_at__isnull=False)

    def coordinated_by(self, person: Person) -> SurveyQuerySet:
        return self.filter(program__in=Program.objects.coordinated_by(person))


def _days(number: CombinedExpression) -> ExpressionWrapper:
    return ExpressionWrapper(number, output_field=models.IntegerField())


class Survey(models.Model):
    """A set of questions put to the people of a program between two days."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="surveys", db_comment=classes.NOT_PERSONAL)
    kind = models.CharField(max_length=12, choices=SurveyKind, db_comment=classes.NOT_PERSONAL)
    title = models.CharField(max_length=120, db_comment=classes.NOT_PERSONAL)
    introduction = models.TextField(blank=True, max_length=1000, db_comment=classes.NOT_PERSONAL)
    language = models.CharField(
        "written in", max_length=2, choices=Language, default=Language.ENGLISH, db_comment=classes.NOT_PERSONAL
    )

    # Whom it asks
    asks = models.CharField(
        "put to", max_length=16, choices=Whom, blank=True,
        help_text="Left empty, it asks whom a survey of its kind usually asks.", db_comment=classes.NOT_PERSONAL,
    )  # fmt: skip
    asks_side = models.CharField(
        "which side", max_length=6, choices=AskedOf, default=AskedOf.BOTH, db_comment=classes.NOT_PERSONAL
    )
    sample = models.PositiveIntegerField(
        "at most this many, drawn by chance", null=True, blank=True, validators=[MinValueValidator(SMALLEST_SAMPLE)],
        help_text="Left empty, all of them; before there are pairs, a thousand at most.",
        db_comment=classes.NOT_PERSONAL,
    )  # fmt: skip
    seed = models.BigIntegerField(null=True, blank=True, editable=False, db_comment=classes.NOT_PERSONAL)

    # When
    opens_with = models.CharField(
        "a planned survey waits for", max_length=12, choices=OpensWith, default=OpensWith.DAY,
        db_comment=classes.NOT_PERSONAL,
    )  # fmt: skip
    opens_on = models.DateField(db_comment=classes.NOT_PERSONAL)
    closes_on = models.DateField(db_comment=classes.NOT_PERSONAL)
    planned_at = models.DateTimeField(null=True, blank=True, editable=False, db_comment=classes.DESK)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_comment=classes.DESK,
    )
    repeats_after_weeks = models.PositiveSmallIntegerField(
        "repeat after this many weeks", null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(52)],
        help_text="Counted from the day it opens. Once it has closed, the same questions are planned again, until the "
        "program ends. Left empty, they are put once.",
        db_comment=classes.NOT_PERSONAL,
    )  # fmt: skip
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="followed_by",
        db_comment=classes.NOT_PERSONAL,
    )  # fmt: skip
    wave = models.PositiveSmallIntegerField(default=1, editable=False, db_comment=classes.NOT_PERSONAL)
    opened_at = models.DateTimeField(null=True, blank=True, editable=False, db_comment=classes.DESK)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_comment=classes.DESK,
    )

    objects: ClassVar = SurveyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-opens_on"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")),
                name="survey_closes_after_opening",
                violation_error_message="The survey closes before it opens. Choose a later day.",
            ),
            models.CheckConstraint(
                condition=Q(asks="") | Q(kind__in=MAY_ASK_OTHERS, asks__in=Whom.values),
                name="survey_asks_others_where_it_may",
                violation_error_message="A survey of this kind is put to those it is usually put to.",
            ),
            models.CheckConstraint(condition=Q(asks_side__in=AskedOf.values), name="survey_side_known"),
            models.CheckConstraint(condition=Q(opens_with__in=OpensWith.values), name="survey_opens_with_known"),
            models.CheckConstraint(
                condition=Q(sample=None) | Q(sample__gte=SMALLEST_SAMPLE),
                name="survey_sample_not_too_small",
                violation_error_message=f"Of fewer than {SMALLEST_SAMPLE} no result could be shown.",
            ),
            models.CheckConstraint(
                condition=Q(planned_at=None, planned_by=None) | Q(planned_at__isnull=False, planned_by__isnull=False),
                name="survey_planned_whole",
            ),
            models.CheckConstraint(
                condition=Q(repeats_after_weeks=None)
                | Q(closes_on__lte=F("opens_on") + _days(F("repeats_after_weeks") * 7 - RESULTS_AFTER.days)),
                name="survey_repeats_after_closing",
                violation_error_message="The next one would open before the results of this one are out. Leave more "
                "weeks between, or let it close earlier.",
            ),
            models.CheckConstraint(
                condition=Q(follows=None, wave=1) | Q(follows__isnull=False, wave__gte=2), name="survey_wave_follows"
            ),
            ConditionsHold(name="survey_conditions_hold"),
            FollowsItsLike(name="survey_follows_its_like"),
            SurveyFrozenOnceOpened(name="survey_stays_as_it_opened"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.program})"

    @property
    def is_opened(self) -> bool:
        return self.opened_at is not None

    @property
    def is_released(self) -> bool:
        """Whether its results can be read. Asks the database unless ``release`` was selected with it."""
        return getattr(self, "release", None) is not None

    @property
    def whom(self) -> Whom:
        return Whom(self.asks) if self.asks else USUALLY[SurveyKind(self.kind)]

    @property
    def results_on(self) -> date:
        """The first day on which results are shown."""
        return self.closes_on + RESULTS_AFTER


class Question(models.Model):
    """One question. Once its survey has been opened it cannot change.

    What somebody is asked follows from the questions before it: ``surveys.questions`` judges that, and what fits.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions", db_comment=classes.NOT_PERSONAL)
    position = models.PositiveSmallIntegerField(db_comment=classes.NOT_PERSONAL)
    kind = models.CharField("answered by", max_length=8, choices=QuestionKind, db_comment=classes.NOT_PERSONAL)
    words = models.CharField("question", max_length=240, db_comment=classes.NOT_PERSONAL)
    options = ArrayField(
        models.CharField(max_length=LONGEST_OPTION), default=list, blank=True, db_comment=classes.NOT_PERSONAL
    )
    lowest = models.CharField(
        "the low end means", max_length=40, blank=True,
        help_text="For a scale, if not “Not at all”.", db_comment=classes.NOT_PERSONAL,
    )  # fmt: skip
    highest = models.CharField(
        "the high end means", max_length=40, blank=True,
        help_text="For a scale, if not “Fully”.", db_comment=classes.NOT_PERSONAL,
    )  # fmt: skip
    required = models.BooleanField(
        "has to be answered", default=False,
        help_text="An answer given because one must says less. Leave it off where you can.",
        db_comment=classes.NOT_PERSONAL,
    )  # fmt: skip
    asked_of = models.CharField(
        "put to", max_length=6, choices=AskedOf, default=AskedOf.BOTH, db_comment=classes.NOT_PERSONAL
    )
    begins_page = models.BooleanField(
        "begins a new page", default=False,
        help_text="A question that depends on another of its page begins one by itself.",
        db_comment=classes.NOT_PERSONAL,
    )  # fmt: skip
    only_if = models.PositiveSmallIntegerField(null=True, blank=True, db_comment=classes.NOT_PERSONAL)
    only_if_answers = ArrayField(
        models.CharField(max_length=LONGEST_OPTION), default=list, blank=True, db_comment=classes.NOT_PERSONAL
    )
    measure = models.CharField(
        "counts for the objective",
        max_length=24,
        choices=[(measure.value, measure.label) for measure in ASKED_IN_SURVEYS],
        null=True,
        blank=True,
        help_text="Whoever answers “Mostly” or “Fully” counts towards it.",
        db_comment=classes.NOT_PERSONAL,
    )

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["survey", "position"],
                name="question_position_once",
                deferrable=models.Deferrable.DEFERRED,  # two may change places
                violation_error_message="Two questions have the same number.",
            ),
            models.UniqueConstraint(
                fields=["survey", "measure"],
                name="question_measure_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message="Two questions count for the same objective.",
            ),
            models.CheckConstraint(
                condition=Q(measure=None) | Q(kind=QuestionKind.SCALE, lowest="", asked_of=AskedOf.BOTH, only_if=None),
                name="question_measure_on_scale",
                violation_error_message="Only a scale from “Not at all” to “Fully” that is put to everybody can "
                "count for an objective.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=WITH_OPTIONS, options__len__range=(2, MOST_OPTIONS))
                | (~Q(kind__in=WITH_OPTIONS) & Q(options=[])),
                name="question_choice_has_options",
                violation_error_message=f"This needs from two to {MOST_OPTIONS} options, or no options at all.",
            ),
            models.CheckConstraint(
                condition=Q(lowest="", highest="") | (Q(kind__in=WITH_ENDS) & ~Q(lowest="") & ~Q(highest="")),
                name="question_ends_of_a_scale",
                violation_error_message="Give words for both ends of a scale, or for neither.",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="question_asks_something"),
            models.CheckConstraint(condition=Q(kind__in=QuestionKind.values), name="question_kind_known"),
            models.CheckConstraint(condition=Q(asked_of__in=AskedOf.values), name="question_side_known"),
            models.CheckConstraint(
                condition=Q(only_if=None, only_if_answers=[])
                | Q(only_if__isnull=False, only_if__lt=F("position"), only_if_answers__len__gte=1),
                name="question_only_if_earlier",
                violation_error_message="A question can depend on answers to an earlier one only.",
            ),
            OptionsDiffer(name="question_options_differ"),
            FrozenOnceOpened(name="question_frozen_once_opened"),
        ]

    def __str__(self) -> str:
        return self.words


class Translation(models.Model):
    """A survey in one more language. What is not translated stands in the language the survey was written in.

    The columns that begin with ``of_`` hold what was translated, word for word: whoever changes it leaves a translation
    that says something else, and that is read no more.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="translations", db_comment=classes.NOT_PERSONAL)
    language = models.CharField(max_length=2, choices=Language, db_comment=classes.NOT_PERSONAL)
    title = models.CharField(max_length=120, blank=True, db_comment=classes.NOT_PERSONAL)
    of_title = models.CharField(max_length=120, blank=True, default="", db_comment=classes.NOT_PERSONAL)
    introduction = models.TextField(blank=True, max_length=1000, db_comment=classes.NOT_PERSONAL)
    of_introduction = models.TextField(blank=True, max_length=1000, default="", db_comment=classes.NOT_PERSONAL)
    points = ArrayField(
        models.CharField(max_length=LONGEST_END), default=list, blank=True, db_comment=classes.NOT_PERSONAL
    )

    class Meta:
        ordering: ClassVar = ["language"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "language"], name="translated_once"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="translation_language_known"),
            models.CheckConstraint(condition=Q(points__len__in=[0, 5]), name="translation_names_all_points"),
            FrozenOnceOpened(name="translation_frozen_once_opened"),
        ]

    def __str__(self) -> str:
        return f"{self.survey} in {self.get_language_display()}"


class QuestionTranslation(models.Model):
    """One question in the language of a translation. Options stand in the order of those that were translated."""

    translation = models.ForeignKey(
        Translation, models.CASCADE, related_name="questions", db_comment=classes.NOT_PERSONAL
    )
    question = models.ForeignKey(Question, models.CASCADE, related_name="translations", db_comment=classes.NOT_PERSONAL)
    words = models.CharField(max_length=240, blank=True, db_comment=classes.NOT_PERSONAL)
    of_words = models.CharField(max_length=240, blank=True, default="", db_comment=classes.NOT_PERSONAL)
    options = ArrayField(
        models.CharField(max_length=LONGEST_OPTION), default=list, blank=True, db_comment=classes.NOT_PERSONAL
    )
    of_options = ArrayField(
        models.CharField(max_length=LONGEST_OPTION), default=list, blank=True, db_comment=classes.NOT_PERSONAL
    )
    lowest = models.CharField(max_length=LONGEST_END, blank=True, db_comment=classes.NOT_PERSONAL)
    of_lowest = models.CharField(max_length=LONGEST_END, blank=True, default="", db_comment=classes.NOT_PERSONAL)
    highest = models.CharField(max_length=LONGEST_END, blank=True, db_comment=classes.NOT_PERSONAL)
    of_highest = models.CharField(max_length=LONGEST_END, blank=True, default="", db_comment=classes.NOT_PERSONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["translation", "question"], name="question_translated_once"),
            TranslationFrozenOnceOpened(name="question_translation_frozen"),
        ]

    def __str__(self) -> str:
        return self.words


class Invitation(models.Model):
    """Somebody was asked. Whether they answered is known, without a time; what they answered is not here."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="invitations", db_comment=classes.ANSWERED)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations", db_comment=classes.ANSWERED
    )
    side = models.CharField(max_length=6, choices=Side, db_comment=classes.ANSWERED)
    answered = models.BooleanField(default=False, db_comment=classes.ANSWERED)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "person"], name="invited_once"),
        ]

    def __str__(self) -> str:
        return f"Invitation to {self.survey}"


class Answer(models.Model):
    """What somebody said. There is no column, order or timestamp that says who.

    ``values`` maps a question's primary key (as text) to a point of a scale, an option, a text, the options chosen or
    put in order, or the points of a matrix by their statement; a question that was skipped or not asked is absent.
    ``side`` is the only attribute kept for tables; where somebody works is an answer, if they were asked and gave it.
    ``receipt`` is what ``surveys.receipts`` keeps of a code by which the answer can be taken back, by whoever has it;
    None once that has happened, or where no code was given out.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.ANONYMOUS)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="answers", db_comment=classes.ANONYMOUS)
    side = models.CharField(max_length=6, choices=Side, db_comment=classes.ANONYMOUS)
    values = models.JSONField(db_comment=classes.ANONYMOUS)
    receipt = models.CharField(max_length=64, null=True, unique=True, editable=False, db_comment=classes.ANONYMOUS)

    def __str__(self) -> str:
        return "An answer"


class Release(models.Model):
    """The results of a survey as they were let out: every figure, or why there is none. Never changed again.

    Pages and files read this and count nothing. ``surveys.releases`` knows what is in ``results``.
    """

    survey = models.OneToOneField(Survey, models.PROTECT, related_name="release", db_comment=classes.NOT_PERSONAL)
    released_at = models.DateTimeField(db_comment=classes.NOT_PERSONAL)
    results = models.JSONField(db_comment=classes.ANONYMOUS)

    class Meta:
        constraints: ClassVar = [
            ReleasedForGood(name="survey_release_for_good"),
            ReleasedOnceClosed(name="survey_release_once_closed"),
        ]

    def __str__(self) -> str:
        return f"Results of {self.survey}"


class ReleasedComment(models.Model):
    """One text of at least ten to a question, apart from the answer it came with, its side and its order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.ANONYMOUS)
    release = models.ForeignKey(Release, models.PROTECT, related_name="comments", db_comment=classes.ANONYMOUS)
    question = models.ForeignKey(Question, models.PROTECT, related_name="+", db_comment=classes.ANONYMOUS)
    words = models.TextField(db_comment=classes.ANONYMOUS)

    class Meta:
        constraints: ClassVar = [SaidAsReleased(name="survey_comment_as_released")]

    def __str__(self) -> str:
        return "A comment"


class Insight(models.Model):
    """What the two of a pair may release to the insight board, while it is theirs alone; deleted as it gets there.

    ``written_by`` wrote the version that stands here, and so agrees to it. ``appears_on`` is the first day of a month,
    once the other has agreed as well. Both are part of what the words are sealed for: words to which nobody agreed do
    not open as words to which both did. The kind is sealed with them. ``put_off_to`` is a later first day of a month,
    once it could not go. The words need not open for that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="insights", db_comment=classes.BETWEEN_TWO)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.BETWEEN_TWO
    )
    changed_at = models.DateTimeField(db_comment=classes.BETWEEN_TWO)
    version = models.PositiveIntegerField("how often it was saved", default=1, db_comment=classes.BETWEEN_TWO)
    state = models.CharField(
        max_length=7, choices=InsightState, default=InsightState.WAITING, db_comment=classes.BETWEEN_TWO
    )
    appears_on = models.DateField(null=True, blank=True, db_comment=classes.BETWEEN_TWO)
    put_off_to = models.DateField(null=True, blank=True, db_comment=classes.BETWEEN_TWO)
    words = models.BinaryField("what the company should hear, sealed", db_comment=classes.SEALED)

    class Meta:
        ordering: ClassVar = ["changed_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(version__gte=1), name="insight_version"),
            models.CheckConstraint(
                condition=Q(state=InsightState.AGREED, appears_on__isnull=False, appears_on__day=1)
                | Q(state__in=[InsightState.WAITING, InsightState.LEFT], appears_on=None),
                name="insight_appears_once_agreed",
            ),
            models.CheckConstraint(
                condition=Q(put_off_to=None)
                | Q(appears_on__isnull=False, put_off_to__gt=F("appears_on"), put_off_to__day=1),
                name="insight_put_off_to_a_later_month",
            ),
            WrittenByOneOfTheTwo(name="insight_by_one_of_the_two"),
        ]

    def __str__(self) -> str:
        return f"Insight in {self.pairing}"

    @property
    def goes_on(self) -> date | None:
        return self.put_off_to or self.appears_on

    def row(self, column: str) -> str:
        agreed = f":for {self.appears_on}" if self.appears_on else ""
        return (
            f"surveys.insight.{column}:{self.pk}:of {self.pairing_id}:by {self.written_by_id}:"
            f"version {self.version}{agreed}"
        )


LONGEST_THEME: Final = 300
LONGEST_REPLY: Final = 1000


def _says_the_month_alone() -> Q:
    """Nobody wrote it, it rests on no results, and its time is the beginning of a month."""
    start = {"day": 1, "hour": 0, "minute": 0, "second": 0}
    return Q(rests_on=None, written_by=None, **{f"written_at__{part}": value for part, value in start.items()})


class Theme(models.Model):
    """What stands on the insight board, for the program's sponsor to answer.

    Either what the answers of a group say, in a coordinator's words, with the results it rests on. Or what the two of
    some pair both released: then nothing says who, and ``written_at`` says the month alone (``surveys.insights``).
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="themes", db_comment=classes.NOT_PERSONAL)
    kind = models.CharField("what it is", max_length=12, choices=ThemeKind, db_comment=classes.NOT_PERSONAL)
    words = models.CharField(
        "in one or two sentences", max_length=LONGEST_THEME,
        help_text="What a group says, never what one person said.", db_comment=classes.NOT_PERSONAL,
    )  # fmt: skip
    rests_on = models.ForeignKey(
        Release, models.PROTECT, null=True, related_name="themes", db_comment=classes.NOT_PERSONAL
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_comment=classes.DESK
    )
    written_at = models.DateTimeField(db_comment=classes.DESK)

    class Meta:
        ordering: ClassVar = ["-written_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "words"], name="theme_once"),
            models.CheckConstraint(condition=~Q(words=""), name="theme_says_something"),
            models.CheckConstraint(condition=Q(kind__in=ThemeKind.values), name="theme_kind_known"),
            models.CheckConstraint(
                condition=Q(rests_on__isnull=False, written_by__isnull=False) | _says_the_month_alone(),
                name="theme_rests_or_says_nobody",
            ),
            ThemeStands(name="theme_stands"),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def month(self) -> date:
        """Of what a pair released, its first day: that is all its time says."""
        return self.written_at.astimezone(UTC).date()


class Reply(models.Model):
    """What a sponsor said to a theme. Never rewritten: another reply follows it, and both can be read."""

    theme = models.ForeignKey(Theme, models.PROTECT, related_name="replies", db_comment=classes.NOT_PERSONAL)
    decision = models.CharField(max_length=8, choices=Decision, db_comment=classes.NOT_PERSONAL)
    words = models.TextField(max_length=LONGEST_REPLY, db_comment=classes.NOT_PERSONAL)
    by_when = models.DateField(null=True, blank=True, db_comment=classes.NOT_PERSONAL)
    replied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=classes.DESK)
    replied_at = models.DateTimeField(db_comment=classes.DESK)

    class Meta:
        ordering: ClassVar = ["-replied_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(words=""), name="reply_says_something"),
            models.CheckConstraint(
                condition=Q(decision__in=Decision.values)
                & (
                    Q(decision=Decision.DECLINED, by_when=None)
                    | ~Q(decision=Decision.DECLINED) & Q(by_when__isnull=False)
                ),
                name="reply_says_by_when",
            ),
            ReplyStands(name="reply_stands"),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()}: {self.words}"


class Forecast(models.Model):
    """How many pairs the program's rules would allow among as many people as said they would take part.

    Made once from released figures and the directory; without numbers where too little could be shown to make one.
    ``changes`` holds ``[what, pairs]`` for what would bring more.
    """

    release = models.OneToOneField(Release, models.PROTECT, related_name="forecast", db_comment=classes.NOT_PERSONAL)
    middle = models.PositiveIntegerField(null=True, db_comment=classes.NOT_PERSONAL)
    nearly_always = models.PositiveIntegerField(null=True, db_comment=classes.NOT_PERSONAL)
    changes = models.JSONField(default=list, db_comment=classes.NOT_PERSONAL)
    made_at = models.DateTimeField(db_comment=classes.NOT_PERSONAL)

    class Meta:
        constraints: ClassVar = [ForecastStands(name="survey_forecast_stands")]

    def __str__(self) -> str:
        return f"Forecast for {self.release}"
