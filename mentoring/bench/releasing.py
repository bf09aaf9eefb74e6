"""Figures about groups: how long it takes to protect and to read them, and how much is left. Run as a program: JSON."""

from __future__ import annotations

import itertools
import json
import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

import django
import numpy as np

if TYPE_CHECKING:
    from surveys.models import Survey

PEOPLE, ANSWERS, READ, K = 100_000, 50_000, 100, 5
SHAPES: Final = {
    "six attributes of 2 to 4 values": (4, 3, 3, 3, 2, 2),
    "8 functions, 5 levels, 8 sites, 4 lines, 3 sides, 4 tenures": (8, 5, 8, 4, 3, 4),
}
SMALL_COMPANIES: Final = ((120, (6, 5, 3)), (400, (6, 5, 3)), (2_000, (8, 6, 3)))


def report() -> list[str]:
    from mentoring.bench import databases

    load = os.getloadavg()[0]
    found = databases.measured(__name__)
    lines = [
        "## Figures about groups",
        "",
        *wrap(WHAT.format(people=PEOPLE, k=K).strip(), 118),
        "",
        "| people | attributes | figures | s | CPU s | on show | hiding only what is small | hiding whole tables |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {one['people']:,} | {one['what']} | {one['figures']:,} | {one['s']:.1f} | {one['cpu']:.1f} "
        f"| {one['ours']:.1%} | {one['naive']:.1%} | {one['whole']:.1%} |"
        for one in found["tables"]
    ]
    lines += [
        "",
        *wrap(READING.format(answers=ANSWERS, read=READ).strip(), 118),
        "",
        "| what | median ms | p95 ms |",
        "|---|---|---|",
    ]
    lines += [f"| {one['what']} | {one['median']:.1f} | {one['p95']:.1f} |" for one in found["reading"]]
    return [*lines, "", f"Load before: {load:.2f}. Load after: {os.getloadavg()[0]:.2f}."]


WHAT = """
All tables of one and of two attributes together, from one row a person; k is {k}. “On show” is the share of figures
that are not hidden, zeros left out. Hiding only what is small keeps more and is not safe: what is hidden can be
subtracted. Hiding each table that has a small figure is safe and keeps little.
"""
READING = """
A survey of twelve questions with {answers:,} answers. Letting the results out happens once, in the background. Reading
is what a page does with the stored release before it draws; the page is the whole request with every middleware,
{read} times in one process, without a network.
"""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentoring.settings")
    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    tables = [_tables(PEOPLE, shape, what) for what, shape in SHAPES.items()]
    tables += [_tables(people, shape, " × ".join(map(str, shape)) + " values") for people, shape in SMALL_COMPANIES]
    print(json.dumps({"tables": tables, "reading": _reading()}))


def _tables(people: int, shape: tuple[int, ...], what: str) -> dict[str, Any]:
    from disclosure import Shown, release
    from disclosure.tables import distinct_people, family_of, primarily_hidden

    chance = np.random.default_rng(7)
    drawn = [chance.choice(size, people, p=chance.dirichlet(np.full(size, 1.2))) for size in shape]
    names = [f"attribute {number}" for number in range(len(shape))]
    rows = [(n, dict(zip(names, map(str, values), strict=True))) for n, values in enumerate(zip(*drawn, strict=True))]
    asked = list(itertools.combinations(names, 2))
    begun, cpu = time.perf_counter(), time.process_time()
    published = release(rows, asked, k=K)
    took = {"s": time.perf_counter() - begun, "cpu": time.process_time() - cpu}
    naive = primarily_hidden(family_of(distinct_people(rows, names), asked, None), K)
    small = {
        tuple(sorted(name for name, _ in cell)) for cell, figure in naive.items() if not isinstance(figure, Shown)
    }  # fmt: skip
    filled = [cell for cell, figure in naive.items() if figure.number != 0]
    whole = [cell for cell in filled if tuple(sorted(name for name, _ in cell)) not in small]
    return {
        "people": people, "what": what, "figures": len(published.figures), **took, "ours": published.kept,
        "naive": sum(naive[cell].is_shown for cell in filled) / len(filled), "whole": len(whole) / len(filled),
    }  # fmt: skip


def _reading() -> list[dict[str, Any]]:
    from django.test import Client
    from django.urls import reverse

    from people.tests.factories import EvaFactory
    from surveys import actions, queries
    from surveys.models import Survey

    survey = _survey()
    at = datetime.combine(survey.results_on, datetime.min.time(), tzinfo=UTC)
    once = _times("letting the results out", lambda: actions.release_results(survey, at=at), 1)
    client = Client(headers={"host": "localhost"})
    client.force_login(EvaFactory())

    def read() -> None:
        queries.released_results(Survey.objects.select_related("release").get(pk=survey.pk))

    def open_page() -> None:
        if client.get(reverse("surveys:results", args=[survey.pk])).status_code != 200:
            raise RuntimeError("The results were not there.")

    first = _times(
        "the results page, the first time in this process", open_page, 1
    )  # it draws the charts and keeps them
    return [
        once, _times("reading the stored release", read, READ), first, _times("the results page", open_page, READ)
    ]  # fmt: skip


def _times(what: str, do: Callable[[], object], times: int) -> dict[str, Any]:
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        do()
        took.append((time.perf_counter() - begun) * 1000)
    return {"what": what, "median": statistics.median(took), "p95": sorted(took)[int(len(took) * 0.95)]}


def _survey() -> Survey:
    from programs.choices import Side
    from programs.tests.factories import ProgramFactory
    from surveys.choices import QuestionKind
    from surveys.models import Answer, Question, Survey

    today = datetime.now(UTC).date()
    survey = Survey.objects.create(
        program=ProgramFactory(), kind="end_of_term", title="End of term", opens_on=today - timedelta(days=30),
        closes_on=today - timedelta(days=9),
    )  # fmt: skip
    kinds = [QuestionKind.SCALE] * 7 + [QuestionKind.TEN] * 2 + [QuestionKind.CHOICE] * 2 + [QuestionKind.COMMENT]
    questions = [
        Question.objects.create(
            survey=survey, position=number, kind=kind, words=f"Question {number}",
            options=["Yes", "Perhaps", "No"] if kind == QuestionKind.CHOICE else [],
        )
        for number, kind in enumerate(kinds, start=1)
    ]  # fmt: skip
    survey.opened_at = datetime.now(UTC) - timedelta(days=30)
    survey.save()
    chance = np.random.default_rng(1)
    given = {
        QuestionKind.SCALE: lambda: int(chance.integers(1, 6)), QuestionKind.TEN: lambda: int(chance.integers(0, 11)),
        QuestionKind.CHOICE: lambda: ("Yes", "Perhaps", "No")[int(chance.integers(0, 3))],
        QuestionKind.COMMENT: lambda: "More time for one another, please." if chance.random() < 0.2 else "",
    }  # fmt: skip
    Answer.objects.bulk_create(
        (
            Answer(
                survey=survey, side=(Side.MENTOR, Side.MENTEE)[number % 2],
                values={str(each.pk): value for each in questions if (value := given[QuestionKind(each.kind)]())},
            )
            for number in range(ANSWERS)
        ),
        batch_size=2_000,
    )  # fmt: skip
    return survey


if __name__ == "__main__":
    main()
