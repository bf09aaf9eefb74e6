"""Databases of one's own for what is measured, on the server of the run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg2
from psycopg2 import sql

MIGRATED = "bench_migrated"


@contextmanager
def migrated() -> Iterator[None]:
    """While this lasts, :func:`measured` copies a database that has every table and no row."""
    with _database(MIGRATED):
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, env=os.environ | {"DATABASE_URL": _url(MIGRATED)}, check=True)
        yield


def measured(module: str, arguments: Sequence[str] = (), *, packages: str = "") -> Any:
    """What ``python -m module`` prints as JSON, run on a new database. ``packages``: one more folder of packages."""
    name = f"bench_{module.rpartition('.')[2]}"
    environment = os.environ | {"DATABASE_URL": _url(name), "PYTHONPATH": packages}
    with _database(name, template=MIGRATED):
        command = [sys.executable, "-m", module, *arguments]
        return json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)


@contextmanager
def _database(name: str, *, template: str = "template0") -> Iterator[None]:
    _tell("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    _tell("CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        yield
    finally:
        _tell("DROP DATABASE {} WITH (FORCE)", name)


def _tell(words: str, *names: str) -> None:
    server = psycopg2.connect(os.environ["DATABASE_URL"])
    server.autocommit = True
    try:
        with server.cursor() as cursor:
            cursor.execute(sql.SQL(words).format(*map(sql.Identifier, names)))
    finally:
        server.close()


def _url(name: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
