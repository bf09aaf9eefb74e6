"""When somebody may volunteer, change a profile or withdraw."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from participants.choices import ReferencesState
from programs.choices import BEFORE_ENROLMENT, AnswerKind, Side, Stage
from programs.questions import mark_of

if TYPE_CHECKING:
    from participants.models import Participation, Reference, WaitListEntry
    from people.models import Person, Skill
    from programs.models import CharterVersion, Program, ProgramQuestion
    from programs.training import Piece

OFFER_HOLDS = timedelta(days=7)
"""So long a place of a full pilot is kept for whom it was offered to."""

OFFER_REMINDED_BEFORE = timedelta(days=2)

STAGES_BEFORE_A_PAIR = frozenset({Stage.ENROLMENT, Stage.MATCHING, Stage.RUNNING})
"""Stages in which somebody may still be matched, so that it matters what is missing."""

MOST_OFFERED = 8
MOST_WANTED = 5
MOST_HOBBIES = 10
MOST_HOURS = 20
LONGEST_HOBBY = 40
LONGEST_ANSWER = 300

KEPT_AFTER_WITHDRAWING = timedelta(hours=36)
"""So long a profile outlives a withdrawal. The others learn of it at nine the next morning in their own time zone,
which is at most 33 hours later, and one more where clocks are put back."""


REFERENCE_GOOD_FOR = timedelta(days=21)
"""So long a referee can answer by the link in the mail."""

REFERENCE_WAITS = timedelta(days=10)
"""After the last reminder a coordinator decides without the answer."""

LONGEST_REMARK = 500

DRAFT_KEPT = timedelta(days=60)
"""So long what somebody has begun to tell waits for them after they last saved it."""

WAIT_KEPT = timedelta(days=60)
"""So long it is known that somebody waited for a place and waits no longer."""

LONGEST_DRAFT = 60_000
"""Characters of a draft in all: many times what a form takes that is filled in to the last letter."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing before somebody can be matched: the charter, a piece to read, or referees."""

    piece: Piece | None = None
    referees: ReferencesState | None = None
    number: int = 0
    """So many referees the program asks for."""
    again: bool = False
    """The charter has changed since this person agreed to it."""

    @property
    def words(self) -> str:
        """Behind "Before you can be matched:"."""
        if self.piece:
            return f"read “{self.piece.title}” ({self.piece.reading_time})"
        match self.referees:
            case None:
                return "agree to the charter as it is now" if self.again else "agree to the charter"
            case ReferencesState.TO_NAME:
                return f"name {'two colleagues' if self.number > 1 else 'a colleague'} who can speak for you"
            case ReferencesState.NOT_ENOUGH:
                return "talk with a coordinator; they decided not to match you for now"
            case _:
                return f"wait until your {'referees have' if self.number > 1 else 'referee has'} answered"

    @property
    def verb(self) -> str:
        """On the button that leads there."""
        if self.piece:
            return "Read it"
        if self.referees is not None:
            return "Name them" if self.number > 1 else "Name somebody"
        return "See what changed" if self.again else "Read the charter"

    @property
    def left_open(self) -> str:
        """Where a mail says that it is."""
        if self.piece:
            return "there is something left to read"
        if self.referees is not None:
            who = "two colleagues who can speak for you are" if self.number > 1 else "somebody who can speak for you is"
            return f"{who} still to be named"
        return "the charter is still open"

    @property
    def is_theirs(self) -> bool:
        """Whether the person can do it themselves."""
        return self.referees in (None, ReferencesState.TO_NAME)

    @property
    def words_for_coordinators(self) -> str:
        """They learn that something is left to read, and not what; of references, that they are not complete."""
        if self.piece:
            return "has guidance to read"
        if self.referees is not None:
            return "has references that are not complete"
        return "has not agreed to the charter as it is now" if self.again else "has not agreed to the charter"


def missing(participation: Participation, *, read: Collection[str], references: ReferencesState) -> tuple[Missing, ...]:
    """What is missing before this person can be matched; nothing once they are ready.

    ``read`` are names of pieces. Whoever has read an older version of a piece stays ready, and is invited to read
    the new one. Pairs under way go on whatever is missing.
    """
    signed = participation.charter_signed_at is not None
    charter = () if signed else (Missing(again=participation.agreed_once_at is not None),)
    required = participation.program.requires(Side(participation.side))
    complete = references in (ReferencesState.NOT_WANTED, ReferencesState.ENOUGH)
    referees = () if complete else (Missing(referees=references, number=references_wanted(participation)),)
    return (*charter, *(Missing(piece) for piece in required if piece.name not in read), *referees)


def in_words(missing: Collection[Missing]) -> str:
    """``agree to the charter, and read “Listening and asking” (2 minutes)``."""
    *most, last = (each.words for each in missing)
    return f"{', '.join(most)}, and {last}" if most else last


class NotReady(ValidationError):
    def __init__(self, missing: Collection[Missing]) -> None:
        super().__init__(f"Before you can be matched: {in_words(missing)}.", code="not_ready")


def insist_ready(missing: Collection[Missing]) -> None:
    if missing:
        raise NotReady(missing)


MOST_CALLED = 2000
"""People asked at once. A larger company is asked area by area, so that nobody is flooded with answers."""


class CharterChanged(ValidationError):
    field = "charter"

    def __init__(self) -> None:
        super().__init__(
            "The charter has changed since you opened this page. Read it once more, then agree.", code="charter_changed"
        )


class NothingToSign(ValidationError):
    def __init__(self) -> None:
        super().__init__("Only somebody who takes part agrees to the charter.", code="nothing_to_sign")


def insist_in_force(read: int, in_force: CharterVersion) -> None:
    """Nobody agrees to words they have not read. ``read`` is a primary key."""
    if read != in_force.pk:
        raise CharterChanged


class TooMuchTyped(ValidationError):
    def __init__(self) -> None:
        super().__init__("This is more text than can be kept. Shorten it, then go on.", code="too_much_typed")


class EnrolmentNotOpen(ValidationError):
    def __init__(self, program: Program) -> None:
        not_yet = program.stage in BEFORE_ENROLMENT
        when = "does not take volunteers yet." if not_yet else "takes no new volunteers at the moment."
        super().__init__(f"{program} {when}", code="enrolment_not_open")


class PilotIsFull(ValidationError):
    def __init__(self, program: Program, side: Side) -> None:
        super().__init__(
            f"This pilot has no place for another {program.word(side)} at the moment. You can put yourself "
            "on the wait list, on the page of the program.",
            code="pilot_full",
        )


class TakesPartAlready(ValidationError):
    def __init__(self) -> None:
        super().__init__("You take part already. There is nothing to wait for.", code="takes_part")


class PlaceIsFree(ValidationError):
    def __init__(self) -> None:
        super().__init__("There is a place, so you need not wait for one.", code="place_is_free")


class ProgramIsClosed(ValidationError):
    def __init__(self, program: Program) -> None:
        super().__init__(f"{program} is closed. Profiles are no longer changed.", code="program_closed")


class NotOnesOwn(ValidationError):
    def __init__(self) -> None:
        super().__init__("Only the person concerned can do this.", code="not_ones_own")


class HasWithdrawn(ValidationError):
    def __init__(self) -> None:
        super().__init__("You have withdrawn. Volunteer again to fill in a profile.", code="withdrawn")


class TooMany(ValidationError):
    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence, code="too_many")
        self.field = field


class WishedTwice(ValidationError):
    def __init__(self, skill: Skill) -> None:
        super().__init__(f"You chose {skill} twice. Choose another, or leave one empty.", code="wished_twice")


class NoLongerListed(ValidationError):
    def __init__(self, skill: Skill) -> None:
        super().__init__(
            f"“{skill}” was taken off the list of skills a moment ago. Choose again.", code="no_longer_listed"
        )


class NotYourReport(ValidationError):
    def __init__(self) -> None:
        super().__init__("Only the line manager of somebody who takes part can answer.", code="not_your_report")


def is_taking_volunteers(program: Program) -> bool:
    return bool(program.stage == Stage.ENROLMENT)


def insist_taking_volunteers(program: Program) -> None:
    if not is_taking_volunteers(program):
        raise EnrolmentNotOpen(program)


def has_place_for(program: Program, side: Side, taking_part: Iterable[tuple[int, str]], person_id: int) -> bool:
    """Whether the limits of a pilot leave room for one more on this side.

    ``taking_part`` are person and side of those who take part and work here, and of those for whom a place is held.
    Somebody on one side already takes no further place among the people in all.
    """
    rows = set(taking_part)
    if (person_id, side) in rows:
        return True
    most = program.most_mentors if side == Side.MENTOR else program.most_mentees
    if most is not None and sum(taken == side for _, taken in rows) >= most:
        return False
    people = {person for person, _ in rows} - {person_id}
    return program.most_people is None or len(people) < program.most_people


def is_limited(program: Program) -> bool:
    """Whether there is a number of people that may not be passed."""
    return any(limit is not None for limit in (program.most_mentors, program.most_mentees, program.most_people))


def has_lapsed(entry: WaitListEntry, *, at: datetime) -> bool:
    """Whether the place is held no longer: it was, through the whole of the last day where the person lives."""
    return entry.held_until is not None and entry.held_until < at.astimezone(entry.person.zone).date()


def may_change_profile(participation: Participation) -> bool:
    """Until the program closes, also while a pair runs: people move, and languages are learned."""
    return participation.withdrawn_at is None and participation.program.stage != Stage.CLOSED


def insist_may_change_profile(participation: Participation) -> None:
    if participation.withdrawn_at is not None:
        raise HasWithdrawn
    if participation.program.stage == Stage.CLOSED:
        raise ProgramIsClosed(participation.program)


def may_sign(participation: Participation) -> bool:
    """Whoever takes part, until the program closes."""
    return may_change_profile(participation)


def still_counts(*, answered_for: int, asked: int) -> bool:
    """A line manager's answer covers the hours it was given for, and fewer; for more, they are asked again."""
    return asked <= answered_for


def insist_ones_own(participation: Participation, person: Person) -> None:
    if participation.person_id != person.pk:
        raise NotOnesOwn


def insist_still_listed(skills: Collection[Skill], *, held: Collection[Skill]) -> None:
    if gone := [skill for skill in skills if skill not in held]:
        raise NoLongerListed(gone[0])


def insist_wishes_in_bounds(*, offered: Sequence[Skill], wanted: Sequence[Skill], hobbies: Sequence[str]) -> None:
    """Each skill once, and few enough of everything that a list still says something about a person."""
    seen: set[int] = set()
    for skill in wanted:
        if skill.pk in seen:
            raise WishedTwice(skill)
        seen.add(skill.pk)
    if len(offered) > MOST_OFFERED:
        raise TooMany("offered", f"You chose {len(offered)} things to show. Choose the {MOST_OFFERED} you like best.")
    if len(wanted) > MOST_WANTED:
        raise TooMany("wanted", f"These are {len(wanted)} wishes. Keep the {MOST_WANTED} that matter most.")
    if len(hobbies) > MOST_HOBBIES:
        raise TooMany("hobbies", f"These are {len(hobbies)} hobbies. Keep {MOST_HOBBIES} or fewer.")


# A program's own questions


class AnswerRefused(ValidationError):
    """An answer that does not fit its question, said at its field."""

    def __init__(self, question: int, sentence: str) -> None:
        super().__init__({answer_field(question): sentence})


def answer_field(question: int) -> str:
    """What the field for a question is called on a form."""
    return f"question_{question}"


def mark_field(question: int) -> str:
    """What the field is called that says how the question was read."""
    return f"asked_{question}"


def insist_answers_fit(given: Mapping[int, str | int], *, asked: Mapping[int, ProgramQuestion]) -> None:
    """``given`` are answers by the primary key of their question, empty where there is none; ``asked`` are all the
    questions put to this person."""
    for key, answer in given.items():
        if key not in asked:
            raise AnswerRefused(key, "This question is no longer asked.")
        if answer and not _fits(answer, asked[key]):
            raise AnswerRefused(key, "This does not answer the question as it is now. Look at it again.")
    for key, question in asked.items():
        if question.required and not question.retired and not given.get(key):
            raise AnswerRefused(key, "The coordinators of this program ask everybody to answer this.")


def insist_as_read(
    given: Mapping[int, str | int], *, read: Mapping[int, str], asked: Mapping[int, ProgramQuestion]
) -> None:
    """Nobody answers words they have not read. ``read`` are marks of the questions as the person found them."""
    for key, answer in given.items():
        if answer and key in asked and read.get(key) != mark_of(asked[key]):
            raise AnswerRefused(
                key, "This question has changed since you answered it. Read it again; saving keeps your answer."
            )


def _fits(answer: str | int, question: ProgramQuestion) -> bool:
    match question.kind:
        case AnswerKind.SCALE:
            return isinstance(answer, int) and 1 <= answer <= 5
        case AnswerKind.CHOICE:
            return answer in question.options
        case _:
            return isinstance(answer, str) and len(answer) <= LONGEST_ANSWER


# References


class ReferenceRefused(ValidationError):
    """Something that cannot be done with references now."""


class AlreadyNamed(ReferenceRefused):
    def __init__(self) -> None:
        super().__init__("You have named who can speak for you already, and they are asked.", code="already_named")


class NoLongerAsked(ReferenceRefused):
    def __init__(self) -> None:
        super().__init__("This question is no longer open. Nothing was stored.", code="no_longer_asked")


class NothingToDecide(ReferenceRefused):
    def __init__(self) -> None:
        super().__init__("There is nothing to decide here yet. The referees can still answer.", code="nothing")


class NotForThisReader(ReferenceRefused):
    def __init__(self) -> None:
        super().__init__("Only a coordinator who is no candidate in this program can decide.", code="not_reader")


def references_wanted(participation: Participation) -> int:
    """How many referees this person names: mentors only, as many as the program asks for."""
    return participation.program.references_asked if participation.side == Side.MENTOR else 0


def insist_referees_fit(participation: Participation, referees: Sequence[Person], *, on: date) -> None:
    wanted = references_wanted(participation)
    if len(referees) != wanted or not wanted:
        raise ReferenceRefused(f"Name {wanted} colleague{'' if wanted == 1 else 's'}." if wanted else "None is asked.")
    for referee in referees:
        if referee.pk == participation.person_id:
            raise ReferenceRefused("You cannot speak for yourself here. Name somebody else.", code="oneself")
        if not referee.is_active or (referee.left_on is not None and referee.left_on <= on):
            raise ReferenceRefused(f"{referee} does not work here any more. Name somebody else.", code="left")
    if len({referee.pk for referee in referees}) < len(referees):
        raise ReferenceRefused("You named the same person twice. Name two different colleagues.", code="twice")


def insist_can_be_answered(reference: Reference, *, at: datetime) -> None:
    if at >= reference.asked_at + REFERENCE_GOOD_FOR:
        raise NoLongerAsked


# Calls


class NobodyToCall(ValidationError):
    def __init__(self) -> None:
        super().__init__(
            "Nobody is left to ask there: they take part or did, were asked before, or the rules do not admit them.",
            code="nobody_to_call",
        )


class TooManyToCall(ValidationError):
    def __init__(self, people: int) -> None:
        super().__init__(
            f"These are {people:,} people. Choose an area with {MOST_CALLED:,} or fewer.", code="too_many_to_call"
        )


def insist_may_be_called(people: int) -> None:
    if not people:
        raise NobodyToCall
    if people > MOST_CALLED:
        raise TooManyToCall(people)


# Champions


class CannotBeChampion(ValidationError):
    """Somebody a coordinator cannot ask to be a champion, and why."""

    field = "person"


class NeverTookPart(CannotBeChampion):
    def __init__(self, person: Person, program: Program) -> None:
        super().__init__(
            f"{person} has never taken part in {program}. A champion speaks from having been there.",
            code="never_took_part",
        )


class NotHereNow(CannotBeChampion):
    def __init__(self, person: Person) -> None:
        super().__init__(f"{person} does not work here any more. Name somebody else.", code="left")


class NotAskedAgain(CannotBeChampion):
    def __init__(self, person: Person) -> None:
        super().__init__(
            f"{person} was asked before, and nobody is asked twice. They can say yes at any time on the page of the "
            "program.",
            code="not_asked_again",
        )


def insist_may_be_champion(person: Person, program: Program, *, took_part: bool, on: date) -> None:
    if not took_part:
        raise NeverTookPart(person, program)
    if not person.is_active or (person.left_on is not None and person.left_on <= on):
        raise NotHereNow(person)
