"""What a supervisor may know of the pairs of a program: who the two are, and of their meetings the facts.

Two names, sides and days; of a meeting its date, its minutes, its kind, and who cancelled it. Nothing they wrote,
agreed, rated or answered, no pause, no reason, and nothing once the pair is over. Whoever supervises and is in a pair
reads the other pairs here, and their own on its own page: each page answers for the role it is opened in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from pairings import rules
from pairings.choices import PlanState
from pairings.health import lead_in_words
from pairings.models import Meeting, Pairing, PairingQuerySet, PlannedMeeting
from people.models import Person, plain_letters
from people.queries import LONGEST_TYPED
from programs.choices import Side
from programs.models import Program, ProgramQuerySet

PAIRS_ON_A_PAGE: Final = 50
MEETINGS_ON_A_PAGE: Final = 50


def programs_with_pairs_of(person: Person, *, on: date) -> ProgramQuerySet:
    """Programs this person supervises in which there is a pair to look at, by name."""
    pairs = Pairing.objects.supervised_by(person, on).values("program")
    found: ProgramQuerySet = Program.objects.filter(pk__in=pairs).order_by("name")
    return found


def visible_to(person: Person, on: date) -> PairingQuerySet:
    """Pairs whose facts this person may read as a supervisor. Nothing else of them leaves the database."""
    found: PairingQuerySet = Pairing.objects.supervised_by(person, on).with_people().only(*_READ)
    return found


_OF_A_PERSON: Final = ("given_name", "family_name", "sort_name", "job_title", "site__name")
_READ: Final = (
    "started_on", "runs_until", "program__name",
    *(f"program__{word}" for word in ("mentor_word", "mentor_words", "mentee_word", "mentee_words")),
    *(f"{side}__person__{column}" for side in ("mentor", "mentee") for column in _OF_A_PERSON),
)  # fmt: skip
_OF_A_PLAN: Final = (
    "pairing", "starts_at", "zone", "minutes", "kind", "state", "settled_at", "settled_by__given_name",
    "settled_by__family_name",
)  # fmt: skip
"""All that the two pages show; a column that is missing here would be read pair by pair."""


def pairs_of(program: Program, person: Person, *, on: date, typed: str = "") -> PairingQuerySet:
    """Pairs of one program with ``last_met`` and ``times_met``, whoever has not met for longest first.

    ``typed`` are beginnings or parts of names, of one of the two or of both. A pair that has not met counts from its
    first day, so one that began yesterday is not the first.
    """
    pairs = visible_to(person, on).filter(program=program)
    for word in plain_letters(typed[:LONGEST_TYPED].replace("\x00", "")).split():
        pairs = pairs.filter(
            Q(mentor__person__sort_name__contains=word) | Q(mentee__person__sort_name__contains=word)
        )  # fmt: skip
    found: PairingQuerySet = pairs.with_meetings().order_by(
        Coalesce(F("last_met"), F("started_on")), "mentor__person__sort_name", "pk"
    )
    return found


@dataclass(frozen=True, slots=True)
class PairLine:
    """One pair in the list; ``last_met`` in words."""

    pairing: Pairing
    last_met: str
    times_met: int


def line_of(pairing: Pairing, *, on: date) -> PairLine:
    """Load the pairing through :func:`pairs_of`."""
    return PairLine(pairing, _last_met(pairing, pairing.last_met, on=on), pairing.times_met)


def _last_met(pairing: Pairing, day: date | None, *, on: date) -> str:
    if day is not None:
        return rules.in_words(day)
    return "Not yet" if pairing.started_on <= on else "Has not begun"


@dataclass(frozen=True, slots=True)
class MeetingFact:
    """A meeting that was held, is planned, or did not come about; ``said`` is empty where there is no more to say."""

    day: date
    minutes: int
    kind: str
    state: str
    tone: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class SupervisedPage:
    """One pair for a supervisor, its two with their side; ``facts`` of its meetings, the latest day first."""

    pairing: Pairing
    mentor_line: str
    mentee_line: str
    has_begun: bool
    last_met: str
    times_met: int
    time_together: str
    facts: Sequence[MeetingFact]


def page_of(pairing: Pairing, *, at: datetime, on: date) -> SupervisedPage:
    """Load the pairing through :func:`visible_to`."""
    held = list(pairing.meetings.only("held_on", "minutes", "kind", "pairing"))
    facts = [*(_held(each, pairing.program) for each in held), *_planned(pairing, at=at)]
    return SupervisedPage(
        pairing=pairing,
        mentor_line=_line(pairing, Side.MENTOR),
        mentee_line=_line(pairing, Side.MENTEE),
        has_begun=pairing.started_on <= on,
        last_met=_last_met(pairing, rules.last_met(held), on=on),
        times_met=len(held),
        time_together=rules.time_in_words(sum(each.minutes for each in held)),
        facts=sorted(facts, key=lambda each: each.day, reverse=True),
    )


def _line(pairing: Pairing, side: Side) -> str:
    person = pairing.mentor.person if side is Side.MENTOR else pairing.mentee.person
    return ". ".join(part for part in (pairing.program.word(side, capital=True), person.line) if part)


def _held(meeting: Meeting, program: Program) -> MeetingFact:
    return MeetingFact(
        meeting.held_on, meeting.minutes, rules.kind_in_words(meeting.kind, program), "Took place", "good"
    )


def _planned(pairing: Pairing, *, at: datetime) -> Iterator[MeetingFact]:
    """Without those that took place, which are logged, and those that nobody cancelled: these went with a pause, or
    with somebody who left, of which supervisors are not told."""
    went_along = Q(state=PlanState.CANCELLED, settled_by=None)
    rows = pairing.planned_meetings.exclude(Q(state=PlanState.HELD) | went_along).select_related("settled_by")
    for each in rows.only(*_OF_A_PLAN):
        state, tone, said = _what_became_of(each, at=at)
        kind = rules.leader_in_words(each.kind, pairing.program)
        yield MeetingFact(each.day, each.minutes, kind, state, tone, said)


def _what_became_of(planned: PlannedMeeting, *, at: datetime) -> tuple[str, str, str]:
    if planned.state == PlanState.CANCELLED and planned.settled_by is not None:
        said = f"{planned.settled_by.name} cancelled it, {lead_in_words(planned)} before."
        return PlanState.CANCELLED.label, "rise", said
    if planned.state == PlanState.NOT_HELD:
        return PlanState.NOT_HELD.label, "", ""
    if rules.waits_for_word(planned, at=at):
        return PlanState.PLANNED.label, "", "Nobody has said yet whether it took place."
    return PlanState.PLANNED.label, "lake", ""
