"""Words of the directory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from zoneinfo import available_timezones

from django.db import models


class Language(models.TextChoices):
    """Working languages, by ISO 639-1 code."""

    ARABIC = "ar", "Arabic"
    CZECH = "cs", "Czech"
    DANISH = "da", "Danish"
    GERMAN = "de", "German"
    ENGLISH = "en", "English"
    SPANISH = "es", "Spanish"
    FINNISH = "fi", "Finnish"
    FRENCH = "fr", "French"
    HINDI = "hi", "Hindi"
    ITALIAN = "it", "Italian"
    JAPANESE = "ja", "Japanese"
    DUTCH = "nl", "Dutch"
    NORWEGIAN = "no", "Norwegian"
    POLISH = "pl", "Polish"
    PORTUGUESE = "pt", "Portuguese"
    SWEDISH = "sv", "Swedish"
    TURKISH = "tr", "Turkish"
    UKRAINIAN = "uk", "Ukrainian"
    CHINESE = "zh", "Chinese"


TIME_ZONES: frozenset[str] = frozenset(zone for zone in available_timezones() if "/" in zone or zone == "UTC")


class ImportState(models.TextChoices):
    """Where a file for the directory stands. Only ``DONE`` and what follows has changed anything."""

    UPLOADED = "uploaded", "Columns to choose"
    CHECKED = "checked", "Checked, nothing changed yet"
    QUEUED = "queued", "Waits for a worker"
    RUNNING = "running", "Being carried out"
    DONE = "done", "Carried out"
    FAILED = "failed", "Stopped, nothing changed"
    DISCARDED = "discarded", "Discarded"
    UNDOING = "undoing", "Being taken back"
    UNDONE = "undone", "Taken back"


class LineKind(models.TextChoices):
    """What a line of a file would do to the directory."""

    NEW = "new", "New people"
    CHANGED = "changed", "Changed"
    LEAVING = "leaving", "Leaving"
    PROBLEM = "problem", "Cannot be read"


FIELD_LABELS: Final[Mapping[str, str]] = {
    "employee_number": "Employee number",
    "email": "Work e-mail",
    "given_name": "Given name",
    "family_name": "Family name",
    "job_title": "Job title",
    "function": "Function",
    "line_of_business": "Line of business",
    "level": "Level",
    "site": "Site",
    "time_zone": "Time zone",
    "languages": "Languages",
    "manager": "Manager’s employee number",
    "hired_on": "Hired on",
    "left_on": "Left on",
}
"""What the fields of the directory are called where a file is compared with it."""
