"""Questions about who takes part, what waits for whom, and programs as somebody who may join reads them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.urls import reverse

from participants import calls, champions, drafts, questions, references, rules, waiting
from participants.choices import ManagersReply
from participants.differences import Beside, beside
from participants.models import (
    Champion,
    ManagersAnswer,
    OfferedSkill,
    Participation,
    ParticipationQuerySet,
    TrainingDone,
    WaitListEntry,
    WantedSkill,
)
from people.models import Person, PersonQuerySet, Skill
from programs import queries as program_queries
from programs import rules as program_rules
from programs.choices import Duty, Measure, Side, Stage
from programs.models import CharterVersion, Program, ProgramQuerySet, fetch_areas
from programs.training import Learner, Piece, pieces
from ui.components import QueueItem, in_words

if TYPE_CHECKING:
    from programs.models import Objective


# Whose rows


def visible_to(person: Person) -> ParticipationQuerySet:
    """One's own participations, and those of programs one coordinates. Which fields: ``participants.profiles``."""
    own = Q(person=person)
    coordinated = Q(program__in=Program.objects.coordinated_by(person))
    seen: ParticipationQuerySet = Participation.objects.filter(own | coordinated)
    return seen


def program_that_asks_for(piece: Piece, person: Person) -> int | None:
    """Key of a program in which this person cannot be matched before they have read this piece."""
    for participation in own(person).taking_part():
        if piece in participation.program.requires(Side(participation.side)):
            return participation.program_id
    return None


def own(person: Person) -> ParticipationQuerySet:
    """The participations somebody may change or end: their own, and nobody else's."""
    mine: ParticipationQuerySet = (
        Participation.objects.filter(person=person)
        .with_signatures()
        .select_related("program", "references_decision")
        .prefetch_related("references")
    )
    return mine


def told_elsewhere(person: Person, program: Program, side: Side) -> Participation | None:
    """The profile somebody told last in another place, on the same side rather than on the other."""
    mine = Participation.objects.filter(person=person).taking_part().select_related("program")
    others = _with_words(mine.exclude(program=program, side=side))
    told = sorted(others, key=lambda each: (each.side == side, each.volunteered_at), reverse=True)
    return next(iter(told), None)


def in_pool(program: Program, on: date) -> ParticipationQuerySet:
    """Who can be matched: takes part, is ready, and still works here on that day."""
    pool: ParticipationQuerySet = Participation.objects.filter(program=program).ready(program)
    return pool.filter(person__in=Person.objects.employed(on))


def _asked_of_managers(on: date) -> ParticipationQuerySet:
    """Whom line managers hear of where the program asks them: whoever agreed to the charter, whether or not everything
    is read yet."""
    taking_part: ParticipationQuerySet = Participation.objects.taking_part().agreed_once()
    return taking_part.filter(person__in=Person.objects.employed(on), program__asks_line_managers=True)


def with_profile(participations: ParticipationQuerySet) -> ParticipationQuerySet:
    """With people and skills, in three queries however many rows there are."""
    return _with_words(participations.with_person().with_signatures())


def _with_words(participations: ParticipationQuerySet) -> ParticipationQuerySet:
    told: ParticipationQuerySet = participations.select_related("data_key").prefetch_related(*_skills())
    return told


def bring_skills(participations: Sequence[Participation]) -> None:
    """What these, who are loaded already, offer and want, in two queries."""
    prefetch_related_objects(participations, *_skills())


def _skills() -> tuple[Prefetch, Prefetch]:
    return (
        Prefetch("offered", OfferedSkill.objects.select_related("skill")),
        Prefetch("wanted", WantedSkill.objects.select_related("skill")),
    )


# What a line manager learns


@dataclass(frozen=True, slots=True)
class ReportLine:
    """Everything a line manager may know of a report who takes part, and what they answered.

    One line for a person and a program: the side, or that there are two, is not for them.
    """

    person: Person
    program: Program
    hours: int
    reply: ManagersReply | None

    @property
    def gives_the_time(self) -> bool:
        return self.reply is ManagersReply.GIVES

    @property
    def wants_to_talk(self) -> bool:
        return self.reply is ManagersReply.TALK


def reports_taking_part(manager: Person, *, on: date) -> list[ReportLine]:
    """The manager's own reports, as of now, who agreed to the charter of a program that is not closed."""
    return _lines(manager, _asked_of_managers(on))


def report_line(manager: Person, *, program_id: int, person_id: int, on: date) -> ReportLine | None:
    """One of those lines; None for anybody else's report and for what the manager may not know."""
    signed = _asked_of_managers(on).filter(program=program_id, person=person_id)
    return next(iter(_lines(manager, signed)), None)


def managers_of_those_who_take_part(*, on: date) -> dict[int, int | None]:
    """Everybody whom line managers hear of, and who that is."""
    rows = _asked_of_managers(on).exclude(program__stage=Stage.CLOSED).order_by()
    return dict(rows.values_list("person_id", "person__manager_id").distinct())


def programs_managers_hear_of(person_id: int, *, on: date) -> list[int]:
    rows = _asked_of_managers(on).filter(person=person_id).exclude(program__stage=Stage.CLOSED).order_by()
    return sorted(set(rows.values_list("program_id", flat=True)))


def managers_who_hear_of(program: Program, *, on: date) -> dict[int, Person]:
    """Of each person whose line manager hears of this program: who that is, by the person's primary key."""
    rows = _asked_of_managers(on).filter(program=program).select_related("person__manager").order_by("pk")
    return {row.person_id: row.person.manager for row in rows if row.person.manager is not None}


def asked_of_manager(program: Program, person: Person, *, on: date) -> ReportLine | None:
    """What this person's present line manager reads and answered, for the person and for coordinators."""
    manager = Person.objects.employed(on).filter(pk=person.manager_id).first()
    return manager and report_line(manager, program_id=program.pk, person_id=person.pk, on=on)


def lines_about(person: Person, *, on: date) -> list[ReportLine]:
    """What this person's present line manager reads of them, one line for each program."""
    manager = Person.objects.employed(on).filter(pk=person.manager_id).first()
    return _lines(manager, _asked_of_managers(on).filter(person=person)) if manager is not None else []


def _lines(manager: Person, pool: ParticipationQuerySet) -> list[ReportLine]:
    rows = (
        pool.filter(person__manager=manager)
        .exclude(program__stage=Stage.CLOSED)
        .select_related("person__site", "program")
        .defer("not_discussed")
        .order_by("person__sort_name", "person", "program__name", "program")
    )
    asked: dict[tuple[int, int], list[Participation]] = {}
    for row in rows:
        asked.setdefault((row.program_id, row.person_id), []).append(row)
    given = ManagersAnswer.objects.filter(manager=manager) if asked else ()
    answers = {(answer.program_id, answer.person_id): answer for answer in given}
    return [_line(of_one, answers.get(key)) for key, of_one in asked.items()]


def _line(of_one: list[Participation], answer: ManagersAnswer | None) -> ReportLine:
    # Never more than one side alone may ask for, or the sum would tell that there are two.
    hours = min(sum(row.hours_a_month for row in of_one), rules.MOST_HOURS)
    counts = answer is not None and rules.still_counts(answered_for=answer.hours_a_month, asked=hours)
    reply = ManagersReply(answer.reply) if answer is not None and counts else None
    return ReportLine(of_one[0].person, of_one[0].program, hours, reply)


# Training


@dataclass(frozen=True, slots=True)
class PieceState:
    """A piece of guidance, and when this person said that they read it as it is now, or an older version."""

    piece: Piece
    done_at: datetime | None
    older_done_at: datetime | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Training:
    """The guidance for one person: what is meant for them, and what is there besides."""

    mine: tuple[PieceState, ...]
    others: tuple[PieceState, ...]

    @property
    def done(self) -> int:
        return sum(state.done_at is not None for state in self.mine)

    @property
    def words(self) -> str:
        return f"{self.done} of {len(self.mine)} done"


def training_of(person: Person, *, on: date) -> Training:
    """For every side this person takes on in a program that is not closed, and for a line manager of such a person."""
    mine = own(person).taking_part().exclude(program__stage=Stage.CLOSED)
    learners = {Learner(row.side) for row in mine}
    if reports_taking_part(person, on=on):
        learners.add(Learner.LINE_MANAGER)
    return _training(person, learners, {piece.name for row in mine for piece in row.program.requires(Side(row.side))})


def training_as(person: Person, side: Side) -> Training:
    """The guidance for one side, as its coordinator counts it."""
    return _training(person, {Learner(side)})


def piece_state(person: Person, name: str) -> PieceState | None:
    return next((state for state in _piece_states(person) if state.piece.name == name), None)


def _training(person: Person, learners: set[Learner], required: Collection[str] = ()) -> Training:
    states = [replace(state, required=state.piece.name in required) for state in _piece_states(person)]
    mine = tuple(state for state in states if state.piece.learners & learners)
    return Training(mine, tuple(state for state in states if state not in mine))


def _piece_states(person: Person) -> list[PieceState]:
    rows = TrainingDone.objects.filter(person=person).order_by("version").values_list("piece", "version", "done_at")
    done = {(name, version): at for name, version, at in rows}
    newest = {name: at for name, version, at in rows}
    return [
        PieceState(piece, at, None if at else newest.get(piece.name))
        for piece in pieces()
        for at in [done.get((piece.name, piece.version))]
    ]


def pieces_read_by(person: Person) -> frozenset[str]:
    """Names of the pieces this person has read, in any version."""
    return frozenset(TrainingDone.objects.filter(person=person).values_list("piece", flat=True))


def missing_of(participation: Participation) -> tuple[rules.Missing, ...]:
    """What this one has yet to do before they can be matched."""
    return rules.missing(
        participation, read=pieces_read_by(participation.person), references=references.state_of(participation)
    )


@dataclass(frozen=True, slots=True)
class Mine:
    """What one person has in programs, read once for everything a page says of it: where they take or took part, which
    guidance they have read, and where they stand on wait lists."""

    person: Person
    participations: tuple[Participation, ...]
    read: frozenset[str]
    waits: Waits

    @property
    def sides(self) -> set[tuple[int, str]]:
        """Where this person takes part, by program and side."""
        return {(row.program_id, row.side) for row in self.participations if row.withdrawn_at is None}

    @property
    def programs(self) -> list[Program]:
        """Those they take part in; of both sides, twice."""
        return [row.program for row in self.participations if row.withdrawn_at is None]


def mine(person: Person) -> Mine:
    rows = sorted(own(person).order_by(), key=lambda row: row.pk)
    return Mine(person, tuple(rows), pieces_read_by(person), waiting.standings_of(person))


def waiting_for(mine: Mine, *, paired_in: Collection[str]) -> list[QueueItem]:
    """What somebody has yet to do before they can be matched, one line for each thing; then, without any hurry, where
    coordinators have added questions since.

    Those who have a pair in a program (by its name) are not hurried to read: their pair goes on.
    """
    before_a_pair = [
        row
        for row in mine.participations
        if row.withdrawn_at is None and row.program.stage in rules.STAGES_BEFORE_A_PAIR
    ]
    items: dict[str, QueueItem] = {}
    for row in before_a_pair:
        for each in rules.missing(row, read=mine.read, references=references.state_of(row)):
            if not each.is_theirs or (each.piece is not None and row.program.name in paired_in):
                continue
            url = where_to(each, row)
            changed = "The charter has changed since you agreed to it"
            items.setdefault(
                url,
                QueueItem(
                    what=changed if each.again else f"Before you can be matched: {each.words}",
                    detail=str(row.program),
                    action=each.verb,
                    url=url,
                ),
            )
    left = questions.left_of(before_a_pair)
    return [
        *items.values(),
        *(
            QueueItem(
                what=questions.left_in_words(left[row.pk]),
                detail=f"{row.program}. You stay in it without.",
                action="Answer it" if left[row.pk] == 1 else "Answer them",
                url=reverse("participants:profile", args=[row.program_id, row.side]),
            )
            for row in before_a_pair
            if row.pk in left
        ),
    ]


def where_to(missing: rules.Missing, participation: Participation) -> str:
    """The page on which it is done; empty where it is not for this person to do."""
    if not missing.is_theirs:
        return ""
    if missing.referees is not None:
        return reverse("participants:name_referees", args=[participation.program_id])
    if missing.piece is not None:
        return reverse("participants:piece", args=[missing.piece.name])
    return reverse("participants:charter", args=[participation.program_id])


def coordinators_who_read_readiness(program: Program) -> PersonQuerySet:
    """Coordinators of the program who never were candidates in it."""
    coordinators: PersonQuerySet = program_queries.coordinators(program).exclude(
        pk__in=Participation.objects.filter(program=program).values("person")
    )
    return coordinators


def drafts_waiting_for(mine: Mine) -> list[QueueItem]:
    return drafts.waiting_for(mine.person, taking_part=mine.sides)


def calls_waiting_for(person: Person, *, on: date) -> list[QueueItem]:
    return calls.waiting_for(person, on=on)


def places_waiting_for(mine: Mine, *, on: date) -> list[QueueItem]:
    return waiting.waiting_for(mine.waits.values(), on=on)


def champion_waiting_for(person: Person) -> list[QueueItem]:
    return champions.waiting_for(person)


# References


def references_to_decide(programs: Collection[Program], *, at: datetime) -> list[tuple[Program, int, date]]:
    """In which of these programs mentors wait for a coordinator's decision, how many, and since the first of them was
    asked.

    For coordinators who never were candidates there (:func:`programs_joined_by`). Nothing of any answer.
    """
    waiting = references.to_decide(programs, at=at)
    return [(each, len(waiting[each.pk]), min(waiting[each.pk])) for each in programs if waiting[each.pk]]


def programs_joined_by(person: Person) -> frozenset[int]:
    """Where this person ever was a candidate: what is decided about candidates there is not theirs to see."""
    return frozenset(Participation.objects.filter(person=person).order_by().values_list("program_id", flat=True))


# Programs, as somebody who may join reads them


@dataclass(frozen=True, slots=True)
class ToDo:
    """What is missing before somebody can be matched, in words, and where it is done if they can do it themselves."""

    words: str
    verb: str
    url: str


@dataclass(frozen=True, slots=True)
class SideState:
    """Where I stand on one side: taking part, free to join, or why not (in a sentence)."""

    side: Side
    participation: Participation | None
    may_join: bool
    refusal: str = ""
    to_do: tuple[ToDo, ...] = ()
    required: tuple[Piece, ...] = ()
    questions_left: str = ""
    """In words: what coordinators have asked everybody since I joined, and I have not answered."""
    is_full: bool = False
    """A pilot without a free place: it may have one again a moment later."""
    waits: waiting.Standing | None = None
    """Where the reader stands on the wait list of this side; nobody else's."""

    @property
    def takes_part(self) -> bool:
        return self.participation is not None and self.participation.withdrawn_at is None

    @property
    def has_withdrawn(self) -> bool:
        return self.participation is not None and self.participation.withdrawn_at is not None

    @property
    def taking_part_as(self) -> str:
        assert self.participation is not None  # noqa: S101  a page asks only where somebody takes part
        return f"You take part as {self.participation.program.word(self.side, article=True)}"

    @property
    def days_kept(self) -> int:
        """So long a place is kept for whom it is offered to."""
        return rules.OFFER_HOLDS.days

    @property
    def charter_is_open(self) -> bool:
        return self.takes_part and self.participation is not None and self.participation.charter_signed_at is None

    @property
    def next_step(self) -> ToDo | None:
        """The first thing that is missing and can be done at once."""
        return next((each for each in self.to_do if each.url), None)

    @property
    def has_agreed_once(self) -> bool:
        return self.participation is not None and self.participation.agreed_once_at is not None

    @property
    def may_change(self) -> bool:
        return self.participation is not None and rules.may_change_profile(self.participation)


@dataclass(frozen=True, slots=True)
class ProgramCard:
    """A program in the list, and where I stand in it."""

    program: Program
    sides: tuple[SideState, ...]

    @property
    def taking_part_as(self) -> tuple[SideState, ...]:
        return tuple(side for side in self.sides if side.takes_part)

    @property
    def waits_as(self) -> tuple[SideState, ...]:
        return tuple(side for side in self.sides if side.waits)

    @property
    def may_join_as(self) -> tuple[SideState, ...]:
        return tuple(side for side in self.sides if side.may_join)


@dataclass(frozen=True, slots=True)
class ProgramPage(ProgramCard):
    objectives: tuple[str, ...] = ()
    guidelines: tuple[str, ...] = ()
    charter: CharterVersion | None = None
    charter_points: tuple[CharterPoint, ...] = ()
    topics: tuple[str, ...] = ()
    coordinators: tuple[Person, ...] = ()
    supervisors: tuple[Person, ...] = ()
    asked_of_manager: ReportLine | None = None
    training: Training | None = None
    champions: tuple[Person, ...] = ()
    asked_as_champion: tuple[Champion, ...] = ()
    """What the reader was asked; nobody else's."""


def programs_open_to(person: Person) -> ProgramQuerySet:
    """Programs this person may open: those of ``programs.queries.visible_to``, and those they take or took part in or
    wait for."""
    mine = Participation.objects.filter(person=person).values("program")
    waited_for = waiting.entries_of(person).values("program")
    visible = program_queries.visible_to(person).values("pk")
    programs: ProgramQuerySet = Program.objects.filter(
        Q(pk__in=visible) | Q(pk__in=mine) | Q(pk__in=waited_for)
    ).with_levels()
    return programs


def program_cards(mine: Mine, *, on: date) -> list[ProgramCard]:
    """Every program this person may open, those with something to do or to join first."""
    own_by_program: dict[int, dict[str, Participation]] = defaultdict(dict)
    for row in mine.participations:
        own_by_program[row.program_id][row.side] = row
    programs = sorted(
        programs_open_to(mine.person).order_by(), key=lambda each: (-each.starts_on.toordinal(), each.name)
    )
    fetch_areas(programs)
    taken = places_taken(programs, on=on)
    cards = []
    for program in programs:
        here = own_by_program.get(program.pk, {})
        sides = _sides(program, mine.person, here, mine.read, on=on, taken=taken, waits=mine.waits)
        cards.append(ProgramCard(program, sides))
    return sorted(cards, key=lambda card: (not card.taking_part_as, not card.waits_as, not card.may_join_as))


def program_page(program: Program, person: Person, *, on: date) -> ProgramPage:
    """Everything a program says about itself to somebody who may join it."""
    mine = {row.side: row for row in own(person).filter(program=program)}
    duties = program.duties.held().select_related("person__site")
    charter = charter_in_force(program)
    taken, waits = places_taken([program], on=on), waiting.standings_of(person)
    sides = _sides(program, person, mine, pieces_read_by(person), on=on, taken=taken, waits=waits)
    left = questions.left_of([row for row in mine.values() if row.withdrawn_at is None])
    return ProgramPage(
        program=program,
        sides=tuple(
            replace(side, questions_left=questions.left_in_words(left[side.participation.pk]))
            if side.participation is not None and side.participation.pk in left and side.may_change
            else side
            for side in sides
        ),
        objectives=tuple(objective_in_words(each) for each in program.objectives.all()),
        guidelines=guidelines_in_words(program),
        charter=charter,
        charter_points=charter_in_points(charter.words),
        topics=tuple(str(each.skill) for each in program.topics.select_related("skill")),
        coordinators=tuple(each.person for each in duties if each.duty == Duty.COORDINATOR),
        supervisors=tuple(each.person for each in duties if each.duty == Duty.SUPERVISOR),
        asked_of_manager=asked_of_manager(program, person, on=on) if mine else None,
        training=training_of(person, on=on) if any(row.withdrawn_at is None for row in mine.values()) else None,
        champions=tuple(champions.shown_in(program, on=on)),
        asked_as_champion=tuple(champions.asked_about(program, person)),
    )


def side_state(program: Program, person: Person, side: Side, *, on: date) -> SideState:
    mine = own(person).filter(program=program, side=side).order_by("pk").first()
    taken, waits = places_taken([program], on=on), waiting.standings_of(person)
    return _side_state(program, person, side, mine, pieces_read_by(person), on=on, taken=taken, waits=waits)


Taken = Mapping[int, Collection[tuple[int, str]]]
"""For each program with a limit: who takes part or is offered a place, on which side."""

Waits = Mapping[tuple[int, str], waiting.Standing]
"""Where one person stands on wait lists, by program and side."""


def takes_part(person: Person, program: Program, side: Side) -> bool:
    return own(person).taking_part().filter(program=program, side=side).exists()


def somebody_takes_part(program: Program) -> bool:
    return Participation.objects.taking_part().filter(program=program).exists()


def places_taken(programs: Iterable[Program], *, on: date) -> Taken:
    """Only of programs that have a limit: elsewhere nothing is asked. Whoever has left the company holds no place.

    A place that is offered to somebody on the wait list is taken, as if they had joined already.
    """
    limited = [program.pk for program in programs if rules.is_limited(program)]
    if not limited:
        return {}
    taken: dict[int, set[tuple[int, str]]] = {pk: set() for pk in limited}
    here = {"program__in": limited, "person__in": Person.objects.employed(on)}
    joined = Participation.objects.taking_part().filter(**here).order_by().values_list("program", "person", "side")
    held = WaitListEntry.objects.offered().filter(**here).order_by().values_list("program", "person", "side")
    for program, person, side in joined.union(held):
        taken[program].add((person, side))
    return taken


def has_place(program: Program, side: Side, person: Person, *, on: date) -> bool:
    """Whether this person can join now: there is no limit, a free place, or one that is held for them."""
    taken = places_taken([program], on=on)
    return program.pk not in taken or rules.has_place_for(program, side, taken[program.pk], person.pk)


def _sides(
    program: Program,
    person: Person,
    mine: Mapping[str, Participation],
    read: Collection[str],
    *,
    on: date,
    taken: Taken,
    waits: Waits,
) -> tuple[SideState, ...]:
    return tuple(
        _side_state(program, person, side, mine.get(side), read, on=on, taken=taken, waits=waits) for side in Side
    )


def _side_state(
    program: Program,
    person: Person,
    side: Side,
    participation: Participation | None,
    read: Collection[str],
    *,
    on: date,
    taken: Taken,
    waits: Waits,
) -> SideState:
    if participation is not None and participation.withdrawn_at is None:
        return SideState(side, participation, may_join=False, to_do=_to_do(participation, read))
    stands = waits.get((program.pk, side))
    try:
        rules.insist_taking_volunteers(program)
        program_rules.insist_may_take_side(program, person, side, on)
    except ValidationError as refusal:
        return SideState(side, participation, may_join=False, refusal=" ".join(refusal.messages), waits=stands)
    if program.pk in taken and not rules.has_place_for(program, side, taken[program.pk], person.pk):
        sentence = rules.PilotIsFull(program, side).messages[0]
        return SideState(side, participation, False, sentence, is_full=True, waits=stands)
    return SideState(side, participation, may_join=True, required=program.requires(side), waits=stands)


def to_do(participation: Participation) -> tuple[ToDo, ...]:
    return _to_do(participation, pieces_read_by(participation.person))


def _to_do(participation: Participation, read: Collection[str]) -> tuple[ToDo, ...]:
    missing = rules.missing(participation, read=read, references=references.state_of(participation))
    return tuple(ToDo(each.words, each.verb, where_to(each, participation)) for each in missing)


OBJECTIVES_IN_WORDS: Final[Mapping[Measure, str]] = {
    Measure.PAIRS_FORMED: "{target} pairs",
    Measure.MEETINGS_PER_PAIR: "{target} meetings per pair, on average",
    Measure.HOURS_PER_PAIR: "{target} hours per pair, on average",
    Measure.MEETING_AS_AGREED: "{target}% of pairs meet as often as they agreed",
    Measure.GOALS_MET: "{target}% of the goals that pairs set are met",
    Measure.SKILL_GAIN: "{target}% of those who rate themselves twice grow a step in what they wanted to learn",
    Measure.WORTH_THE_TIME: "{target}% of the people who take part find it worth the time",
    Measure.WOULD_DO_AGAIN: "{target}% of the people who take part would do it again",
    Measure.STILL_HERE: "{target}% of the people in a pair still work here a year after it began",
}


def objective_in_words(objective: Objective) -> str:
    """``80 % of pairs meet as often as they agreed, by 31 March 2027``."""
    target = Decimal(objective.target).normalize()
    words = OBJECTIVES_IN_WORDS[Measure(objective.measure)].format(target=f"{target:f}")
    return f"{words}, by {objective.by:%-d %B %Y}"


def guidelines_in_words(program: Program) -> tuple[str, ...]:
    """The rhythm and the length of a pair, as sentences."""
    rhythm = f"You meet about every {_days(program.meet_every_days)}, for about {program.meeting_minutes} minutes."
    length = f"A pair runs for {program.term_weeks} weeks, and no longer than {program.ends_on:%-d %B %Y}."
    return (
        f"{rhythm} The two of you may agree on another rhythm.",
        f"{length} It can end earlier, or go on if you both wish.",
        _reciprocal(program),
        "You are never paired with anybody in your own reporting line.",
    )


def _reciprocal(program: Program) -> str:
    mentee = program.word(Side.MENTEE)
    if not program.reciprocal_every:
        return f"The {mentee} shares too whenever the two of you like, over lunch for example."
    several = in_words(program.reciprocal_every).lower()
    often = "every meeting" if program.reciprocal_every == 1 else f"about one meeting in {several}"
    return f"In {often} the {mentee} shares too, over lunch for example. It is an idea, not a schedule."


def _days(days: int) -> str:
    if days % 7:
        return f"{days} days"
    weeks = days // 7
    return "week" if weeks == 1 else f"{('two', 'three', 'four')[weeks - 2] if weeks <= 4 else weeks} weeks"


@dataclass(frozen=True, slots=True)
class CharterPoint:
    """One sentence of the charter; the claim is what was set between two asterisks."""

    claim: str
    rest: str


def charter_in_points(words: str) -> tuple[CharterPoint, ...]:
    """A charter line by line, without its numbers: the page counts."""
    points = []
    for line in words.splitlines():
        words = re.sub(r"^\s*(\d+[.)]|[-*•](?!\*))\s+", "", line).strip()
        if not words:
            continue
        found = re.match(r"\*\*(.+?)\*\*\s*(.*)", words)
        points.append(CharterPoint(*found.groups()) if found else CharterPoint("", words.replace("**", "")))
    return tuple(points)


def charter_in_force(program: Program) -> CharterVersion:
    """The words of now. Every program has some from its first day."""
    version: CharterVersion = program.charter_versions.select_related("program").get(
        pk__in=CharterVersion.objects.in_force()
    )
    return version


@dataclass(frozen=True, slots=True)
class Signed:
    """A version this person agreed to, on which side and when."""

    version: CharterVersion
    side: Side
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class CharterPage:
    """One version of a charter, and what the reader has to do with it.

    ``former`` is the version they last agreed to, if they are asked to agree again; ``beside`` shows both.
    """

    version: CharterVersion
    points: tuple[CharterPoint, ...]
    in_force: bool
    versions: tuple[CharterVersion, ...]
    signed: tuple[Signed, ...]
    may_sign: bool
    first_side: Side | None
    former: CharterVersion | None
    beside: Beside | None
    coordinators: tuple[Person, ...]


def charter_page(program: Program, person: Person, *, number: int | None = None) -> CharterPage | None:
    """The charter in force, or the version of that number; None if there is no such version."""
    versions = tuple(program.charter_versions.all())
    version = next((each for each in versions if number in (None, each.number)), None)
    if version is None:
        return None
    mine = list(own(person).filter(program=program).prefetch_related("signatures__version"))
    signed = [Signed(each.version, Side(row.side), each.signed_at) for row in mine for each in row.signatures.all()]
    to_sign = [row for row in mine if rules.may_sign(row) and row.charter_signed_at is None]
    may_sign = bool(to_sign) and version == versions[0]
    since_joining = [
        each.version for row in to_sign for each in row.signatures.all() if each.joined_at == row.volunteered_at
    ]
    former = max(since_joining, key=lambda each: each.number, default=None) if may_sign else None
    return CharterPage(
        version=version,
        points=charter_in_points(version.words),
        in_force=version == versions[0],
        versions=versions,
        signed=tuple(sorted(signed, key=lambda each: each.signed_at)),
        may_sign=may_sign,
        first_side=Side(to_sign[0].side) if to_sign else None,
        former=former,
        beside=beside(_plain_lines(former.words), _plain_lines(version.words)) if former is not None else None,
        coordinators=tuple(program_queries.coordinators(program).select_related("site")),
    )


def _plain_lines(words: str) -> list[str]:
    return [f"{point.claim} {point.rest}".strip() for point in charter_in_points(words)]


# What a volunteer can choose from


@dataclass(frozen=True, slots=True)
class SkillsToChoose:
    """Topics of the program first, then everything else the company keeps in its list of skills."""

    topics: tuple[Skill, ...]
    others: tuple[Skill, ...]


def skills_to_choose(program: Program) -> SkillsToChoose:
    topics = tuple(topic.skill for topic in program.topics.select_related("skill"))
    others = tuple(Skill.objects.exclude(pk__in=[skill.pk for skill in topics]))
    return SkillsToChoose(topics, others)
