from __future__ import annotations

import pytest
from django.urls import reverse

from people.tests.factories import AdaFactory, CoraFactory, EvaFactory
from programs.tests.factories import program_with
from surveys.models import Answer, Invitation
from surveys.tests.factories import QuestionFactory, one_of_each_kind
from surveys.tests.test_views import hidden_inputs


@pytest.fixture
def kinds(survey) -> dict[str, int]:
    return {each.kind: each.pk for each in one_of_each_kind(survey)}


@pytest.fixture
def desk(client, cora):
    client.force_login(cora)
    return client


def seen_as(survey, who: str) -> str:
    return reverse("surveys:preview", args=[survey.pk, who])


def test_cora_goes_through_it_page_by_page_and_nothing_is_stored(desk, survey, kinds, pairing):
    first = desk.get(seen_as(survey, "mentor")).text
    assert "We listen." in first
    assert "nothing is stored, and nobody is told" in first
    given = {f"q{kinds['ten']}": "9", f"q{kinds['choice']}": "No"}
    refused = desk.post(seen_as(survey, "mentor"), {"page": "0", "go": "next"})
    assert refused.status_code == 422, "what has to be answered is asked for here too"
    second = desk.post(seen_as(survey, "mentor"), {"page": "0", "go": "next", **given}).text
    assert ("What would it take?" in second, "What helped?" in second) == (True, False)
    assert hidden_inputs(second) == {"page": "1", **given}
    last = desk.post(seen_as(survey, "mentor"), {"page": "2", "go": "send", **given}).text
    assert "Nothing was stored." in last
    assert not Answer.objects.exists()
    assert not Invitation.objects.exists()


def test_each_side_sees_its_own_questions(desk, survey, kinds):
    def pages(who: str) -> str:
        given = {f"q{kinds['ten']}": "9"}
        return str(desk.post(seen_as(survey, who), {"page": "1", "go": "next", **given}).text)

    assert "Anything else?" in pages("mentor")
    assert "Anything else?" not in pages("mentee")


def test_sending_nothing_is_refused_as_it_will_be(desk, survey):
    QuestionFactory(survey=survey)
    answer = desk.post(seen_as(survey, "mentor"), {"page": "0", "go": "send"})
    assert answer.status_code == 422
    assert "Nothing is answered yet." in answer.text


def test_a_side_that_is_asked_nothing_and_an_outsider_read_so(desk, survey, sten, client):
    QuestionFactory(survey=survey, asked_of="mentee")
    assert "This side is asked nothing" in desk.get(seen_as(survey, "mentor")).text
    assert "Nothing is here for them" in desk.get(seen_as(survey, "outsider")).text
    assert desk.get(seen_as(survey, "boss")).status_code == 404
    client.force_login(sten)
    assert client.get(reverse("surveys:answer", args=[survey.pk])).status_code == 404, "and so it is"


def test_an_opened_survey_can_be_previewed_without_using_up_an_invitation(desk, asked, mina):
    [question, *_] = asked.questions.all()
    posted = desk.post(seen_as(asked, "mentee"), {"page": "0", "go": "send", f"q{question.pk}": "4"})
    assert "Nothing was stored." in posted.text
    assert not Invitation.objects.filter(answered=True).exists()
    assert not Answer.objects.exists()


def test_the_preview_keeps_nothing_on_the_device_and_gives_out_no_receipt(desk, survey, kinds):
    text = desk.get(seen_as(survey, "mentor")).text
    assert "data-keeps" not in text
    assert 'name="receipt"' not in text


def test_the_desk_leads_there(desk, survey, questions):
    assert seen_as(survey, "mentor") in desk.get(reverse("admin:surveys_survey_change", args=[survey.pk])).text


def test_nobody_else_previews_a_survey(client, asked, mina, otto, bo, sten):
    other = CoraFactory(email="another.cora@example.org")
    program_with(other, name="Another")
    for person in (other, mina, otto, bo, sten, AdaFactory(), EvaFactory()):
        client.force_login(person)
        for who in ("mentor", "outsider"):
            assert client.get(seen_as(asked, who)).status_code == 404
            assert client.post(seen_as(asked, who), {"go": "send"}).status_code == 404
