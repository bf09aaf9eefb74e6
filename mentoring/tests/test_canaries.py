"""A marker in every private column is read by those whom the policy names, and found nowhere else.

Each column that can hold somebody's own words gets one of its own; so does each relation that is a secret in itself, by
the name of the person it leads to. Then everybody opens everything.
"""

from __future__ import annotations

import io
import logging
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import sql
from django.urls import reverse

import clock
from matching.models import Aside
from mentoring import health
from mentoring.access import EVERYBODY, Who
from mentoring.tests.test_access import ADDRESSES, ask, policy_of, session_of, url_of
from mentoring.tests.test_house import COLUMNS
from mentoring.tests.world import World, build
from notifications import kinds
from notifications.mail import as_email
from notifications.models import Notice
from pairings.models import Reflection
from pairings.private_words import AgreementWords, sealed
from participants import actions, references
from participants.choices import RefereesReply, Step
from participants.models import Call, ProgramAnswer, Reference, WaitListEntry
from participants.tests.factories import with_not_discussed
from people.models import DirectoryImport
from people.tests.factories import PersonFactory
from privacy import classes
from programs.actions import declare_conflict
from programs.choices import About, ConflictKind, Side
from programs.models import Learning, Program
from programs.tests.factories import QuestionFactory
from surveys.choices import QuestionKind, SurveyKind
from surveys.models import Answer, Invitation, Question, Survey

pytestmark = pytest.mark.django_db

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
        "participants.Participation.not_discussed": PAIR,
        "participants.Draft.answers": frozenset({W.STRANGER}),
        "participants.Reference.remark": frozenset({W.COORDINATOR, W.STRANGER}),
        "programs.DeclaredConflict.reason": ALONE,
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
    classes.ANONYMOUS: {"surveys.Answer.values": NOBODY},
    classes.DESK: {
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
        "matching.Unmatched.details",
        "matching.Proposal.parts", "pairings.Waiver.rule", "pairings.PlannedMeeting.zone",
        "participants.Participation.languages",
        "participants.Participation.ways", "participants.Participation.half_days", "participants.TrainingDone.piece",
        "notifications.Notice.key", "notifications.Notice.kind", "notifications.Notice.subject",
        "notifications.Notice.reason", "notifications.Notice.message_id", "people.DirectoryImport.options",
        "people.DirectoryImport.mark",
    }
)  # fmt: skip
"""Columns that hold numbers, keys and names of lists in the code: nobody's words fit in."""

COLUMNS_READ: Final = sorted({column for of in READERS.values() for column in of})
MARKERS: Final = {column: f"Qx{number:02}canary" for number, column in enumerate(COLUMNS_READ)}
PEOPLE: Final = frozenset(MARKERS) & {
    "participants.WaitListEntry.person", "participants.Reference.referee", "programs.DeclaredConflict.other"
}  # fmt: skip
EXPECTED: Final = {column: readers for of in READERS.values() for column, readers in of.items()}


def can_hold_words(field: Any) -> bool:
    text = models.CharField | models.TextField | models.BinaryField | models.JSONField | ArrayField
    public = {classes.NOT_PERSONAL, classes.DIRECTORY, classes.CREDENTIAL}
    return isinstance(field, text) and not field.choices and field.db_comment not in public


def test_every_private_column_that_can_hold_words_is_marked():
    columns: list[Any] = [param.values[0] for param in COLUMNS]
    private = {f"{each.model._meta.label}.{each.name}": each.db_comment for each in columns if can_hold_words(each)}
    marked = {column: of for of, readers in READERS.items() for column in readers if column not in PEOPLE}
    assert {column: of for column, of in private.items() if column not in OUR_OWN_WORDS} == marked


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        world = build()
        mark(world)
        yield world
        transaction.set_rollback(True)


def mark(world: World) -> None:
    """Write each marker where it belongs, sealed text through the seal."""
    now, pair, program, mina = clock.now(), world.pairing, world.program, world.people[W.MENTOR]
    agreement, meeting, task = pair.agreements.get(), pair.meetings.get(), world.goal.tasks.get()
    for row, column, words in (
        (agreement, "words", AgreementWords(number_one=MARKERS["pairings.Agreement.words"]).as_text()),
        (world.goal, "title", MARKERS["pairings.Goal.title"]),
        (task, "title", MARKERS["pairings.Task.title"]),
        (meeting, "topics", MARKERS["pairings.Meeting.topics"]),
    ):
        type(row).objects.filter(pk=row.pk).update(**{column: sealed(words, pair, row, column)})
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
    Invitation.objects.create(survey=survey, person=world.people[W.MENTOR], side=Side.MENTOR)
    Answer.objects.create(survey=survey, side=Side.MENTOR, values={str(comment.pk): words})
    world.closed_survey = survey


Found = dict[str, dict[Who, set[str]]]


def look(found: Found, who: Who, where: str, text: str, *, names_count: bool = True) -> None:
    for column, marker in MARKERS.items():
        if marker in text and (names_count or column not in PEOPLE):
            found[column][who].add(where)


def everything_read(world: World, who: Who, names: Iterable[str]) -> Found:
    """Where this reader finds which marker."""
    found: Found = defaultdict(lambda: defaultdict(set))
    client = session_of(world, who)
    for name in names:
        page = policy_of(name)
        if page is None:
            continue
        answer = ask(client, "get", url_of(ADDRESSES[name], world))
        look(found, who, name, text_of(answer), names_count=page.names_for(who) != EVERYBODY)
    if who is not W.ANONYMOUS:
        look(found, who, "my data", text_of(ask(client, "post", reverse("people:my_data"))))
    return found


def text_of(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] != b"PK":
        return str(body, "utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "".join(str(archive.read(name), "utf-8", "replace") for name in archive.namelist())


def stored() -> Iterator[tuple[str, str]]:
    """Every row of every table as text, histories and logs among them; bytes as their hexadecimal digits."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(sql.SQL("SELECT row_of::text FROM {} AS row_of").format(sql.Identifier(table)))
            for (row,) in cursor.fetchall():
                yield table, row


def test_everybody_finds_what_the_policy_names_and_nothing_else(world, monkeypatch, caplog):
    monkeypatch.setattr(health, "WORKER_ANSWERS_WITHIN", 0.01)  # none runs here
    caplog.set_level(logging.DEBUG)
    found: Found = defaultdict(dict)
    for who in Who:
        for column, readers in everything_read(world, who, ADDRESSES).items():
            found[column] |= readers
    wrong = []
    for column, named in EXPECTED.items():
        wrong += [f"{column}: {who.name} misses it" for who in named - set(found[column])]
        wrong += [f"{column}: {who.name} reads it at {found[column][who]}" for who in set(found[column]) - named]
    assert wrong == []
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert [column for column, marker in MARKERS.items() if marker in logged] == []
    assert len(caplog.records) > 100


def test_no_message_carries_a_marker(world):
    now = clock.now()
    messages = [
        as_email(notice, message, at=now).message().as_string()
        for notice in Notice.objects.select_related("person")
        if (message := kinds.named(notice.kind).compose(notice, now)) is not None
    ]
    assert len(messages) > 5
    assert [column for column, marker in MARKERS.items() if any(marker in each for each in messages)] == []


def test_the_database_holds_each_marker_in_its_own_table_alone_and_sealed_ones_nowhere(world):
    everything = list(stored())
    there = {
        column: {table for table, row in everything if marker in row or marker.encode().hex() in row}
        for column, marker in MARKERS.items()
    }
    sealed_columns = READERS[classes.SEALED]
    own = {column: set() if column in sealed_columns else {table_of(column)} for column in MARKERS}
    assert there == own


def table_of(column: str) -> str:
    """Where the words stand; a person's name stands in the directory."""
    return "people_person" if column in PEOPLE else apps.get_model(column.rpartition(".")[0])._meta.db_table


def test_a_leak_would_be_found(world, monkeypatch):
    desk = "participants:references_at_desk"
    assert "participants.Reference.remark" not in everything_read(world, W.CANDIDATE, [desk])
    monkeypatch.setattr(references, "programs_read_by", Program.objects.coordinated_by)  # candidates among them
    leaked = everything_read(world, W.CANDIDATE, [desk])
    assert leaked["participants.Reference.remark"] == {W.CANDIDATE: {desk}}
    assert W.CANDIDATE not in EXPECTED["participants.Reference.remark"]
