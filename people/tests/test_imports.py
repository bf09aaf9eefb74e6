"""The life of a file for the directory, from its upload until it is taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
import xlsxwriter
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from people import actions, rules
from people.actions.import_directory import write_plan
from people.actions.imports import LEASE
from people.choices import ImportState, LineKind
from people.directory_import import Options
from people.models import DirectoryImport, Function, Person, sort_key
from people.tests.factories import AdaFactory, BoFactory, FunctionFactory, PersonFactory, SiteFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
HEADER = "employee_id,first_name,last_name,email,function,manager_id,hire_date,leave_date"
FILE = f"""{HEADER}
N-1,Nia,Newcomer,nia@example.org,Robotics,,2026-01-05,
N-2,Noel,Newcomer,noel@example.org,Robotics,N-1,2026-02-05,
"""


@pytest.fixture
def ada() -> Person:
    ada: Person = AdaFactory()
    return ada


def checked(text: str, by: Person, **options) -> DirectoryImport:
    found = actions.upload_import(file_name="people.csv", content=text.encode(), by=by, at=AT)
    return actions.check_import(found, options=Options(**options), by=by)


def carried_out(text: str, by: Person, at: datetime = AT) -> DirectoryImport:
    found = actions.request_import(checked(text, by), by=by)
    assert actions.carry_out_import(found.pk, at=at)
    found.refresh_from_db()
    return found


def test_checking_says_line_by_line_what_would_happen_and_changes_nobody(ada):
    kept = PersonFactory(employee_number="K-1", email="kept@example.org", given_name="Kit", family_name="Kept")
    found = checked(FILE + "K-1,Kit,Other,kept@example.org,,N-2,2020-01-01,2027-01-31\n", ada)
    assert found.state == ImportState.CHECKED
    assert (found.counts["new"], found.counts["changed"], found.counts["leaving"]) == (2, 0, 1)
    assert list(found.lines.values_list("kind", "number")) == [("new", "N-1"), ("new", "N-2"), ("leaving", "K-1")]
    differences = {name: (before, after) for name, before, after in found.lines.get(number="K-1").differences}
    assert differences["Family name"] == ("Kept", "Other")
    assert differences["Left on"] == ("nothing", "2027-01-31")
    assert not Person.objects.filter(employee_number="N-1").exists()
    kept.refresh_from_db()
    assert kept.family_name == "Kept"


def test_a_worker_carries_it_out_as_a_whole_and_forgets_the_file(ada):
    found = carried_out(FILE, ada)
    assert (found.state, found.content, found.done, found.todo) == (ImportState.DONE, None, 2, 2)
    noel = Person.objects.get(employee_number="N-2")
    assert (noel.name, noel.manager.employee_number, noel.function.name) == ("Noel Newcomer", "N-1", "Robotics")
    assert not noel.has_usable_password()
    assert checked(FILE, ada).counts["unchanged"] == 2


def test_text_arrives_as_it_was_written_and_a_name_is_sorted_by_what_it_becomes(ada):
    odd = 'Zoë \\N \\" %s {x}  ’😀'
    PersonFactory(employee_number="K-1", email="k@example.org", given_name="Kit", family_name="Kept", job_title="Clerk",
                  languages=["de"], hired_on=date(2020, 1, 1))  # fmt: skip
    header = "employee_id;first_name;last_name;email;title;languages"
    quoted = odd.replace('"', '""')
    carried_out(f'{header}\nK-1;Kit;Éclair;k@example.org;"{quoted}";en de\nN-1;Nia;"{quoted}";n@example.org;;\n', ada)
    kept, new = Person.objects.get(employee_number="K-1"), Person.objects.get(employee_number="N-1")
    written = " ".join(odd.split())
    assert (kept.job_title, kept.languages, kept.hired_on) == (written, ["en", "de"], date(2020, 1, 1))
    assert (kept.sort_name, new.sort_name) == ("eclair kit", sort_key("Nia", written))
    assert (new.family_name, new.job_title, new.languages, new.is_active) == (written, "", [], True)


def test_a_newcomer_keeps_the_time_of_the_site_and_a_password_that_nobody_has(ada):
    site = SiteFactory(name="Dublin", time_zone="Europe/Dublin")
    carried_out(
        "employee_id,first_name,last_name,email,site\nN-1,Nia,New,n@example.org,dublin\nN-2,Noel,New,o@example.org,\n",
        ada,
    )
    nia, noel = Person.objects.filter(employee_number__startswith="N-").order_by("employee_number")
    assert (nia.site, nia.time_zone, noel.time_zone) == (site, "Europe/Dublin", "UTC")
    assert not nia.has_usable_password()
    assert nia.password != noel.password


def test_what_it_did_can_be_taken_back_as_a_whole(ada):
    kept = PersonFactory(employee_number="K-1", email="kept@example.org", given_name="Kit", family_name="Kept",
                         languages=["en", "de"], manager=ada)  # fmt: skip
    text = FILE + "K-1,Kit,Other,other@example.org,Robotics,N-2,2020-01-01,2027-01-31\n"
    was = {name: getattr(kept, name) for name in ("family_name", "email", "function", "manager", "hired_on", "left_on")}
    found = carried_out(text, ada)
    found = actions.request_undo(found, by=ada)
    assert actions.carry_out_import(found.pk, at=AT + timedelta(hours=1))
    found.refresh_from_db()
    kept.refresh_from_db()
    assert (found.state, found.failure) == (ImportState.UNDONE, "")
    assert {name: getattr(kept, name) for name in was} == was
    assert kept.sort_name == "kept kit"
    assert not Person.objects.filter(employee_number__startswith="N-").exists()
    assert not Function.objects.filter(name="Robotics").exists()


def test_it_is_not_taken_back_over_somebody_s_later_work(ada):
    found = actions.request_undo(carried_out(FILE, ada), by=ada)
    Person.objects.filter(employee_number="N-2").update(family_name="Married")
    assert actions.carry_out_import(found.pk, at=AT + timedelta(hours=1))
    found.refresh_from_db()
    assert found.state == ImportState.DONE
    assert found.failure == "Noel Newcomer has been changed since this import, so it cannot be taken back as a whole."
    assert Person.objects.filter(employee_number="N-1").exists()


def test_it_is_not_taken_back_once_new_people_lead_others(ada):
    found = actions.request_undo(carried_out(FILE, ada), by=ada)
    PersonFactory(manager=Person.objects.get(employee_number="N-2"))
    assert actions.carry_out_import(found.pk, at=AT + timedelta(hours=1))
    found.refresh_from_db()
    assert (found.state, Person.objects.filter(employee_number__startswith="N-").count()) == (ImportState.DONE, 2)
    assert "takes part in something by now" in found.failure


def test_it_is_not_taken_back_over_something_that_would_vanish_with_a_new_person(ada):
    found = actions.request_undo(carried_out(FILE, ada), by=ada)
    LogEntry.objects.create(user=Person.objects.get(employee_number="N-2"), action_flag=1, object_repr="theirs")
    assert actions.carry_out_import(found.pk, at=AT + timedelta(hours=1))
    found.refresh_from_db()
    assert (found.state, LogEntry.objects.count()) == (ImportState.DONE, 1)
    assert "takes part in something by now" in found.failure


PLAIN = "employee_id,first_name,last_name,email"


def taken_back(found: DirectoryImport, by: Person) -> DirectoryImport:
    found = actions.request_undo(found, by=by)
    assert actions.carry_out_import(found.pk, at=AT + timedelta(hours=1))
    found.refresh_from_db()
    return found


def employee(number: str, **fields) -> Person:
    """Somebody whose address and family name come of the number."""
    made: Person = PersonFactory(
        employee_number=number, email=f"{number.lower()}@example.org", given_name="Anna", family_name=number, **fields
    )
    return made


def test_an_address_that_a_new_person_took_over_goes_back(ada):
    kit = employee("K")
    found = carried_out(f"{PLAIN}\nK,Anna,K,other@example.org\nN-1,Nia,New,k@example.org\n", ada)
    assert Person.objects.get(employee_number="N-1").email == "k@example.org"
    found = taken_back(found, ada)
    assert (found.state, found.failure) == (ImportState.UNDONE, "")
    assert Person.objects.get(email="k@example.org") == kit


def test_it_is_not_taken_back_over_an_address_that_somebody_else_has_by_now(ada):
    employee("K")
    found = carried_out(f"{PLAIN}\nK,Anna,K,other@example.org\n", ada)
    PersonFactory(email="K@example.org")
    found = taken_back(found, ada)
    assert found.state == ImportState.DONE
    assert found.failure == (
        "k@example.org is somebody else’s address by now, so this import cannot be taken back as a whole."
    )


def test_it_is_not_taken_back_where_managers_would_go_round_in_a_circle(ada):
    xenia = employee("X")
    anna = employee("A", manager=xenia)
    employee("Y")
    found = carried_out(f"{PLAIN},manager_id\nA,Anna,A,a@example.org,Y\nY,Anna,Y,y@example.org,\n", ada)
    xenia.manager = anna
    actions.keep_person(person=xenia, by=ada, at=AT)
    found = taken_back(found, ada)
    assert (found.state, Person.objects.get(pk=anna.pk).manager.employee_number) == (ImportState.DONE, "Y")
    assert found.failure == (
        "The managers would go round in a circle: A → X → A, so this import cannot be taken back as a whole."
    )


def test_it_is_not_taken_back_to_a_place_that_is_not_in_the_lists_any_more(ada):
    sales, commercial = FunctionFactory(name="Sales"), FunctionFactory(name="Commercial")
    employee("K", function=sales)
    found = carried_out(f"{PLAIN},function\nK,Anna,K,k@example.org,Robotics\n", ada)
    actions.merge_places(kept=commercial, dropped=sales, by=ada)
    found = taken_back(found, ada)
    assert (found.state, Person.objects.get(employee_number="K").function.name) == (ImportState.DONE, "Robotics")
    assert found.failure == "“Sales” is not in your lists any more, so this import cannot be taken back as a whole."


def test_only_the_last_one_is_taken_back(ada):
    first = carried_out(FILE, ada)
    carried_out(FILE.replace("Noel", "Noelle"), ada, at=AT + timedelta(hours=1))
    with pytest.raises(rules.ImportRefused, match="Only the last import"):
        actions.request_undo(first, by=ada)


def test_a_directory_that_changed_meanwhile_is_compared_again(ada):
    found = actions.request_import(checked(FILE, ada), by=ada)
    PersonFactory(employee_number="Z-9")
    assert actions.carry_out_import(found.pk, at=AT)
    found.refresh_from_db()
    assert (found.state, found.failure) == (ImportState.UPLOADED, rules.CHANGED_SINCE)
    assert found.content is not None
    assert not Person.objects.filter(employee_number="N-1").exists()


def test_asking_twice_and_working_twice_happen_once(ada):
    found = checked(FILE, ada)
    actions.request_import(found, by=ada)
    actions.request_import(found, by=ada)
    assert actions.carry_out_import(found.pk, at=AT)
    assert not actions.carry_out_import(found.pk, at=AT)
    assert Person.objects.filter(employee_number__startswith="N-").count() == 2


def test_one_import_at_a_time(ada):
    first, second = checked(FILE, ada), checked(FILE.replace("N-", "M-").replace("@", "2@"), ada)
    actions.request_import(first, by=ada)
    with pytest.raises(rules.AnotherImportUnderWay):
        actions.request_import(second, by=ada)


def test_what_a_killed_worker_left_is_taken_up_once_its_lease_has_run_out(ada):
    found = actions.request_import(checked(FILE, ada), by=ada)
    DirectoryImport.objects.filter(pk=found.pk).update(
        state=ImportState.RUNNING, started_at=AT, leased_until=AT + LEASE
    )
    assert actions.carry_out_waiting_imports(at=AT + timedelta(minutes=1)) == 0
    assert actions.carry_out_waiting_imports(at=AT + LEASE) == 1
    assert Person.objects.filter(employee_number__startswith="N-").count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_only_slow_writes_nothing_once_another_has_taken_over(ada, monkeypatch):
    """The second takes the import over while the first is still writing, as a lapsed lease would let it."""
    found = actions.request_import(checked(FILE, ada), by=ada)

    def slow(*told):
        write_plan(*told)
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("UPDATE people_directoryimport SET started_at = now() WHERE id = %s", [found.pk])
        other.close()

    monkeypatch.setattr("people.actions.imports.write_plan", slow)
    assert not actions.carry_out_import(found.pk, at=AT)
    assert not Person.objects.filter(employee_number__startswith="N-").exists()


def test_nobody_but_an_administrator_may_do_any_of_it(ada):
    bo = BoFactory()
    found = checked(FILE, ada)
    for forbidden in (
        lambda: actions.upload_import(file_name="f", content=FILE.encode(), by=bo, at=AT),
        lambda: actions.check_import(found, options=Options(), by=bo),
        lambda: actions.request_import(found, by=bo),
        lambda: actions.request_undo(found, by=bo),
        lambda: actions.discard_import(found, by=bo),
    ):
        with pytest.raises(rules.NotTheAdministrator), transaction.atomic():
            forbidden()


def test_a_file_with_problems_is_not_carried_out(ada):
    found = checked(FILE + "N-3,Nils,Newcomer,nils@example.org,,N-404,yesterday,\n", ada)
    assert found.counts["problems"] == 2
    reasons = {line.details["reason"] for line in found.lines.filter(kind=LineKind.PROBLEM)}
    assert "Nobody in the file or the directory has this number." in reasons
    with pytest.raises(rules.ImportRefused, match="The file has problems"):
        actions.request_import(found, by=ada)


def test_a_discarded_file_is_gone(ada):
    found = actions.discard_import(checked(FILE, ada), by=ada)
    assert (found.state, found.content, found.lines.count()) == (ImportState.DISCARDED, None, 0)
    with pytest.raises(ValidationError):
        actions.check_import(found, options=Options(), by=ada)


def test_a_workbook_says_the_same_as_text(ada):
    written = BytesIO()
    with xlsxwriter.Workbook(written) as workbook:
        sheet = workbook.add_worksheet()
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, HEADER.split(","))
        sheet.write_row(1, 0, [4711, "Nia", "Newcomer", "nia@example.org", "Robotics"])
        sheet.write_datetime(1, 6, datetime(2026, 1, 5), day)  # noqa: DTZ001 - a date has no zone
    found = actions.upload_import(file_name="p.xlsx", content=written.getvalue(), by=ada, at=AT)
    found = actions.check_import(found, options=Options(), by=ada)
    assert found.lines.get().number == "4711"
    assert found.lines.get().details["hired_on"] == "2026-01-05"


def test_a_file_that_nobody_carried_out_is_forgotten_after_a_fortnight(ada):
    found = checked(FILE, ada)
    assert found.lines.exists()
    assert actions.forget_untouched_imports(at=AT + timedelta(days=13)) == 0
    assert actions.forget_untouched_imports(at=AT + timedelta(days=14)) == 1
    found.refresh_from_db()
    assert (found.state, found.content, found.lines.exists()) == (ImportState.DISCARDED, None, False)
    assert actions.forget_untouched_imports(at=AT + timedelta(days=15)) == 0


def test_what_was_carried_out_can_still_be_taken_back_after_a_fortnight(ada):
    found = checked(FILE, ada)
    actions.request_import(found, by=ada)
    actions.carry_out_waiting_imports(at=AT)
    assert actions.forget_untouched_imports(at=AT + timedelta(days=30)) == 0
    found.refresh_from_db()
    assert (found.state, found.lines.exists()) == (ImportState.DONE, True)
