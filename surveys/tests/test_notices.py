from __future__ import annotations

from datetime import timedelta

import pytest

from notifications import kinds
from notifications.models import Notice
from surveys import actions
from surveys.tests.factories import OPENED_AT, OPENS_ON


@pytest.fixture
def minas(survey, questions, pairing, cora, mina) -> dict[str, Notice]:
    actions.open_survey(survey, by=cora, at=OPENED_AT)
    return {notice.kind: notice for notice in Notice.objects.filter(person=mina)}


@pytest.mark.parametrize("kind", [actions.INVITATION, actions.REMINDER])
def test_a_message_says_what_is_stored_and_leads_to_the_survey(minas, survey, kind):
    message = kinds.named(kind).compose(minas[kind], OPENED_AT)
    assert message is not None
    assert message.link == f"/surveys/{survey.pk}/"
    assert "What you answered is stored apart." in " ".join(message.paragraphs)


@pytest.mark.parametrize("kind", [actions.INVITATION, actions.REMINDER])
def test_who_has_answered_is_written_nothing(minas, survey, questions, mina, kind):
    actions.answer(survey, by=mina, on=OPENS_ON, values={questions[0].pk: 3})
    assert kinds.named(kind).compose(minas[kind], OPENED_AT + timedelta(days=4)) is None


@pytest.mark.parametrize("kind", [actions.INVITATION, actions.REMINDER])
def test_nothing_is_written_after_the_survey_has_closed(minas, kind):
    assert kinds.named(kind).compose(minas[kind], OPENED_AT + timedelta(days=15)) is None
