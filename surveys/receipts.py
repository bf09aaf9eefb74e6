"""Receipt codes: whoever keeps one can take an answer back without saying who they are.

A code has 80 random bits and is shown once. With the answer only a keyed hash of it is kept, under the secret key of
the installation: a copy of the database alone allows no guessing, and neither leads from the code to a person.

Before it is shown, a code waits in the form of the survey, signed together with the survey. So pressing “send” twice
shows the same code twice, and nothing is kept in a session.
"""

from __future__ import annotations

import ipaddress
import secrets
from contextlib import suppress
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: without letters that are taken for digits. What is typed instead of them is understood."""
LENGTH: Final = 16
READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
SALT: Final = "surveys.receipts"

MOST_WRONG: Final = 50
"""Wrong codes from one address. Many people may share one, and among 80 bits fifty tries find nothing."""
FORGOTTEN_AFTER: Final = 15 * 60
"""Seconds for which an address that typed so many wrong codes has to wait."""


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def in_groups(code: str) -> str:
    return "-".join(code[place : place + 4] for place in range(0, LENGTH, 4))


def read(typed: str) -> str | None:
    """The code that was typed, however it was grouped; None if it cannot be one."""
    code = typed.upper().translate(READ_AS)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def in_form(survey: int, code: str) -> str:
    return Signer(salt=SALT).sign(f"{survey}:{code}")


def from_form(survey: int, given: str) -> str | None:
    """The code that waited in the form of this survey; None if it is not one of ours."""
    try:
        of, _, code = Signer(salt=SALT).unsign(given).partition(":")
    except BadSignature:
        return None
    return code if of == str(survey) else None


def kept(code: str) -> str:
    """What is stored of a code."""
    return _under(settings.SECRET_KEY, code)


def stored_as(code: str) -> list[str]:
    """What may have been stored of a code, under this secret key or one it replaced."""
    return [_under(key, code) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _under(key: str | bytes, code: str) -> str:
    return salted_hmac(SALT, code, secret=key, algorithm="sha256").hexdigest()


# Not too many tries. Counted in the memory of the process, and stored nowhere: an address and a time would be a trace.


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: behind a proxy, what that saw, or everybody would share the tries of one address.

    What a client writes into the header itself stands before the address that our proxy adds. Some proxies add a port,
    which differs with each connection; and who has one address of the newer kind has all 2**64 of its network.
    """
    seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() if settings.BEHIND_PROXY else ""
    return _one_of_many(seen or str(request.META["REMOTE_ADDR"]))


def _one_of_many(seen: str) -> str:
    """The address without its port; of the newer kind, its network; what is no address, as it is."""
    bare = seen[1:].partition("]")[0] if seen.startswith("[") else seen
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return seen
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)


def must_wait(address: str) -> bool:
    return int(cache.get(_tries_of(address), 0)) >= MOST_WRONG


def note_wrong(address: str) -> None:
    if not cache.add(_tries_of(address), 1, FORGOTTEN_AFTER):
        with suppress(ValueError):  # forgotten in between
            cache.incr(_tries_of(address))


def _tries_of(address: str) -> str:
    return salted_hmac(f"{SALT}.tries", address).hexdigest()
