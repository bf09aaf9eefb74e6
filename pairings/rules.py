"""Judgements about a pair. ``is_`` and ``may_`` answer, ``insist_`` refuses with a sentence a person understands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import ClassVar, Final

from django.core.exceptions import ValidationError

from pairings.choices import Arranger, GoalState, Kind, Moment, PlanState
from pairings.models import Agreement, Extension, Goal, Meeting, Pairing, PlannedMeeting
from participants.models import Participation
from people.models import Person
from programs.choices import Side, Stage
from programs.models import Program

READABLE_DAYS: Final = 30
"""Both partners read their page this many days after the last one; then it is gone from everybody's view."""

REFLECT_DAYS: Final = 28
"""A closing reflection may be written from this many days before the last one."""

RATE_DAYS: Final = 28
"""Skills are rated for the start in this many days from the first one; in a short pair, in its first third."""

MENTOR_NUDGED_AFTER: Final = 7
"""When a pair goes quiet the mentee hears of it first, the mentor this many days later."""

ERASED: Final = "The private text of this pair was erased. Dates and minutes remain."
ERASED_TEXT: Final = "What was written here was erased."
UNREADABLE: Final = (
    "Some private text cannot be opened at the moment. Nothing is lost: whoever looks after this installation can help."
)

CANCELLER_NUDGED_AFTER: Final = 3
"""Whoever cancelled a meeting hears of it first, after so many days without another one planned."""

MISSED_NUDGED_AFTER: Final = 3
"""After a meeting that did not take place, and that nobody cancelled, so many days are left to plan another one."""

LEAST_MINUTES: Final = 5
MOST_MINUTES: Final = 480
MOST_OPEN_GOALS: Final = 12
MOST_TASKS: Final = 12
MOST_PLANNED: Final = 12
MOST_PEACE: Final = timedelta(weeks=8)
"""How long a pair that says it is fine is left in peace at most; then it may say so again."""

STAGES_WITH_PAIRS: Final = frozenset({Stage.ENROLMENT, Stage.MATCHING, Stage.RUNNING})
"""Stages of a program in which a pair may start."""

GOAL_TRANSITIONS: Final[Mapping[GoalState, frozenset[GoalState]]] = {
    GoalState.OPEN: frozenset({GoalState.MET, GoalState.DROPPED}),
    GoalState.MET: frozenset({GoalState.OPEN}),
    GoalState.DROPPED: frozenset({GoalState.OPEN}),
}


class Refused(ValidationError):
    """A refusal of this app. ``field`` names the form field it belongs to, if it belongs to one."""

    sentence: ClassVar[str] = ""
    field: str | None = None

    def __init__(self, sentence: str = "", *, field: str | None = None) -> None:
        super().__init__(sentence or self.sentence, code=type(self).__name__)
        if field is not None:
            self.field = field


class NotYourPair(Refused):
    sentence = "Only the two of a pair can do this."


class PairingEnded(Refused):
    sentence = "This pair has ended, so nothing new can be agreed. You can still read the page for a while."


class PairingOutOfSight(Refused):
    sentence = "This page has closed."


class NotYoursToWaive(Refused):
    sentence = "Only a coordinator of this program who is not one of the two can decide this."


class NothingToWaive(Refused):
    sentence = "No rule stands against this pair any more."


class NotTwoSides(Refused):
    sentence = "A pair needs one mentor and one mentee of the same program, and they must be two people."


class NotTakingPart(Refused):
    sentence = "One of the two no longer takes part in this program."


class NotReady(Refused):
    sentence = "One of the two has yet to agree to the charter, or to read what this program asks for."


class AlreadyPaired(Refused):
    sentence = "These two are already a pair."


class NoPlaceLeft(Refused):
    sentence = "Every place is taken at the moment, so this pair cannot start."


class NoPairsNow(Refused):
    sentence = "This program does not start pairs at its present stage."


class ProgramOver(Refused):
    sentence = "The program has ended, so no pair can start in it."


class MeetingInTheFuture(Refused):
    sentence = "This day has not come yet. Log a meeting once it was held."
    field = "held_on"


class MeetingOutsideTerm(Refused):
    field = "held_on"

    def __init__(self, pairing: Pairing) -> None:
        super().__init__(
            f"Your pair runs from {in_words(pairing.started_on)} to {in_words(pairing.last_day)}. Choose a day between."
        )


class MinutesOutOfBounds(Refused):
    sentence = f"A meeting lasts between {LEAST_MINUTES} and {MOST_MINUTES} minutes."
    field = "minutes"


class MeetingLogged(Refused):
    field = "held_on"

    def __init__(self, meeting: Meeting, *, by: Person) -> None:
        day = in_words(meeting.held_on)
        if meeting.logged_by_id == by.pk:
            super().__init__(f"You have already logged your meeting of {day}.")
        else:
            name = meeting.logged_by.given_name
            super().__init__(f"{name} has already logged your meeting of {day}. It counts for you both.")


class NotYourMeeting(Refused):
    sentence = "Only whoever logged a meeting can take it back."


class TimeHasPassed(Refused):
    sentence = "This time has passed. Choose a later one, or log the meeting if you have met."
    field = "time"


class PlannedOutsideTerm(Refused):
    field = "day"

    def __init__(self, pairing: Pairing) -> None:
        super().__init__(
            f"Your pair runs from {in_words(pairing.started_on)} to {in_words(pairing.last_day)}. Choose a day between."
        )


class DayPlanned(Refused):
    field = "day"

    def __init__(self, planned: PlannedMeeting) -> None:
        super().__init__(
            f"You two have planned a meeting for {in_words(planned.day)} already. Move that one, or choose another day."
        )


class EnoughPlanned(Refused):
    sentence = f"You have planned {MOST_PLANNED} meetings. Hold or cancel one before you plan another."


class PlanChanged(Refused):
    def __init__(self, planned: PlannedMeeting, *, reader: Person) -> None:
        name = "You have" if planned.changed_by_id == reader.pk else f"{planned.changed_by.given_name} has"
        super().__init__(
            f"{name} changed this meeting meanwhile. Nothing you typed here is lost: look at it as it stands now, then "
            "save again."
        )


class PlanSettled(Refused):
    sentences: ClassVar[Mapping[PlanState, str]] = {
        PlanState.HELD: "This meeting is logged already.",
        PlanState.NOT_HELD: "One of you has said that this meeting did not take place.",
        PlanState.CANCELLED: "This meeting was cancelled meanwhile.",
    }

    def __init__(self, planned: PlannedMeeting) -> None:
        super().__init__(self.sentences[PlanState(planned.state)])


class MeetingHasBegun(Refused):
    sentence = "This meeting’s time has come, so it is no longer moved or cancelled. Say whether you have met."


class MeetingHasNotBegun(Refused):
    sentence = "This meeting’s time has not come yet. Cancel it if you will not meet."


class PeaceOutOfBounds(Refused):
    field = "until"

    def __init__(self, last: date) -> None:
        super().__init__(f"Choose a day from tomorrow on, up to {in_words(last)}.")


class PairRests(Refused):
    sentence = "Your pair rests, so nothing can be planned at present."


class PlannedInPause(Refused):
    field = "day"

    def __init__(self, pairing: Pairing) -> None:
        assert pairing.paused_from is not None and pairing.back_on is not None  # noqa: S101, PT018 - it pauses
        super().__init__(
            f"Your pair pauses from {in_words(pairing.paused_from)}, and goes on on {in_words(pairing.back_on)}. "
            "Choose a day before or after."
        )


class FeedChanged(Refused):
    sentence = (
        "Your calendar address was changed meanwhile, perhaps in another window. Make another one if you need it."
    )


class AgreementChanged(Refused):
    def __init__(self, writer: Person, *, reader: Person) -> None:
        name = "You have" if writer.pk == reader.pk else f"{writer.given_name} has"
        super().__init__(
            f"{name} written a newer version meanwhile. Nothing you typed here is lost: read the newer version, then "
            "save again or sign that one."
        )


class NothingToSign(Refused):
    sentence = "There is no agreement to sign yet. Either of you can write the first one."


class GoalChanged(Refused):
    sentence = "This goal was changed meanwhile. Nothing of yours is lost: look at the newer version, then save again."


class GoalDueOutsideTerm(Refused):
    field = "due_on"

    def __init__(self, pairing: Pairing) -> None:
        super().__init__(f"Choose a day up to the last day of your pair, {in_words(pairing.last_day)}.")


class GoalMoveNotAllowed(Refused):
    sentence = "Open the goal again first."
    field = "state"


class EnoughGoals(Refused):
    sentence = f"You have {MOST_OPEN_GOALS} open goals. Finish or drop one before you add another."


class EnoughTasks(Refused):
    sentence = f"This goal has {MOST_TASKS} steps. Take one away before you add another."
    field = "title"


class GoalClosed(Refused):
    sentence = "This goal is met or dropped. Open it again first."


class LinkSpent(Refused):
    sentence = "A meeting was logged meanwhile, so this link has ended. Nothing was stored."


class NoCheckInDue(Refused):
    sentence = "No check-in is due now. The page of your pair says when the next one is."


class CheckInAnswered(Refused):
    sentence = "You have already answered this check-in. Your answers stay as you gave them."


class ExtensionTooShort(Refused):
    field = "until"

    def __init__(self, pairing: Pairing) -> None:
        super().__init__(f"Your pair already runs until {in_words(pairing.runs_until)}. Choose a later day.")


class ExtensionTooLong(Refused):
    field = "until"

    def __init__(self, pairing: Pairing) -> None:
        super().__init__(f"The program ends on {in_words(pairing.program.ends_on)}. Choose that day or an earlier one.")


class ExtensionAsked(Refused):
    sentence = "One of you has already asked to go on. Answer that question first."


class ToldNo(Refused):
    """Whoever was told no leaves it to the other: being asked again and again is no free choice."""

    def __init__(self, pairing: Pairing, partner: Person) -> None:
        super().__init__(
            f"Your pair ends on {in_words(pairing.runs_until)}, as agreed. If {partner.given_name} would like to go on "
            "after all, you are asked."
        )


class ExtensionAnswered(Refused):
    sentence = "This question has already been answered."


class OwnQuestion(Refused):
    sentence = "You asked this question, so your partner answers it."


class TooEarlyToReflect(Refused):
    sentence = f"A closing reflection can be written in the last {REFLECT_DAYS} days of a pair, and after its end."


class NotRatedNow(Refused):
    sentence = (
        f"Skills are rated in the first {RATE_DAYS} days of a pair, and again in its last {REFLECT_DAYS} and after its "
        "end. Nothing was saved."
    )


class OtherSkills(Refused):
    sentence = "The skills on this page have changed meanwhile. Look at them, then save again."


class WordsErased(Refused):
    sentence = "The private text here was erased, so nothing new can be kept."


class WordsCannotBeKept(Refused):
    sentence = (
        "Private text cannot be kept at the moment, so nothing was saved. Copy what you wrote and try again later; "
        "whoever looks after this installation can help."
    )


# Days


def in_words(day: date) -> str:
    """12 March 2027."""
    return f"{day.day} {day:%B %Y}"


def term_of(program: Program, *, on: date) -> tuple[date, date]:
    """First and last day of a pair that is opened on this day."""
    first = max(on, program.starts_on)
    if first > program.ends_on:
        raise ProgramOver
    return first, min(first + timedelta(weeks=program.term_weeks), program.ends_on)


def check_in_days(pairing: Pairing) -> tuple[date, ...]:
    """All days of a check-in from the first to the last day of the pair, by the program's cadence; none in a pause."""
    days = []
    day = pairing.started_on + timedelta(days=pairing.program.first_check_in_days)
    while day <= pairing.last_day:
        if not pairing.pauses_on(day):
            days.append(day)
        day += timedelta(days=pairing.program.check_in_every_days)
    return tuple(days)


def check_in_due(pairing: Pairing, *, on: date) -> date | None:
    """The check-in that asks for an answer on this day: the latest whose day has come, while the pair is open."""
    if not is_open(pairing, on=on):
        return None
    return max((day for day in check_in_days(pairing) if day <= on), default=None)


def next_check_in(pairing: Pairing, *, on: date) -> date | None:
    if not is_open(pairing, on=on):
        return None
    return min((day for day in check_in_days(pairing) if day > on), default=None)


def in_force(agreements: Iterable[Agreement]) -> Agreement | None:
    """The newest version that both have signed."""
    return max((each for each in agreements if each.is_signed), key=lambda each: each.version, default=None)


def rhythm_days(pairing: Pairing, agreements: Iterable[Agreement]) -> int:
    """Days between meetings as the two agreed, or as the program suggests while they have not."""
    agreement = in_force(agreements)
    return agreement.meet_every_days if agreement else pairing.program.meet_every_days


def rhythm_in_words(days: int) -> str:
    """Every two weeks for 14 days, Every 10 days for 10."""
    numbers = {1: "week", 2: "two weeks", 3: "three weeks", 4: "four weeks", 5: "five weeks", 6: "six weeks"}
    weeks, rest = divmod(days, 7)
    return f"Every {numbers[weeks]}" if rest == 0 and weeks in numbers else f"Every {days} days"


def last_met(meetings: Iterable[Meeting]) -> date | None:
    return max((meeting.held_on for meeting in meetings), default=None)


def time_in_words(minutes: int) -> str:
    """1 h 30 min for 90; nothing for none."""
    hours, minutes = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part)


def counted_from(pairing: Pairing, last: date | None, *, on: date) -> date:
    """The day from which the rhythm counts: that of the last meeting, the first day, or the return from a pause."""
    since = last or pairing.started_on
    return max(since, pairing.back_on) if pairing.back_on is not None and pairing.back_on <= on else since


def quiet_from(since: date, *, rhythm: int) -> date:
    """The first day on which a pair that last met (or started) on ``since`` counts as quiet.

    A third of the rhythm, and never less than three days, is left for a meeting that moved.
    """
    return since + timedelta(days=rhythm + max(3, rhythm // 3))


def expected_meetings(started_on: date, until: date, *, rhythm: int) -> int:
    """How many meetings a pair with this rhythm would have held; half a rhythm is left for one that moved."""
    return max(0, ((until - started_on).days - rhythm // 2) // rhythm)


def readable_until(pairing: Pairing) -> date:
    return pairing.last_day + timedelta(days=READABLE_DAYS)


def erased_on(pairing: Pairing, *, last_day: date | None = None) -> date:
    """The day at whose end the key of the pair's private text is deleted, with most of what its two answered in
    check-ins; ``last_day`` if it is about to end on another than it would."""
    return (last_day or pairing.last_day) + timedelta(days=pairing.kept_days)


def is_kept_long_enough(pairing: Pairing, *, at: datetime) -> bool:
    """Whether that day is over where each of the two lives; everywhere, for somebody of whom we cannot tell."""
    return all(
        erased_on(pairing) < at.astimezone(_zone_or_last(person)).date()
        for person in (pairing.mentor.person, pairing.mentee.person)
    )


def _zone_or_last(person: Person) -> tzinfo:
    """Where somebody lives; where a day ends last, if nobody knows the zone any more that stands there."""
    try:
        return person.zone
    except (KeyError, ValueError, OSError):
        return timezone(-timedelta(hours=12))


def latest_extension(pairing: Pairing) -> date:
    return pairing.program.ends_on


# Questions and orders


def is_open(pairing: Pairing, *, on: date) -> bool:
    return pairing.ended_on is None and on <= pairing.runs_until


def insist_open(pairing: Pairing, *, on: date) -> None:
    if not is_open(pairing, on=on):
        raise PairingEnded


def works_here(person: Person, *, on: date) -> bool:
    return person.is_active and (person.left_on is None or person.left_on > on)


def gone(pairing: Pairing, *, at: datetime) -> Person | None:
    """Which of the two does not work here any more at that instant, by the day it is where each of them lives."""
    both: tuple[Person, Person] = (pairing.mentor.person, pairing.mentee.person)
    return next((each for each in both if not works_here(each, on=at.astimezone(each.zone).date())), None)


def misses_one(pairing: Pairing, *, on: date) -> bool:
    """One of the two does not work here. It goes on if they come back."""
    both = (pairing.mentor.person, pairing.mentee.person)
    return is_open(pairing, on=on) and not all(works_here(person, on=on) for person in both)


def is_paused(pairing: Pairing, *, on: date) -> bool:
    return is_open(pairing, on=on) and pairing.pauses_on(on)


def rests(pairing: Pairing, *, on: date) -> bool:
    """While one of the two does not work here, and in a pause, nothing is due and nobody is reminded."""
    return misses_one(pairing, on=on) or is_paused(pairing, on=on)


def is_attended(pairing: Pairing, *, on: date) -> bool:
    """Open, with both of them here, whether it pauses or not: what one asks, the other can answer."""
    return is_open(pairing, on=on) and not misses_one(pairing, on=on)


def is_under_way(pairing: Pairing, *, on: date) -> bool:
    """Open, and not resting."""
    return is_open(pairing, on=on) and not rests(pairing, on=on)


def is_readable(pairing: Pairing, *, on: date) -> bool:
    return on <= readable_until(pairing)


def insist_readable(pairing: Pairing, *, on: date) -> None:
    if not is_readable(pairing, on=on):
        raise PairingOutOfSight


def is_partner(pairing: Pairing, person: Person) -> bool:
    return pairing.side_of(person) is not None


def insist_partner(pairing: Pairing, person: Person) -> Side:
    side = pairing.side_of(person)
    if side is None:
        raise NotYourPair
    return side


def insist_two_sides(mentor: Participation, mentee: Participation) -> None:
    if (
        mentor.side != Side.MENTOR
        or mentee.side != Side.MENTEE
        or mentor.program_id != mentee.program_id
        or mentor.person_id == mentee.person_id
    ):
        raise NotTwoSides


def insist_taking_part(participation: Participation, *, on: date) -> None:
    if participation.withdrawn_at is not None or not works_here(participation.person, on=on):
        raise NotTakingPart


def insist_ready(*participations: Participation) -> None:
    """Both agreed to the charter and read what the program requires. One who becomes less ready later stays paired."""
    asked = {each.pk for each in participations}
    if set(Participation.objects.filter(pk__in=asked).ready().values_list("pk", flat=True)) != asked:
        raise NotReady


def insist_starts_pairs(program: Program) -> None:
    if program.stage not in STAGES_WITH_PAIRS:
        raise NoPairsNow


def insist_meeting_day(pairing: Pairing, *, held_on: date, on: date) -> None:
    """A meeting lies within the term, and not in the future."""
    if held_on > on:
        raise MeetingInTheFuture
    if not pairing.started_on <= held_on <= pairing.last_day:
        raise MeetingOutsideTerm(pairing)


def insist_held(pairing: Pairing, *, held_on: date, minutes: int, on: date) -> None:
    """A meeting lies on a day it may lie on, and lasts a sensible time."""
    insist_meeting_day(pairing, held_on=held_on, on=on)
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise MinutesOutOfBounds


def insist_attended(pairing: Pairing, *, on: date) -> None:
    insist_open(pairing, on=on)
    if misses_one(pairing, on=on):
        raise PairRests


def insist_under_way(pairing: Pairing, *, on: date) -> None:
    insist_open(pairing, on=on)
    if rests(pairing, on=on):
        raise PairRests


def insist_may_be_planned(pairing: Pairing, *, starts_at: datetime, day: date, minutes: int, at: datetime) -> None:
    """A meeting that is planned lies ahead, within the term, and lasts a sensible time."""
    if not pairing.started_on <= day <= pairing.last_day:
        raise PlannedOutsideTerm(pairing)
    if pairing.pauses_on(day):
        raise PlannedInPause(pairing)
    if starts_at <= at:
        raise TimeHasPassed
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise MinutesOutOfBounds


def last_peace(pairing: Pairing, *, on: date) -> date:
    return min(on + MOST_PEACE, pairing.last_day)


def insist_peace(pairing: Pairing, *, until: date, on: date) -> None:
    last = last_peace(pairing, on=on)
    if not on < until <= last:
        raise PeaceOutOfBounds(last)


def is_in_peace(pairing: Pairing, *, on: date) -> bool:
    """The two said that they are fine: no nudge, and no coordinator's queue, up to that day."""
    return pairing.fine_until is not None and on <= pairing.fine_until


def peace_outlasts(pairing: Pairing, day: date) -> bool:
    return pairing.fine_until is not None and pairing.fine_until >= day


def cancelled_since(planned: Iterable[PlannedMeeting], since: date) -> list[PlannedMeeting]:
    """Meetings that one of the two cancelled after a day, the oldest first."""
    found = [
        each
        for each in planned
        if each.state == PlanState.CANCELLED
        and each.settled_by_id
        and each.settled_on is not None
        and each.settled_on > since
    ]
    return sorted(found, key=lambda each: (each.settled_at is not None and each.settled_at, each.pk))


def is_ahead(planned: PlannedMeeting, *, at: datetime) -> bool:
    return planned.state == PlanState.PLANNED and planned.starts_at > at


def waits_for_word(planned: PlannedMeeting, *, at: datetime) -> bool:
    """Its time has come, and nobody has said whether the two met."""
    return planned.state == PlanState.PLANNED and planned.starts_at <= at


def days_of(planned: PlannedMeeting) -> set[date]:
    """The days it begins on: where it was planned, and where each of the two lives."""
    both: tuple[Person, Person] = (planned.pairing.mentor.person, planned.pairing.mentee.person)
    return {planned.day, *(planned.starts_at.astimezone(each.zone).date() for each in both)}


def insist_planned(planned: PlannedMeeting) -> None:
    if planned.state != PlanState.PLANNED:
        raise PlanSettled(planned)


def insist_ahead(planned: PlannedMeeting, *, at: datetime) -> None:
    insist_planned(planned)
    if not is_ahead(planned, at=at):
        raise MeetingHasBegun


def insist_begun(planned: PlannedMeeting, *, at: datetime) -> None:
    insist_planned(planned)
    if is_ahead(planned, at=at):
        raise MeetingHasNotBegun


def kind_in_words(kind: str, program: Program) -> str:
    if kind == Kind.RECIPROCAL:
        return f"Reciprocal: the {program.word(Side.MENTEE)} shared too"
    return f"The {program.word(Side.MENTOR)} led"


def leader_in_words(kind: str, program: Program) -> str:
    """Who leads a meeting ahead."""
    return "Both in turn" if kind == Kind.RECIPROCAL else f"The {program.word(Side.MENTOR)} leads"


def arranger_in_words(arranger: str, program: Program) -> str:
    """Who arranges the meetings."""
    return "Either of us" if arranger == Arranger.EITHER else f"The {program.word(arranger)}"


def led_in_a_row(kinds: Sequence[str]) -> int:
    """How many of the last meetings the mentor led; ``kinds`` of all, the newest last."""
    return next((back for back, kind in enumerate(reversed(kinds)) if kind == Kind.RECIPROCAL), len(kinds))


def may_be_reciprocal(program: Program, kinds: Sequence[str]) -> bool:
    """Whether the program's guideline suggests that the mentee shares in the next meeting. Never more than an idea."""
    return bool(program.reciprocal_every) and led_in_a_row(kinds) >= program.reciprocal_every - 1


def reciprocal_hint(program: Program, kinds: Sequence[str]) -> str:
    """The idea as a sentence; nothing while it is not due."""
    if not may_be_reciprocal(program, kinds):
        return ""
    led = led_in_a_row(kinds)
    idea = f"This could be one in which the {program.word(Side.MENTEE)} shares too."
    if not led:
        return idea
    meetings = "last meeting was" if led == 1 else f"last {led} meetings were"
    return f"Your {meetings} led by the {program.word(Side.MENTOR)}. {idea}"


def insist_logged(meeting: Meeting, *, by: Person) -> None:
    if meeting.logged_by_id != by.pk:
        raise NotYourMeeting


def has_signed(agreement: Agreement, side: Side) -> bool:
    signed_at = agreement.mentor_signed_at if side is Side.MENTOR else agreement.mentee_signed_at
    return signed_at is not None


def may_sign(agreement: Agreement, side: Side) -> bool:
    return not has_signed(agreement, side)


def may_extend(pairing: Pairing, *, on: date) -> bool:
    return is_open(pairing, on=on) and pairing.runs_until < latest_extension(pairing)


def insist_may_be_asked(pairing: Pairing, *, on: date) -> None:
    """Whether to go on: somebody who has left could not answer."""
    if misses_one(pairing, on=on):
        raise PairRests("Your pair rests, so nobody could answer at present.")


def was_told_no(extensions: Iterable[Extension], person: Person) -> bool:
    """Whether the newest question was this person’s, and the other keeps the last day."""
    newest = max(extensions, key=lambda each: (each.proposed_at, each.pk), default=None)
    return newest is not None and newest.agreed is False and newest.proposed_by_id == person.pk


def insist_may_extend(pairing: Pairing, *, until: date, on: date) -> None:
    insist_open(pairing, on=on)
    if until <= pairing.runs_until:
        raise ExtensionTooShort(pairing)
    if until > latest_extension(pairing):
        raise ExtensionTooLong(pairing)


def insist_may_answer(extension: Extension, *, by: Person) -> None:
    if extension.proposed_by_id == by.pk:
        raise OwnQuestion


def may_reflect(pairing: Pairing, *, on: date) -> bool:
    return is_readable(pairing, on=on) and on >= pairing.last_day - timedelta(days=REFLECT_DAYS)


def insist_may_reflect(pairing: Pairing, *, on: date) -> None:
    insist_readable(pairing, on=on)
    if not may_reflect(pairing, on=on):
        raise TooEarlyToReflect


def start_rated_until(pairing: Pairing) -> date:
    """The last day on which skills are rated for the start."""
    return pairing.started_on + min(
        timedelta(days=RATE_DAYS), (pairing.runs_until - pairing.started_on) // 3
    )  # fmt: skip


def moment_of_rating(pairing: Pairing, *, on: date) -> Moment | None:
    """For which moment skills are rated on this day: what is given may be changed as long as that moment lasts."""
    if is_open(pairing, on=on) and on <= start_rated_until(pairing):
        return Moment.START
    return Moment.END if may_reflect(pairing, on=on) else None


def insist_rated_now(pairing: Pairing, moment: Moment, *, on: date) -> None:
    insist_readable(pairing, on=on)
    if moment_of_rating(pairing, on=on) is not moment:
        raise NotRatedNow


def may_move(goal: Goal, to: GoalState) -> bool:
    now = GoalState(goal.state)
    return to == now or to in GOAL_TRANSITIONS[now]


def insist_may_move(goal: Goal, to: GoalState) -> None:
    if not may_move(goal, to):
        raise GoalMoveNotAllowed


def insist_open_goal(goal: Goal) -> None:
    if goal.state != GoalState.OPEN:
        raise GoalClosed


def insist_due_in_term(pairing: Pairing, due_on: date) -> None:
    if not pairing.started_on <= due_on <= pairing.last_day:
        raise GoalDueOutsideTerm(pairing)
