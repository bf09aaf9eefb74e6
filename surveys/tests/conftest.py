"""Cora's running program with Mina and Otto as its pair."""

from __future__ import annotations

import pytest

from pairings.models import Pairing
from pairings.tests.factories import PairingFactory
from participants.tests.factories import MenteeFactory, MentorFactory
from people.models import Person
from people.tests.factories import BoFactory, CoraFactory, MinaFactory, OttoFactory, StenFactory
from people.tests.shared_rows import shared
from programs.choices import Side, Stage
from programs.models import Program
from programs.tests.factories import program_with
from surveys.models import Question, Survey
from surveys.tests.factories import SurveyFactory, opened, three_questions


@shared
def cora() -> Person:
    return CoraFactory()


@shared
def bo() -> Person:
    return BoFactory()


@shared
def otto(bo) -> Person:
    return OttoFactory(manager=bo)


@shared
def mina() -> Person:
    return MinaFactory()


@shared
def sten() -> Person:
    return StenFactory()


@shared
def program(cora) -> Program:
    return program_with(cora, name="Two-Way Northwind", stage=Stage.RUNNING)


@shared
def pairing(program, mina, otto) -> Pairing:
    mentor = MentorFactory(program=program, person=mina)
    return PairingFactory(program=program, mentor=mentor, mentee=MenteeFactory(program=program, person=otto))


@shared
def survey(program) -> Survey:
    return SurveyFactory(program=program)


@shared
def questions(survey) -> tuple[Question, Question, Question]:
    return three_questions(survey)


@pytest.fixture
def asked(survey, questions, mina, otto) -> Survey:
    """Opened for Mina and Otto."""
    return opened(survey, (mina, Side.MENTOR), (otto, Side.MENTEE))
