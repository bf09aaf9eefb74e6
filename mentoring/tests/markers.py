"""A marker for every private column, and who may come upon it.

Each column that can hold somebody's own words gets a marker of its own; so does each relation that is a secret in
itself, by the name of the person it leads to.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any, Final

import clock
from matching.models import Aside, Scenario
from mentoring.access import EVERYBODY, Page, Who
from mentoring.tests.world import World
from notifications.channels import choose_channel
from notifications.choices import ChannelKind
from pairings.models import HelpMessage, Reflection
from pairings.private_words import AgreementWords, sealed
from participants import actions
from participants.choices import RefereesReply, Step
from participants.models import Call, ProgramAnswer, Reference, WaitListEntry
from participants.tests.factories import with_not_discussed
from people.models import DirectoryImport
from people.tests.factories import PersonFactory
from privacy import classes
from programs.actions import declare_conflict
from programs.choices import About, ConflictKind, Side
from programs.models import Learning
from programs.tests.factories import QuestionFactory
from surveys.choices import QuestionKind, SurveyKind, ThemeKind
from surveys.insights import Said
from surveys.models import Answer, Invitation, Question, Release, ReleasedComment, Survey
from surveys.releases import as_kept, count

W = Who
PAIR: Final = frozenset({W.MENTOR, W.MENTEE})
ALONE: Final = frozenset({W.MENTOR})
NOBODY: Final[frozenset[Who]] = frozenset()

READERS: Final[Mapping[str, Mapping[str, frozenset[Who]]]] = {
    classes.SEALED: {
        "pairings.Agreement.words": PAIR,
        "pairings.Goal.title": PAIR,
        "pairings.Task.title": PAIR,
        "pairings.Meeting.topics": PAIR,
        "pairings.Reflection.words": ALONE,
        "pairings.PrivateMessage.words": PAIR,
        "pairings.PrivateNote.words": ALONE,
        "pairings.HelpMessage.words": frozenset({W.MENTOR, W.SUPERVISOR}),
        "participants.Participation.not_discussed": PAIR,
        "participants.Draft.answers": frozenset({W.STRANGER}),
        "participants.Reference.remark": frozenset({W.COORDINATOR, W.STRANGER}),
        "programs.DeclaredConflict.reason": ALONE,
        "notifications.Channel.address": NOBODY,
        "surveys.Insight.words": PAIR,
    },
    classes.INTRODUCTION: {
        "participants.Participation.number_one": PAIR | {W.COORDINATOR},
        "participants.Participation.background": PAIR,
    },
    classes.PROFILE: {
        "participants.Participation.hobbies": PAIR,
        "participants.Participation.where_to_meet": PAIR,
    },
    classes.PROGRAM_ANSWER: {"participants.ProgramAnswer.words": ALONE | {W.COORDINATOR}},
    classes.ANONYMOUS: {"surveys.Answer.values": NOBODY, "surveys.ReleasedComment.words": NOBODY},
    classes.DESK: {
        "matching.Scenario.name": frozenset({W.COORDINATOR}),
        "participants.Call.words": frozenset({W.COORDINATOR}),
        "programs.Learning.words": frozenset({W.COORDINATOR, W.CANDIDATE}),
        "people.DirectoryImport.file_name": frozenset({W.ADMINISTRATOR}),
        "people.DirectoryImport.failure": frozenset({W.ADMINISTRATOR}),
    },
    # Not words, but whom a row leads to
    classes.WAITING: {"participants.WaitListEntry.person": frozenset({W.COORDINATOR})},
    classes.REFEREE: {"participants.Reference.referee": frozenset({W.VOLUNTEER, W.COORDINATOR})},
    classes.FOR_THE_SEARCH: {"matching.Aside.topics": frozenset({W.VOLUNTEER})},
    classes.CONFLICT: {"programs.DeclaredConflict.other": ALONE},
}
"""Of each class and column: who reads it. Mina wrote it, or her pair; Sten the draft and what he says of Vera as her
referee; Cora what stands at the desk. Coordinators may read the whole profile, and the desk shows them the number one
thing of it; the words of a call are read in the mail of whoever is called, and in the file of whoever wrote them."""

OUR_OWN_WORDS: Final = frozenset(
    {
        "matching.MatchingRun.certificate", "matching.MatchingRun.failure", "matching.Suggestion.parts",
        "matching.Unmatched.details", "matching.MatchingRun.terms", "matching.MatchingRun.curve",
        "matching.Proposal.parts", "pairings.Waiver.rule", "pairings.PlannedMeeting.zone",
        "pairings.CheckIn.fit",
        "participants.Participation.languages",
        "participants.Participation.ways", "participants.Participation.half_days", "participants.TrainingDone.piece",
        "notifications.Notice.key", "notifications.Notice.kind", "notifications.Notice.subject",
        "notifications.Notice.reason", "notifications.Notice.message_id", "people.DirectoryImport.options",
        "people.DirectoryImport.mark", "notifications.Bundle.message_id", "notifications.MessageHours.weekdays",
        "surveys.Release.results", "surveys.Answer.receipt",
    }
)  # fmt: skip
"""Columns that hold numbers, keys and names of lists in the code: nobody's words fit in."""

COLUMNS_READ: Final = sorted({column for of in READERS.values() for column in of})
MARKERS: Final = {column: f"Qx{number:02}canary" for number, column in enumerate(COLUMNS_READ)}
PEOPLE: Final = frozenset(MARKERS) & {
    "participants.WaitListEntry.person", "participants.Reference.referee", "programs.DeclaredConflict.other"
}  # fmt: skip
EXPECTED: Final = {column: readers for of in READERS.values() for column, readers in of.items()}


def mark(world: World) -> None:
    """Write each marker where it belongs, sealed text through the seal."""
    now, pair, program, mina = clock.now(), world.pairing, world.program, world.people[W.MENTOR]
    agreement, meeting, task = pair.agreements.get(), pair.meetings.get(), world.goal.tasks.get()
    for row, column, words in (
        (agreement, "words", AgreementWords(number_one=MARKERS["pairings.Agreement.words"]).as_text()),
        (world.goal, "title", MARKERS["pairings.Goal.title"]),
        (task, "title", MARKERS["pairings.Task.title"]),
        (pair.insights.get(), "words", Said(ThemeKind.WISH, MARKERS["surveys.Insight.words"]).as_text()),
        (meeting, "topics", MARKERS["pairings.Meeting.topics"]),
        (pair.messages.get(), "words", MARKERS["pairings.PrivateMessage.words"]),
        (pair.notes.get(), "words", MARKERS["pairings.PrivateNote.words"]),
    ):
        type(row).objects.filter(pk=row.pk).update(**{column: sealed(words, pair, row, column)})
    chat = f"https://hooks.slack.com/{MARKERS['notifications.Channel.address']}"
    choose_channel(by=mina, kind=ChannelKind.SLACK, address=chat, at=now)
    asked = HelpMessage.objects.select_related("request__data_key").get()
    HelpMessage.objects.update(words=sealed(MARKERS["pairings.HelpMessage.words"], asked.request, asked, "words"))
    closing = Reflection(pairing=pair, person=mina, written_at=now)
    closing.words = sealed(MARKERS["pairings.Reflection.words"], pair, closing, "words")
    closing.save()
    profile, question = world.participation, QuestionFactory(program=program)
    profile.refresh_from_db()
    profile.number_one = MARKERS["participants.Participation.number_one"]
    profile.background = MARKERS["participants.Participation.background"]
    profile.hobbies = [MARKERS["participants.Participation.hobbies"]]
    profile.where_to_meet = MARKERS["participants.Participation.where_to_meet"]
    with_not_discussed(profile, MARKERS["participants.Participation.not_discussed"])
    answer = MARKERS["participants.ProgramAnswer.words"]
    ProgramAnswer.objects.create(participation=profile, question=question, words=answer)
    actions.keep_draft(
        program, side=Side.MENTEE, step=Step.ABOUT, answers={"number_one": [MARKERS["participants.Draft.answers"]]},
        is_done=False, by=world.people[W.STRANGER], at=now,
    )  # fmt: skip
    actions.answer_as_referee(
        world.reference, reply=RefereesReply.UNSURE, remark=MARKERS["participants.Reference.remark"], at=now
    )
    Reference.objects.create(
        participation=world.reference.participation, asked_at=now,
        referee=PersonFactory(family_name=MARKERS["participants.Reference.referee"]),
    )  # fmt: skip
    kept_apart = PersonFactory(family_name=MARKERS["programs.DeclaredConflict.other"])
    declare_conflict(
        one=mina, other=kept_apart, kind=ConflictKind.FAMILY, by=mina, at=now,
        reason=MARKERS["programs.DeclaredConflict.reason"],
    )  # fmt: skip
    WaitListEntry.objects.create(
        program=program, side=Side.MENTEE, asked_at=now,
        person=PersonFactory(family_name=MARKERS["participants.WaitListEntry.person"]),
    )  # fmt: skip
    Aside.objects.filter(proposal=world.declined).update(topics=[MARKERS["matching.Aside.topics"]])
    cora = world.people[W.COORDINATOR]
    Call.objects.create(
        program=program, side=Side.MENTOR, called_by=cora, called_at=now, words=MARKERS["participants.Call.words"]
    )
    Learning.objects.create(
        program=program, about=About.GENERAL, written_by=cora, written_at=now, words=MARKERS["programs.Learning.words"]
    )
    Scenario.objects.filter(run=world.tried).update(name=MARKERS["matching.Scenario.name"])
    said_in_a_comment(world, MARKERS["surveys.Answer.values"])
    DirectoryImport.objects.update(
        file_name=MARKERS["people.DirectoryImport.file_name"], failure=MARKERS["people.DirectoryImport.failure"]
    )


def said_in_a_comment(world: World, words: str) -> None:
    """The closed survey of this world is one in which somebody wrote a comment."""
    survey = Survey.objects.create(
        program=world.program, kind=SurveyKind.END_OF_TERM, title="A second one", opens_on=world.closed_survey.opens_on,
        closes_on=world.closed_survey.closes_on, opened_by=world.people[W.COORDINATOR],
    )  # fmt: skip
    comment = Question.objects.create(survey=survey, position=1, kind=QuestionKind.COMMENT, words="Anything else?")
    survey.opened_at = world.closed_survey.opened_at
    survey.save()
    for who, side in ((W.MENTOR, Side.MENTOR), (W.MENTEE, Side.MENTEE)):
        Invitation.objects.create(survey=survey, person=world.people[who], side=side)
    Answer.objects.create(survey=survey, side=Side.MENTOR, values={str(comment.pk): words})
    release = Release.objects.create(survey=survey, released_at=clock.now(), results=as_kept(count(survey).results))
    ReleasedComment.objects.create(release=release, question=comment, words=MARKERS["surveys.ReleasedComment.words"])
    world.closed_survey = survey


def columns_in(answer: Any, who: Who, page: Page | None = None) -> set[str]:
    """The columns of which this reader finds something in an answer. On a page that may name everybody, the name of
    somebody gives nothing away."""
    text = text_of(answer)
    names_count = page is None or page.names_for(who) != EVERYBODY
    return {column for column, marker in MARKERS.items() if marker in text and (names_count or column not in PEOPLE)}


def text_of(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] != b"PK":
        return str(body, "utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "".join(str(archive.read(name), "utf-8", "replace") for name in archive.namelist())
