"""Who is shown as a champion of a program, by their own consent, and who reads that somebody was asked."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef
from django.urls import reverse

from participants.models import Champion, ChampionQuerySet, Participation
from people.models import Person, PersonQuerySet
from programs.models import Program
from ui.components import QueueItem


def took_part(person: Person, program: Program) -> bool:
    """On any side, also if they have withdrawn since."""
    return Participation.objects.filter(program=program, person=person).exists()


def shown_in(program: Program, *, on: date) -> PersonQuerySet:
    """Everybody who said yes and works here on that day: champions of the program, and of the pilot it grew from."""
    said_yes = Champion.objects.shown().filter(program__in=_lineage(program), person=OuterRef("pk"))
    people: PersonQuerySet = (
        Person.objects.employed(on).filter(Exists(said_yes)).with_place().order_by("sort_name", "pk")
    )
    return people


def asked_of(person: Person) -> ChampionQuerySet:
    """What this person was asked: theirs to answer and to change."""
    asked: ChampionQuerySet = Champion.objects.filter(person=person).select_related("program").order_by("pk")
    return asked


def asked_about(program: Program, person: Person) -> list[Champion]:
    """What this person was asked that decides whether the page of the program shows them."""
    return list(asked_of(person).filter(program__in=_lineage(program)))


def named_in(program: Program) -> list[Champion]:
    """Whom its coordinators named."""
    return list(Champion.objects.filter(program=program).select_related("person__site"))


def waiting_for(person: Person) -> list[QueueItem]:
    """Programs that would like to show this person as a champion, until they answer."""
    return [
        QueueItem(
            what=f"Would you be a champion of {asked.program}?",
            detail="Nothing is shown before you say yes. A no needs no reason.",
            action="Read and answer",
            url=reverse("participants:champion", args=[asked.program_id]),
        )
        for asked in asked_of(person).filter(reply=None)
    ]


def _lineage(program: Program) -> list[int]:
    return [pk for pk in (program.pk, program.grown_from_id) if pk is not None]
