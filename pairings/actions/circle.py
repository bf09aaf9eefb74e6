"""Circles of mentors: coordinators form them and set their days, members say that they were there."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from pairings import circle_notices, circles
from pairings.models import Circle, CircleAttendance, CircleDay, CircleMember
from people.models import Person
from programs.models import Program


@transaction.atomic
def form_circle(program: Program, *, members: Collection[uuid.UUID], by: Person, at: datetime, on: date) -> Circle:
    """Form a circle of these mentors, by their participations; each is told. The same people twice are one circle."""
    program = _held(program)
    circles.insist_coordinates(by, program)
    wanted = set(members)
    circles.insist_size(len(wanted))
    taken = circles.taken(program)
    [same, *others] = {taken.get(each) for each in wanted} or {None}
    if same is not None and not others and wanted == {each for each, of in taken.items() if of == same}:
        return same
    circles.insist_goes_on(program, on=on)
    last: int | None = program.circles.aggregate(last=Max("number"))["last"]
    circle = Circle.objects.create(program=program, number=(last or 0) + 1, formed_by=by, formed_at=at)
    _set_members(circle, wanted, at=at, on=on)
    return circle


@transaction.atomic
def change_members(
    circle: Circle, *, members: Collection[uuid.UUID], by: Person, at: datetime, on: date, based_on: int
) -> Circle:
    """Other members; whoever comes in is told, whoever goes out is not asked why.

    ``based_on`` is the version the coordinator had before their eyes. The same members twice change nothing.
    """
    circle = _held_circle(circle)
    circles.insist_coordinates(by, circle.program)
    wanted = set(members)
    circles.insist_open(circle)
    if wanted == set(circle.members.still_in().values_list("participation", flat=True)):
        return circle
    circles.insist_goes_on(circle.program, on=on)
    if circle.version != based_on:
        raise circles.CircleChanged
    circles.insist_size(len(wanted))
    _set_members(circle, wanted, at=at, on=on)
    circle.version += 1
    circle.save(update_fields=["version"])
    return circle


def _set_members(circle: Circle, wanted: set[uuid.UUID], *, at: datetime, on: date) -> None:
    # Whoever left the program gave up their place with it, and may have joined again since.
    CircleMember.objects.filter(circle__program=circle.program).close_given_up()
    here = {each.pk: each for each in circles.may_join(circle.program, on=on).filter(pk__in=wanted)}
    stay = {each.participation_id: each for each in circle.members.still_in()}
    if wanted - here.keys() - stay.keys():
        raise circles.NotMentorsHere
    elsewhere = circles.taken(circle.program, but=circle)
    if busy := [here[each].person.name for each in wanted if each in elsewhere and each in here]:
        raise circles.InAnotherCircle(sorted(busy))
    circle.members.filter(pk__in=[stay[each].pk for each in stay.keys() - wanted]).update(left_at=at)
    free = sorted(set(range(1, circles.MOST + 1)) - {stay[each].place for each in stay.keys() & wanted})
    for place, each in zip(free, sorted(wanted - stay.keys()), strict=False):
        member = CircleMember.objects.create(circle=circle, participation=here[each], place=place, joined_at=at)
        circle_notices.owe_joined(member, at=at)


@transaction.atomic
def dissolve_circle(circle: Circle, *, by: Person, at: datetime) -> Circle:
    """The circle is over, and its page closes. Dissolving it again changes nothing."""
    circle = _held_circle(circle)
    circles.insist_coordinates(by, circle.program)
    if circle.dissolved_at is None:
        circle.dissolved_at = at
        circle.save(update_fields=["dissolved_at"])
        circle.members.close_given_up()
        circle.members.filter(left_at=None).update(left_at=at)
    return circle


@transaction.atomic
def set_circle_day(circle: Circle, *, day: date, by: Person, at: datetime, on: date) -> CircleDay:
    """The circle meets on this day, and its members are told. The same day twice is one."""
    circle = _held_circle(circle)
    circles.insist_coordinates(by, circle.program)
    circles.insist_open(circle)
    found: CircleDay | None = circle.days.filter(day=day).first()
    if found is not None:
        return found
    circles.insist_goes_on(circle.program, on=on)
    circles.insist_day(circle.program, day, on=on)
    if circle.days.filter(day__gte=on).count() >= circles.MOST_DAYS:
        raise circles.EnoughDays
    found = CircleDay.objects.create(circle=circle, day=day)
    circle_notices.owe_day(found, at=at)
    return found


@transaction.atomic
def cancel_circle_day(circle: Circle, day: int, *, by: Person, at: datetime, on: date) -> int | None:
    """Take a day out that lies ahead; one that is gone, or of which somebody said that they were there, stays.

    Answers how many are told; None where it was gone already: taking it out twice changes nothing.
    """
    circle = _held_circle(circle)
    circles.insist_coordinates(by, circle.program)
    circles.insist_open(circle)
    found = circle.days.filter(pk=day).first()
    if found is None:
        return None
    if found.day < on or found.attendance.exists():
        raise circles.DayStays
    told = circle_notices.owe_no_day(found, at=at)
    found.delete()
    return told


@transaction.atomic
def say_attended(circle: Circle, day: int, *, by: Person, at: datetime, on: date, attended: bool) -> None:
    """A member was there on a day, or was not after all. Said twice it stands once."""
    circle = _held_circle(circle)
    circles.insist_open(circle)
    member = _own(circle, by)
    circles.insist_can_be_opened(circle, by, on=on)
    found = circle.days.filter(pk=day).first()
    if found is None or not circles.may_tick(found.day, on=on):
        raise circles.NotThatDay
    circles.insist_was_in_on(circle, by, found.day)
    said = CircleAttendance.objects.filter(day=found, member__participation=member.participation_id)
    if not attended:
        said.delete()
    elif not said.exists():
        CircleAttendance.objects.create(day=found, member=member, said_at=at)


@transaction.atomic
def leave_circle(circle: Circle, *, by: Person, at: datetime) -> None:
    """A member leaves, without a reason; coordinators see who is in it, and nobody is written to.

    Whoever is out of it already, also because it was dissolved, changes nothing.
    """
    circle = _held_circle(circle)
    circles.insist_was_in(circle, by)
    circle.members.close_given_up()
    if circle.members.filter(left_at=None, participation__person=by).update(left_at=at):
        circle.version += 1
        circle.save(update_fields=["version"])


def close_given_up_memberships(*, at: datetime) -> int:
    """Note of members who left the program that they left the circle, before they join it again; how many. The tick
    calls this."""
    return CircleMember.objects.close_given_up()


def _own(circle: Circle, person: Person) -> CircleMember:
    member: CircleMember | None = circle.members.still_in().filter(participation__person=person).first()
    if member is None:
        raise circles.NotInThisCircle
    return member


def _held(program: Program) -> Program:
    """Members and numbers of a program's circles are changed one after the other.

    Whoever begins a pair in the program meanwhile holds one of these mentors, and need not wait for it.
    """
    return Program.objects.select_for_update(no_key=True).get(pk=program.pk)


def _held_circle(circle: Circle) -> Circle:
    program = _held(circle.program)
    found: Circle = Circle.objects.get(pk=circle.pk)
    found.program = program
    return found
