"""What has happened in the demo company so far, done through the same actions as in life, each on its day.

One finished pilot, one program in the middle of its term with pairs in every state, one that is enrolling, one draft.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random

from django.db.models import F

from matching import actions as matching
from matching.choices import Reply
from matching.models import Proposal
from mentoring.demo.comments import COMMENTS
from mentoring.demo.company import HOBBIES, SKILLS
from notifications.choices import NoticeState
from notifications.models import Notice
from pairings import actions as pairings
from pairings import rules
from pairings.choices import Agreeing, Arranger, Fit, GoalState, Kind, Mastery, Moment
from pairings.models import Pairing
from pairings.private_words import AgreementWords
from pairings.skills import asked
from participants import actions as participants
from participants.choices import ChampionsReply, HalfDay, RefereesReply, Way
from participants.models import Participation
from people.models import Level, Person, Skill
from programs import actions as programs
from programs import queries as program_queries
from programs.choices import About, AnswerKind, AskedOf, Duty, Measure, Purpose, Side, Stage
from programs.documents import document_of
from programs.models import Objective, Program, ProgramDuty, ProgramQuestion, Topic
from surveys import actions as surveys
from surveys import board, insights
from surveys.choices import Decision, QuestionKind, SurveyKind, ThemeKind
from surveys.models import Insight, Invitation, Survey, Theme
from surveys.questions import Value, put_to
from surveys.templates import AREA, READINESS

SHOWN_BY_MENTORS = tuple(name for name, (offered, wanted) in SKILLS.items() if offered >= 14 and wanted < 65)[:12]
SHOWN_BY_MENTEES = tuple(SKILLS)[12:]
ONLY_MINA = "Working nights and shifts"

NUMBER_ONE = {
    Side.MENTOR: (
        "To be heard by somebody who can change things.",
        "To see how decisions are made before they reach us.",
        "To learn how to make a case so that it lands.",
        "To know somebody outside my own team.",
    ),
    Side.MENTEE: (
        "To ask the simple questions somewhere safe.",
        "To see our work as people see it who do it.",
        "To use the new tools myself instead of approving them.",
        "To hear what nobody writes into a report.",
    ),
}
GOALS = (
    "Ride along on one night shift",
    "Rewrite three fault reports so that anyone can read them",
    "Build one dashboard without asking anybody",
    "Present the track view to the operations board",
    "Try an assistant for meeting notes for a month",
    "Walk two stations with somebody who uses a wheelchair",
)
STEPS = ("Find a day that suits us both", "Write down what we expect", "Say what came of it")
TOPICS = (
    "The four o'clock handover, and why nobody reads the log.",
    "What new colleagues are told in their first week, and what they are not.",
    "How the timetable model is right on average and wrong on Fridays.",
    "Where the budget is decided, and when it is too late to speak.",
    "",
)
MESSAGES = (
    (
        Side.MENTOR,
        "It was easier to disagree today. Next time I bring the fault log from Shipley and we read it together.",
    ),
    (Side.MENTEE, "I had believed the four o'clock handover was a formality. I will ask for one without slides."),
    (Side.MENTOR, "They noticed. Two colleagues asked me who had told you."),
)
ASKED = "I was asked by my team lead what we talk about. I said nothing, and it did not feel easy."
ANSWERED = "You did right, and you owe nobody an account of it. Shall we have a tea on Thursday?"
NOTES = {
    Side.MENTOR: "Ask him who decides about the spare batteries. Do not bring up the rota yet.",
    Side.MENTEE: "I talk too much in the first ten minutes. Ask one question and wait.",
}
LEARNED = (
    (
        About.GUIDELINES,
        "An hour was short where people meet on site. Ninety minutes, every four weeks, were kept better.",
    ),
    (About.BEFORE, "Those who had read about confidentiality spoke openly sooner."),
    (About.GENERAL, "Name the sponsor early: leaders asked who had decided on this."),
)

HEARD = (
    (ThemeKind.WISH, "Many who work shifts would like their meetings to be planned into the roster."),
    (ThemeKind.FRUSTRATION, "At small stations a quiet room is hard to find, several say."),
)
RELEASED = (
    (ThemeKind.WISH, "Ask those who use a tool every day before it is bought, not after."),
    (ThemeKind.OPINION, "A decision that is explained is followed, also where people would have decided otherwise."),
    (ThemeKind.FRUSTRATION, "Good ideas take the long way up, and nobody says where they got stuck."),
)
WE_LOOK = "We look at how we choose tools, with three people who would use them, and say by then what changes."
SUGGESTED = (ThemeKind.WISH, "Let every leader work a day at the front line each year, without a camera.")
DECIDED = (
    "From the next timetable on, two hours a month are set aside in the roster of whoever takes part and asks for it."
)


@dataclass
class History:
    """Writes the history up to ``today`` for the people of one company, with dice of its own."""

    people: dict[str, Person]
    today: date
    seed: int

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        self.cora = self.people["N-0103"]
        self.mina = self.people["N-0101"]
        self.otto = self.people["N-0002"]
        self.bo = self.people["N-0001"]
        self.skills = {skill.name: skill for skill in Skill.objects.all()}
        self.levels = {level.rank: level for level in Level.objects.all()}

    def write(self) -> None:
        self._finished_pilot()
        self._running_program()
        self._enrolling_program()
        self._draft()
        # What would have been sent before the demo began was not: nobody finds a year's mail in the catcher.
        before = Notice.objects.filter(state=NoticeState.OWED, due_at__lte=_at(self.today, hour=0))
        before.update(state=NoticeState.CANCELLED, finished_at=F("due_at"), reason="Before the demo began.")

    # The four programs

    def _finished_pilot(self) -> None:
        start = self.today - timedelta(days=430)
        pilot = self._program(
            "Two-Way Pilot",
            Purpose.GENERATIONS,
            "A first try: people early in their career show leaders what the work looks like from the "
            "track, the desk and the counter.",
            start=start,
            end=start + timedelta(days=200),
            objectives=(
                (Measure.PAIRS_FORMED, 20, 90),
                (Measure.MEETINGS_PER_PAIR, 5, 180),
                (Measure.SKILL_GAIN, 60, 270),
                (Measure.WORTH_THE_TIME, 75, 200),
                (Measure.WOULD_DO_AGAIN, 70, 200),
                (Measure.STILL_HERE, 85, 420),
            ),
            term_weeks=20,
            mentor_rank=3,
            mentee_rank=6,
        )
        self._enrol(pilot, mentors=30, mentees=26, at=start - timedelta(days=40))
        for pair in self._match(pilot, on=start - timedelta(days=14)):
            self._live(pair, until=pair.last_day, keeps_to_it=0.85)
            for partner in (pair.mentor.person, pair.mentee.person):
                if self.dice.random() < 0.6:
                    pairings.reflect(
                        pair, by=partner, at=_at(pair.last_day, hour=15), on=pair.last_day,
                        words="I will keep asking.", shared=self.dice.random() < 0.7,
                    )  # fmt: skip
        self._survey(pilot, surveys.start_end_of_term, opens=start + timedelta(days=150), share=0.9)
        self._board(pilot, on=start + timedelta(days=178))
        Program.objects.filter(pk=pilot.pk).update(is_pilot=True, most_people=60)
        programs.move_to(pilot, stage=Stage.REVIEW, by=self.cora, at=_at(start + timedelta(days=190)))
        for about, words in LEARNED:
            programs.add_learning(
                pilot, about=about, words=words, by=self.cora, at=_at(start + timedelta(days=200))
            )  # fmt: skip
        programs.move_to(pilot, stage=Stage.CLOSED, by=self.cora, at=_at(start + timedelta(days=215)))
        self._leave(pilot, after=start + timedelta(days=220))
        self._champions(pilot, at=_at(self.today - timedelta(days=3)))

    def _leave(self, program: Program, *, after: date) -> None:
        """Some mentors without reports go in the months that follow, as people do."""
        mentors = Person.objects.filter(participations__program=program, participations__side=Side.MENTOR)
        for person in mentors.filter(reports=None).order_by("employee_number")[:3]:
            person.left_on = after + timedelta(days=self.dice.randrange(100))
            person.save(update_fields=["left_on"])

    def _champions(self, program: Program, *, at: datetime) -> None:
        """Three who took part are asked: two say yes, and one has not answered."""
        here = Person.objects.employed(self.today).filter(participations__program=program).distinct()
        for number, person in enumerate(here.order_by("employee_number")[:3]):
            asked = participants.name_champion(program, person=person, by=self.cora, at=at)
            if number < 2:
                participants.answer_as_champion(asked, reply=ChampionsReply.YES, by=person, at=at + timedelta(hours=5))

    def _running_program(self) -> None:
        start = self.today - timedelta(days=70)
        running = self._program(
            "Two-Way",
            Purpose.DIGITAL,
            "Leaders learn how digital work really feels, from the people who do it every day. Mentors learn how "
            "decisions are made, and are heard.",
            start=start,
            end=start + timedelta(days=240),
            objectives=(
                (Measure.PAIRS_FORMED, 25, 30),
                (Measure.MEETING_AS_AGREED, 80, 180),
                (Measure.HOURS_PER_PAIR, 8, 200),
                (Measure.GOALS_MET, 60, 220),
                (Measure.WORTH_THE_TIME, 80, 220),
            ),
            term_weeks=26,
            mentor_rank=3,
            mentee_rank=5,
        )
        self._enrol(running, mentors=48, mentees=40, at=start - timedelta(days=45), with_mina_and_otto=True)
        self._pair_mina_and_otto(running, on=start - timedelta(days=8))
        pairs = self._match(running, on=start - timedelta(days=7), replies=(0.95, 0.97))
        ours = [pair for pair in pairs if pair.mentor.person_id == self.mina.pk]
        others = [pair for pair in pairs if pair.mentor.person_id != self.mina.pk]
        for place, pair in enumerate(others):
            match place % 8:
                case 1:  # met once, then fell quiet
                    self._live(pair, until=pair.started_on + timedelta(days=20), keeps_to_it=1)
                    self._cancel_twice(pair, after=self.today - timedelta(days=20))
                case 3:  # one has signed, the other has not; no meeting yet
                    self._draft_agreement(pair, on=pair.started_on + timedelta(days=4), both=False)
                case 5:  # ended early, without fault
                    self._live(pair, until=pair.started_on + timedelta(days=30), keeps_to_it=1)
                    ended = pair.started_on + timedelta(days=48)
                    pairings.end_pairing(pair, by=pair.mentee.person, at=_at(ended), on=ended)
                case 6 if place == 6:  # pauses for a while
                    self._live(pair, until=self.today - timedelta(days=15), keeps_to_it=1)
                    first, back = self.today - timedelta(days=12), self.today + timedelta(days=30)
                    pairings.pause_pairing(
                        pair, by=pair.mentor.person, at=_at(first), on=first, paused_from=first, back_on=back, seen=None
                    )  # fmt: skip
                case _:
                    self._live(pair, until=self.today - timedelta(days=1), keeps_to_it=0.9)
        for pair in others[:1]:  # one would like to go on, the other has not answered
            until = min(pair.runs_until + timedelta(days=28), running.ends_on)
            pairings.propose_extension(
                pair, by=pair.mentor.person, at=_at(self.today - timedelta(days=2)), on=self.today - timedelta(days=2),
                until=until,
            )  # fmt: skip
        for pair in ours:
            self._live(pair, until=self.today - timedelta(days=9), keeps_to_it=0.95)
            self._plan(pair, days_ahead=5, at=_at(self.today, hour=0) + timedelta(minutes=1))
            self._write(pair, on=self.today - timedelta(days=6))
        for place, pair in enumerate(others[:8]):
            if place % 8 in (0, 2, 4):
                self._plan(pair, days_ahead=place + 2, at=_at(self.today - timedelta(days=2)))
        self._release_together(others)
        for pair in ours:  # Otto has not answered yet
            self._suggest(pair, *SUGGESTED, on=self.today - timedelta(days=1))
        self._circle(running, [*ours, *others])
        self._survey(running, surveys.start_halfway, opens=self.today - timedelta(days=5), share=0.45)
        self._second_round(running)
        programs.keep_template(
            document_of(running), name="Two-Way, half a year", by=self.cora, at=_at(start + timedelta(days=30)),
            when_to_use="For leaders who work far from the front line. Needs about 40 volunteers on each side.",
        )  # fmt: skip

    def _pair_mina_and_otto(self, program: Program, *, on: date) -> None:
        """Our two find one another in every company, whatever its size and seed: the coordinator pairs them by hand."""
        sides = Participation.objects.filter(program=program)
        pairings.open_pairing(
            mentor=sides.get(person=self.mina, side=Side.MENTOR), mentee=sides.get(person=self.otto, side=Side.MENTEE),
            by=self.cora, at=_at(on), on=on,
        )  # fmt: skip

    def _second_round(self, program: Program) -> None:
        """Two days ago whoever still waited was proposed somebody; some have answered."""
        at = _at(self.today - timedelta(days=2), hour=10)
        for proposal in self._propose(program, at=at):
            if self.dice.random() < 0.5:
                matching.answer_proposal(
                    proposal, by=proposal.mentor.person, reply=Reply.ACCEPTED, at=at + timedelta(hours=5)
                )

    def _enrolling_program(self) -> None:
        start = self.today + timedelta(days=28)
        enrolling = self._program(
            "Winter round",
            Purpose.INNOVATION,
            "Ideas from the front line, heard at the top. Half a year, an hour every three weeks, wherever suits both.",
            start=start,
            end=start + timedelta(days=250),
            objectives=((Measure.PAIRS_FORMED, 18, 60), (Measure.MEETING_AS_AGREED, 80, 180)),
            term_weeks=26,
            mentor_rank=3,
            mentee_rank=5,
            references_asked=1,
            open_enrolment=False,
        )
        self._questions(enrolling)
        asked = self.today - timedelta(days=80)
        programs.move_to(enrolling, stage=Stage.INTEREST, by=self.cora, at=_at(asked))
        self._survey(enrolling, surveys.start_interest, opens=asked, share=0.2)
        programs.move_to(enrolling, stage=Stage.ENROLMENT, by=self.cora, at=_at(self.today - timedelta(days=50)))
        self._enrol(enrolling, mentors=22, mentees=16, at=self.today - timedelta(days=10), leave_open=True)
        self._references(enrolling)
        self._wait_list(enrolling)

    def _wait_list(self, program: Program) -> None:
        """There is room for no more mentees. Some wait, Bo among them; one withdrew, so the first has an offer."""
        mentees = program.participations.taking_part().on_side(Side.MENTEE)
        program.is_pilot, program.most_mentees = True, mentees.count()
        topics = [topic.skill for topic in program.topics.select_related("skill")]
        programs.change_program(program=program, topics=topics, by=self.cora, at=_at(self.today - timedelta(days=1)))
        eligible = program_queries.eligible(program, Side.MENTEE, on=self.today).filter(left_on=None)
        others = eligible.filter(employee_number__gte="N-0200").exclude(participations__program=program)
        waiting = [*others.order_by("employee_number")[:1], self.bo, *others.order_by("employee_number")[1:2]]
        at = _at(self.today - timedelta(days=1), hour=10)
        for number, person in enumerate(waiting):
            participants.ask_to_wait(program, side=Side.MENTEE, by=person, at=at + timedelta(hours=number))
        leaving = mentees.select_related("person").order_by("person__employee_number").last()
        if len(waiting) > 1 and leaving is not None:
            participants.withdraw(leaving, by=leaving.person, at=at + timedelta(hours=5))

    def _draft(self) -> None:
        start = self.today + timedelta(days=90)
        draft = self._program(
            "Seen and heard",
            Purpose.INCLUSION,
            "Colleagues who know what it is like to be the only one in a room show leaders what they miss.",
            start=start,
            end=start + timedelta(days=200),
            objectives=((Measure.PAIRS_FORMED, 10, 60),),
            term_weeks=20,
            mentor_rank=3,
            mentee_rank=6,
            open_enrolment=False,
        )
        ask_how_open = partial(self._ask_some, template=SurveyKind.READINESS, most=90)
        self._survey(draft, ask_how_open, opens=self.today - timedelta(days=45), share=0.75)

    def _ask_some(
        self, program: Program, *, by: Person, at: datetime, opens_on: date, closes_on: date, template: str, most: int
    ) -> Survey:
        survey = surveys.start_survey(program, template, by=by, opens_on=opens_on, closes_on=closes_on)
        survey.sample = most
        survey.save()
        return survey

    # What they are made of

    def _program(
        self, name: str, purpose: Purpose, description: str, *, start: date, end: date,
        objectives: Sequence[tuple[Measure, int, int]], term_weeks: int, mentor_rank: int, mentee_rank: int,
        references_asked: int = 0, open_enrolment: bool = True,
    ) -> Program:  # fmt: skip
        program = programs.create_program(
            Program(
                name=f"{name} {start.year}", purpose=purpose, description=description, starts_on=start, ends_on=end,
                term_weeks=term_weeks, mentor_highest_level=self.levels[mentor_rank],
                mentee_lowest_level=self.levels[mentee_rank], out_of_bounds="The pay round and open procedures.",
                references_asked=references_asked, reciprocal_every=4, required_of_mentors=["confidentiality"],
                required_of_mentees=["confidentiality", "out-of-the-lead"],
            ),
            by=self.cora, at=_at(min(self.today, start) - timedelta(days=60)),
        )  # fmt: skip
        for measure, target, days in objectives:
            Objective.objects.create(program=program, measure=measure, target=target, by=start + timedelta(days=days))
        Topic.objects.bulk_create(Topic(program=program, skill=skill) for skill in self.skills.values())
        for number, duty in (("N-0003", Duty.SPONSOR), ("N-0105", Duty.SUPERVISOR)):
            ProgramDuty.objects.create(program=program, person=self.people[number], duty=duty)
        if open_enrolment:
            programs.move_to(
                program, stage=Stage.ENROLMENT, by=self.cora, at=_at(min(self.today, start) - timedelta(days=50))
            )
        return program

    def _enrol(
        self, program: Program, *, mentors: int, mentees: int, at: date, with_mina_and_otto: bool = False,
        leave_open: bool = False,
    ) -> None:  # fmt: skip
        share = min(1, max(len(self.people), 200) / 400)
        for side, wanted in ((Side.MENTOR, round(mentors * share)), (Side.MENTEE, round(mentees * share))):
            eligible = list(program_queries.eligible(program, side, on=at).order_by("employee_number"))
            # Not somebody who leaves while the program runs: what they do in it afterwards would be refused.
            eligible = [each for each in eligible if each.employee_number >= "N-0200" and each.left_on is None]
            for person in self.dice.sample(eligible, min(wanted, len(eligible))):
                when = _at(at + timedelta(days=self.dice.randrange(8)), hour=self.dice.randrange(8, 17))
                row = self._volunteer(program, side, person, at=min(when, _at(self.today, hour=0)))
                if not leave_open or int(person.employee_number[2:]) % 7:
                    self._read_what_is_required(row)
        if with_mina_and_otto:
            for side, person in ((Side.MENTOR, self.mina), (Side.MENTEE, self.otto)):
                self._read_what_is_required(self._volunteer(program, side, person, at=_at(at), first=ONLY_MINA))
        if leave_open:
            self._change_the_charter(program)
        else:
            programs.move_to(program, stage=Stage.MATCHING, by=self.cora, at=_at(at + timedelta(days=20)))

    def _volunteer(
        self, program: Program, side: Side, person: Person, *, at: datetime, first: str = ""
    ) -> Participation:
        dice = self.dice
        show, want = SHOWN_BY_MENTORS, SHOWN_BY_MENTEES
        if side is Side.MENTEE:
            show, want = want, show
        offered = _weighted(dice, [name for name in show if name != ONLY_MINA], weight=0, count=dice.randint(2, 4))
        wanted = _weighted(dice, [name for name in want if name != ONLY_MINA], weight=1, count=dice.randint(1, 3))
        if first and side is Side.MENTOR:
            offered = [first, *offered]
        elif first:
            wanted = [first, *wanted][:3]
        return participants.volunteer(
            program=program,
            side=side,
            by=person,
            at=at,
            offered=[self.skills[name] for name in offered],
            wanted=[self.skills[name] for name in wanted],
            number_one=dice.choice(NUMBER_ONE[side]),
            background="",
            introduce=dice.random() < 0.8,
            hobbies=dice.sample(HOBBIES, dice.randint(1, 3)),
            languages=person.languages,
            ways=dice.sample([str(way) for way in Way], dice.randint(1, 3)),
            half_days=sorted(dice.sample([str(half) for half in HalfDay], dice.randint(3, 6))),
            where_to_meet=person.site.name if person.site else "",
            hours_a_month=dice.choice((2, 2, 3)),
            places=2 if side is Side.MENTOR and dice.random() < 0.15 and not first else 1,
            not_discussed="My health." if dice.random() < 0.1 else "",
            charter_agreed=True,
            answers=self._answers(program, side, person),
        )

    def _questions(self, program: Program) -> None:
        ProgramQuestion.objects.create(
            program=program, position=1, words="How do you mostly work?", kind=AnswerKind.CHOICE,
            options=["In an office", "On trains", "At stations", "In a workshop or a yard", "It changes"],
            required=True, help="So that your partner can be found somewhere you can both reach.",
        )  # fmt: skip
        ProgramQuestion.objects.create(
            program=program, position=2, words="How much of the front line do you see in a month?",
            kind=AnswerKind.SCALE, lowest="Nothing", highest="Every day", asked_of=AskedOf.MENTEES,
        )  # fmt: skip

    def _answers(self, program: Program, side: Side, person: Person) -> dict[int, str | int]:
        """By the employee number: no dice. One of three leaves out what need not be answered."""
        number = int(person.employee_number[2:])
        return {
            each.pk: each.options[number % len(each.options)] if each.options else number % 5 + 1
            for each in program.questions.of_side(side)
            if each.required or number % 3
        }

    def _references(self, program: Program) -> None:
        """Nearly every mentor has named a colleague, and nearly all of those say yes."""
        colleagues = [person for number, person in sorted(self.people.items()) if number >= "N-0200"]
        mentors = Participation.objects.filter(program=program, side=Side.MENTOR).select_related("person")
        for number, mentor in enumerate(mentors.order_by("person__employee_number")):
            if number == 0:
                continue  # somebody who has yet to name one
            referee = self.dice.choice([each for each in colleagues if each != mentor.person])
            at = mentor.volunteered_at
            [asked] = participants.name_referees(mentor, referees=[referee], by=mentor.person, at=at)
            if number in (1, 2):
                continue  # somebody who has not answered
            reply = RefereesReply.UNSURE if number == 3 else RefereesReply.YES
            remark = "We have worked together for a month only." if number == 3 else ""
            participants.answer_as_referee(asked, reply=reply, remark=remark, at=at + timedelta(hours=6))

    def _change_the_charter(self, program: Program) -> None:
        """Another version came yesterday, and not everybody has agreed to it yet."""
        at = _at(self.today - timedelta(days=1), hour=9)
        programs.change_program(
            program=program,
            charter=f"{program.charter}\n6. **We keep dates.** Whoever cannot come says so the day before.",
            note="A sixth point: we keep dates.",
            topics=[topic.skill for topic in program.topics.select_related("skill")],
            by=self.cora,
            at=at,
        )
        version = program.charter_versions.get(number=2)
        for row in program.participations.agreed_once().select_related("person"):
            if int(row.person.employee_number[2:]) % 5:
                participants.agree_to_charter(
                    program=program, read=version.pk, by=row.person, at=max(at, row.volunteered_at) + timedelta(hours=2)
                )

    def _read_what_is_required(self, row: Participation) -> None:
        for piece in row.program.requires(Side(row.side)):
            participants.finish_piece(piece, by=row.person, at=row.volunteered_at)

    def _propose(self, program: Program, *, at: datetime) -> list[Proposal]:
        run = matching.request_run(program, by=self.cora, at=at - timedelta(minutes=30))
        matching.solve_run(run.pk, at=at - timedelta(minutes=29))
        run.refresh_from_db()
        if not run.suggestions.exists():  # in the smallest companies nobody is left to pair
            matching.discard(run, by=self.cora, at=at)
            return []
        return matching.publish(run, by=self.cora, at=at)

    def _match(self, program: Program, *, on: date, replies: tuple[float, float] = (1, 1)) -> list[Pairing]:
        """Propose on that day; both answer within days, and nearly all with yes."""
        for proposal in self._propose(program, at=_at(on, hour=10)):
            for participation, likely in ((proposal.mentor, replies[0]), (proposal.mentee, replies[1])):
                reply = Reply.ACCEPTED if self.dice.random() < likely else Reply.DECLINED
                when = _at(on + timedelta(days=self.dice.randint(1, 4)), hour=self.dice.randrange(8, 17))
                matching.answer_proposal(proposal, by=participation.person, reply=reply, at=when)
                if reply is Reply.DECLINED:
                    break
        programs.move_to(program, stage=Stage.RUNNING, by=self.cora, at=_at(on + timedelta(days=6)))
        made = Pairing.objects.filter(program=program).select_related("program", "mentor__person", "mentee__person")
        return list(made.order_by("mentor__person__employee_number", "mentee__person__employee_number"))

    def _draft_agreement(self, pair: Pairing, *, on: date, both: bool) -> None:
        pairings.draft_agreement(
            pair,
            by=pair.mentor.person,
            at=_at(on),
            on=on,
            based_on=0,
            words=AgreementWords(
                mentor_expects="Honest questions, and that what I show is tried out.",
                mentee_expects="Plain words, and examples from the work itself.",
                number_one="One thing each of us does differently afterwards.",
                boundaries="The pay round, and people who are not in the room.",
                where=f"{pair.mentor.person.site}, or by video",
                channel="A short message, the day before at the latest.",
                if_not_getting_on="We say so early, and stop without a grudge.",
            ),
            meet_every_days=self.dice.choice((14, 21, 21, 28)),
            meeting_minutes=60,
            arranged_by=Arranger.MENTEE,
        )
        if both:
            pairings.sign_agreement(pair, by=pair.mentee.person, at=_at(on, hour=14), on=on, version=1)

    def _live(self, pair: Pairing, *, until: date, keeps_to_it: float) -> None:
        """Agreement, goals, meetings and check-ins from the first day to ``until``."""
        dice = self.dice
        self._draft_agreement(pair, on=pair.started_on + timedelta(days=1), both=True)
        first = pair.started_on + timedelta(days=dice.randint(2, 9))
        self._rate(pair, until=until)
        self._goals(pair, on=min(first, until), until=until)
        rhythm = pair.agreements.get().meet_every_days
        held_on = first
        number = 0
        while held_on <= until:
            if dice.random() < keeps_to_it and held_on.weekday() < 5:
                number += 1
                pairings.log_meeting(
                    pair, by=dice.choice((pair.mentor, pair.mentee)).person, at=_at(held_on, hour=17), on=held_on,
                    held_on=held_on, minutes=dice.choice((45, 50, 60, 60, 75)), topics=dice.choice(TOPICS),
                    kind=Kind.RECIPROCAL if number % 3 == 0 else Kind.MENTOR_LED,
                    way=dice.choice((Way.IN_PERSON, Way.VIDEO, Way.VIDEO, Way.WALK)),
                )  # fmt: skip
                held_on += timedelta(days=rhythm + dice.randint(-2, 2))
            else:
                held_on += timedelta(days=dice.randint(1, 4))
        self._check_ins(pair, until=until)

    def _circle(self, program: Program, pairs: list[Pairing]) -> None:
        """Six mentors, Mina among them, met once and will again."""
        members = [pair.mentor for pair in pairs if rules.is_open(pair, on=self.today)][:6]
        formed, past = self.today - timedelta(days=30), self.today - timedelta(days=10)
        circle = pairings.form_circle(
            program, members=[each.pk for each in members], by=self.cora, at=_at(formed), on=formed
        )
        for day in (past, self.today + timedelta(days=18)):
            pairings.set_circle_day(circle, day=day, by=self.cora, at=_at(formed), on=formed)
        for each in members[1:5]:
            pairings.say_attended(
                circle, circle.days.get(day=past).pk, by=each.person, at=_at(past, hour=18), on=past, attended=True
            )

    def _plan(self, pair: Pairing, *, days_ahead: int, at: datetime) -> None:
        """The next meeting stands in both calendars, at two in the afternoon where the mentee is."""
        zone = pair.mentee.person.zone
        starts_at = datetime.combine(self.today + timedelta(days=days_ahead), time(14), tzinfo=zone).astimezone(UTC)
        pairings.plan_meeting(
            pair, by=pair.mentee.person, at=at, starts_at=starts_at, zone=zone, minutes=60, kind=Kind.MENTOR_LED,
            way=Way.VIDEO,
        )  # fmt: skip

    def _write(self, pair: Pairing, *, on: date) -> None:
        """A few words in the private room and a note of each; Mina asked the supervisor something. One is unread."""
        mina, otto = pair.mentor.person, pair.mentee.person
        for number, (by, words) in enumerate(MESSAGES):
            writer = mina if by is Side.MENTOR else otto
            day = on + timedelta(days=number)
            seen = list(pair.messages.values_list("pk", flat=True))
            pairings.see_messages(pair, by=writer, at=_at(day, hour=9), seen=seen)
            pairings.write_message(pair, by=writer, at=_at(day, hour=9), on=day, words=words)
        sia = self.people["N-0105"]
        asked = pairings.ask_for_help(pair.program, supervisor=sia, by=mina, at=_at(on), on=on, words=ASKED)
        pairings.see_thread(asked, by=sia, at=_at(on, hour=14), seen=asked.messages.values_list("pk", flat=True))
        pairings.write_in_thread(asked, by=sia, at=_at(on, hour=14), words=ANSWERED)
        for writer, words in ((mina, NOTES[Side.MENTOR]), (otto, NOTES[Side.MENTEE])):
            pairings.write_note(pair, by=writer, at=_at(on, hour=18), on=on, words=words)

    def _cancel_twice(self, pair: Pairing, *, after: date) -> None:
        """Two meetings were planned and cancelled, three days and five hours before."""
        zone = pair.mentee.person.zone
        for days, lead in ((4, timedelta(days=3)), (12, timedelta(hours=5))):
            starts_at = _at(after + timedelta(days=days), hour=14)
            planned = pairings.plan_meeting(
                pair, by=pair.mentee.person, at=_at(after), starts_at=starts_at, zone=zone, minutes=60,
                kind=Kind.MENTOR_LED, way=Way.VIDEO,
            )  # fmt: skip
            pairings.cancel_meeting(planned, by=pair.mentee.person, at=starts_at - lead, based_on=1)

    def _goals(self, pair: Pairing, *, on: date, until: date) -> None:
        dice = self.dice
        for title in dice.sample(GOALS, 2):
            due_on = min(on + timedelta(days=dice.randint(30, 110)), pair.last_day)
            goal = pairings.set_goal(pair, by=pair.mentee.person, at=_at(on), on=on, title=title, due_on=due_on)
            small = self.mina in (pair.mentor.person, pair.mentee.person) or dice.random() < 0.15
            for number, step in enumerate(STEPS if small else ()):
                task = pairings.add_task(goal, by=pair.mentor.person, at=_at(on, hour=10 + number), on=on, title=step)
                if due_on <= until or number == 0:
                    pairings.mark_task(task, by=pair.mentee.person, at=_at(until), on=until, done=True)
            met = due_on <= until and dice.random() < 0.8
            pairings.update_goal(
                goal, by=pair.mentor.person, at=_at(until), on=until, based_on=goal.version, title=title,
                due_on=due_on, progress=100 if met else dice.choice((10, 25, 40, 60)),
                state=GoalState.MET if met else GoalState.OPEN,
            )  # fmt: skip

    def _rate(self, pair: Pairing, *, until: date) -> None:
        """Most rate themselves in the first days, and nearly all of those once more at the end."""
        dice = Random(f"{self.seed} {pair.mentor.person.employee_number} {pair.started_on}")
        for partner in (pair.mentor.person, pair.mentee.person):
            start = {skill.pk: dice.choice((1, 2, 2, 3)) for skill in asked(pair, partner, Moment.START)}
            if not start or (partner not in (self.mina, self.otto) and dice.random() > 0.9):
                continue
            ended = {skill: min(5, point + dice.choice((0, 1, 1, 2))) for skill, point in start.items()}
            moments = [(Moment.START, pair.started_on, start)]
            if until >= pair.last_day and dice.random() < 0.9:
                moments.append((Moment.END, pair.last_day, ended))
            for moment, on, said in moments:
                ratings = {skill: Mastery(point) for skill, point in said.items()}
                pairings.rate_skills(pair, by=partner, at=_at(on, hour=11), on=on, moment=moment, ratings=ratings)

    def _check_ins(self, pair: Pairing, *, until: date) -> None:
        dice = self.dice
        day = pair.started_on + timedelta(days=pair.program.first_check_in_days)
        while day <= until:
            for partner in (pair.mentor.person, pair.mentee.person):
                if dice.random() < 0.8:
                    answers = [Agreeing(dice.choice((3, 4, 4, 5, 5))) for _ in range(4)]
                    pairings.answer_check_in(
                        pair, by=partner, at=_at(day, hour=12), on=day, meeting=answers[0], getting=answers[1],
                        speaking=answers[2], worth=answers[3],
                        fit=Fit.GOOD if min(answers) > Agreeing.PARTLY else Fit.DECIDING,
                    )  # fmt: skip
            day += timedelta(days=pair.program.check_in_every_days)

    def _survey(self, program: Program, start: Callable[..., Survey], *, opens: date, share: float) -> None:
        survey = start(program, by=self.cora, at=_at(opens), opens_on=opens, closes_on=opens + timedelta(days=21))
        surveys.open_survey(survey, by=self.cora, at=_at(opens))
        questions = list(survey.questions.all())
        comments = COMMENTS[SurveyKind(survey.kind)]
        unsaid = self.dice.sample(comments, len(comments))
        for invitation in Invitation.objects.filter(survey=survey).select_related("person__function").order_by("pk"):
            is_drawn = self.dice.random() < share
            if invitation.person_id in (self.mina.pk, self.otto.pk) or not (is_drawn or _is_keen(survey, invitation)):
                continue
            dice = self.dice if is_drawn else Random(_number(invitation))
            values: dict[int, Value] = {}
            for question in put_to(questions, Side(invitation.side)):
                if question.words == AREA:
                    works = str(invitation.person.function)
                    values[question.pk] = works if works in question.options else question.options[-1]
                elif question.kind == QuestionKind.SEVERAL:
                    if chosen := _liked(question.options, invitation):
                        values[question.pk] = chosen
                elif question.kind == QuestionKind.SCALE:
                    values[question.pk] = dice.choices((1, 2, 3, 4, 5), (2, 6, 20, 40, 32))[0]
                elif question.kind == QuestionKind.MATRIX:
                    values[question.pk] = {each: self._how_true(each) for each in question.options}
                elif question.kind == QuestionKind.CHOICE:
                    weights = range(len(question.options) + 1, 1, -1)
                    values[question.pk] = dice.choices(question.options, weights)[0]
                elif is_drawn and unsaid and self.dice.random() < 0.7:
                    values[question.pk] = unsaid.pop()
            surveys.answer(survey, by=invitation.person, on=min(opens + timedelta(days=3), self.today), values=values)
        surveys.release_due_results(at=_at(min(survey.results_on, self.today)))

    def _board(self, program: Program, *, on: date) -> None:
        """What two groups said: the sponsor has answered one, and the other waits."""
        release = board.releases_to_rest_on(program).first()
        if release is None:
            return
        heard, _ = [
            board.write_theme(program, kind=kind, words=words, rests_on=release, by=self.cora, at=_at(on, hour=hour))
            for hour, (kind, words) in enumerate(HEARD, start=9)
        ]
        board.reply_to_theme(
            heard, decision=Decision.DECIDED, words=DECIDED, by_when=on + timedelta(days=90),
            by=program_queries.with_duty(program, Duty.SPONSOR)[0], at=_at(on + timedelta(days=9)),
        )  # fmt: skip

    def _release_together(self, pairs: Sequence[Pairing]) -> None:
        """Three pairs released something for this month; one of them has the sponsor's answer."""
        month = self.today.replace(day=1)
        ended = set(Pairing.objects.filter(ended_on__isnull=False).values_list("pk", flat=True))
        agreed_on = month - timedelta(days=20)
        there = [each for each in pairs if each.started_on <= agreed_on and each.pk not in ended]
        for pair, (kind, words) in zip(there[1::2], RELEASED, strict=False):
            insight = self._suggest(pair, kind, words, on=agreed_on)
            if insight is not None:
                insights.agree_to_insight(
                    insight, by=pair.mentee.person, at=_at(agreed_on), on=agreed_on, version=insight.version
                )
        insights.bring_insights_to_board(at=_at(month, hour=0))
        heard = Theme.objects.filter(words=RELEASED[0][1]).first()
        if heard is not None:
            board.reply_to_theme(
                heard, decision=Decision.LATER, words=WE_LOOK, by_when=self.today + timedelta(days=40),
                by=program_queries.with_duty(heard.program, Duty.SPONSOR)[0], at=_at(self.today, hour=0),
            )  # fmt: skip

    def _suggest(self, pair: Pairing, kind: ThemeKind, words: str, *, on: date) -> Insight | None:
        """In a company so small that everybody would know whose it is, nothing is suggested."""
        with suppress(insights.TooFewPairs):
            return insights.suggest_insight(pair, by=pair.mentor.person, at=_at(on), on=on, kind=kind, words=words)
        return None

    def _how_true(self, statement: str) -> int:
        """Of a readiness check: this company is open, except about mistakes and time."""
        area = next(each for each in READINESS if statement in each.statements)
        agrees = (statement in area.good) == (area.name not in ("Mistakes", "Time and trust"))
        weights = (3, 9, 20, 40, 28) if agrees else (14, 30, 30, 18, 8)
        return self.dice.choices((1, 2, 3, 4, 5), weights)[0]


def _at(on: date, *, hour: int = 9) -> datetime:
    return datetime.combine(on, time(hour), tzinfo=UTC)


def _number(invitation: Invitation) -> int:
    return int(invitation.person.employee_number[2:])


def _is_keen(survey: Survey, invitation: Invitation) -> bool:
    """The more senior are few, and most of them say whether they would like it."""
    return survey.kind == SurveyKind.INTEREST and invitation.side == Side.MENTEE and bool(_number(invitation) % 4)


def _liked(options: Sequence[str], invitation: Invitation) -> list[str]:
    """Some of the topics, without the dice: the first are known to many who could show them, the last are wanted."""
    first = invitation.side == Side.MENTOR
    chance = Random(f"{_number(invitation)} {options[0]}")
    shares = [place / len(options) for place in range(1, len(options) + 1)]
    return [
        option
        for option, share in zip(options, reversed(shares) if first else shares, strict=True)
        if chance.random() < share * 0.6
    ]


def _weighted(dice: Random, names: list[str], *, weight: int, count: int) -> list[str]:
    """``count`` different skills, the popular ones more often."""
    chosen: list[str] = []
    left = list(names)
    for _ in range(min(count, len(left))):
        name = dice.choices(left, [SKILLS[each][weight] for each in left])[0]
        chosen.append(name)
        left.remove(name)
    return chosen
