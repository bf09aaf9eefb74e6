"""Everything of a site that can die, started again a second later by itself, as a service manager does."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from mentoring.local import keys, processes, redis, variables
from mentoring.local.postgres import Postgres
from mentoring.local.processes import Child

CHECKOUT: Final = Path(__file__).resolve().parents[2]
MODULE: Final = [sys.executable, "-m"]
AGAIN_AFTER: Final = 1.0
"""Seconds, as systemd's RestartSec."""


@dataclass
class Service:
    name: str
    begin: Callable[[], Child]
    child: Child
    died_at: float | None = None
    starts: int = 1


@dataclass
class Site:
    folder: Path
    tick_seconds: int
    env: dict[str, str] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    port: int = 0

    def start(self, workers: int, beats: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        known = keys.fresh()
        self.port, self.sink_port = processes.free_port(), processes.free_port()
        self.postgres = Postgres(self.folder / "postgres", password=known.database_password)
        self.postgres.begin()
        self.postgres.wait()
        self.postgres.execute("create database upwell")
        self.broker = redis.begin(self.folder / "redis", password=known.redis_password)
        if self.broker.child is None:
            raise processes.CannotStart("there is no Redis here to wipe.")
        self.broker.wait()
        self.env = os.environ | variables.for_tests() | self.broker.variables | {
            "DATABASE_URL": self.postgres.url("upwell"),
            "DJANGO_SETTINGS_MODULE": "mentoring.faults.settings",
            "UPWELL_SMTP_HOST": "127.0.0.1",
            "UPWELL_SMTP_PORT": str(self.sink_port),
            "UPWELL_TICK_SECONDS": str(self.tick_seconds),
            "UPWELL_STATIC_ROOT": str(self.folder / "static"),
        }  # fmt: skip
        self._add("sink", [*MODULE, "mentoring.faults.sink", str(self.sink_port), str(self.taken), "7"])
        for job in (["collectstatic", "--no-input"], ["migrate"]):
            preparing = self._process(job[0], [sys.executable, "manage.py", *job, "--verbosity", "0"])
            if preparing.process.wait() != 0:
                raise processes.CannotStart(f"{job[0]} failed: {preparing.last_words()}")
        for number in range(workers):
            self._add(f"worker {number + 1}", [
                *MODULE, "celery", "--app", "mentoring.celery", "worker", "--concurrency", "2", "--loglevel", "INFO",
                "--hostname", f"worker{number + 1}@here", "--without-gossip", "--without-mingle", "--without-heartbeat",
            ])  # fmt: skip
        for number in range(beats):
            self._add(f"beat {number + 1}", [
                *MODULE, "celery", "--app", "mentoring.celery", "beat", "--loglevel", "INFO", "--pidfile=",
                "--schedule", str(self.folder / f"beat-{number + 1}"),
            ])  # fmt: skip
        self._add("web", [
            *MODULE, "gunicorn", "mentoring.wsgi:application", "--bind", f"127.0.0.1:{self.port}", "--workers", "2",
            "--threads", "2", "--preload",
        ])  # fmt: skip

    @property
    def taken(self) -> Path:
        return self.folder / "taken"

    def look_after(self) -> None:
        """Start again what died. Call it often."""
        now = time.monotonic()
        for each in self.services.values():
            if each.child.is_running:
                continue
            if each.died_at is None:
                each.died_at = now
            elif now - each.died_at >= AGAIN_AFTER:
                processes.stop([each.child])  # with it goes what it left behind in its group
                each.child, each.died_at = each.begin(), None
                each.starts += 1

    def kill(self, name: str) -> None:
        """``kill -9`` of the one process; what it had forked is told by nobody."""
        self.services[name].child.process.kill()

    def kill_a_child_of(self, name: str, dice: Random) -> None:
        pid = self.services[name].child.process.pid
        try:
            below = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
            os.kill(dice.choice(below), signal.SIGKILL)
        except (OSError, IndexError):  # it has none just now; then the process itself
            self.kill(name)

    def wipe_redis(self) -> None:
        """It is killed, remembers nothing, and is back a second later."""
        program = redis.server_program()
        if self.broker.child is None or program is None:
            return
        self.broker.child.process.kill()
        self.broker.child.process.wait()
        time.sleep(AGAIN_AFTER)
        folder = self.folder / "redis"
        self.broker.child = processes.start("redis", [program, "redis.conf"], cwd=folder, log=folder / "redis.log")
        self.broker.wait()

    def crash_postgres(self) -> None:
        """As ``pg_ctl stop -m immediate``; it recovers from its log when it is started a second later."""
        self.postgres.crash()
        time.sleep(AGAIN_AFTER)
        self.postgres.begin_again()

    @property
    def storm(self) -> Path:
        """While this file is there, the mail server answers 421 to everybody."""
        return self.taken.with_suffix(".storm")

    def stop(self) -> None:
        processes.stop([each.child for each in reversed(self.services.values())])
        if self.broker.child:
            processes.stop([self.broker.child])
        self.postgres.stop()
        self.postgres.erase()

    def _add(self, name: str, command: list[str]) -> None:
        def begin() -> Child:
            return self._process(name, command)

        self.services[name] = Service(name, begin, begin())

    def _process(self, name: str, command: list[str]) -> Child:
        number = self.services[name].starts + 1 if name in self.services else 1
        log = self.folder / f"{name.replace(' ', '-')}.{number}.log"
        return processes.start(name, command, env=self.env, cwd=CHECKOUT, log=log)
