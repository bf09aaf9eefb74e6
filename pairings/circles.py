"""Peer circles of mentors: who is in one, when it meets and who was there. What is said in it is kept nowhere.

Coordinators form them. Members see one another, the days and who was there; coordinators see the members, the days and
how many came. Nobody else learns that there is one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Prefetch
from django.urls import reverse

from pairings.models import Circle, CircleAttendance, CircleDay, CircleMember, CircleMemberQuerySet, Pairing
from pairings.rules import Refused, in_words, works_here
from participants.models import Participation, ParticipationQuerySet
from people.models import Person
from programs.choices import Side, Stage
from programs.models import Program
from ui.components import QueueItem

FEWEST, MOST = 4, 8
MOST_DAYS: Final = 24
TICKED_FOR: Final = timedelta(days=28)
"""How long after a day its members may say that they were there, or take it back."""

ASKED_FOR: Final = timedelta(days=7)
"""How long home asks."""


class CircleOfWrongSize(Refused):
    sentence = f"A circle has {FEWEST} to {MOST} members."
    field = "members"


class NotMentorsHere(Refused):
    sentence = "Somebody in this list no longer takes part as a mentor of this program. Look at the list again."
    field = "members"


class InAnotherCircle(Refused):
    field = "members"

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(f"Already in a circle: {', '.join(names)}. A mentor is in one circle at a time.")


class CircleDissolved(Refused):
    sentence = "This circle was dissolved, so nothing can be changed."


class CircleClosed(Refused):
    sentence = "This program is closed, and its circles with it, so nothing can be said of their days any more."


class ProgramOver(Refused):
    sentence = "This program is over and its members are told nothing more, so its circles stay as they are."


class CircleChanged(Refused):
    sentence = (
        "The members of this circle were changed meanwhile. Nothing you chose here is lost: look at them as they are, "
        "then save again."
    )


class NotInThisCircle(Refused):
    sentence = "Only members of this circle can do this."


class NotYoursToForm(Refused):
    sentence = "Only coordinators of this program can do this."


class DayOutsideProgram(Refused):
    field = "day"

    def __init__(self, program: Program) -> None:
        super().__init__(f"Choose a day from today on, up to {in_words(program.ends_on)}, when the program ends.")


class EnoughDays(Refused):
    sentence = f"A circle has {MOST_DAYS} days ahead at most."
    field = "day"


class DayStays(Refused):
    sentence = "This day stays: it is over, or somebody has said that they were there."


class NotInItThen(Refused):
    sentence = "You were not in this circle on that day."


class NotThatDay(Refused):
    sentence = f"You can say that you were there from the day on, for {TICKED_FOR.days} days."


# Judgement


def insist_coordinates(person: Person, program: Program) -> None:
    if not Program.objects.coordinated_by(person).filter(pk=program.pk).exists():
        raise NotYoursToForm


def insist_open(circle: Circle) -> None:
    if circle.dissolved_at is not None:
        raise CircleDissolved


def insist_can_be_opened(circle: Circle, person: Person, *, on: date) -> None:
    """By one of its members: what has no page any more takes no answer either."""
    if not Circle.objects.of(person, on=on).filter(pk=circle.pk).exists():
        raise CircleClosed


def goes_on(program: Program, *, on: date) -> bool:
    """Whether circles can still be formed and changed: whoever is in one may open its page, and is told."""
    return program.stage != Stage.CLOSED and on <= program.ends_on


def insist_goes_on(program: Program, *, on: date) -> None:
    if not goes_on(program, on=on):
        raise ProgramOver


def insist_was_in(circle: Circle, person: Person) -> None:
    """A member, or a former one."""
    if not circle.members.filter(participation__person=person).exists():
        raise NotInThisCircle


def was_in_on(memberships: Iterable[CircleMember], person: Person, day: date) -> bool:
    """Whether somebody was in a circle on a day, where they live, by all the times they came and went."""
    return any(
        each.joined_at.astimezone(person.zone).date() <= day
        and (each.out_since is None or day <= each.out_since.astimezone(person.zone).date())
        for each in memberships
    )


def insist_was_in_on(circle: Circle, person: Person, day: date) -> None:
    if not was_in_on(_memberships(circle, person), person, day):
        raise NotInItThen


def insist_size(number: int) -> None:
    if not FEWEST <= number <= MOST:
        raise CircleOfWrongSize


def insist_day(program: Program, day: date, *, on: date) -> None:
    if not on <= day <= program.ends_on:
        raise DayOutsideProgram(program)


def may_tick(day: date, *, on: date) -> bool:
    return day <= on <= day + TICKED_FOR


# Questions


def may_join(program: Program, *, on: date) -> ParticipationQuerySet:
    """Mentors of a program who take part and work here, by name."""
    found: ParticipationQuerySet = (
        Participation.objects.filter(program=program, side=Side.MENTOR)
        .taking_part()
        .filter(person__in=Person.objects.employed(on))
        .select_related("person")
        .order_by("person__sort_name", "pk")
    )
    return found


def taken(program: Program, *, but: Circle | None = None) -> dict[uuid.UUID, Circle]:
    """In which open circle of a program each participation is."""
    members = CircleMember.objects.still_in().filter(circle__program=program).select_related("circle")
    return {each.participation_id: each.circle for each in members if each.circle != but}


def formed_of(program: Program, members: Iterable[str]) -> Circle | None:
    """The open circle of exactly these participations, as somebody sent them, if there is one."""
    sent = set(members)
    of_each = {str(each): circle for each, circle in taken(program).items()}
    circle = next((of_each[each] for each in sent if each in of_each), None)
    return circle if circle is not None and sent == {each for each in of_each if of_each[each] == circle} else None


@dataclass(frozen=True, slots=True)
class DayOfCircle:
    pk: int
    day: date
    came: Sequence[Person]
    """Who was there, of those who are still members."""
    i_came: bool
    may_tick: bool


@dataclass(frozen=True, slots=True)
class CirclePage:
    """A circle for one of its members."""

    circle: Circle
    members: Sequence[Person]
    ahead: Sequence[DayOfCircle]
    past: Sequence[DayOfCircle]


def circle_page(circle: Circle, person: Person, *, on: date) -> CirclePage:
    """Load the circle through ``Circle.objects.of(person)``."""
    members = [each for each in _members(circle) if _is_here(each, on)]
    there = {each.participation_id: each.participation.person for each in members}
    mine = list(_memberships(circle, person))
    days = []
    said_so = Prefetch("attendance", CircleAttendance.objects.select_related("member").order_by("member__place"))
    for each in circle.days.prefetch_related(said_so):
        came = [there[pk] for said in each.attendance.all() if (pk := said.member.participation_id) in there]
        may_say = may_tick(each.day, on=on) and was_in_on(mine, person, each.day)
        days.append(DayOfCircle(each.pk, each.day, came, person in came, may_say))
    return CirclePage(
        circle=circle,
        members=sorted(there.values(), key=lambda each: each.sort_name),
        ahead=[each for each in days if each.day >= on],
        past=[each for each in reversed(days) if each.day < on],
    )


def _members(circle: Circle) -> CircleMemberQuerySet:
    return circle.members.filter(left_at=None).select_related("participation__person__site")


def _memberships(circle: Circle, person: Person) -> CircleMemberQuerySet:
    """All the times somebody came in."""
    return circle.members.filter(participation__person=person).select_related("participation")


def _is_here(member: CircleMember, on: date) -> bool:
    return member.out_since is None and works_here(member.participation.person, on=on)


@dataclass(frozen=True, slots=True)
class DayAtDesk:
    pk: int
    day: date
    came: int | None
    """How many said that they were there; None of a day ahead, and of today while nobody has."""
    may_be_taken_out: bool


@dataclass(frozen=True, slots=True)
class CircleAtDesk:
    """A circle for coordinators: how many came on a day, not who."""

    circle: Circle
    members: Sequence[Person]
    gone: Sequence[Person]
    """Members who left the program since, though they may have joined it again, or the company."""
    days: Sequence[DayAtDesk]

    @property
    def is_small(self) -> bool:
        return len(self.members) < FEWEST


def circles_of(program: Program, *, on: date) -> list[CircleAtDesk]:
    """All open circles of a program, in three queries."""
    circles = (
        Circle.objects.open()
        .filter(program=program)
        .prefetch_related(
            Prefetch("days", CircleDay.objects.counted()),
            Prefetch(
                "members", CircleMember.objects.filter(left_at=None).select_related("participation__person__site")
            ),
        )
    )  # fmt: skip
    return [circle_at_desk(each, on=on) for each in circles]


def circle_at_desk(circle: Circle, *, on: date) -> CircleAtDesk:
    loaded = "members" in getattr(circle, "_prefetched_objects_cache", {})
    members = list(circle.members.all()) if loaded else list(_members(circle))
    people: dict[bool, list[Person]] = {True: [], False: []}
    for each in sorted(members, key=lambda each: each.participation.person.sort_name):
        people[_is_here(each, on)].append(each.participation.person)
    days = [
        DayAtDesk(
            each.pk, each.day, each.came if each.day < on else (each.came or None), each.day >= on and not each.came
        )
        for each in (circle.days.all() if loaded else circle.days.counted())
    ]
    return CircleAtDesk(circle, people[True], people[False], days)


def paired(program: Program, *, on: date) -> set[uuid.UUID]:
    """Participations of mentors in an open pair."""
    return set(Pairing.objects.open(on).filter(program=program).order_by().values_list("mentor", flat=True))


def circle_of(mentor: Participation, *, on: date) -> uuid.UUID | None:
    """The circle a mentor may open in this program."""
    mine = Circle.objects.of(mentor.person, on=on).filter(program=mentor.program_id)
    found: uuid.UUID | None = mine.values_list("pk", flat=True).first()
    return found


@dataclass(frozen=True, slots=True)
class Compared:
    """The members of a circle as it is, beside those a coordinator has just chosen for it; names."""

    now: Sequence[str]
    only_now: Sequence[str]
    only_chosen: Sequence[str]


def compared(circle: Circle, chosen: Iterable[uuid.UUID]) -> Compared:
    now = {each.participation_id: each.participation.person.name for each in _members(circle).still_in()}
    wanted = set(chosen)
    others = Participation.objects.filter(pk__in=wanted - now.keys(), program=circle.program_id)
    return Compared(
        now=sorted(now.values()),
        only_now=sorted(name for pk, name in now.items() if pk not in wanted),
        only_chosen=sorted(each.person.name for each in others.select_related("person")),
    )


def waiting_for(person: Person, *, on: date) -> list[QueueItem]:
    """A day of one's circle that comes within a week, and one that was and of which one has said nothing."""
    days = (
        CircleDay.objects.filter(
            circle__in=Circle.objects.of(person, on=on), day__range=(on - ASKED_FOR, on + ASKED_FOR)
        )
        .exclude(attendance__member__participation__person=person)
        .select_related("circle__program")
        .only("day", "circle__program__name")
        .prefetch_related(
            Prefetch(
                "circle__members",
                CircleMember.objects.filter(participation__person=person).select_related("participation"),
            )
        )
    )
    found = []
    for each in days:
        if each.day < on:
            if not was_in_on(each.circle.members.all(), person, each.day):
                continue
            what, action = f"Were you in your circle of mentors on {in_words(each.day)}?", "Say so"
        else:
            when = "today" if each.day == on else f"on {in_words(each.day)}"
            what, action = f"Your circle of mentors meets {when}", "Who is in it"
        detail = f"{each.circle.program}. What is said there stays there."
        found.append(QueueItem(what, detail, action, reverse("pairings:circle", args=[each.circle_id])))
    return found
