"""A configuration as a file: what is refused and where, and that nothing written by a stranger breaks the reading."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure.tests.proofs import LONG
from people.models import Level
from people.tests.factories import CoraFactory, PersonFactory, SkillFactory
from programs import documents
from programs.choices import Side
from programs.documents import DocumentRefused
from programs.models import Program
from programs.tests.factories import ProgramFactory, TopicFactory, ladder, program_with
from programs.training import pieces_for

ADD = "/desk/programs/program/add/"
IMPORT = "/desk/programs/program/import/"
SHIPPED = ["digital-skills", "diversity-and-inclusion", "early-career-retention", "innovation"]


FOR_MENTORS = ", ".join(piece.name for piece in pieces_for(Side.MENTOR))


def refusal(content: str | bytes) -> list[str]:
    with pytest.raises(DocumentRefused) as refused:
        documents.read(content.encode() if isinstance(content, str) else content)
    return list(refused.value.messages)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a" * 65537, "This file is larger than 64 kB. A program’s configuration is far smaller."),
        (b"name: \xff", "This file is not text in UTF-8."),
        ("a: &x [1]\nb: 2", "line 1: Anchors (&) and aliases (*) are not read here. Write the text out."),
        ("a: 1\nb: *x", "line 2: Anchors (&) and aliases (*) are not read here. Write the text out."),
        ("a: !!python/name:os.system x", "line 1: Tags (!) are not read here. Leave it out."),
        ("[" * 9, "line 1: This is nested too deeply."),
        ("[" * 60000, "line 1: This is nested too deeply."),
        ("name: a\nname: b", "line 2: “name” stands here twice."),
        ("[a]: b", "line 1: Only a word can stand before a colon."),
        ("<<: {name: a}", "line 1: Only a word can stand before a colon."),
        ("name: [", "line 1: This is not YAML that we can read."),
        ("name: a\n---\nname: b", "line 2: This is not YAML that we can read."),
        ("starts_on: 2026-13-45", "This is not YAML that we can read."),
        ("name: " + "9" * 6000, "This is not YAML that we can read."),
        ("", "Write lines of the form “key: value” here."),
        ("- a", "Write lines of the form “key: value” here."),
        ("rules: 3", "rules: Write lines of the form “key: value” here."),
        ("name: 3", "name: Write a text here."),
        ("name: ' '", "name: This is empty. Write something, or leave the line out."),
        ('name: "\\0"', "name: This text holds a character that cannot be kept."),
        ('name: "\\ud800"', "name: This text holds a character that cannot be kept."),
        ("name: " + "a" * 121, "name: This is 121 characters long. Take out 1 or more."),
        ("starts_on: soon", "starts_on: Write the date as year-month-day: 2027-03-12."),
        ("starts_on: 2027-03-12 10:00:00", "starts_on: Write the date as year-month-day: 2027-03-12."),
        ("rules: {level_gap: true}", "rules, level_gap: Write a whole number."),
        ("rules: {level_gap: 0}", "rules, level_gap: Write a number from 1 to 20."),
        ("rules: {different_function: 1}", "rules, different_function: Write true or false."),
        ("guidelines: {topics: a}", "guidelines, topics: Write a list here."),
        ("guidelines: {topics: [a, 1]}", "guidelines, topics, entry 2: Write a text here."),
        ("reminders: {end_prompt_days: [1, 2, 3, 4, 5, 6]}",
         "reminders, end_prompt_days: These are 6 entries. Keep at most 5."),
        ("objectives: [{measure: goals_met, target: 101, after_days: 1}]",
         "objectives, entry 1, target: A percentage is at most 100."),
        ("objectives: [{measure: pairs_formed, target: .nan, after_days: 1}]",
         "objectives, entry 1, target: Write a number."),
        ("objectives: [{measure: pairs_formed, target: 0, after_days: 1}]",
         "objectives, entry 1, target: Write a number above 0 and below 1,000,000."),
        ("objectives: [{measure: pairs_formed, target: 1.25, after_days: 1}]",
         "objectives, entry 1, target: Write at most one digit after the point."),
        ("objectives: [{measure: pairs_formed, after_days: 1}]", "objectives, entry 1: “target” is missing."),
        ("objectives: [{measure: pairs_formed, target: 1}]",
         "objectives, entry 1: Write either after_days or after_weeks."),
        ("objectives:\n" + 2 * "- {measure: pairs_formed, target: 1, after_days: 1}\n",
         "objectives, entry 2, measure: This measure stands here twice."),
        ("wording: {mentor_word: 'a<b'}",
         "wording, mentor_word: Write letters, with single blanks or hyphens between."),
        ("training: {mentors: [x]}", f"training, mentors, entry 1: Write one of these: {FOR_MENTORS}."),
        ("training: {mentees: [a, b, c, d, e]}", "training, mentees: These are 5 entries. Keep at most 4."),
        ("training: {line managers: []}",
         "training: “line managers” is not known here. Known are: mentors, mentees."),
    ],
)  # fmt: skip
def test_a_refusal_says_where_and_what(content, sentence):
    assert refusal(content) == [sentence]


def test_words_that_are_not_known_are_told_with_those_that_are():
    assert refusal("stage: running")[0].startswith("“stage” is not known here. Known are: name, purpose,")
    assert refusal("purpose: x")[0].startswith("purpose: Write one of these: digital,")


def test_every_refusal_is_told_at_once():
    assert len(refusal("name: 3\ncharter: 4")) == 2


def survives(content: bytes) -> None:
    sentences: list[str] = []
    try:
        documents.read(content)
    except DocumentRefused as refused:
        sentences = list(refused.messages)
        refused_at_all = True
    else:
        refused_at_all = False
    assert bool(sentences) == refused_at_all
    assert all(sentence and "\x00" not in sentence for sentence in sentences)


@settings(max_examples=300 if LONG else 60, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda said: said.encode("utf-8", "ignore"))))
def test_nothing_a_stranger_sends_breaks_the_reading(content):
    survives(content)


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200 if LONG else 50, deadline=None)
@given(st.sampled_from(SHIPPED), st.data())
def test_no_odd_value_in_a_good_document_breaks_the_reading(name, draws):
    document: Any = yaml.safe_load((documents.SHIPPED / f"{name}.yaml").read_text())
    place: Any = document
    while True:
        key = draws.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or draws.draw(st.booleans()):
            place[key] = draws.draw(ODD)
            break
        place = place[key]
    survives(yaml.safe_dump(document).encode())


@settings(max_examples=200 if LONG else 50, deadline=None)
@given(
    st.sampled_from(SHIPPED),
    st.integers(0, 2000),
    st.integers(0, 3),
    st.text("&*!<>[]{}:#-|\"'%@`\n\t 0a\x00", max_size=6),
)
def test_no_damage_to_a_good_file_breaks_the_reading(name, at, gone, put):
    written = (documents.SHIPPED / f"{name}.yaml").read_text()
    survives(f"{written[:at]}{put}{written[at + gone :]}".encode())


def test_these_templates_ship():
    assert sorted(documents.shipped()) == SHIPPED


# On the desk


@pytest.fixture
def cora(client: Client, db: None) -> Any:
    cora = CoraFactory()
    client.force_login(cora)
    ladder()
    return cora


def first_shown(answer: Any) -> dict[str, Any]:
    """What a browser would send from the form as it is shown."""
    sent: dict[str, Any] = {"_save": "1"}
    formsets = [inline.formset for inline in answer.context["inline_admin_formsets"]]
    forms = [answer.context["adminform"].form]
    for formset in formsets:
        forms += [formset.management_form, *formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is None or value is False:
                continue
            sent[bound.html_name] = bound.field.prepare_value(value)
    return sent


def uploaded(content: str) -> dict[str, Any]:
    return {"configuration": SimpleUploadedFile("../../etc/passwd", content.encode())}


@pytest.mark.parametrize("template", SHIPPED)
def test_a_shipped_template_needs_only_a_name_levels_and_dates(client, cora, template):
    shown = client.get(f"{ADD}?template={template}&starts_on=2027-01-04")
    assert shown.status_code == 200
    assert Program.objects.count() == 0
    sent = first_shown(shown)
    assert "name" not in sent
    levels = {level.rank: level.pk for level in Level.objects.all()}
    sent |= {
        "name": "New", "ends_on": "2028-01-04", "mentor_highest_level": levels[2], "mentee_lowest_level": levels[6],
    }  # fmt: skip
    saved = client.post(ADD, sent)
    assert saved.status_code == 302, saved.context["errors"]
    program = Program.objects.get()
    document = documents.shipped()[template]
    assert program.charter.replace("\r\n", "\n") == document["charter"]
    assert program.objectives.count() == len(document["objectives"])
    assert program.required_of_mentees == document["training"]["mentees"]
    assert program.term_weeks == document["guidelines"]["term_weeks"]


def test_days_of_objectives_are_counted_from_the_start(client, cora):
    rows = client.get(f"{ADD}?template=innovation&starts_on=2027-01-04").context["inline_admin_formsets"][0]
    assert [form["by"].value() for form in rows.formset.forms] == [
        date(2027, 2, 1),
        date(2027, 5, 24),
        date(2027, 5, 24),
    ]


@pytest.mark.parametrize(
    "query", ["template=nothing", "template=", "template=../innovation", "copy=x", "copy=%00", "copy=999999999"]
)
def test_what_is_not_there_cannot_be_started_from(client, cora, query):
    assert client.get(f"{ADD}?{query}").status_code == 404


@pytest.mark.parametrize("day", ["", "soon", "9999-12-31"])
def test_an_odd_first_day_breaks_nothing(client, cora, day):
    assert client.get(f"{ADD}?template=innovation&starts_on={day}").status_code == 200


def test_topics_that_are_not_in_the_list_are_offered_to_join_it(client, cora):
    known = SkillFactory(name="sustainability")
    form = client.get(f"{ADD}?template=innovation").context["adminform"].form
    assert form["topics"].value() == [known.pk]
    assert form["new_topics"].value().splitlines() == [
        "Product ideas", "Artificial intelligence", "Customer experience", "Ways of working",
    ]  # fmt: skip


def test_an_exported_program_comes_back_as_it_was(client, cora):
    program = program_with(
        cora, name="Zwei Wege: 1/2 “so”", out_of_bounds="a\r\n\x0bb", charter="- *no* [tags]: !x",
        required_of_mentors=["confidentiality"],
    )  # fmt: skip
    file = client.get(reverse("admin:programs_program_export", args=[program.pk]))
    assert file["Content-Disposition"] == 'attachment; filename="zwei-wege-12-so.yaml"'
    assert file["Content-Type"] == "application/yaml; charset=utf-8"
    assert cora.family_name not in file.text
    assert "stage" not in file.text
    answer = client.post(IMPORT, uploaded(file.text))
    assert answer.status_code == 200
    assert Program.objects.count() == 1
    assert answer.context["left_out"] == []
    page = client.get(reverse("admin:programs_program_change", args=[program.pk]))
    kept, read = page.context["adminform"].form, answer.context["adminform"].form
    for name in set(kept.fields) - {"mark", "never_in_line"}:
        was, now = kept[name].value(), read[name].value()
        assert (was.replace("\r\n", "\n") if isinstance(was, str) else was) == now, name
    rows = answer.context["inline_admin_formsets"][0].formset.forms
    assert [(row["measure"].value(), row["target"].value(), row["by"].value()) for row in rows] == [
        (each.measure, each.target, each.by) for each in program.objectives.all()
    ]
    assert f'action="{ADD}"' in answer.text


def test_a_file_from_another_company_tells_which_levels_are_not_here(client, cora):
    answer = client.post(IMPORT, uploaded("rules: {mentor_highest_level: Guru}\nname: <b>x</b>"))
    assert answer.context["left_out"] == ["Not in your list of levels: Guru."]
    assert "<b>x</b>" not in answer.text


@pytest.mark.parametrize("sent", [{}, uploaded("name: 3"), uploaded("")])
def test_a_refused_file_is_told_and_leaves_an_empty_form(client, cora, sent):
    answer = client.post(IMPORT, sent)
    assert answer.status_code == 422
    assert answer.context["file_refused"]
    assert "Nothing was taken over." in answer.text


def test_a_copy_has_everything_but_name_and_days(client, cora):
    program = program_with(cora)
    form = client.get(f"{ADD}?copy={program.pk}").context["adminform"].form
    assert form["mentor_highest_level"].value() == program.mentor_highest_level_id
    assert form["topics"].value() == list(program.topics.values_list("skill", flat=True))
    assert [form[name].value() for name in ("name", "starts_on", "ends_on")] == [None, None, None]
    assert f"?copy={program.pk}" in client.get(reverse("admin:programs_program_change", args=[program.pk])).text


def test_a_program_of_somebody_else_is_neither_copied_nor_exported(client, cora):
    program = program_with(PersonFactory())
    assert client.get(f"{ADD}?copy={program.pk}").status_code == 404
    assert client.get(reverse("admin:programs_program_export", args=[program.pk])).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("topics", [1, 3])
def test_an_export_asks_the_database_as_often_for_three_topics_as_for_one(topics, django_assert_num_queries):
    TopicFactory.create_batch(topics, program=ProgramFactory())
    program = Program.objects.select_related("mentor_highest_level", "mentee_lowest_level").get()
    with django_assert_num_queries(5):
        document = documents.document_of(program)
    assert len(document["guidelines"]["topics"]) == topics
