"""A mail server with bad days, and a memory of every message it took.

``python -m mentoring.faults.sink PORT FILE SEED`` runs it by itself; with the word ``calm`` it has no bad days, and
with seconds behind that word it answers each message only after them. Each message it answers with 250 is a line of the
file: the instant, the Message-ID, and the numbers of the errands it names. A line is written before the answer, so what
is there may at worst not have been told. Messages it turns away, cuts off or never answers it does not keep. A file
beside the first, ``FILE.storm``, makes it answer 421 to everybody for as long as it is there.
"""

from __future__ import annotations

import asyncio
import re
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import IO, Final

HANG: Final = 25.0
"""Seconds without an answer: longer than a sender waits for any single one."""

CHANCES: Final = {
    "421 at the sender": 0.004,
    "451 at the recipient": 0.004,
    "drop at the recipient": 0.003,
    "drop in the middle": 0.002,
    "hang at the recipient": 0.0008,
    "hang at the end": 0.0003,
}
"""How often what goes wrong, of all messages."""

MESSAGE_ID: Final = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)

ERRAND: Final = re.compile(rb"/errand/(\d+)/")


@dataclass
class Sink:
    """``taken`` gets a line for each message that was accepted, ``spoilt`` one for each that something happened to."""

    taken: IO[str]
    spoilt: IO[str]
    storm: Path
    dice: Random
    chances: dict[str, float]
    delay: float = 0.0

    def fate(self) -> str:
        place = self.dice.random()
        for what, chance in self.chances.items():
            if place < chance:
                return what
            place -= chance
        return ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        say("220 sink")
        fate, recipient = "", ""
        while line := await reader.readline():
            word = line[:4].upper().strip().decode(errors="replace")
            if self.storm.exists():
                say("421 not today")
                return
            match word:
                case "EHLO" | "HELO":
                    say("250 sink")
                case "MAIL":
                    fate = self.fate()
                    if fate == "421 at the sender":
                        self._spoil(fate, "")
                        say("421 closing")
                        return
                    say("250 OK")
                case "RCPT":
                    recipient = line.decode(errors="replace").partition("<")[2].partition(">")[0]
                    if "recipient" in fate:
                        self._spoil(fate, recipient)
                        if fate.startswith("drop"):
                            writer.transport.abort()
                            return
                        if fate.startswith("hang"):
                            await asyncio.sleep(HANG)
                            return
                        say("451 not now")
                        continue
                    say("250 OK")
                case "DATA":
                    say("354 go on")
                    if fate == "drop in the middle":
                        self._spoil(fate, recipient)
                        await reader.readline()
                        writer.transport.abort()
                        return
                    content = await reader.readuntil(b"\r\n.\r\n")
                    if fate == "hang at the end":
                        self._spoil(fate, recipient)
                        await asyncio.sleep(HANG)
                        return
                    if self.delay:
                        await asyncio.sleep(self.delay)
                    found = MESSAGE_ID.search(content)
                    errands = sorted({each.decode() for each in ERRAND.findall(content)})
                    self.taken.write(
                        " ".join((f"{time.time():.6f}", found[1].decode() if found else "-", *errands)) + "\n"
                    )
                    self.taken.flush()
                    say("250 kept")
                case "RSET" | "NOOP":
                    say("250 OK")
                case "QUIT":
                    say("221 bye")
                    return
                case _:
                    say("502 no")
            await writer.drain()

    def _spoil(self, fate: str, recipient: str) -> None:
        self.spoilt.write(f"{recipient or '-'} {fate}\n")
        self.spoilt.flush()


async def serve(port: int, file: Path, seed: int, *, chances: dict[str, float], delay: float = 0.0) -> None:
    with file.open("a") as taken, file.with_suffix(".spoilt").open("a") as spoilt:
        dice = Random(seed)  # noqa: S311 - bad days are no secret
        sink = Sink(taken, spoilt, file.with_suffix(".storm"), dice, chances, delay)
        async with await asyncio.start_server(sink.serve, "127.0.0.1", port, limit=2**20):
            ended = asyncio.Event()
            for ending in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(ending, ended.set)
            await ended.wait()


if __name__ == "__main__":
    _port, _file, _seed, *_calm = sys.argv[1:]
    _delay = float(_calm[1]) if len(_calm) > 1 else 0.0
    asyncio.run(serve(int(_port), Path(_file), int(_seed), chances={} if _calm else CHANCES, delay=_delay))
