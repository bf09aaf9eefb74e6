"""Questions about pairs, answered in the shape of a page or of a figure."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import date

from django.db.models import F, Q

from pairings.activity import (
    A_STEP_OR_MORE,
    LESS_THAN_A_STEP,
    LITTLE_OR_NOT,
    MOSTLY_OR_FULLY,
    PARTLY_OR_LESS,
    SCALES,
    TWO_STEPS,
    ProgramActivity,
    Scale,
    SkillGrowth,
    check_in_answers,
    paired_since,
    program_activity,
    skill_growth,
)
from pairings.asking import NO_HELP, HelpAtHome, ThreadLine, not_to_ask, open_requests
from pairings.asking import at_home as help_at_home
from pairings.at_home import PairCard, PairsAtHome, at_home
from pairings.checking_in import CheckInPage, check_in_page
from pairings.circles import waiting_for as circles_waiting_for
from pairings.conflicts import PairToLookAt, pairs_to_look_at
from pairings.doing import PairDoing, pairs_doing, pauses, with_people
from pairings.health import PairHealth
from pairings.models import (
    Pairing,
)
from pairings.page import (
    GoalOnPage,
    PairPage,
    PlanOnPage,
    agreement_to_start_from,
    day_to_suggest,
    earlier_versions,
    goal_now,
    goal_title,
    newest_version,
    own_reflection,
    pair_page,
    planned_page,
    usual_minutes,
    usual_way,
)
from pairings.skills import SkillsPage, skills_page
from pairings.supervising import programs_with_pairs_of as programs_supervised
from pairings.visibility import visible_to
from participants.models import Participation, ParticipationQuerySet
from programs.choices import Side
from programs.models import Program

__all__ = [
    "A_STEP_OR_MORE",
    "LESS_THAN_A_STEP",
    "LITTLE_OR_NOT",
    "MOSTLY_OR_FULLY",
    "NO_HELP",
    "PARTLY_OR_LESS",
    "SCALES",
    "TWO_STEPS",
    "CheckInPage",
    "GoalOnPage",
    "HelpAtHome",
    "PairCard",
    "PairDoing",
    "PairHealth",
    "PairPage",
    "PairToLookAt",
    "PairsAtHome",
    "PlanOnPage",
    "ProgramActivity",
    "Scale",
    "SkillGrowth",
    "SkillsPage",
    "ThreadLine",
    "agreement_to_start_from",
    "at_home",
    "check_in_answers",
    "check_in_page",
    "circles_waiting_for",
    "day_to_suggest",
    "earlier_versions",
    "former_partners",
    "goal_now",
    "goal_title",
    "help_at_home",
    "newest_version",
    "not_to_ask",
    "open_requests",
    "own_reflection",
    "pair_page",
    "paired_since",
    "pairs_doing",
    "pairs_to_look_at",
    "pauses",
    "planned_page",
    "program_activity",
    "programs_supervised",
    "skill_growth",
    "skills_page",
    "taken_places",
    "usual_minutes",
    "usual_way",
    "visible_to",
    "with_people",
]


# Places and history, for the search


def taken_places(participations: ParticipationQuerySet, on: date) -> Counter[uuid.UUID]:
    """With how many partners each of these is in an open pair on that day, in one query."""
    open_pairs = Pairing.objects.open(on).filter(Q(mentor__in=participations) | Q(mentee__in=participations))
    return Counter(pk for pair in open_pairs.order_by().values_list("mentor_id", "mentee_id") for pk in pair)


def open_and_last_pairs(program: Program, *, on: date) -> tuple[set[uuid.UUID], dict[uuid.UUID, tuple[date, bool]]]:
    """Participations of a program in an open pair on that day; and of those whose last pair is over, when it ended, and
    whether that was before its time."""
    open_now: set[uuid.UUID] = set()
    last: dict[uuid.UUID, tuple[date, bool]] = {}
    rows = Pairing.objects.filter(program=program).order_by("started_on")
    for mentor, mentee, ended_on, runs_until in rows.values_list("mentor", "mentee", "ended_on", "runs_until"):
        if ended_on is None and runs_until >= on:
            open_now |= {mentor, mentee}
        else:
            over = ended_on or runs_until
            last |= dict.fromkeys((mentor, mentee), (over, over < runs_until))
    return open_now, last


def early_ends(program: Program, *, since: date) -> list[date]:
    """Days from that one on that were the last of a pair before its time."""
    ended = Pairing.objects.filter(program=program, ended_on__gte=since, ended_on__lt=F("runs_until"))
    return [each.last_day for each in ended.only("ended_on", "runs_until")]


def former_partners(program: Program) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Mentor's and mentee's participation of all who are or were a pair, here or in another program."""
    taking_part: dict[tuple[int, str], uuid.UUID] = {
        (person, side): pk
        for pk, person, side in Participation.objects.filter(program=program).values_list("pk", "person_id", "side")
    }
    people = {person for person, _ in taking_part}
    pairs = Pairing.objects.filter(mentor__person__in=people, mentee__person__in=people).order_by()
    found = set()
    for mentor, mentee in pairs.values_list("mentor__person_id", "mentee__person_id").distinct():
        mentor_pk, mentee_pk = taking_part.get((mentor, Side.MENTOR)), taking_part.get((mentee, Side.MENTEE))
        if mentor_pk is not None and mentee_pk is not None:
            found.add((mentor_pk, mentee_pk))
    return found
