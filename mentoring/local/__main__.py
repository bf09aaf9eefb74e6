"""What dev.py hands over to: ``python -m mentoring.local demo | test | run``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from mentoring.local import command, demo
from mentoring.local.processes import CannotStart

# What manage.py seed_company can make up; a smaller company has too few people to show a group of five.
SMALLEST, LARGEST = 60, 200_000


def main(arguments: Sequence[str]) -> int:
    name, *rest = arguments
    try:
        if name == "demo":
            return demo.run(_demo_options(rest))
        if name == "test":
            return command.test(rest)
        return _run(rest)
    except CannotStart as reason:
        print(f"dev.py: {reason}", file=sys.stderr)
        return 1


def _demo_options(arguments: Sequence[str]) -> demo.Options:
    parser = argparse.ArgumentParser(prog="dev.py demo", description="The whole site with a made-up company.")
    parser.add_argument("--port", type=int, help=f"where the site answers; {demo.USUAL_PORT} if nothing is said")
    parser.add_argument(
        "--employees", type=_head_count, metavar="N", help=f"people in a new company ({demo.USUAL_HEAD_COUNT})"
    )
    parser.add_argument("--reset", action="store_true", help="throw the company away and make it again")
    return demo.Options(**vars(parser.parse_args(arguments)))


def _run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py run", description="A command inside the environment.")
    services = parser.add_mutually_exclusive_group()
    for name, meaning in (
        ("database", "with an empty PostgreSQL and a broker of its own"),
        ("site", "with a demo of its own, at UPWELL_BASE_URL"),
        ("demo", "inside the demo that is running"),
        ("production", "with settings as a company would have them, and no database"),
    ):
        services.add_argument(f"--{name}", dest="services", action="store_const", const=name, default="", help=meaning)
    parser.add_argument("--employees", type=_head_count, metavar="N", help="people in the company of --site")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the command with its arguments")
    asked = parser.parse_args(arguments)
    if not asked.command:
        parser.error("say which command to run")
    return command.run(asked.command, services=asked.services, employees=asked.employees)


def _head_count(text: str) -> int:
    number = int(text)
    if not SMALLEST <= number <= LARGEST:  # said at once, not after the tables are made
        raise argparse.ArgumentTypeError(f"choose from {SMALLEST} to {LARGEST:,} employees")
    return number


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
