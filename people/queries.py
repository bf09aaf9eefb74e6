"""Questions about the directory."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Q, QuerySet

from people.choices import ImportState, LineKind
from people.directory_import import PLACES, Directory, Known, Options, options_from_json
from people.models import DirectoryImport, Function, ImportLine, Level, LineOfBusiness, Person, PersonQuerySet, Site


def coworkers(on: date) -> PersonQuerySet:
    """Everybody who works here on that day, each with what a line about a person shows."""
    employed: PersonQuerySet = Person.objects.employed(on).with_place()
    return employed


def is_above(upper: Person, lower: Person) -> bool:
    """Whether ``lower`` reports to ``upper``, directly or through others, at any depth. Nobody is above themselves."""
    return upper.pk != lower.pk and upper.pk in _lines_above([lower.pk])


def reporting_intervals(among: Collection[int] | None = None) -> dict[int, tuple[int, int]]:
    """Where each person stands in the reporting line, as ``(enter, leave)``.

    A is above B exactly when ``enter_A < enter_B`` and ``leave_B <= leave_A``; separate trees do not overlap. With
    ``among``, only those people and their lines upwards are read, so a question about two people costs little in a
    large company. Should the directory hold a cycle, which imports and the desk refuse, it is opened at one member.
    """
    managers = (
        dict(Person.objects.order_by("pk").values_list("pk", "manager_id")) if among is None else _lines_above(among)
    )
    reports: dict[int | None, list[int]] = defaultdict(list)
    for person, manager in managers.items():
        reports[manager].append(person)
    intervals: dict[int, tuple[int, int]] = {}
    for root in reports[None]:
        _number_tree(root, reports, intervals)
    for person in managers if len(intervals) < len(managers) else ():
        if person not in intervals:
            _number_tree(_cycle_above(person, managers), reports, intervals)
    return intervals


def _cycle_above(person: int, managers: dict[int, int | None]) -> int:
    """The lowest number in the cycle in which this line upwards ends."""
    line: list[int] = []
    upper: int | None = person
    while upper is not None and upper not in line:
        line.append(upper)
        upper = managers[upper]
    return min(line if upper is None else line[line.index(upper) :])


def _number_tree(root: int, reports: dict[int | None, list[int]], intervals: dict[int, tuple[int, int]]) -> None:
    """Number ``root`` and everybody below in the order of a walk; no recursion, lines may be thousands deep."""
    first = len(intervals)
    entered = {root: first}
    walk: list[tuple[int, Iterator[int]]] = [(root, iter(reports.get(root, ())))]
    intervals[root] = (first, first + 1)
    while walk:
        person, below = walk[-1]
        following = next((report for report in below if report not in intervals), None)
        if following is None:
            walk.pop()
            intervals[person] = (entered[person], len(intervals))
        else:
            entered[following] = len(intervals)
            intervals[following] = (len(intervals), len(intervals) + 1)
            walk.append((following, iter(reports.get(following, ()))))


def _lines_above(people: Collection[int]) -> dict[int, int | None]:
    """The manager of each of ``people`` and of everybody above them, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE line (id, manager_id) AS (
                SELECT id, manager_id FROM people_person WHERE id = ANY(%s)
                UNION
                SELECT upper.id, upper.manager_id FROM people_person upper JOIN line ON upper.id = line.manager_id
            )
            SELECT id, manager_id FROM line ORDER BY id
            """,
            [list(people)],
        )
        return dict(cursor.fetchall())


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
