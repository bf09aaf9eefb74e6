"""What a change of the directory does to pairs; registered with ``people.consequences`` when Django starts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from pairings import rules
from pairings.conflicts import broken_rules
from pairings.directory_notices import owe_conflict, owe_rest, owe_return, owe_stay
from pairings.models import Pairing, PairingQuerySet, Waiver
from people.consequences import Consequence, follow_changes
from people.models import Person, PersonQuerySet
from programs.queries import coordinators


@dataclass(frozen=True, slots=True)
class Seen:
    """Of open pairs: who of the two leaves or has left, and when; which rest; and the rules that stand against them."""

    leaving: Mapping[uuid.UUID, frozenset[tuple[int, date | None]]]
    resting: frozenset[uuid.UUID]
    broken: Mapping[uuid.UUID, tuple[str, ...]]


def look(at: datetime) -> Seen:
    pairs = list(_open(at))
    leaving = {pairing.pk: frozenset(_leaving(pairing)) for pairing in pairs}
    return Seen(
        {pk: who for pk, who in leaving.items() if who},
        frozenset(pairing.pk for pairing in pairs if rules.gone(pairing, at=at)),
        broken_rules(pairs, on=at.date()),
    )


def act(before: Seen, at: datetime) -> None:
    """Owe what the difference asks for. Pairs themselves are not touched: that one rests follows from the directory.

    A rule that no longer stands against a pair takes its waiver along: should it stand again, for another reason
    perhaps, a coordinator looks again.
    """
    now = look(at)
    pairs = {pairing.pk: pairing for pairing in _open(at)}
    for pk, who in now.leaving.items():
        for person, _ in who - before.leaving.get(pk, frozenset()):
            pairing = pairs[pk]
            leaver = pairing.mentor.person if pairing.mentor.person_id == person else pairing.mentee.person
            owe_rest(pairing, leaver=leaver, at=at)
    for pk in (before.resting - now.resting) & pairs.keys():
        owe_return(pairs[pk], at=at)
    for pk in before.leaving.keys() & pairs.keys() - before.resting:
        still = {person for person, _ in now.leaving.get(pk, ())}
        for person in {person for person, _ in before.leaving[pk]} - still:
            owe_stay(pairs[pk], leaver=person, at=at)
    for pk in before.broken.keys() & pairs.keys():
        ended = set(before.broken[pk]) - set(now.broken.get(pk, ()))
        Waiver.objects.filter(pairing=pk, rule__in=ended).delete()
    for pk, names in now.broken.items():
        for rule in set(names) - set(before.broken.get(pk, ())):
            for coordinator in coordinators(pairs[pk].program):
                owe_conflict(pairs[pk], rule=rule, coordinator=coordinator, at=at)


def foresee(leaving: PersonQuerySet, moved: bool, at: datetime) -> list[str]:
    """How many people leave whose pairs rest then: that somebody takes part an administrator knows, with whom they do
    not. A number of pairs would tell them of any two, who were one pair or two.

    How many pairs will be against a rule is not counted here. Beside a single line of the preview, such as one new
    manager, even the number one would name a pair.
    """
    soon = leaving.filter(left_on=None, is_active=True).values("pk")
    pairs = _open(at).filter(Q(mentor__person__in=soon) | Q(mentee__person__in=soon))
    in_a_pair = {person for both in pairs.values_list("mentor__person", "mentee__person") for person in both}
    number = soon.filter(pk__in=in_a_pair).count()
    sentences = []
    if number:
        people = "1 person who leaves is" if number == 1 else f"{number:,} people who leave are"
        sentences.append(f"{people} in a pair, which rests from then on. Both of the two are written to, kindly.")
    if moved and _open(at).exists():
        sentences.append(
            "Where a new manager, level, function or line of business puts a pair against a rule of its program, its "
            "coordinators are told. You are not told which, because it would say who is paired with whom."
        )
    return sentences


def _open(at: datetime) -> PairingQuerySet:
    pairs: PairingQuerySet = Pairing.objects.open(at.date()).with_people()
    return pairs


def _leaving(pairing: Pairing) -> list[tuple[int, date | None]]:
    both: tuple[Person, Person] = (pairing.mentor.person, pairing.mentee.person)
    return [(person.pk, person.left_on) for person in both if person.left_on is not None or not person.is_active]


def register() -> None:
    follow_changes(Consequence(look, act, foresee))
