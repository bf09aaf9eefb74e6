"""The one place where the time is read.

Views, tasks and commands call :func:`now` or :func:`today` and pass the answer on; nothing below them reads a
clock. In the demo, and only there, the clock can be moved forward (see ``manage.py demo_clock``): the shift in
seconds stands in a small file, because web, worker and beat are different processes that must agree.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings


def now() -> datetime:
    """This instant in UTC."""
    return datetime.now(UTC) + shift()


def today(zone: ZoneInfo) -> date:
    """The date on the wall in ``zone``."""
    return now().astimezone(zone).date()


def last_today() -> date:
    """The date where a day ends last, twelve hours behind UTC: no day before it is still going on anywhere."""
    return (now() - timedelta(hours=12)).date()


def shift() -> timedelta:
    """How far the demo's clock runs ahead; zero outside the demo."""
    if not settings.DEMO:
        return timedelta(0)
    try:
        return timedelta(seconds=int(_shift_file().read_text()))
    except FileNotFoundError:
        return timedelta(0)


def move_to_shift(to: timedelta) -> None:
    """Set how far the demo's clock runs ahead; refused outside the demo and backwards in time."""
    if not settings.DEMO:
        raise PermissionError("Only the demo can move its clock.")
    if to < shift():
        raise ValueError("The demo's clock only moves forward.")
    file = _shift_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(str(int(to.total_seconds())))
    fresh.replace(file)


def _shift_file() -> Path:
    return Path(settings.DEMO_FOLDER) / "clock"
