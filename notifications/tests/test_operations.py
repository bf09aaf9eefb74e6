"""How delivery stands, and trying again what was given up."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from notifications import actions, claims, delivery, heartbeats, operations, rules
from notifications.choices import Hand, NoticeState
from notifications.models import Notice, TriedAgain
from notifications.tests.test_actions import AT, owe
from people.tests.factories import AdaFactory, CoraFactory, MinaFactory, OttoFactory, PersonFactory

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
PAGE = "/desk/notifications/notice/operations/"


def deliver(at=AT):
    return delivery.deliver_due(clock=lambda: at)


def refused(person, mailbox, answer="550 no such mailbox") -> Notice:
    mailbox.refusals[person.email] = [answer]
    owe(person)
    deliver()
    return Notice.objects.get(person=person)


@pytest.fixture
def now(monkeypatch):
    """now(instant): what the clock of the site says from then on."""
    import clock

    def stand_at(at):
        monkeypatch.setattr(clock, "now", lambda: at)

    stand_at(AT + MINUTE)
    return stand_at


@pytest.fixture
def ada(client, now):
    client.force_login(AdaFactory())
    return client


@pytest.mark.django_db
def test_what_waits_is_as_old_as_the_time_since_it_could_have_left(errand, mailbox):
    assert operations.oldest_wait(at=AT) is None
    owe(PersonFactory())
    assert operations.oldest_wait(at=AT - SECOND) is None, "it is not due"
    assert operations.oldest_wait(at=AT + 70 * SECOND) == 70 * SECOND
    claims.claim(at=AT + 70 * SECOND)
    assert operations.oldest_wait(at=AT + 80 * SECOND) == 80 * SECOND, "in somebody's hands it has not left"
    assert deliver(AT + 70 * SECOND + rules.LEASE).sent == 1
    assert operations.oldest_wait(at=AT + DAY) is None


@pytest.mark.django_db
def test_what_the_mail_server_put_off_waits_for_nobody_until_its_pause_is_over(errand, mailbox):
    notice = refused(PersonFactory(), mailbox, "450 full")
    assert notice.again_at is not None
    assert operations.oldest_wait(at=notice.again_at - SECOND) is None
    assert operations.oldest_wait(at=notice.again_at + SECOND) == SECOND
    claims.claim(at=notice.again_at + SECOND)
    assert operations.oldest_wait(at=notice.again_at + 3 * SECOND) == 2 * SECOND


@pytest.mark.django_db
def test_every_notice_is_counted_once(errand, mailbox):
    mailbox.ends["doubt@example.org"] = ["hang up"]
    for person, answer in (("failed", "550 no"), ("put_off", "450 not now"), ("sent", ""), ("doubt", "")):
        mailbox.refusals[f"{person}@example.org"] = [answer] if answer else []
        owe(PersonFactory(email=f"{person}@example.org"))
    owe(PersonFactory(), good_for=timedelta(0))
    deliver(AT + SECOND)
    owe(PersonFactory(), wait=DAY)
    owe(PersonFactory())
    owe(PersonFactory())
    claims.claim(at=AT)
    counts = operations.counts(at=AT + SECOND)
    assert counts == operations.Counts(
        later=1, due=1, claimed=1, put_off=1, perhaps=1, given_up=0, failed=1, missed=1, settled=1
    )


@pytest.mark.django_db
def test_what_is_forgotten_stays_counted_as_settled(errand, mailbox):
    for _ in range(2):
        owe(PersonFactory())
    deliver()
    before = operations.counts(at=AT)
    assert actions.forget(Notice.objects.all(), at=AT) == 2
    owe(PersonFactory())
    deliver()
    assert actions.forget(Notice.objects.all(), at=AT) == 1
    assert (before.settled, operations.counts(at=AT).settled) == (2, 3)


@pytest.mark.django_db(transaction=True)
def test_what_somebody_tries_again_at_this_moment_is_not_forgotten(errand, mailbox):
    notice, ada = refused(PersonFactory(), mailbox), AdaFactory()
    assert actions.forget(Notice.objects.all(), at=notice.not_after) == 0, "it may still be tried again"
    forgotten: list[int] = []

    def forget():
        try:
            forgotten.append(actions.forget(Notice.objects.all(), at=notice.not_after + SECOND))
        finally:
            connection.close()

    with transaction.atomic():
        assert operations.try_again(Notice.objects.all(), by=ada, at=AT + MINUTE) == 1
        thread = threading.Thread(target=forget)
        thread.start()
        thread.join(10)
    assert forgotten == [0]
    assert deliver(AT + MINUTE).sent == 1
    assert (forgotten, TriedAgain.objects.count()) == ([0], 1)
    assert actions.forget(Notice.objects.all(), at=AT + MINUTE) == 1
    assert not TriedAgain.objects.exists()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("SMTPRecipientsRefused 550", "The mail server refuses this address (550)."),
        ("SMTPRecipientsRefused 450", "The mail server does not take mail for this address at present (450)."),
        ("SMTPSenderRefused 552", "The message is too large for the mail server (552)."),
        ("SMTPSenderRefused 550", "The mail server refuses our own address (550)."),
        ("SSLCertVerificationError", "The mail server cannot be spoken to in secret."),
        ("UnicodeEncodeError", "An address cannot be written as mail."),
        ("KeyError", "Something went wrong: KeyError."),
        ("It was too late when its turn came.", "It was too late when its turn came."),
        ("", ""),
    ],
)
def test_a_reason_is_a_sentence(reason, words):
    assert operations.reason_in_words(reason) == words


@pytest.mark.django_db
def test_what_was_refused_leaves_once_more_when_an_administrator_asks_twice_and_it_is_noted_once(ada, errand, mailbox):
    notice = refused(MinaFactory(), mailbox)
    page = ada.get(PAGE)
    assert f"Message {notice.pk}" in page.text
    assert "The mail server refuses this address (550)." in page.text
    first, second = (ada.post(f"/desk/notifications/notice/{notice.pk}/try-again/", follow=True).text for _ in range(2))
    assert "leaves once more, if it is still wanted" in first
    assert "within a minute" not in first, "it may wait for its reader, or for a server that rests"
    assert "It leaves by itself" in second
    assert deliver(AT + 2 * MINUTE).sent == 1
    assert deliver(AT + 3 * MINUTE).handled == 0
    assert [mail["Message-ID"] for mail in mailbox.messages] == [notice.message_id]
    asked = TriedAgain.objects.get()
    assert (asked.notice, asked.by.given_name, asked.at) == (notice, "Ada", AT + MINUTE)


@pytest.mark.django_db
def test_what_perhaps_arrived_leaves_once_more_as_the_same_and_is_given_up_again(ada, errand, mailbox):
    person = MinaFactory()
    mailbox.ends[person.email] = ["hang up"] * 9
    owe(person)
    for hours in range(5):
        deliver(AT + timedelta(hours=hours))
    notice = Notice.objects.get()
    assert (notice.state, notice.in_doubt) == (NoticeState.UNKNOWN, rules.MOST_DOUBTS)
    ada.post("/desk/notifications/notice/operations/try-again/")
    assert Notice.objects.get().state == NoticeState.UNKNOWN, "it may have arrived already"
    assert deliver(AT + timedelta(hours=6)).unknown == 1
    assert Notice.objects.get().finished_at is not None
    assert len(mailbox.messages) == rules.MOST_DOUBTS + 1
    assert len({mail["Message-ID"] for mail in mailbox.messages}) == 1


@pytest.mark.django_db
def test_somebody_who_is_done_is_not_reminded_because_it_was_tried_again(ada, errand, mailbox):
    refused(MinaFactory(), mailbox)
    errand.done = True
    ada.post("/desk/notifications/notice/operations/try-again/")
    assert (deliver(AT + 2 * MINUTE).cancelled, mailbox.messages) == (1, [])


@pytest.mark.django_db
def test_what_is_too_late_is_not_tried_again_and_the_page_says_so(ada, errand, mailbox, now):
    notice = refused(MinaFactory(), mailbox)
    now(notice.not_after + SECOND)
    assert "Nothing; too late since" in ada.get(PAGE).text
    answer = ada.post(f"/desk/notifications/notice/{notice.pk}/try-again/", follow=True)
    assert "It is too late for this message to be worth sending." in answer.text
    assert "Nothing waits to be tried again." in ada.post(f"{PAGE}try-again/", follow=True).text
    assert (Notice.objects.get().state, TriedAgain.objects.count()) == (NoticeState.FAILED, 0)


@pytest.mark.django_db
def test_what_is_in_no_trouble_is_not_there_to_be_tried(ada, errand, mailbox):
    owe(MinaFactory())
    deliver()
    assert ada.post(f"/desk/notifications/notice/{Notice.objects.get().pk}/try-again/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_at_once_one_is_heard(errand, mailbox):
    ada, notice = AdaFactory(), refused(MinaFactory(), mailbox)
    barrier, tried = threading.Barrier(4), []

    def ask():
        barrier.wait()
        tried.append(operations.try_again(Notice.objects.filter(pk=notice.pk), by=ada, at=AT + MINUTE))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(tried) == [0, 0, 0, 1]
    assert TriedAgain.objects.count() == 1


@pytest.mark.django_db
def test_the_page_names_nobody_and_nothing(ada, errand, mailbox):
    notice = refused(MinaFactory(), mailbox)
    refused(OttoFactory(), mailbox, "450 full")
    text = ada.get(PAGE).text
    people = [each for notice in Notice.objects.select_related("person") for each in (
        notice.person.given_name, notice.person.family_name, notice.person.email, notice.key, notice.message_id
    )]  # fmt: skip
    assert [each for each in (*people, "errand", "A thing to do") if each in text] == []
    assert f"Message {notice.pk}" in text


@pytest.mark.django_db
def test_nobody_else_has_the_page_or_its_buttons(client, errand, mailbox, now):
    notice = refused(PersonFactory(), mailbox)
    for person in (CoraFactory(), MinaFactory(), PersonFactory(given_name="Bo")):
        client.force_login(person)
        assert client.get(PAGE).status_code == 404
        for url in (f"/desk/notifications/notice/{notice.pk}/try-again/", f"{PAGE}try-again/"):
            assert client.post(url).status_code == 404
    assert Notice.objects.get().state == NoticeState.FAILED


@pytest.mark.django_db
def test_the_page_says_who_is_at_work_and_when_nobody_is(ada, errand):
    assert "Nobody delivers" in ada.get(PAGE).text
    heartbeats.note(Hand.WORKER, "celery@here")
    text = ada.get(PAGE).text
    assert "Nobody delivers" not in text
    assert "celery@here" in text
    assert "Everything that is due has left." in text
    owe(PersonFactory())
    assert "has waited for 60 seconds" in ada.get(PAGE).text


@pytest.mark.django_db
def test_it_says_that_messages_leave_late(ada, errand, now):
    heartbeats.note(Hand.LOOP, "here")
    owe(PersonFactory())
    now(AT + operations.LATE_AFTER)
    assert "Messages leave late" not in ada.get(PAGE).text
    now(AT + operations.LATE_AFTER + SECOND)
    assert "Messages leave late" in ada.get(PAGE).text


@pytest.mark.django_db
def test_the_page_asks_as_much_for_three_as_for_one(ada, errand, mailbox, django_assert_num_queries):
    refused(PersonFactory(), mailbox)
    with django_assert_num_queries(12):
        ada.get(PAGE)
    for _ in range(2):
        refused(PersonFactory(), mailbox)
    with django_assert_num_queries(12):
        ada.get(PAGE)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_is_whole(live_server, page, good_page, errand, mailbox, browser_context):
    from mentoring.tests.test_every_page import enter

    heartbeats.note(Hand.WORKER, "celery@here")
    for _ in range(2):
        refused(PersonFactory(), mailbox)
    refused(PersonFactory(), mailbox, "450 full")
    enter(browser_context, AdaFactory(), live_server.url)
    page.goto(live_server.url + PAGE)
    good_page()
