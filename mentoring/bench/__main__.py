"""``make bench``: measure, and write docs/benchmarks.md. With ``pages``, ``searches``, ``pairs``, ``messages``,
``figures`` or ``answering``: that section alone, afresh."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

from mentoring.local import processes

CHECKOUT = Path(__file__).resolve().parents[2]
REPORT = CHECKOUT / "docs" / "benchmarks.md"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentoring.settings")
    django.setup()
    from mentoring.bench import (
        answering,
        databases,
        delivery,
        imports,
        pages,
        pairs,
        releasing,
        reporting,
        scoring,
        searches,
        starts,
        volunteering,
    )

    if sys.argv[1:] == ["searches"]:
        _replace_section(searches.report())
        return
    alone = {"messages": delivery.report, "pairs": pairs.report, "figures": releasing.report}
    if len(sys.argv) == 2 and (section := alone.get(sys.argv[1])):
        with databases.migrated():
            _replace_section(section())
        return
    served = {"pages": pages.report, "answering": answering.report}
    if len(sys.argv) == 2 and (measured := served.get(sys.argv[1])):
        with _server() as address:
            _replace_section(measured(address))
        return
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Ratios count; the machine and its neighbours do not stand still.",
        "",
    ]
    lines += [f"Machine: {_machine()}. Load before the run: {os.getloadavg()[0]:.2f}.", ""]
    with _server() as address:
        lines += pages.report(address)
        lines += ["", *answering.report(address)]
    lines += ["", *scoring.report(), "", *searches.report(), ""]
    with databases.migrated():
        lines += [*reporting.report(), "", *volunteering.report(), "", *releasing.report(), "", *pairs.report(), ""]
        lines += [*imports.report(), "", *delivery.report(), ""]
    fresh, again = starts.measure()
    lines += [
        "## Starting the demo", "", "| start | seconds until ready |", "|---|---|",
        f"| in a fresh clone, with its environment to make | {fresh:.1f} |", f"| a second time | {again:.1f} |", "",
    ]  # fmt: skip
    REPORT.write_text("\n".join(lines))
    print("\n".join(lines))


def _replace_section(lines: list[str]) -> None:
    """Write these lines in place of the section with the same heading, or after all others."""
    before, found, after = REPORT.read_text().partition(f"{lines[0]}\n")
    if not found:
        before = f"{before.rstrip()}\n\n"
    _, heading, rest = after.partition("\n## ")
    REPORT.write_text(before + "\n".join(lines) + "\n" + heading + rest)
    print("\n".join(lines))


@contextmanager
def _server() -> Iterator[str]:
    """Our own gunicorn, as the demo runs it, with the bare view added."""
    port = processes.free_port()
    command = [
        sys.executable, "-m", "gunicorn", "mentoring.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", "2",
        "--threads", "4", "--preload",
    ]  # fmt: skip
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "mentoring.bench.settings"}
    server = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stderr=subprocess.DEVNULL)
    address = f"http://localhost:{port}"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{address}/bare/", timeout=2).close()  # noqa: S310
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def _machine() -> str:
    model = next(
        (line.split(":", 1)[1].strip() for line in _cpuinfo() if line.startswith("model name")), platform.machine()
    )
    return f"{os.cpu_count()} cores, {model}, Python {platform.python_version()}, Django {django.get_version()}"


def _cpuinfo() -> list[str]:
    file = Path("/proc/cpuinfo")
    return file.read_text().splitlines() if file.exists() else []


if __name__ == "__main__":
    main()
