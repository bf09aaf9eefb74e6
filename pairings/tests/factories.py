"""Pairs for tests. ``pair()`` opens one as the product does; the factory writes the row alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from pairings import actions
from pairings.choices import Arranger, Kind
from pairings.models import Agreement, Pairing
from pairings.private_words import AgreementWords
from participants.choices import Way
from participants.models import Participation
from participants.tests.factories import MenteeFactory, MentorFactory
from people.models import Person
from people.tests.factories import MinaFactory, OttoFactory
from privacy.models import DataKey
from programs.choices import Stage
from programs.models import Program
from programs.tests.factories import ProgramFactory

STARTED_ON = date(2027, 1, 4)
"""A Monday in winter, well inside the programs of ``ProgramFactory``."""


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


class PairingFactory(DjangoModelFactory):
    """Two people in a running program, paired on 4 January 2027 for 26 weeks. Owes nothing."""

    class Meta:
        model = Pairing

    program = factory.SubFactory(ProgramFactory, stage=Stage.RUNNING)
    mentor = factory.SubFactory(MentorFactory, program=factory.SelfAttribute("..program"))
    mentee = factory.SubFactory(MenteeFactory, program=factory.SelfAttribute("..program"))
    mentor_place = 1
    mentee_place = 1
    started_on = STARTED_ON
    opened_at = factory.LazyAttribute(lambda pairing: noon(pairing.started_on))
    runs_until = factory.LazyAttribute(lambda pairing: pairing.started_on + timedelta(weeks=26))
    data_key = factory.LazyFunction(lambda: DataKey.objects.mint())


def two_sides(
    mentor: Person | None = None, mentee: Person | None = None, program: Program | None = None, **fields: Any
) -> tuple[Participation, Participation]:
    """Mina as a mentor and Otto as her mentee, waiting in a running program."""
    program = program or ProgramFactory(stage=Stage.RUNNING, **fields)
    return (
        MentorFactory(program=program, person=mentor or MinaFactory()),
        MenteeFactory(program=program, person=mentee or OttoFactory()),
    )


def pair(
    mentor: Person | None = None,
    mentee: Person | None = None,
    *,
    on: date = STARTED_ON,
    program: Program | None = None,
    **fields: Any,
) -> Pairing:
    """Mina and Otto, paired by the action on 4 January 2027; ``fields`` are those of their program."""
    one, other = two_sides(mentor, mentee, program, **fields)
    return actions.open_pairing(mentor=one, mentee=other, by=one.person, at=noon(on), on=on)


def drafted(pairing: Pairing, *, by: Person, on: date = STARTED_ON, **fields: Any) -> Agreement:
    """A version of the agreement, signed by its writer alone."""
    newest = pairing.agreements.first()
    given: dict[str, Any] = {
        "based_on": newest.version if newest else 0,
        "words": AgreementWords(where="Leeds, or by video", boundaries="The pay round"),
        "meet_every_days": 14,
        "meeting_minutes": 60,
        "arranged_by": Arranger.MENTEE,
        **fields,
    }
    return actions.draft_agreement(pairing, by=by, at=noon(on), on=on, **given)


def signed(pairing: Pairing, *, on: date = STARTED_ON, **fields: Any) -> Agreement:
    """An agreement in force, written by the mentor."""
    drafted(pairing, by=pairing.mentor.person, on=on, **fields)
    newest = pairing.agreements.first()
    assert newest is not None
    return actions.sign_agreement(pairing, by=pairing.mentee.person, at=noon(on), on=on, version=newest.version)


def met(pairing: Pairing, held_on: date, *, by: Person | None = None, on: date | None = None, **fields: Any) -> Any:
    """A logged meeting of an hour."""
    given: dict[str, Any] = {"minutes": 60, "kind": Kind.MENTOR_LED, "way": Way.VIDEO, **fields}
    return actions.log_meeting(
        pairing, by=by or pairing.mentor.person, at=noon(on or held_on), on=on or held_on, held_on=held_on, **given
    )
