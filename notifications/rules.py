"""When a message is due, and what an answer of the mail server means."""

from __future__ import annotations

import smtplib
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, IntEnum
from zoneinfo import ZoneInfo

MORNING = time(9, 0)
LEASE = timedelta(seconds=50)
"""How long a worker may hold a notice. A tick comes each minute and waits for claims that run out meanwhile, so what a
dead worker held is taken up by another within 90 seconds."""

MARGIN = timedelta(seconds=10)
"""A message is handed over, or given up, so long before the lease ends: nobody else may be sending it by then."""

AT_LEAST_SO_LONG = timedelta(hours=1)
"""How long before its end a message has to have its turn at the latest: the queue is long at nine, and a mail server
may put it off once more."""

LAST_MOMENT = timedelta(minutes=1)
"""Before its end, a message has its last attempt: workers look each quarter of that."""

MOST_ATTEMPTS = 8
"""For a message we fail to write. What a mail server puts off is tried until it is too late to be worth sending."""

MOST_DOUBTS = 3
"""How often a message may be handed over without an answer, before nobody hands it over again by themselves."""

OPENS_AFTER = 3
"""Failures in a row after which a server is left alone for a while."""

LONGEST_REST = timedelta(seconds=15)
"""Workers look as often for what could leave. A server that has come back is found soon, and one that has not gets one
attempt each time."""

PROBE = timedelta(seconds=30)
"""How long the one worker may take that asks a resting server whether it is back."""

FAILURES_FORGOTTEN = timedelta(minutes=1)

HOSTS_FORGOTTEN = timedelta(days=1)
"""A server that nobody has asked for so long since it failed: say, of a chat whose address somebody has mistyped."""


def due_at(on: date, *, zone: ZoneInfo, not_before: datetime, time_of_day: time = MORNING) -> datetime:
    """That time of that day where the person lives, as an instant in UTC; ``not_before`` if that has passed.

    Where the clocks skip the time, ``fold=0`` gives the instant at which it would have been by the old offset: as much
    later as the clocks skip. Where it happens twice, the first of the two.
    """
    nominal = datetime.combine(on, time_of_day, tzinfo=zone).astimezone(UTC)
    return max(nominal, not_before)


def next_attempt(at: datetime, *, attempts: int, spread: float) -> datetime:
    """After a passing failure: 1, 2, 4 … minutes, at most an hour, and up to half as long again.

    ``spread`` from 0 to 1 keeps messages that were put off together from coming back together.
    """
    wait = min(timedelta(minutes=2 ** min(max(attempts - 1, 0), 6)), timedelta(hours=1))
    return at + wait * (1 + spread / 2)


def within_its_time(again_at: datetime, *, at: datetime, not_after: datetime) -> datetime:
    """As meant, or a moment before its end, for one attempt more; at its end where that moment has passed."""
    last = not_after - LAST_MOMENT
    if again_at <= last:
        return again_at
    return last if last > at else not_after


def next_after_doubt(at: datetime, *, in_doubt: int) -> datetime:
    """After a message was handed over whole and no answer came: ten minutes, then twenty.

    The server may have kept it, and answer the next one only once its filters have done with this one.
    """
    return at + timedelta(minutes=10) * in_doubt


def rest(failures: int) -> timedelta:
    """How long a server that failed so often in a row is left alone: 5, 10 and at most 15 seconds."""
    return min(timedelta(seconds=5 * 2 ** min(max(failures - OPENS_AFTER, 0), 6)), LONGEST_REST)


class Reached(IntEnum):
    """How far a conversation with the mail server came."""

    NOTHING = 0
    RECIPIENT = 1
    """The message was begun: its recipient has been named."""
    WHOLE = 2
    """All of it was handed over; only the answer is missing."""


class Verdict(Enum):
    """What a failure means for the message, and for those behind it."""

    NEVER = "this message will not be taken"
    LATER = "this message is not taken now"
    SERVER = "no message would be taken now, and this one was not offered"
    BROKEN = "the conversation broke off in the middle of this message"
    UNKNOWN = "this message was handed over, and nobody knows whether it was taken"


NOT_OF_THE_SERVER = frozenset({Verdict.NEVER, Verdict.LATER})
"""The server answered; it is well."""


def verdict(error: OSError, *, reached: Reached) -> Verdict:
    """By the class of the server's answer: 4xx is not now, 5xx is never, 421 and silence are about the server.

    Whatever goes wrong before a recipient was named (no connection, a refused sender or password) would go wrong for
    every message; only a message that is too large (552) is refused there for itself.
    """
    codes = _codes(error)
    if reached is Reached.WHOLE and not any(400 <= code < 600 for code in codes):
        return Verdict.UNKNOWN
    if isinstance(error, smtplib.SMTPSenderRefused) and codes == {TOO_LARGE}:
        return Verdict.NEVER
    if isinstance(error, smtplib.SMTPSenderRefused) or reached is Reached.NOTHING:
        return Verdict.SERVER
    if not codes or CLOSING in codes:
        return Verdict.BROKEN
    return Verdict.NEVER if all(500 <= code < 600 for code in codes) else Verdict.LATER


CLOSING, TOO_LARGE = 421, 552


def _codes(error: OSError) -> set[int]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return {code for code, _ in error.recipients.values()}
    return {error.smtp_code} if isinstance(error, smtplib.SMTPResponseException) else set()
