"""The people one can be in the demo, by employee number. ``manage.py seed_company`` makes them."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from people.models import Person


@dataclass(frozen=True, slots=True)
class Part:
    """What a persona is for: ``side`` shapes the monogram, ``about`` stands under the name."""

    number: str
    about: str
    side: str = ""


PARTS = (
    Part("N-0101", "Signalling technician, mentors Otto", "mentor"),
    Part("N-0002", "Chief operating officer, learns from Mina", "mentee"),
    Part("N-0103", "Mentoring coordinator, has the desk"),
    Part("N-0001", "Managing director, Otto’s line manager"),
    Part("N-0105", "Supervisor, to turn to in difficulty"),
    Part("N-0003", "Chief people officer, sees the progress"),
    Part("N-0107", "Administrator, keeps the directory"),
    Part("N-0108", "Timetable analyst, takes no part"),
)


@dataclass(frozen=True, slots=True)
class Persona:
    number: str
    name: str
    initials: str
    line: str
    role: str


def personas() -> list[Persona]:
    """Those of the parts that the directory holds, in order."""
    people = Person.objects.filter(employee_number__in=[part.number for part in PARTS], is_active=True)
    by_number = {person.employee_number: person for person in people}
    return [
        Persona(part.number, person.name, person.initials, part.about, part.side)
        for part in PARTS
        if (person := by_number.get(part.number)) is not None
    ]


def for_templates(request: HttpRequest) -> dict[str, object]:
    """Context for every page of the demo; templates call ``personas`` only where they list them."""
    return {"demo": True, "personas": personas} if settings.DEMO else {"demo": False}
