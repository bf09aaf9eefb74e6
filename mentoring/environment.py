"""Reading the environment: a missing setting is a sentence, never a traceback."""

from __future__ import annotations

import base64
import binascii
import os
import sys
from datetime import date, datetime, time, timedelta
from typing import NoReturn


def refuse(sentence: str) -> NoReturn:
    """Stop with one sentence on standard error and exit status 78 (EX_CONFIG in sysexits)."""
    print(f"Upwell cannot start: {sentence}", file=sys.stderr)
    raise SystemExit(78)


def text(name: str, *, default: str | None = None, purpose: str = "") -> str:
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is not None:
        return default
    refuse(f"{name} is not set. {purpose} See .env.example.".replace("  ", " "))


def flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in {"", "0", "no", "false", "off"}:
        return False if value else default
    if value in {"1", "yes", "true", "on"}:
        return True
    refuse(f"{name} is “{value}”. Write 1 or 0.")


def number(name: str, *, default: int, least: int | None = None) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        result = int(value)
    except ValueError:
        refuse(f"{name} is “{value}”. Write a whole number.")
    if least is not None and result < least:
        refuse(f"{name} is {result}. It may not be under {least}.")
    return result


def listing(name: str, *, default: tuple[str, ...] | None = None, purpose: str = "") -> list[str]:
    value = text(name, default=",".join(default) if default is not None else None, purpose=purpose)
    return [part.strip() for part in value.split(",") if part.strip()]


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def weekdays(name: str, *, default: tuple[str, ...]) -> tuple[int, ...]:
    """Days of the week, counted from Monday as 0."""
    named = [day.lower() for day in listing(name, default=default)]
    if not named or any(day not in WEEKDAYS for day in named):
        refuse(f"{name} is “{','.join(named)}”. Write days as {','.join(WEEKDAYS)}.")
    return tuple(sorted({WEEKDAYS.index(day) for day in named}))


def hours(name: str, *, default: str) -> tuple[time, time]:
    """Two times of one day, as 09:00-18:00."""
    value = text(name, default=default)
    try:
        first, last = (time.fromisoformat(part.strip()) for part in value.split("-"))
    except ValueError:
        refuse(f"{name} is “{value}”. Write two times, as 09:00-18:00.")
    if datetime.combine(date.min, last) - datetime.combine(date.min, first) < timedelta(hours=1):
        refuse(f"{name} is “{value}”. It has to last an hour at least.")
    return first, last


LONGEST_HOLIDAYS = timedelta(days=60)


def days(name: str) -> tuple[tuple[date, date], ...]:
    """Spans of days, their last ones included, as 2026-12-24..2027-01-01 or one day alone."""
    spans = []
    for entry in listing(name, default=()):
        first, _, last = entry.partition("..")
        try:
            span = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
        except ValueError:
            refuse(f"{name} has “{entry}”. Write days as 2026-12-25, or from one to another as 2026-12-24..2027-01-01.")
        if span[1] < span[0]:
            refuse(f"{name} has “{entry}”, which ends before it begins.")
        if span[1] - span[0] >= LONGEST_HOLIDAYS:
            refuse(f"{name} has “{entry}”, which is more than {LONGEST_HOLIDAYS.days} days. Is the year right?")
        spans.append(span)
    return tuple(spans)


def sealing_keys(name: str, *, purpose: str) -> tuple[tuple[str, bytes], ...]:
    """Master keys as (name, 32 bytes), the current one first, from ``name:base64[,name:base64…]``."""
    keys: list[tuple[str, bytes]] = []
    for entry in listing(name, purpose=purpose):
        key_name, colon, encoded = entry.partition(":")
        try:
            key = base64.urlsafe_b64decode(encoded)
        except (binascii.Error, ValueError):
            refuse(f"{name} holds a key that is not URL-safe base64.")
        if not (key_name and colon and len(key) == 32):
            refuse(f"{name} must look like name:key, each key 32 bytes in URL-safe base64.")
        keys.append((key_name, key))
    if len({key_name for key_name, _ in keys}) != len(keys):
        refuse(f"{name} uses a key name twice.")
    return tuple(keys)
