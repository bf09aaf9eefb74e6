"""Free places: what pairs, waiting proposals and the hours told leave of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Prefetch, Q

from matching import rules
from matching.models import Aside, Proposal
from pairings import queries as pairings
from participants.models import Participation, ParticipationQuerySet
from programs.choices import Stage
from programs.models import Program


@dataclass(frozen=True, slots=True)
class Room:
    """Who can take how many more partners, also while places are taken one pair after the other.

    The places on one side are a participation's own; the time for them is the person's, on both sides.
    """

    places: Counter[UUID]
    share: dict[UUID, tuple[int, int]]
    """By participation: the person, and the minutes a month that each partner takes."""
    minutes: Counter[int]
    """By person: what is left."""
    reserved: Counter[UUID]
    """By participation: proposals that wait for answers, or are over without both knowing it yet."""

    def of(self, participation: UUID) -> int:
        """How many more partners this participation can take; none where it does not take part."""
        if participation not in self.share:
            return 0
        return max(0, min(self.places[participation], self.minutes_left(participation) // self.takes(participation)))

    def takes(self, participation: UUID) -> int:
        return self.share[participation][1]

    def minutes_left(self, participation: UUID) -> int:
        return self.minutes[self.share[participation][0]]

    def take(self, mentor: UUID, mentee: UUID) -> None:
        for participation in (mentor, mentee):
            person, minutes = self.share[participation]
            self.places[participation] -= 1
            self.minutes[person] -= minutes

    def limit(self, places: Mapping[UUID, int]) -> None:
        """Let these take so many partners at most; nobody takes more by it."""
        for participation, most in places.items():
            if participation in self.places:
                self.places[participation] = min(self.places[participation], most)

    def has_for(self, mentor: UUID, mentee: UUID) -> bool:
        return min(self.of(mentor), self.of(mentee)) > 0


def free_places(program: Program, at: datetime) -> dict[UUID, int]:
    """How many more partners each participation could take if nobody took a partner anywhere else."""
    room = room_in(program, at)
    return {participation: room.of(participation) for participation in room.places}


def room_in(program: Program, at: datetime) -> Room:
    """Places neither a pair has taken nor a proposal reserves, and hours that are left.

    What somebody tells for one program comes on top of what they tell for another, and so their line managers are
    asked. Each partner takes an equal share of the hours told where they meet. Where somebody gives more than they told
    (fewer places now than partners, or a pair that goes on after they withdrew), it is missing in the other programs
    and on the other side. Whoever asked to be left out for a while has no free place here.
    """
    on = at.astimezone(UTC).date()
    everybody = Participation.objects.filter(
        person__in=Participation.objects.filter(program=program).taking_part().values("person")
    )
    reserved = _reserved(everybody, at)
    paired = pairings.taken_places(everybody, on)
    taken = reserved + paired
    room = Room(places=Counter(), share={}, minutes=Counter(), reserved=reserved)
    rows = everybody.order_by().values_list(
        "pk", "program_id", "program__stage", "person_id", "hours_a_month", "places", "withdrawn_at"
    )
    for pk, where, stage, person, hours, places, withdrawn_at in rows:
        told, each = 60 * hours, 60 * hours // places
        room.minutes[person] -= taken[pk] * each
        if withdrawn_at is None:
            # Of a program that is over only the pairs that go on count.
            room.minutes[person] += told if stage != Stage.CLOSED else min(told, taken[pk] * each)
            if where == program.pk:
                room.share[pk] = person, each
                room.places[pk] = max(0, places - paired[pk]) - reserved[pk]
    room.limit(dict.fromkeys(_staying_out(program, at), 0))
    return room


def _staying_out(program: Program, at: datetime) -> Iterator[UUID]:
    """Who said "not now" to a proposal that both know to be over.

    Before that a count would tell whose "not this one" it was, and in that minute.
    """
    said = Aside.objects.staying_out(at.astimezone(UTC).date()).filter(participation__program=program).order_by()
    proposals = Prefetch("proposal", Proposal.objects.with_ends())
    for each in said.only("participation", "proposal").prefetch_related(proposals):
        if (free := rules.frees_at(each.proposal)) and free <= at:
            yield each.participation_id


def _reserved(participations: ParticipationQuerySet, at: datetime) -> Counter[UUID]:
    of_these = Q(mentor__in=participations) | Q(mentee__in=participations)
    waiting = Proposal.objects.waiting(at).filter(of_these).order_by()
    reserved = Counter(pk for pair in waiting.values_list("mentor_id", "mentee_id") for pk in pair)
    for proposal in Proposal.objects.ended_lately(at).filter(of_these).with_ends().order_by():
        if (free := rules.frees_at(proposal)) and free > at:
            reserved.update((proposal.mentor_id, proposal.mentee_id))
    return reserved
