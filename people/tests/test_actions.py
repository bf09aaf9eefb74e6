from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from time import monotonic

import pytest
from django.db import connection, transaction

from people import actions, queries, rules
from people.actions.directory import hold_directory
from people.directory_import import Options, Plan, plan
from people.models import Function, Level, Person, Site
from people.spreadsheets import read_csv
from people.tests.factories import AdaFactory, BoFactory, CoraFactory, MinaFactory, OttoFactory, PersonFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)

FILE = """\
employee_id,first_name,last_name,email,manager_id,department,site,languages,hire_date
102,Lex,Garcia,lex@example.org,101,IT,Leeds,en;de,2016-01-03
101,Neena,Yang,yang@example.org,100,Finance,York,en,2015-09-21
100,Steven,King,king@example.org,,,,,2013-06-17
"""


def planned(text: str = FILE, **options) -> Plan:
    return plan(read_csv(text.encode()), queries.directory(), Options(**options))


def carry_out(text: str = FILE, **options) -> Plan:
    found = planned(text, **options)
    actions.import_directory(plan=found, by=None, at=NOW)
    return found


def test_a_file_becomes_people_with_places_levels_and_managers():
    Site.objects.create(name="Leeds", time_zone="Europe/London")
    carry_out(level_from_depth=True)
    lex = Person.objects.get(employee_number="102")
    assert (lex.name, lex.email, lex.sort_name, lex.languages) == (
        "Lex Garcia",
        "lex@example.org",
        "garcia lex",
        ["en", "de"],
    )
    assert (lex.function.name, lex.site.name, lex.time_zone, lex.level.rank) == ("IT", "Leeds", "Europe/London", 1)
    assert [lex.manager.name, lex.manager.manager.name] == ["Neena Yang", "Steven King"]
    assert not lex.has_usable_password()
    assert not lex.is_staff


def test_importing_the_same_file_again_changes_nothing():
    carry_out(level_from_depth=True)
    again = planned(level_from_depth=True)
    assert (again.new, again.changed, again.unchanged, again.places, again.levels) == ((), (), 3, {}, {})


def test_changes_are_written_and_nothing_else_is_touched():
    carry_out()
    Person.objects.filter(employee_number="101").update(job_title="Vice president", is_executive=True, password="kept")
    carry_out(FILE.replace("Yang,yang@", "Young,young@").replace("101,IT", "100,Sales"))
    neena, lex = (Person.objects.get(employee_number=number) for number in ("101", "102"))
    assert (neena.family_name, neena.email, neena.sort_name) == ("Young", "young@example.org", "young neena")
    assert (neena.job_title, neena.is_executive, neena.password) == ("Vice president", True, "kept")
    assert (lex.manager.employee_number, lex.function.name) == ("100", "Sales")


def test_addresses_are_swapped_and_taken_over():
    carry_out()
    carry_out(
        FILE.replace("lex@", "free@").replace("yang@", "lex@").replace("king@", "yang@")
        + "103,New,Person,king@example.org,,,,,\n"
    )
    emails = dict(Person.objects.values_list("employee_number", "email"))
    assert emails == {
        "102": "free@example.org",
        "101": "lex@example.org",
        "100": "yang@example.org",
        "103": "king@example.org",
    }


def test_managers_turn_round_without_a_circle_on_the_way():
    carry_out()
    carry_out(FILE.replace("garcia", "g").replace("org,101", "org,").replace("org,100", "org,102"))
    assert queries.is_above(Person.objects.get(employee_number="102"), Person.objects.get(employee_number="101"))


def test_a_plan_with_problems_writes_nothing():
    found = planned(FILE + "103,,Nobody,nobody@example.org,,Sales,,,\n")
    with pytest.raises(rules.ImportRefused, match="The file has problems"):
        actions.import_directory(plan=found, by=None, at=NOW)
    assert (Person.objects.count(), Function.objects.count(), Level.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Person.objects.filter(employee_number="101").update(manager=None),
        lambda: Person.objects.filter(employee_number="102").delete(),
        lambda: PersonFactory(),
        lambda: Function.objects.create(name="Sales"),
        lambda: Level.objects.create(name="New", rank=90),
    ],
)
def test_a_plan_made_from_an_older_directory_is_refused(change):
    carry_out()
    found = planned(FILE.replace("Lex", "Alexander"))
    change()
    with pytest.raises(rules.ImportRefused, match="has changed since"):
        actions.import_directory(plan=found, by=None, at=NOW)
    assert not Person.objects.filter(given_name="Alexander").exists()


@pytest.mark.parametrize("factory", [CoraFactory, MinaFactory, BoFactory])
def test_only_an_administrator_changes_the_directory(factory):
    with pytest.raises(rules.NotTheAdministrator):
        actions.import_directory(plan=planned(), by=factory(), at=NOW)
    with pytest.raises(rules.NotTheAdministrator):
        actions.keep_person(person=MinaFactory(email="other@example.org"), by=factory(email="doer@example.org"), at=NOW)


def test_the_administrator_keeps_people():
    ada, mina = AdaFactory(), MinaFactory()
    mina.family_name = "Meyer"
    actions.keep_person(person=mina, by=ada, at=NOW)
    assert Person.objects.get(pk=mina.pk).sort_name == "meyer mina"


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_waits_for_an_import_keeps_what_the_import_wrote():
    ada, otto = AdaFactory(), OttoFactory()
    otto.job_title = "Chief of everything"
    with ThreadPoolExecutor(1) as beside:
        with transaction.atomic():
            hold_directory()
            kept = beside.submit(_kept, person=otto, changed=["job_title"], by=ada, at=NOW)
            _wait_for_a_lock()
            Person.objects.filter(pk=otto.pk).update(left_on=date(2026, 1, 1), manager=None)
        kept.result(timeout=30)
    otto = Person.objects.get(pk=otto.pk)
    assert (otto.job_title, otto.left_on, otto.manager) == ("Chief of everything", date(2026, 1, 1), None)


def _kept(**said):
    try:
        actions.keep_person(**said)
    finally:
        connection.close()


def _wait_for_a_lock():
    until = monotonic() + 20
    with connection.cursor() as cursor:
        while monotonic() < until:
            cursor.execute("select exists (select 1 from pg_locks where not granted)")
            if cursor.fetchone() == (True,):
                return
    raise AssertionError("Nobody waits.")


def test_a_manager_from_below_is_refused_by_name():
    otto = OttoFactory()
    mina = MinaFactory(manager=PersonFactory(manager=otto))
    bo = otto.manager
    bo.manager = mina
    with pytest.raises(rules.ManagersInCircle) as refusal:
        actions.keep_person(person=bo, by=AdaFactory(), at=NOW)
    assert refusal.value.message_dict == {
        "manager": ["Mina Mentor reports to Bo Manager, directly or through others. Choose somebody else."]
    }
    bo.manager = bo
    with pytest.raises(rules.ManagersInCircle, match="Nobody can be their own manager"):
        rules.insist_no_circle(bo, bo)


def test_the_number_of_questions_does_not_grow_with_the_file(django_assert_max_num_queries):
    line = "{0},A,B,p{0}@example.org,,Sales,Leeds,en,2020-01-01\n"
    text = FILE + "".join(line.format(number) for number in range(500, 700))
    with django_assert_max_num_queries(34):
        carry_out(text)
    assert Person.objects.count() == 203
