"""A PostgreSQL of our own: on any path, behind a password, alone on its data, gone when we are."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from mentoring.local.postgres import Postgres
from mentoring.local.processes import CannotStart
from mentoring.local.tests.test_processes import gone_within, is_alive

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A path with a space. It is erased, for as root the data may stand outside the folder."""
    folder = tmp_path / "a folder with spaces"
    yield folder
    Postgres(folder, password="any").erase()


def started(folder: Path) -> Postgres:
    server = Postgres(folder, password="s3cret-and_long", durable=False)
    server.begin()
    server.wait()
    return server


def test_it_answers_on_a_path_with_spaces_and_its_data_survive_a_restart(folder):
    server = started(folder)
    try:
        server.execute("create database kept")
    finally:
        server.stop()

    again = started(folder)
    try:
        assert again.execute("select count(*) from pg_database where datname = 'kept'") == [(1,)]
    finally:
        again.stop()


def test_it_refuses_a_wrong_password(folder):
    server = started(folder)
    try:
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(server.url("postgres").replace("s3cret-and_long", "guess"))
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(server.near_url("postgres").replace("s3cret-and_long", "guess"))
    finally:
        server.stop()


def test_it_answers_by_a_socket_too_or_where_its_folder_is_too_deep_for_one_by_tcp_alone(folder):
    for place in (folder, folder / ("deep" * 20)):
        server = started(place)
        try:
            psycopg2.connect(server.near_url("postgres")).close()
        finally:
            server.stop()
            server.erase()


def test_a_second_server_on_the_same_folder_is_refused_with_a_sentence(folder):
    server = started(folder)
    second = Postgres(folder, password="s3cret-and_long", durable=False)
    second.lock_patience = 0.1
    try:
        with pytest.raises(CannotStart, match="another PostgreSQL is still using"):
            second.begin()
        assert server.execute("select 1") == [(1,)]
    finally:
        server.stop()


OWNER = """
import sys, time
from pathlib import Path
from mentoring.local.postgres import Postgres
server = Postgres(Path(sys.argv[1]), password="s3cret-and_long", durable=False)
server.begin()
server.wait()
print(server.child.process.pid, flush=True)
time.sleep(300)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_kill_9_of_its_owner_ends_it_and_the_folder_can_be_used_again(folder):
    owner = subprocess.Popen([sys.executable, "-c", OWNER, folder], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    assert is_alive(pid)

    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    owner.stdout.close()

    again = started(folder)  # waits for the lock that the dying server still holds
    again.stop()
    assert gone_within(5, pid)
