from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from participants.tests.conftest import NOON
from participants.tests.factories import MenteeFactory, MentorFactory, with_not_discussed, with_skills
from people.tests.factories import AdaFactory, CoraFactory, EvaFactory, PersonFactory
from programs.tests.factories import DutyFactory, program_with

LIST = "/desk/participants/participation/"


@pytest.fixture
def minas(program, mina):
    row = with_skills(MentorFactory(program=program, person=mina, number_one="Be heard."), offered=["Chess"])
    return with_not_discussed(row, "CANARY-ILLNESS")


def page_of(row) -> str:
    return reverse("admin:participants_participation_change", args=[row.pk])


def test_cora_sees_who_takes_part_in_her_program_and_nothing_sealed(client, cora, minas):
    client.force_login(cora)
    listed, page = client.get(LIST), client.get(page_of(minas))
    assert (listed.status_code, page.status_code) == (200, 200)
    assert "Mina Mentor" in listed.text
    assert "Chess" in page.text
    assert "Be heard." in page.text
    sealed = bytes(minas.not_discussed)
    for text in (listed.text, page.text):
        assert "CANARY" not in text
        assert "not discuss" not in text
        assert str(sealed[:8]) not in text
        assert sealed.hex()[:16] not in text


def test_the_sealed_text_is_not_even_read(client, cora, minas):
    client.force_login(cora)
    with CaptureQueriesContext(connection) as asked:
        client.get(page_of(minas))
        client.get(LIST)
    assert [query["sql"] for query in asked if "not_discussed" in query["sql"]] == []


def test_nobody_else_finds_the_row(client, minas, mina, bo, otto, sten):
    cora_of_another = CoraFactory(email="another.cora@example.org")
    MentorFactory(program=program_with(cora_of_another, name="Another"))
    client.force_login(cora_of_another)
    listed = client.get(LIST)
    assert "Mina Mentor" not in listed.text
    assert minas.program.name not in listed.text
    assert client.get(page_of(minas)).status_code == 404
    for person in (mina, bo, otto, sten, EvaFactory(), AdaFactory()):
        client.force_login(person)
        assert client.get(LIST).status_code in (302, 404)
        assert client.get(page_of(minas)).status_code in (302, 404)


def test_the_window_changes_and_deletes_nothing(client, cora, minas):
    client.force_login(cora)
    assert client.get(f"{LIST}add/").status_code == 404
    assert client.post(page_of(minas), {"places": "5"}).status_code == 404
    assert client.post(page_of(minas).replace("change", "delete"), {"post": "yes"}).status_code == 404
    minas.refresh_from_db()
    assert minas.places == 1


def test_who_withdrew_is_not_listed(client, cora, minas):
    minas.withdrawn_at = NOON
    minas.save()
    client.force_login(cora)
    assert "Mina Mentor" not in client.get(LIST).text
    assert client.get(page_of(minas)).status_code == 404


@pytest.fixture
def kim(program):
    """A coordinator of the program who takes part in it."""
    kim = PersonFactory(given_name="Kim", family_name="Candidate", rank=6, is_coordinator=True)
    DutyFactory(program=program, person=kim)
    return MenteeFactory(program=program, person=kim, number_one="Kims own wish.")


@pytest.mark.parametrize("introduced", [False, True])
def test_a_coordinator_who_takes_part_reads_of_the_others_what_somebody_proposed_would(client, kim, minas, introduced):
    minas.introduce = introduced
    minas.save()
    client.force_login(kim.person)
    listed, page = client.get(LIST), client.get(page_of(minas))
    assert "Mina Mentor" in listed.text
    assert listed.text.count("Not shown to candidates") == 2  # charter, required guidance
    assert "Chess" in page.text
    assert ("Be heard." in page.text) is introduced
    assert "Charter" not in page.text
    own = client.get(page_of(kim)).text
    assert "Kims own wish." in own
    assert "Charter" in own


def test_having_withdrawn_from_the_pool_makes_no_coordinator_of_a_candidate(client, kim, minas):
    kim.withdrawn_at = NOON
    kim.save()
    client.force_login(kim.person)
    assert "Be heard." not in client.get(page_of(minas)).text


def test_a_candidate_elsewhere_is_a_coordinator_here(client, cora, minas):
    MentorFactory(program=program_with(CoraFactory(email="c2@example.org"), name="Another"), person=cora)
    client.force_login(cora)
    assert "Be heard." in client.get(page_of(minas)).text


def test_the_list_needs_as_many_queries_for_three_people_as_for_one(client, cora, minas):
    client.force_login(cora)

    def queries_needed() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(LIST).status_code == 200
        return len(asked)

    one = queries_needed()
    MentorFactory(program=minas.program)
    MentorFactory(program=minas.program)
    assert queries_needed() == one
