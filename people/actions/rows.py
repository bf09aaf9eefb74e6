"""Thousands of rows in one statement. Each row is a mapping from column to what JSON can hold.

PostgreSQL turns the JSON into the types of the table's own columns. The models' ``save`` is not asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

JsonRow = Mapping[str, Any]


def reserve_keys(model: type[Model], count: int) -> list[int]:
    """So many primary keys that nothing else will get, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, _key_of(model), count],
        )
        return sorted(key for (key,) in cursor.fetchall())


def insert_rows(model: type[Model], rows: Sequence[JsonRow]) -> None:
    """``rows`` all have the columns of the first; a column that is left out gets the database's default."""
    if not rows:
        return
    table, columns = _quoted(model._meta.db_table), ", ".join(map(_quoted, rows[0]))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table} ({columns})
            SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)
            """,  # noqa: S608 - names of our own models
            [json.dumps(rows)],
        )


def change_rows(model: type[Model], rows: Sequence[JsonRow], *, known_by: str) -> None:
    """Change what each row says and nothing else. ``known_by``: the column, unique and text, that tells whose it is."""
    columns = sorted({column for row in rows for column in row} - {known_by})
    if not columns:
        return
    table, key, known = (_quoted(name) for name in (model._meta.db_table, _key_of(model), known_by))
    changes = ", ".join(f"{column} = filled.{column}" for column in map(_quoted, columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {table} AS changed SET {changes}
            FROM jsonb_array_elements(%s::jsonb) AS told (columns)
            JOIN {table} AS before ON before.{known} = told.columns ->> %s
            CROSS JOIN LATERAL jsonb_populate_record(before, told.columns) AS filled
            WHERE changed.{key} = before.{key}
            """,  # noqa: S608 - names of our own models
            [json.dumps(rows), known_by],
        )


def _key_of(model: type[Model]) -> str:
    return str(model._meta.pk.column)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
