"""Questions about surveys: who is asked, what waits, and the results, which leave only through disclosure control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from disclosure import (
    Bar,
    Figure,
    GroupedDistribution,
    Hidden,
    Reason,
    comments,
)
from pairings.models import Pairing, PairingQuerySet
from pairings.queries import LITTLE_OR_NOT, MOSTLY_OR_FULLY, PARTLY_OR_LESS
from participants.models import Participation
from people.languages import preferred
from people.models import Person, PersonQuerySet
from privacy import audiences
from programs import queries as programs
from programs import rules as program_rules
from programs.choices import AskedOf, Duty, Measure, Side
from programs.models import Program, ProgramDuty
from surveys import interest, readiness, receipts, releases, rules, supply
from surveys.choices import OR_NONE, USUALLY, OpensWith, SurveyKind, Whom
from surveys.interest import Recommendation
from surveys.languages import Spoken
from surveys.models import Answer, Forecast, Invitation, Question, ReleasedComment, Survey, SurveyQuerySet
from surveys.over_time import Wave
from surveys.parts import CHOSEN
from surveys.questions import put_to
from surveys.readiness import Reading
from surveys.releases import AGREEING, FULLY, MOSTLY, PARTLY, QuestionResult, Results
from surveys.supply import Supply
from ui.charts import Tone
from ui.components import QueueItem, in_words

TONES: Final[Mapping[str, Tone]] = {
    LITTLE_OR_NOT: "brick", PARTLY_OR_LESS: "plum", PARTLY: "mute",
    MOSTLY: "soft", FULLY: "lake", MOSTLY_OR_FULLY: "lake",
}  # fmt: skip


# Whose surveys


def visible_to(person: Person) -> SurveyQuerySet:
    """Surveys this person is asked to answer."""
    mine = Invitation.objects.filter(person=person).values("survey")
    asked: SurveyQuerySet = Survey.objects.filter(opened_at__isnull=False, pk__in=mine).select_related("program")
    return asked


def results_visible_to(person: Person) -> SurveyQuerySet:
    """Surveys whose released results this person may read: those asked, coordinators, sponsors and executives."""
    opened = Survey.objects.filter(opened_at__isnull=False).select_related("program", "release")
    if person.is_executive and person.is_active:
        return opened
    asked = Q(pk__in=Invitation.objects.filter(person=person).values("survey"))
    duty = ProgramDuty.objects.held().filter(person=person, duty__in=[Duty.COORDINATOR, Duty.SPONSOR])
    readable: SurveyQuerySet = opened.filter(asked | Q(program__in=duty.values("program")))
    return readable


def invitation_to(survey: Survey, person: Person) -> Invitation:
    """Of somebody who is asked."""
    return Invitation.objects.get(survey=survey, person=person)


@sensitive_variables()
def has_receipt(survey: Survey, code: str) -> bool:
    """Whether an answer to this survey can be taken back with this code."""
    return Answer.objects.filter(survey=survey, receipt__in=receipts.stored_as(code)).exists()


def spoken_in(survey: Survey, wanted: str | None, *, languages: Sequence[str] = ()) -> tuple[Spoken, list[str]]:
    """The survey in the wanted language if it is there, else in one somebody speaks; and all it can be read in."""
    translations = {each.language: each for each in survey.translations.prefetch_related("questions")}
    offered = [survey.language, *translations]
    language = wanted if wanted in offered else preferred(offered, languages, otherwise=survey.language)
    return Spoken(survey, translations.get(language)), offered


def people_to_ask(survey: Survey, *, on: date) -> list[tuple[Person, Side]]:
    """Everybody this survey may be put to who works here, by name, each on one side.

    Somebody on both sides is asked once, on the side of the newer pair; without a pair as a mentor, the rarer decision.
    After an early end, whoever has no other pair and was not asked about it before.
    """
    people, sides = _whom(survey, on)
    if survey.asks_side != AskedOf.BOTH:
        sides = {person: side for person, side in sides.items() if side == survey.asks_side}
    found = people.filter(pk__in=sides).order_by("sort_name", "pk")
    return [(person, sides[person.pk]) for person in found]


def _whom(survey: Survey, on: date) -> tuple[PersonQuerySet, dict[int, Side]]:
    here, pairs = Person.objects.employed(on), Pairing.objects.filter(program=survey.program_id)
    match survey.whom:
        case Whom.MAY_TAKE_PART:
            sides = {
                person: side
                for side in (Side.MENTEE, Side.MENTOR)
                for person in programs.eligible(survey.program, side, on=on).values_list("pk", flat=True)
            }
            return Person.objects.all(), sides
        case Whom.TAKES_PART:
            active = Participation.objects.taking_part().filter(program=survey.program_id)
            by_side = active.order_by("side").values_list("person", "side")  # mentee before mentor
            return here, {**{person: Side(side) for person, side in by_side}, **_sides_in(pairs.open(on))}
        case Whom.HAS_A_PAIR:
            return here, _sides_in(pairs.open(on))
        case Whom.ENDED_EARLY:
            before = Invitation.objects.filter(survey__program=survey.program_id, survey__kind=SurveyKind.EXIT)
            under_way = _sides_in(pairs.open(on))
            asked_before = before.values("person")
            return here.exclude(pk__in=under_way).exclude(pk__in=asked_before), _sides_in(
                pairs.filter(ended_on__lte=on, ended_on__lt=F("runs_until"))
            )
        case Whom.HAD_A_PAIR:
            return here, _sides_in(pairs)


def _sides_in(pairs: PairingQuerySet) -> dict[int, Side]:
    """Of each person in these pairs, the side of the newest."""
    sides: dict[int, Side] = {}
    newest_first = pairs.order_by("-started_on", "pk").values_list("mentor__person", "mentee__person")
    for mentor, mentee in newest_first:
        sides.setdefault(mentor, Side.MENTOR)
        sides.setdefault(mentee, Side.MENTEE)
    return sides


def why_not_opened(survey: Survey, *, on: date) -> str:
    """Why a planned survey whose day has come is not open, in a sentence; nothing where it is or its day is ahead."""
    if survey.is_opened or survey.planned_by is None or not rules.is_due(survey, on=on):
        return ""
    asks = list(survey.questions.all())
    asked = [each for each in people_to_ask(survey, on=on) if put_to(asks, each[1])]
    try:
        program_rules.insist_coordinates(survey.planned_by, survey.program)
        closes_on = survey.closes_on if survey.opens_with == OpensWith.DAY else rules.closing_day(survey, on)
        rules.insist_may_be_opened(survey, asks=asks, people=len(asked), closes_on=closes_on, on=on)
        for translation in survey.translations.prefetch_related("questions"):
            rules.insist_translation_fits(translation, asks)
    except ValidationError as refusal:
        return str(refusal.messages[0])
    return ""


def waiting_for(person: Person, on: date) -> list[QueueItem]:
    """Open surveys this person has not answered, the first to close first."""
    waiting = (
        Invitation.objects.filter(person=person, answered=False, survey__in=Survey.objects.open(on))
        .annotate(
            number_of_questions=Count(
                "survey__questions", filter=Q(survey__questions__asked_of__in=[AskedOf.BOTH, F("side")])
            )
        )
        .select_related("survey")
        .only("answered", "survey__title", "survey__closes_on")
        .order_by("survey__closes_on", "survey")
    )
    return [
        QueueItem(
            what=each.survey.title,
            detail=f"{number_in_words(each.number_of_questions)}, open until {each.survey.closes_on:%-d %B}.",
            action="Answer",
            url=reverse("surveys:answer", args=[each.survey_id]),
            audience=audiences.groups_of(releases.in_people()["enough"]),
        )
        for each in waiting
    ]


@dataclass(frozen=True, slots=True)
class SurveyCard:
    """A survey on the home page of somebody who was asked; ``action`` is the verb of the link to ``url``, if any."""

    title: str
    program: str
    words: str
    answered: bool
    action: str = ""
    url: str = ""


SHOWN_AT_HOME: Final = 5
"""The newest of them; older ones have been read long ago."""


def asked_of(person: Person, on: date) -> list[SurveyCard]:
    """The newest surveys this person was asked to answer, where each stands, and what they can do there."""
    asked = Invitation.objects.filter(person=person, survey__opened_at__isnull=False, survey__opens_on__lte=on)
    # Whether they were released is asked, and the results stay where they are: they are large.
    read = asked.select_related("survey__program", "survey__release").only(
        "answered", *(f"survey__{column}" for column in ("kind", "title", "opens_on", "closes_on", "opened_at")),
        "survey__program__name", "survey__release__survey_id",
    )  # fmt: skip
    newest = read.order_by("-survey__opens_on", "-survey_id")[:SHOWN_AT_HOME]
    return [_card(each.survey, answered=each.answered, on=on) for each in newest]


def _card(survey: Survey, *, answered: bool, on: date) -> SurveyCard:
    title, program = survey.title, survey.program.name
    if survey.is_released:
        url = reverse("surveys:results", args=[survey.pk])
        return SurveyCard(title, program, "Closed.", answered, "Read the results", url)
    results = f"Results from {survey.results_on:%-d %B}."
    if rules.is_open(survey, on=on) and not answered:
        url = reverse("surveys:answer", args=[survey.pk])
        return SurveyCard(title, program, f"Open until {survey.closes_on:%-d %B}.", answered, "Answer", url)
    return SurveyCard(title, program, results, answered)


def number_in_words(questions: int) -> str:
    return f"{in_words(questions)} question{'' if questions == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Returns:
    """How many were asked and have answered: for coordinators, who remind."""

    asked: int
    answered: int


def returns(survey: Survey) -> Returns:
    counted = Invitation.objects.filter(survey=survey).aggregate(
        asked=Count("pk"), answered=Count("pk", filter=Q(answered=True))
    )
    return Returns(**counted)


# Results


def released_results(survey: Survey) -> Results | None:
    """What was let out of the answers; None until then. Reads one row, and counts nothing."""
    return releases.from_kept(survey.release.results) if survey.is_released else None


WAVES: Final = 6
"""As many results are compared over time, the newest of them."""


def waves_up_to(survey: Survey, results: Results, *, read_by: Person) -> tuple[Wave, ...]:
    """The released results of surveys of this kind in this program, up to this one, of those this person may read.

    Those that were put to other people are no earlier ones: what differs would be who was asked.
    """
    usual = USUALLY[SurveyKind(survey.kind)]
    before = results_visible_to(read_by).released().filter(
        program=survey.program_id, kind=survey.kind, asks_side=survey.asks_side, closes_on__lt=survey.closes_on,
        asks__in=["", usual] if survey.whom == usual else [survey.asks],
    )  # fmt: skip
    newest = before.order_by("-closes_on", "-pk")[: WAVES - 1]
    earlier = [Wave(each, releases.from_kept(each.release.results)) for each in newest]
    return (*reversed(earlier), Wave(survey, results))


@dataclass(frozen=True, slots=True)
class Comments:
    """What people wrote to one question: in random order each time, or why nothing is to be read.

    ``more`` is how many texts there are besides; all are in the files. ``closed`` says why there are none.
    """

    words: str
    texts: tuple[str, ...]
    more: int = 0

    @property
    def closed(self) -> str:
        fewest = releases.fewest_texts()
        return f"They open once {fewest} people have written one, unless their number would tell what a few answered."


TEXTS_ON_A_PAGE: Final = 100


def released_comments(survey: Survey, results: Results, *, most: int | None = TEXTS_ON_A_PAGE) -> tuple[Comments, ...]:
    """Where some were taken back, and too few are left, the rest is closed again."""
    found = []
    for each in results.comments:
        written = ReleasedComment.objects.filter(release__survey=survey, question=each.question)
        number = written.count() if each.is_open else 0
        # By the random key: which texts come first was settled when they were let out, and says nothing.
        words = written.order_by("pk").values_list("words", flat=True)[:most]
        texts = comments(words, k=releases.fewest_texts()) if number else ()
        shown = () if isinstance(texts, Hidden) else texts
        found.append(Comments(each.words, shown, more=number - len(shown) if shown else 0))
    return tuple(found)


def recommendation(survey: Survey, results: Results, *, to: Person) -> Recommendation | None:
    """Whether to start the program, for those who decide about it; None for anybody else, and of other surveys."""
    if survey.kind != SurveyKind.INTEREST or not _decides(to, survey.program):
        return None
    found = _said_of_interest(survey, results)
    objective = survey.program.objectives.filter(measure=Measure.PAIRS_FORMED).first()
    return interest.recommendation(
        found.released.total if found else None, target=int(objective.target) if objective else None,
        forecast=Forecast.objects.filter(release__survey=survey, middle__isnull=False).first(),
        supply=supply_and_demand(survey, results),
        words={side: survey.program.word(side, plural=True) for side in Side},
    )  # fmt: skip


def supply_and_demand(survey: Survey, results: Results) -> Supply | None:
    """By topic and by area, from what was let out; None where neither was asked as we ask it."""
    if survey.kind != SurveyKind.INTEREST:
        return None
    asked = list(survey.questions.all())
    offered, wanted = (_chosen(supply.on_topics(asked, side), side, results) for side in (Side.MENTOR, Side.MENTEE))
    told, new = supply.demand(offered, wanted, supply.topics_of(survey.program)) if offered and wanted else ((), ())
    return Supply(told, new, results.areas) or None


def _chosen(asked: Sequence[Question], side: Side, results: Results) -> dict[str, Figure]:
    """How many of a side chose each option. One that stands in two questions is told of the first."""
    found: dict[str, Figure] = {}
    for question in asked:
        for each in results.choices:
            if each.question == question.pk:
                alone = question.asked_of != AskedOf.BOTH
                told = each.released.total if alone else each.released.groups[releases.SIDES[side]]
                bars = (bar.count for bar in told.bars if bar.categories == (CHOSEN,))
                found.setdefault(each.option, next(bars, Hidden(Reason.PROTECTS)))
    return found


def to_forecast() -> SurveyQuerySet:
    """Surveys of interest whose results are out and for which no forecast was made."""
    return Survey.objects.released().filter(kind=SurveyKind.INTEREST, release__forecast=None)


def interested(survey: Survey) -> tuple[int, int, int] | None:
    """How many would mentor, be mentored, or do either, by the released results; None where too little is shown.

    An answer that is hidden counts as none.
    """
    results = released_results(survey)
    found = _said_of_interest(survey, results) if results else None
    return interest.interested(found.released.total) if found else None


def _said_of_interest(survey: Survey, results: Results) -> QuestionResult | None:
    """How it was answered whether one would take part; None where that question was changed."""
    asked = supply.wish_in(survey.questions.all())
    return next((each for each in results.choices if asked is not None and each.question == asked.pk), None)


def readiness_reading(survey: Survey, results: Results, *, to: Person) -> Reading | None:
    """How open the company is by its own word, for those who decide about the program; None for anybody else."""
    if survey.kind != SurveyKind.READINESS or not _decides(to, survey.program):
        return None
    found = {each.words: dict(each.agreeing) for each in results.scales}
    answered = results.answered.number
    return readiness.reading(found, answered=None if answered is None else int(answered), asked=results.asked)


def _decides(person: Person, program: Program) -> bool:
    return program.duties.held().filter(person=person, duty__in=[Duty.COORDINATOR, Duty.SPONSOR]).exists()


def interest_survey(program: Program) -> Survey | None:
    """The newest survey of interest of this program that was opened."""
    return (
        Survey.objects.filter(program=program, kind=SurveyKind.INTEREST, opened_at__isnull=False)
        .select_related("release")
        .first()
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """How many agree, of all who answered the last survey that asked for a measure, and how each side answered."""

    survey: Survey
    total: Figure
    by_side: GroupedDistribution


def asked_for(measure: Measure, program: Program) -> Asked | None:
    """From the newest survey of the program that asked and whose results are released; None before there is one."""
    question = (
        Question.objects.filter(measure=measure, survey__in=Survey.objects.released())
        .filter(survey__program=program)
        .select_related("survey__release")
        .order_by("-survey__closes_on", "-survey__pk")
        .first()
    )
    if question is None:
        return None
    results = releases.from_kept(question.survey.release.results)
    [found] = [each for each in results.scales if each.question == question.pk]
    return Asked(question.survey, found.released.total.share_of(AGREEING), found.released)


def tone_of(bar: Bar) -> Tone:
    """The colour of one part of a scale: the lower end brick or plum, the middle pale, agreement lake."""
    return TONES.get(bar.categories[-1].removesuffix(OR_NONE), "soft")
