"""Volunteering, changing one's profile, and withdrawing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack

from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.views.decorators.debug import sensitive_variables

from notifications.actions import owe
from notifications.choices import NoticeState
from notifications.models import Notice
from participants import calls, champions, drafts, queries, questions, references, rules, waiting
from participants.choices import ChampionsReply, ManagersReply, RefereesReply, ReferencesState, Step, WaitOutcome
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
from people.actions import hold_skills
from people.models import Person
from privacy.models import DataKey
from privacy.sealing import seal
from programs import reminders
from programs import rules as program_rules
from programs.actions import declare_conflict
from programs.choices import ConflictKind, Duty, Side, Stage
from programs.models import CharterVersion, DeclaredConflict, Program, ProgramDuty
from programs.reminders import days_of

if TYPE_CHECKING:
    from participants.calls import Area
    from participants.drafts import Told
    from participants.models import WaitListEntryQuerySet
    from people.models import Skill
    from programs.training import Piece

IN_POOL: Final = "participants.in_pool"
CHARTER_CHANGED: Final = "participants.charter_changed"
NOT_READY: Final = "participants.not_ready"
MANAGER_ASKED: Final = "participants.manager_asked"
MANAGER_REMINDER: Final = "participants.manager_reminder"
MANAGER_WANTS_TO_TALK: Final = "participants.manager_wants_to_talk"
REFERENCE_ASKED: Final = "participants.reference_asked"
REFERENCE_REMINDER: Final = "participants.reference_reminder"
REFERENCES_TO_DECIDE: Final = "participants.references_to_decide"
NOT_MATCHED: Final = "participants.not_matched"
CALLED_FOR: Final = "participants.called_for"
CALL_REMINDER: Final = "participants.call_reminder"
CHAMPION_ASKED: Final = "participants.champion_asked"
ON_WAIT_LIST: Final = "participants.on_wait_list"
PLACE_OFFERED: Final = "participants.place_offered"
PLACE_REMINDER: Final = "participants.place_reminder"
PLACE_LAPSED: Final = "participants.place_lapsed"
PASSED_OVER: Final = "participants.passed_over"
WAIT_LIST_CLOSED: Final = "participants.wait_list_closed"
CALLED_FOR_GOOD_FOR: Final = timedelta(days=7)


class Profile(TypedDict, total=False):
    """What somebody tells about themselves. What is left out stays as it is, or at its default.

    ``wanted`` begins with the dearest wish. ``levels`` are those of skills that are offered or wanted, from 1 to 5.
    ``not_discussed`` is private text and is stored only sealed; an empty one erases what was there. ``charter_agreed``
    signs the charter in force, and never unsigns it; ``charter_read`` is the primary key of the version that was read,
    where it may have changed since. ``answers`` are those to the program's own questions, by primary key; an empty one
    erases what was there. Where they are given, all that are required have to be: somebody who joined before a question
    was added stays ready without, until they change their profile. ``questions_read`` are marks of the questions as
    they were read, where they may have changed since.
    """

    offered: Sequence[Skill]
    wanted: Sequence[Skill]
    number_one: str
    background: str
    introduce: bool
    hobbies: Sequence[str]
    languages: Sequence[str]
    ways: Sequence[str]
    half_days: Sequence[str]
    where_to_meet: str
    hours_a_month: int
    places: int
    not_discussed: str
    charter_agreed: bool
    charter_read: int
    levels: Mapping[Skill, int]
    answers: Mapping[int, str | int]
    questions_read: Mapping[int, str]


PLAIN_FIELDS: Final = (
    "number_one", "background", "introduce", "hobbies", "languages", "ways", "half_days", "where_to_meet",
    "hours_a_month", "places",
)  # fmt: skip


@sensitive_variables()
@transaction.atomic
def keep_draft(
    program: Program, *, side: Side, step: Step, answers: Mapping[str, list[str]], is_done: bool, by: Person,
    at: datetime,
) -> Told:  # fmt: skip
    """Keep what somebody told on one step, as they typed it, right or wrong. Nobody else ever reads it.

    Of two windows the one saved last counts, step by step. What is kept so far comes back. Whoever takes part already
    has nothing to keep.
    """
    begun = Draft(program=program, person=by, side=side, saved_at=at)
    Draft.objects.bulk_create(  # made or held in one breath: between the two, another window might send or delete it
        [begun], update_conflicts=True, unique_fields=["program", "person", "side"], update_fields=["saved_at"]
    )
    draft = Draft.objects.select_related("data_key").get(program=program, person=by, side=side)
    told = drafts.told_in(draft).and_then(step, answers, is_done=is_done)
    words = told.as_text()
    if len(words) > rules.LONGEST_DRAFT:
        raise rules.TooMuchTyped
    if queries.takes_part(by, program, side):
        _forget_drafts(Draft.objects.filter(pk=draft.pk))
        return told
    draft.data_key = draft.data_key or DataKey.objects.mint()
    draft.answers = seal(words, key=draft.data_key, row=draft.row("answers"))
    draft.saved_at = at
    draft.save()
    return told


@transaction.atomic
def discard_draft(program: Program, *, side: Side, by: Person) -> None:
    """Forget what one has begun to tell. Asking again changes nothing."""
    _forget_drafts(Draft.objects.filter(program=program, person=by, side=side))


@transaction.atomic
def forget_old_drafts(*, at: datetime) -> int:
    """Forget drafts that nobody came back to or can send any more; how many. The tick calls this.

    One that was saved in another window while the offer was sent is among them.
    """
    sent = Participation.objects.taking_part().filter(
        program=OuterRef("program"), person=OuterRef("person"), side=OuterRef("side")
    )
    old = Q(saved_at__lte=at - rules.DRAFT_KEPT) | Q(program__stage=Stage.CLOSED) | Q(Exists(sent))
    return _forget_drafts(Draft.objects.filter(old))


def _forget_drafts(drafts: QuerySet[Draft]) -> int:
    held = list(drafts.select_for_update(of=("self",)).order_by("pk").values_list("pk", "data_key"))
    Draft.objects.filter(pk__in=[pk for pk, _ in held]).delete()
    DataKey.objects.filter(pk__in=[key for _, key in held if key is not None]).delete()
    return len(held)


@sensitive_variables()
@transaction.atomic
def volunteer(
    *, program: Program, side: Side, by: Person, at: datetime, not_with: Collection[Person] = (),
    **profile: Unpack[Profile],
) -> Participation:  # fmt: skip
    """Join the program on one side. Twice at the same moment is once; after withdrawing it begins anew.

    Nobody in ``not_with`` is ever proposed, in any program, until this person takes it back; nobody else learns it.

    Refuses when the program takes no volunteers, when the person may not take that side, and when a pilot is full: of
    two who ask for the last place at the same moment, one gets it. Whoever waits comes first, and a place that is held
    for somebody is theirs alone.
    """
    on = at.astimezone(by.zone).date()
    _keep_apart(by, not_with, at=at)  # holds the person, as an import does before it moves wait lists on
    program = _held(program.pk)
    rules.insist_taking_volunteers(program)
    program_rules.insist_may_take_side(program, by, side, on)
    if not queries.takes_part(by, program, side):
        _move_wait_list_on(program, on=on, at=at)
        if not queries.has_place(program, side, by, on=on):
            raise rules.PilotIsFull(program, side)
        _end(waiting.entries_of(by).filter(program=program, side=side), WaitOutcome.TAKEN, at=at)
    profile.setdefault("languages", by.languages)
    joining = Participation(program=program, person=by, side=side, volunteered_at=at)
    Participation.objects.bulk_create([joining], ignore_conflicts=True)
    participation = _locked(program=program, person=by, side=side)
    if participation.withdrawn_at is not None:
        participation.withdrawn_at = None
        participation.volunteered_at = at
        _empty(participation)
    _write(participation, at=at, profile=profile)
    _forget_drafts(Draft.objects.filter(program=program, person=by, side=side))
    if queries.missing_of(participation):
        for days in days_of(program, reminders.NOT_READY):
            owe(
                kind=NOT_READY, subject=participation.pk, person=by, at=at,
                occurrence=f"{_occasion(participation)}/{days}", due_on=on + timedelta(days=days),
            )  # fmt: skip
    return participation


def _keep_apart(person: Person, others: Collection[Person], *, at: datetime) -> None:
    """What this person has said before of one of them stands."""
    on = at.astimezone(person.zone).date()
    known = {
        each.other_id if each.one_id == person.pk else each.one_id
        for each in DeclaredConflict.objects.declared_by(person).in_force(on)
    }
    for other in others:
        if other.pk not in known:
            declare_conflict(one=person, other=other, kind=ConflictKind.NOT_WITH, by=person, at=at)


@sensitive_variables()
@transaction.atomic
def change_profile(
    participation: Participation, *, by: Person, at: datetime, **profile: Unpack[Profile]
) -> Participation:
    """Change what others read about me, until the program closes."""
    _held(participation.program_id)
    participation = _locked(pk=participation.pk)
    rules.insist_ones_own(participation, by)
    rules.insist_may_change_profile(participation)
    _write(participation, at=at, profile=profile)
    return participation


@transaction.atomic
def withdraw(participation: Participation, *, by: Person, at: datetime) -> Participation:
    """Leave the program on this side, at any time and without a reason.

    What somebody proposed could not see is emptied at once, and the key deleted. The rest follows after
    ``rules.KEPT_AFTER_WITHDRAWING``: a profile that vanished from a proposal would tell the other who left, and when.
    Asking again changes nothing. Pairs go on until one of the two ends them: that is a decision of its own. Whoever is
    next on the wait list is offered the place.
    """
    program = _held(participation.program_id)
    participation = _locked(pk=participation.pk)
    rules.insist_ones_own(participation, by)
    if participation.withdrawn_at is not None:
        return participation
    key = participation.data_key
    participation.withdrawn_at = at
    participation.not_discussed = None
    participation.data_key = None
    if not participation.introduce:
        participation.number_one = participation.background = ""
    participation.save()
    if key is not None:
        key.delete()
    _forget_references(participation)
    participation.answers.all().delete()
    here = Participation.objects.filter(program=participation.program_id, person=by)
    if not here.taking_part().exists():
        ManagersAnswer.objects.filter(program=participation.program_id, person=by).delete()
    _move_wait_list_on(program, on=at.date(), at=at)
    return participation


@transaction.atomic
def leave_programs(*, by: Person, at: datetime) -> None:
    """Leave everything one takes part in, waits for or has begun to tell, program by program. Again changes nothing.

    All programs are held first, and then all participations, always in the same order, as by whoever sends proposals.
    Wait lists come before the rest, so that a place which somebody gives up is not offered to themselves.
    """
    begun = Draft.objects.filter(person=by).select_related("program")
    for pk in sorted({
        *waiting.entries_of(by).values_list("program", flat=True),
        *begun.values_list("program", flat=True),
        *queries.own(by).taking_part().values_list("program", flat=True),
    }):  # fmt: skip
        _held(pk)
    list(Participation.objects.filter(person=by).order_by("pk").select_for_update().values_list("pk"))
    for entry in waiting.entries_of(by).select_related("program"):
        leave_wait_list(entry.program, side=Side(entry.side), by=by, at=at)
    for draft in begun:
        discard_draft(draft.program, side=Side(draft.side), by=by)
    for participation in queries.own(by).taking_part().order_by("program", "pk"):
        withdraw(participation, by=by, at=at)


@transaction.atomic
def ask_to_wait(program: Program, *, side: Side, by: Person, at: datetime) -> WaitListEntry:
    """Wait for a place on one side of a full pilot, behind all who asked before. Asking again changes nothing.

    Refuses where there is a place at once: that one is taken by volunteering.
    """
    on = at.astimezone(by.zone).date()
    program = _held(program.pk)
    _move_wait_list_on(program, on=on, at=at)
    waits: WaitListEntry | None = waiting.entries_of(by).filter(program=program, side=side).first()
    if waits is not None:
        return waits
    rules.insist_taking_volunteers(program)
    program_rules.insist_may_take_side(program, by, side, on)
    if queries.takes_part(by, program, side):
        raise rules.TakesPartAlready
    if queries.has_place(program, side, by, on=on):
        raise rules.PlaceIsFree
    entry: WaitListEntry = WaitListEntry.objects.create(program=program, person=by, side=side, asked_at=at)
    owe(kind=ON_WAIT_LIST, subject=entry.pk, person=by, at=at)
    return entry


@transaction.atomic
def leave_wait_list(program: Program, *, side: Side, by: Person, at: datetime) -> WaitOutcome | None:
    """Wait no longer, or let an offered place go to the next in line, without a reason. Again changes nothing."""
    program = _held(program.pk)
    mine = waiting.entries_of(by).filter(program=program, side=side)
    entry = mine.first()
    if entry is None:
        return None
    outcome = WaitOutcome.LET_GO if entry.is_offered else WaitOutcome.LEFT
    _end(mine, outcome, at=at)
    _move_wait_list_on(program, on=at.date(), at=at)
    return outcome


@transaction.atomic
def follow_program(program: Program, at: datetime) -> None:
    """A program has changed: offer what places it has now, or end the list of one that takes no volunteers. Where it
    asks line managers from now on, those are asked who were not."""
    _move_wait_list_on(_held(program.pk), on=at.date(), at=at)
    if program.stage != Stage.CLOSED:
        _ask_managers(program.pk, queries.managers_who_hear_of(program, on=at.date()), at=at)


def _ask_managers(
    program_id: int, managers: Mapping[int, Person], *, at: datetime, joined_at: datetime | None = None
) -> None:
    """Owe the line manager of each person (by primary key) the question, once.

    Where it was called off before it left, because the program did not ask for a while or the person had withdrawn, it
    is owed anew, unless the manager has answered without it. So is what left before ``joined_at``: whoever withdrew
    and joins again took the answer along.
    """
    subjects = {person: f"{program_id}-{person}" for person in managers}
    answers = ManagersAnswer.objects.filter(program=program_id, person__in=managers)
    answered = set(answers.values_list("person", "manager"))
    asked: dict[tuple[str, int], list[bool]] = defaultdict(list)
    owed = Notice.objects.filter(kind=MANAGER_ASKED, subject__in=subjects.values())
    for subject, reader, state, finished_at in owed.values_list("subject", "person", "state", "finished_at"):
        of_before = joined_at is not None and finished_at is not None and finished_at < joined_at
        asked[subject, reader].append(state != NoticeState.CANCELLED and not of_before)
    reminding = days_of(Program.objects.get(pk=program_id), reminders.MANAGER) if managers else []
    for person, manager in managers.items():
        before = asked[subjects[person], manager.pk]
        if (person, manager.pk) not in answered and not any(before):
            again = str(len(before)) if before else ""
            owe(kind=MANAGER_ASKED, subject=subjects[person], person=manager, at=at, occurrence=again)
            asked_on = at.astimezone(manager.zone).date()
            for days in reminding:
                owe(
                    kind=MANAGER_REMINDER, subject=subjects[person], person=manager, at=at,
                    due_on=asked_on + timedelta(days=days), occurrence=f"{again}/{days}",
                )  # fmt: skip


def move_wait_lists_on(*, at: datetime) -> int:
    """Pass on offers that lapsed and places of those who have left; how many programs. The tick calls this.

    Each program is a transaction of its own, and whoever waits for one lock does not hold another's.
    """
    programs = waiting.programs_with_entries()
    for pk in programs:
        with transaction.atomic():
            _move_wait_list_on(_held(pk), on=at.date(), at=at)
    return len(programs)


@transaction.atomic
def forget_ended_waits(*, at: datetime) -> int:
    """Forget entries of wait lists that ended long enough ago; how many. The tick calls this.

    A coordinator's own stays until the program is closed: it keeps the list from somebody who stood in it.
    """
    coordinates = ProgramDuty.objects.filter(
        program=OuterRef("program"), person=OuterRef("person"), duty=Duty.COORDINATOR
    )
    keeps = ~Q(program__stage=Stage.CLOSED) & Q(Exists(coordinates))
    old = WaitListEntry.objects.filter(ended_at__lte=at - rules.WAIT_KEPT).exclude(keeps)
    held = list(old.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    forgotten, _ = WaitListEntry.objects.filter(pk__in=held).delete()
    return forgotten


def _move_wait_list_on(program: Program, *, on: date, at: datetime) -> None:
    """Offer every free place of a program that is held to whoever waits longest, and tell everybody it concerns.

    Called with each fact that may free a place, in its transaction. A second call finds nothing left to do.
    """
    entries = list(waiting.line(program))
    if not entries:
        return
    if not rules.is_taking_volunteers(program):
        _end_and_tell(entries, WaitOutcome.CLOSED, WAIT_LIST_CLOSED, at=at)
        return

    def may_join(entry: WaitListEntry) -> bool:
        return program_rules.may_take_side(program, entry.person, Side(entry.side), on)

    offered = [entry for entry in entries if entry.is_offered]
    lapsed = [entry for entry in offered if rules.has_lapsed(entry, at=at)]
    gone = [entry for entry in offered if entry not in lapsed and not may_join(entry)]
    _end_and_tell(lapsed, WaitOutcome.EXPIRED, PLACE_LAPSED, at=at)
    _end_and_tell(gone, WaitOutcome.PASSED_OVER, PASSED_OVER, at=at)
    taken = set(queries.places_taken([program], on=on).get(program.pk, ()))
    for entry in entries:
        if entry in offered or not rules.has_place_for(program, Side(entry.side), taken, entry.person_id):
            continue
        if may_join(entry):
            _offer(entry, at=at)
            taken.add((entry.person_id, entry.side))
        else:
            _end_and_tell([entry], WaitOutcome.PASSED_OVER, PASSED_OVER, at=at)


def _offer(entry: WaitListEntry, *, at: datetime) -> None:
    entry.offered_at = at
    entry.held_until = at.astimezone(entry.person.zone).date() + rules.OFFER_HOLDS
    entry.save(update_fields=["offered_at", "held_until"])
    owe(kind=PLACE_OFFERED, subject=entry.pk, person=entry.person, at=at, good_for=rules.OFFER_HOLDS)
    owe(
        kind=PLACE_REMINDER, subject=entry.pk, person=entry.person, at=at,
        due_on=entry.held_until - rules.OFFER_REMINDED_BEFORE, good_for=rules.OFFER_REMINDED_BEFORE,
    )  # fmt: skip


def _end(entries: WaitListEntryQuerySet, outcome: WaitOutcome, *, at: datetime) -> None:
    entries.update(outcome=outcome, ended_at=at)


def _end_and_tell(entries: Collection[WaitListEntry], outcome: WaitOutcome, kind: str, *, at: datetime) -> None:
    _end(WaitListEntry.objects.filter(pk__in=[entry.pk for entry in entries]), outcome, at=at)
    for entry in entries:
        owe(kind=kind, subject=entry.pk, person=entry.person, at=at, good_for=timedelta(days=7))


def _held(program_id: int) -> Program:
    """Until the transaction ends nobody else joins it, leaves it or moves its wait list on."""
    program: Program = Program.objects.select_for_update(of=("self",), no_key=True).with_levels().get(pk=program_id)
    return program


@transaction.atomic
def answer_as_manager(
    *, program_id: int, person_id: int, reply: ManagersReply, by: Person, at: datetime
) -> ManagersAnswer:
    """Say whether one gives a report the time. The same again changes nothing; another answer takes its place."""
    line = queries.report_line(by, program_id=program_id, person_id=person_id, on=at.astimezone(by.zone).date())
    if line is None:
        raise rules.NotYourReport
    first = ManagersAnswer(
        program=line.program, person=line.person, manager=by, reply=reply, hours_a_month=line.hours, answered_at=at
    )
    ManagersAnswer.objects.bulk_create([first], ignore_conflicts=True)
    answer = ManagersAnswer.objects.select_for_update().get(program=line.program, person=line.person, manager=by)
    if (answer.reply, answer.hours_a_month) != (reply, line.hours):
        answer.reply, answer.hours_a_month, answer.answered_at = reply, line.hours, at
        answer.save()
    if answer.reply == ManagersReply.TALK:
        for coordinator in queries.coordinators_who_read_readiness(line.program).exclude(pk=by.pk):
            owe(
                kind=MANAGER_WANTS_TO_TALK, subject=answer.pk, person=coordinator, at=at,
                occurrence=f"{answer.answered_at:%Y%m%d}",
            )  # fmt: skip
    return answer


@transaction.atomic
def agree_to_charter(*, program: Program, read: int, by: Person, at: datetime) -> None:
    """Sign the charter in force, for each side this person takes. Agreeing again changes nothing.

    ``read`` is the primary key of the version that was read; refuses when there are newer words.
    """
    _held(program.pk)
    mine = queries.own(by).taking_part().filter(program=program).values_list("pk", flat=True)
    participations = [_locked(pk=pk) for pk in sorted(mine)]
    participations = [participation for participation in participations if rules.may_sign(participation)]
    if not participations:
        raise rules.NothingToSign
    for participation in participations:
        _sign(participation, read=read, at=at)


@transaction.atomic
def ask_to_agree_again(version: CharterVersion, at: datetime) -> None:
    """A new version of a charter is in force: whoever agreed to a former one is asked, once for each version."""
    agreed = Participation.objects.taking_part().filter(program=version.program_id).agreed_once()
    asked = {row.person_id: row.person for row in agreed.select_related("person").order_by("pk")}
    for person in asked.values():
        owe(
            kind=CHARTER_CHANGED, subject=version.pk, person=person, at=at, good_for=timedelta(days=14)
        )  # fmt: skip


@transaction.atomic
def ask_manager(*, person_id: int, at: datetime) -> None:
    """Ask the present line manager of somebody for the time, once for each program they take part in."""
    person = Person.objects.select_related("manager").get(pk=person_id)
    if person.manager is None:
        return
    for program in queries.programs_managers_hear_of(person_id, on=at.date()):
        _ask_managers(program, {person_id: person.manager}, at=at)


@transaction.atomic
def finish_piece(piece: Piece, *, by: Person, at: datetime) -> None:
    """Note that one has read a piece of guidance as it is now. Saying so again changes nothing.

    Whoever can be matched from now on is told so, as those are who had nothing to read.
    """
    done = TrainingDone(person=by, piece=piece.name, version=piece.version, done_at=at)
    TrainingDone.objects.bulk_create([done], ignore_conflicts=True)
    mine = queries.own(by).taking_part().filter(program__stage__in=rules.STAGES_BEFORE_A_PAIR)
    for participation in mine.select_related("person").select_for_update(of=("self",)).order_by("pk"):
        if piece in participation.program.requires(Side(participation.side)):
            _owe_if_ready(participation, at=at)


@transaction.atomic
def name_referees(
    participation: Participation, *, referees: Sequence[Person], by: Person, at: datetime
) -> list[Reference]:
    """Ask these colleagues whether the mentor can keep a confidence. The same again changes nothing.

    Owes each the question and its reminders, and coordinators a word when it is time to decide without an answer.
    """
    participation = _locked(pk=participation.pk)
    rules.insist_ones_own(participation, by)
    rules.insist_may_change_profile(participation)
    named = list(participation.references.all())
    if named:
        if {each.referee_id for each in named} == {referee.pk for referee in referees}:
            return named
        raise rules.AlreadyNamed
    rules.insist_referees_fit(participation, referees, on=at.astimezone(by.zone).date())
    asked = Reference.objects.bulk_create(
        Reference(participation=participation, referee=referee, asked_at=at) for referee in referees
    )
    for reference in asked:
        _owe_question(reference, at=at)
    _owe_decision(participation.program, at=at, after=rules.REFERENCE_WAITS)
    return asked


@sensitive_variables()
@transaction.atomic
def answer_as_referee(reference: Reference, *, reply: RefereesReply, remark: str, at: datetime) -> bool:
    """Keep what a referee says. False when they had answered before: the first answer counts, once.

    A mentor all of whose referees say yes joins the pool; otherwise coordinators who may read it are told to decide.
    """
    held = Participation.objects.taking_part().filter(pk=reference.participation_id)
    participation = held.select_related("program", "person").select_for_update(of=("self",)).first()
    locked = Reference.objects.filter(pk=reference.pk).first()
    if participation is None or locked is None:
        raise rules.NoLongerAsked
    if locked.reply is not None:
        return False
    rules.insist_can_be_answered(locked, at=at)
    locked.reply, locked.replied_at = reply, at
    if remark.strip():
        locked.data_key = DataKey.objects.mint()
        locked.remark = seal(remark.strip(), key=locked.data_key, row=locked.row("remark"))
    locked.save()
    state = references.state_of(participation, at=at)
    if state is ReferencesState.ENOUGH:
        _owe_if_ready(participation, at=at)
    elif state is ReferencesState.TO_DECIDE:
        _owe_decision(participation.program, at=at)
    return True


@transaction.atomic
def decide_references(participation: Participation, *, enough: bool, by: Person, at: datetime) -> ReferencesDecision:
    """Say whether somebody can be matched as a mentor where their references left it open. It can be changed."""
    participation = _locked(pk=participation.pk)
    if not queries.coordinators_who_read_readiness(participation.program).filter(pk=by.pk).exists():
        raise rules.NotForThisReader
    if participation.withdrawn_at is not None or not references.may_be_decided(participation, at=at):
        raise rules.NothingToDecide
    decision = ReferencesDecision.objects.filter(participation=participation).first()
    if decision is not None and decision.enough == enough:
        return decision
    decision = decision or ReferencesDecision(participation=participation)
    decision.enough, decision.decided_by, decision.decided_at = enough, by, at
    decision.save()
    occurrence = f"{at:%Y%m%dT%H%M%S}"
    if enough:
        _owe_if_ready(_locked(pk=participation.pk), at=at)
    else:
        owe(kind=NOT_MATCHED, subject=participation.pk, person=participation.person, at=at, occurrence=occurrence)
    return decision


def _owe_question(reference: Reference, *, at: datetime) -> None:
    owe(
        kind=REFERENCE_ASKED, subject=reference.pk, person=reference.referee, at=at,
        good_for=rules.REFERENCE_GOOD_FOR,
    )  # fmt: skip
    asked_on = at.astimezone(reference.referee.zone).date()
    for days in days_of(reference.participation.program, reminders.REFERENCE):
        owe(
            kind=REFERENCE_REMINDER, subject=reference.pk, person=reference.referee, at=at,
            due_on=asked_on + timedelta(days=days), occurrence=str(days), good_for=timedelta(days=1),
        )  # fmt: skip


def _owe_decision(program: Program, *, at: datetime, after: timedelta = timedelta(0)) -> None:
    """Owe each coordinator who may decide a word on the next morning, one for all who wait by then.

    Never on the same day: that morning's word may have left, and what came after it would be told to nobody.
    """
    for coordinator in queries.coordinators_who_read_readiness(program):
        due_on = (at + after).astimezone(coordinator.zone).date() + timedelta(days=1)
        owe(
            kind=REFERENCES_TO_DECIDE, subject=program.pk, person=coordinator, at=at, due_on=due_on,
            occurrence=due_on.isoformat(),
        )  # fmt: skip


@transaction.atomic
def call_for_volunteers(
    program: Program, *, side: Side, area: Area | None = None, people: Collection[Person] | None = None, words: str,
    by: Person, at: datetime,
) -> Call:  # fmt: skip
    """Ask people to volunteer: these, those of an area, or everybody who may. Owes each one message.

    Nobody is asked twice for the same side, also where two coordinators ask at the same moment, and nobody who takes
    part or did.
    """
    on = at.astimezone(by.zone).date()
    locked = type(program).objects.select_for_update(no_key=True).get(pk=program.pk)
    program_rules.insist_coordinates(by, locked)
    rules.insist_taking_volunteers(locked)
    to_call = calls.people_to_call(locked, side, on=on, area=area)
    if people is not None:
        to_call = to_call.filter(pk__in=[person.pk for person in people])
    asked = list(to_call.order_by("pk")[: rules.MOST_CALLED + 1])
    rules.insist_may_be_called(len(asked) if len(asked) <= rules.MOST_CALLED else to_call.count())
    call = Call.objects.create(program=locked, side=side, words=words, called_by=by, called_at=at)
    Called.objects.bulk_create(Called(call=call, program=locked, person=person, side=side) for person in asked)
    for person in asked:
        owe(
            kind=CALLED_FOR, subject=f"{locked.pk}-{side}", person=person, at=at, good_for=CALLED_FOR_GOOD_FOR,
        )  # fmt: skip
        for days in days_of(locked, reminders.CALL):
            owe(
                kind=CALL_REMINDER, subject=f"{locked.pk}-{side}", person=person, at=at,
                due_on=at.astimezone(person.zone).date() + timedelta(days=days), occurrence=str(days),
            )  # fmt: skip
    return call


@transaction.atomic
def decline_call(program: Program, *, side: Side, by: Person, at: datetime) -> None:
    """Say "not for me", without a reason. Nobody is told, and volunteering later stays open."""
    Called.objects.filter(program=program, side=side, person=by, declined_at=None).update(declined_at=at)


@transaction.atomic
def name_champion(program: Program, *, person: Person, by: Person, at: datetime) -> Champion:
    """Ask somebody who takes or took part whether they would be shown as a champion. Owes them one message.

    Naming them again before they answer, or after a yes, changes nothing; after a no it is refused.
    """
    locked = type(program).objects.select_for_update(no_key=True).get(pk=program.pk)
    program_rules.insist_coordinates(by, locked)
    named: Champion | None = Champion.objects.filter(program=locked, person=person).first()
    if named is not None:
        if not (named.is_open or named.is_shown):
            raise rules.NotAskedAgain(person)
        return named
    rules.insist_may_be_champion(
        person, locked, took_part=champions.took_part(person, locked), on=at.astimezone(person.zone).date()
    )
    asked: Champion = Champion.objects.create(program=locked, person=person, named_by=by, named_at=at)
    owe(kind=CHAMPION_ASKED, subject=asked.pk, person=person, at=at)
    return asked


@transaction.atomic
def answer_as_champion(champion: Champion, *, reply: ChampionsReply, by: Person, at: datetime) -> None:
    """Keep the person's own answer, which they may change at any time. The same again changes nothing.

    Nobody is written to, whatever they answer.
    """
    held = Champion.objects.select_for_update().get(pk=champion.pk)
    if held.person_id != by.pk:
        raise rules.NotOnesOwn
    if reply is ChampionsReply.YES:
        if held.is_shown:
            return
        held.reply, held.replied_at, held.withdrawn_at = reply, at, None
    elif held.is_shown:
        held.withdrawn_at = at
    elif held.is_open:
        held.reply, held.replied_at = reply, at
    held.save()


@transaction.atomic
def empty_withdrawn_profiles(*, at: datetime) -> int:
    """Empty what is left of the profiles of those who withdrew long enough ago; how many. The tick calls this."""
    due = Participation.objects.filter(withdrawn_at__lte=at - rules.KEPT_AFTER_WITHDRAWING)
    said = Q(Exists(OfferedSkill.objects.filter(participation=OuterRef("pk"))))
    said |= Q(Exists(WantedSkill.objects.filter(participation=OuterRef("pk"))))
    empty = Participation()
    for name in PLAIN_FIELDS:
        said |= ~Q(**{name: getattr(empty, name)})
    left = due.filter(said).select_for_update(of=("self",), skip_locked=True).order_by("pk")
    for participation in left:
        _empty(participation)
        participation.save()
    return len(left)


def _forget_references(participation: Participation) -> None:
    """Answers, remarks and the decision: nothing of them is kept against anybody."""
    keys = list(participation.references.exclude(data_key=None).values_list("data_key", flat=True))
    participation.references.all().delete()
    DataKey.objects.filter(pk__in=keys).delete()
    ReferencesDecision.objects.filter(participation=participation).delete()


def _empty(participation: Participation) -> None:
    empty = Participation()
    for name in PLAIN_FIELDS:
        setattr(participation, name, getattr(empty, name))
    participation.offered.all().delete()
    participation.wanted.all().delete()


def _locked(**which: Any) -> Participation:
    participation: Participation = (
        Participation.objects.select_related("program", "person", "data_key")
        .select_for_update(of=("self",))
        .get(**which)
    )
    return participation


@sensitive_variables()
def _write(participation: Participation, *, at: datetime, profile: Profile) -> None:
    rules.insist_wishes_in_bounds(
        offered=profile.get("offered", ()), wanted=profile.get("wanted", ()), hobbies=profile.get("hobbies", ())
    )
    named = [*profile.get("offered", ()), *profile.get("wanted", ())]
    rules.insist_still_listed(named, held=hold_skills(named))
    for name in PLAIN_FIELDS:
        if name in profile:
            given: Any = profile[name]
            setattr(participation, name, list(given) if isinstance(given, list | tuple) else given)
    if "not_discussed" in profile:
        _seal_not_discussed(participation, profile["not_discussed"].strip())
    participation.save()
    if "answers" in profile:
        _answer(participation, profile["answers"], read=profile.get("questions_read"))
    if profile.get("charter_agreed"):
        _sign(participation, read=profile.get("charter_read"), at=at)
    levels = {skill.pk: level for skill, level in profile.get("levels", {}).items()}
    if "offered" in profile:
        participation.offered.all().delete()
        OfferedSkill.objects.bulk_create(
            OfferedSkill(participation=participation, skill=skill, level=levels.get(skill.pk))
            for skill in dict.fromkeys(profile["offered"])
        )
    if "wanted" in profile:
        participation.wanted.all().delete()
        WantedSkill.objects.bulk_create(
            WantedSkill(participation=participation, skill=skill, rank=rank, level=levels.get(skill.pk))
            for rank, skill in enumerate(profile["wanted"], start=1)
        )


@sensitive_variables()
def _answer(participation: Participation, given: Mapping[int, str | int], *, read: Mapping[int, str] | None) -> None:
    """Keep these answers to the program's own questions; other questions keep theirs.

    Whoever calls this holds the program: a coordinator who would change what a question means finds it answered.
    """
    program = participation.program
    before = participation.answers.values_list("question", flat=True)
    asked = {each.pk: each for each in questions.put_to(program, Side(participation.side), also=before)}
    if read is not None:
        rules.insist_as_read(given, read=read, asked=asked)
    rules.insist_answers_fit(given, asked=asked)
    participation.answers.filter(question__in=list(given)).delete()
    ProgramAnswer.objects.bulk_create(
        ProgramAnswer(
            participation=participation,
            question=asked[key],
            **({"point": answer} if isinstance(answer, int) else {"words": answer}),
        )
        for key, answer in given.items()
        if answer
    )


@sensitive_variables()
def _seal_not_discussed(participation: Participation, words: str) -> None:
    key = participation.data_key
    if words:
        key = key or DataKey.objects.mint()
        participation.data_key = key
        participation.not_discussed = seal(words, key=key, row=participation.row("not_discussed"))
        return
    participation.not_discussed = None
    participation.data_key = None
    if key is not None:
        participation.save(update_fields=["not_discussed", "data_key"])
        key.delete()


def _sign(participation: Participation, *, read: int | None, at: datetime) -> None:
    """Sign what is in force; ``read``, where it is given, has to be that.

    The program stays locked meanwhile: a version that comes later finds this signature, and asks for another.
    """
    program = _held(participation.program_id)
    in_force = queries.charter_in_force(program)
    if read is not None:
        rules.insist_in_force(read, in_force)
    first = not participation.signatures.filter(joined_at=participation.volunteered_at).exists()
    signature = CharterSignature(
        participation=participation, version=in_force, joined_at=participation.volunteered_at, signed_at=at
    )
    CharterSignature.objects.bulk_create([signature], ignore_conflicts=True)
    vars(participation).pop("charter_signed_at", None)  # what was known before counts no longer
    vars(participation).pop("agreed_once_at", None)
    _owe_if_ready(participation, at=at)
    if first and program.asks_line_managers and participation.person.manager is not None:
        here = Participation.objects.taking_part().filter(program=program, person=participation.person_id)
        joined_at = here.aggregate(first=Min("volunteered_at"))["first"]
        managers = {participation.person_id: participation.person.manager}
        _ask_managers(program.pk, managers, at=at, joined_at=joined_at)


def _owe_if_ready(participation: Participation, *, at: datetime) -> None:
    """Once for each time of joining, whichever came last: the charter, a piece to read or a referee."""
    if not queries.missing_of(participation):
        owe(
            kind=IN_POOL, subject=participation.pk, person=participation.person, at=at,
            occurrence=_occasion(participation),
        )  # fmt: skip


def _occasion(participation: Participation) -> str:
    """Each time of joining is an occasion of its own for messages."""
    return f"{participation.volunteered_at:%Y%m%dT%H%M%S}"
