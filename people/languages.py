"""What the working languages are called, which way they are written, and which of several somebody reads first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import get_language_info

from people.choices import Language

_CODES: Final[Mapping[str, str]] = {Language.CHINESE: "zh-hans", Language.NORWEGIAN: "nb"}
"""Where Django's own tables go by another name."""


_FORMATS: Final[Mapping[str, str]] = {
    Language.ITALIAN: "j F Y", Language.TURKISH: "j F Y", Language.UKRAINIAN: "j E Y р.",
    Language.PORTUGUESE: r"j \d\e F \d\e Y",
}  # fmt: skip
"""Where Django writes a zero before the day, or writes it as one no longer does."""
_SMALL_MONTHS: Final = frozenset({Language.ITALIAN, Language.PORTUGUESE})


def name_of(language: str) -> str:
    """What those who speak it call it."""
    return str(_info(language)["name_local"]).capitalize()


def direction_of(language: str) -> str:
    return "rtl" if _info(language)["bidi"] else "ltr"


def day_in(language: str, day: date) -> str:
    """A day as one writes it there, with the month in letters and the year."""
    if language == Language.ENGLISH:
        return f"{day:%-d %B %Y}"  # Django would shorten the month
    with translation.override(_CODES.get(language, language)):
        written = date_format(day, _FORMATS.get(language, "DATE_FORMAT"))
    return written.lower() if language in _SMALL_MONTHS else written


def moment_in(language: str, at: datetime) -> str:
    """A day and an hour near enough to need no year in English, on the clock that ``at`` is on."""
    if language == Language.ENGLISH:
        return f"{at:%A %-d %B, %H:%M}"
    return f"{day_in(language, at.date())}, {at:%H:%M}"


def preferred(offered: Collection[str], spoken: Iterable[str], *, otherwise: str) -> str:
    """Of the languages that are offered, the one that somebody who speaks these reads first."""
    return next((language for language in spoken if language in offered), otherwise)


def _info(language: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = get_language_info(
        "en" if language == Language.ENGLISH else _CODES.get(language, language)
    )
    return found
