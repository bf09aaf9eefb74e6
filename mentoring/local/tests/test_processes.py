"""Children end when we do, however we end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mentoring.local import processes

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

# Ignores a signal, starts a child that starts a grandchild, says both numbers, and waits for ever.
PARENT = """
import signal, sys, time
from mentoring.local import processes
orphan_signal = getattr(signal, sys.argv[1])
signal.signal(orphan_signal, signal.SIG_IGN)
child = processes.start("child", ["sh", "-c", "sleep 300 & echo $! $$; wait"], orphan_signal=orphan_signal)
time.sleep(300)
"""


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone_within(seconds: float, *pids: int) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(is_alive(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
@pytest.mark.parametrize("orphan_signal", ["SIGTERM", "SIGQUIT"])
def test_a_child_ends_when_its_parent_is_killed_with_kill_9(orphan_signal):
    """Also of a parent that ignores that signal, as what a shell starts in the background does."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT, orphan_signal], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    grandchild, child = map(int, parent.stdout.readline().split())
    assert is_alive(child)

    parent.send_signal(signal.SIGKILL)
    parent.wait()

    try:
        assert gone_within(3, child)
    finally:
        os.kill(grandchild, signal.SIGKILL)
        parent.stdout.close()


def test_stopping_a_child_ends_what_it_started_too(tmp_path):
    log = tmp_path / "log"
    child = processes.start("child", ["sh", "-c", "sleep 300 & echo $!; wait"], log=log)
    while not log.read_text().strip():
        time.sleep(0.01)
    grandchild = int(log.read_text())

    processes.stop([child])

    assert not child.is_running
    assert gone_within(3, grandchild)


def test_a_child_that_ignores_the_request_to_end_is_ended_after_a_while(tmp_path):
    log = tmp_path / "log"
    child = processes.start("deaf", ["sh", "-c", "trap '' TERM; echo ready; sleep 300"], log=log)
    while not log.read_text().strip():
        time.sleep(0.01)

    processes.stop([child], patience=0.2)

    assert child.process.returncode == -signal.SIGKILL


def test_a_lock_that_is_held_refuses_with_its_sentence(tmp_path):
    first = processes.held(tmp_path / "lock", otherwise="Nobody is there.")
    second = processes.held(tmp_path / "lock", otherwise="Somebody was faster.")
    with first, pytest.raises(processes.CannotStart, match=r"Somebody was faster\."), second:
        pass
    with processes.held(tmp_path / "lock", otherwise="Nobody holds it any more."):
        pass


def test_a_signal_to_end_is_noted_and_cuts_a_pause_short():
    with processes.Ending() as ending:
        os.kill(os.getpid(), signal.SIGHUP)
        began = time.monotonic()
        with pytest.raises(processes.Interrupted):
            ending.pause(30)
        assert time.monotonic() - began < 5
        assert ending.signal == signal.SIGHUP
