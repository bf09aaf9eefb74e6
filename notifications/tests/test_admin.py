"""Administrators look after delivery, and learn nothing of what messages are about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.choices import NoticeState
from notifications.models import Notice
from people.tests.factories import AdaFactory, CoraFactory, MinaFactory, OttoFactory

pytestmark = pytest.mark.django_db
WINDOW = "/desk/notifications/notice/"
DECLINED_AT = datetime(2027, 1, 20, 14, 32, tzinfo=UTC)
MORNING = datetime(2027, 1, 21, 9, 0, tzinfo=UTC)


def notice(person, state, reason=""):
    done = state in (NoticeState.SENT, NoticeState.CANCELLED, NoticeState.FAILED, NoticeState.MISSED)
    key = f"matching.not_going_ahead:77:{state}{reason}:{person.pk}"
    return Notice.objects.create(
        key=key, kind="matching.not_going_ahead", subject="77", person=person, state=state, owed_at=DECLINED_AT,
        due_at=MORNING, not_after=MORNING + timedelta(days=3), finished_at=MORNING if done else None,
        leased_until=MORNING if state == NoticeState.CLAIMED else None, reason=reason, message_id=key, attempts=1,
    )  # fmt: skip


@pytest.fixture
def ada(client):
    client.force_login(AdaFactory())
    return client


@pytest.mark.parametrize(
    ("state", "reason"),
    [(NoticeState.SENT, ""), (NoticeState.CANCELLED, ""), (NoticeState.OWED, ""), (NoticeState.CLAIMED, "")],
)
def test_what_ran_its_course_is_not_there(ada, state, reason):
    told, decliner = notice(MinaFactory(), NoticeState.SENT), notice(OttoFactory(), state, reason)
    text = ada.get(WINDOW).text
    assert "Mina" not in text
    assert "Otto" not in text
    for each in (told, decliner):
        assert ada.get(f"{WINDOW}{each.pk}/change/").status_code == 404


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        (NoticeState.FAILED, "SMTPRecipientsRefused 550", "Refused by the mail server"),
        (NoticeState.MISSED, "It was too late when its turn came.", "Too late to send"),
        (NoticeState.OWED, "SMTPServerDisconnected", "Put off"),
        (NoticeState.CLAIMED, "SMTPServerDisconnected", "Put off"),
    ],
)
def test_what_does_not_arrive_is_shown_with_its_reason_and_without_its_subject(ada, state, reason, words):
    kept = notice(MinaFactory(), state, reason)
    listed, page = ada.get(WINDOW), ada.get(f"{WINDOW}{kept.pk}/change/")
    assert reason in page.text
    for answer in (listed, page):
        assert "Mina Mentor" in answer.text
        assert words in answer.text
        for telling in ("matching", "not_going", "going ahead", "20 Jan", "Jan. 20", "2027-01-20", "14:32", ":77:"):
            assert telling not in answer.text


def test_sent_and_no_longer_needed_are_counted_as_one(ada):
    lead = ada.get(WINDOW).context["lead"]
    assert "Waiting for their time or turn: 0. Settled: 0." in lead
    mina = MinaFactory()
    notice(mina, NoticeState.SENT)
    one_sent = ada.get(WINDOW).context["lead"]
    Notice.objects.update(state=NoticeState.CANCELLED)
    assert ada.get(WINDOW).context["lead"] == one_sent
    assert "Settled: 1." in one_sent


def test_no_query_string_asks_about_kinds_or_states(ada):
    for question in ("kind__exact=matching.not_going_ahead", "state__exact=cancelled", "subject__exact=77", "o=kind"):
        notice_page = ada.get(f"{WINDOW}?{question}")
        assert notice_page.status_code == 404 or "Mina" not in notice_page.text


def test_what_it_is_about_is_not_even_read(ada):
    kept = notice(MinaFactory(), NoticeState.FAILED, "SMTPDataError 554")
    with CaptureQueriesContext(connection) as asked:
        ada.get(WINDOW)
        ada.get(f"{WINDOW}{kept.pk}/change/")
    assert [query["sql"] for query in asked if '"notifications_notice"."kind"' in query["sql"]] == []


def test_nobody_else_has_the_window(client):
    for person in (CoraFactory(), MinaFactory()):
        client.force_login(person)
        assert client.get(WINDOW).status_code == 404
