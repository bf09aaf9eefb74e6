"""The pages of pairs among five thousand of them. Run as a program: prints what it measured as JSON."""

from __future__ import annotations

import gc
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from textwrap import wrap
from typing import Any

import django

from mentoring.bench.volunteering import Counter

PAIRS, MEETINGS, CHECK_INS, GOALS = 5_000, 40, 5, 2
"""Of each pair: meetings held; check-ins answered by each; goals set."""

ASKED, ASKED_OF_ALL = 150, 20
"""Requests of a page about one pair, and of one about all of them."""

WEEKS = 42


def report() -> list[str]:
    from mentoring.bench import databases

    lines = [
        f"## {PAIRS:,} pairs and {PAIRS * MEETINGS:,} meetings",
        "",
        *wrap(WHAT.format(asked=ASKED, of_all=ASKED_OF_ALL, check_ins=2 * PAIRS * CHECK_INS).strip(), 118),
        "",
        "| page | median ms | p95 ms | queries |",
        "|---|---|---|---|",
    ]
    load = os.getloadavg()[0]
    lines += (
        f"| {found['what']} | {found['median']:.1f} | {found['p95']:.1f} | {found['queries']} |"
        for found in databases.measured(__name__)
    )
    return [*lines, "", f"Load before: {load:.1f}; after: {os.getloadavg()[0]:.1f}."]


WHAT = """
All in one program that has run for most of a year, with {check_ins:,} answered check-ins, an agreement both signed,
goals and a next meeting for most; a tenth has fallen quiet and a fiftieth has cancelled. Words are sealed as always.
Whole requests with every middleware, one after the other in one process, without a network: {asked} of each page of a
pair, each by another person, and {of_all} of each page about all pairs, by a coordinator.
"""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentoring.settings")
    django.setup()
    program, coordinator = _write()
    gc.collect()
    gc.freeze()  # a web process has not just made five thousand pairs
    print(json.dumps([_measure(*question) for question in _questions(program, coordinator)]))


Question = tuple[str, list[Any], Callable[[Any], str]]


def _questions(program: Any, coordinator: Any) -> Iterator[Question]:
    """What is measured: its name, who asks one after the other, and the address for each."""
    from django.urls import reverse

    from pairings.models import Pairing

    some = list(Pairing.objects.with_people().order_by("pk")[: ASKED + 5])
    mentors, mentees = [each.mentor.person for each in some], [each.mentee.person for each in some]
    of = {person.pk: each.pk for each in some for person in (each.mentor.person, each.mentee.person)}
    all_pairs = [coordinator] * (ASKED_OF_ALL + 2)

    def of_a_pair(name: str) -> Callable[[Any], str]:
        return lambda person: reverse(f"pairings:{name}", args=[of[person.pk]])

    yield "home of a mentor", mentors, lambda person: reverse("dashboards:home")
    yield "pair page, of a mentee", mentees, of_a_pair("detail")
    yield "check-in with one’s own answers over time", mentors, of_a_pair("check_in")
    yield "private room", mentors, of_a_pair("room")
    yield (
        "how pairs are doing (the coordinators’ queue)",
        all_pairs,
        lambda person: reverse("pairings:doing", args=[program.pk]),
    )
    yield "first page of the desk", all_pairs, lambda person: reverse("admin:index")
    yield "list of pairs at the desk", all_pairs, lambda person: reverse("admin:pairings_pairing_changelist")
    progress = reverse("dashboards:program_progress", args=[program.pk])
    yield "progress of the program, the first time in a process", [coordinator], lambda person: progress
    yield "progress of the program", all_pairs, lambda person: progress


def _measure(what: str, people: list[Any], address: Callable[[Any], str]) -> dict[str, Any]:
    from django.db import connection
    from django.test import Client

    # One for everybody: a new one would load every middleware anew, within its first answer.
    client = Client(headers={"host": "localhost"})
    times, queries = [], []
    for person in people:
        client.force_login(person)
        counted = Counter()
        with connection.execute_wrapper(counted):
            begun = time.perf_counter()
            answer = client.get(address(person))
            times.append((time.perf_counter() - begun) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{what}: {answer.status_code}")
        queries.append(counted.queries)
    # The first few fill what is kept in memory from then on.
    first = 0 if len(people) == 1 else 2 if len(people) < ASKED else 5
    times = sorted(times[first:])
    return {
        "what": what, "median": statistics.median(times), "p95": times[int(len(times) * 0.95)],
        "queries": max(queries[first:]),
    }  # fmt: skip


def _write() -> tuple[Any, Any]:
    """The program, its coordinator, ten thousand people and what they did together."""
    from django.db import connection

    import clock
    from people.models import Level, Person, sort_key
    from programs.choices import Duty, Purpose, Stage
    from programs.models import DEFAULT_CHARTER, CharterVersion, Program, ProgramDuty

    now, today = clock.now(), clock.now().date()
    started = today - timedelta(weeks=WEEKS)
    levels = Level.objects.bulk_create(Level(name=f"Level {rank}", rank=rank) for rank in range(1, 9))
    people = Person.objects.bulk_create(
        (
            Person(
                employee_number=f"E{place}", email=f"person{place}@example.org", given_name=f"Given{place % 997}",
                family_name=f"Family{place}", sort_name=sort_key(f"Given{place % 997}", f"Family{place}"),
                level=levels[1 if place < PAIRS else 6], hired_on=date(2019, 3, 1), languages=["en"],
            )
            for place in range(2 * PAIRS + 1)
        ),
        batch_size=5_000,
    )  # fmt: skip
    coordinator = people[-1]
    coordinator.is_coordinator = True
    coordinator.save()
    program = Program.objects.create(
        name="Two-Way", purpose=Purpose.DIGITAL, description="Leaders learn.", stage=Stage.RUNNING, starts_on=started,
        ends_on=today + timedelta(weeks=30), mentor_highest_level=levels[3], mentee_lowest_level=levels[5],
        term_weeks=52,
    )  # fmt: skip
    version = CharterVersion.objects.create(program=program, number=1, words=DEFAULT_CHARTER.strip(), made_at=now)
    ProgramDuty.objects.create(program=program, person=coordinator, duty=Duty.COORDINATOR)
    _pairs(program, people, version, started=started)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return program, coordinator


def _pairs(program: Any, people: list[Any], version: Any, *, started: date) -> None:
    from datetime import UTC, datetime
    from datetime import time as time_of_day

    import clock
    from pairings.choices import Arranger, PlanState
    from pairings.models import Agreement, CheckIn, Goal, Meeting, Pairing, PlannedMeeting, PrivateMessage
    from pairings.private_words import AgreementWords, sealed
    from participants.models import CharterSignature, Participation
    from privacy.models import DataKey
    from programs.choices import Side

    at, today = datetime.combine(started, time_of_day(9), tzinfo=UTC), clock.now().date()
    sides = Participation.objects.bulk_create(
        (
            Participation(
                program=program, person=person, side=Side.MENTOR if place < PAIRS else Side.MENTEE, volunteered_at=at,
                number_one="To be asked what I think.", ways=["video"], languages=["en"],
            )
            for place, person in enumerate(people[: 2 * PAIRS])
        ),
        batch_size=5_000,
    )  # fmt: skip
    CharterSignature.objects.bulk_create(
        (CharterSignature(participation=each, version=version, joined_at=at, signed_at=at) for each in sides),
        batch_size=5_000,
    )
    keys = [DataKey.objects.mint() for _ in range(PAIRS)]
    pairs = Pairing.objects.bulk_create(
        (
            Pairing(
                program=program, mentor=sides[place], mentee=sides[PAIRS + place], mentor_place=1, mentee_place=1,
                opened_at=at, started_on=started, runs_until=started + timedelta(weeks=52), times_logged=MEETINGS,
                data_key=keys[place],
            )
            for place in range(PAIRS)
        ),
        batch_size=2_000,
    )  # fmt: skip
    made: tuple[list[Any], ...] = ([], [], [], [], [], [])
    agreements, goals, meetings, planned, check_ins, messages = made
    for place, pair in enumerate(pairs):
        mentor, mentee = people[place], people[PAIRS + place]
        agreement = Agreement(
            pairing=pair, version=1, meet_every_days=7, meeting_minutes=60, arranged_by=Arranger.MENTEE,
            drafted_by=mentor, drafted_at=at, mentor_signed_at=at, mentee_signed_at=at,
        )  # fmt: skip
        agreement.words = sealed(AgreementWords(where="Leeds").as_text(), pair, agreement, "words")
        agreements.append(agreement)
        for number in range(GOALS):
            goal = Goal(pairing=pair, due_on=pair.runs_until, progress=40, set_by=mentee, set_at=at)
            goal.title = sealed(f"Goal {number}", pair, goal, "title")
            goals.append(goal)
        gap = 8 if place % 10 == 0 else 0  # weeks since a quiet pair last met
        for number in range(MEETINGS):
            held_on = today - timedelta(weeks=gap, days=2 + 7 * number * (WEEKS - 2 - gap) // MEETINGS)
            meeting = Meeting(pairing=pair, held_on=held_on, minutes=45, logged_by=mentee, logged_at=at)
            if number % 4 == 0:
                meeting.topics = sealed("What a margin is.", pair, meeting, "topics")
            meetings.append(meeting)
        settled = {"state": PlanState.CANCELLED, "settled_by": mentee, "settled_at": clock.now()}
        planned.append(
            PlannedMeeting(
                pairing=pair, starts_at=clock.now() + timedelta(days=3 + place % 9), zone="Europe/London", minutes=45,
                planned_by=mentor, planned_at=at, changed_by=mentor, changed_at=at,
                **(settled if place % 50 == 0 else {}),
            )
        )  # fmt: skip
        for number in range(CHECK_INS):
            due_on = started + timedelta(weeks=2 + 7 * number)
            check_ins += [
                CheckIn(
                    pairing=pair, person=person, due_on=due_on, answered_at=at, meeting=4, getting=3 + number % 3,
                    speaking=4, worth=3 + place % 3,
                )
                for person in (mentor, mentee)
            ]  # fmt: skip
        for number in range(3):
            message = PrivateMessage(pairing=pair, written_by=mentor, written_at=at + timedelta(days=number))
            message.words = sealed("See you on Thursday.", pair, message, "words")
            messages.append(message)
    for rows in made:
        type(rows[0]).objects.bulk_create(rows, batch_size=2_000)


if __name__ == "__main__":
    main()
