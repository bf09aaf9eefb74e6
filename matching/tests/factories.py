"""Searches and proposals for tests, and pools of people who wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import factory
import numpy as np
from factory.django import DjangoModelFactory

from matching.choices import RunState
from matching.inputs import profiles_of
from matching.models import MatchingRun, Proposal
from matching.scoring import parts_of, weights_of
from pairings.actions import open_pairing
from participants.choices import HalfDay, Way
from participants.models import OfferedSkill, Participation, WantedSkill
from participants.tests.factories import MenteeFactory, MentorFactory
from people.models import Person, Skill
from people.tests.factories import (
    CoraFactory,
    FunctionFactory,
    LevelFactory,
    LineOfBusinessFactory,
    MinaFactory,
    OttoFactory,
    PersonFactory,
    SiteFactory,
    SkillFactory,
)
from programs.choices import Side, Stage
from programs.models import Program
from programs.tests.factories import DutyFactory, ProgramFactory, ladder

REQUESTED_AT = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
PROPOSED_AT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)  # a Tuesday, ten in Berlin and nine in London


class MatchingProgramFactory(ProgramFactory):
    stage = Stage.MATCHING


class MatchingRunFactory(DjangoModelFactory):
    class Meta:
        model = MatchingRun

    program = factory.SubFactory(MatchingProgramFactory)
    state = RunState.QUEUED
    requested_by = factory.SubFactory(PersonFactory, is_coordinator=True)
    requested_at = REQUESTED_AT


class ProposalFactory(DjangoModelFactory):
    """A mentor and a mentee of one program, asked on ``PROPOSED_AT`` for seven days; fit and parts are theirs."""

    class Meta:
        model = Proposal

    program = factory.SubFactory(MatchingProgramFactory)
    run = None
    mentor = factory.SubFactory(MentorFactory, program=factory.SelfAttribute("..program"))
    mentee = factory.SubFactory(MenteeFactory, program=factory.SelfAttribute("..program"))
    proposed_at = PROPOSED_AT
    expires_at = factory.LazyAttribute(lambda proposal: proposal.proposed_at + timedelta(days=7))
    parts = factory.LazyAttribute(lambda proposal: parts_between(proposal.mentor, proposal.mentee))
    fit = factory.LazyAttribute(lambda proposal: sum(part["points"] for part in proposal.parts))


def parts_between(mentor: Participation, mentee: Participation) -> list[dict[str, object]]:
    program = mentor.program
    one, other = profiles_of([mentor, mentee], program)
    return parts_of(one, other, weights=weights_of(program.importances), week=program.starts_on)


def program_of_cora(**fields: object) -> tuple[Program, Person]:
    """A program that looks for pairs, and its coordinator; the same Cora in every program of a test."""
    ladder()
    cora = Person.objects.filter(email="cora@example.org").first() or CoraFactory()
    program = MatchingProgramFactory(**fields)
    DutyFactory(program=program, person=cora)
    return program, cora


def mina_and_otto(program: Program, **fields: object) -> tuple[Participation, Participation]:
    """Both in the pool: Mina offers what Otto wants most."""
    skill = SkillFactory(name="Data and dashboards")
    mina = MentorFactory(program=program, person=MinaFactory(), **fields)
    otto = MenteeFactory(program=program, person=OttoFactory(), **fields)
    OfferedSkill.objects.create(participation=mina, skill=skill)
    WantedSkill.objects.create(participation=otto, skill=skill, rank=1)
    return mina, otto


def bo_on_both_sides() -> tuple[Program, Person, tuple[Participation, Participation]]:
    """A program where Bo may mentor Otto and be mentored by Mina, with two hours for each: as mentor and as mentee."""
    program, cora = program_of_cora(mentor_highest_level=LevelFactory(rank=4), mentee_lowest_level=LevelFactory(rank=4))
    bo = PersonFactory(rank=4)
    return program, cora, (MentorFactory(program=program, person=bo), MenteeFactory(program=program, person=bo))


def spend_two_hours_elsewhere(person: Person, coordinator: Person) -> None:
    """Two partners in another program, for two hours each, and only two hours told there."""
    elsewhere = MatchingProgramFactory(mentor_highest_level=LevelFactory(rank=4))
    DutyFactory(program=elsewhere, person=coordinator)
    there = MentorFactory(program=elsewhere, person=person, hours_a_month=4, places=2)
    for _ in range(2):
        partner = MenteeFactory(program=elsewhere, person__rank=7)
        open_pairing(mentor=there, mentee=partner, by=coordinator, at=REQUESTED_AT, on=REQUESTED_AT.date())
    Participation.objects.filter(pk=there.pk).update(hours_a_month=2, places=1)


ZONES = ("Europe/London", "Europe/Berlin", "America/New_York", "Asia/Kolkata")
HOBBIES = ("running", "cooking", "chess", "choir", "gardening", "cycling")


def pool(
    program: Program, mentors: int, mentees: int, seed: int = 7
) -> tuple[list[Participation], list[Participation]]:
    """So many mentors and mentees who said all sorts of things, the same for the same seed."""
    chance = np.random.default_rng(seed)
    functions = [FunctionFactory(name=f"Function of pool {n}") for n in range(5)]
    lines = [LineOfBusinessFactory(name=f"Line of pool {n}") for n in range(3)]
    sites = [SiteFactory(name=f"Site in {zone}", time_zone=zone) for zone in ZONES]
    skills = [SkillFactory(name=f"Skill of pool {n:02}") for n in range(12)]

    def some(things: Sequence[str], least: int, most: int) -> list[str]:
        chosen = chance.choice(len(things), size=int(chance.integers(least, most + 1)), replace=False)
        return [things[index] for index in sorted(chosen)]

    def member(side: Side) -> Participation:
        site = sites[int(chance.integers(len(sites)))]
        rank = int(chance.integers(1, 4)) if side is Side.MENTOR else int(chance.integers(5, 8))
        making = MentorFactory if side is Side.MENTOR else MenteeFactory
        return making(
            program=program,
            person=PersonFactory(
                rank=rank,
                function=functions[int(chance.integers(5))],
                line_of_business=lines[int(chance.integers(3))],
                site=site,
                time_zone=site.time_zone,
            ),
            places=int(chance.integers(1, 3)),
            languages=some(("en", "de", "fr"), 1, 2),
            ways=some(Way.values, 1, 3),
            half_days=some(HalfDay.values, 1, 6),
            hobbies=some(HOBBIES, 0, 3),
        )

    found = [member(Side.MENTOR) for _ in range(mentors)], [member(Side.MENTEE) for _ in range(mentees)]
    offered, wanted = [], []
    for participation in (*found[0], *found[1]):
        offered += [OfferedSkill(participation=participation, skill=skill) for skill in _several(skills, chance, 5)]
        wanted += [
            WantedSkill(participation=participation, skill=skill, rank=rank)
            for rank, skill in enumerate(_several(skills, chance, 4), start=1)
        ]
    OfferedSkill.objects.bulk_create(offered)
    WantedSkill.objects.bulk_create(wanted)
    return found


def _several(skills: Sequence[Skill], chance: np.random.Generator, most: int) -> list[Skill]:
    chosen = chance.choice(len(skills), size=int(chance.integers(1, most + 1)), replace=False)
    return [skills[index] for index in chosen]
