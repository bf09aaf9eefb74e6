"""Keep a pair, never form it, or leave it to the search again. Each starts a search that keeps to what was decided."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from matching import rules
from matching.actions.search import request_run
from matching.choices import Hand
from matching.inputs import asked_now
from matching.models import MatchingRun, Ruling
from matching.places import free_places
from matching.standing import judge
from pairings import queries as pairings
from participants.models import Participation
from people.models import Person
from programs.models import Program


@transaction.atomic
def keep_pair(
    program: Program, *, mentor: Participation, mentee: Participation, by: Person, at: datetime
) -> MatchingRun:
    """Have the two in every answer from now on, as far as rules and places allow. Refuses what they do not allow."""
    _hold(program, by)
    if under_way := _search_that_follows(program, mentor, mentee, Hand.KEEP):
        return under_way
    ruling = Ruling(program=program, mentor=mentor, mentee=mentee, hand=Hand.KEEP, ruled_by=by, ruled_at=at)
    for affected in judge(program, [ruling], at=at):
        raise rules.NotToBeKept(affected.why)
    _insist_on_a_place(program, mentor, mentee, at)
    return _rule(ruling)


@transaction.atomic
def never_pair(
    program: Program, *, mentor: Participation, mentee: Participation, by: Person, at: datetime
) -> MatchingRun:
    """Have the two in no answer from now on."""
    _hold(program, by)
    return _search_that_follows(program, mentor, mentee, Hand.NEVER) or _rule(
        Ruling(program=program, mentor=mentor, mentee=mentee, hand=Hand.NEVER, ruled_by=by, ruled_at=at)
    )


@transaction.atomic
def release_pair(
    program: Program, *, mentor: Participation, mentee: Participation, by: Person, at: datetime
) -> MatchingRun:
    """Leave it to the search whether the two become a pair."""
    _hold(program, by)
    if under_way := _search_that_follows(program, mentor, mentee, None):
        return under_way
    Ruling.objects.filter(program=program, mentor=mentor, mentee=mentee).delete()
    return request_run(program, by=by, at=at)


def _hold(program: Program, by: Person) -> None:
    """One decision at a time in a program: two coordinators could otherwise keep one place for two pairs."""
    rules.insist_may_match(by, program)
    Program.objects.select_for_update(of=("self",), no_key=True).get(pk=program.pk)


def _search_that_follows(
    program: Program, mentor: Participation, mentee: Participation, hand: Hand | None
) -> MatchingRun | None:
    """The search under way, if just this was decided already: a second click is shown what the first one began."""
    ruling = Ruling.objects.filter(program=program, mentor=mentor, mentee=mentee).first()
    if (ruling.hand if ruling else None) != hand:
        return None
    under_way: MatchingRun | None = MatchingRun.objects.under_way().filter(program=program).first()
    return under_way


def _rule(ruling: Ruling) -> MatchingRun:
    Ruling.objects.update_or_create(
        program=ruling.program,
        mentor=ruling.mentor,
        mentee=ruling.mentee,
        defaults={"hand": ruling.hand, "ruled_by": ruling.ruled_by, "ruled_at": ruling.ruled_at},
    )
    return request_run(ruling.program, by=ruling.ruled_by, at=ruling.ruled_at)


def _insist_on_a_place(program: Program, mentor: Participation, mentee: Participation, at: datetime) -> None:
    """Names the pairs that are kept already and use up all places of one of the two.

    What was kept and has become a pair, or waits for answers, has its place already.
    """
    free = free_places(program, at)
    settled = pairings.former_partners(program) | asked_now(program, at)
    kept = list(
        Ruling.objects.filter(Q(mentor=mentor) | Q(mentee=mentee), program=program, hand=Hand.KEEP)
        .exclude(mentor=mentor, mentee=mentee)
        .select_related("mentor__person", "mentee__person")
    )
    kept = [ruling for ruling in kept if (ruling.mentor_id, ruling.mentee_id) not in settled]
    for one, partners in (
        (mentor, [ruling.mentee.person.name for ruling in kept if ruling.mentor_id == mentor.pk]),
        (mentee, [ruling.mentor.person.name for ruling in kept if ruling.mentee_id == mentee.pk]),
    ):
        if len(partners) >= free[one.pk]:
            places = "1 free place" if free[one.pk] == 1 else f"{free[one.pk]} free places"
            raise rules.NotToBeKept(
                f"{one.person.name} has {places}, kept by hand for {' and '.join(partners)}. "
                "Release one of these pairs first."
            )
