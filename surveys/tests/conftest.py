"""Cora's running program with Mina and Otto as its pair."""

from __future__ import annotations

import pytest

from pairings.models import Pairing
from pairings.tests.factories import PairingFactory
from participants.tests.factories import MenteeFactory, MentorFactory
from people.models import Person
from people.tests.factories import BoFactory, CoraFactory, MinaFactory, OttoFactory, StenFactory
from programs.choices import Side, Stage
from programs.models import Program
from programs.tests.factories import program_with
from surveys.models import Question, Survey
from surveys.tests.factories import SurveyFactory, opened, three_questions


@pytest.fixture
def cora(db) -> Person:
    return CoraFactory()


@pytest.fixture
def bo(db) -> Person:
    return BoFactory()


@pytest.fixture
def otto(bo) -> Person:
    return OttoFactory(manager=bo)


@pytest.fixture
def mina(db) -> Person:
    return MinaFactory()


@pytest.fixture
def sten(db) -> Person:
    return StenFactory()


@pytest.fixture
def program(cora) -> Program:
    return program_with(cora, name="Two-Way Northwind", stage=Stage.RUNNING)


@pytest.fixture
def pairing(program, mina, otto) -> Pairing:
    mentor = MentorFactory(program=program, person=mina)
    return PairingFactory(program=program, mentor=mentor, mentee=MenteeFactory(program=program, person=otto))


@pytest.fixture
def survey(program) -> Survey:
    return SurveyFactory(program=program)


@pytest.fixture
def questions(survey) -> tuple[Question, Question, Question]:
    return three_questions(survey)


@pytest.fixture
def asked(survey, questions, mina, otto) -> Survey:
    """Opened for Mina and Otto."""
    return opened(survey, (mina, Side.MENTOR), (otto, Side.MENTEE))
