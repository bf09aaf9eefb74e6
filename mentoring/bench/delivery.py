"""A tick over a million messages that are owed, and how fast they leave. Run as a program: prints what it measured."""

from __future__ import annotations

import json
import os
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from textwrap import wrap
from typing import Any, Final

import django

OWED, DUE, CLAIMS, MAILS, ANSWERS_AFTER = 1_000_000, 10_000, 200, 900, 0.02
FIVE_MINUTES: Final = 300


def report() -> list[str]:
    from mentoring.bench import databases

    found = databases.measured(__name__)
    bare = found["bare"]
    lines = [
        "## Messages",
        "",
        *wrap(WHAT.format(owed=OWED, due=DUE, mails=MAILS, claims=CLAIMS, load=found["load"]).strip(), 118),
        "",
        f"| over {OWED:,} that are owed, {DUE:,} of them due | ms |",
        "|---|---|",
        f"| a tick until the first message is in a worker’s hands | {found['tick']:.0f} |",
        f"| taking up one message, median | {found['claim']:.1f} |",
        f"| how long the oldest has waited | {found['oldest']:.1f} |",
        f"| the administrators’ page of delivery, its questions | {found['page']:.0f} |",
        "",
        "| to a mail server that answers after 20 ms | messages/s | in five minutes | of the bare loop’s rate |",
        "|---|---|---|---|",
        f"| a bare loop over smtplib, one connection | {bare:.0f} | {bare * FIVE_MINUTES:,.0f} | 1 |",
    ]
    for lines_used, rate in found["rates"].items():
        over = "one connection" if lines_used == "1" else f"{lines_used} connections"
        lines.append(f"| ours, {over} | {rate:.0f} | {rate * FIVE_MINUTES:,.0f} | {rate / bare:.2f} |")
    return lines


WHAT = """
A tick looks after everything, asks what is due of {owed:,} messages that are owed, and takes up the first; taking up
one is measured {claims} times while {due:,} are due. Then {mails:,} messages to as many people leave to a mail server
in a process of its own; every second one is of a kind that is gathered into one message a day. Each is composed,
handed over and noted in a transaction of its own. The bare loop hands over text that lies ready, over one connection,
and notes nothing. Everything runs on the same two cores: the mail server, PostgreSQL and the sender. Load before:
{load:.1f}.
"""


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "mentoring.faults.settings"
    django.setup()
    load = os.getloadavg()[0]
    _write(datetime.now().astimezone())
    found: dict[str, Any] = {"load": load, **_tick()}
    with _mail_server() as port:
        found["bare"] = _bare(port)
        found["rates"] = {lines: _ours(port, lines) for lines in (1, 4)}
    print(json.dumps(found))


def _tick() -> dict[str, float]:
    import clock
    from mentoring.tasks import Trouble, do_chores
    from notifications import claims, operations
    from notifications.delivery import deliver_due

    def tick() -> None:
        trouble = Trouble()
        do_chores(trouble)
        deliver_due(clock=clock.now, until=clock.now())  # until now: everything but the sending
        trouble.tell()
        claims.claim(at=clock.now())

    return {
        "tick": _milliseconds(tick),
        "claim": statistics.median(_milliseconds(lambda: claims.claim(at=clock.now())) for _ in range(CLAIMS)),
        "oldest": statistics.median(_milliseconds(lambda: operations.oldest_wait(at=clock.now())) for _ in range(7)),
        "page": statistics.median(_milliseconds(lambda: _page(clock.now())) for _ in range(3)),
    }


def _page(at: datetime) -> None:
    from notifications import operations

    operations.standing(at=at)
    operations.troubles(at=at)


def _bare(port: int) -> float:
    text = (
        b"From: a@example.org\r\nTo: b@example.org\r\nSubject: A thing to do\r\n\r\n" + b"It takes a minute.\r\n" * 200
    )
    sent = MAILS // 3
    with smtplib.SMTP("127.0.0.1", port) as line:
        begun = time.perf_counter()
        for number in range(sent):
            line.sendmail("a@example.org", [f"{number}@example.org"], text)
        return sent / (time.perf_counter() - begun)


def _ours(port: int, lines: int) -> float:
    from django.conf import settings
    from django.db import connection

    import clock
    from notifications.delivery import deliver_due

    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE notifications_notice, notifications_bundle CASCADE")
    _owe(clock.now(), MAILS, due=MAILS)
    begun = time.perf_counter()
    done = deliver_due(clock=clock.now, lines=lines)
    took = time.perf_counter() - begun
    if done.sent != MAILS:
        raise RuntimeError(f"{done} instead of {MAILS} messages sent")
    return MAILS / took


@contextmanager
def _mail_server() -> Iterator[int]:
    from mentoring.local import processes

    port = processes.free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable, "-m", "mentoring.faults.sink", str(port), str(Path(folder, "taken")), "1", "calm",
            str(ANSWERS_AFTER),
        ]  # fmt: skip
        server = subprocess.Popen(command)
        try:
            while processes.is_free(port):
                time.sleep(0.05)
            yield port
        finally:
            server.terminate()
            server.wait()


def _milliseconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _write(at: datetime) -> None:
    from mentoring.faults.errand import some_people

    some_people(DUE)
    _owe(at, OWED, due=DUE)


def _owe(at: datetime, count: int, *, due: int) -> None:
    """So many, in turns to everybody; the first ``due`` of them now, and the rest over the coming year."""
    from django.db import connection

    from mentoring.faults.errand import KINDS
    from people.models import Person

    people = list(Person.objects.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO notifications_notice
                   (key, kind, subject, person_id, state, owed_at, due_at, not_after, attempts, in_doubt, reason,
                    message_id)
            SELECT 'bench:' || n, (%(kinds)s)[1 + n %% 2], n, (%(people)s)[1 + n %% %(many)s], 'owed', %(at)s, due,
                   due + interval '3 days', 0, 0, '', '<' || n || '@bench>'
            FROM generate_series(0, %(count)s - 1) AS n,
                 LATERAL (SELECT CASE WHEN n < %(due)s THEN %(at)s ELSE %(at)s + interval '1 hour' + n * interval '30 s'
                          END AS due) AS when_due
            """,
            {
                "kinds": list(KINDS), "people": people, "many": len(people), "at": at - timedelta(seconds=1),
                "count": count, "due": due,
            },
        )  # fmt: skip
        cursor.execute("VACUUM ANALYZE notifications_notice")


if __name__ == "__main__":
    main()
