"""SMTP with an end in time, and with a memory of how far a message came.

Python's own client waits for each line anew, so a server that drips its answer can hold a message for hours; and when a
connection breaks, it does not say whether the message had left. Both matter here: a worker's claim runs out, and what
was handed over whole may have arrived.
"""

from __future__ import annotations

import functools
import io
import math
import smtplib
import time
from collections.abc import Callable
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

from notifications.rules import Reached

GOODBYE = 2.0
"""Seconds a server gets to say goodbye."""


class Line(smtplib.SMTP):
    """``send_by`` is the instant of ``time.monotonic`` by which everything has to be said and answered."""

    def __init__(self, *args: Any, send_by: float = math.inf, **kwargs: Any) -> None:
        self.send_by = send_by
        self.reached = Reached.NOTHING
        super().__init__(*args, **kwargs)

    def mail(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        self.reached = Reached.NOTHING
        return super().mail(*args, **kwargs)

    def rcpt(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        self.reached = Reached.RECIPIENT
        return super().rcpt(*args, **kwargs)

    def data(self, msg: Any) -> tuple[int, bytes]:
        self._said = 0
        try:
            return super().data(msg)
        finally:
            # First the word DATA, then all of the message in one piece: it has left once both have.
            if self._said == 2:
                self.reached = Reached.WHOLE

    def send(self, s: Any) -> None:
        self.hurry()
        super().send(s)
        self._said = getattr(self, "_said", 0) + 1

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Answer(self))
        return super().getreply()

    def hurry(self) -> None:
        """The next step may last as long as any single one, and no longer than is left for all."""
        left = self.send_by - time.monotonic()
        if left <= 0:
            self.close()
            raise smtplib.SMTPServerDisconnected("The time for this message is over.")
        if self.sock is not None:
            self.sock.settimeout(min(left, self.timeout))


class _Answer(io.RawIOBase):
    def __init__(self, line: Line) -> None:
        self._line = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._line.hurry()
        return self._line.sock.recv_into(buffer) if self._line.sock is not None else 0


class Backend(EmailBackend):
    """Django's, over a :class:`Line`. ``allow`` says how long the next message may take, connecting included."""

    connection: Line | None
    _partial_connection: Line | None
    send_by = math.inf

    def allow(self, seconds: float) -> None:
        self.send_by = time.monotonic() + seconds
        if self.connection is not None:
            self.connection.send_by = self.send_by

    @property
    def reached(self) -> Reached:
        return self.connection.reached if self.connection is not None else Reached.NOTHING

    @property
    def connection_class(self) -> Callable[..., Line]:  # type: ignore[override]
        return functools.partial(Line, send_by=self.send_by)

    def open(self) -> bool | None:
        """Connect and greet, so that what goes wrong afterwards is about a message."""
        opened = super().open()
        if opened and self.connection is not None:
            try:
                self.connection.ehlo_or_helo_if_needed()
            except OSError:
                self.connection.close()
                self.connection = None
                raise
        return opened

    def close(self) -> None:
        for line in (self._partial_connection, self.connection):
            if line is not None:
                line.send_by = time.monotonic() + GOODBYE
        super().close()
