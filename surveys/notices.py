"""What we write to people who are asked. Nobody who has answered is written to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.urls import reverse

from notifications.choices import Topic
from notifications.kinds import Kind, Message, Urgency
from notifications.models import Notice
from notifications.queries import is_overtaken
from programs import reminders
from programs.ahead import Source
from surveys import rules
from surveys.actions import INVITATION, REMINDER
from surveys.choices import SurveyKind
from surveys.models import Invitation, Survey

PROMISE: Final = "We note that you answered, so that we do not remind you again. What you answered is stored apart."

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
    return Message(
        subject=f"{survey.title}: {survey.program}",
        heading=survey.title,
        paragraphs=(
            about,
            f"It is anonymous. {PROMISE}",
            f"The survey is open until {survey.closes_on:%-d %B %Y}. Results are shown in groups of five or more.",
        ),
        link=reverse("surveys:answer", args=[survey.pk]),
        action="Answer the survey",
    )


def reminder(notice: Notice, at: datetime) -> Message | None:
    survey = _still_asked(notice, at)
    if survey is None or is_overtaken(notice, at):
        return None
    if not any(reminders.reminds(survey.program, rule) for rule in (reminders.SURVEY, reminders.SURVEY_CLOSES)):
        return None
    skip = "" if survey.questions.filter(required=True).exists() else " You may skip any question."
    return Message(
        subject=f"{survey.title}, open until {survey.closes_on:%-d %B}",
        heading=f"The survey is open until {survey.closes_on:%-d %B}",
        paragraphs=(
            f"Your view of {survey.program} is still missing.{skip}",
            f"It is anonymous. {PROMISE}",
        ),
        link=reverse("surveys:answer", args=[survey.pk]),
        action="Answer the survey",
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
