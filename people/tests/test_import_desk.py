"""The import on the desk, as an administrator does it."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import clock
from disclosure.tests.proofs import LONG
from people import actions
from people.choices import ImportState
from people.directory_import import COLUMNS
from people.models import DirectoryImport, Person
from people.tests.factories import AdaFactory, BoFactory, CoraFactory, MinaFactory, PersonFactory, StenFactory

pytestmark = pytest.mark.django_db

GERMAN = "Personalnummer;Vorname;Nachname;E-Mail;Führungskraft;Eintrittsdatum\n"
TWO = GERMAN + "N-1;Nia;Neu;nia@example.org;;05.01.2026\nN-2;Noël;Neu;noel@example.org;N-1;17.02.2026\n"


@pytest.fixture
def ada(client: Client) -> Person:
    ada: Person = AdaFactory()
    client.force_login(ada)
    return ada


def url_of(page: str, found: DirectoryImport | None = None) -> str:
    return reverse(f"admin:people_directoryimport_{page}", args=[found.pk] if found else [])


def upload(client: Client, content: bytes | str, name: str = "people.csv") -> Any:
    raw = content.encode() if isinstance(content, str) else content
    return client.post(url_of("add"), {"file": SimpleUploadedFile(name, raw)})


def last() -> DirectoryImport:
    found: DirectoryImport = DirectoryImport.objects.latest("uploaded_at")
    return found


def proposed(client: Client) -> dict[str, Any]:
    """What the columns page proposes, as the browser would send it back."""
    form = client.get(url_of("columns", last())).context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_a_german_file_is_read_looked_at_carried_out_and_taken_back(client, ada):
    assert upload(client, TWO.encode("cp1252")).url == url_of("columns", last())
    answers = proposed(client)
    assert (answers["manager"], answers["hired_on"], answers["email"]) == ("Führungskraft", "Eintrittsdatum", "E-Mail")
    assert client.post(url_of("columns", last()), answers).url == url_of("preview", last())
    page = client.get(url_of("preview", last())).content.decode()
    assert "Noël Neu" in page
    assert "Nothing has been changed yet." in page
    assert not Person.objects.filter(employee_number="N-1").exists()

    assert client.post(url_of("carry_out", last())).status_code == 302
    assert client.get(url_of("change", last())).url == url_of("progress", last())
    assert "Waiting for a worker" in client.get(url_of("progress", last())).content.decode()
    assert actions.carry_out_waiting_imports(at=clock.now()) == 1
    assert client.get(url_of("progress", last())).url == url_of("preview", last())
    assert Person.objects.get(employee_number="N-2").manager.employee_number == "N-1"
    assert "Take this import back" in client.get(url_of("preview", last())).content.decode()

    client.post(url_of("undo", last()))
    assert actions.carry_out_waiting_imports(at=clock.now()) == 1
    assert "Taken back" in client.get(url_of("preview", last())).content.decode()
    assert not Person.objects.filter(employee_number="N-1").exists()


def test_the_preview_warns_of_addresses_that_go_from_one_person_to_another(client, ada):
    """As where a column has shifted: a link to sign in goes to whoever reads the mail there."""
    mina, sten = MinaFactory(employee_number="N-7"), StenFactory(employee_number="N-8")
    head, lines = "Employee number,Given name,Family name,E-mail", (mina, sten)
    names = [f"{each.employee_number},{each.given_name},{each.family_name}" for each in lines]
    for addresses, warned in (((sten.email, mina.email), "2 addresses go"), ((mina.email, "sten.s@example.org"), "")):
        rows = [f"{name},{address}" for name, address in zip(names, addresses, strict=True)]
        upload(client, "\n".join([head, *rows]))
        client.post(url_of("columns", last()), proposed(client))
        page = client.get(url_of("preview", last())).text
        assert ("Whoever reads the mail there can sign in as its new person" in page) == bool(warned)
        assert warned in page


def test_columns_chosen_by_hand_are_chosen_again_for_the_next_file(client, ada):
    text = "A,B,C,D,Boss\nN-1,Nia,New,nia,\n"
    chosen = {"employee_number": "A", "given_name": "B", "family_name": "C", "email": "D", "manager": "Boss",
              "email_domain": "@example.org", "levels": "by_name"}  # fmt: skip
    upload(client, text)
    client.post(url_of("columns", last()), chosen)
    client.post(url_of("carry_out", last()))
    actions.carry_out_waiting_imports(at=clock.now())
    assert Person.objects.get(employee_number="N-1").email == "nia@example.org"
    upload(client, text)
    answers = proposed(client)
    assert (answers["employee_number"], answers["manager"], answers["email_domain"]) == ("A", "Boss", "example.org")


def test_problems_come_first_and_nothing_can_be_carried_out(client, ada):
    upload(client, TWO + "N-3;Nils;Neu;nils@example.org;N-404;01.03.2026\n")
    client.post(url_of("columns", last()), proposed(client))
    page = client.get(url_of("preview", last())).content.decode()
    assert "Nobody in the file or the directory has this number." in page
    assert "Import this file" not in page
    client.post(url_of("carry_out", last()))
    assert last().state == ImportState.CHECKED


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "The file is empty."),
        (" \n", "The file is empty."),
        (b"\xd0\xcf\x11\xe0old", "This is a workbook of an old kind."),
        (b"PK\x03\x04nothing", "This workbook is damaged"),
        (b"%PDF-1.7\n\x81", "The text of this file cannot be read."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_where_it_was_chosen(client, ada, content, sentence):
    answer = upload(client, content)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not DirectoryImport.objects.exists()


def test_refused_columns_keep_what_was_chosen(client, ada):
    upload(client, TWO)
    answers = proposed(client) | {"email": "", "given_name": "Nachname", "level_ranks": "Analyst: 2"}
    answer = client.post(url_of("columns", last()), answers)
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "Choose the column that holds this." in page
    assert "“Nachname” is taken by Given name already." in page
    assert "Line 1, “Analyst: 2”: write it as Analyst = 2, with ranks up to 1000." in page
    assert answer.context["form"]["level_ranks"].value() == "Analyst: 2"


def test_dates_that_can_be_read_two_ways_are_asked_about(client, ada):
    upload(client, "id,given name,family name,email,Hired\n1,A,B,a@example.org,01/02/2026\n".replace("id,", "emp id,"))
    answer = client.post(url_of("columns", last()), proposed(client))
    assert answer.status_code == 422
    assert "can be read as dd/mm/yyyy or mm/dd/yyyy. Say which it is." in answer.content.decode()


def test_a_search_and_a_page_show_a_part_in_a_constant_number_of_queries(client, ada, django_assert_num_queries):
    rows = "".join(f"N-{n};Nia{n};Neu;nia{n}@example.org;;05.01.2026\n" for n in range(1, 121))
    upload(client, GERMAN + rows)
    client.post(url_of("columns", last()), proposed(client))
    where = url_of("preview", last())
    assert len(client.get(where).context["page"].lines.object_list) == 50
    assert [line.number for line in client.get(where + "?asked=nia77@").context["page"].lines] == ["N-77"]
    assert client.get(where + "?page=99&kind=nonsense").context["page"].lines.number == 3
    for asked in ("", "?asked=N-7", "?page=3"):
        with django_assert_num_queries(7):
            client.get(where + asked)


def test_nobody_else_knows_that_there_is_such_a_page(client):
    ada = AdaFactory()
    found = actions.upload_import(file_name="people.csv", content=TWO.encode(), by=ada, at=clock.now())
    for somebody in (BoFactory(), CoraFactory(), PersonFactory()):
        client.force_login(somebody)
        for page in ("changelist", "add"):
            assert client.get(url_of(page)).status_code == 404
        for page in ("change", "columns", "preview", "progress", "discard", "undo", "carry_out"):
            assert client.get(url_of(page, found)).status_code == 404
            assert client.post(url_of(page, found)).status_code == 404


CELLS = st.one_of(
    st.sampled_from(["N-1", "N-2", "ada@example.org", "", " ", "31.02.2026", "2026-02-01", "=1+1", "en", "x" * 300]),
    st.text(max_size=12),
)
FILES = {
    "rows": st.lists(st.lists(CELLS, max_size=8), max_size=6),
    "headers": st.permutations(list(COLUMNS)),
    "cut": st.integers(3, 14),
    "separator": st.sampled_from([",", ";", "\t"]),
    "encoding": st.sampled_from(["utf-8", "utf-16", "cp1252"]),
}


@settings(max_examples=300 if LONG else 25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(**FILES)
def test_no_file_of_hr_breaks_it_or_is_half_imported(client, ada, rows, headers, cut, separator, encoding):
    """Whatever is in the file: a page, a sentence, and either all of it or nothing in the directory."""
    text = "\n".join(separator.join(cells) for cells in [headers[:cut], *rows])
    before = Person.objects.count()
    answer = upload(client, text.encode(encoding, "replace"))
    assert answer.status_code in (302, 422)
    if answer.status_code == 422:
        return
    answer = client.post(url_of("columns", last()), proposed(client) | {"date_format": "dd.mm.yyyy"})
    assert answer.status_code in (302, 422)
    found = last()
    if answer.status_code == 302 and not found.counts["problems"]:
        client.post(url_of("carry_out", found))
        actions.carry_out_waiting_imports(at=clock.now())
        assert Person.objects.count() == before + found.counts["new"]
    else:
        client.post(url_of("carry_out", found))
        assert Person.objects.count() == before
    assert client.get(url_of("preview", found)).status_code in (200, 302)
    DirectoryImport.objects.all().delete()
    Person.objects.exclude(pk=ada.pk).update(manager=None)
    Person.objects.exclude(pk=ada.pk).delete()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_are_good_to_look_at(live_server, browser_context, page, good_page, client, tmp_path):
    ada = AdaFactory()
    client.force_login(ada)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    browser_context.add_cookies([cookie])
    PersonFactory(employee_number="K-1", email="kit@example.org", given_name="Kit", family_name="Kept")
    file = tmp_path / "directory-2026-11.csv"
    file.write_text(TWO + "K-1;Kit;Other;kit@example.org;N-2;01.03.2020\n")
    page.goto(live_server.url + url_of("changelist"))
    page.get_by_role("link", name="Add directory import").click()
    page.get_by_label("File").set_input_files(file)
    good_page()
    page.get_by_role("button", name="Read this file").click()
    page.get_by_role("button", name="Check the file").wait_for()
    good_page()
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("link", name="Changed (1)").click()
    page.get_by_role("button", name="Import this file").wait_for()
    good_page()
    page.get_by_role("button", name="Import this file").click()
    page.get_by_text("Waiting for a worker").wait_for()
    assert actions.carry_out_waiting_imports(at=clock.now()) == 1
    page.get_by_role("button", name="Take this import back").wait_for()
    good_page()
