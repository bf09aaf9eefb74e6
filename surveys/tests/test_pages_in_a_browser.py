"""Answering in a real browser, the back button included."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from programs.choices import Side
from surveys.models import Answer
from surveys.tests.factories import SurveyFactory, opened, three_questions
from surveys.tests.test_queries import answers


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
    page.goto(f"{live_server.url}/surveys/{closed.pk}/results/")
    page.locator("[aria-labelledby=sides] td").get_by_text("hidden to protect others").first.wait_for()
    good_page()
