"""Draws what the code says of itself: the map of the apps, the life cycles, and who sees what, as Markdown.

``python -m mentoring.diagrams`` writes them into ``docs/diagrams``; ``--check`` only compares, and fails on a
drawing that no longer says what the code does.
"""

from __future__ import annotations

import argparse
import os
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "diagrams"
DRAWN = "Drawn by `python -m mentoring.diagrams` from {source}. Do not edit."


def layers() -> list[list[str]]:
    """The layers of import-linter, highest first; rooms of one layer do not know each other."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [found] = [contract for contract in contracts if contract["type"] == "layers"]
    return [[room.strip() for room in layer.split("|")] for layer in found["layers"]]


def purpose(room: str) -> str:
    """The first sentence a room says about itself."""
    for name in ("__init__.py", "models.py", "apps.py"):
        file = ROOT / room / name
        lines = file.read_text().splitlines() if file.exists() else []
        if lines and lines[0].startswith('"""'):
            return lines[0].strip('"').split(". ")[0].rstrip(".")
    return ""


def map_of_apps() -> str:
    floors = layers()
    lines = ["# Map of the apps", "", DRAWN.format(source="the import contracts in `pyproject.toml`"), ""]
    lines += ["Every room may import from the floors below it, never from above or beside.", "", "```mermaid"]
    lines += ["flowchart TD"]
    for number, rooms in enumerate(floors):
        lines += [f'  subgraph floor{number}[" "]', "    direction LR", *(f"    {room}" for room in rooms), "  end"]
    lines += [f"  floor{number} --> floor{number + 1}" for number in range(len(floors) - 1)]
    lines += ["```", "", "| room | what it holds |", "| --- | --- |"]
    lines += [f"| `{room}` | {purpose(room)} |" for rooms in floors for room in rooms]
    return "\n".join(lines) + "\n"


def state_diagram(first: str, steps: Iterable[tuple[str, str, str]], last: Iterable[str]) -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2", f"  [*] --> {first}"]
    lines += [f"  {source} --> {target}{': ' if words else ''}{words}" for source, target, words in steps]
    lines += [f"  {state} --> [*]" for state in last]
    return [*lines, "```", ""]


def from_table(table: Mapping[Any, Iterable[Any]]) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Steps and ends of a table from each state to those that may follow."""
    order = [str(state) for state in table]
    steps = [
        (str(source), target, "")
        for source, targets in table.items()
        for target in sorted(map(str, targets), key=order.index)
    ]
    return steps, [str(state) for state, targets in table.items() if not targets]


def life_cycles() -> str:
    from matching.choices import RunState
    from matching.rules import RUN_TRANSITIONS
    from pairings.choices import GoalState
    from pairings.rules import GOAL_TRANSITIONS
    from programs.choices import Stage
    from programs.rules import TRANSITIONS, steps_from

    lines = ["# Life cycles", "", DRAWN.format(source="the transition tables in the rules of each app"), ""]
    lines += ["## A program", "", "From `programs.rules.TRANSITIONS`.", ""]
    steps = [(str(step.source), str(step.target), step.verb) for step in TRANSITIONS]
    lines += state_diagram(str(Stage.DRAFT), steps, [str(stage) for stage in Stage if not steps_from(stage)])
    lines += ["| button | from | to | what follows |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {step.verb} | {step.source.label.lower()} | {step.target.label.lower()} | {step.then} |"
        for step in TRANSITIONS
    ]
    for title, name, first, table in (
        ("A goal", "pairings.rules.GOAL_TRANSITIONS", GoalState.OPEN, GOAL_TRANSITIONS),
        ("A search for pairs", "matching.rules.RUN_TRANSITIONS", RunState.QUEUED, RUN_TRANSITIONS),
    ):
        lines += ["", f"## {title}", "", f"From `{name}`.", "", *state_diagram(str(first), *from_table(table))]
    return "\n".join(lines).rstrip() + "\n"


def who_sees_what() -> str:
    from mentoring.access import DESK_MODELS, PAGES, Who
    from privacy.policy import POLICY, Reader

    lines = ["# Who sees what", "", DRAWN.format(source="`privacy/policy.py` and `mentoring/access.py`"), ""]
    lines += [
        "An empty cell means: nothing, not even that it exists. Counts are about five people or more, and checked so"
    ]
    lines += ["that a smaller group cannot be worked out from them ([disclosure control](../disclosure.md)).", ""]
    lines += [f"| what | {' | '.join(Reader)} |", f"| --- |{' --- |' * len(Reader)}"]
    lines += [f"| {row.what} | {' | '.join(row.seen_by.get(reader, '') for reader in Reader)} |" for row in POLICY]
    lines += ["", "## Every address", "", "Whoever is not named gets a 404, or the sign-in page when signed out.", ""]
    lines += ["| address | reads | acts |", "| --- | --- | --- |"]

    def named(people: frozenset[Who] | None) -> str:
        if people is None:
            return "–"
        if len(people) >= len(Who) - 1:
            return "everybody" if len(people) == len(Who) else "everybody signed in"
        return ", ".join(str(who) for who in Who if who in people) or "nobody"

    lines += [f"| `{name}` | {named(page.reads)} | {named(page.acts)} |" for name, page in PAGES.items()]
    lines += ["", "## Every list of the desk", "", "Rows are those of programs one coordinates. Nobody deletes.", ""]
    lines += ["| model | opens the list | sees a row | changes | adds |", "| --- | --- | --- | --- | --- |"]
    lines += [
        f"| `{name}` | {named(model.lists)} | {named(model.sees)} | {named(model.changes)} | {named(model.adds)} |"
        for name, model in DESK_MODELS.items()
    ]
    return "\n".join(lines) + "\n"


def drawings() -> dict[str, str]:
    return {"apps.md": map_of_apps(), "life-cycles.md": life_cycles(), "who-sees-what.md": who_sees_what()}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Draw the map of the apps and the life cycles.")
    parser.add_argument("--check", action="store_true", help="compare with what is there, and write nothing")
    check = parser.parse_args(arguments).check

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentoring.settings")
    import django

    django.setup()
    stale = []
    for name, text in drawings().items():
        file = FOLDER / name
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    if stale and check:
        sys.stderr.write(f"No longer what the code says: {', '.join(stale)}. Run python -m mentoring.diagrams.\n")
    return 1 if stale and check else 0


if __name__ == "__main__":
    sys.exit(main())
