"""Volunteering and finding a colleague among a hundred thousand people. Run as a program: prints JSON."""

from __future__ import annotations

import gc
import json
import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from textwrap import wrap
from typing import Any

import django

from mentoring.bench.companies import layered

PEOPLE, ASKED, SKILLS = 100_000, 150, 60


def report() -> list[str]:
    from mentoring.bench import databases

    lines = [
        f"## Volunteering among {PEOPLE:,} people",
        "",
        *wrap(f"{WHAT.format(asked=ASKED, skills=SKILLS).strip()} Load before: {os.getloadavg()[0]:.2f}.", 118),
        "",
        "| what | median ms | p95 ms | queries |",
        "|---|---|---|---|",
    ]
    lines += (
        f"| {found['what']} | {found['median']:.1f} | {found['p95']:.1f} | {found['queries']} |"
        for found in databases.measured(__name__)
    )
    return lines


WHAT = """
Whole requests with every middleware, {asked} of each, one after the other in one process, without a network; {skills}
skills in the company’s list. Each step is sent by another person, and keeps a draft that is there already. A name is
looked up by its first two, three and six letters.
"""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentoring.settings")
    django.setup()
    program = _write()
    gc.collect()
    gc.freeze()  # a web process has not just made a hundred thousand people
    print(json.dumps([_measure(what, program, ask) for what, ask in _questions(program).items()]))


Ask = Callable[[Any, Any, int], Any]


def _questions(program: Any) -> dict[str, Ask]:
    from django.urls import reverse

    from participants.choices import Step
    from people.models import Skill

    skills = [str(pk) for pk in Skill.objects.values_list("pk", flat=True)[:3]]
    typed = {
        "offered_more": skills[:2], "wish_1": skills[2], "number_one": "To be asked what I think.", "hobbies": "chess",
        "languages": ["en"], "ways": ["video"], "hours_a_month": "2", "places": "1", "not_discussed": "My last job.",
    }  # fmt: skip

    def step(name: str) -> str:
        return reverse("participants:volunteer_step", args=[program.pk, "mentor", name])

    def look_up(client: Any, person: Any, number: int) -> Any:
        letters = (2, 3, 6)[number % 3]
        name = (person.family_name, person.given_name, person.email)[number // 3 % 3]
        return client.get(reverse("people:suggest"), {"q": name[:letters]})

    def opened(name: str) -> Ask:
        return lambda client, person, number: client.get(step(name))

    def sent(name: str) -> Ask:
        return lambda client, person, number: client.post(step(name), {**typed, "finish_later": "1"})

    asked: dict[str, Ask] = {}
    for each in Step:
        asked[f"open “{each.label}”"] = opened(each)
        asked[f"send “{each.label}”"] = sent(each)
    asked["bring up colleagues by a beginning"] = look_up
    return asked


class Counter:
    """Around every statement of a connection; lighter than Django's log of them."""

    queries = 0

    def __call__(self, execute: Any, *statement: Any) -> Any:
        self.queries += 1
        return execute(*statement)


def _measure(what: str, program: Any, ask: Ask) -> dict[str, Any]:
    from django.db import connection
    from django.test import Client

    from participants import actions
    from participants.choices import Step
    from people.models import Person
    from programs.choices import Side

    # One for everybody: a new one would load every middleware anew, within its first answer.
    client = Client(headers={"host": "localhost"})
    times, queries = [], []
    volunteers = Person.objects.filter(level=program.mentor_highest_level).order_by("pk")
    for number, person in enumerate(volunteers[: ASKED + 5]):
        actions.keep_draft(
            program, side=Side.MENTOR, step=Step.ABOUT, answers={"number_one": ["Begun."]}, is_done=True, by=person,
            at=datetime(2026, 11, 26, tzinfo=UTC),
        )  # fmt: skip
        client.force_login(person)
        counted = Counter()
        with connection.execute_wrapper(counted):
            begun = time.perf_counter()
            answer = ask(client, person, number)
            times.append((time.perf_counter() - begun) * 1000)
        if answer.status_code not in (200, 302):
            raise RuntimeError(f"{what}: {answer.status_code}")
        queries.append(counted.queries)
    times = sorted(times[5:])  # the first few fill what is kept in memory from then on
    return {
        "what": what, "median": statistics.median(times), "p95": times[int(len(times) * 0.95)],
        "queries": max(queries[5:]),
    }  # fmt: skip


def _write() -> Any:
    """Everybody on one of twelve levels, and a program that enrols and names mentors up to the fourth."""
    from datetime import date

    from django.db import connection

    from mentoring.demo.company import FAMILY, GIVEN
    from people.models import Level, Person, Skill, sort_key
    from programs.choices import Purpose, Stage
    from programs.models import DEFAULT_CHARTER, CharterVersion, Program, Topic

    levels = Level.objects.bulk_create(Level(name=f"Level {rank}", rank=rank) for rank in range(1, 13))
    skills = Skill.objects.bulk_create(Skill(name=f"Skill {number:02}") for number in range(SKILLS))
    people = []
    for place, manager in enumerate(layered(PEOPLE)):
        given, family = GIVEN[place % len(GIVEN)], FAMILY[place // 7 % len(FAMILY)]
        people.append(
            Person(
                pk=place + 1, employee_number=f"E{place}", email=f"{given}.{family}.{place}@example.org".lower(),
                given_name=given, family_name=family, sort_name=sort_key(given, family), level=levels[place % 12],
                hired_on=date(2019, 3, 1), manager_id=None if manager is None else manager + 1, languages=["en"],
            )
        )  # fmt: skip
    Person.objects.bulk_create(people, batch_size=5_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE people_person")
    program = Program.objects.create(
        name="Two-Way", purpose=Purpose.DIGITAL, description="Leaders learn.", stage=Stage.ENROLMENT,
        starts_on=date(2026, 12, 7), ends_on=date(2027, 12, 7), mentor_highest_level=levels[3],
        mentee_lowest_level=levels[7],
    )  # fmt: skip
    made_at = datetime(2026, 11, 1, tzinfo=UTC)
    CharterVersion.objects.create(program=program, number=1, words=DEFAULT_CHARTER.strip(), made_at=made_at)
    Topic.objects.bulk_create(Topic(program=program, skill=skill) for skill in skills[:10])
    return program


if __name__ == "__main__":
    main()
