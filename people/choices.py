"""Words of the directory."""

from __future__ import annotations

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
