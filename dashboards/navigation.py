"""What stands in the head of every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    url: str
    current: bool


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Entries a signed-in person may use, derived from the person alone: no query."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {"navigation": ()}
    wanted = [("Home", "dashboards:home", True), ("Programs", "participants:programs", True)]
    wanted += [("Progress", "dashboards:progress", person.is_executive or person.is_coordinator)]
    wanted += [("Desk", "admin:index", person.is_staff)]
    return {"navigation": tuple(_entries(request, wanted))}


def _entries(request: HttpRequest, wanted: list[tuple[str, str, bool]]) -> list[Entry]:
    entries = []
    for name, view, shown in wanted:
        if not shown:
            continue
        url = reverse(view)
        here = request.path == url if url == "/" else request.path.startswith(url)
        entries.append(Entry(name, url, here))
    return entries
