"""Questions about programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.views.decorators.debug import sensitive_variables

from people.models import Person, PersonQuerySet
from privacy.sealing import CannotUnseal, unseal
from programs import documents, rules
from programs.choices import LEARNED_IN, About, Duty, Side, Stage
from programs.facts import UNKNOWN, Facts, Row, facts_of_sides, sides_without_conflicts
from programs.models import DeclaredConflict, Learning, Program, ProgramDuty, ProgramQuerySet, ProgramTemplate

__all__ = [
    "Conflict",
    "Eligibility",
    "Facts",
    "Removed",
    "conflicts_declared_by",
    "coordinators",
    "eligibility",
    "eligible",
    "learnings",
    "reason_of",
    "reviewed_by",
    "templates_on_offer",
]
__all__ += ["facts_of_sides", "forbidden", "supervisors", "visible_to", "with_duty"]

CELLS_AT_A_TIME = 2_000_000
"""Pairs judged in one go while counting: a few megabytes for each rule, whatever the size of the company."""


def visible_to(person: Person) -> ProgramQuerySet:
    """Programs this person may know of.

    Somebody with a duty in a program sees it at every stage. Executives and administrators see all that have left the
    draft. Everybody else sees what is enrolling at a level they have; whoever is too new for it is told so there.
    Programs in which somebody already takes part are added by the participants app, which knows.
    """
    has_duty = Exists(ProgramDuty.objects.held().filter(program=OuterRef("pk"), person_id=person.pk))
    seen = Q(has_duty)
    if person.is_executive or person.is_administrator:
        seen |= ~Q(stage=Stage.DRAFT)
    if person.level is not None:
        rank = person.level.rank
        seen |= Q(stage=Stage.ENROLMENT) & (
            Q(mentor_highest_level__rank__gte=rank) | Q(mentee_lowest_level__rank__lte=rank)
        )
    programs: ProgramQuerySet = Program.objects.filter(seen)
    return programs.select_related("mentor_highest_level", "mentee_lowest_level")


def with_duty(program: Program, duty: Duty) -> PersonQuerySet:
    """People who have this duty in the program, in the order of their names."""
    holders: PersonQuerySet = Person.objects.filter(duties__program=program, duties__duty=duty)
    return holders.order_by("sort_name", "pk")


def coordinators(program: Program) -> PersonQuerySet:
    """Those of them who are coordinators in the directory, too."""
    return with_duty(program, Duty.COORDINATOR).filter(is_coordinator=True)


def supervisors(program: Program) -> PersonQuerySet:
    return with_duty(program, Duty.SUPERVISOR)


def eligible(program: Program, side: Side, *, on: date) -> PersonQuerySet:
    """Everybody who may take this side on that day; ``program`` may be one that is still being edited."""
    found: PersonQuerySet = Person.objects.filter(rules.side_condition(program, side, on))
    return found


def forbidden(program: Program, mentors: Facts, mentees: Facts) -> dict[str, rules.Forbidden]:
    """For each rule by name, which mentor (row) it keeps from which mentee (column)."""
    return {rule.name: rule.forbids(program, mentors.as_rows(), mentees) for rule in rules.PAIR_RULES}


@dataclass(frozen=True, slots=True)
class Removed:
    """How many of all combinations one rule keeps apart; several rules may keep the same two apart."""

    rule: str
    label: str
    pairs: int
    of: int

    @property
    def words(self) -> str:
        if not self.pairs:
            return f"{self.label}: removes nothing."
        return f"{self.label}: removes {self.pairs:,} of {rules.counted(self.of, 'combination')}."


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Who could take part, counted over the whole directory. ``possible_pairs`` passes every rule."""

    mentors: int
    mentees: int
    possible_pairs: int
    mentors_without: int
    mentees_without: int
    removed: tuple[Removed, ...]

    @property
    def in_words(self) -> tuple[str, str, str]:
        return (
            rules.counted(self.mentors, "mentor"),
            rules.counted(self.mentees, "mentee"),
            rules.counted(self.possible_pairs, "possible pair"),
        )

    @property
    def worth_saying(self) -> tuple[Removed, ...]:
        """What each rule removes. That nobody meets themselves goes without saying until somebody fits both sides."""
        return tuple(rule for rule in self.removed if rule.pairs or rule.rule != "same_person")

    @property
    def left_over(self) -> tuple[str, ...]:
        """Who the rules keep from everybody on the other side, in sentences without names."""
        both = ((self.mentors_without, "mentor"), (self.mentees_without, "mentee"))
        return tuple(f"{rules.counted(number, side)} could be paired with nobody." for number, side in both if number)


def eligibility(program: Program, *, on: date) -> Eligibility:
    """Count both sides and the pairs the rules allow, exactly; ``program`` need not be saved.

    Declared conflicts are left out: a number that changes by one on the day somebody declares one would give it away.
    So there may be a few possible pairs less than counted; wherever two people are paired, the rule holds.
    """
    counted = [rule for rule in rules.PAIR_RULES if rule.counted]
    mentors, mentees = sides_without_conflicts(
        *(eligible_rows(program, side, on) for side in (Side.MENTOR, Side.MENTEE))
    )
    removed = dict.fromkeys((rule.name for rule in counted), 0)
    possible = mentors_without = 0
    reached = np.zeros(len(mentees), dtype=np.bool_)
    for block in _blocks(len(mentors), len(mentees)):
        some = mentors.part(block).as_rows()
        apart = np.zeros((len(some), len(mentees)), dtype=np.bool_)
        for rule in counted:
            matrix = rule.forbids(program, some, mentees)
            removed[rule.name] += int(np.count_nonzero(matrix))
            apart |= matrix
        possible += apart.size - int(np.count_nonzero(apart))
        mentors_without += int(np.count_nonzero(apart.all(axis=1)))
        reached |= ~apart.all(axis=0)
    return Eligibility(
        mentors=len(mentors),
        mentees=len(mentees),
        possible_pairs=possible,
        mentors_without=mentors_without,
        mentees_without=len(mentees) - int(np.count_nonzero(reached)),
        removed=tuple(
            Removed(rule.name, rule.label, removed[rule.name], of=len(mentors) * len(mentees)) for rule in counted
        ),
    )


def eligible_rows(program: Program, side: Side, on: date) -> list[Row]:
    """What the directory says of everybody who may take this side on that day, for whoever only counts."""
    columns = (Coalesce(name, UNKNOWN) for name in ("level__rank", "function_id", "line_of_business_id"))
    return list(eligible(program, side, on=on).order_by("pk").values_list("pk", *columns))


def _blocks(rows: int, columns: int) -> Iterator[slice]:
    step = max(1, CELLS_AT_A_TIME // max(1, columns))
    return (slice(start, start + step) for start in range(0, rows, step))


@dataclass(frozen=True, slots=True)
class KeptTemplate:
    """A template of the company on the page where a program is added; ``refused`` says why it cannot be used."""

    template: ProgramTemplate
    refused: str = ""


def templates_on_offer() -> list[KeptTemplate]:
    return [_kept(template) for template in ProgramTemplate.objects.on_offer().select_related("saved_by")]


def _kept(template: ProgramTemplate) -> KeptTemplate:
    try:
        documents.remembered(template)
    except documents.DocumentRefused as refusal:
        return KeptTemplate(template, " ".join(refusal.messages))
    return KeptTemplate(template)


def reviewed_by(person: Person) -> ProgramQuerySet:
    """Programs this person coordinates whose pairs have begun to meet."""
    programs: ProgramQuerySet = Program.objects.filter(stage__in=LEARNED_IN).coordinated_by(person)
    return programs


def learnings(program: Program) -> dict[About, list[Learning]]:
    """The notes on a program under what they are about, in the order of its form, with their writers. For coordinators
    of the program, or of one that grows out of it."""
    found: dict[About, list[Learning]] = {about: [] for about in About}
    for learning in program.learnings.select_related("written_by"):
        found[About(learning.about)].append(learning)
    return found


@dataclass(frozen=True, slots=True)
class Conflict:
    """One declaration, for whoever made it. ``reason`` is None where it cannot be opened any more."""

    id: UUID
    one: Person
    other: Person
    kind: str
    reason: str | None
    until: date | None
    over: bool


@sensitive_variables()
def conflicts_declared_by(person: Person, *, on: date) -> list[Conflict]:
    """What this person has declared and not withdrawn, the newest first, with the reasons opened for them alone.

    Where the person is one of the two, they stand first.
    """
    rows = DeclaredConflict.objects.declared_by(person).filter(withdrawn_at=None)
    return [
        Conflict(
            id=row.pk,
            one=row.other if row.other_id == person.pk else row.one,
            other=row.one if row.other_id == person.pk else row.other,
            kind=row.get_kind_display(),
            reason=reason_of(row),
            until=row.until,
            over=row.until is not None and row.until < on,
        )
        for row in rows.select_related("one", "other", "data_key")
    ]


@sensitive_variables()
def reason_of(conflict: DeclaredConflict) -> str | None:
    """For whoever declared it: empty where none was given, None where it cannot be opened any more."""
    if conflict.reason is None:
        return ""
    try:
        return unseal(conflict.reason, key=conflict.data_key, row=conflict.row("reason"))
    except CannotUnseal:
        return None
