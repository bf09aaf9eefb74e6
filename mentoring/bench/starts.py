"""How long a fresh start of the demo takes, and a second one, in a clone of this checkout."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from mentoring.local import processes

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 600.0


def report() -> list[str]:
    load = os.getloadavg()[0]
    fresh, again = _measure()
    return [
        "## Starting the demo", "", f"Load before: {load:.2f}.", "",
        "| start | seconds until ready |", "|---|---|",
        f"| in a fresh clone, with its environment to make | {fresh:.1f} |", f"| a second time | {again:.1f} |",
    ]  # fmt: skip


def _measure() -> tuple[float, float]:
    """Seconds from the command to a site that says it is ready: on a machine that has nothing yet, and again."""
    with tempfile.TemporaryDirectory(prefix="upwell bench ") as folder:
        clone = Path(folder) / "a clone"
        subprocess.run(["git", "clone", "--quiet", str(CHECKOUT), str(clone)], check=True)
        return _start(clone), _start(clone)


def _start(clone: Path) -> float:
    port = processes.free_port()
    begun = time.perf_counter()
    demo = subprocess.Popen(
        [sys._base_executable or sys.executable, "dev.py", "demo", "--port", str(port)],  # type: ignore[attr-defined]
        cwd=clone,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=_environment(),
    )
    try:
        while not _is_ready(port):
            if demo.poll() is not None or time.perf_counter() - begun > PATIENCE:
                raise RuntimeError("The demo did not start.")
            time.sleep(0.05)
        return time.perf_counter() - begun
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait(timeout=60)


def _environment() -> dict[str, str]:
    """Ours without what points at services or settings of the run we are in."""
    ours = ("UPWELL_", "DATABASE_URL", "REDIS_URL", "DJANGO_", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/ready", timeout=3) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
