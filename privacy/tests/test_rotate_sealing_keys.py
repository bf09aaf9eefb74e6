"""Master keys are exchanged while people read and write."""

from __future__ import annotations

import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from privacy.models import DataKey
from privacy.sealing import seal, unseal

FORMER = ("former", bytes(range(32, 64)))
NEW = ("new", bytes(range(64, 96)))
ROW = "pairings.goal.title:1"


def rotate(**options) -> str:
    out = StringIO()
    call_command("rotate_sealing_keys", stdout=out, **options)
    return out.getvalue().strip()


@pytest.fixture
def sealed_before(settings, db) -> list[tuple[DataKey, bytes]]:
    settings.SEALING_KEYS = (FORMER,)
    keys = [DataKey.objects.mint() for _ in range(7)]
    settings.SEALING_KEYS = (NEW, FORMER)
    return [(key, seal(f"text {number}", key=key, row=ROW)) for number, key in enumerate(keys)]


def texts(sealed: list[tuple[DataKey, bytes]]) -> list[str]:
    return [unseal(text, key=DataKey.objects.get(pk=key.pk), row=ROW) for key, text in sealed]


def test_all_keys_are_rewrapped_in_batches_and_the_former_master_may_go(sealed_before, settings):
    assert rotate(batch=3) == "7 rewrapped, 0 left under former master keys."
    settings.SEALING_KEYS = (NEW,)
    assert texts(sealed_before) == [f"text {number}" for number in range(7)]


def test_a_second_rotation_finds_nothing_to_do(sealed_before):
    rotate()
    assert rotate() == "0 rewrapped, 0 left under former master keys."


def test_a_page_that_read_its_key_before_the_rotation_still_opens_its_text(sealed_before):
    key, text = sealed_before[0]
    rotate()
    assert unseal(text, key=key, row=ROW) == "text 0"


def test_an_interrupted_rotation_leaves_every_text_open_and_is_taken_up_again(sealed_before):
    first = DataKey.objects.order_by("pk")[0]
    first.rewrap()
    first.save()
    assert texts(sealed_before) == [f"text {number}" for number in range(7)]
    assert rotate(batch=1) == "6 rewrapped, 0 left under former master keys."


def test_a_key_whose_master_is_lost_is_counted_and_hinders_no_other(sealed_before, settings):
    settings.SEALING_KEYS = (("lost", bytes(32)),)
    DataKey.objects.mint()
    settings.SEALING_KEYS = (NEW, FORMER)
    with pytest.raises(CommandError, match="1 could not be opened"):
        rotate(batch=2)
    assert DataKey.objects.to_rewrap().count() == 1
    assert texts(sealed_before) == [f"text {number}" for number in range(7)]


def test_a_batch_holds_at_least_one_key(db):
    with pytest.raises(CommandError, match="at least one"):
        rotate(batch=0)


@pytest.mark.django_db(transaction=True)
def test_a_key_locked_elsewhere_is_skipped_and_said_so(settings):
    settings.SEALING_KEYS = (FORMER,)
    held, _free = DataKey.objects.mint(), DataKey.objects.mint()
    settings.SEALING_KEYS = (NEW, FORMER)
    locked, release = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                DataKey.objects.select_for_update().get(pk=held.pk)
                locked.set()
                release.wait(timeout=10)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert locked.wait(timeout=10)
        assert rotate() == "1 rewrapped, 1 left under former master keys."
    finally:
        release.set()
        holder.join()
    assert rotate() == "1 rewrapped, 0 left under former master keys."
