"""What pairs know before a program moves on; registered with ``programs.rules`` when Django starts."""

from __future__ import annotations

from datetime import date

from pairings.models import Pairing
from programs.choices import Stage
from programs.models import Program
from programs.rules import counted, require


def there_is_a_pair(program: Program, on: date) -> str | None:
    if Pairing.objects.filter(program=program).exists():
        return None
    return "There is no pair yet. Search for pairs, send proposals, and wait until two people have said yes."


def no_pair_is_under_way(program: Program, on: date) -> str | None:
    ends = Pairing.objects.filter(program=program).open(on).order_by("-runs_until").values_list("runs_until", flat=True)
    if not ends:
        return None
    verb = "is" if len(ends) == 1 else "are"
    return f"{counted(len(ends), 'pair')} {verb} still under way. The last one ends on {ends[0]:%-d %B %Y}."


def register() -> None:
    require(Stage.MATCHING, Stage.RUNNING, there_is_a_pair)
    require(Stage.REVIEW, Stage.CLOSED, no_pair_is_under_way)
