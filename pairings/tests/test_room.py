"""The private room: two people write, one of them for oneself, and nobody else finds that there is one."""

from __future__ import annotations

import logging
import os
import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.actions import deliver_due
from notifications.models import Notice
from pairings import actions, private_notices, room, rules
from pairings.models import Pairing, PrivateMessage, PrivateNote
from pairings.private_words import opened
from pairings.tests.conftest import DAY, as_seen_by, pair_beside
from pairings.tests.factories import STARTED_ON, PairingFactory, noon
from pairings.tests.instant import at_the_same_instant
from privacy.models import DataKey

AT = noon(DAY)
MARK = "Kingfisher-9c1d"
pytestmark = pytest.mark.django_db


def url(pairing, name="room", *more):
    return reverse(f"pairings:{name}", args=[pairing.pk, *more])


def written(pairing, by, words=MARK, at=AT):
    return actions.write_message(pairing, by=by, at=at, on=at.date(), words=words)


def noted(pairing, by, words=MARK):
    return actions.write_note(pairing, by=by, at=AT, on=DAY, words=words)


def send(client, pairing, words=MARK, what="message", form=None):
    fields = {f"{what}-words": words, f"{what}-form": str(form or uuid.uuid4())}
    return client.post(url(pairing, f"write_{what}"), fields, follow=True)


def news():
    return Notice.objects.filter(kind=private_notices.NEWS)


def sent_until(at):
    mail.outbox.clear()
    deliver_due(clock=lambda: at)
    return [letter for letter in mail.outbox if "private room" in letter.subject]


def test_what_one_writes_the_other_reads_and_notes_stay_with_their_writer(mina, otto, pairing):
    answer = send(mina, pairing, "The depot <b>at four</b>\nBring nothing")
    assert "The depot &lt;b&gt;at four&lt;/b&gt;<br>Bring nothing" in answer.content.decode()
    assert MARK in send(mina, pairing, what="note").content.decode()
    read = otto.get(url(pairing)).content.decode()
    assert "The depot &lt;b&gt;at four" in read
    assert MARK not in read
    note = PrivateNote.objects.get()
    for name in ("note", "delete_note"):
        otto.post(url(pairing, name, note.pk), {"words": "Mine now", "based_on": 1})
    assert otto.get(url(pairing, "note", note.pk)).status_code == 404
    assert opened(PrivateNote.objects.get().words, pairing, note, "words") == MARK

    changed = mina.post(url(pairing, "note", note.pk), {"words": "Another thought", "based_on": 1}, follow=True)
    assert "Another thought" in changed.content.decode()
    late = mina.post(url(pairing, "note", note.pk), {"words": "From an older window", "based_on": 1})
    assert late.status_code == 422
    assert "Another thought" in late.content.decode()
    assert "From an older window" in late.content.decode()
    mina.post(url(pairing, "delete_note", note.pk))
    mina.post(url(pairing, "delete_note", note.pk))
    assert not PrivateNote.objects.exists()


def test_a_note_another_window_changed_or_deleted_that_very_moment_keeps_what_was_typed(mina, pairing, meanwhile):
    by, note = pairing.mentor.person, noted(pairing, pairing.mentor.person)
    given = {"words": "Typed here", "based_on": 1}
    meanwhile(3, lambda: actions.change_note(note, by=by, at=AT, on=DAY, based_on=1, words="Typed there"))
    late = mina.post(url(pairing, "note", note.pk), given)
    assert late.status_code == 422
    for words in ("Typed here", "Typed there", 'value="2"'):
        assert words in late.content.decode()
    meanwhile(3, lambda: actions.delete_note(note, by=by, on=DAY))
    gone = mina.post(url(pairing, "note", note.pk), {**given, "based_on": 2})
    assert gone.status_code == 422
    assert "Copy what you typed here" in gone.content.decode()
    assert "Typed here" in gone.content.decode()


def test_a_room_exists_for_the_two_alone(mina, pairing, others):
    written(pairing, pairing.mentor.person)
    others["a superuser"] = ada = others["Ada, the administrator"]
    ada.is_superuser = True
    ada.save()
    for who, person in others.items():
        assert as_seen_by(person).get(url(pairing)).status_code == 404, who
    assert mina.get(url(pair_beside(pairing))).status_code == 404


def test_one_neutral_mail_for_all_that_waits_unread(mina, otto, pairing):
    sender = pairing.mentor.person
    written(pairing, sender)
    written(pairing, sender, "And another")
    assert news().count() == 1
    assert sent_until(AT + timedelta(minutes=9)) == []  # it can still be taken back
    [letter] = sent_until(AT + timedelta(minutes=11))
    assert letter.to == [pairing.mentee.person.email]
    assert MARK not in letter.message().as_string()
    written(pairing, sender, "A third", AT + timedelta(hours=2))
    assert news().count() == 1
    assert "There is something new in your private room" in otto.get("/").content.decode()
    otto.get(url(pairing))
    assert "There is something new in your private room" not in otto.get("/").content.decode()
    written(pairing, sender, "A fourth", AT + timedelta(hours=3))
    assert news().count() == 2
    otto.get(url(pairing))  # read on the page before the mail leaves
    assert sent_until(AT + timedelta(hours=4)) == []


def test_no_second_mail_for_what_waits_unread(mina, otto, pairing):
    sender, partner = pairing.mentor.person, pairing.mentee.person

    def after(minutes):
        return AT + timedelta(minutes=minutes)

    written(pairing, sender)
    actions.see_messages(pairing, by=partner, at=after(5), seen=[each.pk for each in pairing.messages.all()])
    written(pairing, sender, "While the first mail was on its way", after(6))
    assert sent_until(after(11)) == []  # it can still be taken back
    assert len(sent_until(after(17))) == 1
    otto.get(url(pairing))
    for number in range(3):
        written(pairing, sender, f"No, {number}", after(20 + number))
        actions.take_back_message(pairing.messages.first(), by=sender, at=after(20 + number), on=DAY)
    first = written(pairing, sender, "Yes", after(23))
    second = written(pairing, sender, "And yes", after(24))
    actions.take_back_message(first, by=sender, at=after(25), on=DAY)
    assert sent_until(after(33.5)) == []  # the second can still be taken back
    assert len(sent_until(after(60))) == 1
    third = written(pairing, sender, "Written while the partner looks", after(61))
    actions.see_messages(pairing, by=partner, at=after(61), seen=[second.pk])
    assert [each.pk for each in room.unread_by(pairing, partner)] == [third.pk]
    assert len(sent_until(after(90))) == 1


def forgotten(after, **limits):
    return actions.forget_news(at=AT + timedelta(minutes=after), **limits)


def test_once_it_was_read_nothing_says_that_a_notice_left_and_none_leaves_again(otto, pairing):
    def after(minutes):
        return AT + timedelta(minutes=minutes)

    sender, partner, form = pairing.mentor.person, pairing.mentee.person, uuid.uuid4()

    def write(at):
        return actions.write_message(pairing, by=sender, at=at, on=DAY, words=MARK, form=form)

    message = write(AT)
    assert forgotten(1) == 0, "it is still owed"
    assert len(sent_until(after(11))) == 1
    assert forgotten(12) == 0, "what it tells of waits"
    write(after(12))  # the same form, sent again
    later = written(pairing, sender, "Another", after(13))
    assert sent_until(after(60)) == []
    actions.see_messages(pairing, by=partner, at=after(61), seen=[message.pk])
    assert forgotten(61) == 1
    assert [notice.key.split(":")[2] for notice in news()] == [later.pk.hex], "told of by itself"
    assert len(sent_until(after(62))) == 1
    actions.see_messages(pairing, by=partner, at=after(63), seen=[later.pk])
    assert forgotten(63) == 1
    write(after(64))
    actions.see_messages(pairing, by=partner, at=after(64), seen=[message.pk, later.pk])
    assert (news().count(), sent_until(after(120))) == (0, [])
    written(pairing, sender, "Another day", after(121))
    assert len(sent_until(after(132))) == 1
    assert (forgotten(133), news().count()) == (0, 1)


def test_the_notice_of_what_was_taken_back_or_erased_goes_and_no_other(pairing):
    sender = pairing.mentor.person
    other = PairingFactory(program=pairing.program)
    message = written(pairing, sender)
    actions.take_back_message(message, by=sender, at=AT, on=DAY)
    assert forgotten(9) == 0, "it is still owed, though it will not leave"
    assert sent_until(AT + timedelta(minutes=11)) == []
    written(other, other.mentor.person)
    assert len(sent_until(AT + timedelta(minutes=12))) == 1
    before = set(Notice.objects.exclude(kind=private_notices.NEWS))
    assert forgotten(13) == 1
    assert [notice.subject for notice in news()] == [str(other.pk)]
    other.messages.all().delete()
    assert forgotten(13) == 1
    assert set(Notice.objects.all()) == before


def test_those_that_wait_do_not_stand_in_the_way_of_the_others_and_many_cost_as_much_as_one(pairing):
    pairs = [PairingFactory(program=pairing.program) for _ in range(7)]
    for each in pairs:
        written(each, each.mentor.person)
    sent_until(AT + timedelta(minutes=11))

    def asked(read, limit):
        PrivateMessage.objects.filter(pairing__in=read).update(read_at=AT)
        with CaptureQueriesContext(connection) as context:
            assert forgotten(12, limit=limit) == len(read)
        return len(context)

    assert asked(pairs[5:6], 1) == asked(pairs[2:5], 3)
    PrivateMessage.objects.update(read_at=AT)
    assert [forgotten(12, limit=2) for _ in range(3)] == [2, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_two_that_forget_at_the_same_instant_and_one_that_delivers_do_each_thing_once(pairing):
    pairs = [pairing, *(PairingFactory(program=pairing.program) for _ in range(3))]
    mail.outbox.clear()
    for each in pairs:
        written(each, each.mentor.person)
    calls = [lambda: deliver_due(clock=lambda: AT + timedelta(minutes=11)), *[lambda: forgotten(11)] * 2]
    assert at_the_same_instant(*calls)[1:] == [0, 0]
    assert len([letter for letter in mail.outbox if "private room" in letter.subject]) == 4
    PrivateMessage.objects.update(read_at=AT)
    assert sum(each for each in at_the_same_instant(*calls[1:]) if isinstance(each, int)) == 4
    assert not news().exists()


def test_what_was_taken_back_and_is_sent_once_more_is_told_of(pairing):
    """Whoever goes back in the browser sends the same form, and so the same key."""
    by, form = pairing.mentor.person, uuid.uuid4()

    def write(at):
        return actions.write_message(pairing, by=by, at=at, on=DAY, words=MARK, form=form)

    actions.take_back_message(write(AT), by=by, at=AT, on=DAY)
    assert sent_until(AT + timedelta(minutes=11)) == []
    assert forgotten(12) == 1
    write(AT + timedelta(minutes=13))
    assert len(sent_until(AT + timedelta(minutes=24))) == 1


def test_opening_the_room_marks_what_stands_on_the_page_and_everything_older(otto, pairing):
    for number in range(room.MESSAGES_ON_A_PAGE + 1):
        written(pairing, pairing.mentor.person, f"Number {number}", AT + timedelta(seconds=number))
    unread = room.unread_by(pairing, pairing.mentee.person)
    otto.head(url(pairing))
    assert unread.count() == room.MESSAGES_ON_A_PAGE + 1  # nobody has looked at anything
    assert "Number 0<" in otto.get(url(pairing) + "?page=2").content.decode()
    assert unread.count() == room.MESSAGES_ON_A_PAGE  # what is newer stands on the first page
    send(otto, pairing, "  ")  # refused, and the room is shown with the reason
    assert not unread.exists()
    written(pairing, pairing.mentor.person, "Next", AT + timedelta(hours=1))
    assert news().filter(due_at=AT + timedelta(hours=1) + room.TAKEN_BACK_WITHIN).count() == 1
    assert otto.get(url(pairing) + "?page=x").status_code == 200


def test_a_message_is_taken_back_for_some_minutes_and_only_unread(pairing):
    sender, partner = pairing.mentor.person, pairing.mentee.person

    def take_back(message, by, after):
        actions.take_back_message(message, by=by, at=AT + after, on=DAY)

    message = written(pairing, sender)
    take_back(message, partner, timedelta())
    assert PrivateMessage.objects.count() == 1  # not the partner's to take back
    with pytest.raises(room.TooLateToTakeBack):
        take_back(message, sender, timedelta(minutes=11))
    take_back(message, sender, timedelta(minutes=9))
    take_back(message, sender, timedelta(minutes=9))
    assert not PrivateMessage.objects.exists()
    assert sent_until(AT + timedelta(minutes=11)) == []
    seen = written(pairing, sender)
    actions.see_messages(pairing, by=partner, at=AT, seen=[seen.pk])
    with pytest.raises(room.TooLateToTakeBack):
        take_back(seen, sender, timedelta(minutes=1))


def test_a_form_sent_twice_is_one_and_one_sent_again_with_other_words_is_another(mina, pairing):
    form = uuid.uuid4()
    for what, model in (("message", PrivateMessage), ("note", PrivateNote)):
        for _ in range(3):
            send(mina, pairing, "The same", what, form)
        assert model.objects.count() == 1
        send(mina, pairing, "Something else", what, form)
        send(mina, pairing, "The same", what)
        assert model.objects.count() == 3


def test_what_is_too_long_or_too_much_is_refused_in_sentences(mina, pairing, monkeypatch):
    long = send(mina, pairing, "x" * (room.LONGEST + 5))
    assert long.status_code == 422
    assert "Take out 5 or more." in long.content.decode()
    assert send(mina, pairing, "  ").status_code == 422
    monkeypatch.setattr(room, "MOST_MESSAGES", 0)
    monkeypatch.setattr(room, "MOST_NOTES", 0)
    assert "Talk to each other instead." in send(mina, pairing).content.decode()
    assert "Delete one before you add another." in send(mina, pairing, what="note").content.decode()
    assert not PrivateMessage.objects.exists()
    assert not PrivateNote.objects.exists()


def test_a_room_is_read_after_the_end_until_it_closes_and_is_then_erased(mina, otto, pairing, today):
    by, end = pairing.mentor.person, pairing.runs_until
    note = noted(pairing, by)
    written(pairing, by)
    today(end + timedelta(days=rules.READABLE_DAYS))
    page = otto.get(url(pairing)).content.decode()
    assert MARK in page
    assert "<textarea" not in page
    assert f"At the end of {(end + timedelta(days=60)):%-d %B %Y} everything in it is erased" in page
    for what in ("message", "note"):
        assert send(mina, pairing, "Too late", what).status_code == 422
    assert mina.get(url(pairing, "note", note.pk)).status_code == 302
    assert PrivateMessage.objects.count() == PrivateNote.objects.count() == 1
    today(end + timedelta(days=rules.READABLE_DAYS + 1))
    assert otto.get(url(pairing)).status_code == 404

    key = pairing.data_key_id
    assert actions.forget_private_words(at=noon(end + timedelta(days=60))) == 0
    assert DataKey.objects.filter(pk=key).exists()
    assert actions.forget_private_words(at=noon(end + timedelta(days=61))) == 1
    assert actions.forget_private_words(at=noon(end + timedelta(days=61))) == 0
    assert not DataKey.objects.filter(pk=key).exists()
    assert not PrivateMessage.objects.exists()
    assert not PrivateNote.objects.exists()
    assert Pairing.objects.get(pk=pairing.pk).data_key is None


def test_a_pair_at_rest_writes_notes_and_no_messages(mina, pairing):
    pairing.mentee.person.left_on = DAY
    pairing.mentee.person.save()
    assert "message-words" not in mina.get(url(pairing)).content.decode()
    assert "would not be read" in send(mina, pairing).content.decode()
    assert send(mina, pairing, what="note").status_code == 200
    assert (PrivateMessage.objects.count(), PrivateNote.objects.count()) == (0, 1)


@pytest.mark.parametrize("lost", ["the master key", "the right master key", "the key of the pair"])
def test_without_its_key_the_room_says_so_and_shows_and_logs_nothing(mina, pairing, settings, caplog, lost):
    written(pairing, pairing.mentor.person)
    note = noted(pairing, pairing.mentor.person)
    if lost == "the key of the pair":
        pairing.data_key.delete()
    else:
        name = settings.SEALING_KEYS[0][0] if "right" in lost else "another"
        settings.SEALING_KEYS = ((name, os.urandom(32)),)
    caplog.set_level(logging.DEBUG)
    page = mina.get(url(pairing))
    assert page.status_code == 200
    told = page.content.decode()
    assert (rules.ERASED if "pair" in lost else rules.UNREADABLE) in told
    assert "This message cannot be read." in told
    assert "This note cannot be read." in told
    refusal = rules.WordsErased if "pair" in lost else rules.WordsCannotBeKept
    typed = "Something new and private"
    for answer in (
        send(mina, pairing, typed), send(mina, pairing, typed, "note"),
        mina.post(url(pairing, "note", note.pk), {"words": typed, "based_on": 1}),
    ):  # fmt: skip
        assert answer.status_code == 422
        assert refusal.sentence.replace("'", "&#x27;") in answer.content.decode()
        assert typed in answer.content.decode()  # still in the form
    assert mina.get(url(pairing, "detail")).status_code == 200
    logged = "\n".join(f"{each.getMessage()} {each.exc_info}" for each in caplog.records)
    assert typed not in logged
    assert MARK not in logged
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_at_the_same_instant_are_one_message_and_one_notice(pairing):
    form, by = uuid.uuid4(), pairing.mentor.person

    def click():
        return actions.write_message(pairing, by=by, at=AT, on=DAY, words=MARK, form=form).pk

    assert set(at_the_same_instant(*[click] * 20)) == {form}
    assert PrivateMessage.objects.count() == news().count() == 1


def test_the_page_asks_as_much_for_many_messages_as_for_one(mina, pairing):
    def asked():
        with CaptureQueriesContext(connection) as context:
            mina.get(url(pairing))
        return len(context)

    written(pairing, pairing.mentor.person)
    noted(pairing, pairing.mentor.person)
    few = asked()
    for number in range(5):
        written(pairing, pairing.mentor.person, f"Number {number}", noon(STARTED_ON + timedelta(days=number)))
        noted(pairing, pairing.mentor.person, f"Note {number}")
    assert asked() == few
