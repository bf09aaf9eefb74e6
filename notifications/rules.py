"""When a message is due, and what an answer of the mail server means."""

from __future__ import annotations

import smtplib
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(9, 0)
LEASE = timedelta(seconds=60)
"""How long a worker may hold a notice. Longer than a send may take (EMAIL_TIMEOUT), shorter than anybody minds."""

MOST_ATTEMPTS = 8


def due_at(on: date, *, zone: ZoneInfo, not_before: datetime, time_of_day: time = MORNING) -> datetime:
    """That time of that day where the person lives, as an instant in UTC; ``not_before`` if that has passed.

    Where the clocks skip the time, ``fold=0`` gives the instant at which it would have been by the old offset: as much
    later as the clocks skip. Where it happens twice, the first of the two.
    """
    nominal = datetime.combine(on, time_of_day, tzinfo=zone).astimezone(UTC)
    return max(nominal, not_before)


def next_attempt(at: datetime, *, attempts: int) -> datetime:
    """After a passing failure: 1, 2, 4 … minutes, at most an hour."""
    return at + min(timedelta(minutes=2 ** max(attempts - 1, 0)), timedelta(hours=1))


def is_final_refusal(error: smtplib.SMTPException | OSError) -> bool:
    """The server said no for good (5xx to this message), rather than not now (4xx, or no connection)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _ in error.recipients.values())
    if isinstance(error, (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError, smtplib.SMTPHeloError)):
        return False
    return isinstance(error, smtplib.SMTPResponseException) and 500 <= error.smtp_code < 600


def is_about_the_server(error: smtplib.SMTPException | OSError) -> bool:
    """The fault lies with the connection, so trying the next message now is no use."""
    return not isinstance(error, (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError))
