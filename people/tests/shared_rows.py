"""Rows that one test after another begins with: made once, and there for whoever asks for them.

A function under ``@shared`` is a fixture that makes rows. They stand in a savepoint around the tests for as long as
the next test asks for them too; one that does not never sees them. So each test finds exactly what it asks for, in
whatever order they run. What the function answers is handed out as a copy: a test may change it.

Around a test that commits no transaction may stand, and nobody knows beforehand what ``getfixturevalue`` asks for:
there the rows are made within the test, as those of any fixture.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from people.tests.factories import MADE

Maker = Callable[..., Any]
COMMITS = {"transactional_db", "live_server"}


def shared(make: Maker) -> Any:
    """A fixture of that name. It may take other shared rows, and nothing else."""
    ROWS.order[make] = len(ROWS.order)

    def copy(db: None, **needed: Any) -> Any:
        return ROWS.copy_of(make) if make in ROWS.kept else make(**needed)

    of_make = inspect.signature(make)
    db = inspect.Parameter("db", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    copy.__signature__ = of_make.replace(parameters=[db, *of_make.parameters.values()])  # type: ignore[attr-defined]
    copy.__doc__, copy.makes = make.__doc__, make  # type: ignore[attr-defined]
    return pytest.fixture(name=make.__name__)(copy)


@dataclass
class Rows:
    order: dict[Maker, int] = field(default_factory=dict)
    """Which maker comes before which: what is needed by others was written first."""
    blocker: Any = None
    """Pytest's guard of the database, while there is one."""
    line: BaseDatabaseWrapper | None = None
    kept: dict[Maker, tuple[transaction.Atomic, Any]] = field(default_factory=dict)

    @contextmanager
    def of_the_database(self, blocker: Any) -> Iterator[None]:
        self.blocker = blocker
        yield
        with blocker.unblock():
            self.drop()
        self.blocker = None

    def stand_for(self, test: pytest.Item) -> None:
        """Before a test begins: drop what it does not ask for, and make what is missing."""
        names = set(getattr(test, "fixturenames", ()))
        mark = test.get_closest_marker("django_db")
        if self.blocker is None or not (mark or names & {"db", *COMMITS}):
            return
        commits = names & COMMITS or (mark and (mark.kwargs or mark.args))
        asked = {} if commits else self._asked_by(test)
        with self.blocker.unblock():
            if self.line is not connections["default"]:  # Django has another one while Playwright's loop runs
                self.drop()
            self._drop_all_but(list(asked))
            if missing := [make for make in asked if make not in self.kept]:
                self.line = connections["default"]
                for make in missing:
                    self._make(make, asked)
                self.line.check_constraints()  # once, and not at the end of each test

    def _asked_by(self, test: pytest.Item) -> dict[Maker, dict[str, Maker]]:
        """Whose rows it asks for, in their order, each with what it needs.

        What needs something that is made anew for each test, because a module has its own of that name, is so too.
        """
        found: dict[str, list[Any]] = test._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
        makers = {name: make for name in found if (make := getattr(found[name][-1].func, "makes", None))}
        asked: dict[Maker, dict[str, Maker]] = {}
        for make in sorted(makers.values(), key=self.order.__getitem__):
            needed = inspect.signature(make).parameters
            if all(makers.get(name) in asked for name in needed):
                asked[make] = {name: makers[name] for name in needed}
        return asked

    def _make(self, make: Maker, asked: dict[Maker, dict[str, Maker]]) -> None:
        around = transaction.atomic()
        around.__enter__()
        self.kept[make] = (around, None)
        try:
            made = make(**{name: self.copy_of(needed) for name, needed in asked[make].items()})
        except BaseException:
            self.drop(since=make)
            raise
        finally:
            MADE.clear()
        self.kept[make] = (around, made)

    def copy_of(self, make: Maker) -> Any:
        return deepcopy(self.kept[make][1])

    def _drop_all_but(self, asked: list[Maker]) -> None:
        for place, make in enumerate(list(self.kept)):
            if asked[place : place + 1] != [make]:
                self.drop(since=make)
                break

    def drop(self, since: Maker | None = None) -> None:
        """All, or these and what was made after them."""
        if self.kept and self.line is not connections["default"]:
            self.kept.clear()
            self.line.close()  # type: ignore[union-attr]
            self.line.connect()  # type: ignore[union-attr]
        while self.kept:
            make, (around, _) = self.kept.popitem()
            transaction.set_rollback(True)
            around.__exit__(None, None, None)
            if make is since:
                break


ROWS = Rows()
