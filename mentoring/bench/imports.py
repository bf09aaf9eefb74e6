"""A file of fifty thousand people into the directory: ours, django-import-export, and a bare COPY of the same rows.

Run as a program with one of them and the files: prints what it measured as JSON. Each has a process and a database of
its own.
"""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from textwrap import wrap
from typing import Any

import django

from mentoring.bench import companies
from mentoring.bench.companies import layered, rows, workbook

PEOPLE = 50_000
PEER = Path(__file__).with_name("requirements.txt")
NEW, CHANGED = "everybody is new", "everybody has another job title"


def report() -> list[str]:
    from mentoring.bench import databases

    with tempfile.TemporaryDirectory(prefix="upwell-bench-") as folder:
        packages = f"{folder}/packages"
        install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--require-hashes", "--target", packages]
        subprocess.run([*install, "--requirement", str(PEER)], check=True)
        files = []
        for job in ("Engineer", "Specialist"):
            files.append(f"{folder}/{job}.xlsx")
            workbook(files[-1], rows(layered(PEOPLE), job=job))
        copy = databases.measured(__name__, ["copy"])
        ours = databases.measured(__name__, ["ours", *files])
        peer = databases.measured(__name__, ["peer", *files], packages=packages)
        size = Path(files[0]).stat().st_size / 1e6
    heads = ("file", "step", "ours s", "django-import-export s", "its time / ours", "bare COPY s", "ours / COPY")
    lines = [
        f"## A file of {PEOPLE:,} people",
        "",
        *wrap(WHAT.format(rows=PEOPLE, columns=len(companies.HEADER), size=size).strip(), 118),
        "",
        f"| {' | '.join(heads)} |",
        "|---" * len(heads) + "|",
    ]
    for file in (NEW, CHANGED):
        for step in ("preview", "commit"):
            mine, theirs = ours[file][step], peer[file][step]
            bare = (f"{copy:.2f}", f"{mine / copy:.1f}") if (file, step) == (NEW, "commit") else ("–", "–")
            figures = (file, step, f"{mine:.1f}", f"{theirs:.1f}", f"{theirs / mine:.1f}", *bare)
            lines.append(f"| {' | '.join(figures)} |")
    besides = BESIDES.format(ours=ours["memory"], peer=peer["memory"], again=ours["again"], undo=ours["undo"])
    return [*lines, "", *wrap(besides.strip(), 118), "", *wrap(FAIRNESS.strip(), 118)]


WHAT = """
One workbook of {rows:,} rows and {columns} columns ({size:.1f} MB) into an empty directory; then the same file with
another job title in every row. One run, one server, a process and a database each. Preview: from the bytes to
everything the file would do. Commit: from the word to the end of the transaction.
"""
BESIDES = """
Most memory the process ever held: ours {ours:.0f} MB, django-import-export {peer:.0f} MB. Ours with the second file
once more: {again:.1f} s to see that there is nothing to do. Taking the second import back: {undo:.1f} s.
"""
FAIRNESS = """
django-import-export runs in bulk, with its caches for people and for lists, in one transaction, without the HTML of
its differences, and at the import itself without its differences; the code is `mentoring/bench/peer.py`. It gets
the lists of functions, sites and so on ready made. Ours does more: it says in which row and column an address or
number is used twice, somebody is their own manager, a manager is unknown, managers go round in a circle or a cell
holds a formula; adds what the lists lack; lets two people swap addresses; keeps the preview in the database, line
by line; refuses when the directory has changed since; and can take the import back. The preview of
django-import-export leaves the managers out: in bulk they can only be given once everybody is written, so its
commit has a second pass. COPY gets keys instead of names and checks nothing but the table’s constraints.
"""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentoring.settings")
    django.setup()
    who, *files = sys.argv[1:]
    measures: dict[str, Callable[..., Any]] = {"ours": _ours, "peer": _peer, "copy": _copy}
    print(json.dumps(measures[who](*files)))


def _ours(new: str, changed: str) -> dict[str, Any]:
    import clock
    from people import actions
    from people.directory_import import Options
    from people.models import DirectoryImport, Person

    _levels()
    ada = Person.objects.create(
        employee_number="ADA", email="ada@example.org", given_name="Ada", family_name="Novak", is_administrator=True
    )

    def preview(file: str) -> DirectoryImport:
        found = actions.upload_import(file_name=file, content=Path(file).read_bytes(), by=ada, at=clock.now())
        return actions.check_import(found, options=Options(), by=ada)

    def carry_out(found: DirectoryImport, ask: Callable[..., Any], state: str) -> None:
        ask(found, by=ada)
        actions.carry_out_import(found.pk, at=clock.now())
        found.refresh_from_db()
        _insist(found.state == state, f"the import is {found.state}: {found.failure}")

    said: dict[str, Any] = {}
    for name, file in ((NEW, new), (CHANGED, changed)):
        found, previewing = _timed(lambda file=file: preview(file))  # type: ignore[misc]
        _insist(found.counts["new" if file == new else "changed"] == PEOPLE, f"the preview says {found.counts}")
        _, committing = _timed(lambda found=found: carry_out(found, actions.request_import, "done"))  # type: ignore[misc]
        said[name] = {"preview": previewing, "commit": committing}
    again, said["again"] = _timed(lambda: preview(changed))
    _insist(again.counts["unchanged"] == PEOPLE, f"the second preview says {again.counts}")
    _, said["undo"] = _timed(lambda: carry_out(found, actions.request_undo, "undone"))
    return said | {"memory": _memory()}


def _peer(new: str, changed: str) -> dict[str, Any]:
    from tablib import Dataset

    from mentoring.bench.peer import Managers, People, PeopleUnseen
    from people.models import Person

    _levels()
    _lists()

    def load(file: str) -> Dataset:
        return Dataset().load(Path(file).read_bytes(), format="xlsx")

    def carry_out(file: str) -> None:
        from django.db import transaction

        table = load(file)
        with transaction.atomic():
            for pass_of in (PeopleUnseen, Managers):
                pass_of().import_data(table, raise_errors=True)

    said: dict[str, Any] = {}
    for name, file, job in ((NEW, new, "Engineer"), (CHANGED, changed, "Specialist")):
        found, previewing = _timed(lambda file=file: People().import_data(load(file), dry_run=True))  # type: ignore[misc]
        _insist(not found.has_errors(), "django-import-export finds errors")
        _, committing = _timed(lambda file=file: carry_out(file))  # type: ignore[misc]
        there = Person.objects.filter(job_title__startswith=job)
        _insist(
            (there.count(), there.filter(manager=None).count()) == (PEOPLE, 1), "django-import-export left some out"
        )
        said[name] = {"preview": previewing, "commit": committing}
    return said | {"memory": _memory()}


def _copy() -> float:
    """Seconds for one COPY of the rows as the table keeps them, with its indexes, constraints and checks of keys."""
    from django.db import connection, transaction

    from people.models import Person, sort_key

    _levels()
    _lists()
    text = io.StringIO()
    for place, manager in enumerate(managers := layered(PEOPLE)):
        given, family = f"Given{place % 997}", f"Family{place}"
        row = (
            place + 1, companies.number(place), f"person{place}@example.org", given, family, sort_key(given, family),
            f"Engineer {place % 300}", place % companies.FUNCTIONS + 1, place % companies.LINES + 1,
            place % companies.LEVELS + 1, place % companies.SITES + 1, "Europe/Berlin", "{en,de}",
            "\\N" if manager is None else manager + 1, f"2019-03-{place % 28 + 1:02}", "t", "f", "f", "f",
            f"!{place:040}",
        )  # fmt: skip
        text.write("\t".join(map(str, row)) + "\n")
    columns = (
        "id, employee_number, email, given_name, family_name, sort_name, job_title, function_id, line_of_business_id, "
        "level_id, site_id, time_zone, languages, manager_id, hired_on, is_active, is_executive, is_coordinator, "
        "is_administrator, password"
    )
    text.seek(0)

    def write() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.copy_expert(f"COPY people_person ({columns}) FROM STDIN", text)

    _, seconds = _timed(write)
    _insist(Person.objects.filter(manager=None).count() == managers.count(None), "COPY left some out")
    return seconds


def _levels() -> None:
    from people.models import Level

    Level.objects.bulk_create(Level(name=f"Level {rank}", rank=rank) for rank in range(1, companies.LEVELS + 1))


def _lists() -> None:
    from people.models import Function, LineOfBusiness, Site

    Function.objects.bulk_create(Function(name=f"Function {place}") for place in range(companies.FUNCTIONS))
    LineOfBusiness.objects.bulk_create(LineOfBusiness(name=f"Line {place}") for place in range(companies.LINES))
    Site.objects.bulk_create(Site(name=f"Site {place}") for place in range(companies.SITES))


def _insist(holds: bool, otherwise: str) -> None:
    if not holds:
        raise RuntimeError(f"Nothing was measured: {otherwise}.")


def _memory() -> float:
    """The most this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.perf_counter()
    return work(), time.perf_counter() - begun


if __name__ == "__main__":
    main()
