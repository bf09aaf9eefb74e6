"""Owed once, sent once."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from notifications import actions, rules
from notifications.choices import NoticeState
from notifications.models import Notice
from people.tests.factories import PersonFactory

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def owe(person, *, at=AT, **kwargs):
    actions.owe(kind="tests.errand", subject=1, person=person, at=at, **kwargs)


def deliver(at=AT, **kwargs):
    return actions.deliver_due(clock=lambda: at, **kwargs)


@pytest.mark.django_db
def test_owing_the_same_twice_owes_it_once(errand):
    mina = PersonFactory()
    owe(mina)
    owe(mina)
    owe(mina, occurrence="second")
    assert Notice.objects.count() == 2


@pytest.mark.django_db
def test_a_fact_that_is_rolled_back_owes_nothing(errand):
    mina = PersonFactory()
    with transaction.atomic():
        owe(mina)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "due"),
    [
        ("Europe/London", datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2026, 12, 1, 3, 30, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 12, 1, 17, tzinfo=UTC)),
    ],
)
def test_a_day_means_nine_in_the_morning_where_the_person_lives(errand, zone, due):
    owe(PersonFactory(time_zone=zone), due_on=date(2026, 12, 1))
    assert Notice.objects.get().due_at == due


def test_nine_in_the_morning_keeps_its_place_on_the_wall_when_clocks_change():
    from zoneinfo import ZoneInfo

    berlin = ZoneInfo("Europe/Berlin")
    before, after = (
        rules.due_at(date(2026, 10, day), zone=berlin, not_before=AT.min.replace(tzinfo=UTC)) for day in (24, 25)
    )
    assert (before.hour, after.hour) == (7, 8)


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
    delivery = deliver()
    assert (delivery.failed, delivery.sent) == (1, 1)
    assert [mail["To"] for mail in mailbox.messages] == ["here@example.org"]
    assert Notice.objects.get(state=NoticeState.FAILED).reason == "SMTPRecipientsRefused"


@pytest.mark.django_db
def test_a_passing_refusal_is_tried_again_later_and_sent_once(errand, mailbox):
    owe(PersonFactory(email="busy@example.org"))
    mailbox.refusals["busy@example.org"] = ["451 come back"]
    assert deliver().put_off == 1
    assert deliver(AT + timedelta(seconds=30)).handled == 0
    assert deliver(AT + timedelta(minutes=1)).sent == 1
    assert len(mailbox.messages) == 1


@pytest.mark.django_db
def test_without_a_mail_server_everything_stays_owed(errand, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for _ in range(3):
        owe(PersonFactory())
    delivery = deliver()
    assert (delivery.put_off, delivery.sent) == (1, 0), "one try shows that the server is away; the rest can wait"
    assert Notice.objects.filter(state=NoticeState.OWED).count() == 3


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
    dead = actions._claim(at=AT)
    assert dead is not None
    assert deliver(AT + rules.LEASE - timedelta(seconds=1)).handled == 0
    assert deliver(AT + rules.LEASE).sent == 1
    actions._finish(dead, state=NoticeState.FAILED, at=AT)
    assert Notice.objects.get().state == NoticeState.SENT, "a lease that ran out gives no right to write"


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_send_each_message_once(errand, mailbox):
    for _ in range(40):
        owe(PersonFactory())
    barrier = threading.Barrier(4)

    def work():
        barrier.wait()
        deliver()
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
    delivery = deliver()
    assert (delivery.put_off, delivery.sent) == (1, 1)
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
