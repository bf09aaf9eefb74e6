"""Templates the company keeps: saved from a program or a file, named, archived, and started from."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from people.tests.factories import AdaFactory, BoFactory, CoraFactory, MinaFactory
from programs import actions, documents
from programs.documents import document_of
from programs.models import Program, ProgramTemplate
from programs.rules import NotKept
from programs.tests.factories import program_with

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
ADD_PROGRAM = "/desk/programs/program/add/"
LIST = "/desk/programs/programtemplate/"
TAKEN = "There is a template with the name “Ours” already. Choose another name."


def page_of(template: ProgramTemplate, verb: str = "change") -> str:
    return reverse(f"admin:programs_programtemplate_{verb}", args=[template.pk])


def saving(program: Program) -> str:
    return reverse("admin:programs_program_save_as_template", args=[program.pk])


def kept_by(person: Any, name: str = "Ours", **changes: Any) -> ProgramTemplate:
    return actions.keep_template({"purpose": "digital", **changes}, name=name, by=person, at=AT)


def uploaded(content: str, name: str = "t.yaml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode())


@pytest.fixture
def cora(client: Any) -> Any:
    cora = CoraFactory()
    client.force_login(cora)
    return cora


def test_a_program_is_saved_as_a_template_without_its_name_days_and_people(client, cora):
    program = program_with(cora, name="Winter round", charter="Ours alone.", level_gap=3)
    assert saving(program) in client.get(reverse("admin:programs_program_change", args=[program.pk])).text
    assert client.get(saving(program)).context["form"]["name"].value() == "Winter round"
    answer = client.post(saving(program), {"name": "Ours", "when_to_use": "For a first try."})
    template = ProgramTemplate.objects.get()
    assert answer["Location"] == page_of(template)
    assert (template.name, template.when_to_use, template.saved_by) == ("Ours", "For a first try.", cora)
    assert template.document == documents.judged(documents.without_occasion(document_of(program)))
    assert not {"name", "starts_on", "ends_on"} & set(template.document)
    assert "Winter round" not in str(template.document)
    assert cora.email not in str(template.document)


def test_a_double_click_keeps_one(client, cora):
    program = program_with(cora)
    for _ in range(2):
        assert client.post(saving(program), {"name": "Ours", "when_to_use": ""}).status_code == 302
    assert ProgramTemplate.objects.count() == 1


def test_another_template_of_the_same_name_is_refused_and_nothing_typed_is_lost(client, cora):
    kept_by(cora)
    answer = client.post(saving(program_with(cora)), {"name": "OURS", "when_to_use": "For a first try."})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"name": [TAKEN.replace("Ours", "OURS")]}
    assert "For a first try." in answer.text


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_take_one_name():
    people = [CoraFactory(), CoraFactory(email="other@example.org")]
    outcomes: list[str] = []

    def keep(person: Any, purpose: str) -> None:
        try:
            kept_by(person, purpose=purpose)
            outcomes.append("kept")
        except NotKept as refusal:
            outcomes.extend(refusal.messages)
        finally:
            connection.close()

    threads = [threading.Thread(target=keep, args=asked) for asked in zip(people, ["digital", "talent"], strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == sorted([TAKEN, "kept"])


def test_the_page_of_a_new_program_offers_what_was_kept_beside_what_ships(client, cora):
    kept_by(cora)
    gone = kept_by(cora, name="Gone")
    actions.archive_template(gone, by=cora, at=AT)
    other = CoraFactory(email="other@example.org", given_name="Nora")
    client.force_login(other)
    page = client.get(ADD_PROGRAM)
    assert [each.template.name for each in page.context["kept"]] == ["Ours"]
    assert set(page.context["shipped"]) >= {"innovation", "digital-skills"}
    assert f"Saved by {cora.name} on 26 November 2026" in page.text
    assert "Gone" not in page.text


def test_a_program_starts_from_a_kept_template(client, cora):
    program = program_with(cora, meeting_minutes=35)
    template = actions.keep_template(document_of(program), name="Ours", by=cora, at=AT)
    page = client.get(f"{ADD_PROGRAM}?kept={template.pk}&starts_on=2027-01-11")
    form = page.context["adminform"].form
    assert form["meeting_minutes"].value() == 35
    assert form["name"].value() is None
    assert str(form["starts_on"].value()) == "2027-01-11"
    [rows] = [each.formset for each in page.context["inline_admin_formsets"] if each.formset.prefix == "objectives"]
    assert str(rows.forms[0]["by"].value()) == "2027-04-11"


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 25, "%00", ""])
def test_a_template_that_is_not_there_starts_nothing(client, cora, number):
    assert client.get(f"{ADD_PROGRAM}?kept={number}").status_code == 404


def test_an_archived_template_starts_nothing_until_it_is_brought_back(client, cora):
    template = kept_by(cora)
    for _ in range(2):
        assert client.post(page_of(template, "archive")).status_code == 302
    assert client.get(f"{ADD_PROGRAM}?kept={template.pk}").status_code == 404
    assert "Archived" in client.get(LIST).text
    for _ in range(2):
        assert client.post(page_of(template, "restore")).status_code == 302
    assert client.get(f"{ADD_PROGRAM}?kept={template.pk}").status_code == 200


def test_a_template_does_not_come_back_under_a_name_that_was_taken_meanwhile(client, cora):
    old = kept_by(cora)
    actions.archive_template(old, by=cora, at=AT)
    kept_by(cora, purpose="talent")
    assert TAKEN in client.post(page_of(old, "restore"), follow=True).text
    old.refresh_from_db()
    assert old.archived_at is not None


# An older Upwell knew other settings


def test_a_template_with_a_setting_that_is_gone_is_refused_in_words_and_breaks_nothing(client, cora):
    template = kept_by(cora)
    ProgramTemplate.objects.update(document={"rules": {"star_signs": True}})
    page = client.get(ADD_PROGRAM)
    assert page.status_code == 200
    assert "This one cannot be used as it is. rules: “star_signs” is not known here." in page.text
    assert f'name="kept" value="{template.pk}"' not in page.text
    assert client.get(f"{ADD_PROGRAM}?kept={template.pk}").status_code == 404
    own = client.get(page_of(template))
    assert "“star_signs” is not known here." in own.text
    assert "Start a program from it" not in own.text
    assert "star_signs: true" in client.get(page_of(template, "export")).text


def test_a_template_that_knows_less_than_we_do_leaves_the_rest_to_the_form(client, cora):
    template = kept_by(cora, guidelines={"meeting_minutes": 35})
    form = client.get(f"{ADD_PROGRAM}?kept={template.pk}").context["adminform"].form
    assert (form["meeting_minutes"].value(), form["term_weeks"].value()) == (35, 26)


# Files


def test_a_template_is_downloaded_and_read_again_as_it_was(client, cora):
    template = actions.keep_template(
        document_of(program_with(cora)), name="Ours", when_to_use="For a first: try.", by=cora, at=AT
    )
    file = client.get(page_of(template, "export"))
    assert file["Content-Disposition"] == 'attachment; filename="ours.yaml"'
    actions.archive_template(template, by=cora, at=AT)
    answer = client.post(f"{LIST}add/", {"file": uploaded(file.content.decode()), "_save": "1"})
    assert answer.status_code == 302
    again = ProgramTemplate.objects.on_offer().get()
    assert (again.name, again.when_to_use, again.document) == ("Ours", "For a first: try.", template.document)


def test_what_is_typed_beside_a_file_goes_before_what_the_file_says(client, cora):
    sent = {"file": uploaded("name: A\nwhen_to_use: B\npurpose: talent"), "name": "C", "when_to_use": "D"}
    assert client.post(f"{LIST}add/", sent).status_code == 302
    assert ProgramTemplate.objects.values_list("name", "when_to_use", "document").get() == (
        "C", "D", {"purpose": "talent"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "typed", "errors"),
    [
        (None, {}, {"file": ["Choose a file first."]}),
        ("purpose: x", {}, None),
        ("purpose: talent", {}, {"name": ["The file says no name. Write one."]}),
        ("name: Ours", {}, {"name": [TAKEN]}),
        ("purpose: talent", {"name": "ours"}, {"name": [TAKEN.replace("Ours", "ours")]}),
    ],
)
def test_a_file_that_cannot_be_kept_is_refused_and_nothing_typed_is_lost(client, cora, content, typed, errors):
    kept_by(cora)
    sent = {"when_to_use": "For a first try.", **typed}
    if content is not None:
        sent["file"] = uploaded(content)
    answer = client.post(f"{LIST}add/", sent)
    assert answer.status_code == 422
    found = answer.context["adminform"].form.errors
    assert found == errors if errors else found["file"][0].startswith("purpose: Write one of these:")
    assert "For a first try." in answer.text
    assert ProgramTemplate.objects.count() == 1


# Two coordinators at one template


def test_whoever_saves_second_hears_who_saved_first_and_loses_nothing(client, cora):
    template = kept_by(cora)
    other = CoraFactory(email="other@example.org", given_name="Nora")
    mark = client.get(page_of(template)).context["adminform"].form["mark"].value()
    actions.change_template(template, name="Theirs", when_to_use="Soon.", version=mark, by=other)
    answer = client.post(page_of(template), {"name": "Mine", "when_to_use": "Now.", "mark": mark})
    assert answer.status_code == 422
    assert (
        f"{other.name} has saved this template since you opened it. It is called “Theirs” now and says “Soon.”. "
        "Nothing of theirs was overwritten. Save again to keep what you wrote." in answer.text
    )
    form = answer.context["adminform"].form
    assert (form["name"].value(), form["when_to_use"].value()) == ("Mine", "Now.")
    again = {"name": "Mine", "when_to_use": "Now.", "mark": form["mark"].value()}
    for _ in range(2):
        assert client.post(page_of(template), again).status_code == 302
    template.refresh_from_db()
    assert (template.name, template.version) == ("Mine", 3)


# Who


@pytest.mark.parametrize("factory", [AdaFactory, BoFactory, MinaFactory])
def test_templates_are_for_coordinators(client, factory):
    template = kept_by(CoraFactory())
    client.force_login(factory())
    assert client.get(page_of(template)).status_code == 404
    assert client.get(LIST).status_code == 404
    assert client.get(page_of(template, "export")).status_code == 404
    assert client.post(page_of(template, "archive")).status_code == 404
    template.refresh_from_db()
    assert template.archived_at is None


def test_a_program_of_somebody_else_is_not_saved_as_a_template(client, cora):
    program = program_with(CoraFactory(email="other@example.org"))
    assert client.get(saving(program)).status_code == 404
    assert client.post(saving(program), {"name": "Taken"}).status_code == 404
    with pytest.raises(NotKept):
        kept_by(MinaFactory())
    assert not ProgramTemplate.objects.exists()


# Cost


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_template_and_three(client, cora, count, django_assert_num_queries):
    for number in range(count):
        kept_by(cora, name=f"Template {number}")
    client.get(LIST)
    with django_assert_num_queries(4):
        assert client.get(LIST).context["cl"].result_count == count


def test_the_page_of_a_new_program_costs_the_same_with_one_template_and_three(
    client, cora, django_assert_max_num_queries
):
    kept_by(cora)
    client.get(ADD_PROGRAM)
    with django_assert_max_num_queries(30) as one:
        client.get(ADD_PROGRAM)
    kept_by(cora, name="Second"), kept_by(cora, name="Third")
    with django_assert_max_num_queries(30) as three:
        client.get(ADD_PROGRAM)
    assert len(one) == len(three)


def test_the_shipped_files_are_read_once_and_cannot_be_changed_by_who_asks(monkeypatch, tmp_path):
    documents.shipped()["innovation"]["name"] = "Spoiled"
    monkeypatch.setattr(documents, "SHIPPED", tmp_path)
    assert documents.shipped()["innovation"]["name"] == "Innovation"
