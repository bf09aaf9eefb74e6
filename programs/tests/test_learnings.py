"""What was learned in a pilot stands beside the settings of the program that grows out of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse

from people.tests.factories import CoraFactory, SiaFactory, SiteFactory
from programs import actions, rules
from programs.choices import About, Stage
from programs.models import Program
from programs.tests.factories import program_with
from programs.tests.test_admin import ADD, typed
from programs.tests.test_pilots import pilot_at

pytestmark = pytest.mark.django_db

AT = datetime(2026, 12, 7, 9, tzinfo=UTC)


@pytest.fixture
def cora(client: Any) -> Any:
    cora = CoraFactory()
    client.force_login(cora)
    return cora


@pytest.fixture
def pilot(cora: Any) -> Program:
    pilot = pilot_at(cora, SiteFactory(), most_mentors=4, stage=Stage.REVIEW)
    noted(pilot, cora, About.GUIDELINES, "Three weeks <b>apart</b> was too rare.")
    noted(pilot, cora, About.GENERAL, "Begin after the holidays.")
    return pilot


def noted(program: Program, by: Any, about: About, words: str) -> Any:
    return actions.add_learning(program, about=about, words=words, by=by, at=AT)


def test_the_same_note_twice_is_kept_once(cora, pilot):
    assert noted(pilot, cora, About.GENERAL, " Begin after the holidays. ").pk
    assert pilot.learnings.filter(about=About.GENERAL).count() == 1


def test_a_program_without_pairs_has_taught_nothing_and_a_stranger_notes_nothing(cora, pilot):
    with pytest.raises(rules.NothingLearned):
        noted(program_with(cora, stage=Stage.MATCHING), cora, About.GENERAL, "Too early.")
    with pytest.raises(rules.NotACoordinator):
        noted(pilot, CoraFactory(email="other@example.org"), About.GENERAL, "Not mine.")


def test_a_pilot_grows_without_its_limits_and_with_its_notes_beside_the_settings(client, pilot):
    answer = client.get(f"{ADD}?grow={pilot.pk}")
    form = answer.context["adminform"].form
    assert form["mentor_highest_level"].value() == pilot.mentor_highest_level_id
    assert not form["is_pilot"].value()
    assert not form["most_mentors"].value()
    assert not form["sites"].value()
    assert "Begin after the holidays." in answer.text
    beside = {part.name: part.description or "" for part in answer.context["adminform"]}
    assert "Three weeks &lt;b&gt;apart&lt;/b&gt; was too rare." in beside["Guidelines"]
    assert "Learned" not in beside["Reminders"]


def test_the_new_program_keeps_what_it_grew_from_also_after_a_refusal(client, pilot):
    SiaFactory()
    address = f"{ADD}?grow={pilot.pk}"
    assert f'action="{address}"' in client.get(address).text
    refused = client.post(address, typed(name=""))
    assert refused.status_code == 422
    assert f'action="{address}"' in refused.text
    assert "Begin after the holidays." in refused.text
    assert client.post(address, typed(name="The wider one")).status_code == 302
    grown = Program.objects.get(name="The wider one")
    assert (grown.grown_from, grown.is_pilot) == (pilot, False)
    page = client.get(reverse("admin:programs_program_change", args=[grown.pk])).text
    assert "Three weeks &lt;b&gt;apart&lt;/b&gt; was too rare." in page
    assert "Begin after the holidays." in page


@pytest.mark.parametrize("number", ["", "x", "0", "99999999999999999999"])
def test_nothing_grows_from_what_is_no_pilot(client, cora, number):
    assert client.get(f"{ADD}?grow={number}").status_code == 404
    plain = program_with(cora, stage=Stage.REVIEW)
    for method in (client.get, client.post):
        assert method(f"{ADD}?grow={plain.pk}").status_code == 404


def test_nobody_grows_the_pilot_of_somebody_else_nor_reads_its_notes(client, pilot):
    client.force_login(CoraFactory(email="other@example.org", is_administrator=True))
    assert client.get(f"{ADD}?grow={pilot.pk}").status_code == 404
    assert client.post(f"{ADD}?grow={pilot.pk}", typed(name="Taken")).status_code == 404
    assert not Program.objects.filter(name="Taken").exists()
    grown = program_with(CoraFactory(email="third@example.org"), grown_from=pilot, stage=Stage.RUNNING)
    assert "holidays" not in client.get(reverse("admin:programs_program_change", args=[grown.pk])).text


def test_the_page_of_a_program_leads_to_its_review_once_pairs_meet(client, cora, pilot):
    link = reverse("dashboards:review", args=[pilot.pk])
    address = reverse("admin:programs_program_change", args=[pilot.pk])
    assert link in client.get(address).text
    Program.objects.update(stage=Stage.MATCHING)
    assert link not in client.get(address).text
