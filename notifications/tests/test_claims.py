"""One message a day: what may wait is gathered, what cannot wait goes alone, and nothing is lost or said twice."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from notifications import actions, claims, delivery, kinds, operations, rules, wanted
from notifications import mail as mail_module
from notifications.choices import NoticeState
from notifications.models import Bundle, DayOff, Host, MessageHours, Notice
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


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at_whom", ["the sender", "the recipient"])
def test_what_is_given_back_is_for_nobody_else_before_its_bundle_is_gone(words, mailbox, at_whom):
    """Somebody who looks after each statement finds nothing that could be taken up with a bundle that is about to go:
    it would leave under the name of that bundle, and be noted without it."""
    mina = person(email="mina@example.org")
    owe(mina, "1", "2", "3")
    if at_whom == "the sender":
        mailbox.senders = ["421 closing"]
    else:
        mailbox.refusals = {mina.email: ["451 not now"]}
    found, somebody = [], connection.copy()

    def looks(execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        with somebody.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM notifications_notice"
                " WHERE bundle_id IS NOT NULL AND finished_at IS NULL AND state <> 'claimed'"
            )
            found.append(cursor.fetchone()[0])
        return done

    try:
        with connection.execute_wrapper(looks):
            sent = deliver().sent
    finally:
        somebody.close()
    assert len(found) > 5
    assert set(found) == {0}
    assert sent or deliver(MONDAY + HOUR).sent == 3
    assert (len(mailbox.messages), Bundle.objects.get().notices.count()) == (1, 3)


def test_what_is_no_longer_ours_keeps_the_bundle_of_whoever_has_it(words, mailbox):
    mina = person()
    owe(mina, "1", "2")
    ours = claims.claim(at=MONDAY)
    assert ours is not None
    assert claims.begin_bundle(ours, at=MONDAY)
    later = MONDAY + rules.LEASE + timedelta(seconds=1)
    theirs = claims.claim(at=later)
    assert theirs is not None
    assert theirs.bundle is not None
    delivery._Round(lambda: later, None)._give_back(ours)
    assert Notice.objects.filter(state=NoticeState.CLAIMED, bundle=theirs.bundle).count() == 2


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


def test_what_would_be_too_late_at_the_very_opening_leaves_by_itself_and_is_not_missed(words, mailbox):
    """As a reminder of a Sunday that is good for one day: it ends in the minute in which its reader opens on Monday."""
    sunday = NEXT_MONDAY - DAY
    owe(person(), "1", at=sunday, kind="in_time", good_for=DAY)
    assert deliver(sunday + timedelta(seconds=20)).sent == 1
    owe(person(), "2", at=sunday, kind="in_time", good_for=DAY + rules.AT_LEAST_SO_LONG)
    assert deliver(sunday + timedelta(seconds=20)).handled == 0
    assert deliver(NEXT_MONDAY + timedelta(seconds=20)).sent == 1


def test_over_days_off_what_may_wait_waits_and_is_as_fresh_after_them(words, mailbox):
    mina = person()
    DayOff.objects.create(person=mina, first_on=date(2026, 11, 23), last_on=date(2026, 12, 6))
    owe(mina, "1", good_for=DAY)
    back = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
    for at in (MONDAY, MONDAY + 5 * DAY, back - HOUR):
        assert deliver(at).handled == 0
    assert deliver(back + DAY).sent == 1


def test_whoever_says_to_be_away_for_longer_than_anybody_is_written_to_once_a_day_and_holds_up_nobody(words, mailbox):
    mina, otto = person(), person()
    for first, last in ((date(2026, 11, 1), date(2027, 4, 19)), (date(2027, 4, 20), date(2027, 10, 6))):
        DayOff.objects.create(person=mina, first_on=first, last_on=last)
    owe(mina, "1")
    assert deliver().sent == 1
    owe(mina, "2", at=MONDAY + HOUR)
    owe(otto, "3", at=MONDAY + 2 * HOUR)
    ends = threading.Event()
    patience = threading.Timer(15, ends.set)
    patience.start()
    deliver(MONDAY + 2 * HOUR, asked_to_end=ends)
    patience.cancel()
    assert not ends.is_set(), "it returns by itself"
    assert states() == {"1": NoticeState.SENT, "2": NoticeState.OWED, "3": NoticeState.SENT}
    assert deliver(MONDAY + DAY).sent == 1


def test_what_cannot_become_the_message_of_the_day_is_not_looked_at_again_in_the_same_round(
    words, mailbox, monkeypatch
):
    """As another worker began it meanwhile."""
    mina, otto = person(), person()
    owe(mina, "1", "2")
    owe(otto, "3", at=MONDAY + HOUR)
    compose, at = words.compose, MONDAY + 2 * HOUR

    def begun_meanwhile(notice, at):
        if notice.person == mina and at < MONDAY + DAY:
            Bundle.objects.get_or_create(person=mina, on=at.date(), defaults={"message_id": "<1@x>"})
        return compose(notice, at)

    monkeypatch.setitem(kinds._register, "tests.waits", replace(kinds.named("tests.waits"), compose=begun_meanwhile))
    assert deliver(at).sent == 1
    assert states() == {"1": NoticeState.OWED, "2": NoticeState.OWED, "3": NoticeState.SENT}
    assert Notice.objects.due(at).count() == 2
    assert deliver(at).handled == 0
    assert not Notice.objects.due(at).exists(), "the next round lets them wait for the next day"
    assert deliver(MONDAY + DAY).sent == 2


def test_what_waits_for_its_reader_goes_by_what_they_choose_meanwhile(words, mailbox):
    mina = person()
    away = DayOff.objects.create(person=mina, first_on=date(2026, 11, 23), last_on=date(2026, 12, 6))
    owe(mina, "1", good_for=2 * DAY)
    assert deliver().handled == 0
    tuesday = MONDAY + DAY
    assert wanted.forget_days_off(by=mina, pk=away.pk, at=tuesday)
    assert Notice.objects.get().not_after == MONDAY + 3 * DAY, "as fresh as if it had waited for a day"
    wanted.choose_hours(by=mina, weekdays=[1], first=time(14), last=time(16), gathered=True, at=tuesday)
    assert deliver(tuesday).handled == 0
    assert deliver(tuesday + 5 * HOUR).sent == 1


def test_what_was_tried_and_waits_for_its_reader_goes_by_what_they_choose_meanwhile(words, mailbox):
    mina = person()
    owe(mina, "1", good_for=5 * DAY)
    mailbox.refusals[mina.email] = ["451 come back"]
    assert deliver().put_off == 1
    away = DayOff.objects.create(person=mina, first_on=date(2026, 11, 23), last_on=date(2026, 12, 6))
    assert deliver(MONDAY + HOUR).handled == 0
    tuesday = MONDAY + DAY
    assert wanted.forget_days_off(by=mina, pk=away.pk, at=tuesday)
    again = Notice.objects.get()
    assert (again.state, again.not_after) == (NoticeState.RETRY, MONDAY + 6 * DAY - HOUR), (
        "as fresh as if it waited a day"
    )
    assert deliver(tuesday).sent == 1


def test_what_a_server_puts_off_is_not_hurried_by_other_hours(words, mailbox):
    mina = person()
    owe(mina, "1")
    mailbox.refusals[mina.email] = ["451 come back"]
    assert deliver().put_off == 1
    wanted.choose_hours(by=mina, weekdays=[0, 1], first=time(9), last=time(18), gathered=True, at=MONDAY)
    assert deliver().handled == 0
    assert deliver(MONDAY + HOUR).sent == 1


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


def killed_after_it_was_handed_over(monkeypatch):
    """A worker that the mail server has answered, and that dies before it notes so."""

    def die(*args):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(delivery._Round, "_note_sent", die)
        with pytest.raises(Killed):
            deliver()


TROUBLES = (
    "the mail server rests", "451 come back", "550 no such mailbox", "a word is missing", "all words are missing",
    "the mail cannot be written",
)  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("kind", ["waits", "in_time", "errand"])
def test_what_a_dead_worker_may_have_sent_never_leaves_under_another_name_nor_takes_news_along(
    words, mailbox, monkeypatch, trouble, kind
):
    """Whatever becomes of the second worker: mail programs show a Message-ID once, so news under it would be lost."""
    mina = person()
    owe(mina, "1", "2", kind=kind)
    killed_after_it_was_handed_over(monkeypatch)
    over = MONDAY + rules.LEASE
    host = f"127.0.0.1:{mailbox.port}"
    with monkeypatch.context() as patch:
        if trouble == "the mail server rests":
            Host.objects.create(name=host, failures=3, failed_at=over, rests_until=over + timedelta(seconds=15))
        elif trouble == "a word is missing":
            patch.setattr(words, "broken_subjects", {"1"})
        elif trouble == "all words are missing":
            patch.setattr(words, "broken_subjects", {"1", "2"})
        elif trouble == "the mail cannot be written":
            patch.setattr(mail_module, "as_email", fail)
        else:
            mailbox.refusals[mina.email] = [trouble]
        deliver(over)
    owe(mina, "3", at=over)
    Host.objects.all().delete()
    ada = person()
    for hours in (1, 2, 5, 9, 24, 48):
        operations.try_again(Notice.objects.all(), by=ada, at=MONDAY + hours * HOUR)
        deliver(MONDAY + hours * HOUR)
    assert states() == dict.fromkeys("123", NoticeState.SENT)
    told = {(mail["Message-ID"], things_in(mail)) for mail in mailbox.messages}
    assert len({name for name, _ in told}) == len(told), "under one name always the same"
    assert sorted(thing for _, things in told for thing in things) == ["1", "2", "3"], "each under one name alone"


def fail(*args, **kwargs):
    raise RuntimeError("a template that somebody broke")


def things_in(mail) -> str:
    text = mail.get_body(preferencelist=("plain",)).get_content()
    return "".join(subject for subject in "123" if f"/do/{subject}/" in text)


def test_what_was_too_late_when_its_worker_died_is_missed_and_not_perhaps_arrived(words, mailbox):
    owe(person(), "1", kind="errand", good_for=HOUR)
    assert claims.claim(at=MONDAY + 2 * HOUR) is not None
    assert deliver(MONDAY + 2 * HOUR + rules.LEASE).missed == 1
    assert states() == {"1": NoticeState.MISSED}


def test_what_is_left_of_a_kind_that_is_gone_stops_nobody(words, mailbox):
    """Of an older release, say. It is neither gathered nor put off, and whoever else is owed something gets it."""
    mina, otto = person(), person()
    owe(mina, "1", at=FRIDAY_EVENING)
    owe(mina, "2", at=FRIDAY_EVENING, good_for=HOUR)
    Notice.objects.filter(subject="2").update(kind="tests.gone")
    owe(otto, "3", at=FRIDAY_EVENING + timedelta(seconds=1), kind="errand")
    done = deliver(FRIDAY_EVENING + timedelta(seconds=1))
    assert (done.sent, done.put_off) == (1, 1)
    assert states() == {"1": NoticeState.OWED, "2": NoticeState.RETRY, "3": NoticeState.SENT}


def test_one_person_whose_notices_cannot_be_taken_up_keeps_nobody_else_from_theirs(words, mailbox, monkeypatch, caplog):
    mina, otto = person(), person()
    owe(mina, "1", "2")
    owe(otto, "3")
    hours_of = wanted.hours_of

    def fall_over(whom, *, at):
        if whom == mina:
            raise RuntimeError("something with this person")
        return hours_of(whom, at=at)

    with monkeypatch.context() as patch:
        patch.setattr(wanted, "hours_of", fall_over)
        assert deliver().sent == 1
    assert [mail["To"] for mail in mailbox.messages] == [otto.email]
    assert caplog.text.count("could not be taken up") == 1, "once a round"
    assert deliver().sent == 2


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
