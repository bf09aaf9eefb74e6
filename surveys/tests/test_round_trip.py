"""Surveys of every kind of question, from what somebody types to what is read in the files.

Whatever is asked and answered: what is stored is what was typed, what was let out is read back as it was counted, and
page, CSV and workbook show the same figures and hide the same ones.
"""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from disclosure import Hidden, K, Reason
from disclosure.tests.proofs import LONG
from programs.choices import AskedOf, Side
from programs.models import Program
from surveys import files, queries, releases, rules
from surveys import questions as judgement
from surveys.choices import DECIDING, WITH_ENDS, WITH_OPTIONS, QuestionKind, SurveyKind
from surveys.forms import Sheets
from surveys.languages import Spoken
from surveys.models import Answer, Question, Survey
from surveys.releases import Results
from surveys.tests.factories import SurveyFactory, opened, released
from ui.reports import FORMATS

HIDDEN = {reason.words(K) for reason in Reason}


@st.composite
def questions(draw: Any, least: int = 1) -> list[Question]:
    """Some that hold together, of any kind, on pages, for either side, needed or not, one hanging on another."""
    made: list[Question] = []
    for position in range(1, draw(st.integers(least, 7)) + 1):
        kind = draw(st.sampled_from(list(QuestionKind)))
        asked = Question(
            position=position, kind=kind, words=f"Question {position}?", required=draw(st.booleans()),
            begins_page=draw(st.booleans()), asked_of=draw(st.sampled_from(AskedOf.values)),
        )  # fmt: skip
        if kind in WITH_OPTIONS:
            asked.options = draw(st.sampled_from([["Yes", "No"], ["Tea", "=1+1", "Milk, warm"]]))
        if kind in WITH_ENDS and draw(st.booleans()):
            asked.lowest, asked.highest = "Never", "Any time"
        earlier = [each for each in made if each.kind in DECIDING]
        if earlier and draw(st.booleans()):
            on = draw(st.sampled_from(earlier))
            ways = judgement.answers_to(on)
            asked.only_if = on.position
            asked.only_if_answers = draw(st.lists(st.sampled_from(ways), min_size=1, max_size=3, unique=True))
            if AskedOf.BOTH not in (on.asked_of, asked.asked_of):
                asked.asked_of = on.asked_of
        made.append(asked)
    assert list(judgement.reasons_against(made)) == []
    return made


def typed(sheets: Sheets, chance: random.Random, *, skips: float, liked: random.Random) -> QueryDict:
    """What somebody may type: for every input one of its choices or a text, and some are left empty."""
    said = QueryDict(mutable=True)
    for number in range(len(sheets.pages)):
        form = sheets.form(number, judged=False)
        for name, field in form.fields.items():
            choices = [str(value) for value, _ in getattr(field, "choices", []) if str(value)]
            if chance.random() < skips and not field.required:
                continue
            if not choices:
                said[name] = chance.choice(["More time", "-2+3", "Ça va"])
            elif "_" in name and len(choices) != 5:  # places of a ranking: each once
                said[name] = choices[int(name.partition("_")[2])]
            elif field.__class__.__name__ == "MultipleChoiceField":
                said.setlist(name, chance.sample(choices, chance.randint(1, len(choices))))
            else:
                said[name] = chance.choice(choices[: liked.choice((2, len(choices)))])
    return said


def answer_all(survey: Survey, asked: list[Question], *, people: int, seed: int, skips: float) -> int:
    """How many of these people answered something; each answer is compared with what was typed once it is stored."""
    chance, found = random.Random(seed), 0
    for _ in range(people):
        side = chance.choice(list(Side))
        sheets, going = Sheets(asked, side, Spoken(survey)), 0
        while going < 8:  # what is answered brings up more pages
            more = Sheets(asked, side, Spoken(survey), typed(sheets, chance, skips=skips, liked=random.Random(seed)))
            going += 1
            if more.asked == sheets.asked:
                break
            sheets = more
        if more.refused() is not None or not more.values:
            continue
        rules.insist_answers_fit(asked, more.values, side=side)
        stored = Answer.objects.create(survey=survey, side=side, values={str(k): v for k, v in more.values.items()})
        stored.refresh_from_db()
        assert {int(key): value for key, value in stored.values.items()} == more.values
        assert all(judgement.fits(each, more.values[each.pk]) for each in asked if each.pk in more.values)
        found += 1
    return found


def hidden_in(results: Results) -> Counter[str]:
    """Each word that stands in place of a figure of the answers, as often as it has to be read."""
    told: Counter[str] = Counter()
    for each in (*results.scales, *results.choices):
        for one in (each.released.total, *each.released.groups.values()):
            figures = (
                [one.reason, one.reason] if one.reason else [f for bar in one.bars for f in (bar.count, bar.percent)]
            )
            told.update(figure.words for figure in figures if isinstance(figure, Hidden))
    for _, figure in (("All", results.answered), *results.by_side):
        told.update([figure.words] if isinstance(figure, Hidden) else [])
    return told


def hidden_cells(rows: list[list[Any]]) -> Counter[str]:
    return Counter(str(cell) for row in rows for cell in row if str(cell) in HIDDEN)


@pytest.mark.django_db
@settings(
    max_examples=150 if LONG else 6, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    asked=questions(), people=st.sampled_from([0, 4, 14, 30]), seed=st.integers(0, 10_000),
    skips=st.sampled_from([0.0, 0.1, 0.5]), kind=st.sampled_from([SurveyKind.OWN, SurveyKind.INTEREST]),
)  # fmt: skip
def test_from_what_is_typed_to_what_is_read_nothing_breaks_and_the_same_is_hidden(
    program: Program, asked: list[Question], people: int, seed: int, skips: float, kind: SurveyKind
):
    survey: Survey = SurveyFactory(program=program, kind=kind)
    for each in asked:
        each.pk, each.survey = None, survey
        each.save()
    opened(survey)
    asked = list(survey.questions.all())
    answered = answer_all(survey, asked, people=people, seed=seed, skips=skips)
    counted = releases.count(survey).results
    results = released(survey)
    assert releases.as_kept(results) == releases.as_kept(counted)
    assert (results.answered.number or 0) in (0, answered)
    for part in (*results.scales, *results.choices):
        for one in (part.released.total, *part.released.groups.values()):
            if one.reason is None:
                assert all(bar.count.number is None or not 0 < bar.count.number < K for bar in one.bars)
    survey = Survey.objects.get(pk=survey.pk)
    told = queries.released_comments(survey, results, most=None)
    report = files.report(survey, results, told, (), queries.supply_and_demand(survey, results))
    rows = list(csv.reader(io.StringIO(FORMATS["csv"](report).content.decode("utf-8-sig"), newline="")))
    book = CalamineWorkbook.from_filelike(io.BytesIO(FORMATS["xlsx"](report).content))
    sheets = [row for number in range(len(book.sheet_names)) for row in book.get_sheet_by_index(number).to_python()]
    assert hidden_cells(rows) == hidden_cells(sheets) == hidden_in(results)
    assert FORMATS["pdf"](report).content.startswith(b"%PDF")
    texts = {text for each in told for text in each.texts}
    assert texts <= {"More time", "-2+3", "Ça va"}
    for cell in (cell for row in rows for cell in row):
        assert not cell.startswith(("=", "+", "-", "@")), "no cell begins a formula"


def test_every_kind_of_question_is_among_those_that_are_tried():
    seen: set[tuple[str, bool]] = set()

    @settings(max_examples=150 if LONG else 50, derandomize=not LONG, deadline=None, database=None)
    @given(asked=questions(least=5))
    def look(asked: list[Question]) -> None:
        seen.update((each.kind, each.only_if is not None) for each in asked)

    look()
    assert seen == {(kind, hangs) for kind in QuestionKind for hangs in (False, True)}
