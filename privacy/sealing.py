"""Sealing of private text: AES-256-GCM, one data key per pairing or participation, wrapped by a master key.

What it protects from: a stolen dump or backup, a curious database administrator, a report or an export that picks
up a column by mistake, and text copied by hand to another row. What it does not protect from: somebody who holds the
running server's memory or its master keys (docs/adr/0007).

Layout of a sealed text: version (1 byte), nonce (12 bytes, fresh and random), ciphertext with its tag (16 bytes).
The associated data are the version, the data key's id and the row's identity, so that a text opens only in the row
it was sealed for and only under its own key. Layout of a wrapped key: the same, with the data key's id and the
master key's id as associated data. Random 96-bit nonces are sound for far more messages than a pair can write
(NIST SP 800-38D section 8.3: at most 2^32 under one key).

Length: before encryption the text is padded to 256 bytes or the next power of two, so a ciphertext tells one of a
handful of sizes instead of a length. Most topics, goals and one-paragraph summaries share the first two; the cost
is at most twice the storage of texts that are small anyway.

Unwrapped keys are never kept: unwrapping is one AES operation of 48 bytes, some microseconds against a query's
milliseconds, and a key that is not kept can neither outlive its erasure nor be found in memory later.
"""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.views.decorators.debug import sensitive_variables

if TYPE_CHECKING:
    from privacy.models import DataKey

VERSION: Final = b"\x01"
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
KEY_BYTES: Final = 32
LENGTH_BYTES: Final = 4
SMALLEST_BUCKET: Final = 256


class CannotSeal(ValueError):
    """The text cannot be sealed; the sentence never holds the text."""


class CannotUnseal(Exception):
    """The sealed text cannot be opened; the sentence never holds any of it."""


@sensitive_variables()
def seal(text: str, *, key: DataKey, row: str) -> bytes:
    """``text`` encrypted for the one row named by ``row``, as ``"pairings.meeting.topics:<primary key>"``."""
    padded = _padded(text)
    if key.pk is None or not row:
        raise CannotSeal("A text can be sealed only under a stored key and for a named row.")
    nonce = os.urandom(NONCE_BYTES)
    secret = unwrap(key)
    return VERSION + nonce + AESGCM(secret).encrypt(nonce, padded, _text_bond(key.pk, row))


@sensitive_variables()
def unseal(sealed: bytes | memoryview, *, key: DataKey | None, row: str) -> str:
    """The text that was sealed for this row under this key.

    Refuses with :class:`CannotUnseal` when the key was deleted (the text is erased), when a master key is missing,
    and when anything at all was altered, cut or moved from another row.
    """
    if key is None or key.pk is None:
        raise CannotUnseal("This text was erased: its key no longer exists.")
    padded = _decrypted(
        unwrap(key),
        bytes(sealed),
        _text_bond(key.pk, row),
        refusal="This text cannot be opened: it was altered, or it does not belong to this place.",
    )
    length = int.from_bytes(padded[:LENGTH_BYTES], "big")
    return padded[LENGTH_BYTES : LENGTH_BYTES + length].decode()


def new_key() -> bytes:
    """32 random bytes."""
    return AESGCM.generate_key(bit_length=8 * KEY_BYTES)


@sensitive_variables()
def wrap(secret: bytes, *, key_id: uuid.UUID) -> tuple[bytes, str]:
    """``secret`` encrypted by the current master key, and that master key's id."""
    master_id = current_master_id()
    nonce = os.urandom(NONCE_BYTES)
    master = _masters()[master_id]
    return VERSION + nonce + AESGCM(master).encrypt(nonce, secret, _key_bond(key_id, master_id)), master_id


@sensitive_variables()
def unwrap(key: DataKey) -> bytes:
    """The data key in clear; callers let go of it at once."""
    master = _masters().get(key.master_key_id)
    if master is None:
        raise CannotUnseal(
            f"The master key “{key.master_key_id}” is not among the sealing keys of this installation. "
            "Private text under it stays closed until it is back."
        )
    return _decrypted(
        master,
        bytes(key.wrapped),
        _key_bond(key.pk, key.master_key_id),
        refusal="A data key cannot be opened: it was altered, or its master key is not the one it was wrapped by.",
    )


def current_master_id() -> str:
    """The id of the master key that wraps new data keys: the first of ``settings.SEALING_KEYS``."""
    return str(settings.SEALING_KEYS[0][0])


def _masters() -> dict[str, bytes]:
    return dict(settings.SEALING_KEYS)


@sensitive_variables()
def _decrypted(secret: bytes, sealed: bytes, bond: bytes, *, refusal: str) -> bytes:
    opened: bytes | None = None
    if len(sealed) >= len(VERSION) + NONCE_BYTES + TAG_BYTES and sealed[:1] == VERSION:
        try:
            opened = AESGCM(secret).decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], bond)
        except InvalidTag:
            opened = None
    if opened is None:
        raise CannotUnseal(refusal)
    return opened


@sensitive_variables()
def _padded(text: str) -> bytes:
    encoded: bytes | None = None
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        encoded = None
    if encoded is None:  # raised out here: the other exception carries the whole text
        raise CannotSeal("The text holds characters that cannot be stored.")
    bucket = SMALLEST_BUCKET
    while bucket < LENGTH_BYTES + len(encoded):
        bucket *= 2
    return (len(encoded).to_bytes(LENGTH_BYTES, "big") + encoded).ljust(bucket, b"\0")


def _text_bond(key_id: uuid.UUID, row: str) -> bytes:
    return b"upwell text" + VERSION + uuid.UUID(str(key_id)).bytes + row.encode()


def _key_bond(key_id: uuid.UUID, master_id: str) -> bytes:
    return b"upwell data key" + VERSION + uuid.UUID(str(key_id)).bytes + master_id.encode()
