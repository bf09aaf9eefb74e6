"""What we write to people who volunteer."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse

from notifications.choices import Topic
from notifications.kinds import Kind, Message, Urgency
from notifications.models import Notice
from notifications.queries import is_overtaken
from participants import calls, queries, references, rules, sayings, waiting
from participants.actions import (
    CALL_REMINDER,
    CALLED_FOR,
    CHAMPION_ASKED,
    CHARTER_CHANGED,
    IN_POOL,
    MANAGER_ASKED,
    MANAGER_REMINDER,
    MANAGER_WANTS_TO_TALK,
    NOT_MATCHED,
    NOT_READY,
    ON_WAIT_LIST,
    PASSED_OVER,
    PLACE_LAPSED,
    PLACE_OFFERED,
    PLACE_REMINDER,
    REFERENCE_ASKED,
    REFERENCE_REMINDER,
    REFERENCES_TO_DECIDE,
    WAIT_LIST_CLOSED,
)
from participants.choices import ManagersReply, ReferencesState, WaitOutcome
from participants.models import Champion, ManagersAnswer, Participation, Reference, WaitListEntry
from people.models import Person
from programs import reminders
from programs import rules as program_rules
from programs.ahead import Source
from programs.choices import Side, Stage
from programs.models import CharterVersion, Program
from programs.sayings import Saying, say


def _taking_part(notice: Notice) -> Participation | None:
    participation: Participation | None = (
        Participation.objects.taking_part().select_related("program", "person").filter(pk=notice.subject).first()
    )
    return participation


def in_pool(notice: Notice, at: datetime) -> Message | None:
    participation = _taking_part(notice)
    if participation is None or queries.missing_of(participation):
        return None
    program = participation.program
    return say(
        sayings.IN_POOL,
        program,
        participation.person,
        values={"side": program.word(participation.side, article=True)},
        link=reverse("participants:program", args=[program.pk]),
    )


def not_ready(notice: Notice, at: datetime) -> Message | None:
    participation = _taking_part(notice)
    if participation is None or not rules.is_taking_volunteers(participation.program):
        return None
    if not reminders.reminds(participation.program, reminders.NOT_READY):
        return None
    missing, program = queries.missing_of(participation), participation.program
    first = next((each for each in missing if each.is_theirs), None)
    if first is None:
        return None
    return say(
        sayings.NOT_READY,
        program,
        participation.person,
        values={"open": first.left_open, "missing": rules.in_words(missing), "verb": first.verb},
        link=queries.where_to(first, participation),
    )


def charter_changed(notice: Notice, at: datetime) -> Message | None:
    """Wanted while this version is in force and the reader, who agreed to a former one, has not agreed to it."""
    version = CharterVersion.objects.in_force().select_related("program").filter(pk=notice.subject).first()
    page = queries.charter_page(version.program, notice.person) if version is not None else None
    if page is None or page.former is None:
        return None
    program = page.version.program
    return Message(
        subject=f"{program}: the charter has changed",
        heading="The charter has changed",
        paragraphs=(
            f"You agreed to version {page.former.number} of the charter of {program}. It has a new version.",
            f"What changed: {page.version.note}",
            "A pair under way goes on. New pairs need the words as they are now.",
            "Read both beside one another. Then agree, talk with the coordinators, or withdraw without a reason.",
        ),
        link=reverse("participants:charter", args=[program.pk]),
        action="See what changed",
    )


def _hours(line: queries.ReportLine) -> str:
    return f"{line.hours} hour{'' if line.hours == 1 else 's'} a month"


def manager_asked(notice: Notice, at: datetime) -> Message | None:
    return _time_asked(sayings.MANAGER_ASKED, notice, at)


def _time_asked(saying: Saying, notice: Notice, at: datetime) -> Message | None:
    """Wanted while the person is a report of the reader, takes part, and the reader has not answered."""
    program_id, person_id = (int(key) for key in notice.subject.split("-"))
    manager = notice.person
    on = at.astimezone(manager.zone).date()
    line = queries.report_line(manager, program_id=program_id, person_id=person_id, on=on)
    if line is None or line.reply is not None:
        return None
    return say(
        saying,
        line.program,
        manager,
        values={"person": str(line.person), "hours": _hours(line), "until": line.program.ends_on},
        link=reverse("participants:reports"),
    )


def manager_reminder(notice: Notice, at: datetime) -> Message | None:
    program = Program.objects.filter(pk=notice.subject.partition("-")[0]).first()
    if program is None or not reminders.reminds(program, reminders.MANAGER) or is_overtaken(notice, at):
        return None
    return _time_asked(sayings.MANAGER_REMINDER, notice, at)


def manager_wants_to_talk(notice: Notice, at: datetime) -> Message | None:
    """Wanted while that is still the answer of the present line manager, and the reader may know of it."""
    answer = ManagersAnswer.objects.select_related("program", "person", "manager").filter(pk=notice.subject).first()
    if answer is None or answer.reply != ManagersReply.TALK:
        return None
    if not queries.coordinators_who_read_readiness(answer.program).filter(pk=notice.person_id).exists():
        return None
    on = at.astimezone(answer.manager.zone).date()
    line = queries.report_line(answer.manager, program_id=answer.program_id, person_id=answer.person_id, on=on)
    if line is None or not line.wants_to_talk:
        return None
    return Message(
        subject=f"{line.program}: a line manager would like to talk",
        heading=f"{answer.manager} would like to talk about time",
        paragraphs=(
            f"{answer.manager} is the line manager of {line.person}, who takes part in {line.program}.",
            f"Asked for {_hours(line)}, they would like to talk with you.",
            "They know that their report takes part, the hours and the end. Please leave it at that.",
        ),
        link=reverse("admin:programs_program_change", args=[line.program.pk]),
        action="Open the program",
    )


def _open_question(notice: Notice, at: datetime) -> Reference | None:
    reference = (
        Reference.objects.select_related("participation__program", "participation__person")
        .filter(pk=notice.subject, reply=None, participation__withdrawn_at=None)
        .first()
    )
    if reference is None or at >= reference.asked_at + rules.REFERENCE_GOOD_FOR:
        return None
    return reference


def _called(program: Program) -> str:
    """``a mentor``, as the program calls one."""
    return program.word(Side.MENTOR, article=True)


def reference_asked(notice: Notice, at: datetime) -> Message | None:
    reference = _open_question(notice, at)
    return _question(sayings.REFERENCE_ASKED, reference, notice) if reference is not None else None


def reference_reminder(notice: Notice, at: datetime) -> Message | None:
    reference = _open_question(notice, at)
    if reference is None or not reminders.reminds(reference.participation.program, reminders.REFERENCE):
        return None
    return _question(sayings.REFERENCE_REMINDER, reference, notice)


def _question(saying: Saying, reference: Reference, notice: Notice) -> Message:
    mentor, program = reference.participation.person, reference.participation.program
    return say(
        saying,
        program,
        notice.person,
        values={"mentor": str(mentor), "role": _called(program)},
        link=references.link_of(reference),
        mail_only=True,
    )


def references_to_decide(notice: Notice, at: datetime) -> Message | None:
    """Wanted while mentors wait for the reader's decision; of several mornings that are late, the last one counts."""
    if not notice.subject.isdecimal() or is_overtaken(notice, at):  # earlier it told of one mentor, by their key
        return None
    program = references.programs_read_by(notice.person).exclude(stage=Stage.CLOSED).filter(pk=notice.subject).first()
    waits = len(references.to_decide([program], at=at)[program.pk]) if program is not None else 0
    if program is None or not waits:
        return None
    many = waits > 1
    who = f"{waits} {program.word(Side.MENTOR, plural=True)}" if many else _called(program)
    return Message(
        subject=f"{program}: references of {who} wait for your decision",
        heading=f"References of {who} wait for your decision",
        paragraphs=(
            f"The references of {who} in {program} leave open whether they can be matched. Please decide.",
            f"{'Each of them' if many else 'The person'} is told what you decide, and never what anybody said.",
        ),
        link=reverse("participants:references_at_desk", args=[program.pk]),
        action="Read and decide",
    )


def not_matched(notice: Notice, at: datetime) -> Message | None:
    participation = _taking_part(notice)
    if participation is None or references.state_of(participation, at=at) is not ReferencesState.NOT_ENOUGH:
        return None
    program, role = participation.program, _called(participation.program)
    return Message(
        subject=f"{program}: you are not matched as {role} this time",
        heading=f"You are not matched as {role} this time",
        paragraphs=(
            f"The coordinators of {program} decided not to match you as {role} in it.",
            "It is written in no file outside this program, and your line manager is not told.",
            "A coordinator will gladly talk with you. You can also withdraw, without giving a reason.",
        ),
        link=reverse("participants:program", args=[program.pk]),
        action="Open the program",
    )


def called_for(notice: Notice, at: datetime) -> Message | None:
    """Wanted while the person may still join and has neither joined nor said no."""
    program_id, side = notice.subject.split("-")
    called = calls.open_call(notice.person, program_id=int(program_id), side=Side(side))
    on = at.astimezone(notice.person.zone).date()
    if called is None or not calls.may_follow(called, on=on):
        return None
    program = called.program
    return Message(
        subject=f"{program}: would you like to take part?",
        heading=f"Would you like to be {program.word(called.side, article=True)}?",
        paragraphs=(
            called.call.words,
            f"It is about {program}. Taking part is your own choice. “Not for me” needs no reason, and nobody is told.",
        ),
        link=reverse("participants:program", args=[program.pk]),
        action="Read about it",
    )


def call_reminder(notice: Notice, at: datetime) -> Message | None:
    """Once more and shorter: whoever has asked them to, in whose words, was said before."""
    program_id, side = notice.subject.split("-")
    called = calls.open_call(notice.person, program_id=int(program_id), side=Side(side))
    on = at.astimezone(notice.person.zone).date()
    if called is None or not calls.may_follow(called, on=on) or is_overtaken(notice, at):
        return None
    program = called.program
    if not reminders.reminds(program, reminders.CALL):
        return None
    return say(
        sayings.CALL_REMINDER,
        program,
        notice.person,
        values={"side": program.word(called.side, article=True)},
        link=reverse("participants:program", args=[program.pk]),
    )


def champion_asked(notice: Notice, at: datetime) -> Message | None:
    """Wanted while the person has not answered."""
    asked = Champion.objects.select_related("program").filter(pk=notice.subject, reply=None).first()
    if asked is None:
        return None
    program = asked.program
    return Message(
        subject=f"{program}: would you be a champion?",
        heading="Would you be a champion?",
        paragraphs=(
            f"The coordinators of {program} would like to show you as somebody who is glad to be asked about it.",
            "The page says exactly what would be shown, and to whom. Nothing is shown before you say yes.",
            "A no needs no reason, and nobody asks again.",
        ),
        link=reverse("participants:champion", args=[program.pk]),
        action="Read and answer",
    )


def _entry(notice: Notice) -> WaitListEntry | None:
    entry: WaitListEntry | None = (
        WaitListEntry.objects.filter(pk=notice.subject)
        .select_related("person__level", "program__mentor_highest_level", "program__mentee_lowest_level")
        .first()
    )
    return entry


def _ended_as(notice: Notice, outcome: WaitOutcome) -> WaitListEntry | None:
    """The entry, unless the person has taken part or asked again since: then there is nothing left to tell."""
    entry = _entry(notice)
    if entry is None or entry.outcome != outcome:
        return None
    if queries.takes_part(entry.person, entry.program, Side(entry.side)):
        return None
    again = waiting.entries_of(entry.person).filter(program=entry.program_id, side=entry.side)
    return None if again.exists() else entry


def _role(entry: WaitListEntry) -> str:
    return entry.program.word(entry.side, article=True)


def on_wait_list(notice: Notice, at: datetime) -> Message | None:
    """Wanted while the person waits: whoever was offered a place meanwhile is told of that."""
    entry = _entry(notice)
    if entry is None or entry.outcome is not None or entry.is_offered:
        return None
    return Message(
        subject=f"{entry.program}: you are on the wait list",
        heading="You are on the wait list",
        paragraphs=(
            f"{entry.program} has no place for you as {_role(entry)} at the moment. You asked for the next one.",
            "Places are offered in the order in which people asked, and nothing else counts.",
            f"When one is yours, we write to you and keep it for you for {rules.OFFER_HOLDS.days} days.",
            "If enrolment ends without a place for you, we write to you as well. You can leave the list at any time.",
            "Your line manager is not told that you asked.",
        ),
        link=reverse("participants:program", args=[entry.program_id]),
        action="See where you stand",
    )


def _open_offer(notice: Notice, at: datetime) -> tuple[WaitListEntry, str] | None:
    """The entry, and the last day on which its place is held, as long as it is."""
    entry = _entry(notice)
    if entry is None or not entry.is_offered or entry.held_until is None or rules.has_lapsed(entry, at=at):
        return None
    return entry, waiting.day_in_words(entry.held_until)


def place_offered(notice: Notice, at: datetime) -> Message | None:
    offer = _open_offer(notice, at)
    if offer is None:
        return None
    entry, until = offer
    return Message(
        subject=f"{entry.program}: a place is yours until {until}",
        heading=f"A place is yours until {until}",
        paragraphs=(
            f"You waited for a place as {_role(entry)} in {entry.program}. One is free now.",
            f"It is kept for you until the end of {until}. To take it, volunteer.",
            "If you no longer want it, let it go, and it goes to whoever is next. No reason is asked.",
            "If we hear nothing by that day it goes on as well, and you can ask for another.",
        ),
        link=reverse("participants:program", args=[entry.program_id]),
        action="Take it, or let it go",
    )


def place_reminder(notice: Notice, at: datetime) -> Message | None:
    offer = _open_offer(notice, at)
    if offer is None:
        return None
    entry, until = offer
    return Message(
        subject=f"{entry.program}: your place is kept until {until}",
        heading=f"Your place is kept until {until}",
        paragraphs=(
            f"A place as {_role(entry)} in {entry.program} is still yours. After {until} it goes to whoever is next.",
            "Take it, or let it go. Both are fine, and no reason is asked.",
        ),
        link=reverse("participants:program", args=[entry.program_id]),
        action="Take it, or let it go",
    )


def place_lapsed(notice: Notice, at: datetime) -> Message | None:
    entry = _ended_as(notice, WaitOutcome.EXPIRED)
    if entry is None or entry.held_until is None:
        return None
    until = waiting.day_in_words(entry.held_until)
    if rules.is_taking_volunteers(entry.program):
        then = "If you would still like to take part, join if there is a place, or ask for one at the end of the list."
    else:
        then = "Enrolment has ended since, so nobody can join at the moment."
    return Message(
        subject=f"{entry.program}: the place that was kept for you went on",
        heading="The place went on",
        paragraphs=(
            f"A place as {_role(entry)} in {entry.program} was kept for you until {until}.",
            "We did not hear from you, so others can have it now. That is quite all right, and not held against you.",
            then,
        ),
        link=reverse("participants:programs"),
        action="Open programs",
    )


def passed_over(notice: Notice, at: datetime) -> Message | None:
    """With the rule in words, where it still is one: rules are open to everybody, and this one is about the reader."""
    entry = _ended_as(notice, WaitOutcome.PASSED_OVER)
    if entry is None:
        return None
    on = at.astimezone(entry.person.zone).date()
    return Message(
        subject=f"{entry.program}: you are no longer on the wait list",
        heading="You are no longer on the wait list",
        paragraphs=(
            f"You waited for a place as {_role(entry)} in {entry.program}. Its rules do not admit you now.",
            *program_rules.reasons_against_side(entry.program, entry.person, Side(entry.side), on),
            "The place goes to whoever is next. If this looks like a mistake, a coordinator will gladly talk.",
        ),
        link=reverse("participants:programs"),
        action="Open programs",
    )


def wait_list_closed(notice: Notice, at: datetime) -> Message | None:
    entry = _ended_as(notice, WaitOutcome.CLOSED)
    if entry is None:
        return None
    if entry.offered_at is not None:
        what = f"The place that was kept for you as {_role(entry)} is kept no longer; we are sorry."
    else:
        what = f"No place came free for you as {_role(entry)}; we are sorry."
    return Message(
        subject=f"{entry.program}: the wait list has closed",
        heading="The wait list has closed",
        paragraphs=(
            f"{entry.program} takes no more volunteers, so its wait list has ended. {what}",
            "Thank you for having waited. You need not do anything.",
            "If enrolment opens again, you can join or ask again. Other programs may be open to you.",
        ),
        link=reverse("participants:programs"),
        action="Open programs",
    )


KINDS: Final = (
    Kind(IN_POOL, "Somebody volunteered and did all that is asked before a pair: they are in the pool.", in_pool),
    Kind(NOT_READY, "Somebody volunteered and left the charter or required guidance open.", not_ready),
    Kind(CHARTER_CHANGED, "A charter somebody agreed to has changed.", charter_changed),
    Kind(MANAGER_ASKED, "A report joined a pool: their line manager is asked for the time.", manager_asked),
    Kind(MANAGER_REMINDER, "A line manager who was asked for time has not answered.", manager_reminder),
    Kind(
        MANAGER_WANTS_TO_TALK,
        "A line manager who was asked for time would like to talk with the coordinators.",
        manager_wants_to_talk,
    ),
    Kind(CALL_REMINDER, "Somebody who was asked to volunteer has not answered.", call_reminder, topic=Topic.CALLS),
    Kind(CALLED_FOR, "A coordinator asks somebody to volunteer.", called_for, topic=Topic.CALLS),
    Kind(
        CHAMPION_ASKED,
        "A coordinator asks somebody whether they would be shown as a champion.",
        champion_asked,
        topic=Topic.CALLS,
    ),
    Kind(REFERENCE_ASKED, "A mentor named a referee, who is asked.", reference_asked),
    Kind(REFERENCE_REMINDER, "A referee has not answered after some days.", reference_reminder),
    Kind(
        REFERENCES_TO_DECIDE,
        "References leave open whether somebody can mentor: coordinators decide. At most one a day for each program.",
        references_to_decide,
    ),
    Kind(ON_WAIT_LIST, "Somebody asked for a place in a full pilot: they are on its wait list.", on_wait_list),
    Kind(PLACE_OFFERED, "A place is free for whoever is next on the wait list.", place_offered, Urgency.IN_TIME),
    Kind(PLACE_REMINDER, "A place that is kept for somebody goes on in two days.", place_reminder, Urgency.IN_TIME),
    Kind(PLACE_LAPSED, "Somebody did not answer, and the place that was kept for them went on.", place_lapsed),
    Kind(PASSED_OVER, "It was somebody's turn on a wait list, and the rules do not admit them any more.", passed_over),
    Kind(WAIT_LIST_CLOSED, "Enrolment has ended for those who still waited for a place.", wait_list_closed),
    Kind(NOT_MATCHED, "A coordinator decided not to match somebody as a mentor.", not_matched),
)


def _reads_readiness(person: Person, program: Program) -> bool:
    return queries.coordinators_who_read_readiness(program).filter(pk=person.pk).exists()


AHEAD: Final = (
    Source(CALL_REMINDER, "Asked to volunteer", lambda program: [f"{program.pk}-{side}" for side in Side]),
    Source(
        NOT_READY,
        "Volunteered, and not ready",
        lambda program: program.participations.values_list("pk", flat=True),
        named=True,
        may_read=_reads_readiness,
    ),
    Source(
        REFERENCE_REMINDER,
        "Asked as a referee",
        lambda program: Reference.objects.filter(participation__program=program).values_list("pk", flat=True),
        named=True,
        may_read=_reads_readiness,
    ),
    Source(
        MANAGER_REMINDER,
        "A line manager is asked for the time",
        lambda program: [f"{program.pk}-{pk}" for pk in program.participations.values_list("person", flat=True)],
        named=True,
        may_read=_reads_readiness,
    ),
)
