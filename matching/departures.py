"""Where a search goes by something else than its program, in sentences; and what using it would change."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q

from matching.choices import Hand, RunState, TradeOff
from matching.models import MatchingRun
from matching.terms import Decision, Terms, copied_from, terms_of_program
from participants.models import Participation
from programs.choices import Importance
from programs.models import Program
from programs.rules import counted

_SOMEBODY: Final = "Somebody who has left"
_HANDS: Final = {Hand.KEEP: "are kept together", Hand.NEVER: "are never paired"}


@dataclass(frozen=True, slots=True)
class Departures:
    of_program: tuple[str, ...]
    """Rules and importances: the program would have to change."""
    of_pairs: tuple[str, ...]
    """Pairs decided about by hand."""
    of_search: tuple[str, ...]
    """Places and fairness: they concern this search alone."""

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.of_program, *self.of_pairs, *self.of_search)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What using a scenario would do now."""

    of_program: tuple[str, ...]
    of_pairs: tuple[str, ...]
    of_search: tuple[str, ...]
    set_aside: tuple[MatchingRun, ...]
    """Searches that could have been sent instead."""
    mark: str
    """Changes with any of it, so that nobody agrees to something else than they read."""


def departures_of(runs: Sequence[MatchingRun]) -> list[Departures]:
    """Of runs of one program, from what it asks for now; three queries, however many they are."""
    if not runs:
        return []
    now = terms_of_program(runs[0].program)
    asked = [copied_from(run, now) for run in runs]
    names = names_in([*asked, now])
    return [departures(runs[0].program, terms, now, names) for terms in asked]


def departures(program: Program, terms: Terms, now: Terms, names: Mapping[UUID, str]) -> Departures:
    return Departures(
        tuple(_of_program(program, terms, now)),
        tuple(_of_pairs(terms, now, names)),
        tuple(_of_search(terms, names)),
    )


def outcome_of_using(run: MatchingRun) -> Outcome:
    found = departures_of([run])[0]
    base = run.scenario.base_id
    rivals = MatchingRun.objects.filter(Q(pk=base) | Q(scenario__base=base), state=RunState.SOLVED).exclude(pk=run.pk)
    set_aside = tuple(rivals.select_related("scenario").defer("certificate").order_by("requested_at", "pk"))
    text = "\n".join((*found.of_program, *found.of_pairs, *(str(each.pk) for each in set_aside)))
    mark = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Outcome(found.of_program, found.of_pairs, found.of_search, set_aside, mark)


def names_in(every: Sequence[Terms]) -> dict[UUID, str]:
    """Of every participation that is named in these terms."""
    wanted = {one for terms in every for one in terms.places}
    wanted |= {one for terms in every for decision in terms.decisions for one in (decision.mentor, decision.mentee)}
    if not wanted:
        return {}
    found = Participation.objects.filter(pk__in=wanted).select_related("person").only("person")
    return {one.pk: one.person.name for one in found}


def _of_program(program: Program, terms: Terms, now: Terms) -> Iterator[str]:
    if (gap := terms.rules["level_gap"]) != now.rules["level_gap"]:
        levels = counted(gap, "level")
        yield (
            f"{program.word('mentor', plural=True, capital=True)} stand at least {levels} below "
            f"{program.word('mentee', plural=True)}; the program asks for {now.rules['level_gap']}."
        )
    for name, place in (("different_function", "function"), ("different_line_of_business", "line of business")):
        if terms.rules[name] and not now.rules[name]:
            yield f"No pairs within one {place}; the program allows them."
        elif now.rules[name] and not terms.rules[name]:
            yield f"Pairs within one {place} are allowed; the program rules them out."
    for criterion, says in terms.importances.items():
        if says != now.importances[criterion]:
            yield f"“{criterion.label}” {_counts(says)}; in the program it {_counts(now.importances[criterion])}."


def _counts(importance: Importance) -> str:
    match importance:
        case Importance.OFF:
            return "does not count"
        case Importance.MUST:
            return "is a must"
        case _:
            return f"counts {importance.label.lower()}"


def _of_pairs(terms: Terms, now: Terms, names: Mapping[UUID, str]) -> Iterator[str]:
    asked, decided = _by_pair(terms.decisions), _by_pair(now.decisions)
    for pair in {**decided, **asked}:
        if asked.get(pair) != decided.get(pair):
            hand = asked.get(pair)
            if hand is None:
                yield f"{_both(pair, names)} are left to the search."
            else:
                yield decision_in_words(Decision(*pair, hand), names)


def decision_in_words(decision: Decision, names: Mapping[UUID, str]) -> str:
    return f"{_both((decision.mentor, decision.mentee), names)} {_HANDS[decision.hand]}."


def limit_in_words(participation: UUID, most: int, names: Mapping[UUID, str]) -> str:
    partners = f"takes at most {counted(most, 'partner')}" if most else "takes nobody"
    return f"{names.get(participation, _SOMEBODY)} {partners} in this search."


def _both(pair: tuple[UUID, UUID], names: Mapping[UUID, str]) -> str:
    return " and ".join(names.get(one, _SOMEBODY) for one in pair)


def _by_pair(decisions: Sequence[Decision]) -> dict[tuple[UUID, UUID], Hand]:
    return {(decision.mentor, decision.mentee): decision.hand for decision in decisions}


def _of_search(terms: Terms, names: Mapping[UUID, str]) -> Iterator[str]:
    for one, most in terms.places.items():
        yield limit_in_words(one, most, names)
    if terms.trade_off == TradeOff.FAIREST:
        yield "The weakest pair is as strong as it can be, whatever that costs the total fit."
    elif terms.trade_off != TradeOff.FREE:
        yield f"A stronger weakest pair may cost {terms.trade_off.label[0].lower()}{terms.trade_off.label[1:]}."
