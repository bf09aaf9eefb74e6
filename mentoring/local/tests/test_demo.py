"""The demo, really started: what it brings up, what it keeps, and that nothing is left of it.

The long version starts from nothing. The short one starts on tables that were copied from those of the tests and on a
few people, since to make tables and a company takes longer than all the rest.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from disclosure.tests.proofs import LONG
from mentoring.local import demo, keys, processes
from mentoring.local.demo import CHECKOUT
from mentoring.local.postgres import Postgres
from mentoring.local.tests.test_processes import gone_within
from mentoring.tests.journey import database_url
from people.tests.factories import PersonFactory

pytestmark = [pytest.mark.worker, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]

FROM_NOTHING = LONG or not os.environ.get("UPWELL_OWN_SERVER")
"""Another server than ours may be too new for the program that copies its tables."""

START = """
import sys
import time
from pathlib import Path
from mentoring.local import demo
folder, port = sys.argv[1:]
demo.run(demo.Options(employees=60, port=int(port)), folder=Path(folder))
"""


class RunningDemo:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = processes.free_port()
        # Its own services, whatever the tests themselves were given.
        env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, folder, str(self.port)],
            env=env, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def wait(self) -> str:
        """Everything it said until it was ready."""
        said = ""
        assert self.process.stdout is not None
        while "ready after" not in said:
            line = self.process.stdout.readline()
            assert line, said
            said += line
        return said

    def family(self) -> set[int]:
        """The numbers of all processes below it."""
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
        family = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in family} - family:
            family |= more
        return family - {self.process.pid}

    def worker(self) -> int | None:
        """The number of the Celery worker's first process."""
        for pid in sorted(self.family()):
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"celery" in command and b"worker" in command:
                return pid
        return None

    def end(self, number: signal.Signals) -> str:
        """Send it the signal and return what it said from then on."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=60)[0]

    def status(self, path: str) -> int:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            line.request("GET", path, headers={"Host": f"localhost:{self.port}"})
            return line.getresponse().status
        finally:
            line.close()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "a demo"
    yield folder
    Postgres(folder / "postgres", password="any").erase()


def comes_true(fact: Callable[[], bool], *, within: float = 90.0) -> bool:
    deadline = time.monotonic() + within
    while not fact():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def people(folder: Path) -> int:
    """How many people the running demo knows, asked of its database."""
    variables = json.loads((folder / "environment.json").read_text())
    connection = psycopg2.connect(variables["DATABASE_URL"])
    try:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from people_person")
            row = cursor.fetchone()
            return int(row[0]) if row else 0
    finally:
        connection.close()


def made_before(folder: Path) -> int:
    """As a demo of three people leaves its folder; how many they are."""
    PersonFactory.create_batch(3)
    own = Postgres(folder / "postgres", password=keys.kept_in(folder / "secrets.json").database_password, durable=False)
    own.begin()
    try:
        own.wait()
        own.execute(f"create database {demo.DATABASE}")
        copied = subprocess.run(
            [own.program("pg_dump"), "--dbname", database_url()], stdout=subprocess.PIPE, check=True
        )
        subprocess.run(
            [own.program("psql"), "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", own.url(demo.DATABASE)],
            input=copied.stdout, stdout=subprocess.DEVNULL, check=True,
        )  # fmt: skip
        demo.mark_finished(own)
    finally:
        own.stop()
    return 3


@pytest.mark.django_db(transaction=True)
def test_the_demo_keeps_its_data_over_kill_9_and_leaves_nothing_running(folder):
    many = 60 if FROM_NOTHING else made_before(folder)
    first = RunningDemo(folder)
    assert ("Making" in first.wait()) == FROM_NOTHING
    family = first.family()
    assert len(family) >= 9  # PostgreSQL with its own, Redis, web with two, worker with two, beat, mail
    assert first.status("/healthz/ready") == 200
    assert people(folder) == many
    # Nobody but the owner reads how to get in.
    assert (folder / "environment.json").stat().st_mode & 0o777 == 0o600
    assert (folder / "secrets.json").stat().st_mode & 0o777 == 0o600

    refused = RunningDemo(folder)
    assert "a demo is already running" in refused.process.communicate(timeout=60)[0]

    first.end(signal.SIGKILL)
    assert gone_within(30, *family)

    second = RunningDemo(folder)
    assert "Making" not in second.wait()  # neither tables nor company: both were kept
    assert people(folder) == many
    killed = second.worker()
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert comes_true(lambda: second.worker() not in (None, killed))
    assert comes_true(lambda: second.status("/healthz/ready") == 200)
    family = second.family()
    assert "Everything has ended." in second.end(signal.SIGTERM)
    assert second.process.returncode == 0
    assert gone_within(3, *family)
    assert not (folder / "environment.json").exists()


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_company_half_made_is_made_again_and_a_finished_one_only_by_a_reset(folder):
    own = Postgres(folder / "postgres", password="long-and_s3cret", durable=False)
    own.begin()
    try:
        own.wait()
        assert demo.lacks(own, reset=False) == (True, True)
        own.execute("create table half_made ()", database=demo.DATABASE)
        assert demo.lacks(own, reset=False) == (True, True)
        assert own.execute("select to_regclass('half_made')", database=demo.DATABASE) == [(None,)]

        own.execute("create table kept ()", database=demo.DATABASE)
        demo.mark_finished(own)
        assert demo.lacks(own, reset=False) == (False, False)
        assert own.execute("select to_regclass('kept')", database=demo.DATABASE) == [("kept",)]
        own.execute(f"comment on database {demo.DATABASE} is 'older tables'")
        assert demo.lacks(own, reset=False) == (True, False)

        assert demo.lacks(own, reset=True) == (True, True)
        assert own.execute("select to_regclass('kept')", database=demo.DATABASE) == [(None,)]
    finally:
        own.stop()
