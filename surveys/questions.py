"""Judgement about questions: who is asked which, what answers fit, and what is wrong with a set of them.

A condition looks at an earlier question only, so one walk through the questions in their order decides everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from pairings.choices import Agreeing
from programs.choices import AskedOf, Side
from surveys.choices import DECIDING, NO_ANSWER, OR_NONE, WITH_ENDS, WITH_OPTIONS, QuestionKind
from ui.lines import is_one_line

if TYPE_CHECKING:
    from surveys.models import Question

LONGEST_COMMENT: Final = 1000
LONGEST_LINE: Final = 120
LONGEST_OPTION: Final = 120
LONGEST_END: Final = 40
MOST_OPTIONS: Final = 12
MOST_TO_ORDER: Final = 7
TEN: Final = range(11)

Value = int | str | list[str] | dict[str, int]
Values = Mapping[int, Value]
"""Answers by the primary key of their question: a point of a scale, an option or a text, the options chosen (as listed)
or put in order, or the points of a matrix by their statement. A skipped question is absent."""


# Who is asked what


def put_to(questions: Iterable[Question], side: Side) -> list[Question]:
    """The questions that somebody of this side may come to."""
    return [question for question in questions if question.asked_of in (AskedOf.BOTH, side.value)]


def asked(questions: Iterable[Question], values: Values, *, side: Side) -> list[Question]:
    """The questions that are put to somebody of this side who answers like this, in their order.

    What was answered to a question that is not asked (any more) decides nothing.
    """
    given: dict[int, Value] = {}
    found = []
    for question in put_to(questions, side):
        if question.only_if is None or _is_met(question, given.get(question.only_if)):
            found.append(question)
            if question.pk in values:
                given[question.position] = values[question.pk]
    return found


def _is_met(question: Question, given: Value | None) -> bool:
    if given is None:
        return False
    return leads_to(question, given if isinstance(given, list) else [str(given)])


def leads_to(question: Question, said: Iterable[str]) -> bool:
    """Whether these answers to the question it depends on lead to it, for whoever it is put to."""
    return not set(question.only_if_answers).isdisjoint(said)


def kept(questions: Iterable[Question], values: Values, *, side: Side) -> dict[int, Value]:
    """The answers to questions that are asked: what hung on an answer that changed is gone."""
    there = asked(questions, values, side=side)
    return {question.pk: values[question.pk] for question in there if question.pk in values}


def pages(questions: Iterable[Question], side: Side) -> list[list[Question]]:
    """The questions of a side in pages. None stands on one page with a question that decides whether it is asked."""
    found: list[list[Question]] = []
    breaks = True
    for question in questions:
        breaks = breaks or question.begins_page
        if question.asked_of not in (AskedOf.BOTH, side.value):
            continue
        if breaks or any(question.only_if == earlier.position for earlier in found[-1]):
            found.append([])
        found[-1].append(question)
        breaks = False
    return found


# What fits


def fits(question: Question, value: object) -> bool:
    """Whether this can be the answer, exactly as it is to be stored."""
    kind, options = question.kind, question.options
    if kind == QuestionKind.SCALE:
        return type(value) is int and value in Agreeing.values
    if kind == QuestionKind.TEN:
        return type(value) is int and value in TEN
    if kind == QuestionKind.CHOICE:
        return value in options
    if kind == QuestionKind.SEVERAL:
        return isinstance(value, list) and value != [] and value == [each for each in options if each in value]
    if kind == QuestionKind.RANKING:
        return isinstance(value, list) and len(value) == len(options) and set(value) == set(options)
    if kind == QuestionKind.MATRIX:
        return isinstance(value, dict) and _fits_matrix(question, value)
    longest = LONGEST_LINE if kind == QuestionKind.SHORT else LONGEST_COMMENT
    is_text = isinstance(value, str) and 0 < len(value) <= longest and "\x00" not in value
    return is_text and (kind == QuestionKind.COMMENT or is_one_line(str(value)))


def _fits_matrix(question: Question, points: Mapping[object, object]) -> bool:
    known = bool(points) and set(points) <= set(question.options)
    whole = not question.required or len(points) == len(question.options)
    return known and whole and all(type(each) is int and each in Agreeing.values for each in points.values())


def answers_to(question: Question) -> list[str]:
    """What a condition may name of this question; nothing where none may look at it."""
    if question.kind == QuestionKind.SCALE:
        return [str(point) for point in Agreeing.values]
    if question.kind == QuestionKind.TEN:
        return [str(point) for point in TEN]
    return list(question.options) if question.kind in DECIDING else []


# What is wrong


Reason = tuple["Question", str, str]
"""A question, the name of its column, and a sentence."""


def reasons_against(questions: Sequence[Question], *, of_side: AskedOf = AskedOf.BOTH) -> Iterator[Reason]:
    """Everything that keeps these questions from being asked together, in their order.

    ``of_side`` is whom the survey is put to.
    """
    by_number: dict[int, Question] = {}
    measures: set[str] = set()
    for question in sorted(questions, key=lambda each: each.position):
        for column, sentence in (*_alone(question), *_against_side(question, of_side)):
            yield question, column, sentence
        if question.position in by_number:
            yield question, "position", "Another question has this number. Give each one of its own."
        if question.measure is not None and question.measure in measures:
            yield question, "measure", "Another question counts for this objective already."
        if question.only_if is not None:
            yield from _against_condition(question, by_number.get(question.only_if))
        by_number.setdefault(question.position, question)
        measures.add(question.measure or "")


def _alone(question: Question) -> Iterator[tuple[str, str]]:
    kind, options = question.kind, question.options
    called = "statements" if kind == QuestionKind.MATRIX else "options"
    if kind in WITH_OPTIONS:
        if len(options) < 2:
            yield "options", f"This needs at least two {called}, each in a line of its own."
        if len(options) > (most := most_options(kind)):
            yield "options", f"These are {len(options)} {called}. Nobody reads more than {most} of them well."
        if doubled := _doubled(options):
            yield "options", f"“{doubled}” stands there twice."
        own = {option.strip().casefold() for option in options}
        if kind in (QuestionKind.CHOICE, QuestionKind.RANKING) and NO_ANSWER.casefold() in own:
            yield "options", f"Results call those “{NO_ANSWER}” who skip the question. Name the option differently."
    elif options:
        yield "options", "There is nothing to choose from in a question of this kind. Take the options out."
    if question.lowest or question.highest:
        if kind not in WITH_ENDS:
            yield "lowest", "Only a scale has ends. Take the words out."
        elif not (question.lowest and question.highest):
            yield ("highest" if question.lowest else "lowest"), "Give words for both ends, or for neither."
        elif _doubled([question.lowest, question.highest]):
            yield "highest", "Both ends mean the same."
        elif question.lowest.casefold().endswith(OR_NONE):
            yield "lowest", f"Results add “{OR_NONE}” themselves, where somebody skipped it. Take it out."
    if question.measure is not None:
        if kind != QuestionKind.SCALE or question.lowest:
            yield "measure", "Only a scale from “Not at all” to “Fully” can count for an objective."
        elif question.only_if is not None or question.asked_of != AskedOf.BOTH:
            yield "measure", "What counts for an objective is put to everybody."
    if question.only_if is None and question.only_if_answers:
        yield "only_if", "Say which question these are answers to, or take them out."


def _against_side(question: Question, of_side: AskedOf) -> Iterator[tuple[str, str]]:
    if of_side == AskedOf.BOTH:
        return
    who = of_side.label.lower()
    if question.asked_of not in (AskedOf.BOTH, of_side):
        yield "asked_of", f"The survey is put to {who} alone, so nobody would come to this question. Take it out."
    if question.measure is not None:
        yield "measure", f"What counts for an objective is put to everybody, and this survey is put to {who} alone."


def against_translation(question: Question, options: Sequence[str], ends: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Why these cannot stand for the options and ends of a question: the column, and a sentence."""
    if options and len(options) != len(question.options):
        yield "options", f"The question has {len(question.options)}, and these are {len(options)}. Keep their order."
    if doubled := _doubled(options):
        yield "options", f"“{doubled}” stands there twice."
    if bool(ends[0]) != bool(ends[1]):
        yield ("highest" if ends[0] else "lowest"), "Translate both ends, or neither."
    elif ends[0] and _doubled(ends):
        yield "highest", "Both ends mean the same."


def most_options(kind: str) -> int:
    return MOST_TO_ORDER if kind == QuestionKind.RANKING else MOST_OPTIONS


def _doubled(options: Iterable[str]) -> str:
    seen: set[str] = set()
    for option in options:
        if (folded := option.strip().casefold()) in seen:
            return option
        seen.add(folded)
    return ""


def _against_condition(question: Question, earlier: Question | None) -> Iterator[Reason]:
    if sentence := _condition_fails(question, earlier):
        yield question, "only_if", sentence
    elif earlier is not None and not question.only_if_answers:
        yield (
            question,
            "only_if_answers",
            f"Say which answers to question {earlier.position} lead here, one a line.",
        )
    elif earlier is not None:
        for strange in set(question.only_if_answers) - set(answers_to(earlier)):
            yield question, "only_if_answers", f"“{strange}” is no answer to question {earlier.position}."


def _condition_fails(question: Question, earlier: Question | None) -> str:
    if question.only_if == question.position:
        return "A question cannot depend on itself."
    if earlier is None:
        return f"There is no question {question.only_if} before this one, so nobody would come to it."
    if earlier.kind not in DECIDING:
        return f"Question {earlier.position} cannot decide it. Choose an earlier one with a scale or options."
    if earlier.asked_of not in (AskedOf.BOTH, question.asked_of) and question.asked_of != AskedOf.BOTH:
        side = AskedOf(earlier.asked_of).label.lower()
        return f"Question {earlier.position} is put to {side} alone, so nobody would come to this one."
    return ""
