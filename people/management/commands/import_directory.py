"""Bring the company directory up to date from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

import clock
from people import actions, consequences, queries, rules
from people.directory_import import (
    COLUMNS,
    DATE_FORMATS,
    NO_DOMAIN,
    MappingRefused,
    Options,
    Plan,
    Planned,
    addresses_that_move,
    of_addresses_that_move,
    plain,
    plan,
)
from people.models import Person
from people.spreadsheets import FileUnreadable, read

SHOWN = 50
"""Problems printed for people; ``--json`` lists them all."""

EPILOG = f"""\
Fields: {", ".join(COLUMNS)}. Usual headers are recognised without --map. People are known by their employee number.
With any problem nothing is written and the exit code is 1.
"""


def pair(text: str) -> tuple[str, str]:
    left, sign, right = text.partition("=")
    if not sign or not left.strip():
        raise ValueError(text)
    return left.strip(), right.strip()


def ranked(text: str) -> tuple[str, int]:
    name, _, rank = text.rpartition("=")
    if not name.strip() or not 1 <= int(rank) <= 1000:
        raise ValueError(text)
    return name.strip(), int(rank)


class Command(BaseCommand):
    help = "Add and change people from a CSV or XLSX file. Everything is checked before anything is written."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.epilog = EPILOG
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--map",
            metavar="FIELD=HEADER",
            type=pair,
            action="append",
            default=[],
            help="take FIELD from the column with this header; FIELD= leaves the field out",
        )
        parser.add_argument("--date-format", choices=DATE_FORMATS, default="", help="how dates are written")
        parser.add_argument(
            "--email-domain",
            metavar="DOMAIN",
            default="",
            help="added to addresses that are only the part before the @",
        )
        levels = parser.add_mutually_exclusive_group()
        levels.add_argument(
            "--level-map",
            metavar="VALUE=RANK",
            type=ranked,
            action="append",
            default=[],
            help="what a level in the file is called and its rank; 1 is the least senior",
        )
        levels.add_argument(
            "--level-from-depth",
            action="store_true",
            help="make levels from the steps below the top: the level column if there is one, else the managers",
        )
        parser.add_argument("--dry-run", action="store_true", help="check and tell, but write nothing")
        parser.add_argument("--json", action="store_true", help="tell it for machines")  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = plan(
                read(options["file"].read_bytes()),
                queries.directory(),
                Options(
                    headers=dict(options["map"]),
                    date_format=options["date_format"],
                    email_domain=options["email_domain"].lstrip("@"),
                    level_ranks=dict(options["level_map"]),
                    level_from_depth=options["level_from_depth"],
                ),
            )
            follows = [] if found.problems else _foreseen(found)
            written = not options["dry_run"] and not found.problems and bool(found.new or found.changed)
            if written:
                actions.import_directory(plan=found, by=None, at=clock.now())
        except OSError as error:
            raise self._refusal(f"{options['file']} cannot be read: {error.strerror or error}.", options) from None
        except (FileUnreadable, MappingRefused) as error:
            raise self._refusal(str(error), options) from None
        except ValidationError as error:
            raise self._refusal(" ".join(error.messages), options) from None
        if options["json"]:
            self.stdout.write(
                json.dumps(for_machines(found, written=written, follows=follows), indent=2, ensure_ascii=False)
            )
        else:
            self._tell(found, written=written, dry_run=options["dry_run"], follows=follows)
        if found.problems:
            raise CommandError("The file has problems. Nothing was changed.", returncode=1)

    def _refusal(self, sentence: str, options: dict[str, Any]) -> CommandError:
        if options["json"]:
            self.stdout.write(json.dumps({"written": False, "refused": sentence}, ensure_ascii=False))
        return CommandError(sentence, returncode=1)

    def _tell(self, found: Plan, *, written: bool, dry_run: bool, follows: list[str]) -> None:
        for problem in found.problems[:SHOWN]:
            value = f" “{problem.value}”" if problem.value else ""
            column = f", {problem.column}" if problem.column else ""
            self.stdout.write(f"Row {problem.row}{column}{value}: {problem.reason}")
        if len(found.problems) > SHOWN:
            self.stdout.write(f"… and {len(found.problems) - SHOWN:,} more. --json lists them all.")
        if any(problem.reason.endswith(NO_DOMAIN) for problem in found.problems):
            self.stdout.write("--email-domain example.org adds the part after the @ to every address that has none.")
        self.stdout.write(
            f"{len(found.new):,} new, {len(found.changed):,} changed, {found.unchanged:,} unchanged; "
            f"{found.not_in_file:,} in the directory are not in the file."
        )
        for kind, names in (("level", tuple(found.levels)), *found.places.items()):
            if names:
                self.stdout.write(f"New in the list of {kind.replace('_', ' ')}: {', '.join(names)}.")
        if found.problems:
            return
        if not found.new and not found.changed:
            self.stdout.write("The directory already says all this. Nothing to change.")
        elif dry_run:
            for sentence in follows:
                self.stdout.write(sentence)
            self.stdout.write("This was a trial. Nothing was changed.")
        elif written:
            self.stdout.write("The directory is up to date.")


def for_machines(found: Plan, *, written: bool, follows: list[str]) -> dict[str, Any]:
    return {
        "written": written,
        "follows": follows,
        "new": [person_for_machines(planned) for planned in found.new],
        "changed": [
            person_for_machines(planned)
            | {
                "fields": {
                    name: {"from": plain(planned.before[name]), "to": plain(value)}
                    for name, value in planned.values.items()
                }
            }
            for planned in found.changed
        ],
        "unchanged": found.unchanged,
        "not_in_file": found.not_in_file,
        "new_levels": dict(found.levels),
        "new_places": {kind: list(names) for kind, names in found.places.items()},
        "problems": [
            {"row": problem.row, "column": problem.column, "value": problem.value, "reason": problem.reason}
            for problem in found.problems
        ],
    }


def person_for_machines(planned: Planned) -> dict[str, Any]:
    return {"row": planned.row, "employee_number": planned.number, "name": planned.name}


def _foreseen(found: Plan) -> list[str]:
    leaving = [planned.number for planned in found.changed if planned.values.get("left_on")]
    moved = any(rules.PLACE_OF_A_PERSON & planned.values.keys() for planned in found.changed)
    addresses = of_addresses_that_move(addresses_that_move(found.changed))
    people = Person.objects.filter(employee_number__in=leaving)
    return [*addresses, *consequences.foreseen(people, moved=moved, at=clock.now())]
