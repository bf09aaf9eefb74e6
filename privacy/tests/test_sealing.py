"""Private text opens in its own row, under its own key, unaltered, or not at all."""

from __future__ import annotations

import logging
import os
import uuid

import pytest
from django.db import connection
from django.views.debug import ExceptionReporter, get_exception_reporter_filter
from hypothesis import given
from hypothesis import strategies as st

from privacy import sealing
from privacy.models import DataKey
from privacy.sealing import CannotSeal, CannotUnseal, seal, unseal

CANARY = "Otto wept when we spoke of his brother"
HERE = "pairings.meeting.topics:6f0c"
MASTER = ("today", bytes(range(32)))
FORMER = ("former", bytes(range(32, 64)))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_master(settings) -> None:
    settings.SEALING_KEYS = (MASTER,)


@pytest.fixture
def key() -> DataKey:
    return DataKey.objects.mint()


def everything_it_tells(caught: pytest.ExceptionInfo) -> str:
    """All a log, an error page or a person could read of an exception and of those behind it."""
    told, error = [], caught.value
    while error is not None:
        told += [str(error), repr(error), repr(vars(error)), repr(error.args)]
        error = error.__cause__ or error.__context__
    return "\n".join(told)


def test_a_text_comes_back_as_it_was(key):
    for text in ("", "x", CANARY, "é" * 300, "two\nlines\0and a nul", "a" * 5_000):
        assert unseal(seal(text, key=key, row=HERE), key=key, row=HERE) == text


def test_a_text_comes_back_through_the_database(key):
    sealed = memoryview(seal(CANARY, key=key, row=HERE))
    assert unseal(sealed, key=DataKey.objects.get(pk=key.pk), row=HERE) == CANARY


def test_the_same_text_never_looks_the_same_twice(key):
    assert len({seal(CANARY, key=key, row=HERE) for _ in range(50)}) == 50


def test_a_sealed_text_holds_nothing_of_the_text(key):
    assert b"Otto" not in seal(CANARY, key=key, row=HERE)


def test_a_text_copied_to_another_row_does_not_open(key):
    sealed = seal(CANARY, key=key, row=HERE)
    with pytest.raises(CannotUnseal, match="does not belong to this place"):
        unseal(sealed, key=key, row="pairings.meeting.topics:6f0d")


def test_a_text_copied_to_another_field_of_its_row_does_not_open(key):
    sealed = seal(CANARY, key=key, row=HERE)
    with pytest.raises(CannotUnseal):
        unseal(sealed, key=key, row="pairings.meeting.summary:6f0c")


def test_a_text_does_not_open_under_another_pairs_key(key):
    sealed = seal(CANARY, key=key, row=HERE)
    with pytest.raises(CannotUnseal):
        unseal(sealed, key=DataKey.objects.mint(), row=HERE)


def test_swapping_the_wrapped_bytes_of_two_keys_opens_neither(key):
    other = DataKey.objects.mint()
    sealed = seal(CANARY, key=key, row=HERE)
    key.wrapped, other.wrapped = other.wrapped, key.wrapped
    for swapped in (key, other):
        with pytest.raises(CannotUnseal, match="A data key cannot be opened"):
            unseal(sealed, key=swapped, row=HERE)


def test_every_flipped_bit_is_noticed(key):
    sealed = seal("short", key=key, row=HERE)
    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1 << (position % 8)
        with pytest.raises(CannotUnseal):
            unseal(bytes(altered), key=key, row=HERE)


def test_every_cut_is_noticed(key):
    sealed = seal("short", key=key, row=HERE)
    for length in range(len(sealed)):
        with pytest.raises(CannotUnseal):
            unseal(sealed[:length], key=key, row=HERE)
    with pytest.raises(CannotUnseal):
        unseal(sealed + b"\0", key=key, row=HERE)


def test_a_flipped_bit_in_a_wrapped_key_is_noticed(key):
    sealed = seal(CANARY, key=key, row=HERE)
    key.wrapped = bytes(key.wrapped[:-1]) + bytes([key.wrapped[-1] ^ 1])
    with pytest.raises(CannotUnseal):
        unseal(sealed, key=key, row=HERE)


def test_without_its_master_key_a_text_stays_closed_and_the_sentence_names_the_key(key, settings):
    sealed = seal(CANARY, key=key, row=HERE)
    settings.SEALING_KEYS = (FORMER,)
    with pytest.raises(CannotUnseal, match="“today” is not among the sealing keys"):
        unseal(sealed, key=key, row=HERE)


def test_another_master_key_under_the_same_name_opens_nothing(key, settings):
    sealed = seal(CANARY, key=key, row=HERE)
    settings.SEALING_KEYS = (("today", os.urandom(32)),)
    with pytest.raises(CannotUnseal, match="its master key is not the one"):
        unseal(sealed, key=key, row=HERE)


def test_a_wrapped_key_cannot_be_relabelled_to_another_master(key, settings):
    sealed = seal(CANARY, key=key, row=HERE)
    settings.SEALING_KEYS = (FORMER, ("renamed", MASTER[1]))
    key.master_key_id = "renamed"
    with pytest.raises(CannotUnseal):
        unseal(sealed, key=key, row=HERE)


def test_a_wrapped_key_rolled_back_from_a_backup_needs_the_master_that_was_retired(settings):
    settings.SEALING_KEYS = (FORMER,)
    key = DataKey.objects.mint()
    sealed, backup = seal(CANARY, key=key, row=HERE), (bytes(key.wrapped), key.master_key_id)
    settings.SEALING_KEYS = (MASTER, FORMER)
    key.rewrap()
    settings.SEALING_KEYS = (MASTER,)
    assert unseal(sealed, key=key, row=HERE) == CANARY
    key.wrapped, key.master_key_id = backup
    with pytest.raises(CannotUnseal, match="“former”"):
        unseal(sealed, key=key, row=HERE)


def test_deleting_the_key_erases_the_text_for_good(key):
    sealed = seal(CANARY, key=key, row=HERE)
    key.delete()
    with pytest.raises(CannotUnseal, match="was erased"):
        unseal(sealed, key=key, row=HERE)
    with pytest.raises(CannotUnseal, match="was erased"):
        unseal(sealed, key=None, row=HERE)
    with pytest.raises(CannotUnseal):
        unseal(sealed, key=DataKey.objects.mint(), row=HERE)


def test_nothing_is_sealed_under_a_deleted_key_or_for_no_row(key):
    with pytest.raises(CannotSeal):
        seal(CANARY, key=key, row="")
    key.delete()
    with pytest.raises(CannotSeal):
        seal(CANARY, key=key, row=HERE)


def test_no_error_repeats_the_text(key, settings):
    broken = CANARY + "\udc80"
    with pytest.raises(UnicodeEncodeError) as plain:
        broken.encode()
    assert CANARY in everything_it_tells(plain)  # what would have leaked
    with pytest.raises(CannotSeal) as not_sealed:
        seal(broken, key=key, row=HERE)
    assert CANARY not in everything_it_tells(not_sealed)

    sealed = seal(CANARY, key=key, row=HERE)
    with pytest.raises(CannotUnseal) as caught:
        unseal(sealed, key=key, row="elsewhere")
    settings.SEALING_KEYS = (FORMER,)
    with pytest.raises(CannotUnseal) as without_master:
        unseal(sealed, key=key, row=HERE)
    assert CANARY not in everything_it_tells(caught) + everything_it_tells(without_master)


def test_an_error_report_shows_neither_text_nor_keys(key, rf, settings):
    settings.DEBUG = False
    secret = sealing.unwrap(key)
    sealed = seal(CANARY, key=key, row=HERE)
    with pytest.raises(CannotSeal) as on_sealing:
        seal(CANARY + "\udc80", key=key, row=HERE)
    with pytest.raises(CannotUnseal) as on_unsealing:
        unseal(sealed, key=key, row="elsewhere")
    for caught, functions in ((on_sealing, ["seal", "_padded"]), (on_unsealing, ["unseal", "_decrypted"])):
        reporter = ExceptionReporter(rf.get("/"), caught.type, caught.value, caught.tb)
        reporter.filter = get_exception_reporter_filter(rf.get("/"))
        frames = [f for f in reporter.get_traceback_frames() if f["filename"].endswith("privacy/sealing.py")]
        assert [f["function"] for f in frames] == functions
        shown = "".join(str(f["vars"]) for f in frames)
        assert "'key'" in shown or "'secret'" in shown
        assert CANARY not in shown
        assert repr(secret) not in shown


def test_neither_text_nor_keys_reach_representations_and_logs(key, caplog):
    secret = sealing.unwrap(key)
    with caplog.at_level(logging.DEBUG):
        unseal(seal(CANARY, key=key, row=HERE), key=key, row=HERE)
        DataKey.objects.mint()
    told = caplog.text + repr(key) + str(key) + repr(DataKey.objects.all())
    assert CANARY not in told
    assert secret.hex() not in told
    assert repr(secret) not in told
    assert bytes(key.wrapped).hex() not in repr(key)


def test_the_database_never_holds_a_data_key_in_clear(key):
    secret = sealing.unwrap(key)
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(k::text, ' ') from privacy_datakey k")
        (dump,) = cursor.fetchone()
    assert bytes(key.wrapped).hex() in dump
    assert secret.hex() not in dump


def test_the_length_of_a_sealed_text_tells_one_of_a_few_sizes(key):
    sizes = {len(seal("a" * length, key=key, row=HERE)) for length in range(0, 4_000, 37)}
    assert sorted(sizes) == [bucket + 29 for bucket in (256, 512, 1024, 2048, 4096)]
    assert len(seal("", key=key, row=HERE)) == len(seal("a" * 252, key=key, row=HERE))


@given(text=st.text(max_size=600), row=st.text(min_size=1, max_size=60), other=st.text(min_size=1, max_size=60))
def test_any_text_opens_in_its_row_and_in_no_other(text, row, other):
    key = DataKey(pk=uuid.UUID(int=1))
    key.wrapped, key.master_key_id = sealing.wrap(sealing.new_key(), key_id=key.pk)
    sealed = seal(text, key=key, row=row)
    assert unseal(sealed, key=key, row=row) == text
    if other != row:
        with pytest.raises(CannotUnseal):
            unseal(sealed, key=key, row=other)
