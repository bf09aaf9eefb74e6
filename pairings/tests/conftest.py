"""Mina and Otto as a pair, the people who must not read along, and the day on the wall."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count

import pytest
from django.test import Client

from pairings.models import Pairing
from pairings.tests.factories import STARTED_ON, noon, pair
from people.models import Person
from people.tests.factories import AdaFactory, BoFactory, CoraFactory, EvaFactory, OttoFactory, SiaFactory, StenFactory
from programs.choices import Duty, Stage
from programs.tests.factories import program_with

DAY = STARTED_ON + timedelta(days=20)
"""Three weeks in: the first check-in (day 14) waits for an answer."""


@pytest.fixture(autouse=True)
def one_by_one(any_time: None) -> None:
    """What these tests ask is what is owed, when and to whom. How it is gathered is ``notifications``' affair."""


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Set the day on the wall, which the edge reads: pages are opened on ``DAY`` unless a test moves it."""

    def move_to(day: date) -> None:
        monkeypatch.setattr("clock.now", lambda: noon(day))

    move_to(DAY)
    return move_to


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Callable[[], object]], None]:
    """Let something happen while a page is being answered: when it reads the clock for the nth time."""

    def happens(reading: int, what: Callable[[], object]) -> None:
        readings = count(1)

        def now() -> datetime:
            if next(readings) == reading:
                what()
            return noon(DAY)

        monkeypatch.setattr("clock.now", now)

    return happens


@pytest.fixture
def cora(db: None) -> Person:
    return CoraFactory()


@pytest.fixture
def sia(db: None) -> Person:
    return SiaFactory()


@pytest.fixture
def bo(db: None) -> Person:
    return BoFactory()


@pytest.fixture
def pairing(cora: Person, sia: Person, bo: Person, today: object) -> Pairing:
    """Mina and Otto, who reports to Bo, in a program that Cora coordinates and Sia supervises."""
    return pair(mentee=OttoFactory(manager=bo), program=program_with(cora, sia, stage=Stage.RUNNING))


@pytest.fixture
def others(pairing: Pairing, cora: Person, sia: Person, bo: Person) -> dict[str, Person]:
    """Everybody who has something to do with the company or the program, and nothing with this page."""
    sponsor = EvaFactory()
    pairing.program.duties.create(person=sponsor, duty=Duty.SPONSOR)
    return {
        "Bo, his manager": bo,
        "Cora, the coordinator": cora,
        "Sia, the supervisor": sia,
        "Eva, an executive and the sponsor": sponsor,
        "Ada, the administrator": AdaFactory(),
        "Sten, a stranger": StenFactory(),
        "a mentor of another pair in the same program": pair_beside(pairing).mentor.person,
    }


def pair_beside(pairing: Pairing) -> Pairing:
    from people.tests.factories import PersonFactory

    return pair(PersonFactory(rank=2), PersonFactory(rank=6), program=pairing.program)


def as_seen_by(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def mina(pairing: Pairing) -> Client:
    return as_seen_by(pairing.mentor.person)


@pytest.fixture
def otto(pairing: Pairing) -> Client:
    return as_seen_by(pairing.mentee.person)
