"""What we write to people who are asked. Nobody who has answered is written to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.urls import reverse

from notifications.choices import Topic
from notifications.furniture import Said
from notifications.kinds import Kind, Message, Urgency
from notifications.models import Notice
from notifications.queries import is_overtaken
from programs import reminders
from programs.ahead import Source
from programs.sayings import Saying, say
from surveys import rules, sayings
from surveys.actions import INVITATION, REMINDER, RULES_APART
from surveys.choices import SurveyKind
from surveys.models import Invitation, Survey

HOW_IT_IS: Final = "We would like to know how {program} is for you. It takes about three minutes."
ABOUT: Final[Mapping[str, str]] = {
    SurveyKind.READINESS: "We think about starting {program}, and would like to know first how open it is here. It "
    "commits you to nothing, and takes about three minutes.",
    SurveyKind.INTEREST: "We think about starting {program}, and would like to know whether you would take part. It "
    "commits you to nothing, and takes about three minutes.",
    SurveyKind.EXIT: "A pair of yours in {program} ended before its time. That needs no reason. If you like, tell us "
    "what would make it better for the next ones; it takes about two minutes.",
    SurveyKind.OWN: "We have some questions about {program}. They take about three minutes.",
}


def _still_asked(notice: Notice, at: datetime) -> Survey | None:
    invitation = (
        Invitation.objects.filter(survey=int(notice.subject), person=notice.person_id, answered=False)
        .select_related("survey__program")
        .first()
    )
    if invitation is None:
        return None
    survey: Survey = invitation.survey
    return survey if rules.is_open(survey, on=at.astimezone(notice.person.zone).date()) else None


def invitation(notice: Notice, at: datetime) -> Message | None:
    survey = _still_asked(notice, at)
    if survey is None:
        return None
    about = ABOUT.get(survey.kind, HOW_IT_IS).format(program=survey.program)
    return _asks(sayings.INVITATION, survey, notice, about=about)


def _rules_behind(notice: Notice) -> list[str]:
    """Either of the two, where it was owed before reminders said which."""
    named = notice.key.split(":")[2].partition("/")[2]
    return named.split(RULES_APART) if named else [reminders.SURVEY, reminders.SURVEY_CLOSES]


def reminder(notice: Notice, at: datetime) -> Message | None:
    survey = _still_asked(notice, at)
    if survey is None or is_overtaken(notice, at):
        return None
    if not any(reminders.reminds(survey.program, rule) for rule in _rules_behind(notice)):
        return None
    skip = () if survey.questions.filter(required=True).exists() else (sayings.MAY_SKIP,)
    return _asks(sayings.REMINDER, survey, notice, then=skip)


def _asks(saying: Saying, survey: Survey, notice: Notice, *, then: Sequence[Said] = (), **values: str) -> Message:
    return say(
        saying,
        survey.program,
        notice.person,
        values={"survey": survey.title, "closes": survey.closes_on, **values},
        link=reverse("surveys:answer", args=[survey.pk]),
        then=then,
    )


KINDS: Final = (
    Kind(INVITATION, "Somebody is asked to answer a survey.", invitation, topic=Topic.SURVEYS),
    Kind(
        REMINDER,
        "A survey closes soon, or was opened some days ago, and somebody has not answered.",
        reminder,
        Urgency.IN_TIME,
        Topic.SURVEYS,
    ),
)

AHEAD: Final = (
    Source(
        REMINDER,
        "A survey is open",
        lambda program: Survey.objects.filter(program=program).values_list("pk", flat=True),
    ),
)
