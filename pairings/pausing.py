"""A pause of a pair: from a day on, to the day on which it goes on. Nobody is asked why, and no reason is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pairings import rules
from pairings.conflicts import looks_after
from pairings.models import Pairing
from pairings.rules import Refused, in_words
from people.models import Person

USUAL: Final = timedelta(weeks=4)
"""What the form suggests."""


class NotYoursToPause(Refused):
    sentence = "Only the two of a pair, and coordinators of its program, can pause it."


class PauseOutsideTerm(Refused):
    field = "paused_from"

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"Choose a day from {in_words(first)} to {in_words(last)}.")


class ReturnOutsideTerm(Refused):
    field = "back_on"

    def __init__(self, pairing: Pairing, *, earliest: date) -> None:
        last = in_words(pairing.runs_until)
        super().__init__(
            f"Choose a day from {in_words(earliest)} to the last day of the pair, {last}. For longer, the two agree to "
            "go on first, or end it."
        )


class PauseChanged(Refused):
    sentence = (
        "Somebody changed the pause of this pair meanwhile. Nothing you typed here is lost: look at it as it stands "
        "now, then save again."
    )


class NoDayForPause(Refused):
    sentence = "This pair ends too soon for a pause."


def insist_may_pause(pairing: Pairing, person: Person) -> None:
    if not (rules.is_partner(pairing, person) or looks_after(person, pairing)):
        raise NotYoursToPause


def running(pairing: Pairing, *, on: date) -> bool:
    """Whether a pause has begun and is not over: then its first day stays as it is."""
    return pairing.pauses_on(on)


def lies_ahead(pairing: Pairing, *, on: date) -> bool:
    """Whether there is a pause to take back: one that has begun, or will."""
    return pairing.back_on is not None and pairing.back_on > on


def first_days(pairing: Pairing, *, on: date) -> tuple[date, date]:
    """The first and the last day on which a pause may begin."""
    return max(on, pairing.started_on), pairing.runs_until - timedelta(days=1)


def may_begin(pairing: Pairing, *, on: date) -> bool:
    """Whether the term leaves a day for a pause to begin, or one runs whose end can be moved."""
    first, last = first_days(pairing, on=on)
    return first <= last or running(pairing, on=on)


def insist_days(pairing: Pairing, *, paused_from: date, back_on: date, on: date) -> None:
    """A pause lies within the term, and has not begun before today unless it runs already."""
    earliest, latest = first_days(pairing, on=on)
    if not may_begin(pairing, on=on):
        raise NoDayForPause
    if not (running(pairing, on=on) and paused_from == pairing.paused_from) and not earliest <= paused_from <= latest:
        raise PauseOutsideTerm(earliest, latest)
    soonest = max(paused_from, on) + timedelta(days=1)
    if not soonest <= back_on <= pairing.runs_until:
        raise ReturnOutsideTerm(pairing, earliest=soonest)


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause that runs or lies ahead, as one of the two reads it."""

    paused_from: date
    back_on: date
    has_begun: bool
    who: str


def pause_of(pairing: Pairing, person: Person, *, on: date) -> Pause | None:
    if not rules.is_open(pairing, on=on) or pairing.paused_from is None or pairing.back_on is None:
        return None
    if not lies_ahead(pairing, on=on):
        return None
    partner = pairing.partner_of(person)
    names: dict[int | None, str] = {person.pk: "You", partner.pk: partner.given_name}
    return Pause(
        pairing.paused_from, pairing.back_on, running(pairing, on=on), names.get(pairing.paused_by_id, "A coordinator")
    )


def longer_until(pairing: Pairing) -> date | None:
    """To which day the two could go on to make up for their pause; nothing where the program ends before."""
    if pairing.paused_from is None or pairing.back_on is None:
        return None
    until = min(pairing.runs_until + (pairing.back_on - pairing.paused_from), rules.latest_extension(pairing))
    return until if until > pairing.runs_until else None
