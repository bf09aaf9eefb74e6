"""Light, dark, or as the reader's system says: kept in a cookie, because a choice must work without a script."""

from __future__ import annotations

from django.http import HttpRequest

COOKIE = "upwell_appearance"
SCHEMES = {"": "Automatic", "light": "Light", "dark": "Dark"}


def scheme_of(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(COOKIE, "")
    return chosen if chosen in SCHEMES else ""
