"""Questions about surveys: who is asked, what waits, and the results, which leave only through disclosure control."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.db.models import Count, F, Q
from django.urls import reverse

from disclosure import (
    COMMENTS_K,
    Bar,
    Distribution,
    Figure,
    GroupedDistribution,
    Hidden,
    K,
    Reason,
    Shown,
    by_group,
    comments,
    count_table,
    distribution,
)
from pairings.choices import Agreeing
from pairings.models import Pairing
from pairings.queries import LITTLE_OR_NOT, MOSTLY_OR_FULLY, PARTLY_OR_LESS
from people.models import Person
from privacy import audiences
from programs import queries as programs
from programs.choices import AskedOf, Duty, Measure, Side
from programs.models import Program
from surveys import interest, parts, rules
from surveys.choices import IN_WORDS, Interest, QuestionKind, SurveyKind
from surveys.interest import Recommendation
from surveys.models import Answer, Invitation, Question, Survey, SurveyQuerySet
from surveys.parts import Part
from ui.charts import Tone
from ui.components import QueueItem, in_words

NO_ANSWER: Final = "No answer"
OR_NONE: Final = ", or no answer"
"""Added to the lowest part of a scale when fewer skipped the question than may be spoken about."""

_PARTLY, _MOSTLY, _FULLY = (str(point.label) for point in (Agreeing.PARTLY, Agreeing.MOSTLY, Agreeing.FULLY))
AGREEING: Final = frozenset({_MOSTLY, _FULLY, MOSTLY_OR_FULLY})
TONES: Final[Mapping[str, Tone]] = {
    LITTLE_OR_NOT: "brick", PARTLY_OR_LESS: "plum", _PARTLY: "mute",
    _MOSTLY: "soft", _FULLY: "lake", MOSTLY_OR_FULLY: "lake",
}  # fmt: skip
SIDES: Final[Mapping[str, str]] = {Side.MENTOR.value: "Mentors", Side.MENTEE.value: "Mentees"}


# Whose surveys


def visible_to(person: Person) -> SurveyQuerySet:
    """Surveys this person is asked to answer."""
    mine = Invitation.objects.filter(person=person).values("survey")
    asked: SurveyQuerySet = Survey.objects.filter(opened_at__isnull=False, pk__in=mine).select_related("program")
    return asked


def results_visible_to(person: Person) -> SurveyQuerySet:
    """Surveys whose released results this person may read: those asked, coordinators, sponsors and executives."""
    opened = Survey.objects.filter(opened_at__isnull=False).select_related("program")
    if person.is_executive and person.is_active:
        return opened
    asked = Q(pk__in=Invitation.objects.filter(person=person).values("survey"))
    duty = Program.objects.filter(
        duties__person=person, duties__duty__in=[Duty.COORDINATOR, Duty.SPONSOR]
    ).values("pk")  # fmt: skip
    readable: SurveyQuerySet = opened.filter(asked | Q(program__in=duty))
    return readable


def invitation_to(survey: Survey, person: Person) -> Invitation:
    """Of somebody who is asked."""
    return Invitation.objects.get(survey=survey, person=person)


def people_to_ask(survey: Survey, *, on: date) -> list[tuple[Person, Side]]:
    """Everybody who takes part with a pair and works here, by name; halfway, with a pair under way.

    Somebody on both sides is asked once, on the side of the newer pair. About interest, before there is any pair,
    everybody who may take part; who may on both sides counts as a mentor, the rarer decision.
    """
    if survey.kind == SurveyKind.INTEREST:
        return _people_to_ask_about_interest(survey.program, on)
    pairs = Pairing.objects.filter(program=survey.program_id)
    if survey.kind == SurveyKind.MID_TERM:
        pairs = pairs.open(on)
    sides: dict[int, Side] = {}
    newest_first = pairs.order_by("-started_on", "pk").values_list("mentor__person", "mentee__person")
    for mentor, mentee in newest_first:
        sides.setdefault(mentor, Side.MENTOR)
        sides.setdefault(mentee, Side.MENTEE)
    people = Person.objects.employed(on).filter(pk__in=sides).order_by("sort_name", "pk")
    return [(person, sides[person.pk]) for person in people]


def _people_to_ask_about_interest(program: Program, on: date) -> list[tuple[Person, Side]]:
    found: dict[int, tuple[Person, Side]] = {}
    for side in (Side.MENTOR, Side.MENTEE):
        for person in programs.eligible(program, side, on=on):
            found.setdefault(person.pk, (person, side))
    return sorted(found.values(), key=lambda each: (each[0].sort_name, each[0].pk))


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
        .order_by("survey__closes_on", "survey")
    )
    return [
        QueueItem(
            what=each.survey.title,
            detail=f"{number_in_words(each.number_of_questions)}, open until {each.survey.closes_on:%-d %B}.",
            action="Answer",
            url=reverse("surveys:answer", args=[each.survey_id]),
            audience=audiences.GROUPS,
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
    newest = asked.select_related("survey__program").order_by("-survey__opens_on", "-survey_id")[:SHOWN_AT_HOME]
    return [_card(each.survey, answered=each.answered, on=on) for each in newest]


def _card(survey: Survey, *, answered: bool, on: date) -> SurveyCard:
    title, program = survey.title, survey.program.name
    if rules.are_results_released(survey, on=on):
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


def recommendation(survey: Survey, results: Results, *, to: Person) -> Recommendation | None:
    """Whether to start the program, for those who decide about it; None for anybody else, and of other surveys."""
    if survey.kind != SurveyKind.INTEREST or not _decides(to, survey.program):
        return None
    asked = Question.objects.filter(survey=survey, kind=QuestionKind.CHOICE, options=list(Interest.values)).first()
    found = next((each for each in results.choices if asked is not None and each.words == asked.words), None)
    objective = survey.program.objectives.filter(measure=Measure.PAIRS_FORMED).first()
    return interest.recommendation(
        found.released.total if found else None, target=int(objective.target) if objective else None
    )


def _decides(person: Person, program: Program) -> bool:
    return program.duties.filter(person=person, duty__in=[Duty.COORDINATOR, Duty.SPONSOR]).exists()


def interest_survey(program: Program) -> Survey | None:
    """The newest survey of interest of this program that was opened."""
    return Survey.objects.filter(program=program, kind=SurveyKind.INTEREST, opened_at__isnull=False).first()


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """How one question, or one part of it, was answered, by all and by side; safe to show together."""

    part: Part
    released: GroupedDistribution

    @property
    def words(self) -> str:
        return self.part.words

    @property
    def kind(self) -> QuestionKind:
        return self.part.kind

    @property
    def agreeing(self) -> tuple[tuple[str, Figure], ...]:
        """The share that answered “Mostly” or “Fully”: all, and each side, by name."""
        parts = {"All": self.released.total, **self.released.groups}
        return tuple((name, part.share_of(AGREEING)) for name, part in parts.items())

    @property
    def net_promoters(self) -> Figure:
        """Those at 9 or 10 less those from 0 to 6, in per cent of the answers: from released figures alone."""
        total = self.released.total
        if (parts.DETRACTORS,) not in [bar.categories for bar in total.bars]:  # counted with those who skipped it
            return Hidden(Reason.PROTECTS)
        promoters, detractors = total.share_of({parts.PROMOTERS}), total.share_of({parts.DETRACTORS})
        if not isinstance(promoters, Shown) or not isinstance(detractors, Shown):
            return Hidden(Reason.PROTECTS)
        return Shown(promoters.value - detractors.value)


@dataclass(frozen=True, slots=True)
class CommentsResult:
    words: str
    texts: tuple[str, ...]
    hidden: Hidden | None
    needed: int = COMMENTS_K


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that is shown of a survey, to whoever may read it at all."""

    answered: Figure
    asked: int | None
    """About how many were asked, to the nearest ten."""
    by_side: tuple[tuple[str, Figure], ...]
    scales: tuple[QuestionResult, ...]
    """On the scale from “Not at all” to “Fully”, the statements of a matrix among them."""
    choices: tuple[QuestionResult, ...]
    """All others, by their own answers; of “any of several”, each option by itself."""
    comments: tuple[CommentsResult, ...]


def released_results(survey: Survey, on: date) -> Results | None:
    """What may be shown of the answers; None before everybody has stopped answering, so nothing can be subtracted."""
    if not rules.are_results_released(survey, on=on):
        return None
    answers = list(Answer.objects.filter(survey=survey))
    questions = list(survey.questions.all())
    results = [_question_result(part, answers) for question in questions for part in parts.of(question)]
    counted = count_table(
        [(answer.pk, {"side": SIDES[answer.side]}) for answer in answers],
        by=("side",), k=smallest_group(), categories={"side": tuple(SIDES.values())},
    )  # fmt: skip
    asked = Invitation.objects.filter(survey=survey).count()
    return Results(
        answered=counted.total,
        asked=_about(asked, len(answers)),
        by_side=tuple((side, counted.cell(side)) for side in SIDES.values()),
        scales=tuple(each for each in results if each.part.is_on_our_scale),
        choices=tuple(each for each in results if not each.part.is_on_our_scale),
        comments=tuple(_comments(each, answers) for each in questions if each.kind in IN_WORDS),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """How many agree, of all who answered the last survey that asked for a measure, and how each side answered."""

    survey: Survey
    total: Figure
    by_side: GroupedDistribution


def asked_for(measure: Measure, program: Program, on: date) -> Asked | None:
    """From the newest survey of the program that asked and whose results are released; None before there is one."""
    question = (
        Question.objects.filter(measure=measure, survey__in=Survey.objects.released(on))
        .filter(survey__program=program)
        .select_related("survey")
        .order_by("-survey__closes_on", "-survey__pk")
        .first()
    )
    if question is None:
        return None
    [part] = parts.of(question)
    released = _question_result(part, list(Answer.objects.filter(survey=question.survey_id))).released
    return Asked(question.survey, released.total.share_of(AGREEING), released)


def tone_of(bar: Bar) -> Tone:
    """The colour of one part of a scale: the lower end brick or plum, the middle pale, agreement lake."""
    return TONES.get(bar.categories[-1].removesuffix(OR_NONE), "soft")


def _question_result(part: Part, answers: Sequence[Answer]) -> QuestionResult:
    """How one part was answered. Those who skipped it count as “no answer” when they are few on a side.

    How many took part is told once for all questions: a second number beside it would say how many skipped this one.
    How many were led to a question by an earlier answer would tell that answer. So of these everybody counts, and
    nothing is told by side.
    """
    counted = Counter(
        (SIDES[answer.side], part.value_in(answer.values)) for answer in answers if answer.side in part.asked_of
    )
    skipped = [counted[side, None] for side in SIDES.values()]
    if not part.depends and not _would_tell(skipped):
        counted = Counter({given: people for given, people in counted.items() if given[1] is not None})
    counts = tuple((side, value, people) for (side, value), people in sorted(counted.items(), key=str))
    if part.scales:
        released = _on_the_finest_scale(counts, part.scales, by_side=not part.depends)
    else:
        named = tuple((side, NO_ANSWER if value is None else str(value), people) for side, value, people in counts)
        none = (NO_ANSWER,) if any(value is None for _, value, _ in counts) else ()
        released = _released(named, (*part.categories, *none), smallest_group(), by_side=not part.depends)
    return QuestionResult(part, released)


def _would_tell(skipped: Sequence[int]) -> bool:
    """Whether a second number of answers would say how few skipped on one side, or on both."""
    return any(0 < few < smallest_group() for few in skipped)


def _about(asked: int, answered: int) -> int | None:
    """To the nearest ten: “71 asked” beside 36 pairs would say that one person is in two.

    None where few did not answer: “72 of 76” would say so of four people.
    """
    nearest = round(asked, -1)
    return nearest if asked - answered >= smallest_group() and nearest > answered else None


def smallest_group() -> int:
    return max(settings.SMALLEST_GROUP, K)


def _on_the_finest_scale(
    counts: tuple[tuple[str, str | int | None, int], ...], scales: Sequence[Mapping[int, str]], *, by_side: bool
) -> GroupedDistribution:
    """Answers counted as finely as leaves no cell hidden, for both sides alike; on the coarsest scale otherwise.

    Which scale was taken tells less than a cell that says “fewer than 5” would: that there was one, not which.
    """
    skipped = any(point is None for _, point, _ in counts)
    for scale in scales:
        first = scale[min(scale)]
        lowest = first + (OR_NONE if skipped else "")
        names: dict[str | int | None, str] = {
            point: lowest if name == first else name for point, name in scale.items()
        }  # fmt: skip
        names[None] = lowest
        named = tuple((side, names[point], people) for side, point, people in counts)
        categories = tuple(dict.fromkeys(names.values()))
        released = _released(named, categories, smallest_group(), by_side=by_side)
        if all(_is_whole(each) for each in (released.total, *released.groups.values())):
            break
    return released


@lru_cache(maxsize=1024)
def _released(
    counts: tuple[tuple[str, str, int], ...], categories: tuple[str, ...], k: int, *, by_side: bool = True
) -> GroupedDistribution:
    """``(side, answer, people)`` through disclosure control.

    The search for what to hide takes up to a second, and depends on the numbers alone: so it runs once for them.
    People stand here as numbers that mean nothing, and not even the keys of answers go further than this.
    """
    each = [(side, answer) for side, answer, people in counts for _ in range(people)]
    answered = {number: answer for number, (_, answer) in enumerate(each)}
    if not by_side:
        untold = Hidden(Reason.PROTECTS, k)
        hidden = Distribution(untold, (), None, untold, {})
        return GroupedDistribution(distribution(answered, categories, k=k), dict.fromkeys(SIDES.values(), hidden))
    return by_group(
        answered,
        {number: side for number, (side, _) in enumerate(each)},
        categories,
        group_names=tuple(SIDES.values()),
        k=k,
    )


def _is_whole(distribution: Distribution) -> bool:
    return distribution.reason is None and all(bar.count.is_shown for bar in distribution.bars)


def _comments(question: Question, answers: Sequence[Answer]) -> CommentsResult:
    released = comments(str(answer.values.get(str(question.pk), "")) for answer in answers)
    if isinstance(released, Hidden):
        return CommentsResult(question.words, (), released)
    return CommentsResult(question.words, released, None)
