"""The search for pairs: the demo's enrolling program, other solvers on the same numbers, and all of it with scoring."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from textwrap import wrap
from typing import Any, Final, TypeVar

import numpy as np
import vl_convert

import clock
from matching.engine import solve, verify
from matching.inputs import gather
from mentoring.bench.contest import KINDS
from programs.choices import Stage
from programs.models import Program

Result = TypeVar("Result")
Took = dict[str, float]
PEERS: Final = Path(__file__).with_name("peers.txt")
PLOT: Final = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "searches.svg"
SIZES: Final = (500, 1_000, 2_000, 5_000)
SCORED: Final = (5_000, 10_000, 20_000, 50_000)
HARD: Final = 2_000
CONTESTS: Final = (
    ("one place each", 1, ("ours", "SciPy", "lapx", "OR-Tools, assignment", "OR-Tools, flow")),
    ("one to three places each", 3, ("ours", "OR-Tools, flow")),
)


def report() -> list[str]:
    lines = [
        "## Matching",
        "",
        *wrap(WHAT.strip(), 118),
        "",
        f"Load before: {os.getloadavg()[0]:.1f}.",
        "",
        *_demo(),
        "",
    ]
    with tempfile.TemporaryDirectory(prefix="upwell-bench-") as packages:
        install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--require-hashes", "--target", packages]
        subprocess.run([*install, "--requirement", str(PEERS)], check=True)
        found = {
            (name, size): _contest(solvers, size, places, packages)
            for name, places, solvers in CONTESTS
            for size in SIZES
        }
    for name, _, solvers in CONTESTS:
        lines += _table(name, solvers, {size: found[name, size] for size in SIZES})
    _plot(found)
    lines += [f"![Seconds by people on each side](pictures/{PLOT.name})", "", *_hard(), *_scored()]
    return [*lines, f"Load after: {os.getloadavg()[0]:.1f}."]


WHAT = """
The same integer matrix for every solver, 45 of 100 pairs permitted, random scores up to 100,000; each solver in a
process of its own, one after the other, and the run fails unless all find as many pairs and the same total. Seconds go
from the matrix to the pairs, with the form in which each wants its input; CPU is the time of all its threads, and says
more where the machine has other work. MB is the most memory beyond the matrix. Up to 1,000 people the middle of three
runs, then one. The others give pairs; ours also gives prices that prove them, which of equal answers is fairest, and a
lottery.
"""


def _contest(solvers: tuple[str, ...], size: int, places: int, packages: str) -> dict[str, Took]:
    found = {}
    for solver in solvers:
        runs = [_alone(solver, size, places, packages=packages) for _ in range(3 if size <= 1_000 else 1)]
        found[solver] = {what: median(run[what] for run in runs) for what in runs[0]}
    if len({(took["pairs"], took["total"]) for took in found.values()}) > 1:
        raise RuntimeError(f"Solvers disagree about {size} people: {found}.")
    return found


def _alone(*arguments: object, packages: str = "") -> Took:
    command = [sys.executable, "-m", "mentoring.bench.contest", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": packages}
    told = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout
    took: Took = json.loads(told)
    return took


def _table(name: str, solvers: tuple[str, ...], found: dict[int, dict[str, Took]]) -> list[str]:
    lines = [
        f"### {name.capitalize()}", "",
        "| people on each side | solver | s | CPU s | MB | its time / ours | its CPU / ours |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for size, by_solver in found.items():
        ours = by_solver["ours"]
        for solver in solvers:
            took = by_solver[solver]
            ratios = (f"{took[what] / ours[what]:.1f}" for what in ("seconds", "cpu"))
            figures = (f"{took['seconds']:.3f}", f"{took['cpu']:.3f}", f"{took['memory']:.0f}", *ratios)
            lines.append(f"| {size:,} | {solver} | {' | '.join(figures)} |")
    return [*lines, ""]


def _hard() -> list[str]:
    lines = [
        "### Where scores leave little to go by", "",
        *wrap(ALIKE.format(size=f"{HARD:,}").strip(), 118), "",
        "| scores | SciPy, CPU s | ours until proven best | ratio | SciPy with a draw, CPU s | ours with all | ratio |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for kind in KINDS:
        ours, *peers = (_alone(solver, HARD, 1, kind) for solver in ("ours", "SciPy", "SciPy with a draw"))
        for peer in peers:
            if (ours["pairs"], ours["total"]) != (peer["pairs"], peer["total"]):
                raise RuntimeError(f"SciPy and we disagree about {kind}: {peer}, {ours}.")
        first, drawn = (peer["cpu"] for peer in peers)
        figures = (first, ours["search"], ours["search"] / first, drawn, ours["cpu"], ours["cpu"] / drawn)
        lines.append(f"| {kind} | {' | '.join(f'{figure:.2f}' for figure in figures)} |")
    return [*lines, ""]


ALIKE = """
{size} people on each side with one place each; everybody may meet everybody, but for the first line. Where many answers
are equally good, SciPy takes the first it comes to. To draw lots among them it is given a random number for each pair
below the scores; the rest of our time chooses the fairest of all of them, and draws lots among these.
"""


def _scored() -> list[str]:
    lines = [
        "### From what people said to the pairs", "",
        *wrap(SCORING.strip(), 118), "",
        "| people on each side | s | CPU s | MB | MB of the whole process | pairs |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for size in SCORED:
        took = _alone("scoring", size)
        figures = (f"{took['seconds']:.2f}", f"{took['cpu']:.2f}", f"{took['memory']:.0f}", f"{took['process']:.0f}")
        lines.append(f"| {size:,} | {' | '.join(figures)} | {took['pairs']:,.0f} |")
    return [*lines, ""]


SCORING = """
Every pair is scored by every criterion and judged by every rule, the best set is found and priced, in one process with
two threads and never with the whole matrix. It begins with what people said as arrays; making them takes what the
section on scoring says.
"""


def _plot(found: dict[tuple[str, int], dict[str, Took]]) -> None:
    """Both axes logarithmic; a line for each solver, a picture for each kind of instance."""
    values = [
        {"people": size, "seconds": took["seconds"], "solver": solver, "places": name}
        for (name, size), by_solver in found.items()
        for solver, took in by_solver.items()
    ]
    axes = {
        "x": {"field": "people", "type": "quantitative", "scale": {"type": "log", "domain": [400, 6_000]},
              "axis": {"values": list(SIZES), "title": "people on each side"}},
        "y": {"field": "seconds", "type": "quantitative", "scale": {"type": "log"},
              "axis": {"title": "seconds", "tickCount": 4}},
        "color": {"field": "solver", "type": "nominal", "sort": list(CONTESTS[0][2]), "title": None},
        "column": {"field": "places", "type": "nominal", "title": None, "sort": [name for name, _, _ in CONTESTS]},
    }  # fmt: skip
    drawing = {
        "data": {"values": values}, "mark": {"type": "line", "point": True}, "encoding": axes,
        "width": 300, "height": 260, "background": "white",
    }  # fmt: skip
    PLOT.write_text(vl_convert.vegalite_to_svg(drawing) + "\n", encoding="utf-8")


def _demo() -> list[str]:
    program = Program.objects.get(stage=Stage.ENROLMENT)
    inputs, gathering = _timed(lambda: gather(program, at=clock.now()))
    scores: Any = np.asarray(inputs.scores)
    places = inputs.mentor_places, inputs.mentee_places
    matching, solving = _timed(lambda: solve(scores, *places))
    verdict, checking = _timed(lambda: verify(scores, *places, matching))
    if not verdict.ok:
        raise RuntimeError(f"{program}: the checker refuses the answer.")
    sizes = f"{len(inputs.mentors)} and {len(inputs.mentees)}"
    return [
        "| people | pairs | gather and score s | solve s, the first of a process | check s |",
        "|---|---|---|---|---|",
        f"| the demo’s {program}: {sizes} | {matching.size} | {gathering:.3f} | {solving:.3f} | {checking:.3f} |",
    ]


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    begun = time.perf_counter()
    return work(), time.perf_counter() - begun
