"""``make bench``: measure, and write docs/benchmarks.md, section by section. With names of sections: those alone."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
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

    served = {"pages": pages.report, "answering": answering.report}
    bare = {"scoring": scoring.report, "searches": searches.report}
    stored = {
        "reporting": reporting.report, "volunteering": volunteering.report, "figures": releasing.report,
        "pairs": pairs.report, "imports": imports.report, "messages": delivery.report,
    }  # fmt: skip
    last = {"starts": starts.report}
    every = [*served, *bare, *stored, *last]
    asked = sys.argv[1:] or every
    if unknown := set(asked) - set(every):
        sys.exit(f"There is no section {', '.join(sorted(unknown))}. There are {', '.join(every)}.")
    if asked == every:
        load = f"Load before the run: {os.getloadavg()[0]:.2f}."
        REPORT.write_text(f"{HEAD}\n\nMachine: {_machine()}. {load}\n")
    with ExitStack() as resources:
        if served.keys() & set(asked):
            address = resources.enter_context(_server())
            for name in [each for each in served if each in asked]:
                _replace_section(served[name](address))
    for name in [each for each in bare if each in asked]:
        _replace_section(bare[name]())
    with ExitStack() as resources:
        if stored.keys() & set(asked):
            resources.enter_context(databases.migrated())
            for name in [each for each in stored if each in asked]:
                _replace_section(stored[name]())
    for name in [each for each in last if each in asked]:
        _replace_section(last[name]())


HEAD = """# Benchmarks

Written by `make bench`; `python3 dev.py run --site python -m mentoring.bench NAME …` writes some sections afresh.
Ratios count; the machine and its neighbours do not stand still."""


def _replace_section(lines: list[str]) -> None:
    """Write these lines in place of the section with the same heading, or after all others."""
    before, found, after = REPORT.read_text().partition(f"{lines[0]}\n")
    if not found:
        before = f"{before.rstrip()}\n\n"
    _, heading, rest = after.partition("\n## ")
    section = "\n".join(lines).rstrip()
    REPORT.write_text(f"{before}{section}\n{heading}{rest}")
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
