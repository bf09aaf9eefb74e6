"""A command inside the environment, with services of its own where it asks for them. The tests are one of them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mentoring.local import demo, keys, processes, redis, variables
from mentoring.local.postgres import Postgres
from mentoring.local.processes import Child, Ending

PREFIX = "upwell-throwaway-"


def test(arguments: Sequence[str]) -> int:
    """pytest over everything, in parallel, on a database and a broker that nobody keeps. Returns its exit status."""
    cores = max(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2)
    # One process more than cores: some tests wait for a worker, a browser or a demo of their own.
    pytest = [sys.executable, "-m", "pytest", "-n", str(cores + 1), "--dist", "worksteal", *arguments]
    # Once and beside the first tests; or every process of the first run would compile the search for itself.
    compiling = processes.start("prepare", demo.PREPARE, env=dict(os.environ), cwd=demo.CHECKOUT)
    try:
        return run(pytest, services="database")
    finally:
        processes.stop([compiling])


def run(command: Sequence[str], *, services: str = "", employees: int | None = None) -> int:
    """Run ``command`` in the checkout and return its exit status.

    ``services``: nothing (settings load, no database answers), ``database`` (an empty PostgreSQL and a broker),
    ``site`` (a demo of its own, ready), ``demo`` (the variables of the demo that is running) or ``production``
    (settings as a company would have them, no database).
    """
    processes.adopt_orphans()
    with Ending() as ending:
        try:
            with _environment(services, employees, ending) as env:
                return _in_foreground(command, env, ending)
        except processes.Interrupted:
            return 128 + (ending.signal or signal.SIGINT)
        finally:
            processes.end_orphans()


@contextmanager
def _environment(services: str, employees: int | None, ending: Ending) -> Iterator[dict[str, str]]:
    given = dict(os.environ)
    given.setdefault("DATABASE_URL", variables.NO_DATABASE)
    if services == "site":
        with _throwaway_folder() as folder:
            options = demo.Options(employees=employees, port=processes.free_port())
            site = demo.Site(folder, options, ending, say=lambda line: None, durable=False)
            try:
                site.start()
                yield site.env
            finally:
                site.stop()
    elif services == "demo":
        yield given | demo.running_variables()
    elif services == "production":
        yield given | variables.for_production()
    elif services == "database":
        with _throwaway_folder() as folder, _database_and_broker(folder) as found:
            yield given | variables.for_tests() | found
    else:
        yield given | variables.for_tests()


@contextmanager
def _database_and_broker(folder: Path) -> Iterator[dict[str, str]]:
    """A server and a broker on throwaway data, except where DATABASE_URL or REDIS_URL name others."""
    secrets = keys.fresh()
    postgres, broker = None, None
    found: dict[str, str] = {}
    try:
        if not os.environ.get("REDIS_URL"):
            broker = redis.begin(folder / "redis", password=secrets.redis_password)
            found |= broker.variables
        if not os.environ.get("DATABASE_URL"):
            postgres = Postgres(folder, password=secrets.database_password, durable=False)
            postgres.begin()
            postgres.wait()
            postgres.execute("create database upwell")
            found |= {"DATABASE_URL": postgres.near_url("upwell"), "UPWELL_OWN_SERVER": "1"}
        if broker:
            broker.wait()
        yield found
    finally:
        if broker and broker.child:
            processes.stop([broker.child])
        if postgres:
            postgres.stop()
            postgres.erase()


@contextmanager
def _throwaway_folder() -> Iterator[Path]:
    """A new folder that goes away, along with those that killed runs of this user left behind."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            os.close(processes.hold(left / "run.lock"))
        except OSError:  # in use, or somebody else's
            continue
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    lock = processes.hold(folder / "run.lock")
    folder.chmod(0o711)
    try:
        services = folder / "services"
        services.mkdir()
        yield services
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _in_foreground(command: Sequence[str], env: dict[str, str], ending: Ending) -> int:
    """Run it with our terminal. It gets Ctrl-C from the terminal itself, other ends from us."""
    ending.insist_going_on()
    try:
        child = processes.start("command", command, env=env, cwd=demo.CHECKOUT, own_group=False)
    except FileNotFoundError:
        raise processes.CannotStart(f"there is no program called {command[0]}.") from None
    try:
        while ending.signal is None and not _ended(child, within=0.05):
            pass
        if ending.signal is not None:
            if not (ending.signal == signal.SIGINT and sys.stdin.isatty()):
                child.process.send_signal(ending.signal)
            _ended(child, within=10)
    finally:
        processes.stop([child])
    status = child.process.returncode
    return status if status >= 0 else 128 - status


def _ended(child: Child, *, within: float) -> bool:
    try:
        child.process.wait(within)
    except subprocess.TimeoutExpired:
        return False
    return True
