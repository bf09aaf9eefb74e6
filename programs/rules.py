"""Judgement about a program: who may take which side, who may be paired, and which stage may follow.

Each list here is data. Forms, the matching engine, a pair made by hand, the live count on the desk and the drawings in
the documentation all read the same list, so none of them can know a rule that the others do not.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

import numpy as np
from django.core.exceptions import ValidationError
from django.db.models import Q
from numpy.typing import NDArray

from people.models import Level, Person
from programs.choices import BEFORE_ENROLMENT, LEARNED_IN, Criterion, Duty, Importance, Measure, Side, Stage, WishLists
from programs.facts import UNKNOWN, Column, Facts, facts_of_sides
from programs.models import DeclaredConflict, Program, ProgramTemplate, Rewording
from programs.sayings import Saying, Words, reasons_against

UNKNOWN_TOO: Final = UNKNOWN - 1
"""What is unknown of a mentor, so that it equals nothing of a mentee, not even the unknown."""

Forbidden = NDArray[np.bool_]
"""True where the two may not be paired: mentors as rows and mentees as columns, or one place for each of some pairs."""


# Who may take a side


class MayNotTakeSide(ValidationError):
    """The person does not meet what the program asks of this side."""


@dataclass(frozen=True, slots=True)
class SideRule:
    """What a program asks of the people of one side, for one person (``admits``) and for the directory (``among``)."""

    name: str
    sides: frozenset[Side]
    admits: Callable[[Program, Person, date], bool] = field(repr=False)
    among: Callable[[Program, date], Q] = field(repr=False)
    words: Callable[[Program, date], str] = field(repr=False)


def months_before(on: date, months: int) -> date:
    """The same day of the month, ``months`` earlier, or that month's last day where it has no such day."""
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    return date(year, month + 1, min(on.day, calendar.monthrange(year, month + 1)[1]))


def _works_here(program: Program, person: Person, on: date) -> bool:
    begun = person.hired_on is None or person.hired_on <= on
    return person.is_active and begun and (person.left_on is None or person.left_on > on)


def _here_long_enough(program: Program, person: Person, on: date) -> bool:
    if not program.mentor_months_here:
        return True
    return person.hired_on is not None and person.hired_on <= months_before(on, program.mentor_months_here)


def _hired_early_enough(program: Program, on: date) -> Q:
    if not program.mentor_months_here:
        return Q()
    return Q(hired_on__lte=months_before(on, program.mentor_months_here))


def _in_the_areas(program: Program, person: Person, on: date) -> bool:
    return all(getattr(person, f"{kind}_id") in places for kind, places in program.areas.named.items())


def _of_the_areas(program: Program, on: date) -> Q:
    return Q(**{f"{kind}__in": list(places) for kind, places in program.areas.named.items()})


AREA_WORDS: Final = {"function": "Function", "line_of_business": "Line of business", "site": "Site"}


def _areas_in_words(program: Program, on: date) -> str:
    named = [f"{AREA_WORDS[kind]}: {' or '.join(places.values())}." for kind, places in program.areas.named.items()]
    return " ".join(["This pilot is for a part of the company.", *named])


def counted(number: int, noun: str) -> str:
    """``1 month``, ``3 months``, ``1,104 mentors``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _called(program: Program, side: Side) -> str:
    return program.word(side, plural=True, capital=True)


SIDE_RULES: Final[tuple[SideRule, ...]] = (
    SideRule(
        name="works_here",
        sides=frozenset(Side),
        admits=_works_here,
        among=lambda program, on: (
            Q(is_active=True)
            & (Q(hired_on=None) | Q(hired_on__lte=on))
            & (Q(left_on=None) | Q(left_on__gt=on))
        ),
        words=lambda program, on: "Only people who work here can take part.",
    ),
    SideRule(
        name="mentor_level",
        sides=frozenset({Side.MENTOR}),
        admits=lambda program, person, on: (
            person.level is not None and person.level.rank <= program.mentor_highest_level.rank
        ),
        among=lambda program, on: Q(level__rank__lte=program.mentor_highest_level.rank),
        words=lambda program, on: (
            f"{_called(program, Side.MENTOR)} in this program are at most at level {program.mentor_highest_level}."
        ),
    ),
    SideRule(
        name="mentor_months_here",
        sides=frozenset({Side.MENTOR}),
        admits=_here_long_enough,
        among=_hired_early_enough,
        words=lambda program, on: (
            f"{_called(program, Side.MENTOR)} in this program have been here for "
            f"{counted(program.mentor_months_here, 'month')} or more."
        ),
    ),
    SideRule(
        name="mentee_level",
        sides=frozenset({Side.MENTEE}),
        admits=lambda program, person, on: (
            person.level is not None and person.level.rank >= program.mentee_lowest_level.rank
        ),
        among=lambda program, on: Q(level__rank__gte=program.mentee_lowest_level.rank),
        words=lambda program, on: (
            f"{_called(program, Side.MENTEE)} in this program are at least at level {program.mentee_lowest_level}."
        ),
    ),
    SideRule(
        name="pilot_areas",
        sides=frozenset(Side),
        admits=_in_the_areas,
        among=_of_the_areas,
        words=_areas_in_words,
    ),
)  # fmt: skip


def reasons_against_side(program: Program, person: Person, side: Side, on: date) -> list[str]:
    """Why the person may not take this side on that day, in sentences; none if they may."""
    return [
        rule.words(program, on) for rule in SIDE_RULES if side in rule.sides and not rule.admits(program, person, on)
    ]


def may_take_side(program: Program, person: Person, side: Side, on: date) -> bool:
    """Whether level, time here and employment allow it. Whether enrolment is open is another question."""
    return not reasons_against_side(program, person, side, on)


def insist_may_take_side(program: Program, person: Person, side: Side, on: date) -> None:
    if reasons := reasons_against_side(program, person, side, on):
        raise MayNotTakeSide(reasons)


def side_condition(program: Program, side: Side, on: date) -> Q:
    """Everybody in the directory who may take ``side`` on that day."""
    condition = Q()
    for rule in SIDE_RULES:
        if side in rule.sides:
            condition &= rule.among(program, on)
    return condition


# Who may be paired


class MayNotPair(ValidationError):
    """The program's rules keep these two apart."""


@dataclass(frozen=True, slots=True)
class PairRule:
    """``label`` names the rule; ``words`` says of two people that it keeps them apart.

    ``counted`` is false for a rule that rests on what somebody told us in confidence: no number may show it, and its
    words do not name it.
    """

    name: str
    label: str
    words: str
    forbids: Callable[[Program, Facts, Facts], Forbidden] = field(repr=False)
    """Of mentors and mentees place by place; of ``mentors.as_rows()``, each mentor with every mentee."""
    counted: bool = True


def _same_person(program: Program, mentors: Facts, mentees: Facts) -> Forbidden:
    apart: Forbidden = mentors.person == mentees.person
    return apart


def _reporting_line(program: Program, mentors: Facts, mentees: Facts) -> Forbidden:
    mentor_below: Forbidden = (mentees.enter < mentors.enter) & (mentors.leave <= mentees.leave)
    mentee_below: Forbidden = (mentors.enter < mentees.enter) & (mentees.leave <= mentors.leave)
    return mentor_below | mentee_below


def _level_gap(program: Program, mentors: Facts, mentees: Facts) -> Forbidden:
    """Unknown levels are too near to all: as the highest of mentors and the lowest of mentees, in one comparison."""
    limits = np.iinfo(np.int32)
    mentor_rank = np.where(mentors.level_rank == UNKNOWN, limits.max, mentors.level_rank)
    most = np.where(mentees.level_rank == UNKNOWN, limits.min, mentees.level_rank - program.level_gap)
    too_near: Forbidden = mentor_rank > most
    return too_near


def _same_known(mentors: Column, mentees: Column) -> Forbidden:
    """Somebody of whom the directory does not say it works within no function that others work in."""
    same: Forbidden = np.where(mentors == UNKNOWN, UNKNOWN_TOO, mentors) == mentees
    return same


def _nothing(mentors: Facts, mentees: Facts) -> Forbidden:
    return np.zeros(np.broadcast_shapes(mentors.person.shape, mentees.person.shape), dtype=np.bool_)


def _function(program: Program, mentors: Facts, mentees: Facts) -> Forbidden:
    if not program.different_function:
        return _nothing(mentors, mentees)
    return _same_known(mentors.function, mentees.function)


def _line_of_business(program: Program, mentors: Facts, mentees: Facts) -> Forbidden:
    if not program.different_line_of_business:
        return _nothing(mentors, mentees)
    return _same_known(mentors.line_of_business, mentees.line_of_business)


def _declared_conflict(program: Program, mentors: Facts, mentees: Facts) -> Forbidden:
    """Only where both are named in some conflict is it asked whether they are named in one together."""
    apart = _nothing(mentors, mentees)
    one, other = mentors.conflicts.T
    asked = np.nonzero(np.isin(mentors.person, one) & np.isin(mentees.person, other))
    named = [np.broadcast_to(side.person, apart.shape)[asked].astype(np.int64) for side in (mentors, mentees)]
    apart[asked] = np.isin((named[0] << 32) | named[1], (one << 32) | other)
    return apart


DECLARED_CONFLICT: Final = "declared_conflict"

PAIR_RULES: Final[tuple[PairRule, ...]] = (
    PairRule("same_person", "Never with oneself", "Nobody can be paired with themselves.", _same_person),
    PairRule(
        "reporting_line",
        "Never within one reporting line",
        "One of the two reports to the other, directly or through others.",
        _reporting_line,
    ),
    PairRule(
        "level_gap",
        "Enough levels between the two",
        "The mentor does not stand far enough below the mentee.",
        _level_gap,
    ),
    PairRule("function", "Never within one function", "Both work in the same function.", _function),
    PairRule(
        "line_of_business",
        "Never within one line of business",
        "Both work in the same line of business.",
        _line_of_business,
    ),
    PairRule(
        DECLARED_CONFLICT,
        "Never where a conflict is declared",
        "A rule keeps the two apart.",
        _declared_conflict,
        counted=False,
    ),
)


def reasons_against_pair(program: Program, *, mentor: Person, mentee: Person, on: date) -> list[str]:
    """Which of the program's rules keep the two apart on that day, in sentences; none if they may be paired."""
    mentors, mentees = facts_of_sides([mentor], [mentee], on=on)
    apart = [rule.words for rule in PAIR_RULES if rule.forbids(program, mentors, mentees)[0]]
    sides = [
        f"{person.name} cannot be {program.word(side, article=True)} here. {reason}"
        for person, side in ((mentor, Side.MENTOR), (mentee, Side.MENTEE))
        for reason in reasons_against_side(program, person, side, on)
    ]
    return apart + sides


def may_pair(program: Program, *, mentor: Person, mentee: Person, on: date) -> bool:
    return not reasons_against_pair(program, mentor=mentor, mentee=mentee, on=on)


def insist_may_pair(program: Program, *, mentor: Person, mentee: Person, on: date) -> None:
    if reasons := reasons_against_pair(program, mentor=mentor, mentee=mentee, on=on):
        raise MayNotPair(reasons)


# What makes a good pair


class NothingCounts(ValidationError):
    def __init__(self) -> None:
        super().__init__("Nothing would make one pair better than another. Let at least one thing count.")


def counting(program: Program, importances: Mapping[Criterion, Importance]) -> dict[Criterion, Importance]:
    """The same, without what makes no pair better than another here: because the rules ask it of every pair anyway, or
    because nobody is asked for it."""
    forced = program.different_function and program.different_line_of_business
    idle = {Criterion.ACROSS: forced, Criterion.PARTNER_WISHES: program.wish_lists == WishLists.NONE}
    return {**importances, **{criterion: Importance.OFF for criterion, is_idle in idle.items() if is_idle}}


class WishesDoNotFit(ValidationError):
    """Lists of possible partners and what they count do not go together; the sentence says how."""


def insist_wishes_fit(program: Program, importances: Mapping[Criterion, Importance]) -> None:
    says = importances[Criterion.PARTNER_WISHES]
    if says is Importance.MUST:
        raise WishesDoNotFit("Wishes cannot be a must: whoever nobody chose would learn it.", code="wishes")
    if program.wish_lists != WishLists.NONE and says is Importance.OFF:
        raise WishesDoNotFit(
            "Lists are of use only if what people choose counts. Let it count, or give no lists.", code="wishes"
        )


def insist_something_counts(program: Program, importances: Mapping[Criterion, Importance]) -> None:
    if set(counting(program, importances).values()) == {Importance.OFF}:
        raise NothingCounts


# The charter


class SayWhatChanged(ValidationError):
    def __init__(self) -> None:
        super().__init__(
            {
                "charter_note": "The charter has other words now, so it is a new version. Say in a sentence what "
                "changed: everybody who agreed to the former words reads it."
            }
        )


def charter_is_open(program: Program) -> bool:
    """Whether the words can still be replaced: nobody can have volunteered, so nobody has signed."""
    return program.stage in BEFORE_ENROLMENT


def insist_says_what_changed(note: str) -> None:
    if not note.strip():
        raise SayWhatChanged


# Duties


class NotACoordinator(ValidationError):
    """Only a coordinator of the program may do this."""


def coordinates(person: Person, program: Program) -> bool:
    """Whether the person is a coordinator of this program."""
    return program.duties.held().filter(person_id=person.pk, duty=Duty.COORDINATOR).exists()


def insist_coordinates(person: Person, program: Program) -> None:
    if not coordinates(person, program):
        raise NotACoordinator("Only a coordinator of this program can do this.")


def has_a_coordinator(program: Program, *, on: date) -> bool:
    """Whether anybody who works here coordinates it: nobody else can change it, or name another."""
    return program.duties.held().filter(duty=Duty.COORDINATOR, person__in=Person.objects.employed(on)).exists()


class NoCoordinatorToName(ValidationError):
    """A program is given a coordinator from outside only where it has none, and only by an administrator."""


def insist_may_name_coordinator(program: Program, person: Person, *, by: Person, on: date) -> None:
    if not (by.is_active and by.is_administrator):
        raise NoCoordinatorToName("Only an administrator can do this.")
    if has_a_coordinator(program, on=on):
        raise NoCoordinatorToName("Somebody coordinates this program again. They can name others.")
    if not (person.is_coordinator and person.works_here(on)):
        raise NoCoordinatorToName(
            {"person": f"{person.name} may not open the desk. You can change that on the page of the person."}
        )


class NothingLearned(ValidationError):
    """No pair of this program has begun to meet."""


def insist_may_be_learned_from(program: Program) -> None:
    if program.stage not in LEARNED_IN:
        raise NothingLearned("There is nothing to learn from yet. Pairs have to be under way.")


# Templates of the company


class NotKept(ValidationError):
    """The template is not kept, changed, archived or brought back as asked."""


def may_keep_templates(person: Person) -> bool:
    return person.is_active and person.is_coordinator


def insist_may_keep_templates(person: Person) -> None:
    if not may_keep_templates(person):
        raise NotKept("Only coordinators keep templates.")


def insist_name_is_free(name: str, *, but_for: ProgramTemplate | None = None) -> None:
    """Among those on offer; two archived ones may be called the same."""
    namesakes = ProgramTemplate.objects.on_offer().filter(name__iexact=name)
    if namesakes.exclude(pk=but_for.pk if but_for is not None else 0).exists():
        raise NotKept({"name": f"There is a template with the name “{name}” already. Choose another name."})


def insist_unchanged(template: ProgramTemplate, *, version: str) -> None:
    """``version`` is the one its writer saw, as their form brought it back."""
    if str(template.version) != version:
        who = template.changed_by.name if template.changed_by is not None else "Somebody else"
        when = f" and says “{template.when_to_use}”" if template.when_to_use else ""
        raise NotKept(
            f"{who} has saved this template since you opened it. It is called “{template.name}” now{when}. "
            "Nothing of theirs was overwritten. Save again to keep what you wrote."
        )


# Words of reminders


class NotSaid(ValidationError):
    """These words of a reminder cannot be kept."""


def insist_sayable(saying: Saying, words: Words) -> None:
    problems: dict[str, list[str]] = {}
    for name, sentence in reasons_against(saying, words):
        problems.setdefault(name, []).append(sentence)
    if problems:
        raise NotSaid(problems)


def insist_seen(rewording: Rewording | None, *, changes: int) -> None:
    """``changes`` is how often the words had been changed when their writer opened them; 0 where there were none."""
    if rewording is None:
        if changes:
            raise NotSaid(
                "Somebody has gone back to our words since you opened this. Keep yours once more if you like."
            )
    elif rewording.changes != changes:
        raise NotSaid(
            f"{rewording.changed_by.name} has changed these words since you opened them. Nothing of theirs was "
            f"overwritten; their text begins “{rewording.text[:60]}”. Press once more if you mean it all the same."
        )


# Declared conflicts


class MayNotDeclare(ValidationError):
    """This conflict is not for this person to declare, or makes no sense."""


def may_declare_for_others(person: Person) -> bool:
    return person.is_active and person.is_coordinator


def insist_may_declare(*, one: Person, other: Person, until: date | None, by: Person, on: date) -> None:
    """Everybody may for themselves; a coordinator may for two others."""
    if one.pk == other.pk:
        raise MayNotDeclare({"other": "A conflict is between two people. Name somebody else."})
    if by.pk not in (one.pk, other.pk) and not may_declare_for_others(by):
        raise MayNotDeclare("You can declare a conflict between yourself and a colleague.")
    if until is not None and until < on:
        raise MayNotDeclare({"until": "This day is over. Choose a later one, or leave it empty."})


def insist_declared(conflict: DeclaredConflict, by: Person) -> None:
    if conflict.declared_by_id != by.pk:
        raise MayNotDeclare("Only whoever declared a conflict can withdraw it.")


# Life cycle


class MayNotMove(ValidationError):
    """The program cannot go to this stage yet, or not from where it stands."""


Check = Callable[[Program, date], str | None]
"""Looks at one thing on one day; a sentence says what is missing, ``None`` that nothing is."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of the life cycle. ``verb`` stands on the button; ``then`` says what follows and who will know."""

    source: Stage
    target: Stage
    verb: str
    then: str

    @property
    def back(self) -> bool:
        return list(Stage).index(self.target) < list(Stage).index(self.source)


TRANSITIONS: Final[tuple[Transition, ...]] = (
    Transition(
        Stage.DRAFT, Stage.ENROLMENT, "Open enrolment",
        "Everyone eligible sees the program and can volunteer. Nobody is written to yet.",
    ),
    Transition(
        Stage.DRAFT, Stage.INTEREST, "Ask who is interested",
        "You can put an interest survey to those eligible. Nobody can volunteer, and nobody is written to yet.",
    ),
    Transition(
        Stage.INTEREST, Stage.ENROLMENT, "Open enrolment",
        "Everyone eligible sees the program and can volunteer. Nobody is written to yet.",
    ),
    Transition(
        Stage.INTEREST, Stage.DRAFT, "Back to draft",
        "Only the people of the program know of it again.",
    ),
    Transition(
        Stage.ENROLMENT, Stage.DRAFT, "Back to draft",
        "The program disappears from the site until enrolment opens again.",
    ),
    Transition(
        Stage.ENROLMENT, Stage.MATCHING, "Close enrolment",
        "Nobody else can volunteer. The search for pairs can begin.",
    ),
    Transition(
        Stage.MATCHING, Stage.ENROLMENT, "Open enrolment again",
        "Everyone eligible can volunteer again.",
    ),
    Transition(
        Stage.MATCHING, Stage.RUNNING, "Start the program",
        "Pairs meet. Check-ins and reminders follow the rhythm below.",
    ),
    Transition(
        Stage.RUNNING, Stage.REVIEW, "Begin the review",
        "No new pairs are made. Pairs under way go on until their own end.",
    ),
    Transition(
        Stage.REVIEW, Stage.RUNNING, "Back to running",
        "New pairs can be made again.",
    ),
    Transition(
        Stage.REVIEW, Stage.CLOSED, "Close the program",
        "The program is kept to read. Nothing in it changes any more.",
    ),
)  # fmt: skip


def transition(source: str, target: str) -> Transition | None:
    return next((step for step in TRANSITIONS if (step.source, step.target) == (source, target)), None)


def steps_from(stage: str) -> tuple[Transition, ...]:
    """The steps that may follow ``stage``, onward before back."""
    return tuple(sorted((step for step in TRANSITIONS if step.source == stage), key=lambda step: step.back))


_checks: dict[tuple[Stage, Stage], list[Check]] = defaultdict(list)


def require(source: Stage, target: Stage, check: Check) -> None:
    """Let ``check`` speak before this step.

    Who volunteered and which pairs meet is known to apps above this one. Each adds its checks once, when Django
    starts, so the step is judged whole and this app still imports nothing from above.
    """
    if transition(source, target) is None:
        raise LookupError(f"There is no step from {source} to {target}.")
    if check not in _checks[source, target]:
        _checks[source, target].append(check)


def missing_for(program: Program, stage: str, *, on: date) -> list[str]:
    """What is missing before ``program`` may go to ``stage``, in sentences; nothing if it may."""
    if transition(program.stage, stage) is None:
        return [f"A program in {program.get_stage_display().lower()} cannot go to {Stage(stage).label.lower()}."]
    checks = _checks[Stage(program.stage), Stage(stage)]
    return [words for check in checks if (words := check(program, on)) is not None]


def insist_may_move(program: Program, stage: str, *, on: date) -> None:
    if missing := missing_for(program, stage, on=on):
        raise MayNotMove(missing)


# Levels


STILL_HERE_KNOWN_AFTER: Final = timedelta(weeks=57)
"""A year, the week in which pairs are counted, and four weeks in which somebody's leaving may still be entered."""


class KnownLater(ValidationError):
    """An objective is to be reached before anybody can know."""

    def __init__(self, first: date) -> None:
        super().__init__(
            f"Who is still here after a year is known from {first:%-d %B %Y} on. Choose that day or a later one.",
            code="known_later",
        )


def insist_known_by(program: Program, measure: str, by: date) -> None:
    first = program.starts_on + STILL_HERE_KNOWN_AFTER
    if measure == Measure.STILL_HERE and by < first:
        raise KnownLater(first)


class LevelsLeaveNoGap(ValidationError):
    """Somebody who may volunteer could never be paired, whoever else volunteers."""


def insist_levels_leave_gap(*, mentor_highest: Level, mentee_lowest: Level, gap: int) -> None:
    """Refuse limits that admit a level from which no partner lies ``gap`` levels away.

    The two sides may overlap: somebody in the middle can mentor upwards and be mentored from below.
    """
    ranks = list(Level.objects.order_by("rank").values_list("rank", flat=True))
    apart = counted(gap, "level")
    if mentor_highest.rank + gap > ranks[-1]:
        raise LevelsLeaveNoGap(
            {
                "mentor_highest_level": f"Nobody stands {apart} above {mentor_highest}, so a mentor at this level "
                "could never be paired. Choose a lower level or a smaller gap."
            }
        )
    if mentee_lowest.rank - gap < ranks[0]:
        raise LevelsLeaveNoGap(
            {
                "mentee_lowest_level": f"Nobody stands {apart} below {mentee_lowest}, so a mentee at this level "
                "could never be paired. Choose a higher level or a smaller gap."
            }
        )
