"""What a search goes by: the program's own terms, or others that are only tried."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple
from uuid import UUID

from matching.choices import Hand, TradeOff
from matching.models import MatchingRun, Ruling
from programs.choices import Criterion, Importance
from programs.models import Program

RULES: Final = ("level_gap", "different_function", "different_line_of_business")
"""Rules that a program chooses, and a scenario may choose otherwise. The others always hold."""

People = tuple[UUID, UUID]  # a mentor's and a mentee's participation


class Decision(NamedTuple):
    """What was decided about a pair by hand; two participations."""

    mentor: UUID
    mentee: UUID
    hand: Hand


@dataclass(frozen=True, slots=True)
class Terms:
    rules: Mapping[str, int]
    """By the name of a field in ``RULES``."""
    importances: Mapping[Criterion, Importance]
    decisions: tuple[Decision, ...]
    """In the order in which they hold."""
    places: Mapping[UUID, int] = field(default_factory=dict)
    """Of these participations at most so many partners in this search, and never more than they told."""
    trade_off: TradeOff = TradeOff.FREE

    def applied_to(self, program: Program) -> Program:
        """The program as it would be by these terms, never to be saved."""
        tried = copy(program)
        for name in RULES:
            setattr(tried, name, self.rules[name])
        tried.importances_under_edit = self.importances
        return tried

    def as_json(self) -> dict[str, Any]:
        return {
            "rules": dict(self.rules),
            "importances": {str(criterion): str(says) for criterion, says in self.importances.items()},
            "decisions": [[str(mentor), str(mentee), str(hand)] for mentor, mentee, hand in self.decisions],
            "places": {str(one): most for one, most in self.places.items()},
            "trade_off": str(self.trade_off),
        }


def terms_of_program(program: Program) -> Terms:
    """As it stands now, with what was decided by hand."""
    rows = Ruling.objects.filter(program=program).order_by("ruled_at", "pk")
    return Terms(
        rules={name: getattr(program, name) for name in RULES},
        importances=program.importances,
        decisions=tuple(Decision(mentor, mentee, Hand(hand)) for mentor, mentee, hand in rows.values_list(*_COLUMNS)),
    )


_COLUMNS: Final = ("mentor_id", "mentee_id", "hand")


def terms_of(run: MatchingRun) -> Terms:
    """What this run goes by; where it asks for nothing of its own, the program as it stands now."""
    return _read(run.terms or {}, terms_of_program(run.program))


def copied_from(run: MatchingRun, now: Terms | None = None) -> Terms:
    """What a scenario that starts from this run goes by until something is changed: as the run was made, and what is
    decided by hand ``now``."""
    asked = {part: run.settings[part] for part in ("rules", "importances") if part in run.settings}
    return _read(asked | (run.terms or {}), now or terms_of_program(run.program))


def carried_from(run: MatchingRun) -> dict[str, Any] | None:
    """What belongs to a search and not to its program: a search that repairs this one asks for it too."""
    return None if run.terms is None else {part: run.terms[part] for part in ("places", "trade_off")}


def places_asked(run: MatchingRun) -> Mapping[UUID, int]:
    """Of whom this run takes fewer partners than they have room for."""
    return {UUID(one): most for one, most in (run.terms or {}).get("places", {}).items()}


def _read(stored: Mapping[str, Any], otherwise: Terms) -> Terms:
    """What is not stored is as in ``otherwise``."""
    found: dict[str, Any] = {}
    if "rules" in stored:
        found["rules"] = {name: stored["rules"][name] for name in RULES}
    if "importances" in stored:
        told = {Criterion(criterion): Importance(says) for criterion, says in stored["importances"].items()}
        found["importances"] = {**otherwise.importances, **told}
    if "decisions" in stored:
        found["decisions"] = tuple(
            Decision(UUID(mentor), UUID(mentee), Hand(hand)) for mentor, mentee, hand in stored["decisions"]
        )
    if "places" in stored:
        found["places"] = {UUID(one): most for one, most in stored["places"].items()}
    if "trade_off" in stored:
        found["trade_off"] = TradeOff(stored["trade_off"])
    return replace(otherwise, **found)
