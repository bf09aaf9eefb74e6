"""Sent once, whatever breaks."""

from __future__ import annotations

import socket
import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from notifications import claims, delivery, kinds, mail, rules
from notifications.choices import NoticeState
from notifications.models import Host, Notice
from notifications.tests.test_actions import AT, owe
from people.tests.factories import PersonFactory

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HERE, GONE = "here@example.org", "gone@example.org"


def deliver(at=AT, **kwargs):
    return delivery.deliver_due(clock=lambda: at, **kwargs)


def send_claimed(*, left):
    """Claim what is due and send it when so much is left of the time for it."""
    claim = claims.claim(at=AT)
    assert claim is not None
    message = delivery._compose(claim.notices[0], AT)
    assert message is not None
    email = mail.as_email([(claim.notices[0], message)], message_id="<1@example.org>", at=AT)
    delivery._Round(lambda: AT + rules.LEASE - rules.MARGIN - left, None)._send(claim, email)


@pytest.mark.django_db
def test_nothing_leaves_before_it_is_due(errand, mailbox):
    owe(PersonFactory(time_zone="UTC"), due_on=date(2026, 11, 24))
    assert deliver().handled == 0
    assert deliver(datetime(2026, 11, 24, 9, 0, tzinfo=UTC)).sent == 1
    assert len(mailbox.messages) == 1


@pytest.mark.django_db
def test_a_message_says_who_it_is_for_in_text_and_html_and_names_its_link(errand, mailbox, settings):
    settings.BASE_URL = "https://mentoring.example.org"
    owe(PersonFactory(given_name="Mina", email="mina@example.org"))
    deliver()
    (mail,) = mailbox.messages
    notice = Notice.objects.get()
    assert (mail["To"], mail["Subject"], mail["Auto-Submitted"]) == (
        "mina@example.org",
        "A thing to do",
        "auto-generated",
    )
    assert mail["Message-ID"] == notice.message_id
    for kind in ("plain", "html"):
        body = mail.get_body(preferencelist=(kind,)).get_content()
        assert "Hello Mina," in body
        assert "A thing to do" in body.partition("Hello Mina,")[0], "both parts begin with the same heading"
        assert "https://mentoring.example.org/do/" in body


@pytest.mark.django_db
def test_somebody_who_is_done_is_not_reminded(errand, mailbox):
    owe(PersonFactory())
    errand.done = True
    assert deliver().cancelled == 1
    assert mailbox.messages == []
    assert Notice.objects.get().state == NoticeState.CANCELLED


@pytest.mark.django_db
@pytest.mark.parametrize("leaver", [{"is_active": False}, {"left_on": date(2026, 11, 23)}])
def test_a_leaver_gets_nothing(errand, mailbox, leaver):
    owe(PersonFactory(**leaver))
    deliver()
    assert mailbox.messages == []


@pytest.mark.django_db
def test_what_is_too_late_is_noted_as_missed_and_not_sent(errand, mailbox):
    owe(PersonFactory(), good_for=timedelta(hours=1))
    assert deliver(AT + timedelta(hours=2)).missed == 1
    assert mailbox.messages == []


@pytest.mark.django_db
def test_one_refused_address_holds_up_nobody(errand, mailbox):
    owe(PersonFactory(email="gone@example.org"))
    owe(PersonFactory(email="here@example.org"))
    mailbox.refusals["gone@example.org"] = ["550 no such mailbox"]
    done = deliver()
    assert (done.failed, done.sent) == (1, 1)
    assert [mail["To"] for mail in mailbox.messages] == ["here@example.org"]
    assert Notice.objects.get(state=NoticeState.FAILED).reason == "SMTPRecipientsRefused 550"


@pytest.mark.django_db
def test_a_passing_refusal_is_tried_again_later_and_sent_once(errand, mailbox):
    owe(PersonFactory(email="busy@example.org"))
    mailbox.refusals["busy@example.org"] = ["451 come back"]
    assert deliver().put_off == 1
    assert deliver(AT + 59 * SECOND).handled == 0
    assert deliver(AT + 90 * SECOND).sent == 1
    assert len(mailbox.messages) == 1
    assert not Host.objects.filter(failures__gt=0).exists(), "the server is well: it answered"


@pytest.mark.django_db
@pytest.mark.parametrize("trouble", ["nobody listens", "550 not you", "451 not now", "421 closing"])
def test_a_server_that_takes_nothing_is_left_alone_and_no_message_pays_for_it(errand, mailbox, settings, trouble):
    for _ in range(9):
        owe(PersonFactory())
    port = settings.EMAIL_PORT
    if trouble == "nobody listens":
        settings.EMAIL_PORT = 1
    else:
        mailbox.senders = [trouble] * 4
    assert deliver().handled == 0
    assert set(Notice.objects.values_list("state", "attempts", "reason")) == {(NoticeState.OWED, 0, "")}
    host = Host.objects.get()
    assert (host.failures, host.rests_until) == (rules.OPENS_AFTER, AT + 5 * SECOND)
    assert deliver(AT + 4 * SECOND).handled == 0
    assert len(mailbox.senders) in (0, 1), "while it rests, nobody asks"
    deliver(AT + 6 * SECOND)
    assert Host.objects.get().rests_until == AT + 16 * SECOND, "one worker asked, and it rests for longer"
    settings.EMAIL_PORT = port
    Host.objects.update(name=f"127.0.0.1:{port}")
    assert deliver(AT + 20 * SECOND).sent == 9
    assert (Host.objects.get().failures, Host.objects.get().rests_until) == (0, None)


@pytest.mark.django_db
def test_of_all_workers_one_asks_a_server_that_has_rested(errand, mailbox):
    owe(PersonFactory())
    name = f"127.0.0.1:{mailbox.port}"
    Host.objects.create(name=name, failures=3, failed_at=AT, rests_until=AT + rules.PROBE)  # another one asks
    assert deliver(AT + SECOND).handled == 0
    assert deliver(AT + rules.PROBE).sent == 1, "and should it have died, somebody else does"


def test_a_server_that_came_back_is_found_within_a_quarter_of_a_minute():
    assert [rules.rest(failures).total_seconds() for failures in (3, 4, 5, 6, 7, 10**6)] == [5, 10, 15, 15, 15, 15]


@pytest.mark.django_db
def test_what_is_put_off_waits_longer_each_time_and_not_all_for_as_long(errand, mailbox):
    people = [PersonFactory() for _ in range(3)]
    for person in people:
        mailbox.refusals[person.email] = ["450 full"] * 12
        owe(person)
    at, waits = AT, []
    for _ in range(9):
        assert deliver(at).put_off == 3
        again = sorted(notice.again_at for notice in Notice.objects.all() if notice.again_at)
        assert len(set(again)) == 3
        waits.append((again[0] - at) / MINUTE)
        at = again[-1]
    for wait, least in zip(waits, (1, 2, 4, 8, 16, 32, 60, 60, 60), strict=True):
        assert least <= wait <= 1.5 * least
    late = Notice.objects.latest("not_after").not_after + SECOND
    assert deliver(late).missed == 3, "a server may put a message off until it is not worth sending"


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["refusals", "ends"])
def test_what_is_put_off_beyond_its_end_has_a_last_attempt_before_it(errand, mailbox, place):
    owe(PersonFactory(email=HERE), good_for=5 * MINUTE)
    getattr(mailbox, place)[HERE] = ["450 not now"] * 2 if place == "refusals" else ["hang up"]
    for minute in range(5):
        deliver(AT + minute * MINUTE + SECOND)
    assert deliver(AT + 4 * MINUTE + 16 * SECOND).handled == 0
    assert Notice.objects.get().state == NoticeState.SENT


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["hang up", "666 what", "OK"])
def test_a_message_handed_over_without_an_answer_leaves_again_as_the_same_and_not_for_ever(errand, mailbox, end):
    owe(PersonFactory(email=HERE))
    mailbox.ends[HERE] = [end] * 5
    assert deliver().unknown == 1
    assert Notice.objects.get().state == NoticeState.UNKNOWN
    assert deliver(AT + 9 * MINUTE).handled == 0
    mailbox.ends[HERE] = [end]
    deliver(AT + 10 * MINUTE)
    assert deliver(AT + 30 * MINUTE).sent == 1
    assert len({mail["Message-ID"] for mail in mailbox.messages}) == 1
    assert len(mailbox.messages) == 3
    assert Notice.objects.perhaps_arrived().count() == 1

    owe(PersonFactory(email=GONE))
    mailbox.ends[GONE] = [end] * 9
    for hours in range(1, 9):
        deliver(AT + timedelta(hours=hours))
    notice = Notice.objects.get(person__email=GONE)
    assert (notice.state, notice.in_doubt, notice.again_at) == (NoticeState.UNKNOWN, rules.MOST_DOUBTS, None)
    assert notice.finished_at is not None
    assert len(mailbox.ends[GONE]) == 9 - rules.MOST_DOUBTS


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answers", "left"),
    [({"refusals": "hang up"}, "broken off before it was handed over"), ({"ends": "421 closing"}, "refused for now")],
)
def test_a_line_that_breaks_under_a_message_puts_that_one_off_and_the_next_leaves(errand, mailbox, answers, left):
    for place, answer in answers.items():
        getattr(mailbox, place)[GONE] = [answer]
    owe(PersonFactory(email=GONE))
    owe(PersonFactory(email=HERE))
    done = deliver()
    assert (done.put_off, done.sent, done.unknown) == (1, 1, 0), left
    assert deliver(AT + 2 * MINUTE).sent == 1
    assert sorted(mail["To"] for mail in mailbox.messages) == [GONE, HERE]


@pytest.mark.django_db
def test_a_server_that_drips_its_answer_cannot_hold_a_message_past_the_lease(errand, settings):
    """Python's client would wait as long as a letter comes now and then."""
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "notifications.smtp.Backend", "127.0.0.1"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.EMAIL_PORT = listening.getsockname()[1]
        over = threading.Event()

        def drip():
            line, _ = listening.accept()
            with line:
                line.sendall(b"220 hello\r\n")
                while not over.is_set():
                    try:
                        line.sendall(b"2")
                    except OSError:
                        return
                    time.sleep(0.05)

        dripping = threading.Thread(target=drip)
        dripping.start()
        owe(PersonFactory())
        begun = time.monotonic()
        send_claimed(left=SECOND / 2)
        took = time.monotonic() - begun
        over.set()
        dripping.join()
    assert 0.4 < took < 3
    assert Notice.objects.get().state == NoticeState.OWED


@pytest.mark.django_db
def test_a_notice_that_cannot_be_composed_holds_up_nobody(errand, mailbox):
    owe(PersonFactory())
    errand.broken = True
    assert deliver().put_off == 1
    errand.broken = False
    owe(PersonFactory())
    assert deliver().sent == 1


@pytest.mark.django_db
def test_a_claim_whose_worker_died_is_taken_over_once_its_lease_runs_out(errand, mailbox):
    owe(PersonFactory())
    dead = claims.claim(at=AT)
    assert dead is not None
    assert deliver(AT + rules.LEASE - SECOND).handled == 0
    assert deliver(AT + rules.LEASE).sent == 1
    delivery._Round(lambda: AT, None)._finish(dead.notices, NoticeState.FAILED)
    assert Notice.objects.get().state == NoticeState.SENT, "a lease that ran out gives no right to write"


@pytest.mark.django_db
def test_a_round_waits_for_a_claim_that_runs_out_while_it_lasts(errand, mailbox, monkeypatch):
    """So what a dead worker held is sent again within a lease and a tick, whenever it died."""
    monkeypatch.setattr(delivery, "PAUSE", 0.01)
    owe(PersonFactory())
    claims.claim(at=AT)
    ticking = iter(AT + place * SECOND for place in range(1, 10_000))
    assert delivery.deliver_due(clock=lambda: next(ticking), until=AT + MINUTE).sent == 1
    assert rules.LEASE + MINUTE / 2 < 90 * SECOND
    assert rules.MARGIN < rules.LEASE


@pytest.mark.django_db
def test_a_round_that_is_asked_to_end_sends_what_it_has_in_hand_and_no_more(errand, mailbox, monkeypatch):
    for _ in range(3):
        owe(PersonFactory())
    asked_to_end, send = threading.Event(), delivery._Round._send

    def ask_and_send(*args):
        asked_to_end.set()
        send(*args)

    monkeypatch.setattr(delivery._Round, "_send", ask_and_send)
    assert deliver(asked_to_end=asked_to_end).sent == 1
    assert sorted(Notice.objects.values_list("state", flat=True)) == [
        NoticeState.OWED,
        NoticeState.OWED,
        NoticeState.SENT,
    ]


@pytest.mark.django_db
def test_what_cannot_be_told_before_the_lease_ends_is_not_begun(errand, mailbox):
    owe(PersonFactory())
    send_claimed(left=-rules.MARGIN)
    assert mailbox.messages == []


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_send_each_message_once(errand, mailbox):
    for _ in range(40):
        owe(PersonFactory())
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
    sent = [mail["Message-ID"] for mail in mailbox.messages]
    assert (len(sent), len(set(sent))) == (40, 40)
    assert Notice.objects.filter(state=NoticeState.SENT).count() == 40


@pytest.mark.django_db
def test_a_message_the_mail_library_refuses_holds_up_nobody(errand, mailbox):
    owe(PersonFactory(email="mina@exa mple.org\r\nBcc: all@example.org"))
    owe(PersonFactory(email="here@example.org"))
    done = deliver()
    assert (done.put_off, done.sent) == (1, 1)
    assert [mail["To"] for mail in mailbox.messages] == ["here@example.org"]


@pytest.mark.django_db
def test_a_name_with_a_line_break_cannot_add_a_header(errand, mailbox, monkeypatch):
    monkeypatch.setattr(errand, "subject", "A thing\nBcc: all@example.org")
    owe(PersonFactory())
    deliver()
    (mail,) = mailbox.messages
    assert mail["Subject"] == "A thing Bcc: all@example.org"
    assert mail["Bcc"] is None


@pytest.mark.django_db
def test_a_round_greets_the_mail_server_once(errand, mailbox):
    for _ in range(3):
        owe(PersonFactory())
    assert deliver().sent == 3
    assert mailbox.greetings == 1


@pytest.mark.django_db
def test_a_mail_that_cannot_be_written_holds_up_nobody(errand, mailbox, monkeypatch):
    """Whatever is due longest comes first: should it end the round, nothing would ever leave again."""
    owe(PersonFactory(email=GONE))
    owe(PersonFactory(email=HERE))
    write = mail.as_email

    def fall_over(said, **kwargs):
        if said[0][0].person.email == GONE:
            raise RuntimeError("a template that somebody broke")
        return write(said, **kwargs)

    monkeypatch.setattr(mail, "as_email", fall_over)
    done = deliver()
    assert (done.put_off, done.sent) == (1, 1)
    assert [message["To"] for message in mailbox.messages] == [HERE]


@pytest.mark.parametrize(
    ("threads", "is_in_one"), [(("a", "a"), True), (("a", "b"), False), (("a", ""), False), (("",), False)]
)
@pytest.mark.django_db
def test_a_message_belongs_to_a_thread_if_all_of_it_does(threads, is_in_one):
    person = PersonFactory()
    said = [
        (Notice(kind="tests.errand", person=person), kinds.Message(f"{place}", "H", ("P",), "/", "Do", thread=thread))
        for place, thread in enumerate(threads)
    ]
    headers = mail.as_email(said, message_id="<1>", at=AT).extra_headers
    expected = mail.thread_id("a", person) if is_in_one else None
    assert (headers.get("References"), headers.get("In-Reply-To")) == (expected, expected)
