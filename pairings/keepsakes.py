"""What somebody may keep of a pair as PDF: a certificate of their time, and closing words the partner shared.

The certificate holds facts of the pair and no word the two wrote. It names the partner only while both have said that
they may be named. The same pair makes the same file on the same machine, byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Literal

import typst
from django.db.models import Count, Sum
from django.views.decorators.debug import sensitive_variables

from pairings import rules
from pairings.choices import GoalState
from pairings.models import Pairing, Reflection
from pairings.private_words import opened
from pairings.rules import Refused, in_words
from people.models import Person
from programs.choices import Side
from ui.lines import printable

LAYOUT: Final = Path(__file__).with_name("keepsake.typ")


class NotOverYet(Refused):
    sentence = "A certificate is made once your pair is over."


@dataclass(frozen=True, slots=True, repr=False)
class Keepsake:
    """The words of one file. A certificate is ``wide``; ``name`` stands large in its middle."""

    title: str
    over: str
    lines: Sequence[str]
    name: str
    after: Sequence[str]
    foot: str
    wide: bool


def is_made(pairing: Pairing, *, on: date) -> bool:
    return not rules.is_open(pairing, on=on)


def may_say_named(pairing: Pairing, *, on: date) -> bool:
    """Whether somebody may be named is asked in the last weeks, and as long as the page can be read."""
    return rules.may_reflect(pairing, on=on)


def insist_may_say_named(pairing: Pairing, *, on: date) -> None:
    rules.insist_may_reflect(pairing, on=on)


def agrees(pairing: Pairing, person: Person) -> bool:
    """Whether this one of the two said that the partner's certificate may name them."""
    said_at = pairing.mentor_named_at if pairing.side_of(person) is Side.MENTOR else pairing.mentee_named_at
    return said_at is not None


def names_both(pairing: Pairing) -> bool:
    return pairing.mentor_named_at is not None and pairing.mentee_named_at is not None


def certificate_of(pairing: Pairing, person: Person, *, on: date) -> Keepsake:
    """For one of the two, once the pair is over."""
    if not is_made(pairing, on=on):
        raise NotOverYet
    side = rules.insist_partner(pairing, person)
    met = pairing.meetings.aggregate(number=Count("pk"), minutes=Sum("minutes"))
    goals = pairing.goals.filter(state=GoalState.MET).count()
    did = [
        _counted(met["number"], "meeting") if met["number"] else "",
        _time(met["minutes"] or 0),
        f"{_counted(goals, 'goal')} met" if goals else "",
    ]
    done = ", ".join(filter(None, did))
    word = pairing.program.word(side, article=True)
    with_partner = f" with {pairing.partner_of(person).name}" if names_both(pairing) else ""
    term = f"from {in_words(pairing.started_on)} to {in_words(pairing.last_day)}"
    return Keepsake(
        title="Certificate",
        over=pairing.program.name,
        lines=["This is to say that"],
        name=person.name,
        after=[
            f"took part in reverse mentoring as {word}{with_partner}, {term}.",
            *([f"{done}."] if done else ()),
        ],
        foot="Made from the dates and numbers of the pair. What the two talked about stays with them.",
        wide=True,
    )


@sensitive_variables()
def thanks_of(pairing: Pairing, person: Person) -> Keepsake | None:
    """The closing words the partner shared, for this one of the two; None where there are none to read."""
    partner = pairing.partner_of(person)
    shared: Reflection | None = pairing.reflections.filter(person=partner, shared=True).first()
    words = opened(shared.words, pairing, shared, "words") if shared is not None else None
    if shared is None or not words:
        return None
    return Keepsake(
        title=f"From {partner.name}",
        over=f"{pairing.program.name}, {in_words(pairing.started_on)} to {in_words(pairing.last_day)}",
        lines=words.splitlines(),
        name="",
        after=[],
        foot=f"Written for {person.name}, and for nobody else.",
        wide=False,
    )


@sensitive_variables()
def as_pdf(keepsake: Keepsake) -> bytes:
    """Set as PDF/UA-1. A sign that the font lacks keeps the standard from being met; then a box stands for it."""
    told = {
        "title": printable(keepsake.title), "over": printable(keepsake.over), "name": printable(keepsake.name),
        "lines": [printable(line) for line in keepsake.lines], "after": [printable(line) for line in keepsake.after],
        "foot": printable(keepsake.foot), "wide": keepsake.wide,
    }  # fmt: skip
    inputs = {"kept": json.dumps(told)}
    with suppress(typst.TypstError):
        return _set(inputs, ["ua-1"])
    return _set(inputs, [])


def _set(inputs: dict[str, str], standards: list[Literal["ua-1"]]) -> bytes:
    return bytes(typst.compile(_layout(), output=None, format="pdf", sys_inputs=inputs, pdf_standards=[*standards]))


@cache
def _layout() -> bytes:
    return LAYOUT.read_bytes()


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _time(minutes: int) -> str:
    """Hours to the nearest half, where there are any."""
    halves = round(minutes / 30)
    hours = f"{halves // 2}{'½' if halves % 2 else ''}" if halves > 1 else "½" if halves else ""
    return f"{hours} hour{'' if hours in ('1', '½') else 's'} together" if hours else ""
