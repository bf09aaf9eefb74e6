"""The command, as an administrator runs it."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from people.models import Person
from people.tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

FILE = """\
employee_id,first_name,last_name,email,hire_date_dd-mm-yyyy,manager_id,steps
100,Steven,King,SKING,17-06-2013,,0
101,Neena,Yang,NYANG,21-09-2015,100,1
"""
OPTIONS = ("--email-domain", "example.org", "--level-from-depth", "--map", "level=steps")


@pytest.fixture
def run(tmp_path):
    def run(text: str | bytes, *options: str) -> str:
        file = tmp_path / "people.csv"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        out = StringIO()
        try:
            call_command("import_directory", str(file), *options, stdout=out)
        except CommandError as error:
            return f"{out.getvalue()}refused with {error.returncode}: {error}"
        return out.getvalue()

    return run


def test_an_import_says_what_it_did_and_a_second_one_that_there_is_nothing_to_do(run):
    assert run(FILE, *OPTIONS) == (
        "2 new, 0 changed, 0 unchanged; 0 in the directory are not in the file.\n"
        "New in the list of level: Level 1, Level 2.\n"
        "The directory is up to date.\n"
    )
    assert run(FILE, *OPTIONS) == (
        "0 new, 0 changed, 2 unchanged; 0 in the directory are not in the file.\n"
        "The directory already says all this. Nothing to change.\n"
    )
    assert Person.objects.count() == 2


def test_a_trial_tells_and_writes_nothing(run):
    assert "This was a trial. Nothing was changed." in run(FILE, *OPTIONS, "--dry-run")
    assert not Person.objects.exists()


def test_whoever_has_half_addresses_reads_what_completes_them(run):
    told = run(FILE, *OPTIONS[2:])
    assert "email “SKING”: This is not an e-mail address. The part after the @ is missing.\n" in told
    assert "--email-domain example.org adds the part after the @ to every address that has none." in told
    assert "--email-domain" not in run(FILE.replace("SKING", "s@king@x"), *OPTIONS)


def test_problems_are_told_with_their_rows_and_nothing_is_written(run):
    told = run(FILE + "102,Lex,,LGARCIA,31-02-2011,999,2\n", *OPTIONS)
    assert told == (
        "Row 4, last_name: This may not be empty.\n"
        "Row 4, hire_date_dd-mm-yyyy “31-02-2011”: This is not a date written as dd-mm-yyyy.\n"
        "2 new, 0 changed, 0 unchanged; 0 in the directory are not in the file.\n"
        "New in the list of level: Level 1, Level 2.\n"
        "refused with 1: The file has problems. Nothing was changed."
    )
    assert not Person.objects.exists()


def test_machines_read_the_same(run):
    run(FILE, *OPTIONS)
    PersonFactory()
    told = json.loads(run(FILE.replace("Yang", "Young") + "102,Lex,Garcia,LEX,13-01-2011,101,1\n", *OPTIONS, "--json"))
    assert told == {
        "written": True,
        "follows": [],
        "new": [{"row": 4, "employee_number": "102", "name": "Lex Garcia"}],
        "changed": [
            {
                "row": 3,
                "employee_number": "101",
                "name": "Neena Young",
                "fields": {"family_name": {"from": "Yang", "to": "Young"}},
            }
        ],
        "unchanged": 1,
        "not_in_file": 1,
        "new_levels": {},
        "new_places": {},
        "problems": [],
    }


def test_machines_read_problems_and_refusals(run):
    told, _, refusal = run(FILE.replace("100,1", "101,1"), *OPTIONS, "--json").partition("refused with 1: ")
    assert refusal == "The file has problems. Nothing was changed."
    assert json.loads(told)["problems"] == [
        {"row": 3, "column": "manager_id", "value": "101", "reason": "Nobody can be their own manager."}
    ]
    told, _, _ = run(b"\x81", "--json").partition("refused with 1: ")
    assert json.loads(told) == {
        "written": False,
        "refused": "The text of this file cannot be read. Save it as CSV UTF-8 and try again.",
    }


def test_many_problems_are_cut_short_for_people(run):
    bad = "".join(f"{number},,X,x{number},,,1\n" for number in range(200, 260))
    told = run(FILE + bad, *OPTIONS)
    assert told.count("This may not be empty.") == 50
    assert "… and 10 more. --json lists them all." in told


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(CommandError, match=r"nothing\.csv cannot be read: No such file or directory\."):
        call_command("import_directory", str(tmp_path / "nothing.csv"))


@pytest.mark.parametrize("options", [("--map", "email"), ("--level-map", "Chief=high"), ("--date-format", "yy")])
def test_options_that_make_no_sense_are_refused(tmp_path, options):
    with pytest.raises(CommandError):
        call_command("import_directory", str(tmp_path), *options)


def test_levels_are_mapped_on_the_command_line(run):
    run("employee_id,first_name,last_name,email,grade\n1,A,B,a@example.org,Chief\n", "--level-map", "Chief=9")
    assert Person.objects.get().level.rank == 9
