"""A real SMTP server on loopback that delivers to nobody: each message becomes a file in a folder.

``python -m mentoring.local.mail_sink FOLDER PORT`` runs it by itself.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import lru_cache
from pathlib import Path
from typing import Any

from mentoring.local import processes


@dataclass(frozen=True)
class StoredMessage:
    """One message as it left. ``name`` is its file without the ending; ``recipients`` are those of the envelope."""

    name: str
    received_at: datetime
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", ""))

    @property
    def sent_at(self) -> datetime:
        """When it says that it left: in the demo, by the demo's clock."""
        said = self.message.get("Date")
        return getattr(said, "datetime", None) or self.received_at

    @property
    def sender(self) -> str:
        return str(self.message.get("From", ""))

    @property
    def text(self) -> str:
        """The plain part, or nothing where a message has none."""
        part = self.message.get_body(preferencelist=("plain",))
        return str(part.get_content()) if part is not None else ""


def messages(folder: Path) -> list[StoredMessage]:
    """Every message in the folder, the newest first. A folder that is not there holds none."""
    return [_read(path) for path in sorted(folder.glob("*.eml"), key=lambda path: path.name, reverse=True)]


def message(folder: Path, name: str) -> StoredMessage | None:
    """The message of this name, or None; a name that is not one of ours never touches the disk."""
    if not name.replace("-", "").isalnum():
        return None
    path = folder / f"{name}.eml"
    return _read(path) if path.is_file() else None


def store(folder: Path, *, recipients: list[str], content: bytes, at_ns: int) -> Path:
    """Write one message so that a reader sees all of it or nothing. ``at_ns`` is nanoseconds since 1970."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{at_ns:020d}-{uuid.uuid4().hex}.eml"
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(b"X-Envelope-To: " + ", ".join(recipients).encode("ascii", "replace") + b"\r\n" + content)
    os.replace(unfinished, path)
    return path


@lru_cache(maxsize=2_000)
def _read(path: Path) -> StoredMessage:
    """A message never changes once it is there, and its name is its own, so it is read once."""
    parsed = BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
    envelope = str(parsed.get("X-Envelope-To", ""))
    return StoredMessage(
        name=path.stem,
        received_at=datetime.fromtimestamp(int(path.stem.partition("-")[0]) / 1e9, tz=UTC),
        recipients=tuple(address.strip() for address in envelope.split(",") if address.strip()),
        message=parsed,
    )


class MailSink:
    """The server, in a thread of this process, while the ``with`` block runs. Port 0 asks for any free port."""

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        self.folder = folder
        self.host = "127.0.0.1"
        self.port = port or processes.free_port()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        store(self.folder, recipients=envelope.rcpt_tos, content=envelope.original_content, at_ns=time.time_ns())
        return "250 Kept"

    def __enter__(self) -> MailSink:
        # Imported here because the page that lists messages needs no server.
        from aiosmtpd.controller import Controller

        self._controller = Controller(self, hostname=self.host, port=self.port)
        self._controller.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._controller.stop()


def main(folder: str, port: str) -> None:
    ending = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)
    with MailSink(Path(folder), port=int(port)):
        signal.sigwait(ending)


if __name__ == "__main__":
    main(*sys.argv[1:])
