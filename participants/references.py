"""References of mentors: where they stand, and who may read what.

The mentor learns that referees are asked, and that it is complete; never an answer, nor who has answered. Answers are
for coordinators of the program who never were candidates in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from participants import rules
from participants.choices import RefereesReply, ReferencesState
from participants.models import Participation, ParticipationQuerySet, Reference, ReferencesDecision
from people.models import Person
from privacy.sealing import CannotUnseal, unseal
from programs.choices import Side
from programs.models import Program, ProgramQuerySet

_signer = Signer(salt="participants.reference")


# The link in the mail


def link_of(reference: Reference) -> str:
    """Opens the question without signing in. It ends with the answer, and after ``rules.REFERENCE_GOOD_FOR``."""
    return reverse("participants:refer", args=[_signer.sign(str(reference.pk))])


def reference_named_by(token: str, *, at: datetime) -> Reference | None:
    """The reference of a link that we signed; None for any other link, and where the mentor has withdrawn since, or one
    of the two does not work here any more."""
    try:
        key = UUID(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None
    asked: Reference | None = (
        Reference.objects.select_related("participation__program", "participation__person", "referee", "data_key")
        .filter(pk=key, participation__withdrawn_at=None)
        .first()
    )
    if asked is None:
        return None
    both: tuple[Person, Person] = (asked.referee, asked.participation.person)
    return asked if all(each.works_here(at.astimezone(each.zone).date()) for each in both) else None


# Where they stand


def state_of(participation: Participation, *, at: datetime | None = None) -> ReferencesState:
    """Without ``at``, whether referees have waited too long is left open: the mentor is told no difference."""
    wanted = rules.references_wanted(participation)
    if not wanted:
        return ReferencesState.NOT_WANTED
    decision = _decision_about(participation)
    if decision is not None:
        return ReferencesState.ENOUGH if decision.enough else ReferencesState.NOT_ENOUGH
    references = list(participation.references.all())
    if len(references) < wanted:
        return ReferencesState.TO_NAME
    if all(each.reply == RefereesReply.YES for each in references):
        return ReferencesState.ENOUGH
    doubted = any(each.reply not in (None, RefereesReply.YES) for each in references)
    late = at is not None and any(
        each.reply is None and at >= each.asked_at + rules.REFERENCE_WAITS for each in references
    )
    return ReferencesState.TO_DECIDE if doubted or late else ReferencesState.ASKED


def _decision_about(participation: Participation) -> ReferencesDecision | None:
    try:
        return participation.references_decision
    except ReferencesDecision.DoesNotExist:
        return None


# What coordinators read


def programs_read_by(person: Person) -> ProgramQuerySet:
    """Programs whose references this person reads: coordinated by them, and never joined by them."""
    programs: ProgramQuerySet = Program.objects.coordinated_by(person).exclude(
        pk__in=Participation.objects.filter(person=person).values("program")
    )
    return programs


@dataclass(frozen=True, slots=True)
class ReadReference:
    referee: Person
    asked_at: datetime
    reply: RefereesReply | None
    remark: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ReadReferences:
    """One mentor's references, as a coordinator reads them."""

    participation: Participation
    state: ReferencesState
    references: tuple[ReadReference, ...]
    may_decide: bool


def may_be_decided(participation: Participation, *, at: datetime) -> bool:
    """Where an answer or its absence leaves it open, and again where it was decided. Where all say yes it is not."""
    decided = _decision_about(participation) is not None
    return decided or state_of(participation, at=at) is ReferencesState.TO_DECIDE


@sensitive_variables()
def references_in(program: Program, *, at: datetime) -> list[ReadReferences]:
    """Every mentor who takes part, first those a coordinator has to decide about."""
    mentors = (
        _mentors([program.pk])
        .select_related("program", "person__site", "references_decision")
        .prefetch_related("references__data_key", "references__referee__site")
        .order_by("person__sort_name", "pk")
    )
    found = [_read(mentor, at) for mentor in mentors]
    return sorted(found, key=lambda each: each.state != ReferencesState.TO_DECIDE)


def to_decide(programs: Collection[Program], *, at: datetime) -> dict[int, list[date]]:
    """For each mentor of these programs who waits for a coordinator's decision, the day on which their first referee
    was asked; by the program's key, in two queries however many programs."""
    asking = {program.pk: program for program in programs if program.references_asked}
    found: dict[int, list[date]] = defaultdict(list)
    if not asking:
        return found
    for mentor in _mentors(asking).order_by().prefetch_related("references"):
        mentor.program = asking[mentor.program_id]
        if state_of(mentor, at=at) is ReferencesState.TO_DECIDE:
            found[mentor.program_id].append(min(each.asked_at for each in mentor.references.all()).date())
    return found


def _mentors(programs: Iterable[int]) -> ParticipationQuerySet:
    mentors: ParticipationQuerySet = (
        Participation.objects.taking_part()
        .filter(program__in=programs)
        .on_side(Side.MENTOR)
        .select_related("references_decision")
        .defer("not_discussed")
    )
    return mentors


@sensitive_variables()
def _read(mentor: Participation, at: datetime) -> ReadReferences:
    return ReadReferences(
        mentor, state_of(mentor, at=at), tuple(_shown(mentor.references.all())), may_be_decided(mentor, at=at)
    )


@sensitive_variables()
def _shown(references: Iterable[Reference]) -> Iterable[ReadReference]:
    for each in references:
        reply = RefereesReply(each.reply) if each.reply else None
        yield ReadReference(each.referee, each.asked_at, reply, remark_of(each))


@sensitive_variables()
def remark_of(reference: Reference) -> str:
    """For its referee and for coordinators who may read it; empty where none was written or it was erased."""
    if reference.remark is None:
        return ""
    try:
        return unseal(reference.remark, key=reference.data_key, row=reference.row("remark"))
    except CannotUnseal:
        return ""
