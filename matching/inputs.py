"""What a search looks at: who waits, what they said, which pairs the rules allow, and how well each would fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from matching import scoring
from matching.engine import FORBIDDEN, Instance
from matching.models import Proposal
from matching.scoring import Points, Profile
from pairings import queries as pairings
from participants import queries as participants
from participants.models import Participation, ParticipationQuerySet
from programs import queries as programs
from programs.choices import Side
from programs.models import Program
from programs.rules import DECLARED_CONFLICT

MET_BEFORE: Final = "met_before"
"""Not a rule of the program: the two were a pair before, or were proposed to one another and it came to nothing.

Pairs with a declared conflict are kept under this name too, so that no count of a search tells the one from the other.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """Everybody with a free place, in a neutral order, and the instance for the engine."""

    mentors: tuple[Participation, ...]
    mentees: tuple[Participation, ...]
    mentor_profiles: tuple[Profile, ...]
    mentee_profiles: tuple[Profile, ...]
    forbidden_by: dict[str, NDArray[np.bool_]]
    scores: Points
    mentor_places: tuple[int, ...]
    mentee_places: tuple[int, ...]
    week: date

    @property
    def allowed_pairs(self) -> int:
        return int((self.scores != FORBIDDEN).sum())

    @property
    def mentor_keys(self) -> tuple[str, ...]:
        return tuple(key(participation.pk) for participation in self.mentors)

    @property
    def mentee_keys(self) -> tuple[str, ...]:
        return tuple(key(participation.pk) for participation in self.mentees)

    def instance(self) -> Instance:
        return Instance.of(
            self.scores,
            self.mentor_places,
            self.mentee_places,
            mentor_keys=self.mentor_keys,
            mentee_keys=self.mentee_keys,
        )


def key(participation: UUID) -> str:
    """What decides between equally good answers: random, so neither name nor age of the account counts."""
    return participation.hex


def gather(program: Program, *, at: datetime) -> Inputs:
    """The inputs of a search at that instant. The same people saying the same things give the same inputs."""
    on = at.astimezone(UTC).date()
    free = free_places(program, at)
    people = [
        participation
        for participation in pool(program, on)
        .select_related("program", "person__function", "person__line_of_business", "person__level", "person__site")
        .prefetch_related("offered__skill", "wanted__skill")
        if free.get(participation.pk, 0) > 0
    ]
    people.sort(key=lambda participation: key(participation.pk))
    mentors = tuple(one for one in people if one.side == Side.MENTOR)
    mentees = tuple(one for one in people if one.side == Side.MENTEE)
    week = program.starts_on
    mentor_profiles, mentee_profiles = profiles_of(mentors), profiles_of(mentees)
    forbidden_by = _forbidden(program, mentors, mentees, on)
    scores = scoring.fit(*scoring.crowds(mentor_profiles, mentee_profiles, week))
    for forbidden in forbidden_by.values():
        scores[forbidden] = FORBIDDEN
    return Inputs(
        mentors=mentors,
        mentees=mentees,
        mentor_profiles=mentor_profiles,
        mentee_profiles=mentee_profiles,
        forbidden_by=forbidden_by,
        scores=scores,
        mentor_places=tuple(free[one.pk] for one in mentors),
        mentee_places=tuple(free[one.pk] for one in mentees),
        week=week,
    )


def pool(program: Program, on: date) -> ParticipationQuerySet:
    """Everybody who waits and still meets what the program asks of their side: levels change after volunteering."""
    still_may = Q()
    for side in Side:
        still_may |= Q(side=side, person__in=programs.eligible(program, side, on=on))
    found: ParticipationQuerySet = participants.in_pool(program, on=on).filter(still_may)
    return found


def free_places(program: Program, at: datetime) -> dict[UUID, int]:
    """Places neither a pair has taken nor a proposal that waits for answers reserves."""
    reserved: Counter[UUID] = Counter()
    for mentor, mentee in Proposal.objects.filter(program=program).waiting(at).values_list("mentor_id", "mentee_id"):
        reserved.update((mentor, mentee))
    free = pairings.free_places(program, at.astimezone(UTC).date())
    return {participation: places - reserved[participation] for participation, places in free.items()}


def met_before(program: Program) -> set[tuple[UUID, UUID]]:
    """Mentors and mentees who were a pair, or one of whom said "not this one": not proposed to one another again."""
    declined = Proposal.objects.filter(program=program).declined().values_list("mentor_id", "mentee_id")
    return {*pairings.former_partners(program), *declined}


def profiles_of(participations: Iterable[Participation]) -> tuple[Profile, ...]:
    """What fit may use of each. Reads the prefetched skills. The directory's languages stand in for none given."""
    return tuple(
        Profile(
            id=one.pk,
            offers=frozenset(str(offered.skill) for offered in one.offered.all()),
            wants=tuple(str(wanted.skill) for wanted in sorted(one.wanted.all(), key=lambda wanted: wanted.rank)),
            languages=frozenset(one.languages or one.person.languages),
            ways=frozenset(one.ways),
            half_days=frozenset(one.half_days),
            time_zone=one.person.time_zone,
            site=str(one.person.site or ""),
            hobbies=frozenset(hobby.strip().casefold() for hobby in one.hobbies if hobby.strip()),
        )
        for one in participations
    )


def _forbidden(
    program: Program, mentors: Sequence[Participation], mentees: Sequence[Participation], on: date
) -> dict[str, NDArray[np.bool_]]:
    """Which rule forbids which pair: the program's rules, from their one place, and those who met before."""
    by_rule = programs.forbidden(
        program,
        *programs.facts_of_sides([mentor.person for mentor in mentors], [mentee.person for mentee in mentees], on=on),
    )
    before = by_rule.pop(DECLARED_CONFLICT)
    row = {mentor.pk: index for index, mentor in enumerate(mentors)}
    column = {mentee.pk: index for index, mentee in enumerate(mentees)}
    for mentor, mentee in met_before(program):
        if mentor in row and mentee in column:
            before[row[mentor], column[mentee]] = True
    return {**by_rule, MET_BEFORE: before}
