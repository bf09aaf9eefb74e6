"""What the working languages are called, which way they are written, and which of several somebody reads first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import get_language_info

from people.choices import Language

_CODES: Final[Mapping[str, str]] = {Language.CHINESE: "zh-hans", Language.NORWEGIAN: "nb"}
"""Where Django's own tables go by another name."""


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
        return date_format(day, "DATE_FORMAT")


def preferred(offered: Collection[str], spoken: Iterable[str], *, otherwise: str) -> str:
    """Of the languages that are offered, the one that somebody who speaks these reads first."""
    return next((language for language in spoken if language in offered), otherwise)


def _info(language: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = get_language_info(
        "en" if language == Language.ENGLISH else _CODES.get(language, language)
    )
    return found
