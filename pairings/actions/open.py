"""A pair begins."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from pairings import notices, rules
from pairings.models import Pairing, PairingQuerySet
from participants.models import Participation
from people.models import Person
from privacy.models import DataKey
from programs import rules as program_rules
from programs.choices import Side


@transaction.atomic
def open_pairing(*, mentor: Participation, mentee: Participation, by: Person, at: datetime, on: date) -> Pairing:
    """Pair the two from ``on`` (or from the program's first day, if that is later) for the program's term.

    Both participations are locked in one order, so of two attempts on a last place one waits and is then refused.
    Refuses with :class:`pairings.rules.Refused` or :class:`programs.rules.MayNotPair`.
    """
    locked = {
        each.pk: each
        for each in Participation.objects.filter(pk__in=[mentor.pk, mentee.pk])
        .select_related("program", "person")
        .select_for_update(of=("self",))
        .order_by("pk")
    }
    mentor, mentee = locked[mentor.pk], locked[mentee.pk]
    rules.insist_two_sides(mentor, mentee)
    rules.insist_starts_pairs(mentor.program)
    for participation in (mentor, mentee):
        rules.insist_taking_part(participation, on=on)
    rules.insist_ready(mentor, mentee)
    program_rules.insist_may_pair(mentor.program, mentor=mentor.person, mentee=mentee.person, on=on)
    first, last = rules.term_of(mentor.program, on=on)
    if Pairing.objects.open(on).filter(mentor=mentor, mentee=mentee).exists():
        raise rules.AlreadyPaired
    pairing = Pairing.objects.create(
        program=mentor.program,
        mentor=mentor,
        mentee=mentee,
        mentor_place=_free_place(mentor, Side.MENTOR, on=on),
        mentee_place=_free_place(mentee, Side.MENTEE, on=on),
        opened_at=at,
        started_on=first,
        runs_until=last,
        recused_months=mentor.program.recused_months,
        kept_days=mentor.program.kept_days,
        data_key=DataKey.objects.mint(),
    )
    notices.owe_opening(pairing, at=at)
    return pairing


def _free_place(participation: Participation, side: Side, *, on: date) -> int:
    """The lowest free of the person's places. A pair may stand in one above those they leave themselves by now, so
    partners are counted first."""
    of_person: PairingQuerySet = Pairing.objects.open(on).filter(**{side.value: participation})
    taken = set(of_person.values_list(f"{side.value}_place", flat=True))
    if len(taken) >= participation.places:
        raise rules.NoPlaceLeft
    return next(place for place in range(1, participation.places + 1) if place not in taken)
