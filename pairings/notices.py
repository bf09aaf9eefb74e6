"""What a pair is owed by mail: when it is owed, whether it is still wanted, and its words.

Everything that follows from a fact is owed in the transaction of the fact; ``compose`` judges again at sending time,
so nobody who is done is reminded. No message names a topic, a goal or a word of an agreement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.urls import reverse

from notifications.actions import owe, owe_all, owed
from notifications.choices import NoticeState, Topic
from notifications.kinds import Kind, Message, Urgency
from notifications.models import Notice
from notifications.queries import is_overtaken
from pairings import calendars, met, rules, sayings
from pairings.choices import GoalState, PlanState
from pairings.ending import erasure_in_words, next_match, recusal_in_words
from pairings.mail_threads import of_pair
from pairings.models import Agreement, Extension, Goal, Pairing, PlannedMeeting
from pairings.rules import in_words
from pairings.wall_clock import on_the_wall
from people.models import Person
from programs import reminders
from programs.ahead import Source
from programs.choices import Side
from programs.models import Program
from programs.reminders import days_of
from programs.sayings import Saying, Value, say

AGREEMENT_UNSIGNED: Final = "pairings.agreement_unsigned"
AGREEMENT_TO_SIGN: Final = "pairings.agreement_to_sign"
FIRST_MEETING: Final = "pairings.first_meeting"
QUIET: Final = "pairings.quiet"
CHECK_IN: Final = "pairings.check_in"
PLANNED: Final = "pairings.meeting_planned"
CANCELLED: Final = "pairings.meeting_cancelled"
ANOTHER_DAY: Final = "pairings.another_day"
DID_YOU_MEET: Final = "pairings.did_you_meet"
GOAL_DUE: Final = "pairings.goal_due"
END_PROMPT: Final = "pairings.end_prompt"
EXTENSION_ASKED: Final = "pairings.extension_asked"
EXTENSION_REMINDER: Final = "pairings.extension_reminder"
EXTENSION_ANSWERED: Final = "pairings.extension_answered"
ENDED: Final = "pairings.ended"


# Owing


def both_of(pairing: Pairing) -> tuple[Person, Person]:
    return pairing.mentor.person, pairing.mentee.person


def owe_opening(pairing: Pairing, *, at: datetime) -> None:
    """Everything that follows from a new pair: signing, the first meeting, check-ins, the end."""
    rhythm = pairing.program.meet_every_days
    nudges = _nudges(pairing, since=pairing.started_on, rhythm=rhythm, at=at)
    owe_all([*_first_steps(pairing, at=at), *nudges, *_term(pairing, at=at)])


def _first_steps(pairing: Pairing, *, at: datetime) -> Iterator[Notice]:
    for person in both_of(pairing):
        for kind, rule in ((AGREEMENT_UNSIGNED, reminders.AGREEMENT), (FIRST_MEETING, reminders.FIRST_MEETING)):
            for days in days_of(pairing.program, rule):
                day = pairing.started_on + timedelta(days=days)
                yield owed(kind=kind, subject=pairing.pk, person=person, at=at, due_on=day, occurrence=f"day-{days}")


def owe_term(pairing: Pairing, *, at: datetime) -> None:
    """Check-ins to the last day, and the prompts before it. Owed again when the last day moves."""
    owe_all(_term(pairing, at=at))


def _term(pairing: Pairing, *, at: datetime) -> Iterator[Notice]:
    for person in both_of(pairing):
        today = at.astimezone(person.zone).date()
        for day in rules.check_in_days(pairing):
            if day >= today:
                yield owed(
                    kind=CHECK_IN, subject=pairing.pk, person=person, at=at, due_on=day, occurrence=day.isoformat(),
                    good_for=timedelta(days=5),
                )  # fmt: skip
        for day, occurrence in _end_prompts(pairing).items():
            if day >= max(today, pairing.started_on):
                # What is said on the last day is not worth saying after it.
                good_for = timedelta(hours=12) if day >= pairing.runs_until else timedelta(days=3)
                yield owed(
                    kind=END_PROMPT, subject=pairing.pk, person=person, at=at, due_on=day, occurrence=occurrence,
                    good_for=good_for,
                )  # fmt: skip


def _end_prompts(pairing: Pairing) -> dict[date, str]:
    """On which day which prompt comes: one whose day lies in a pause, on the return; of several then, the last one."""
    found = {}
    for days in sorted(pairing.program.end_prompt_days, reverse=True):
        day, occurrence = pairing.runs_until - timedelta(days=days), f"{pairing.runs_until.isoformat()}-{days}"
        if pairing.back_on is not None and pairing.pauses_on(day):
            day, occurrence = pairing.back_on, f"{occurrence}/{pairing.back_on.isoformat()}"
        found[day] = occurrence
    return found


def owe_quiet(pairing: Pairing, *, since: date, rhythm: int, at: datetime, taken_back_on: date | None = None) -> None:
    """A nudge if the pair does not meet after ``since``: to the mentee, and some days later to the mentor.

    Where the two asked to be left in peace beyond that, it is owed for the day after. ``taken_back_on`` is when they
    took that back: a nudge whose day has passed meanwhile comes on the next one. Where they pause, another counts from
    the return.
    """
    owe_all(_nudges(pairing, since=since, rhythm=rhythm, at=at, taken_back_on=taken_back_on))


def _nudges(
    pairing: Pairing, *, since: date, rhythm: int, at: datetime, taken_back_on: date | None = None
) -> Iterator[Notice]:
    if pairing.back_on is not None and pairing.back_on > since:
        yield from _nudges(pairing, since=pairing.back_on, rhythm=rhythm, at=at, taken_back_on=taken_back_on)
    quiet_from = rules.quiet_from(since, rhythm=rhythm)
    for person, later in ((pairing.mentee.person, 0), (pairing.mentor.person, rules.MENTOR_NUDGED_AFTER)):
        day, occurrence = quiet_from + timedelta(days=later), f"{since.isoformat()}-{rhythm}"
        if rules.peace_outlasts(pairing, quiet_from):
            assert pairing.fine_until is not None  # noqa: S101 - that is what outlasting means
            day = pairing.fine_until + timedelta(days=1 + later)
            occurrence += f"/{pairing.fine_until.isoformat()}"
        elif taken_back_on is not None and day <= taken_back_on:
            day = taken_back_on + timedelta(days=1 + later)
            occurrence += f"/{_BACK}{taken_back_on.isoformat()}"
        yield owed(kind=QUIET, subject=pairing.pk, person=person, at=at, due_on=day, occurrence=occurrence)


def owe_quiet_again(pairing: Pairing, *, since: date, rhythm: int, at: datetime, missed_on: date) -> None:
    """A planned meeting did not take place, as was said on ``missed_on``: another nudge for those whose day has passed.

    Whoever's own is still to come, after the rhythm or after the peace the two asked for, is owed nothing more.
    """
    first = rules.quiet_from(since, rhythm=rhythm)
    if pairing.fine_until is not None:
        first = max(first, pairing.fine_until + timedelta(days=1))
    for person, later in ((pairing.mentee.person, 0), (pairing.mentor.person, rules.MENTOR_NUDGED_AFTER)):
        if first + timedelta(days=later) <= missed_on:
            owe(
                kind=QUIET, subject=pairing.pk, person=person, at=at,
                due_on=missed_on + timedelta(days=rules.MISSED_NUDGED_AFTER + later),
                occurrence=f"{since.isoformat()}-{rhythm}/{_MISSED}{missed_on.isoformat()}",
            )  # fmt: skip


_BACK: Final = "back-"
_MISSED: Final = "missed-"


def _missed_on(again: str) -> date | None:
    return date.fromisoformat(again.removeprefix(_MISSED)) if again.startswith(_MISSED) else None


def _is_the_nudge_in_force(again: str, pairing: Pairing, *, since: date, rhythm: int) -> bool:
    """Of the nudges owed for one stretch without a meeting, the one that what the two said of peace leaves standing."""
    missed_on = _missed_on(again)
    if missed_on is not None:
        return not rules.peace_outlasts(pairing, missed_on)
    if rules.peace_outlasts(pairing, rules.quiet_from(since, rhythm=rhythm)):
        assert pairing.fine_until is not None  # noqa: S101 - that is what outlasting means
        return again == pairing.fine_until.isoformat()
    return not again or again.startswith(_BACK)


def owe_another_day(cancelled: PlannedMeeting, *, by: Person, at: datetime) -> None:
    """Somebody cancelled, and perhaps nothing is planned instead: whoever cancelled hears first, the other later."""
    today = at.astimezone(by.zone).date()
    first = today + timedelta(days=rules.CANCELLER_NUDGED_AFTER)
    later = first + timedelta(days=rules.MENTOR_NUDGED_AFTER)
    for person, day in ((by, first), (cancelled.pairing.partner_of(by), later)):
        owe(
            kind=ANOTHER_DAY, subject=cancelled.pk, person=person, at=at, due_on=day, occurrence=str(cancelled.version)
        )  # fmt: skip


def owe_planned(planned: PlannedMeeting, *, at: datetime) -> None:
    """An invitation to both for this version, and after the meeting the question whether it took place.

    The mentee is asked first; the mentor a day later, if nobody has said.
    """
    for person, later in ((planned.pairing.mentee.person, 0), (planned.pairing.mentor.person, 1)):
        owe(
            kind=PLANNED, subject=planned.pk, person=person, at=at, occurrence=str(planned.version),
            good_for=planned.starts_at - at,
        )  # fmt: skip
        held_on = planned.ends_at.astimezone(person.zone).date()
        for number, after in enumerate(days_of(planned.pairing.program, reminders.DID_YOU_MEET)):
            owe(
                kind=DID_YOU_MEET, subject=planned.pk, person=person, at=at,
                occurrence=f"{planned.version}/{after}" if number else str(planned.version),
                due_on=held_on + timedelta(days=after + later),
            )  # fmt: skip


_CANCELLED_AT_LEAST: Final = timedelta(hours=12)
"""However shortly before, its word still leaves: a calendar would keep the meeting otherwise."""


def owe_cancelled(planned: PlannedMeeting, *, at: datetime) -> None:
    for person in both_of(planned.pairing):
        owe(
            kind=CANCELLED, subject=planned.pk, person=person, at=at, occurrence=str(planned.version),
            good_for=max(planned.ends_at - at, _CANCELLED_AT_LEAST),
        )  # fmt: skip


def owe_signature(agreement: Agreement, *, person: Person, at: datetime) -> None:
    owe(kind=AGREEMENT_TO_SIGN, subject=agreement.pk, person=person, at=at)


def owe_goal(goal: Goal, *, at: datetime) -> None:
    for person in both_of(goal.pairing):
        for days in days_of(goal.pairing.program, reminders.GOAL):
            day, occurrence = goal.due_on - timedelta(days=days), goal.due_on.isoformat()
            if day >= at.astimezone(person.zone).date():
                owe(
                    kind=GOAL_DUE, subject=goal.pk, person=person, at=at, due_on=day,
                    occurrence=f"{occurrence}/{days}" if days else occurrence,
                )  # fmt: skip


def owe_question(extension: Extension, *, at: datetime) -> None:
    person = extension.pairing.partner_of(extension.proposed_by)
    owe(kind=EXTENSION_ASKED, subject=extension.pk, person=person, at=at)
    for days in days_of(extension.pairing.program, reminders.EXTENSION):
        owe(
            kind=EXTENSION_REMINDER, subject=extension.pk, person=person, at=at, occurrence=str(days),
            due_on=at.astimezone(person.zone).date() + timedelta(days=days),
        )  # fmt: skip


def owe_answer(extension: Extension, *, at: datetime) -> None:
    owe(kind=EXTENSION_ANSWERED, subject=extension.pk, person=extension.proposed_by, at=at)


def owe_end(pairing: Pairing, *, by: Person, at: datetime) -> None:
    owe(kind=ENDED, subject=pairing.pk, person=pairing.partner_of(by), at=at, good_for=timedelta(days=10))


# Composing


def occurrence_of(notice: Notice) -> str:
    """What tells this notice from others of its kind and subject; the key is ``kind:subject:this:person``."""
    return notice.key.split(":")[2]


def today_of(notice: Notice, at: datetime) -> date:
    return at.astimezone(notice.person.zone).date()


def pairing_of(notice: Notice) -> Pairing | None:
    found: Pairing | None = Pairing.objects.with_people().filter(pk=notice.subject).first()
    return found


def open_pairing_of(notice: Notice, at: datetime) -> Pairing | None:
    pairing = pairing_of(notice)
    return pairing if pairing is not None and rules.is_under_way(pairing, on=today_of(notice, at)) else None


def page_of(pairing: Pairing, view: str = "detail") -> str:
    return reverse(f"pairings:{view}", args=[pairing.pk])


def _agreement_unsigned(notice: Notice, at: datetime) -> Message | None:
    pairing = open_pairing_of(notice, at)
    if pairing is None or rules.is_in_peace(pairing, on=today_of(notice, at)):
        return None
    if not reminders.reminds(pairing.program, reminders.AGREEMENT) or is_overtaken(notice, at):
        return None
    agreements = list(pairing.agreements.all())
    side = rules.insist_partner(pairing, notice.person)
    if rules.in_force(agreements) or (agreements and rules.has_signed(agreements[0], side)):
        return None
    saying = sayings.AGREEMENT_UNSIGNED if agreements else sayings.AGREEMENT_UNWRITTEN
    return _say(saying, pairing, notice, link=page_of(pairing, "agreement"))


def _say(saying: Saying, pairing: Pairing, notice: Notice, *, link: str, **more: Any) -> Message:
    """To one of the pair, about the other."""
    values = {"partner": pairing.partner_of(notice.person).given_name, **more.pop("values", {})}
    return say(saying, pairing.program, notice.person, values=values, link=link, **more)


def _first_meeting(notice: Notice, at: datetime) -> Message | None:
    """Until a meeting is planned or logged."""
    pairing = open_pairing_of(notice, at)
    if pairing is None or rules.is_in_peace(pairing, on=today_of(notice, at)) or is_overtaken(notice, at):
        return None
    if not reminders.reminds(pairing.program, reminders.FIRST_MEETING):
        return None
    if pairing.meetings.exists() or any(rules.is_ahead(each, at=at) for each in pairing.planned_meetings.all()):
        return None
    return _say(sayings.FIRST_MEETING, pairing, notice, link=page_of(pairing, "plan_meeting"))


def _agreement_to_sign(notice: Notice, at: datetime) -> Message | None:
    agreement = (
        Agreement.objects.filter(pk=notice.subject)
        .select_related("pairing__mentor__person", "pairing__mentee__person", "drafted_by")
        .first()
    )
    if agreement is None or not rules.is_under_way(agreement.pairing, on=today_of(notice, at)):
        return None
    pairing = agreement.pairing
    newest = pairing.agreements.first()
    if newest != agreement or rules.has_signed(agreement, rules.insist_partner(pairing, notice.person)):
        return None
    writer = agreement.drafted_by.given_name
    what = "the agreement of your pair" if agreement.version == 1 else "a change to your agreement"
    return Message(
        subject=f"{writer} has written {what}",
        heading="Read it, then sign or change it",
        paragraphs=(f"{writer} has written {what}. It holds once you have both signed it.",),
        link=page_of(pairing, "agreement"),
        action="Read the agreement",
    )


def _quiet(notice: Notice, at: datetime) -> Message | None:
    pairing = open_pairing_of(notice, at)
    if pairing is None or not pairing.program.nudges_quiet_pairs:
        return None
    meetings = list(pairing.meetings.all())
    last = rules.last_met(meetings)
    since = rules.counted_from(pairing, last, on=today_of(notice, at))
    rhythm = rules.rhythm_days(pairing, pairing.agreements.all())
    base, _, again = occurrence_of(notice).partition("/")
    if base != f"{since.isoformat()}-{rhythm}":
        return None
    if not _is_the_nudge_in_force(again, pairing, since=since, rhythm=rhythm):
        return None
    planned = list(pairing.planned_meetings.all())
    missed_on = _missed_on(again)
    if missed_on is not None:  # the word on what was cancelled long before came due while the meeting lay ahead
        days = rules.CANCELLER_NUDGED_AFTER + rules.MENTOR_NUDGED_AFTER
        since = max(since, missed_on - timedelta(days=days))
    cancelled = rules.cancelled_since(planned, since)
    another_first = cancelled and cancelled[-1].settled_by_id != notice.person_id
    if any(rules.is_ahead(each, at=at) for each in planned) or another_first:
        return None
    is_mentee = pairing.side_of(notice.person) is Side.MENTEE
    if last is None:
        saying = sayings.NOT_MET_MENTEE if is_mentee else sayings.NOT_MET_MENTOR
    else:
        saying = sayings.QUIET_MENTEE if is_mentee else sayings.QUIET_MENTOR
    return _say_with_link(
        saying, pairing, notice, values={} if last is None else {"last_met": last},
        link=met.link_about_rhythm(
            pairing, notice.person, since=since, rhythm=rhythm, meetings=len(meetings), on=today_of(notice, at)
        ),
    )  # fmt: skip


def _say_with_link(
    saying: Saying, pairing: Pairing, notice: Notice, *, link: str, values: Mapping[str, Value]
) -> Message:
    """With a button that works for whoever has the mail."""
    return _say(saying, pairing, notice, link=link, values=values, thread=of_pair(pairing.pk), mail_only=True)


def _planned(notice: Notice) -> PlannedMeeting | None:
    """The meeting as this notice knew it; None once it was changed again, because another notice is owed for that."""
    planned: PlannedMeeting | None = (
        PlannedMeeting.objects.filter(pk=notice.subject, version=occurrence_of(notice).partition("/")[0])
        .select_related("pairing__program", "pairing__mentor__person", "pairing__mentee__person", "changed_by")
        .first()
    )
    return planned


def _meeting_planned(notice: Notice, at: datetime) -> Message | None:
    planned = _planned(notice)
    if planned is None or not rules.is_ahead(planned, at=at):
        return None
    pairing, person = planned.pairing, notice.person
    if not rules.is_under_way(pairing, on=today_of(notice, at)):
        return None
    partner, when = pairing.partner_of(person), on_the_wall(planned.starts_at, planned.minutes, person.zone)
    did = "moved or changed your meeting" if _was_invited(notice) else "planned a meeting"
    who = f"You have {did}" if planned.changed_by_id == person.pk else f"{planned.changed_by.given_name} has {did}"
    paragraphs = [f"{who}: {when.words}."]
    theirs = on_the_wall(planned.starts_at, planned.minutes, partner.zone)
    if (theirs.day, theirs.hours) != (when.day, when.hours):
        paragraphs.append(f"For {partner.given_name} that is {theirs.words}.")
    paragraphs.append("The invitation that comes along puts it into your calendar. Nobody reads replies to it.")
    return Message(
        subject=f"Your meeting with {partner.given_name}: {when.day}, {when.starts:%H:%M}",
        heading=f"{when.day}, {when.hours}",
        paragraphs=tuple(paragraphs),
        link=reverse("pairings:planned_meeting", args=[pairing.pk, planned.pk]),
        action="Open the meeting",
        calendar=calendars.invitation(planned, person=person),
    )


def _was_invited(notice: Notice) -> bool:
    """Whether an earlier version of the meeting has left for this person, or may be leaving just now."""
    same = Notice.objects.filter(kind=PLANNED, subject=notice.subject, person=notice.person).exclude(pk=notice.pk)
    return (same.perhaps_arrived() | same.filter(state=NoticeState.CLAIMED)).exists()


def _meeting_cancelled(notice: Notice, at: datetime) -> Message | None:
    """For calendars that hold the meeting, also after the pair has ended. Who was never invited hears nothing."""
    planned = _planned(notice)
    if planned is None or planned.state != PlanState.CANCELLED or not _was_invited(notice):
        return None
    pairing, person = planned.pairing, notice.person
    partner, when = pairing.partner_of(person), on_the_wall(planned.starts_at, planned.minutes, person.zone)
    if planned.settled_by_id is None:
        what, then = "This meeting is no longer in your calendar", "Your page says how your pair stands."
    elif planned.settled_by_id == person.pk:
        what, then = "You have cancelled your meeting", "Suggest another day while you think of it."
    else:
        what, then = f"{partner.given_name} has cancelled your meeting", "No reason is asked. Another day will do."
    return Message(
        subject=f"Cancelled: your meeting with {partner.given_name}, {when.day}",
        heading="A meeting is cancelled",
        paragraphs=(f"{what}: {when.words}.", then),
        link=page_of(pairing),
        action="Open your pair page",
        calendar=calendars.invitation(planned, person=person),
    )


def _another_day(notice: Notice, at: datetime) -> Message | None:
    """Only while the latest cancellation stands and nothing came after it: no meeting, planned or held."""
    cancelled = _planned(notice)
    if cancelled is None or cancelled.settled_by_id is None or cancelled.settled_at is None:
        return None
    pairing, on = cancelled.pairing, today_of(notice, at)
    if not rules.is_under_way(pairing, on=on) or rules.is_in_peace(pairing, on=on):
        return None
    planned = list(pairing.planned_meetings.all())
    since = rules.last_met(pairing.meetings.all()) or pairing.started_on
    of = rules.cancelled_since(planned, since)
    if not of or of[-1] != cancelled or any(rules.is_ahead(each, at=at) for each in planned):
        return None
    partner = pairing.partner_of(notice.person).given_name
    who = "You" if cancelled.settled_by_id == notice.person_id else partner
    return Message(
        subject=f"Another day with {partner}",
        heading="Another day?",
        paragraphs=(
            f"{who} cancelled your meeting of {in_words(cancelled.day)}, and no other is planned yet.",
            "A short message with two days to choose from is enough. Plan it here, and both calendars know.",
        ),
        link=page_of(pairing, "plan_meeting"),
        action="Plan a meeting",
    )


def _did_you_meet(notice: Notice, at: datetime) -> Message | None:
    planned = _planned(notice)
    if planned is None or not rules.waits_for_word(planned, at=at):
        return None
    if not reminders.reminds(planned.pairing.program, reminders.DID_YOU_MEET) or is_overtaken(notice, at):
        return None
    pairing, person, on = planned.pairing, notice.person, today_of(notice, at)
    if not rules.is_under_way(pairing, on=on) or rules.is_in_peace(pairing, on=on):
        return None
    when = on_the_wall(planned.starts_at, planned.minutes, person.zone)
    return _say_with_link(
        sayings.DID_YOU_MEET, pairing, notice,
        values={"day": when.starts.date(), "hours": when.hours, "when": when.words},
        link=met.link_about(planned, person, on=today_of(notice, at)),
    )  # fmt: skip


def _check_in(notice: Notice, at: datetime) -> Message | None:
    pairing = open_pairing_of(notice, at)
    if pairing is None:
        return None
    due_on = date.fromisoformat(occurrence_of(notice))
    if rules.check_in_due(pairing, on=today_of(notice, at)) != due_on:
        return None
    if pairing.check_ins.filter(person=notice.person, due_on=due_on).exists():
        return None
    return _say(sayings.CHECK_IN, pairing, notice, link=page_of(pairing, "check_in"))


def _goal_due(notice: Notice, at: datetime) -> Message | None:
    goal = (
        Goal.objects.filter(pk=notice.subject)
        .select_related("pairing__program", "pairing__mentor__person", "pairing__mentee__person")
        .first()
    )
    if (
        goal is None
        or goal.state != GoalState.OPEN
        or goal.due_on.isoformat() != occurrence_of(notice).partition("/")[0]
    ):
        return None
    if not reminders.reminds(goal.pairing.program, reminders.GOAL) or is_overtaken(notice, at):
        return None
    pairing = goal.pairing
    if not rules.is_under_way(pairing, on=today_of(notice, at)):
        return None
    on = today_of(notice, at)
    is_due = f"{'is' if goal.due_on > on else 'was'} due on {in_words(goal.due_on)}"
    is_due = "is due today" if goal.due_on == on else is_due
    return _say(
        sayings.GOAL_DUE, pairing, notice,
        values={"day": goal.due_on, "due": is_due, "due_short": is_due.removesuffix(" today")},
        link=reverse("pairings:goal", args=[pairing.pk, goal.pk]),
    )  # fmt: skip


def _end_prompt(notice: Notice, at: datetime) -> Message | None:
    pairing = open_pairing_of(notice, at)
    if pairing is None:
        return None
    prompt, _, back = occurrence_of(notice).partition("/")
    until, _, days = prompt.rpartition("-")
    if until != pairing.runs_until.isoformat():
        return None
    if back and (pairing.back_on is None or back != pairing.back_on.isoformat()):
        return None
    last_day = {"last_day": pairing.runs_until}
    if int(days) == 0:
        if pairing.reflections.filter(person=notice.person).exists():
            return None
        return _say(
            sayings.LAST_DAY, pairing, notice, values={"readable_until": rules.readable_until(pairing)},
            then=_afterwards(pairing, notice, at), link=page_of(pairing, "reflect"),
        )  # fmt: skip
    if not rules.may_extend(pairing, on=today_of(notice, at)):
        return _say(sayings.END_WITH_PROGRAM, pairing, notice, values=last_day, link=page_of(pairing))
    decided = pairing.extensions.filter(until__gt=pairing.runs_until)
    if decided.filter(proposed_by=notice.person).exists() or decided.exclude(answered_at=None).exists():
        return None
    return _say(sayings.END_OR_ON, pairing, notice, values=last_day, link=page_of(pairing, "extend"))


def _extension(notice: Notice) -> Extension | None:
    return (
        Extension.objects.filter(pk=notice.subject)
        .select_related("pairing__program", "pairing__mentor__person", "pairing__mentee__person", "proposed_by")
        .first()
    )


def _extension_asked(notice: Notice, at: datetime) -> Message | None:
    extension = _extension(notice)
    if extension is None or extension.answered_at or not rules.is_attended(extension.pairing, on=today_of(notice, at)):
        return None
    pairing = extension.pairing
    return _say(
        sayings.EXTENSION_ASKED, pairing, notice, values={"until": extension.until, "last_day": pairing.runs_until},
        link=page_of(pairing, "extend"),
    )  # fmt: skip


def _extension_reminder(notice: Notice, at: datetime) -> Message | None:
    extension = _extension(notice)
    if extension is None or not reminders.reminds(extension.pairing.program, reminders.EXTENSION):
        return None
    return None if is_overtaken(notice, at) else _extension_asked(notice, at)


def _extension_answered(notice: Notice, at: datetime) -> Message | None:
    extension = _extension(notice)
    if extension is None or extension.answered_at is None:
        return None
    pairing = extension.pairing
    if not rules.is_open(pairing, on=today_of(notice, at)):
        return None
    partner = pairing.partner_of(notice.person).given_name
    last_day = in_words(pairing.runs_until)
    if extension.agreed:
        what = f"{partner} agrees. Your new last day is {last_day}."
    else:
        what = f"Your pair ends on {last_day}, as agreed. There is time for a last meeting."
    return Message(
        subject=f"The last day of your pair with {partner}: {last_day}",
        heading=f"Your last day is {last_day}",
        paragraphs=(what,),
        link=page_of(pairing),
        action="Open your pair page",
    )


def _ended(notice: Notice, at: datetime) -> Message | None:
    pairing = pairing_of(notice)
    if pairing is None or pairing.ended_on is None or not rules.is_readable(pairing, on=today_of(notice, at)):
        return None
    partner = pairing.partner_of(notice.person).given_name
    return Message(
        subject=f"Your pair with {partner} has closed",
        heading="Your pair has closed",
        paragraphs=(
            f"{partner} has closed the pair. Thank you for the time you gave each other.",
            f"Your page stays readable to you both until {in_words(rules.readable_until(pairing))}.",
            *_afterwards(pairing, notice, at),
        ),
        link=page_of(pairing),
        action="Open your pair page",
    )


def _afterwards(pairing: Pairing, notice: Notice, at: datetime) -> tuple[str, ...]:
    """What holds once it is over, and the offer of somebody else."""
    said = (
        erasure_in_words(pairing),
        recusal_in_words(pairing, notice.person),
        next_match(pairing, notice.person, on=today_of(notice, at)),
    )
    return tuple(filter(None, said))


_COMPOSE: Final[dict[str, tuple[str, Callable[[Notice, datetime], Message | None]]]] = {
    AGREEMENT_UNSIGNED: ("The agreement is not signed after some days", _agreement_unsigned),
    AGREEMENT_TO_SIGN: ("The partner wrote an agreement or a change to it", _agreement_to_sign),
    FIRST_MEETING: ("No first meeting is planned after some days", _first_meeting),
    QUIET: ("No meeting within the agreed rhythm; the mentee hears first", _quiet),
    PLANNED: ("A meeting was planned or moved; the invitation goes along", _meeting_planned),
    CANCELLED: ("A meeting was cancelled; calendars take it out", _meeting_cancelled),
    ANOTHER_DAY: ("A meeting was cancelled and none is planned; whoever cancelled hears first", _another_day),
    DID_YOU_MEET: ("The morning after a planned meeting: did it take place?", _did_you_meet),
    CHECK_IN: ("A check-in is due", _check_in),
    GOAL_DUE: ("A goal is due", _goal_due),
    END_PROMPT: ("The last day comes near", _end_prompt),
    EXTENSION_ASKED: ("The partner would like to go on", _extension_asked),
    EXTENSION_REMINDER: ("Whether to go on is not answered after some days", _extension_reminder),
    EXTENSION_ANSWERED: ("The partner answered whether to go on", _extension_answered),
    ENDED: ("The partner has closed the pair", _ended),
}

_URGENCY: Final = {
    PLANNED: Urgency.AT_ONCE, CANCELLED: Urgency.AT_ONCE, END_PROMPT: Urgency.IN_TIME, EXTENSION_ASKED: Urgency.IN_TIME,
    EXTENSION_REMINDER: Urgency.IN_TIME,
}  # fmt: skip
_TOPIC: Final = {
    CHECK_IN: Topic.CHECK_INS,
    **dict.fromkeys((AGREEMENT_UNSIGNED, FIRST_MEETING, QUIET, ANOTHER_DAY, DID_YOU_MEET, GOAL_DUE), Topic.NUDGES),
}

KINDS: Final = tuple(
    Kind(name, description, compose, _URGENCY.get(name, Urgency.MAY_WAIT), _TOPIC.get(name))
    for name, (description, compose) in _COMPOSE.items()
)


def _pairs(program: Program) -> Iterable[object]:
    """Those that nobody closed: what is still owed to the others will say nothing any more."""
    return Pairing.objects.filter(mentor__program=program, ended_on=None).values_list("pk", flat=True)


def _meetings(program: Program) -> Iterable[object]:
    still = PlannedMeeting.objects.filter(state=PlanState.PLANNED, pairing__ended_on=None)
    return still.filter(pairing__mentor__program=program).values_list("pk", flat=True)


AHEAD: Final = (
    Source(AGREEMENT_UNSIGNED, "The agreement is not signed", _pairs, named=True),
    Source(FIRST_MEETING, "No first meeting is planned", _pairs, named=True),
    Source(CHECK_IN, "Check-in", _pairs, named=True),
    Source(DID_YOU_MEET, "Did you meet?", _meetings, named=True),
    Source(END_PROMPT, "The pair comes to its end", _pairs, named=True),
)
