from __future__ import annotations

import csv
import io
import logging
import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from people.models import Person
from people.tests.factories import EvaFactory
from programs.choices import Side
from surveys import queries
from surveys.forms import form_of
from surveys.languages import Spoken
from surveys.models import Answer, Invitation, Survey
from surveys.tests.factories import SurveyFactory, one_of_each_kind, opened, released, three_questions
from surveys.tests.test_queries import answers


def results_file(survey: Survey, ending: str) -> str:
    return reverse(f"surveys:results_{ending}", args=[survey.pk])


@pytest.fixture
def survey(program) -> Survey:
    """Open today, whatever day it is: views read the clock."""
    today = timezone.now().date()
    return SurveyFactory(program=program, opens_on=today - timedelta(days=2), closes_on=today + timedelta(days=5))


@pytest.fixture
def closed(program, mina, otto) -> Survey:
    today = timezone.now().date()
    survey = SurveyFactory(program=program, opens_on=today - timedelta(days=30), closes_on=today - timedelta(days=9))
    three_questions(survey)
    return opened(survey, (mina, Side.MENTOR), (otto, Side.MENTEE))


@pytest.fixture
def signed_in(client, mina):
    client.force_login(mina)
    return client


def page(survey: Survey) -> str:
    return reverse("surveys:answer", args=[survey.pk])


def results_page(survey: Survey) -> str:
    return reverse("surveys:results", args=[survey.pk])


def posted(survey: Survey, **changed: str) -> dict[str, str]:
    scale, choice, comment = survey.questions.all()
    return {f"q{scale.pk}": "4", f"q{choice.pk}": "Yes", f"q{comment.pk}": "CANARY-COMMENT", **changed}


# Answering


def test_the_survey_says_where_answers_go(signed_in, asked):
    text = signed_in.get(page(asked)).text
    assert "Three questions, about three minutes. Skip any of them." in text
    assert "Your single answers: never shown to anyone" in text
    assert "Shown without names, once ten people have written one" in text
    assert "1. It was worth my time." in text


def test_every_question_says_who_can_see_the_answer(asked, questions):
    form = form_of(questions, Spoken(asked))()
    assert set(form.audiences) == set(form.fields)


def test_mina_answers_and_is_thanked_on_a_page_that_shows_nothing(signed_in, asked, mina):
    answer = signed_in.post(page(asked), posted(asked))
    assert answer.status_code == 200
    assert "Your answers are in" in answer.text
    assert "CANARY" not in answer.text
    assert sorted(str(value) for value in Answer.objects.get().values.values()) == ["4", "CANARY-COMMENT", "Yes"]
    after = signed_in.get(page(asked)).text
    assert "Your answers are in" in after
    assert "CANARY" not in after
    assert "Send my answers" not in after


def test_answers_leave_no_trace_in_session_messages_or_logs(signed_in, asked, caplog):
    with caplog.at_level(logging.DEBUG):
        signed_in.post(page(asked), posted(asked), follow=True)
    assert Answer.objects.count() == 1
    assert "CANARY" not in caplog.text
    assert all("CANARY" not in str(session.get_decoded()) for session in Session.objects.all())


def test_any_question_may_be_skipped_but_not_all(signed_in, asked, questions):
    nothing = signed_in.post(page(asked), {})
    assert nothing.status_code == 422
    assert "Nothing is answered yet. Answer one question or more." in nothing.text
    assert signed_in.post(page(asked), {f"q{questions[0].pk}": "2"}).status_code == 200
    assert list(Answer.objects.get().values.values()) == [2]


def test_a_second_sending_counts_once_and_is_calm(signed_in, asked, questions):
    signed_in.post(page(asked), {f"q{questions[0].pk}": "5"})
    again = signed_in.post(page(asked), {f"q{questions[0].pk}": "1"})
    assert again.status_code == 200
    assert "Your answers are in" in again.text
    assert [list(answer.values.values()) for answer in Answer.objects.all()] == [[5]]


def test_the_back_button_finds_no_old_form(signed_in, asked):
    assert "no-store" in signed_in.get(page(asked)).headers["Cache-Control"]


def test_a_text_too_long_is_kept_and_refused_in_words(signed_in, asked, questions):
    answer = signed_in.post(page(asked), posted(asked, **{f"q{questions[2].pk}": "y" * 1003}))
    assert answer.status_code == 422
    assert "This is 1,003 characters long. Take out 3 or more." in answer.text
    assert "y" * 1003 in answer.text
    assert not Answer.objects.exists()


def test_who_comes_late_reads_that_it_has_closed(signed_in, closed):
    for answer, status in ((signed_in.get(page(closed)), 200), (signed_in.post(page(closed), posted(closed)), 422)):
        assert answer.status_code == status
        assert "This survey has closed" in answer.text
    assert not Answer.objects.exists()


def test_who_comes_early_reads_when_it_opens(signed_in, program, mina):
    today = timezone.now().date()
    soon = SurveyFactory(program=program, opens_on=today + timedelta(days=3), closes_on=today + timedelta(days=9))
    three_questions(soon)
    opened(soon, (mina, Side.MENTOR))
    assert "It opens on" in signed_in.get(page(soon)).text
    assert signed_in.post(page(soon), posted(soon)).status_code == 422


def test_a_survey_put_to_others_does_not_exist(client, asked, bo, sten, cora):
    for person in (bo, sten, cora):
        client.force_login(person)
        assert client.get(page(asked)).status_code == 404
        assert client.post(page(asked), posted(asked)).status_code == 404
    assert not Answer.objects.exists()


# Pages and kinds of question


def hidden_inputs(text: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(q[^"]+|page)" value="([^"]*)"', text))


def test_a_survey_of_every_kind_is_answered_page_by_page_and_stored_once_at_the_end(signed_in, survey, mina):
    kinds = {each.kind: each.pk for each in one_of_each_kind(survey)}
    opened(survey, (mina, Side.MENTOR))
    first = signed_in.get(page(survey)).text
    assert "Seven questions or a few more" not in first
    assert "Go on" in first
    assert "Send my answers" not in first

    refused = signed_in.post(page(survey), {"page": "0", "go": "next", f"q{kinds['scale']}": "4"})
    assert refused.status_code == 422
    assert "Please choose one." in refused.text

    given = {f"q{kinds['scale']}": "4", f"q{kinds['ten']}": "9", f"q{kinds['choice']}": "No"}
    second = signed_in.post(page(survey), {"page": "0", "go": "next", **given}).text
    assert "Page 2 of 3" in second
    assert "What would it take?" in second
    assert "What helped?" not in second
    assert hidden_inputs(second) == {"page": "1", **given}

    given |= {f"q{kinds['short']}": "Tea & time"}
    third = signed_in.post(page(survey), {"page": "1", "go": "next", **given}).text
    assert "Page 3 of 3" in third
    assert "Tea &amp; time" in third
    assert not Answer.objects.exists()

    back = signed_in.post(page(survey), {"page": "2", "go": "back", **given, f"q{kinds['comment']}": "Kept too."}).text
    assert 'value="Tea &amp; time"' in back
    assert "Kept too." in back

    ranking, matrix = f"q{kinds['ranking']}", f"q{kinds['matrix']}"
    twice = signed_in.post(page(survey), {"page": "2", "go": "send", **given, f"{ranking}_0": "1", f"{ranking}_1": "1"})
    assert twice.status_code == 422
    assert "Two are 1st. Give each a place of its own." in twice.text

    given |= {f"{ranking}_0": "2", f"{ranking}_1": "1", f"{matrix}_1": "5"}
    signed_in.post(page(survey), {"page": "2", "go": "send", **given, f"q{kinds['several']}": "Time"})
    assert Answer.objects.get().values == {
        str(kinds["scale"]): 4, str(kinds["ten"]): 9, str(kinds["choice"]): "No", str(kinds["short"]): "Tea & time",
        str(kinds["ranking"]): ["Showing", "Learning"], str(kinds["matrix"]): {"Questions are asked.": 5},
    }, "of what hung on “Yes”, which was typed too, nothing is stored"  # fmt: skip


def test_what_is_missing_on_an_earlier_page_leads_back_to_it(signed_in, survey, mina):
    kinds = {each.kind: each.pk for each in one_of_each_kind(survey)}
    opened(survey, (mina, Side.MENTEE))
    answer = signed_in.post(page(survey), {"page": "2", "go": "send", f"q{kinds['scale']}": "4"})
    assert answer.status_code == 422
    assert hidden_inputs(answer.text)["page"] == "0"
    assert not Answer.objects.exists()
    for odd in ("-1", "99", "٣", "x", "9" * 30):
        assert signed_in.post(page(survey), {"page": odd, "go": "next"}).status_code == 422
        assert signed_in.post(page(survey), {"page": odd, "go": "back"}).status_code == 200


# Results


def test_results_wait_until_the_survey_has_closed(client, asked, mina, cora):
    answers(asked, Side.MENTOR, *[4] * 8, *[5] * 8)
    for person in (mina, cora, EvaFactory()):
        client.force_login(person)
        text = client.get(results_page(asked)).text
        assert "No results yet" in text
        assert "How true is it for you?" not in text


def test_those_asked_coordinators_and_executives_read_the_same_results(client, closed, mina, cora):
    answers(closed, Side.MENTOR, *[4] * 8, *[5] * 8, choice="Yes", comment="More time with my mentee.")
    released(closed)
    for person in (mina, cora, EvaFactory()):
        client.force_login(person)
        text = client.get(results_page(closed)).text
        assert "16 people answered." in text
        assert "How true is it for you?" in text
        assert "More time with my mentee." in text


def test_of_many_texts_a_few_stand_open_and_the_others_are_folded(client, closed, cora):
    answers(closed, Side.MENTOR, *[4] * 8, *[5] * 8, comment="More time.")
    released(closed)
    client.force_login(cora)
    text = client.get(results_page(closed)).text
    folded = text[text.index("<summary>8 more</summary>") :]
    assert (text.count("<li>More time.</li>"), folded.count("<li>More time.</li>")) == (16, 8)


def test_hidden_cells_speak_in_words(client, closed, cora):
    answers(closed, Side.MENTOR, *[4] * 8, *[5] * 8)
    answers(closed, Side.MENTEE, 1, 2, comment="CANARY-COMMENT")
    released(closed)
    client.force_login(cora)
    text = client.get(results_page(closed)).text
    assert "fewer than 5" in text
    assert "hidden to protect others" in text
    assert "They open once 10 people have written one, unless their number would tell what a few answered." in text
    assert "CANARY" not in text


def test_where_no_side_may_be_shown_one_sentence_stands_for_the_chart_by_side(client, closed, cora):
    answers(closed, Side.MENTOR, *[4] * 8, *[5] * 8)
    answers(closed, Side.MENTEE, 1, 2)
    released(closed)
    client.force_login(cora)
    text = client.get(results_page(closed)).text
    assert "How true is it for you?" in text
    assert "How true is it, by side?" not in text
    assert "How each side answered is not shown:" in text


def test_where_the_sides_are_shown_so_is_their_chart(client, closed, cora):
    for side in Side:
        answers(closed, side, *[4] * 8, *[5] * 8)
    released(closed)
    client.force_login(cora)
    text = client.get(results_page(closed)).text
    assert "How true is it, by side?" in text
    assert "How each side answered is not shown" not in text


def test_results_are_not_there_for_anybody_else(client, closed, bo, sten, program):
    answers(closed, Side.MENTOR, *[4] * 8, *[5] * 8)
    released(closed)
    for person in (bo, sten):
        client.force_login(person)
        assert client.get(results_page(closed)).status_code == 404


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_files_say_what_the_page_says_and_hide_what_it_hides(client, closed, mina, cora):
    answers(closed, Side.MENTOR, *[4] * 8, *[5] * 8, choice="Yes", comment="=1+1, said a mentor")
    answers(closed, Side.MENTEE, 1, 2)
    released(closed)
    client.force_login(cora)
    rows = rows_of(client.get(results_file(closed, "csv")).content)
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(client.get(results_file(closed, "xlsx")).content))
    sheet = [[str(cell).removesuffix(".0") for cell in row] for row in workbook.get_sheet_by_index(1).to_python()[2:]]
    answered = [row for row in rows if len(row) == 6 and row[0] != "Question"]
    assert [[cell for cell in row if cell] for row in sheet] == [[cell for cell in row if cell] for row in answered]
    assert ["It was worth my time.", "", "Mentees", "", "fewer than 5", "fewer than 5"] in answered
    assert rows.count(["'=1+1, said a mentor"]) == 13, "16 of 18 people wrote, and five of them seem not to have"
    assert client.get(results_file(closed, "pdf")).content.startswith(b"%PDF")
    client.force_login(mina)
    assert sorted(rows_of(client.get(results_file(closed, "csv")).content)) == sorted(rows)


def test_a_file_keeps_comments_closed_as_the_page_does(client, closed, cora):
    answers(closed, Side.MENTOR, *[4] * 8, *[5] * 8)
    answers(closed, Side.MENTEE, 1, 2, comment="CANARY-COMMENT")
    released(closed)
    client.force_login(cora)
    for ending in ("csv", "xlsx"):
        assert b"CANARY" not in client.get(results_file(closed, ending)).content
    closed_because = "They open once 10 people have written one, unless their number would tell what a few answered."
    assert [closed_because] in rows_of(client.get(results_file(closed, "csv")).content)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "pdf"])
def test_a_file_is_there_for_whom_the_page_is_and_not_before(client, closed, mina, bo, sten, ending):
    answers(closed, Side.MENTOR, *[4] * 8, *[5] * 8)
    client.force_login(mina)
    assert client.get(results_file(closed, ending)).status_code == 404
    released(closed)
    assert client.get(results_file(closed, ending)).status_code == 200
    for person in (bo, sten):
        client.force_login(person)
        assert client.get(results_file(closed, ending)).status_code == 404


def test_the_pages_need_a_constant_number_of_queries(client, closed, asked, cora, mina):
    def needed(person: Person, url: str) -> int:
        client.force_login(person)
        with CaptureQueriesContext(connection) as counted:
            assert client.get(url).status_code == 200
        return len(counted)

    many = SurveyFactory(program=closed.program, opens_on=closed.opens_on, closes_on=closed.closes_on)
    three_questions(many)
    for survey, people in ((closed, 6), (opened(many), 30)):
        answers(survey, Side.MENTOR, *[4] * people, *[5] * people, comment="Much")
        released(survey)
    one = needed(cora, results_page(closed)), needed(mina, page(asked))
    Invitation.objects.create(survey=asked, person=cora, side=Side.MENTOR)
    assert (needed(cora, results_page(many)), needed(mina, page(asked))) == one
    assert max(one) <= 10
    assert queries.returns(asked).asked == 3


def test_pages_say_how_many_people_a_group_has_where_that_is_set_otherwise(client, asked, closed, mina, cora, settings):
    settings.SMALLEST_GROUP = 12
    client.force_login(mina)
    form = client.get(f"/surveys/{asked.pk}/").text
    for sentence in (
        "once twelve people have written", "in groups of twelve or more", "Counted in groups of twelve or more",
        "once twelve people have written one",
    ):  # fmt: skip
        assert sentence in form
    released(closed)
    client.force_login(cora)
    page = client.get(f"/surveys/{closed.pk}/results/").text
    assert "No answer of fewer than twelve people" in page
    assert "groups of twelve or more" in client.get(results_file(closed, "csv")).content.decode()
    for text in (form, page):
        assert not re.search(r"\b(five|ten) (people|or more)\b", text)
