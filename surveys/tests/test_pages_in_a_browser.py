"""Answering in a real browser, the back button included."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from programs.choices import Side
from surveys.choices import QuestionKind
from surveys.models import Answer
from surveys.tests.factories import QuestionFactory, SurveyFactory, opened, released, three_questions
from surveys.tests.test_queries import answers

KEPT = "Object.keys(sessionStorage).filter(each => each.startsWith('upwell')).length"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_mina_answers_goes_back_and_reads_results_of_another(
    live_server, page, good_page, axe, client, browser_context, program, mina
):
    client.force_login(mina)
    session = client.cookies["sessionid"].value
    browser_context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    today = timezone.now().date()
    survey = SurveyFactory(program=program, opens_on=today - timedelta(days=1), closes_on=today + timedelta(days=9))
    three_questions(survey)
    opened(survey, (mina, Side.MENTOR))
    page.goto(f"{live_server.url}/surveys/{survey.pk}/")
    good_page()
    page.get_by_label("Mostly").check()
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_role("heading", name="Your answers are in").wait_for()
    axe(page)
    page.go_back()
    page.get_by_role("heading", name="Your answers are in").wait_for()
    assert page.get_by_role("button", name="Send my answers").count() == 0
    assert Answer.objects.count() == 1

    closed = SurveyFactory(program=program, opens_on=today - timedelta(days=40), closes_on=today - timedelta(days=20))
    three_questions(closed)
    opened(closed, (mina, Side.MENTOR))
    answers(closed, Side.MENTOR, *[3] * 6, *[4] * 8, *[5] * 8, choice="Yes", comment="More time.")
    answers(closed, Side.MENTEE, 4, 5)
    released(closed)
    page.goto(f"{live_server.url}/surveys/{closed.pk}/results/")
    page.locator("[aria-labelledby=sides] td").get_by_text("hidden to protect others").first.wait_for()
    good_page()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_what_is_typed_stays_in_the_tab_until_it_is_sent_and_nobody_else_finds_it(
    live_server, page, client, browser_context, program, mina, otto
):
    today = timezone.now().date()
    survey = SurveyFactory(program=program, opens_on=today - timedelta(days=1), closes_on=today + timedelta(days=9))
    three_questions(survey)
    QuestionFactory(survey=survey, position=4, kind=QuestionKind.SHORT, words="In one line?", begins_page=True)
    opened(survey, (mina, Side.MENTOR), (otto, Side.MENTEE))
    address = f"{live_server.url}/surveys/{survey.pk}/"

    def enter(person) -> None:
        client.force_login(person)
        session = client.cookies["sessionid"].value
        browser_context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])

    enter(mina)
    page.goto(address)
    page.get_by_label("Mostly").check()
    page.get_by_label("What should we change?").fill("Less paper.")
    page.goto(f"{live_server.url}/")
    page.goto(address)
    assert page.get_by_label("Mostly").is_checked()
    assert page.get_by_label("What should we change?").input_value() == "Less paper."
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("In one line?").fill("Trains.")
    page.goto(address)
    page.get_by_role("button", name="Go on").click()
    assert page.get_by_label("In one line?").input_value() == "Trains."
    assert Answer.objects.count() == 0

    enter(otto)
    page.goto(address)
    assert not page.get_by_label("Mostly").is_checked()
    assert page.get_by_label("What should we change?").input_value() == ""

    enter(mina)
    page.goto(address)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_role("heading", name="Your answers are in").wait_for()
    assert page.evaluate(KEPT) == 0
    assert page.evaluate("localStorage.length") == 0
    values = {"4", "Less paper.", "Trains."}
    assert {str(value) for value in Answer.objects.get().values.values()} == values


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_signing_out_leaves_nothing_that_was_typed(live_server, page, client, browser_context, program, mina):
    today = timezone.now().date()
    survey = SurveyFactory(program=program, opens_on=today - timedelta(days=1), closes_on=today + timedelta(days=9))
    three_questions(survey)
    opened(survey, (mina, Side.MENTOR))
    client.force_login(mina)
    browser_context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(f"{live_server.url}/surveys/{survey.pk}/")
    page.get_by_label("What should we change?").fill("Less paper.")
    assert page.evaluate(KEPT) == 1
    browser_context.clear_cookies()
    page.goto(f"{live_server.url}/")
    page.get_by_role("heading", name="Sign in").wait_for()
    assert page.evaluate(KEPT) == 0
