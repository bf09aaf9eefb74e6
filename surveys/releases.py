"""What is let out of a survey: counted through ``disclosure`` once it has closed, kept, and read back as it was.

Only ``count`` looks at answers, and only ``actions.release_results`` calls it. Everything else reads what is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.conf import settings

from disclosure import (
    COMMENTS_K,
    Crossed,
    Distribution,
    Figure,
    GroupedDistribution,
    Hidden,
    K,
    Reason,
    Shown,
    answers_as_stored,
    answers_from,
    by_group,
    comments,
    count_table,
    crossed,
    crossed_as_stored,
    crossed_from,
    distribution,
    figure_as_stored,
    figure_from,
)
from pairings.choices import Agreeing
from pairings.queries import MOSTLY_OR_FULLY
from programs.choices import Side
from surveys import parts, supply
from surveys.choices import DECIDING, IN_WORDS, NO_ANSWER, OR_NONE, QuestionKind, SurveyKind
from surveys.linked import Given, Links, Stands
from surveys.models import Answer, Invitation, Question, Survey
from surveys.parts import Part
from ui.components import in_words

PARTLY, MOSTLY, FULLY = (str(point.label) for point in (Agreeing.PARTLY, Agreeing.MOSTLY, Agreeing.FULLY))
AGREEING: Final = frozenset({MOSTLY, FULLY, MOSTLY_OR_FULLY})
SIDES: Final[Mapping[str, str]] = {Side.MENTOR.value: "Mentors", Side.MENTEE.value: "Mentees"}


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """How one question, or one part of it, was answered, by all and by side; safe to show together.

    ``option`` is the option, statement or place of the question that this part is about, if it is about one.
    """

    question: int
    kind: QuestionKind
    words: str
    option: str
    is_on_our_scale: bool
    released: GroupedDistribution

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
    """What was written to one question. ``open`` says that enough people wrote; the texts are read elsewhere."""

    question: int
    words: str
    is_open: bool


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
    areas: Crossed | Hidden | None = None
    """Who would take part, by where they work; None where that was not asked."""

    @property
    def tell_sides(self) -> bool:
        """Whether it is shown of any side how it answered a statement on our scale."""
        return any(one.reason is None for each in self.scales for one in each.released.groups.values())

    @property
    def say_something(self) -> bool:
        """Whether any question, or any text, can be read."""
        told = any(each.released.total.reason is None for each in (*self.scales, *self.choices))
        return told or any(each.is_open for each in self.comments)


@dataclass(frozen=True, slots=True)
class Counted:
    """What is let out of a survey now: the figures, and the texts of each question to which enough people wrote."""

    results: Results
    texts: Mapping[int, tuple[str, ...]]


def count(survey: Survey) -> Counted:
    """Everything that may ever be shown of the answers to a survey that has closed."""
    answers = list(Answer.objects.filter(survey=survey))
    questions = list(survey.questions.all())
    crossing = None
    if survey.kind == SurveyKind.INTEREST:
        crossing = supply.crossing_of(survey, questions, k=smallest_group())
    results, texts = _told(questions, answers, apart=crossing.area if crossing else None)
    counted = count_table(
        [(answer.pk, {"side": SIDES[answer.side]}) for answer in answers],
        by=("side",), k=smallest_group(), categories={"side": tuple(SIDES.values())},
    )  # fmt: skip
    asked = Invitation.objects.filter(survey=survey).count()
    return Counted(
        Results(
            answered=counted.total,
            asked=_about(asked, len(answers)),
            by_side=tuple((side, counted.cell(side)) for side in SIDES.values()),
            scales=tuple(each for each in results if each.is_on_our_scale),
            choices=tuple(each for each in results if not each.is_on_our_scale),
            comments=tuple(
                CommentsResult(each.pk, each.words, each.pk in texts) for each in questions if each.kind in IN_WORDS
            ),
            areas=by_area(crossing, answers) if crossing else None,
        ),
        texts,
    )


def as_kept(results: Results) -> dict[str, Any]:
    """Results as JSON, with each figure or its reason."""
    return {
        "answered": figure_as_stored(results.answered),
        "asked": results.asked,
        "by_side": [[side, figure_as_stored(figure)] for side, figure in results.by_side],
        "questions": [
            {
                "question": each.question, "kind": each.kind.value, "words": each.words, "option": each.option,
                "is_on_our_scale": each.is_on_our_scale, "released": answers_as_stored(each.released),
            }
            for each in (*results.scales, *results.choices)
        ],
        "comments": [
            {"question": each.question, "words": each.words, "is_open": each.is_open} for each in results.comments
        ],
        "areas": crossed_as_stored(results.areas) if results.areas else None,
    }  # fmt: skip


def from_kept(kept: Mapping[str, Any]) -> Results:
    questions = [
        QuestionResult(
            each["question"], QuestionKind(each["kind"]), each["words"], each["option"], each["is_on_our_scale"],
            answers_from(each["released"]),
        )
        for each in kept["questions"]
    ]  # fmt: skip
    return Results(
        answered=figure_from(kept["answered"]),
        asked=kept["asked"],
        by_side=tuple((side, figure_from(figure)) for side, figure in kept["by_side"]),
        scales=tuple(each for each in questions if each.is_on_our_scale),
        choices=tuple(each for each in questions if not each.is_on_our_scale),
        comments=tuple(CommentsResult(**each) for each in kept["comments"]),
        areas=crossed_from(kept["areas"]) if kept.get("areas") else None,  # those let out earlier have none
    )


def by_area(crossing: supply.Crossing, answers: Sequence[Answer]) -> Crossed | Hidden:
    """Who would take part by where they work: of those who are counted where it is told who would take part."""
    [wish], [area] = parts.of(crossing.wish), parts.of(crossing.area)
    result, names = _question_result(wish, answers)
    nowhere = _none_beside(area.categories)
    people = [
        (SIDES[answer.side], names[said], str(area.value_in(answer.values) or nowhere))
        for answer in answers
        if (said := wish.value_in(answer.values)) in names
    ]
    places = (*area.categories, nowhere) if any(place == nowhere for _, _, place in people) else area.categories
    columns = supply.columns_with(names.get(None))
    return crossed(result.released, people, parts=places, columns=columns, k=smallest_group())


def _told(
    questions: Sequence[Question], answers: Sequence[Answer], *, apart: Question | None = None
) -> tuple[list[QuestionResult], dict[int, tuple[str, ...]]]:
    """What is told of each question, and the texts of those to which enough people wrote, by their key.

    Each question after the one it depends on: how that one is told decides whether this one can be. ``apart`` is told
    in a table of its own, and nothing that hangs on it is told.
    """
    links = Links(questions, answers, k=smallest_group())
    told: dict[int, Stands] = {}
    found: list[QuestionResult] = []
    written: dict[int, tuple[str, ...]] = {}
    for question in questions:
        if question == apart:
            continue
        made, came = list(parts.of(question)), links.asked(question)
        texts = _texts(question, answers, of=len(came)) if question.kind in IN_WORDS else ()
        if question.kind in IN_WORDS and not texts:
            continue
        if question.only_if is not None:
            before = told.get(question.only_if)
            if before is None or not links.may_tell(question, before):
                found += [_kept_back(part) for part in made]
                continue
        if texts:
            written[question.pk] = texts
            continue
        here = [_question_result(part, answers if question.only_if is None else came) for part in made]
        found += [result for result, _ in here]
        if question.kind in DECIDING and all(result.released.total.reason is None for result, _ in here):
            told[question.position] = _stands(question, here, came, links.decides(question))
    return found, written


Names = Mapping[str | int | None, str]
"""As which category each value is counted; without None where those who skipped it are not counted."""


def _stands(
    question: Question, here: Sequence[tuple[QuestionResult, Names]], came: Sequence[Answer], leading: frozenset[str]
) -> Stands:
    there, sides = {id(answer) for answer in came}, sorted({answer.side for answer in came})
    if question.kind == QuestionKind.SEVERAL:
        options = [result for result, _ in here if result.option in leading]

        def chosen(answer: Answer) -> frozenset[str] | str:
            """Somebody stands by which of those that lead on they chose: each of them is told of all."""
            given = answer.values.get(str(question.pk), ())
            return leading.intersection(map(str, given)) if id(answer) in there else "not asked"

        closed = {side: _untold_options(options, side) for side in sides}
        return Stands(chosen, frozenset(), closed if len(sides) > 1 else dict.fromkeys(sides, frozenset()))
    [(result, names)] = here
    total, [part] = result.released.total, list(parts.of(question))

    def bar_of(answer: Answer) -> object:
        if id(answer) not in there:
            return "not asked"
        name = names.get(part.value_in(answer.values))
        if name is None:
            return "skipped it"
        bar = next(bar for bar in total.bars if name in bar.categories)
        return bar.categories if bar.count.is_shown else None

    untold = _untold(total, names)
    by_side = {side: _untold(result.released.groups[SIDES[side]], names) for side in sides}
    return Stands(bar_of, untold, by_side if len(sides) > 1 else dict.fromkeys(sides, untold))


def _untold(told: Distribution, names: Names) -> frozenset[Given]:
    """The answers that stand in bars which are not shown; all of them where nothing is."""
    shown = {category for bar in told.bars if bar.count.is_shown for category in bar.categories}
    if told.reason is not None:
        return frozenset({frozenset(), *(_given(value) for value in names)})
    return frozenset(_given(value) for value, name in names.items() if name not in shown)


def _given(value: str | int | None) -> Given:
    return frozenset() if value is None else frozenset({str(value)})


def _untold_options(options: Sequence[QuestionResult], side: str) -> frozenset[Given]:
    """Those of which it is not shown how many of this side chose them, and that somebody chose none of them."""
    closed = [each.option for each in options if each.released.groups[SIDES[side]].reason is not None]
    return frozenset({frozenset(), *(frozenset({option}) for option in closed)}) if closed else frozenset()


def _kept_back(part: Part) -> QuestionResult:
    """Of which nothing can be told, because it would tell how few were led to it."""
    untold = Hidden(Reason.PROTECTS, smallest_group())
    nothing = Distribution(untold, (), None, untold, {})
    released = GroupedDistribution(nothing, dict.fromkeys(SIDES.values(), nothing))
    return QuestionResult(part.question, part.kind, part.words, part.option, part.is_on_our_scale, released)


def _question_result(part: Part, answers: Sequence[Answer]) -> tuple[QuestionResult, Names]:
    """How one part was answered, and as what each value was counted.

    Those who skipped it count as “no answer” when they are few on a side.

    How many took part is told once for all questions: a second number beside it would say how many skipped this one.
    How many came to a question after an earlier one is a second number too; so there they all count.
    """
    counted = Counter(
        (SIDES[answer.side], part.value_in(answer.values)) for answer in answers if answer.side in part.asked_of
    )
    skipped = [counted[side, None] for side in SIDES.values()]
    if not part.depends and not _would_tell(skipped):
        counted = Counter({given: people for given, people in counted.items() if given[1] is not None})
    counts = tuple((side, value, people) for (side, value), people in sorted(counted.items(), key=str))
    if part.scales:
        released, names = _on_the_finest_scale(counts, part.scales, by_side=not part.depends)
    else:
        names = {category: category for category in part.categories}
        if any(value is None for _, value, _ in counts):
            names[None] = _none_beside(part.categories)
        named = tuple((side, names[value], people) for side, value, people in counts)
        released = _released(named, tuple(names.values()), smallest_group(), by_side=not part.depends)
    told = QuestionResult(part.question, part.kind, part.words, part.option, part.is_on_our_scale, released)
    return told, names


def _none_beside(categories: Sequence[str]) -> str:
    """What those who skipped it are called. No option of that name can be written any more; some were once."""
    name = NO_ANSWER
    while name in categories:
        name += " at all"
    return name


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


def fewest_texts() -> int:
    """How many people must have written before what they wrote is read."""
    return max(settings.SMALLEST_GROUP, COMMENTS_K)


def in_people() -> dict[str, str]:
    """The two numbers in words, as pages say them."""
    return {"enough": in_words(smallest_group()).lower(), "enough_texts": in_words(fewest_texts()).lower()}


def _on_the_finest_scale(
    counts: tuple[tuple[str, str | int | None, int], ...], scales: Sequence[Mapping[int, str]], *, by_side: bool
) -> tuple[GroupedDistribution, dict[str | int | None, str]]:
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
        if skipped:
            names[None] = lowest
        named = tuple((side, names[point], people) for side, point, people in counts)
        categories = tuple(dict.fromkeys(names.values()))
        released = _released(named, categories, smallest_group(), by_side=by_side)
        sides = [each for each in released.groups.values() if by_side and each.n.number != 0]
        if all(_is_whole(each) for each in (released.total, *sides)):
            break
    return released, names


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


def _texts(question: Question, answers: Sequence[Answer], *, of: int) -> tuple[str, ...]:
    """What people wrote, in random order, of so many who came to it; nothing where too few did."""
    texts = (str(answer.values.get(str(question.pk), "")) for answer in answers)
    released = comments(texts, k=fewest_texts(), of=of, smallest_group=smallest_group())
    return () if isinstance(released, Hidden) else released
