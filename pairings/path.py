"""The meetings of a pair along one line: those that were held, those that were not, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from pairings import rules
from pairings.models import Pairing
from ui.components import Stop

MOST_STOPS: Final = 8
MOST_AHEAD: Final = 3

ORDINALS: Final = (
    "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth", "Eleventh",
    "Twelfth",
)  # fmt: skip


def stops_of(
    pairing: Pairing, held: Sequence[date], *, rhythm: int, on: date, next_on: date | None = None
) -> list[Stop]:
    """At most eight stops around today: held meetings by number, gaps of the rhythm, the next one and later ones.

    A day of the rhythm that passed without a meeting reads "Not held", the latest such day "To log" while the pair
    is open: perhaps they met and nobody wrote it down. ``next_on`` is the day for which they planned the next one,
    from which the rhythm goes on. Days of a pause stand nowhere.
    """
    step = timedelta(days=rhythm)
    is_open = rules.is_open(pairing, on=on)
    past: list[Stop] = []
    since = pairing.started_on
    for number, day in enumerate(sorted(held)):
        missed = [gap for gap in _gaps(since, day, step, slack=step / 2) if not pairing.pauses_on(gap)]
        past += [Stop("Not held", short(gap), "missed") for gap in missed]
        past.append(Stop(ORDINALS[number] if number < len(ORDINALS) else f"Meeting {number + 1}", short(day), "held"))
        since = day
    if not is_open:
        return past[-MOST_STOPS:]
    due = list(_days(since + step, min(on - timedelta(days=1), pairing.last_day), step))
    first = next_on or (due[-1] if due else since) + step
    due = [day for day in due if not pairing.pauses_on(day)]
    past += [Stop("Not held", short(day), "missed") for day in due[:-1]]
    past += [Stop("To log", short(day), "tolog") for day in due[-1:]]
    to_come = [day for day in _days(first, pairing.last_day, step) if not pairing.pauses_on(day)]
    ahead = [
        Stop(
            "Later" if place else "Planned" if next_on else "Next",
            short(day) if place else f"{day:%a} {short(day)}",
            "" if place else "next",
        )
        for place, day in enumerate(to_come)
    ][: max(MOST_AHEAD, MOST_STOPS - len(past))]
    return past[-(MOST_STOPS - len(ahead)) :] + ahead


def _days(first: date, last: date, step: timedelta) -> list[date]:
    days = []
    while first <= last:
        days.append(first)
        first += step
    return days


def _gaps(since: date, day: date, step: timedelta, *, slack: timedelta) -> list[date]:
    """Days of the rhythm between two meetings that lie too far apart."""
    return _days(since + step, day - slack, step)


def short(day: date) -> str:
    """5 Nov."""
    return f"{day.day} {day:%b}"
