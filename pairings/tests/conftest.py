"""Mina and Otto as a pair, the people who must not read along, and the day on the wall."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from http.cookies import SimpleCookie
from itertools import count

import pytest
from django.test import Client

from pairings.models import Pairing
from pairings.tests.factories import STARTED_ON, noon, pair
from people.models import Person
from people.tests.factories import AdaFactory, BoFactory, CoraFactory, EvaFactory, OttoFactory, SiaFactory, StenFactory
from people.tests.shared_rows import shared
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


@shared
def cora() -> Person:
    return CoraFactory()


@shared
def sia() -> Person:
    return SiaFactory()


@shared
def bo() -> Person:
    return BoFactory()


@shared
def minas_pair(cora: Person, sia: Person, bo: Person) -> Pairing:
    return pair(mentee=OttoFactory(manager=bo), program=program_with(cora, sia, stage=Stage.RUNNING))


@shared
def pair_alone() -> Pairing:
    """Mina and Otto in a program that nobody coordinates."""
    return pair()


@pytest.fixture
def pairing(minas_pair: Pairing, today: object) -> Pairing:
    """Mina and Otto, who reports to Bo, in a program that Cora coordinates and Sia supervises."""
    return minas_pair


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


@shared
def minas_cookies(minas_pair: Pairing) -> SimpleCookie:
    return as_seen_by(minas_pair.mentor.person).cookies


@shared
def ottos_cookies(minas_pair: Pairing) -> SimpleCookie:
    return as_seen_by(minas_pair.mentee.person).cookies


@pytest.fixture
def mina(pairing: Pairing, minas_cookies: SimpleCookie) -> Client:
    return with_cookies(minas_cookies)


@pytest.fixture
def otto(pairing: Pairing, ottos_cookies: SimpleCookie) -> Client:
    return with_cookies(ottos_cookies)


def with_cookies(cookies: SimpleCookie) -> Client:
    client = Client()
    client.cookies = cookies
    return client
