"""What others see of a person, for that person: their own profile as each kind of reader reads it.

Which fields a reader sees is decided in ``participants.profiles`` alone. Here they get their words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from django.views.decorators.debug import sensitive_variables

from participants import champions, profiles, queries, questions, rules
from participants.choices import Relation
from participants.models import Participation
from people.models import Person
from programs.choices import Duty, Side
from programs.models import Program


@dataclass(frozen=True, slots=True)
class Reader:
    """A kind of reader, as somebody speaks of their own readers, and when such a reader reads a profile at all."""

    relation: Relation
    words: str
    when: str


READERS: Final = (
    Reader(
        Relation.PROPOSED,
        "Somebody I am proposed to",
        "While a proposal is open, the two who are proposed to each other read this. No other possible partner does.",
    ),
    Reader(Relation.PARTNER, "My partner", "From the first day of a pair, for as long as its page can be read."),
    Reader(
        Relation.COORDINATOR,
        "Coordinators",
        "Coordinators of the program, for matching. One who takes part reads only what somebody proposed to you reads.",
    ),
    Reader(
        Relation.SUPERVISOR,
        "Supervisors",
        "Supervisors of the program, to whom you can turn. While you are in a pair they see who the two are, and of "
        "your meetings the day, the minutes, the kind and who cancelled.",
    ),
    Reader(
        Relation.LINE_MANAGER,
        "My line manager",
        "One line for each program, whatever your side, once you have agreed to its charter and until it closes.",
    ),
    Reader(
        Relation.EXECUTIVE,
        "Executives and sponsors",
        "Numbers about groups of five or more people, and nobody’s profile.",
    ),
    Reader(Relation.ADMINISTRATOR, "Administrators", "Whoever keeps the directory and looks after delivery."),
    Reader(Relation.STRANGER, "Any other colleague", "Somebody who has nothing to do with your programs."),
)

LABELS: Final[Mapping[str, str]] = {
    "offered": "What I can show",
    "wanted": "What I want to learn",
    "number_one": "The number one thing I want",
    "introduce": "Shown before a yes",
    "ways": "How I like to meet",
    "half_days": "When I am free",
    "places": "People at a time",
    "not_discussed": "Topics I will not discuss",
    "answers": "Answers to questions of the program",
    "charter_signed_at": "Charter agreed to",
    "charter_complete": "Charter complete",
}
"""Where the name of a field does not say it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field as its reader reads it."""

    name: str
    label: str
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SeenProfile:
    """What one reader sees of one participation; ``lines`` is empty where that is nothing, and ``why`` says why."""

    program: Program
    side: Side
    lines: tuple[Line, ...] = field(repr=False)
    why: str = ""


@dataclass(frozen=True, slots=True)
class SeenOfMe:
    """One's own page: the reader that was chosen, what they see in each program, and what everybody sees."""

    reader: Reader
    profiles: tuple[SeenProfile, ...]
    entry: tuple[tuple[str, str], ...]
    duties: tuple[tuple[Program, str], ...]
    shown_as_champion: tuple[Program, ...]


def reader_named(name: str) -> Reader:
    """The first where nobody is called so."""
    return next((reader for reader in READERS if reader.relation == name), READERS[0])


@sensitive_variables()
def seen_of(person: Person, reader: Reader, *, at: datetime) -> SeenOfMe:
    """What ``reader`` sees of ``person``, who alone may ask. As many queries with one program as with many."""
    on = at.astimezone(person.zone).date()
    mine = questions.with_answers(queries.with_profile(queries.own(person))).order_by(
        "program__name", "program", "side"
    )
    told = {line.program.pk: line.hours for line in queries.lines_about(person, on=on)}
    return SeenOfMe(
        reader=reader,
        profiles=tuple(_seen(row, reader.relation, told) for row in mine if _is_read(row, reader.relation, at=at)),
        entry=directory_entry(person),
        duties=tuple((each.program, Duty(each.duty).label) for each in person.duties.select_related("program")),
        shown_as_champion=tuple(each.program for each in champions.asked_of(person).shown()),
    )


def directory_entry(person: Person) -> tuple[tuple[str, str], ...]:
    """What every colleague may know; what is not filled in is left out."""
    entry = (
        ("Name", person.name),
        ("Job title", person.job_title),
        ("Function", person.function),
        ("Line of business", person.line_of_business),
        ("Level", person.level),
        ("Site", person.site),
        ("Work e-mail", person.email),
        ("Line manager", person.manager),
    )
    return tuple((label, str(value)) for label, value in entry if value)


def _is_read(row: Participation, relation: Relation, *, at: datetime) -> bool:
    """After a withdrawal only those two still read what is left, until it is emptied."""
    if row.withdrawn_at is None:
        return True
    is_left = at < row.withdrawn_at + rules.KEPT_AFTER_WITHDRAWING
    return is_left and relation in (Relation.PARTNER, Relation.PROPOSED)


@sensitive_variables()
def _seen(row: Participation, relation: Relation, told: Mapping[int, int]) -> SeenProfile:
    program, side = row.program, Side(row.side)
    seen = profiles.fields_seen(row, relation)
    if not seen:
        return SeenProfile(program, side, (), "Nothing of your profile, and not that you take part.")
    shown = profiles.profile_shown_to(row, relation)
    if relation is Relation.LINE_MANAGER:
        if row.program_id not in told:
            return SeenProfile(program, side, (), "Nothing: your line manager is not told of this program now.")
        shown = replace(shown, hours_a_month=told[row.program_id])
    why = "You have withdrawn: what is left is emptied within two days." if row.withdrawn_at is not None else ""
    return SeenProfile(program, side, _lines(shown, seen), why)


def _lines(shown: profiles.ShownProfile, seen: frozenset[str]) -> tuple[Line, ...]:
    return tuple(
        Line(name, LABELS.get(name, name.replace("_", " ").capitalize()), _words(shown, name))
        for name in profiles.PROFILE_FIELDS
        if name in seen
    )


def _words(shown: profiles.ShownProfile, name: str) -> str:
    value = getattr(shown, name)
    if name == "side" and shown.program is not None:
        return shown.program.word(value, capital=True)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return f"{value.astimezone(shown.person.zone):%-d %B %Y}"
    if name == "answers":
        return "; ".join(f"{each.question} {each.words}" for each in shown.answers or ()) or "Nothing said"
    if isinstance(value, tuple):
        return ", ".join(value) or "Nothing said"
    return "Not yet" if value is None else str(value) or "Nothing said"
