"""``make faults``: ten thousand messages leave while everything is killed; then count. With ``--messages`` and
``--seconds``: as many, over so long. ``FAULTS_KEEP`` names a folder that gets the logs."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from mentoring.faults.account import Account, Fault, read_spoilt, read_taken, read_told, rows_of_the_outbox
from mentoring.faults.site import AGAIN_AFTER, Site
from mentoring.local import processes

if TYPE_CHECKING:
    from people.models import Person

WORKERS, BEATS = 2, 2
STORM = 20.0
"""Seconds in which the mail server turns everybody away."""
AT_THE_END = 35 * 60.0
"""Seconds to wait at most for what was put off: the longest pause after a doubt is twenty minutes."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults")
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=660)
    parser.add_argument("--tick", type=int, default=60, help="seconds between two rings of a beat")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    processes.adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="upwell-faults-") as place:
        folder = Path(place)
        folder.chmod(0o711)
        site = Site(folder / "site", tick_seconds=asked.tick)
        try:
            site.start(WORKERS, BEATS)
            os.environ.update(site.env)
            account = Trial(site, asked.messages, asked.seconds, Random(asked.seed)).carry_out()  # noqa: S311
        finally:
            site.stop()
            processes.end_orphans()
            if kept := os.environ.get("FAULTS_KEEP"):
                import shutil

                shutil.copytree(folder / "site", kept, ignore=shutil.ignore_patterns("server", "postgres"))
    return _tell(account)


class Trial:
    def __init__(self, site: Site, messages: int, seconds: int, dice: Random) -> None:
        self.site, self.messages, self.seconds, self.dice = site, messages, seconds, dice
        self.faults: list[Fault] = []
        self.ages: list[tuple[float, float]] = []
        self.asked = self.refused = 0
        self.over = threading.Event()

    def carry_out(self) -> Account:
        import django

        django.setup()
        from mentoring.faults.errand import OF_ONE_PERSON, some_people

        people = some_people(-(-self.messages // len(OF_ONE_PERSON)))
        self._wait_for_workers()
        watching = [threading.Thread(target=work, daemon=True) for work in (self._watch, self._ask_for_pages)]
        owing = threading.Thread(target=self._owe, args=(people,), daemon=True)
        for thread in (*watching, owing):
            thread.start()
        self._let_things_happen()
        self._wait_until(lambda: not owing.is_alive(), self.seconds)
        self._wait_until(self._all_is_done, AT_THE_END)
        self.over.set()
        for thread in watching:
            thread.join()
        return self._account()

    # What happens

    def _plan(self) -> list[tuple[str, Callable[[], None]]]:
        """Twenty kills, three wipes, three crashes and two storms, in an order of chance."""
        site, dice = self.site, self.dice
        kills = [f"worker {number + 1}" for number in range(WORKERS)] * 4
        kills += [f"beat {number + 1}" for number in range(BEATS)] * 2 + ["web"] * 3
        doings: list[tuple[str, Callable[[], None]]] = [(f"kill -9 {name}", partial(site.kill, name)) for name in kills]
        doings += [
            (f"kill -9 a child of {name}", partial(site.kill_a_child_of, name, dice))
            for name in ("worker 1", "worker 2", "worker 1", "worker 2", "web")
        ]
        doings += [("wipe of Redis", site.wipe_redis)] * 3 + [("crash of PostgreSQL", site.crash_postgres)] * 3
        doings += [("storm at the mail server", self._storm)] * 2
        dice.shuffle(doings)
        return doings

    def _let_things_happen(self) -> None:
        begun = time.monotonic()
        plan = self._plan()
        for what, do in plan:
            self._wait_until(lambda: False, self.seconds / (len(plan) + 1))
            at = time.time()
            do()
            kills = "kill" in what
            self.faults.append(Fault(at, what, kills))
            if kills:  # what it had forked ends with it when it is started again
                self.faults.append(Fault(at + AGAIN_AFTER, f"{what}, and its group", kills))
            print(f"{time.monotonic() - begun:6.0f} s  {what}", flush=True)

    def _storm(self) -> None:
        self.site.storm.touch()
        threading.Timer(min(STORM, self.seconds / 20), self.site.storm.unlink).start()

    def _wait_until(self, question: Callable[[], bool], seconds: float) -> None:
        """Look after the site meanwhile."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not question():
            self.site.look_after()
            time.sleep(0.1)

    # What goes on meanwhile

    def _owe(self, people: list[Person]) -> None:
        """As facts do: each person’s in a transaction, due at once or in a moment, tried again if it was refused."""
        from mentoring.faults.errand import owe_one_person

        begun = time.monotonic()
        for place, person in enumerate(people):
            time.sleep(max(0.0, begun + self.seconds * place / len(people) - time.monotonic()))
            wait = timedelta(seconds=self.dice.random() * 10)

            def write(place: int = place, person: Any = person, wait: timedelta = wait) -> None:
                owe_one_person(person, place, messages=self.messages, at=_now(), wait=wait)

            while _ask(write) is FAILED:
                time.sleep(0.2)

    def _watch(self) -> None:
        """How long the oldest has waited. While the database is away, everything waits as much longer."""
        from notifications import operations

        while not self.over.is_set():
            at = time.time()
            found = _ask(lambda: operations.oldest_wait(at=_now()))
            if found is not FAILED:
                age = found.total_seconds() if found is not None else 0.0
            else:
                before, last = self.ages[-1] if self.ages else (at, 0.0)
                age = last + at - before
            self.ages.append((at, age))
            self.over.wait(0.5)

    def _ask_for_pages(self) -> None:
        while not self.over.is_set():
            self.asked += 1
            try:
                address = f"http://127.0.0.1:{self.site.port}/sign-in/"
                urllib.request.urlopen(address, timeout=10).close()
            except (urllib.error.URLError, OSError):
                self.refused += 1
            self.over.wait(1.0)

    def _wait_for_workers(self) -> None:
        from notifications import heartbeats
        from notifications.choices import Hand

        self._wait_until(
            lambda: sum(each.hand in (Hand.WORKER, Hand.BEAT) for each in heartbeats.pulses()) >= WORKERS + BEATS, 120
        )

    # The end

    def _all_is_done(self) -> bool:
        from notifications.models import Notice

        return _ask(lambda: Notice.objects.unfinished().exists()) is False

    def _account(self) -> Account:
        rows = rows_of_the_outbox()
        spoilt = read_spoilt(self.site.taken.with_suffix(".spoilt"))
        whom = frozenset(address for address, _ in spoilt)
        account = Account(
            self.messages, rows, read_taken(self.site.taken), whom, self.faults, self.ages, read_told(self.site.taken)
        )
        print(f"The mail server on its bad days: {dict(Counter(what for _, what in spoilt))}.")
        print(f"{self.asked} pages were asked for, {self.refused} not answered.")
        print(f"Started: { ({name: each.starts for name, each in self.site.services.items()}) }.")
        return account


FAILED: Any = object()


def _ask(question: Callable[[], Any]) -> Any:
    from django.db import DatabaseError, InterfaceError, connection

    try:
        return question()
    except (DatabaseError, InterfaceError):
        connection.close()
        return FAILED


def _now() -> datetime:
    import clock

    return clock.now()


def _tell(account: Account) -> int:
    waits = account.waits()
    print(
        f"{len(account.rows):,} owed, {sum(row.state == 'sent' for row in account.rows):,} sent, "
        f"{len(account.copies())} of them more than once. Load {os.getloadavg()[0]:.1f}."
    )
    print(
        f"The oldest wait of all that could have left was {account.longest:.0f} s at most, and over 90 s for "
        f"{account.seconds_late:.0f} s. Of messages that the mail server did not put off: half within "
        f"{waits[len(waits) // 2]:.1f} s, 99 of 100 within {waits[len(waits) * 99 // 100]:.1f} s, "
        f"all within {waits[-1]:.1f} s."
    )  # fmt: skip
    wrong = account.judge()
    print("\n".join(wrong) if wrong else "Nothing was lost, and nothing came twice that nobody died over.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
