"""One program from the directory to its last day, in ten steps, as its people do it.

The steps are written once. ``test_journey`` walks them over Django's client, ``test_journey_in_a_browser`` in Chromium;
each brings visitors who open pages and press buttons in its own way. Everything behind the pages is real: PostgreSQL,
Redis, SMTP, and in the first a Celery worker with its beat in processes of their own. Time passes through the demo's
clock, which the pages and the worker read from the same file.
"""

from __future__ import annotations

import csv
import io
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from math import ceil
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Q
from django.test import override_settings
from django.urls import reverse

import clock
from matching.actions import LEASE, answer_proposal, solve_waiting_runs
from matching.choices import Reply, RunState
from matching.models import MatchingRun, Proposal
from mentoring.celery import app as celery
from mentoring.local import mail_sink, processes, redis
from mentoring.local.mail_sink import StoredMessage
from mentoring.tasks import tick
from notifications.choices import NoticeState
from notifications.models import Notice
from pairings import actions as pairs
from pairings.choices import Arranger, Kind
from pairings.models import CheckIn, Goal, Meeting, Pairing
from pairings.private_words import AgreementWords
from participants import actions as participants
from participants.choices import Way
from participants.models import Participation
from people.models import Person, Skill
from people.tests.factories import SkillFactory
from programs.choices import Side, Stage
from programs.models import Program
from surveys import actions as surveys
from surveys.choices import QuestionKind
from surveys.models import Answer, Survey

CHECKOUT = Path(__file__).resolve().parents[2]
LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
PATIENCE = 90.0  # seconds until a page or a worker that does not come is a failure, on a busy machine too

# -- the company --------------------------------------------------------------------------------------------------

HEADERS = ("Personnel no", "First", "Last", "Mail", "Post", "Dept", "Trade", "Grade", "Office", "Zone", "Speaks",
           "Boss", "Joined")  # fmt: skip
MAPPED = ("employee_number", "given_name", "family_name", "email", "job_title", "function", "line_of_business",
          "level", "site", "time_zone", "languages", "manager", "hired_on")  # fmt: skip
GRADES = ("Entry", "Specialist", "Expert", "Manager", "Head", "Director", "Managing director")

# number, given name, family name, post, department, grade, boss
STAFF = """\
100 Bo Brännlund Managing_director Board 7
101 Otto Oyelaran Director_of_operations Operations 6 100
102 Petra Przybylski Director_of_engineering Engineering 6 100
103 Rolf Ravnsborg Director_of_finance Finance 6 100
104 Yuki Yanagihara Director_of_sales Sales 6 100
105 Hana Hrubešová Director_of_digital Digital 6 100
106 Emil Eskildsen Director_of_people People 6 100
107 Eva Etxeberria Director_of_strategy Board 6 100
111 Liam Llewellyn Head_of_depots Operations 5 101
112 Noor Noorzai Head_of_signals Engineering 5 102
113 Tessa Tsiolkas Head_of_audit Finance 5 103
114 Ugo Uccellini Head_of_accounts Sales 5 104
121 Sia Szymborska Controller Finance 4 113
122 Sten Sjögren Area_manager Sales 4 114
123 Gita Gopalakrishnan Platform_manager Digital 4 105
124 Ida Ingebrigtsen Signals_manager Engineering 4 112
125 Kofi Kwarteng Depot_manager Operations 4 111
131 Cora Castellanos People_partner People 3 106
132 Ada Achterberg Systems_keeper Digital 3 123
133 Wim Wolterstorff Account_lead Sales 3 122
141 Mina Mukhopadhyay Graduate_engineer Engineering 2 124
142 Nils Nordenskjöld Graduate_engineer Engineering 1 124
143 Pia Papadimitriou Ledger_clerk Finance 1 121
144 Raul Rodríguez_Peña Sales_trainee Sales 1 122
145 Suki Sutharsan Web_developer Digital 2 123
146 Tom Tregothnan Depot_trainee Operations 1 125
147 Vera Vaičiulytė Analyst Finance 2 121
148 Zoe Zawadzka Designer Digital 1 123
149 Alma Aukštuolis Head_of_planning Operations 5 101
150 Ben Bielinski Signals_trainee Engineering 1 124
151 Cleo Chrysostomou Head_of_stations Sales 5 104
152 Dina Dragomirescu Data_trainee Digital 1 123
153 Elsa Eyjólfsdóttir Head_of_treasury Finance 5 103
154 Finn Fitzwilliam Depot_hand Operations 1 125
155 Gus Groeneveld Recruiter People 2 106
156 Ines Iturralde Recruiter People 1 106
157 Jan Jaroszewicz Test_engineer Engineering 2 124
158 Kaja Kristoffersen Newcomer Digital 1 123
159 Lars Lindqvist Planner Operations 2 125
160 Mai Matsumura Bookkeeper Finance 1 121
"""

NAMES = [name.replace("_", " ") for line in STAFF.splitlines() for name in line.split()[1:3]]
MENTORS = ("Mina", "Nils", "Pia", "Raul", "Suki", "Tom", "Vera", "Zoe", "Ben", "Dina", "Finn", "Ines")
MENTEES = ("Otto", "Petra", "Rolf", "Yuki", "Hana", "Emil", "Liam", "Noor", "Tessa", "Ugo", "Alma", "Cleo", "Elsa")
"""One more than mentors: somebody stays without a match, and the board says why."""

TOPICS = ("Short video", "Prompting", "Talking to customers under thirty")
WISH_IN_RETURN = "Reading a balance sheet"


def directory_file(today: date) -> str:
    """The directory as HR's system writes it, with headers of its own. Kaja joined last week."""
    written = io.StringIO()
    file = csv.writer(written)
    file.writerow(HEADERS)
    for line in STAFF.splitlines():
        number, given, family, post, department, grade, *boss = line.split()
        joined = today - timedelta(days=7 if given == "Kaja" else 700)
        file.writerow([
            number, given, family.replace("_", " "), f"{given.lower()}@northwind.example", post.replace("_", " "),
            department, "Rail", GRADES[int(grade) - 1], "Albany" if given == "Otto" else "Leeds",
            NEW_YORK if given == "Otto" else LONDON, "en", *(boss or [""]), joined.isoformat(),
        ])  # fmt: skip
    return written.getvalue()


IMPORT_OPTIONS = (
    *(f"--map={name}={header}" for name, header in zip(MAPPED, HEADERS, strict=True)),
    *(f"--level-map={grade}={rank}" for rank, grade in enumerate(GRADES, start=1)),
)

FAULTY_ROWS = """\
201,Own,Ownboss,own@northwind.example,,,,Entry,,Europe/London,en,201,2020-01-06
202,Lost,Lostboss,lost@northwind.example,,,,Entry,,Europe/London,en,999,2020-01-06
203,Late,Lateday,late@northwind.example,,,,Entry,,Europe/London,en,100,31-02-2020
204,Twice,Twicemail,mina@northwind.example,,,,Entry,,Europe/London,en,100,2020-01-06
205,Round,Roundabout,round@northwind.example,,,,Entry,,Europe/London,en,206,2020-01-06
206,Back,Backabout,back@northwind.example,,,,Entry,,Europe/London,en,205,2020-01-06
"""
FAULTS = (
    "Row 42, Boss “201”: Nobody can be their own manager.",
    "Row 43, Boss “999”: Nobody in the file or the directory has this number.",
    "Row 44, Joined “31-02-2020”: This is not a date written as yyyy-mm-dd.",
    "Row 45, Mail “mina@northwind.example”: Also used in row 22.",
    "The managers go round in a circle: 205 → 206 → 205.",
)


def skill_named(name: str) -> str:
    """As forms send it."""
    return str(Skill.objects.get(name=name).pk)


# -- the stage ----------------------------------------------------------------------------------------------------


class Worker:
    """A Celery worker with its beat, in a process group of its own, on the database and the broker of this test."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self.folder = folder
        self.env = {**os.environ, **variables}
        self.child: processes.Child | None = None
        self.starts = 0

    def begin(self, *, beat: bool = True, queues: str = "celery,searches") -> None:
        self.starts += 1
        beating = ["--beat", "--schedule", str(self.folder / f"beat-{self.starts}")] if beat else []
        self.child = processes.start(
            "worker",
            [
                sys.executable, "-m", "celery", "--app", "mentoring.celery", "worker", "--concurrency", "1",
                *beating, "--queues", queues, "--hostname", f"{queues.replace(',', '-')}@%h", "--loglevel", "WARNING",
                "--without-gossip", "--without-mingle", "--without-heartbeat",
            ],
            env=self.env, cwd=CHECKOUT, log=self.folder / f"worker-{self.starts}.log",
        )  # fmt: skip

    @property
    def is_there(self) -> bool:
        return self.child is not None

    def ring(self) -> None:
        """As the beat does; so that nobody need wait for it, and it need not ring each second for nothing."""
        tick.apply_async(retry=False)

    def search(self) -> None:
        """It has been rung for that."""

    def kill(self) -> None:
        """As a machine that loses its power: no process of the group gets to say anything."""
        assert self.child is not None
        os.killpg(self.child.process.pid, signal.SIGKILL)
        self.child.process.wait()

    def stop(self) -> None:
        if self.child is not None:
            processes.stop([self.child])
            self.child = None

    @property
    def last_words(self) -> str:
        return self.child.last_words(40) if self.child else "No worker runs."


class Loop(Worker):
    """What stands in for worker, beat and broker where there are none: ``deliver_due --loop``."""

    def begin(self, *, beat: bool = True, queues: str = "celery,searches") -> None:
        self.starts += 1
        self.child = processes.start(
            "loop",
            [sys.executable, "manage.py", "deliver_due", "--loop", "--every", "1"],
            env=self.env, cwd=CHECKOUT, log=self.folder / f"loop-{self.starts}.log",
        )  # fmt: skip

    def ring(self) -> None:
        """It has no bell, and looks each second."""


AS_THE_DEMO_WRITES: dict[str, Any] = {
    "MESSAGE_WEEKDAYS": tuple(range(7)), "MESSAGE_HOURS": (wall_time.min, wall_time(23, 59)), "MESSAGES_GATHERED": False
}  # fmt: skip
"""What the variables of a worker make of its settings: whoever has had a letter today gets another one."""


class Hands(Worker):
    """Where no process of a worker is asked for: the same work in this one, whenever there is some."""

    def begin(self, *, beat: bool = True, queues: str = "celery,searches") -> None:
        self.starts += 1
        self.searching = threading.Thread(target=self._search, daemon=True)

    @property
    def is_there(self) -> bool:
        return self.starts > 0

    def ring(self) -> None:
        with override_settings(**AS_THE_DEMO_WRITES):
            delivering_without_celery()

    def search(self) -> None:
        self.searching.start()

    def _search(self) -> None:
        try:
            solve_waiting_runs(at=clock.now())
        finally:
            connection.close()

    def stop(self) -> None:
        self.starts = 0


@dataclass
class Scene:
    """What the ten steps share: the clock, the post, the worker, and who is who."""

    worker: Worker
    letters: Path
    first_day: date
    program_name: str = "Upward Winter"
    made: dict[str, Any] = field(default_factory=dict)

    # Time

    def day(self, number: int) -> date:
        """The first day is number 0."""
        return self.first_day + timedelta(days=number)

    def it_is(self, day: int, hour: int, minute: int = 0, zone: ZoneInfo = LONDON) -> None:
        """Move the clock there and let the worker do what has fallen due, if there is one."""
        self.turn_the_clock_to(datetime.combine(self.day(day), wall_time(hour, minute), zone))
        if self.worker.is_there:
            self.let_the_worker_settle()

    def turn_the_clock_to(self, instant: datetime) -> None:
        clock.move_to_shift(timedelta(seconds=ceil((instant - datetime.now(UTC)).total_seconds())))

    def let_the_worker_settle(self) -> None:
        at = clock.now()
        due = Notice.objects.unfinished().filter(Q(state=NoticeState.CLAIMED) | Q(take_up_at__lte=at))
        if due.exists():
            self.worker.ring()
        self.until(lambda: not due.exists(), "every message that is due has been dealt with")

    def until(self, true: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < deadline, f"Waited in vain until {what}. The worker:\n{self.worker.last_words}"
            time.sleep(0.05)

    # People and what they have

    def person(self, given_name: str) -> Person:
        found: Person = Person.objects.get(given_name=given_name)
        return found

    def today(self, given_name: str) -> date:
        return clock.today(self.person(given_name).zone)

    @property
    def program(self) -> Program:
        found: Program = Program.objects.get(name=self.program_name)
        return found

    def participation(self, given_name: str) -> Participation:
        found: Participation = Participation.objects.select_related("person").get(person__given_name=given_name)
        return found

    def pairing(self, given_name: str) -> Pairing:
        found: Pairing = Pairing.objects.of(self.person(given_name)).with_people().get()
        return found

    def proposal_to(self, given_name: str) -> Proposal:
        found: Proposal = Proposal.objects.to(self.person(given_name)).with_people().get()
        return found

    @property
    def survey(self) -> Survey:
        found: Survey = Survey.objects.get()
        return found

    # The post

    def letters_to(self, given_name: str, subject: str = "") -> list[StoredMessage]:
        address = self.person(given_name).email
        return [
            letter
            for letter in mail_sink.messages(self.letters)
            if letter.recipients == (address,) and subject in letter.subject
        ]

    def letters_saying(self, given_name: str, words: str) -> list[StoredMessage]:
        """A message of the day says several things, and its subject the first of them."""
        return [letter for letter in self.letters_to(given_name) if words in " ".join(letter.text.split())]

    def nobody_got_a_letter_twice(self) -> None:
        letters = mail_sink.messages(self.letters)
        copies = Counter((letter.recipients, letter.message["Message-ID"]) for letter in letters)
        assert [letter for letter, number in copies.items() if number > 1] == []

    # Work

    @contextmanager
    def the_search_held_up(self) -> Iterator[None]:
        """A worker that searches has found the pairs and cannot write them until the block ends: we hold the table
        of those without a match, which nothing else writes and the tick never reads."""
        ours = connection.copy()
        ours.set_autocommit(False)
        try:
            with ours.cursor() as cursor:
                cursor.execute("LOCK TABLE matching_unmatched IN EXCLUSIVE MODE")
            yield
        finally:
            ours.rollback()
            ours.close()


@contextmanager
def a_scene(settings: Any, folder: Path, *, worker_kind: type[Worker] = Worker) -> Iterator[Scene]:
    """A worker, a mail server, and a clock that stands at ten on the coming Monday until a step moves it.

    Nothing answers where Redis is looked for when the loop stands in for the worker.
    """
    world = folder / "world"
    world.mkdir()
    settings.DEMO, settings.DEMO_FOLDER = True, world
    tomorrow = datetime.now(LONDON).date() + timedelta(days=1)
    monday = tomorrow + timedelta(days=-tomorrow.weekday() % 7)
    found = no_broker() if worker_kind is Loop else a_broker(folder)
    with found as broker, mail_sink.MailSink(folder / "letters") as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        worker = worker_kind(
            folder,
            {
                "DATABASE_URL": database_url(),
                "UPWELL_DEMO": "1",
                "UPWELL_DEMO_FOLDER": str(world),
                "UPWELL_SMTP_HOST": sink.host,
                "UPWELL_SMTP_PORT": str(sink.port),
                "UPWELL_TICK_SECONDS": "4",
                **broker,
            },
        )
        scene = Scene(worker, sink.folder, monday)
        scene.turn_the_clock_to(datetime.combine(monday, wall_time(10), LONDON))
        try:
            worker.begin()
            yield scene
        finally:
            worker.stop()


def database_url() -> str:
    """The database of this test, as another process names it."""
    found = connection.settings_dict
    who = quote(found["USER"] or "", safe="") + (f":{quote(found['PASSWORD'], safe='')}" if found["PASSWORD"] else "")
    host, port = quote(found["HOST"] or "", safe=""), f":{found['PORT']}" if found["PORT"] else ""
    return f"postgres://{who}@{host}{port}/{quote(str(found['NAME']), safe='')}"


@contextmanager
def a_broker(folder: Path) -> Iterator[dict[str, str]]:
    """A broker of our own, which no other test rings at; its variables for the worker."""
    ours = redis.begin(folder / "redis", password="spoken-once")
    ours.wait()
    before = celery.conf.broker_url
    ring_at(ours.variables["REDIS_URL"] or "filesystem://")
    try:
        yield ours.variables
    finally:
        ring_at(before)
        if ours.child:
            processes.stop([ours.child])


@contextmanager
def no_broker() -> Iterator[dict[str, str]]:
    nowhere = f"redis://127.0.0.1:{processes.free_port()}/0"
    before = celery.conf.broker_url
    ring_at(nowhere)
    try:
        yield {"REDIS_URL": nowhere}
    finally:
        ring_at(before)


def ring_at(broker: str) -> None:
    """Let this process ring for workers there, and forget its connections to wherever it rang before."""
    celery.conf.update(broker_url=broker)
    celery._after_fork()  # type: ignore[attr-defined]


class Visitor(Protocol):
    """Somebody at the pages. ``open``, ``follow`` and ``press`` insist that a page comes; ``open`` is always first."""

    def open(self, path: str) -> None: ...

    def follow(self, words: str) -> None:
        """Click the link that says these words."""

    def press(self, words: str, **answers: Any) -> None:
        """Fill in the form that has this button, and press it. True and False tick, a list ticks several."""

    def wait_for(self, words: str) -> None:
        """Stay on a page that looks again by itself until it says these words."""

    def status_of(self, path: str) -> int: ...

    def typed(self, name: str) -> Any:
        """What stands in a field now."""

    @property
    def words(self) -> str:
        """All words of the page, with single blanks."""

    @property
    def path(self) -> str: ...


Enter = Callable[[str], Visitor]
"""Gives the visitor of this given name, signed in."""


def reads(visitor: Visitor, *sentences: str) -> None:
    words = visitor.words
    for sentence in sentences:
        assert sentence in words, f"“{sentence}” does not stand on {visitor.path}: {words}"


def does_not_read(visitor: Visitor, *sentences: str) -> None:
    words = visitor.words
    for sentence in sentences:
        assert sentence not in words, f"“{sentence}” stands on {visitor.path}."


# -- the ten steps ------------------------------------------------------------------------------------------------


def an_administrator_imports_the_directory(scene: Scene, folder: Path) -> None:
    """Step 1. Faulty files change nothing; the second import has nothing to do."""
    file = folder / "directory.csv"
    today = clock.today(LONDON)

    def importing(text: str) -> str:
        file.write_text(text)
        told = io.StringIO()
        try:
            call_command("import_directory", str(file), *IMPORT_OPTIONS, stdout=told)
        except CommandError as refusal:
            return f"{told.getvalue()}Refused with {refusal.returncode}: {refusal}"
        return told.getvalue()

    told = importing(directory_file(today) + FAULTY_ROWS)
    for fault in FAULTS:
        assert fault in told
    assert "Refused with 1: The file has problems. Nothing was changed." in told
    assert not Person.objects.exists()

    assert "40 new, 0 changed, 0 unchanged" in importing(directory_file(today))
    assert "0 new, 0 changed, 40 unchanged" in importing(directory_file(today))
    assert Person.objects.count() == 40
    assert scene.person("Mina").manager is not None
    assert scene.person("Otto").zone.key == NEW_YORK.key


def an_administrator_names_a_coordinator(scene: Scene, enter: Enter, sign_in: Callable[[str, str], Visitor]) -> None:
    """Still step 1: Ada's first password comes from the command; at the desk she says who may do what."""
    told = io.StringIO()
    call_command(
        "create_administrator", "--number=132", "--email=ada@northwind.example", "--given-name=Ada",
        "--family-name=Achterberg", stdout=told,
    )  # fmt: skip
    ada = sign_in("ada@northwind.example", told.getvalue().split()[-1])
    reads(ada, "Ada")
    for given_name, may in (("Cora", "is_coordinator"), ("Eva", "is_executive")):
        ada.open(reverse("admin:people_person_change", args=[scene.person(given_name).pk]))
        ada.press("Save and stay here", **{may: True})
    ada.open(reverse("admin:people_skill_add"))
    ada.press("Save", name=TOPICS[0])
    for skill in (*TOPICS[1:], WISH_IN_RETURN):
        SkillFactory(name=skill)
    assert scene.person("Cora").is_coordinator
    assert scene.person("Eva").is_executive


def cora_creates_a_program_and_opens_enrolment(scene: Scene, enter: Enter) -> None:
    """Step 2. She sees how many are eligible before anything is saved."""
    cora = enter("Cora")
    cora.open(reverse("admin:programs_program_add"))
    rules = {"mentor_highest_level": "Expert", "mentee_lowest_level": "Head", "level_gap": "2",
             "mentor_months_here": "3", "different_function": True}  # fmt: skip
    cora.press("Count who is eligible", name=scene.program_name, **rules)
    # 20 people stand on the lowest three grades, of whom Kaja joined last week. 15 are heads and above.
    reads(cora, "19 mentors", "15 mentees")
    assert cora.typed("name") == scene.program_name
    assert not Program.objects.exists()

    cora.press(
        "Save and stay here",
        **rules,
        name=scene.program_name,
        purpose="Digital skills",
        description="Leaders learn what newer colleagues know.",
        starts_on=scene.day(0).isoformat(),
        ends_on=scene.day(200).isoformat(),
        topics=[skill_named(TOPICS[0]), skill_named(TOPICS[1])],
        term_weeks="8", meet_every_days="7", meeting_minutes="45",
        out_of_bounds="The pay round.",
        proposal_days="7", proposal_reminder_days="2, 4",
        first_check_in_days="14", check_in_every_days="28", end_prompt_days="14, 0",
        **{
            "objectives-0-measure": "Pairs formed (number)", "objectives-0-target": "10",
            "objectives-0-by": scene.day(30).isoformat(),
            "duties-0-person": "sia@northwind.example", "duties-0-duty": "Supervisor",
        },
    )  # fmt: skip
    reads(cora, scene.program_name, "Draft", "19 mentors", "15 mentees")
    cora.press(
        "Save and stay here",
        **{
            "objectives-1-measure": "People who find it worth the time (percent)", "objectives-1-target": "50",
            "objectives-1-by": scene.day(60).isoformat(),
        },
    )  # fmt: skip
    assert scene.program.objectives.count() == 2
    cora.press("Open enrolment")
    reads(cora, f"{scene.program_name} is now at the stage “Enrolment”.")
    assert scene.program.stage == Stage.ENROLMENT


def mina_and_otto_volunteer(scene: Scene, enter: Enter) -> None:
    """Step 3. Mina forgets the charter: the page says so, and keeps every word she typed. The others follow."""
    mina = enter("Mina")
    mina.open("/")
    mina.follow(scene.program_name)
    mina.follow("Volunteer as a mentor")
    reads(mina, "Coordinators and your partner; proposed partners if you allow")
    mina.press("Next: about you", offered=[skill_named(TOPICS[0])], wish_1=WISH_IN_RETURN)
    mina.press("Next: ways of working", number_one="To be asked what I think.", hobbies="chess, rowing")
    mina.press("Next: boundaries and charter", ways=["video"], hours_a_month="3")
    mina.press("Send my offer", not_discussed="My last employer.")
    reads(mina, "We can only match people who agree to the charter.")
    assert mina.typed("not_discussed") == "My last employer."
    assert not Participation.objects.exists()
    mina.follow("Offer and learn")
    assert mina.typed("offered") == [skill_named(TOPICS[0])]
    mina.press("Next: about you")
    assert mina.typed("number_one") == "To be asked what I think."
    mina.follow(scene.program_name)
    mina.follow("Go on with my offer")
    assert mina.typed("not_discussed") == "My last employer."
    mina.press("Send my offer", charter=True)
    reads(mina, "You are in the pool as a mentor.")

    otto = enter("Otto")
    otto.open(reverse("participants:program", args=[scene.program.pk]))
    otto.follow("Volunteer as a mentee")
    otto.press("Next: about you", offered_more=[skill_named(WISH_IN_RETURN)], wish_1=TOPICS[0])
    otto.press("Next: ways of working")
    otto.press("Next: boundaries and charter", ways=["video"])
    otto.press("Send my offer", charter=True)
    reads(otto, "You are in the pool as a mentee.")

    for side, names in ((Side.MENTOR, MENTORS[1:]), (Side.MENTEE, MENTEES[1:])):
        for given_name in names:
            # Nobody else offers what Otto wants, or wants what he offers: he and Mina are the best of all pairs.
            told: dict[str, Any] = {"offered" if side is Side.MENTOR else "wanted": [Skill.objects.get(name=TOPICS[1])]}
            participants.volunteer(
                program=scene.program, side=side, by=scene.person(given_name), at=clock.now(), ways=[Way.PHONE],
                charter_agreed=True, **told,
            )  # fmt: skip
    scene.let_the_worker_settle()
    assert len(scene.letters_to("Mina", "You are in the pool")) == 1


def cora_searches_and_sends(scene: Scene, enter: Enter, *, a_worker_dies: bool) -> None:
    """Step 4. A worker that is killed in the middle leaves a search that the next one finishes."""
    cora = enter("Cora")
    program_page = reverse("admin:programs_program_change", args=[scene.program.pk])
    cora.open(program_page)
    cora.press("Close enrolment")
    cora.follow("Search for pairs")
    reads(cora, "12 mentors and 13 mentees wait with a free place.")
    with scene.the_search_held_up():
        cora.press("Start the search")
        scene.worker.search()
        underway = MatchingRun.objects.filter(state=RunState.RUNNING, done=len(MENTORS))
        scene.until(underway.exists, "a worker has placed everybody it can")
        cora.open(reverse("matching:progress", args=[scene.program.pk, MatchingRun.objects.get().pk]))
        reads(cora, "Searching", "12 of 12 mentors considered")
        if a_worker_dies:
            scene.worker.kill()
    if a_worker_dies:
        assert MatchingRun.objects.get().state == RunState.RUNNING
        scene.turn_the_clock_to(clock.now() + LEASE + timedelta(seconds=1))
        scene.worker.begin()
    cora.wait_for("Proven optimal")
    run = MatchingRun.objects.get()
    reads(
        cora, "12 pairs are proposed; nobody has been told yet", "No other set of pairs within your rules makes more",
        "Mina Mukhopadhyay", "Otto Oyelaran", "Short video", "Mentees without a match",
    )  # fmt: skip
    left = run.unmatched.select_related("participation__person").get()
    reads(cora, left.participation.person.name)
    assert Proposal.objects.count() == 0
    call_command("verify_run", str(run.pk), stdout=(told := io.StringIO()))
    assert "Proven optimal: 12 pairs" in told.getvalue()
    cora.press("Send 12 proposals")
    reads(cora, "12 proposals sent. Each goes to both of the two.")
    scene.let_the_worker_settle()
    assert len(scene.letters_to("Mina", "Somebody to meet")) == len(scene.letters_to("Otto", "Somebody to meet")) == 1
    cora.open(program_page)
    reads(cora, "There is no pair yet.")


def two_accept_and_somebody_declines(scene: Scene, enter: Enter) -> None:
    """Step 5. Whoever was not wanted reads neutral words, not before the next morning."""
    proposal = scene.proposal_to("Mina")
    assert proposal.mentee.person.given_name == "Otto"
    mina, otto = enter("Mina"), enter("Otto")
    mina.open("/")
    mina.follow("Read and answer")
    reads(mina, "Mina, meet Otto", "Why you two")
    mina.press("Yes, let us meet")
    reads(mina, "You said yes.")
    otto.open("/")
    otto.follow("Read and answer")
    otto.press("Yes, let us meet")
    reads(otto, "You both said yes.")

    declined = scene.proposal_to("Nils")
    unwilling = declined.mentee.person
    nils, other = enter("Nils"), enter(unwilling.given_name)
    nils.open(reverse("matching:proposal", args=[declined.pk]))
    nils.press("Yes, let us meet")
    other.open(reverse("matching:proposal", args=[declined.pk]))
    other.press("Not this one")
    reads(other, "You said: not this one")
    nils.open(reverse("matching:proposal", args=[declined.pk]))
    reads(nils, "You said yes.")
    scene.made["nils"], scene.made["declined"] = unwilling.given_name, declined

    for waiting in Proposal.objects.waiting(clock.now()).with_people():
        for participation in (waiting.mentor, waiting.mentee):
            answer_proposal(waiting, by=participation.person, reply=Reply.ACCEPTED, at=clock.now())
    assert Pairing.objects.count() == 11
    cora = enter("Cora")
    cora.open(reverse("admin:programs_program_change", args=[scene.program.pk]))
    cora.press("Start the program")
    reads(cora, f"{scene.program_name} is now at the stage “Running”.")

    scene.it_is(1, 9, 1)
    nils.open(reverse("matching:proposal", args=[declined.pk]))
    reads(nils, "Not this time", "This pairing did not come together. We are looking again.")
    does_not_read(nils, "declined", "said no", "not this one")
    assert len(scene.letters_to("Nils", "About your proposal")) == 1
    assert scene.letters_to(unwilling.given_name, "About your proposal") == []


def the_pair_agrees_and_meets(scene: Scene, enter: Enter) -> None:
    """Step 6, up to the first meeting: an agreement of two signatures, a goal, an hour together."""
    mina, otto = enter("Mina"), enter("Otto")
    home = reverse("pairings:detail", args=[scene.pairing("Mina").pk])
    mina.open(home)
    mina.follow("Write your agreement")
    mina.press(
        "Save and sign", meet_every_days="7", meeting_minutes="45", arranged_by="mentee",
        number_one="A feed that people want to follow.", boundaries="The pay round.",
    )  # fmt: skip
    reads(mina, "It holds once Otto signs too")
    otto.open(home)
    otto.follow("Read and sign")
    reads(otto, "A feed that people want to follow.")
    otto.press("Sign this version")
    reads(otto, "Your agreement holds.", "Signed by you both.")
    otto.open(home)
    otto.follow("Add a goal")
    otto.press("Add this goal", title="Post my first short video", due_on=scene.day(40).isoformat())
    reads(otto, "The goal stands on your page.", "Post my first short video")

    scene.it_is(7, 15)
    mina.open(home)
    mina.press(
        "Save this meeting", held_on=scene.day(7).isoformat(), minutes="50", way="video", kind="reciprocal",
        topics="How a hook works. What a margin is.",
    )  # fmt: skip
    reads(mina, "Logged. Otto sees it on your page too.")
    otto.open(home)
    reads(otto, "How a hook works. What a margin is.", "50 minutes")
    meeting = Meeting.objects.get()
    assert (meeting.minutes, meeting.kind, meeting.held_on) == (50, Kind.RECIPROCAL, scene.day(7))
    assert b"hook" not in bytes(meeting.topics or b"")


def check_ins_are_asked_for_at_nine(scene: Scene, enter: Enter) -> None:
    """Steps 6 and 7. Who has answered is not asked; everybody else is, once, at nine where they are."""
    subject = "How is it going with"
    scene.it_is(14, 8, 55)
    assert "0 sent" in delivering_without_celery()
    assert scene.letters_to("Vera", subject) == []
    mina = enter("Mina")
    mina.open("/")
    mina.follow("Answer: How is it going with Otto?")
    mina.press("Save my answers", meeting="4", getting="4", speaking="5", worth="5", fit="1")
    reads(mina, "Thank you.")

    scene.it_is(14, 9)
    assert len(scene.letters_to("Vera", subject)) == 1
    assert scene.letters_to("Otto", subject) == []
    scene.it_is(14, 8, 55, NEW_YORK)
    assert scene.letters_to("Otto", subject) == []
    scene.it_is(14, 9, 0, NEW_YORK)
    assert len(scene.letters_to("Otto", subject)) == 1
    assert "Mina does not" in " ".join(scene.letters_to("Otto", subject)[0].text.split())
    assert scene.letters_to("Mina", subject) == []
    assert "0 sent" in delivering_without_celery()
    assert len(scene.letters_to("Otto", subject)) == len(scene.letters_to("Vera", subject)) == 1
    otto = enter("Otto")
    otto.open(reverse("pairings:check_in", args=[scene.pairing("Otto").pk]))
    otto.press("Save my answers", meeting="3", getting="4", speaking="4", worth="4", fit="2")
    assert CheckIn.objects.count() == 2


def delivering_without_celery() -> str:
    call_command("deliver_due", stdout=(told := io.StringIO()))
    return told.getvalue()


def the_others_meet(scene: Scene) -> None:
    """What the other pairs do meanwhile, so that there are groups to speak about."""
    scene.it_is(29, 8)
    at = clock.now()
    for pairing in Pairing.objects.with_people():
        mentor, mentee = pairing.mentor.person, pairing.mentee.person
        if mentor.given_name != "Mina":
            pairs.draft_agreement(
                pairing, by=mentor, at=at, on=scene.day(29), based_on=0, words=AgreementWords(where="Leeds"),
                meet_every_days=7, meeting_minutes=45, arranged_by=Arranger.MENTEE,
            )  # fmt: skip
            pairs.sign_agreement(pairing, by=mentee, at=at, on=scene.day(29), version=1)
            pairs.set_goal(pairing, by=mentee, at=at, on=scene.day(29), title="Ride along", due_on=scene.day(50))
        for held_on in (10, 17, 24):
            pairs.log_meeting(
                pairing, by=mentor, at=at, on=scene.day(29), held_on=scene.day(held_on), minutes=45, way=Way.PHONE,
                kind=Kind.MENTOR_LED, topics="",
            )  # fmt: skip


def a_survey_is_answered_in_secret(scene: Scene, enter: Enter) -> None:
    """Step 8. Results come after closing, for five or more."""
    cora = enter("Cora")
    cora.open(reverse("admin:surveys_survey_add"))
    cora.press(
        "Save and stay here", program=scene.program_name, kind="End of term", title="How was it?",
        introduction="Three minutes.", opens_on=scene.day(29).isoformat(), closes_on=scene.day(36).isoformat(),
    )  # fmt: skip
    cora.press("Open the survey")
    reads(cora, "The survey is opened. 22 people are asked.")
    scene.let_the_worker_settle()
    assert len(scene.letters_to("Mina", "How was it?")) == 1

    questions = list(scene.survey.questions.all())
    scales = [question for question in questions if question.kind == QuestionKind.SCALE]
    choice = next(question for question in questions if question.kind == QuestionKind.CHOICE)
    comment = next(question for question in questions if question.kind == QuestionKind.COMMENT)
    for given_name, point in (("Mina", "5"), ("Otto", "4")):
        somebody = enter(given_name)
        somebody.open("/")
        somebody.follow("Answer: How was it?")
        somebody.press(
            "Send my answers", **{f"q{scale.pk}": point for scale in scales}, **{f"q{choice.pk}": choice.options[0]},
            **{f"q{comment.pk}": f"A remark of {given_name}’s own."},
        )  # fmt: skip
        reads(somebody, "Your answers are in")
    for side in Side:
        asked = scene.survey.invitations.filter(side=side, answered=False).exclude(person__given_name="Vera")
        for place, invitation in enumerate(asked.select_related("person").order_by("person")):
            how_true, option = (3, choice.options[2]) if place < 5 else (5, choice.options[0])
            surveys.answer(
                scene.survey, by=invitation.person, on=scene.day(29),
                values={**{scale.pk: how_true for scale in scales}, choice.pk: option},
            )  # fmt: skip
    assert Answer.objects.count() == 21

    results = reverse("surveys:results", args=[scene.survey.pk])
    mina = enter("Mina")
    mina.open(results)
    reads(mina, "No results yet")
    does_not_read(mina, "people answered", "100%")
    scene.it_is(34, 9)
    assert len(scene.letters_to("Vera", "open until")) == 1
    assert scene.letters_to("Mina", "open until") == []
    scene.it_is(38, 8)
    surveys.release_due_results(at=clock.now())  # as each tick does
    cora.open(results)
    reads(cora, "21 people answered.", "People who answered 21 10 11", "It was worth my time. 52% 50% 55%")
    reads(cora, "No comments to read.")
    does_not_read(cora, "A remark of", *family_names_of_participants(scene))


def an_executive_reads_the_progress(scene: Scene, enter: Enter) -> None:
    """Step 9. Figures about groups, and nobody’s name."""
    eva = enter("Eva")
    eva.open("/")
    eva.follow("Progress")
    eva.follow(scene.program_name)
    reads(
        eva,
        "Objectives against their targets", "Pairs formed", "People who find it worth the time",
        "From being eligible to", "Eligible", "In a pair", "Agreement signed",
        "Meetings held and the program’s rhythm", "Is it worth the time?", "the last survey",
    )  # fmt: skip
    reads(eva, "Pairs formed 11")
    does_not_read(eva, *family_names_of_participants(scene))


def family_names_of_participants(scene: Scene) -> list[str]:
    return list(Participation.objects.values_list("person__family_name", flat=True))


def one_pair_goes_on_and_another_ends(scene: Scene, enter: Enter) -> None:
    """Step 10. The worker is away, so the command delivers; and Otto’s manager finds nothing anywhere."""
    ends = "unless you both choose to go on"
    scene.worker.stop()
    scene.it_is(42, 9, 0, NEW_YORK)
    assert "0 sent" not in delivering_without_celery()
    assert len(scene.letters_saying("Mina", ends)) == len(scene.letters_saying("Otto", ends)) == 1
    assert "0 sent" in delivering_without_celery()

    pairing = scene.pairing("Mina")
    home = reverse("pairings:detail", args=[pairing.pk])
    mina, otto = enter("Mina"), enter("Otto")
    mina.open(reverse("pairings:extend", args=[pairing.pk]))
    mina.press("Ask Otto", until=scene.day(84).isoformat())
    reads(mina, "We have asked Otto.")
    otto.open(home)
    otto.follow("Answer")
    otto.press("Go on together")
    reads(otto, "You go on together.")
    assert scene.pairing("Otto").runs_until == scene.day(84)

    pia = enter("Pia")
    ending = scene.pairing("Pia")
    pia.open(reverse("pairings:detail", args=[ending.pk]))
    pia.follow("End the pair")
    reads(pia, "It needs no reason")
    pia.press("End the pair")
    reads(pia, "You have closed the pair.")
    partner = ending.mentee.person  # who has had the message of this day, so it is in tomorrow's
    scene.it_is(43, 9, 0, partner.zone)
    assert "0 sent" not in delivering_without_celery()
    assert len(scene.letters_saying(partner.given_name, "has closed")) == 1
    scene.nobody_got_a_letter_twice()

    bo = enter("Bo")
    goal = Goal.objects.get(pairing=pairing)
    for path in (
        home,
        reverse("pairings:goal", args=[pairing.pk, goal.pk]),
        reverse("pairings:check_in", args=[pairing.pk]),
        reverse("matching:proposal", args=[scene.proposal_to("Otto").pk]),
        reverse("surveys:results", args=[scene.survey.pk]),
        reverse("surveys:answer", args=[scene.survey.pk]),
        reverse("dashboards:program_progress", args=[scene.program.pk]),
    ):
        assert bo.status_of(path) == 404, path
