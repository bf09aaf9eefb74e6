"""The private room of a pair: notes of one's own, and messages to the partner. Nobody else has a way in.

A message cannot be changed. Its writer may take it back for some minutes, as long as the partner has not opened the
room. A note is its writer's alone, who may change and delete it for as long as the room can be read.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.views.decorators.debug import sensitive_variables

from pairings import rules
from pairings.models import Pairing, PrivateMessage, PrivateNote
from pairings.private_words import opened
from people.models import Person

TAKEN_BACK_WITHIN: Final = timedelta(minutes=10)
LONGEST: Final = 4000
MOST_NOTES: Final = 100
MOST_MESSAGES: Final = 2000
MESSAGES_ON_A_PAGE: Final = 25


class RoomRests(rules.Refused):
    sentence = "Your pair rests, so a message would not be read. You can still write notes for yourself."


class EnoughNotes(rules.Refused):
    sentence = f"You have {MOST_NOTES} notes in this room. Delete one before you add another."
    field = "words"


class EnoughMessages(rules.Refused):
    sentence = f"This room holds {MOST_MESSAGES:,} messages, and that is all it can. Talk to each other instead."
    field = "words"


class TooLateToTakeBack(rules.Refused):
    sentence = (
        f"A message can be taken back for {TAKEN_BACK_WITHIN.seconds // 60} minutes, and only while your partner has "
        "not opened the room. This one stays."
    )


class NoteChanged(rules.Refused):
    sentence = (
        "You changed this note in another window meanwhile. Nothing you typed here is lost: look at the note as it "
        "stands, then save again."
    )


class NoteGone(rules.Refused):
    sentence = "You deleted this note in another window meanwhile. Copy what you typed here if you want to keep it."


# Whose rows


def notes_of(pairing: Pairing, person: Person) -> QuerySet[PrivateNote]:
    """One's own, and nobody else's."""
    own: QuerySet[PrivateNote] = pairing.notes.filter(written_by=person)
    return own


def unread_by(pairing: Pairing, person: Person) -> QuerySet[PrivateMessage]:
    """What the partner wrote and this person has not seen."""
    unread: QuerySet[PrivateMessage] = pairing.messages.exclude(written_by=person).filter(read_at=None)
    return unread


def anything_unread(person: Person) -> Exists:
    """For pairs: whether something waits in the room for this person."""
    theirs = PrivateMessage.objects.filter(pairing=OuterRef("pk"), read_at=None)
    return Exists(theirs.exclude(written_by=person))


# What waits beside the messages


@dataclass(frozen=True, slots=True)
class Beside:
    """Something else that one of the two wrote to the other: kept by an app above, and read on a page of its own.

    It is told of as a message is, in the same words. Whoever sees which mails left, or reads the subject of one over
    somebody's shoulder, must not learn that a pair wrote something of this sort. ``key`` is that of the notice.
    """

    key: uuid.UUID
    words: str
    url: str


Source = Callable[[Pairing, Person, date], Sequence[Beside]]
Keys = Callable[[], Iterable[uuid.UUID]]
_sources: list[tuple[Source, Keys]] = []


def look_beside(source: Source, keys: Keys) -> None:
    """Let an app above say what of its own waits for somebody of a pair, and the keys of all that waits in any pair.

    The second is asked without a day: what cannot be answered at present, as while a pair rests, may wait to be told of
    again.
    """
    if (source, keys) not in _sources:
        _sources.append((source, keys))


def waits_beside(pairing: Pairing, person: Person, *, on: date) -> list[Beside]:
    return [each for source, _ in _sources for each in source(pairing, person, on)]


def keys_beside() -> set[uuid.UUID]:
    """Of everything beside the messages that waits, whosever it is."""
    return {key for _, keys in _sources for key in keys()}


# Questions and orders


def may_write_to_partner(pairing: Pairing, *, on: date) -> bool:
    return rules.is_attended(pairing, on=on)


def insist_may_write_to_partner(pairing: Pairing, *, on: date) -> None:
    rules.insist_open(pairing, on=on)
    if not may_write_to_partner(pairing, on=on):
        raise RoomRests


def may_take_back(message: PrivateMessage, person: Person, *, at: datetime) -> bool:
    mine = message.written_by_id == person.pk
    return mine and message.read_at is None and at <= message.written_at + TAKEN_BACK_WITHIN


def insist_may_take_back(message: PrivateMessage, person: Person, *, at: datetime) -> None:
    if not may_take_back(message, person, at=at):
        raise TooLateToTakeBack


# The page


@dataclass(frozen=True, slots=True, repr=False)
class MessageInRoom:
    """``words`` is ``None`` when they cannot be opened (any more)."""

    pk: uuid.UUID
    by_me: bool
    written_at: datetime
    words: str | None
    may_take_back: bool


@dataclass(frozen=True, slots=True, repr=False)
class NoteInRoom:
    """``words`` is ``None`` when they cannot be opened (any more)."""

    pk: uuid.UUID
    written_at: datetime
    version: int
    words: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Room:
    """One page of the room as one of the two finds it; messages and notes with the newest first.

    ``unread`` are the partner's new messages on this page and on those with older ones: whoever was away for long
    opens the room once, and need not leaf through it to hear of the next message. Of what waits ``beside`` them, each
    page is led to once.
    """

    messages: Sequence[MessageInRoom]
    unread: Sequence[uuid.UUID]
    beside: Sequence[Beside]
    notes: Sequence[NoteInRoom]
    newer_page: int | None
    older_page: int | None
    may_note: bool
    may_message: bool
    rests: bool
    readable_until: date
    erased_on: date
    sealed_away: str


@sensitive_variables()
def room_of(pairing: Pairing, person: Person, *, at: datetime, page: str = "1") -> Room:
    """Load the pairing through ``queries.visible_to``."""
    rules.insist_partner(pairing, person)
    on = at.astimezone(person.zone).date()
    unread = list(unread_by(pairing, person))  # asked first, so that each of them is on the page or an older one
    shown = Paginator(pairing.messages.all(), MESSAGES_ON_A_PAGE).get_page(page)
    messages = [_message(each, pairing, person, at) for each in shown]
    notes = [note_in_room(each, pairing) for each in notes_of(pairing, person)]
    newest = max((each.written_at for each in messages), default=at)
    closed = any(each.words is None for each in messages) or any(each.words is None for each in notes)
    return Room(
        messages=messages,
        unread=[each.pk for each in unread if each.written_at <= newest],
        beside=list({each.url: each for each in waits_beside(pairing, person, on=on)}.values()),
        notes=notes,
        newer_page=shown.previous_page_number() if shown.has_previous() else None,
        older_page=shown.next_page_number() if shown.has_next() else None,
        may_note=rules.is_open(pairing, on=on) and pairing.data_key is not None,
        may_message=may_write_to_partner(pairing, on=on) and pairing.data_key is not None,
        rests=rules.misses_one(pairing, on=on),
        readable_until=rules.readable_until(pairing),
        erased_on=rules.erased_on(pairing),
        sealed_away=rules.ERASED if pairing.data_key is None else rules.UNREADABLE if closed else "",
    )


def _message(message: PrivateMessage, pairing: Pairing, person: Person, at: datetime) -> MessageInRoom:
    return MessageInRoom(
        pk=message.pk,
        by_me=message.written_by_id == person.pk,
        written_at=message.written_at,
        words=opened(message.words, pairing, message, "words"),
        may_take_back=may_take_back(message, person, at=at),
    )


def note_in_room(note: PrivateNote, pairing: Pairing) -> NoteInRoom:
    return NoteInRoom(note.pk, note.written_at, note.version, opened(note.words, pairing, note, "words"))
