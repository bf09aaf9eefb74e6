"""Who is above whom among a hundred thousand people. Run as a program: prints what it measured as JSON."""

from __future__ import annotations

import json
import os
import statistics
import time
from random import Random
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import django

from mentoring.bench.companies import SHAPES, Managers

if TYPE_CHECKING:
    from people.models import Person

PEOPLE, QUESTIONS, CONNECTIONS, REPEATS = 100_000, 2_000, 50, 7


def report() -> list[str]:
    from mentoring.bench import databases

    heads = ("company", "above? median ms", "p95 ms", "first, median ms", "everybody’s place ms", "all below one ms")
    lines = [
        f"## The reporting line of {PEOPLE:,} people",
        "",
        *wrap(WHAT.format(connections=CONNECTIONS).strip(), 118),
        "",
        f"| {' | '.join(heads)} |",
        "|---" * len(heads) + "|",
    ]
    for found in databases.measured(__name__):
        shown = " | ".join(f"{found[name]:.2f}" for name in ("median", "p95", "first"))
        lines.append(f"| {found['shape']} | {shown} | {found['everybody']:.0f} | {found['below']:.2f} |")
    return lines


WHAT = """
“Is A above B” is one recursive query up the primary key, a step for each manager; half of the pairs asked about are
in one line. “First” is the first question on a new connection, of {connections}. The table has been analysed, as
autovacuum would, and is in memory. “Everybody’s place” is read from the database and computed without a loop over
people: two numbers each, from which the last column finds everybody below one person, and the rules for pairs
whether any two are in one line.
"""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentoring.settings")
    django.setup()
    print(json.dumps([_measure(shape, managers(PEOPLE)) for shape, managers in SHAPES.items()]))


def _measure(shape: str, managers: Managers) -> dict[str, Any]:
    from django.db import connection

    from people import queries

    _write(managers)
    pairs = _pairs(managers)
    times = sorted(_milliseconds(lambda pair=pair: queries.is_above(*pair)) for pair in pairs)
    first = []
    for pair in pairs[:CONNECTIONS]:
        connection.close()
        connection.ensure_connection()
        first.append(_milliseconds(lambda pair=pair: queries.is_above(*pair)))
    line = queries.reporting_line()
    enter, leave = line.places_of([pairs[0][0].pk])
    return {
        "shape": shape,
        "median": statistics.median(times),
        "p95": times[int(len(times) * 0.95)],
        "first": statistics.median(first),
        "everybody": statistics.median(_milliseconds(queries.reporting_line) for _ in range(REPEATS)),
        "below": statistics.median(
            _milliseconds(lambda: line.person[(line.enter > enter) & (line.leave <= leave)]) for _ in range(REPEATS)
        ),
    }


def _milliseconds(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _write(managers: Managers) -> None:
    from django.db import connection

    from people.models import Person

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE people_person CASCADE")
    Person.objects.bulk_create(
        (
            Person(
                pk=place + 1,
                employee_number=f"E{place}",
                email=f"{place}@example.org",
                given_name="G",
                family_name="F",
                manager_id=None if manager is None else manager + 1,
            )
            for place, manager in enumerate(managers)
        ),
        batch_size=5_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE people_person")


def _pairs(managers: Managers) -> list[tuple[Person, Person]]:
    """Pairs of chance, every other one of somebody and one of those above them."""
    from people.models import Person

    dice = Random(7)  # noqa: S311 - a made-up question
    asked: list[tuple[int, int]] = []
    while len(asked) < QUESTIONS:
        lower = dice.randrange(len(managers))
        above: list[int] = []
        upper = managers[lower]
        while upper is not None:
            above.append(upper)
            upper = managers[upper]
        if above or len(asked) % 2:
            asked.append((dice.choice(above) if len(asked) % 2 == 0 else dice.randrange(len(managers)), lower))
    people = Person.objects.in_bulk({place + 1 for pair in asked for place in pair})
    return [(people[upper + 1], people[lower + 1]) for upper, lower in asked]


if __name__ == "__main__":
    main()
