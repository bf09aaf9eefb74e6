"""Asking a supervisor for help, in a thread that only the two can read: who may, and what each reader learns.

The partner, coordinators and administrators have no way in. A supervisor who is no longer one of the program's has
none from the next request on.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from pairings import rules
from pairings.models import HelpMessage, HelpRequest, HelpRequestQuerySet, Pairing
from pairings.private_words import opened
from participants.models import Participation
from people.models import Person, PersonQuerySet
from privacy import audiences
from programs import queries as program_queries
from programs.models import Program, ProgramQuerySet
from ui.components import QueueItem

LONGEST: Final = 4000
MOST_MESSAGES: Final = 200
KEPT_DAYS: Final = 30
"""A thread is erased this many days after it was closed."""
KEPT_AFTER_PROGRAM_DAYS: Final = 60
"""One that nobody closed is erased this many days after the program's last day; never before the day that was its last
when it was begun, because whoever moves the end of a program may be who it is about."""


class NobodyToAsk(rules.Refused):
    sentence = "Please choose one of the supervisors of this program."
    field = "supervisor"


class AlreadyAsked(rules.Refused):
    field = "supervisor"

    def __init__(self, supervisor: Person) -> None:
        super().__init__(
            f"You already have an open conversation with {supervisor.given_name}. Write there: it is listed below."
        )


class NotYourThread(rules.Refused):
    sentence = "Only the two who write here can do this."


class ThreadClosed(rules.Refused):
    sentence = "This conversation is closed. You can begin another one at any time."


class SupervisorGone(rules.Refused):
    sentence = "Nobody would read this any more: the person you wrote to no longer has that part in the program."


class ThreadFull(rules.Refused):
    sentence = f"A conversation holds {MOST_MESSAGES} messages. Close this one and begin another."
    field = "words"


# Whose rows


def programs_to_ask_in(person: Person, *, on: date) -> ProgramQuerySet:
    """Where this person was in a pair whose page can be read, or takes part; there until some days after the last one.

    A pair that goes on can ask, wherever its program's end was moved to meanwhile.
    """
    readable = on - timedelta(days=rules.READABLE_DAYS)
    part = Participation.objects.filter(program=OuterRef("pk"), person=person).taking_part()
    pair = Pairing.objects.of(person).filter(
        Q(ended_on=None, runs_until__gte=readable) | Q(ended_on__gte=readable), program=OuterRef("pk")
    )
    programs: ProgramQuerySet = Program.objects.filter(Exists(pair) | Q(Exists(part), ends_on__gte=readable))
    return programs


def programs_open_to(person: Person, *, at: datetime, on: date) -> ProgramQuerySet:
    """Those to ask in, and those in which what this person began can still be read."""
    begun = visible_to(person, at=at).filter(asked_by=person)
    either = Q(pk__in=programs_to_ask_in(person, on=on).values("pk")) | Q(pk__in=begun.values("program"))
    programs: ProgramQuerySet = Program.objects.filter(either)
    return programs


def may_ask_in(person: Person, program: Program, *, on: date) -> bool:
    return programs_to_ask_in(person, on=on).filter(pk=program.pk).exists()


def not_to_ask(person: Person) -> set[tuple[int, int]]:
    """By program: themselves, and everybody they are or were paired with there."""
    pairs = Pairing.objects.of(person).values_list("program", "mentor__person", "mentee__person")
    return {(program, one) for program, *both in pairs for one in both}


def supervisors_for(person: Person, program: Program, *, on: date) -> PersonQuerySet:
    """Whom of the program this person may turn to: not themselves, and nobody they are or were paired with there."""
    partners = [one for where, one in not_to_ask(person) if where == program.pk]
    return program_queries.supervisors(program).employed(on).exclude(pk__in=[person.pk, *partners]).with_place()


def visible_to(person: Person, *, at: datetime) -> HelpRequestQuerySet:
    """What this person asked, and what was asked of them for as long as they are a supervisor of the program.

    Through the last day that both were told, where this one lives.
    """
    kept = _kept_through(at.astimezone(person.zone).date())
    found: HelpRequestQuerySet = (
        HelpRequest.objects.with_duty(at)
        .filter(kept)
        .filter(Q(asked_by=person) | Q(supervisor=person, is_held=True))
        .select_related("program", "asked_by__site", "supervisor__site", "data_key")
    )
    return found


def over(at: datetime) -> QuerySet[HelpRequest]:
    """Those that are to be erased: the last day both were told has ended everywhere, last of all 12 h behind UTC."""
    return HelpRequest.objects.exclude(_kept_through((at - timedelta(hours=12)).date()))


def _kept_through(on: date) -> Q:
    """That ``erased_on`` is this day or a later one, in SQL."""
    closed_from = datetime.combine(on - timedelta(days=KEPT_DAYS), time(), tzinfo=UTC)
    told = Q(program__ends_on__gte=on - timedelta(days=KEPT_AFTER_PROGRAM_DAYS)) | Q(kept_until__gte=on)
    unclosed = Q(closed_at=None) & told
    return unclosed | Q(closed_at__isnull=False, closed_at__gte=closed_from)


def unread_by(request: HelpRequest, person: Person) -> QuerySet[HelpMessage]:
    return HelpMessage.objects.filter(request=request, read_at=None).exclude(written_by=person)


def other_of(request: HelpRequest, person: Person) -> Person:
    return request.supervisor if request.asked_by_id == person.pk else request.asked_by


def erased_on(request: HelpRequest) -> date:
    """The last day on which both can read it."""
    if request.closed_at is not None:
        return request.closed_at.date() + timedelta(days=KEPT_DAYS)
    after_program = request.program.ends_on + timedelta(days=KEPT_AFTER_PROGRAM_DAYS)
    return max(after_program, request.kept_until or after_program)


def first_kept_until(program: Program, *, on: date) -> date:
    """What both are told when a request is begun on that day."""
    return max(program.ends_on, on) + timedelta(days=KEPT_AFTER_PROGRAM_DAYS)


# Questions and orders


def may_write(request: HelpRequest) -> bool:
    """For a request loaded through ``visible_to``, or with its duty."""
    return request.closed_at is None and request.is_held


def insist_may_write(request: HelpRequest, by: Person) -> None:
    insist_party(request, by)
    if request.closed_at is not None:
        raise ThreadClosed
    if not request.is_held:
        raise SupervisorGone


def insist_party(request: HelpRequest, by: Person) -> None:
    """Who asked; or the supervisor, while they are one."""
    if by.pk != request.asked_by_id and not (by.pk == request.supervisor_id and request.is_held):
        raise NotYourThread


# Pages


@dataclass(frozen=True, slots=True, repr=False)
class HelpWords:
    """``words`` is ``None`` when they cannot be opened (any more)."""

    by_me: bool
    written_at: datetime
    words: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Thread:
    """One thread as one of the two finds it, the oldest message first."""

    pk: uuid.UUID
    program: Program
    other: Person
    i_asked: bool
    is_open: bool
    is_lost: bool
    may_write: bool
    closed_by_me: bool
    messages: Sequence[HelpWords]
    unread: Sequence[uuid.UUID]
    erased_on: date
    sealed_away: str


@sensitive_variables()
def thread_of(request: HelpRequest, person: Person) -> Thread:
    """Load the request through ``visible_to``."""
    rows = list(request.messages.all())
    for row in rows:
        row.request = request
    messages = [
        HelpWords(row.written_by_id == person.pk, row.written_at, opened(row.words, request, row, "words"))
        for row in rows
    ]
    closed = any(each.words is None for each in messages)
    return Thread(
        pk=request.pk,
        program=request.program,
        other=other_of(request, person),
        i_asked=request.asked_by_id == person.pk,
        is_open=request.closed_at is None,
        is_lost=request.closed_at is None and not request.is_held,
        may_write=may_write(request),
        closed_by_me=request.closed_by_id == person.pk,
        messages=messages,
        unread=[row.pk for row in rows if row.read_at is None and row.written_by_id != person.pk],
        erased_on=erased_on(request),
        sealed_away=rules.ERASED_TEXT if request.data_key is None else rules.UNREADABLE if closed else "",
    )


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """One thread in a list, without a word of it."""

    pk: uuid.UUID
    program: str
    other: Person
    asked_at: datetime
    has_news: bool
    is_open: bool
    is_lost: bool


def threads_of(person: Person, *, at: datetime) -> list[tuple[HelpRequest, ThreadLine]]:
    news = HelpMessage.objects.filter(request=OuterRef("pk"), read_at=None).exclude(written_by=person)
    return [
        (
            each,
            ThreadLine(
                each.pk, each.program.name, other_of(each, person), each.asked_at, each.has_news,
                each.closed_at is None, each.closed_at is None and not each.is_held,
            ),
        )
        for each in sorted(
            visible_to(person, at=at).annotate(has_news=Exists(news)).order_by(),
            key=lambda each: (-each.asked_at.timestamp(), each.pk),
        )
    ]  # fmt: skip


def asked_in(program: Program, person: Person, *, at: datetime) -> list[ThreadLine]:
    """One's own requests in this program."""
    found = threads_of(person, at=at)
    return [line for each, line in found if each.asked_by_id == person.pk and each.program_id == program.pk]


def asked_of(person: Person, *, at: datetime) -> list[ThreadLine]:
    """What was written to this person as a supervisor, what is new first."""
    found = [line for each, line in threads_of(person, at=at) if each.supervisor_id == person.pk]
    return sorted(found, key=lambda line: (not line.has_news, not line.is_open))


@dataclass(frozen=True, slots=True)
class HelpAtHome:
    """What waits, what this person began and nobody closed, and whether they were written to as a supervisor."""

    waiting: Sequence[QueueItem]
    begun: Sequence[ThreadLine]
    is_asked: bool


NO_HELP: Final = HelpAtHome((), (), is_asked=False)


def at_home(person: Person, *, at: datetime) -> HelpAtHome:
    found = threads_of(person, at=at)
    waiting = [item for each, line in found if each.asked_by_id == person.pk for item in _own_waiting(line)]
    to_answer = [line for each, line in found if each.supervisor_id == person.pk and line.has_news]
    if to_answer:
        waiting.insert(
            0,
            QueueItem(
                "Somebody has written to you in confidence", "As a supervisor. Only the two of you can read it.",
                "Read it", reverse("pairings:asked_for_help"), tone="rise", audience=audiences.HELP_GIVEN,
            ),
        )  # fmt: skip
    begun = [line for each, line in found if each.asked_by_id == person.pk and line.is_open]
    return HelpAtHome(waiting, begun, any(each.supervisor_id == person.pk for each, _ in found))


def _own_waiting(line: ThreadLine) -> Iterable[QueueItem]:
    url = reverse("pairings:help_thread", args=[line.pk])
    if line.has_news:
        yield QueueItem(
            f"{line.other.given_name} has answered you", "In confidence: only the two of you can read it.", "Read it",
            url, tone="rise", audience=audiences.HELP,
        )  # fmt: skip
    if line.is_lost:
        yield QueueItem(
            "Please choose somebody else to turn to",
            f"{line.other.given_name} is no longer a supervisor of {line.program} and can no longer read what you "
            "wrote.", "Open it", url,
        )  # fmt: skip


# The desk


def open_requests(programs: Iterable[Program], reader: Person, *, at: datetime) -> set[int]:
    """In which programs a request for help was open as the reader's day began: never how many, or since when.

    A coordinator who looks several times must not learn who went to see a supervisor in between. What the reader
    asked, or was asked, does not count.
    """
    morning = at.astimezone(reader.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    found = (
        HelpRequest.objects.filter(Q(closed_at=None) | Q(closed_at__gte=morning), asked_at__lt=morning)
        .filter(program__in=[program.pk for program in programs])
        .exclude(Q(asked_by=reader) | Q(supervisor=reader))
    )
    return set(found.order_by().values_list("program", flat=True))
