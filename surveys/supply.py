"""Supply and demand in a survey of interest: who could show or wants to learn which topic, and where interest is.

What is asked follows from the program and the directory when the survey is written. What is told rests on released
figures alone. Our questions are known by their words: one that was reworded is told as any other, and not here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Count

from disclosure import Crossed, CrossedLine, Figure, Hidden, Reason, Shown
from people.models import Function, Person
from programs import queries as programs
from programs.choices import AskedOf, Side
from programs.models import Program
from surveys.choices import NO_ANSWER, OR_NONE, Interest, QuestionKind
from surveys.models import Question, Survey
from surveys.questions import MOST_OPTIONS
from surveys.templates import AREA, LEARN, SHOW, Listed, QuestionTemplate

SOMEWHERE_ELSE: Final = "Somewhere else"
OF_SIDE: Final = {Side.MENTOR: AskedOf.MENTORS, Side.MENTEE: AskedOf.MENTEES}
ASKED: Final = {Side.MENTOR: SHOW, Side.MENTEE: LEARN}
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {str(each.value): (str(each.value),) for each in Interest}


# What is asked


def as_put(asked: QuestionTemplate, survey: Survey, *, k: int) -> list[QuestionTemplate]:
    """A question of ours as it is put in this survey: with what the program or the directory lists, several times where
    that is long, and not at all where there is nothing to choose between."""
    if asked.listed is None:
        return [asked]
    if asked.listed == Listed.AREAS:
        areas = areas_of(survey, k=k)
        return [replace(asked, options=areas)] if len(areas) > 1 else []
    topics = topics_of(survey.program)
    times = -(-len(topics) // MOST_OPTIONS)
    return [
        replace(
            asked,
            options=tuple(topics[len(topics) * number // times : len(topics) * (number + 1) // times]),
            words=f"{asked.words} ({number + 1} of {times})" if times > 1 else asked.words,
        )
        for number in range(times)
        if len(topics) > 1
    ]


def topics_of(program: Program) -> list[str]:
    names = (topic.skill.name.strip() for topic in program.topics.select_related("skill"))
    return _differing(name for name in names if name)


def areas_of(survey: Survey, *, k: int) -> tuple[str, ...]:
    """The functions of people who may be asked, the largest where they are many. One of fewer than ``k`` is not listed:
    whoever chose it would hardly be anonymous."""
    sizes = _sizes(survey)
    own = {NO_ANSWER.casefold(), SOMEWHERE_ELSE.casefold()}
    large = [name for name, size in sizes.items() if name and size >= k and name.strip().casefold() not in own]
    listed = sorted(large, key=lambda name: (-sizes[name], name))[: MOST_OPTIONS - 1]
    if not listed:
        return ()
    rest = () if sum(sizes[name] for name in listed) == sum(sizes.values()) else (SOMEWHERE_ELSE,)
    return (*_differing(sorted(name.strip() for name in listed)), *rest)


def _sizes(survey: Survey) -> dict[str | None, int]:
    """How many of those who may be asked are of each function, by its name."""
    sides = [side for side in Side if survey.asks_side in (AskedOf.BOTH, OF_SIDE[side])]
    people = Person.objects.none()
    for side in sides:
        people = people | programs.eligible(survey.program, side, on=survey.opens_on)
    found = Person.objects.filter(pk__in=people.values("pk")).order_by()
    return {row["function__name"]: row["people"] for row in found.values("function__name").annotate(people=Count("pk"))}


def _differing(names: Iterable[str]) -> list[str]:
    return list({name.casefold(): name for name in names}.values())


# What is recognised


@dataclass(frozen=True, slots=True)
class Crossing:
    """The two questions whose answers are told together: whether one would take part, and where one works."""

    wish: Question
    area: Question


def wish_in(questions: Iterable[Question]) -> Question | None:
    """Whether one would take part; None where that was changed."""
    options = list(Interest.values)
    return next((each for each in questions if each.kind == QuestionKind.CHOICE and each.options == options), None)


def crossing_of(survey: Survey, questions: Sequence[Question], *, k: int) -> Crossing | None:
    """None where one of the two is missing, was reworded, is not put to everybody, or is asked twice.

    Nor where what people may choose from is not what we list by now: functions of ``k`` people or more. What a second
    question says about where people work would not be told together with this one; so there may be none beside it.
    """
    wishes = [each for each in questions if each.kind == QuestionKind.CHOICE and each.options == list(Interest.values)]
    areas = [each for each in questions if _folded(each.words) == _folded(AREA)]
    if len(wishes) != 1 or len(areas) != 1:
        return None
    [wish], [area] = wishes, areas
    if area.kind != QuestionKind.CHOICE or any(each.only_if or each.asked_of != AskedOf.BOTH for each in (wish, area)):
        return None
    listed = {name.strip() for name, size in _sizes(survey).items() if name and size >= k}
    if not listed.issuperset(set(area.options) - {SOMEWHERE_ELSE}):
        return None
    places = {_folded(name) for name in (*Function.objects.values_list("name", flat=True), *area.options)}
    topics = [each for side in Side for each in questions if _is_on_topics(each, side)]
    beside = [each for each in questions if each not in (wish, area, *topics)]
    return None if any(_names_places(each, places) for each in beside) else Crossing(wish, area)


PLACES_OF_A_QUESTION: Final = 2
"""So many of its options name a function where a question asks where people work: a topic may be called like one."""


def _names_places(question: Question, places: Collection[str]) -> bool:
    return sum(_folded(option) in places for option in question.options) >= PLACES_OF_A_QUESTION


def _folded(words: str) -> str:
    return " ".join(words.split()).casefold()


def on_topics(questions: Iterable[Question], side: Side) -> list[Question]:
    """What was asked about topics of all who may be on this side. Where only some were led to it, it is told as any
    other question: how many of the rest could have said it is not known."""
    return [
        each
        for each in questions
        if _is_on_topics(each, side) and each.only_if is None and each.asked_of in (AskedOf.BOTH, OF_SIDE[side])
    ]


def _is_on_topics(question: Question, side: Side) -> bool:
    numbered = re.fullmatch(rf"{re.escape(ASKED[side])}( \(\d+ of \d+\))?", question.words)
    return question.kind == QuestionKind.SEVERAL and numbered is not None


# What is told


def columns_with(skipped: str | None) -> dict[str, tuple[str, ...]]:
    """How answers are counted by area. Whoever did not say whether they would, if such are counted, said no yes."""
    if skipped is None:
        return dict(COLUMNS)
    *yes, no = COLUMNS
    return {each: COLUMNS[each] for each in yes} | {f"{no}{OR_NONE}": (no, skipped)}


@dataclass(frozen=True, slots=True)
class Demand:
    """How many could show a topic, and how many want it, as was released. ``missing`` is 0 where nobody is missing."""

    skill: str
    offered: Figure
    wanted: Figure
    is_topic: bool = True

    @property
    def missing(self) -> Figure | int:
        wanted, offered = self.wanted, self.offered
        if isinstance(wanted, Shown) and isinstance(offered, Shown):
            return Shown(wanted.value - offered.value) if wanted.value > offered.value else 0
        if isinstance(wanted, Shown) and isinstance(offered, Hidden) and offered.reason is Reason.FEW:
            least = wanted.value - (offered.k - 1)
            return Shown(least, or_more=True) if least > 0 else 0
        if isinstance(offered, Shown) and isinstance(wanted, Hidden) and wanted.reason is Reason.FEW:
            return 0 if offered.value >= wanted.k - 1 else Hidden(Reason.PROTECTS, wanted.k)
        return offered if isinstance(offered, Hidden) and offered.reason is not Reason.FEW else Hidden(Reason.PROTECTS)

    @property
    def lacks(self) -> float:
        """How many are missing at least, as far as it is told."""
        missing = self.missing
        return float(missing if isinstance(missing, int) else missing.number or 0)


@dataclass(frozen=True, slots=True)
class Supply:
    """``areas`` is None where it was not asked where people work, and a reason where nothing of it is told."""

    topics: tuple[Demand, ...]
    """The largest want first."""
    not_asked: tuple[str, ...]
    """Topics that the program has by now, and that the survey did not name."""
    areas: Crossed | Hidden | None

    def __bool__(self) -> bool:
        return bool(self.topics) or self.areas is not None

    @property
    def lines(self) -> list[tuple[CrossedLine, list[tuple[str, Figure]]]]:
        """Each area, and its figures with their heads."""
        if not isinstance(self.areas, Crossed):
            return []
        return [(line, list(zip(self.areas.heads, line.cells, strict=True))) for line in self.areas.lines]

    @property
    def short_of(self) -> list[Demand]:
        """Topics of the program which more people want than could show them, as far as it is told."""
        return [each for each in self.topics if each.is_topic and each.lacks > 0]

    @property
    def without(self) -> dict[Side, list[str]]:
        """Areas where nobody, or fewer than are counted, would be on a side, by side. Who would do either would."""
        told = self.areas.lines if isinstance(self.areas, Crossed) else ()
        lines = [line for line in told if line.part not in (SOMEWHERE_ELSE, NO_ANSWER)]
        return {
            side: [line.part for line in lines if _hardly_any(line, (answer, Interest.EITHER))]
            for side, answer in ((Side.MENTOR, Interest.MENTOR), (Side.MENTEE, Interest.MENTEE))
        }


def _hardly_any(line: CrossedLine, answers: Iterable[Interest]) -> bool:
    """Of an area from which enough people answered: nobody gave any of these, or fewer than are counted gave one."""
    cells = [line.cells[list(COLUMNS).index(answer)] for answer in answers]
    few = [cell for cell in cells if isinstance(cell, Hidden) and cell.reason is Reason.FEW]
    return bool(line.people.number) and len(few) <= 1 and all(cell in few or cell.number == 0 for cell in cells)


def demand(
    offered: Mapping[str, Figure], wanted: Mapping[str, Figure], topics: Iterable[str]
) -> tuple[tuple[Demand, ...], tuple[str, ...]]:
    """A line for each topic that was asked about, and the topics of the program that were not."""
    now = {topic.casefold(): topic for topic in topics}
    nothing = Hidden(Reason.PROTECTS)
    lines = [
        Demand(skill, offered.get(skill, nothing), wanted.get(skill, nothing), skill.casefold() in now)
        for skill in dict.fromkeys((*wanted, *offered))
    ]
    asked = {line.skill.casefold() for line in lines}
    return (
        tuple(sorted(lines, key=lambda each: (-each.lacks, -(each.wanted.number or 0), each.skill))),
        tuple(topic for folded, topic in now.items() if folded not in asked),
    )
