"""What comes after a pair: whether a search looks for somebody else, and that the two do not judge one another."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from pairings import rules
from pairings.models import Pairing, PairingQuerySet
from people.models import Person
from programs.choices import Side
from programs.models import Program


def is_looked_for(pairing: Pairing, person: Person, *, on: date) -> bool:
    """Whether this one of the two may be matched again in the program once the pair is over."""
    own = pairing.mentor if pairing.side_of(person) is Side.MENTOR else pairing.mentee
    pairs_start = pairing.program.stage in rules.STAGES_WITH_PAIRS and on <= pairing.program.ends_on
    return pairs_start and own.withdrawn_at is None and rules.works_here(person, on=on)


def next_match(pairing: Pairing, person: Person, *, on: date) -> str:
    """The offer of somebody else, in words; empty where there is none."""
    if not is_looked_for(pairing, person, on=on):
        return ""
    return (
        f"You have a free place in {pairing.program} again, and its next search looks for somebody else for you. "
        "If you would rather meet nobody, withdraw on the page of the program."
    )


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that has no such day; as PostgreSQL adds them."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def recused_until(pairing: Pairing) -> date | None:
    """The last day on which the two should not judge one another, if the pair ends when it says; None if never."""
    return months_after(pairing.last_day, pairing.recused_months) if pairing.recused_months else None


def recusal_in_words(pairing: Pairing, person: Person) -> str:
    until = recused_until(pairing)
    if until is None:
        return ""
    return (
        f"Until {rules.in_words(until)}, {pairing.partner_of(person).given_name} and you should not sit on a promotion "
        "panel about one another, or write a reference for one another."
    )


def erasure_in_words(pairing: Pairing, *, last_day: date | None = None) -> str:
    """When what the two wrote is gone for good; ``last_day`` if it is about to end on another than it would."""
    day = rules.in_words(rules.erased_on(pairing, last_day=last_day))
    return (
        f"At the end of {day} everything you two wrote is erased for good, and so are your answers to check-ins, but "
        "one: whether it was worth the time is kept, and others see it only in counts of larger groups. Dates, minutes "
        "and numbers remain."
    )


@dataclass(frozen=True, slots=True)
class Recusal:
    """One line of one's own register."""

    partner: Person
    program: str
    ended_on: date
    until: date


def recusals_of(person: Person, *, on: date) -> list[Recusal]:
    """With whom somebody was in a pair whose recusal lasts, the one that lasts longest first."""
    rows = Pairing.objects.of(person).recused(on).with_people()
    return [Recusal(each.partner_of(person), each.program.name, each.last_day, each.last_recused) for each in rows]


def register_of(program: Program, *, on: date) -> PairingQuerySet:
    """All lines of a program's register, by the mentors' names."""
    rows: PairingQuerySet = Pairing.objects.filter(program=program).recused(on).with_people()
    return rows.order_by("mentor__person__sort_name", "mentee__person__sort_name", "pk")
