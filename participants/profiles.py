"""What each reader may see of a profile: ``privacy.policy`` as data, and the one place that opens it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Final

from django.views.decorators.debug import sensitive_variables

from participants import questions
from participants.choices import HalfDay, Relation, Way
from participants.models import Participation
from people.choices import Language
from people.models import Person
from privacy.sealing import CannotUnseal, unseal
from programs.choices import Side
from programs.models import Program

_PROFILE: Final = frozenset(
    {"offered", "wanted", "hobbies", "languages", "ways", "half_days", "where_to_meet", "places", "hours_a_month"}
)
_TAKING_PART: Final = frozenset({"program", "side"})
_INTRODUCTION: Final = frozenset({"number_one", "background"})

SEEN_BY: Final[Mapping[Relation, frozenset[str]]] = {
    Relation.ONESELF: _TAKING_PART
    | _PROFILE
    | _INTRODUCTION
    | {"introduce", "not_discussed", "answers", "charter_signed_at", "charter_complete"},
    Relation.PARTNER: _TAKING_PART | _PROFILE | _INTRODUCTION | {"not_discussed", "charter_complete"},
    Relation.PROPOSED: _TAKING_PART | _PROFILE,
    Relation.COORDINATOR: _TAKING_PART
    | _PROFILE
    | _INTRODUCTION
    | {"answers", "charter_signed_at", "charter_complete"},
    Relation.SUPERVISOR: _TAKING_PART,
    Relation.LINE_MANAGER: frozenset({"program", "hours_a_month"}),
    Relation.EXECUTIVE: frozenset(),
    Relation.ADMINISTRATOR: _TAKING_PART,
    Relation.STRANGER: frozenset(),
}
SEEN_IF_INTRODUCED: Final = _INTRODUCTION


@dataclass(frozen=True, slots=True)
class ShownProfile:
    """A profile as one reader may see it. ``None`` means: not for this reader. Lists are in words."""

    person: Person
    program: Program | None = None
    side: Side | None = None
    offered: tuple[str, ...] | None = None
    wanted: tuple[str, ...] | None = None
    number_one: str | None = field(default=None, repr=False)
    background: str | None = field(default=None, repr=False)
    introduce: bool | None = None
    hobbies: tuple[str, ...] | None = None
    languages: tuple[str, ...] | None = None
    ways: tuple[str, ...] | None = None
    half_days: tuple[str, ...] | None = None
    where_to_meet: str | None = None
    places: int | None = None
    hours_a_month: int | None = None
    not_discussed: str | None = field(default=None, repr=False)
    answers: tuple[questions.ShownAnswer, ...] | None = field(default=None, repr=False)
    charter_signed_at: object | None = None
    charter_complete: bool | None = None


def fields_seen(participation: Participation, relation: Relation) -> frozenset[str]:
    """Names of the fields this reader may see; somebody proposed sees the introduction if the person allowed it."""
    seen = SEEN_BY[relation]
    if relation is Relation.PROPOSED and participation.introduce:
        seen |= SEEN_IF_INTRODUCED
    return seen


@sensitive_variables()
def profile_shown_to(participation: Participation, reader_relation: Relation) -> ShownProfile:
    """The one place that decides which fields a reader sees. Sealed text is opened only for its readers."""
    seen = fields_seen(participation, reader_relation)
    readings = {
        "program": lambda: participation.program,
        "side": lambda: Side(participation.side),
        "offered": lambda: tuple(each.words for each in participation.offered.all()),
        "wanted": lambda: tuple(each.words for each in participation.wanted.all()),
        "number_one": lambda: participation.number_one,
        "background": lambda: participation.background,
        "introduce": lambda: participation.introduce,
        "hobbies": lambda: tuple(participation.hobbies),
        "languages": lambda: labels(participation.languages, Language),
        "ways": lambda: labels(participation.ways, Way),
        "half_days": lambda: labels(participation.half_days, HalfDay),
        "where_to_meet": lambda: participation.where_to_meet,
        "places": lambda: participation.places,
        "hours_a_month": lambda: participation.hours_a_month,
        "not_discussed": lambda: not_discussed(participation),
        "answers": lambda: questions.shown(participation),
        "charter_signed_at": lambda: participation.charter_signed_at,
        "charter_complete": lambda: participation.charter_signed_at is not None,
    }
    return ShownProfile(person=participation.person, **{name: readings[name]() for name in seen})  # type: ignore[arg-type]


PROFILE_FIELDS: Final = tuple(each.name for each in fields(ShownProfile) if each.name != "person")


def labels(codes: Iterable[str], choices: type[Language | Way | HalfDay]) -> tuple[str, ...]:
    """The words for stored codes, in the order of the choices."""
    chosen = set(codes)
    return tuple(str(choice.label) for choice in choices if choice.value in chosen)


@sensitive_variables()
def not_discussed(participation: Participation) -> str:
    """The text in clear, for the person and the partner alone; empty when there is none or it was erased."""
    if participation.not_discussed is None:
        return ""
    try:
        return unseal(participation.not_discussed, key=participation.data_key, row=participation.row("not_discussed"))
    except CannotUnseal:
        return ""
