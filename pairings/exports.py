"""What pairs tell each of their two; registered with ``people.exports``.

That a pair was, and its facts, both know for good. What the two wrote together is told for as long as their page can
be read. What one of them wrote alone is told to that one, and to nobody else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Prefetch
from django.views.decorators.debug import sensitive_variables

from pairings import asking, rules
from pairings.checking_in import fit_of
from pairings.models import (
    Agreement,
    CalendarFeed,
    CheckIn,
    Circle,
    CircleAttendance,
    CircleMember,
    Extension,
    Goal,
    HelpMessage,
    HelpRequest,
    Meeting,
    Pairing,
    PlannedMeeting,
    PrivateMessage,
    PrivateNote,
    Reflection,
    SkillRating,
    Task,
    Waiver,
)
from pairings.private_words import Row, opened, opened_agreement
from people.exports import LeftOut, Part, Record, Value, columns, register, told
from people.models import Person
from programs.choices import Side

PAIR: Final = (
    "program",
    "opened_at",
    "started_on",
    "runs_until",
    "ended_on",
    "fine_until",
    "paused_from",
    "back_on",
    "recused_months",
    "kept_days",
    "times_logged",
)
NAMED: Final = ("mentor_named_at", "mentee_named_at")
AGREEMENT: Final = ("version", "meet_every_days", "meeting_minutes", "arranged_by", "drafted_at")
GOAL: Final = ("due_on", "state", "progress", "set_at")
MEETING: Final = ("held_on", "minutes", "kind", "way", "logged_at")
PLANNED: Final = ("starts_at", "zone", "minutes", "kind", "way", "planned_at", "changed_at", "state", "settled_at")
CHECK_IN: Final = ("due_on", "answered_at")
QUESTIONS: Final = {
    "meeting": "we_meet_as_we_agreed",
    "getting": "i_am_getting_what_i_want",
    "speaking": "i_can_say_what_i_think",
    "worth": "it_is_worth_the_time",
}
RATING: Final = ("skill", "moment", "mastery", "rated_at")
EXTENSION: Final = ("until", "proposed_at", "answered_at", "agreed")
REFLECTION: Final = ("shared", "written_at")
CLOSED: Final = "No longer readable: the page of this pair has closed for you both."
UNREADABLE: Final = "Cannot be opened: it was erased, or its key is missing at the moment."


@sensitive_variables()
def _pairs(person: Person, at: datetime) -> list[Record]:
    pairs = (
        Pairing.objects.of(person)
        .with_people()
        .select_related("data_key")
        .prefetch_related(
            "agreements",
            "meetings",
            "extensions",
            "planned_meetings",
            Prefetch("goals", Goal.objects.prefetch_related("tasks")),
            Prefetch("check_ins", CheckIn.objects.filter(person=person)),
            Prefetch("skill_ratings", SkillRating.objects.filter(person=person).select_related("skill")),
            Prefetch("reflections", Reflection.objects.filter(person=person)),
            Prefetch("notes", PrivateNote.objects.filter(written_by=person)),
            "messages",
        )
        .order_by("started_on", "pk")
    )
    return [_pair(each, person, at) for each in pairs]


def _who_paused(pairing: Pairing, person: Person) -> str | None:
    if pairing.paused_by_id is None:
        return None
    partner = pairing.partner_of(person)
    return {person.pk: "You", partner.pk: str(partner)}.get(pairing.paused_by_id, "A coordinator")


@sensitive_variables()
def _pair(pairing: Pairing, person: Person, at: datetime) -> Record:
    readable = at.astimezone(person.zone).date() <= rules.readable_until(pairing)
    side = rules.insist_partner(pairing, person)

    def who(pk: int) -> str:
        return "You" if pk == person.pk else str(pairing.partner_of(person))

    def both(value: bytes | memoryview | None, row: Row, column: str) -> Value:
        return _words(opened(value, pairing, row, column)) if readable else CLOSED

    def agreement(each: Agreement) -> Record:
        words = opened_agreement(each, pairing) if readable else None
        written = [words.by_name()] if words is not None else []
        mine, partners = each.mentor_signed_at, each.mentee_signed_at
        if side is Side.MENTEE:
            mine, partners = partners, mine
        return {
            **told(each, *AGREEMENT),
            "drafted_by": who(each.drafted_by_id),
            "you_signed_at": mine,
            "your_partner_signed_at": partners,
            "words": written or (UNREADABLE if readable else CLOSED),
        }

    return {
        **told(pairing, *PAIR),
        "your_side": pairing.program.word(side, capital=True),
        "partner": str(pairing.partner_of(person)),
        "ended_by": who(pairing.ended_by_id) if pairing.ended_by_id is not None else None,
        "fine_said_by": who(pairing.fine_said_by_id) if pairing.fine_said_by_id is not None else None,
        "paused_by": _who_paused(pairing, person),
        "certificates_may_name_you_since": (
            pairing.mentor_named_at if side is Side.MENTOR else pairing.mentee_named_at
        ),
        "agreements": [agreement(each) for each in pairing.agreements.all()],
        "goals": [
            {
                "what": both(goal.title, goal, "title"),
                **told(goal, *GOAL),
                "set_by": who(goal.set_by_id),
                "times_saved": goal.version,
                "steps": [
                    {
                        "what": both(task.title, task, "title"),
                        "due_on": task.due_on,
                        "set_by": who(task.set_by_id),
                        "set_at": task.set_at,
                        "done_at": task.done_at,
                    }
                    for task in goal.tasks.all()
                ],
            }
            for goal in pairing.goals.all()
        ],
        "meetings": [
            {
                **told(meeting, *MEETING),
                "logged_by": who(meeting.logged_by_id),
                "topics": both(meeting.topics, meeting, "topics"),
            }
            for meeting in pairing.meetings.all()
        ],
        "meetings_planned": [
            {
                **told(planned, *PLANNED),
                "planned_by": who(planned.planned_by_id),
                "changed_by": who(planned.changed_by_id),
                "settled_by": who(planned.settled_by_id) if planned.settled_by_id is not None else None,
                "times_saved": planned.version,
            }
            for planned in pairing.planned_meetings.all()
        ],
        "going_on": [
            {**told(each, *EXTENSION), "proposed_by": who(each.proposed_by_id)} for each in pairing.extensions.all()
        ],
        "messages_between_you_two": [
            {
                "written_by": who(each.written_by_id),
                "written_at": each.written_at,
                "you_saw_it_at": None if each.written_by_id == person.pk else each.read_at,
                "words": both(each.words, each, "words"),
            }
            for each in pairing.messages.all()
        ],
        "your_private_notes": [
            {
                "written_at": each.written_at,
                "times_saved": each.version,
                "words": _words(opened(each.words, pairing, each, "words")),
            }
            for each in pairing.notes.all()
        ],
        "your_check_ins": [
            {
                **told(each, *CHECK_IN),
                **{QUESTIONS[name]: said for name, said in told(each, *QUESTIONS).items()},
                **({"how_it_looked": _fit(each, pairing)} if each.fit is not None else {}),
            }
            for each in pairing.check_ins.all()
        ],
        "your_skill_ratings": [told(each, *RATING) for each in pairing.skill_ratings.all()],
        "your_closing_words": [
            {"words": _words(opened(each.words, pairing, each, "words")), **told(each, *REFLECTION)}
            for each in pairing.reflections.all()
        ],
    }


@sensitive_variables()
def _fit(check_in: CheckIn, pairing: Pairing) -> str:
    fit = fit_of(check_in, pairing)
    return UNREADABLE if fit is None else str(fit.label)


def _words(text: str | None) -> str:
    return UNREADABLE if text is None else text


def _waivers(person: Person, at: datetime) -> list[Record]:
    """Which rule, in which program. Of whom it was said is not told."""
    waived = Waiver.objects.filter(waived_by=person).select_related("pairing__program").order_by("waived_at", "pk")
    return [{"program": str(each.pairing.program), "rule": each.rule, "waived_at": each.waived_at} for each in waived]


def _calendar_address(person: Person, at: datetime) -> list[Record]:
    return [told(each, "made_at") for each in CalendarFeed.objects.filter(person=person).exclude(made_at=None)]


@sensitive_variables()
def _help_asked(person: Person, at: datetime) -> list[Record]:
    """What one asked and was answered, for as long as its page can be read."""
    mine = asking.visible_to(person, at=at).filter(asked_by=person)
    return [_thread(each, person, everything=True) for each in mine]


@sensitive_variables()
def _help_given(person: Person, at: datetime) -> list[Record]:
    """What one answered as a supervisor, while one is; who asked is not told."""
    to_me = asking.visible_to(person, at=at).filter(supervisor=person)
    return [_thread(each, person, everything=False) for each in to_me]


@sensitive_variables()
def _thread(request: HelpRequest, person: Person, *, everything: bool) -> Record:
    rows = list(request.messages.all() if everything else request.messages.filter(written_by=person))
    for row in rows:
        row.request = request
    closed_by = None
    if request.closed_by_id is not None:
        closed_by = "You" if request.closed_by_id == person.pk else "The other of you two"
    return {
        **told(request, "program", "asked_at", "kept_until", "closed_at"),
        **({"supervisor": str(request.supervisor)} if everything else {}),
        "closed_by": closed_by,
        "messages": [
            {
                "written_by": "You" if row.written_by_id == person.pk else str(request.supervisor),
                "written_at": row.written_at,
                "you_saw_it_at": None if row.written_by_id == person.pk else row.read_at,
                "words": _words(opened(row.words, request, row, "words")),
            }
            for row in rows
        ],
    }


def _circles(person: Person, at: datetime) -> list[Record]:
    """Who else is in it is theirs to tell."""
    mine = CircleMember.objects.filter(participation__person=person).select_related("circle__program", "participation")
    return [
        {
            "program": str(each.circle.program),
            "circle": each.circle.number,
            **told(each, "joined_at"),
            "left_at": each.out_since,
            "you_were_there": [
                {"on": said.day.day, **told(said, "said_at")}
                for said in each.attendance.select_related("day").order_by("day__day")
            ],
        }
        for each in mine.order_by("joined_at", "pk")
    ]


def _circles_formed(person: Person, at: datetime) -> list[Record]:
    formed = Circle.objects.filter(formed_by=person).select_related("program").order_by("formed_at", "pk")
    return [told(each, "program", "number", "formed_at", "dissolved_at", "version") for each in formed]


PARTS: Final = (
    Part(
        "pairs",
        "Your pairs",
        "Facts of each pair, what you two wrote for as long as your page can be read, and what you wrote alone.",
        _pairs,
        columns(Pairing, "mentor", "mentee", "ended_by", "fine_said_by", "paused_by", *NAMED, *PAIR)
        | columns(Agreement, "words", "drafted_by", "mentor_signed_at", "mentee_signed_at", *AGREEMENT)
        | columns(Goal, "title", "set_by", "version", *GOAL)
        | columns(Task, "title", "due_on", "set_by", "set_at", "done_at")
        | columns(Meeting, "pairing", "logged_by", "topics", *MEETING)
        | columns(PlannedMeeting, "pairing", "planned_by", "changed_by", "settled_by", "version", *PLANNED)
        | columns(Extension, "pairing", "proposed_by", *EXTENSION)
        | columns(CheckIn, "pairing", "person", "fit", *CHECK_IN, *QUESTIONS)
        | columns(SkillRating, "pairing", "person", *RATING)
        | columns(Reflection, "person", "words", *REFLECTION)
        | columns(PrivateMessage, "pairing", "written_by", "written_at", "read_at", "words")
        | columns(PrivateNote, "pairing", "written_by", "written_at", "version", "words"),
    ),
    Part(
        "calendar_address",
        "Your private calendar address",
        "When you made it. The address itself is kept nowhere.",
        _calendar_address,
        columns(CalendarFeed, "person", "made_at"),
    ),
    Part(
        "help_asked",
        "What you asked a supervisor",
        "Each conversation in confidence, until it is erased: 30 days after it was closed.",
        _help_asked,
        columns(HelpRequest, "program", "asked_by", "supervisor", "asked_at", "kept_until", "closed_at", "closed_by")
        | columns(HelpMessage, "request", "written_by", "written_at", "read_at", "words"),
    ),
    Part(
        "help_given",
        "What you answered as a supervisor",
        "Your own words, without the name of whoever asked.",
        _help_given,
        columns(HelpRequest, "program", "supervisor", "asked_at", "kept_until", "closed_at", "closed_by")
        | columns(HelpMessage, "request", "written_by", "written_at", "words"),
    ),
    Part(
        "circles",
        "Your circles of mentors",
        "When you were in one, the days you were there, and when you said so. What was said there is kept nowhere.",
        _circles,
        columns(CircleMember, "circle", "participation", "joined_at", "left_at")
        | columns(CircleAttendance, "day", "member", "said_at"),
    ),
    Part(
        "circles_formed",
        "Circles of mentors you formed as a coordinator",
        "Its number, since when, and how often its members were changed.",
        _circles_formed,
        columns(Circle, "formed_by", "formed_at", "dissolved_at", "version"),
    ),
    Part(
        "waivers",
        "Pairs you let go on as a coordinator",
        "Which rule it was, and when.",
        _waivers,
        columns(Waiver, "rule", "waived_by", "waived_at"),
    ),
)
LEFT_OUT: Final = (
    LeftOut(
        "Who wrote to you in confidence as a supervisor, and what they wrote",
        "It is theirs, and stays on the page that only the two of you can open. Your own answers stand here while you "
        "can open it.",
        columns(HelpRequest, "asked_by") | columns(HelpMessage, "words", "read_at"),
    ),
    LeftOut(
        "What your partner answered, rated and wrote alone",
        "Check-ins, ratings, notes and whether you may name them are theirs, and so is when they saw what you wrote to "
        "them. Closing words they share with you stand on your page, and stay theirs.",
        columns(CheckIn, "person")
        | columns(Pairing, *NAMED)
        | columns(SkillRating, "person")
        | columns(Reflection, "words")
        | columns(PrivateNote, "words")
        | columns(PrivateMessage, "read_at"),
    ),
    LeftOut(
        "Your calendar address itself, and how often you made one",
        "We keep only a hash of the address, and a counter that keeps two windows from making two at once.",
        columns(CalendarFeed, "token_hash", "version"),
    ),
    LeftOut(
        "What coordinators noted about rules and a pair of yours",
        "A rule may rest on what somebody else declared in confidence.",
        columns(Waiver, "pairing"),
    ),
)


def register_own() -> None:
    register(*PARTS, leave_out=LEFT_OUT)
