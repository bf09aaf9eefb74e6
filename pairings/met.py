"""The link in “did you meet?”: one tap logs a meeting, without signing in.

It stands for one person and one occasion: a version of a planned meeting, or a stretch of a pair's rhythm in which
nobody logged one. It ends on a day, and with the first word on its occasion, whoever says it: where nothing was
planned, that is the next meeting logged, for whatever day. Opening it writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from pairings import rules
from pairings.choices import PlanState
from pairings.models import Pairing, PlannedMeeting
from people.models import Person

GOOD_FOR: Final = timedelta(days=14)
"""From the day on which the mail left."""

_signer = Signer(salt="pairings.met")


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who is asked about what. ``day`` is that of where they live; where nothing was planned, that of the rhythm."""

    pairing: Pairing
    person: Person
    planned: PlannedMeeting | None
    day: date
    is_open: bool
    """The link is still good, and nobody has said anything on its occasion."""
    is_logged: bool
    times_logged: int = 0
    """Where nothing was planned: how many meetings the pair had ever logged when the mail left."""


def link_about(planned: PlannedMeeting, person: Person, *, on: date) -> str:
    return _link("planned", str(planned.pk), str(planned.version), person, on)


def link_about_rhythm(
    pairing: Pairing, person: Person, *, since: date, rhythm: int, meetings: int, on: date
) -> str:  # fmt: skip
    """``since`` is the last of so many ``meetings``, or the first day; the link is spent once another is logged.

    It stays spent when that one is taken back, so it holds how many were ever logged, too.
    """
    mark = f"{since.isoformat()}_{rhythm}_{meetings}_{pairing.times_logged}"
    return _link("rhythm", str(pairing.pk), mark, person, on)


def _link(about: str, key: str, mark: str, person: Person, on: date) -> str:
    said = ".".join((about, key, mark, str(person.pk), (on + GOOD_FOR).isoformat()))
    return reverse("pairings:met", args=[_signer.sign(said)])


def occasion_of(token: str, *, at: datetime) -> Occasion | None:
    """None for a link we did not sign, and where the person no longer works here or the page of the pair has closed."""
    try:
        about, key, mark, person, until = _signer.unsign(token).split(".")
    except (BadSignature, ValueError):
        return None
    occasion = (_about if about == "planned" else _about_rhythm)(UUID(key), mark, int(person), at)
    if occasion is None or occasion.pairing.side_of(occasion.person) is None:
        return None
    on = at.astimezone(occasion.person.zone).date()
    if not rules.works_here(occasion.person, on=on) or not rules.is_readable(occasion.pairing, on=on):
        return None
    return occasion if on <= date.fromisoformat(until) else _ended(occasion)


def _ended(occasion: Occasion) -> Occasion:
    return replace(occasion, is_open=False)


def _about(key: UUID, mark: str, person: int, at: datetime) -> Occasion | None:
    planned = (
        PlannedMeeting.objects.filter(pk=key)
        .select_related("pairing__program", "pairing__mentor__person", "pairing__mentee__person")
        .first()
    )
    if planned is None or (asked := _one_of(planned.pairing, person)) is None:
        return None
    is_open = planned.version == int(mark) and rules.waits_for_word(planned, at=at)
    day = planned.starts_at.astimezone(asked.zone).date()
    return Occasion(planned.pairing, asked, planned, day, is_open=is_open, is_logged=planned.state == PlanState.HELD)


def _about_rhythm(key: UUID, mark: str, person: int, at: datetime) -> Occasion | None:
    pairing = Pairing.objects.with_people().filter(pk=key).first()
    if pairing is None or (asked := _one_of(pairing, person)) is None:
        return None
    try:
        since, rhythm, meetings, times_logged = mark.split("_")
    except ValueError:  # from before both were counted
        return None
    day = date.fromisoformat(since) + timedelta(days=int(rhythm))
    day = min(day, at.astimezone(asked.zone).date(), pairing.last_day)
    return Occasion(
        pairing, asked, None, day, is_open=pairing.times_logged == int(times_logged),
        is_logged=pairing.meetings.count() > int(meetings), times_logged=int(times_logged),
    )  # fmt: skip


def _one_of(pairing: Pairing, person: int) -> Person | None:
    both: tuple[Person, Person] = (pairing.mentor.person, pairing.mentee.person)
    return next((each for each in both if each.pk == person), None)
