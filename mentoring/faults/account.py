"""What became of every message, by three witnesses: who owed it, the database, and the mail server."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

LATE: Final = 90.0
"""Seconds."""

BEFORE_THE_COMMIT: Final = 3.0
"""Seconds between the server’s answer and our note of it, at most, on a busy machine. A copy is excused only by a kill
within them."""


@dataclass(frozen=True, slots=True)
class Fault:
    at: float
    """Seconds since 1970."""
    what: str
    kills: bool = False
    """Whether somebody who may have been sending died."""


@dataclass(frozen=True, slots=True)
class Row:
    """One notice at the end. ``message_id`` is that of what it left with; ``number`` is what the message calls it."""

    key: str
    message_id: str
    address: str
    state: str
    waited: float
    """Seconds from when it was due to when it was finished."""
    number: str = ""


@dataclass
class Account:
    owed: int
    rows: Sequence[Row]
    taken: dict[str, list[float]]
    spoilt: frozenset[str]
    """Whom something happened to at the mail server: these wait as it asked, and say nothing about us."""
    faults: Sequence[Fault]
    ages: Sequence[tuple[float, float]]
    """Every half second: the instant, and how long the oldest had waited of all that could have left."""
    told: dict[str, set[frozenset[str]]] = field(default_factory=dict)
    """Under each Message-ID, which numbers the messages named: one set, unless they differed."""
    complaints: list[str] = field(default_factory=list)

    def judge(self) -> list[str]:
        """Sentences about what should not have happened; none if all is well."""
        wrong = list(self.complaints)
        if len(self.rows) != self.owed:
            wrong.append(f"{self.owed:,} were owed, and {len(self.rows):,} stand in the database.")
        twice = [key for key, count in Counter(row.key for row in self.rows).items() if count > 1]
        if twice:
            wrong.append(f"{len(twice)} keys stand twice.")
        if unsent := Counter(row.state for row in self.rows if row.state != "sent"):
            wrong.append(f"Not sent in the end: {dict(unsent)}.")
        if lost := [row for row in self.rows if row.state == "sent" and row.message_id not in self.taken]:
            wrong.append(f"{len(lost)} were noted as sent, and the mail server never took them.")
        if strange := set(self.taken) - {row.message_id for row in self.rows}:
            wrong.append(f"{len(strange)} arrived under a Message-ID that nothing owed has.")
        wrong += self._judge_words()
        if unexcused := [each for each, copies in self.copies() if not self._excused(copies)]:
            wrong.append(f"{len(unexcused)} came twice without a kill that excuses it.")
        late = [(fault, after) for fault, after in self.recoveries() if after > LATE]
        wrong += [f"After “{fault.what}” it took {after:.0f} s until nothing was late." for fault, after in late]
        return wrong

    def _judge_words(self) -> Iterator[str]:
        """Mail programs show a Message-ID once: what a second message under it adds is lost, and what a message under
        another repeats is read twice."""
        if differing := [name for name, ways in self.told.items() if len(ways) > 1]:
            yield f"{len(differing)} messages said one thing the first time and another the next, under one Message-ID."
        names: dict[str, set[str]] = defaultdict(set)
        for name, ways in self.told.items():
            for number in frozenset[str]().union(*ways):
                names[number].add(name)
        if twice := [number for number, under in names.items() if len(under) > 1]:
            yield f"{len(twice)} were told under more than one Message-ID."
        silent = [
            row for row in self.rows if row.state == "sent" and row.number and row.message_id not in names[row.number]
        ]
        if silent:
            yield f"{len(silent)} were noted as sent with a message that does not name them."

    def copies(self) -> list[tuple[str, list[float]]]:
        return [(message_id, sorted(at)) for message_id, at in self.taken.items() if len(at) > 1]

    def _excused(self, taken_at: Sequence[float]) -> bool:
        """Each time but the last, somebody died right after the server had taken it."""
        kills = [fault.at for fault in self.faults if fault.kills]
        return all(any(0 <= kill - at <= BEFORE_THE_COMMIT for kill in kills) for at in taken_at[:-1])

    def recoveries(self) -> list[tuple[Fault, float]]:
        """For each fault, seconds until the oldest wait is under the limit for good, whatever came in between; 0 where
        it never was above before the next fault that found nothing late."""
        return [(fault, self._late_until(fault.at)) for fault in self.faults]

    def _late_until(self, since: float) -> float:
        """From the fault to the end of the first stretch of lateness that began within the limit after it."""
        end = since
        late = False
        for at, age in self.ages:
            if at < since:
                continue
            if age > LATE:
                late, end = True, at
            elif late or at - since > LATE:
                break
        return end - since if late else 0.0

    @property
    def longest(self) -> float:
        return max((age for _, age in self.ages), default=0.0)

    @property
    def seconds_late(self) -> float:
        """How long altogether something had waited for more than the limit."""
        late = 0.0
        for (before, _), (at, age) in zip(self.ages, self.ages[1:], strict=False):
            late += (at - before) if age > LATE else 0.0
        return late

    def waits(self) -> list[float]:
        """Of messages that nothing happened to at the mail server, in order."""
        return sorted(row.waited for row in self.rows if row.address not in self.spoilt and row.state == "sent")


def read_taken(file: Path) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for line in _lines(file):
        at, message_id, *_ = line.split(" ")
        found[message_id].append(float(at))
    return dict(found)


def read_told(file: Path) -> dict[str, set[frozenset[str]]]:
    found: dict[str, set[frozenset[str]]] = defaultdict(set)
    for line in _lines(file):
        _, message_id, *numbers = line.split(" ")
        found[message_id].add(frozenset(numbers))
    return dict(found)


def rows_of_the_outbox() -> list[Row]:
    from notifications.models import Notice

    return [
        Row(
            each.key, each.bundle.message_id if each.bundle is not None else each.message_id, each.person.email,
            each.state, (each.finished_at - each.due_at).total_seconds() if each.finished_at else float("inf"),
            each.subject,
        )
        for each in Notice.objects.select_related("person", "bundle")
    ]  # fmt: skip


def read_spoilt(file: Path) -> list[tuple[str, str]]:
    """Whom, and what happened."""
    return [(address, what) for address, _, what in (line.partition(" ") for line in _lines(file))]


def _lines(file: Path) -> Iterable[str]:
    return file.read_text().splitlines() if file.exists() else []
