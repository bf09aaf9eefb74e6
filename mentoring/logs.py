"""Lines of the log, without what PostgreSQL repeats of a row, and without links that stand for signing in.

Where the database refuses something, its message quotes the row or the values of the statement: wishes, answers to a
check-in, comments in a survey. The log keeps which table and rule refused, and nothing of what somebody wrote. Whoever
reads the log must not be able to come in as somebody else, nor answer for a referee, log a meeting, read somebody's
calendar or stop their messages, so it keeps that such a link was opened, and not which.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Final

import psycopg2
from django import db

QUOTING: Final = re.compile(
    r"(?:\n|\\n)\s*(?:DETAIL|CONTEXT|HINT|LINE \d+):.*|(?<=invalid input) (?:syntax|value) for .*", re.DOTALL
)
"""From where PostgreSQL begins to quote; the line break may be that of a repr."""

SIGNED_LINK: Final = re.compile(
    r"(/refer/|/pairs/met/|/pairs/calendars/|/your-messages/no-more/|/way-in/\d+/)[^/\s\"'<>]+"
)
"""An address whose last part lets anybody in; a test holds this against every address of the site."""

LEFT_OUT: Final = " [left out]"


def without_rows(text: str) -> str:
    """The text up to where a database's message begins to quote."""
    return QUOTING.sub(LEFT_OUT, text)


def without_links(text: str) -> str:
    return SIGNED_LINK.sub(r"\1[left out]", text)


def of_refusal(error: BaseException) -> str:
    """What may be said of a database's refusal: its code and what of ours refused."""
    cause = error if isinstance(error, psycopg2.Error) else error.__cause__
    if not isinstance(cause, psycopg2.Error):
        return without_rows(str(error))
    told = {"code": cause.pgcode, "table": cause.diag.table_name, "rule": cause.diag.constraint_name}
    return ", ".join(f"{name} {value}" for name, value in told.items() if value) or LEFT_OUT.strip()


class Plain(logging.Formatter):
    """One record as text. Tracebacks keep their files and lines, and the words of every error that is not a row's."""

    def format(self, record: logging.LogRecord) -> str:
        # Another handler may have kept a text of its own in the record; ours is made anew and not left behind.
        kept, record.exc_text = record.exc_text, None
        if not record.exc_info and kept:
            record.exc_text = without_rows(kept)
        try:
            return without_links(super().format(record))
        finally:
            record.exc_text = kept

    def formatMessage(self, record: logging.LogRecord) -> str:
        return without_rows(super().formatMessage(record))

    def formatException(self, ei: object) -> str:
        error = ei[1] if isinstance(ei, tuple) else None
        if not isinstance(error, BaseException):
            return ""
        return "\n\n".join(reversed(list(_told(error))))


def _told(error: BaseException | None) -> Iterator[str]:
    """Each error of the chain as text, the last one first, as Python's own tracebacks lead from one to the next."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        trace: TracebackType | None = error.__traceback__
        kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
        words = of_refusal(error) if isinstance(error, db.Error | psycopg2.Error) else without_rows(str(error))
        where = "Traceback (most recent call last):\n" + "".join(traceback.format_tb(trace)) if trace else ""
        yield f"{where}{kind}: {words}".rstrip(": ")
        following = error.__cause__
        error = following if following is not None or error.__suppress_context__ else error.__context__
