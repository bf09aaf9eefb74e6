"""What taking part tells somebody about themselves; registered with ``people.exports``."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Prefetch, Q
from django.views.decorators.debug import sensitive_variables

from participants import drafts, profiles, queries, questions
from participants.choices import WaitOutcome
from participants.models import (
    Call,
    Called,
    Champion,
    CharterSignature,
    Draft,
    ManagersAnswer,
    OfferedSkill,
    Participation,
    ProgramAnswer,
    Reference,
    ReferencesDecision,
    TrainingDone,
    WaitListEntry,
    WantedSkill,
)
from participants.references import remark_of
from people.exports import LeftOut, Part, Record, columns, register, told
from people.models import Person

PROFILE: Final = (
    "program", "side", "volunteered_at", "withdrawn_at", "places", "hours_a_month", "number_one", "background",
    "introduce", "hobbies", "languages", "ways", "half_days", "where_to_meet",
)  # fmt: skip
TRAINING: Final = ("piece", "version", "done_at")
CALLED: Final = ("program", "side", "declined_at")
CHAMPION: Final = ("program", "named_at", "reply", "replied_at", "withdrawn_at")
ANSWER: Final = ("program", "reply", "hours_a_month", "answered_at")
REFERENCE: Final = ("asked_at", "reply", "replied_at")
DRAFT: Final = ("program", "side", "saved_at")
WAITING: Final = ("program", "side", "asked_at")
BY_ONESELF: Final = frozenset({WaitOutcome.TAKEN, WaitOutcome.LET_GO, WaitOutcome.LEFT})
CALL: Final = ("program", "side", "words", "called_at")


@sensitive_variables()
def _taking_part(person: Person, at: datetime) -> list[Record]:
    rows = (
        questions.with_answers(queries.with_profile(Participation.objects.filter(person=person)))
        .prefetch_related(Prefetch("signatures", CharterSignature.objects.select_related("version")))
        .order_by("volunteered_at", "pk")
    )
    return [
        {
            **told(row, *PROFILE),
            "offered": [each.words for each in row.offered.all()],
            "wanted_the_dearest_first": [each.words for each in row.wanted.all()],
            "not_discussed": profiles.not_discussed(row),
            "answers": [{"question": each.question, "answer": each.words} for each in questions.shown(row)],
            "charter_signatures": [
                {"version": each.version.number, "joined_at": each.joined_at, "signed_at": each.signed_at}
                for each in row.signatures.all()
            ],
        }
        for row in rows
    ]


@sensitive_variables()
def _drafts(person: Person, at: datetime) -> list[Record]:
    """As it was typed, right or wrong."""
    begun = Draft.objects.filter(person=person).select_related("program", "data_key")
    return [
        {
            **told(each, *DRAFT),
            "typed": [
                {"field": name, "said": [value for value in values if value]}
                for name, values in drafts.told_in(each).answers.items()
                if not questions.is_mark(name)
            ],
        }
        for each in begun
    ]


def _wait_lists(person: Person, at: datetime) -> list[Record]:
    """How it ended only where this person ended it."""
    asked = WaitListEntry.objects.filter(person=person).select_related("program")
    return [
        {
            **told(each, *WAITING),
            **(told(each, "outcome", "ended_at") if each.outcome in BY_ONESELF else {}),
        }
        for each in asked.in_order()
    ]


def _training(person: Person, at: datetime) -> list[Record]:
    return [told(each, *TRAINING) for each in TrainingDone.objects.filter(person=person).order_by("done_at", "pk")]


def _asked(person: Person, at: datetime) -> list[Record]:
    called = Called.objects.filter(person=person).select_related("call", "program").order_by("pk")
    return [{**told(each, *CALLED), "asked_at": each.call.called_at} for each in called]


def _champion(person: Person, at: datetime) -> list[Record]:
    return [told(each, *CHAMPION) for each in Champion.objects.filter(person=person).select_related("program")]


def _line_manager(person: Person, at: datetime) -> list[Record]:
    """What managers answered about this person, who may know it, and what this person answered as a manager.

    A report is named only to who is their manager now.
    """
    rows = ManagersAnswer.objects.filter(Q(person=person) | Q(manager=person)).select_related(
        "program", "person", "manager"
    )
    return [
        {
            "about": "You" if row.person_id == person.pk else _report(row.person, person),
            "answered_by": "You" if row.manager_id == person.pk else str(row.manager),
            **told(row, *ANSWER),
        }
        for row in rows.order_by("answered_at", "pk")
    ]


def _report(person: Person, manager: Person) -> str:
    return str(person) if person.manager_id == manager.pk else "Somebody who reported to you"


def _referees(person: Person, at: datetime) -> list[Record]:
    """Whom this person named. Of what they answered, and whether, nothing."""
    named = Reference.objects.filter(participation__person=person).select_related("participation__program", "referee")
    return [
        {"program": str(each.participation.program), "referee": str(each.referee), "asked_at": each.asked_at}
        for each in named
    ]


@sensitive_variables()
def _references_given(person: Person, at: datetime) -> list[Record]:
    given = Reference.objects.filter(referee=person).select_related(
        "participation__program", "participation__person", "data_key"
    )
    return [
        {
            "about": str(each.participation.person),
            "program": str(each.participation.program),
            **told(each, *REFERENCE),
            "remark": remark_of(each),
        }
        for each in given
    ]


def _calls(person: Person, at: datetime) -> list[Record]:
    return [told(each, *CALL) for each in Call.objects.filter(called_by=person).select_related("program")]


def _named(person: Person, at: datetime) -> list[Record]:
    named = Champion.objects.filter(named_by=person).select_related("program")
    return [told(each, "program", "named_at") for each in named]


PARTS: Final = (
    Part(
        "taking_part",
        "Programs you take or took part in",
        "What you told about yourself on each side, opened for you, and the charters you agreed to.",
        _taking_part,
        columns(Participation, "person", "not_discussed", *PROFILE)
        | columns(OfferedSkill, "participation", "skill", "level")
        | columns(WantedSkill, "participation", "skill", "rank", "level")
        | columns(ProgramAnswer, "participation", "question", "words", "point")
        | columns(CharterSignature, "participation", "version", "joined_at", "signed_at"),
    ),
    Part(
        "drafts",
        "Offers you have begun and not sent",
        "What you typed so far, opened for you. Nobody else reads it.",
        _drafts,
        columns(Draft, "person", "answers", *DRAFT),
    ),
    Part(
        "wait_lists",
        "Places you asked to wait for",
        "When you asked, and how it ended where you ended it. Forgotten 60 days after it ended, or once the program is "
        "closed where you coordinate it.",
        _wait_lists,
        columns(WaitListEntry, "person", "outcome", "ended_at", *WAITING),
    ),
    Part(
        "guidance",
        "Guidance you read",
        "Which piece, in which version, and when you said so.",
        _training,
        columns(TrainingDone, "person", *TRAINING),
    ),
    Part(
        "asked_to_volunteer",
        "When you were asked to volunteer",
        "And where you said that it is not for you, which nobody else learns.",
        _asked,
        columns(Called, "call", "person", *CALLED),
    ),
    Part(
        "champion",
        "Being shown as a champion",
        "What you were asked, and what you answered.",
        _champion,
        columns(Champion, "person", *CHAMPION),
    ),
    Part(
        "line_manager",
        "Line managers’ answers about time",
        "What your line managers answered about giving you time, and what you answered as one.",
        _line_manager,
        columns(ManagersAnswer, "person", "manager", *ANSWER),
    ),
    Part(
        "referees",
        "Colleagues you named as referees",
        "Whom, and when they were asked.",
        _referees,
        columns(Reference, "participation", "referee", "asked_at"),
    ),
    Part(
        "references_given",
        "What you were asked, and said, as a referee",
        "The person you spoke about never reads it.",
        _references_given,
        columns(Reference, "remark", *REFERENCE),
    ),
    Part("calls", "Your calls for volunteers", "What you wrote as a coordinator.", _calls,
         columns(Call, "called_by", *CALL)),
    Part(
        "named_champions",
        "When you asked somebody to be a champion",
        "As a coordinator. Whom, stays on the page of the program.",
        _named,
        columns(Champion, "named_by"),
    ),
)  # fmt: skip
LEFT_OUT: Final = (
    LeftOut(
        "When a place was offered to you, and how a wait ended that you did not end",
        "It follows from what somebody else did: who left a program, or how many it takes. We wrote to you each time.",
        columns(WaitListEntry, "offered_at", "held_until"),
    ),
    LeftOut(
        "What referees answered about you",
        "They were promised that only coordinators read it. You learn that it is complete.",
        columns(Reference, "reply", "remark", "replied_at"),
    ),
    LeftOut(
        "What coordinators decided about references",
        "It follows from what referees said in confidence. You are told what it means for you.",
        columns(ReferencesDecision, "participation", "enough", "decided_by", "decided_at"),
    ),
)


def register_own() -> None:
    register(*PARTS, leave_out=LEFT_OUT)
