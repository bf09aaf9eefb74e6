"""What it would take to keep one pair, or never to form it: exact, from the stored proof of a search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from matching import certificates
from matching.choices import FitInWords, Hand
from matching.engine import CannotForce, Instance, Matching, cost_of_forcing, solve_instance
from matching.explanations import fit_in_words, lowers, reasons
from matching.inputs import candidates_of, key, with_what_they_said
from matching.models import MatchingRun, Ruling
from matching.scoring import Names, Reason
from matching.scoring.words import listed
from matching.standing import judge
from participants.models import Participation
from people.models import Person
from programs.choices import Side

PARTING_SECONDS: Final = 5

Place = tuple[int, int]
Pairs = Sequence[Place]


@dataclass(frozen=True, slots=True)
class Duo:
    mentor: Person | str
    mentee: Person | str


@dataclass(frozen=True, slots=True)
class Change:
    """What one decision would do to the answer as a whole."""

    words: str
    apart: tuple[Duo, ...]
    together: tuple[Duo, ...]


@dataclass(frozen=True, slots=True)
class Weighing:
    run: MatchingRun
    mentor: Participation
    mentee: Participation
    found: bool
    """Whether the two are a pair of this search."""
    hand: Hand | None
    against: str
    """Why they cannot be a pair as things stand now; empty if they can."""
    fit: FitInWords
    reasons: tuple[Reason, ...]
    since: bool
    """Whether the two could not be paired when the search was made and can be now: what it costs is not known."""
    keeping: Change | None
    """None where it changes nothing, or cannot be done."""
    parting: Change | None
    """What never pairing them would do; None where it changes nothing."""

    @property
    def may_be_kept(self) -> bool:
        return self.hand != Hand.KEEP and not self.against and (self.found or self.since or self.keeping is not None)


def people_of(run: MatchingRun, side: Side) -> list[Participation]:
    """Who waited on that side when the search was made, by name."""
    keys: list[str] = (run.certificate or {}).get(f"{side}_keys", [])
    found = Participation.objects.filter(program=run.program_id, side=side, pk__in=keys)
    return list(found.select_related("program", "person__site").order_by("person__sort_name", "pk"))


def weigh(run: MatchingRun, mentor: Participation, mentee: Participation, at: datetime) -> Weighing:
    """``run`` has come to an end, and the two are among :func:`people_of`."""
    certificate = run.certificate or {}
    instance = certificates.question_of(certificate)
    matching = Matching.from_certificate(certificate["proof"])
    where = certificate["mentor_keys"].index(key(mentor.pk)), certificate["mentee_keys"].index(key(mentee.pk))
    ruling = Ruling.objects.filter(program=run.program_id, mentor=mentor, mentee=mentee).first()
    hand = Hand(ruling.hand) if ruling else None
    pair = Ruling(program=run.program, mentor=mentor, mentee=mentee)
    against = next((affected.why for affected in judge(run.program, [pair], at=at)), "")
    found = where in matching.pairs
    people = _People(run)
    fit, said = _fit_of(run, mentor, mentee, at, certificates.ahead_in(certificate).part(*where))
    return Weighing(
        run=run,
        mentor=mentor,
        mentee=mentee,
        found=found,
        hand=hand,
        against=against,
        fit=fit,
        reasons=said,
        since=not (found or against or hand)
        and int(instance.allowed_scores(*(np.array([one]) for one in where))[0]) < 0,
        keeping=None if found or against else _keeping(instance, matching, where, people),
        parting=_parting(certificate, matching, where, people) if found and hand is None else None,
    )


def _fit_of(
    run: MatchingRun, mentor: Participation, mentee: Participation, at: datetime, waited: list[dict[str, Any]]
) -> tuple[FitInWords, tuple[Reason, ...]]:
    both = {one.pk: one for one in with_what_they_said(Participation.objects.filter(pk__in=(mentor.pk, mentee.pk)))}
    pair = candidates_of(run.program, [both[mentor.pk]], [both[mentee.pk]], on=at.astimezone(UTC).date())
    parts = pair.fit.parts(0, 0)
    names = Names(mentor.person.given_name, mentee.person.given_name)
    return fit_in_words(sum(part["points"] for part in parts), pair.fit.weights), tuple(
        reasons([*parts, *waited], names, "desk")
    )


def _keeping(instance: Instance, matching: Matching, where: tuple[int, int], people: _People) -> Change | None:
    try:
        forcing = cost_of_forcing(instance, matching, *where)
    except CannotForce:
        return None
    return people.change(matching, forcing.pairs_lost, forcing.score_lost, forcing.dissolved, forcing.formed[1:], where)


def _parting(certificate: dict[str, Any], matching: Matching, where: tuple[int, int], people: _People) -> Change:
    """Solved again: a repair may hold on to the pair, and then the prices say nothing about going without it.

    Somebody waits for the page: what a few seconds do not prove is not told.
    """
    without = solve_instance(certificates.question_of(certificate, without=where), time_limit=PARTING_SECONDS)
    if without.gap:
        return Change("What that would change is not known: finding out takes a search.", (), ())
    before, after = set(matching.pairs), set(without.pairs)
    return people.change(
        matching,
        matching.size - without.size,
        matching.total - without.total,
        [where, *sorted(before - after - {where})],
        sorted(after - before),
    )


class _People:
    """Who stands in which row and column of a run."""

    def __init__(self, run: MatchingRun) -> None:
        certificate = run.certificate or {}
        self.keys: tuple[list[str], list[str]] = certificate["mentor_keys"], certificate["mentee_keys"]
        self.whole = certificates.whole_of(run)

    def duos(self, *each: Pairs) -> list[tuple[Duo, ...]]:
        """Several lists of pairs, by name, in one query."""
        wanted = {self.keys[side][pair[side]] for pairs in each for pair in pairs for side in (0, 1)}
        found = Participation.objects.filter(pk__in=wanted).select_related("person__site")
        person: dict[str, Person | str] = {key(one.pk): one.person for one in found}
        return [
            tuple(
                Duo(*(person.get(self.keys[side][pair[side]], "Somebody who has left") for side in (0, 1)))
                for pair in pairs
            )
            for pairs in each
        ]

    def change(
        self, matching: Matching, pairs_lost: int, score_lost: int, dissolved: Pairs, formed: Pairs, *kept: Place
    ) -> Change:
        apart, together = self.duos(dissolved, formed)
        fewer = {0: "As many pairs", 1: "One pair fewer"}.get(pairs_lost, f"{pairs_lost} pairs fewer")
        words = f"{fewer}, and it {lowers(score_lost, self.whole)}."
        if alone := _left_alone(matching, apart, dissolved, (*formed, *kept)):
            words += f" {listed(alone, quoted=False)} would be left without a match."
        return Change(words, apart, together)


def _left_alone(matching: Matching, apart: Sequence[Duo], dissolved: Pairs, formed: Pairs) -> list[str]:
    """Names of those who lose a partner by the change and have none left."""
    names: list[str] = []
    for side in (0, 1):
        has = Counter(pair[side] for pair in matching.pairs)
        has.subtract(pair[side] for pair in dissolved)
        has.update(pair[side] for pair in formed)
        names += [
            str((duo.mentor, duo.mentee)[side])
            for pair, duo in zip(dissolved, apart, strict=True)
            if has[pair[side]] == 0
        ]
    return names
