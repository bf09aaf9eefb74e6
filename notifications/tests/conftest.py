"""A real mail server on loopback, and one kind of notice to owe."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from notifications import kinds
from notifications.kinds import Urgency
from notifications.models import Notice


@dataclass
class Mailbox:
    """What arrived, and what the server shall answer to whom, once each: ``refusals`` when the recipient is named,
    ``ends`` when the message has been handed over, ``senders`` to whoever sends next.

    The word "hang up" is no answer.
    """

    messages: list[EmailMessage] = field(default_factory=list)
    refusals: dict[str, list[str]] = field(default_factory=dict)
    ends: dict[str, list[str]] = field(default_factory=dict)
    senders: list[str] = field(default_factory=list)
    greetings: int = 0
    port: int = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.greetings += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, mail_options: list[str]
    ) -> str:
        if self.senders:
            return self.senders.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        if self.refusals.get(address):
            return said(server, self.refusals[address].pop(0))
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        end = next(iter(self.ends.get(envelope.rcpt_tos[0], [])), "250 OK")
        if end != "250 OK":
            self.ends[envelope.rcpt_tos[0]].pop(0)
        if not end.startswith(("4", "5")):
            self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return said(server, end)


def said(server: SMTP, answer: str) -> str:
    if answer == "hang up":
        assert isinstance(server.transport, asyncio.Transport)
        server.transport.abort()
    return answer


@pytest.fixture
def mailbox(settings) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box.port = port
    controller = Controller(box, hostname="127.0.0.1", port=port, ready_timeout=10)
    controller.start()
    settings.EMAIL_BACKEND = "notifications.smtp.Backend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    yield box
    controller.stop()


@dataclass
class Errand:
    """Whether the thing the notice is about still wants doing."""

    done: bool = False
    broken: bool = False
    subject: str = "A thing to do"
    own_words: bool = False
    done_subjects: set[str] = field(default_factory=set)
    broken_subjects: set[str] = field(default_factory=set)

    def compose(self, notice: Notice, at: datetime) -> kinds.Message | None:
        if self.broken or notice.subject in self.broken_subjects:
            raise RuntimeError("no words")
        if self.done or notice.subject in self.done_subjects:
            return None
        if self.own_words:
            thing = f"Thing {notice.subject}"
            return kinds.Message(thing, thing, ("It takes a minute.",), f"/do/{notice.subject}/", "Do it")
        return kinds.Message(
            subject=self.subject,
            heading="A thing to do",
            paragraphs=("It takes a minute.",),
            link="/do/",
            action="Do it",
        )


@pytest.fixture
def errand(monkeypatch) -> Errand:
    errand = Errand()
    monkeypatch.setattr(kinds, "_register", {**kinds._register})
    for name, urgency in (("errand", Urgency.AT_ONCE), ("waits", Urgency.MAY_WAIT), ("in_time", Urgency.IN_TIME)):
        kinds.register(kinds.Kind(f"tests.{name}", "A thing to do", errand.compose, urgency))
    return errand
