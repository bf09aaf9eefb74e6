# ruff: noqa: F401, F811  a fixture of another module is imported by its name
"""The review of a program: what was reached, and what its coordinators noted."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import clock
from dashboards.tests.test_views import program
from people.models import Person
from people.tests.factories import CoraFactory, EvaFactory
from programs import actions
from programs.choices import About, Stage
from programs.models import Program

pytestmark = pytest.mark.django_db


def cora_of(program: Program) -> Person:
    found: Person = Person.objects.get(duties__program=program, duties__duty="coordinator")
    return found


@pytest.fixture
def page(client: Any, program: Program) -> str:
    client.force_login(cora_of(program))
    return reverse("dashboards:review", args=[program.pk])


def sent(about: str, words: str) -> dict[str, str]:
    return {"about": about, f"{about}-words": words}


def test_a_note_stands_under_what_it_is_about_and_a_second_click_adds_none(client, page, program):
    for _ in range(2):
        assert client.post(page, sent("reminders", "Fewer of them.")).url == f"{page}#reminders"
    answer = client.get(page)
    notes = {about: [note.words for note in kept] for about, kept, _ in answer.context["parts"]}
    assert notes[About.REMINDERS] == ["Fewer of them."]
    assert sum(map(len, notes.values())) == 1
    assert "Objectives against their targets" in answer.text


@pytest.mark.parametrize("words", [" ", "a" * 601, "a\x00"])
def test_a_refused_note_is_kept_on_the_page(client, page, program, words):
    answer = client.post(page, sent("guidelines", words))
    assert answer.status_code == 422
    assert {about: form for about, _, form in answer.context["parts"]}[About.GUIDELINES]["words"].value() == words
    assert not program.learnings.exists()


def test_a_part_nobody_knows_is_refused(client, page, program):
    assert client.post(page, sent("nonsense", "Words")).status_code == 422
    assert not program.learnings.exists()


def test_a_note_is_removed_once_and_only_from_its_own_program(client, page, program):
    note = noted(program, "Gone soon.")
    away = reverse("dashboards:remove_learning", args=[program.pk])
    for number in ("x", "", "9" * 30, note.pk + 1):
        assert client.post(away, {"note": number}).status_code == 302
    assert program.learnings.exists()
    other = CoraFactory(email="other@example.org")
    client.force_login(other)
    assert client.post(away, {"note": note.pk}).status_code == 404
    client.force_login(cora_of(program))
    for _ in range(2):
        assert client.post(away, {"note": note.pk}).status_code == 302
    assert not program.learnings.exists()


def noted(program: Program, words: str) -> Any:
    return actions.add_learning(program, about=About.GENERAL, words=words, by=cora_of(program), at=clock.now())


def test_bo_the_pair_executives_and_other_coordinators_find_no_such_page(client, page, program):
    pair = program.pairings.get()
    bo = Person.objects.get(reports__isnull=False)
    for person in (bo, pair.mentor.person, pair.mentee.person, EvaFactory(), CoraFactory(email="o@example.org")):
        client.force_login(person)
        assert client.get(page).status_code == 404
        assert client.post(page, sent("general", "Mine.")).status_code == 404
    assert not program.learnings.exists()


@pytest.mark.parametrize(("stage", "status"), [(Stage.MATCHING, 404), (Stage.REVIEW, 200), (Stage.CLOSED, 200)])
def test_there_is_a_review_once_pairs_meet(client, page, program, stage, status):
    Program.objects.update(stage=stage)
    assert client.get(page).status_code == status


def test_only_a_pilot_grows(client, page, program):
    assert "?grow=" not in client.get(page).text
    Program.objects.update(is_pilot=True)
    assert f"?grow={program.pk}" in client.get(page).text


def test_three_notes_ask_the_database_as_often_as_one(client, page, program):
    counts = []
    for words in (["One."], ["Two.", "Three."]):
        for each in words:
            noted(program, each)
        client.get(page)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(page)
        counts.append(len(asked))
    assert counts[0] == counts[1]
