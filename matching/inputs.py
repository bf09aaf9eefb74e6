"""What a search looks at: who waits, what they said, which pairs the rules allow, and how well each would fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.db.models import Q

from matching.asides import kept_apart, partners_wished, topics_set_back
from matching.candidates import MET_BEFORE, Candidates, must
from matching.engine import FORBIDDEN, Instance, SharedHours
from matching.models import Proposal
from matching.places import Room, room_in
from matching.rounds import Ahead, rounds_waited
from matching.rulings import ByHand, by_hand
from matching.scoring import CRITERIA, Fit, Points, Profile, weights_of
from matching.terms import RULES, People, Terms, terms_of_program
from pairings import queries as pairings
from participants import queries as participants
from participants.models import Participation, ParticipationQuerySet
from programs import queries as programs
from programs.choices import Criterion, Importance, Side
from programs.models import Program
from programs.rules import PAIR_RULES, counting

_MUSTS: Final = {must(criterion): criterion for criterion in Criterion}


@dataclass(frozen=True, eq=False)
class Inputs:
    """Everybody with a free place, in a neutral order, and the instance for the engine."""

    mentors: tuple[Participation, ...]
    mentees: tuple[Participation, ...]
    candidates: Candidates
    mentor_places: tuple[int, ...]
    mentee_places: tuple[int, ...]
    shared_hours: tuple[SharedHours, ...]
    """Of people on both sides whose time does not last for all their places on both."""
    by_hand: ByHand
    floor: int | None = None
    """Pairs that fit less well are not formed."""

    @property
    def settings(self) -> dict[str, Any]:
        """What the program asked for: kept with the run, so that it can be understood when the program has changed."""
        program, fit = self.candidates.program, self.candidates.fit
        return {
            "weights": {str(criterion): weight for criterion, weight in fit.weights.items()},
            "musts": [str(criterion) for criterion in fit.musts],
            "importances": {str(criterion): str(says) for criterion, says in program.importances.items()},
            "rules": {name: getattr(program, name) for name in RULES},
            "week": fit.week.isoformat(),
        }

    @cached_property
    def scores(self) -> Points:
        return self.candidates.block(0, len(self.mentors))

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
            self.candidates,
            self.mentor_places,
            self.mentee_places,
            locked=self.by_hand.kept,
            barred=self.by_hand.barred,
            mentor_keys=self.mentor_keys,
            mentee_keys=self.mentee_keys,
            shared=self.shared_hours,
            floor=self.floor,
        )


def key(participation: UUID) -> str:
    """What decides between equally good answers: random, so neither name nor age of the account counts."""
    return participation.hex


def gather(program: Program, *, at: datetime, terms: Terms | None = None, keep: Iterable[People] = ()) -> Inputs:
    """The inputs of a search at that instant. The same people saying the same things give the same inputs.

    ``terms`` are the program's own unless others are tried. ``keep`` are pairs to hold on to besides those that were
    kept by hand, as far as they can be.
    """
    on = at.astimezone(UTC).date()
    terms = terms or terms_of_program(program)
    program = terms.applied_to(program)
    room = room_in(program, at)
    room.limit(terms.places)
    people = [one for one in with_what_they_said(pool(program, on)) if room.of(one.pk) > 0]
    people.sort(key=lambda participation: key(participation.pk))
    mentors = tuple(one for one in people if one.side == Side.MENTOR)
    mentees = tuple(one for one in people if one.side == Side.MENTEE)
    mentor_places, mentee_places = (tuple(room.of(one.pk) for one in side) for side in (mentors, mentees))
    waited = rounds_waited(program, people, reserved=room.reserved, at=at)
    candidates = candidates_of(
        program,
        mentors,
        mentees,
        on=on,
        asked=asked_now(program, at),
        ahead=Ahead.of(
            [rounds for one, rounds in zip(people, waited, strict=True) if one.side == Side.MENTOR],
            [rounds for one, rounds in zip(people, waited, strict=True) if one.side == Side.MENTEE],
            pairs=min(sum(mentor_places), sum(mentee_places)),
        ),
    )
    return Inputs(
        mentors=mentors,
        mentees=mentees,
        candidates=candidates,
        mentor_places=mentor_places,
        mentee_places=mentee_places,
        shared_hours=tuple(_shared_hours(mentors, mentees, room)),
        by_hand=by_hand(terms.decisions, candidates, mentors, mentees, room, keep),
    )


def _shared_hours(
    mentors: Sequence[Participation], mentees: Sequence[Participation], room: Room
) -> Iterator[SharedHours]:
    column = {mentee.person_id: index for index, mentee in enumerate(mentees)}
    for row, mentor in enumerate(mentors):
        if mentor.person_id in column:
            mentee = mentees[column[mentor.person_id]]
            as_mentor, as_mentee, left = room.takes(mentor.pk), room.takes(mentee.pk), room.minutes_left(mentor.pk)
            if room.of(mentor.pk) * as_mentor + room.of(mentee.pk) * as_mentee > left:
                yield SharedHours(row, column[mentor.person_id], as_mentor, as_mentee, left)


def with_what_they_said(participations: ParticipationQuerySet) -> ParticipationQuerySet:
    """All that :func:`candidates_of` reads, in a constant number of queries."""
    said: ParticipationQuerySet = participations.select_related(
        "program", "person__function", "person__line_of_business", "person__level", "person__site"
    ).prefetch_related("offered__skill", "wanted__skill")
    return said


def candidates_of(
    program: Program,
    mentors: Sequence[Participation],
    mentees: Sequence[Participation],
    *,
    on: date,
    asked: Iterable[tuple[UUID, UUID]] = (),
    ahead: Ahead | None = None,
) -> Candidates:
    """Every pair of these two sides, as the program judges them on that day. Reads the prefetched skills.

    ``asked`` are those who are asked about one another as things stand: the search does not ask them twice.
    """
    apart = met_before(program).union(asked)
    row = {mentor.pk: index for index, mentor in enumerate(mentors)}
    column = {mentee.pk: index for index, mentee in enumerate(mentees)}
    return Candidates.of(
        program,
        *programs.facts_of_sides([mentor.person for mentor in mentors], [mentee.person for mentee in mentees], on=on),
        fit_of(program, mentors, mentees),
        ((row[mentor], column[mentee]) for mentor, mentee in apart if mentor in row and mentee in column),
        ahead,
    )


def fit_of(program: Program, mentors: Sequence[Participation], mentees: Sequence[Participation]) -> Fit:
    """How well everybody of the one side fits everybody of the other, by what counts in this program."""
    importances = counting(program, program.importances)
    return Fit(
        profiles_of(mentors, program),
        profiles_of(mentees, program),
        weights=weights_of(importances),
        musts=[criterion for criterion, importance in importances.items() if importance is Importance.MUST],
        week=program.starts_on,
    )


def reasons_against(
    program: Program,
    pairs: Sequence[tuple[Participation, Participation]],
    *,
    on: date,
    asked: Iterable[tuple[UUID, UUID]] = (),
) -> list[list[str]]:
    """For each mentor and mentee of the program, what keeps the two apart on that day, in sentences; nothing if they
    may be paired. Whether the two take part and have a free place is asked elsewhere.

    A search, sending, and a pair made by hand ask the same. A constant number of queries.
    """
    wanted = {participation.pk for pair in pairs for participation in pair}
    people = list(with_what_they_said(Participation.objects.filter(pk__in=wanted)))
    sides = [tuple(one for one in people if one.side == side) for side in (Side.MENTOR, Side.MENTEE)]
    place = {one.pk: index for side in sides for index, one in enumerate(side)}
    rows, columns = (np.array([place[pair[side].pk] for pair in pairs], dtype=np.intp) for side in (0, 1))
    apart = candidates_of(program, *sides, on=on, asked=asked).apart(rows, columns)
    return [[words_of(name) for name, where in apart.items() if where[index]] for index in range(len(pairs))]


def words_of(rule: str) -> str:
    """The sentence of what keeps two people apart. What rests on a confidence has one for all of it."""
    if rule == MET_BEFORE:
        return "They were a pair or were proposed to one another before, or another rule keeps the two apart."
    if rule in _MUSTS:
        return f"This program makes no pair without {CRITERIA[_MUSTS[rule]].asks_for}."
    return next(each.words for each in PAIR_RULES if each.name == rule)


def pool(program: Program, on: date) -> ParticipationQuerySet:
    """Everybody who waits and still meets what the program asks of their side: levels change after volunteering.

    Whoever asked to be left out for a while is among them and has no free place: see ``places.room_in``.
    """
    still_may = Q()
    for side in Side:
        still_may |= Q(side=side, person__in=programs.eligible(program, side, on=on))
    found: ParticipationQuerySet = participants.in_pool(program, on=on).filter(still_may)
    return found


def met_before(program: Program) -> set[tuple[UUID, UUID]]:
    """Mentors and mentees who were a pair, or one of whom said "not this one": not proposed to one another again.

    Who said so in another program is among them only where they asked for it.
    """
    declined = Proposal.objects.filter(program=program).declined().values_list("mentor_id", "mentee_id")
    return {*pairings.former_partners(program), *declined, *kept_apart(program)}


def asked_now(program: Program, at: datetime) -> set[tuple[UUID, UUID]]:
    """Mentors and mentees whose proposal waits for an answer; both may have a place for somebody else besides."""
    return set(Proposal.objects.filter(program=program).waiting(at).values_list("mentor_id", "mentee_id"))


def profiles_of(participations: Sequence[Participation], program: Program) -> tuple[Profile, ...]:
    """What fit may use of each in that program. Reads the prefetched skills. The directory's languages stand in for
    none given."""
    set_back, wished = topics_set_back(participations), partners_wished(participations)
    left_open = _left_open(program)
    return tuple(
        replace(_profile_of(one, left_open), set_back=set_back[one.pk], partners_wished=wished[one.pk])
        for one in participations
    )


def _profile_of(one: Participation, left_open: Sequence[str]) -> Profile:
    offered, wanted = one.offered.all(), sorted(one.wanted.all(), key=lambda wanted: wanted.rank)
    return Profile(
        id=one.pk,
        offers=frozenset(str(each.skill) for each in offered),
        wants=tuple(str(each.skill) for each in wanted),
        languages=frozenset(one.languages or one.person.languages),
        ways=frozenset(one.ways),
        half_days=frozenset(one.half_days),
        time_zone=one.person.time_zone,
        site=str(one.person.site or ""),
        hobbies=frozenset(hobby.strip().casefold() for hobby in one.hobbies if hobby.strip()),
        offered_levels={str(each.skill): each.level for each in offered if each.level is not None},
        wanted_levels={str(each.skill): each.level for each in wanted if each.level is not None},
        areas={kind: str(getattr(one.person, kind) or "") for kind in left_open},
    )


def _left_open(program: Program) -> list[str]:
    """Kinds of area of which the rules do not say that the two must differ."""
    asked_for = {"function": program.different_function, "line_of_business": program.different_line_of_business}
    return [kind for kind, forced in asked_for.items() if not forced]
