"""One message a day: what may wait is gathered, what cannot wait goes alone, and nothing is lost or said twice."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from notifications import actions, claims, delivery, rules
from notifications.choices import NoticeState
from notifications.models import Bundle, DayOff, MessageHours, Notice
from people.tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FRIDAY_EVENING, NEXT_MONDAY = datetime(2026, 11, 27, 19, 0, tzinfo=UTC), datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def person(**kwargs):
    return PersonFactory(time_zone="UTC", **kwargs)


def owe(to, *subjects, at=MONDAY, kind="waits", **kwargs):
    for subject in subjects:
        actions.owe(kind=f"tests.{kind}", subject=subject, person=to, at=at, **kwargs)


def deliver(at=MONDAY, **kwargs):
    return delivery.deliver_due(clock=lambda: at, **kwargs)


def states():
    return dict(Notice.objects.values_list("subject", "state"))


@pytest.fixture
def words(errand):
    """Each notice says a thing of its own."""
    errand.own_words = True
    return errand


def test_what_may_wait_leaves_as_one_message_in_which_each_thing_ends_for_itself(words, mailbox):
    words.done_subjects = {"2"}
    mina = person(given_name="Mina")
    owe(mina, "1", "2", "3")
    done = deliver()
    assert (done.sent, done.cancelled) == (2, 1)
    assert states() == {"1": NoticeState.SENT, "2": NoticeState.CANCELLED, "3": NoticeState.SENT}
    (mail,) = mailbox.messages
    assert mail["Subject"] == "Thing 1, and 1 more"
    for kind in ("plain", "html"):
        body = mail.get_body(preferencelist=(kind,)).get_content()
        assert "Two things for you" in body.partition("Hello Mina,")[0]
        assert [place in body for place in ("/do/1/", "/do/2/", "/do/3/")] == [True, False, True]


def test_after_the_message_of_the_day_what_comes_waits_for_the_next_morning(words, mailbox):
    mina = person()
    owe(mina, "1")
    deliver()
    owe(mina, "2", "3", at=MONDAY + HOUR)
    assert deliver(MONDAY + HOUR).handled == 0
    assert deliver(MONDAY + DAY - rules.MARGIN).handled == 0
    assert deliver(MONDAY + DAY).sent == 2
    assert len(mailbox.messages) == 2


def test_the_database_keeps_to_one_message_a_day():
    mina = person()
    Bundle.objects.create(person=mina, on=date(2026, 11, 23), message_id="<1@x>")
    with pytest.raises(IntegrityError), transaction.atomic():
        Bundle.objects.create(person=mina, on=date(2026, 11, 23), message_id="<2@x>")


def test_what_cannot_wait_leaves_at_once_at_any_hour_beside_the_message_of_the_day(words, mailbox):
    mina, night = person(), datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
    owe(mina, "1", at=night, kind="errand")
    owe(mina, "2", at=night)
    assert deliver(night).sent == 1
    assert states() == {"1": NoticeState.SENT, "2": NoticeState.OWED}
    assert deliver(NEXT_MONDAY).sent == 1


def test_what_would_come_too_late_with_the_next_message_leaves_by_itself(words, mailbox):
    mina, otto = person(), person()
    for each in (mina, otto):
        owe(each, each.pk, at=FRIDAY_EVENING, kind="in_time", good_for=3 * DAY if each == otto else DAY)
    assert deliver(FRIDAY_EVENING).sent == 1
    assert states() == {str(mina.pk): NoticeState.SENT, str(otto.pk): NoticeState.OWED}
    assert deliver(NEXT_MONDAY).sent == 1
    assert Notice.objects.get(person=otto).not_after == FRIDAY_EVENING + 3 * DAY, "its end does not move"


def test_over_days_off_what_may_wait_waits_and_is_as_fresh_after_them(words, mailbox):
    mina = person()
    DayOff.objects.create(person=mina, first_on=date(2026, 11, 23), last_on=date(2026, 12, 6))
    owe(mina, "1", good_for=DAY)
    back = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
    for at in (MONDAY, MONDAY + 5 * DAY, back - HOUR):
        assert deliver(at).handled == 0
    assert deliver(back + DAY).sent == 1


def test_late_beyond_its_end_it_is_missed_and_nothing_else_is(words, mailbox):
    mina = person()
    owe(mina, "1", good_for=HOUR)
    owe(mina, "2")
    done = deliver(MONDAY + 2 * HOUR)
    assert (done.missed, done.sent) == (1, 1)
    assert states() == {"1": NoticeState.MISSED, "2": NoticeState.SENT}


def test_a_message_that_leaves_before_nine_takes_along_what_is_meant_for_that_day(words, mailbox):
    mina, early = person(), MONDAY - 2 * HOUR
    MessageHours.objects.create(person=mina, weekdays=[0], first=time(6), last=time(20), gathered=True)
    owe(mina, "1", at=early)
    owe(mina, "2", at=early, due_on=date(2026, 11, 23))
    owe(mina, "3", at=early, due_on=date(2026, 11, 24))
    assert deliver(early).sent == 2
    assert states()["3"] == NoticeState.OWED
    assert len(mailbox.messages) == 1


def test_whoever_wants_them_one_by_one_gets_them_one_by_one_and_in_their_hours(words, mailbox):
    mina = person()
    MessageHours.objects.create(person=mina, weekdays=[0], first=time(9), last=time(18), gathered=False)
    owe(mina, "1", "2", at=MONDAY - HOUR)
    assert deliver(MONDAY - HOUR).handled == 0
    assert deliver().sent == 2
    assert len(mailbox.messages) == 2


def test_what_two_notices_say_in_the_same_words_is_said_once(errand, mailbox):
    owe(person(), "1", "2")
    assert deliver().sent == 2
    assert [mail["Subject"] for mail in mailbox.messages] == ["A thing to do"]


def test_one_that_nobody_can_compose_does_not_keep_the_others(words, mailbox):
    words.broken_subjects = {"1"}
    owe(person(), "1", "2")
    done = deliver()
    assert (done.put_off, done.sent) == (1, 1)


def test_a_message_that_is_put_off_leaves_whole_later_the_same_day(words, mailbox):
    mina = person()
    owe(mina, "1", "2")
    mailbox.refusals[mina.email] = ["451 come back"]
    assert deliver().put_off == 2
    assert not Bundle.objects.exists()
    owe(mina, "3")
    assert deliver(MONDAY + HOUR).sent == 3
    assert len(mailbox.messages) == 1


def test_handed_over_without_an_answer_it_leaves_again_as_it_was_and_nothing_joins_it(words, mailbox):
    mina = person()
    owe(mina, "1", "2")
    mailbox.ends[mina.email] = ["hang up"]
    assert deliver().unknown == 2
    owe(mina, "3")
    assert deliver(MONDAY + HOUR).sent == 2
    first, again = mailbox.messages
    assert (first["Message-ID"], first["Subject"]) == (again["Message-ID"], again["Subject"])
    assert states()["3"] == NoticeState.OWED


class Killed(BaseException):
    """No worker catches it."""


@pytest.mark.parametrize("step", ["begin_bundle", "send_messages", "noted"])
def test_a_worker_killed_anywhere_loses_nothing_and_says_nothing_under_two_names(words, mailbox, monkeypatch, step):
    mina = person()
    owe(mina, "1", "2", "3")
    words.done_subjects = {"2"}
    dies = {"now": True}

    def dying(before, after, original):
        def act(*args, **kwargs):
            if dies["now"] and before:
                raise Killed
            result = original(*args, **kwargs)
            if dies["now"] and after:
                raise Killed
            return result

        return act

    with monkeypatch.context() as patch:
        if step == "begin_bundle":
            patch.setattr(claims, "begin_bundle", dying(False, True, claims.begin_bundle))
        elif step == "send_messages":
            patch.setattr(delivery._Round, "_send", dying(True, False, delivery._Round._send))
        else:
            patch.setattr(delivery._Round, "_note_sent", dying(True, False, delivery._Round._note_sent))
        with pytest.raises(Killed):
            deliver()
    dies["now"] = False
    owe(mina, "4")  # comes due between the two workers
    assert deliver(MONDAY + rules.LEASE).sent == 2
    assert states() == {
        "1": NoticeState.SENT, "2": NoticeState.CANCELLED, "3": NoticeState.SENT, "4": NoticeState.OWED,
    }  # fmt: skip
    assert len(mailbox.messages) == (2 if step == "noted" else 1)
    assert len({(mail["Message-ID"], mail["Subject"]) for mail in mailbox.messages}) == 1
    assert deliver(MONDAY + DAY).sent == 1


def test_a_worker_killed_before_it_begins_the_message_leaves_it_to_the_next(words, mailbox):
    mina = person()
    owe(mina, "1", "2")
    assert claims.claim(at=MONDAY) is not None
    owe(mina, "3")
    assert deliver(MONDAY + rules.LEASE - rules.MARGIN).handled == 0, "it might be on its way"
    assert deliver(MONDAY + rules.LEASE).sent == 3
    assert len(mailbox.messages) == 1


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_write_one_message_to_each_person(words, mailbox):
    people = [person() for _ in range(8)]
    for each in people:
        owe(each, *range(each.pk * 10, each.pk * 10 + 5))
    barrier = threading.Barrier(4)

    def work():
        barrier.wait()
        deliver(lines=2)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mail["To"] for mail in mailbox.messages) == sorted(each.email for each in people)
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.SENT}
    assert Bundle.objects.count() == 8
