"""Owed once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from notifications import actions, claims, rules
from notifications.models import Notice
from people.tests.factories import PersonFactory

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def owe(person, *, at=AT, **kwargs):
    actions.owe(kind="tests.errand", subject=1, person=person, at=at, **kwargs)


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
def test_only_what_is_over_is_forgotten_and_nothing_of_it_leaves_again(errand, mailbox):
    def there():
        return {address.split("@")[0] for address in Notice.objects.values_list("person__email", flat=True)}

    def deliver(at):
        return actions.deliver_due(clock=lambda: at)

    mailbox.refusals = {"refused@example.org": ["550 no"], "put_off@example.org": ["450 not now"]}
    errand.done_subjects = {"2"}
    for name in ("refused", "put_off", "sent"):
        owe(PersonFactory(email=f"{name}@example.org"))
    actions.owe(kind="tests.errand", subject=2, person=PersonFactory(email="called_off@example.org"), at=AT)
    deliver(AT)
    owe(PersonFactory(email="held@example.org"))
    claims.claim(at=AT)
    owe(PersonFactory(email="owed@example.org"), wait=timedelta(hours=1))

    assert actions.forget(Notice.objects.none(), at=AT) == 0
    assert actions.forget(Notice.objects.all(), at=AT) == 2
    assert there() == {"refused", "put_off", "held", "owed"}, "what was refused may still be tried again"
    assert deliver(AT + timedelta(hours=2)).sent == 3
    assert sorted(message["To"] for message in mailbox.messages) == [
        f"{name}@example.org" for name in ("held", "owed", "put_off", "sent")
    ]
    assert actions.forget(Notice.objects.all(), at=AT + timedelta(days=4)) == 4
    assert not Notice.objects.exists()
