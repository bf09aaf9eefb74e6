"""What surveys tell somebody about themselves; registered with ``people.exports``."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.views.decorators.debug import sensitive_variables

from pairings.exports import UNREADABLE
from pairings.queries import visible_to
from people.exports import LeftOut, Part, Record, columns, register, told
from people.models import Person
from surveys.insights import living, said_in
from surveys.models import Answer, Insight, Invitation, Release, ReleasedComment, Reply, Survey, Theme


def _surveys(person: Person, at: datetime) -> list[Record]:
    asked = Invitation.objects.filter(person=person, survey__opened_at__isnull=False)
    return [
        {"survey": each.survey.title, "program": str(each.survey.program), **told(each, "side", "answered")}
        for each in asked.select_related("survey__program").order_by("survey__opens_on", "pk")
    ]


def _opened(person: Person, at: datetime) -> list[Record]:
    opened = Survey.objects.filter(opened_by=person).select_related("program").order_by("opened_at", "pk")
    return [told(each, "title", "program", "opened_at") for each in opened]


def _board(person: Person, at: datetime) -> list[Record]:
    themes = Theme.objects.filter(written_by=person).select_related("program").order_by("written_at", "pk")
    replies = Reply.objects.filter(replied_by=person).select_related("theme").order_by("replied_at", "pk")
    return [
        *(told(each, "program", "kind", "words", "written_at") for each in themes),
        *(told(each, "theme", "decision", "words", "by_when", "replied_at") for each in replies),
    ]


@sensitive_variables()
def _insights(person: Person, at: datetime) -> list[Record]:
    """What both of a pair can read, for as long as their page can be read."""
    on = at.astimezone(person.zone).date()
    pairs = {pairing.pk: pairing for pairing in visible_to(person, on)}
    found: list[Record] = []
    for each in living(pairs.values(), at=at):
        pairing = pairs[each.pairing_id]
        said = said_in(each, pairing)
        found.append(
            {
                "program": str(pairing.program),
                "partner": str(pairing.partner_of(person)),
                "kind": str(said.kind.label) if said else None,
                "words": said.words if said else UNREADABLE,
                "written_by": "You" if each.written_by_id == person.pk else "Your partner",
                "times_saved": each.version,
                "appears_on": each.goes_on,
                **told(each, "changed_at", "state"),
            }
        )
    return found


def _planned(person: Person, at: datetime) -> list[Record]:
    planned = Survey.objects.filter(planned_by=person).select_related("program").order_by("planned_at", "pk")
    return [told(each, "title", "program", "planned_at") for each in planned]


PARTS: Final = (
    Part(
        "surveys",
        "Surveys you were asked to answer",
        "Whether you answered is known, so that nobody is reminded in vain.",
        _surveys,
        columns(Invitation, "survey", "person", "side", "answered"),
    ),
    Part(
        "opened_surveys",
        "Surveys you opened as a coordinator",
        "Which, and when.",
        _opened,
        columns(Survey, "opened_at", "opened_by"),
    ),
    Part(
        "themes",
        "What you wrote on insight boards",
        "Themes as a coordinator, and answers as a sponsor.",
        _board,
        columns(Theme, "written_by", "written_at", "words") | columns(Reply, "replied_by", "replied_at", "words"),
    ),
    Part(
        "insights",
        "What a partner and you may release to an insight board",
        "What is between you two, until it goes on the board or is deleted.",
        _insights,
        columns(
            Insight, "pairing", "written_by", "changed_at", "version", "state", "appears_on", "put_off_to", "words"
        ),
    ),
    Part(
        "planned_surveys",
        "Surveys you planned as a coordinator",
        "They open by themselves on their day, for you.",
        _planned,
        columns(Survey, "planned_at", "planned_by"),
    ),
)
LEFT_OUT: Final = (
    LeftOut(
        "What you answered in surveys",
        "It cannot be in here: an answer is kept without anything that says whose it is, so we cannot find yours.",
        columns(Answer, "id", "survey", "side", "values", "receipt"),
    ),
    LeftOut(
        "What you and a partner released to an insight board",
        "It cannot be in here: it is kept without anything that says whose it is. You can read it on the board.",
        columns(Theme, "words", "written_at"),
    ),
    LeftOut(
        "The results of surveys, and what people wrote there",
        "They speak of groups and are joined to nobody. Whoever was asked reads them on the survey’s page.",
        columns(Release, "survey", "released_at", "results")
        | columns(ReleasedComment, "id", "release", "question", "words"),
    ),
)


def register_own() -> None:
    register(*PARTS, leave_out=LEFT_OUT)
