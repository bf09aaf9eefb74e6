"""Child processes that cannot outlive us, however we end."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CannotStart(Exception):
    """Something on this machine is in the way; the message is one sentence for the person at the terminal."""


class Interrupted(Exception):
    """We were asked to end while still starting."""


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path | None
    stop_signal: signal.Signals

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def last_words(self, lines: int = 12) -> str:
        if self.log is None or not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def start(
    name: str,
    command: Sequence[str | os.PathLike[str]],
    *,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
    cwd: Path | None = None,
    user: tuple[int, int] | None = None,
    pass_fds: Sequence[int] = (),
    stop_signal: signal.Signals = signal.SIGTERM,
    orphan_signal: signal.Signals | None = None,
    own_group: bool = True,
) -> Child:
    """Start a child in a process group of its own that receives ``orphan_signal`` when we die, even by SIGKILL.

    Call it from the main thread only: Linux sends that signal when the *thread* that made the child ends.
    ``user`` is (uid, gid) to become. Without ``own_group`` the child keeps the terminal, and gets its Ctrl-C itself.
    """
    output = log.open("wb") if log else None
    try:
        process = subprocess.Popen(
            command,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL if own_group else None,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            user=user[0] if user else None,
            group=user[1] if user else None,
            extra_groups=[] if user else None,
            pass_fds=pass_fds,
            process_group=0 if own_group else None,
            preexec_fn=_die_with_parent(orphan_signal or stop_signal),
        )
    finally:
        if output:
            output.close()
    return Child(name, process, log, stop_signal)


def _die_with_parent(last_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def in_child() -> None:
        # A background job of a shell inherits SIGINT and SIGQUIT ignored; before a program sets its own answer to the
        # last signal, that would let it outlive us.
        for ending in {*ENDING_SIGNALS, last_signal}:
            signal.signal(ending, signal.SIG_DFL)
        if _LIBC is not None:
            _LIBC.prctl(PR_SET_PDEATHSIG, int(last_signal))
            if os.getppid() != parent:  # it died before we could ask
                os._exit(1)

    return in_child


def stop(children: Sequence[Child], *, patience: float = 6.0) -> None:
    """Ask all of them at once to end, wait up to ``patience`` seconds, then end their whole groups."""
    for child in children:
        if child.is_running:
            child.process.send_signal(child.stop_signal)
    deadline = time.monotonic() + patience
    for child in children:
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _end_group(child)
            child.process.wait()
        _end_group(child)


def _end_group(child: Child) -> None:
    """What a child leaves behind in its group ends too. A group that is ours is never touched."""
    try:
        if os.getpgid(0) != child.process.pid:
            os.killpg(child.process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        if child.process.poll() is None:
            child.process.kill()


def adopt_orphans() -> None:
    """Whatever our children start and forget becomes ours, so that ``end_orphans`` finds it (Linux)."""
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_orphans() -> None:
    """End every process below us that is left. Only call it when all our own children have been stopped."""
    for _ in range(50):
        below = _children_of(os.getpid())
        if not below:
            return
        for pid in below:
            try:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            except (ProcessLookupError, ChildProcessError, PermissionError):
                continue


def _children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


class Ending:
    """Notes INT, TERM and HUP instead of dying in the middle of something; asked for, never raised from a handler."""

    def __init__(self) -> None:
        self.signal: int | None = None

    def __enter__(self) -> Ending:
        self._before = {number: signal.signal(number, self._note) for number in ENDING_SIGNALS}
        return self

    def __exit__(self, *exception: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.signal is None:
            self.signal = number

    def insist_going_on(self) -> None:
        if self.signal is not None:
            raise Interrupted

    def pause(self, seconds: float) -> None:
        """Sleep; a signal cuts it short by raising ``Interrupted``."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.insist_going_on()
            time.sleep(min(left, 0.05))
        self.insist_going_on()


def hold(lock: Path, *, patience: float = 0.0) -> int:
    """Take the lock file and return its descriptor, or raise BlockingIOError after ``patience`` seconds.

    The lock is held as long as any process holds the descriptor, so a child that inherits it holds it too.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                raise
            time.sleep(0.05)
        else:
            return descriptor


@contextmanager
def held(lock: Path, *, otherwise: str) -> Iterator[None]:
    """Hold the lock file meanwhile; where somebody else holds it, refuse with the sentence ``otherwise``."""
    try:
        descriptor = hold(lock)
    except BlockingIOError:
        raise CannotStart(otherwise) from None
    try:
        yield
    finally:
        os.close(descriptor)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
