"""A program's own questions at the desk: what is refused and where, and how they travel with a configuration."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from people.tests.factories import CoraFactory, PersonFactory, SiaFactory
from programs import documents
from programs.choices import AnswerKind, AskedOf
from programs.models import Program, ProgramQuestion
from programs.tests.factories import QuestionFactory, program_with
from programs.tests.test_admin import ADD, errors_of, page_of, retyped, typed
from programs.tests.test_documents import IMPORT, refusal, uploaded

pytestmark = pytest.mark.django_db

CHOICE = {"kind": "choice", "options": "Early shift\r\n\r\n  Late   shift "}
SCALE = {"kind": "scale", "lowest": "Never", "highest": "Every day"}


@pytest.fixture
def cora(client) -> Any:
    """Signed in; beside her there is Sia, whom ``typed`` names."""
    cora = CoraFactory()
    SiaFactory()
    client.force_login(cora)
    return cora


def asking(*rows: dict[str, str]) -> dict[str, str]:
    """Rows of new questions as a browser sends them."""
    plain = {"words": "Which shift?", "kind": "text", "asked_of": "both", "position": "1"}
    sent = {f"questions-{n}-{name}": said for n, row in enumerate(rows) for name, said in {**plain, **row}.items()}
    return {"questions-TOTAL_FORMS": str(len(rows)), "questions-INITIAL_FORMS": "0", **sent}


def test_a_coordinator_adds_questions_of_each_kind(client, cora):
    three = asking(
        {"words": "Why now?", "required": "on", "position": "3"},
        {**CHOICE, "asked_of": "mentor"},
        {**SCALE, "words": "How often?", "asked_of": "mentee", "position": "2"},
    )
    assert client.post(ADD, typed(**three)).status_code == 302
    asked = [
        (each.words, each.kind, each.options, each.lowest, each.asked_of, each.required)
        for each in Program.objects.get().questions.all()
    ]
    assert asked == [
        ("Which shift?", "choice", ["Early shift", "Late shift"], "", "mentor", False),
        ("How often?", "scale", [], "Never", "mentee", False),
        ("Why now?", "text", [], "", "both", True),
    ]


def test_an_empty_row_is_no_question(client, cora):
    assert client.post(ADD, typed(**asking({"words": ""}))).status_code == 302
    assert not ProgramQuestion.objects.exists()


ONE_OF = "Only “One of several” has choices. Take them out, or let people answer by one of them."


REFUSED: list[tuple[dict[str, str], dict[str, list[str]]]] = [
    ({"kind": "choice"}, {"options": ["Write two choices or more, each in a line of its own."]}),
    (
        {"kind": "choice", "options": "Early\n\nearly "},
        {"options": ["“early” stands here twice."]},
    ),
    (
        {"kind": "choice", "options": "\n".join("abcdefghijk")},
        {"options": ["These are 11 choices. Keep at most 10."]},
    ),
    (
        {"kind": "choice", "options": f"a\n{'b' * 81}"},
        {"options": [f"“{'b' * 20}…” is 81 characters long. Keep each choice to 80."]},
    ),
    ({"options": "a\nb"}, {"options": [ONE_OF]}),
    ({**SCALE, "highest": ""}, {"highest": ["Say what this end of the scale means."]}),
    ({"lowest": "Never"}, {"lowest": ["Only a scale has ends. Take this out."]}),
    ({**CHOICE, "words": ""}, {"words": ["Please answer this."]}),
    ({"words": "a" * 161}, {"words": ["This is 161 characters long. Take out 1 or more."]}),
    ({"position": "0"}, {"position": ["This must be 1 or more."]}),
]


def test_each_refusal_stands_at_its_field_and_loses_nothing(client, cora):
    for some in (REFUSED[:5], REFUSED[5:]):  # a program asks eight at most
        answer = client.post(ADD, typed(**asking(*(row for row, _ in some))))
        assert errors_of(answer) == {
            f"questions-{place}-{name}": said for place, (_, errors) in enumerate(some) for name, said in errors.items()
        }
        assert "Two-Way 2026" in answer.text
    assert not Program.objects.exists()


def test_eight_are_enough_and_those_no_longer_asked_are_not_counted(client, cora):
    too_many = typed(**asking(*({"words": f"Question {n}?"} for n in range(9))))
    assert errors_of(client.post(ADD, too_many))["questions"] == [
        "These are 9 questions. Ask at most 8: each one more keeps somebody from volunteering."
    ]
    assert "questions" in errors_of(client.post(ADD, {**too_many, "questions-8-retired": "on"})), "it is a new one"
    assert client.post(ADD, {**too_many, "questions-8-words": ""}).status_code == 302
    program = Program.objects.get()
    ninth = {**retyped(client, program), "questions-8-words": "Question 8?"}
    assert client.post(page_of(program), {**ninth, "questions-0-retired": "on"}).status_code == 302
    assert ProgramQuestion.objects.asked().count() == 8
    page = client.get(page_of(program)).context["inline_admin_formsets"][1].formset
    assert [form["retired"].is_hidden for form in page.forms] == [False] * 9 + [True] * (len(page.forms) - 9)
    assert len(page.forms) > 9


def test_a_question_nobody_has_answered_can_be_changed_and_removed(client, cora):
    program = program_with(cora)
    first, second = QuestionFactory(program=program), QuestionFactory(program=program)
    sent = retyped(client, program, **{"questions-0-words": "Why here?", "questions-1-DELETE": "on"})
    assert client.post(page_of(program), sent).status_code == 302
    first.refresh_from_db()
    assert first.words == "Why here?"
    assert not ProgramQuestion.objects.filter(pk=second.pk).exists()


def test_of_two_coordinators_the_second_hears_that_questions_were_changed(client, cora):
    program = program_with(cora)
    sent = retyped(client, program)
    QuestionFactory(program=program)
    [sentence] = errors_of(client.post(page_of(program), sent))["__all__"]
    assert "Changed meanwhile: Questions of the program." in sentence


def test_a_coordinator_of_another_program_does_not_reach_them(client):
    program = program_with(PersonFactory())
    question = QuestionFactory(program=program)
    client.force_login(CoraFactory())
    assert client.get(page_of(program)).status_code == 404
    assert client.post(page_of(program), typed(**asking({"words": "Mine?"}))).status_code == 404
    assert list(ProgramQuestion.objects.all()) == [question]


@pytest.mark.parametrize(
    "broken",
    [
        {"words": ""},
        {"kind": AnswerKind.CHOICE, "options": ["one"]},
        {"options": ["one", "two"]},
        {"kind": AnswerKind.SCALE, "lowest": "Never"},
        {"lowest": "Never"},
        {"kind": "essay"},
        {"asked_of": "all"},
    ],
)
def test_the_database_keeps_no_question_that_cannot_be_asked(broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionFactory(**broken)


# In a configuration


def of_each_kind(program: Program) -> None:
    QuestionFactory(program=program, words="Gone?", retired=True)
    QuestionFactory(program=program, words="Wie: “genau”?", help="- so", required=True, position=3)
    QuestionFactory(program=program, words="How often?", kind=AnswerKind.SCALE, lowest="Never", highest="Daily")
    QuestionFactory(
        program=program, words="Which?", kind=AnswerKind.CHOICE, options=["yes", "3"], asked_of=AskedOf.MENTORS,
        position=2,
    )  # fmt: skip


def test_questions_come_back_from_a_file_as_they_were(client, cora):
    program = program_with(cora)
    of_each_kind(program)
    file = client.get(reverse("admin:programs_program_export", args=[program.pk]))
    assert "Gone?" not in file.text
    answer = client.post(IMPORT, uploaded(file.text))
    rows = {inline.formset.prefix: inline.formset.forms for inline in answer.context["inline_admin_formsets"]}
    names = ("words", "help", "kind", "asked_of", "options", "lowest", "highest", "required")
    read = [tuple(row[name].value() or "" for name in names) for row in rows["questions"]]
    assert read == [
        ("How often?", "", "scale", "both", "", "Never", "Daily", ""),
        ("Which?", "", "choice", "mentor", "yes\n3", "", "", ""),
        ("Wie: “genau”?", "- so", "text", "both", "", "", "", True),
    ]


def test_a_template_a_copy_and_the_program_grown_from_a_pilot_carry_them(client, cora):
    program = program_with(cora, stage="running", is_pilot=True)
    of_each_kind(program)
    document = documents.without_occasion(documents.document_of(program))
    assert documents.judged(document) == document
    for query in (f"copy={program.pk}", f"grow={program.pk}"):
        inlines = client.get(f"{ADD}?{query}").context["inline_admin_formsets"]
        asked = next(inline.formset for inline in inlines if inline.formset.prefix == "questions")
        assert [row["words"].value() for row in asked.forms] == ["How often?", "Which?", "Wie: “genau”?"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("questions: [{}]", "questions, entry 1: “words” is missing."),
        ("questions: [{words: a, kind: essay}]", "questions, entry 1, kind: Write one of these: text, choice, scale."),
        (
            "questions: [{words: a, kind: choice, options: [b]}]",
            "questions, entry 1, options: Write two choices or more, each in a line of its own.",
        ),
        (
            "questions: [{words: a, kind: scale, lowest: b}]",
            "questions, entry 1, highest: Say what this end of the scale means.",
        ),
        (f"questions: [{', '.join(['{words: a}'] * 9)}]", "questions: These are 9 entries. Keep at most 8."),
    ],
)
def test_a_file_is_judged_as_the_form_is(content, sentence):
    assert refusal(content) == [sentence]


def test_a_new_question_comes_last_unless_told_otherwise(client, cora):
    program = program_with(cora)
    QuestionFactory(program=program, position=4)
    page = retyped(client, program)
    assert page["questions-1-position"] == 5
    assert client.post(page_of(program), {**page, "questions-1-position": "9"}).status_code == 302
    assert ProgramQuestion.objects.count() == 1
