"""What a program would send in the days to come, for its coordinators: days, kinds of reminder, and to whom.

Apps above this one know what a notice is about. Each registers the kinds a coordinator may read of, once, when Django
starts. Whether somebody will be done by then is not asked: for some kinds the answer would tell what they have done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Q

from notifications.choices import NoticeState
from notifications.models import Notice
from notifications.queries import leaves_at
from people.models import Person
from programs.models import Program

AHEAD: Final = timedelta(days=30)
MOST_NAMES: Final = 8


@dataclass(frozen=True, slots=True)
class Source:
    """``subjects`` are what notices of this kind are about in one program. ``named`` says to whom by name; the others
    are counted. ``may_read`` is for kinds that not every coordinator of the program may read of."""

    kind: str
    label: str
    subjects: Callable[[Program], Iterable[object]]
    named: bool = False
    may_read: Callable[[Person, Program], bool] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of reminder on one day."""

    label: str
    people: int
    names: tuple[str, ...] = ()

    @property
    def to(self) -> str:
        if not self.names:
            return f"{self.people} {'person' if self.people == 1 else 'people'}"
        shown, more = self.names[:MOST_NAMES], len(self.names) - MOST_NAMES
        return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    lines: tuple[Line, ...]


_sources: dict[str, Source] = {}


def register(*sources: Source) -> None:
    _sources.update({source.kind: source for source in sources})


def reminders_ahead(program: Program, reader: Person, *, at: datetime) -> list[Day]:
    """For one of its coordinators: by the day on which each leaves, on the wall of whoever is written to.

    That is a working day of everybody. Which other days somebody chose, and when they are away, is not told.
    """
    asked = Q(pk=None)
    for source in _sources.values():
        if source.may_read is None or source.may_read(reader, program):
            asked |= Q(kind=source.kind, subject__in=[str(subject) for subject in source.subjects(program)])
    owed = Notice.objects.filter(
        asked, state__in=(NoticeState.OWED, NoticeState.RETRY, NoticeState.CLAIMED), due_at__lte=at + AHEAD
    ).select_related("person")
    found: dict[tuple[date, str], dict[int, Person]] = defaultdict(dict)
    for notice in owed:
        person = notice.person
        on = leaves_at(notice, at=at).astimezone(person.zone).date()
        found[on, notice.kind][person.pk] = person
    days: dict[date, list[Line]] = defaultdict(list)
    for (on, kind), people in sorted(found.items(), key=lambda each: (each[0][0], _sources[each[0][1]].label)):
        days[on].append(_line(_sources[kind], people.values()))
    return [Day(on, tuple(lines)) for on, lines in days.items()]


def _line(source: Source, people: Iterable[Person]) -> Line:
    ordered = sorted(people, key=lambda person: (person.sort_name, person.pk))
    return Line(source.label, len(ordered), tuple(person.name for person in ordered) if source.named else ())
