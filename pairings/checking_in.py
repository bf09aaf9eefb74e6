"""Check-ins as the one who answers meets them: what is asked, how it went over time, and what one could try.

Nobody else reads any of this. Points are counted in groups by ``activity``; whether the two fit is asked once, sealed
under the key of the pair, and counted by nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.views.decorators.debug import sensitive_variables

from pairings import ideas, rules
from pairings.activity import QUESTIONS
from pairings.asking import supervisors_for
from pairings.choices import Agreeing, Fit
from pairings.models import CheckIn, Pairing
from pairings.private_words import opened, sealed
from people.models import Person

MOST_DRAWN: Final = 12
"""Answers in one drawing, the newest last; the table has them all."""

STEP, TOP, RISE = 20, 8, 9
"""Of a drawing, in its own units: between two answers, above the highest point, and between two points."""


class FitIsAsked(rules.Refused):
    sentence = "Please choose one."
    field = "fit"


@dataclass(frozen=True, slots=True, repr=False)
class CheckInLine:
    """One's own answers on one day, in words."""

    due_on: date
    answers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Dot:
    x: int
    y: int
    is_now: bool


@dataclass(frozen=True, slots=True, repr=False)
class Trend:
    """How one's own answers to a question went, drawn from left to right; the highest point of the scale is on top."""

    question: str
    dots: Sequence[Dot]
    in_words: str

    @property
    def line(self) -> str:
        return " ".join(f"{dot.x},{dot.y}" for dot in self.dots)


@dataclass(frozen=True, slots=True, repr=False)
class CheckInPage:
    """``ideas`` answer to what was low in the latest answers: a question with things to try."""

    waits: bool
    asks_fit: bool
    next_on: date | None
    lines: Sequence[CheckInLine]
    trends: Sequence[Trend]
    """From the second check-in on."""
    fit: str
    """What one said at the first of one's check-ins, empty if nothing or if it cannot be opened (any more)."""
    ideas: Sequence[tuple[str, Sequence[str]]]
    may_not_fit: bool
    supervisors: Sequence[Person]

    @property
    def taps(self) -> str:
        return "Five taps" if self.asks_fit else "Four taps"


def asks_fit(pairing: Pairing, person: Person, *, due_on: date | None) -> bool:
    """Whether this check-in is the first one of somebody in this pair: that one asks whether the two fit."""
    if due_on is None:
        return False
    return not pairing.check_ins.filter(person=person, due_on__lt=due_on).exists()


def insist_fit(fit: Fit | None, *, asked: bool) -> Fit | None:
    """An answer where it is asked; elsewhere none is kept."""
    if asked and fit is None:
        raise FitIsAsked
    return fit if asked else None


@sensitive_variables()
def seal_fit(fit: Fit, check_in: CheckIn) -> bytes:
    return sealed(str(fit.value), check_in.pairing, check_in, "fit")


@sensitive_variables()
def fit_of(check_in: CheckIn, pairing: Pairing) -> Fit | None:
    """``None`` if it was not asked, or cannot be opened (any more)."""
    said = opened(check_in.fit, pairing, check_in, "fit")
    return Fit(int(said)) if said else None


def waits(pairing: Pairing, person: Person, on: date) -> bool:
    """Whether a check-in is due that this person has not answered; of a pair whose check-ins may be loaded already."""
    due_on = rules.check_in_due(pairing, on=on)
    if due_on is None:
        return False
    return all((each.person_id, each.due_on) != (person.pk, due_on) for each in pairing.check_ins.all())


@sensitive_variables()
def check_in_page(pairing: Pairing, person: Person, on: date) -> CheckInPage:
    """One's own check-ins with this partner; nobody else's answers are read."""
    own = list(pairing.check_ins.filter(person=person))
    due_on = rules.check_in_due(pairing, on=on)
    low = [question for question in QUESTIONS if own and getattr(own[-1], question) <= ideas.LOW]
    fit = next((said for each in own if (said := fit_of(each, pairing)) is not None), None)
    things = [(QUESTIONS[question], ideas.IDEAS[question]) for question in low]
    if fit is not None and fit in ideas.FIT and len(own) == 1:
        things.insert(0, (str(fit.label), ideas.FIT[fit]))
    return CheckInPage(
        waits=due_on is not None and all(each.due_on != due_on for each in own),
        asks_fit=asks_fit(pairing, person, due_on=due_on),
        next_on=rules.next_check_in(pairing, on=on),
        lines=[_line(each) for each in reversed(own)],
        trends=[_trend(own, question) for question in QUESTIONS] if len(own) > 1 else [],
        fit=str(fit.label) if fit is not None else "",
        ideas=things,
        may_not_fit=fit is Fit.NOT_A_FIT and len(own) == 1 and rules.is_open(pairing, on=on),
        supervisors=list(supervisors_for(person, pairing.program, on=on)) if things else [],
    )


def _line(check_in: CheckIn) -> CheckInLine:
    return CheckInLine(check_in.due_on, [Agreeing(getattr(check_in, question)).label for question in QUESTIONS])


def _trend(own: Sequence[CheckIn], question: str) -> Trend:
    points = [Agreeing(getattr(each, question)) for each in own]
    drawn = points[-MOST_DRAWN:]
    dots = [
        Dot(STEP // 2 + STEP * number, TOP + RISE * (max(Agreeing) - point), number == len(drawn) - 1)
        for number, point in enumerate(drawn)
    ]
    before, now = points[-2].label.lower(), points[-1].label
    words = f"{now}, as the time before" if before == now.lower() else f"{now}, after {before} the time before"
    return Trend(QUESTIONS[question], dots, words)
