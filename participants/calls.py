"""Whom a coordinator may ask to volunteer, what is offered and wanted, and what a call says to whom it asks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from participants.models import Call, Called, OfferedSkill, Participation, WaitListEntry, WantedSkill
from people.models import Function, LineOfBusiness, Person, PersonQuerySet, Site
from programs import queries as program_queries
from programs.choices import Side, Stage
from programs.models import Program
from ui.components import QueueItem


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the company: people of any of these functions, lines of business and sites. Empty means all."""

    functions: Collection[Function] = ()
    lines_of_business: Collection[LineOfBusiness] = ()
    sites: Collection[Site] = ()

    @property
    def condition(self) -> Q:
        condition = Q()
        for column, wanted in (
            ("function", self.functions), ("line_of_business", self.lines_of_business), ("site", self.sites),
        ):  # fmt: skip
            if wanted:
                condition &= Q(**{f"{column}__in": wanted})
        return condition


def people_to_call(program: Program, side: Side, *, on: date, area: Area | None = None) -> PersonQuerySet:
    """Who may take this side, has never taken part in the program, and was not asked for this side before."""
    took_part = Participation.objects.filter(program=program, person=OuterRef("pk"))
    asked = Called.objects.filter(program=program, side=side, person=OuterRef("pk"))
    people: PersonQuerySet = program_queries.eligible(program, side, on=on).filter(~Exists(took_part), ~Exists(asked))
    return people.filter(area.condition) if area else people


def how_many(
    program: Program, *, side: Side, area: Area | None, people: Collection[Person] | None, on: date, words: str = ""
) -> int:
    """How many a call would ask."""
    to_call = people_to_call(program, side, on=on, area=area)
    return to_call.count() if people is None else to_call.filter(pk__in=[each.pk for each in people]).count()


def open_call(person: Person, *, program_id: int, side: Side) -> Called | None:
    """The call this person has neither followed, were it to a wait list, nor declined."""
    return _open_calls(person).filter(program=program_id, side=side).first()


def called_sides(person: Person, program: Program) -> frozenset[str]:
    """The sides on which this person was asked to join and has not answered."""
    return frozenset(_open_calls(person).filter(program=program).values_list("side", flat=True))


def may_follow(called: Called, *, on: date) -> bool:
    eligible = program_queries.eligible(called.program, Side(called.side), on=on)
    return eligible.filter(pk=called.person_id).exists()


def _open_calls(person: Person) -> QuerySet[Called]:
    followed = Participation.objects.filter(program=OuterRef("program"), person=OuterRef("person"))
    waits = WaitListEntry.objects.open().filter(
        program=OuterRef("program"), person=OuterRef("person"), side=OuterRef("side")
    )
    calls: QuerySet[Called] = (
        Called.objects.filter(person=person, declined_at=None, program__stage=Stage.ENROLMENT)
        .filter(~Exists(followed), ~Exists(waits))
        .select_related("call", "program__mentor_highest_level", "program__mentee_lowest_level")
        .order_by("pk")
    )
    return calls


def waiting_for(person: Person, *, on: date) -> list[QueueItem]:
    """Programs this person was asked to join, as long as they may and have not said no."""
    return [
        QueueItem(
            what=f"You are asked to join {called.program}",
            detail=f"As {called.program.word(called.side, article=True)}. It is your choice; “not for me” will do.",
            action="Read about it",
            url=reverse("participants:program", args=[called.program_id]),
        )
        for called in _open_calls(person)
        if may_follow(called, on=on)
    ]


# Supply and demand


@dataclass(frozen=True, slots=True)
class Demand:
    """How many people of one side can show a skill, and how many of the other want it."""

    skill: str
    offered: int
    wanted: int

    @property
    def missing(self) -> int:
        return max(0, self.wanted - self.offered)


def demand(program: Program, by: Side, *, on: date) -> list[Demand]:
    """What people of side ``by`` offer against what the other side wants, the largest want first.

    Exact numbers, for coordinators of the program alone: they may read every row that is counted.
    """
    here = Participation.objects.taking_part().filter(program=program, person__in=Person.objects.employed(on))
    offered = _people_by_skill(OfferedSkill.objects.filter(participation__in=here.on_side(by)))
    wanted = _people_by_skill(WantedSkill.objects.filter(participation__in=here.on_side(by.other)))
    lines = [Demand(skill, offered.get(skill, 0), wanted.get(skill, 0)) for skill in {*offered, *wanted}]
    return sorted(lines, key=lambda line: (-line.missing, -line.wanted, -line.offered, line.skill))


def _people_by_skill(rows: QuerySet[OfferedSkill] | QuerySet[WantedSkill]) -> dict[str, int]:
    counted = rows.order_by().values("skill__name").annotate(people=Count("pk"))
    return {row["skill__name"]: row["people"] for row in counted}


# What came of calls


@dataclass(frozen=True, slots=True)
class PastCall:
    call: Call
    asked: int
    joined: int


def past_calls(program: Program) -> list[PastCall]:
    """Whom they brought, in numbers. Who said no is not told to anybody."""
    joined = Participation.objects.filter(
        program=OuterRef("program"), person=OuterRef("person"), side=OuterRef("side"), withdrawn_at=None
    )
    counted = (
        Called.objects.filter(program=program)
        .order_by()
        .values("call")
        .annotate(asked=Count("pk"), came=Count("pk", filter=Q(Exists(joined))))
    )
    numbers = {row["call"]: row for row in counted}
    calls = Call.objects.filter(program=program, pk__in=numbers).select_related("called_by")
    return [PastCall(call, numbers[call.pk]["asked"], numbers[call.pk]["came"]) for call in calls]
