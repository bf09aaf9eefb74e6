"""The life of a file for the directory: uploaded, checked, carried out by a worker, and taken back if need be.

A worker takes an import by compare-and-set and holds it by a lease. Everything it writes is one transaction that ends
with the same comparison, so a worker that was killed has written nothing, and one that was only slow writes nothing
once another has taken over.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from time import monotonic
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ForeignObjectRel, ProtectedError, Q

from clock.bell import ring
from people import queries, rules
from people.actions.directory import hold_directory
from people.actions.import_directory import (
    LISTS,
    Keys,
    Tell,
    batched,
    change_people,
    free_addresses,
    write_plan,
)
from people.actions.rows import JsonRow, insert_rows
from people.choices import ImportState, LineKind
from people.consequences import carried
from people.directory_import import (
    Directory,
    MappingRefused,
    Options,
    Plan,
    Planned,
    Value,
    addresses_that_move,
    options_from_json,
    options_to_json,
    plain,
    plan,
)
from people.models import DirectoryImport, ImportLine, Person
from people.spreadsheets import FileUnreadable, Sheet, read

log = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=10)
MOST_PROBLEMS_KEPT: Final = 5_000
SECONDS_BETWEEN_SIGNS: Final = 0.5


class LeaseLost(Exception):
    """Another worker holds this import now."""


@transaction.atomic
def upload_import(*, file_name: str, content: bytes, by: Person, at: datetime) -> DirectoryImport:
    """Keep a file that can be read, to choose its columns next."""
    rules.insist_keeps_directory(by)
    _sheet(content)
    name = file_name.replace("\x00", "")[-200:] or "directory"
    found: DirectoryImport = DirectoryImport.objects.create(
        file_name=name, content=content, uploaded_by=by, uploaded_at=at
    )
    return found


@transaction.atomic
def check_import(found: DirectoryImport, *, options: Options, by: Person) -> DirectoryImport:
    """Compare the file with the directory and keep, line by line, what it would do. Changes nobody."""
    rules.insist_keeps_directory(by)
    held = DirectoryImport.objects.select_for_update(of=("self",)).get(pk=found.pk)
    rules.insist_may_check(held)
    try:
        made = plan(_sheet(bytes(held.content or b"")), queries.directory(), options)
    except MappingRefused as refusal:
        raise rules.ImportRefused(str(refusal)) from None
    held.lines.all().delete()
    for some in batched(_lines(held, made)):
        insert_rows(ImportLine, some)
    held.state, held.options, held.mark, held.failure = ImportState.CHECKED, options_to_json(options), made.mark, ""
    held.counts = _counts(made)
    held.added = {"level": list(made.levels), **{kind: list(names) for kind, names in made.places.items()}}
    held.save()
    return held


@transaction.atomic
def request_import(found: DirectoryImport, *, by: Person) -> DirectoryImport:
    """Have a worker carry it out. Asking twice asks once."""
    rules.insist_keeps_directory(by)
    held = DirectoryImport.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if held.state in (ImportState.QUEUED, ImportState.RUNNING, ImportState.DONE):
        return held
    rules.insist_may_carry_out(held)
    return _queue(held, ImportState.QUEUED, todo=held.counts["new"] + held.counts["changed"] + held.counts["leaving"])


@transaction.atomic
def request_undo(found: DirectoryImport, *, by: Person) -> DirectoryImport:
    """Have a worker take it back: the last import only, and only while nobody it touched has been changed since."""
    rules.insist_keeps_directory(by)
    held = DirectoryImport.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if held.state in (ImportState.UNDOING, ImportState.UNDONE):
        return held
    rules.insist_may_undo(held)
    return _queue(held, ImportState.UNDOING, todo=held.todo)


@transaction.atomic
def discard_import(found: DirectoryImport, *, by: Person) -> DirectoryImport:
    """Forget the file and what it would have done."""
    rules.insist_keeps_directory(by)
    held = DirectoryImport.objects.select_for_update(of=("self",)).get(pk=found.pk)
    rules.insist_may_discard(held)
    held.state, held.content = ImportState.DISCARDED, None
    held.lines.all().delete()
    held.save(update_fields=["state", "content"])
    return held


@transaction.atomic
def forget_untouched_imports(*, at: datetime) -> int:
    """Discard files that nobody carried out: personal data that serves nobody. How many. The tick calls this."""
    untouched = DirectoryImport.objects.filter(
        state__in=[ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED],
        uploaded_at__lte=at - rules.UNTOUCHED_IMPORTS_KEPT,
    )
    keys = list(untouched.select_for_update(skip_locked=True).values_list("pk", flat=True))
    ImportLine.objects.filter(directory_import__in=keys).delete()
    return DirectoryImport.objects.filter(pk__in=keys).update(state=ImportState.DISCARDED, content=None)


def carry_out_waiting_imports(*, at: datetime) -> int:
    """Carry out or take back what waits, or was left behind by a killed worker; how many came to an end."""
    waiting = DirectoryImport.objects.filter(_waiting(at)).order_by("uploaded_at", "pk").values_list("pk", flat=True)
    return sum(carry_out_import(pk, at=at) for pk in list(waiting))


def carry_out_import(pk: UUID, *, at: datetime) -> bool:
    """Carry this import out, or take it back, unless somebody else does or has done."""
    taken = {"started_at": at, "leased_until": at + LEASE, "done": 0}
    mine = DirectoryImport.objects.filter(pk=pk)
    if not (
        mine.filter(_waiting(at), state=ImportState.UNDOING).update(**taken)
        or mine.filter(_waiting(at)).exclude(state=ImportState.UNDOING).update(state=ImportState.RUNNING, **taken)
    ):
        return False
    found = mine.get()
    work, refused_to = (
        (_take_back, ImportState.DONE) if found.state == ImportState.UNDOING else (_carry_out, ImportState.UPLOADED)
    )
    try:
        with transaction.atomic(), Signs(found) as tell:
            work(found, at, tell)
    except LeaseLost:
        return False
    except ValidationError as refusal:
        _let_go(found, refused_to, " ".join(refusal.messages))
    except Exception:
        log.exception("An import of the directory failed: %s", pk)
        failed = ImportState.DONE if work is _take_back else ImportState.FAILED
        _let_go(found, failed, "A fault in the software stopped this. Nothing was changed; the log says where.")
    return True


def _queue(held: DirectoryImport, state: ImportState, *, todo: int) -> DirectoryImport:
    held.state, held.todo, held.done, held.failure = state, todo, 0, ""
    held.started_at = held.leased_until = None
    try:
        with transaction.atomic():
            held.save()
    except IntegrityError:
        raise rules.AnotherImportUnderWay from None
    ring("people.carry_out_import", str(held.pk))
    return held


def _waiting(at: datetime) -> Q:
    under_way = Q(state__in=[ImportState.RUNNING, ImportState.UNDOING])
    return (
        Q(state=ImportState.QUEUED)
        | Q(state=ImportState.UNDOING, leased_until=None)
        | (under_way & Q(leased_until__lte=at))
    )


def _still_held(found: DirectoryImport) -> Any:
    return DirectoryImport.objects.filter(pk=found.pk, state=found.state, started_at=found.started_at)


def _let_go(found: DirectoryImport, state: ImportState, why: str) -> None:
    _still_held(found).update(state=state, failure=why[:500], leased_until=None)


class Signs:
    """Shows how far the work is while its transaction is open: over a connection of its own, which others can see."""

    def __init__(self, found: DirectoryImport) -> None:
        self.found = found
        self.signed = monotonic()

    def __enter__(self) -> Tell:
        self.beside = connection.copy()
        return self.tell

    def tell(self, done: int, of: int) -> None:
        if monotonic() - self.signed < SECONDS_BETWEEN_SIGNS:
            return
        self.signed = monotonic()
        with self.beside.cursor() as cursor:
            cursor.execute(
                "UPDATE people_directoryimport SET done = %s WHERE id = %s AND started_at = %s",
                [done, self.found.pk, self.found.started_at],
            )

    def __exit__(self, *exception: object) -> None:
        self.beside.close()


def _carry_out(found: DirectoryImport, at: datetime, tell: Tell) -> None:
    hold_directory()
    made = plan(_sheet(bytes(found.content or b"")), queries.directory(), options_from_json(found.options))
    rules.insist_importable(made, found.mark)
    with carried(at):
        write_plan(made, tell)
    older = DirectoryImport.objects.exclude(pk=found.pk).filter(state=ImportState.DONE)
    ImportLine.objects.filter(directory_import__in=older).delete()
    _end(found, ImportState.DONE, at)


def _end(found: DirectoryImport, state: ImportState, at: datetime) -> None:
    ended = _still_held(found).update(
        state=state, finished_at=at, leased_until=None, content=None, done=found.todo, failure=""
    )
    if not ended:
        raise LeaseLost


def _take_back(found: DirectoryImport, at: datetime, tell: Tell) -> None:
    hold_directory()
    lines = list(found.lines.exclude(kind=LineKind.PROBLEM).order_by("row", "pk"))
    newcomers = {line.number: line for line in lines if line.kind == LineKind.NEW}
    changed = [line for line in lines if line.number not in newcomers]
    now = queries.directory()
    _insist_nobody_changed_since(lines, now)
    _insist_nothing_is_theirs(found)
    before = [
        Planned(line.row, line.number, line.name, {name: _value(name, pair[0]) for name, pair in line.details.items()})
        for line in changed
    ]
    rules.insist_goes_back(before, now, but_for=newcomers)
    with carried(at):
        _write_back(found, before, newcomers, tell)
    for kind, names in found.added.items():
        _remove_unused(kind, names)
    _end(found, ImportState.UNDONE, at)


def _write_back(found: DirectoryImport, before: list[Planned], newcomers: Collection[str], tell: Tell) -> None:
    keys = Keys.of_everybody(and_of={})
    free_addresses(before, and_of=newcomers)
    written = 0
    for some in batched(before):
        change_people(some, keys)
        tell(written := written + len(some), found.todo)
    Person.objects.filter(employee_number__in=newcomers).update(manager=None)
    for numbers in batched(newcomers):
        try:
            Person.objects.filter(employee_number__in=numbers).delete()
        except ProtectedError:
            raise rules.NewPeopleTakePart from None
        tell(written := written + len(numbers), found.todo)


def _insist_nobody_changed_since(lines: Iterable[ImportLine], now: Directory) -> None:
    differing = []
    for line in lines:
        known = now.people.get(line.number)
        after = {name: value[1] if line.kind != LineKind.NEW else value for name, value in line.details.items()}
        if known is None or any(plain(known.values[name]) != value for name, value in after.items()):
            differing.append(line.name)
    if differing:
        raise rules.PeopleChangedSince(differing)


def _insist_nothing_is_theirs(found: DirectoryImport) -> None:
    """Removing people would take along, without a word, what refers to them in whichever app."""
    newcomers = found.lines.filter(kind=LineKind.NEW).values("number")
    for relation in Person._meta.get_fields(include_hidden=True):
        # Who leads whom is judged where they are removed: among themselves they may.
        if not isinstance(relation, ForeignObjectRel) or relation.related_model is Person:
            continue
        theirs = {f"{relation.field.name}__employee_number__in": newcomers}
        if relation.related_model._base_manager.filter(**theirs).exists():
            raise rules.NewPeopleTakePart


def _remove_unused(kind: str, names: list[str]) -> None:
    for entry in LISTS[kind].objects.filter(name__in=names):
        try:
            with transaction.atomic():
                entry.delete()
        except ProtectedError:
            continue  # somebody has come to use it


def _sheet(content: bytes) -> Sheet:
    try:
        return read(content)
    except FileUnreadable as refusal:
        raise rules.ImportRefused(str(refusal)) from None


def _lines(found: DirectoryImport, made: Plan) -> Iterator[JsonRow]:
    for problem in made.problems[:MOST_PROBLEMS_KEPT]:
        details: JsonRow = {"column": problem.column, "value": problem.value, "reason": problem.reason}
        yield _line(found, LineKind.PROBLEM, details, row=problem.row)
    for planned in made.new:
        details = {name: plain(value) for name, value in planned.values.items()}
        yield _line(found, LineKind.NEW, details, row=planned.row, number=planned.number, name=planned.name)
    for planned in made.changed:
        details = {name: [plain(planned.before[name]), plain(value)] for name, value in planned.values.items()}
        yield _line(found, _kind_of(planned), details, row=planned.row, number=planned.number, name=planned.name)


def _kind_of(planned: Planned) -> LineKind:
    return LineKind.LEAVING if planned.values.get("left_on") else LineKind.CHANGED


def _line(
    found: DirectoryImport, kind: LineKind, details: JsonRow, *, row: int, number: str = "", name: str = ""
) -> JsonRow:
    columns = {"kind": kind, "row": row, "number": number, "name": name, "details": details}
    return {"directory_import_id": str(found.pk), **columns}


def _counts(made: Plan) -> dict[str, int]:
    leaving = sum(_kind_of(planned) is LineKind.LEAVING for planned in made.changed)
    managers = sum("manager" in planned.values for planned in made.changed)
    return {
        "new": len(made.new),
        "changed": len(made.changed) - leaving,
        "leaving": leaving,
        "unchanged": made.unchanged,
        "not_in_file": made.not_in_file,
        "problems": len(made.problems),
        "new_manager": managers,
        "addresses_that_move": addresses_that_move(made.changed),
    }


def _value(name: str, kept: Any) -> Value:
    """A value as it was before it became JSON."""
    if name in ("hired_on", "left_on") and kept is not None:
        return date.fromisoformat(kept)
    return tuple(kept) if name == "languages" else kept
