"""The whole site on this machine: database, made-up company, web, worker, beat and mail sink, until we are ended."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2

from mentoring.local import keys, mail_sink, processes, redis, variables
from mentoring.local.postgres import Postgres
from mentoring.local.processes import CannotStart, Child, Ending

CHECKOUT = Path(__file__).resolve().parents[2]
DEMO_FOLDER = CHECKOUT / ".var" / "demo"
DATABASE = "upwell"
USUAL_HEAD_COUNT = 400
SEED = 7
USUAL_PORT = 8000
READY_WITHIN = 90.0  # seconds; a first start on a slow machine
LARGEST_SEARCHER = "400000"  # KiB; a process that took more for a search gives it back by ending after it
MODULE = [sys.executable, "-m"]
MANAGE = [sys.executable, str(CHECKOUT / "manage.py")]
PREPARE = [sys.executable, "-m", "matching.prepare"]


@dataclass(frozen=True)
class Options:
    """``port`` None means the usual one, or any free one where that is taken; ``employees`` None the usual count."""

    employees: int | None = None
    port: int | None = None
    reset: bool = False


@dataclass
class Site:
    """One site on one folder. ``start`` returns when the site says that it is ready; ``stop`` leaves nothing running.

    ``say`` gets a line for the terminal now and then. Raises ``CannotStart`` and ``Interrupted``.
    """

    folder: Path
    options: Options
    ending: Ending
    say: Callable[[str], None]
    durable: bool = True
    env: dict[str, str] = field(default_factory=dict)
    port: int = 0
    _children: dict[str, tuple[Child, Callable[[], Child]]] = field(default_factory=dict)
    _postgres: Postgres | None = None
    _broker: redis.Broker | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}/"

    @property
    def world(self) -> Path:
        """What belongs to the made-up company: its clock and its mail."""
        return self.folder / "world"

    def start(self) -> None:
        logs = self.folder / "log"
        logs.mkdir(parents=True, exist_ok=True)
        if self.options.reset:
            shutil.rmtree(self.world, ignore_errors=True)
        self.world.mkdir(exist_ok=True)
        known = keys.kept_in(self.folder / "secrets.json")
        self.port = _port(self.options.port)
        smtp_port = processes.free_port()
        self.env = dict(os.environ) | variables.for_demo(
            keys=known, world=self.world, static=self.folder / "static", port=self.port, smtp_port=smtp_port
        )

        if not self.env.get("DATABASE_URL"):
            self._postgres = Postgres(self.folder / "postgres", password=known.database_password, durable=self.durable)
            self._postgres.begin()
            self.env["DATABASE_URL"] = self._postgres.url(DATABASE)
        if not self.env.get("REDIS_URL"):
            self._broker = redis.begin(self.folder / "redis", password=known.redis_password)
            self.env |= self._broker.variables
            if self._broker.warning:
                self.say(self._broker.warning)
        self._begin("mail", [*MODULE, mail_sink.__name__, self.world / "mail", str(smtp_port)])
        if self._postgres:
            self._postgres.wait()
            self.env["DATABASE_URL"] = self._postgres.url(DATABASE)  # its port may have changed
        if self._broker:
            self._broker.wait()
        self._prepare()

        self._begin("web", [
            *MODULE, "gunicorn", "mentoring.wsgi:application", "--bind", f"127.0.0.1:{self.port}",
            "--workers", "2", "--threads", "4", "--preload", "--graceful-timeout", "4",
            "--timeout", "60", "--access-logfile", "-",
        ], orphan_signal=signal.SIGQUIT)  # fmt: skip
        self._begin("worker", [
            *MODULE, "celery", "--app", "mentoring.celery", "worker", "--queues", "celery", "--concurrency", "2",
            "--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat",
        ], orphan_signal=signal.SIGQUIT)  # fmt: skip
        self._await_ready()
        # Nobody waits for a search or the first tick, so they do not compete with what they wait for.
        self._begin("searches", [
            *MODULE, "celery", "--app", "mentoring.celery", "worker", "--queues", "searches", "--concurrency", "1",
            "--hostname", "searches@%h", "--max-memory-per-child", LARGEST_SEARCHER, "--loglevel", "INFO",
            "--without-gossip", "--without-mingle", "--without-heartbeat",
        ], orphan_signal=signal.SIGQUIT)  # fmt: skip
        self._begin("beat", [
            *MODULE, "celery", "--app", "mentoring.celery", "beat", "--loglevel", "INFO", "--pidfile=",
            "--schedule", self.folder / "beat-schedule",
        ])  # fmt: skip
        _write_privately(self.folder / "environment.json", json.dumps(self._own_variables()))

    def watch(self) -> None:
        """Return when we are asked to end. What stops by itself starts again; without its database nothing goes on."""
        while self.ending.signal is None:
            time.sleep(0.3)
            for server in (self._postgres and self._postgres.child, self._broker and self._broker.child):
                if server and not server.is_running and self.ending.signal is None:
                    raise CannotStart(f"{server.name} stopped by itself. Its last words:\n{server.last_words()}")
            for name, (child, again) in list(self._children.items()):
                if not child.is_running and self.ending.signal is None:
                    self.say(f"{name} stopped by itself ({child.process.returncode}); starting it again.")
                    processes.stop([child])
                    self.ending.pause(1.0)  # so that what cannot start does not keep the machine busy
                    self._children[name] = (again(), again)

    def stop(self) -> None:
        (self.folder / "environment.json").unlink(missing_ok=True)
        processes.stop([child for child, _ in reversed(self._children.values())])
        self._children.clear()
        if self._broker and self._broker.child:
            processes.stop([self._broker.child])
        if self._postgres:
            self._postgres.stop()

    def _begin(self, name: str, command: list[str | Path], orphan_signal: signal.Signals = signal.SIGTERM) -> None:
        def begin() -> Child:
            return processes.start(
                name, command, env=self.env, cwd=CHECKOUT, log=self._log(name), orphan_signal=orphan_signal
            )

        self.ending.insist_going_on()
        self._children[name] = (begin(), begin)

    def _prepare(self) -> None:
        """Bring tables, company and static files to where this code needs them, and nothing twice."""
        own = self._postgres
        migrate, seed = lacks(own, reset=self.options.reset) if own else self._given_database_lacks()
        static_print = _fingerprint([*CHECKOUT.glob("static/**/*"), *CHECKOUT.glob("*/static/**/*")], by_content=False)
        static_stamp = self.folder / "static.stamp"
        jobs: list[Child] = []
        if migrate:
            self.say("Making the tables …")
            jobs.append(self._job("migrate", "--no-input"))
        if not static_stamp.exists() or static_stamp.read_text() != static_print:
            jobs.append(self._job("collectstatic", "--no-input"))
        if seed:  # compiled meanwhile, and for every process of the demo
            jobs.append(processes.start("prepare", PREPARE, env=self.env, cwd=CHECKOUT, log=self._log("prepare")))
        self._finish(jobs)
        static_stamp.write_text(static_print)
        if seed:
            head_count = self.options.employees or USUAL_HEAD_COUNT
            self.say(f"Making up a company of {head_count} people …")
            self._finish([self._job("seed_company", "--employees", str(head_count), "--seed", str(SEED))])
        elif self.options.employees:
            self.say("The company stays as it was; --reset makes another of the size you ask for.")
        if own:
            mark_finished(own)

    def _given_database_lacks(self) -> tuple[bool, bool]:
        """As ``lacks`` for the database in DATABASE_URL, which is somebody else's: it is seeded only when empty."""
        if self.options.reset:
            raise CannotStart("--reset would empty the database in DATABASE_URL, which this command did not make.")
        try:
            connection = psycopg2.connect(self.env["DATABASE_URL"], connect_timeout=5)
        except psycopg2.OperationalError as error:
            raise CannotStart(f"the database in DATABASE_URL does not answer: {str(error).strip()}") from None
        with connection, connection.cursor() as cursor:
            cursor.execute("select to_regclass('people_person') is not null")
            has_table = cursor.fetchone() == (True,)
            if has_table:
                cursor.execute("select exists (select 1 from people_person)")
                has_people = cursor.fetchone() == (True,)
        connection.close()
        return True, not (has_table and has_people)

    def _job(self, name: str, *arguments: str) -> Child:
        """A command of manage.py, under its own name."""
        return processes.start(name, [*MANAGE, name, *arguments], env=self.env, cwd=CHECKOUT, log=self._log(name))

    def _log(self, name: str) -> Path:
        return self.folder / "log" / f"{name}.log"

    def _finish(self, jobs: list[Child]) -> None:
        try:
            for job in jobs:
                while job.is_running:
                    self.ending.pause(0.02)
                if job.process.returncode != 0:
                    raise CannotStart(f"{job.name} failed. Its last words:\n{job.last_words()}")
        finally:
            processes.stop(jobs)

    def _await_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while (answer := _status(self.port)) != 200:
            for child, _ in self._children.values():
                if not child.is_running:
                    raise CannotStart(f"{child.name} stopped at once. Its last words:\n{child.last_words()}")
            if time.monotonic() > deadline:
                raise CannotStart(f"the site is not ready after {READY_WITHIN:.0f} s; /healthz/ready says {answer}.")
            self.ending.pause(0.05)

    def _own_variables(self) -> dict[str, str]:
        ours = {"DATABASE_URL", "REDIS_URL"}
        return {name: value for name, value in self.env.items() if name in ours or name.startswith("UPWELL_")}


def run(options: Options, *, folder: Path = DEMO_FOLDER) -> int:
    """The command ``demo``: start, say where, wait until ended. Returns the exit status."""
    began = time.monotonic()
    say = Speaker()
    processes.adopt_orphans()
    folder.mkdir(parents=True, exist_ok=True)
    running = processes.held(
        folder / "lock", otherwise="a demo is already running from this folder; end that one first (Ctrl-C)."
    )
    with Ending() as ending, running:
        site = Site(folder, options, ending, say)
        try:
            site.start()
            say(
                f"\nUpwell is ready after {time.monotonic() - began:.1f} s:  {site.address}\n"
                "Choose anybody there to sign in as with one click; the mail that leaves is on a page of its own.\n"
                "Ctrl-C ends everything. The data stay; --reset starts afresh.\n"
            )
            site.watch()
        except processes.Interrupted:
            pass
        finally:
            site.stop()
            processes.end_orphans()
        say("Everything has ended.")
    return 0


class Speaker:
    """Prints lines; falls silent when the terminal has gone."""

    def __call__(self, line: str) -> None:
        try:
            print(line, flush=True)
        except OSError:
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115


def running_variables() -> dict[str, str]:
    """The environment of the demo that runs from this checkout, for a command that talks to it."""
    try:
        return dict(json.loads((DEMO_FOLDER / "environment.json").read_text()))
    except FileNotFoundError:
        raise CannotStart("no demo is running from this folder; start one with python3 dev.py demo.") from None


def lacks(own: Postgres, *, reset: bool) -> tuple[bool, bool]:
    """Whether our own database has to be migrated, and whether it has to be seeded.

    A comment on it says what was finished. Without one nothing was, so nobody has used it yet and it is made again.
    """
    databases = own.execute("select datname, shobj_description(oid, 'pg_database') from pg_database")
    finished = dict(databases).get(DATABASE)
    if finished is None or reset:
        own.execute(f"drop database if exists {DATABASE} with (force)")
        own.execute(f"create database {DATABASE}")
        return True, True
    return finished != _tables_fingerprint(), False


def mark_finished(own: Postgres) -> None:
    own.execute(f"comment on database {DATABASE} is '{_tables_fingerprint()}'")


def _port(wanted: int | None) -> int:
    if wanted is None:
        return USUAL_PORT if processes.is_free(USUAL_PORT) else processes.free_port()
    if not processes.is_free(wanted):
        raise CannotStart(f"port {wanted} is taken; choose another with --port.")
    return wanted


def _status(port: int) -> int | str:
    """The status of /healthz/ready, or why there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/healthz/ready", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return str(error)
    finally:
        connection.close()


def _tables_fingerprint() -> str:
    """Changes when a migration does, ours or (with the lock) a library's."""
    return _fingerprint([*CHECKOUT.glob("*/migrations/*.py"), CHECKOUT / "requirements.txt"], by_content=True)


def _fingerprint(files: Iterable[Path], *, by_content: bool) -> str:
    digest = hashlib.sha256((CHECKOUT / "requirements.txt").read_bytes())
    for file in sorted(files):
        if file.is_file():
            digest.update(str(file.relative_to(CHECKOUT)).encode())
            state = file.stat()
            digest.update(file.read_bytes() if by_content else f"{state.st_size} {state.st_mtime_ns}".encode())
    return digest.hexdigest()


def _write_privately(path: Path, content: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
