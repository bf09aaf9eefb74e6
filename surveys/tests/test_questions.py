"""Who is asked what, what fits, and what is wrong with a set of questions: judged without a database."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure.tests.proofs import LONG
from programs.choices import AskedOf, Side
from surveys import questions as judgement
from surveys import rules
from surveys.choices import WITH_OPTIONS, QuestionKind
from surveys.forms import Sheets, form_of, names_of
from surveys.languages import Spoken
from surveys.models import Question, Survey

K = QuestionKind


def asks(*said: dict[str, Any]) -> list[Question]:
    """Questions as they would be stored, with keys of their own."""
    made = []
    for number, each in enumerate(said, start=1):
        made.append(Question(**{"pk": 100 + number, "position": number, "kind": K.SCALE, "words": "So?", **each}))
    return made


CHOICE = {"kind": K.CHOICE, "options": ["Yes", "No"]}


def numbers(questions: list[Question]) -> list[int]:
    return [question.position for question in questions]


# Conditions, sides and pages


def test_a_question_is_asked_only_if_an_earlier_answer_leads_to_it():
    questions = asks(
        CHOICE,
        {"only_if": 1, "only_if_answers": ["Yes"]},
        {"kind": K.SHORT, "only_if": 2, "only_if_answers": ["1", "2"]},
        {"only_if": 1, "only_if_answers": ["No"], "asked_of": AskedOf.MENTEES},
    )

    def asked(values: judgement.Values, side: Side = Side.MENTEE) -> list[int]:
        return numbers(judgement.asked(questions, values, side=side))

    assert asked({}) == [1]
    assert asked({101: "Yes"}) == [1, 2]
    assert asked({101: "Yes", 102: 2}) == [1, 2, 3]
    assert asked({101: "Yes", 102: 3}) == [1, 2]
    assert asked({101: "No"}) == [1, 4]
    assert asked({101: "No"}, Side.MENTOR) == [1]
    assert asked({101: "No", 102: 2}) == [1, 4], "what is not asked decides nothing"
    assert judgement.kept(questions, {101: "No", 102: 2, 104: 5}, side=Side.MENTEE) == {101: "No", 104: 5}


def test_no_page_holds_a_question_with_the_one_that_decides_about_it():
    questions = asks(
        CHOICE,
        {"asked_of": AskedOf.MENTORS, "begins_page": True},
        {"only_if": 1, "only_if_answers": ["Yes"]},
        {},
        {"only_if": 3, "only_if_answers": ["5"]},
    )
    assert [numbers(page) for page in judgement.pages(questions, Side.MENTOR)] == [[1], [2, 3, 4], [5]]
    assert [numbers(page) for page in judgement.pages(questions, Side.MENTEE)] == [[1], [3, 4], [5]]


def test_pages_that_nobody_comes_to_are_passed_over_both_ways():
    questions = asks(CHOICE, {"only_if": 1, "only_if_answers": ["Yes"]}, {"begins_page": True})
    sheets = Sheets(questions, Side.MENTOR, Spoken(Survey()), QueryDict("q101=No"))
    assert (sheets.first, sheets.after(0), sheets.before(2), sheets.place(2)) == (0, 2, 0, 2)
    assert sheets.still_to_come(0) == (1, 2)
    assert sheets.still_to_come(2) == (0, 0)


def test_numbers_run_through_what_is_asked_and_what_is_needed_says_so():
    questions = asks(
        {**CHOICE, "required": True},
        {"only_if": 1, "only_if_answers": ["Yes"]},
        {"begins_page": True, "words": "Last?"},
    )
    sheets = Sheets(questions, Side.MENTOR, Spoken(Survey()), QueryDict("q101=No"))
    assert [field.label for field in sheets.form(0, judged=False)] == ["1. So? (please answer)"]
    assert [field.label for field in sheets.form(2, judged=False)] == ["2. Last?"]


# What fits


@pytest.mark.parametrize(
    ("question", "fit", "unfit"),
    [
        ({"kind": K.SCALE}, [1, 5], [0, 6, "3", True, None, 2.0]),
        ({"kind": K.TEN}, [0, 10], [-1, 11, "9"]),
        (CHOICE, ["Yes"], ["Maybe", "", ["Yes"]]),
        (CHOICE | {"kind": K.SEVERAL}, [["Yes"], ["Yes", "No"]], [[], ["No", "Yes"], ["Yes", "Yes"], "Yes", ["Tea"]]),
        (CHOICE | {"kind": K.RANKING}, [["No", "Yes"]], [["No"], ["No", "No"], [], "No"]),
        (CHOICE | {"kind": K.MATRIX}, [{"Yes": 1}], [{}, {"Yes": 6}, {"Tea": 1}, {"Yes": "1"}, ["Yes"]]),
        (CHOICE | {"kind": K.MATRIX, "required": True}, [{"Yes": 1, "No": 2}], [{"Yes": 1}]),
        ({"kind": K.SHORT}, ["Tea", "x" * 120], ["", "x" * 121, "a\nb", 3]),
        ({"kind": K.COMMENT}, ["a\nb", "x" * 1000], ["", "x" * 1001, "a\x00b"]),
    ],
)
def test_only_what_can_be_chosen_fits(question, fit, unfit):
    [asked] = asks(question)
    assert [judgement.fits(asked, value) for value in fit] == [True] * len(fit)
    assert [judgement.fits(asked, value) for value in unfit] == [False] * len(unfit)


def test_what_is_not_asked_or_missing_is_refused():
    questions = asks(CHOICE, {"only_if": 1, "only_if_answers": ["Yes"], "required": True}, {"required": True})
    refused: list[tuple[judgement.Values, type[Exception]]] = [
        ({101: "No", 102: 3, 103: 1}, rules.DoesNotFit),
        ({101: "Yes", 103: 1}, rules.NotAnswered),
        ({101: "No"}, rules.NotAnswered),
        ({999: 1}, rules.DoesNotFit),
        ({}, rules.NothingAnswered),
    ]
    for values, refusal in refused:
        with pytest.raises(refusal):
            rules.insist_answers_fit(questions, values, side=Side.MENTOR)
    rules.insist_answers_fit(questions, {101: "No", 103: 1}, side=Side.MENTOR)


# What is wrong


@pytest.mark.parametrize(
    ("said", "column", "sentence"),
    [
        ([{**CHOICE, "options": ["Yes"]}], "options", "at least two options"),
        ([{"kind": K.MATRIX}], "options", "at least two statements"),
        ([{**CHOICE, "options": ["Tea", " tea"]}], "options", "“ tea” stands there twice."),
        ([{"kind": K.RANKING, "options": list("abcdefgh")}], "options", "Nobody reads more than 7 of them well."),
        ([{"options": ["Yes", "No"]}], "options", "Take the options out."),
        ([{**CHOICE, "options": ["Yes", "no answer "]}], "options", "Name the option differently."),
        ([{"kind": K.RANKING, "options": ["Yes", "No answer"]}], "options", "Name the option differently."),
        ([{"lowest": "Cold, or no answer", "highest": "Hot"}], "lowest", "Results add “, or no answer” themselves"),
        ([{"lowest": "Cold"}], "highest", "both ends"),
        ([{"highest": "Hot"}], "lowest", "both ends"),
        ([{"lowest": "Hot", "highest": "hot"}], "highest", "Both ends mean the same."),
        ([{**CHOICE, "lowest": "Cold", "highest": "Hot"}], "lowest", "Only a scale has ends."),
        ([{"measure": "worth_the_time", "lowest": "Cold", "highest": "Hot"}], "measure", "Only a scale from"),
        ([{"measure": "worth_the_time", "asked_of": "mentor"}], "measure", "put to everybody"),
        ([{"measure": "worth_the_time"}, {"measure": "worth_the_time"}], "measure", "counts for this objective"),
        ([{}, {"position": 1}], "position", "Another question has this number."),
        ([{"only_if": 1, "only_if_answers": ["5"]}], "only_if", "cannot depend on itself"),
        ([{"only_if": 2, "only_if_answers": ["5"]}, {}], "only_if", "There is no question 2 before this one"),
        ([{"kind": K.SHORT}, {"only_if": 1, "only_if_answers": ["5"]}], "only_if", "cannot decide it"),
        ([{"asked_of": "mentor"}, {"asked_of": "mentee", "only_if": 1}], "only_if", "mentors alone"),
        ([CHOICE, {"only_if": 1}], "only_if_answers", "Say which answers to question 1"),
        ([CHOICE, {"only_if": 1, "only_if_answers": ["Perhaps"]}], "only_if_answers", "“Perhaps” is no answer"),
        ([CHOICE, {"only_if_answers": ["Yes"]}], "only_if", "Say which question"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_said_at_its_column(said, column, sentence):
    [(question, where, told)] = judgement.reasons_against(asks(*said))
    assert where == column
    assert sentence in told
    assert question.position


@pytest.mark.parametrize(
    ("said", "column", "sentence"),
    [
        ({"asked_of": "mentee"}, "asked_of", "The survey is put to mentors alone, so nobody would come"),
        ({"measure": "worth_the_time"}, "measure", "this survey is put to mentors alone"),
    ],
)
def test_a_question_that_does_not_fit_whom_the_survey_is_put_to_is_told_at_its_column(said, column, sentence):
    [(_, where, told)] = judgement.reasons_against(asks(said, {"asked_of": "mentor"}), of_side=AskedOf.MENTORS)
    assert where == column
    assert sentence in told


def test_good_questions_are_not_complained_of():
    fine = asks({}, CHOICE, {"only_if": 2, "only_if_answers": ["Yes", "No"], "lowest": "Cold", "highest": "Hot"})
    assert list(judgement.reasons_against(fine)) == []


# Anything may be posted

WORDS = st.sampled_from(
    ["", "1", "5", "10", "0", "-1", "Yes", "No", "Tea", "9" * 30, "a\x00b", "a\nb", "é", "x" * 1001]
)


@st.composite
def surveys(draw: Any) -> list[Question]:
    made: list[dict[str, Any]] = []
    for position in range(1, draw(st.integers(1, 6)) + 1):
        kind = draw(st.sampled_from(list(K)))
        said: dict[str, Any] = {
            "kind": kind, "required": draw(st.booleans()), "begins_page": draw(st.booleans()),
            "asked_of": draw(st.sampled_from(AskedOf.values)),
        }  # fmt: skip
        if kind in WITH_OPTIONS:
            said["options"] = draw(st.sampled_from([["Yes", "No"], ["Tea", "Yes", "No"]]))
        if position > 1 and draw(st.booleans()):
            earlier = made[draw(st.integers(0, position - 2))]
            said |= {
                "only_if": made.index(earlier) + 1,
                "only_if_answers": draw(st.sampled_from([["Yes"], ["1", "5"]])),
            }
        made.append(said)
    return asks(*made)


@settings(max_examples=2000 if LONG else 60, deadline=None)
@given(questions=surveys(), side=st.sampled_from(Side), chance=st.data())
def test_whatever_is_posted_is_refused_or_means_exactly_what_was_typed(questions, side, chance):
    typed = QueryDict(mutable=True)
    for question in questions:
        for name in names_of(question):
            typed.setlist(name, chance.draw(st.lists(WORDS, max_size=3)))
    sheets = Sheets(questions, side, Spoken(Survey()), typed)
    refused = sheets.refused()
    if refused is not None:
        number, form = refused
        assert form.errors
        assert sheets.of(number)
    else:
        try:
            rules.insist_answers_fit(questions, sheets.values, side=side)
        except rules.NothingAnswered:
            assert not sheets.values
    asked = {question.pk: question for question in judgement.asked(questions, sheets.values, side=side)}
    for key, value in sheets.values.items():
        names = names_of(asked[key])
        said = [one for name in names for one in typed.getlist(name)]
        meant = list(value) if isinstance(value, list | dict) else [str(value)]
        if asked[key].kind == K.RANKING:
            meant = [str(place) for place in range(1, len(names) + 1)]
        elif isinstance(value, dict):
            meant = [str(point) for point in value.values()]
        assert set(meant) <= {one.strip() for one in said}
        assert judgement.fits(asked[key], value) or asked[key].required
    here = sheets.first
    carried = {name for name, _ in sheets.carried(here)}
    shown = {name for question in sheets.of(here) for name in names_of(question)}
    assert not carried & shown
    told = {name for name in typed if typed.getlist(name)}
    mine = {name for question in judgement.put_to(questions, side) for name in names_of(question)}
    assert carried | (shown & told) == told & mine, "nothing that was typed is lost on the way"


def test_a_form_of_no_questions_is_an_empty_page():
    assert list(form_of([], Spoken(Survey()))()) == []
