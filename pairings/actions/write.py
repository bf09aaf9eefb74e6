"""One of the two writes in their private room: to the other, or for oneself."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from pairings import private_notices, room, rules
from pairings.actions.locking import held
from pairings.models import Pairing, PrivateMessage, PrivateNote
from pairings.private_words import opened, sealed
from people.models import Person


@sensitive_variables("words")
@transaction.atomic
def write_message(
    pairing: Pairing, *, by: Person, at: datetime, on: date, words: str, form: uuid.UUID | None = None
) -> PrivateMessage:
    """Write to the partner. ``form`` is the key of the form that was sent: sent twice, it is one message.

    The partner is owed one notice without a word of it, and no other while something waits there unread.
    """
    pairing, form = held(pairing), form or uuid.uuid4()
    rules.insist_partner(pairing, by)
    room.insist_may_write_to_partner(pairing, on=on)
    sent = pairing.messages.filter(pk=form, written_by=by).first()
    if sent is not None and opened(sent.words, pairing, sent, "words") == words:
        return sent
    if pairing.messages.count() >= room.MOST_MESSAGES:
        raise room.EnoughMessages
    partner = pairing.partner_of(by)
    nothing_waits = not room.unread_by(pairing, partner).exists()
    message = PrivateMessage(pk=_free(PrivateMessage, form), pairing=pairing, written_by=by, written_at=at)
    message.words = sealed(words, pairing, message, "words")
    message.save(force_insert=True)
    if nothing_waits:
        private_notices.owe_news(message, person=partner, at=at)
    return message


@transaction.atomic
def take_back_message(message: PrivateMessage, *, by: Person, at: datetime, on: date) -> None:
    """Take back what one has just written and the partner has not seen. One that is gone already stays gone."""
    pairing = held(message.pairing)
    rules.insist_partner(pairing, by)
    rules.insist_readable(pairing, on=on)
    there = pairing.messages.filter(pk=message.pk, written_by=by).first()
    if there is not None:
        room.insist_may_take_back(there, by, at=at)
        there.delete()
        _tell_of_the_rest(pairing, pairing.partner_of(by))


@transaction.atomic
def see_messages(pairing: Pairing, *, by: Person, at: datetime, seen: Collection[uuid.UUID]) -> int:
    """These were found in the room; how many of them were unread. Once none is, the next one is news again."""
    rules.insist_partner(pairing, by)
    if not room.unread_by(pairing, by).filter(pk__in=seen).exists():
        return 0
    pairing = held(pairing)
    number = room.unread_by(pairing, by).filter(pk__in=seen).update(read_at=at)
    _tell_of_the_rest(pairing, by)
    return number


@sensitive_variables("words")
@transaction.atomic
def write_note(
    pairing: Pairing, *, by: Person, at: datetime, on: date, words: str, form: uuid.UUID | None = None
) -> PrivateNote:
    """Note something for oneself. ``form`` is the key of the form that was sent: sent twice, it is one note."""
    pairing, form = held(pairing), form or uuid.uuid4()
    rules.insist_partner(pairing, by)
    rules.insist_open(pairing, on=on)
    own = room.notes_of(pairing, by)
    kept = own.filter(pk=form).first()
    if kept is not None and opened(kept.words, pairing, kept, "words") == words:
        return kept
    if own.count() >= room.MOST_NOTES:
        raise room.EnoughNotes
    note = PrivateNote(pk=_free(PrivateNote, form), pairing=pairing, written_by=by, written_at=at)
    note.words = sealed(words, pairing, note, "words")
    note.save(force_insert=True)
    return note


@sensitive_variables("words")
@transaction.atomic
def change_note(
    note: PrivateNote, *, by: Person, at: datetime, on: date, based_on: int, words: str
) -> PrivateNote:  # fmt: skip
    """Write a note of one's own anew. Refuses if another window changed or deleted it; the same twice is once."""
    pairing = held(note.pairing)
    rules.insist_partner(pairing, by)
    rules.insist_open(pairing, on=on)
    kept = room.notes_of(pairing, by).filter(pk=note.pk).first()
    if kept is None:
        raise room.NoteGone
    note = kept
    if note.version != based_on:
        if note.version == based_on + 1 and opened(note.words, pairing, note, "words") == words:
            return note
        raise room.NoteChanged
    note.version, note.written_at = note.version + 1, at
    note.words = sealed(words, pairing, note, "words")
    note.save()
    return note


@transaction.atomic
def delete_note(note: PrivateNote, *, by: Person, on: date) -> None:
    """Delete a note of one's own, also after the end. One that is gone already stays gone."""
    pairing = held(note.pairing)
    rules.insist_partner(pairing, by)
    rules.insist_readable(pairing, on=on)
    room.notes_of(pairing, by).filter(pk=note.pk).delete()


def _tell_of_the_rest(pairing: Pairing, person: Person) -> None:
    """What is still unread was written while something else waited, so nothing was owed for it yet."""
    oldest = room.unread_by(pairing, person).last()
    if oldest is not None:
        private_notices.owe_news(oldest, person=person, at=oldest.written_at)


def _free(model: type[PrivateMessage] | type[PrivateNote], form: uuid.UUID) -> uuid.UUID:
    """The key of the form, unless a row has it already: whoever goes back and writes something else writes anew."""
    return uuid.uuid4() if model.objects.filter(pk=form).exists() else form
