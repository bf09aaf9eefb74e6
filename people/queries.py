"""Questions about the directory."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Collate, Lower

from people.choices import ImportState, LineKind
from people.directory_import import PLACES, Directory, Known, Options, options_from_json
from people.models import (
    DirectoryImport,
    Function,
    ImportLine,
    Level,
    LineOfBusiness,
    Person,
    PersonQuerySet,
    Site,
    plain_letters,
)
from people.reporting_line import NOBODY
from people.reporting_line import ReportingLine as ReportingLine


def coworkers(on: date) -> PersonQuerySet:
    """Everybody who works here on that day, each with what a line about a person shows."""
    employed: PersonQuerySet = Person.objects.employed(on).with_place()
    return employed


SUGGESTED: Final = 8
"""As many colleagues are brought up at once as a list shows without scrolling."""


LONGEST_TYPED: Final = 80


def colleagues_named(typed: str, *, on: date) -> list[Person]:
    """Whose given name, family name, both in either order, or e-mail address begins so; from two letters on.

    Accents of a family name do not matter. Each beginning is looked up in an index of its own, which gives the first
    few in its own order: so a common beginning costs no more than a rare one.
    """
    words = typed.replace("\x00", "").split()
    whole = " ".join(words)
    if not 2 <= len(whole) <= LONGEST_TYPED:
        return []
    begins = [
        ("family", Q(family__startswith=plain_letters(whole))),
        ("given", Q(given__startswith=whole.lower())),
        ("address", Q(address__startswith=whole.lower())),
    ]
    if len(words) > 1:
        both = Q(given__startswith=words[0].lower(), family__startswith=plain_letters(" ".join(words[1:])))
        begins.append(("family", both))
    people = Person.objects.employed(on).alias(**BEGINNINGS)
    first, *others = (people.filter(each).order_by(order, "pk").values_list("pk")[:SUGGESTED] for order, each in begins)
    found = Person.objects.filter(pk__in=[pk for (pk,) in first.union(*others)])
    return list(found.select_related("site").order_by("sort_name", "pk")[:SUGGESTED])


BEGINNINGS: Final = {
    "family": Collate("sort_name", "C"),
    "given": Collate(Lower("given_name"), "C"),
    "address": Collate(Lower("email"), "C"),
}
"""As they are indexed."""


def is_above(upper: Person, lower: Person) -> bool:
    """Whether ``lower`` reports to ``upper``, directly or through others, at any depth. Nobody is above themselves.

    One question that goes up by the primary key: a step for each manager above ``lower``, however large the company.
    """
    return upper.pk != lower.pk and any(person == upper.pk for person, _ in _lines_above([lower.pk]))


def reporting_line(among: Collection[int] | None = None) -> ReportingLine:
    """Where each person stands in the reporting line.

    With ``among``, only those people and their lines upwards are read, so a question about two people costs little in
    a large company.
    """
    if among is not None:
        return ReportingLine.of(_lines_above(among))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, coalesce(manager_id, %s) FROM people_person ORDER BY id", [NOBODY])
        return ReportingLine.of(cursor.fetchall())


def _lines_above(people: Collection[int]) -> list[tuple[int, int]]:
    """The manager of each of ``people`` and of everybody above them, in one query.

    UNION drops a row that is there already, so a circle of managers ends where it closes.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE line (id, manager_id) AS (
                SELECT id, manager_id FROM people_person WHERE id = ANY(%s)
                UNION
                SELECT upper.id, upper.manager_id FROM people_person upper JOIN line ON upper.id = line.manager_id
            )
            SELECT id, coalesce(manager_id, %s) FROM line ORDER BY id
            """,
            [list(people), NOBODY],
        )
        rows: list[tuple[int, int]] = cursor.fetchall()
    return rows


def directory() -> Directory:
    """The whole directory as an import compares it with a file."""
    columns = {
        "employee_number": "employee_number",
        "manager": "manager__employee_number",
        **{place: f"{place}__name" for place in PLACES},
        **{
            name: name
            for name in (
                "email", "given_name", "family_name", "job_title", "time_zone", "languages", "hired_on", "left_on",
            )
        },
    }  # fmt: skip
    levels = dict(Level.objects.order_by("rank").values_list("name", "rank"))
    places = {
        kind: frozenset(model.objects.values_list("name", flat=True))
        for kind, model in (("function", Function), ("line_of_business", LineOfBusiness), ("site", Site))
    }
    digest = hashlib.sha256(repr((levels, sorted((kind, sorted(names)) for kind, names in places.items()))).encode())
    people = {}
    for row in Person.objects.order_by("employee_number").values_list(*columns.values()):
        digest.update(repr(row).encode())
        values = dict(zip(columns, row, strict=True))
        values["languages"] = tuple(values["languages"])
        people[values["employee_number"]] = Known(values)
    return Directory(people=people, levels=levels, places=places, mark=digest.hexdigest())


# Imports

LINES_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class ImportPage:
    """A page of what a file would do: one kind of line, searched by name, number or address."""

    kind: LineKind
    kinds: tuple[tuple[LineKind, int], ...]
    asked: str
    lines: Page[ImportLine]


def imports_visible_to(person: Person) -> QuerySet[DirectoryImport]:
    """Administrators see every import, nobody else any. Without the file itself, which no page shows."""
    if not person.is_administrator:
        return DirectoryImport.objects.none()
    return DirectoryImport.objects.select_related("uploaded_by").defer("content")


def remembered_options() -> Options:
    """What was said of the last file that was carried out."""
    last = (
        DirectoryImport.objects.filter(state__in=[ImportState.DONE, ImportState.UNDONE])
        .order_by("-finished_at")
        .values_list("options", flat=True)
        .first()
    )
    return options_from_json(last) if last else Options()


def import_page(found: DirectoryImport, *, kind: str, asked: str, page: str) -> ImportPage:
    """Lines of one kind; an unknown kind stands for the first that has any, and an unknown page for the nearest."""
    counts = tuple((each, int(found.counts.get(COUNTED_AS[each], 0))) for each in LineKind)
    there = [each for each, count in counts if count]
    # What cannot be read comes first: nothing else matters before it is mended.
    first = LineKind.PROBLEM if LineKind.PROBLEM in there else (there[0] if there else LineKind.NEW)
    chosen = LineKind(kind) if kind in LineKind.values else first
    asked = asked.replace("\x00", "").strip()[:100]
    lines = found.lines.filter(kind=chosen)
    if asked:
        lines = lines.filter(
            Q(name__icontains=asked) | Q(number__icontains=asked) | Q(details__email__icontains=asked)
            | Q(details__reason__icontains=asked)
        )  # fmt: skip
    return ImportPage(chosen, counts, asked, Paginator(lines, LINES_ON_A_PAGE).get_page(page))


COUNTED_AS = {
    LineKind.NEW: "new", LineKind.CHANGED: "changed", LineKind.LEAVING: "leaving", LineKind.PROBLEM: "problems",
}  # fmt: skip
