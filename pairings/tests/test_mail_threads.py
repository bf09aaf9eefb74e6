"""What a pair is written stands together in mail programs, and tells nobody that the two belong together."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.core import mail

from notifications.actions import deliver_due
from notifications.mail import thread_id
from pairings.mail_threads import of_pair
from pairings.tests.factories import STARTED_ON, noon, pair
from people.tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def written(days: int) -> dict[str, list[tuple[str, str, str]]]:
    """(subject, References, In-Reply-To) of everything that left by then, by recipient."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for day in range(days):
        deliver_due(clock=partial(noon, STARTED_ON + timedelta(days=day)))
    for message in mail.outbox:
        headers = message.extra_headers
        told = (str(message.subject), headers.get("References", ""), headers.get("In-Reply-To", ""))
        found.setdefault(message.to[0], []).append(told)
    return found


def test_all_that_one_of_a_pair_is_written_is_one_thread_and_each_has_another():
    first = pair()
    second = pair(mentee=PersonFactory(given_name="Olga", rank=6), mentor=PersonFactory(given_name="Max"))
    threads = {}
    for address, told in written(40).items():
        assert len({subject for subject, _, _ in told}) > 2, "messages of several kinds"
        ((references, answers),) = {(references, answers) for _, references, answers in told}
        assert references == answers != ""
        threads[address] = references
    assert len(threads) == 4
    assert len(set(threads.values())) == 4, "neither two partners nor two pairs have the same"
    for pairing in (first, second):
        assert [told for told in threads.values() if str(pairing.pk) in told] == []


def test_the_thread_is_no_message_that_ever_leaves():
    pair()
    written(30)
    names = {message.extra_headers["Message-ID"] for message in mail.outbox}
    assert not names & {message.extra_headers.get("References") for message in mail.outbox}


def test_nobody_without_the_key_of_the_site_can_work_it_out(settings):
    pairing = pair()
    ((_, before, _), *_) = written(10)[pairing.mentor.person.email]
    assert thread_id(of_pair(pairing.pk), pairing.mentor.person) == before
    settings.SECRET_KEY = "another"
    assert thread_id(of_pair(pairing.pk), pairing.mentor.person) != before
