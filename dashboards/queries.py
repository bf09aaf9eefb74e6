"""Questions over more than one app. Figures about groups come from those apps' queries, already released."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from django.conf import settings
from django.urls import reverse

from dashboards.touches import touches
from disclosure import Figure, FunnelStep, GroupedDistribution, Hidden, Reason, Shown
from matching import queries as matching
from matching.choices import RunState
from matching.models import Proposal
from matching.rules import SEARCHING_STAGES
from matching.wish_lists import asks_for_wishes
from pairings import queries as pairings
from pairings.choices import Health
from pairings.conflicts import PairToLookAt
from pairings.queries import PairCard, ProgramActivity, SkillGrowth, ThreadLine
from participants import enrolment
from participants import queries as participants
from participants.enrolment import EnrolmentCounts
from participants.queries import ProgramCard, ReportLine
from people.models import Person
from programs.choices import ASKED_IN_SURVEYS, BEFORE_ENROLMENT, Duty, Measure, Side, Stage
from programs.models import Objective, Program, ProgramDuty, ProgramQuerySet
from surveys import queries as surveys
from surveys.board import BoardCard
from surveys.board import at_home as boards_at_home
from surveys.board import waiting_for as themes_waiting_for
from surveys.choices import SurveyKind
from surveys.insights import waiting_for as insights_waiting_for
from surveys.queries import Asked, SurveyCard
from ui.components import QueueItem, Stat, in_words, reaches


@dataclass(frozen=True, slots=True)
class Home:
    """What a person finds on signing in: the next step first."""

    greeting: str
    lead: str
    waiting: list[QueueItem]
    pairs: list[PairCard]
    programs: list[ProgramCard]
    surveys: list[SurveyCard]
    boards: list[BoardCard]
    supporters: list[Supporter]
    reports: list[ReportLine]
    help_begun: Sequence[ThreadLine]
    is_asked_for_help: bool
    supervised: Iterable[Program]
    """Programs with pairs whose facts this person may look at as a supervisor."""


@dataclass(frozen=True, slots=True)
class Supporter:
    """Somebody to turn to, and for what; ``ask_url`` is where one writes to a supervisor in confidence."""

    person: Person
    role: str
    about: str
    ask_url: str


def home(person: Person, *, at: datetime) -> Home:
    here = at.astimezone(person.zone)
    on = here.date()
    has = touches(person)
    reports = participants.reports_taking_part(person, on=on) if has.reports else []
    pairs, mine = pairings.at_home(person, on), participants.mine(person)
    help_asked = pairings.help_at_home(person, at=at) if has.help else pairings.NO_HELP
    waiting = [
        *help_asked.waiting,
        *participants.places_waiting_for(mine, on=on),
        *(_proposals(person, at) if has.proposals else ()),
        *participants.waiting_for(mine, paired_in={pair.program for pair in pairs.cards if pair.is_open}),
        *(participants.drafts_waiting_for(mine) if has.drafts else ()),
        *(participants.calls_waiting_for(person, on=on) if has.calls else ()),
        *(participants.champion_waiting_for(person) if has.champion else ()),
        *(_wishes(person) if any(asks_for_wishes(program) for program in mine.programs) else ()),
        *(_staying_out(person, on) if has.stays_out else ()),
        *_time_asked(reports),
        *pairs.waiting,
        *(pairings.circles_waiting_for(person, on=on) if has.circle else ()),
        *(surveys.waiting_for(person, on) if has.surveys else ()),
        *(insights_waiting_for(person, on) if has.insights else ()),
        *(themes_waiting_for(person) if has.themes else ()),
    ]
    programs = participants.program_cards(mine, on=on)
    return Home(
        greeting=f"{_part_of_day(here.time())}, {person.given_name}",
        lead=_lead(waiting, pairs.cards, programs),
        waiting=waiting,
        pairs=pairs.cards,
        programs=programs,
        surveys=surveys.asked_of(person, on) if has.surveys else [],
        boards=boards_at_home(person) if has.boards else [],
        supporters=_supporters(programs, person, on),
        reports=reports,
        help_begun=help_asked.begun,
        is_asked_for_help=help_asked.is_asked,
        supervised=pairings.programs_supervised(person, on=on) if has.supervises else (),
    )


def _proposals(person: Person, at: datetime) -> list[QueueItem]:
    return [
        QueueItem(
            what=f"You are proposed to meet {_partner(proposal, person)}",
            detail=f"{proposal.program}. “Yes” or “Not this one”; no reason is needed.",
            action="Read and answer",
            url=reverse("matching:proposal", args=[proposal.pk]),
            when=f"Until {proposal.expires_at.astimezone(person.zone):%-d %B}",
            tone="rise",
        )
        for proposal in matching.proposals_waiting_for(person, at)
    ]


def _wishes(person: Person) -> list[QueueItem]:
    return [
        QueueItem(
            what="You may say whom you would like to meet"
            if not wishes
            else f"You chose {_counted(wishes, 'person', 'people')} to meet",
            detail=f"{mine.program}. Only the search reads it, and it closes when the search begins.",
            action="Look at the list" if not wishes else "Change it",
            url=reverse("matching:wishes", args=[mine.program_id, mine.side]),
        )
        for mine, wishes in matching.lists_open_to(person)
    ]


def _staying_out(person: Person, on: date) -> list[QueueItem]:
    return [
        QueueItem(
            what=f"You are left out of the search until {said.out_until:%-d %B}",
            detail=f"{said.participation.program}. You can come back at any time.",
            action="Change it",
            url=reverse("matching:aside", args=[said.proposal_id]),
        )
        for said in matching.staying_out(person, on)
    ]


def _time_asked(reports: list[ReportLine]) -> list[QueueItem]:
    """Without names, and in one line however many wait."""
    open_lines = [line for line in reports if line.reply is None]
    if not open_lines:
        return []
    return [
        QueueItem(
            what="Your reports ask you for time" if len(open_lines) > 1 else "A report asks you for time",
            detail="They take part in a program. Say that you give the time, or that you would like to talk.",
            action="Read and answer",
            url=reverse("participants:reports"),
        )
    ]


def _partner(proposal: Proposal, person: Person) -> Person:
    return proposal.mentee.person if proposal.side_of(person) is Side.MENTOR else proposal.mentor.person


ABOUT = {
    Duty.SUPERVISOR: ("Supervisor", "For anything that feels wrong or stuck."),
    Duty.COORDINATOR: ("Coordinator", "For dates, a new match, or leaving."),
}


def _supporters(cards: list[ProgramCard], person: Person, on: date) -> list[Supporter]:
    """Supervisors, then coordinators, of the programs one takes part in, but oneself; each person once."""
    mine = [card.program.pk for card in cards if card.taking_part_as]
    held = (
        ProgramDuty.objects.held()
        .filter(program__in=mine, duty__in=ABOUT, person__in=Person.objects.employed(on).exclude(pk=person.pk))
        .select_related("person__site")
    )
    not_to_ask = pairings.not_to_ask(person)
    found: dict[int, Supporter] = {}
    for each in sorted(held, key=lambda each: (each.duty != Duty.SUPERVISOR, each.person.sort_name)):
        found.setdefault(each.person_id, Supporter(each.person, *ABOUT[Duty(each.duty)], _ask_url(each, not_to_ask)))
    return list(found.values())


def _ask_url(duty: ProgramDuty, not_to_ask: set[tuple[int, int]]) -> str:
    if duty.duty != Duty.SUPERVISOR or (duty.program_id, duty.person_id) in not_to_ask:
        return ""
    return f"{reverse('pairings:ask_for_help', args=[duty.program_id])}?to={duty.person_id}"


def _part_of_day(now: time) -> str:
    if now.hour < 12:
        return "Good morning"
    return "Good afternoon" if now.hour < 18 else "Good evening"


def _lead(waiting: list[QueueItem], pairs: list[PairCard], programs: list[ProgramCard]) -> str:
    if waiting:
        if len(waiting) == 1:
            return "One thing waits for you. It takes a few minutes."
        return f"{in_words(len(waiting))} things wait for you. None takes longer than a few minutes."
    if any(pair.is_open for pair in pairs):
        return "Nothing waits for you. Your next meeting is up to the two of you."
    if looking := sum(bool(card.may_join_as) for card in programs):
        who = "A program is" if looking == 1 else f"{in_words(looking)} programs are"
        return f"{who} looking for people like you. Taking part is your own choice, and so is stopping."
    if any(card.taking_part_as for card in programs):
        return "Nothing waits for you. We write to you when something does."
    return "Nothing waits for you. When a program opens for you, it appears here."


def followed_by(person: Person) -> ProgramQuerySet:
    """Programs whose progress one may follow: executives all that opened enrolment, others those of their duty."""
    own = ProgramDuty.objects.held().filter(person=person, duty__in=[Duty.SPONSOR, Duty.COORDINATOR])
    programs: ProgramQuerySet = Program.objects.exclude(stage__in=BEFORE_ENROLMENT)
    return programs if person.is_executive else programs.filter(pk__in=own.values("program"))


@dataclass(frozen=True, slots=True)
class DeskProgram:
    """A program this person coordinates, where it stands, and what usually comes next."""

    name: str
    url: str
    stage: str
    next_step: str


@dataclass(frozen=True, slots=True)
class DeskOpening:
    """The first page of the desk: ``attention`` begins with what has waited longest."""

    greeting: str
    attention: list[QueueItem]
    programs: list[DeskProgram]

    @property
    def asks(self) -> int:
        """How many of them ask something of their reader; the rest is told only."""
        return sum(bool(item.action) for item in self.attention)


NEXT_STEP: Final[Mapping[Stage, str]] = {
    Stage.DRAFT: "Fill in what is missing, then open enrolment.",
    Stage.INTEREST: "Ask who is interested, then decide.",
    Stage.ENROLMENT: "Ask people to volunteer, then close enrolment.",
    Stage.MATCHING: "Search for pairs, send the proposals, then start.",
    Stage.RUNNING: "Pairs meet. Look in when something needs you.",
    Stage.REVIEW: "Read what it brought, then close it.",
}

Waiting = tuple[date | None, QueueItem]
"""Something that needs attention, and since which day, where there is one."""


def desk_opening(person: Person, *, at: datetime, in_digest: bool = False) -> DeskOpening:
    """What waits at the desk in the programs this person coordinates, or in those of them that send a weekly digest.
    Facts only, never what people wrote.

    About matching a coordinator hears only where they are no candidate themselves.
    """
    on = at.astimezone(person.zone).date()
    coordinated = Program.objects.coordinated_by(person).exclude(stage=Stage.CLOSED).with_levels()
    if in_digest:
        coordinated = coordinated.filter(weekly_digest=True)
    mine = list(coordinated.order_by("starts_on", "name"))
    joined = participants.programs_joined_by(person)
    of_others = [program for program in mine if program.pk not in joined]
    waiting: list[Waiting] = []
    for program in of_others:
        if program.stage in SEARCHING_STAGES:
            waiting += _about_matching(program, at)
    waiting += [
        (since, _about_references(program, number, since))
        for program, number, since in participants.references_to_decide(of_others, at=at)
    ]
    for program in mine:
        if program.stage == Stage.INTEREST:
            waiting.append(_about_interest(program))
        elif program.stage == Stage.ENROLMENT:
            waiting.append((None, _about_enrolment(program, on)))
    running = [program for program in mine if program.stage not in BEFORE_ENROLMENT]
    of_program: dict[Program, list[PairToLookAt]] = defaultdict(list)
    for pair in pairings.pairs_to_look_at(running, person, on=on):
        of_program[pair.pairing.program].append(pair)
    for program, pairs in of_program.items():
        waiting += _about_pairs(program, pairs)
    stuck = Counter(
        each.pairing.program
        for each in pairings.pairs_doing(running, person, at=at)
        if each.health.state == Health.STUCK
    )
    waiting += [(None, _about_stuck(program, number)) for program, number in stuck.items()]
    waiting += _about_help(running, person, at)
    oldest_first = sorted(waiting, key=lambda each: (each[0] is None, each[0] or on))
    return DeskOpening(
        greeting=f"{_part_of_day(at.astimezone(person.zone).time())}, {person.given_name}",
        attention=[item for _, item in oldest_first],
        programs=[
            DeskProgram(
                program.name,
                reverse("admin:programs_program_change", args=[program.pk]),
                program.get_stage_display(),
                NEXT_STEP[Stage(program.stage)],
            )
            for program in mine
        ],
    )


def _since(day: date) -> str:
    return f"Since {day:%-d %B}"


def _about_references(program: Program, waiting: int, since: date) -> QueueItem:
    return QueueItem(
        what=f"{_counted(waiting, 'mentor waits', 'mentors wait')} for your decision about references",
        detail=str(program),
        action="Read and decide",
        url=reverse("participants:references_at_desk", args=[program.pk]),
        when=_since(since),
    )


def _about_matching(program: Program, at: datetime) -> Iterator[Waiting]:
    newest = matching.newest_run(program)
    if newest is not None and newest.run.state == RunState.SOLVED and newest.pairs:
        ready = newest.run.finished_at.date() if newest.run.finished_at else None
        yield ready, QueueItem(
            what=f"{_counted(newest.pairs, 'proposal')} can be sent",
            detail=f"{program}. Nobody has been told yet.",
            action="Open the board",
            url=reverse("matching:board", args=[program.pk, newest.run.pk]),
            when=_since(ready) if ready else "Ready",
            tone="rise",
        )  # fmt: skip
        return
    waiting = matching.waiting_in(program, at)
    if waiting.mentors and waiting.mentees:
        yield (
            None,
            QueueItem(
                what=f"{_both_sides(program, waiting.mentors, waiting.mentees)} wait for a match",
                detail=str(program),
                action="Search for pairs",
                url=reverse("matching:runs", args=[program.pk]),
                when="Now",
            ),
        )


def _about_pairs(program: Program, pairs: Collection[PairToLookAt]) -> Iterator[Waiting]:
    against = sum(bool(each.conflicts) for each in pairs)
    resting = sum(each.rests_without is not None for each in pairs)
    left = [each.rests_without.left_on for each in pairs if each.rests_without and each.rests_without.left_on]
    oldest = min(left, default=None)
    for number, what, since in (
        (against, "against a rule now", None), (resting, "at rest, because somebody left", oldest),
    ):  # fmt: skip
        if number:
            yield since, QueueItem(
                what=f"{_counted(number, 'pair')} {'is' if number == 1 else 'are'} {what}",
                detail=str(program),
                action="Look at " + ("it" if number == 1 else "them"),
                url=reverse("pairings:to_look_at", args=[program.pk]),
                when=_since(since) if since else "Now",
            )  # fmt: skip


def _about_stuck(program: Program, number: int) -> QueueItem:
    return QueueItem(
        what=f"{_counted(number, 'pair is', 'pairs are')} stuck",
        detail=f"{program}. Dates, signatures and cancellations say so.",
        action="See the facts",
        url=reverse("pairings:doing", args=[program.pk]),
        when="Now",
    )


def _about_help(programs: Collection[Program], person: Person, at: datetime) -> Iterator[Waiting]:
    """That somebody turned to a supervisor: never who, to whom, when, or how many did."""
    asked_in = pairings.open_requests(programs, person, at=at)
    for program in programs:
        if program.pk in asked_in:
            yield None, QueueItem(
                what="A request for help is open",
                detail=f"{program}. Only the supervisor who was chosen can read it. Nothing is asked of you.",
                when="This morning",
            )  # fmt: skip


def _about_interest(program: Program) -> Waiting:
    survey = surveys.interest_survey(program)
    if survey is None:
        return None, QueueItem(
            what="Nobody has been asked for interest yet",
            detail=f"{program}. Write an interest survey; our questions are ready.",
            action="Write the survey",
            url=f"{reverse('admin:surveys_survey_add')}?program={program.pk}&kind={SurveyKind.INTEREST}",
            when="Now",
        )
    if survey.is_released:
        return survey.results_on, QueueItem(
            what="The interest survey has closed",
            detail=f"{program}. Read what people want, and decide: go, or not yet.",
            action="Read the results",
            url=reverse("surveys:results", args=[survey.pk]),
            when=_since(survey.results_on),
            tone="rise",
        )
    counted = surveys.returns(survey)
    return None, QueueItem(
        what=f"{counted.answered} of {_counted(counted.asked, 'person', 'people')} answered the interest survey so far",
        detail=str(program),
        action="Look at the survey",
        url=reverse("admin:surveys_survey_change", args=[survey.pk]),
        when=f"Results from {survey.results_on:%-d %B}",
    )


def _about_enrolment(program: Program, on: date) -> QueueItem:
    counts = enrolment.enrolment_counts(program, on)
    return QueueItem(
        what=f"{_counted(counts.mentors + counts.mentees - counts.both_sides, 'person', 'people')} volunteered so far",
        detail=f"{program}. Ready: {_both_sides(program, counts.ready_mentors, counts.ready_mentees)}."
        f"{_still_open(counts)}",
        action="Look at the program",
        url=reverse("admin:programs_program_change", args=[program.pk]),
        when=f"Starts {program.starts_on:%-d %B}",
    )


def _still_open(counts: EnrolmentCounts) -> str:
    """What keeps the others from being matched; one person may lack both."""
    lacking = [
        f"{number} {words}"
        for number, words in (
            (counts.charter_open, "yet to agree to the charter"),
            (counts.guidance_open, "with guidance to read"),
        )
        if number
    ]
    return f" Not ready: {', '.join(lacking)}." if lacking else ""


def _both_sides(program: Program, mentors: int, mentees: int) -> str:
    """``3 mentors and 1 mentee``, as the program calls them."""
    sides = ((Side.MENTOR, mentors), (Side.MENTEE, mentees))
    return " and ".join(_counted(number, program.word(side), program.word(side, plural=True)) for side, number in sides)


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


@dataclass(frozen=True, slots=True)
class NotAsked:
    """In the place of a figure nobody was asked for yet."""

    is_shown: bool = False
    number: None = None
    words: str = "not asked yet"


@dataclass(frozen=True, slots=True)
class ObjectiveNow:
    """An objective and where it stands; ``reached`` is None while the figure cannot be shown."""

    name: str
    now: Figure | NotAsked
    target: float
    unit: str
    by: date
    reached: bool | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Everything the progress page of one program shows, fit to be shown to anybody who may follow it."""

    on: date
    smallest_group: int
    weeks_in: int
    fraction: float
    activity: ProgramActivity
    objectives: list[ObjectiveNow]
    funnel: tuple[FunnelStep, ...]
    worth: GroupedDistribution | None
    worth_source: str
    again: GroupedDistribution | None
    growth: SkillGrowth

    @property
    def time_so_far(self) -> str:
        """A sentence, or nothing before the first week is over."""
        weeks = f"{in_words(self.weeks_in)} week{'' if self.weeks_in == 1 else 's'}"
        if self.fraction == 1:
            return f"It ran for {weeks.lower()}."
        return f"{weeks} in." if self.weeks_in else ""

    @property
    def groups_note(self) -> str:
        return (
            f"Groups under {self.smallest_group} people are never shown. "
            f"As of Sunday, {self.activity.as_of:%-d %B %Y}: counted once a week, "
            f"and a change only once at least {self.smallest_group} people share it."
        )

    @property
    def stats(self) -> list[Stat]:
        reached = sum(objective.reached is True for objective in self.objectives)
        unknown = sum(objective.reached is None for objective in self.objectives)
        activity = self.activity
        return [
            Stat("pairs under way", activity.pairs_under_way, f"Formed so far: {activity.pairs_formed.words}"),
            Stat("meetings held", activity.meetings_held, f"For each pair: {activity.meetings_per_pair.words}"),
            Stat(
                "objectives reached",
                f"{reached} of {len(self.objectives)}",
                f"{unknown} cannot be told yet" if unknown else "Each with its target and date",
            ),
            Stat(
                "pairs ended early",
                activity.pairs_ended_early,
                "Ending needs no reason. The latest endings show later.",
            ),
        ]

    @property
    def figures(self) -> list[Stat]:
        activity = self.activity
        return [
            Stat("Pairs formed", activity.pairs_formed),
            Stat("Pairs that ran to their last day", activity.pairs_completed),
            Stat("Agreements signed by both", activity.agreements_signed),
            Stat("Pairs meeting as often as they agreed", activity.meeting_as_agreed),
            Stat("Meetings per pair", activity.meetings_per_pair),
            Stat("Hours per pair", activity.hours_per_pair),
            Stat("Hours together, all pairs", activity.hours_together),
            Stat("Goals met, to the nearest ten", activity.goals_met),
            Stat("Grew a step in what they wanted to learn, of those who rated themselves twice", self.growth.total),
            Stat("Rated themselves at the start and at the end, people", self.growth.rated_twice),
            Stat("Still here a year after their pair began, to the nearest five", activity.still_here),
        ]


def progress(program: Program, *, on: date) -> Progress:
    activity = pairings.program_activity(program, on)
    asked = {measure: surveys.asked_for(measure, program) for measure in ASKED_IN_SURVEYS}
    growth = pairings.skill_growth(program, on)
    worth, again = asked[Measure.WORTH_THE_TIME], asked[Measure.WOULD_DO_AGAIN]
    length = (program.ends_on - program.starts_on).days
    return Progress(
        on=on,
        smallest_group=settings.SMALLEST_GROUP,
        weeks_in=max((min(on, program.ends_on) - program.starts_on).days // 7, 0),
        fraction=min(max((on - program.starts_on).days / length, 0.0), 1.0),
        activity=activity,
        objectives=[_objective_now(objective, activity, growth, asked) for objective in program.objectives.all()],
        funnel=_funnel(program, activity, on),
        worth=worth.by_side if worth else pairings.check_in_answers(program, on),
        worth_source="the last survey" if worth else "the latest check-ins",
        again=again.by_side if again else None,
        growth=growth,
    )


_NOW: dict[str, Callable[[ProgramActivity], Figure]] = {
    Measure.PAIRS_FORMED: lambda activity: activity.pairs_formed,
    Measure.MEETINGS_PER_PAIR: lambda activity: activity.meetings_per_pair,
    Measure.HOURS_PER_PAIR: lambda activity: activity.hours_per_pair,
    Measure.MEETING_AS_AGREED: lambda activity: activity.meeting_as_agreed,
    Measure.GOALS_MET: lambda activity: activity.goals_met,
    Measure.STILL_HERE: lambda activity: activity.still_here,
}


def _objective_now(
    objective: Objective, activity: ProgramActivity, growth: SkillGrowth, asked: Mapping[Measure, Asked | None]
) -> ObjectiveNow:
    measure = Measure(objective.measure)
    now: Figure | NotAsked
    if measure in _NOW:
        now = _NOW[measure](activity)
    elif measure is Measure.SKILL_GAIN:
        now = growth.total
    else:
        found = asked[measure]
        now = found.total if found else NotAsked()
    target = float(objective.target)
    reached = reaches(now, target)
    name, _, unit = measure.label.removesuffix(")").partition(" (")
    return ObjectiveNow(name, now, target, "%" if unit == "percent" else "", objective.by, reached)


def _funnel(program: Program, activity: ProgramActivity, on: date) -> tuple[FunnelStep, ...]:
    """From everybody eligible to a first meeting.

    The steps of the pairs are two for each pair, as shown above the funnel. So they are known already, and the steps
    before give way: one that differs by a few people from another number on show is hidden.
    """
    k = settings.SMALLEST_GROUP
    paired = [
        FunnelStep("In a pair", activity.places_paired),
        FunnelStep("Agreement signed", activity.places_agreed),
        FunnelStep("Met at least once", activity.places_met),
    ]
    known = {step.figure.number for step in paired if step.figure.number is not None}
    steps = []
    for label, people in enrolment.enrolment_steps(program, on, paired=pairings.paired_since(program)):
        figure: Figure = Shown(len(people))
        if 0 < len(people) < k:
            figure = Hidden(Reason.FEW, k)
        elif any(0 < abs(len(people) - number) < k for number in known):
            figure = Hidden(Reason.PROTECTS, k)
        else:
            known.add(len(people))
        steps.append(FunnelStep(label, figure))
    return (*steps, *paired)
