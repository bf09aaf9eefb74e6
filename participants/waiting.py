"""Wait lists of full pilots: who stands where, and what each reader learns of it.

The person reads their own place in the line, and coordinators who are not candidates read the line. Nobody else learns
that there is one: to an outsider a place that is held looks like any other that is taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.urls import reverse

from participants.models import Participation, WaitListEntry, WaitListEntryQuerySet
from people.models import Person
from programs.choices import Side
from programs.models import Program, ProgramQuerySet
from ui.components import QueueItem

# Whose rows


def entries_of(person: Person) -> WaitListEntryQuerySet:
    """What this person waits for, or is offered and has not answered."""
    mine: WaitListEntryQuerySet = WaitListEntry.objects.open().filter(person=person).in_order()
    return mine


def line(program: Program) -> WaitListEntryQuerySet:
    """Everybody who waits for a place in the program or is offered one, in the order in which they asked."""
    entries: WaitListEntryQuerySet = (
        WaitListEntry.objects.open().filter(program=program).select_related("person__level").in_order()
    )
    return entries


def programs_with_entries() -> list[int]:
    """Keys of programs somebody waits for, always in the same order, so that nobody waits for one another's locks."""
    return sorted(set(WaitListEntry.objects.open().order_by().values_list("program", flat=True)))


# What the person reads


_PLACES: Final = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip


def in_words(place: int) -> str:
    """``third``; from eleven on in figures: ``21st``."""
    if place <= len(_PLACES):
        return _PLACES[place - 1]
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place:,}{ending}"


def day_in_words(day: date) -> str:
    """``Friday 4 December``"""
    return f"{day:%A %-d %B}"


def _last_day(entry: WaitListEntry) -> str:
    """In words; empty before a place is offered."""
    return day_in_words(entry.held_until) if entry.held_until else ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands on one wait list. ``ahead`` are the entries that asked earlier and still wait."""

    entry: WaitListEntry
    ahead: int = 0

    @property
    def is_offered(self) -> bool:
        return self.entry.is_offered

    @property
    def held_until(self) -> str:
        return _last_day(self.entry)

    @property
    def place(self) -> str:
        return in_words(self.ahead + 1)

    @property
    def words(self) -> str:
        """For a list of programs."""
        role = self.entry.program.word(self.entry.side, article=True)
        if self.is_offered:
            return f"A place as {role} is yours until {self.held_until}"
        return f"You wait for a place as {role}, {self.place} in line"


def standings_of(person: Person) -> dict[tuple[int, str], Standing]:
    """By program and side, in two queries however long the lines are."""
    unordered = entries_of(person).select_related("program").order_by()
    mine = sorted(unordered, key=lambda entry: (entry.asked_at, entry.pk))
    if not mine:
        return {}
    before = WaitListEntry.objects.open().filter(program__in=[entry.program_id for entry in mine], offered_at=None)
    others = list(before.exclude(person=person).order_by().values_list("program", "side", "asked_at", "pk"))
    return {(entry.program_id, entry.side): Standing(entry, _ahead_of(entry, others)) for entry in mine}


def _ahead_of(entry: WaitListEntry, others: Iterable[tuple[int, str, object, int]]) -> int:
    """Where a pilot counts people in all, those who wait on the other side stand in the same line."""
    one_line = entry.program.most_people is not None
    return sum(
        program == entry.program_id and (one_line or side == entry.side) and (asked_at, pk) < (entry.asked_at, entry.pk)
        for program, side, asked_at, pk in others
    )


def waiting_for(standings: Iterable[Standing], *, on: date) -> list[QueueItem]:
    """Of where somebody stands: the places that are offered to them and held."""
    offered = [each.entry for each in standings if each.is_offered]
    return [
        QueueItem(
            what=f"A place is yours until {_last_day(entry)}",
            detail=f"In {entry.program}, as {entry.program.word(entry.side, article=True)}. You can also let it go.",
            action="Take it, or let it go",
            url=reverse("participants:program", args=[entry.program_id]),
            when=f"Until {entry.held_until:%-d %B}",
            tone="rise",
        )
        for entry in offered
        if entry.held_until is not None and entry.held_until >= on
    ]


# What coordinators read


def programs_read_by(person: Person) -> ProgramQuerySet:
    """Programs whose wait list this person reads: coordinated by them, never joined by them, and not waited for."""
    programs: ProgramQuerySet = (
        Program.objects.coordinated_by(person)
        .exclude(pk__in=Participation.objects.filter(person=person).values("program"))
        .exclude(pk__in=WaitListEntry.objects.filter(person=person).values("program"))
    )
    return programs


@dataclass(frozen=True, slots=True)
class Line:
    """Who waits on one side, in order, and who has an offer."""

    side: Side
    waits: tuple[WaitListEntry, ...]
    offered: tuple[WaitListEntry, ...]


def lines_of(program: Program, reader: Person) -> list[Line]:
    """The wait list of each side on which there is one; nothing for a coordinator who is a candidate."""
    if not programs_read_by(reader).filter(pk=program.pk).exists():
        return []
    entries = list(line(program).select_related("person__site"))
    lines = [
        Line(
            side,
            tuple(entry for entry in entries if entry.side == side and not entry.is_offered),
            tuple(entry for entry in entries if entry.side == side and entry.is_offered),
        )
        for side in Side
    ]
    return [each for each in lines if each.waits or each.offered]
