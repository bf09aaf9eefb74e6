"""Receipt codes: whoever keeps one can take an answer back without saying who they are.

A code has 80 random bits and is shown once. With the answer only a keyed hash of it is kept, under the secret key of
the installation: a copy of the database alone allows no guessing, and neither leads from the code to a person.

Before it is shown, a code waits in the form of the survey, signed together with the survey. So pressing “send” twice
shows the same code twice, and nothing is kept in a session.
"""

from __future__ import annotations

import secrets
from typing import Final

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac

from people.tries import Tries

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: without letters that are taken for digits. What is typed instead of them is understood."""
LENGTH: Final = 16
READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
SALT: Final = "surveys.receipts"

MOST_WRONG: Final = 50
"""Wrong codes from one address. Many people may share one, and among 80 bits fifty tries find nothing."""
WRONG: Final = Tries("surveys.receipts", MOST_WRONG)


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
