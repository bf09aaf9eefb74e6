"""The policy of who sees what, as data: the page that shows it and docs/diagrams/who-sees-what.md are made from it.

A reader who is not named for a row sees nothing of it, not even that it exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reader(StrEnum):
    ONESELF = "The person"
    PARTNER = "Partner"
    PROPOSED = "Proposed partner"
    LINE_MANAGER = "Line manager"
    COORDINATOR = "Coordinator of the program"
    SUPERVISOR = "Supervisor of the program"
    EXECUTIVE = "Executive, sponsor"
    ADMINISTRATOR = "Administrator"


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    seen_by: dict[Reader, str]


_R = Reader
YES = "yes"
COUNTS = "counts of groups"
NOT_WHOSE = "yes, and never whose it is"

POLICY: tuple[Row, ...] = (
    Row("Directory entry: name, title, function, level, location", dict.fromkeys(Reader, YES)),
    Row(
        "That I take part, in which program, on which side",
        {
            _R.ONESELF: YES, _R.PARTNER: YES, _R.PROPOSED: YES,
            _R.LINE_MANAGER: "that I take part, and the hours, if the program asks", _R.COORDINATOR: YES,
            _R.SUPERVISOR: YES, _R.EXECUTIVE: COUNTS, _R.ADMINISTRATOR: YES,
        },
    ),
    Row("That I was asked to volunteer", {_R.ONESELF: YES, _R.COORDINATOR: YES}),
    Row("That I said no to that", {_R.ONESELF: YES}),
    Row("That I wait for a place in a full pilot", {_R.ONESELF: YES, _R.COORDINATOR: "yes, unless a candidate"}),
    Row(
        "That I am a champion",
        {**dict.fromkeys(Reader, "after my yes, if they can open the program"), _R.ONESELF: YES, _R.COORDINATOR: YES},
    ),
    Row(
        "That my line manager gives the time, or would like to talk",
        {_R.ONESELF: YES, _R.LINE_MANAGER: "their own answer", _R.COORDINATOR: "yes, unless a candidate"},
    ),
    Row(
        "What I offer and want to learn, hobbies, languages, ways to meet, availability",
        {_R.ONESELF: YES, _R.PARTNER: YES, _R.PROPOSED: YES, _R.COORDINATOR: YES, _R.EXECUTIVE: COUNTS},
    ),
    Row("What I have begun to tell and not sent", {_R.ONESELF: YES}),
    Row(
        "Background, and the number one thing I want",
        {
            _R.ONESELF: YES, _R.PARTNER: YES, _R.PROPOSED: "if I allow", _R.COORDINATOR: "for matching",
            _R.EXECUTIVE: COUNTS,
        },
    ),
    Row(
        "What I answer to a program’s own questions",
        {_R.ONESELF: YES, _R.COORDINATOR: "yes, unless a candidate"},
    ),
    Row("Topics I will not discuss", {_R.ONESELF: YES, _R.PARTNER: YES}),
    Row(
        "Charter signed",
        {_R.ONESELF: YES, _R.PARTNER: "that it is complete", _R.COORDINATOR: YES, _R.EXECUTIVE: COUNTS},
    ),
    Row(
        "What referees answer about me",
        {_R.ONESELF: "that they are asked, and that it is complete", _R.COORDINATOR: "yes, unless a candidate"},
    ),
    Row(
        "Which pieces of guidance I have read",
        {_R.ONESELF: YES, _R.COORDINATOR: "how many, unless a candidate"},
    ),
    Row("A proposal and its reasons", {_R.ONESELF: YES, _R.PROPOSED: YES, _R.COORDINATOR: YES, _R.EXECUTIVE: COUNTS}),
    Row(
        "That I declined",
        {
            _R.ONESELF: YES, _R.PARTNER: "“not going ahead”", _R.PROPOSED: "“not going ahead”",
            _R.COORDINATOR: "yes, and no reason is asked",
        },
    ),
    Row("What I tell the search with “not this one”, and whom I wish to meet", {_R.ONESELF: YES}),
    Row(
        "A conflict of interest I declare, and why; whom I would rather not be paired with",
        {_R.ONESELF: YES, _R.COORDINATOR: "that a rule keeps the two apart, not who declared it or why"},
    ),
    Row("The agreement’s words", {_R.ONESELF: YES, _R.PARTNER: YES, _R.COORDINATOR: "that it is signed"}),
    Row(
        "Goals",
        {_R.ONESELF: YES, _R.PARTNER: YES, _R.COORDINATOR: "how many, and how many are met", _R.EXECUTIVE: COUNTS},
    ),
    Row("The small steps of a goal", {_R.ONESELF: YES, _R.PARTNER: YES}),
    Row(
        "Whom I am paired with, and from when until when",
        {_R.ONESELF: YES, _R.PARTNER: YES, _R.COORDINATOR: YES, _R.SUPERVISOR: "while the pair goes on"},
    ),
    Row(
        "Meetings, planned and held: date, minutes, kind, who cancelled and when",
        {
            _R.ONESELF: YES, _R.PARTNER: YES, _R.COORDINATOR: YES, _R.SUPERVISOR: "while the pair goes on",
            _R.EXECUTIVE: COUNTS,
        },
    ),
    Row("When, where and of what I want to be written to, and my days off", {_R.ONESELF: YES}),
    Row("The private address of my calendar", {_R.ONESELF: "once, when it is made"}),
    Row(
        "How a pair is doing, by dates, signatures and cancellations alone; that it says it is fine",
        {_R.ONESELF: YES, _R.PARTNER: YES, _R.COORDINATOR: YES},
    ),
    Row(
        "That a pair pauses, and until when; no reason is asked or kept",
        {_R.ONESELF: YES, _R.PARTNER: YES, _R.COORDINATOR: YES},
    ),
    Row("Meetings: what you spoke about", {_R.ONESELF: YES, _R.PARTNER: YES}),
    Row("Messages to my partner in our private room", {_R.ONESELF: YES, _R.PARTNER: YES}),
    Row("My own notes in the private room", {_R.ONESELF: YES}),
    Row("What we two may release to the insight board, before it is there", {_R.ONESELF: YES, _R.PARTNER: YES}),
    Row(
        "What two partners released to the insight board",
        {
            **dict.fromkeys(Reader, "if they take part in the program; never whose it is"),
            _R.COORDINATOR: NOT_WHOSE, _R.SUPERVISOR: NOT_WHOSE, _R.EXECUTIVE: NOT_WHOSE,
        },
    ),
    Row(
        "A request for help, and what is answered",
        {
            _R.ONESELF: YES, _R.COORDINATOR: "that one is open, without a name",
            _R.SUPERVISOR: "what was written to them",
        },
    ),
    Row("Check-in answers", {_R.ONESELF: YES, _R.COORDINATOR: COUNTS, _R.EXECUTIVE: COUNTS}),
    Row("How I rate my own skills", {_R.ONESELF: YES, _R.COORDINATOR: COUNTS, _R.EXECUTIVE: COUNTS}),
    Row(
        "That I am in a circle of mentors, with whom, and its days",
        {_R.ONESELF: "yes, and so do its members", _R.COORDINATOR: YES},
    ),
    Row(
        "That I was there on a day of my circle",
        {_R.ONESELF: "yes, and so do its members", _R.COORDINATOR: "how many were"},
    ),
    Row("Closing words", {_R.ONESELF: YES, _R.PARTNER: "if I share them"}),
    Row("That my partner’s certificate may name me", {_R.ONESELF: YES, _R.PARTNER: "once both have agreed"}),
    Row("Survey answers", {_R.COORDINATOR: "released results", _R.EXECUTIVE: "released results"}),
    Row("That I answered a survey", {_R.ONESELF: YES, _R.COORDINATOR: "yes, to remind"}),
    Row(
        "The recusal register: that two who were a pair should not judge one another, and until when",
        {_R.ONESELF: YES, _R.PARTNER: YES, _R.COORDINATOR: YES},
    ),
    Row("Who was paired with whom, after the end", {_R.ONESELF: YES, _R.PARTNER: YES, _R.COORDINATOR: YES}),
)  # fmt: skip
