"""The page of a pair: what stands on it for one of the two, and what its forms begin with."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.views.decorators.debug import sensitive_variables

from pairings import prompts, rules
from pairings.checking_in import waits as check_in_waits
from pairings.choices import Arranger, GoalState, Moment, PlanState
from pairings.circles import circle_of
from pairings.ending import erasure_in_words, next_match, recusal_in_words
from pairings.health import PairHealth, health_of, lead_in_words
from pairings.models import (
    Agreement,
    Extension,
    Goal,
    Meeting,
    Pairing,
    PlannedMeeting,
    Reflection,
)
from pairings.path import stops_of
from pairings.pausing import Pause, longer_until, may_begin, pause_of
from pairings.private_words import AgreementWords, opened, opened_agreement
from pairings.room import unread_by, waits_beside
from pairings.wall_clock import WallTime, on_the_wall
from participants.choices import Relation, Way
from participants.models import WantedSkill
from participants.profiles import ShownProfile, profile_shown_to
from participants.queries import bring_skills
from people.models import Person
from programs.choices import Side
from ui.components import Stop, in_words


@dataclass(frozen=True, slots=True, repr=False)
class AgreementOnPage:
    """``words`` is ``None`` when they cannot be opened (any more)."""

    version: int
    words: AgreementWords | None
    meet_every_days: int
    meeting_minutes: int
    drafted_by_me: bool
    signed_by_me: bool
    signed_by_partner: bool
    signed_on: date | None
    arranged_in_words: str

    @property
    def rhythm(self) -> str:
        return f"{rules.rhythm_in_words(self.meet_every_days)}, {self.meeting_minutes} minutes"


@dataclass(frozen=True, slots=True, repr=False)
class EarlierVersion:
    """A version that another one took the place of; ``title`` says whose it was and whether it ever held."""

    title: str
    version: AgreementOnPage


@dataclass(frozen=True, slots=True, repr=False)
class TaskOnPage:
    """``title`` is ``None`` when it cannot be opened (any more)."""

    pk: uuid.UUID
    title: str | None
    due_on: date | None
    is_done: bool
    is_overdue: bool


@dataclass(frozen=True, slots=True, repr=False)
class GoalOnPage:
    """``title`` is ``None`` when it cannot be opened (any more)."""

    pk: uuid.UUID
    title: str | None
    due_on: date
    state: str
    is_open: bool
    is_met: bool
    progress: int
    is_overdue: bool
    tasks: Sequence[TaskOnPage]

    @property
    def tasks_in_words(self) -> str:
        done = sum(task.is_done for task in self.tasks)
        return f"{done} of {len(self.tasks)} step{'' if len(self.tasks) == 1 else 's'} done"

    @property
    def meter_label(self) -> str:
        return f"{self.progress} percent, your own estimate"


@dataclass(frozen=True, slots=True, repr=False)
class MeetingOnPage:
    """``topics`` is empty when none were written, ``None`` when they cannot be opened (any more)."""

    pk: uuid.UUID
    held_on: date
    minutes: int
    kind: str
    way: str
    logged_by_me: bool
    topics: str | None


@dataclass(frozen=True, slots=True)
class PlanOnPage:
    """A planned meeting as one of the two reads it; ``theirs`` is empty where both read the same."""

    pk: uuid.UUID
    mine: WallTime
    theirs: WallTime | None
    minutes: int
    kind: str
    way: str
    version: int
    state: PlanState
    is_ahead: bool
    waits_for_word: bool
    ended: str
    """How it ended, as a sentence; empty while it has not."""


@dataclass(frozen=True, slots=True)
class FellOut:
    """A meeting that was planned and did not come about; ``said`` says how, with who cancelled and how long before."""

    day: date
    minutes: int
    said: str


@dataclass(frozen=True, slots=True)
class Question:
    """Whether to go on, as this reader meets it."""

    pk: int
    until: date
    asked_by_me: bool


@dataclass(frozen=True, slots=True, repr=False)
class ReflectionOnPage:
    words: str | None
    shared: bool


@dataclass(frozen=True, slots=True)
class PairPage:
    """Everything on the page of one pair for one of the two, on one day."""

    pk: uuid.UUID
    program: str
    out_of_bounds: str
    mentor: Person
    mentee: Person
    me: Person
    partner: Person
    partner_side: Side
    lead: str
    stops: Sequence[Stop]
    rhythm: str
    last_day: date
    readable_until: date
    is_open: bool
    rests: bool
    """One of the two does not work here."""
    pause: Pause | None
    longer_until: date | None
    """To which day the two could go on to make up for their pause, where neither has asked to go on yet."""
    has_started: bool
    erasure: str
    """When what the two wrote is erased, in words."""
    recusal: str
    """Once it is over, and the two should not judge one another yet: that they should not, in words."""
    next_match: str
    """Once it is over: the offer of somebody else; empty where there is none."""
    ended_by_me: bool
    ended_by_partner: bool
    agreement: AgreementOnPage | None
    draft: AgreementOnPage | None
    goals: Sequence[GoalOnPage]
    meetings: Sequence[MeetingOnPage]
    planned: Sequence[PlanOnPage]
    """Those ahead, and those whose time has come and of which nobody has said whether they took place."""
    fell_out: Sequence[FellOut]
    """The latest first."""
    health: PairHealth | None
    fine_said_by_me: bool
    """What coordinators are told of it; None while it rests, has not begun or is over."""
    minutes_together: int
    check_in_waits: bool
    rating_waits: Moment | None
    has_rated: bool
    next_check_in_on: date | None
    question: Question | None
    declined: bool
    was_told_no: bool
    may_log: bool
    may_plan: bool
    may_extend: bool
    may_pause: bool
    may_reflect: bool
    meeting_minutes: int
    usual_way: str
    reflection: ReflectionOnPage | None
    partner_reflection: ReflectionOnPage | None
    partner_profile: ShownProfile | None
    program_pk: int
    hint: str
    """That the next meeting could be a reciprocal one; empty while it is not due."""
    ideas: Sequence[str]
    """Topics the program suggests."""
    circle: uuid.UUID | None
    """The circle of mentors the reader is in."""
    charter_signed_by_me: bool
    charter_complete: bool
    """Both have agreed to the charter in force."""
    room_has_news: bool
    sealed_away: str

    @property
    def title(self) -> str:
        return f"{self.mentor.given_name} and {self.mentee.given_name}"

    @property
    def time_together(self) -> str:
        return rules.time_in_words(self.minutes_together)


@sensitive_variables()
def pair_page(pairing: Pairing, person: Person, on: date, *, at: datetime) -> PairPage:
    """The page of a pair as ``person``, one of the two, sees it. Load the pairing through :func:`visible_to`."""
    side = rules.insist_partner(pairing, person)
    partner = pairing.partner_of(person)
    agreements = list(pairing.agreements.all())
    meetings = list(pairing.meetings.all())
    extensions = list(pairing.extensions.select_related("proposed_by"))
    held, newest = rules.in_force(agreements), (agreements[0] if agreements else None)
    draft = newest if newest is not None and newest != held else None
    is_open = rules.is_open(pairing, on=on)
    rhythm = rules.rhythm_days(pairing, agreements)
    asked = next((each for each in extensions if each.answered_at is None), None)
    told_no = rules.may_extend(pairing, on=on) and rules.was_told_no(extensions, person)
    reflections = {each.person_id: each for each in pairing.reflections.all()}
    theirs = reflections.get(partner.pk)
    goals = [_goal(goal, pairing, on) for goal in pairing.goals.prefetch_related("tasks")]
    met = [_meeting(meeting, pairing, person) for meeting in reversed(meetings)]
    held_on_page = _agreement(held, pairing, person, side) if held else None
    draft_on_page = _agreement(draft, pairing, person, side) if draft else None
    unreadable = (
        any(goal.title is None or any(task.title is None for task in goal.tasks) for goal in goals)
        or any(meeting.topics is None for meeting in met)
        or any(each is not None and each.words is None for each in (held_on_page, draft_on_page))
    )
    intended = list(pairing.planned_meetings.exclude(state=PlanState.HELD))
    planned = [each for each in intended if each.state == PlanState.PLANNED]
    rated = {Moment(each.moment) for each in pairing.skill_ratings.filter(person=person)}
    return PairPage(
        pk=pairing.pk,
        program=pairing.program.name,
        out_of_bounds=pairing.program.out_of_bounds,
        mentor=pairing.mentor.person,
        mentee=pairing.mentee.person,
        me=person,
        partner=partner,
        partner_side=side.other,
        lead=lead_of(pairing, meetings, on=on, person=person),
        stops=stops_of(
            pairing, [meeting.held_on for meeting in meetings], rhythm=rhythm, on=on, next_on=next_day(planned, on)
        ),
        rhythm=rules.rhythm_in_words(rhythm),
        last_day=pairing.last_day,
        readable_until=rules.readable_until(pairing),
        is_open=is_open,
        rests=rules.misses_one(pairing, on=on),
        pause=pause_of(pairing, person, on=on),
        longer_until=None if extensions else longer_until(pairing),
        has_started=pairing.started_on <= on,
        erasure=erasure_in_words(pairing),
        recusal="" if is_open else recusal_in_words(pairing, person),
        next_match="" if is_open else next_match(pairing, person, on=on),
        ended_by_me=pairing.ended_by_id == person.pk,
        ended_by_partner=pairing.ended_by_id == partner.pk,
        agreement=held_on_page,
        draft=draft_on_page,
        goals=goals,
        meetings=met,
        planned=[plan_on_page(each, pairing, person, at=at) for each in planned],
        fell_out=[_fell_out(each, pairing, person) for each in reversed(intended) if each not in planned],
        health=health_of(
            pairing,
            at=at,
            on=on,
            last_met=rules.last_met(meetings),
            agreements=agreements,
            planned=intended,
            questions=[each for each in extensions if each.answered_at is None],
        )
        if rules.is_under_way(pairing, on=on) and pairing.started_on <= on
        else None,
        fine_said_by_me=pairing.fine_said_by_id == person.pk,
        minutes_together=sum(meeting.minutes for meeting in meetings),
        check_in_waits=check_in_waits(pairing, person, on) and not rules.rests(pairing, on=on),
        rating_waits=rating_waits(pairing, rated, wants=_wants(pairing, side), on=on),
        has_rated=bool(rated),
        next_check_in_on=rules.next_check_in(pairing, on=on),
        question=_question(asked, person) if asked and is_open else None,
        declined=any(each.agreed is False and each.until > pairing.runs_until for each in extensions),
        was_told_no=told_no,
        may_log=pairing.started_on <= on,
        may_plan=rules.is_under_way(pairing, on=on),
        may_extend=rules.may_extend(pairing, on=on)
        and asked is None
        and not told_no
        and not rules.misses_one(pairing, on=on),
        may_pause=rules.is_attended(pairing, on=on) and may_begin(pairing, on=on),
        may_reflect=rules.may_reflect(pairing, on=on),
        reflection=_reflection(reflections.get(person.pk), pairing),
        partner_reflection=_reflection(theirs, pairing) if theirs is not None and theirs.shared else None,
        meeting_minutes=_usual_minutes(pairing, held),
        usual_way=_usual_way(pairing, meetings),
        partner_profile=_profile_of(pairing, side.other) if is_open else None,
        program_pk=pairing.program_id,
        hint=rules.reciprocal_hint(pairing.program, [meeting.kind for meeting in meetings]) if is_open else "",
        ideas=[str(topic) for topic in pairing.program.topics.select_related("skill")] if is_open else (),
        circle=circle_of(pairing.mentor, on=on) if side is Side.MENTOR and is_open else None,
        charter_signed_by_me=(pairing.mentor if side is Side.MENTOR else pairing.mentee).charter_signed_at is not None,
        charter_complete=all(each.charter_signed_at is not None for each in (pairing.mentor, pairing.mentee)),
        room_has_news=unread_by(pairing, person).exists() or bool(waits_beside(pairing, person, on=on)),
        sealed_away=rules.ERASED if pairing.data_key is None else rules.UNREADABLE if unreadable else "",
    )


def next_day(planned: Iterable[PlannedMeeting], on: date) -> date | None:
    return next((each.day for each in planned if each.day >= on), None)


def plan_on_page(planned: PlannedMeeting, pairing: Pairing, person: Person, *, at: datetime) -> PlanOnPage:
    mine, theirs = (
        on_the_wall(planned.starts_at, planned.minutes, each.zone) for each in (person, pairing.partner_of(person))
    )
    same = (mine.day, mine.hours) == (theirs.day, theirs.hours)
    return PlanOnPage(
        pk=planned.pk,
        mine=mine,
        theirs=None if same else theirs,
        minutes=planned.minutes,
        kind=rules.leader_in_words(planned.kind, pairing.program),
        way=planned.get_way_display(),
        version=planned.version,
        state=PlanState(planned.state),
        is_ahead=rules.is_ahead(planned, at=at),
        waits_for_word=rules.waits_for_word(planned, at=at),
        ended=_how_it_ended(planned, person),
    )


def _how_it_ended(planned: PlannedMeeting, person: Person) -> str:
    by = planned.settled_by
    who = "You" if by == person else by.given_name if by is not None else ""
    match PlanState(planned.state):
        case PlanState.HELD:
            return "It took place, and is logged."
        case PlanState.NOT_HELD:
            return f"{who} said that it did not take place."
        case PlanState.CANCELLED:
            return f"{who} cancelled it. No reason is asked." if who else WENT_ALONG
        case _:
            return ""


def _fell_out(planned: PlannedMeeting, pairing: Pairing, person: Person) -> FellOut:
    day = planned.starts_at.astimezone(person.zone).date()
    if planned.state == PlanState.NOT_HELD:
        return FellOut(day, planned.minutes, "It did not take place.")
    if planned.settled_by_id is None:
        return FellOut(day, planned.minutes, WENT_ALONG)
    who = "You" if planned.settled_by_id == person.pk else pairing.partner_of(person).given_name
    return FellOut(day, planned.minutes, f"{who} cancelled it, {lead_in_words(planned)} before.")


WENT_ALONG: Final = "It was taken out of your calendars, because your pair paused, rested or ended."
"""Of a meeting that nobody cancelled."""


def day_to_suggest(pairing: Pairing, on: date) -> date:
    """A day for the next meeting: by the rhythm, on a weekday, ahead, and within the term."""
    meetings, planned = list(pairing.meetings.all()), pairing.planned_meetings.filter(state=PlanState.PLANNED)
    since = max([pairing.started_on, *(each.held_on for each in meetings), *(each.day for each in planned)])
    day = max(since + timedelta(days=rules.rhythm_days(pairing, pairing.agreements.all())), on + timedelta(days=1))
    if pairing.back_on is not None and pairing.pauses_on(day):
        day = pairing.back_on
    to_monday = 7 - day.weekday() if day.weekday() >= 5 else 0
    return min(day + timedelta(days=to_monday), pairing.last_day)


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """One planned meeting for one of the two, with what it could begin with."""

    meeting: PlanOnPage
    prompts: Sequence[str]


def planned_page(planned: PlannedMeeting, pairing: Pairing, person: Person, *, at: datetime) -> PlannedPage:
    return PlannedPage(
        plan_on_page(planned, pairing, person, at=at),
        prompts.prompts_for(pairing.program, planned.kind, is_first=not pairing.meetings.exists()),
    )


def usual_minutes(pairing: Pairing) -> int:
    """How long the two meet, as they agreed or as the program suggests."""
    return _usual_minutes(pairing, rules.in_force(pairing.agreements.all()))


def usual_way(pairing: Pairing) -> Way:
    """How they last met, or how the mentee likes to."""
    return Way(_usual_way(pairing, list(pairing.meetings.all())))


def _usual_minutes(pairing: Pairing, held: Agreement | None) -> int:
    return held.meeting_minutes if held else pairing.program.meeting_minutes


def _usual_way(pairing: Pairing, meetings: Sequence[Meeting]) -> str:
    return meetings[-1].way if meetings else next(iter(pairing.mentee.ways), Way.IN_PERSON.value)


def newest_version(pairing: Pairing) -> int:
    """The number of the newest version of the agreement, 0 for none."""
    newest: int | None = pairing.agreements.values_list("version", flat=True).first()
    return newest or 0


@sensitive_variables()
def agreement_to_start_from(pairing: Pairing, person: Person) -> dict[str, Any]:
    """What the form of an agreement begins with: the newest version, or good defaults from the program and the two.

    The defaults take what each wants most and where they like to meet from the profiles they show each other.
    """
    newest = pairing.agreements.first()
    if newest is not None:
        words = opened_agreement(newest, pairing) or AgreementWords()
        facts = (newest.version, newest.meet_every_days, newest.meeting_minutes, newest.arranged_by)
    else:
        mentor, mentee = pairing.mentor, pairing.mentee
        words = AgreementWords(
            mentor_expects=mentor.number_one,
            mentee_expects=mentee.number_one,
            boundaries=pairing.program.out_of_bounds[:600],
            where=mentee.where_to_meet or mentor.where_to_meet,
            channel="A short message. Whoever cannot come says so a day before.",
            if_not_getting_on="We say so early. Either of us may end the pair without giving a reason.",
        )
        program = pairing.program
        facts = (0, program.meet_every_days, program.meeting_minutes, Arranger.MENTEE.value)
    names = ("based_on", "meet_every_days", "meeting_minutes", "arranged_by")
    return {**dict(zip(names, facts, strict=True)), **words.by_name()}


def goal_now(pairing: Pairing, goal_id: uuid.UUID, on: date) -> GoalOnPage:
    """A goal as it stands at this moment."""
    return _goal(pairing.goals.get(pk=goal_id), pairing, on)


def goal_title(goal: Goal, pairing: Pairing) -> str | None:
    return opened(goal.title, pairing, goal, "title")


def own_reflection(pairing: Pairing, person: Person) -> ReflectionOnPage | None:
    return _reflection(pairing.reflections.filter(person=person).first(), pairing)


def _agreement(agreement: Agreement, pairing: Pairing, person: Person, side: Side) -> AgreementOnPage:
    signed_at = (agreement.mentor_signed_at, agreement.mentee_signed_at)
    dates = [each.astimezone(person.zone).date() for each in signed_at if each is not None]
    return AgreementOnPage(
        version=agreement.version,
        words=opened_agreement(agreement, pairing),
        meet_every_days=agreement.meet_every_days,
        meeting_minutes=agreement.meeting_minutes,
        drafted_by_me=agreement.drafted_by_id == person.pk,
        signed_by_me=rules.has_signed(agreement, side),
        signed_by_partner=rules.has_signed(agreement, side.other),
        signed_on=max(dates) if agreement.is_signed else None,
        arranged_in_words=rules.arranger_in_words(agreement.arranged_by, pairing.program),
    )


@sensitive_variables()
def earlier_versions(pairing: Pairing, person: Person) -> list[EarlierVersion]:
    """What the two agreed before, the newest first: without what holds now, and without a change that waits."""
    side = rules.insist_partner(pairing, person)
    agreements = list(pairing.agreements.all())
    held = rules.in_force(agreements)
    return [_earlier(each, pairing, person, side) for each in agreements[1:] if each != held]


def _earlier(agreement: Agreement, pairing: Pairing, person: Person, side: Side) -> EarlierVersion:
    shown = _agreement(agreement, pairing, person, side)
    by = "you" if shown.drafted_by_me else pairing.partner_of(person).given_name
    if shown.signed_on is not None:
        became = f"signed by you both on {rules.in_words(shown.signed_on)}"
    else:
        became = "replaced before you had both signed it"
    return EarlierVersion(f"Version {shown.version}, by {by}: {became}", shown)


def _goal(goal: Goal, pairing: Pairing, on: date) -> GoalOnPage:
    is_open = goal.state == GoalState.OPEN
    return GoalOnPage(
        pk=goal.pk,
        title=opened(goal.title, pairing, goal, "title"),
        due_on=goal.due_on,
        state=GoalState(goal.state).label,
        is_open=is_open,
        is_met=goal.state == GoalState.MET,
        progress=goal.progress,
        is_overdue=is_open and goal.due_on < on,
        tasks=[
            TaskOnPage(
                pk=task.pk,
                title=opened(task.title, pairing, task, "title"),
                due_on=task.due_on,
                is_done=task.done_at is not None,
                is_overdue=is_open and task.done_at is None and task.due_on is not None and task.due_on < on,
            )
            for task in goal.tasks.all()
        ],
    )


def _meeting(meeting: Meeting, pairing: Pairing, person: Person) -> MeetingOnPage:
    return MeetingOnPage(
        pk=meeting.pk,
        held_on=meeting.held_on,
        minutes=meeting.minutes,
        kind=rules.kind_in_words(meeting.kind, pairing.program),
        way=meeting.get_way_display(),
        logged_by_me=meeting.logged_by_id == person.pk,
        topics=opened(meeting.topics, pairing, meeting, "topics"),
    )


def _question(extension: Extension, person: Person) -> Question:
    return Question(extension.pk, extension.until, extension.proposed_by_id == person.pk)


def _reflection(reflection: Reflection | None, pairing: Pairing) -> ReflectionOnPage | None:
    if reflection is None:
        return None
    return ReflectionOnPage(opened(reflection.words, pairing, reflection, "words"), reflection.shared)


def _profile_of(pairing: Pairing, side: Side) -> ShownProfile:
    """What the other shows to a partner; participants decide which fields."""
    theirs = pairing.mentor if side is Side.MENTOR else pairing.mentee
    theirs.program = pairing.program  # the same one, which is here already
    bring_skills([theirs])
    return profile_shown_to(theirs, Relation.PARTNER)


def _wants(pairing: Pairing, side: Side) -> bool:
    own = pairing.mentor_id if side is Side.MENTOR else pairing.mentee_id
    return WantedSkill.objects.filter(participation=own).exists()


def rating_waits(pairing: Pairing, rated: Collection[Moment], *, wants: bool, on: date) -> Moment | None:
    """For which moment somebody may rate their skills and has not; the end only after the start."""
    moment = rules.moment_of_rating(pairing, on=on)
    if moment is None or moment in rated:
        return None
    return moment if (wants if moment is Moment.START else Moment.START in rated) else None


def lead_of(pairing: Pairing, meetings: Sequence[Meeting], *, on: date, person: Person) -> str:
    """One or two sentences on where the pair stands."""
    held = _counted(len(meetings), "meeting") + " held"
    last_day = rules.in_words(pairing.last_day)
    if rules.misses_one(pairing, on=on):
        return f"Your pair rests. {held}. Nothing is asked of you."
    if rules.is_paused(pairing, on=on) and pairing.back_on is not None:
        return f"Your pair pauses until {rules.in_words(pairing.back_on)}. {held}. Nothing is asked of you."
    if rules.is_open(pairing, on=on):
        if on < pairing.started_on:
            return f"You begin on {rules.in_words(pairing.started_on)}. Your last day is {last_day}."
        weeks = (on - pairing.started_on).days // 7
        since = f"{_counted(weeks, 'week')} in, {held.lower()}" if weeks else f"You have just begun, {held.lower()}"
        or_on = ", unless you both choose to go on" if rules.may_extend(pairing, on=on) else ", as the program does"
        return f"{since}. Your pair ends on {last_day}{or_on}."
    if pairing.ended_by_id is not None and pairing.ended_by_id != person.pk:
        partner = pairing.partner_of(person).given_name
        return f"{partner} has closed the pair. Thank you for the time you gave each other."
    return f"Your pair ended on {last_day}, with {held.lower()}. Thank you for the time you gave each other."


def _counted(number: int, noun: str) -> str:
    """One meeting, Three meetings, 14 meetings."""
    return f"{in_words(number)} {noun}" + ("" if number == 1 else "s")
