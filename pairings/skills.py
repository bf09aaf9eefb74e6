"""The skills somebody rates in a pair, and what came of them. Own ratings alone are read here, for their author."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from pairings import rules
from pairings.choices import Mastery, Moment
from pairings.models import Pairing, SkillRating
from people.models import Person, Skill
from programs.choices import Side
from ui.components import in_words


@dataclass(frozen=True, slots=True)
class SkillLine:
    """One skill over time, for whoever rated it; words are empty where nothing was given."""

    skill: str
    start: str
    end: str
    steps: int | None
    dots: Sequence[Dot]

    @property
    def growth(self) -> str:
        """Two steps up; As before; empty while one of the two is missing."""
        if self.steps is None:
            return ""
        if not self.steps:
            return "As before"
        number = abs(self.steps)
        return f"{in_words(number)} step{'' if number == 1 else 's'} {'up' if self.steps > 0 else 'down'}"


@dataclass(frozen=True, slots=True)
class Dot:
    """One of the five points of a skill's drawing."""

    x: int
    kind: str


@dataclass(frozen=True, slots=True)
class SkillsPage:
    """``asks`` are the skills to rate now, ``given`` what was said of them for this moment so far.

    While the end is being rated the start is not shown: it would lead the answer.
    """

    moment: Moment | None
    asks: Sequence[Skill]
    given: Mapping[int, int]
    lines: Sequence[SkillLine]
    until: date

    @property
    def is_new(self) -> bool:
        return bool(self.asks) and not self.given

    @property
    def is_start(self) -> bool:
        return self.moment is Moment.START


DISTANCE: Final = 16
"""Between two points of the drawing, in its own units."""


def skills_page(pairing: Pairing, person: Person, on: date) -> SkillsPage:
    own = list(pairing.skill_ratings.filter(person=person).select_related("skill"))
    moment = rules.moment_of_rating(pairing, on=on)
    asks = asked(pairing, person, moment)
    given = {each.skill_id: each.mastery for each in own if each.moment == moment}
    rates_end = moment is Moment.END and asks and not given
    return SkillsPage(
        moment=moment,
        asks=asks,
        given=given,
        lines=[] if rates_end else _lines(own),
        until=rules.start_rated_until(pairing) if moment is Moment.START else rules.readable_until(pairing),
    )


def asked(pairing: Pairing, person: Person, moment: Moment | None) -> list[Skill]:
    """What this person rates for a moment.

    At the start: what they want to learn and the partner can show, else all they want to learn. Later what they rated
    at the start, so that the two can be compared.
    """
    if moment is None:
        return []
    rated = list(
        pairing.skill_ratings.filter(person=person, moment=Moment.START).order_by("pk").select_related("skill")
    )
    if rated or moment is Moment.END:
        return [each.skill for each in rated]
    own, partners = pairing.mentor, pairing.mentee
    if pairing.side_of(person) is Side.MENTEE:
        own, partners = partners, own
    wanted = [each.skill for each in own.wanted.select_related("skill")]
    shown = set(partners.offered.values_list("skill_id", flat=True))
    return [skill for skill in wanted if skill.pk in shown] or wanted


def _lines(own: Sequence[SkillRating]) -> list[SkillLine]:
    names = {each.skill_id: each.skill.name for each in own}
    said = {(each.skill_id, each.moment): each.mastery for each in own}
    return [
        _line(name, said.get((skill, Moment.START)), said.get((skill, Moment.END))) for skill, name in names.items()
    ]


def _line(name: str, start: int | None, end: int | None) -> SkillLine:
    now = end if end is not None else start
    dots = [
        Dot(DISTANCE * point - DISTANCE // 2, "now" if point == now else "start" if point == start else "")
        for point in Mastery.values
    ]
    return SkillLine(
        skill=name,
        start=Mastery(start).label if start is not None else "",
        end=Mastery(end).label if end is not None else "",
        steps=end - start if start is not None and end is not None else None,
        dots=dots,
    )
