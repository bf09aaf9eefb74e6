"""The page one arrives on, and the opening of the desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import clock
from dashboards import queries
from pairings.models import Pairing
from pairings.tests.factories import PairingFactory
from participants.tests.factories import MenteeFactory, MentorFactory
from people.models import Person
from people.tests.factories import BoFactory, CoraFactory, MinaFactory, OttoFactory, PersonFactory, SiaFactory
from programs.choices import Duty, Side, Stage
from programs.models import Program
from programs.tests.factories import DutyFactory, ProgramFactory, program_with
from surveys import actions as surveys
from surveys.models import Invitation, Survey

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 2, 1, 12, tzinfo=UTC)


@pytest.fixture
def program() -> Program:
    program = ProgramFactory(stage=Stage.RUNNING)
    DutyFactory(program=program, person=CoraFactory(), duty=Duty.COORDINATOR)
    DutyFactory(program=program, person=SiaFactory(), duty=Duty.SUPERVISOR)
    return program


@pytest.fixture
def otto() -> Person:
    return OttoFactory(manager=BoFactory())


@pytest.fixture
def mina(program, otto) -> Person:
    """Mina, in a pair with Otto."""
    mina = MinaFactory()
    PairingFactory(
        program=program,
        mentor=MentorFactory(program=program, person=mina),
        mentee=MenteeFactory(program=program, person=otto),
    )
    return mina


def page_of(client, person: Person) -> str:
    client.force_login(person)
    text: str = client.get(reverse("dashboards:home")).content.decode()
    return text


@pytest.mark.parametrize(
    ("zone", "greeting"),
    [
        ("America/New_York", "Good morning, Pat"),
        ("Europe/London", "Good afternoon, Pat"),
        ("Asia/Kolkata", "Good afternoon, Pat"),
        ("Asia/Tokyo", "Good evening, Pat"),
    ],
)
def test_the_greeting_knows_what_time_it_is_there(zone, greeting):
    assert queries.home(PersonFactory(time_zone=zone), at=NOON).greeting == greeting


def test_somebody_without_any_part_is_told_so_and_nothing_else():
    home = queries.home(PersonFactory(), at=NOON)
    assert (home.waiting, home.pairs, home.programs, home.supporters) == ([], [], [], [])
    assert home.lead == "Nothing waits for you. When a program opens for you, it appears here."


def test_somebody_in_the_pool_is_not_told_to_wait_for_a_program(program):
    volunteer = MentorFactory(program=program).person
    assert queries.home(volunteer, at=NOON).lead == "Nothing waits for you. We write to you when something does."


def test_without_a_pair_the_page_leads_to_the_desk_or_to_a_program(client):
    assert "Open the desk" in page_of(client, CoraFactory())
    open_to_all = ProgramFactory(stage=Stage.ENROLMENT)
    volunteer = PersonFactory(level=open_to_all.mentor_highest_level)
    assert f"Read about {open_to_all.name}" in page_of(client, volunteer)
    assert "A program is looking for people like you." in page_of(client, volunteer)
    ProgramFactory(stage=Stage.ENROLMENT, mentor_highest_level=open_to_all.mentor_highest_level)
    assert "Two programs are looking for people like you." in page_of(client, volunteer)
    Program.objects.exclude(pk=open_to_all.pk).delete()
    MentorFactory(program=open_to_all, person=volunteer)
    assert "Read about" not in page_of(client, volunteer)


def test_the_next_step_comes_first_and_the_sentence_counts_them(mina):
    home = queries.home(mina, at=NOON)
    assert home.waiting
    assert home.lead.startswith(("One thing waits", "Two things wait", "Three things wait"))
    assert home.lead.split()[0] == {1: "One", 2: "Two", 3: "Three"}[len(home.waiting)]


def test_the_page_goes_from_the_next_step_over_pairs_programs_and_surveys_to_what_is_ones_own(client, mina, program):
    today = clock.now().date()
    Pairing.objects.update(started_on=today - timedelta(days=9), runs_until=today + timedelta(days=90))
    survey = Survey.objects.create(
        program=program, kind="mid_term", title="Halfway", opens_on=today, closes_on=today, opened_at=NOON
    )
    Invitation.objects.create(survey=survey, person=mina, side=Side.MENTOR)
    page = page_of(client, mina)
    order = [page.index(f'id="{part}"') for part in ("waiting", "path-1", "programs", "surveys", "yours")]
    assert order == sorted(order)
    for view in ("dashboards:seen_of_me", "people:my_data", "pairings:leave"):
        assert page.count(f'href="{reverse(view)}"') == 2, "in the menu under the name, and here"


def test_the_supervisor_stands_before_the_coordinator_and_nobody_twice(mina, program):
    DutyFactory(program=program, person=Person.objects.get(given_name="Sia"), duty=Duty.COORDINATOR)
    home = queries.home(mina, at=NOON)
    assert [(each.person.given_name, each.role) for each in home.supporters] == [
        ("Sia", "Supervisor"),
        ("Cora", "Coordinator"),
    ]
    assert home.supporters[0].ask_url
    DutyFactory(program=program, person=mina, duty=Duty.SUPERVISOR)
    partner = Pairing.objects.get().partner_of(mina)
    DutyFactory(program=program, person=partner, duty=Duty.SUPERVISOR)
    asks = {each.person: each.ask_url for each in queries.home(mina, at=NOON).supporters}
    assert mina not in asks
    assert asks[partner] == ""  # nobody asks whom they are paired with


def test_bo_learns_nothing_of_his_report_and_the_mentor(client, mina, otto):
    page = page_of(client, otto.manager)
    assert mina.family_name not in page
    assert otto.family_name not in page
    assert "A report asks you for time" in page
    assert reverse("participants:reports") in page
    assert reverse("participants:reports") not in page_of(client, mina)
    assert otto.family_name in page_of(client, mina), "what must not leak is really there for whoever may see it"


def test_the_page_asks_the_database_as_often_with_three_pairs_as_with_one(client, mina, program):
    client.force_login(mina)
    client.get(reverse("dashboards:home"))
    counts = []
    for more in (0, 2):
        for _ in range(more):
            another = ProgramFactory(stage=Stage.RUNNING)
            DutyFactory(program=another, person=PersonFactory(), duty=Duty.SUPERVISOR)
            PairingFactory(
                program=another,
                mentor=MentorFactory(program=another, person=mina),
                mentee=MenteeFactory(program=another),
            )
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("dashboards:home"))
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert len(queries.home(mina, at=NOON).pairs) == 3


def test_several_pairs_are_told_apart_and_one_that_ended_says_so(client, mina, otto, program):
    mentor = MentorFactory(program=ProgramFactory(stage=Stage.RUNNING), person=mina)
    other = MenteeFactory(program=mentor.program, person=PersonFactory(given_name="Nia"))
    ended = PairingFactory(program=mentor.program, mentor=mentor, mentee=other)
    yesterday = clock.today(mina.zone) - timedelta(days=1)
    Pairing.objects.filter(pk=ended.pk).update(
        started_on=yesterday - timedelta(days=30), runs_until=yesterday
    )  # fmt: skip
    page = page_of(client, mina)
    assert "You and Otto</h2>" in page
    assert "You and Nia</h2>" in page
    assert "Open your page with Otto" in page
    assert "Your pair ended on" in page


def entries(client, person: Person) -> list[str]:
    client.force_login(person)
    return [entry.name for entry in client.get(reverse("dashboards:home")).context["navigation"]]


def test_the_head_of_the_page_offers_what_the_person_may_open(client):
    assert entries(client, PersonFactory()) == ["Home", "Programs"]
    assert entries(client, PersonFactory(is_executive=True)) == ["Home", "Programs", "Progress"]
    assert entries(client, PersonFactory(is_administrator=True)) == ["Home", "Programs", "Desk"]
    assert entries(client, CoraFactory()) == ["Home", "Programs", "Progress", "Desk"]


def what_needs(person: Person) -> list[str]:
    return [item.what for item in queries.desk_opening(person, at=NOON).attention]


def test_the_desk_says_who_waits_for_a_match(program):
    MentorFactory(program=program)
    MentorFactory(program=program)
    MenteeFactory(program=program)
    cora = Person.objects.get(given_name="Cora")
    assert what_needs(cora) == ["2 mentors and 1 mentee wait for a match"]


def test_the_desk_asks_the_database_as_often_with_five_pairs_as_with_one(mina, program):
    cora = Person.objects.get(given_name="Cora")
    counts = []
    for more in (0, 4):
        for _ in range(more):
            PairingFactory(
                program=program, mentor=MentorFactory(program=program), mentee=MenteeFactory(program=program)
            )
        with CaptureQueriesContext(connection) as captured:
            queries.desk_opening(cora, at=clock.now())
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_coordinator_hears_nothing_of_matching_where_she_is_a_candidate(program):
    kim = PersonFactory(given_name="Kim", is_coordinator=True, rank=2)
    DutyFactory(program=program, person=kim, duty=Duty.COORDINATOR)
    MentorFactory(program=program)
    MenteeFactory(program=program)
    assert len(what_needs(kim)) == 1
    MentorFactory(program=program, person=kim)
    assert what_needs(kim) == []


def test_the_desk_is_silent_about_programs_of_others(program):
    MentorFactory(program=program)
    MenteeFactory(program=program)
    elsewhere = PersonFactory(is_coordinator=True)
    DutyFactory(program=ProgramFactory(), person=elsewhere, duty=Duty.COORDINATOR)
    assert what_needs(elsewhere) == ["0 people volunteered so far"]


def test_the_desk_leads_from_an_interest_survey_to_the_decision():
    cora = CoraFactory()
    program = program_with(cora, stage=Stage.INTEREST)
    PersonFactory(rank=2)
    PersonFactory(rank=6)
    assert what_needs(cora) == ["Nobody has been asked for interest yet"]
    days = {"opens_on": NOON.date() - timedelta(days=9), "closes_on": NOON.date() + timedelta(days=7)}
    survey = surveys.start_interest(program, by=cora, at=NOON, **days)
    surveys.open_survey(survey, by=cora, at=NOON)
    assert what_needs(cora) == ["0 of 3 people answered the interest survey so far"]
    Survey.objects.filter(pk=survey.pk).update(closes_on=NOON.date() - timedelta(days=2))
    surveys.release_due_results(at=NOON)
    [item] = queries.desk_opening(cora, at=NOON).attention
    assert (item.what, item.url) == (
        "The interest survey has closed", reverse("surveys:results", args=[survey.pk]),
    )  # fmt: skip


def test_what_has_waited_longest_stands_first_and_each_program_says_what_comes_next(program):
    cora = Person.objects.get(given_name="Cora")
    for days in (3, 40):
        some = program_with(cora, name=f"Round {days}", stage=Stage.INTEREST)
        closed = {"opens_on": NOON.date() - timedelta(days=60), "closes_on": NOON.date() - timedelta(days=days)}
        surveys.start_interest(some, by=cora, at=NOON, **closed)
    Survey.objects.update(opened_at=NOON)
    surveys.release_due_results(at=NOON)
    MentorFactory(program=program)
    MenteeFactory(program=program)
    opening = queries.desk_opening(cora, at=NOON)
    assert [item.when for item in opening.attention] == ["Since 25 December", "Since 31 January", "Now"]
    assert {each.name: each.stage for each in opening.programs} == {
        program.name: "Running", "Round 3": "Interest survey", "Round 40": "Interest survey",
    }  # fmt: skip
    assert {each.next_step for each in opening.programs if each.stage == "Interest survey"} == {
        "Ask who is interested, then decide."
    }


def test_the_policy_page_is_open_to_everybody_and_names_nobody(client, mina, otto):
    page = client.get(reverse("dashboards:who_sees_what"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "Topics I will not discuss" in text
    assert mina.family_name not in text


def test_the_foot_of_a_page_leads_to_guidance_whoever_is_signed_in(client, mina):
    link = f'<a href="{reverse("participants:guidance")}">Guidance</a>'
    assert link in page_of(client, mina)
    client.logout()
    assert link not in client.get(reverse("dashboards:who_sees_what")).text


def test_an_executive_is_led_to_the_progress(client):
    page = page_of(client, PersonFactory(is_executive=True))
    assert f'<a class="btn btn-primary" href="{reverse("dashboards:progress")}">' in page
